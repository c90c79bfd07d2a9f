"""The shared cases on which owners and versions were read wrongly, where they lie beside the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.clients.inventory.images import beside, sighting_of
from bot.domain.catalog import Origin
from tests.conftest import REPOSITORY, SHARED

CASES = SHARED / "cases"
LIFECYCLE = CASES / "lifecycle"

pytestmark = [
    pytest.mark.bench,
    pytest.mark.skipif(not CASES.exists(), reason="the shared cases do not lie beside this checkout"),
]

#: What the page beside them says is right, in the order of their lines.
IMAGES = """dotnet 3.1; postgresql 11; python 3.7; postgresql 11; postgresql 11; postgresql 12; postgresql 16;
    postgresql 12; aws-lambda python3.8; amazon-linux 2; centos-stream 8; etcd 3.4"""
PREFIXES = ("mariadb 10.11", "apache-kafka 3.6", None, None)
RUNS = """amazon-rds-postgresql 11; amazon-rds-postgresql 11; azure-database-for-postgresql 11; heroku-postgresql 11;
    heroku-postgresql 11; windows-server 2016; ubuntu 20.04; dotnet 3.1; postgresql 11"""
#: Files that a case describes instead of having them.
GENERATED = {
    "13-more-than-2000-rules": "* @acme/root\n" + "".join(f"**/feature-{n}/** @acme/t{n}\n" for n in range(2_600))
}


class Commands:
    """`baton` on a database of its own."""

    def __init__(self, folder: Path) -> None:
        self._environment = {**os.environ, "BATON_DATABASE_URL": f"sqlite:///{folder / 'baton.sqlite'}"}
        self.run("db", "upgrade")

    def run(self, *words: str, typed: str = "") -> str:
        return subprocess.run(
            [sys.executable, "-m", "bot", *words],
            env=self._environment,
            cwd=REPOSITORY,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        ).stdout

    def match(self, product: str, version: str, provider: str = "") -> dict[str, Any]:
        said = self.run("eol", "match", product, version, "--provider", provider, "--json")
        return json.loads(said)  # type: ignore[no-any-return]


def _owners(case: Mapping[str, Any], folder: Path) -> Iterator[tuple[str, object, str | None]]:
    """Yield each question of a case with its right owner and the one that is answered, None for none."""
    catalog = folder / "catalog"
    for name, content in case["files"].items():
        file = catalog / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else GENERATED[case["id"]], encoding="utf-8")
    baton = Commands(folder)
    baton.run("catalog", "import", case["format"], str(catalog), *case.get("arguments", ()))
    asked = baton.run("ask", "--json", "--stdin", typed="".join(f"{each}\n" for each in case["right"]))
    for (question, right), line in zip(case["right"].items(), asked.splitlines(), strict=True):
        said = json.loads(line)
        yield question, right, said["owner"] if said["status"] in {"owned", "stale", "partly_owned"} else None


def test_the_owners_of_the_shared_cases(tmp_path: Path) -> None:
    count, amiss = 0, []
    for case in yaml.safe_load((CASES / "ownership.yaml").read_text(encoding="utf-8")):
        folder = tmp_path / case["id"]
        folder.mkdir()
        for question, right, said in _owners(case, folder):
            count += 1
            if said not in (right if isinstance(right, list) else [right]):
                amiss.append(f"  {case['id']}: {question!r} is {right}, not {said}")
    print(f"\nowners of the shared cases: {count}, {len(amiss)} wrong", *amiss, sep="\n")
    assert count >= 30
    assert not amiss


def test_the_versions_of_the_shared_cases(tmp_path: Path) -> None:
    baton = Commands(tmp_path)
    amiss = []
    ranges = (LIFECYCLE / "20_ranges.tsv").read_text(encoding="utf-8").splitlines()
    for product, version in (line.split("\t") for line in ranges):
        found = baton.match(product, version)
        if found["cycle"] is not None or not found["candidates"]:
            amiss.append(f"  {product} {version} is a range, not {found['cycle']} of {found['candidates']}")
    prefixed = (LIFECYCLE / "21_known_prefixes.tsv").read_text(encoding="utf-8").splitlines()
    for line, right in zip(prefixed, PREFIXES, strict=True):
        named = _named(baton.match(*line.split("\t")))
        # MySQL's rows may also say MariaDB, or ask.
        if named != right and (right is not None or (named or "").startswith("mysql")):
            amiss.append(f"  {line} is {right}, not {named}")
    images = (LIFECYCLE / "30_images.txt").read_text(encoding="utf-8").splitlines()
    for reference, right in zip(images, _listed(IMAGES), strict=True):
        sighting, _ = sighting_of(reference, origin=Origin("images"))
        assert sighting is not None
        known = next((each for each in (sighting, *beside(sighting)) if each.is_known), sighting)
        named = _named(baton.match(known.product, known.version, known.provider))
        if named != right:
            amiss.append(f"  {reference} is {right}, not {named}")
    baton.run("catalog", "import", "csv", str(LIFECYCLE / "40_runs.csv"))
    listed = [_named(each["match"]) for each in json.loads(baton.run("inventory", "list", "--json"))]
    amiss += [
        f"  {right} is read as {said}" for right, said in zip(_listed(RUNS), listed, strict=True) if right != said
    ]
    count = len(ranges) + len(prefixed) + len(images) + len(listed)
    print(f"\nversions of the shared cases: {count}, {len(amiss)} wrong", *amiss, sep="\n")
    assert not amiss


def _listed(names: str) -> list[str]:
    return [each.strip() for each in names.split(";")]


def _named(found: Mapping[str, Any]) -> str | None:
    return f"{found['product']} {found['cycle']}" if found["cycle"] is not None else None

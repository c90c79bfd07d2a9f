"""`baton inventory scan-image`, `scan-sbom`, `scan-dockerfile` and `inventory` as somebody types them."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Baton

CATALOG = """\
baton: 1
teams:
- {name: Payments, members: [ada@x.test]}
- {name: Platform, members: [lin@x.test]}
assets:
- name: checkout
  owner: Payments
  addresses: ["https://github.com/acme/checkout", registry.example.test/acme/checkout]
  runs: [python@3.9 in production]
- {name: orders-db, kind: database, owner: Payments, runs: [postgresql@11.22 on aws-rds]}
- {name: web, owner: Platform, addresses: ["https://github.com/acme/mono"]}
- {name: api, owner: Platform, addresses: ["https://github.com/acme/mono"]}
- {name: idle, owner: Platform}
"""


@pytest.fixture(autouse=True)
def _catalog(baton: Baton, tmp_path: Path) -> None:
    (tmp_path / "baton.yaml").write_text(CATALOG)
    assert baton("catalog", "import", "baton", tmp_path / "baton.yaml", "--trust-people").code == 0


def listed(baton: Baton, *words: str) -> list[tuple[str, str, str, str, str]]:
    found = json.loads(baton("inventory", "list", "--json", *words).out)
    return [(one["asset"], one["source"], one["product"], one["version"], one["environment"]) for one in found]


def report(baton: Baton, *words: Any, code: int = 0) -> dict[str, Any]:
    ran = baton("inventory", *words, "--json")
    assert ran.code == code, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


class TestImages:
    def test_images_of_a_named_asset(self, baton: Baton) -> None:
        found = report(baton, "scan-image", "postgres:11.22-alpine", "redis:6.2", "--asset", "Checkout")
        assert (found["source"], found["came"], found["not_recorded"]) == ("scan-image", 2, [])
        [asset] = found["assets"]
        assert asset["ref"] == "service:checkout"
        [postgres, redis] = asset["deployments"]
        assert (postgres["product"], postgres["version"], postgres["how"]) == ("postgresql", "11.22-alpine", "image")
        assert (postgres["address"], postgres["match"]["cycle"]) == ("postgres:11.22-alpine", "11")
        assert redis["match"]["clocks"]["eol"] == "2027-04-01"
        assert listed(baton, "--asset", "checkout") == [
            ("service:checkout", "scan-image", "postgresql", "11.22-alpine", ""),
            ("service:checkout", "baton", "python", "3.9", "production"),
            ("service:checkout", "scan-image", "redis", "6.2", ""),
        ]

    def test_the_next_scan_takes_the_place_of_the_last(self, baton: Baton) -> None:
        report(baton, "scan-image", "postgres:11", "redis:6.2", "--asset", "checkout")
        found = report(baton, "scan-image", "postgres:16", "redis:6.2", "--asset", "checkout")
        assert (found["came"], found["ended"], found["unchanged"]) == (1, 1, 1)
        again = report(baton, "scan-image", "postgres:16", "redis:6.2", "--asset", "checkout")
        assert (again["came"], again["ended"], again["unchanged"]) == (0, 0, 2)

    def test_environments_do_not_take_each_others_place(self, baton: Baton) -> None:
        report(baton, "scan-image", "redis:6.2", "--asset", "checkout", "--environment", "staging")
        report(baton, "scan-image", "redis:7.2", "--asset", "checkout", "--environment", "production")
        redis = {one[1:] for one in listed(baton, "--asset", "checkout") if one[2] == "redis"}
        assert redis == {
            ("scan-image:staging", "redis", "6.2", "staging"),
            ("scan-image:production", "redis", "7.2", "production"),
        }

    def test_the_asset_is_found_by_the_images_address(self, baton: Baton) -> None:
        found = report(baton, "scan-image", "registry.example.test/acme/checkout:1.4.2")
        assert [asset["ref"] for asset in found["assets"]] == ["service:checkout"]

    def test_the_asset_is_found_by_the_images_name_in_a_registry_of_ones_own(self, baton: Baton) -> None:
        found = report(baton, "scan-image", "other.example.test/acme/orders_db:3")
        assert [asset["ref"] for asset in found["assets"]] == ["database:orders-db"]

    def test_what_is_only_alike_is_listed_with_the_next_step(self, baton: Baton) -> None:
        ran = baton("inventory", "scan-image", "registry.example.test/acme/chekout:1", "postgres:11")
        assert ran.code == 1
        assert ran.err.splitlines() == [
            f"not recorded: {image}: no asset of the catalog is known by its name or repository: say --asset REF, or "
            "import it first."
            for image in ("registry.example.test/acme/chekout:1", "postgres:11")
        ]
        assert "nothing changed" in ran.out

    def test_no_such_asset(self, baton: Baton) -> None:
        ran = baton("inventory", "scan-image", "postgres:11", "--asset", "chekout")
        assert (ran.code, ran.out) == (1, "")
        assert ran.err == (
            "In the catalog no asset is known as 'chekout'; give the reference of one of service:checkout.\n"
        )

    def test_an_address_of_several(self, baton: Baton) -> None:
        ran = baton("inventory", "scan-image", "postgres:11", "--asset", "https://github.com/acme/mono")
        assert ran.code == 1
        assert "more than one asset is known as" in ran.err
        assert "service:api" in ran.err
        assert "service:web" in ran.err

    def test_a_version_that_nobody_knows_is_recorded_as_that(self, baton: Baton) -> None:
        ran = baton("inventory", "scan-image", "postgres:latest", "--asset", "checkout")
        assert (ran.code, "tag that moves" in ran.err) == (0, True)
        assert "postgresql of an unknown version: may be any of these cycles" in ran.out
        assert ("service:checkout", "scan-image", "postgresql", "", "") in listed(baton)

    def test_what_is_no_image_leaves_everything_as_it_was(self, baton: Baton) -> None:
        report(baton, "scan-image", "postgres:11", "--asset", "checkout")
        ran = baton("inventory", "scan-image", "redis:6.2", "not an image", "--asset", "checkout")
        assert ran.code == 1
        assert "'not an image' is not an image reference; write NAME:TAG." in ran.err
        assert ("service:checkout", "scan-image", "postgresql", "11", "") in listed(baton)

    def test_a_dry_run(self, baton: Baton) -> None:
        ran = baton("inventory", "scan-image", "redis:6.2", "--asset", "checkout", "--dry-run")
        assert ran.out.splitlines()[-1] == "scan-image: would be 1 new"
        assert len(listed(baton)) == 2

    def test_a_source_of_the_catalog_is_no_scan(self, baton: Baton) -> None:
        ran = baton("inventory", "scan-image", "redis:6.2", "--asset", "checkout", "--source", "baton")
        assert (ran.code, "choose another with --source" in ran.err) == (1, True)


class TestDockerfiles:
    def file(self, tmp_path: Path, text: str, *, remote: str = "git@github.com:acme/checkout.git") -> Path:
        folder = tmp_path / "work"
        (folder / ".git").mkdir(parents=True)
        (folder / ".git" / "config").write_text(f'[remote "origin"]\n\turl = {remote}\n')
        (folder / "docker").mkdir()
        file = folder / "docker" / "Dockerfile"
        file.write_text(text)
        return file

    def test_the_asset_is_the_one_of_the_repository(self, baton: Baton, tmp_path: Path) -> None:
        file = self.file(tmp_path, "FROM golang:1.21 AS build\nFROM debian:bookworm-slim\n")
        found = report(baton, "scan-dockerfile", file)
        [asset] = found["assets"]
        assert (asset["ref"], [one["product"] for one in asset["deployments"]]) == ("service:checkout", ["debian"])
        assert asset["deployments"][0]["match"]["cycle"] == "12"

    def test_a_repository_of_several_needs_a_name(self, baton: Baton, tmp_path: Path) -> None:
        file = self.file(tmp_path, "FROM debian:12\n", remote="https://github.com/acme/mono")
        ran = baton("inventory", "scan-dockerfile", file)
        assert ran.code == 1
        assert "it belongs to more than one asset: say --asset with one of service:" in ran.err
        assert report(baton, "scan-dockerfile", file, "--asset", "service:web")["came"] == 1

    def test_arguments_of_the_build(self, baton: Baton, tmp_path: Path) -> None:
        file = self.file(tmp_path, "ARG VERSION\nFROM python:$VERSION\n")
        unknown = report(baton, "scan-dockerfile", file)["assets"][0]["deployments"][0]
        assert (unknown["product"], unknown["version"]) == ("python", "")
        found = report(baton, "scan-dockerfile", file, "--build-arg", "VERSION=3.9")
        assert found["assets"][0]["deployments"][0]["match"]["cycle"] == "3.9"
        assert baton("inventory", "scan-dockerfile", file, "--build-arg", "VERSION").code == 2

    def test_a_file_that_is_not_there(self, baton: Baton, tmp_path: Path) -> None:
        ran = baton("inventory", "scan-dockerfile", tmp_path / "no" / "Dockerfile")
        assert (ran.code, ran.err) == (
            1,
            f"{tmp_path / 'no' / 'Dockerfile'} cannot be read: No such file or directory.\n",
        )


class TestBills:
    def bill(self, folder: Path, *components: dict[str, Any], subject: str = "checkout", **more: Any) -> Path:
        file = folder / "bom.json"
        about = {"component": {"type": "application", "name": subject}} if subject else {}
        document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "metadata": about, "components": components, **more}
        file.write_text(json.dumps(document))
        return file

    def test_of_thousands_of_components_only_products_are_kept(self, baton: Baton, tmp_path: Path) -> None:
        libraries = [
            {"type": "library", "name": f"lib-{number}", "version": "1", "purl": f"pkg:npm/lib-{number}@1"}
            for number in range(3_000)
        ]
        file = self.bill(
            tmp_path,
            {"type": "operating-system", "name": "debian", "version": "11"},
            {"type": "library", "name": "nginx", "version": "1.22.1-9", "purl": "pkg:generic/nginx@1.22.1-9"},
            {"type": "library", "name": "Django", "version": "3.2.1", "purl": "pkg:pypi/Django@3.2.1"},
            {"type": "library", "name": "redis", "version": "4.6.0", "purl": "pkg:npm/redis@4.6.0"},
            {"type": "application", "name": "anything", "version": "9", "cpe": "cpe:2.3:a:postgresql:postgresql:11.22"},
            {"type": "container", "name": "docker.io/library/redis:6.2"},
            *libraries,
        )
        found = report(baton, "scan-sbom", file)
        [asset] = found["assets"]
        assert asset["ref"] == "service:checkout"
        assert {(one["product"], one["version"]) for one in asset["deployments"]} == {
            ("debian", "11"),
            ("nginx", "1.22.1-9"),
            ("django", "3.2.1"),
            ("postgresql", "9"),
            ("redis", "6.2"),
        }
        assert (found["came"], found["components_left_out"]) == (5, 3_001)
        assert report(baton, "scan-sbom", file)["unchanged"] == 5

    def test_what_is_left_out_is_counted_for_a_person(self, baton: Baton, tmp_path: Path) -> None:
        library = {"type": "library", "name": "left-pad", "version": "1", "purl": "pkg:npm/left-pad@1"}
        ran = baton("inventory", "scan-sbom", self.bill(tmp_path, library))
        assert ran.out.splitlines() == [
            "service:checkout",
            "1 component left out: not a product with a known end of life.",
            "scan-sbom: nothing changed",
        ]

    def test_a_bill_that_breaks_off_leaves_everything_as_it_was(self, baton: Baton, tmp_path: Path) -> None:
        system = {"type": "operating-system", "name": "debian", "version": "11"}
        file = self.bill(tmp_path, system)
        assert report(baton, "scan-sbom", file, "--asset", "checkout")["came"] == 1
        file.write_text(file.read_text()[:-20])
        ran = baton("inventory", "scan-sbom", file, "--asset", "checkout")
        assert (ran.code, "not everything could be read" in ran.err) == (1, True)
        assert ("service:checkout", "scan-sbom", "debian", "11", "") in listed(baton)

    def test_two_files_of_one_asset_add_up(self, baton: Baton, tmp_path: Path) -> None:
        one, other = tmp_path / "one", tmp_path / "other"
        one.mkdir()
        other.mkdir()
        first = self.bill(one, {"type": "operating-system", "name": "debian", "version": "11"}, subject="")
        second = self.bill(other, {"type": "operating-system", "name": "alpine", "version": "3.16"}, subject="")
        assert baton("inventory", "scan-sbom", first).code == 1
        found = report(baton, "scan-sbom", first, second, "--asset", "checkout")
        assert found["came"] == 2


class TestInventory:
    def test_all_of_it_for_a_person(self, baton: Baton) -> None:
        ran = baton("inventory", "list")
        assert ran.out.splitlines() == [
            "database:orders-db",
            "  postgresql 11.22 on aws-rds: Amazon RDS for PostgreSQL 11 (by prefix): standard support until "
            "2024-02-29; extended support until 2027-03-31.",
            "  charged from 2024-04-01 on: 0.10 USD per vCPU-hour",
            "  charged from 2026-04-01 on: 0.20 USD per vCPU-hour [baton]",
            "service:checkout",
            "  python 3.9 in production: Python 3.9 (by cycle): active support until 2022-05-17; standard support "
            "until 2025-10-31. [baton]",
            "2 deployments, 0 without a certain release cycle.",
        ]

    def test_what_somebody_said_counts_before_the_rules(self, baton: Baton, database: Path) -> None:
        with closing(sqlite3.connect(database)) as store, store:
            store.execute(
                "INSERT INTO version_pins (asset_id, product, version, provider, pinned_product, pinned_cycle,"
                " person_id, at) SELECT id, 'python', '3.9', '', 'python', '3.12', (SELECT min(id) FROM people),"
                " '2026-03-03 09:00:00' FROM assets WHERE name = 'checkout'"
            )
        assert "Python 3.12" in baton("inventory", "list", "--asset", "checkout").out

    def test_of_a_team(self, baton: Baton) -> None:
        assert {asset for asset, *_ in listed(baton, "--team", "payments")} == {
            "database:orders-db",
            "service:checkout",
        }
        assert listed(baton, "--team", "Platform") == []
        assert [one[0] for one in listed(baton, "--team", "payments", "--asset", "orders-db")] == ["database:orders-db"]
        assert baton("inventory", "list", "--team", "platform").out.startswith("Nothing is known to run")

    def test_no_such_team(self, baton: Baton) -> None:
        ran = baton("inventory", "list", "--team", "Paymnets")
        assert (ran.code, ran.err) == (1, "There is no team of that name. Did you mean Payments?\n")

    def test_what_is_gone_is_not_listed(self, baton: Baton, tmp_path: Path) -> None:
        file = tmp_path / "baton.yaml"
        file.write_text(CATALOG.replace("runs: [python@3.9 in production]", "runs: [python@3.12]"))
        baton("catalog", "import", "baton", file)
        assert {version for asset, _, _, version, _ in listed(baton, "--asset", "checkout")} == {"3.12"}


class TestFilesOfOthers:
    """A repository that is scanned is somebody else's: it may hold links, pipes and devices under any name."""

    @pytest.mark.parametrize(("command", "name"), [("scan-dockerfile", "Dockerfile"), ("scan-sbom", "bom.json")])
    @pytest.mark.parametrize(
        ("kind", "said"),
        [
            ("out", "is a link that leads out of its folder; put the file itself there."),
            ("secret", "is a link to a file that holds secrets; put the file itself there."),
            ("pipe", "is a pipe or a device; save what comes from it in a file, and name that."),
            ("device", "is a pipe or a device; save what comes from it in a file, and name that."),
        ],
    )
    def test_only_files_of_its_own_are_read(
        self, baton: Baton, tmp_path: Path, command: str, name: str, kind: str, said: str
    ) -> None:
        file = _file_of_others(tmp_path, name, kind)
        ran = baton("inventory", command, file, "--asset", "checkout")
        assert (ran.code, ran.err) == (1, f"{file} {said}\n")
        assert not [each for each in listed(baton, "--asset", "checkout") if each[1].startswith("scan-")]

    def test_a_link_within_the_folder_is_followed(self, baton: Baton, tmp_path: Path) -> None:
        (tmp_path / "production.dockerfile").write_text("FROM postgres:11\n")
        (tmp_path / "Dockerfile").symlink_to("production.dockerfile")
        found = report(baton, "scan-dockerfile", tmp_path / "Dockerfile", "--asset", "checkout")
        assert found["came"] == 1


def _file_of_others(folder: Path, name: str, kind: str) -> Path:
    file = folder / "repository" / name
    file.parent.mkdir()
    if kind == "out":
        (folder / name).write_text("FROM postgres:11\n")
        file.symlink_to(f"../{name}")
    elif kind == "secret":
        (file.parent / ".env").write_text("FROM postgres:11\n")
        file.symlink_to(".env")
    elif kind == "pipe":
        os.mkfifo(file)
    else:
        return Path("/dev/zero")
    return file

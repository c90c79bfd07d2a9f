"""Two files of one source that name different owners: one asset, disputed between them, until one is corrected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Baton

_FORMATS = {
    "csv": ("{}.csv", "name,kind,owner\nledger,service,{}\n"),
    "baton": ("{}.yaml", "baton: 1\nassets: [{{name: ledger, kind: service, owner: {}}}]\n"),
    "backstage": (
        "{}/catalog-info.yaml",
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: ledger}}\n"
        "spec: {{type: service, lifecycle: production, owner: {}}}\n",
    ),
}


@pytest.fixture(params=_FORMATS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _write(folder: Path, kind: str, **owners: str) -> None:
    for name, owner in owners.items():
        path, text = _FORMATS[kind]
        file = folder / path.format(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.format(owner))


def _asked(baton: Baton) -> dict[str, Any]:
    answer = json.loads(baton("ask", "--json", "ledger").out)
    return answer | {"owners": sorted(each["owner"] for each in answer["owners"])}


def test_two_files_of_a_source_that_disagree_are_disputed(baton: Baton, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "catalog"
    _write(folder, kind, one="payments", two="orders")
    assert "newly disputed: 1" in baton("catalog", "import", kind, folder, "--source", "files").out
    said = _asked(baton)
    assert (said["status"], said["owner"], said["owners"]) == ("disputed", None, ["orders", "payments"])
    first, second = said["sources"]
    assert first.startswith("files (")
    assert "one" in first
    assert "two" in second
    assert first in baton("ask", "ledger").out
    assert second in baton("ask", "ledger").out
    listed = baton("catalog", "sources").out
    assert "files (" not in listed

    # What says nothing of it, and the same files again, change nothing
    other = tmp_path / "other.csv"
    other.write_text("name,kind,tier\nledger,service,1\n")
    baton("catalog", "import", "csv", other, "--source", "other")
    baton("catalog", "import", kind, folder, "--source", "files")
    assert _asked(baton)["status"] == "disputed"

    _write(folder, kind, two="payments")
    baton("catalog", "import", kind, folder, "--source", "files")
    said = _asked(baton)
    assert (said["status"], said["owner"], said["sources"]) == ("owned", "payments", ["files"])


def test_files_that_share_an_owner_do_not_disagree(baton: Baton, tmp_path: Path) -> None:
    _write(tmp_path / "catalog", "csv", one="payments", two='"payments, orders"', three="TBD")
    baton("catalog", "import", "csv", tmp_path / "catalog", "--source", "files")
    said = _asked(baton)
    assert (said["status"], said["owners"]) == ("owned", ["orders", "payments", "payments"])


def test_a_file_that_names_no_owner_does_not_hide_the_one_that_another_names(baton: Baton, tmp_path: Path) -> None:
    _write(tmp_path / "catalog", "csv", one="TBD", two="orders")
    baton("catalog", "import", "csv", tmp_path / "catalog", "--source", "files")
    assert _asked(baton)["owner"] == "orders"

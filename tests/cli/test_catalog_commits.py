"""`baton catalog commits`: whose people have worked on something, as evidence of who could own it."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Baton

CATALOG = """\
baton: 1
teams:
  - {name: Wardens, members: [ada@example.test]}
  - {name: Keepers, members: [ada@example.test, lin@example.test]}
people: [{name: Ada, email: ada@example.test}, {name: Lin, email: lin@example.test}]
assets: [{name: gate, kind: service}]
"""


@pytest.fixture
def counted(baton: Baton, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Baton:
    (tmp_path / "catalog.yaml").write_text(CATALOG)
    assert baton("catalog", "import", "baton", tmp_path / "catalog.yaml", "--trust-people").code == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO("ADA@example.test\n" * 3 + "\nlin@example.test\nbot@example.test\n"))
    return baton


def test_commits_are_counted_by_team_and_addresses_of_nobody_are_said(counted: Baton) -> None:
    said = counted("catalog", "commits", "gate")
    assert said.code == 0
    assert said.out == ("gate: 5 commits of the last 90 days: Keepers 4, Wardens 3; 1 by addresses that no team has.\n")


def test_what_nothing_is_called_is_refused(counted: Baton) -> None:
    said = counted("catalog", "commits", "moat")
    assert said.code == 1
    assert "Nothing in the catalog is called 'moat'" in said.err

"""`baton catalog commits`: whose people have worked on something, as evidence of who could own it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Baton, pipe

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
    pipe(monkeypatch, b"ADA@example.test\n" * 3 + b"\nlin@example.test\nbot@example.test\n")
    return baton


def test_commits_are_counted_by_team_and_addresses_of_nobody_are_said(counted: Baton) -> None:
    said = counted("catalog", "commits", "gate")
    assert said.code == 0
    assert said.out == ("gate: 5 commits of the last 90 days: Keepers 4, Wardens 3; 1 by addresses that no team has.\n")


def test_what_nothing_is_called_is_refused(counted: Baton) -> None:
    said = counted("catalog", "commits", "moat")
    assert said.code == 1
    assert "Nothing in the catalog is called 'moat'" in said.err


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (b"ada@example.test\r\nLIN@example.test\r\n\r\n", "2 commits of the last 90 days: Keepers 2, Wardens 1.\n"),
        (b"\xef\xbb\xbfada@example.test\n", "1 commit of the last 90 days: Keepers 1, Wardens 1.\n"),
        ("lin@example.test\r\n".encode("utf-16"), "1 commit of the last 90 days: Keepers 1.\n"),
        (b"<lin@example.test>\n'lin@example.test'\n", "2 commits of the last 90 days: Keepers 2.\n"),
        (
            b"lin@example.test\nada at example dot test\n",
            "2 commits of the last 90 days: Keepers 1; 1 by addresses that no team has.\n",
        ),
        (
            b"lin@example.test\n\xff\xfegarb@ge\n",
            "2 commits of the last 90 days: Keepers 1; 1 by addresses that no team has.\n",
        ),
        (b"", "0 commits of the last 90 days: none by people of a team.\n"),
    ],
)
def test_addresses_as_other_systems_write_them(
    counted: Baton, monkeypatch: pytest.MonkeyPatch, lines: bytes, said: str
) -> None:
    pipe(monkeypatch, lines)
    assert counted("catalog", "commits", "gate").out == f"gate: {said}"


@pytest.mark.parametrize(
    "lines",
    [
        b"commit 1a2b\nAuthor: Ada <ada@example.test>\nDate: Tue Mar 3\n\n    Add a gate\n",
        "lin@example.test\n".encode("utf-16-le"),
    ],
    ids=["a whole log", "another encoding"],
)
def test_what_are_no_addresses_take_no_count_away(
    counted: Baton, monkeypatch: pytest.MonkeyPatch, lines: bytes
) -> None:
    pipe(monkeypatch, lines)
    said = counted("catalog", "commits", "gate")
    assert (said.code, said.out) == (1, "")
    assert "Most of these lines are no e-mail addresses" in said.err

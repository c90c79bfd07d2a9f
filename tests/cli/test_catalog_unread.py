"""`baton catalog import` of what was imported before: what is read again, what is not, and what is said of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.catalog import imports
from bot.clients.catalog import SourceFiles
from bot.domain.catalog import SourceCatalog
from tests.cli.conftest import Baton
from tests.cli.test_catalog import rows

CSV = "name,kind,team\nbilling,service,payments\nshop,service,web\n"
TEAMS = "team,channel\npayments,#pay\nweb,#web\n"
UNREAD = "no file has changed since the last import, so none was read"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "assets.csv"
    made.write_text(CSV)
    return made


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The formats whose files are read, as they are."""
    seen: list[str] = []
    read = SourceFiles.read

    def spied(self: SourceFiles, progress: Callable[[int, int], None] | None = None) -> SourceCatalog:
        seen.append(self.format.name)
        return read(self, progress)

    monkeypatch.setattr(SourceFiles, "read", spied)
    return seen


def test_files_that_have_not_changed_are_not_read_and_the_report_says_so(
    baton: Baton, database: Path, file: Path, reads: list[str]
) -> None:
    assert "unread" not in baton("catalog", "import", "csv", file).out
    os.utime(file, (1, 1))
    again = baton("catalog", "import", "csv", file)
    assert (again.code, again.out, again.err) == (0, f"csv: unchanged ({UNREAD})\n", "")
    assert reads == ["csv"]
    report = json.loads(baton("catalog", "import", "csv", file, "--json").out)
    assert (report["outcome"], report["unread"], report["counts"]["assets_unchanged"]) == ("unchanged", True, 2)
    assert rows(database, "SELECT outcome FROM import_runs") == [("imported",), ("unchanged",), ("unchanged",)]


def test_a_changed_byte_is_read(baton: Baton, file: Path, reads: list[str]) -> None:
    baton("catalog", "import", "csv", file)
    file.write_text(CSV.replace("web", "wab"))
    ran = baton("catalog", "import", "csv", file)
    assert ran.out.startswith("csv: imported (assets: 1 changed; facts: 1 changed)\n")
    assert baton("catalog", "import", "csv", file).out == f"csv: unchanged ({UNREAD})\n"
    file.write_text(CSV)
    assert baton("catalog", "import", "csv", file).out.startswith("csv: imported")
    assert reads == ["csv"] * 3


def test_a_file_that_says_the_same_in_other_bytes_is_read_and_then_known(
    baton: Baton, database: Path, file: Path, reads: list[str]
) -> None:
    baton("catalog", "import", "csv", file)
    file.write_text(CSV.replace("\nshop", "\n\nshop"))
    assert baton("catalog", "import", "csv", file).out == "csv: unchanged\n"
    assert rows(database, "SELECT line FROM claims WHERE subject = 'asset' ORDER BY id") == [(2,), (4,)]
    assert baton("catalog", "import", "csv", file).out == f"csv: unchanged ({UNREAD})\n"
    assert reads == ["csv", "csv"]


def test_files_that_come_go_or_are_renamed_are_read(baton: Baton, file: Path, reads: list[str]) -> None:
    baton("catalog", "import", "csv", file.parent)
    other = file.with_name("teams.csv")
    other.write_text(TEAMS)
    assert "teams: 2 added" in baton("catalog", "import", "csv", file.parent).out
    other.unlink()
    assert "teams: 2 removed" in baton("catalog", "import", "csv", file.parent).out
    file.rename(file.with_name("things.csv"))
    assert baton("catalog", "import", "csv", file.parent).out == "csv: unchanged\n"
    assert baton("catalog", "import", "csv", file.parent).out == f"csv: unchanged ({UNREAD})\n"
    assert reads == ["csv"] * 4


def test_other_options_another_source_and_another_format_are_read(baton: Baton, file: Path, reads: list[str]) -> None:
    baton("catalog", "import", "csv", file)
    assert baton("catalog", "import", "csv", file, "--repository", "acme/shop").out == "csv: unchanged\n"
    assert baton("catalog", "import", "csv", file, "--source", "sheet").out.startswith("sheet: imported")
    refused = baton("catalog", "import", "terraform", file, "--source", "csv")
    assert (refused.code, refused.out) == (1, "csv: refused\n")
    assert reads == ["csv", "csv", "csv", "terraform"]


def test_a_dry_run_of_the_same_says_so_and_keeps_nothing(
    baton: Baton, database: Path, file: Path, reads: list[str]
) -> None:
    baton("catalog", "import", "csv", file)
    same = baton("catalog", "import", "csv", file, "--dry-run")
    assert (same.code, same.out) == (0, f"csv: would be unchanged ({UNREAD})\n")
    file.write_text(CSV.replace("web", "wab"))
    for _ in range(2):
        ran = baton("catalog", "import", "csv", file, "--dry-run")
        assert ran.out.startswith("csv: would be imported (assets: 1 changed")
    assert baton("catalog", "import", "csv", file).out.startswith("csv: imported"), "what was rehearsed is not done"
    assert rows(database, "SELECT outcome FROM import_runs") == [("imported",), ("imported",)]
    assert reads == ["csv"] * 4


def test_auto_reads_only_the_formats_that_have_changed(baton: Baton, file: Path, reads: list[str]) -> None:
    teams = file.with_name("teams.yaml")
    teams.write_text("baton: 1\nteams:\n- name: payments\n- name: web\n")
    rules = file.with_name("CODEOWNERS")
    rules.write_text("# baton: repository acme/shop\n* @acme/web\n")
    baton("catalog", "import", "auto", file.parent)
    reads.clear()
    again = baton("catalog", "import", "auto", file.parent)
    assert again.out == f"baton: unchanged ({UNREAD})\ncodeowners: unchanged\ncsv: unchanged ({UNREAD})\n"
    assert reads == ["codeowners"], "its reader looks at the checkout, too"
    teams.write_text("baton: 1\nteams:\n- name: payments\n")
    ran = baton("catalog", "import", "auto", file.parent)
    assert ran.out.splitlines()[0].startswith("baton: imported (teams: 1 removed")
    assert ran.out.splitlines()[-1] == f"csv: unchanged ({UNREAD})"
    assert f"note: {file}:3: no source declares the team 'web'.\n" in ran.err
    reads.clear()
    as_json = json.loads(baton("catalog", "import", "auto", file.parent, "--json").out)
    assert [each["unread"] for each in as_json] == [True, False, True]
    assert reads == ["codeowners"]


def test_auto_says_no_note_that_a_source_after_it_has_solved(baton: Baton, file: Path) -> None:
    rows_of_teams = file.with_name("b.yaml")
    rows_of_teams.write_text("baton: 1\nteams:\n- name: payments\nassets:\n- {name: cart, part-of: queue}\n")
    file.write_text("name,kind\nshop,service\n")
    first = baton("catalog", "import", "auto", file.parent)
    assert "nothing is a part of it" in first.err
    file.write_text("name,kind\nshop,service\nqueue,service\n")
    ran = baton("catalog", "import", "auto", file.parent)
    assert ran.err == "", "queue has come with the csv"
    assert ran.out.startswith(f"baton: unchanged ({UNREAD})\ncsv: imported")


def test_what_was_refused_is_read_again_and_what_stands_is_not(baton: Baton, file: Path, reads: list[str]) -> None:
    many = CSV + "".join(f"s{number},service,web\n" for number in range(10))
    file.write_text(many)
    baton("catalog", "import", "csv", file)
    file.write_text(CSV)
    for _ in range(2):
        ran = baton("catalog", "import", "csv", file)
        assert (ran.code, ran.out) == (1, "csv: refused (it would mean assets: 10 removed)\n")
        assert "add --allow-mass-change" in ran.err
    file.write_text(many)
    assert baton("catalog", "import", "csv", file).out == f"csv: unchanged ({UNREAD})\n"
    file.write_text(CSV)
    assert "assets: 10 removed" in baton("catalog", "import", "csv", file, "--allow-mass-change").out
    again = baton("catalog", "import", "csv", file, "--allow-mass-change")
    assert (again.code, again.out) == (0, f"csv: unchanged ({UNREAD})\n")
    assert reads == ["csv"] * 4


def test_what_cannot_be_read_is_said_each_time(baton: Baton, file: Path) -> None:
    broken, missing = file.with_name("broken.csv"), file.with_name("missing.csv")
    broken.write_bytes(b"name,kind\n\0\0")
    for paths in ([file, broken], [file, missing]):
        for _ in range(3):
            ran = baton("catalog", "import", "csv", *paths)
            assert f"error: {paths[1]}: " in ran.err
            assert UNREAD not in ran.out
    assert baton("catalog", "import", "csv", missing).code == 1
    assert UNREAD not in baton("catalog", "import", "csv", file).out, "a reading with errors counts for nothing"
    assert UNREAD in baton("catalog", "import", "csv", file).out


def test_a_file_that_can_no_longer_be_opened_is_an_error(
    baton: Baton, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    baton("catalog", "import", "csv", file)
    with monkeypatch.context() as locked:
        # As root one may open everything, so the file is not locked but refuses.
        for name in ("open", "read_bytes"):
            allowed = getattr(Path, name)

            def refusing(
                self: Path, *words: object, allowed: Callable[..., object] = allowed, **options: object
            ) -> object:
                if self == file:
                    raise PermissionError(13, "Permission denied")
                return allowed(self, *words, **options)

            locked.setattr(Path, name, refusing)
        ran = baton("catalog", "import", "csv", file)
        assert ran.code == 1
        assert f"error: {file}: cannot be read (Permission denied); check its permissions.\n" in ran.err
        assert "Nothing could be read" in ran.err
    assert baton("catalog", "import", "csv", file).out == f"csv: unchanged ({UNREAD})\n", "what was read before stands"


def test_problems_and_notes_are_said_again(baton: Baton, file: Path, reads: list[str]) -> None:
    file.write_text(CSV.replace("name,kind,team", "name,kind,team,colour").replace("web\n", "web,red\n"))
    first = baton("catalog", "import", "csv", file)
    assert "colour" in first.err
    again = baton("catalog", "import", "csv", file)
    assert (again.err, again.out, reads) == (first.err, f"csv: unchanged ({UNREAD})\n", ["csv"])
    file.write_text(CSV + ",service,web\n")
    first = baton("catalog", "import", "csv", file)
    assert "has no name" in first.err
    again = baton("catalog", "import", "csv", file)
    assert (again.err, again.out) == (first.err, "csv: unchanged\n"), "an error may have other causes, so it is read"


def test_what_people_decide_does_not_need_the_files(baton: Baton, file: Path, reads: list[str]) -> None:
    teams = file.with_name("t.csv")
    teams.write_text(TEAMS)
    baton("catalog", "import", "csv", teams, file)
    assert baton("team", "rename", "web", "storefront").code == 0
    assert baton("team", "merge", "payments", "storefront").code == 0
    again = baton("catalog", "import", "csv", teams, file)
    assert (again.out, again.err, reads) == (f"csv: unchanged ({UNREAD})\n", "", ["csv"])
    assert "storefront" in baton("ask", "who owns billing?").out


def test_what_was_written_while_it_was_read_is_read_again(
    baton: Baton, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = SourceFiles.read

    def overtaken(self: SourceFiles, progress: Callable[[int, int], None] | None = None) -> SourceCatalog:
        file.write_text(CSV + "cart,service,web\n")
        return read(self, progress)

    with monkeypatch.context() as busy:
        busy.setattr(SourceFiles, "read", overtaken)
        assert "assets: 3 added" in baton("catalog", "import", "csv", file).out
    file.write_text(CSV)
    assert "assets: 1 removed" in baton("catalog", "import", "csv", file).out, (
        "what was looked at was not what was read"
    )


def test_files_are_read_after_all_where_another_import_comes_between(
    baton: Baton, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    baton("catalog", "import", "csv", file)
    file.write_text(CSV + "cart,service,web\n")

    async def was_read(*words: object, **options: object) -> bool:
        return True

    monkeypatch.setattr(imports, "has_read", was_read)  # as it was when it was asked
    assert "assets: 1 added" in baton("catalog", "import", "csv", file).out

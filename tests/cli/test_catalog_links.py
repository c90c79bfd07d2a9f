"""`baton catalog import` of a folder with links, pipes and secrets in it: what is left out, and what goes again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.clients.catalog import _reader
from tests.cli.conftest import Baton
from tests.cli.test_catalog import rows

SECRET = "xoxb-123456789012-abcdefghij"
NAMED = "SELECT name FROM assets WHERE gone_at IS NULL"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "checkout"
    made.mkdir()
    (tmp_path / "outside").mkdir()
    (made / "CODEOWNERS").write_text("# baton: repository acme/shop\n* @acme/web\n")
    return made


def names(database: Path) -> str:
    return str(rows(database, NAMED))


@pytest.mark.parametrize("format_name", ["codeowners", "auto"])
def test_what_a_file_said_goes_once_it_is_a_link_out(
    baton: Baton, database: Path, folder: Path, format_name: str
) -> None:
    (folder / "sub").mkdir()
    file, outside = folder / "sub" / "CODEOWNERS", folder.parent / "outside" / "CODEOWNERS"
    file.write_text("# baton: repository acme/private\n* @acme/private\n")
    baton("catalog", "import", format_name, folder)
    assert "acme/private" in names(database)
    file.rename(outside)
    file.symlink_to(outside)
    ran = baton("catalog", "import", format_name, folder)
    assert (ran.code, ran.err.count(f"note: {file}: is a link that leads out"), "error" in ran.err) == (0, 1, False)
    assert "acme/private" not in names(database)
    assert "acme/shop" in names(database)


def test_a_secret_that_was_stored_as_a_name_goes_at_the_next_import(
    baton: Baton, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "baton.yaml"
    said = f"baton: 1\nassets:\n- {{name: {SECRET}, owner: payments}}\n- {{name: fine, owner: payments}}\n"
    file.write_text(said)
    with monkeypatch.context() as unaware:
        unaware.setattr(_reader, "looks_secret", lambda _: False)
        baton("catalog", "import", "baton", file)
    assert SECRET in names(database)
    file.write_text(said + "\n")
    ran = baton("catalog", "import", "baton", file)
    assert f"note: {file}:3: gives the asset a name that looks like a secret" in ran.err
    assert SECRET not in ran.err + ran.out
    assert rows(database, NAMED) == [("fine",)]


def test_pipes_are_not_read(baton: Baton, database: Path, folder: Path) -> None:
    (folder / "docs").mkdir()
    os.mkfifo(folder / "docs" / "CODEOWNERS")
    os.mkfifo(folder / ".git")
    assert baton("catalog", "import", "codeowners", folder).code == 0
    assert "acme/shop" in names(database)


def test_aliases_beside_an_owners_file_are_not_read_through_a_link_out(
    baton: Baton, database: Path, folder: Path
) -> None:
    outside = folder.parent / "outside" / "aliases"
    outside.write_text("aliases:\n  private:\n  - jo\n")
    (folder / "OWNERS_ALIASES").symlink_to(outside)
    (folder / "OWNERS").write_text("approvers:\n- private\n")
    baton("catalog", "import", "kubernetes", folder / "OWNERS", "--repository", "acme/k")
    assert rows(database, "SELECT name FROM teams") == []


def test_secrets_that_were_stored_go_even_where_they_are_most_of_a_source(
    baton: Baton, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "baton.yaml"
    lines = [f"- {{name: {SECRET}{number}, owner: payments}}" for number in range(4)]
    lines += [f"- {{name: alias-{number}, aliases: [{SECRET}{number}x], owner: payments}}" for number in range(4)]
    lines += [f"- {{name: fine-{number}, owner: payments}}" for number in range(10)]
    file.write_text("\n".join(["baton: 1", "assets:", *lines]) + "\n")
    with monkeypatch.context() as unaware:
        unaware.setattr(_reader, "looks_secret", lambda _: False)
        baton("catalog", "import", "baton", file)
    assert len(rows(database, NAMED)) == 18
    file.write_text("\n".join(["baton: 1", "assets:", *lines[:-6]]) + "\n")
    refused = baton("catalog", "import", "baton", file)
    assert "would remove 6 of the source's 10 assets" in refused.err
    assert "8 more hold what looks like a secret" in refused.err
    assert SECRET not in refused.err + refused.out + str(rows(database, "SELECT problems, counts FROM import_runs"))
    file.write_text("\n".join(["baton: 1", "assets:", *lines]) + "\n\n")
    assert baton("catalog", "import", "baton", file).code == 0
    assert rows(database, NAMED) == [(f"fine-{number}",) for number in range(10)]


@pytest.mark.parametrize("format_name", ["csv", "auto"])
@pytest.mark.parametrize("named", [b"\xff.csv", b"d\xff"])
def test_a_name_that_is_not_utf8_is_one_sentence(baton: Baton, tmp_path: Path, format_name: str, named: bytes) -> None:
    folder = tmp_path / os.fsdecode(b"d\xff")
    folder.mkdir()
    for place in (tmp_path, folder):
        (place / os.fsdecode(b"\xff.csv")).write_text("name,owner\ncheckout,Payments\n")
    ran = baton("catalog", "import", format_name, tmp_path / os.fsdecode(named))
    shown = named.decode(errors="backslashreplace")
    assert (ran.code, ran.err) == (1, f"{tmp_path}/{shown} has a name that is not UTF-8; give it another.\n")

"""What all formats share: which files are read, in which order, and what becomes of those that cannot be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from bot.clients.catalog import FORMATS, ReadOptions, baton, detect, read
from bot.clients.catalog._reader import SourceFile
from bot.errors import CatalogError

HEAD = "baton: 1\nassets: [{name: "


def write(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{HEAD}{Path(name).stem}}}]\n")


def names(root: Path, *paths: str, options: ReadOptions | None = None) -> list[str]:
    catalog = read("baton", [root / path for path in paths], options=options or ReadOptions())
    return [asset.name for asset in catalog.assets]


def test_the_formats_and_an_unknown_one(tmp_path: Path) -> None:
    assert all(format_.name == name and format_.summary for name, format_ in FORMATS.items())
    with pytest.raises(CatalogError, match=r"'bakstage'; choose one of baton, backstage, opslevel, .*, terraform"):
        read("bakstage", [tmp_path])
    with pytest.raises(CatalogError, match="at least one file"):
        read("baton", [])


def test_a_walk_skips_what_holds_no_catalog_and_keeps_an_order(tmp_path: Path) -> None:
    skipped = [".git", "node_modules", ".venv", ".terraform", "__pycache__"]
    write(tmp_path, "b/two.yaml", "a/z/four.yml", "a/three.yaml", "one.yaml", ".hidden/five.YAML", "b/notes.txt")
    write(tmp_path, *(f"b/{directory}/x/no.yaml" for directory in skipped))
    (tmp_path / "b" / "compose.yaml").write_text("services: {}\n")
    assert names(tmp_path, "") == ["one", "five", "three", "four", "two"]


def test_a_named_file_is_read_whatever_it_is_called_and_only_once(tmp_path: Path) -> None:
    write(tmp_path, "catalog.txt", "node_modules/x.yaml", "plain.yaml")
    assert names(tmp_path, "catalog.txt", "node_modules/x.yaml", "plain.yaml", "", "plain.yaml") == [
        "catalog",
        "x",
        "plain",
    ]


def test_symlinks_are_followed_and_loops_end(tmp_path: Path) -> None:
    write(tmp_path, "real/a.yaml")
    (tmp_path / "real" / "loop").symlink_to(tmp_path)
    (tmp_path / "real" / "self").symlink_to(tmp_path / "real" / "self")
    (tmp_path / "real" / "gone.yaml").symlink_to(tmp_path / "nowhere.yaml")
    (tmp_path / "again").symlink_to(tmp_path / "real")
    (tmp_path / "same.yaml").symlink_to(tmp_path / "real" / "a.yaml")
    catalog = read("baton", [tmp_path])
    assert [asset.name for asset in catalog.assets] == ["a"]
    assert catalog.problems == []


def test_paths_are_shown_as_they_were_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "team/a.yaml")
    monkeypatch.chdir(tmp_path)
    assert [str(asset.origin) for asset in read("baton", [Path("team")]).assets] == ["team/a.yaml:2"]
    assert [asset.origin.path for asset in read("baton", [Path()]).assets] == ["team/a.yaml"]
    assert [asset.origin.path for asset in read("baton", [tmp_path]).assets] == [f"{tmp_path}/team/a.yaml"]


def test_what_gives_nothing_is_a_problem_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    write(tmp_path, "a.yaml")
    catalog = read("baton", [tmp_path / name for name in ("missing", "empty", "pipe", "a.yaml")])
    assert [asset.name for asset in catalog.assets] == ["a"]
    assert [str(problem) for problem in catalog.problems] == [
        f"{tmp_path}/missing: does not exist; check the path.",
        f"{tmp_path}/empty: holds no file of the format 'baton' ({FORMATS['baton'].summary}); "
        "name the file to read it anyway.",
        f"{tmp_path}/pipe: is neither a file nor a directory; name a file.",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "b.yaml", "closed/c.yaml")
    (tmp_path / "a.yaml").chmod(0)
    (tmp_path / "closed").chmod(0)
    catalog = read("baton", [tmp_path, tmp_path / "a.yaml"])
    (tmp_path / "closed").chmod(0o700)
    assert [asset.name for asset in catalog.assets] == ["b"]
    assert len(catalog.problems) == 2


def test_a_file_that_goes_away_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "b.yaml")
    catalog = read("baton", [tmp_path], progress=lambda done, _: (tmp_path / "a.yaml").unlink() if done == 0 else None)
    assert [asset.name for asset in catalog.assets] == ["b"]
    assert "cannot be read" in catalog.problems[0].message


def test_progress_counts_files(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "b.yaml", "c.yaml")
    (tmp_path / "b.yaml").write_text("baton: 1\nassets: [\n")
    seen: list[tuple[int, int]] = []
    read("baton", [tmp_path], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("format_name", ["baton", "backstage", "codeowners", "terraform"])
def test_a_file_over_the_limit_is_not_read(tmp_path: Path, format_name: str) -> None:
    (tmp_path / "x.json").write_text("{}" + " " * 2_000_000)
    catalog = read(format_name, [tmp_path / "x.json"], options=ReadOptions(max_file_bytes=1_048_576))
    (problem,) = catalog.problems
    assert problem.message == "has 1.9 MiB, over the limit of 1 MiB; split it."


def test_the_problems_of_one_file_are_bounded(tmp_path: Path) -> None:
    (tmp_path / "CODEOWNERS").write_text("/a/ nobody\n" * 5_000)
    catalog = read("codeowners", [tmp_path / "CODEOWNERS"])
    assert len(catalog.problems) == 200
    assert "is this the right format?" in catalog.problems[-1].message


def test_a_fault_in_one_file_does_not_stop_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "1.yaml", "2.yaml")
    documents = baton.documents

    def broken(file: SourceFile, *rest: Any) -> Any:
        if file.path.name == "1.yaml":
            raise KeyError("what the file says")
        return documents(file, *rest)

    monkeypatch.setattr(baton, "documents", broken)
    catalog = read("baton", [tmp_path])
    assert [asset.name for asset in catalog.assets] == ["2"]
    assert "fault in Baton (KeyError)" in catalog.problems[0].message
    assert "1.yaml as baton failed with KeyError" in caplog.text
    assert "what the file says" not in caplog.text


_RESOURCES = (
    '"root_module": {"resources": [{"address": "aws_db_instance.a", "mode": "managed", "type": "aws_db_instance",'
    ' "name": "a", "values": {"identifier": "orders-db", "engine": "postgres"}}]}'
)


@pytest.mark.parametrize(
    ("name", "text", "is_known"),
    [
        ("state.json", '{"format_version":"1.0","terraform_version":"1.5.0","values":{RESOURCES}}', True),
        ("sorted.json", '{"checks": [], "format_version": "1.0", "terraform_version": "1.5.0", "values": {}}', True),
        ("other-tool.json", '{"format_version": "1.0", "values": {RESOURCES}}', True),
        ("plan.json", '{\n  "format_version": "1.2",\n  "planned_values": {RESOURCES}\n}\n', True),
        ("state", '{"format_version":"1.0","terraform_version":"1.5.0","values":{RESOURCES}}', True),
        ("state.txt", '{"format_version":"1.0","terraform_version":"1.5.0","values":{RESOURCES}}', True),
        ("destroyed.json", '{"format_version":"1.0"}\n', True),
        ("schemas.json", '{"format_version":"1.0","provider_schemas":{}}', False),
        ("list.json", '[{"format_version":"1.0","terraform_version":"1.5.0"}]', False),
        ("state.md", '{"format_version":"1.0","terraform_version":"1.5.0"}', False),
    ],
)
def test_what_terraform_shows_is_known_whatever_its_file_is_called(
    tmp_path: Path, name: str, text: str, is_known: bool
) -> None:
    file = tmp_path / name
    file.write_text(text.replace("RESOURCES", _RESOURCES))
    assert detect([file])[0] == ({"terraform": [file]} if is_known else {})
    if "orders-db" in file.read_text():
        assert [each.name for each in read("terraform", [file]).assets] == ["orders-db"]


def test_names_in_two_alphabets_are_told_once_and_only_these(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "baton: 1\nteams: [{name: pаyments}, {name: Платежи}, {name: Zoë}, {name: Команда payments}]\n"
        "assets: [{name: a, owner: pаyments}, {name: сart, owner: Ομάδα}, {name: b, aliases: [µ-x, ordеrs]},\n"
        " {name: d, owner: sеarch}]\n",
        encoding="utf-8",
    )
    said = [each.message for each in read("baton", [tmp_path]).problems]
    assert [each.partition(";")[0] for each in said] == [
        "the name 'pаyments' mixes alphabets ('а' is Cyrillic)",
        "the name 'сart' mixes alphabets ('с' is Cyrillic)",
        "the name 'ordеrs' mixes alphabets ('е' is Cyrillic)",
        "the name 'sеarch' mixes alphabets ('е' is Cyrillic)",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# Chromium's\nada@example.com\n", 2),
        ("set noparent\r\nada@example.com  # for now\r\n", 1),
        ("per-file *.md=ada@example.com\n", 1),
        ("*\n\nfile://base/OWNERS\n", 3),
        ("include /OWNERS_STATUS\n", 1),
        ("approvers: [ada]\n", None),
        ("approvers:\n- ada@example.com\n# set noparent\n", None),
        ("approvers:\n  - file\nfilters:\n  per-file: {}\n", None),
    ],
)
def test_owners_as_gerrit_reads_them_are_told_by_one_sentence(tmp_path: Path, text: str, line: int | None) -> None:
    (tmp_path / "OWNERS").write_text(text, newline="")
    problems = read("kubernetes", [tmp_path], options=ReadOptions(repository="acme/shop")).problems
    told = [each.origin.line for each in problems if "as Gerrit reads it" in each.message]
    assert told == ([] if line is None else [line])
    assert line is None or len(problems) == 1

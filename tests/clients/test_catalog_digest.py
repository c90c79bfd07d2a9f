"""When two looks at files have one digest, and that readers go by nothing that the digest does not cover."""

from __future__ import annotations

import os
import sys
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from bot.clients.catalog import FORMATS, ReadOptions, SourceFiles, _source_files, look
from tests.clients.test_catalog_docs_and_demo import DEMO, FOLDERS
from tests.conftest import REPOSITORY

CORPUS = REPOSITORY / "tests" / "clients" / "corpus"
CSV = "name,kind,team\nbilling,service,payments\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "assets.csv"
    made.write_text(CSV)
    return made


def digest(*paths: Path, format_name: str = "csv", **options: object) -> str:
    return look(format_name, paths, options=ReadOptions(**options)).digest()  # type: ignore[arg-type]


def test_the_same_files_have_the_same_digest_whenever_they_were_written(file: Path) -> None:
    before = digest(file)
    assert len(before) == 64
    file.unlink()
    file.write_text(CSV)
    os.utime(file, (1, 1))
    assert digest(file) == before


def test_any_byte_counts(file: Path) -> None:
    before = digest(file)
    file.write_text(CSV.replace("payments", "payment5"))
    assert digest(file) != before


def test_names_order_and_number_of_files_count(file: Path) -> None:
    other, copy = file.with_name("b.csv"), file.with_name("c.csv")
    other.write_text("name,kind,team\nshop,service,web\n")
    copy.write_text(CSV)
    seen = [digest(file), digest(copy), digest(file, other), digest(other, file), digest(file.parent)]
    assert "" not in seen
    assert len(set(seen)) == len(seen)


def test_where_one_file_ends_and_the_next_begins_counts(file: Path) -> None:
    other = file.with_name("b.csv")
    other.write_text("")
    before = digest(file, other)
    file.write_text(CSV[:20])
    other.write_text(CSV[20:])
    assert digest(file, other) != before


def test_the_format_and_every_option_count(file: Path) -> None:
    before = digest(file)
    assert digest(file, format_name="baton") != before
    assert digest(file, owner_tags=("team",)) != before
    assert digest(file, repository="acme/shop") != before
    assert digest(file, max_file_bytes=5) != before


def test_another_baton_another_parser_and_another_python_count(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "bot"
    (code / "clients").mkdir(parents=True)
    (code / "clients" / "csv.py").write_text("one = 1\n")

    def another() -> str:
        _source_files._reader.cache_clear()
        return digest(file)

    seen = [another()]
    monkeypatch.setattr(_source_files, "_PACKAGE", code)
    seen.append(another())
    (code / "clients" / "csv.py").write_text("one = 2\n")
    seen.append(another())
    (code / "clients" / "csv.py").rename(code / "clients" / "tsv.py")
    seen.append(another())
    (code / "data").mkdir()
    (code / "data" / "kinds.yaml").write_text("database: db\n")
    seen.append(another())
    monkeypatch.setattr("yaml.__version__", "0")
    seen.append(another())
    monkeypatch.setattr(sys, "version", "3.99")
    seen.append(another())
    assert "" not in seen
    assert len(set(seen)) == len(seen)
    (code / "clients" / "tsv.py").unlink()
    assert another() == "", "without its code nobody can say whether it is the same"
    monkeypatch.undo()
    assert another() == seen[0]


def test_what_could_not_be_found_or_opened_has_no_digest(file: Path) -> None:
    assert digest(file, file.with_name("nowhere.csv")) == ""
    found = look("csv", [file])
    file.unlink()
    assert found.digest() == ""


def test_a_name_that_is_no_text_does_no_harm(tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"a\xff.csv")
    odd.write_text(CSV)
    assert len(digest(odd)) == 64


@contextmanager
def opening(seen: set[Path]) -> Iterator[None]:
    """Note every file that is opened; an audit hook stays for good, so it stops listening instead.

    Which time zones there are is the system's, as Python is.
    """
    is_on = True
    zones = [*map(Path, zoneinfo.TZPATH), Path(str(files("tzdata")))]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if is_on and event in {"open", "os.listdir", "os.scandir"} and isinstance(arguments[0], str | Path):
            path = Path(arguments[0])
            if not any(path.is_relative_to(each) for each in zones):
                seen.add(path.resolve())

    sys.addaudithook(hook)
    try:
        yield
    finally:
        is_on = False


def sample(name: str) -> SourceFiles:
    folder = CORPUS / name if any((CORPUS / name).glob("*")) else DEMO / FOLDERS.get(name, name)
    found = look(name, [folder])
    assert found.files, f"there is no sample of {name}"
    return found


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_reader_opens_only_what_its_digest_covers(name: str, tmp_path: Path) -> None:
    found = sample(name)
    found.read()  # what is imported for it is imported now
    opened: set[Path] = set()
    with opening(opened):
        found.read()
    files = {file.path.resolve() for file in found.files}
    assert files <= opened
    if not found.format.reads_beside:
        assert opened == files
        assert len(found.digest()) == 64


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_where_files_lie_is_nothing_that_a_digest_hides(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same files by the same relative names, in a checkout and in none, give the same unless there is no digest."""
    found = sample(name)
    read = []
    for place, is_checkout in (("one", False), ("other", True)):
        root = tmp_path / place
        for file in found.files:
            target = root / file.path.relative_to(REPOSITORY)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.path.read_bytes())
        if is_checkout:
            (root / ".git").mkdir()
            (root / ".git" / "config").write_text('[remote "origin"]\nurl = https://git.example/acme/shop.git\n')
        monkeypatch.chdir(root)
        files = tuple(
            replace(file, path=Path(shown), shown=shown, walked_from=None)
            for file in found.files
            for shown in [str(file.path.relative_to(REPOSITORY))]
        )
        here = replace(found, files=files)
        read.append((here.digest(), here.read()))
    (first, one), (second, other) = read
    assert first == second
    assert (first == "") == found.format.reads_beside
    if first:
        assert one == other

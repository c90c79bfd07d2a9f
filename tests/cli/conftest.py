"""The command line as somebody types it, on a database of its own."""

from __future__ import annotations

import gc
import io
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli import main


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


Baton = Callable[..., Ran]


def pipe(monkeypatch: pytest.MonkeyPatch, read: bytes) -> None:
    """Let standard input be what a pipe brings."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(read), encoding="utf-8"))


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "data" / "baton.sqlite"
    file.parent.mkdir()
    monkeypatch.setenv("BATON_DATABASE_URL", f"sqlite:///{file}")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return file


@pytest.fixture
def baton(database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Baton]:
    def run(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["baton", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Ran(int(ended.value.code or 0), out, err)

    level = logging.root.level
    yield run
    # What a command logs goes to this test's standard error, which is closed by now.
    for handler in [each for each in logging.root.handlers if type(each) is logging.StreamHandler]:
        logging.root.removeHandler(handler)
    logging.root.setLevel(level)
    gc.enable()  # the command switches it off for its own short life, and sets what it imported aside
    gc.unfreeze()

"""The files of one source between being found and being read, and the digest that tells whether they say the same."""

from __future__ import annotations

import hashlib
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ijson  # type: ignore[import-untyped]
import yaml

from bot.clients.catalog._reader import Format, ReadOptions, Sink, SourceFile
from bot.domain.catalog import Problem, SourceCatalog
from bot.errors import UnreadableError

_log = logging.getLogger(__name__)

_PACKAGE = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """The files of one source in the order to read them in, what was wrong on the way, and how they are to be read."""

    format: Format
    files: tuple[SourceFile, ...]
    problems: tuple[Problem, ...]
    options: ReadOptions

    def read(self, progress: Callable[[int, int], None] | None = None) -> SourceCatalog:
        """Return what the files say; whatever cannot be read is in `problems`, and the rest is read.

        `progress` is called with the numbers of files done and in all, first with 0.
        """
        sink = Sink()
        sink.catalog.problems.extend(self.problems)
        if progress:
            progress(0, len(self.files))
        for done, file in enumerate(self.files, start=1):
            self._read_file(file, sink)
            if progress:
                progress(done, len(self.files))
        sink.finish()
        return sink.catalog

    def _read_file(self, file: SourceFile, sink: Sink) -> None:
        try:
            self.format.read_file(file, sink, self.options)
        except UnreadableError as error:
            sink.problem(file.at(error.line), str(error))
        except OSError as error:
            sink.problem(file.at(), f"cannot be read ({error.strerror}); check its permissions.")
        except Exception as error:  # noqa: BLE001 - one file never stops the rest
            # Only the type: the text and the traceback of such an error may hold secrets out of the file.
            _log.error("Reading %s as %s failed with %s", file.shown, self.format.name, type(error).__name__)
            sink.problem(
                file.at(), f"could not be read to its end because of a fault in Baton ({type(error).__name__})."
            )

    def digest(self) -> str:
        """Return 64 hexadecimal digits; where they are the same again, `read` would return the same as before.

        It covers all that a reader goes by: the files' names as they were given, their order and bytes, the format and
        the options, and who reads, which is Baton's own code, its parsers and Python. "" where that is not all, or not
        known: for a format whose reader looks beside its files, where finding them met a problem, where one cannot be
        read, and where Baton's code is not there as files.
        """
        reader = _reader()
        if self.format.reads_beside or self.problems or not reader:
            return ""
        try:
            files = [(file.shown, _digest_of(file.path)) for file in self.files]
        except OSError:
            return ""
        return _digest_of_text(repr((reader, self.format.name, self.options, files)))


def _blake2b() -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=32)


def _digest_of_text(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=32).hexdigest()


def _digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, _blake2b).hexdigest()


@cache
def _reader() -> str:
    """Return what tells who reads, "" when that cannot be told.

    All of Baton's code and its tables, because a version says nothing of a checkout, and because a list of the modules
    that matter would be wrong one day. It takes ten milliseconds; the price is that any other Baton reads every file
    once more.
    """
    modules = sorted(_PACKAGE.rglob("*.py"))
    if not modules:
        return ""
    read = [*modules, *sorted((_PACKAGE / "data").glob("*.yaml"))]
    code = [(file.relative_to(_PACKAGE).as_posix(), _digest_of(file)) for file in read]
    parsers = (yaml.__version__, yaml.__with_libyaml__, ijson.__version__, ijson.backend)
    return _digest_of_text(repr((code, parsers, sys.version)))

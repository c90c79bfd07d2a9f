"""The files of a source between finding and reading them, and the digest that shows whether they have changed."""

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
    """The files of one source in reading order, the problems in finding them, and how they are to be read."""

    format: Format
    files: tuple[SourceFile, ...]
    problems: tuple[Problem, ...]
    options: ReadOptions

    def read(self, progress: Callable[[int, int], None] | None = None) -> SourceCatalog:
        """Return the files' content. What cannot be read is in `problems`, and the rest is read.

        `progress` is called with the number of finished files and of all files, first with 0.
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
            # Only the type: the text and traceback of such an error may contain secrets from the file.
            _log.error("Reading %s as %s failed with %s", file.shown, self.format.name, type(error).__name__)
            sink.problem(
                file.at(), f"could not be read to its end because of a fault in Baton ({type(error).__name__})."
            )

    def digest(self) -> str:
        """Return 64 hexadecimal digits. If they are the same again, `read` would return the same result.

        They cover everything that a reader uses: the files' names as given, their order and bytes, the format and the
        options, and the reader itself (Baton's code, its parsers and Python). Return "" if this is incomplete or
        unknown: for a format that reads beside its files, if there was a problem in finding them, if one cannot be
        read, or if Baton's code is not available as files.
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
    """Return an identification of the reader; "" if that is not possible.

    It covers all of Baton's code and tables, because a version number says nothing about a checkout, and a list of the
    relevant modules would be wrong one day. It takes ten milliseconds; the price is that another version of Baton reads
    every file once more.
    """
    modules = sorted(_PACKAGE.rglob("*.py"))
    if not modules:
        return ""
    read = [*modules, *sorted((_PACKAGE / "data").glob("*.yaml"))]
    code = [(file.relative_to(_PACKAGE).as_posix(), _digest_of(file)) for file in read]
    parsers = (yaml.__version__, yaml.__with_libyaml__, ijson.__version__, ijson.backend)
    return _digest_of_text(repr((code, parsers, sys.version)))

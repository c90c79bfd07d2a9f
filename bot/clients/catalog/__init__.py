"""Catalog file formats: files in, `SourceCatalog` out.

A format is one module with a `FORMAT`; adding one is that module and a line in `FORMATS`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from bot.clients.catalog import (
    backstage,
    baton,
    codeowners,
    cortex,
    datadog,
    gitlab_codeowners,
    kubernetes,
    opslevel,
    spreadsheet,
    terraform,
)
from bot.clients.catalog._git import remote_around
from bot.clients.catalog._reading import Format, ReadOptions, Sink
from bot.clients.catalog._walk import find
from bot.clients.catalog.detect import detect as _detect
from bot.domain.catalog import Problem, SourceCatalog
from bot.errors import CatalogError, UnreadableError

__all__ = ["FORMATS", "Format", "ReadOptions", "detect", "read", "remote_around"]

_log = logging.getLogger(__name__)

#: The formats that Baton reads, by name.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        one.name: one
        for one in (
            baton.FORMAT,
            backstage.FORMAT,
            opslevel.FORMAT,
            cortex.FORMAT,
            datadog.FORMAT,
            codeowners.FORMAT,
            gitlab_codeowners.FORMAT,
            kubernetes.FORMAT,
            spreadsheet.FORMAT,
            terraform.FORMAT,
        )
    }
)

_DEFAULTS = ReadOptions()


def detect(paths: Sequence[Path]) -> tuple[dict[str, list[Path]], list[Problem]]:
    """Return the files among `paths` by format, in the order of `FORMATS`, and what is in none that Baton knows."""
    return _detect(FORMATS, paths)


def read(
    format_name: str,
    paths: Sequence[Path],
    *,
    options: ReadOptions = _DEFAULTS,
    only: Collection[Path] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SourceCatalog:
    """Return what the files among `paths` say; directories are searched for files of the format.

    With `only`, of the files found those alone are read. Whatever cannot be read is in `problems`, and the rest is
    read. `progress` is called with the numbers of files done and in all, first with 0. Raise `CatalogError` when there
    is no such format or no path.
    """
    format_ = FORMATS.get(format_name)
    if format_ is None:
        raise CatalogError(f"There is no catalog format '{format_name}'; choose one of {', '.join(FORMATS)}.")
    if not paths:
        raise CatalogError("Nothing to read: name at least one file or directory.")
    sink = Sink()
    files, problems = find(format_, paths, only=only)
    sink.catalog.problems.extend(problems)
    if progress:
        progress(0, len(files))
    for done, file in enumerate(files, start=1):
        try:
            format_.read_file(file, sink, options)
        except UnreadableError as error:
            sink.problem(file.at(error.line), str(error))
        except OSError as error:
            sink.problem(file.at(), f"cannot be read ({error.strerror}); check its permissions.")
        except Exception as error:  # noqa: BLE001 - one file never stops the rest
            # Only the type: the text and the traceback of such an error may hold secrets out of the file.
            _log.error("Reading %s as %s failed with %s", file.shown, format_name, type(error).__name__)
            sink.problem(
                file.at(), f"could not be read to its end because of a fault in Baton ({type(error).__name__})."
            )
        if progress:
            progress(done, len(files))
    return sink.catalog

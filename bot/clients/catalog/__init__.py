"""Catalog file formats: files in, `SourceCatalog` out.

A format is one module with a `FORMAT`; adding one is that module and a line in `FORMATS`.
"""

from __future__ import annotations

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
from bot.clients.catalog._found import SourceFiles
from bot.clients.catalog._git import remote_around
from bot.clients.catalog._reader import Format, ReadOptions
from bot.clients.catalog._walk import find
from bot.clients.catalog.detect import detect as _detect
from bot.domain.catalog import Problem, SourceCatalog
from bot.errors import CatalogError

__all__ = ["FORMATS", "Format", "ReadOptions", "SourceFiles", "detect", "look", "read", "remote_around"]

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


def look(
    format_name: str,
    paths: Sequence[Path],
    *,
    options: ReadOptions = _DEFAULTS,
    only: Collection[Path] | None = None,
) -> SourceFiles:
    """Return the files among `paths`, not read yet; directories are searched for files of the format.

    With `only`, of the files found those alone are taken. Raise `CatalogError` when there is no such format or no path.
    """
    format_ = FORMATS.get(format_name)
    if format_ is None:
        raise CatalogError(f"There is no catalog format '{format_name}'; choose one of {', '.join(FORMATS)}.")
    if not paths:
        raise CatalogError("Nothing to read: name at least one file or directory.")
    files, problems = find(format_, paths, only=only)
    return SourceFiles(format_, tuple(files), tuple(problems), options)


def read(
    format_name: str,
    paths: Sequence[Path],
    *,
    options: ReadOptions = _DEFAULTS,
    only: Collection[Path] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SourceCatalog:
    """Return what the files among `paths` say: `look` and `SourceFiles.read` in one."""
    return look(format_name, paths, options=options, only=only).read(progress)

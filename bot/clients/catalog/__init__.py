"""Catalog file formats: files in, `SourceCatalog` out.

A format is one module with a `FORMAT`. To add one, add the module and a line in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

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
from bot.clients.catalog._reader import Format, ReadOptions
from bot.clients.catalog._source_files import SourceFiles
from bot.clients.catalog._walk import every_file, find, is_itself, require_own, require_utf8
from bot.clients.catalog.gitlab_codeowners import looks_like_gitlab
from bot.domain.catalog import Origin, Problem, SourceCatalog
from bot.errors import CatalogError

__all__ = [
    "FORMATS",
    "Format",
    "ReadOptions",
    "SourceFiles",
    "detect",
    "look",
    "read",
    "remote_around",
    "require_own",
    "require_utf8",
]

#: The formats that Baton reads, by name.
FORMATS: Mapping[str, Format] = {
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

#: Formats that share a file name -> how to tell whether such a file is theirs.
_TOLD_APART: Mapping[str, Callable[[Path], bool]] = {
    "codeowners": lambda path: not looks_like_gitlab(path),
    "gitlab-codeowners": looks_like_gitlab,
}
_DEFAULTS = ReadOptions()


def detect(paths: Sequence[Path]) -> tuple[dict[str, list[Path]], list[Problem]]:
    """Return the files among `paths` by the name of their format, and problems for those without one.

    A file belongs to the first of `FORMATS` that would use it. A file in a folder that none would use is skipped; one
    that was named is a problem.
    """
    found: dict[str, list[Path]] = {}
    problems: list[Problem] = []
    for path in paths:
        count = 0
        for file in every_file(path, problems):
            name = _format_of(file)
            if name is not None and is_itself(FORMATS[name], file, problems, is_error=file == path):
                found.setdefault(name, []).append(file)
                count += 1
        if not count and not any(problem.origin.path == str(path) for problem in problems):
            message = f"is in no format that Baton knows ({', '.join(FORMATS)}); name its format instead of 'auto'."
            problems.append(Problem(Origin(str(path)), message))
    return {name: found[name] for name in FORMATS if name in found}, problems


def look(
    format_name: str,
    paths: Sequence[Path],
    *,
    options: ReadOptions = _DEFAULTS,
    only: Collection[Path] | None = None,
) -> SourceFiles:
    """Return the files among `paths` without reading them. Directories are searched for files of the format.

    With `only`, other files are ignored. Raise `CatalogError` if there is no such format or no path.
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
    """Return the content of the files among `paths`: `look` and `SourceFiles.read` in one call."""
    return look(format_name, paths, options=options, only=only).read(progress)


def _format_of(file: Path) -> str | None:
    for name, format_ in FORMATS.items():
        is_its = _TOLD_APART.get(name)
        if format_.matches(file) and (is_its is None or is_its(file)):
            return name
    return None

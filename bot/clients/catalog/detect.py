"""Which formats are among the files that somebody names: for `FORMAT auto`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from bot.clients.catalog._reader import Format
from bot.clients.catalog._walk import every_file, is_itself
from bot.clients.catalog.gitlab_codeowners import looks_like_gitlab
from bot.domain.catalog import Origin, Problem

#: Formats that share a file name, and what tells whether a file of that name is theirs.
_TOLD_APART: Mapping[str, Callable[[Path], bool]] = MappingProxyType(
    {"codeowners": lambda path: not looks_like_gitlab(path), "gitlab-codeowners": looks_like_gitlab}
)


def detect(formats: Mapping[str, Format], paths: Sequence[Path]) -> tuple[dict[str, list[Path]], list[Problem]]:
    """Return the files among `paths` by the name of the format that they are in, and what could not be placed.

    A file belongs to the first format, in the order of `formats`, that would use it; a file in a folder that none would
    use is passed over, one that was named is a problem.
    """
    found: dict[str, list[Path]] = {}
    problems: list[Problem] = []
    for path in paths:
        count = 0
        for file in every_file(path, problems):
            name = _format_of(formats, file)
            if name is not None and is_itself(formats[name], file, problems, is_error=file == path):
                found.setdefault(name, []).append(file)
                count += 1
        if not count and not any(problem.origin.path == str(path) for problem in problems):
            message = f"is in no format that Baton knows ({', '.join(formats)}); name its format instead of 'auto'."
            problems.append(Problem(Origin(str(path)), message))
    return {name: found[name] for name in formats if name in found}, problems


def _format_of(formats: Mapping[str, Format], file: Path) -> str | None:
    for name, format_ in formats.items():
        is_its = _TOLD_APART.get(name)
        if format_.matches(file) and (is_its is None or is_its(file)):
            return name
    return None

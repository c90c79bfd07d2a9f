"""Sources of facts, and whose word comes first where two of them disagree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class ClaimSubject(StrEnum):
    """What a claim is about, as stored."""

    ASSET = "asset"
    TEAM = "team"
    PERSON = "person"


#: What the format of a file of a source ends in.
_FILE = " file"


@dataclass(frozen=True, slots=True)
class Source:
    """A source as stored. Which of two is believed first: people, then by `precedence` where set, then by `format`."""

    id: int
    name: str
    format: str = ""
    is_human: bool = False
    precedence: int | None = None
    is_trusted_for_people: bool = False

    @property
    def is_file(self) -> bool:
        """Whether it is only one file of a source, which disagrees with another file of it."""
        return self.format.endswith(_FILE)

    @property
    def gives_rights(self) -> bool:
        """Whether what it says of teams may give somebody the rights of a team."""
        return self.is_human or self.is_trusted_for_people


#: Whose word comes first where two sources describe the same thing, by format; others follow, by name of the source.
#: Files written for owners come before inventories, and what people keep up by hand before what a tool emits.
PRECEDENCE = (
    "baton",
    "backstage",
    "opslevel",
    "cortex",
    "datadog",
    "gitlab-codeowners",
    "codeowners",
    "kubernetes",
    "csv",
    "terraform",
)
_RANKS = {name: rank for rank, name in enumerate(PRECEDENCE)}


def file_of(source: Source, number: int, path: str) -> Source:
    """Return the source that a file of a source is where files of it disagree: each speaks for itself."""
    return replace(
        source,
        id=number,
        name=f"{file_prefix(source)}{path})",
        format=f"{source.format}{_FILE}",
        is_trusted_for_people=False,
    )


def file_prefix(source: Source) -> str:
    """Return how the names of a source's files begin."""
    return f"{source.name} ("


def rank(source: Source) -> tuple[bool, bool, int, int, str]:
    """Return the key that sorts sources, the most believed first."""
    by_format = _RANKS.get(source.format.removesuffix(_FILE), len(PRECEDENCE))
    return not source.is_human, source.precedence is None, source.precedence or 0, by_format, source.name


def file_in(source: Source, its_file: Source) -> str:
    """Return the end of the path of one file of a source; empty where it is none of this source's."""
    prefix = file_prefix(source)
    is_its = its_file.is_file and not source.is_file and its_file.name.startswith(prefix)
    return its_file.name[len(prefix) : -1] if is_its else ""


def ends_in(path: str, end: str) -> bool:
    """Whether a path is the one of which `file_in` has returned the end; every path, where that was empty."""
    return not end or path == end or path.endswith(f"/{end}")

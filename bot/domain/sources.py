"""Sources of facts, and which source is believed if two disagree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class ClaimSubject(StrEnum):
    """What a claim is about, as stored."""

    ASSET = "asset"
    TEAM = "team"
    PERSON = "person"


#: The suffix of the format of a source's single file.
_FILE = " file"


@dataclass(frozen=True, slots=True)
class Source:
    """A source as stored. People are believed first, then sources by `precedence` if it is set, then by `format`."""

    id: int
    name: str
    format: str = ""
    is_human: bool = False
    precedence: int | None = None
    is_trusted_for_people: bool = False

    @property
    def is_file(self) -> bool:
        """Whether it is a single file of a source, which disagrees with another file of the same source."""
        return self.format.endswith(_FILE)

    @property
    def gives_rights(self) -> bool:
        """Whether its statements about teams can give somebody the rights of a team."""
        return self.is_human or self.is_trusted_for_people


#: The order in which formats are believed if two sources describe the same thing; other formats follow, by the source's
#: name. Files written for owners come before inventories, and files that people maintain before generated ones.
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
    """Return the source that stands for one file, if files of a source disagree: each file speaks for itself."""
    return replace(
        source,
        id=number,
        name=f"{file_prefix(source)}{path})",
        format=f"{source.format}{_FILE}",
        is_trusted_for_people=False,
    )


def file_prefix(source: Source) -> str:
    """Return the prefix of the names of a source's files."""
    return f"{source.name} ("


def rank(source: Source) -> tuple[bool, bool, int, int, str]:
    """Return the sort key of a source: the most believed first."""
    by_format = _RANKS.get(source.format.removesuffix(_FILE), len(PRECEDENCE))
    return not source.is_human, source.precedence is None, source.precedence or 0, by_format, source.name


def file_in(source: Source, its_file: Source) -> str:
    """Return the end of the path of one file of a source; "" if the file is not this source's."""
    prefix = file_prefix(source)
    is_its = its_file.is_file and not source.is_file and its_file.name.startswith(prefix)
    return its_file.name[len(prefix) : -1] if is_its else ""


def ends_in(path: str, end: str) -> bool:
    """Whether a path ends with what `file_in` returned; True for every path if that was ""."""
    return not end or path == end or path.endswith(f"/{end}")

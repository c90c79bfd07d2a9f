"""Sources of facts, and whose word comes first where two of them disagree."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ClaimSubject(StrEnum):
    """What a claim is about, as stored."""

    ASSET = "asset"
    TEAM = "team"
    PERSON = "person"


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


def rank(source: Source) -> tuple[bool, bool, int, int, str]:
    """Return the key that sorts sources, the most believed first."""
    by_format = _RANKS.get(source.format, len(PRECEDENCE))
    return not source.is_human, source.precedence is None, source.precedence or 0, by_format, source.name

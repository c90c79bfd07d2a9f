"""Teams and people as an import works on them: loaded from the store, changed in memory, written back if they differ.

Entries are compared by identity: two entries are two rows. `id` is 0 until the row is stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, cast


@dataclass(slots=True, eq=False, kw_only=True)
class PersonEntry:
    """A person. Identifiers are None when unknown, never empty: e-mail and handle in lower case.

    Whoever has left, as sources say, or is deactivated, as Slack says, is not active. `is_known` is False for somebody
    whom sources only ever name as what may be an owner's e-mail.
    """

    id: int = 0
    name: str = ""
    slack_id: str | None = None
    email: str | None = None
    handle: str | None = None
    timezone: str = ""
    is_active: bool = True
    has_left: bool = False
    is_deactivated: bool = False
    is_known: bool = False


@dataclass(slots=True, eq=False, kw_only=True)
class TeamEntry:
    """A team. `folded` is its identity; an undeclared team (a stub) is one that sources only refer to."""

    id: int = 0
    folded: str
    name: str
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    channel: str = ""
    user_group: str = ""
    timezone: str = ""
    lead: PersonEntry | None = None
    manager: PersonEntry | None = None
    is_declared: bool = False
    gone_at: datetime | None = None

    def refer(self, name: str) -> None:
        """Record that a source refers to the team by `name`: a stub is there as long as that happens.

        Of several spellings of a stub the least is shown, so that the order of imports does not matter, and one that
        begins with a mark (`["payments"`) only where there is no other.
        """
        if not self.is_declared:
            self.gone_at = None
            self.name = min(self.name, name, key=lambda each: (not each[:1].isalnum(), each))

    @property
    def is_live(self) -> bool:
        """Whether a source declares the team now."""
        return self.is_declared and self.gone_at is None


Owner = TeamEntry | PersonEntry
E = TypeVar("E", TeamEntry, PersonEntry)


@dataclass(slots=True)
class Book:
    """All teams and people, and which entries turned out to be another: `merged`, in the order of finding out."""

    teams: list[TeamEntry] = field(default_factory=list)
    people: list[PersonEntry] = field(default_factory=list)
    merged: dict[Owner, Owner] = field(default_factory=dict)

    def add_team(self, entry: TeamEntry) -> TeamEntry:
        """Add a team that is new to the store."""
        self.teams.append(entry)
        return entry

    def final(self, entry: E) -> E:
        """Return the entry that `entry` has been merged into, or itself."""
        while (into := self.merged.get(entry)) is not None:
            entry = cast("E", into)
        return entry

    def add_person(self, entry: PersonEntry) -> PersonEntry:
        """Add a person who is new to the store."""
        self.people.append(entry)
        return entry


def first_said(values: Iterable[str], otherwise: str = "") -> str:
    """Return the first value that is not empty."""
    return next((value for value in values if value), otherwise)

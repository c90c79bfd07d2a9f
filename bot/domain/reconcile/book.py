"""Teams and people during an import: loaded from the store, changed in memory, and written back if they differ.

Entries are compared by identity: two entries are two rows. `id` is 0 until the row is stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, cast


@dataclass(slots=True, eq=False, kw_only=True)
class PersonEntry:
    """A person. Unknown identifiers are None, never empty. E-mail and handle are in lower case.

    Somebody who has left (according to sources) or is deactivated (according to Slack) is not active. `is_known` is
    False for somebody who is only known from what may be an owner's e-mail address.
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
    """A team. `folded` is its identity. A team that is not declared (a stub) is only referred to by sources."""

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
        """Record that a source refers to the team by `name`. A stub exists as long as that happens.

        Of several spellings of a stub the lowest in sort order is shown, so that the order of imports does not matter.
        One that begins with a mark (`["payments"`) is used only if there is no other.
        """
        if not self.is_declared:
            self.gone_at = None
            self.name = min(self.name, name, key=lambda each: (not each[:1].isalnum(), each))

    @property
    def is_live(self) -> bool:
        """Whether a source currently declares the team."""
        return self.is_declared and self.gone_at is None


Owner = TeamEntry | PersonEntry
E = TypeVar("E", TeamEntry, PersonEntry)


@dataclass(slots=True)
class Book:
    """All teams and people.

    `merged` are entries that turned out to be another entry, in the order in which that was found.
    """

    teams: list[TeamEntry] = field(default_factory=list)
    people: list[PersonEntry] = field(default_factory=list)
    merged: dict[Owner, Owner] = field(default_factory=dict)

    def add_team(self, entry: TeamEntry) -> TeamEntry:
        """Add a team that is not in the store yet."""
        self.teams.append(entry)
        return entry

    def final(self, entry: E) -> E:
        """Return the entry that `entry` was merged into, or `entry` itself."""
        while (into := self.merged.get(entry)) is not None:
            entry = cast("E", into)
        return entry

    def add_person(self, entry: PersonEntry) -> PersonEntry:
        """Add a person who is not in the store yet."""
        self.people.append(entry)
        return entry


def first_said(values: Iterable[str], otherwise: str = "") -> str:
    """Return the first value that is not empty."""
    return next((value for value in values if value), otherwise)

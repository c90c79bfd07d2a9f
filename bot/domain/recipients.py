"""Who a message is for, and where it went."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.records import PersonRecord, TeamRecord
from bot.domain.value_object import value_object


@value_object()
class Recipient:
    """Who a message is for: a team, a person, or nobody (both None).

    What is for nobody goes to the platform channel.
    """

    team: TeamRecord | None = None
    person: PersonRecord | None = None

    @property
    def key(self) -> str:
        """`team:3`, `person:7` or `nobody`. Thousands are kept, so equal keys are the same string."""
        if self.team is not None:
            return sys.intern(f"team:{self.team.id}")
        return sys.intern(f"person:{self.person.id}") if self.person is not None else "nobody"

    @property
    def team_id(self) -> int | None:
        """The team's id; None for a person and for nobody."""
        return self.team.id if self.team is not None else None

    @property
    def person_id(self) -> int | None:
        """The person's id; None for a team and for nobody."""
        return self.person.id if self.person is not None else None

    @property
    def name(self) -> str:
        """The name as people write it; "" for nobody."""
        if self.team is not None:
            return self.team.name
        return self.person.name if self.person is not None else ""

    @property
    def timezone(self) -> str:
        """The name of the time zone that they work in; "" if it is not known."""
        if self.team is not None:
            return self.team.timezone
        return self.person.timezone if self.person is not None else ""


NOBODY = Recipient()


def owner_key(team_id: int | None, person_id: int | None) -> str:
    """Return the key (`Recipient.key`) of the team or person, whichever is given."""
    return f"team:{team_id}" if team_id is not None else f"person:{person_id}"


class Via(StrEnum):
    """How a message reaches its recipient."""

    OWN = "own"  #: in the team's channel, or as the person's direct message
    PERSON = "person"  #: through somebody who leads or manages them
    PLATFORM = "platform"  #: in the platform channel
    MEMBER = "member"  #: through a member of a team for which nobody else can be told
    UNLISTED = "unlisted"  #: in a channel that Slack does not list, or that refused the last message
    NOWHERE = "nowhere"


class Reach(StrEnum):
    """Whether the recipient named in a receipt is told, as far as is known when it is written."""

    TOLD = "told"
    PERHAPS = "perhaps"  #: the only place left may be closed
    NOBODY = "nobody"
    BY_CARD = "by_card"  #: they only read it on the card, as the settings of their channel say


@dataclass(frozen=True, slots=True)
class Told:
    """Where a message to a recipient goes first.

    `name` is the recipient's name and `place` a channel or a user id. `person` is the name of the person who reads it,
    if it is a direct message. `is_new` is False if they have had the same message before.
    """

    name: str
    via: Via
    is_team: bool = False
    place: str = ""
    person: str = ""
    is_new: bool = True

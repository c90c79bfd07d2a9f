"""Which people above a recipient are told about something unanswered, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.recipients import Recipient

#: How long a person who was asked has before anybody above them is told.
ANSWERED_WITHIN = timedelta(hours=1)


class Audience(StrEnum):
    """Who is told about something unanswered. Each audience has its own first day."""

    TEAM = "team"
    LEAD = "lead"
    MANAGER = "manager"
    PLATFORM = "platform"


#: How many days before a deadline each audience is first told, the last one first.
ESCALATES_AT = {Audience.PLATFORM: 0, Audience.MANAGER: 7, Audience.LEAD: 14}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Something unanswered that the people above its holder have to be told.

    `step` is the number of days before the deadline in the message to the `holder`, sent on the `day` of theirs.
    `heard` is the last step that each audience was told.
    """

    noun: str
    id: int
    step: int
    holder: Recipient
    day: date
    heard: Mapping[Audience, int | None] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[Audience, ...]:
        """Who has to be told and has not been yet."""
        return unheard(self.step, self.heard)


def unheard(step: int, heard: Mapping[Audience, int | None]) -> tuple[Audience, ...]:
    """Return who has to be told about a step, given the last step that each of them was told.

    The lead is told at their own step or, if that was missed, at a later one together with the manager. The manager is
    told at each of their steps until the day itself. The platform channel is told once about each deadline that has
    come, or had come when it was first seen. Nobody is told about an earlier step than the last one they were told.
    """
    lead, manager, platform = map(heard.get, (Audience.LEAD, Audience.MANAGER, Audience.PLATFORM))
    is_ahead, is_managers = step >= 0, step <= ESCALATES_AT[Audience.MANAGER]
    due = {
        Audience.LEAD: is_ahead and (lead is None or (not is_managers and lead > step)),
        Audience.MANAGER: is_ahead and is_managers and (manager is None or manager > step),
        Audience.PLATFORM: step <= ESCALATES_AT[Audience.PLATFORM] and (platform is None or platform > 0),
    }
    return tuple(part for part, is_due in due.items() if is_due)


def audience_at(step: int) -> Audience:
    """Return the highest audience that is told at a step."""
    return next((each for each, at in ESCALATES_AT.items() if step <= at), Audience.TEAM)


#: If a deadline had passed when it was first seen, it also goes up in stages: this many days after its team was first
#: told.
_STAGES = {Audience.LEAD: 5, Audience.MANAGER: 12, Audience.PLATFORM: 19}
#: How many more days it takes if it costs nothing.
_FREE_WAITS = 7


def stage_of(days: int, told_for: int, *, is_charged: bool) -> int | None:
    """Return the escalation step of a deadline that passed `-days` days ago, before its team was told.

    `told_for` is for how many days the team has known. None while only the team is told.
    """
    waited = told_for if is_charged else told_for - _FREE_WAITS
    due = [each for each, after in _STAGES.items() if waited >= after]
    if not due:
        return None
    return min(days, -1) if due[-1] is Audience.PLATFORM else ESCALATES_AT[due[-1]]


def is_fresh(posted_at: datetime, now: datetime) -> bool:
    """Whether the person who was asked may still be reading the message.

    A full hour counts as within it, because passes run on full hours, and a message takes a second or two to arrive.
    """
    return now <= posted_at + ANSWERED_WITHIN

"""Which people above a recipient are told of what nobody has answered, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.recipients import Recipient

#: So long somebody who was asked has to answer before anybody above them hears of it.
ANSWERED_WITHIN = timedelta(hours=1)


class Audience(StrEnum):
    """Who is told of something unanswered; each of them from an earlier or later day on."""

    TEAM = "team"
    LEAD = "lead"
    MANAGER = "manager"
    PLATFORM = "platform"


#: The most days before a deadline at which what nobody answered is said to these, the last ones first.
ESCALATES_AT = {Audience.PLATFORM: 0, Audience.MANAGER: 7, Audience.LEAD: 14}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Something unanswered that those above its holder have to hear of.

    `step` is in days before the deadline, as it was said to the `holder` on a `day` of theirs. `heard` is the last step
    that each audience has heard of.
    """

    noun: str
    id: int
    step: int
    holder: Recipient
    day: date
    heard: Mapping[Audience, int | None] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[Audience, ...]:
        """Who has not heard of it yet and has to."""
        return unheard(self.step, self.heard)


def unheard(step: int, heard: Mapping[Audience, int | None]) -> tuple[Audience, ...]:
    """Return who has to hear of a step, given the last one that each of them has heard of.

    The lead is told at their own step or, when that was missed, at a later one together with the manager. The manager
    is told at each of their steps until the day itself. The platform channel is told once of each deadline that has
    come, or had come when it was first seen. Nobody is told of a step before the last one that they were told of.
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


#: What had passed when it was first seen goes up in stages as well: so many days after its team was told of it first.
_STAGES = {Audience.LEAD: 5, Audience.MANAGER: 12, Audience.PLATFORM: 19}
#: What costs nothing waits so much longer.
_FREE_WAITS = 7


def stage_of(days: int, told_for: int, *, is_charged: bool) -> int | None:
    """Return the step at which something is owed that passed `-days` days ago, before its team was told of it.

    `told_for` is for how many days they have known. None while it is theirs alone.
    """
    waited = told_for if is_charged else told_for - _FREE_WAITS
    due = [each for each, after in _STAGES.items() if waited >= after]
    if not due:
        return None
    return min(days, -1) if due[-1] is Audience.PLATFORM else ESCALATES_AT[due[-1]]


def is_fresh(posted_at: datetime, now: datetime) -> bool:
    """Whether whoever was asked may still be reading the message.

    The full hour counts as within it: passes run on full hours, and a message takes a second or two to arrive.
    """
    return now <= posted_at + ANSWERED_WITHIN

"""What a team answered to a reminder, and for how long that keeps Baton quiet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.eol.milestones import Deadline, Milestone

#: Snoozing ends here at the latest, in days before the deadline.
SNOOZE_ENDS = 14
#: A plan is asked after this many days before its own date.
PLAN_CHECK = 7
#: A waiver lasts at most this many days.
LONGEST_WAIVER = 180


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Somebody has seen the milestone: quiet until the next one."""

    deadline: Deadline
    milestone: Milestone


@dataclass(frozen=True, slots=True)
class Planned:
    """The upgrade is planned for `on`: quiet until a week before."""

    deadline: Deadline
    on: date


@dataclass(frozen=True, slots=True)
class Snoozed:
    """Quiet until the day `until`, on which it may be said again."""

    deadline: Deadline
    until: date


@dataclass(frozen=True, slots=True)
class Waived:
    """Somebody else than the requester approved to leave it: quiet until the day `expires`."""

    deadline: Deadline
    expires: date


Response = Acknowledged | Planned | Snoozed | Waived


def snooze(deadline: Deadline, today: date, days: int) -> Snoozed | None:
    """Return the snooze for `days`, cut off two weeks before the deadline; None when it is too late for one."""
    until = min(today + timedelta(days), deadline.on - timedelta(SNOOZE_ENDS))
    return Snoozed(deadline, until) if until > today else None


def is_quiet(response: Response | None, deadline: Deadline, milestone: Milestone, today: date) -> bool:
    """Whether `response` keeps a milestone from being said today.

    An answer holds for the deadline that it was given to: one that has moved to an earlier day is news. One that has
    moved to a later day is not, so the answer stands.
    """
    if response is None or deadline.kind is not response.deadline.kind or deadline.on < response.deadline.on:
        return False
    match response:
        case Acknowledged(milestone=seen):
            return milestone >= seen
        case Planned(on=on):
            return today < on - timedelta(PLAN_CHECK)
        case Snoozed(until=until):
            return today < until
        case Waived(expires=expires):
            return today < expires


def stops_escalation(response: Response | None, deadline: Deadline, today: date) -> bool:
    """Whether somebody is at it, so that nobody above the team hears of it: a plan whose date has not passed.

    An acknowledgement answers the milestone that it was given to, and nothing after.
    """
    return isinstance(response, Planned) and deadline.on >= response.deadline.on and today <= response.on

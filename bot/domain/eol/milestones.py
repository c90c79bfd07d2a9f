"""Which milestone of a deadline is due, and how it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from bot.domain.eol.records import Cycle
from bot.domain.working_time import WorkingTime


class DeadlineKind(StrEnum):
    """What ends, or begins to cost money, on a date."""

    ACTIVE_SUPPORT = "eoas"  #: only security fixes follow
    SUPPORT = "eol"  #: standard support ends
    EXTENDED_COST = "extended-cost"  #: extended support begins to cost money
    PRICE_STEP = "price-step"  #: extended support becomes more expensive
    FORCED_UPGRADE = "forced-upgrade"  #: the provider upgrades automatically
    EXTENDED_SUPPORT = "eoes"  #: paid support ends


class DeadlineWords(NamedTuple):
    """The words before the day of a deadline: for one that lies ahead, for one that has passed, and in a picture."""

    ahead: str
    past: str
    short: str = ""


WORDS = {
    DeadlineKind.ACTIVE_SUPPORT: DeadlineWords("active support ends", "active support ended", "active support "),
    DeadlineKind.SUPPORT: DeadlineWords("support ends", "support ended"),
    DeadlineKind.EXTENDED_COST: DeadlineWords(
        "extended support is charged from", "extended support has been charged since", "costs from "
    ),
    DeadlineKind.PRICE_STEP: DeadlineWords(
        "the price of extended support rises", "the price of extended support rose", "price rises "
    ),
    DeadlineKind.FORCED_UPGRADE: DeadlineWords(
        "support ends and the provider upgrades it automatically", "support ended"
    ),
    DeadlineKind.EXTENDED_SUPPORT: DeadlineWords("extended support ends", "extended support ended", "paid until "),
}
_STANDARD = DeadlineWords("standard support ends", "standard support ended")


def words_of(kind: DeadlineKind, cycle: Cycle) -> DeadlineWords:
    """Return the words for a deadline of a release cycle. Support that can be extended is called standard support."""
    return _STANDARD if kind is DeadlineKind.SUPPORT and isinstance(cycle.eoes, date) else WORDS[kind]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date on which something changes for everybody who runs a release cycle."""

    kind: DeadlineKind
    on: date


class Loudness(StrEnum):
    """How a milestone is sent: in the week's digest, as a message of its own, or shown to the whole channel, too."""

    DIGEST = "digest"
    POST = "post"
    BROADCAST = "broadcast"


#: Days before the deadline; negative numbers are after it.
_ALL = (365, 180, 90, 60, 30, 14, 7, 1, 0)
#: Less important tiers have fewer milestones: tier 3, and 4 or lower. Without a tier, a thing may be important.
_BY_TIER = {3: (180, 90, 30, 14, 7, 0), 4: (90, 30, 7, 0)}
_LEAST = 4
_WEEKLY_UNTIL = 8 * 7
#: "Monthly" means every fourth week, so that the weekday stays the same.
_WEEK, _MONTH = 7, 28
_A_WEEK = timedelta(_WEEK)
#: A day is moved by a month at most, and a month before that there was another milestone.
_LONGEST_SHIFT = timedelta(3 * _MONTH)
#: From this many days before, a milestone is a message of its own.
_LOUD = 30
_BROADCAST = (30, 0)


@dataclass(frozen=True, slots=True, order=True)
class Milestone:
    """A point before or after a deadline: `days` before it, negative after it."""

    days: int

    def loudness(self, kind: DeadlineKind) -> Loudness:
        """Return how it is sent. The end of active support does no harm yet, so it stays in the digest.

        Overdue milestones stay there, too. The day itself was the last message of its own, and the platform channel has
        been told by then.
        """
        if kind is DeadlineKind.ACTIVE_SUPPORT or not 0 <= self.days <= _LOUD:
            return Loudness.DIGEST
        return Loudness.BROADCAST if self.days in _BROADCAST else Loudness.POST

    def day(self, deadline: Deadline, work: WorkingTime) -> date:
        """Return the working day on which it is sent.

        Milestones on other days move forward, the last two before the deadline backward.
        """
        nominal = deadline.on - timedelta(self.days)
        return work.on_or_before(nominal) if self.days in (0, 1) else work.on_or_after(nominal)


def latest_due(deadline: Deadline, today: date, work: WorkingTime, *, tier: int | None = None) -> Milestone | None:
    """Return the last milestone whose day has come; None while all of them lie ahead.

    Earlier milestones that were never sent (because Baton was off) are not sent any more.
    """
    due = None
    for day, milestone in _until_then(deadline, work, tier):
        if day <= today:
            due = milestone
    if today - deadline.on >= _A_WEEK:
        for milestone in _afterwards(deadline, today - _LONGEST_SHIFT, today):
            if milestone.day(deadline, work) <= today:
                due = milestone
    return due


@lru_cache(maxsize=16_384)  # asked often, with the same arguments for many things that run one version
def _until_then(deadline: Deadline, work: WorkingTime, tier: int | None) -> tuple[tuple[date, Milestone], ...]:
    """Return the milestones up to the deadline, each with its day, in order."""
    points = map(Milestone, _ALL if tier is None else _BY_TIER.get(min(tier, _LEAST), _ALL))
    return tuple((milestone.day(deadline, work), milestone) for milestone in points)


def next_loud(deadline: Deadline, today: date, work: WorkingTime, *, tier: int | None = None) -> date | None:
    """Return the next day after today with a milestone that is a message of its own; None if there is none left."""
    points = _until_then(deadline, work, tier)
    days = (day for day, each in points if day > today and each.loudness(deadline.kind) is not Loudness.DIGEST)
    return min(days, default=None)


def next_due(deadline: Deadline, today: date, work: WorkingTime, *, tier: int | None = None) -> tuple[Milestone, date]:
    """Return the first milestone whose day is still to come, and that day."""
    afterwards = _afterwards(deadline, today - _LONGEST_SHIFT, today + timedelta(2 * _MONTH))
    ahead = ((milestone.day(deadline, work), milestone) for milestone in afterwards)
    for day, milestone in chain(_until_then(deadline, work, tier), ahead):
        if day > today:
            return milestone, day
    # Many holidays in a row may put all of those into the past, but not the month after them.
    last = Milestone(-((today - deadline.on).days // _MONTH + 3) * _MONTH)
    return last, last.day(deadline, work)


def _afterwards(deadline: Deadline, since: date, until: date) -> Iterator[Milestone]:
    """Yield the milestones after the deadline, from `since` to `until`."""
    passed, skipped = (until - deadline.on).days, (since - deadline.on).days
    months = max(0, (skipped - _WEEKLY_UNTIL) // _MONTH)
    after = _WEEKLY_UNTIL + months * _MONTH if skipped > _WEEKLY_UNTIL else _WEEK
    while after <= passed:
        yield Milestone(-after)
        after += _WEEK if after < _WEEKLY_UNTIL else _MONTH

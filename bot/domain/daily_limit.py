"""What is said to one recipient on a day of theirs: nothing, one message, or the week's digest, whichever noun speaks.

A noun is what has something to say: reminders of ends of life are one.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain import digests
from bot.domain.working_time import WorkingTime

#: What comes last of several that are as many days ahead.
LEAST_TIER = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """When a recipient was last written to, in days of theirs.

    `digest` is the day of the last digest that was sent, `looked` that of the last one that was due, which may have
    had nothing to say. `owed` is the day on which they last heard of what somebody else has not answered.
    """

    last: date | None = None
    digest: date | None = None
    looked: date | None = None
    owed: date | None = None

    @property
    def is_turn_of_owed(self) -> bool:
        """Whether what others owe comes first today, because the last message was about the recipient's own things.

        Only one of the two is said on a day. By turns, neither waits for longer than the other's day.
        """
        return self.last is not None and self.last != self.owed


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something that a noun says to a recipient now.

    `key` is what the noun finds it by. `days` are left until it cannot be prevented any more; negative when that has
    passed. `is_loud` is what deserves a message of its own; everything else waits for the digest. What `is_repeated`
    was in a digest before. What `stands` was said before and waits for an answer: a digest names it, and none is sent
    for it alone.
    """

    noun: str
    key: tuple[str, ...]
    days: int
    is_loud: bool
    tier: int = LEAST_TIER  #: how much its subject matters: 1 is the most
    is_repeated: bool = False
    stands: bool = False

    @property
    def urgency(self) -> tuple[tuple[bool, int], int]:
        """What it is sorted by, the most urgent first."""
        return digests.preventable_first(self.days), self.tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What one noun has for one recipient now.

    `known_since` is the recipient's day since when there has been anything, None for never. With `has_news` a digest is
    worth sending though nothing is due. `has_changes` is what the noun has to write down in any case, `has_notes` what
    it can write down for many recipients together. `is_shown` says that messages of it are brought up to date with
    each digest. `next_on` is the next day of the recipient on which there may be something loud without anything else
    having changed, today when it has to be looked at time and again; None for no such day.
    """

    due: tuple[Due, ...] = ()
    known_since: date | None = None
    has_news: bool = False
    has_changes: bool = False
    has_notes: bool = False
    is_shown: bool = False
    next_on: date | None = None


@dataclass(frozen=True, slots=True)
class DailyMessage:
    """A message about `lead`, which names `also` besides."""

    lead: Due
    also: tuple[Due, ...] = ()


@dataclass(frozen=True, slots=True)
class Weekly:
    """The week's digest, the most urgent first."""

    due: tuple[Due, ...]
    is_first: bool


@dataclass(frozen=True, slots=True)
class NothingThisWeek:
    """The digest is due and would be empty, so there is none; what comes up later waits for the next."""


Saying = DailyMessage | Weekly | NothingThisWeek


def say(agendas: Sequence[Agenda], *, now: datetime, work: WorkingTime, written: Written) -> Saying | None:
    """Return what is said to a recipient at `now`; None for nothing, as while they are not at work."""
    if not work.is_open(now) or written.last == work.today(now):
        return None
    due = sorted((each for agenda in agendas for each in agenda.due), key=lambda each: each.urgency)
    # One that was late stands for this week's, but for what would be over by the next.
    seen = {"looked": written.looked, "sent": None if _cannot_wait(due, now, work) else written.digest}
    if digests.is_due((each.known_since for each in agendas), now=now, work=work, **seen):
        if any(not each.stands for each in due) or any(each.has_news for each in agendas):
            return Weekly(tuple(due), written.digest is None)
        return NothingThisWeek()
    loud = [each for each in due if each.is_loud]
    if not loud or digests.comes_later_today(now=now, work=work, **seen):
        return None
    return DailyMessage(loud[0], tuple(loud[1:]))


def _cannot_wait(due: Sequence[Due], now: datetime, work: WorkingTime) -> bool:
    """Whether something that only digests say, and none has said, would be over by the digest after today's."""
    today = work.today(now)
    next_week = work.today(work.next_digest(work.at(today + timedelta(1), time.min)))
    new = (each for each in due if not (each.is_loud or each.is_repeated or each.stands))
    return any(0 < each.days <= (next_week - today).days for each in new)


class LookTimes:
    """When to look at each recipient, by their keys, again; who is next is found without going through all."""

    def __init__(self) -> None:
        self._times: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []

    def put(self, key: str, at: datetime) -> None:
        """Look at somebody at that moment, and not before."""
        self._times[key] = at
        heapq.heappush(self._heap, (at, key))

    def drop(self, key: str) -> None:
        """Forget somebody."""
        self._times.pop(key, None)

    def due(self, now: datetime) -> list[str]:
        """Return whom to look at. They stay due until they are put anew or dropped."""
        found: dict[str, datetime] = {}
        while self._heap and self._heap[0][0] <= now:
            at, key = heapq.heappop(self._heap)
            if self._times.get(key) == at:
                found[key] = at
        for key, at in found.items():
            heapq.heappush(self._heap, (at, key))
        return sorted(found)


def next_look(agendas: Sequence[Agenda], *, now: datetime, work: WorkingTime, written: Written) -> datetime:
    """Return until when nothing can be said to a recipient to whom nothing is said at `now`, while nothing changes.

    That is the next digest, the next day on which something may be loud, or the next one when today is taken, or when
    a late digest stands for this week's: something that cannot wait may come up on any of its days.
    """
    days = [each.next_on for each in agendas if each.next_on is not None]
    known = (each.known_since for each in agendas)
    stands = digests.is_due(known, now=now, work=work, looked=written.looked, sent=None)
    if stands or written.last == work.today(now):
        days.append(work.today(now) + timedelta(1))
    openings = [work.next_open(work.at(day, time.min)) for day in days]
    return min([work.next_digest(now + timedelta.resolution), *openings])

"""What is sent to a recipient on one of their days: nothing, one message, or the week's digest, for all nouns together.

A noun is a part of Baton with something to say, such as end of life.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain import digests
from bot.domain.working_time import WorkingTime

#: The tier that is sorted last among deadlines on the same day.
LEAST_TIER = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """When a recipient last got messages, in their own days.

    `digest` is the day of the last digest that was sent. `looked` is the day on which the last one was due, even if it
    had nothing to say. `owed` is the day on which they were last told about what somebody else has not answered.
    """

    last: date | None = None
    digest: date | None = None
    looked: date | None = None
    owed: date | None = None

    @property
    def is_turn_of_owed(self) -> bool:
        """Whether other people's unanswered matters come first today.

        They do if the last message was about the recipient's own things. Only one of the two is sent on a day. Taking
        turns, neither waits longer than a day of the other.
        """
        return self.last is not None and self.last != self.owed


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something that a noun has to tell a recipient now.

    - `key`: how the noun finds it again.
    - `days`: the days left to prevent it; negative if that has passed.
    - `is_loud`: whether it deserves a message of its own. Everything else waits for the digest.
    - `is_repeated`: whether it was in a digest before.
    - `stands`: it was sent before and waits for an answer. A digest includes it, but none is sent for it alone.
    """

    noun: str
    key: tuple[str, ...]
    days: int
    is_loud: bool
    tier: int = LEAST_TIER  #: the importance of its subject: 1 is the highest
    is_repeated: bool = False
    stands: bool = False

    @property
    def urgency(self) -> tuple[tuple[bool, int], int]:
        """The sort key: the most urgent first."""
        return digests.preventable_first(self.days), self.tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What one noun has for one recipient now.

    - `known_since`: the recipient's day since which there has been anything; None for never.
    - `has_news`: whether a digest is worth sending even if nothing is due.
    - `has_changes`: whether the noun has something to save in any case.
    - `has_notes`: whether it has something that it can save for many recipients together.
    - `is_shown`: whether messages about it are updated with each digest.
    - `next_on`: the next day of the recipient on which something may become loud without any other change; today if it
      has to be checked repeatedly; None if there is none.
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
    """A message about `lead` that also names `also`."""

    lead: Due
    also: tuple[Due, ...] = ()


@dataclass(frozen=True, slots=True)
class Weekly:
    """The weekly digest, the most urgent first."""

    due: tuple[Due, ...]
    is_first: bool


@dataclass(frozen=True, slots=True)
class NothingThisWeek:
    """The digest is due but would be empty, so none is sent. Whatever comes up later waits for the next one."""


Saying = DailyMessage | Weekly | NothingThisWeek


def say(agendas: Sequence[Agenda], *, now: datetime, work: WorkingTime, written: Written) -> Saying | None:
    """Return what to send to a recipient at `now`; None for nothing, for example outside their working hours."""
    if not work.is_open(now) or written.last == work.today(now):
        return None
    due = sorted((each for agenda in agendas for each in agenda.due), key=lambda each: each.urgency)
    # A late digest counts as this week's, unless something would be over by the next one.
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
    """Whether something that only digests announce, and none has, would be over by the digest after today's."""
    today = work.today(now)
    next_week = work.today(work.next_digest(work.at(today + timedelta(1), time.min)))
    new = (each for each in due if not (each.is_loud or each.is_repeated or each.stands))
    return any(0 < each.days <= (next_week - today).days for each in new)


class LookTimes:
    """When to check each recipient again, by key. Finds the next ones without going through all of them."""

    def __init__(self) -> None:
        self._times: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []

    def put(self, key: str, at: datetime) -> None:
        """Check a recipient at that moment, and not before."""
        self._times[key] = at
        heapq.heappush(self._heap, (at, key))

    def drop(self, key: str) -> None:
        """Forget a recipient."""
        self._times.pop(key, None)

    def due(self, now: datetime) -> list[str]:
        """Return whom to check. They stay due until they are put again or dropped."""
        found: dict[str, datetime] = {}
        while self._heap and self._heap[0][0] <= now:
            at, key = heapq.heappop(self._heap)
            if self._times.get(key) == at:
                found[key] = at
        for key, at in found.items():
            heapq.heappush(self._heap, (at, key))
        return sorted(found)


def next_look(agendas: Sequence[Agenda], *, now: datetime, work: WorkingTime, written: Written) -> datetime:
    """Return until when nothing will be sent to a recipient who gets nothing at `now`, as long as nothing changes.

    That is the next digest, or the next day on which something may become loud. It is the next working day if today is
    taken, or if a late digest counts as this week's: then something that cannot wait may come up on any day.
    """
    days = [each.next_on for each in agendas if each.next_on is not None]
    known = (each.known_since for each in agendas)
    stands = digests.is_due(known, now=now, work=work, looked=written.looked, sent=None)
    if stands or written.last == work.today(now):
        days.append(work.today(now) + timedelta(1))
    openings = [work.next_open(work.at(day, time.min)) for day in days]
    return min([work.next_digest(now + timedelta.resolution), *openings])

"""When a recipient's digest of the week is due, and in which order it names things."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from bot.domain.working_time import WorkingTime

#: A digest comes so many days after the last one at the earliest: one that was late stands for that of this week.
_LEAST_DAYS = 4


def is_due(
    known_since: Iterable[date | None],
    *,
    now: datetime,
    work: WorkingTime,
    looked: date | None,
    sent: date | None = None,
) -> bool:
    """Whether the digest is due and has not been looked at since. What came up after its day waits for the next.

    `known_since` are the recipient's days since when each noun has had anything to do with them, None for never.
    `looked` is the day on which a digest was looked at last, `sent` that on which one was sent; None where it does not
    matter how long ago that was.
    """
    day = work.today(work.last_digest(now))
    first = min((since for since in known_since if since is not None), default=None)
    return first is not None and first <= day and (looked is None or looked < day) and not _is_early(day, sent)


def comes_later_today(*, now: datetime, work: WorkingTime, looked: date | None, sent: date | None = None) -> bool:
    """Whether a digest of today is still ahead, so that everything else of today waits for it."""
    today = work.today(now)
    return looked != today and today == work.today(work.next_digest(now)) and not _is_early(today, sent)


def _is_early(day: date, sent: date | None) -> bool:
    """Whether a digest on that day would repeat one of the days before."""
    return sent is not None and (day - sent).days < _LEAST_DAYS


def sent_at(day: date, work: WorkingTime) -> datetime:
    """Return when the digest was due that was sent on that day."""
    return work.last_digest(work.at(day, work.closes))


def preventable_first(days: int) -> tuple[bool, int]:
    """Return by what to sort things that are so many days ahead, negative for what has passed.

    What is ahead comes first, the nearest at the top; then what has passed, the latest at the top. So tomorrow comes
    before yesterday, and yesterday before three years ago.
    """
    return days < 0, abs(days)

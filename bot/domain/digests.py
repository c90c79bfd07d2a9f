"""When a recipient's weekly digest is due, and the order of its content."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from bot.domain.working_time import WorkingTime

#: The fewest days between two digests: a late one counts as this week's.
_LEAST_DAYS = 4


def is_due(
    known_since: Iterable[date | None],
    *,
    now: datetime,
    work: WorkingTime,
    looked: date | None,
    sent: date | None = None,
) -> bool:
    """Whether the digest is due and has not been checked since. What comes up after its day waits for the next one.

    `known_since` are the recipient's days since which each noun has had anything for them; None for never. `looked` is
    the day on which a digest was last checked, `sent` the day on which one was last sent; None if it does not matter
    how long ago that was.
    """
    day = work.today(work.last_digest(now))
    first = min((since for since in known_since if since is not None), default=None)
    return first is not None and first <= day and (looked is None or looked < day) and not _is_early(day, sent)


def comes_later_today(*, now: datetime, work: WorkingTime, looked: date | None, sent: date | None = None) -> bool:
    """Whether today's digest is still to come, so that everything else today waits for it."""
    today = work.today(now)
    return looked != today and today == work.today(work.next_digest(now)) and not _is_early(today, sent)


def _is_early(day: date, sent: date | None) -> bool:
    """Whether a digest on `day` would repeat one that was sent a few days before."""
    return sent is not None and (day - sent).days < _LEAST_DAYS


def preventable_first(days: int) -> tuple[bool, int]:
    """Return a sort key for things that are `days` ahead (negative: in the past).

    The future comes first, the nearest at the top; then the past, the latest at the top. So tomorrow comes before
    yesterday, and yesterday before three years ago.
    """
    return days < 0, abs(days)

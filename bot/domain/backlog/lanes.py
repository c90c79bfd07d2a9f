"""The lanes of the backlog, which go before every number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.backlog.demand import BacklogRequest
from bot.domain.backlog.rank import Rank, RankSettings, Unestimated, rank

#: What is said to whoever does not see every number.
NUMBERS_ARE_MISSING = "Missing numbers are private requests."
QUICK_EFFORT_HOURS = 8
QUICK_PAYBACK_WEEKS = 4
#: How many requests of the lane "not estimated" a digest sends to Estimate, and as many that are at risk.
ESTIMATED_NEXT = 5


class Lane(StrEnum):
    """What is to be done with a request, in the order of the backlog."""

    AT_RISK = "at risk"
    QUICK_WINS = "quick wins"
    WORTH_BUILDING = "worth building"
    NOT_ESTIMATED = "not estimated"
    NOT_WORTH_BUILDING = "not worth building"


_ORDER = {lane: number for number, lane in enumerate(Lane)}


@dataclass(frozen=True, slots=True)
class BacklogPlace:
    """Where a request stands: `position` in the whole backlog and `band` in its lane, both from 1.

    Requests of one lane that have the same band are equal as far as their estimates tell. In the lane "not estimated"
    every band is 1.
    """

    request: BacklogRequest
    rank: Rank | Unestimated
    lane: Lane
    band: int
    position: int


def has_gaps(places: Iterable[BacklogPlace], start: int = 0) -> bool:
    """Whether some of the backlog is not among these places of it, or those before, which were `start` many."""
    return any(each.position != number for number, each in enumerate(places, start + 1))


def lane_of(request: BacklogRequest, ranked: Rank | Unestimated, *, today: date) -> Lane:
    """Return the lane of a request, which goes before every number."""
    if isinstance(ranked, Unestimated):
        return Lane.NOT_ESTIMATED
    if ranked.is_at_risk:
        return Lane.AT_RISK
    if ranked.effort_hours <= QUICK_EFFORT_HOURS and ranked.payback_weeks <= QUICK_PAYBACK_WEEKS:
        return Lane.QUICK_WINS
    if ranked.return_over_year < 0 and not _has_urgency(request, ranked, today=today):
        return Lane.NOT_WORTH_BUILDING
    return Lane.WORTH_BUILDING


def compared(request: BacklogRequest, settings: RankSettings, *, today: date) -> tuple[int, float]:
    """Return what two requests are compared by when nothing is known of the others: the higher rank has the lower."""
    ranked = rank(request, settings, today=today)
    lane = lane_of(request, ranked, today=today)
    return _ORDER[lane], -(ranked.priority if isinstance(ranked, Rank) else ranked.waiting_cost_hours)


def _has_urgency(request: BacklogRequest, ranked: Rank, *, today: date) -> bool:
    """Whether people wait for it longer than it takes, or a date is ahead or was until lately.

    R knows only hours that are lost every month. Access that stops two people saves none of those and is worth it.
    """
    is_dated = any(each.needed_by is not None and each.needed_by.day >= today for each in request.demands)
    return is_dated or ranked.blocked_hours > 0 or ranked.miss_hours > 0

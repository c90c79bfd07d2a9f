"""What a picture of the backlog shows: what waiting costs against the work, lane by lane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.backlog.lanes import BacklogPlace, Lane, has_gaps
from bot.domain.backlog.rank import Rank, RankSettings, waiting_in_words
from bot.domain.names import clean

#: Requests on one picture; with more, no number can be read.
MOST_ROWS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRow:
    """A request. `waiting_hours` is what starting one period later costs.

    `effort_hours` is the work, and `efforts` from the least to the most that it may be, triage included. Both are None
    where nobody has estimated it; then `waiting_hours` is the most that it may be.
    """

    position: int
    name: str
    lane: Lane
    waiting_hours: float
    effort_hours: float | None = None
    efforts: tuple[float, float] | None = None

    @property
    def said(self) -> str:
        """Return the two numbers in words."""
        waiting = waiting_in_words(self.waiting_hours, is_estimated=self.effort_hours is not None)
        work = f", work {self.effort_hours:,.0f} h" if self.effort_hours is not None else ""
        return f"waiting {waiting}{work}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture's content: rows in the order of the backlog. `more` were left out.

    With `has_gaps` there are others in the backlog, which its readers may not see.
    """

    today: date
    period_weeks: float
    rows: tuple[ChartRow, ...]
    more: int = 0
    has_gaps: bool = False


def chart(ranked: Sequence[tuple[str, BacklogPlace]], settings: RankSettings, *, today: date) -> Chart:
    """Return the picture of a backlog: requests by their titles, the first to be worked on first."""
    rows = tuple(_row(title, place, settings) for title, place in ranked[:MOST_ROWS])
    return Chart(
        today=today,
        period_weeks=settings.period_weeks,
        rows=rows,
        more=len(ranked) - len(rows),
        has_gaps=has_gaps(place for _, place in ranked),
    )


def _row(title: str, place: BacklogPlace, settings: RankSettings) -> ChartRow:
    found, estimate = place.rank, place.request.estimate
    efforts = None
    if estimate is not None:
        efforts = (
            estimate.optimistic_hours + settings.triage_hours,
            estimate.pessimistic_hours + settings.triage_hours,
        )
    return ChartRow(
        position=place.position,
        name=f"#{place.request.id} {clean(title)}",
        lane=place.lane,
        waiting_hours=found.waiting_cost_hours,
        effort_hours=found.effort_hours if isinstance(found, Rank) else None,
        efforts=efforts,
    )

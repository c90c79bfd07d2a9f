"""What delivered requests were said to save against what they save, for each request and team, never for a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from bot.domain.backlog.demand import BacklogRequest
from bot.domain.backlog.rank import RankSettings
from bot.domain.phrases import figure

#: Where the figures beside what teams say come from.
WHERE_FROM = f"Claimed is {RankSettings().removed_share:.0%} of the hours lost that a team named in its request."
#: A team that has asked privately, to whoever may not know which.
UNNAMED = "Another team"
_Key = TypeVar("_Key", int, str)

#: Days after delivery on which the teams are asked what it really saves.
REVIEW_DAYS = (30, 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingReview:
    """What one team was to be spared by one request, and what it says some days after delivery that it is spared.

    Hours are a month's. `actual_hours` is None while the team has not answered, which is not the same as nothing saved.
    """

    request_id: int
    team: str
    after_days: int
    claimed_hours: float
    actual_hours: float | None = None


@dataclass(frozen=True, slots=True)
class SavingComparison:
    """Claimed against actual hours a month, over the reviews that were answered. `unanswered` counts the others."""

    claimed_hours: float
    actual_hours: float
    answered: int
    unanswered: int

    @property
    def ratio(self) -> float | None:
        """How much of what was claimed came true, 1 for all; None when nothing was claimed or answered."""
        return self.actual_hours / self.claimed_hours if self.claimed_hours > 0 else None

    @property
    def said(self) -> str:
        """Return it in words: `12 of 20 hours (60%), 1 not answered`."""
        if not self.answered:
            return "not answered"
        share = f" ({self.ratio:.0%})" if self.ratio is not None else ""
        rest = f", {self.unanswered} not answered" if self.unanswered else ""
        claimed = round(self.claimed_hours, 1)
        return f"{figure(self.actual_hours)} of {figure(claimed)} {'hour' if claimed == 1 else 'hours'}{share}{rest}"


def claimed_hours(request: BacklogRequest, settings: RankSettings) -> Mapping[str, float]:
    """Return what a request was to spare each team: hours a month by the team's name."""
    claimed: dict[str, float] = {}
    for demand in request.demands:
        saved = round(settings.removed_share * demand.claimed_hours_per_month, 2)
        claimed[demand.team] = max(claimed.get(demand.team, 0.0), saved)
    return claimed


def asked_privately(request: BacklogRequest) -> Mapping[str, int | None]:
    """Return the teams that have asked for a request privately alone, by their names, and through whom each has."""
    named = {each.team for each in request.demands if not each.is_private}
    return {each.team: each.asked_by for each in request.demands if each.team not in named}


def reviews_due(
    request: BacklogRequest,
    settings: RankSettings,
    *,
    delivered_on: date,
    asked: Iterable[SavingReview],
    today: date,
) -> list[SavingReview]:
    """Return what the teams are to be asked today, each team once after 30 and once after 90 days.

    A review that is so late that the next is due, too, is left out: nobody is asked the same twice on a day. So is a
    team that named no hours: it has claimed nothing that could come true.
    """
    days = max((each for each in REVIEW_DAYS if delivered_on + timedelta(each) <= today), default=None)
    if days is None:
        return []
    done = {(each.team, each.after_days) for each in asked}
    return [
        SavingReview(request_id=request.id, team=team, after_days=days, claimed_hours=hours)
        for team, hours in sorted(claimed_hours(request, settings).items())
        if hours > 0 and (team, days) not in done
    ]


def by_request(reviews: Iterable[SavingReview], *, after_days: int) -> Mapping[int, SavingComparison]:
    """Compare what was answered after 30 or after 90 days, for each request by its id."""
    return _compared((each.request_id, each) for each in reviews if each.after_days == after_days)


def by_team(reviews: Iterable[SavingReview], *, after_days: int) -> Mapping[str, SavingComparison]:
    """Compare what was answered after 30 or after 90 days, for each team by its name."""
    return _compared((each.team, each) for each in reviews if each.after_days == after_days)


def _compared(reviews: Iterable[tuple[_Key, SavingReview]]) -> dict[_Key, SavingComparison]:
    groups: dict[_Key, list[SavingReview]] = {}
    for key, review in reviews:
        groups.setdefault(key, []).append(review)
    return {key: _comparison(group) for key, group in sorted(groups.items())}


def _comparison(reviews: list[SavingReview]) -> SavingComparison:
    answered = [(each.claimed_hours, each.actual_hours) for each in reviews if each.actual_hours is not None]
    return SavingComparison(
        claimed_hours=sum(claimed for claimed, _ in answered),
        actual_hours=sum(actual for _, actual in answered),
        answered=len(answered),
        unanswered=len(reviews) - len(answered),
    )

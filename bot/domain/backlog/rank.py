"""The two numbers of a request: WHETHER it is worth building, and WHEN, which is what waiting for it costs.

Both are in hours, so that anybody can check them; docs/backlog-ranking.md has them with an example.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from bot.domain.backlog.demand import (
    FRESH_DAYS,
    WEEKS_PER_MONTH,
    BacklogRequest,
    Demand,
    DemandPart,
    Slowdown,
    TeamBlock,
)
from bot.errors import SettingsError

WEEKS_PER_YEAR = 52
#: A date is safe when the work starts so many times its length before it.
SAFETY = 1.5
#: What is less than this is no whole hour.
_LEAST_SAID = 0.5
#: More than any calendar has.
_LONGEST_DAYS = 4_000_000
#: What is left behind has to be kept working: hours a year, as a share of the hours that it took to build.
UPKEEP_BY_TYPE: Mapping[str, float] = MappingProxyType({"script": 0.10, "library": 0.15, "api_service": 0.40})


@dataclass(frozen=True, slots=True, kw_only=True)
class RankSettings:
    """What an organisation sets once for all requests."""

    devops_hours_per_week: float = 30  #: that the DevOps team has for requests
    removed_share: float = 0.7  #: of the hours lost that a delivered request takes away
    period_weeks: float = 2  #: by which a request is put off in thought, to see what that costs
    miss_hours: float = 40  #: that missing a date costs, where nobody said
    block_weeks: float = 8  #: that a block lasts, where nobody said
    triage_hours: float = 4  #: for triage, review and handoff, with every request
    upkeep_by_type: Mapping[str, float] = field(default_factory=lambda: UPKEEP_BY_TYPE)

    def __post_init__(self) -> None:
        above_zero = (self.devops_hours_per_week, self.period_weeks, self.triage_hours)
        others = (self.miss_hours, self.block_weeks, *self.upkeep_by_type.values())
        if (
            not all(0 < each < math.inf for each in above_zero)
            or not all(0 <= each < math.inf for each in others)
            or not 0 <= self.removed_share <= 1
        ):
            raise SettingsError(
                "The ranking needs numbers from 0 up, hours a week, period and triage above 0, and a removed share "
                "between 0 and 1: correct the setting."
            )

    def upkeep_share(self, types: Iterable[str]) -> float:
        """Return the upkeep of a request: that of the type of it that needs the most."""
        return max((self.upkeep_by_type.get(each, 0.0) for each in types), default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """What the order of the backlog is made of, for a request that is estimated."""

    effort_hours: float  #: E, with triage
    work_weeks: float  #: D, for which the DevOps team is busy with it
    upkeep_share: float  #: u
    saved_hours_per_week: float  #: w, of all teams
    return_over_year: float  #: R, hours won in twelve months for each hour of work
    blocked_hours: float  #: the part of L that people lose who wait
    miss_hours: float  #: X, the part of L that a date in danger costs
    waiting_cost_hours: float  #: L, hours lost by starting one period later
    priority: float  #: hours that waiting costs for each hour of work
    lowest_priority: float  #: the least of the priorities at the optimistic, the expected and the pessimistic effort
    highest_priority: float
    is_at_risk: bool  #: a date ahead is missed unless the work starts within the period

    @property
    def payback_weeks(self) -> float:
        """Weeks until the hours saved are as many as the hours of work; infinite for never."""
        return self.effort_hours / self.saved_hours_per_week if self.saved_hours_per_week > 0 else math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Unestimated:
    """What can be said of a request that nobody has estimated.

    `waiting_cost_hours` is L if nothing but triage were to do: the hours saved and blocked in a period, and a date that
    is near.
    """

    saved_hours_per_week: float
    waiting_cost_hours: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """What starting one period later costs, in hours."""

    saved: float = 0.0  #: that are lost every month
    blocked: float = 0.0  #: while people wait
    missed: float = 0.0  #: for a date

    @property
    def hours(self) -> float:
        """All of it."""
        return self.saved + self.blocked + self.missed


def rank(request: BacklogRequest, settings: RankSettings, *, today: date) -> Rank | Unestimated:
    """Return both numbers of a request as they are today."""
    saved = saved_hours_per_week(request, settings, today=today)
    if request.estimate is None:
        waiting = _waiting(request, saved, settings, effort_hours=settings.triage_hours, today=today)
        return Unestimated(saved_hours_per_week=saved, waiting_cost_hours=waiting.hours)
    efforts = _efforts(request, settings)
    waits = [_waiting(request, saved, settings, effort_hours=effort, today=today) for effort in efforts]
    priorities = [waiting.hours / effort for waiting, effort in zip(waits, efforts, strict=True)]
    effort, waiting, upkeep = efforts[0], waits[0], settings.upkeep_share(request.types)
    return Rank(
        effort_hours=effort,
        work_weeks=effort / settings.devops_hours_per_week,
        upkeep_share=upkeep,
        saved_hours_per_week=saved,
        return_over_year=(WEEKS_PER_YEAR * saved - effort - upkeep * effort) / effort,
        blocked_hours=waiting.blocked,
        miss_hours=waiting.missed,
        waiting_cost_hours=waiting.hours,
        priority=priorities[0],
        lowest_priority=min(priorities),
        highest_priority=max(priorities),
        is_at_risk=any(is_at_risk(each, settings, effort_hours=effort, today=today) for each in request.demands),
    )


def waiting_in_words(hours: float, *, is_estimated: bool) -> str:
    """Return the hours that waiting costs; where nobody has estimated the work, they are the most that it may cost."""
    if hours < _LEAST_SAID:
        return "under 1 h"
    return f"{'' if is_estimated else 'up to '}{hours:,.0f} h"


def added_in_words(hours: Sequence[float]) -> list[str]:
    """Return in words what each of several amounts adds to their sum, so that the whole hours add up to it."""
    whole = [math.floor(each) for each in hours]
    missing = round(math.fsum(hours)) - sum(whole)
    for place in sorted(range(len(hours)), key=lambda each: whole[each] - hours[each])[:missing]:
        whole[place] += 1
    return [f"{shown:,} h" if shown or not each else "under 1 h" for shown, each in zip(whole, hours, strict=True)]


def same_until(request: BacklogRequest, settings: RankSettings, *, today: date) -> date | None:
    """Return the first day on which time alone may have changed what `rank` returns; None where it never does.

    It may be too early, and is never too late: a block that ends soon and a date that has just passed count as moving
    every day.
    """
    efforts = _efforts(request, settings)
    turns = [each for demand in request.demands for each in _turns(demand, efforts, settings, today.toordinal())]
    first = min((each for each in turns if each > today.toordinal()), default=None)
    return None if first is None or first > date.max.toordinal() else date.fromordinal(first)


def _turns(demand: Demand, efforts: Iterable[float], settings: RankSettings, today: int) -> Iterator[int]:
    """Yield days as ordinals, in no order and some of them over, on which what a demand counts may be another."""
    for part in (DemandPart.LOST, DemandPart.BLOCKED):
        yield demand.last_confirmed(part).toordinal() + FRESH_DAYS + 1
    period, longest = settings.period_weeks * 7, max(efforts) / settings.devops_hours_per_week * 7
    if (ends := demand.block_ends(settings.block_weeks)) is not None and ends.toordinal() > today:
        # Until so near its end, putting the work off costs a whole period of the block.
        yield max(today + 1, ends.toordinal() - math.ceil(min(period + longest, _LONGEST_DAYS)) - 1)
    if demand.needed_by is not None:
        day = demand.needed_by.day.toordinal()
        if day < today:
            yield today + 1 if today - day <= period + 1 else 0
            return
        yield day + 1
        for effort in efforts:
            safe = period + SAFETY * effort / settings.devops_hours_per_week * 7
            starts = day - math.ceil(min(safe, _LONGEST_DAYS))
            yield from (starts - 1, starts, starts + 1)  # whichever way the division is rounded


def _efforts(request: BacklogRequest, settings: RankSettings) -> list[float]:
    """Return the hours of work with triage, the expected first; without an estimate they are those of triage alone."""
    estimate = request.estimate
    if estimate is None:
        return [settings.triage_hours]
    hours = (estimate.expected_hours, estimate.optimistic_hours, estimate.pessimistic_hours)
    return [settings.triage_hours + each for each in hours]


def saved_hours_per_week(request: BacklogRequest, settings: RankSettings, *, today: date) -> float:
    """Return w: the hours that all teams together are spared in a week once the request is delivered."""
    lost = _sum_over_teams(request.demands, lambda each: weighed_hours_per_month(each, today=today))
    return settings.removed_share * lost / WEEKS_PER_MONTH


def lost_hours_per_month(demands: Iterable[Demand], *, today: date) -> float:
    """Return the hours that all teams lose in a month, of each team those that count for the rank, not weighed."""
    counted: dict[str, Demand] = {}
    for each in demands:
        before = counted.get(each.team)
        if before is None or _counts(each, today) > _counts(before, today):
            counted[each.team] = each
    return math.fsum(each.hours_per_month for each in counted.values())


def _counts(demand: Demand, today: date) -> tuple[float, float]:
    return weighed_hours_per_month(demand, today=today), demand.hours_per_month


def people_blocked(demands: Iterable[Demand]) -> dict[Slowdown | None, int]:
    """Return how many people of all teams wait, by how much they do, the most first; None where nobody has said it.

    Of several demands of one team, the one that says most counts.
    """
    by_team: dict[str, TeamBlock] = {}
    for each in demands:
        before = by_team.get(each.team)
        if each.block is not None and (before is None or each.block.hours_per_week > before.hours_per_week):
            by_team[each.team] = each.block
    found: dict[Slowdown | None, int] = {}
    for share in (Slowdown.STOPPED, None, Slowdown.HALF, Slowdown.SLOWED):
        theirs = (each for each in by_team.values() if (None if each.is_assumed else each.slowdown) is share)
        if people := round(math.fsum(each.people for each in theirs)):
            found[share] = people
    return found


def weighed_hours_per_month(demand: Demand, *, today: date) -> float:
    """Return h x c: the hours that a team loses in a month, as far as its evidence counts."""
    return demand.hours_per_month * demand.evidence_on(today).weight


def blocked_hours(demand: Demand, settings: RankSettings, *, effort_hours: float, today: date) -> float:
    """Return the hours that blocked people of one team lose if the work starts one period later.

    What is lost while the work goes on is lost in any case, and so is what a block costs that ends before it.
    """
    ends = demand.block_ends(settings.block_weeks)
    if demand.block is None or ends is None:
        return 0.0
    weeks_left = (ends - today).days / 7 - effort_hours / settings.devops_hours_per_week
    weeks_lost = min(settings.period_weeks, max(0.0, weeks_left))
    return demand.block.hours_per_week * demand.evidence_on(today, DemandPart.BLOCKED).weight * weeks_lost


def miss_hours(demand: Demand, settings: RankSettings, *, effort_hours: float, today: date) -> float:
    """Return X, what missing the team's date costs, if the date is in danger; else 0.

    When the date has passed, the team is asked whether the request is still needed. Meanwhile X fades evenly over one
    period, so that the request does not fall in one night while nobody has answered.
    """
    if demand.needed_by is None:
        return 0.0
    cost = settings.miss_hours if demand.needed_by.miss_hours is None else demand.needed_by.miss_hours
    weeks_left = (demand.needed_by.day - today).days / 7
    if weeks_left < 0:
        return cost * max(0.0, 1 + weeks_left / settings.period_weeks)
    return cost if is_at_risk(demand, settings, effort_hours=effort_hours, today=today) else 0.0


def is_at_risk(demand: Demand, settings: RankSettings, *, effort_hours: float, today: date) -> bool:
    """Whether the team's date is ahead, and the last safe start for it comes before the end of the period."""
    if demand.needed_by is None or demand.needed_by.day < today:
        return False
    weeks_left = (demand.needed_by.day - today).days / 7
    return weeks_left - SAFETY * effort_hours / settings.devops_hours_per_week < settings.period_weeks


def _waiting(
    request: BacklogRequest, saved_per_week: float, settings: RankSettings, *, effort_hours: float, today: date
) -> Waiting:
    def blocked(demand: Demand) -> float:
        return blocked_hours(demand, settings, effort_hours=effort_hours, today=today)

    # X counts once, the costliest: otherwise each team that joins with a date would add the default.
    missed = [
        miss_hours(each, settings, effort_hours=effort_hours, today=today)
        for each in request.demands
        if each.needed_by is not None
    ]
    return Waiting(
        saved=settings.period_weeks * saved_per_week,
        blocked=_sum_over_teams([each for each in request.demands if each.block is not None], blocked),
        missed=max(missed, default=0.0),
    )


def _sum_over_teams(demands: Iterable[Demand], hours: Callable[[Demand], float]) -> float:
    return math.fsum(found for _, found in _counted(demands, hours))


def _counted(demands: Iterable[Demand], hours: Callable[[Demand], float]) -> Iterable[tuple[int, float]]:
    """Return the places of the demands that count, with their hours: of several of one team, the one that says most."""
    by_team: dict[str, tuple[int, float]] = {}
    for place, demand in enumerate(demands):
        found = hours(demand)
        if found > by_team.get(demand.team, (0, 0.0))[1]:
            by_team[demand.team] = place, found
    return by_team.values()


def shares_of_waiting(request: BacklogRequest, settings: RankSettings, *, today: date) -> tuple[Waiting, ...]:
    """Return for each demand of a request what it adds to the cost of waiting, at the expected effort."""
    effort = _efforts(request, settings)[0]
    per_month = settings.period_weeks * settings.removed_share / WEEKS_PER_MONTH

    def saved(demand: Demand) -> float:
        return per_month * weighed_hours_per_month(demand, today=today)

    def blocked(demand: Demand) -> float:
        return blocked_hours(demand, settings, effort_hours=effort, today=today)

    lost, waited = dict(_counted(request.demands, saved)), dict(_counted(request.demands, blocked))
    missed = [miss_hours(each, settings, effort_hours=effort, today=today) for each in request.demands]
    costliest = missed.index(max(missed)) if missed else None
    return tuple(
        Waiting(lost.get(place, 0.0), waited.get(place, 0.0), hours if place == costliest else 0.0)
        for place, hours in enumerate(missed)
    )

"""Ranking rules compared on synthetic backlogs, so that an organisation can try its own numbers.

A synthetic request knows the truth and what its asker claims. Every rule sees the claims only, works through the same
backlog and is measured by the truth. The distributions below are assumptions; what counts is the order of the rules.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from bot.domain.backlog.demand import (
    WEEKS_PER_MONTH,
    BacklogRequest,
    Demand,
    Estimate,
    EvidenceKind,
    NeededBy,
    Slowdown,
    TeamBlock,
)
from bot.domain.backlog.lanes import Lane
from bot.domain.backlog.rank import WEEKS_PER_YEAR, RankSettings
from bot.domain.backlog.standings import order

_START = date(2026, 1, 5)
#: After so many weeks the rule with forced ageing takes a request before all others.
_AGED_WEEKS = 12
#: How wrong askers are, by kind of evidence: by which factor they claim too much, and its spread (sigma, log-normal).
_ERRORS = {
    EvidenceKind.MEASURED: (1.0, 0.05),
    EvidenceKind.COUNTED: (1.1, 0.2),
    EvidenceKind.ESTIMATED: (1.4, 0.5),
    EvidenceKind.GUESSED: (2.0, 0.9),
}
_EVIDENCE_WEIGHTS = (1, 2, 4, 3)
_TYPES = ("access", "environment", "pipeline", "infrastructure", "script", "library", "api_service")


class RankingRule(StrEnum):
    """What is compared."""

    FIRST_COME = "first come, first served"
    COST_OF_DELAY = "cost of delay / duration, at-risk lane"
    COST_OF_DELAY_INFLATED = "cost of delay / duration, some askers inflating"
    THIS = "this rule"
    THIS_INFLATED = "this rule, some askers inflating"
    THIS_AGED = "this rule, forced ageing"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationSettings:
    """What is simulated: how many backlogs, and what each is like. The shares are of requests."""

    seed: int = 1
    backlogs: int = 400
    requests: int = 30
    weeks: int = 26
    inflating_share: float = 0.25
    dated_share: float = 0.3
    blocked_share: float = 0.3


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What a rule brought in one backlog on average.

    `gained_hours` are hours saved and hours that nobody was blocked or late for, less the DevOps team's own, upkeep
    included.
    """

    gained_hours: float
    dates_missed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Truth:
    """A synthetic request: the two ways in which it may be asked for, and what is true of it. Days count from 0."""

    honest: BacklogRequest
    inflated: BacklogRequest
    arrives: int
    effort_hours: float
    saved_hours_per_week: float
    blocked_hours_per_week: float
    block_ends: float
    needed_by: int | None
    miss_hours: float
    upkeep_share: float


_Pick = Callable[[Sequence[BacklogRequest], RankSettings, date], BacklogRequest | None]


def simulate(simulation: SimulationSettings, settings: RankSettings) -> Mapping[RankingRule, RuleResult]:
    """Return what each rule brings on average. The same settings and seed give the same figures."""
    results: dict[RankingRule, list[RuleResult]] = {rule: [] for rule in RankingRule}
    for number in range(simulation.backlogs):
        random = Random(f"{simulation.seed}/{number}")  # noqa: S311 - figures to compare, no secrets
        backlog = [_truth(random, each, simulation, settings) for each in range(simulation.requests)]
        for rule in RankingRule:
            results[rule].append(_work_through(backlog, rule, simulation, settings))
    return {
        rule: RuleResult(
            sum(each.gained_hours for each in found) / len(found), sum(each.dates_missed for each in found) / len(found)
        )
        for rule, found in results.items()
    }


def _work_through(
    backlog: Sequence[_Truth], rule: RankingRule, simulation: SimulationSettings, settings: RankSettings
) -> RuleResult:
    """Let the DevOps team build one request after the other, as the rule says, until the time is over."""
    is_inflated, pick = rule in _INFLATED, _PICKS[rule]
    asked = {each.honest.id: (each.inflated if is_inflated else each.honest, each) for each in backlog}
    last_day, day, gained, met = simulation.weeks * 7, 0, 0.0, 0
    while day < last_day:
        waiting = [request for request, truth in asked.values() if truth.arrives <= day]
        chosen = pick(waiting, settings, _START + timedelta(day)) if waiting else None
        if chosen is None:
            day += 1
            continue
        truth = asked.pop(chosen.id)[1]
        day += max(1, math.ceil(7 * truth.effort_hours / settings.devops_hours_per_week))
        if day <= last_day:
            gained += _gain(truth, day, last_day)
            met += truth.needed_by is not None and day <= truth.needed_by <= last_day
    dated = sum(each.needed_by is not None and each.needed_by <= last_day for each in backlog)
    return RuleResult(gained, dated - met)


def _gain(truth: _Truth, day: int, last_day: int) -> float:
    """Return the hours won until the last day by a request that was delivered on `day`, less those that it took."""
    weeks_left = (last_day - day) / 7
    unblocked = truth.blocked_hours_per_week * max(0.0, min(truth.block_ends, last_day) - day) / 7
    in_time = truth.miss_hours if truth.needed_by is not None and day <= truth.needed_by else 0.0
    upkeep = truth.upkeep_share * truth.effort_hours * weeks_left / WEEKS_PER_YEAR
    return truth.saved_hours_per_week * weeks_left + unblocked + in_time - truth.effort_hours - upkeep


def _first_come(waiting: Sequence[BacklogRequest], _: RankSettings, __: date) -> BacklogRequest | None:
    return min(waiting, key=lambda each: (each.created_on, each.id))


def _cost_of_delay(waiting: Sequence[BacklogRequest], settings: RankSettings, today: date) -> BacklogRequest | None:
    """Take what claims to lose the most hours a week for each week of work; before that, what would miss its date."""

    def key(request: BacklogRequest) -> tuple[bool, float, int]:
        expected = request.estimate.expected_hours if request.estimate is not None else 0.0
        weeks = (expected + settings.triage_hours) / settings.devops_hours_per_week
        latest = today + timedelta(weeks=weeks + settings.period_weeks)
        at_risk = any(each.needed_by and today <= each.needed_by.day < latest for each in request.demands)
        lost = sum(
            settings.removed_share * each.claimed_hours_per_month / WEEKS_PER_MONTH
            + (each.block.hours_per_week if each.block is not None else 0)
            for each in request.demands
        )
        return not at_risk, -lost / weeks, request.id

    return min(waiting, key=key)


def _this(waiting: Sequence[BacklogRequest], settings: RankSettings, today: date) -> BacklogRequest | None:
    first = order(waiting, settings, today=today)[0]
    return first.request if first.lane is not Lane.NOT_WORTH_BUILDING else None


def _aged(waiting: Sequence[BacklogRequest], settings: RankSettings, today: date) -> BacklogRequest | None:
    old = [each for each in waiting if today - each.created_on > timedelta(weeks=_AGED_WEEKS)]
    return _first_come(old, settings, today) if old else _this(waiting, settings, today)


_PICKS: Mapping[RankingRule, _Pick] = {
    RankingRule.FIRST_COME: _first_come,
    RankingRule.COST_OF_DELAY: _cost_of_delay,
    RankingRule.COST_OF_DELAY_INFLATED: _cost_of_delay,
    RankingRule.THIS: _this,
    RankingRule.THIS_INFLATED: _this,
    RankingRule.THIS_AGED: _aged,
}
_INFLATED = frozenset({RankingRule.COST_OF_DELAY_INFLATED, RankingRule.THIS_INFLATED})


def _truth(random: Random, number: int, simulation: SimulationSettings, settings: RankSettings) -> _Truth:
    """Draw a synthetic request. A third is there on the first day, the others come evenly over the time."""
    arrives = 0 if random.random() < 1 / 3 else random.randrange(simulation.weeks * 7)
    arrives_on = _START + timedelta(arrives)
    likely = random.lognormvariate(math.log(20), 0.8)
    estimate = Estimate(likely * random.uniform(0.5, 0.9), likely, likely * random.uniform(1.3, 3))
    types = (random.choice(_TYPES),)
    teams = random.choices((1, 2, 3), (6, 3, 1))[0]
    drawn = [_demand(random, f"team {each}", arrives_on) for each in range(teams)]
    demands, true_hours = [demand for demand, _ in drawn], [hours for _, hours in drawn]
    blocked_hours, block_ends, needed_by, miss_hours = 0.0, 0.0, None, 0.0
    if random.random() < simulation.blocked_share:
        weeks = random.expovariate(1 / settings.block_weeks) if settings.block_weeks else 0.0
        is_said = random.random() < 0.5
        until = arrives_on + timedelta(weeks=weeks * random.lognormvariate(0, 0.3)) if is_said else None
        block = TeamBlock(random.randint(1, 3), random.choice([*Slowdown]), until)
        demands[0] = replace(demands[0], block=block)
        blocked_hours, block_ends = block.hours_per_week, arrives + 7 * weeks
    if random.random() < simulation.dated_share:
        needed_by, miss_hours = arrives + random.randint(21, 182), random.lognormvariate(math.log(40), 0.7)
        said_hours = miss_hours if random.random() < 0.5 else None
        demands[0] = replace(demands[0], needed_by=NeededBy(_START + timedelta(needed_by), "", said_hours))
    honest = BacklogRequest(id=number, created_on=arrives_on, types=types, demands=tuple(demands), estimate=estimate)
    inflates = random.random() < simulation.inflating_share
    return _Truth(
        honest=honest,
        inflated=replace(honest, demands=tuple(map(_inflated, demands))) if inflates else honest,
        arrives=arrives,
        effort_hours=settings.triage_hours
        + random.triangular(estimate.optimistic_hours, estimate.pessimistic_hours, estimate.likely_hours),
        saved_hours_per_week=settings.removed_share * sum(true_hours) / WEEKS_PER_MONTH,
        blocked_hours_per_week=blocked_hours,
        block_ends=block_ends,
        needed_by=needed_by,
        miss_hours=miss_hours,
        upkeep_share=settings.upkeep_share(types),
    )


def _demand(random: Random, team: str, asked_on: date) -> tuple[Demand, float]:
    """Draw what a team claims, and the hours a month that it loses in truth: none for three in ten."""
    kind = random.choices([*EvidenceKind], _EVIDENCE_WEIGHTS)[0]
    bias, spread = _ERRORS[kind]
    hours = random.lognormvariate(math.log(10), 0.8) if random.random() < 0.7 else 0.0
    claimed = hours * bias * random.lognormvariate(0, spread)
    people = random.randint(3, 10)
    demand = Demand(
        team=team,
        evidence=kind,
        confirmed_on=asked_on,
        team_people=people,
        people=people,
        times_per_month=1,
        hours_each=claimed / people,
    )
    return demand, hours


def _inflated(demand: Demand) -> Demand:
    """Claim three times the hours, everybody stopped, and evidence a kind better than it is."""
    kinds = [*EvidenceKind]
    block = replace(demand.block, slowdown=Slowdown.STOPPED) if demand.block is not None else None
    better = kinds[max(0, kinds.index(demand.evidence) - 1)]
    return replace(demand, evidence=better, times_per_month=3 * demand.times_per_month, block=block)

"""Why a request stands where it stands: the arithmetic in sentences, with who said and who estimated what.

The sentences are plain text with names as they were typed. Whoever shows them escapes them.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

from bot.domain.backlog.demand import BacklogRequest, Demand, DemandPart, OpenQuestion, Slowdown, open_questions
from bot.domain.backlog.lanes import QUICK_EFFORT_HOURS, QUICK_PAYBACK_WEEKS, BacklogPlace, Lane
from bot.domain.backlog.rank import SAFETY, WEEKS_PER_YEAR, Rank, RankSettings, is_at_risk
from bot.domain.phrases import join


def explain(place: BacklogPlace, settings: RankSettings, *, today: date, is_all: bool = False) -> tuple[str, ...]:
    """Return the answer to "Why is this here?", a sentence or two for each step of the arithmetic.

    Who has asked privately is left out, with their words, unless it `is_all` for those to read who may know them.
    """
    request = place.request
    shown = [each if is_all or not each.is_private else _unnamed(each) for each in request.demands]
    place = replace(place, request=replace(request, demands=tuple(shown)))
    said = [line for demand in shown for line in _demand(demand, settings, today=today)]
    if len(request.teams) < len(request.demands):
        said.append("A team that asked twice counts once, with the larger of its claims.")
    if isinstance(place.rank, Rank):
        said += [_effort(request, place.rank, settings), _whether(place.rank, settings)]
        said.append(_when(request, place.rank, settings))
    return (*said, _lane(place, settings, today=today))


def _unnamed(demand: Demand) -> Demand:
    needed_by = replace(demand.needed_by, reason="") if demand.needed_by is not None else None
    return replace(demand, team="Another team", said_by=(), needed_by=needed_by)


def _demand(demand: Demand, settings: RankSettings, *, today: date) -> list[str]:
    lines = []
    if demand.claimed_hours_per_month:
        often, hours = f"{_amount(demand.times_per_month, 'time')} a month", _amount(demand.hours_each, "hour")
        # "We lose six hours a sprint" is said of the team: no 1 person loses them.
        is_one = demand.people == 1
        parts = f"{hours}, {often}" if is_one else f"{_amount(demand.people, 'person')}, {often}, {hours} each"
        line = (
            f"{demand.team} loses {_amount(demand.claimed_hours_per_month, 'hour')} a month: {parts} "
            f"({_how(demand, DemandPart.LOST, today=today)})."
        )
        if demand.claimed_hours_per_month > demand.most_hours_per_month:
            line += f" More than half the team's time, {_amount(demand.hours_per_month, 'hour')}, is not counted."
        lines.append(line)
    if demand.block is not None:
        slowdown = "at half speed" if demand.block.slowdown is Slowdown.HALF else str(demand.block.slowdown)
        lines.append(
            f"{demand.team} has {_amount(demand.block.people, 'person')} {slowdown}{_assumed(demand.block.is_assumed)} "
            f"until {demand.block_ends(settings.block_weeks)}{_assumed(demand.block.until is None)}: "
            f"{_amount(demand.block.hours_per_week, 'hour')} a week ({_how(demand, DemandPart.BLOCKED, today=today)})."
        )
    if demand.needed_by is not None:
        reason = f" ({demand.needed_by.reason})" if demand.needed_by.reason else ""
        by = "".join(f", {each}" for each in _sources(demand, DemandPart.NEEDED_BY))
        lines.append(f"{demand.team} needs it by {demand.needed_by.day}{reason}{by}. {_missed(demand, settings)}")
    if not lines:
        by = "".join(f", {each}" for each in _sources(demand, None))
        lines.append(f"{demand.team} asks for it{by}, and has named no hours, nobody who waits and no date.")
    return lines + _passed(demand, settings, today=today)


def _how(demand: Demand, part: DemandPart, *, today: date) -> str:
    """Return how the team knows its numbers, who says them, and how much of them counts."""
    sources, weight = _sources(demand, part), f"{demand.evidence_on(today).weight:.0%} of it counts"
    if demand.evidence_on(today) is not demand.evidence:
        weight += f", because nobody has confirmed it since {demand.confirmed_on}"
    if demand.is_evidence_assumed:
        return "; ".join([*sources, f"assumed to be {demand.evidence}", weight])
    return "; ".join([", ".join([str(demand.evidence), *sources]), weight])


def _sources(demand: Demand, part: DemandPart | None) -> list[str]:
    """Return whose words something is: somebody's own, or those of the draft that they left as it was."""
    if not demand.said_by:
        return []
    who = join(demand.said_by)
    return [f"from the draft that {who} sent" if part in demand.drafted else f"says {who}"]


def _missed(demand: Demand, settings: RankSettings) -> str:
    """Return what it costs to miss the date, and whether somebody says so. No draft does."""
    if demand.needed_by is None or demand.needed_by.miss_hours is None:
        return f"Missing that day costs {_amount(settings.miss_hours, 'hour')}{_assumed(is_assumed=True)}."
    by = f", says {join(demand.said_by)}" if demand.said_by else ""
    return f"Missing that day costs {_amount(demand.needed_by.miss_hours, 'hour')}{by}."


def _assumed(is_assumed: bool) -> str:
    return " (assumed)" if is_assumed else ""


def _passed(demand: Demand, settings: RankSettings, *, today: date) -> list[str]:
    over = open_questions(demand, today=today, usual_block_weeks=settings.block_weeks)
    asks = {
        OpenQuestion.STILL_NEEDED: "whether and until when it is still needed",
        OpenQuestion.STILL_BLOCKED: "whether and until when people still wait",
    }
    return [f"{day} has passed, and {demand.team} has yet to say {asks[question]}." for question, day in over.items()]


def _effort(request: BacklogRequest, ranked: Rank, settings: RankSettings) -> str:
    if (estimate := request.estimate) is None:
        raise ValueError("a request that has a rank has an estimate")
    by = f", estimates {estimate.estimated_by}" if estimate.estimated_by else ""
    return (
        f"It takes {_number(estimate.optimistic_hours)} to {_amount(estimate.pessimistic_hours, 'hour')}, "
        f"most likely {_number(estimate.likely_hours)}{by}. "
        f"With {_amount(settings.triage_hours, 'hour')} for triage, review and handoff "
        f"{_amount(ranked.effort_hours, 'hour')} are expected, "
        f"for which the DevOps team needs {_amount(ranked.work_weeks, 'week')}."
    )


def _whether(ranked: Rank, settings: RankSettings) -> str:
    if ranked.payback_weeks == math.inf:
        return "It saves no hours every month, so it never pays for itself in hours."
    upkeep = f", {ranked.upkeep_share:.0%} of the work as upkeep included" if ranked.upkeep_share else ""
    gained = "gained" if ranked.return_over_year >= 0 else "lost"
    return (
        f"It saves {_amount(ranked.saved_hours_per_week, 'hour')} a week, {settings.removed_share:.0%} of the lost "
        f"hours that count, and pays back in "
        f"{_amount(ranked.payback_weeks, 'week')}. "
        f"In a year that is {_amount(WEEKS_PER_YEAR * ranked.saved_hours_per_week, 'hour')}, "
        f"{abs(ranked.return_over_year):.2f} {gained} for each hour of work{upkeep}."
    )


def _when(request: BacklogRequest, ranked: Rank, settings: RankSettings) -> str:
    parts = {
        "of what is lost every month": settings.period_weeks * ranked.saved_hours_per_week,
        "while people are blocked": ranked.blocked_hours,
        "for a missed date": ranked.miss_hours,
    }
    named = [f"{_number(hours)} {what}" for what, hours in parts.items() if hours]
    return (
        f"Waiting {_amount(settings.period_weeks, 'more week')} costs {_amount(len(request.teams), 'team')} "
        f"{_amount(ranked.waiting_cost_hours, 'hour')}{f': {join(named)}' if len(named) > 1 else ''}. "
        f"{_amount(ranked.effort_hours, 'hour')} of work ends it."
    )


def _lane(place: BacklogPlace, settings: RankSettings, *, today: date) -> str:
    if not isinstance(place.rank, Rank):
        return (
            f"Nobody has estimated it yet. Waiting {_amount(settings.period_weeks, 'more week')} costs up to "
            f"{_amount(place.rank.waiting_cost_hours, 'hour')}, and what costs most is estimated first."
        )
    if place.lane is Lane.NOT_WORTH_BUILDING:
        return "In a year it saves less than it costs, nobody waits for it and it has no date: not worth building."
    if place.lane is Lane.AT_RISK:
        why = _danger(place.request, place.rank, settings, today=today)
    elif place.lane is Lane.QUICK_WINS:
        why = f"it takes at most {QUICK_EFFORT_HOURS} hours and pays back within {QUICK_PAYBACK_WEEKS} weeks"
    elif place.rank.return_over_year >= 0:
        why = "no date is in danger, and it is worth building"
    else:
        why = "no date is in danger, and somebody waits for it or has a date"
    return f"It is in the lane “{place.lane}” because {why}. {_standing(place)}"


def _danger(request: BacklogRequest, ranked: Rank, settings: RankSettings, *, today: date) -> str:
    days = [
        (each.needed_by.day, each.team)
        for each in request.demands
        if each.needed_by is not None and is_at_risk(each, settings, effort_hours=ranked.effort_hours, today=today)
    ]
    day, team = min(days)
    start = day - timedelta(weeks=SAFETY * ranked.work_weeks)
    return f"the last safe start for {team}'s date {'was' if start < today else 'is'} {start}"


def _standing(place: BacklogPlace) -> str:
    if place.band == 1:
        return "No request there is above it for certain."
    above = place.band - 1
    return f"{_amount(above, 'request')} there {'is' if above == 1 else 'are'} above it for certain."


def _number(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 10 else f"{amount:.1f}".removesuffix(".0")


def _amount(amount: float, noun: str) -> str:
    number = _number(amount)
    if number == "1":
        return f"1 {noun}"
    return f"{number} {'people' if noun == 'person' else f'{noun}s'}"

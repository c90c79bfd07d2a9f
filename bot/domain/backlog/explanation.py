"""Why a request stands where it stands: the arithmetic in sentences, with who said and who estimated what.

The sentences are plain text with names as they were typed. Whoever shows them escapes them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.domain.backlog.demand import (
    EVIDENCE_SHARES,
    MISS_COST,
    BacklogRequest,
    Demand,
    DemandPart,
    EvidenceKind,
    OpenQuestion,
    Slowdown,
    open_questions,
)
from bot.domain.backlog.lanes import QUICK_EFFORT_HOURS, QUICK_PAYBACK_WEEKS, BacklogPlace, Lane
from bot.domain.backlog.rank import (
    SAFETY,
    WEEKS_PER_YEAR,
    Rank,
    RankSettings,
    added_in_words,
    is_at_risk,
    shares_of_waiting,
    waiting_in_words,
)
from bot.domain.phrases import join

#: What a request is said to be, where that is not the name of its lane.
_LANES = {Lane.QUICK_WINS: "a quick win"}


def explain(place: BacklogPlace, settings: RankSettings, *, today: date, is_all: bool = False) -> tuple[str, ...]:
    """Return the answer to "Why is this here?" in one sentence, and behind it one for each step of the arithmetic.

    Each thing that a team says ends with what it adds to the cost of waiting, and the whole hours add up to that.
    Who has asked privately is left out, with their words, unless it `is_all` for those to read who may know them.
    """
    request = place.request
    shown = [each if is_all or not each.is_private else _unnamed(each) for each in request.demands]
    said = list(_demands(place, shown, settings, today=today))
    place = replace(place, request=replace(request, demands=tuple(shown)))
    if len(request.teams) < len(request.demands):
        said.append("A team that asked twice counts once, with its larger claim.")
    said.append(_when(place, settings))
    if isinstance(place.rank, Rank):
        said += [_effort(request, place.rank, settings), _whether(place.rank, settings)]
    return (_answer(place, settings, today=today), *said, *_evidence(shown, today=today))


def _unnamed(demand: Demand) -> Demand:
    needed_by = replace(demand.needed_by, reason="") if demand.needed_by is not None else None
    return replace(demand, team="Another team", said_by=(), authors={}, needed_by=needed_by)


def _demands(place: BacklogPlace, shown: Sequence[Demand], settings: RankSettings, *, today: date) -> Iterator[str]:
    """Yield what each team says, and what that adds to the cost of waiting; `shown` may leave out who says it."""
    shares = shares_of_waiting(place.request, settings, today=today)
    added = iter(added_in_words([hours for each in shares for hours in (each.saved, each.blocked, each.missed)]))
    for demand, share in zip(shown, shares, strict=True):
        before = f", as said before {_done(place.request)} done" if demand.is_from_before else ""
        adds = {part: next(added) for part in (DemandPart.LOST, DemandPart.BLOCKED, DemandPart.NEEDED_BY)}
        lines = [
            f"{demand.team}: {what}; {_how(demand, part, today=today)}{before}; adds {adds[part]}."
            for part, what in _losses(demand, settings)
        ]
        if demand.needed_by is not None:
            reason = f" ({demand.needed_by.reason})" if demand.needed_by.reason else ""
            by = "".join(f", {each}" for each in _sources(demand, DemandPart.NEEDED_BY))
            needs = f"{demand.team} needs it by {demand.needed_by.day}{reason}{by}{before}; {_missed(demand, settings)}"
            why_not = "" if share.missed else _no_danger(place, demand, settings, today=today)
            lines.append(f"{needs}; adds {adds[DemandPart.NEEDED_BY]}{why_not}.")
        if not lines:
            by = "".join(f", {each}" for each in _sources(demand, None))
            lines.append(f"{demand.team} asks for it{by}, and names no hours, nobody who waits and no date.")
        yield from [*lines, *_passed(demand, settings, today=today)]


def _done(request: BacklogRequest) -> str:
    return f"{request.done} of {request.items} items {'was' if request.done == 1 else 'were'}"


def _no_danger(place: BacklogPlace, demand: Demand, settings: RankSettings, *, today: date) -> str:
    """Return why missing a date adds nothing to the cost of waiting; nothing where it has passed or costs nothing."""
    if demand.needed_by is None or demand.needed_by.day < today or demand.needed_by.miss_hours == 0:
        return ""
    effort = place.rank.effort_hours if isinstance(place.rank, Rank) else settings.triage_hours
    is_counted = is_at_risk(demand, settings, effort_hours=effort, today=today)
    return ", as only the costliest date counts" if is_counted else " while it is in no danger"


def _losses(demand: Demand, settings: RankSettings) -> Iterator[tuple[DemandPart, str]]:
    """Yield what the team loses, each with the part of the demand that says it."""
    if claimed := demand.claimed_hours_per_month:
        often = "once" if demand.times_per_month == 1 else _amount(demand.times_per_month, "time")
        # "We lose six hours a sprint" is said of the team: no 1 person loses them.
        people = f"{_amount(demand.people, 'person')}, " if demand.people != 1 else ""
        parts = f"{people}{often}, {_amount(demand.hours_each, 'hour')}{' each' if people else ''}"
        if claimed > demand.most_hours_per_month:
            parts += f"; only half the team's time counts, {_amount(demand.hours_per_month, 'hour')}"
        yield DemandPart.LOST, f"{_amount(claimed, 'hour')} a month ({parts})"
    if (block := demand.block) is not None:
        slowdown = "at half speed" if block.slowdown is Slowdown.HALF else str(block.slowdown)
        who = f"{_amount(block.people, 'person')} {slowdown}{_assumed(block.is_assumed)}"
        until = f"{demand.block_ends(settings.block_weeks)}{_assumed(block.until is None)}"
        yield DemandPart.BLOCKED, f"{_amount(block.hours_per_week, 'hour')} a week ({who} until {until})"


def _how(demand: Demand, part: DemandPart, *, today: date) -> str:
    """Return how the team knows its numbers, who says them, and how much of them counts."""
    kind = demand.evidence_on(today)
    how = [f"taken as {demand.evidence}" if demand.is_evidence_assumed else str(demand.evidence)]
    if kind is not demand.evidence:
        how.append(f"not confirmed since {demand.confirmed_on}")
    share = f": {kind.weight:.0%} counts" if kind.weight < 1 else ""
    return f"{', '.join([*how, *_sources(demand, part)])}{share}"


def _evidence(demands: Iterable[Demand], *, today: date) -> list[str]:
    """Return what the shares are that count, and what raises them; nothing where all counts."""
    counted = (each for each in demands if each.claimed_hours_per_month or each.block is not None)
    if all(each.evidence_on(today) is EvidenceKind.MEASURED for each in counted):
        return []
    return [f"{EVIDENCE_SHARES}: better numbers from its teams move it up."]


def _sources(demand: Demand, part: DemandPart | None) -> list[str]:
    """Return whose words something is: somebody's own, or those of the draft that they left as it was."""
    who = _who(demand, part)
    if not who:
        return []
    return [f"from the draft of {who}" if part in demand.drafted else f"says {who}"]


def _who(demand: Demand, part: str | None) -> str:
    """Return who says a part of a demand, and when, where that is not whoever said the last of it."""
    author = demand.authors.get(part or "")
    return f"{author.name} on {author.on}" if author is not None else join(demand.said_by)


def _missed(demand: Demand, settings: RankSettings) -> str:
    """Return what it costs to miss the date, and whether somebody says so. No draft does."""
    if demand.needed_by is None or demand.needed_by.miss_hours is None:
        return f"missing it costs {_amount(settings.miss_hours, 'hour')}, assumed"
    by = f", says {who}" if (who := _who(demand, MISS_COST)) else ""
    return f"missing it costs {_amount(demand.needed_by.miss_hours, 'hour')}{by}"


def _assumed(is_assumed: bool) -> str:
    return ", assumed" if is_assumed else ""


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
    whole = f", for all {request.items} items" if request.done else ""
    return (
        f"Work: {_amount(ranked.effort_hours, 'hour')}, {_amount(ranked.work_weeks, 'week')} "
        f"({_number(estimate.optimistic_hours)} to {_number(estimate.pessimistic_hours)}, most likely "
        f"{_number(estimate.likely_hours)}{by}{whole}; triage and handoff {_number(settings.triage_hours)})."
    )


def _whether(ranked: Rank, settings: RankSettings) -> str:
    if ranked.payback_weeks == math.inf:
        return "Saved: no hours a month, so it never pays back in hours."
    upkeep = f" after {ranked.upkeep_share:.0%} upkeep" if ranked.upkeep_share else ""
    gained = "gained" if ranked.return_over_year >= 0 else "lost"
    return (
        f"Saved: {_amount(WEEKS_PER_YEAR * ranked.saved_hours_per_week, 'hour')} a year ({settings.removed_share:.0%} "
        f"of what counts), {abs(ranked.return_over_year):.2f} {gained} for each hour of work{upkeep}; payback "
        f"{_amount(ranked.payback_weeks, 'week')}."
    )


def _when(place: BacklogPlace, settings: RankSettings) -> str:
    hours = waiting_in_words(place.rank.waiting_cost_hours, is_estimated=isinstance(place.rank, Rank))
    waiting = f"Waiting {_amount(settings.period_weeks, 'more week')} costs {hours} in all."
    above = place.band - 1  # whatever their work turns out to be
    if not isinstance(place.rank, Rank) or not above:
        return waiting
    return f"{waiting} {_amount(above, 'request')} in its lane {'is' if above == 1 else 'are'} above it for certain."


def _answer(place: BacklogPlace, settings: RankSettings, *, today: date) -> str:
    """Return in one sentence where a request stands, and why."""
    match place.lane, place.rank:
        case Lane.AT_RISK, Rank() as ranked:
            why = _danger(place.request, ranked, settings, today=today)
        case Lane.QUICK_WINS, _:
            why = f"it takes at most {QUICK_EFFORT_HOURS} hours and pays back within {QUICK_PAYBACK_WEEKS} weeks"
        case Lane.WORTH_BUILDING, Rank(return_over_year=gained) if gained >= 0:
            why = "it saves more in a year than it costs, and no date is in danger"
        case Lane.WORTH_BUILDING, Rank(blocked_hours=blocked) if blocked:
            why = "people wait for it, and no date is in danger"
        case Lane.WORTH_BUILDING, _:
            why = "it has a date, and none is in danger"
        case Lane.NOT_WORTH_BUILDING, _:
            why = "it saves less in a year than it costs, nobody waits for it and it has no date"
        case _:
            why = "nobody has said how much work it is, and what costs most is estimated first"
    left = place.request.items - place.request.done
    to_do = f" {left} of {place.request.items} items still to do." if place.request.done else ""
    return f"Number {place.position:,}, {_LANES.get(place.lane, place.lane)}: {why}.{to_do}"


def _danger(request: BacklogRequest, ranked: Rank, settings: RankSettings, *, today: date) -> str:
    days = [
        (each.needed_by.day, each.team)
        for each in request.demands
        if each.needed_by is not None and is_at_risk(each, settings, effort_hours=ranked.effort_hours, today=today)
    ]
    day, team = min(days)
    start = day - timedelta(weeks=SAFETY * ranked.work_weeks)
    return f"the last safe start for the date of {team} {'was' if start < today else 'is'} {start}"


def _number(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 10 else f"{amount:.1f}".removesuffix(".0")


def _amount(amount: float, noun: str) -> str:
    number = _number(amount)
    if number == "1":
        return f"1 {noun}"
    return f"{number} {'people' if noun == 'person' else f'{noun}s'}"

"""Why a request stands where it stands: the arithmetic in sentences, with who said and who estimated what.

The sentences are plain text with names as they were typed. Whoever shows them escapes them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.domain.backlog import arithmetic
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
    Rank,
    RankSettings,
    Waiting,
    added_in_words,
    is_at_risk,
    shares_of_waiting,
    waiting_in_words,
)
from bot.domain.phrases import counted, join

#: What a request is said to be, where that is not the name of its lane.
_LANES = {Lane.QUICK_WINS: "a quick win"}
#: Why something adds nothing.
_LARGER, _COSTLIEST = ", as the team's larger claim counts", ", as only the costliest date counts"


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
        said.append(_effort(request, place.rank, settings))
        said.append(_whether(request, place.rank, settings, shown, today=today))
    return (_answer(place, settings, today=today), *said, *_evidence(shown, settings, today=today))


def _unnamed(demand: Demand) -> Demand:
    needed_by = replace(demand.needed_by, reason="") if demand.needed_by is not None else None
    authors = {part: replace(author, name="") for part, author in demand.authors.items()}
    return replace(demand, team="Another team", said_by=(), authors=authors, needed_by=needed_by)


def _demands(place: BacklogPlace, shown: Sequence[Demand], settings: RankSettings, *, today: date) -> Iterator[str]:
    """Yield what each team says, and what that adds to the cost of waiting; `shown` may leave out who says it."""
    shares = shares_of_waiting(place.request, settings, today=today)
    added = iter(added_in_words([hours for each in shares for hours in (each.saved, each.blocked, each.missed)]))
    for demand, share in zip(shown, shares, strict=True):
        adds = {part: next(added) for part in (DemandPart.LOST, DemandPart.BLOCKED, DemandPart.NEEDED_BY)}
        made = _made(place, demand, share, settings, today=today)
        lines = [
            f"{demand.team}: {what}; {_how(demand, part, today=today)}; adds {adds[part]}{made[part]}."
            for part, what in _losses(demand, settings)
        ]
        if demand.needed_by is not None:
            reason = f" ({demand.needed_by.reason})" if demand.needed_by.reason else ""
            by = "".join(f", {each}" for each in _sources(demand, DemandPart.NEEDED_BY))
            missed = _missed(demand, settings)
            adds_ = f"{adds[DemandPart.NEEDED_BY]}{made[DemandPart.NEEDED_BY]}"
            lines.append(f"{demand.team} needs it by {demand.needed_by.day}{reason}{by}; {missed}; adds {adds_}.")
        if not lines and demand.has_it:
            lines.append(f"{demand.team} has all that it asked for.")
        elif not lines:
            by = "".join(f", {each}" for each in _sources(demand, None))
            lines.append(f"{demand.team} asks for it{by}, and names no hours, nobody who waits and no date.")
        yield from [*lines, *_passed(demand, settings, today=today)]


def _made(
    place: BacklogPlace, demand: Demand, share: Waiting, settings: RankSettings, *, today: date
) -> dict[DemandPart, str]:
    """Return behind what each number adds to the cost of waiting how it is made, or why it adds nothing."""
    work_weeks = _effort_hours(place, settings) / settings.devops_hours_per_week
    ends = demand.block_ends(settings.block_weeks)
    is_over = ends is not None and (ends - today).days / 7 <= work_weeks
    lost = f" = {arithmetic.saved_by_then(demand, settings, today=today)}" if share.saved else _LARGER
    blocked = ", as it ends before the work does" if is_over else _LARGER
    if share.blocked:
        blocked = f" = {arithmetic.blocked_by_then(demand, settings, work_weeks=work_weeks, today=today)}"
    missed = _no_danger(place, demand, settings, today=today)
    if demand.needed_by is not None and share.missed:
        day, is_passed = demand.needed_by.day, demand.needed_by.day < today
        cost = settings.miss_hours if demand.needed_by.miss_hours is None else demand.needed_by.miss_hours
        missed = f" = {arithmetic.missed_by_then(cost, day, settings, today=today)}" if is_passed else ""
    return {DemandPart.LOST: lost, DemandPart.BLOCKED: blocked, DemandPart.NEEDED_BY: missed}


def _effort_hours(place: BacklogPlace, settings: RankSettings) -> float:
    return place.rank.effort_hours if isinstance(place.rank, Rank) else settings.triage_hours


def _no_danger(place: BacklogPlace, demand: Demand, settings: RankSettings, *, today: date) -> str:
    """Return why missing a date adds nothing to the cost of waiting; nothing where it costs nothing."""
    if demand.needed_by is None or demand.needed_by.miss_hours == 0:
        return ""
    if demand.needed_by.day < today:
        is_over = today - demand.needed_by.day >= timedelta(weeks=settings.period_weeks)
        return ", as it has passed" if is_over else _COSTLIEST
    effort = _effort_hours(place, settings)
    is_counted = is_at_risk(demand, settings, effort_hours=effort, today=today)
    return _COSTLIEST if is_counted else " while it is in no danger"


def _losses(demand: Demand, settings: RankSettings) -> Iterator[tuple[DemandPart, str]]:
    """Yield what the team loses, each with the part of the demand that says it."""
    if claimed := demand.claimed_hours_per_month:
        is_more = claimed > demand.most_hours_per_month
        most = f"; only half the team's time counts, {arithmetic.most_lost(demand)}" if is_more else ""
        yield DemandPart.LOST, f"{arithmetic.lost(demand)}{most}"
    if (block := demand.block) is not None:
        slowdown = "at half speed" if block.slowdown is Slowdown.HALF else str(block.slowdown)
        until = f"until {demand.block_ends(settings.block_weeks)}{_assumed(block.until is None)}"
        yield DemandPart.BLOCKED, f"{arithmetic.blocked(demand)}, {slowdown}{_assumed(block.is_assumed)} {until}"


def _how(demand: Demand, part: DemandPart, *, today: date) -> str:
    """Return how the team knows its numbers, who says them, and how much of them counts."""
    evidence, kind = demand.evidence_of(part), demand.evidence_on(today, part)
    how = [f"taken as {evidence.kind}" if evidence.is_assumed else str(evidence.kind)]
    if kind is not evidence.kind:
        how.append(f"not confirmed since {demand.last_confirmed(part)}")
    share = f": {kind.weight:.0%} counts" if kind.weight < 1 else ""
    return f"{', '.join([*how, *_sources(demand, part)])}{share}"


def _evidence(demands: Iterable[Demand], settings: RankSettings, *, today: date) -> Iterator[str]:
    """Yield what the shares are that count, and what raises them, and what else stands in the arithmetic."""
    demands = list(demands)
    lost = [each for each in demands if each.claimed_hours_per_month]
    kinds = [each.evidence_on(today) for each in lost]
    kinds += [each.evidence_on(today, DemandPart.BLOCKED) for each in demands if each.block is not None]
    if lost:
        removed = f"Of the hours lost, {settings.removed_share:.0%} are assumed to end with it"
        yield f"{removed}; 12 ÷ 52 makes a week of a month; whole hours are rounded so that they add up."
    if not all(kind is EvidenceKind.MEASURED for kind in kinds):
        yield f"{EVIDENCE_SHARES}: better numbers from its teams move it up."


def _sources(demand: Demand, part: str | None) -> list[str]:
    """Return who has said a number and when: somebody, or the draft of whoever left it as it was.

    Nothing is said of those who have asked privately.
    """
    author = demand.authors.get(part or "")
    name = join(demand.said_by) if author is None else author.name
    before = [f"as said before {_done(*demand.items_done)} done"] if part in demand.from_before else []
    if not name:
        return before
    on = demand.confirmed_on if author is None else author.on
    if part not in demand.drafted:
        return [f"says {name} on {on}", *before]
    is_known = author is not None and author.filed_on is not None
    said = f"says {name} in the thread on {on}" if is_known else f"from the draft of {name} on {on}"
    return [said, *before]


def _missed(demand: Demand, settings: RankSettings) -> str:
    """Return what it costs to miss the date, and whether somebody says so. No draft does."""
    if demand.needed_by is None or demand.needed_by.miss_hours is None:
        return f"missing it costs {arithmetic.amount(settings.miss_hours, 'hour')}, assumed"
    by = "".join(f", {each}" for each in _sources(demand, MISS_COST))
    return f"missing it costs {arithmetic.amount(demand.needed_by.miss_hours, 'hour')}{by}"


def _done(done: int, items: int) -> str:
    return f"{done} of {items} items {'was' if done == 1 else 'were'}"


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
    is_of_more = bool(request.done) and estimate.is_from_before
    on = f" on {estimate.estimated_on}" if estimate.estimated_on is not None else ""
    by = f", estimates {estimate.estimated_by}{on}" if estimate.estimated_by else ""
    before = f", before {_done(request.done, request.items)} done" if is_of_more else ""
    rest = "; nobody has estimated what is left" if is_of_more else ""
    three = f"{arithmetic.written(estimate.optimistic_hours)} to {arithmetic.written(estimate.pessimistic_hours)}"
    likely = f"most likely {arithmetic.written(estimate.likely_hours)}{by}{before}"
    triage = f"and {arithmetic.written(settings.triage_hours)} for triage and handoff"
    weeks = f"{arithmetic.weeks_of_work(ranked, settings)} hours a week for requests"
    return f"Work: {arithmetic.work(estimate, ranked, settings)}: {three}, {likely}, {triage}; {weeks}{rest}."


def _whether(
    request: BacklogRequest, ranked: Rank, settings: RankSettings, shown: Sequence[Demand], *, today: date
) -> str:
    if ranked.payback_weeks == math.inf:
        return "Saved: no hours a month, so it never pays back in hours."
    shares = shares_of_waiting(request, settings, today=today)
    saving = [demand for demand, share in zip(shown, shares, strict=True) if share.saved]
    saved = arithmetic.saved_a_year(saving, ranked, settings, today=today)
    return f"Saved: {saved}; {arithmetic.gained(ranked)}; payback {arithmetic.payback(ranked)}."


def _when(place: BacklogPlace, settings: RankSettings) -> str:
    hours = waiting_in_words(place.rank.waiting_cost_hours, is_estimated=isinstance(place.rank, Rank))
    waiting = f"Waiting {arithmetic.amount(settings.period_weeks, 'more week')} costs {hours} in all."
    above = place.band - 1  # whatever their work turns out to be
    if not isinstance(place.rank, Rank) or not above:
        return waiting
    return f"{waiting} {counted(above, 'request')} in its lane {'is' if above == 1 else 'are'} above it for certain."


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
    ahead = f"{SAFETY:g} × {arithmetic.amount(ranked.work_weeks, 'week')} before"
    return f"the last safe start, {ahead} the date of {team}, {'was' if start < today else 'is'} {start}"

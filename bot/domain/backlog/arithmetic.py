"""The arithmetic of a rank, written so that a reader can do it again: `51.96 × 20% × 70% × 12 ÷ 52 × 2`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.domain.backlog.demand import HOURS_PER_WEEK, Demand, DemandPart, Estimate, Slowdown
from bot.domain.backlog.rank import WEEKS_PER_YEAR, Rank, RankSettings
from bot.domain.phrases import figure

_MONTHS = 12


def written(amount: float) -> str:
    """Return an amount with as many digits as a pocket calculator needs."""
    return figure(amount, digits=4)


def amount(number: float, noun: str) -> str:
    """Return an amount with its unit: `1 hour`, `51.96 hours`, `2 people`."""
    said = written(number)
    if said == "1":
        return f"1 {noun}"
    return f"{said} {'people' if noun == 'person' else f'{noun}s'}"


def lost(demand: Demand) -> str:
    """Return the hours that a team says it loses in a month, from what they are made.

    "We lose six hours a sprint" is said of the team: no 1 person loses them.
    """
    factors = [(demand.people, "person"), (demand.times_per_month, "time"), (demand.hours_each, "hour")]
    product = " × ".join(amount(*each) for each in factors if each[1] == "hour" or each[0] != 1)
    made = f" = {product}" if " × " in product else ""
    return f"{amount(demand.claimed_hours_per_month, 'hour')} a month{made}"


def most_lost(demand: Demand) -> str:
    """Return half the hours of a team, above which a claim does not count."""
    people = demand.people if demand.team_people is None else demand.team_people
    half = f"{amount(people, 'person')} × {HOURS_PER_WEEK} hours × {WEEKS_PER_YEAR} ÷ {_MONTHS} ÷ 2"
    return f"{amount(demand.most_hours_per_month, 'hour')} = {half}"


def blocked(demand: Demand) -> str:
    """Return the hours that people who are blocked lose in a week, from what they are made; empty without any."""
    if demand.block is None:
        return ""
    share = "" if demand.block.slowdown is Slowdown.STOPPED else f" × {demand.block.slowdown.share:.0%}"
    people = f"{amount(demand.block.people, 'person')} × {HOURS_PER_WEEK} hours{share}"
    return f"{amount(demand.block.hours_per_week, 'hour')} a week = {people}"


def _counted(hours: float, demand: Demand, part: DemandPart, today: date) -> str:
    """Return hours with the share of them that counts."""
    weight = demand.evidence_on(today, part).weight
    return f"{written(hours)} × {weight:.0%}" if weight < 1 else written(hours)


def saved_by_then(demand: Demand, settings: RankSettings, *, today: date) -> str:
    """Return what the hours that a team loses in a month add to the cost of waiting, from what that is made."""
    counted = _counted(demand.hours_per_month, demand, DemandPart.LOST, today)
    a_week = f"{counted} × {settings.removed_share:.0%} × {_MONTHS} ÷ {WEEKS_PER_YEAR}"
    return f"{a_week} × {written(settings.period_weeks)}"


def blocked_by_then(demand: Demand, settings: RankSettings, *, work_weeks: float, today: date) -> str:
    """Return what people who are blocked add to the cost of waiting, from what that is made, and why it is no more."""
    ends = demand.block_ends(settings.block_weeks)
    if demand.block is None or ends is None:
        return ""
    counted = _counted(demand.block.hours_per_week, demand, DemandPart.BLOCKED, today)
    days = (ends - today).days
    if days / 7 - work_weeks >= settings.period_weeks:
        return f"{counted} × {written(settings.period_weeks)}"
    work = written(work_weeks)
    return f"{counted} × ({days:,} ÷ 7 − {work}), the weeks until then without {work} of work"


def missed_by_then(cost: float, day: date, settings: RankSettings, *, today: date) -> str:
    """Return what a date that has passed adds to the cost of waiting, from what that is made."""
    period = 7 * settings.period_weeks
    return f"{written(cost)} × (1 − {(today - day).days} ÷ {written(period)}), as it fades over {written(period)} days"


def work(estimate: Estimate, ranked: Rank, settings: RankSettings) -> str:
    """Return the hours of work, from what they are made."""
    three = (estimate.optimistic_hours, estimate.likely_hours, estimate.pessimistic_hours)
    low, likely, high = map(written, three)
    made = f"({low} + 4 × {likely} + {high}) ÷ 6 + {written(settings.triage_hours)}"
    return f"{amount(ranked.effort_hours, 'hour')} = {made}"


def weeks_of_work(ranked: Rank, settings: RankSettings) -> str:
    """Return the weeks of work, from what they are made."""
    hours, weekly = written(ranked.effort_hours), written(settings.devops_hours_per_week)
    return f"{amount(ranked.work_weeks, 'week')} = {hours} ÷ {weekly}"


def saved_a_year(demands: Iterable[Demand], ranked: Rank, settings: RankSettings, *, today: date) -> str:
    """Return the hours that are saved in a year, from what these demands count."""
    counted = [_counted(each.hours_per_month, each, DemandPart.LOST, today) for each in demands]
    months = f"({' + '.join(counted)})" if len(counted) > 1 else "".join(counted)
    hours = amount(WEEKS_PER_YEAR * ranked.saved_hours_per_week, "hour")
    return f"{hours} a year = {months} × {settings.removed_share:.0%} × {_MONTHS}"


def gained(ranked: Rank) -> str:
    """Return the hours that are won or lost in a year for each hour of work, from what they are made."""
    saved, effort = written(WEEKS_PER_YEAR * ranked.saved_hours_per_week), written(ranked.effort_hours)
    upkeep = f"{effort} × {ranked.upkeep_share:.0%}" if ranked.upkeep_share else ""
    if ranked.return_over_year >= 0:
        made, word = " − ".join(filter(None, (saved, effort, upkeep))), "gained"
    else:
        made, word = f"{' + '.join(filter(None, (effort, upkeep)))} − {saved}", "lost"
    said = f"{abs(ranked.return_over_year):,.2f} {word} for each hour of work = ({made}) ÷ {effort}"
    return f"{said}, with {ranked.upkeep_share:.0%} upkeep" if upkeep else said


def payback(ranked: Rank) -> str:
    """Return the weeks until the work is paid back, from what they are made."""
    saved, effort = written(WEEKS_PER_YEAR * ranked.saved_hours_per_week), written(ranked.effort_hours)
    return f"{amount(ranked.payback_weeks, 'week')} = {effort} ÷ {saved} × {WEEKS_PER_YEAR}"

"""What a team loses while a request that came back is done only in part: it says so anew, or it stays as it was."""

from __future__ import annotations

from datetime import date

from bot.domain.backlog.demand import DemandPart, RestCost
from bot.domain.backlog.new_request import most_hours
from bot.errors import FormError
from bot.services.backlog._cards import RequestAct
from bot.services.backlog._demands import demands_of, is_own, sign
from bot.services.deps import Deps
from bot.store import tables


async def of_request(deps: Deps, request_id: int) -> RestCost:
    """Return what a request's own team has said of it, as far as it has."""
    async with deps.database.reading() as session:
        row = await session.get_one(tables.Request, request_id)
        return _said(next(each for each in await demands_of(session, request_id) if is_own(row, each)))


async def put(act: RequestAct, rest: RestCost, today: date) -> None:
    """Note what the request's own team says that it still loses; what it leaves as it was stays so.

    `today` is the day that it is for whoever says it.

    Raises FormError by parts of the demand, for a day that is over and for more hours than a team can lose.
    """
    demands = await demands_of(act.session, act.subject_id)
    demand = next(each for each in demands if is_own(act.row, each))
    before = _said(demand)
    changed = {part: value for part, value in rest.items() if value != before.get(part)}
    if not changed:
        return
    _check(act, demand, changed, today)
    sign(demand, changed.keys(), act.person_id, act.now)
    for part, value in changed.items():
        _write(act.row, demand, part, value)
    demand.drafted = " ".join(each for each in demand.drafted.split() if each not in changed)
    demand.at = act.now
    if demand.team_id is not None:
        demand.person_id = act.person_id or demand.person_id
    numbers = {part.value: [str(before.get(part)), str(value)] for part, value in changed.items()}
    await act.note("change", team=demand.team_id, **numbers)


def _said(demand: tables.RequestDemand) -> RestCost:
    hours = demand.lost_people * demand.lost_times * demand.lost_hours
    said = {DemandPart.LOST: float(f"{hours:g}"), DemandPart.BLOCKED: float(f"{demand.blocked_people:g}")}
    day = {DemandPart.NEEDED_BY: demand.needed_by} if demand.needed_by is not None else {}
    return {**{part: amount for part, amount in said.items() if amount}, **day}


def _check(act: RequestAct, demand: tables.RequestDemand, changed: RestCost, today: date) -> None:
    day, hours = changed.get(DemandPart.NEEDED_BY), changed.get(DemandPart.LOST)
    if isinstance(day, date) and day < today:
        raise FormError({DemandPart.NEEDED_BY: "That day is over: choose a later one."})
    team = act.snapshot.team(demand.team_id)
    size = len(team.member_ids) if team is not None else 0
    people = changed.get(DemandPart.BLOCKED)
    if size and isinstance(people, float) and people > size:
        raise FormError({DemandPart.BLOCKED: f"The team has no more than {size}: give at most that."})
    if size and isinstance(hours, float) and hours > (most := most_hours(size)):
        raise FormError({DemandPart.LOST: f"A team of {size} cannot lose more than {most:,.0f} hours a month."})


def _write(row: tables.Request, demand: tables.RequestDemand, part: DemandPart, value: float | date | None) -> None:
    if part is DemandPart.NEEDED_BY:
        day = value if isinstance(value, date) else None
        # The reason was that of the other day, and what was asked of the day before is asked of the new one again.
        demand.needed_by = row.needed_by = day
        row.needed_reason, demand.needed_asked_on = "", None
        demand.miss_hours = demand.miss_hours if day is not None else None
        return
    amount = value if isinstance(value, float) else 0.0
    if part is DemandPart.LOST:
        # It is said of the team as a whole: so many hours, once a month.
        demand.lost_people = demand.lost_times = 1.0 if amount else 0.0
        demand.lost_hours = amount
    else:
        demand.blocked_people, demand.block_asked_on = round(amount), None

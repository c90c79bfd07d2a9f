"""What a team loses while a request that came back is done only in part: it says so anew, or it stays as it was."""

from __future__ import annotations

from collections.abc import Set
from datetime import date
from types import MappingProxyType
from typing import Any

from bot.domain.backlog.corrections import differences
from bot.domain.backlog.demand import DemandPart, RestCost
from bot.domain.backlog.new_request import DemandEntry, NewRequest, Origin, problems
from bot.errors import FormError
from bot.services.backlog._cards import RequestAct
from bot.services.backlog._demands import demands_of, is_own, sign
from bot.services.backlog._stated import stated
from bot.services.backlog.step_words import keep
from bot.services.deps import Deps
from bot.store import tables

#: The numbers of each part of a demand, by the names of their columns.
_NUMBERS = MappingProxyType(
    {
        DemandPart.LOST: ("lost_people", "lost_times", "lost_hours"),
        DemandPart.BLOCKED: ("blocked_people", "blocked_share"),
        DemandPart.NEEDED_BY: ("needed_by",),
    }
)
#: Where it is said what `problems` finds.
_FIELDS = MappingProxyType(
    {
        "people": "lost_people",
        "times": "lost_times",
        "hours": "lost_hours",
        "blocked": "blocked_people",
        "needed_by": "needed_by",
    }
)


async def of_request(deps: Deps, request_id: int) -> RestCost:
    """Return what a request's own team has said of it, as far as it has, with the question how it knows it."""
    async with deps.database.reading() as session:
        row = await session.get_one(tables.Request, request_id)
        demand = next(each for each in await demands_of(session, request_id) if is_own(row, each))
    said = _said_parts(demand)
    numbers = {name: getattr(demand, name) for part in said for name in _NUMBERS[part]}
    # What was known of the numbers before is not known of new ones.
    return {**numbers, "evidence": ""} if said - {DemandPart.NEEDED_BY} else numbers


async def put(act: RequestAct, rest: RestCost, today: date) -> None:
    """Note what the request's own team says that it still loses; what it leaves as it was stays so.

    New numbers are known as it says, and where it does not, they are a guess. Said of none that is new, how it knows
    them confirms all of them. `today` is the day that it is for whoever says it.

    Raises FormError by the names of the numbers, for a day that is over and for more hours than a team can lose.
    """
    demands = await demands_of(act.session, act.subject_id)
    demand = next(each for each in demands if is_own(act.row, each))
    new = {name: value or _nothing(name) for name, value in rest.items() if name != "evidence"}
    changed = {part for part, names in _NUMBERS.items() if any(_is_new(demand, new, name) for name in names)}
    evidence = str(rest.get("evidence") or "")
    said = changed or (_said_parts(demand) - {DemandPart.NEEDED_BY} if evidence else set())
    if not said:
        return
    _check(act, demand, rest, today)
    before, was = {name: getattr(demand, name) for name in (*new, "evidence")}, stated(act, demand)
    sign(demand, said, act.person_id, act.now, evidence=evidence)
    _write(act.row, demand, new, changed)
    demand.drafted = " ".join(each for each in demand.drafted.split() if each not in said)
    demand.at = act.now
    if demand.team_id is not None:
        demand.person_id = act.person_id or demand.person_id
    after = {name: getattr(demand, name) for name in before}
    numbers = {name: [str(before[name]), str(value)] for name, value in after.items() if before[name] != value}
    entry = await act.note("change", team=demand.team_id, fields=list(numbers), **numbers)
    keep(act, entry, "; ".join(differences(was, stated(act, demand), today)))


def _said_parts(demand: tables.RequestDemand) -> Set[DemandPart]:
    """Return of what the team has said something."""
    hours = demand.lost_people * demand.lost_times * demand.lost_hours
    said = {
        DemandPart.LOST: hours > 0,
        DemandPart.BLOCKED: demand.blocked_people > 0,
        DemandPart.NEEDED_BY: demand.needed_by is not None,
    }
    return {part for part, is_said in said.items() if is_said}


def _nothing(name: str) -> float | str | None:
    return {"needed_by": None, "blocked_share": ""}.get(name, 0)


def _is_new(demand: tables.RequestDemand, new: RestCost, name: str) -> bool:
    return name in new and new[name] != getattr(demand, name)


def _check(act: RequestAct, demand: tables.RequestDemand, rest: RestCost, today: date) -> None:
    def entered(name: str) -> Any:
        return rest[name] if name in rest else getattr(demand, name) or None

    day = entered("needed_by")
    its = NewRequest(
        origin=Origin(""),
        title=act.card.title,
        items=act.card.items,
        filed_by=0,
        asked_by=0,
        needed_by=day if day != demand.needed_by else None,
        demand=DemandEntry(
            lost_people=entered("lost_people"),
            lost_times=entered("lost_times"),
            lost_hours=entered("lost_hours"),
            blocked_people=int(entered("blocked_people") or 0),
        ),
    )
    team = act.snapshot.team(demand.team_id)
    if wrong := problems(its, today=today, team_size=len(team.member_ids) if team is not None else None):
        raise FormError({_FIELDS[name]: sentence for name, sentence in wrong.items()})


def _write(row: tables.Request, demand: tables.RequestDemand, new: RestCost, changed: Set[DemandPart]) -> None:
    for name, value in new.items():
        setattr(demand, name, int(value) if isinstance(value, float) and name == "blocked_people" else value)
    if DemandPart.BLOCKED in changed:
        demand.block_asked_on = None
    if DemandPart.NEEDED_BY in changed:
        # The reason was that of the other day, and what was asked of the day before is asked of the new one again.
        row.needed_by, row.needed_reason, demand.needed_asked_on = demand.needed_by, "", None
        demand.miss_hours = demand.miss_hours if demand.needed_by is not None else None

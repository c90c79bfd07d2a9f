"""The backlog in its order: open requests with what every team says of them and of what was merged into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.backlog.demand import BacklogRequest, Demand, Estimate, EvidenceKind, NeededBy, Slowdown, TeamBlock
from bot.domain.backlog.explanation import explain
from bot.domain.backlog.lanes import BacklogPlace, order
from bot.domain.backlog.rank import RankSettings
from bot.domain.backlog.requests import OPEN, RequestCard, RequestState
from bot.domain.backlog.work_shares import WorkShare, work_shares
from bot.services.backlog import lists
from bot.services.backlog._cards import card_of
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables

#: Whoever asks for no team of the catalog.
_NO_TEAM = "Somebody in no team"
#: What the DevOps team has delivered counts for the shares for this many days.
_SHARE_DAYS = 90


@dataclass(frozen=True, slots=True)
class RankedRequest:
    """A request and where it stands; `why` is the answer to "Why is this here?", a sentence for each step."""

    card: RequestCard
    place: BacklogPlace
    why: tuple[str, ...]


def settings_of(deps: Deps) -> RankSettings:
    """Return the settings of the ranking."""
    return RankSettings(devops_hours_per_week=deps.devops.weekly_hours, period_weeks=deps.devops.sprint_weeks)


async def ranked(deps: Deps, snapshot: Snapshot, person_id: int | None, *, is_all: bool = False) -> list[RankedRequest]:
    """Return the open requests that somebody may see, the first to be worked on first; with `is_all` every one.

    Where a request stands does not depend on who looks: those that somebody may not see count, and are left out.
    """
    now = deps.clock.now()
    today, settings = now.date(), settings_of(deps)
    async with deps.database.reading() as session:
        rows = await _rows(session, [state.value for state in OPEN])
        requests = await with_demands(session, snapshot, rows.values())
    cards = {request_id: card_of(snapshot, row, now=now) for request_id, row in rows.items()}
    return [
        RankedRequest(cards[place.request.id], place, explain(place, settings, today=today))
        for place in order(requests, settings, today=today)
        if is_all or lists.may_see(deps, snapshot, cards[place.request.id], person_id)
    ]


async def shares(deps: Deps, snapshot: Snapshot) -> list[WorkShare]:
    """Return what each team has got of the DevOps team's work in the last 90 days, and what it waits for."""
    now = deps.clock.now()
    states = [state.value for state in (*OPEN, RequestState.DELIVERED, RequestState.CONFIRMED)]
    async with deps.database.reading() as session:
        rows = await _rows(session, states)
        requests = {each.id: each for each in await with_demands(session, snapshot, rows.values())}
    delivered = [
        (requests[request_id], (row.likely_hours or 0.0) + settings_of(deps).triage_hours)
        for request_id, row in rows.items()
        if row.delivered_at is not None and row.state not in OPEN and (now - row.delivered_at).days <= _SHARE_DAYS
    ]
    waiting = [requests[request_id] for request_id, row in rows.items() if row.state in OPEN]
    return work_shares(delivered, waiting, today=now.date())


async def _rows(session: AsyncSession, states: list[str]) -> dict[int, tables.Request]:
    table = tables.Request
    found = await session.execute(select(table).where(col(table.state).in_(states)).order_by(col(table.id)))
    return {row.id: row for row in found.scalars() if row.id is not None}


async def with_demands(
    session: AsyncSession, snapshot: Snapshot, rows: Iterable[tables.Request]
) -> list[BacklogRequest]:
    """Return requests with their demands, and those of what was merged into them."""
    into = await _merged_into(session)
    table, demands = tables.RequestDemand, dict[int, list[Demand]]()
    for row in (await session.execute(select(table).order_by(col(table.id)))).scalars():
        demands.setdefault(target(row.request_id, into), []).append(demand_of(row, snapshot))
    return [_request(row, tuple(demands.get(row.id or 0, ())), snapshot) for row in rows]


async def _merged_into(session: AsyncSession) -> dict[int, int]:
    table = tables.Request
    found = await session.execute(
        select(col(table.id), col(table.merged_into)).where(col(table.state) == RequestState.MERGED.value)
    )
    return {request_id: into for request_id, into in found if request_id is not None and into is not None}


def target(request_id: int, into: Mapping[int, int]) -> int:
    """Return the request that a request became part of, over however many merges."""
    seen = {request_id}
    while (further := into.get(request_id)) is not None and further not in seen:
        seen.add(further)
        request_id = further
    return request_id


def _request(row: tables.Request, demands: tuple[Demand, ...], snapshot: Snapshot) -> BacklogRequest:
    estimate = None
    if row.optimistic_hours is not None and row.likely_hours is not None and row.pessimistic_hours is not None:
        by = snapshot.person(row.estimated_by) if row.estimated_by is not None else None
        estimate = Estimate(row.optimistic_hours, row.likely_hours, row.pessimistic_hours, by.name if by else "")
    return BacklogRequest(
        id=row.id or 0,
        created_on=row.created_at.date(),
        types=tuple(dict.fromkeys(each["type"] for each in row.items)),
        demands=demands,
        estimate=estimate,
    )


def demand_of(row: tables.RequestDemand, snapshot: Snapshot) -> Demand:
    """Return what a team says of a request."""
    team = snapshot.team(row.team_id) if row.team_id is not None else None
    person = snapshot.person(row.person_id)
    return Demand(
        team=team.name if team is not None else (person.name if person is not None and person.name else _NO_TEAM),
        evidence=EvidenceKind(row.evidence),
        confirmed_on=row.at.date(),
        said_by=(person.name,) if person is not None and person.name else (),
        team_people=len(team.member_ids) or None if team is not None else None,
        people=row.lost_people,
        times_per_month=row.lost_times,
        hours_each=row.lost_hours,
        block=TeamBlock(row.blocked_people, Slowdown(row.blocked_share), row.blocked_until)
        if row.blocked_people
        else None,
        needed_by=_needed(row.needed_by),
    )


def _needed(day: date | None) -> NeededBy | None:
    return NeededBy(day) if day is not None else None

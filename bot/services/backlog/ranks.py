"""The backlog in its order: open requests with what every team says of them and of what was merged into them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.backlog.demand import BacklogRequest, Demand
from bot.domain.backlog.explanation import explain
from bot.domain.backlog.lanes import BacklogPlace
from bot.domain.backlog.merges import merged, with_besides
from bot.domain.backlog.open_items import still_to_do
from bot.domain.backlog.rank import RankSettings
from bot.domain.backlog.requests import OPEN, RequestCard, RequestState
from bot.domain.backlog.standings import order
from bot.domain.backlog.work_shares import WorkShare, work_shares
from bot.services.backlog import lists
from bot.services.backlog._dates import wholes_of
from bot.services.backlog._demands import demand_of, has_it, is_said_privately, reason_of
from bot.services.backlog._loaded import card_of, estimate_of, item_of, listed
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.bulk import chunks

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
        requests = await with_demands(session, deps, snapshot, rows.values())
        shown = [card_of(snapshot, row, now=now) for row in rows.values()]
        cards = {each.id: each for each in await listed(session, snapshot, shown, now=now)}
    return [
        RankedRequest(cards[place.request.id], place, explain(place, settings, today=today, is_all=is_all))
        for place in order(requests, settings, today=today)
        if is_all or lists.may_see(deps, snapshot, cards[place.request.id], person_id)
    ]


async def shares(deps: Deps, snapshot: Snapshot) -> list[WorkShare]:
    """Return what each team has got of the DevOps team's work in the last 90 days, and what it waits for."""
    now = deps.clock.now()
    async with deps.database.reading() as session:
        rows = await _rows(session, [state.value for state in OPEN])
        lately = [RequestState.DELIVERED.value, RequestState.CONFIRMED.value]
        rows |= await _rows(session, lately, delivered_since=now - timedelta(_SHARE_DAYS + 1))
        requests = {each.id: each for each in await with_demands(session, deps, snapshot, rows.values())}
    delivered = [
        (requests[request_id], (row.likely_hours or 0.0) + settings_of(deps).triage_hours)
        for request_id, row in rows.items()
        if row.delivered_at is not None and row.state not in OPEN and (now - row.delivered_at).days <= _SHARE_DAYS
    ]
    waiting = [requests[request_id] for request_id, row in rows.items() if row.state in OPEN]
    return work_shares(delivered, waiting, today=now.date())


async def _rows(
    session: AsyncSession, states: list[str], *, delivered_since: datetime | None = None
) -> dict[int, tables.Request]:
    table = tables.Request
    query = select(table).where(col(table.state).in_(states)).order_by(col(table.id))
    if delivered_since is not None:
        query = query.where(col(table.delivered_at) >= delivered_since)
    found = await session.execute(query)
    return {row.id: row for row in found.scalars()}


async def with_demands(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, rows: Iterable[tables.Request]
) -> list[BacklogRequest]:
    """Return requests with their demands, as they count with those that became part of them."""
    wanted = {row.id: row for row in rows}
    parts = await wholes_of(session, wanted)
    all_rows, demands = dict(wanted), dict[int, list[Demand]]()
    for some in chunks(parts):
        found = (await session.execute(select(tables.Request).where(col(tables.Request.id).in_(some)))).scalars()
        all_rows |= {row.id: row for row in found}
    table = tables.RequestDemand
    for some in chunks(all_rows):
        said = await session.execute(select(table).where(col(table.request_id).in_(some)).order_by(col(table.id)))
        for row in said.scalars():
            request = all_rows[row.request_id]
            counts_for = all_rows[parts.get(row.request_id, row.request_id)]
            said_by_team = demand_of(
                row,
                snapshot,
                reason=reason_of(request, row),
                is_private=not counts_for.is_private and is_said_privately(request, row),
                of=request,
            )
            is_over = counts_for.state in OPEN and has_it(request, row)
            demands.setdefault(row.request_id, []).append(said_by_team.without_losses if is_over else said_by_team)
    counted = {number: _request(row, demands.get(number, ()), snapshot) for number, row in all_rows.items()}
    settings, today = settings_of(deps), deps.clock.now().date()
    for part, whole in sorted(parts.items()):
        counted[whole] = merged(counted[whole], counted[part], settings, today=today)
    for whole in set(parts.values()):
        family = [all_rows[whole], *(all_rows[part] for part in sorted(parts) if parts[part] == whole)]
        own, *theirs = [[item_of(each) for each in row.items] for row in family]
        items = with_besides(own, theirs)
        counted[whole] = replace(counted[whole], items=len(items), done=len(items) - len(still_to_do(items)))
    return [counted[number] for number in wanted]


async def merged_into(session: AsyncSession, ids: Collection[int] | None = None) -> dict[int, int]:
    """Return what each request became part of that did; of these only, where they are given."""
    table, found = tables.Request, dict[int, int]()
    is_merged = select(col(table.id), col(table.merged_into)).where(col(table.state) == RequestState.MERGED.value)
    for query in [is_merged] if ids is None else [is_merged.where(col(table.id).in_(some)) for some in chunks(ids)]:
        rows = await session.execute(query)
        found |= {number: into for number, into in rows if into is not None}
    return found


def target(request_id: int, into: Mapping[int, int]) -> int:
    """Return the request that a request became part of, over however many merges."""
    seen = {request_id}
    while (further := into.get(request_id)) is not None and further not in seen:
        seen.add(further)
        request_id = further
    return request_id


def _request(row: tables.Request, demands: Iterable[Demand], snapshot: Snapshot) -> BacklogRequest:
    return BacklogRequest(
        id=row.id,
        created_on=row.created_at.date(),
        types=tuple(dict.fromkeys(each["type"] for each in row.items)),
        demands=tuple(demands),
        estimate=estimate_of(snapshot, row),
        items=len(row.items),
        done=sum(bool(each.get("is_done")) for each in row.items),
    )

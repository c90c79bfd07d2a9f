"""Handoffs as people look at them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeAlias

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.catalog import Area
from bot.domain.handoff.handoffs import UNANSWERED, HandoffCard, ResourceState, Which
from bot.domain.records import AssetRecord
from bot.errors import NotFoundError, UserError
from bot.services.deps import Deps
from bot.services.handoff._cards import UNKNOWN, brief, loaded, ready, resource_of
from bot.services.snapshot import Snapshot
from bot.services.transfers import Resource
from bot.store import tables
from bot.store.open_matters import is_lent

#: What can be handed over: an asset and an area of it.
Choice: TypeAlias = tuple[AssetRecord, Area]


class InAnotherError(UserError):
    """What somebody would put into a new handoff is in one already, of this number."""

    def __init__(self, handoff_id: int) -> None:
        super().__init__(f"That is in handoff #{handoff_id} already: look at it with `/handoff show {handoff_id}`.")
        self.handoff_id = handoff_id


async def one(deps: Deps, snapshot: Snapshot, handoff_id: int) -> HandoffCard:
    """Return a handoff. Raises NotFoundError where there is none."""
    await ready(deps)
    async with deps.database.reading() as session:
        row = await session.get(tables.Handoff, handoff_id)
        if row is None:
            raise NotFoundError(UNKNOWN)
        return await loaded(session, deps, snapshot, row)


async def listed(
    deps: Deps, snapshot: Snapshot, team_ids: Collection[int] | None = None, *, which: Which = Which.PENDING
) -> list[HandoffCard]:
    """Return handoffs, of these teams only where they are given: what is pending oldest first, all others newest first.

    Pending is what waits for an answer or for a day.
    """
    table, resource = tables.Handoff, tables.HandoffResource
    to_come = (
        select(col(resource.handoff_id))
        .where(col(resource.handoff_id) == col(table.id), col(resource.state) == ResourceState.ACCEPTED.value)
        .where(or_(col(resource.moved_at).is_(None), is_lent()))
    )
    is_pending = or_(col(table.closed_at).is_(None), to_come.exists())
    query = select(table).order_by(col(table.id) if which is Which.PENDING else col(table.id).desc())
    if which is not Which.ALL:
        query = query.where(is_pending if which is Which.PENDING else ~is_pending)
    if team_ids is not None:
        query = query.where(or_(col(table.giver_team_id).in_(team_ids), col(table.receiver_team_id).in_(team_ids)))
    async with deps.database.reading() as session:
        rows = (await session.execute(query)).scalars().all()
        return await brief(session, deps, snapshot, rows)


async def under_way(session: AsyncSession, asset_ids: Collection[int]) -> dict[Resource, int]:
    """Return what of these assets is in a handoff that waits for an answer or for its day, with its number."""
    table = tables.HandoffResource
    waits = col(table.state).in_([state.value for state in UNANSWERED])
    is_to_come = (col(table.state) == ResourceState.ACCEPTED.value) & col(table.moved_at).is_(None)
    query = select(table).where(col(table.asset_id).in_(asset_ids), or_(waits, is_to_come)).order_by(col(table.id))
    return {resource_of(row): row.handoff_id for row in (await session.execute(query)).scalars()}


async def free(deps: Deps, choices: Sequence[Choice]) -> list[Choice]:
    """Return what of these can be put into a new handoff. Raises InAnotherError where all is in one."""
    left = await left_of(deps, [Resource(asset.id, area) for asset, area in choices])
    return [(asset, area) for asset, area in choices if Resource(asset.id, area) in left]


async def left_of(deps: Deps, resources: Collection[Resource], *, besides: int | None = None) -> set[Resource]:
    """Return what of these is in no handoff under way, `besides` one. Raises InAnotherError where all of it is."""
    async with deps.database.reading() as session:
        found = await under_way(session, {each.asset_id for each in resources})
    taken = {each: number for each, number in found.items() if number != besides}
    left = {each for each in resources if each not in taken}
    if resources and not left:
        raise InAnotherError(taken[next(iter(resources))])
    return left

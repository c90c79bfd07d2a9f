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
from bot.services.handoff._cards import UNKNOWN, brief, loaded, resource_of
from bot.services.snapshot import Snapshot
from bot.services.transfers import Resource
from bot.store import tables
from bot.store.beside import is_lent

#: What can be handed over: an asset and an area of it.
Choice: TypeAlias = tuple[AssetRecord, Area]
#: What is said of a resource that is in one handoff already.
IN_ANOTHER = "That is in handoff #{0} already: look at it with `/handoff show {0}`."
#: Handoffs that a list shows at most.
MOST_LISTED = 20


async def one(deps: Deps, snapshot: Snapshot, handoff_id: int) -> HandoffCard:
    """Return a handoff. Raises NotFoundError where there is none."""
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
    """Return what of these can be put into a new handoff. Raises UserError, with its number, where all is in one."""
    async with deps.database.reading() as session:
        taken = await under_way(session, {asset.id for asset, _ in choices})
    left = [(asset, area) for asset, area in choices if Resource(asset.id, area) not in taken]
    if choices and not left:
        raise UserError(IN_ANOTHER.format(next(iter(taken.values()))))
    return left

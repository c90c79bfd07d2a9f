"""Handoffs as people look at them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlmodel import col

from bot.domain.handoff.handoffs import HandoffCard
from bot.errors import NotFoundError
from bot.services.deps import Deps
from bot.services.handoff._cards import UNKNOWN, brief, loaded
from bot.services.snapshot import Snapshot
from bot.store import tables

#: Handoffs that a list shows at most.
MOST_LISTED = 20


async def one(deps: Deps, snapshot: Snapshot, handoff_id: int) -> HandoffCard:
    """Return a handoff. Raises NotFoundError where there is none."""
    async with deps.database.reading() as session:
        row = await session.get(tables.Handoff, handoff_id)
        if row is None:
            raise NotFoundError(UNKNOWN)
        return await loaded(session, deps, snapshot, row)


async def pending(
    deps: Deps, snapshot: Snapshot, team_ids: Collection[int] | None = None, *, is_all: bool = False
) -> list[HandoffCard]:
    """Return the open handoffs, of these teams only where given, oldest first; with `is_all` the ended ones, too."""
    table = tables.Handoff
    query = select(table).order_by(col(table.id))
    if not is_all:
        query = query.where(col(table.closed_at).is_(None))
    if team_ids is not None:
        query = query.where(or_(col(table.giver_team_id).in_(team_ids), col(table.receiver_team_id).in_(team_ids)))
    async with deps.database.reading() as session:
        rows = (await session.execute(query)).scalars().all()
        return await brief(session, deps, snapshot, rows)

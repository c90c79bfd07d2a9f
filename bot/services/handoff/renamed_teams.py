"""The cards of handoffs whose teams are called otherwise now."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlmodel import col

from bot.services.cards import acting
from bot.services.deps import Deps
from bot.services.handoff._cards import NOBODY, ClockAct
from bot.services.snapshot import Snapshot
from bot.store import tables


async def redraw_open(deps: Deps, snapshot: Snapshot, team_ids: Collection[int]) -> None:
    """Let the messages about the open handoffs of these teams read as they stand."""
    row = tables.Handoff
    is_theirs = or_(col(row.giver_team_id).in_(team_ids), col(row.receiver_team_id).in_(team_ids))
    query = select(col(row.id)).where(col(row.closed_at).is_(None), is_theirs).order_by(col(row.id))
    async with deps.database.reading() as session:
        open_ids = (await session.execute(query)).scalars().all()
    for each in open_ids:
        async with acting(ClockAct(deps, snapshot, each, NOBODY), None) as act:
            await act.redraw()

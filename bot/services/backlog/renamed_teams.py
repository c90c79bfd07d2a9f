"""The messages about requests whose teams are called otherwise now."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import col

from bot.domain.backlog.requests import FREES_JOINED
from bot.services.backlog._cards import NOBODY, RequestAct
from bot.services.cards import acting
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables


async def redraw_open(deps: Deps, snapshot: Snapshot, team_ids: Collection[int]) -> None:
    """Let the messages about what these teams wait for read as they stand, and about what that is part of."""
    request, demand = tables.Request, tables.RequestDemand
    theirs = select(col(demand.request_id)).where(col(demand.team_id).in_(team_ids))
    query = select(col(request.id)).where(col(request.id).in_(theirs), col(request.state).not_in(list(FREES_JOINED)))
    async with deps.database.reading() as session:
        ids = (await session.execute(query.order_by(col(request.id)))).scalars().all()
    for each in ids:
        async with acting(RequestAct(deps, snapshot, each, NOBODY), None) as act:
            await act.redraw()

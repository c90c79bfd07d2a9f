"""Each event that Slack delivers is taken once, however often it is delivered."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col

from bot.services.deps import Deps
from bot.store.inserts import insert_into
from bot.store.tables import InboundEvent, core

#: Slack redelivers for five minutes; an outage of ours may add to that.
_KEPT = timedelta(days=1)


async def take(deps: Deps, event_id: str) -> bool:
    """Return whether this delivery is the first of its event, in this process or another."""
    table = core(InboundEvent)
    async with deps.database.transaction() as session:
        insert = insert_into(table, session.get_bind().dialect.name)
        statement = insert.values(event_id=event_id, received_at=deps.clock.now())
        result = await session.execute(statement.on_conflict_do_nothing(index_elements=["event_id"]))
        return bool(result.rowcount)  # type: ignore[attr-defined]  # an INSERT's result has it


async def forget_old(deps: Deps) -> None:
    """Delete what is too old to be delivered again."""
    async with deps.database.transaction() as session:
        await session.execute(delete(InboundEvent).where(col(InboundEvent.received_at) < deps.clock.now() - _KEPT))

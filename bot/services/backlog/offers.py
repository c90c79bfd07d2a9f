"""The offers to open a request that stand in a thread: once there is one, they lead to it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import backlog as blocks
from bot.blocks.request_button import OPEN, OpenValue
from bot.blocks.values import encode
from bot.domain.backlog.new_request import Origin
from bot.domain.backlog.requests import RequestCard
from bot.domain.outbox import ANSWER_PREFIX
from bot.services import outbox
from bot.services.deps import Deps
from bot.store import tables


async def settle(session: AsyncSession, deps: Deps, origin: Origin, card: RequestCard) -> None:
    """Let what Baton has offered in a thread read that there is a request; what else it has answered there stays."""
    if not origin.thread_ts:
        return
    table, last = tables.OutboxMessage, f"{ANSWER_PREFIX[:-1]};"
    here = (col(table.channel) == origin.channel_id) & (col(table.thread_ts) == origin.thread_ts)
    answers = (col(table.key) >= ANSWER_PREFIX) & (col(table.key) < last)  # a part of the index of keys
    found = await session.execute(select(col(table.key), col(table.body)).where(answers & here))
    opens = encode(OpenValue(origin.channel_id, origin.thread_ts))
    for key, body in found.all():
        buttons = [one for each in body.get("blocks", ()) for one in each.get("elements", ())]
        if any((one.get("action_id"), one.get("value")) == (OPEN, opens) for one in buttons):
            await outbox.revise(session, key=key, message=blocks.already(card), at=deps.clock.now())

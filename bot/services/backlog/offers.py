"""The offers to open a request that stand in a thread: once there is one, they lead to it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import backlog as blocks
from bot.blocks.backlog.actions import OtherValue
from bot.blocks.request_button import OPEN, OpenValue
from bot.blocks.values import encode
from bot.domain.backlog.new_request import Origin
from bot.domain.backlog.requests import RequestCard
from bot.domain.outbox import ANSWER_PREFIX
from bot.services import outbox
from bot.services.deps import Deps
from bot.store import tables


def used_key(source_key: str, subject: str) -> str:
    """Return the outbox key of what says that nothing was opened from a source because something is there already."""
    return f"backlog.used:{source_key}:{subject}"


async def settle(session: AsyncSession, deps: Deps, origin: Origin, card: RequestCard) -> None:
    """Let what Baton has offered in a thread read that there is a request; what else it has answered there stays.

    So does what said there that nothing was opened.
    """
    if not origin.thread_ts:
        return
    table, last = tables.OutboxMessage, f"{ANSWER_PREFIX[:-1]};"
    here = (col(table.channel) == origin.channel_id) & (col(table.thread_ts) == origin.thread_ts)
    answers = (col(table.key) >= ANSWER_PREFIX) & (col(table.key) < last)  # a part of the index of keys
    head = used_key(origin.key, "")
    uses = (col(table.key) >= head) & (col(table.key) < f"{head[:-1]};")
    found = await session.execute(select(col(table.key), col(table.body)).where((answers | uses) & here))
    opens = encode(OpenValue(origin.channel_id, origin.thread_ts))
    other = OtherValue(origin.channel_id, origin.thread_ts)
    for key, body in found.all():
        buttons = [one for each in body.get("blocks", ()) for one in each.get("elements", ())]
        is_offer = any((one.get("action_id"), one.get("value")) == (OPEN, opens) for one in buttons)
        if is_offer or key.startswith(head):
            await outbox.revise(session, key=key, message=blocks.already(card, other=other), at=deps.clock.now())

"""Take each delivery from Slack once, however often it arrives, and answer every event that was taken.

An event is written down before it is acknowledged. Its answer goes into the outbox in the transaction that takes the
event's payload away, so a process that dies in between answers after its next start, and never twice.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import col

from bot.blocks.text import Rendered
from bot.domain import rights
from bot.domain.outbox import ANSWER_PREFIX
from bot.errors import RepeatedError
from bot.services import outbox
from bot.services.deps import Deps
from bot.store.db import Writes, writes
from bot.store.inserts import add_once
from bot.store.tables import InboundEvent, core

#: Slack redelivers for five minutes; an outage of ours may add to that.
_KEPT = timedelta(days=2)
#: An event that has waited for so long was left behind by a process that died, or by a store in trouble …
_LEFT_BEHIND = timedelta(minutes=1)
#: … and after so long nobody waits for the answer any more: whoever asked has found another way.
_STILL_WANTED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to an event: where it goes, whom it is for, and what it says."""

    channel: str
    thread_ts: str
    user_id: str
    message: Rendered


@dataclass(slots=True)
class Interaction:
    """What a person does, while it is carried out. `trigger` is Slack's id of it, empty when it has none.

    `answer_by` is until when it may wait for Slack before anything is saved, on the clock of `time.perf_counter`; None
    where nobody waits for an acknowledgement.
    """

    trigger: str
    may_decide: bool
    user_id: str = ""
    answer_by: float | None = None
    is_taken: bool = False
    owed: Rendered | None = None  #: what its person is to be shown, until Slack has taken it
    is_shown: bool = False  #: its person was shown what came of it
    is_left_to_outbox: bool = False  #: they hear it in private


#: Set by `begin` for whatever a person does; None outside of that.
interaction: ContextVar[Interaction | None] = ContextVar("interaction", default=None)


def begin(current: Interaction) -> None:
    """Let what follows be this interaction's."""
    interaction.set(current)
    writes.set(Writes())


def cannot_tell_whether_saved() -> None:
    """Note that something else than Baton has acted: what it has saved is not known here."""
    writes.set(Writes(may_be_saved=True))


def may_be_saved() -> bool:
    """Tell whether anything that the present interaction asked for is saved, or may be."""
    asked = writes.get()
    return asked is not None and asked.may_be_saved


def seconds_to_wait() -> float | None:
    """Return how long the present interaction may still wait for Slack; None for as long as that takes."""
    current = interaction.get()
    return None if current is None or current.answer_by is None else max(current.answer_by - time.perf_counter(), 0.0)


def is_guest() -> bool:
    """Whether the present interaction is of somebody who only reads: a guest, or an outsider in an opened channel."""
    current = interaction.get()
    return current is not None and not current.may_decide


def require_full_member(right: rights.Right = rights.Right.CHANGE) -> None:
    """Raise NotAllowedError for somebody who only reads."""
    rights.require(rights.Actor(is_guest=is_guest()), right)


async def begin_decision(deps: Deps) -> None:
    """Let the person of the present interaction decide something, once.

    Every change that a person makes begins here. Raises NotAllowedError for a guest, RepeatedError for an interaction
    that was carried out before, by this process or another.
    """
    current = interaction.get()
    if current is None:
        return
    require_full_member()
    if current.trigger and not current.is_taken:
        current.is_taken = await take(deps, f"act:{current.trigger}")
        if not current.is_taken:
            raise RepeatedError


async def take(deps: Deps, event_id: str, payload: Mapping[str, Any] | None = None) -> bool:
    """Return whether this delivery is the first, in this process or another; keep the `payload` of one to answer."""
    async with deps.database.transaction(is_aside=True) as session:
        return await add_once(session, InboundEvent, event_id=event_id, received_at=deps.clock.now(), payload=payload)


async def release(deps: Deps, event_id: str) -> None:
    """Let something that was taken and could not be done be taken again."""
    async with deps.database.transaction(is_aside=True) as session:
        await session.execute(delete(InboundEvent).where(col(InboundEvent.event_id) == event_id))


async def settle(deps: Deps, event_id: str, reply: Reply | None) -> None:
    """Put the answer to an event into the outbox, once; with None there is nothing to say."""
    table = core(InboundEvent)
    async with deps.database.transaction() as session:
        await session.execute(
            update(table).where(table.c.event_id == event_id, table.c.payload.is_not(None)).values(payload=None)
        )
        if reply is not None:
            await outbox.enqueue(
                session,
                key=answer_key(event_id),
                channel=reply.channel,
                message=reply.message,
                at=deps.clock.now(),
                thread_ts=reply.thread_ts,
                fallbacks=[reply.user_id],
            )


def answer_key(event_id: str) -> str:
    """Return the outbox key of the answer to an event."""
    return f"{ANSWER_PREFIX}{event_id}"


async def left_behind(deps: Deps, *, at_start: bool = False) -> dict[str, Mapping[str, Any]]:
    """Return the events that wait for an answer which nobody is at work on, oldest first, by their ids."""
    now = deps.clock.now()
    before = now if at_start else now - _LEFT_BEHIND
    async with deps.database.reading() as session:
        rows = await session.execute(
            select(InboundEvent)
            .where(
                col(InboundEvent.payload).is_not(None),
                col(InboundEvent.received_at) > now - _STILL_WANTED,
                col(InboundEvent.received_at) <= before,
            )
            .order_by(col(InboundEvent.received_at))
        )
        return {row.event_id: row.payload or {} for row in rows.scalars()}


async def forget_old(deps: Deps) -> None:
    """Delete what is too old to be delivered again."""
    async with deps.database.transaction() as session:
        await session.execute(delete(InboundEvent).where(col(InboundEvent.received_at) < deps.clock.now() - _KEPT))

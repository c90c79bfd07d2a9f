"""Claiming a message, and writing down what became of it, so that two processes never both do."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.text import Rendered
from bot.services import shared_channels
from bot.services.deps import Deps
from bot.services.outbox._enqueue import tell_askers
from bot.services.outbox._pace import Call, Pace
from bot.services.outbox._queue import UPDATES, goes_into_thread
from bot.store.tables import OutboxMessage, core

log = logging.getLogger(__name__)

_TABLE = core(OutboxMessage)
#: How long a process may take to post what it claimed; longer than the client waits for Slack.
CLAIM = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a post goes: an address, and the thread in it."""

    channel: str
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryClaim:
    """A message that this process, and nobody else, may deliver until `until`.

    `message` is the row as it was before the claim; `attempts` includes this one. `is_closed` is whether other
    organisations are where it goes, or is.
    """

    message: OutboxMessage
    place: Place
    until: datetime
    attempts: int
    is_closed: bool


@dataclass(frozen=True, slots=True)
class News:
    """What whoever caused a message is told of it. Without `is_first` only those who were told otherwise before."""

    message: Rendered
    is_first: bool


async def claim(deps: Deps, pace: Pace, number: int) -> DeliveryClaim | None:
    """Claim a message whose turn it is; None when it is not due any more, or has to wait after all."""
    now = deps.clock.now()
    due = _TABLE.c.id == number, _TABLE.c.due_at <= now, _TABLE.c.lane.is_not(None)
    async with deps.database.transaction() as session:
        query = select(OutboxMessage).where(*due).with_for_update(skip_locked=True)
        message = (await session.execute(query)).scalar_one_or_none()
        if message is None:
            return None
        calls = [Call.UPDATE if message.ts is not None else Call.POST]
        if message.ts is None and message.unsure_since is not None:
            calls.append(Call.FIND)
        if any(pace.is_closed(call, now) for call in calls):
            return None  # Slack has asked for a pause, or refused to let Baton in, since it was picked
        place = await _place(session, message)
        is_closed = place is not None and await shared_channels.is_closed(session, deps, place.channel)
        if place is None:
            # Its root is being posted anew: it steps out of its line until that is done.
            values: dict[str, Any] = {"lane": None, "state": "waiting"}
        else:
            values = {"state": "sending", "attempts": message.attempts + 1, "due_at": now + CLAIM}
            if message.ts is None and message.unsure_since is None:
                values |= _about_to_post(message, place) | {"unsure_since": now}
        await session.execute(update(_TABLE).where(_TABLE.c.id == number).values(**values))
    if place is None:
        return None
    return DeliveryClaim(message, place, now + CLAIM, message.attempts + 1, is_closed)


async def _place(session: AsyncSession, message: OutboxMessage) -> Place | None:
    """Return where a message goes; None while its root is not in Slack."""
    if message.ts is not None:
        return Place(message.posted_channel or message.channel)
    if not goes_into_thread(message):
        return Place(message.channel, message.thread_ts if message.parent_key is None else None)
    root = await session.scalar(select(OutboxMessage).where(col(OutboxMessage.key) == message.parent_key))
    if root is None:
        return Place(message.channel)
    if root.ts is None:
        return None
    # Slack has no threads within threads: what replies to a reply goes into the same thread.
    return Place(root.posted_channel or root.channel, root.thread_ts or root.ts)


def _about_to_post(message: OutboxMessage, place: Place) -> dict[str, Any]:
    """What whoever looks for the message later has to know."""
    return {
        "tried_revision": message.revision,
        "thread_ts": place.thread_ts,
        "posted_channel": place.channel if place.thread_ts else None,
    }


async def renew(deps: Deps, held: DeliveryClaim) -> DeliveryClaim | None:
    """Claim once more right before posting what was looked for and not found; None when the claim ran out."""
    until = deps.clock.now() + CLAIM
    if not await conclude(deps, held, _about_to_post(held.message, held.place) | {"state": "sending", "due_at": until}):
        return None
    return replace(held, until=until)


async def conclude(deps: Deps, held: DeliveryClaim, values: Mapping[str, Any], news: News | None = None) -> bool:
    """Write down what became of a claimed message; return False, having changed nothing, when the claim ran out."""
    message = held.message
    own = _TABLE.c.id == message.id, _TABLE.c.state == "sending", _TABLE.c.due_at == held.until
    async with deps.database.transaction() as session:
        result = await session.execute(update(_TABLE).where(*own).values(**values))
        if not result.rowcount:  # type: ignore[attr-defined]  # an UPDATE's result has it
            log.warning("outbox message %s: its claim ran out before its outcome was written down", message.id)
            return False
        if news is not None:
            now = deps.clock.now()
            await tell_askers(session, key=message.key, news=news.message, at=now, is_first=news.is_first)
    return True


def settled(revision: int, state: str) -> dict[str, Any]:
    """Return the state of a message that is done with, or that waits again because it got other words meanwhile."""
    is_current = _TABLE.c.revision == revision
    line = case((_TABLE.c.ts.is_(None), _TABLE.c.channel), else_=UPDATES) if state == "failed" else UPDATES
    return {
        "state": case((is_current, state), else_="waiting"),
        "lane": case((is_current, None), else_=line),
        "attempts": case((is_current, _TABLE.c.attempts), else_=0),
    }

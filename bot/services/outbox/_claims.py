"""Claiming a message, and writing down what became of it, so that two processes never both do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Update, bindparam, case, null, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.blocks.text import Rendered
from bot.domain.outbox import MOST_ATTEMPTS
from bot.ports import Posted
from bot.services.deps import Deps
from bot.services.outbox._enqueue import tell_askers
from bot.services.outbox._queue import COLUMNS, UPDATES, Picked, WaitingMessage
from bot.store.tables import OutboxMessage, core

log = logging.getLogger(__name__)

_TABLE = core(OutboxMessage)
#: How long a process may take to post what it claimed; longer than the client waits for Slack.
CLAIM = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class PostTarget:
    """Where a post goes: an address, and the thread in it."""

    channel: str
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryClaim:
    """A message that this process, and nobody else, may deliver until `until`. `attempts` includes this one."""

    message: WaitingMessage
    target: PostTarget
    until: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class News:
    """What whoever caused a message is told of it. Without `is_first` only those who were told otherwise before."""

    key: str
    message: Rendered
    is_first: bool


@dataclass(frozen=True, slots=True)
class _Change:
    """An update of the row with this number, and whether it applied. Plain successes come as parameters of `_SENT`."""

    number: int
    statement: Update | Mapping[str, Any]
    outcome: asyncio.Future[bool]
    news: News | None = None


def target_of(picked: Picked) -> PostTarget | None:
    """Return where a message goes; None while its root is not in Slack, because it is being posted anew."""
    if picked.message.ts is not None:
        return PostTarget(picked.message.posted_channel or picked.message.channel)
    if picked.root is None:
        is_reply = picked.message.parent_key is not None
        return PostTarget(picked.message.channel, None if is_reply else picked.message.thread_ts)
    return PostTarget(picked.root.channel, picked.root.ts) if picked.root.ts is not None else None


def _about_to_post(message: WaitingMessage, target: PostTarget) -> dict[str, Any]:
    """What whoever looks for the message later has to know."""
    return {
        "tried_revision": message.revision,
        "thread_ts": target.thread_ts,
        "posted_channel": target.channel if target.thread_ts else None,
    }


def settled(revision: int, state: str) -> dict[str, Any]:
    """Return the state of a message that is done with, or that waits again because it got other words meanwhile."""
    is_current = _TABLE.c.revision == revision
    line = case((_TABLE.c.ts.is_(None), _TABLE.c.channel), else_=UPDATES) if state == "failed" else UPDATES
    return {
        "state": case((is_current, state), else_="waiting"),
        "lane": case((is_current, None), else_=line),
        "attempts": case((is_current, _TABLE.c.attempts), else_=0),
    }


#: A message as it was before it was claimed for its first attempt.
_BEFORE: dict[str, ColumnElement[Any]] = {"attempts": _TABLE.c.attempts - 1, "unsure_since": null()}
_UNTRIED = tuple(_BEFORE.get(column.name, column) for column in COLUMNS)


class Ledger:
    """Writes claims and outcomes down. What comes while a transaction is under way goes into the next one together:

    a transaction costs more than a post, and a message needs two.
    """

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._waiting: list[_Change] = []
        self._writing: asyncio.Task[None] | None = None

    async def claim_many(self, ids: Sequence[int], now: datetime) -> list[DeliveryClaim]:
        """Claim, in one go, those that are plain posts never tried before; the others are claimed one by one."""
        values = {
            "state": "sending",
            "attempts": _TABLE.c.attempts + 1,
            "due_at": now + CLAIM,
            "unsure_since": now,
            "tried_revision": _TABLE.c.revision,
        }
        free = (
            select(_TABLE.c.id)
            .where(
                _TABLE.c.id.in_(ids),
                _TABLE.c.due_at <= now,
                _TABLE.c.lane.is_not(None),
                _TABLE.c.ts.is_(None),
                _TABLE.c.unsure_since.is_(None),
                _TABLE.c.parent_key.is_(None),
                _TABLE.c.attempts < MOST_ATTEMPTS,
            )
            .order_by(_TABLE.c.id)
            .with_for_update(skip_locked=True)
        )
        statement = update(_TABLE).where(_TABLE.c.id.in_(free)).values(**values).returning(*_UNTRIED)
        async with self._deps.database.transaction() as session:
            rows = (await session.execute(statement)).all()
        order = {number: place for place, number in enumerate(ids)}
        messages = sorted((WaitingMessage(*row) for row in rows), key=lambda message: order[message.id])
        return [
            DeliveryClaim(each, PostTarget(each.channel, each.thread_ts), now + CLAIM, each.attempts + 1)
            for each in messages
        ]

    async def claim(self, picked: Picked, target: PostTarget) -> DeliveryClaim | None:
        """Claim the message as it was read; None when somebody else was quicker, or has changed it."""
        message, now = picked.message, self._deps.clock.now()
        values: dict[str, Any] = {"state": "sending", "attempts": message.attempts + 1, "due_at": now + CLAIM}
        if message.ts is None and message.unsure_since is None:
            values |= _about_to_post(message, target) | {"unsure_since": now}
        same = (
            _TABLE.c.state == message.state,
            _TABLE.c.due_at == message.due_at,
            _TABLE.c.revision == message.revision,
            _TABLE.c.lane == message.lane,
        )
        if not await self._change(message, *same, values=values):
            return None
        return DeliveryClaim(message, target, now + CLAIM, message.attempts + 1)

    async def renew(self, held: DeliveryClaim) -> DeliveryClaim | None:
        """Claim once more right before posting what was looked for and not found; None when the claim ran out."""
        until = self._deps.clock.now() + CLAIM
        values = _about_to_post(held.message, held.target) | {"due_at": until}
        if not await self._change(held.message, *_holding(held), values=values):
            log.warning("outbox message %s: its claim ran out while it was looked for", held.message.id)
            return None
        return DeliveryClaim(held.message, held.target, until, held.attempts)

    async def step_aside(self, picked: Picked) -> None:
        """Take a reply out of its line until its root is in Slack again."""
        message = picked.message
        same = _TABLE.c.state == message.state, _TABLE.c.due_at == message.due_at
        await self._change(message, *same, values={"lane": None, "state": "waiting"})

    async def conclude(self, held: DeliveryClaim, values: Mapping[str, Any], news: News | None = None) -> None:
        """Write down what became of a claimed message, unless the claim ran out."""
        if not await self._change(held.message, *_holding(held), values=values, news=news):
            log.warning("outbox message %s: its claim ran out before Slack answered", held.message.id)

    async def sent(self, held: DeliveryClaim, posted: Posted, revision: int, news: News | None) -> None:
        """Write down that a claimed message is in Slack, in the words of this revision."""
        values = {
            "row": held.message.id,
            "until": held.until,
            "posted_revision": revision,
            "new_ts": posted.ts,
            "new_channel": posted.channel,
            "now": self._deps.clock.now(),
        }
        if not await self._write_down(held.message, values, news):
            log.warning("outbox message %s: its claim ran out before Slack answered", held.message.id)

    async def close(self) -> None:
        """Wait until everything is written."""
        if self._writing is not None:
            await self._writing

    async def _change(
        self,
        message: WaitingMessage,
        *conditions: ColumnElement[bool],
        values: Mapping[str, Any],
        news: News | None = None,
    ) -> bool:
        """Change one row if the conditions still hold; return whether they did."""
        statement = update(_TABLE).where(_TABLE.c.id == message.id, *conditions).values(**values)
        return await self._write_down(message, statement, news)

    async def _write_down(
        self, message: WaitingMessage, statement: Update | Mapping[str, Any], news: News | None = None
    ) -> bool:
        change = _Change(message.id, statement, asyncio.get_running_loop().create_future(), news)
        self._waiting.append(change)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await change.outcome

    async def _write(self) -> None:
        try:
            while self._waiting:
                # In one order for all processes, so that they do not wait for each other in a circle.
                batch, self._waiting = sorted(self._waiting, key=lambda change: change.number), []
                try:
                    await self._write_together(batch)
                except Exception:
                    if len(batch) > 1:
                        log.info("%d outcomes are written one by one", len(batch), exc_info=True)
                    for change in batch:
                        await self._write_alone(change)
        finally:
            self._writing = None

    async def _write_together(self, batch: Sequence[_Change]) -> None:
        async with self._deps.database.transaction() as session:
            connection = await session.connection()
            if len(batch) > 1 and not self._deps.database.is_sqlite:
                # Whoever revises several messages locks their rows in an order of their own: then let them go ahead,
                # before the database would choose a victim.
                await connection.execute(text("SET LOCAL lock_timeout = '200ms'"))
            plain = [change for change in batch if not isinstance(change.statement, Update)]
            outcomes = {
                change.number: bool((await connection.execute(change.statement)).rowcount)
                for change in batch
                if isinstance(change.statement, Update)
            }
            if plain:
                outcomes |= await _mark_sent(connection, plain)
            now = self._deps.clock.now()
            for change in batch:
                if (news := change.news) is not None and outcomes[change.number]:
                    await tell_askers(session, key=news.key, news=news.message, at=now, is_first=news.is_first)
        for change in batch:
            if not change.outcome.done():
                change.outcome.set_result(outcomes[change.number])

    async def _write_alone(self, change: _Change) -> None:
        try:
            await self._write_together([change])
        except Exception as error:  # noqa: BLE001 - whoever waits for it is told
            if not change.outcome.done():
                change.outcome.set_exception(error)


async def _mark_sent(connection: AsyncConnection, changes: Sequence[_Change]) -> dict[int, bool]:
    parameters = [dict(change.statement) for change in changes if not isinstance(change.statement, Update)]
    if (await connection.execute(_SENT, parameters)).rowcount == len(parameters):
        return dict.fromkeys((change.number for change in changes), True)
    numbers = [change.number for change in changes]
    found = await connection.execute(select(_TABLE.c.id, _TABLE.c.ts).where(_TABLE.c.id.in_(numbers)))
    stored = {row.id: row.ts for row in found}
    return {each["row"]: stored.get(each["row"]) == each["new_ts"] for each in parameters}


#: A post that Slack has taken. Which of many did not apply is found out only when some did not. As text, because each
#: constant would be a parameter otherwise.
_SENT = text(
    "UPDATE outbox SET ts = :new_ts, posted_channel = :new_channel, sent_at = :now, due_at = :now,"
    " error = '', attempts = 0, unsure_since = NULL,"
    " state = CASE WHEN revision = :posted_revision THEN 'sent' ELSE 'waiting' END,"
    " lane = CASE WHEN revision = :posted_revision THEN NULL ELSE :updates END"
    " WHERE id = :row AND state = 'sending' AND due_at = :until"
).bindparams(
    bindparam("new_ts", type_=_TABLE.c.ts.type),
    bindparam("new_channel", type_=_TABLE.c.posted_channel.type),
    bindparam("now", type_=_TABLE.c.due_at.type),
    bindparam("until", type_=_TABLE.c.due_at.type),
    bindparam("posted_revision", type_=_TABLE.c.revision.type),
    bindparam("updates", UPDATES),
    bindparam("row", type_=_TABLE.c.id.type),
)


def _holding(held: DeliveryClaim) -> tuple[ColumnElement[bool], ...]:
    return _TABLE.c.state == "sending", _TABLE.c.due_at == held.until

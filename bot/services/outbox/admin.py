"""What administrators see of the outbox and may do with it: look, try again, let go; and what is old is forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, and_, cast, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot.blocks.outbox import DROPPED, lost
from bot.domain.outbox import ANSWER_PREFIX
from bot.errors import NotFoundError, UserError
from bot.services.deps import Deps
from bot.services.outbox._enqueue import fresh_start, meant_for, tell_askers
from bot.store.journal import audit
from bot.store.tables import OutboxMessage, core

_TABLE = core(OutboxMessage)
#: A sent message is kept for so long after its last change; after that a revision does nothing.
KEPT = timedelta(days=400)
#: How long an answer to a question is kept once it is sent.
ANSWER_KEPT = timedelta(days=1)
#: A place that refused a message is named for so long, unless Slack has taken something there since.
NAMED = timedelta(days=30)
_UNDELIVERED = ("failed", "waiting", "sending")


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """A message as an administrator sees it. `text` is empty unless it was asked for: it may be private."""

    id: int
    key: str
    channel: str
    state: str
    is_update: bool
    attempts: int
    error: str
    #: Whether Slack may have it although it never said so.
    is_unsure: bool
    created_at: datetime
    due_at: datetime
    moved_from: Sequence[dict[str, str]] = field(default=())
    text: str = ""


@dataclass(frozen=True, slots=True)
class QueuedMessages:
    """Some messages and how many there are in all, those that failed first, then the oldest."""

    items: Sequence[QueuedMessage]
    total: int


@dataclass(frozen=True, slots=True)
class RefusedPlace:
    """A place that cannot be posted to, as far as is known; what was meant for it went to its fall-backs.

    `channel` is a channel's id or name, or a person's id; `error` is Slack's last code, `messages` how many it refused.
    """

    channel: str
    error: str
    messages: int
    last_at: datetime


async def listed(
    deps: Deps, *, is_everything: bool = False, with_text: bool = False, most: int = 200
) -> QueuedMessages:
    """Return what has not been delivered, or everything that is kept, at most `most` of it."""
    chosen = _TABLE.c.state.in_(_UNDELIVERED) if not is_everything else _TABLE.c.id.is_not(None)
    async with deps.database.reading() as session:
        connection = await session.connection()
        total = (await connection.execute(select(func.count()).select_from(_TABLE).where(chosen))).scalar_one()
        query = select(_TABLE).where(chosen).order_by(_TABLE.c.state != "failed", _TABLE.c.id).limit(most)
        rows = (await connection.execute(query)).all()
    return QueuedMessages([_item(row, with_text=with_text) for row in rows], int(total))


async def refused(deps: Deps) -> list[RefusedPlace]:
    """Return the places that lately refused what was then sent elsewhere, and took nothing since; the latest first.

    A place leaves the list when Slack takes the next message there, or `NAMED` after its last refusal.
    """
    since = deps.clock.now() - NAMED
    went = (_TABLE.c.due_at >= since) & (cast(_TABLE.c.moved_from, Text) != "[]")
    found: dict[str, RefusedPlace] = {}
    async with deps.database.reading() as session:
        connection = await session.connection()
        rows = (await connection.execute(select(_TABLE.c.moved_from, _TABLE.c.created_at).where(went))).all()
        for at, channel, error in sorted(one for row in rows for one in _refusals(row)):
            before = found[channel].messages if channel in found else 0
            found[channel] = RefusedPlace(channel, error, before + 1, at)
        sent = select(_TABLE.c.channel, func.max(_TABLE.c.sent_at)).where(_TABLE.c.channel.in_(found))
        taken = {channel: at for channel, at in await connection.execute(sent.group_by(_TABLE.c.channel)) if at}
    stands = [each for each in found.values() if each.last_at >= max(since, taken.get(each.channel, since))]
    return sorted(stands, key=lambda each: (each.last_at, each.channel), reverse=True)


def _refusals(row: Any) -> Iterator[tuple[datetime, str, str]]:
    for entry in row.moved_from:
        if entry["channel"]:
            at = datetime.fromisoformat(entry["at"]) if "at" in entry else row.created_at
            yield at, entry["channel"], entry["error"]


def _item(row: Any, *, with_text: bool) -> QueuedMessage:
    return QueuedMessage(
        id=row.id,
        key=row.key,
        channel=row.channel,
        state=row.state,
        is_update=row.ts is not None and row.state != "sent",
        attempts=row.attempts,
        error=row.error,
        is_unsure=row.unsure_since is not None and row.state != "sending",
        created_at=row.created_at,
        due_at=row.due_at,
        moved_from=row.moved_from,
        text=str(row.body.get("text", "")) if with_text else "",
    )


async def retry(deps: Deps, ids: Sequence[int], *, actor: str) -> int:
    """Try messages again now, those that failed where they were first meant to go; return how many.

    What was dropped is taken up again. Raises NotFoundError for an id that is not there, and UserError for a message
    that is sent, or being sent at this moment; then nothing is changed.
    """
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        for row in await _rows(session, ids):
            if row.state in ("sent", "sending"):
                raise UserError(f"Message {row.id} is {_DONE[row.state]}: there is nothing to try again.")
            values = {"due_at": now, "attempts": 0} if row.state == "waiting" else fresh_start(row, now)
            await _change(session, row, values)
            await audit(session, now, actor, "outbox.retry", f"outbox:{row.id}")
    return len(set(ids))


async def retry_failed(deps: Deps, *, actor: str) -> int:
    """Try everything again that failed; return how many messages that were."""
    async with deps.database.reading() as session:
        query = select(_TABLE.c.id).where(_TABLE.c.state == "failed")
        ids = list((await (await session.connection()).execute(query)).scalars())
    return await retry(deps, ids, actor=actor) if ids else 0


async def drop(deps: Deps, ids: Sequence[int], *, actor: str) -> int:
    """Let go of messages that are not sent yet, or of updates that were not made yet; return how many.

    Replies to one that is dropped are posted on their own. Raises NotFoundError for an id that is not there, and
    UserError for a message that is sent, or being sent at this moment; then nothing is changed.
    """
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        for row in await _rows(session, ids):
            if row.state in _DONE:
                raise UserError(f"Message {row.id} is {_DONE[row.state]}: there is nothing to drop.")
            # Of a message that is in Slack only the update is dropped: it stays as it reads there.
            state = "dropped" if row.ts is None else "sent"
            await _change(session, row, {"state": state, "lane": None, "due_at": now})
            name = meant_for(row.body)
            if name is not None and row.ts is None:
                news = lost(name, text=row.body["text"], codes=[DROPPED], is_unsure=row.unsure_since is not None)
                await tell_askers(session, key=row.key, news=news, at=now, is_first=True)
            await audit(session, now, actor, "outbox.drop", f"outbox:{row.id}")
    return len(set(ids))


_DONE = {"sent": "sent already", "sending": "being sent at this moment", "dropped": "dropped already"}


async def _rows(session: AsyncSession, ids: Sequence[int]) -> Sequence[Any]:
    wanted = sorted(set(ids))
    query = select(_TABLE).where(_TABLE.c.id.in_(wanted)).order_by(_TABLE.c.id).with_for_update()
    rows = (await (await session.connection()).execute(query)).all()
    missing = [str(number) for number in wanted if number not in {row.id for row in rows}]
    if missing:
        raise NotFoundError(f"There is no message {', '.join(missing)}: `baton outbox list` shows those there are.")
    return rows


async def _change(session: AsyncSession, row: Any, values: dict[str, Any]) -> None:
    connection: AsyncConnection = await session.connection()
    await connection.execute(update(_TABLE).where(_TABLE.c.id == row.id).values(**values))


async def forget_old(deps: Deps) -> int:
    """Delete messages sent long ago, and what was dropped, unless a reply is kept; return how many.

    Answers to questions are deleted after a day: nobody revises them, and they may be private.

    Their keys are forgotten with them, so nothing that old may be enqueued again under the same key.
    """
    reply = _TABLE.alias("reply")
    is_needed = select(reply.c.id).where(reply.c.parent_key == _TABLE.c.key).exists()
    now = deps.clock.now()
    is_answer = _TABLE.c.key.startswith(ANSWER_PREFIX), _TABLE.c.due_at < now - ANSWER_KEPT
    old = _TABLE.c.state.in_(("sent", "dropped")), or_(_TABLE.c.due_at < now - KEPT, and_(*is_answer))
    async with deps.database.transaction() as session:
        connection = await session.connection()
        return int((await connection.execute(delete(_TABLE).where(*old, ~is_needed))).rowcount)

"""Putting messages into the outbox, giving them other words, and asking where they went."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks.text import Rendered
from bot.store.inserts import insert_into
from bot.store.tables import OutboxMessage, core

_TABLE = core(OutboxMessage)


@cache
def _once(dialect: str) -> Any:
    """Return the insert of a message that does nothing where the key is used; made once, for scans add thousands."""
    return insert_into(_TABLE, dialect).on_conflict_do_nothing(index_elements=["key"])


async def enqueue(  # noqa: PLR0913 - all but the session by name
    session: AsyncSession,
    *,
    key: str,
    channel: str,
    message: Rendered,
    at: datetime,
    parent_key: str | None = None,
    is_broadcast: bool = False,
    thread_ts: str = "",
    fallbacks: Sequence[str] = (),
) -> bool:
    """Add a message to the transaction of its cause, not to be posted before `at`.

    With `parent_key` it is a reply in the thread under the message with that key, in whichever channel that one
    landed, and waits for it; `is_broadcast` shows it in the channel as well. `thread_ts` is a thread that somebody
    else began. When `channel` cannot be posted to for good, the `fallbacks`, channel or user ids, are tried in turn.
    Returns False, and adds nothing, when the key was used before.
    """
    values = {
        "key": key,
        "channel": channel,
        "body": message.as_body(),
        "state": "waiting",
        "attempts": 0,
        "created_at": at,
        "due_at": at,
        "error": "",
        "revision": 0,
        "tried_revision": 0,
        "edition": 0,
        "parent_key": parent_key,
        "is_broadcast": is_broadcast,
        "thread_ts": thread_ts or None,
        "fallbacks": [place for place in dict.fromkeys(fallbacks) if place and place != channel],
        "moved_from": [],
    }
    # Past the session's own machinery, which would cost four times as much for each of a scan's thousands.
    result = await session.execute(_once(session.get_bind().dialect.name), values)
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an INSERT's result has it


async def revise(session: AsyncSession, *, key: str, message: Rendered, at: datetime) -> bool:
    """Let the message with this key read like this from now on.

    One that is not sent yet is sent in its new words; one that is sent is updated in place; one that is being sent
    is sent, then updated. One that had failed is tried again where it was first meant to go. One that is gone from
    Slack, or cannot be edited any more, is posted anew, and later replies go under the new one. Returns False, and
    changes nothing, when there is no such message, when it reads like that already, or when it was dropped.
    """
    connection = await session.connection()
    row = (await connection.execute(_READ, {"wanted": key})).one_or_none()
    body = message.as_body()
    if row is None or row.state == "dropped" or _same(row.body, body):
        return False
    values: dict[str, Any] = {"body": body, "revision": row.revision + 1}
    if row.state == "sent":
        values |= {"state": "waiting", "due_at": at, "attempts": 0}
    elif row.state == "failed":
        values |= fresh_start(row, at)
    await connection.execute(update(_TABLE).where(_TABLE.c.id == row.id).values(**values))
    return True


_READ = (
    select(
        *(
            _TABLE.c[name]
            for name in ("id", "state", "body", "revision", "channel", "fallbacks", "moved_from", "ts", "unsure_since")
        )
    )
    .where(_TABLE.c.key == bindparam("wanted"))
    .with_for_update()
)


async def moved_to(session: AsyncSession, keys: Collection[str]) -> dict[str, str]:
    """Return where messages go now that could not be posted where they were meant to go, by their keys."""
    t = _TABLE.c
    rows = await session.execute(select(t.key, t.channel, t.moved_from).where(t.key.in_(keys)))
    return {row.key: row.channel for row in rows if row.moved_from}


def fresh_start(row: Any, at: datetime) -> dict[str, Any]:
    """Return the changes with which a failed message is tried again, where it was first meant to go.

    What is in Slack stays the message's own, and what may be there is still looked for in the last place.
    """
    values: dict[str, Any] = {"state": "waiting", "due_at": at, "attempts": 0, "lane": None, "error": ""}
    if row.ts is not None or row.unsure_since is not None:
        return values
    places = [entry["channel"] for entry in row.moved_from if entry.get("channel")]
    first, *rest = dict.fromkeys([*places, row.channel, *row.fallbacks])
    return values | {"channel": first, "fallbacks": rest, "moved_from": []}


def _same(stored: dict[str, Any], body: dict[str, Any]) -> bool:
    """Whether both are the same JSON."""
    return bool(stored == json.loads(json.dumps(body)))

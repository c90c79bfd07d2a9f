"""Putting messages into the outbox, giving them other words, and asking where they went."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks.text import EDITED_TEXT, Rendered, size
from bot.store.inserts import insert_into
from bot.store.tables import OutboxMessage, core

_TABLE = core(OutboxMessage)
#: The field of a message's body that says who caused it and for whom it is: `{"ids": ["U0EVE"], "name": "Payments"}`.
_ASKERS = "askers"
_UNSENT = ("waiting", "sending")
_NOT_YET_SENT = (_TABLE.c.state == "waiting", _TABLE.c.ts.is_(None), _TABLE.c.unsure_since.is_(None))


@dataclass(frozen=True, slots=True)
class Asker:
    """Who caused a message that they were told of: they hear when it goes elsewhere, or nowhere.

    `slack_id` is theirs, `name` that of the team or person whom the message is for. With `is_of_loss` they were not
    told where it goes, and hear only when it goes nowhere.
    """

    slack_id: str
    name: str
    is_of_loss: bool = False


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a message is in Slack, or goes next."""

    channel: str
    is_sent: bool = False
    is_lost: bool = False  #: it failed, or was dropped by an administrator
    since: datetime | None = None  #: when it was enqueued
    at: datetime | None = None  #: when it was posted, or given up; None while it waits


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
    asker: Asker | None = None,
) -> bool:
    """Add a message to the transaction of its cause, not to be posted before `at`.

    With `parent_key` it is a reply in the thread under the message with that key, in whichever channel that one
    landed, and waits for it; `is_broadcast` shows it in the channel as well. `thread_ts` is a thread that somebody
    else began. When `channel` cannot be posted to for good, or that thread is gone, the `fallbacks`, channel or user
    ids, are tried in turn.
    When it does not get where it was meant to go, `asker` hears of it. Returns False, and adds nothing, when the key
    was used before.
    """
    values = {
        "key": key,
        "channel": channel,
        "body": message.as_body() | _asked_by(asker),
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
    insert = insert_into(_TABLE, session.get_bind().dialect.name)
    result = await session.execute(insert.on_conflict_do_nothing(index_elements=["key"]), values)
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an INSERT's result has it


async def revise(session: AsyncSession, *, key: str, message: Rendered, at: datetime) -> bool:
    """Let the message with this key read like this from now on.

    One that is not sent yet is sent in its new words; one that is sent is updated in place; one that is being sent
    is sent, then updated. One that had failed is tried again where it was first meant to go. One that is gone from
    Slack, or cannot be edited any more, is posted anew, and later replies go under the new one. Returns False, and
    changes nothing, when there is no such message, when it reads like that already, or when it was dropped.
    """
    row = await _locked(session, key)
    if row is None or row.state == "dropped":
        return False
    body = message.as_body() | _asked_by(None, row.body)
    if row.body == json.loads(json.dumps(body)):
        return False
    values: dict[str, Any] = {"body": body, "revision": row.revision + 1}
    if row.state == "sent":
        values |= {"state": "waiting", "due_at": at, "attempts": 0}
    elif row.state == "failed":
        values |= fresh_start(row, at)
    await session.execute(update(_TABLE).where(_TABLE.c.id == row.id).values(**values))
    return True


async def redraw(
    session: AsyncSession, keys: Collection[str], redrawn: Callable[[str, Rendered], Rendered], *, at: datetime
) -> None:
    """Let each of these messages read as `redrawn` makes it, which is given its key and how it reads now.

    Slack edits no message that is as long as the longest that it takes. Such a one stays as it is.
    """
    query = select(_TABLE.c.key, _TABLE.c.body, _TABLE.c.ts).where(_TABLE.c.key.in_(keys))
    for row in (await session.execute(query)).all():
        before = Rendered(row.body["text"], row.body.get("blocks", ()))
        now = redrawn(row.key, before)
        if now != before and (row.ts is None or size(now) <= EDITED_TEXT):
            await revise(session, key=row.key, message=now, at=at)


async def unsent(session: AsyncSession, begins: Collection[str]) -> list[str]:
    """Return the keys, of those that begin like one of these, of messages that nobody can have read yet."""
    like = or_(*(_TABLE.c.key.startswith(each, autoescape=True) for each in begins))
    query = select(_TABLE.c.key).where(like, *_NOT_YET_SENT).order_by(_TABLE.c.id)
    return list((await session.execute(query)).scalars())


async def take_back(session: AsyncSession, keys: Collection[str]) -> None:
    """Let messages not be sent that were not yet: what they say is not so any more. Their keys are free again."""
    if keys:
        await session.execute(delete(_TABLE).where(_TABLE.c.key.in_(keys), *_NOT_YET_SENT))


async def postpone(session: AsyncSession, *, key: str, at: datetime) -> None:
    """Let a message that nobody can have read yet not be posted before `at`."""
    waiting = update(_TABLE).where(_TABLE.c.key == key, _TABLE.c.lane.is_(None), *_NOT_YET_SENT)
    await session.execute(waiting.values(due_at=at))


async def _locked(session: AsyncSession, key: str) -> Any:
    """Return the row with this key, which nobody else changes until the transaction ends; None when there is none."""
    return (await session.execute(select(*_TABLE.c).where(_TABLE.c.key == key).with_for_update())).one_or_none()


async def destination(session: AsyncSession, key: str) -> Destination | None:
    """Return where the message with this key is or goes; None when there is no such message."""
    return (await destinations(session, [key])).get(key)


async def ask_again(
    session: AsyncSession, *, key: str, places: Sequence[str], message: Rendered, at: datetime, asker: Asker | None
) -> None:
    """Let whoever asks for a message that was enqueued before hear, too, when it goes elsewhere or nowhere.

    One that was lost is tried again in these words and places.
    """
    row = await _locked(session, key)
    if row.state == "sent":
        return
    asked = _asked_by(asker, row.body)
    values: dict[str, Any] = {"body": row.body | asked}
    if row.state not in _UNSENT:
        values = fresh_start(row, at) | {"body": message.as_body() | asked, "revision": row.revision + 1}
        if row.ts is None and row.unsure_since is None:
            values |= {"channel": places[0], "fallbacks": list(places[1:])}
    await session.execute(update(_TABLE).where(_TABLE.c.id == row.id).values(**values))


async def tell_askers(session: AsyncSession, *, key: str, news: Rendered, at: datetime, is_first: bool) -> None:
    """Tell whoever caused a message what became of it; with `is_first` False, only those who were told otherwise."""
    body = (await session.execute(select(_TABLE.c.body).where(_TABLE.c.key == key))).scalar_one()
    for asker in body.get(_ASKERS, {}).get("ids", ()):
        note = f"outcome:{asker}:{key}"
        if not is_first or not await enqueue(session, key=note, channel=asker, message=news, at=at):
            await revise(session, key=note, message=news, at=at)


def meant_for(body: Mapping[str, Any]) -> str | None:
    """Return the name of whom a message is for; None when nobody waits to hear what becomes of it."""
    asked = body.get(_ASKERS)
    return None if asked is None else str(asked["name"])


def hears_of_moves(body: Mapping[str, Any]) -> bool:
    """Whether whoever caused a message was told where it goes."""
    return not body.get(_ASKERS, {}).get("is_of_loss", False)


def _asked_by(asker: Asker | None, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the field of a body with those who waited `before` and one more."""
    asked = (before or {}).get(_ASKERS)
    if asker is not None and asker.slack_id:
        ids = [*(asked["ids"] if asked is not None else ()), asker.slack_id]
        asked = {"ids": list(dict.fromkeys(ids)), "name": asker.name}
        if asker.is_of_loss:
            asked["is_of_loss"] = True
    return {} if asked is None else {_ASKERS: asked}


async def keys_below(session: AsyncSession, head: str) -> Sequence[str]:
    """Return the keys that begin with `head` and a colon, from a part of the index of keys."""
    key = _TABLE.c.key
    return (await session.execute(select(key).where((key >= f"{head}:") & (key < f"{head};")))).scalars().all()


async def destinations(session: AsyncSession, keys: Collection[str]) -> dict[str, Destination]:
    """Return where messages are or go, by their keys; those that do not exist are missing."""
    found = {}
    for row in await session.execute(select(*_TABLE.c).where(_TABLE.c.key.in_(keys))):
        is_lost = row.state in ("failed", "dropped")
        at = row.due_at if is_lost else row.sent_at
        found[row.key] = Destination(row.channel, row.state == "sent", is_lost, row.created_at, at)
    return found


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

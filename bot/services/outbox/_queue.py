"""Who is next: messages that are due step into their line, and the head of each line that may go is picked.

No pass looks at what is sent, nor at more of a line than its head.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, literal_column, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.blocks.outbox import ROOT_FAILED
from bot.services.deps import Deps
from bot.services.outbox._pace import Call, Pace
from bot.store.tables import OutboxMessage, core

_TABLE = core(OutboxMessage)
#: The line of updates, which no channel is called. Updates overtake each other: they concern one message each.
UPDATES = "~updates"
#: So many step into their lines in one transaction, which keeps the event loop for a few milliseconds.
_ADMITTED = 250
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

_ROOT = _TABLE.alias("root")
_ARRIVING = (
    select(
        *(_TABLE.c[name] for name in ("id", "channel", "fallbacks", "moved_from", "parent_key", "ts")),
        _ROOT.c.ts.label("root_ts"),
        _ROOT.c.channel.label("root_channel"),
    )
    .select_from(_TABLE.outerjoin(_ROOT, _ROOT.c.key == _TABLE.c.parent_key))
    .where(
        # Said as the index says it, so that either database sees that it applies.
        _TABLE.c.lane.is_(None),
        literal_column("outbox.state") == literal_column("'waiting'"),
        _TABLE.c.due_at <= bindparam("now", type_=_TABLE.c.due_at.type),
        # A post in a thread waits until its root is in Slack, or never will be.
        or_(
            _TABLE.c.ts.is_not(None),
            _ROOT.c.id.is_(None),
            _ROOT.c.state.in_(("sent", "failed", "dropped")),
        ),
    )
    .order_by(_TABLE.c.id)
    .limit(_ADMITTED)
)
_ENTER = (
    update(_TABLE)
    .where(
        _TABLE.c.id == bindparam("row"),
        _TABLE.c.lane.is_(None),
        _TABLE.c.state == "waiting",
        # Another process may have got there first, and a revision may have come in between.
        _TABLE.c.channel == bindparam("seen"),
    )
    .values({name: bindparam(f"new_{name}") for name in ("lane", "channel", "fallbacks", "moved_from")})
)
#: The head of each line, found by jumping from line to line through the index.
_HEADS = text(
    "WITH RECURSIVE line(lane) AS ("
    " SELECT (SELECT min(lane) FROM outbox WHERE lane IS NOT NULL)"
    " UNION ALL"
    " SELECT (SELECT min(o.lane) FROM outbox o WHERE o.lane > line.lane) FROM line WHERE line.lane IS NOT NULL"
    ") SELECT line.lane, o.id, o.due_at FROM line JOIN outbox o"
    " ON o.id = (SELECT min(h.id) FROM outbox h WHERE h.lane = line.lane)"
    " WHERE line.lane IS NOT NULL"
).columns(_TABLE.c.lane, _TABLE.c.id, _TABLE.c.due_at)
#: What was sent a moment ago, by a clock that may differ a little; what seems to be sent much later was sent before
#: the clock was set back.
_RECENT = select(_TABLE.c.channel, _TABLE.c.posted_channel).where(
    _TABLE.c.state == "sent",
    _TABLE.c.due_at > bindparam("since", type_=_TABLE.c.due_at.type),
    _TABLE.c.due_at < bindparam("until", type_=_TABLE.c.due_at.type),
)
_UPDATES_DUE = (
    select(_TABLE.c.id)
    .where(_TABLE.c.lane == UPDATES, _TABLE.c.due_at <= bindparam("now", type_=_TABLE.c.due_at.type))
    .order_by(_TABLE.c.due_at, _TABLE.c.id)
    .limit(bindparam("most"))
)


async def pick(deps: Deps, pace: Pace, now: datetime, *, busy: Collection[int]) -> list[int]:
    """Return the ids of the messages that may go now, but none of `busy`, and count them as calls.

    First, everything steps into its line that is due and need not wait for its root any longer. Where nothing does,
    one connection answers all that is asked, because this is asked every second.
    """
    while True:
        async with deps.database.connected() as connection:
            arriving = (await connection.execute(_ARRIVING, {"now": now})).all()
            if not arriving:
                return await _next(connection, pace, now, busy=busy)
        async with deps.database.transaction() as session:
            await (await session.connection()).execute(_ENTER, [_entering(row) for row in arriving])


def _entering(row: Any) -> dict[str, Any]:
    channel, fallbacks, moved_from = row.channel, row.fallbacks, row.moved_from
    if row.parent_key is not None and row.ts is None and not moved_from:
        if row.root_channel is not None and row.root_channel != channel:
            # Where its root went; its own channel is the first of the places to try instead.
            fallbacks = [place for place in dict.fromkeys([channel, *fallbacks]) if place != row.root_channel]
            channel = row.root_channel
        if row.root_ts is None:
            moved_from = [{"channel": "", "error": ROOT_FAILED}]
    return {
        "row": row.id,
        "seen": row.channel,
        "new_lane": UPDATES if row.ts is not None else channel,
        "new_channel": channel,
        "new_fallbacks": fallbacks,
        "new_moved_from": moved_from,
    }


async def _next(connection: AsyncConnection, pace: Pace, now: datetime, *, busy: Collection[int]) -> list[int]:
    """Return whose turn it is. The channel that was served the longest ago comes first, so that a cap starves none."""
    posts, updates = pace.room(Call.POST, now), pace.room(Call.UPDATE, now)
    heads = (await connection.execute(_HEADS)).all() if posts or updates else ()
    ids, due, has_updates = list[int](), list[tuple[str, int]](), False
    for lane, number, at in heads:
        if lane == UPDATES:
            has_updates = True
        elif at <= now and number not in busy:
            due.append((lane, number))
    if posts and due:
        for lane, number in await _rested(connection, pace, now, due, most=posts):
            pace.take(Call.POST)
            pace.serve(lane, now)
            ids.append(number)
    if updates and has_updates:
        found = await connection.execute(_UPDATES_DUE, {"now": now, "most": updates + len(busy)})
        for (number,) in found:
            if updates and number not in busy:
                pace.take(Call.UPDATE)
                ids.append(number)
                updates -= 1
    return ids


async def _rested(
    connection: AsyncConnection, pace: Pace, now: datetime, due: Sequence[tuple[str, int]], *, most: int
) -> Sequence[tuple[str, int]]:
    """Return the lines that may go, and the head of each."""
    resting: set[str | None] = set()
    if pace.channel_interval:
        # Another process may have posted there.
        span = {"since": now - pace.channel_interval, "until": now + pace.channel_interval}
        for channel, posted in await connection.execute(_RECENT, span):
            resting |= {channel, posted}
    served, rested = pace.served, now - pace.channel_interval
    free = [head for head in due if head[0] not in resting and served.get(head[0], _LONG_AGO) <= rested]
    free.sort(key=lambda head: (served.get(head[0], _LONG_AGO), head[1]))
    return free[:most]


def goes_into_thread(message: OutboxMessage) -> bool:
    """Whether a message goes under its root; once it had to move, it stands alone."""
    return message.parent_key is not None and not message.moved_from

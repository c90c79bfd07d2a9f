"""Words of a thread that a request keeps are forgotten when whoever wrote them deletes their message.

Slack tells of deleted messages only those who are sent every message of a channel, which Baton is not. So it looks at
the threads again.
"""

from __future__ import annotations

import logging

from sqlalchemy import select
from sqlmodel import col

from bot.domain.backlog.copied_words import CopiedWords, still_said
from bot.errors import NotFoundError, SlackError, UserError, log_failure
from bot.ports import Slack
from bot.services import cards
from bot.services.backlog import threads
from bot.services.backlog._cards import UNKNOWN, redraw
from bot.services.backlog._demands import demands_of, forget_speakers, is_own
from bot.services.backlog.threads import ThreadWords
from bot.services.deps import Deps
from bot.services.members import Members
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.journal import audit

log = logging.getLogger(__name__)

#: Threads that are read again in one look, the newest first: Slack allows about fifty a minute.
_MOST = 200


async def forget_deleted(deps: Deps, snapshot: Snapshot, slack: Slack, members: Members) -> None:
    """Forget the copied words of messages that are gone. A thread that Slack does not show is looked at next time."""
    table = tables.Request
    query = select(col(table.id), col(table.channel_id), col(table.thread_ts)).where(
        col(table.copied) != "", col(table.thread_ts) != ""
    )
    async with deps.database.reading() as session:
        found = (await session.execute(query.order_by(col(table.id).desc()).limit(_MOST))).all()
    for number, channel, ts in found:
        try:
            found_now = await threads.read(slack, members, channel, ts)
        except NotFoundError:
            found_now = ThreadWords(())
        except (UserError, SlackError) as error:
            log.warning("the thread of request %d could not be read again: %s", number, type(error).__name__)
            continue
        try:
            await _forget(deps, snapshot, number, found_now)
        except Exception as error:  # noqa: BLE001 - per request
            log_failure(log, error, "the copied words of request %d could not be looked at", number)


async def _forget(deps: Deps, snapshot: Snapshot, request_id: int, now_there: ThreadWords) -> None:
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        row: tables.Request = await cards.locked(session, tables.Request, request_id, unknown=UNKNOWN)
        copied = CopiedWords(row.copied, tuple(each.get("quote", "") for each in row.items), tuple(row.stays_with_team))
        left = still_said(copied, now_there.said)
        own = (each for each in await demands_of(session, request_id) if is_own(row, each))
        without = [each for each in own if forget_speakers(each, now_there.there, row.filed_by)]
        if left == copied and not without:
            return
        row.copied, row.stays_with_team = left.said, list(left.stays_with_team)
        row.items = [{**each, "quote": quote} for each, quote in zip(row.items, left.quotes, strict=True)]
        await session.flush()
        await audit(session, now, "baton", "backlog.forget", f"request:{request_id}")
        await redraw(session, deps, snapshot, row, at=now)

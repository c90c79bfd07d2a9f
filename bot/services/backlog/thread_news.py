"""What the thread of a request says since it was opened or changed, for whoever is about to change it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from bot.domain.backlog import thread_news as rules
from bot.domain.backlog.changes import Changeable
from bot.errors import SlackError, UserError
from bot.ports import Slack
from bot.services.backlog import drafts, threads
from bot.services.deps import Deps
from bot.services.members import Members
from bot.services.snapshot import Snapshot

log = logging.getLogger(__name__)

#: Nobody waits longer for it: a request can be changed without.
_SECONDS = 5.0


async def with_news(
    deps: Deps,
    snapshot: Snapshot,
    slack: Slack,
    members: Members,
    its: Changeable,
    *,
    bot_user_id: str,
    is_there: bool,
) -> Changeable:
    """Return a request with what its thread says by now, for somebody who `is_there` or may read it all the same.

    There is nothing where Slack does not show the thread soon.
    """
    try:
        async with asyncio.timeout(_SECONDS):
            if not is_there and not await slack.is_public_channel(its.channel_id):
                return its
            words = await threads.read(slack, members, its.channel_id, its.thread_ts)
    except (TimeoutError, SlackError, UserError) as error:
        log.info("the thread of request %d is not read for its news: %s", its.card.id, type(error).__name__)
        return its
    own = its.card.items if its.is_own else ()
    later = await drafts.later(deps, snapshot, threads.said_by_people(words, bot_user_id), its.read_to, own)
    news = rules.news(later, its.held, its.said, its.needed_by, own=own)
    return replace(its, news=news, read_to=words.read_to)

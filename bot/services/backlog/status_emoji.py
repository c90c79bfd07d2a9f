"""Reactions that show on a thread's first message how its request stands, in channels that want it.

A row of `request_reactions` says what is there. What ought to be there follows from the request, so nothing is lost
where a process ends before it has reacted, and Slack itself keeps a reaction from being there twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain import outbox as rules
from bot.domain.backlog.channels import StatusMark, status_mark
from bot.domain.backlog.requests import RequestState
from bot.errors import SlackError, SlackRateLimitedError, log_failure
from bot.ports import Slack
from bot.services import shared_channels
from bot.services.backlog._families import whole_of
from bot.services.backlog._loaded import standing_of
from bot.services.deps import Deps
from bot.store import tables
from bot.store.inserts import add_once

log = logging.getLogger(__name__)

_REACTION = tables.RequestReaction
#: For how long a row is one process's, and the pause where Slack did not answer.
_HELD = timedelta(minutes=1)
#: How long the settings of a channel wait to be told which scopes the app has.
_PATIENCE = timedelta(seconds=1)
#: What Slack says of a reaction that is there, and of one on a message that is not.
_ALREADY, _NO_MESSAGE = "already_reacted", "message_not_found"


@dataclass(frozen=True, slots=True)
class _Due:
    """A message, the emoji to take away, and the one that ought to be there; empty for none.

    `state` is the request's.
    """

    request_id: int
    channel: str
    ts: str
    state: str
    shown: str
    wanted: str


def emoji(deps: Deps) -> Mapping[StatusMark, str]:
    """Return the emoji for how a request stands, without colons."""
    devops = deps.devops
    return {
        StatusMark.SEEN: devops.seen_emoji,
        StatusMark.DONE: devops.done_emoji,
        StatusMark.FAILED: devops.failed_emoji,
    }


async def may_react(slack: Slack) -> bool:
    """Whether the app has the scope that reactions need, as far as Slack says in time."""
    try:
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            granted = await slack.scopes()
    except (SlackError, TimeoutError):
        return True
    return not granted or "reactions:write" in granted


async def show(deps: Deps, slack: Slack) -> None:
    """Let the reactions be as the requests stand. What Slack refuses is left as it is until the request moves on."""
    for request_id in await _changed(deps):
        try:
            due = await _claim(deps, request_id)
            if due is not None and not await _show(deps, slack, due):
                return
        except Exception as error:  # noqa: BLE001 - per request
            log_failure(log, error, "the reaction for request %d could not be brought up to date", request_id)


async def _changed(deps: Deps) -> list[int]:
    """Return the requests whose threads may need another reaction; in other channels those that still have one."""
    request, channel, now = tables.Request, tables.ChannelSetting, deps.clock.now()
    is_on, has_row = col(channel.emoji_since).is_not(None), col(_REACTION.request_id).is_not(None)
    # What stood there before it was switched on is left alone until something happens to it.
    is_new = ~has_row & (col(request.state_at) >= col(channel.emoji_since))
    # How a part stands is for its whole to say.
    has_moved = has_row & ((col(_REACTION.state) != col(request.state)) | (col(request.state) == RequestState.MERGED))
    query = (
        select(col(request.id))
        .join(channel, col(channel.channel_id) == col(request.channel_id))
        .outerjoin(_REACTION, col(_REACTION.request_id) == col(request.id))
        .where(col(request.thread_ts) != "", (is_on & (is_new | has_moved)) | (~is_on & (col(_REACTION.emoji) != "")))
        .where(col(_REACTION.not_before).is_(None) | (col(_REACTION.not_before) <= now))
        .order_by(col(request.id))
    )
    async with deps.database.reading() as session:
        return list((await session.execute(query)).scalars())


async def _claim(deps: Deps, request_id: int) -> _Due | None:
    """Hold a row for a while; None when it is another process's, or is as it ought to be."""
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        await add_once(session, _REACTION, request_id=request_id, state="", emoji="")
        query = select(_REACTION).where(col(_REACTION.request_id) == request_id).with_for_update()
        row = (await session.execute(query)).scalar_one()
        request = await session.get_one(tables.Request, request_id)
        if (row.not_before or now) > now:
            return None
        wanted = await _wanted(session, deps, request)
        if wanted == row.emoji or await shared_channels.is_closed(session, deps, request.channel_id):
            row.state = request.state
            return None
        row.not_before = now + _HELD
        shown = "" if await _is_shared(session, request, row.emoji) else row.emoji
        return _Due(request_id, request.channel_id, request.thread_ts, request.state, shown, wanted)


async def _wanted(session: AsyncSession, deps: Deps, request: tables.Request) -> str:
    setting = await session.get(tables.ChannelSetting, request.channel_id)
    if setting is None or setting.emoji_since is None:
        return ""
    return emoji(deps)[status_mark(standing_of(request, await whole_of(session, request)))]


async def _is_shared(session: AsyncSession, request: tables.Request, shown: str) -> bool:
    """Whether a reaction also says how another request of the same thread stands, so that it stays."""
    table = tables.Request
    here = (col(table.channel_id) == request.channel_id) & (col(table.thread_ts) == request.thread_ts)
    others = select(col(table.id)).where(here, col(table.id) != request.id)
    query = select(_REACTION).where(col(_REACTION.request_id).in_(others), col(_REACTION.emoji) == shown).limit(1)
    return bool(shown) and (await session.execute(query)).first() is not None


async def _show(deps: Deps, slack: Slack, due: _Due) -> bool:
    """Take one reaction away and add the other; return whether Slack takes more just now."""
    place = due.channel, due.ts
    try:
        is_gone = not due.shown or await _done(slack.remove_reaction(*place, due.shown), "no_reaction", _NO_MESSAGE)
        is_there = is_gone and bool(due.wanted) and await _done(slack.add_reaction(*place, due.wanted), _ALREADY)
    except SlackError as error:
        pause = timedelta(seconds=error.retry_after_seconds) if isinstance(error, SlackRateLimitedError) else _HELD
        log.info("the reaction for request %d waits: %s", due.request_id, error.code)
        await _write_down(deps, due, not_before=deps.clock.now() + pause)
        return False
    # What an archived channel keeps is taken away when its request moves on.
    shown = due.wanted if is_there or not due.wanted else "" if is_gone else due.shown
    await _write_down(deps, due, state=due.state, emoji=shown, not_before=None)
    return True


async def _done(call: Awaitable[None], *already: str) -> bool:
    """Return whether something is done, perhaps `already`. Raises SlackError where Slack may take it later."""
    try:
        await call
    except SlackError as error:
        if rules.may_pass(error):
            raise
        log.info("Slack refuses a reaction: %s", error.code)
        return error.code in already
    return True


async def _write_down(deps: Deps, due: _Due, **values: Any) -> None:
    async with deps.database.transaction() as session:
        await session.execute(update(_REACTION).where(col(_REACTION.request_id) == due.request_id).values(**values))

"""What Baton posts on its own account: rendered messages with a unique key, committed with their cause, posted once.

States: `waiting` (due at `due_at`) -> `sending` (claimed until `due_at`) -> `sent`, or back to `waiting` after a
passing refusal, or `failed` for good. A message whose claim ran out is one whose process died or never heard from
Slack: it may be there already, so right before it is posted again it is looked for by its key.

A claim is the row's `due_at`: whoever wants to write down what became of a message has to hold the claim still.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.text import Rendered
from bot.errors import SlackError, SlackRateLimitedError, SlackUnreachableError
from bot.ports import Slack
from bot.services.deps import Deps
from bot.store.tables import OutboxMessage

log = logging.getLogger(__name__)

#: `chat.postMessage` allows about one message a second and channel: https://docs.slack.dev/apis/web-api/rate-limits/
CHANNEL_INTERVAL = timedelta(seconds=1)
#: Metadata under which a posted message carries its key.
EVENT_TYPE = "baton_outbox"

#: How long a process may take to post what it claimed; longer than the client waits for Slack.
_CLAIM = timedelta(seconds=60)
_AT_ONCE = 8
_FIRST_RETRY, _LONGEST_RETRY = timedelta(seconds=2), timedelta(minutes=15)
#: An answer that Slack gives again and again is given up on after so many attempts (about 17 minutes) …
_MOST_ATTEMPTS = 10
#: … and a Slack that cannot be reached, or has no room, after this long: later than that, nobody needs the message.
_LATEST = timedelta(days=1)
#: Refusals that pass; no waiting mends the others: https://docs.slack.dev/reference/methods/chat.postMessage/
_PASSING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A message that this process, and nobody else, may post until `until`. `attempts` includes this one."""

    message: OutboxMessage
    until: datetime
    attempts: int


async def enqueue(session: AsyncSession, *, key: str, channel: str, message: Rendered, at: datetime) -> None:
    """Add a message to the transaction of its cause. A key that was used before adds nothing."""
    dialect = session.get_bind().dialect.name
    insert = sqlite_insert if dialect == "sqlite" else postgresql_insert
    values = {
        "key": key,
        "channel": channel,
        "body": message.as_body(),
        "state": "waiting",
        "attempts": 0,
        "created_at": at,
        "due_at": at,
        "error": "",
    }
    await session.execute(insert(OutboxMessage).values(**values).on_conflict_do_nothing(index_elements=["key"]))


async def drain(deps: Deps, slack: Slack) -> int:
    """Post what is due, in order for each channel and at most one a second to each; return how many were posted.

    A message that waits for its retry holds the later ones of its channel back. A second process is kept off by the
    claim on the row.
    """
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def deliver(message: OutboxMessage) -> bool:
        async with at_once:
            try:
                claim = await _claim(deps, message)
                return claim is not None and await _deliver(deps, slack, claim)
            except Exception:
                log.exception("outbox message %s broke; it is looked at again when its claim runs out", message.id)
                return False

    return sum(await asyncio.gather(*(deliver(message) for message in await _due(deps))))


class Drainer:
    """Runs `drain` whenever something is due. `wake()` says that a cause has just been committed."""

    def __init__(self, deps: Deps, slack: Slack) -> None:
        self._deps, self._slack = deps, slack
        self._woken = asyncio.Event()
        self._is_stopping = False

    def wake(self) -> None:
        """Look again now instead of at the next turn."""
        self._woken.set()

    def stop(self) -> None:
        """End after the pass that is under way."""
        self._is_stopping = True
        self._woken.set()

    async def run(self, *, every_seconds: float = 1.0) -> None:
        """Drain until stopped or cancelled; a failure of a whole pass is logged and tried again."""
        while not self._is_stopping:
            self._woken.clear()
            try:
                await drain(self._deps, self._slack)
            except Exception:
                log.exception("the outbox could not be drained; it is tried again")
            try:
                await asyncio.wait_for(self._woken.wait(), every_seconds)
            except TimeoutError:
                continue


async def _due(deps: Deps) -> list[OutboxMessage]:
    """The oldest unsent message of each channel that may have one now."""
    now, table = deps.clock.now(), OutboxMessage
    oldest = select(func.min(col(table.id))).where(col(table.state).in_(("waiting", "sending"))).group_by(table.channel)
    # A sent message keeps the moment in `due_at` too, which is in the index.
    recent = col(table.state) == "sent", col(table.due_at) > now - CHANNEL_INTERVAL
    async with deps.database.reading() as session:
        query = select(table).where(col(table.id).in_(oldest), col(table.due_at) <= now).order_by(col(table.id))
        heads = (await session.execute(query)).scalars().all()
        resting = set((await session.execute(select(col(table.channel)).where(*recent))).scalars()) if heads else set()
    return [message for message in heads if message.channel not in resting]


async def _claim(deps: Deps, message: OutboxMessage) -> _Claimed | None:
    """Claim the message as it was read; None when somebody else was quicker."""
    until = deps.clock.now() + _CLAIM
    same = col(OutboxMessage.state) == message.state, col(OutboxMessage.due_at) == message.due_at
    values = {"state": "sending", "attempts": message.attempts + 1, "due_at": until}
    if not await _change(deps, message, *same, values=values):
        return None
    return _Claimed(message, until, message.attempts + 1)


async def _deliver(deps: Deps, slack: Slack, claim: _Claimed) -> bool:
    """Post a claimed message unless it is in Slack already; return whether it is there now."""
    message = claim.message
    thread_ts = message.body.get("thread_ts")
    try:
        ts = None
        if message.state == "sending":
            ts = await slack.find_message(
                message.channel, key=message.key, since=message.created_at, thread_ts=thread_ts
            )
    except SlackError as error:
        # Nothing is known of it yet, so it stays claimed: the next attempt has to look first, too.
        await _put_back(deps, claim, error, state="sending")
        return False
    try:
        ts = ts or await slack.post_message(
            message.channel,
            text=message.body["text"],
            blocks=message.body.get("blocks", ()),
            thread_ts=thread_ts,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": message.key}},
        )
    except SlackRateLimitedError as error:
        await _put_back(deps, claim, error, state="waiting")
        return False
    except SlackError as error:
        # No answer; or one after which, Slack says, a part of the work may have been done all the same.
        await _put_back(deps, claim, error, state="sending")
        return False
    now = deps.clock.now()
    await _conclude(deps, claim, {"state": "sent", "ts": ts, "sent_at": now, "due_at": now, "error": ""})
    return True


async def _put_back(deps: Deps, claim: _Claimed, error: SlackError, *, state: str) -> None:
    """Leave the message for a later attempt, or give it up when no waiting will mend it."""
    now, attempts = deps.clock.now(), claim.attempts
    if isinstance(error, SlackRateLimitedError | SlackUnreachableError):
        is_passing = now - claim.message.created_at < _LATEST
    else:
        is_passing = error.code in _PASSING and attempts < _MOST_ATTEMPTS
    log.warning("outbox message %s, attempt %d: %s", claim.message.id, attempts, error)
    if not is_passing:
        log.error("outbox message %s cannot be delivered: %s", claim.message.id, error.code)
        await _conclude(deps, claim, {"state": "failed", "error": error.code})
        return
    if isinstance(error, SlackRateLimitedError):
        pause = timedelta(seconds=error.retry_after_seconds)
        attempts -= 1  # Slack did not look at it
    else:
        doublings = min(attempts - 1, 16)
        pause = min(_FIRST_RETRY * 2**doublings, _LONGEST_RETRY) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter
    await _conclude(deps, claim, {"state": state, "attempts": attempts, "due_at": now + pause, "error": error.code})


async def _conclude(deps: Deps, claim: _Claimed, values: Mapping[str, Any]) -> None:
    held = col(OutboxMessage.state) == "sending", col(OutboxMessage.due_at) == claim.until
    if not await _change(deps, claim.message, *held, values=values):
        log.warning("outbox message %s: its claim ran out before Slack answered", claim.message.id)


async def _change(
    deps: Deps, message: OutboxMessage, *conditions: ColumnElement[bool], values: Mapping[str, Any]
) -> bool:
    async with deps.database.transaction() as session:
        statement = update(OutboxMessage).where(col(OutboxMessage.id) == message.id, *conditions).values(**values)
        result = await session.execute(statement)
        return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it

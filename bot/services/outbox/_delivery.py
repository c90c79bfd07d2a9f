"""Delivering one message: post it or update it, and act on what Slack says."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from bot.blocks.outbox import GAVE_UP, SHARED, delivered, lost, moved, unanswered, what_to_do, why
from bot.blocks.text import Rendered
from bot.domain import outbox as rules
from bot.domain.outbox import Blame
from bot.errors import SlackError, SlackRateLimitedError, SlackUnreachableError
from bot.ports import Posted, Slack
from bot.services.deps import Deps
from bot.services.outbox._claims import DeliveryClaim, News, claim, conclude, renew, settled
from bot.services.outbox._enqueue import hears_of_moves, meant_for
from bot.services.outbox._pace import Call, Pace
from bot.services.outbox._queue import goes_into_thread
from bot.store.tables import OutboxMessage

log = logging.getLogger(__name__)

#: Metadata under which a posted message carries its key.
EVENT_TYPE = "baton_outbox"
#: What a look into a thread says when nothing of the thread is left, so that our message is not in it either.
_NO_THREAD = frozenset({"thread_not_found", "message_not_found"})
#: What a look says where Baton could not have posted either; of any other refusal that is not known.
_NOT_THERE = frozenset({"channel_not_found", "not_in_channel", "user_disabled", "user_not_found"})


class Courier:
    """Delivers messages through one Slack, at one pace."""

    def __init__(self, deps: Deps, slack: Slack, pace: Pace) -> None:
        self._deps, self._slack, self._pace = deps, slack, pace

    async def deliver(self, number: int) -> bool:
        """Claim a message, then post or update it; return whether Slack has it now as it should be."""
        held = await claim(self._deps, self._pace, number)
        if held is None:
            return False
        if held.message.attempts >= rules.MOST_ATTEMPTS:
            await self._fail(held, GAVE_UP, is_unsure=held.message.unsure_since is not None)
            return False
        return await (self._update(held) if held.message.ts is not None else self._post(held))

    # A message that is not in Slack

    async def _post(self, held: DeliveryClaim) -> bool:
        if held.message.unsure_since is not None:
            try:
                found = await self._find(held.message)
            except SlackError as error:
                await self._not_looked_for(held, error)
                return False
            if found is not None:
                return await self._posted(held, found, held.message.tried_revision)
            renewed = await renew(self._deps, held)
            if renewed is None:
                return False
            held = renewed
        message = held.message
        if held.is_closed and not message.key.startswith(rules.ANSWER_PREFIX):  # whom to answer is the door's matter
            await self._elsewhere(held, SHARED)
            return False
        shown = _shown(message)
        try:
            posted = await self._slack.post_message(
                held.place.channel,
                text=shown.text,
                blocks=shown.blocks,
                thread_ts=held.place.thread_ts,
                reply_broadcast=message.is_broadcast and held.place.thread_ts is not None,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": _mark(message)}},
            )
        except SlackError as error:
            await self._not_posted(held, error)
            return False
        self._pace.let_in()
        return await self._posted(held, posted, message.revision)

    async def _find(self, message: OutboxMessage) -> Posted | None:
        """Look where the last attempt went, which is not where the next one goes when the root was posted anew."""
        assert message.unsure_since is not None  # noqa: S101 - the caller has seen it
        try:
            return await self._slack.find_message(
                message.posted_channel or message.channel,
                key=_mark(message),
                since=message.unsure_since,
                thread_ts=message.thread_ts,
            )
        except SlackError as error:
            if message.thread_ts is not None and error.code in _NO_THREAD:
                return None
            raise

    async def _posted(self, held: DeliveryClaim, posted: Posted, revision: int) -> bool:
        message = held.message
        self._deps.refusals.drop(held.place.channel)
        refusals = [entry for entry in message.moved_from if entry["channel"]]
        told = partial(delivered, place=held.place.channel, refusals=refusals)
        now = self._deps.clock.now()
        values = settled(revision, "sent") | {
            "ts": posted.ts,
            "posted_channel": posted.channel,
            "sent_at": now,
            "due_at": now,
            "error": "",
            "attempts": 0,
            "unsure_since": None,
        }
        await conclude(
            self._deps, held, values, _news(message, told, is_first=bool(refusals) and hears_of_moves(message.body))
        )
        return True

    async def _not_posted(self, held: DeliveryClaim, error: SlackError) -> None:
        if await self._is_without_verdict(held, error, Call.POST):
            return
        blame = await self._blame(held, error)
        if blame is not Blame.ACCESS:
            self._pace.let_in()
        if blame is Blame.PLACE:
            await self._elsewhere(held, error.code)
        elif blame is Blame.THREAD:
            await self._without_thread(held, error.code)
        elif blame is Blame.MESSAGE:
            await self._otherwise(held, error.code)
        else:
            await self._later(held, error, blame, Call.POST)

    async def _without_thread(self, held: DeliveryClaim, code: str) -> None:
        """Post it on its own: a reply of ours in the same place, and what was said to a thread of others to its people.

        The channel never saw what that thread was about. Only where nobody is named does it see this.
        """
        message, place, fallbacks = held.message, held.place.channel, held.message.fallbacks
        if message.parent_key is None and fallbacks:
            place, *fallbacks = fallbacks
        values = {"channel": place, "lane": place, "fallbacks": fallbacks}
        await self._conclude_afresh(held, self._moved(message, "", code) | values)

    async def _otherwise(self, held: DeliveryClaim, code: str) -> None:
        """Say to whoever asked that Slack refuses the answer; any other message that it refuses has failed."""
        message, instead = held.message, unanswered(code)
        if not message.key.startswith(rules.ANSWER_PREFIX) or message.body["text"] == instead.text:
            await self._fail(held, code, is_unsure=False)
            return
        log.error("outbox message %s: Slack refuses the answer (%s); a sentence takes its place", message.id, code)
        place = {"channel": held.place.channel, "lane": held.place.channel, "thread_ts": message.thread_ts}
        await self._conclude_afresh(held, {"body": instead.as_body(), "error": code, **place})

    async def _not_looked_for(self, held: DeliveryClaim, error: SlackError) -> None:
        """Nothing is known of the message yet, so the next attempt has to look first, too."""
        if await self._is_without_verdict(held, error, Call.FIND):
            return
        blame = rules.blame(error.code)
        if blame is Blame.ACCESS and error.code != "missing_scope":
            await self._hold(held, error.code, is_unsure=True)
        elif blame in (Blame.BUSY, Blame.UNSURE):
            await self._retry(held, error, is_unsure=True, most=rules.MOST_REFUSALS)
        elif error.code in _NOT_THERE and held.message.fallbacks:
            await self._elsewhere(held, error.code)
        else:
            # Better one message that an administrator has to look at than the same one twice.
            await self._fail(held, error.code, is_unsure=True)

    # A message that is in Slack and has other words now

    async def _update(self, held: DeliveryClaim) -> bool:
        message, shown = held.message, _shown(held.message)
        if held.is_closed:
            await self._not_shown(held)
            return False
        try:
            await self._slack.update_message(
                message.posted_channel or message.channel, str(message.ts), text=shown.text, blocks=shown.blocks
            )
        except SlackError as error:
            await self._not_updated(held, error)
            return False
        self._pace.let_in()
        values = {"due_at": self._deps.clock.now(), "error": "", "attempts": 0}
        await conclude(self._deps, held, settled(message.revision, "sent") | values)
        return True

    async def _not_shown(self, held: DeliveryClaim) -> None:
        """Leave a message as it stands where other organisations read it now; it goes on in its next place, if any."""
        if held.message.fallbacks:
            await self._elsewhere(held, SHARED)
        else:
            await conclude(self._deps, held, settled(held.message.revision, "sent"))

    async def _not_updated(self, held: DeliveryClaim, error: SlackError) -> None:
        message = held.message
        if await self._is_without_verdict(held, error, Call.UPDATE):
            return
        blame = rules.blame(error.code, is_update=True)
        if blame is Blame.GONE:
            log.info("outbox message %s is posted anew: %s", message.id, error.code)
            values = _anew(message) | {"lane": None if goes_into_thread(message) else message.channel}
            if message.parent_key is None:
                values["thread_ts"] = message.thread_ts
            await self._conclude_afresh(held, values)
        elif blame is Blame.PLACE:
            await self._elsewhere(held, error.code)
        elif blame is Blame.MESSAGE:
            await self._fail(held, error.code, is_unsure=False)
        else:
            await self._later(held, error, blame, Call.UPDATE)

    # What becomes of a refused one

    async def _blame(self, held: DeliveryClaim, error: SlackError) -> Blame:
        blame = rules.blame(error.code)
        if blame is Blame.THREAD and held.place.thread_ts is None:
            return Blame.PLACE
        if error.code == "account_inactive" and await self._is_let_in():
            return Blame.PLACE  # it is the account of whom we write to
        return blame

    async def _is_let_in(self) -> bool:
        try:
            await self._slack.bot_user_id()
        except SlackError:
            return False
        return True

    async def _elsewhere(self, held: DeliveryClaim, code: str) -> None:
        """Try the next place; with none left, the message has failed."""
        message = held.message
        if code != SHARED:
            self._deps.refusals.add(held.place.channel, code, at=self._deps.clock.now())
        if not message.fallbacks:
            await self._fail(held, code, is_unsure=False)
            return
        log.warning("outbox message %s: %s; it goes to its next fall-back", message.id, code)
        next_place, *rest = message.fallbacks
        values = self._moved(message, held.place.channel, code) | {
            "channel": next_place,
            "lane": next_place,
            "fallbacks": rest,
        }
        if message.ts is not None:
            values |= _anew(message)
        await self._conclude_afresh(held, values)

    def _moved(self, message: OutboxMessage, channel: str, code: str) -> dict[str, Any]:
        left = {"channel": channel, "error": code, "at": self._deps.clock.now().isoformat()}
        return {"moved_from": [*message.moved_from, left], "error": code}

    async def _conclude_afresh(self, held: DeliveryClaim, values: Mapping[str, Any]) -> None:
        afresh = {
            "state": "waiting",
            "due_at": self._deps.clock.now(),
            "attempts": 0,
            "unsure_since": None,
            "thread_ts": None,
            "posted_channel": None,
        }
        await conclude(self._deps, held, afresh | dict(values))

    async def _later(self, held: DeliveryClaim, error: SlackError, blame: Blame, call: Call) -> None:
        if blame is Blame.ACCESS:
            await self._hold(held, error.code, is_unsure=False)
        elif blame is Blame.BUSY:
            await self._retry(held, error, is_unsure=False, most=rules.MOST_ATTEMPTS)
        else:
            await self._retry(held, error, is_unsure=call is Call.POST, most=rules.MOST_REFUSALS)

    async def _is_without_verdict(self, held: DeliveryClaim, error: SlackError, call: Call) -> bool:
        """Wait where Slack asked for a pause, or did not answer; return whether it did so."""
        if isinstance(error, SlackRateLimitedError):
            pause = timedelta(seconds=error.retry_after_seconds)
            self._pace.pause(call, self._deps.clock.now() + pause)
            log.warning("Slack asks for a pause of %g s from %s", error.retry_after_seconds, call)
            await self._put_back(held, error.code, pause, is_unsure=call is Call.FIND, is_attempt=False)
        elif isinstance(error, SlackUnreachableError):
            await self._retry(held, error, is_unsure=call is not Call.UPDATE, most=rules.MOST_ATTEMPTS)
        else:
            return False
        return True

    async def _retry(self, held: DeliveryClaim, error: SlackError, *, is_unsure: bool, most: int) -> None:
        message = held.message
        log.warning("outbox message %s, attempt %d: %s", message.id, held.attempts, error)
        if held.attempts >= most:
            await self._fail(held, error.code, is_unsure=is_unsure)
            return
        pause = rules.retry_pause(held.attempts, jitter=random.random())  # noqa: S311 - to spread, not to hide
        await self._put_back(held, error.code, pause, is_unsure=is_unsure, is_attempt=True)

    async def _hold(self, held: DeliveryClaim, code: str, *, is_unsure: bool) -> None:
        """Slack does not let Baton in: no message is to blame, so none uses up an attempt or a fall-back."""
        now = self._deps.clock.now()
        is_news = not self._pace.is_held(now)
        until = self._pace.hold(now)
        if is_news:
            said = " ".join(filter(None, (f"the outbox holds everything: {why(code)} ({code}).", what_to_do(code))))
            log.error("%s It is tried again in %d s.", said, (until - now).total_seconds())
        await self._put_back(held, code, until - now, is_unsure=is_unsure, is_attempt=False)

    async def _put_back(
        self, held: DeliveryClaim, code: str, pause: timedelta, *, is_unsure: bool, is_attempt: bool
    ) -> None:
        values: dict[str, Any] = {
            "state": "waiting",
            "attempts": held.attempts if is_attempt else held.message.attempts,
            "due_at": self._deps.clock.now() + pause,
            "error": code,
        }
        if not is_unsure:
            values["unsure_since"] = None
        await conclude(self._deps, held, values)

    async def _fail(self, held: DeliveryClaim, code: str, *, is_unsure: bool) -> None:
        message = held.message
        said = " ".join(filter(None, (f"{why(code)}.", what_to_do(code))))
        log.error("outbox message %s cannot be delivered: %s: %s", message.id, code, said)
        values = settled(message.revision, "failed") | {"error": code, "due_at": self._deps.clock.now()}
        if not is_unsure:
            values["unsure_since"] = None
        codes = [*(entry["error"] for entry in message.moved_from if entry["channel"]), code]
        told = partial(lost, codes=codes, is_unsure=is_unsure)
        await conclude(self._deps, held, values, _news(message, told, is_first=True))


def _shown(message: OutboxMessage) -> Rendered:
    meant = Rendered(message.body["text"], message.body.get("blocks", ()))
    if not message.moved_from:
        return meant
    return moved(meant, message.moved_from, is_answer=message.key.startswith(rules.ANSWER_PREFIX))


def _news(message: OutboxMessage, made: Callable[..., Rendered], *, is_first: bool) -> News | None:
    """What whoever caused a message hears; None for one that was in Slack before, or that nobody was told of."""
    name = meant_for(message.body)
    if name is None or message.ts is not None or message.edition:
        return None
    return News(made(name, text=message.body["text"]), is_first)


def _mark(message: OutboxMessage) -> str:
    """What the posted message is known by: one that was posted anew must not be taken for the one before."""
    return f"{message.key}#{message.edition}" if message.edition else message.key


def _anew(message: OutboxMessage) -> dict[str, Any]:
    return {"ts": None, "edition": message.edition + 1}

"""Events: stored, acknowledged, and then answered, even if the process dies in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.blocks import help as blocks
from bot.blocks.text import Rendered
from bot.domain.outbox import may_pass
from bot.domain.trust import Admission
from bot.errors import NotTakenError, SlackError, StoreError, log_failure
from bot.services import inbound
from bot.services.context import Context
from bot.services.inbound import Interaction, Reply
from handlers import message_text, payloads
from handlers.door import Door, sender_of
from handlers.failures import failure
from handlers.payloads import Event

log = logging.getLogger(__name__)

#: Event ids that this process has taken lately; the store has those of other processes.
_REMEMBERED = 10_000
#: How long a delivery waits until it is taken, by itself or by one before it; Slack gives three seconds.
_PATIENCE_SECONDS = 2.0
#: How long what is shown waits for a Slack in trouble, before it is left for later; a Slack that asks for more gets it.
_PAUSES_SECONDS = (2.0, 5.0)
#: What the answer to an event needs of it, and is kept until it is answered.
_KEPT = frozenset(
    {"type", "user", "channel", "channel_type", "text", "ts", "thread_ts", "tab", "reaction"}
    | {"team", "user_team", "source_team", "is_ext_shared_channel", "is_pending_ext_shared"}
)


@dataclass(frozen=True, slots=True)
class EventListener:
    """What is done about one type of event.

    `is_wanted` tells from the event alone whether it asks for anything. `answer` returns what is said about it, or
    None when nothing is, or when it has shown something itself; `refuse` does the same for those who may not ask.
    With `is_shown` the answer takes the place of what was shown before, so where Slack does not take it for the moment,
    it is tried again later, and what was shown stays until then.
    """

    is_wanted: Callable[[Event, Context], bool]
    answer: Callable[[Event, Context], Awaitable[Reply | None]]
    refuse: Callable[[Event, Context, Rendered], Awaitable[Reply | None]]
    is_shown: bool = False


class Events:
    """The events that Baton listens to, by type."""

    def __init__(self, listeners: Mapping[str, EventListener], context: Context, door: Door) -> None:
        self._listeners, self._context, self._door = listeners, context, door
        self._taken: dict[str, None] = {}
        #: Those that are being written down, or answered at once, right now.
        self._under_way: dict[str, asyncio.Future[None]] = {}

    def knows(self, event_type: str) -> bool:
        """Whether Baton listens to this type."""
        return event_type in self._listeners

    def wants(self, body: Mapping[str, Any]) -> bool:
        """Whether an event asks for anything of Baton."""
        listener = self._listeners.get(payloads.change(body).type)
        return listener is not None and listener.is_wanted(payloads.event(body), self._context)

    async def take(self, body: Mapping[str, Any]) -> None:
        """Store an event, and begin to answer it. A redelivery of one that was stored before does nothing.

        Where the store cannot be written to, the answer goes out before the acknowledgement instead: reading needs no
        write. Raises NotTakenError when that fails, too, and when neither has ended in time.
        """
        event = payloads.event(body)
        if event.event_id in self._taken:
            return
        if (first := self._under_way.get(event.event_id)) is not None:
            await self._join(first)
            return
        taking = self._under_way[event.event_id] = asyncio.ensure_future(self._take(event, body))
        taking.add_done_callback(partial(self._is_taken, event.event_id))
        await self._join(taking)

    async def _join(self, first: asyncio.Future[None]) -> None:
        """Wait for the delivery that came first: what it comes to is what a redelivery comes to.

        A store that takes too long goes on taking it, and Slack hears in time that it is to be delivered again.
        """
        await asyncio.wait({first}, timeout=_PATIENCE_SECONDS)
        if not first.done():
            raise NotTakenError("it is still being taken")
        first.result()

    def _is_taken(self, event_id: str, taking: asyncio.Future[None]) -> None:
        self._under_way.pop(event_id, None)
        if not taking.cancelled() and taking.exception() is not None:
            log.warning("an event was not taken: %s", type(taking.exception()).__name__)

    async def _take(self, event: Event, body: Mapping[str, Any]) -> None:
        try:
            is_first = await inbound.take(self._context.deps, event.event_id, _kept(body))
        except StoreError as error:
            log.warning("%s could not be written down (%s); it is answered at once", event.type, type(error).__name__)
            await self._answer_at_once(event, body)
            self._remember(event.event_id)
            return
        self._remember(event.event_id)
        if is_first:
            self._context.background.start(self._answer_soon(event.event_id, body), what=event.type)

    async def resume(self, *, at_start: bool = False) -> None:
        """Answer what was acknowledged and then left behind, by a process that died or a store in trouble."""
        for event_id, body in (await inbound.left_behind(self._context.deps, at_start=at_start)).items():
            try:
                await self._answer(event_id, body)
            except Exception as error:  # noqa: BLE001 - one event stops no other
                log_failure(log, error, "event %s could not be answered; it is tried again", event_id)

    def _remember(self, event_id: str) -> None:
        self._taken[event_id] = None
        if len(self._taken) > _REMEMBERED:
            del self._taken[next(iter(self._taken))]

    async def _answer_soon(self, event_id: str, body: Mapping[str, Any]) -> None:
        """Answer an event, at the second or third attempt if need be: somebody looks at what is to be shown."""
        for pause in _PAUSES_SECONDS:
            error = await self._answer(event_id, body)
            if error is None or getattr(error, "retry_after_seconds", 0.0) > pause:
                return
            await asyncio.sleep(pause)
        await self._answer(event_id, body)

    async def _answer(self, event_id: str, body: Mapping[str, Any]) -> SlackError | None:
        """Answer an event; return what kept Slack from it, if it is to be tried again."""
        event = payloads.event(body)
        try:
            reply = await self._reply(event, body)
        except SlackError as error:
            log.warning("%s could not be answered; it is tried again: %s", event.type, error)
            return error
        await inbound.settle(self._context.deps, event_id, reply)
        self._context.drainer.wake()
        return None

    async def _answer_at_once(self, event: Event, body: Mapping[str, Any]) -> None:
        try:
            reply = await self._reply(event, body)
            if reply is not None:
                await self._context.slack.post_message(
                    reply.channel,
                    text=reply.message.text,
                    blocks=reply.message.blocks,
                    thread_ts=reply.thread_ts or None,
                )
        except SlackError as error:
            raise NotTakenError(f"neither the store nor Slack took it: {error}") from error

    async def _reply(self, event: Event, body: Mapping[str, Any]) -> Reply | None:
        """Return what is said about an event; what goes wrong is said as well."""
        listener, context = self._listeners[event.type], self._context
        admitted = await self._door.admit(sender_of(body))
        if admitted is Admission.SILENT:
            return None
        inbound.begin(Interaction("", may_decide=admitted is Admission.DECIDE))
        try:
            if admitted in (Admission.OUTSIDE, Admission.SHARED, Admission.UNKNOWN):
                return await listener.refuse(event, context, blocks.not_admitted(admitted))
            return await listener.answer(event, context)
        except Exception as error:
            if listener.is_shown and isinstance(error, SlackError) and may_pass(error):
                raise
            _, said = failure(error, what=event.type)
        return await listener.refuse(event, context, said)


def _kept(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of an event that its answer needs, for the store."""
    inner = body.get("event")
    envelope = ("type", "event_id", "team_id", "enterprise_id", "api_app_id", "is_ext_shared_channel")
    event = _bounded({**inner, **payloads.about(inner)}, _KEPT) if isinstance(inner, dict) else {}
    if isinstance(inner, dict) and (attached := message_text.attached(inner)):
        event["attachments"] = [{"text": piece} for piece in attached]
    sent_for = [{"team_id": each} for each in sender_of(body).authorized_teams]
    return {**_bounded(body, envelope), "event": event, "authorizations": sent_for}


def _bounded(source: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return these fields, texts no longer than the answer reads them; whatever has more to it is not of their kind."""
    found = ((name, source[name]) for name in names if name in source)
    return {
        name: value[: payloads.MOST_TEXT] if isinstance(value, str) else value
        for name, value in found
        if isinstance(value, str | bool)
    }

"""From a payload to its listener: admitted by the door, found in a dictionary, acknowledged in time.

`handlers.carrier` asks `Dispatch.answer` as Bolt's first middleware after the signature, over HTTP and in Socket Mode.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import math
import secrets
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Coroutine, Iterator, Mapping
from itertools import accumulate
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from bot.blocks import help as blocks
from bot.blocks import home as home_blocks
from bot.blocks.text import Rendered
from bot.domain.trust import Admission
from bot.errors import FormError, NotTakenError, RepeatedError, SlackError
from bot.logs import request_id
from bot.ports import Ack
from bot.services import inbound
from bot.services.context import Context
from bot.services.inbound import Interaction
from handlers import payloads, replies
from handlers.door import Door, sender_of
from handlers.events import Events
from handlers.failures import failure
from handlers.interaction import UnshownError, showing
from handlers.message_text import string
from handlers.private_words import PrivateWords, fill, tell
from handlers.routes import Routes

log = logging.getLogger(__name__)

#: How long an acknowledgement waits for its listener; Slack gives three seconds. What comes later is said later.
_PATIENCE_SECONDS = 2.0
#: … and how long of that a listener waits for Slack before it saves something, and for the store once it is late.
_SLACK_SECONDS, _STORE_SECONDS = 1.5, 0.3
#: Presses, forms, and what listeners of the organisation's own were given, as this process has seen them lately; the
#: store has those that changed something.
_REMEMBERED = 10_000
#: The buckets of how long acknowledgements take.
_ACK_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 3.0, math.inf)
_REFUSED = (Admission.OUTSIDE, Admission.SHARED, Admission.UNKNOWN, Admission.SILENT)


class Metrics(Collector):
    """How many payloads of each kind came in, with what outcome, and how long the acknowledgement took.

    Counted in the event loop alone, so without the locks of prometheus_client's own counters, and made into metrics
    when somebody reads them.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._began = time.time()
        self._outcomes: dict[tuple[str, str], int] = defaultdict(int)
        self._buckets: dict[str, list[int]] = defaultdict(lambda: [0] * len(_ACK_SECONDS))
        self._seconds: dict[str, float] = defaultdict(float)
        self._failures: dict[str, int] = defaultdict(int)
        registry.register(self)

    def observe(self, kind: str, outcome: str, seconds: float) -> None:
        """Count one payload."""
        self._outcomes[kind, outcome] += 1
        self._buckets[kind][bisect_left(_ACK_SECONDS, seconds)] += 1
        self._seconds[kind] += seconds

    def count_failure(self, kind: str) -> None:
        """Count a failure of a listener of Bolt's, over a payload that was counted when it was handed on."""
        self._failures[kind] += 1

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics as they are now."""
        payloads = CounterMetricFamily("baton_payloads", "Payloads from Slack.", labels=["kind", "outcome"])
        for labels, count in self._outcomes.items():
            payloads.add_metric(labels, count, created=self._began)
        seconds = HistogramMetricFamily("baton_ack_seconds", "Time until the acknowledgement.", labels=["kind"])
        for kind, counts in self._buckets.items():
            upto = zip(map(floatToGoString, _ACK_SECONDS), accumulate(counts), strict=True)
            seconds.add_metric([kind], [*upto], self._seconds[kind])
            seconds.add_sample("baton_ack_seconds_created", {"kind": kind}, self._began)
        failures = CounterMetricFamily(
            "baton_listener_failures", "Payloads that a listener of BATON_LISTENERS failed at.", labels=["kind"]
        )
        for kind, count in self._failures.items():
            failures.add_metric([kind], count, created=self._began)
        yield from (payloads, seconds, failures)


class Dispatch:
    """Finds the listener of a payload and answers with what it returns, or with a sentence when it fails."""

    def __init__(self, routes: Routes, context: Context, door: Door, metrics: Metrics) -> None:
        self._routes, self._context, self._door, self._metrics = routes, context, door, metrics
        self.events = Events(routes.events, context, door)
        #: Whether the organisation has listeners of its own, who hear what Baton knows and leaves alone, too.
        self.has_listeners = False
        self._seen: dict[str, None] = {}
        self._process, self._numbers = secrets.token_hex(4), itertools.count(1)
        self._by_type = {
            "block_actions": self._action,
            "view_submission": self._submission,
            "message_action": self._shortcut,
            "shortcut": self._shortcut,
        }
        #: The kinds that the metrics name; there are few of them, whatever payloads say.
        self._counted = frozenset({*self._by_type, "command", "event_callback"})

    async def answer(self, body: Mapping[str, Any]) -> Ack | None:
        """Answer one payload; whatever goes wrong, with a sentence for the person behind it.

        None means that Baton does not listen to it. Raises NotTakenError for an event that Slack has to deliver again.
        """
        began = time.perf_counter()
        request_id.set(f"{self._process}-{next(self._numbers):x}")
        kind = payloads.kind_of(body)
        if kind == "url_verification":
            challenge = body.get("challenge")
            return replies.challenge(challenge if isinstance(challenge, str) else "")
        if kind == "app_rate_limited":
            at = payloads.held_back_at(body)
            log.warning("Slack held back events at %s: there were more than it delivers in an hour", at)
            return replies.nothing()
        try:
            outcome, ack = await (self._event(body) if kind == "event_callback" else self._admitted(kind, body, began))
        except NotTakenError:
            self._metrics.observe(kind, "not_taken", time.perf_counter() - began)
            raise
        outcome = "handed_on" if ack is None else outcome
        known = kind if kind in self._counted else "other"
        self._metrics.observe(known, outcome, time.perf_counter() - began)
        return ack

    async def unheard(self, body: Mapping[str, Any]) -> Ack:
        """Answer what neither Baton nor a listener of Bolt's knows: a button of another version, for example."""
        kind = payloads.kind_of(body)
        if kind == "command":
            return replies.ephemeral(blocks.help_message())
        if kind in self._by_type:
            said = self._say(kind, body, Rendered("That is from another version of Baton: ask again."))
            return (await self._in_time(kind, body, said, time.perf_counter()))[1] or replies.nothing()
        event_type = payloads.change(body).type if kind == "event_callback" else ""
        if not self.events.knows(event_type):
            log.warning("nobody listens to this: %s", f"event {event_type}" if event_type else kind)
        return replies.nothing()

    async def broken(self, body: Mapping[str, Any], error: BaseException) -> Ack:
        """Answer what a listener of Bolt's has failed at."""
        kind = payloads.kind_of(body)
        inbound.cannot_tell_whether_saved()
        self._metrics.count_failure(kind if kind in self._counted else "other")
        return (await self._failed(kind, body, error))[1] or replies.nothing()

    async def _event(self, body: Mapping[str, Any]) -> tuple[str, Ack | None]:
        change = payloads.change(body)
        if (listener := self._routes.changes.get(change.type)) is not None:
            if self._door.is_ours(sender_of(body)):
                work = listener(change, self._context)
                self._context.background.start(work, what=change.type, is_optional=True)
        elif self.events.wants(body):
            await self.events.take(body)
        elif (self.has_listeners or not self.events.knows(change.type)) and await self._goes_on(body):
            return "ok", None
        return "ok", replies.nothing()

    async def _goes_on(self, body: Mapping[str, Any]) -> bool:
        """Whether an event is for listeners of Bolt's: nothing from outside is, and nothing twice."""
        is_heard = await self._door.lets_hear(sender_of(body))
        if is_heard is None and self.has_listeners:
            raise NotTakenError("Slack does not say whose it is")
        return is_heard is True and not self._is_repeated(string(body, "event_id"))  # which its redeliveries have, too

    async def _admitted(self, kind: str, body: Mapping[str, Any], began: float) -> tuple[str, Ack | None]:
        # Slack's id of what a person did, which no other press or form has.
        sender, trigger = sender_of(body), string(body, "trigger_id")
        admitted = await self._door.admit(sender)
        may_decide = admitted is Admission.DECIDE
        inbound.begin(Interaction(trigger, may_decide, sender.user_id, began + _SLACK_SECONDS))
        if admitted in _REFUSED:
            said = self._say(kind, body, blocks.not_admitted(admitted))
            return "outside", (await self._in_time(kind, body, said, began))[1]
        if kind == "command":
            return await self._command(body, began)
        if self._is_repeated(trigger):
            return "repeated", replies.nothing()
        handle = self._by_type.get(kind)
        if handle is None:
            return "ok", None
        return await self._in_time(kind, body, handle(body), began)

    def _is_repeated(self, trigger: str) -> bool:
        if not trigger:
            return False
        if trigger in self._seen:
            return True
        self._seen[trigger] = None
        if len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return False

    async def _in_time(
        self, kind: str, body: Mapping[str, Any], work: Coroutine[Any, Any, Ack | None], began: float
    ) -> tuple[str, Ack | None]:
        """Return what a listener answers, if it does so in time; otherwise acknowledge, and say it when it comes.

        The time runs from when the payload came in: the door may have used up most of it. What is owed after an
        acknowledgement that came first is written down, so that it is said even if this process is killed.
        """
        task = asyncio.ensure_future(self._guarded(kind, body, work))
        await asyncio.wait({task}, timeout=max(began + _PATIENCE_SECONDS - time.perf_counter(), 0.0))
        if task.done():
            return task.result()
        current = inbound.interaction.get() or Interaction("", may_decide=False)
        words = PrivateWords(self._context, current)
        holding = asyncio.ensure_future(words.hold(current.owed or blocks.interrupted()))
        await asyncio.wait({holding}, timeout=_STORE_SECONDS)
        self._context.background.start(self._say_late(kind, body, task, holding, words, current), what=f"late {kind}")
        return "late", replies.view(home_blocks.waiting()) if kind == "view_submission" else replies.nothing()

    async def _say_late(
        self,
        kind: str,
        body: Mapping[str, Any],
        task: asyncio.Future[tuple[str, Ack | None]],
        holding: asyncio.Future[None],
        words: PrivateWords,
        current: Interaction,
    ) -> None:
        await holding
        await words.hold_during(task)
        _, ack = await task
        if kind == "view_submission":
            await self._end_form(body, ack, words, current)
        elif kind == "command" and ack and (response_url := body.get("response_url")):
            said = replies.read(ack)
            try:
                await self._context.slack.respond(str(response_url), said)
            except SlackError:
                await words.say(Rendered(said.get("text", ""), said.get("blocks", [])))
            else:
                await words.drop()
        elif not current.is_left_to_outbox:
            await words.drop()

    async def _end_form(
        self, body: Mapping[str, Any], ack: Ack | None, words: PrivateWords, current: Interaction
    ) -> None:
        """Say in the window of a form that was acknowledged late how it ended; in private where the window is gone."""
        wrong, view = replies.errors_in(ack), replies.view_in(ack)
        instead: Rendered | None = blocks.form_ended(wrong)
        if view:
            instead = Rendered(home_blocks.words_of(view))
        elif not wrong and current.is_left_to_outbox:
            words, instead = PrivateWords(self._context, current, ":form"), None
        elif not wrong:
            instead = None if current.is_shown else current.owed or instead
        shown = view or home_blocks.notice(wrong or "Done. You can close this.")
        await fill(self._context, payloads.view_id_of(body), shown, words, instead)

    async def _guarded(
        self, kind: str, body: Mapping[str, Any], work: Coroutine[Any, Any, Ack | None]
    ) -> tuple[str, Ack | None]:
        try:
            return "ok", await work
        except Exception as error:  # noqa: BLE001 - the reply boundary
            return await self._failed(kind, body, error)

    async def _failed(self, kind: str, body: Mapping[str, Any], error: BaseException) -> tuple[str, Ack | None]:
        """Say what went wrong to the person who caused it."""
        if isinstance(error, RepeatedError):
            return "repeated", replies.nothing()
        if isinstance(error, FormError):
            return "refused", replies.errors(error.by_field)
        if isinstance(error, UnshownError):
            await tell(self._context, error.message)
            return failure(error.refusal, what=kind)[0], replies.nothing()
        outcome, said = failure(error, what=kind)
        if kind == "view_submission" and inbound.may_be_saved():
            # A form that stays open would be sent, and saved, a second time.
            return outcome, replies.view(home_blocks.notice(said.text))
        return outcome, await self._say(kind, body, said)

    async def _command(self, body: Mapping[str, Any], began: float) -> tuple[str, Ack | None]:
        try:
            command = payloads.command(body)
            listener = self._routes.commands.get(command.name)
            if listener is None and self._is_repeated(command.trigger_id):
                return "repeated", replies.nothing()
            said = listener(command, self._context) if listener is not None else None
        except Exception as error:  # noqa: BLE001 - the reply boundary
            return await self._failed("command", body, error)
        if said is None or isinstance(said, bytes):
            return "ok", said
        outcome, ack = await self._in_time("command", body, said, began)
        return outcome, ack or replies.nothing()

    async def _action(self, body: Mapping[str, Any]) -> Ack | None:
        action = payloads.action(body)
        listener = self._routes.actions.get(action.action_id)
        if listener is None:
            return None
        if action.action_id not in self._routes.reading:
            inbound.require_full_member()
        return await listener(action, self._context) or replies.nothing()

    async def _submission(self, body: Mapping[str, Any]) -> Ack | None:
        submission = payloads.submission(body)
        listener = self._routes.submissions.get(submission.callback_id)
        return (await listener(submission, self._context) or replies.nothing()) if listener is not None else None

    async def _shortcut(self, body: Mapping[str, Any]) -> Ack | None:
        shortcut = payloads.shortcut(body)
        listener = self._routes.shortcuts.get(shortcut.callback_id)
        return (await listener(shortcut, self._context) or replies.nothing()) if listener is not None else None

    async def _say(self, kind: str, body: Mapping[str, Any], message: Rendered) -> Ack:
        """Tell the person where they are: in the acknowledgement, in the form, in a reply, or in a modal of its own."""
        if kind == "command":
            return replies.ephemeral(message)
        if kind == "view_submission":
            block_id = payloads.first_input_of(body)
            return (
                replies.errors({block_id: message.text}) if block_id else replies.view(home_blocks.notice(message.text))
            )
        try:
            with showing(message):
                await self._say_elsewhere(kind, body, message)
        except UnshownError as error:
            log.warning("what went wrong could not be said where it was asked: %s", error)
            await tell(self._context, message)
        return replies.nothing()

    async def _say_elsewhere(self, kind: str, body: Mapping[str, Any], message: Rendered) -> None:
        slack, response_url, trigger_id = self._context.slack, body.get("response_url"), body.get("trigger_id")
        if isinstance(response_url, str) and response_url:
            reply = {"response_type": "ephemeral", "replace_original": False, **message.as_body()}
            if kind == "block_actions" and (thread_ts := payloads.action(body).thread_ts):
                reply["thread_ts"] = thread_ts
            await slack.respond(response_url, reply)
        elif kind in ("block_actions", "shortcut") and isinstance(trigger_id, str) and trigger_id:
            show = slack.push_view if payloads.action(body).view_id else slack.open_view
            await show(trigger_id, home_blocks.notice(message.text))

"""The front door: one dictionary look-up for each payload, instead of Bolt's own search through listeners.

Bolt tries its listeners one after another and polls for their acknowledgement; docs/adr/0003 has the reasons. The route
for HTTP asks `Dispatch.answer`, and so does `handlers.sockets` in Socket Mode.
"""

from __future__ import annotations

import itertools
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram

from bot.blocks import help as blocks
from bot.blocks import home as home_blocks
from bot.blocks.text import Rendered
from bot.errors import SlackError, UserError
from bot.logs import request_id
from bot.ports import Ack
from handlers import payloads, replies
from handlers.context import Context
from handlers.payloads import Action, Command, Event, Shortcut, Submission

log = logging.getLogger(__name__)

#: Event ids that this process has taken lately; the store has those of other processes.
_REMEMBERED_EVENTS = 10_000


@dataclass(frozen=True, slots=True)
class Routes:
    """Listeners by command, action id, callback id and event type."""

    commands: Mapping[str, Callable[[Command, Context], Awaitable[Ack]]]
    actions: Mapping[str, Callable[[Action, Context], Awaitable[Ack]]]
    submissions: Mapping[str, Callable[[Submission, Context], Awaitable[Ack]]]
    shortcuts: Mapping[str, Callable[[Shortcut, Context], Awaitable[Ack]]]
    events: Mapping[str, Callable[[Event, Context], Awaitable[None]]]


class Metrics:
    """How many payloads of each kind came in, with what outcome, and how long the acknowledgement took."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._outcomes: dict[tuple[str, str], tuple[Counter, Histogram]] = {}
        self._count = Counter("baton_payloads", "Payloads from Slack.", ["kind", "outcome"], registry=registry)
        self._seconds = Histogram(
            "baton_ack_seconds",
            "Time until the acknowledgement.",
            ["kind"],
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 3),
            registry=registry,
        )

    def observe(self, kind: str, outcome: str, seconds: float) -> None:
        """Count one payload."""
        children = self._outcomes.get((kind, outcome))
        if children is None:  # finding a labelled child costs more than counting with it
            children = self._count.labels(kind, outcome), self._seconds.labels(kind)
            self._outcomes[kind, outcome] = children
        children[0].inc()
        children[1].observe(seconds)


class Dispatch:
    """Finds the listener of a payload and answers with what it returns, or with a sentence when it fails."""

    def __init__(self, routes: Routes, context: Context, metrics: Metrics) -> None:
        self._routes, self._context, self._metrics = routes, context, metrics
        self._taken: dict[str, None] = {}
        self._process, self._numbers = secrets.token_hex(4), itertools.count(1)
        self._by_type = {
            "event_callback": self._event,
            "block_actions": self._action,
            "view_submission": self._submission,
            "message_action": self._shortcut,
            "url_verification": self._challenge,
            "view_closed": self._ignore,
            "ssl_check": self._ignore,
        }

    async def answer(self, body: Mapping[str, Any]) -> Ack:
        """Answer one payload; whatever goes wrong, with a sentence for the person behind it."""
        began = time.perf_counter()
        kind, handle = self._find(body)
        request_id.set(f"{self._process}-{next(self._numbers):x}")
        outcome = "ok"
        try:
            response = await handle(body)
        except UserError as error:
            outcome, response = "refused", self._say(kind, body, Rendered(str(error)))
        except SlackError as error:
            log.warning("%s failed: %s", kind, error)
            outcome, response = "slack", self._say(kind, body, blocks.slack_failed(error.code))
        except Exception:
            log.exception("%s failed", kind)
            outcome, response = "failed", self._say(kind, body, blocks.failed(request_id.get()))
        self._metrics.observe(kind, outcome, time.perf_counter() - began)
        return response

    def _find(self, body: Mapping[str, Any]) -> tuple[str, Callable[[Mapping[str, Any]], Awaitable[Ack]]]:
        if "command" in body:
            return "command", self._command
        kind = "ssl_check" if "ssl_check" in body else str(body.get("type", ""))
        handle = self._by_type.get(kind)
        return (kind, handle) if handle is not None else ("unknown", self._unknown)

    async def _command(self, body: Mapping[str, Any]) -> Ack:
        command = payloads.command(body)
        listener = self._routes.commands.get(command.name)
        if listener is None:
            return replies.ephemeral(blocks.help_message())
        return await listener(command, self._context)

    async def _action(self, body: Mapping[str, Any]) -> Ack:
        action = payloads.action(body)
        listener = self._routes.actions.get(action.action_id)
        if listener is None:
            raise UserError("That button is from another version of Baton: ask again.")
        return await listener(action, self._context)

    async def _submission(self, body: Mapping[str, Any]) -> Ack:
        submission = payloads.submission(body)
        listener = self._routes.submissions.get(submission.callback_id)
        if listener is None:
            raise UserError("That form is from another version of Baton: close it and start again.")
        return await listener(submission, self._context)

    async def _shortcut(self, body: Mapping[str, Any]) -> Ack:
        shortcut = payloads.shortcut(body)
        listener = self._routes.shortcuts.get(shortcut.callback_id)
        if listener is None:
            raise UserError("That shortcut is from another version of Baton: reload Slack and try again.")
        return await listener(shortcut, self._context)

    async def _event(self, body: Mapping[str, Any]) -> Ack:
        """Acknowledge at once; the listener works behind it. A redelivery of what was taken does nothing."""
        event = payloads.event(body)
        listener = self._routes.events.get(event.type)
        if listener is None or event.event_id in self._taken:
            return replies.nothing()
        self._taken[event.event_id] = None
        if len(self._taken) > _REMEMBERED_EVENTS:
            del self._taken[next(iter(self._taken))]
        self._context.background.start(listener(event, self._context), what=event.type)  # type: ignore[arg-type]
        return replies.nothing()

    async def _challenge(self, body: Mapping[str, Any]) -> Ack:
        return replies.challenge(str(body.get("challenge", "")))

    async def _ignore(self, _body: Mapping[str, Any]) -> Ack:
        return replies.nothing()

    async def _unknown(self, body: Mapping[str, Any]) -> Ack:
        log.warning("a payload of an unknown type came in: %s", str(body.get("type", ""))[:60])
        return replies.nothing()

    def _say(self, kind: str, body: Mapping[str, Any], message: Rendered) -> Ack:
        """Tell the person where they are: in the acknowledgement, in the form, in a reply, or in a modal of its own."""
        if kind == "command":
            return replies.ephemeral(message)
        if kind == "view_submission":
            blocks_of_view = [block for block in body.get("view", {}).get("blocks", ()) if block.get("type") == "input"]
            return (
                replies.errors({blocks_of_view[0]["block_id"]: message.text}) if blocks_of_view else replies.nothing()
            )
        response_url = body.get("response_url")
        trigger_id = body.get("trigger_id")
        if isinstance(response_url, str) and response_url:
            reply = {"response_type": "ephemeral", "replace_original": False, **message.as_body()}
            if kind == "block_actions" and (thread_ts := payloads.action(body).thread_ts):
                reply["thread_ts"] = thread_ts
            self._context.background.start(self._context.slack.respond(response_url, reply), what="error reply")
        elif kind == "block_actions" and isinstance(trigger_id, str) and trigger_id:
            slack, view = self._context.slack, home_blocks.notice(message.text)
            show = slack.push_view if payloads.action(body).view_id else slack.open_view
            self._context.background.start(show(trigger_id, view), what="error notice")
        return replies.nothing()

"""How payloads reach the app: signed HTTP requests or Socket Mode envelopes, three seconds, redelivery of events.

Signatures use the machine's time, not the workspace's, because the app checks them against its own clock.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
import uuid
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

import aiohttp
import orjson

from bot.playground._payloads import event_wrapper
from bot.playground._sockets import Sockets
from bot.playground.records import Delivery, DeliveryKind, Json
from bot.playground.workspace import SimulatedWorkspace, keep

#: How many background events can wait; further ones are lost, as with Slack's own hourly limit.
MOST_WAITING = 10_000
_SENDERS = 4
_SECRET_HEADERS = ("X-Slack-Signature",)
_ENVELOPES = {"event": "events_api", "command": "slash_commands", "interaction": "interactive"}


class Retry(NamedTuple):
    """Which redelivery this is and why; `FIRST` is not one."""

    number: int
    reason: str


FIRST = Retry(0, "")


@dataclass(frozen=True, slots=True)
class Forgery:
    """What is deliberately wrong with a request: signed with another secret, or at another second."""

    signing_secret: str | None = None
    timestamp: int | None = None


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return Slack's request signature, version 0."""
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return f"v0={digest.hexdigest()}"


def encode(kind: DeliveryKind, payload: Json) -> tuple[str, bytes]:
    """Return content type and body: events are JSON, commands a form, interactions a form with one JSON field."""
    if kind == "event":
        return "application/json", orjson.dumps(payload)
    fields = payload if kind == "command" else {"payload": orjson.dumps(payload).decode()}
    return "application/x-www-form-urlencoded", urlencode(fields).encode()


class PayloadCourier:
    """Delivers payloads to the app and records each attempt in `log`."""

    def __init__(
        self,
        workspace: SimulatedWorkspace,
        sockets: Sockets,
        *,
        signing_secret: str,
        redelivery_delays_seconds: tuple[float, ...],
        ack_timeout_seconds: float,
    ) -> None:
        self._workspace = workspace
        self._sockets = sockets
        self._secret = signing_secret
        self._delays = redelivery_delays_seconds
        self._timeout = ack_timeout_seconds
        self._session: aiohttp.ClientSession | None = None
        self._waiting: asyncio.Queue[Json] = asyncio.Queue(maxsize=MOST_WAITING)
        self._tasks: set[asyncio.Task[Any]] = set()
        self.request_url: str | None = None
        self.log: list[Delivery] = []

    @property
    def connected(self) -> bool:
        """Whether there is an app to deliver to."""
        return self.request_url is not None or self._sockets.count > 0

    async def start(self) -> None:
        """Open the HTTP client and start the senders of background events."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._timeout))
        for _ in range(_SENDERS):
            self._spawn(self._send_waiting())

    async def stop(self) -> None:
        """End every background task, including later redeliveries, and close the HTTP client."""
        tasks, self._tasks = list(self._tasks), set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send_waiting(self) -> None:
        while True:
            event = await self._waiting.get()
            try:
                await self.event(event)
            finally:
                self._waiting.task_done()

    async def settle(self) -> None:
        """Wait until every background event has been sent once (not for redeliveries, which may be minutes away)."""
        await self._waiting.join()

    def queue_event(self, event: Json) -> None:
        """Send an event in the background, as the events that the bot itself causes; none if too many are waiting."""
        if not self._waiting.full():
            self._waiting.put_nowait(event)

    async def event(self, event: Json) -> Delivery:
        """Wrap and send an event. If that fails, redeliver it after each of the delays. Return the first attempt."""
        payload = event_wrapper(self._workspace, event)
        first = await self.send("event", payload)
        if self._wants_retry(first):
            self._spawn(self._redeliver(first))
        return first

    @staticmethod
    def _wants_retry(delivery: Delivery) -> bool:
        never = delivery.error == "not_connected" or delivery.headers.get("x-slack-no-retry") == "1"
        return not delivery.ok and not never

    async def _redeliver(self, failed: Delivery) -> None:
        for number, delay in enumerate(self._delays, start=1):
            await asyncio.sleep(delay)
            reason = failed.error or "http_error"
            failed = await self.send("event", failed.payload, retry=Retry(number, reason))
            if not self._wants_retry(failed):
                return

    async def send(
        self,
        kind: DeliveryKind,
        payload: Json,
        *,
        retry: Retry = FIRST,
        forgery: Forgery | None = None,
    ) -> Delivery:
        """Make one attempt: through a socket if one is open, else by HTTP. Forgeries always use HTTP."""
        started = time.monotonic()
        at = self._workspace.now()
        if self._sockets.count and forgery is None:
            outcome = await self._by_socket(kind, payload, retry)
        else:
            headers, body = self._signed(kind, payload, forgery or Forgery())
            if retry.number:
                headers |= {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": retry.reason}
            outcome = await self._by_http(headers, body)
        seconds = time.monotonic() - started
        delivery = Delivery(at=at, kind=kind, payload=payload, seconds=seconds, retry_num=retry.number, **outcome)
        keep(self.log, delivery)
        self._workspace.changed("delivery")
        return delivery

    def _signed(self, kind: DeliveryKind, payload: Json, forgery: Forgery) -> tuple[dict[str, str], bytes]:
        content_type, body = encode(kind, payload)
        timestamp = str(int(time.time()) if forgery.timestamp is None else forgery.timestamp)
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (simulated)",
            "Accept": "*/*",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(forgery.signing_secret or self._secret, timestamp, body),
        }
        return headers, body

    async def _by_http(self, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        shown = {name: value for name, value in headers.items() if name not in _SECRET_HEADERS}
        if self.request_url is None or self._session is None:
            return {"headers": shown, "error": "not_connected"}
        try:
            async with self._session.post(self.request_url, data=body, headers=headers) as answer:
                parsed = _parsed(answer.headers, await answer.read())
                shown |= {"x-slack-no-retry": "1"} if answer.headers.get("x-slack-no-retry") == "1" else {}
                error = None if 200 <= answer.status < 300 else "http_error"
                return {
                    "headers": shown,
                    "transport": "http",
                    "status": answer.status,
                    "response": parsed,
                    "error": error,
                }
        except TimeoutError:
            return {"headers": shown, "transport": "http", "error": "http_timeout"}
        except aiohttp.ClientError:
            return {"headers": shown, "transport": "http", "error": "connection_failed"}

    async def _by_socket(self, kind: DeliveryKind, payload: Json, retry: Retry) -> dict[str, Any]:
        envelope = {
            "envelope_id": str(uuid.uuid4()),
            "type": _ENVELOPES[kind],
            "payload": payload,
            "accepts_response_payload": kind != "event",
        }
        if kind == "event":
            envelope |= {"retry_attempt": retry.number, "retry_reason": retry.reason}
        try:
            answer = await self._sockets.send(envelope, timeout_seconds=self._timeout)
        except TimeoutError:
            return {"transport": "socket", "error": "http_timeout"}
        except ConnectionError:
            return {"transport": "socket", "error": "connection_failed"}
        return {"transport": "socket", "status": 200, "response": answer}


def _parsed(headers: Mapping[str, str], body: bytes) -> Any:
    """Return the body of an acknowledgement: None if empty, parsed if it is declared as JSON, else the text."""
    if not body:
        return None
    if "json" in headers.get("Content-Type", ""):
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            return body.decode(errors="replace")
    return body.decode(errors="replace")

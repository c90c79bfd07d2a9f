"""A tiny app that checks signatures as Slack's SDK does, and a clock that stands still until it is moved."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web
from slack_sdk.signature import SignatureVerifier

SECRET, BOT_TOKEN, APP_TOKEN = "a-signing-secret", "xoxb-test", "xapp-test"
Json = dict[str, Any]


class Clock:
    """The workspace's time: stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass(frozen=True, slots=True)
class Received:
    """One request as the app got it; `payload` is the parsed event, form or interaction."""

    headers: dict[str, str]
    content_type: str
    payload: Json


@dataclass
class TinyApp:
    """Remembers what it gets and answers with `answer(payload)`: a status, a text or a JSON body."""

    received: list[Received] = field(default_factory=list)
    refused: int = 0
    answer: Callable[[Json], Any] = lambda _payload: None
    delay_seconds: float = 0.0

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not SignatureVerifier(SECRET).is_valid_request(body, dict(request.headers)):
            self.refused += 1
            return web.Response(status=401)
        if request.content_type == "application/json":
            payload = json.loads(body)
        else:
            form = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
            payload = json.loads(form["payload"]) if "payload" in form else form
        self.received.append(Received(dict(request.headers), request.content_type, payload))
        await asyncio.sleep(self.delay_seconds)
        answer = self.answer(payload)
        if isinstance(answer, web.Response):
            return answer
        if isinstance(answer, dict):
            return web.json_response(answer)
        return web.Response(status=answer) if isinstance(answer, int) else web.Response(text=answer or "")

    def of(self, kind: str) -> list[Json]:
        """The payloads of this type: an event's or an interaction's `type`, or "command"."""
        shown = []
        for one in self.received:
            payload = one.payload
            name = payload["event"]["type"] if "event" in payload else payload.get("type", "command")
            if name == kind:
                shown.append(payload)
        return shown

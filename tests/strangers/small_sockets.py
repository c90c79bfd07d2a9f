"""Socket Mode over the small Slack: connections that a ticket opens, envelopes, and their acknowledgements."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import WSMsgType, web

from tests.strangers.small_slack import SmallSlack
from tests.strangers.world import Answer, Baton, House, small_slack, until

APP_TOKEN = "xapp-small-slack-0000-token"
_FORM = "application/x-www-form-urlencoded"


@dataclass
class SocketSlack(SmallSlack):
    """A small Slack with Socket Mode. `fault("socket", …)` lets a handshake go wrong after the ticket was taken."""

    acks: list[dict[str, Any]] = field(default_factory=list)  #: every acknowledgement that came, in order
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    opened: int = 0  #: how many connections there were
    delivered: int = 0  #: … and how many envelopes were sent over them

    def __post_init__(self) -> None:
        super().__post_init__()
        self._tickets: set[str] = set()
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._turns = itertools.count()

    def token_for(self, method: str) -> str:
        return APP_TOKEN if method == "apps.connections.open" else super().token_for(method)

    def add_routes(self, app: web.Application) -> None:
        super().add_routes(app)
        app.router.add_get("/link", self._on_socket)

    async def stop(self) -> None:
        await self.cut()
        await super().stop()

    def _apps_connections_open(self, _arguments: dict[str, Any]) -> dict[str, Any]:
        return {"ok": True, "url": self.new_address()}

    def new_address(self) -> str:
        ticket = f"ticket-{next(self._numbers)}"
        self._tickets.add(ticket)
        return f"ws://127.0.0.1:{self.port}/link?ticket={ticket}"

    async def _on_socket(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=403)
        self._tickets.discard(ticket)  # it opens one connection, whatever becomes of that
        broken = await self._go_wrong(request, self._next_fault("socket"))
        if broken is not None:
            return broken
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.opened += 1
        self.sockets.append(socket)
        try:
            await socket.send_json({"type": "hello", "num_connections": len(self.sockets), "connection_info": {}})
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._on_ack(json.loads(message.data))
        finally:
            if socket in self.sockets:
                self.sockets.remove(socket)
        return socket

    def _on_ack(self, ack: dict[str, Any]) -> None:
        self.acks.append(ack)
        waiting = self._waiting.pop(ack.get("envelope_id", ""), None)
        if waiting is not None and not waiting.done():
            waiting.set_result(ack)

    async def deliver(self, kind: str, payload: Any, *, seconds: float = 20, **over: Any) -> dict[str, Any] | None:
        """Send an envelope over the next connection; return its acknowledgement, None where none came."""
        number = next(self._numbers)
        takes_payload = kind != "events_api"
        envelope = {"envelope_id": f"e-{number}", "type": kind, "payload": payload,
                    "accepts_response_payload": takes_payload} | over  # fmt: skip
        waiting = self._waiting[envelope["envelope_id"]] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await until(lambda: self.sockets, seconds=seconds, what="a connection")
                await self.sockets[next(self._turns) % len(self.sockets)].send_json(envelope)
                self.delivered += 1
                ack: dict[str, Any] = await waiting
                return ack
        except (TimeoutError, ConnectionError):
            return None
        finally:
            self._waiting.pop(envelope["envelope_id"], None)

    async def say(self, message: Any) -> None:
        """Send something over every connection."""
        for socket in list(self.sockets):
            await socket.send_str(message if isinstance(message, str) else json.dumps(message))

    async def disconnect(self, reason: str) -> None:
        """Announce the end of every connection as Slack does; only after a warning they stay open."""
        was = list(self.sockets)
        await self.say({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}})
        if reason != "warning":
            for socket in was:
                await socket.close()

    async def cut(self) -> None:
        """Break every connection without a word."""
        for socket in list(self.sockets):
            if socket._req is not None and socket._req.transport is not None:
                socket._req.transport.abort()


class SocketBaton(Baton):
    """A `baton run` that Slack reaches over Socket Mode."""

    slack: SocketSlack

    def __post_init__(self) -> None:
        super().__post_init__()
        self.settings = {"BATON_SLACK_APP_TOKEN": APP_TOKEN, **self.settings}

    async def send(self, body: bytes, kind: str = _FORM, *, seconds: float = 20, **headers: str) -> Answer:
        """Send what HTTP would carry as an envelope. Not acknowledged is a TimeoutError, as over HTTP."""
        began = time.monotonic()
        envelope, payload = _enveloped(body, kind)
        retry = headers.get("X-Slack-Retry-Num")
        more = {"retry_attempt": int(retry), "retry_reason": "timeout"} if retry else {}
        ack = await self.slack.deliver(envelope, payload, seconds=seconds, **more)
        if ack is None:
            raise TimeoutError("no acknowledgement")
        answered = ack.get("payload")
        return Answer(
            200, "" if answered is None else json.dumps(answered, ensure_ascii=False), time.monotonic() - began
        )


def _enveloped(body: bytes, kind: str) -> tuple[str, Any]:
    if kind != _FORM:
        return "events_api", json.loads(body)
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return ("interactive", json.loads(fields["payload"])) if "payload" in fields else ("slash_commands", fields)


class SocketHouse(House):
    """Gives cases Batons that Slack reaches over Socket Mode; what is made once for all is another house's."""

    def __init__(self, house: House) -> None:
        super().__init__(house.new_folder(), is_long=house.is_long)
        self._house = house

    async def template(self) -> Path:
        return await self._house.template()

    def new_baton(self, settings: dict[str, str]) -> SocketBaton:
        slack = SocketSlack()
        small_slack(slack)
        return SocketBaton(self.new_folder(), slack, settings)

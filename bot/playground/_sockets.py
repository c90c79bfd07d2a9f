"""Socket Mode: the connections that an app opens, the envelopes sent through them, and their acknowledgements."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from bot.playground.records import Json
from bot.playground.workspace import SimulatedWorkspace

#: Slack allows ten connections per app.
MOST_CONNECTIONS = 10


class Sockets:
    """The live Socket Mode connections of the app."""

    def __init__(self, workspace: SimulatedWorkspace) -> None:
        self._workspace = workspace
        self._tickets: set[str] = set()
        self._connections: list[web.WebSocketResponse] = []
        self._turns = itertools.count()
        self._acks: dict[str, asyncio.Future[Any]] = {}

    @property
    def count(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    def ticket(self) -> str:
        """Return a ticket that opens one connection, once."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return ticket

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket endpoint: say hello, then read acknowledgements until the app disconnects."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets or self.count >= MOST_CONNECTIONS:
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=403)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._connections.append(socket)
        try:
            await socket.send_json(self._hello())
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledged(message.data)
        finally:
            if socket in self._connections:
                self._connections.remove(socket)
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.count,
            "debug_info": {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._workspace.app_id},
        }

    def _acknowledged(self, text: str) -> None:
        try:
            ack = orjson.loads(text)
        except orjson.JSONDecodeError:
            return  # Slack ignores what it cannot read; the envelope counts as not acknowledged
        waiting = self._acks.pop(ack.get("envelope_id", ""), None) if isinstance(ack, dict) else None
        if waiting is not None and not waiting.done():
            waiting.set_result(ack.get("payload"))

    async def send(self, envelope: Json, *, timeout_seconds: float) -> Any:
        """Send an envelope through the next connection and return the payload of its acknowledgement.

        Raises TimeoutError if none comes in time, and ConnectionError if the connection is gone.
        """
        socket = self._connections[next(self._turns) % self.count]
        waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._acks[envelope["envelope_id"]] = waiting
        try:
            await socket.send_str(orjson.dumps(envelope).decode())
            return await asyncio.wait_for(waiting, timeout_seconds)
        finally:
            self._acks.pop(envelope["envelope_id"], None)

    async def disconnect(self, *, reason: str = "warning") -> None:
        """Announce to every connection that it will be closed.

        After a `warning` it stays open for now; otherwise it closes.
        """
        message = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}
        for socket in list(self._connections):
            await socket.send_json(message)
            if reason != "warning":
                self._connections.remove(socket)
                await socket.close()

    async def close(self) -> None:
        """Close every connection without a warning, and release everybody who waits for an acknowledgement."""
        connections, self._connections = self._connections, []
        for socket in connections:
            await socket.close()
        for waiting in self._acks.values():
            if not waiting.done():
                waiting.set_exception(ConnectionResetError("the connection was closed"))

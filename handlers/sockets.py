"""Socket Mode: the connections that Baton opens to Slack, and the payloads that come in through them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.domain.encodings import read_json
from bot.errors import SlackError, SlackRateLimitedError

log = logging.getLogger(__name__)

#: How often Slack is pinged.
_PING_SECONDS = 5.0
#: How long a connection may take to open. Slack takes far less; aiohttp would wait for five minutes.
_HANDSHAKE_SECONDS = 10.0
#: How long a failed attempt to connect is followed by none: doubled each time, up to the longest.
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1.0, 30.0
#: How a connection says that it has ended.
_ENDS = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


class Sockets(SocketModeClient):
    """slack_sdk's client in front of a Bolt app.

    slack_sdk goes on trying the address of a connection that could not be opened, and Slack lets each address in once:
    here every attempt asks for one of its own. A connection that is cut is replaced at once, where slack_sdk waits for
    its next ping. What is under way when it is closed is finished first. What fails is one line in the log.
    """

    def __init__(self, app: AsyncApp, app_token: str, open_address: Callable[[], Awaitable[str]]) -> None:
        """Prepare it; `open_address` asks Slack for the address of one more connection."""
        super().__init__(app_token, logger=app.logger, web_client=app.client, ping_interval=_PING_SECONDS)
        self._app, self._open_address = app, open_address
        self._under_way: set[asyncio.Task[None]] = set()
        self._closing: set[asyncio.Task[None]] = set()
        self._replacing: asyncio.Task[None] | None = None
        self._pause = 0.0

    async def issue_new_wss_url(self) -> str:
        """Return an address that opens one connection. Raises SlackError, but waits where Slack asks for a pause."""
        while True:
            try:
                return await self._open_address()
            except SlackRateLimitedError as error:
                log.warning("Slack asks for a pause of %g s before Socket Mode connects", error.retry_after_seconds)
                await asyncio.sleep(error.retry_after_seconds)

    async def connect(self) -> None:
        """Open a connection in the place of the present one; what fails is tried again until it is closed."""
        pause = _FIRST_PAUSE_SECONDS
        while not self.closed:
            address, self.wss_uri = self.wss_uri, None
            try:
                await self._open(address or await self.issue_new_wss_url())
            except (SlackError, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
                # The error itself may hold the address, which is a secret.
                why = error if isinstance(error, SlackError) else type(error).__name__
                log.warning("Socket Mode could not be connected (%s); tried again in %g s", why, pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            else:
                return

    async def _open(self, address: str) -> None:
        before, self.auto_reconnect_enabled = self.current_session, False
        if self.aiohttp_client_session.closed:
            self.aiohttp_client_session = aiohttp.ClientSession()
        async with asyncio.timeout(_HANDSHAKE_SECONDS):
            self.current_session = await self.aiohttp_client_session.ws_connect(
                address, autoping=False, heartbeat=self.ping_interval, proxy=self.proxy, ssl=self.web_client.ssl or True
            )
        self.auto_reconnect_enabled, self.stale = True, False
        if before is not None:  # not earlier: until now payloads came in over it
            closing = asyncio.create_task(_closed(before))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
        await self.current_session.ping(f"sdk-ping-pong:{time.time()}".encode())
        for task in (self.current_session_monitor, self.message_receiver):
            if task is not None:
                task.cancel()
        self.current_session_monitor = asyncio.ensure_future(self.monitor_current_session())
        self.message_receiver = asyncio.ensure_future(self.receive_messages())

    async def receive_messages(self) -> None:
        """Take in what comes over the present connection; when it has ended, another is opened."""
        session, began = self.current_session, time.monotonic()
        while session is not None:
            message = await session.receive()
            if message.type is aiohttp.WSMsgType.TEXT:
                await self.enqueue_message(message.data)
            elif message.type is aiohttp.WSMsgType.PING:
                with suppress(ConnectionError):  # what comes next says that it has ended
                    await session.pong(message.data)
            elif message.type is aiohttp.WSMsgType.PONG:
                self.last_ping_pong_time = time.time()
            elif message.type in _ENDS:
                break
        if self.auto_reconnect_enabled and session is self.current_session:
            # Slack that ends each connection at once is not to be asked for the next at once.
            is_lasting = time.monotonic() - began >= _LONGEST_PAUSE_SECONDS
            self._pause = 0.0 if is_lasting else min(max(2 * self._pause, _FIRST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
            self._replacing = asyncio.create_task(self._replace())  # which ends this task

    async def _replace(self) -> None:
        log.info("a connection of Socket Mode has ended; another is opened in %g s", self._pause)
        await asyncio.sleep(self._pause)
        try:
            await self.connect_to_new_endpoint()
        except SlackError as error:  # the monitor of the connection tries again
            log.warning("Socket Mode could not be connected anew (%s)", error)

    async def process_message(self) -> None:
        """Begin on the next message that came in; one that is no envelope is left alone."""
        try:
            message = read_json(str(await self.message_queue.get()).encode())
        except ValueError:
            message = None
        if isinstance(message, dict):
            task = asyncio.create_task(self._take(message))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _take(self, message: Mapping[str, Any]) -> None:
        try:
            if message.get("type") == "disconnect":
                await self.connect_to_new_endpoint(force=True)
            elif isinstance(message.get("envelope_id"), str):
                await self._answer(message)
        except SlackError as error:  # the monitor of the connection tries again once it has ended
            log.warning("Socket Mode could not be connected anew (%s)", error)
        except ConnectionError as error:
            log.warning("an acknowledgement did not reach Slack: the connection is gone (%s)", type(error).__name__)

    async def _answer(self, envelope: Mapping[str, Any]) -> None:
        """Let the app answer a payload, and acknowledge it; Slack delivers an event again that is not acknowledged."""
        began, payload = time.time(), envelope.get("payload")
        request = SocketModeRequest(
            type=str(envelope.get("type")),
            envelope_id=envelope["envelope_id"],
            payload=payload if isinstance(payload, dict) else {},
            retry_attempt=envelope.get("retry_attempt"),
            retry_reason=envelope.get("retry_reason"),
        )
        # Bolt reads a body when it is given one, and stumbles over what is not as it expects.
        bolt_request = AsyncBoltRequest(mode="socket_mode", body={}, headers=build_headers(request))
        bolt_request.body = request.payload
        await send_async_response(self, request, await self._app.async_dispatch(bolt_request), began)

    async def finish(self, *, seconds: float) -> None:
        """Take in nothing more, wait for what is under way, and close the connection."""
        self.auto_reconnect_enabled = False
        for task in (self.message_receiver, self.current_session_monitor, self._replacing):
            if task is not None:
                task.cancel()
        while not self.message_queue.empty():
            await self.process_message()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=seconds)
        await self.close()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped


async def _closed(connection: aiohttp.ClientWebSocketResponse) -> None:
    """End a connection; Slack may have gone, and is waited for up to ten seconds."""
    with suppress(aiohttp.ClientError, OSError):
        await connection.close()

"""The web server's connections: how many there may be at once, and how long each may keep Baton waiting."""

from __future__ import annotations

import asyncio
import errno
import logging
import resource
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from aiohttp import hdrs, web

#: Connections at once, where the process may have twice as many descriptors.
_MOST_CONNECTIONS = 1000
#: How many descriptors `baton run` asks for, and what share of those it has goes to connections; of a burst of new
#: ones, so many are taken at a time. The rest are the database's, Slack's and the files'.
_WANTED_DESCRIPTORS, _CONNECTIONS_SHARE, _BURST_SHARE, _MOST_AT_A_TIME = 4096, 2, 16, 128
#: Longer than the proxies before Baton keep a connection (60 seconds, 600 at Google's): whoever closes it first is the
#: one who knows that no request is on its way.
_KEEP_ALIVE_SECONDS = 630.0
#: How long a stop waits for the bodies of requests that have begun.
_ARRIVING_SECONDS = 1.0
#: The log says once in so many seconds that there are too many connections.
_SILENCE_SECONDS = 60.0
_OUT_OF_DESCRIPTORS = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

#: Of a request that the application has made.
_Handler = Callable[[Any], Awaitable[web.StreamResponse]]

log = logging.getLogger(__name__)


def allow_descriptors() -> None:
    """Raise this process's soft limit of open files towards the hard one, where it is lower than Baton wants."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(_WANTED_DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Server(web.Server):
    """Has at most `most` connections: for a new one too many, the one that keeps Baton waiting longest is cut off.

    A connection keeps Baton waiting while no request is on it, or its body has not arrived. One on which no request
    has begun `first_seconds` after it was opened is cut off, too.

    `plain` are the handlers of paths without variables, by method and path. Slack's requests come in at one of them,
    and aiohttp would look for it among all routes and make an object of what it found.
    """

    def __init__(
        self,
        app_server: web.Server,
        plain: Mapping[tuple[str, str], _Handler],
        *,
        most: int,
        first_seconds: float,
        **options: Any,
    ) -> None:
        super().__init__(self._answer, request_factory=app_server.request_factory, **options)
        self._handle, self._plain = app_server.request_handler, plain
        self._most, self._first_seconds = most, first_seconds
        self._open: set[web.RequestHandler] = set()
        #: Those that keep Baton waiting, the longest first.
        self._waiting: dict[web.RequestHandler, None] = {}
        #: Those whose request had no whole body when it began, each with what ends once it has.
        self._begun: dict[web.RequestHandler, asyncio.Future[None]] = {}
        self._silent: dict[web.RequestHandler, asyncio.TimerHandle] = {}
        self._said_at = -_SILENCE_SECONDS

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        """Take a connection in."""
        super().connection_made(handler, transport)
        self._open.add(handler)
        self._waiting[handler] = None
        later = asyncio.get_running_loop().call_later
        self._silent[handler] = later(self._first_seconds, self._cut_off, handler)
        if len(self._open) > self._most:
            self._cut_off(next(iter(self._waiting)))
            self.say_full(f"more than {self._most} connections at once: those that wait longest are cut off")

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        """Forget a connection."""
        super().connection_lost(handler, exc)
        self._open.discard(handler)
        self._waiting.pop(handler, None)
        self._end_silence(handler)

    def say_full(self, what: str) -> None:
        """Log a line, unless one was logged just before."""
        now = time.monotonic()
        if now - self._said_at >= _SILENCE_SECONDS:
            self._said_at = now
            log.warning("%s", what)

    async def let_bodies_arrive(self) -> None:
        """Wait a moment for the bodies of requests that have begun, and cut off those whose body does not come.

        What comes after `pre_shutdown` is thrown away by aiohttp, which would then wait for these requests in vain.
        """
        if not self._begun:
            return
        await asyncio.wait(self._begun.values(), timeout=_ARRIVING_SECONDS)
        for connection in [each for each, arrived in self._begun.items() if not arrived.done()]:
            self._cut_off(connection)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request; from when its body is there until it is answered, it is not its sender that is waited for.

        Not a middleware of aiohttp's: with the first one, every request pays for how aiohttp strings them together.
        """
        connection = request.protocol
        self._end_silence(connection)
        if not request.content.is_eof():
            self._begun[connection] = arrived = asyncio.get_running_loop().create_future()
            request.content.on_eof(partial(arrived.set_result, None))
        request.content.on_eof(partial(self._waiting.pop, connection, None))
        handle = self._plain.get((request.method, request.raw_path))
        if handle is None or hdrs.EXPECT in request.headers:
            handle = self._handle
        try:
            return await handle(request)
        finally:
            self._begun.pop(connection, None)
            self._waiting.pop(connection, None)
            if connection in self._open:
                self._waiting[connection] = None

    def _end_silence(self, connection: web.RequestHandler) -> None:
        timer = self._silent.pop(connection, None)
        if timer is not None:
            timer.cancel()

    def _cut_off(self, connection: web.RequestHandler) -> None:
        self._waiting.pop(connection, None)
        connection.force_close()
        if connection.transport is not None:
            connection.transport.abort()


class Runner(web.AppRunner):
    """Runs the application behind a server that limits its connections; `read_seconds` is for a first request."""

    def __init__(self, app: web.Application, *, read_seconds: float, shutdown_timeout: float) -> None:
        super().__init__(app, access_log=None, shutdown_timeout=shutdown_timeout, handle_signals=False)
        self._read_seconds = read_seconds
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._descriptors = _WANTED_DESCRIPTORS if soft == resource.RLIM_INFINITY else soft

    @property
    def backlog(self) -> int:
        """How many connections may wait to be taken in: asyncio takes as many at a time, before any is counted."""
        return min(_MOST_AT_A_TIME, self._descriptors // _BURST_SHARE)

    async def cleanup(self) -> None:
        """Let nobody in any more, and end what has begun."""
        for site in self.sites:
            await site.stop()
        if isinstance(self.server, Server):
            await self.server.let_bodies_arrive()
        await super().cleanup()

    async def _make_server(self) -> web.Server:
        plain = {
            (each.method, each.resource.canonical): each.handler
            for each in self.app.router.routes()
            if isinstance(each.resource, web.PlainResource)
        }
        made = Server(
            await super()._make_server(),
            plain,
            most=min(_MOST_CONNECTIONS, self._descriptors // _CONNECTIONS_SHARE),
            first_seconds=self._read_seconds,
            keepalive_timeout=_KEEP_ALIVE_SECONDS,
            access_log=None,
        )
        asyncio.get_running_loop().set_exception_handler(partial(_on_loop_error, made))
        return made


def _on_loop_error(server: Server, loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """Log a line where asyncio cannot take a connection in: it would log thousands of tracebacks in a second."""
    error = context.get("exception")
    if isinstance(error, OSError) and error.errno in _OUT_OF_DESCRIPTORS:
        server.say_full(f"a connection could not be taken in ({error.strerror})")
    else:
        loop.default_exception_handler(dict(context))

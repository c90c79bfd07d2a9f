"""What a start waits for, in good health: a Slack and a database that are in trouble just now."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self, TypeVar

from aiohttp import web

from bot import web as routes
from bot.domain.outbox import may_pass
from bot.errors import SettingsError, SlackError, StoreUnavailableError
from bot.settings import Settings
from bot.store import database_errors
from bot.web_server import Runner

_T = TypeVar("_T")
#: How long the start waits before it tries again: doubled each time, up to the longest.
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1.0, 30.0
#: How long a host name of the database may be unknown: that of a new service takes some time to be told everywhere.
_UNKNOWN_HOST_SECONDS = 120.0

log = logging.getLogger(__name__)


class Start:
    """Serves health from before the first attempt to reach anything; an asynchronous context, until `end` or its exit.

    Raises SettingsError when nothing can be listened on.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings, self._reason = settings, "Slack and the database are still to answer"
        self._server = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Begin to serve health."""
        await serve(self._server, self.settings, routes.waiting_routes(lambda: self._reason))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        await self.end()

    async def end(self) -> None:
        """Stop listening, for those who serve everything."""
        await self._server.aclose()

    async def wait_for(self, ask: Callable[[], Awaitable[_T]]) -> _T:
        """Return what `ask` gives. Trouble of Slack's or the database's that passes is waited for.

        A host that no name server knows is one that is still to come, or a slip of the pen: after a while, the latter.
        """
        pause, began = _FIRST_PAUSE_SECONDS, time.monotonic()
        while True:
            try:
                return await ask()
            except SlackError as error:
                if not may_pass(error):
                    raise
                began = time.monotonic()
                what, wait = f"Slack cannot be asked ({error})", max(pause, getattr(error, "retry_after_seconds", 0.0))
            except StoreUnavailableError as error:
                now = time.monotonic()
                began = began if error.why == database_errors.UNKNOWN_HOST else now
                if not error.may_pass or now - began > _UNKNOWN_HOST_SECONDS:
                    raise database_errors.unopened(error) from None
                wait = pause
                what = f"the database {error.why} ({error.cause}): check that it runs, and BATON_DATABASE_URL"
            self._reason = what
            log.warning("the start waits, because %s; tried again in %g s", what, wait)
            await asyncio.sleep(wait)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


async def accepted(variable: str, asked: Awaitable[_T]) -> _T:
    """Return what Slack answers. Raises SettingsError when it refuses the token that this variable holds."""
    try:
        return await asked
    except SlackError as error:
        if may_pass(error):
            raise
        raise SettingsError(f"Slack refuses the token ({error.code}): check {variable}.") from error


async def serve(stack: AsyncExitStack, settings: Settings, served: list[web.RouteDef]) -> str:
    """Listen until the stack is closed; return the address. Raises SettingsError when that cannot be."""
    runner = Runner(
        routes.application(served), read_seconds=settings.read_seconds, shutdown_timeout=settings.drain_seconds
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, settings.host, settings.port, backlog=runner.backlog).start()
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        raise SettingsError(
            f"{where} cannot be listened on ({error.strerror}): set BATON_HOST or BATON_PORT."
        ) from error
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"

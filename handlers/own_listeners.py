"""How listeners of the organisation's own run: acknowledged in time, finished before a stop, logged when they fail."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from slack_bolt import BoltResponse
from slack_bolt.kwargs_injection.async_utils import build_async_required_kwargs
from slack_bolt.lazy_listener.async_runner import AsyncLazyListenerRunner
from slack_bolt.listener.async_listener import AsyncListener
from slack_bolt.listener.asyncio_runner import AsyncioListenerRunner
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.util.utils import get_arg_names_of_callable

from bot.services.background import Background

log = logging.getLogger(__name__)

#: How long an acknowledgement waits for the end of a listener, so that whoever pressed something sees that it failed.
_PATIENCE_SECONDS = 2.0
#: … and for the acknowledgement of one that has not given it by then: as long as Slack; and how often it is looked for.
_LONGEST_SECONDS, _LOOK_SECONDS = 3.0, 0.05


class OwnListeners(AsyncioListenerRunner):
    """Runs Bolt's listeners. One that works on after two seconds does so behind its acknowledgement.

    Bolt would wait for its end, and Slack, which waits for three seconds, would deliver an event again meanwhile.
    """

    def __init__(self, bolts: AsyncioListenerRunner, background: Background) -> None:
        """Take the place of Bolt's own."""
        super().__init__(**(vars(bolts) | {"lazy_listener_runner": _LazyListeners(background)}))
        self._background = background

    async def run(
        self,
        request: AsyncBoltRequest,
        response: BoltResponse,
        listener_name: str,
        listener: AsyncListener,
        starting_time: float | None = None,
    ) -> BoltResponse | None:
        """Run a listener; return its acknowledgement."""
        began, ack = time.monotonic(), request.context.ack
        running = asyncio.ensure_future(super().run(request, response, listener_name, listener, starting_time))
        await asyncio.wait({running}, timeout=_PATIENCE_SECONDS)
        is_owed = not listener.auto_acknowledgement
        while is_owed and ack.response is None and not running.done() and time.monotonic() - began < _LONGEST_SECONDS:
            await asyncio.wait({running}, timeout=_LOOK_SECONDS)
        if running.done():
            return running.result()
        self._background.start(_ended(running), what=listener_name)
        return ack.response or BoltResponse(status=200, body="")


class _LazyListeners(AsyncLazyListenerRunner):
    """Runs what Bolt calls lazy listeners: a stop waits for them, and what fails is logged with its traceback."""

    logger = log

    def __init__(self, background: Background) -> None:
        self._background = background

    def start(self, function: Callable[..., Awaitable[None]], request: AsyncBoltRequest) -> None:
        """Begin on one behind the acknowledgement."""
        self._background.start(self._run(function, request), what=function.__name__)

    async def _run(self, function: Callable[..., Awaitable[None]], request: AsyncBoltRequest) -> None:
        given = build_async_required_kwargs(
            logger=self.logger,
            required_arg_names=get_arg_names_of_callable(function),
            request=request,
            response=None,
            this_func=function,
        )
        await function(**given)


async def _ended(running: Awaitable[object]) -> None:
    await running

"""How listeners of the organisation's own run: acknowledged in time, finished before a stop, logged when they fail."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.kwargs_injection.async_utils import build_async_required_kwargs
from slack_bolt.lazy_listener.async_runner import AsyncLazyListenerRunner
from slack_bolt.listener.async_listener import AsyncListener
from slack_bolt.listener.asyncio_runner import AsyncioListenerRunner
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.util.utils import get_arg_names_of_callable

from bot.services.background import Background

log = logging.getLogger(__name__)

#: How long an acknowledgement waits for the end of a listener, so that whoever pressed something sees that it failed.
_PATIENCE_SECONDS = 2.0
#: … and for the acknowledgement of one that has not given it by then: as long as Slack; and how often it is looked for.
_LONGEST_SECONDS, _LOOK_SECONDS = 3.0, 0.05


@dataclass(slots=True)
class _Way:
    """How far one payload has come on its way to a listener of the organisation's own."""

    #: The kind of payload, once it is theirs to answer.
    theirs: asyncio.Future[str] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    #: Whether a listener has it, or middleware of one.
    is_heard: bool = False


_way: ContextVar[_Way | None] = ContextVar("way", default=None)


def hand_on(kind: str) -> None:
    """Note that the payload at hand goes on to middleware and listeners of the organisation's own."""
    if (way := _way.get()) is not None:
        way.theirs.set_result(kind)


class _Noted(AsyncMiddleware):
    """Notes that a listener's own middleware has the payload at hand: Bolt goes on where that calls no `next()`."""

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,  # noqa: ARG002 - Bolt's signature
        resp: BoltResponse,
        next: Callable[[], Awaitable[Any]],  # noqa: A002 - Bolt's signature
    ) -> BoltResponse:
        """Note it, and go on."""
        if (way := _way.get()) is not None:
            way.is_heard = True
        await next()
        return resp


def noted(middleware: Iterable[Any] | None) -> list[Any]:
    """Return the middleware of one listener with a note before what is not Bolt's own, which only looks for words."""
    listed = list(middleware or ())
    own = [at for at, each in enumerate(listed) if not type(each).__module__.startswith("slack_bolt.")]
    return [*listed[: own[0]], _Noted(), *listed[own[0] :]] if own else listed


def kept_to_itself(error: BoltUnhandledRequestError, kind: str) -> BoltResponse | None:
    """Return what a payload is answered with that a listener or middleware has had, and let go no further.

    None for one that none has had. The log names one that nothing has acknowledged; events are acknowledged for them.
    """
    said: BoltResponse | None = error.request.context.ack.response
    if said is not None:
        return said
    way = _way.get()
    if not error.last_global_middleware_name and not (way is not None and way.is_heard):
        return None
    if kind != "event_callback":
        log.warning("what BATON_LISTENERS registers ended without an acknowledgement: %s", kind)
    return BoltResponse(status=200)


async def in_time(
    request: AsyncBoltRequest, answering: Coroutine[Any, Any, BoltResponse], background: Background
) -> BoltResponse:
    """Return what a payload is answered with. What Baton does not answer is acknowledged as long as Slack waits.

    Middleware or a listener that works on after two seconds does so behind the acknowledgement: Bolt would wait for its
    end, and Slack, which waits for three seconds, would deliver an event again meanwhile.
    """
    began, way = monotonic(), _Way()
    _way.set(way)
    running = asyncio.ensure_future(answering)
    either: set[asyncio.Future[Any]] = {running, way.theirs}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        return running.result()
    await asyncio.wait({running}, timeout=max(began + _PATIENCE_SECONDS - monotonic(), 0.0))
    ack, is_owed = request.context.ack, way.theirs.result() != "event_callback"
    while is_owed and ack.response is None and not running.done() and monotonic() < began + _LONGEST_SECONDS:
        await asyncio.wait({running}, timeout=_LOOK_SECONDS)
    if running.done():
        return running.result()
    if ack.response is None and (is_owed or not way.is_heard):
        log.warning("what BATON_LISTENERS registers did not acknowledge in time: %s", way.theirs.result())
    background.start(_ended(running), what="a listener of BATON_LISTENERS")
    return ack.response or BoltResponse(status=200, body="")


class OwnListeners(AsyncioListenerRunner):
    """Runs Bolt's listeners."""

    def __init__(self, bolts: AsyncioListenerRunner, background: Background) -> None:
        """Take the place of Bolt's own."""
        super().__init__(**(vars(bolts) | {"lazy_listener_runner": _LazyListeners(background)}))

    async def run(
        self,
        request: AsyncBoltRequest,
        response: BoltResponse,
        listener_name: str,
        listener: AsyncListener,
        starting_time: float | None = None,
    ) -> BoltResponse | None:
        """Run a listener; return its acknowledgement."""
        if (way := _way.get()) is not None:
            way.is_heard = True
        return await super().run(request, response, listener_name, listener, starting_time)


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

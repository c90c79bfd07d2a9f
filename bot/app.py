"""The composition root: settings in, a running Baton out. The only module that imports the handlers."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CollectorRegistry

from bot import jobs
from bot import web as routes
from bot.clients.slack import SlackClient
from bot.errors import SettingsError, SlackError
from bot.ports import Clock, SystemClock
from bot.services import snapshot as snapshots
from bot.services.deps import Deps
from bot.services.lifecycle.calendars import Calendars
from bot.services.lifecycle.facts import Facts, keep_following
from bot.services.lifecycle.pictures import Pictures
from bot.services.lifecycle.reminding import Reminding
from bot.services.lifecycle.watches import Watcher
from bot.services.lifecycle.working_times import WorkingTimes
from bot.services.outbox import Drainer
from bot.services.portfolio import Portfolios
from bot.services.snapshot import Snapshot
from bot.settings import Settings
from bot.store import migrations
from bot.store.db import Database
from handlers import routes as slack_routes
from handlers.context import Background, Context
from handlers.dispatch import Dispatch, Metrics

if TYPE_CHECKING:
    from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

log = logging.getLogger(__name__)

#: A click must be answered within three seconds, so a busy SQLite is given up on before that.
_BUSY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Running:
    """A Baton that serves. `url` is where its web server listens."""

    url: str
    context: Context
    jobs: jobs.Jobs


@asynccontextmanager
async def running(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Running]:
    """Serve Slack until the block is left, then finish what was acknowledged.

    Raises SettingsError when a token is missing or Slack refuses it, StoreError when the schema is not current.
    """
    settings.require_slack()
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url.get_secret_value(), busy_timeout_seconds=_BUSY_SECONDS)
        stack.push_async_callback(database.close)
        await migrations.require_current(database)
        deps = Deps(
            database, clock or SystemClock(), settings.stale_after, settings.timezone, settings.platform_channel
        )
        slack = await stack.enter_async_context(
            SlackClient(token=settings.slack_bot_token.get_secret_value(), api_url=settings.slack_api_url)
        )
        bot_user_id = await _who_am_i(slack)
        snapshot = Snapshot()
        await snapshots.refresh(snapshot, database)
        gc.collect()
        snapshots.give_memory_back()
        gc.freeze()  # the catalog lives as long as the process: a full collection over it would stop the loop
        watcher = Watcher(deps, snapshot, Facts())
        context = _context(deps, slack, watcher, bot_user_id, settings)
        registry = CollectorRegistry()
        dispatch = Dispatch(slack_routes(), context, Metrics(registry))
        feed_url = settings.feed_url if settings.feed_refresh else ""
        work = jobs.Jobs(deps, slack, snapshot, watcher, Reminding(deps, watcher, WorkingTimes()), feed_url)
        stack.push_async_callback(_drained, context, settings.drain_seconds)
        _start_following(stack, context, settings)
        sockets = _sockets(slack, dispatch, settings.slack_app_token.get_secret_value())
        is_connected = sockets.client.is_connected if sockets is not None else None
        health = routes.health_routes(deps, snapshot, registry, is_connected=is_connected)
        calendars = routes.calendar_routes(Calendars(deps, watcher))
        url = await _serve(stack, settings, dispatch, [*health, *calendars])
        if sockets is not None:
            await sockets.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
            stack.push_async_callback(sockets.close_async)
        log.info("serving %d assets at %s", len(snapshot.directory), url)
        _start_jobs(stack, context, work)
        yield Running(url, context, work)
        log.info("stopping: finishing what was acknowledged")


def _context(deps: Deps, slack: SlackClient, watcher: Watcher, bot_user_id: str, settings: Settings) -> Context:
    return Context(
        deps=deps,
        snapshot=watcher.snapshot,
        slack=slack,
        drainer=Drainer(deps, slack),
        portfolios=Portfolios(deps, watcher.snapshot),
        background=Background(),
        bot_user_id=bot_user_id,
        watcher=watcher,
        pictures=Pictures(deps, watcher),
        public_url=settings.public_url,
    )


async def _who_am_i(slack: SlackClient) -> str:
    try:
        return await slack.bot_user_id()
    except SlackError as error:
        raise SettingsError(
            f"Slack does not accept the bot token ({error.code}): check BATON_SLACK_BOT_TOKEN and the network."
        ) from error


def _start_following(stack: AsyncExitStack, context: Context, settings: Settings) -> None:
    """Start what runs beside requests: the followers of the catalog and of the facts, and the outbox."""
    follower = snapshots.follow(context.snapshot, context.deps.database, every_seconds=settings.catalog_poll_seconds)
    stack.push_async_callback(_cancelled, asyncio.create_task(follower))
    facts = keep_following(context.watcher.facts, context.deps.database)
    stack.push_async_callback(_cancelled, asyncio.create_task(facts))
    drainer = asyncio.create_task(context.drainer.run())
    stack.push_async_callback(_stopped, context.drainer, drainer, settings.drain_seconds)


def _start_jobs(stack: AsyncExitStack, context: Context, work: jobs.Jobs) -> None:
    """Start what happens by the clock, last of all: nobody waits for it."""
    scheduler = jobs.scheduler(work)
    scheduler.start()
    stack.callback(scheduler.shutdown, wait=False)
    context.background.start(jobs.sync_slack(work), what="sync_slack")
    context.background.start(jobs.refresh_facts(work), what="refresh_facts")


async def _serve(stack: AsyncExitStack, settings: Settings, dispatch: Dispatch, others: list[web.RouteDef]) -> str:
    """Listen for Slack, unless Socket Mode brings its payloads, and for all others; return the address."""
    secret = settings.slack_signing_secret.get_secret_value()
    is_socket_mode = bool(settings.slack_app_token.get_secret_value())
    slack = [] if is_socket_mode else routes.slack_routes(dispatch.answer, signing_secret=secret)
    runner = web.AppRunner(
        routes.application(others, slack),
        access_log=None,
        shutdown_timeout=settings.drain_seconds,
        handle_signals=False,
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        raise SettingsError(f"{where} cannot be listened on ({error.strerror}): set BATON_PORT.") from error
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"


def _sockets(slack: SlackClient, dispatch: Dispatch, app_token: str) -> AsyncSocketModeHandler | None:
    """Return Socket Mode, not connected yet; without an app token there is none."""
    if not app_token:
        return None
    from handlers.sockets import sockets  # noqa: PLC0415 - nobody who serves over HTTP should wait for Bolt

    return sockets(slack.web, dispatch, app_token)


async def _drained(context: Context, seconds: float) -> None:
    cut_off = await context.background.drain(seconds=seconds)
    if cut_off:
        log.warning("%d pieces of work did not finish in time", cut_off)


async def _stopped(drainer: Drainer, task: asyncio.Task[None], seconds: float) -> None:
    # A post that is cut off may be in Slack or not: let it end.
    drainer.stop()
    await asyncio.wait([task], timeout=seconds)
    await _cancelled(task)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

"""The composition root: settings in, a running Baton out. The only module that imports the handlers."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CollectorRegistry
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot import jobs
from bot import web as routes
from bot.clients.slack import SlackClient
from bot.errors import SettingsError, SlackError
from bot.ports import Clock, SystemClock
from bot.services import snapshot as snapshots
from bot.services.deps import Deps
from bot.services.lifecycle.facts import Facts
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
        gc.freeze()  # the catalog lives as long as the process: a full collection over it would stop the loop
        portfolios = Portfolios(deps, snapshot)
        watcher = Watcher(deps, snapshot, Facts())
        context = Context(deps, snapshot, slack, Drainer(deps, slack), portfolios, Background(), bot_user_id, watcher)
        registry = CollectorRegistry()
        dispatch = Dispatch(slack_routes(), context, Metrics(registry))
        work = jobs.Jobs(deps, slack, snapshot, watcher, Reminding(deps, watcher, WorkingTimes()))
        stack.push_async_callback(_drained, context, settings.drain_seconds)
        await _start_work(stack, context, work, settings)
        sockets = _sockets(slack, dispatch, settings.slack_app_token.get_secret_value())
        is_connected = sockets.client.is_connected if sockets is not None else None
        health = routes.health_routes(deps, snapshot, registry, is_connected=is_connected)
        url = await _serve(stack, settings, dispatch, health)
        if sockets is not None:
            await sockets.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
            stack.push_async_callback(sockets.close_async)
        log.info("serving %d assets at %s", len(snapshot.directory), url)
        yield Running(url, context, work)
        log.info("stopping: finishing what was acknowledged")


async def _who_am_i(slack: SlackClient) -> str:
    try:
        return await slack.bot_user_id()
    except SlackError as error:
        raise SettingsError(
            f"Slack does not accept the bot token ({error.code}): check BATON_SLACK_BOT_TOKEN and the network."
        ) from error


async def _start_work(stack: AsyncExitStack, context: Context, work: jobs.Jobs, settings: Settings) -> None:
    """Start what runs beside requests: the catalog's followers, the outbox, the scheduler."""
    follower = snapshots.follow(context.snapshot, context.deps.database, every_seconds=settings.catalog_poll_seconds)
    stack.push_async_callback(_cancelled, asyncio.create_task(follower))
    drainer = asyncio.create_task(context.drainer.run())
    stack.push_async_callback(_stopped, context.drainer, drainer, settings.drain_seconds)
    scheduler = jobs.scheduler(work)
    scheduler.start()
    stack.callback(scheduler.shutdown, wait=False)
    context.background.start(jobs.sync_slack(work), what="sync_slack")


async def _serve(stack: AsyncExitStack, settings: Settings, dispatch: Dispatch, health: list[web.RouteDef]) -> str:
    """Listen for health and metrics, and for Slack unless Socket Mode brings its payloads; return the address."""
    secret = settings.slack_signing_secret.get_secret_value()
    is_socket_mode = bool(settings.slack_app_token.get_secret_value())
    slack = [] if is_socket_mode else routes.slack_routes(dispatch.answer, signing_secret=secret)
    runner = web.AppRunner(
        routes.application(health, slack),
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
    """Return Socket Mode, not connected yet: Bolt holds the connections, the front door answers ahead of its listeners.

    Without an app token there is none. Slack's side of the connection needs no signature, and the bot token was checked
    at the start.
    """
    if not app_token:
        return None
    bolt = AsyncApp(
        client=slack.web,
        before_authorize=dispatch,
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
    )
    return AsyncSocketModeHandler(bolt, app_token)


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

"""The composition root: settings in, a running Baton out. The only module that imports the handlers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

from prometheus_client import CollectorRegistry

from bot import jobs
from bot import web as routes
from bot.clients.slack import SlackClient
from bot.domain.trust import Workspace
from bot.errors import (
    SettingsError,
    log_failure,
)
from bot.ports import Clock, Identity, Model, SystemClock, Tracker
from bot.services import snapshot as snapshots
from bot.services.context import Context, assemble
from bot.services.deps import Deps, DevopsTeam
from bot.services.eol.calendars import Calendars
from bot.services.eol.exposure import keep_following
from bot.services.eol.facts import Facts
from bot.services.outbox import Drainer
from bot.services.snapshot import Snapshot
from bot.settings import Settings, listed
from bot.start import Start, accepted, serve
from bot.store import database_errors, migrations
from bot.store.db import FOR_PEOPLE, Database
from handlers import JOBS, ROUTES
from handlers.carrier import add_listeners, carrier, tried_listeners
from handlers.catalog import CatalogChanges
from handlers.dispatch import Dispatch, Metrics
from handlers.door import Door
from handlers.eol import refresh_facts
from handlers.routes import Job
from handlers.sockets import Sockets

log = logging.getLogger(__name__)

#: How often questions that were left behind are looked for.
_RESUME_SECONDS = 30


@dataclass(frozen=True, slots=True)
class RunningApp:
    """A Baton that serves. `url` is where its web server listens."""

    url: str
    context: Context
    door: Door
    jobs: tuple[Job, ...]  #: what it does by the clock


@asynccontextmanager
async def running(
    settings: Settings, *, clock: Clock | None = None, tracker: Tracker | None = None
) -> AsyncIterator[RunningApp]:
    """Serve Slack until the block is left, then finish what was acknowledged.

    A `tracker` goes before that of the settings.

    Raises SettingsError when a token is missing or Slack refuses it, StoreError when the database lets nobody in or its
    schema is not current. A database or a Slack that is away is waited for.
    """
    settings.require_slack()
    settings.require_tracker()
    settings.require_model()
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url.get_secret_value(), limits=FOR_PEOPLE)
        stack.push_async_callback(database.close)
        start = await stack.enter_async_context(Start(settings))
        await start.wait_for(lambda: _require_current(database))
        database.check_file()  # this is the file that has to stay there
        deps = _deps(database, clock or SystemClock(), settings)
        slack, identity = await _signed_in(stack, settings, start)
        snapshot = Snapshot()
        await start.wait_for(lambda: snapshots.refresh(snapshot, database))
        snapshots.settle()
        context = assemble(
            deps,
            slack,
            snapshot=snapshot,
            facts=Facts(),
            bot_user_id=identity.bot_user_id,
            public_url=settings.public_url,
            feed_url=settings.feed_url if settings.feed_refresh else "",
            tracker=tracker or await opened_tracker(stack, settings, deps.clock),
            carries_comments=settings.tracker_comments,
        )
        context = replace(context, model=await _model(stack, settings))
        await start.wait_for(context.members.load)
        workspace = Workspace(identity.team_id, identity.enterprise_id, identity.app_id)
        door = Door(workspace, context.members, deps.open_channels, snapshot.is_shared)
        registry = CollectorRegistry()
        dispatch = Dispatch(ROUTES, context, door, Metrics(registry))
        _start_following(stack, context, settings)
        # Ends before the outbox does: what it was still answering goes out.
        stack.push_async_callback(_drained, context, settings.drain_seconds)
        url = await _listen(stack, start, context, slack, identity, dispatch, registry)
        log.info("serving %d assets at %s", len(snapshot.directory), url)
        _start_jobs(stack, context, dispatch)
        yield RunningApp(url, context, door, JOBS)
        log.info("stopping: finishing what was acknowledged")


async def _signed_in(stack: AsyncExitStack, settings: Settings, start: Start) -> tuple[SlackClient, Identity]:
    """Return the client that Slack knows by the token, and as whom. Raises SettingsError when it may not serve."""
    slack = await stack.enter_async_context(
        SlackClient(token=settings.slack_bot_token.get_secret_value(), api_url=settings.slack_api_url)
    )
    identity = await start.wait_for(lambda: accepted("BATON_SLACK_BOT_TOKEN", slack.identity()))
    if identity.is_org_wide:
        raise SettingsError(
            "BATON_SLACK_BOT_TOKEN is that of an app installed for a whole enterprise, and Baton serves one "
            "workspace: install the app in that workspace, and copy the token from there."
        )
    return slack, identity


async def _listen(
    stack: AsyncExitStack,
    start: Start,
    context: Context,
    slack: SlackClient,
    identity: Identity,
    dispatch: Dispatch,
    registry: CollectorRegistry,
) -> str:
    """Let Slack in, over HTTP or in Socket Mode; return where the web server listens."""
    settings = start.settings
    bolt = carrier(
        slack.for_listeners,
        dispatch,
        identity=identity,
        background=context.background,
        signing_secret=settings.slack_signing_secret.get_secret_value(),
    )
    flow = await add_listeners(bolt, settings.listeners) if settings.listeners else None
    dispatch.has_listeners = bool(settings.listeners)
    app_token = settings.slack_app_token.get_secret_value()
    sockets = Sockets(bolt, app_token, partial(slack.socket_url, app_token)) if app_token else None
    is_connected = sockets.is_connected if sockets is not None else None
    token = settings.metrics_token.get_secret_value()
    health = routes.health_routes(
        context.deps, context.snapshot, registry, metrics_token=token, is_connected=is_connected
    )
    calendars = routes.calendar_routes(Calendars(context.deps, context.watcher))
    events = [] if app_token else routes.slack_routes(bolt.async_dispatch, read_seconds=settings.read_seconds)
    if sockets is not None:
        stack.push_async_callback(sockets.close)  # wherever the start ends; what is connected is finished before
        opened = partial(slack.socket_url, app_token)
        sockets.wss_uri = await start.wait_for(lambda: accepted("BATON_SLACK_APP_TOKEN", opened()))
    hooks = routes.tracker_routes(context.trackers, context.background, read_seconds=settings.read_seconds)
    served = [*health, *calendars, *hooks, *events]
    served += routes.oauth_routes(flow, besides=served)
    await start.end()
    url = await serve(stack, settings, served)
    if sockets is not None:
        stack.push_async_callback(sockets.finish, seconds=settings.drain_seconds)
        await sockets.connect()
    return url


def _deps(database: Database, clock: Clock, settings: Settings) -> Deps:
    return Deps(
        database,
        clock,
        settings.stale_after,
        settings.timezone,
        settings.platform_channel,
        listed(settings.catalog_admins),
        settings.open_channel_ids,
        DevopsTeam(
            name=settings.devops_team.strip(),
            triage_channel=settings.triage_channel.strip(),
            weekly_hours=settings.devops_weekly_hours,
            first_response_hours=settings.first_response_hours,
            sprint_weeks=settings.sprint_weeks,
            emoji=settings.request_emoji,
            seen_emoji=settings.seen_emoji,
            done_emoji=settings.done_emoji,
            failed_emoji=settings.failed_emoji,
            model_channels=listed(settings.model_channels),
        ),
    )


async def count_listeners(settings: Settings) -> tuple[int, list[str]]:
    """Return how much the organisation's own module registers, and what of it Baton answers itself.

    Raises SettingsError when it cannot be used.
    """
    token, api_url = settings.slack_bot_token.get_secret_value(), settings.slack_api_url
    async with SlackClient(token=token, api_url=api_url) as slack:
        return await tried_listeners(settings.listeners, slack.for_listeners, ROUTES)


async def opened_tracker(stack: AsyncExitStack, settings: Settings, clock: Clock) -> Tracker | None:
    """Return the tracker that is chosen, not asked yet; None for none. Its client is imported only then."""
    if settings.tracker == "jira":
        from bot.clients.trackers import jira  # noqa: PLC0415

        opened = jira.connected(
            site=settings.jira_site,
            project=settings.jira_project,
            issue_type=settings.jira_issue_type,
            email=settings.jira_email,
            token=settings.jira_token.get_secret_value(),
            webhook_secret=settings.tracker_webhook_secret,
            clock=clock,
        )
        return await stack.enter_async_context(opened)
    if settings.tracker == "github":
        try:
            from bot.clients.trackers import github  # noqa: PLC0415
        except ImportError:
            raise SettingsError("BATON_TRACKER=github needs Baton's extra: install baton[github].") from None
        return await stack.enter_async_context(
            github.connected(
                repository=settings.github_repository,
                token=settings.github_token.get_secret_value(),
                webhook_secret=settings.tracker_webhook_secret,
                api_url=settings.github_api_url,
            )
        )
    return None


async def _model(stack: AsyncExitStack, settings: Settings) -> Model | None:
    """Return the model that is chosen, not asked yet; None for none. Its client is imported only then."""
    if not settings.model_url:
        return None
    from bot.clients import model  # noqa: PLC0415

    key = settings.model_key.get_secret_value()
    return await stack.enter_async_context(model.connected(url=settings.model_url, name=settings.model_name, key=key))


async def _require_current(database: Database) -> None:
    database.require_file()
    try:
        await migrations.require_current(database)
    except database_errors.RAISED as error:
        raise database_errors.unopened(error) from None


def _start_following(stack: AsyncExitStack, context: Context, settings: Settings) -> None:
    """Start what runs beside requests: the followers of the catalog and of the facts, and the outbox."""
    follower = snapshots.follow(
        context.snapshot,
        context.deps.database,
        CatalogChanges(context).follow,
        every_seconds=settings.catalog_poll_seconds,
    )
    stack.push_async_callback(_cancelled, asyncio.create_task(follower))
    facts = keep_following(context.watcher, context.deps.database)
    stack.push_async_callback(_cancelled, asyncio.create_task(facts))
    drainer = asyncio.create_task(context.drainer.run())
    stack.push_async_callback(_stopped, context.drainer, drainer, settings.drain_seconds)


def _start_jobs(stack: AsyncExitStack, context: Context, dispatch: Dispatch) -> None:
    """Start what happens by the clock, last of all: nobody waits for it, but those whose question was left behind."""
    context.background.start(dispatch.events.resume(at_start=True), what="resume")
    stack.push_async_callback(_cancelled, asyncio.create_task(_resume(dispatch)))
    scheduler = jobs.scheduler(JOBS, context)
    scheduler.start()
    stack.callback(scheduler.shutdown, wait=False)
    stack.push_async_callback(_cancelled, asyncio.create_task(jobs.keep_time(scheduler)))
    context.background.start(context.listings.read_members(at_start=True), what="read_members")
    context.background.start(context.listings.read_channels(at_start=True), what="read_channels")
    context.background.start(refresh_facts(context), what="refresh_facts")


async def _resume(dispatch: Dispatch) -> None:
    """Answer what was left behind, again and again: the store may have been in trouble when it was to be answered."""
    while True:
        await asyncio.sleep(_RESUME_SECONDS)
        try:
            await dispatch.events.resume()
        except Exception as error:  # noqa: BLE001 - the next look tries again
            log_failure(log, error, "what was left behind could not be read; it is tried again")


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

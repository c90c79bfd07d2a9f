"""The playground: Baton on a SQLite file, the simulated Slack around it, and the page in front of both."""

from __future__ import annotations

import logging
import secrets
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import select
from sqlmodel import col

from bot.app import RunningApp, running
from bot.clients import catalog as formats
from bot.data import manifest
from bot.domain.names import clean
from bot.errors import CatalogError, SettingsError
from bot.playground.clock import MovableClock
from bot.playground.demo import DEMO, load_demo
from bot.playground.fake_slack import FakeSlack
from bot.playground.furniture import add_guest, furnish, hold_threads, read_threads, things_to_try
from bot.playground.issues import PlaygroundIssues
from bot.playground.page import SUGGESTIONS, add_page
from bot.playground.page_state import Tour, people
from bot.playground.time_travel import ClockMover
from bot.ports import SystemClock
from bot.services.catalog import ImportOutcome, import_catalog
from bot.services.deps import Deps
from bot.services.eol.calendars import Calendars
from bot.settings import Settings, listed
from bot.settings import load as load_settings
from bot.store import migrations, tables
from bot.store.db import Database
from bot.web import SLACK_PATH, TRACKER_PATH, calendar_routes

log = logging.getLogger(__name__)

_TOUR_TEAM = "payments"
#: The demo's channel for messages that reach nobody else.
_DEMO_PLATFORM = "team-devops"
#: The demo's team that takes requests.
_DEMO_DEVOPS = "devops"
#: How many errors of your own files are shown for each format; `baton catalog import auto --dry-run` shows all.
_ERRORS_SAID = 10


@dataclass(frozen=True, slots=True)
class Playground:
    """A running playground: the page's address, the simulated Slack, and the Baton in it."""

    url: str
    slack: FakeSlack
    baton: RunningApp
    clock: MovableClock


@asynccontextmanager
async def playing(
    database_url: str,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    catalog: Sequence[Path] = (),
    anew: Path | None = None,
) -> AsyncIterator[Playground]:
    """Serve the playground for the duration of the block.

    An empty database gets the demo organisation first; with `catalog`, it gets the content of these files and folders.
    With `anew`, the database file is deleted first. Raises CatalogError if nothing of the files can be read.
    """
    given = load_settings()
    clock = MovableClock()
    secret, token = secrets.token_hex(16), f"xoxb-{secrets.token_hex(12)}"
    slack = FakeSlack(
        signing_secret=secret,
        bot_token=token,
        app_token=f"xapp-{secrets.token_hex(12)}",
        clock=clock.now,
        monotonic=lambda: clock.now().timestamp(),  # so that no rate limit applies after the clock was moved
    )
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(_listen(host, port))
        if anew is not None:
            _remove(anew)
        database = Database(database_url)  # makes the file, as its owner's alone
        stack.push_async_callback(database.close)
        address = f"http://{host}:{listening.getsockname()[1]}"
        await migrations.upgrade(database)
        await (load_own(database, catalog) if catalog else load_demo(database, clock))
        await _people(slack, database, given, is_own=bool(catalog))
        await slack.start()
        stack.push_async_callback(slack.stop)
        settings = _settings(
            given,
            is_own=bool(catalog),
            admins=_admins(slack, given.catalog_admins if catalog else ""),
            database_url=SecretStr(database_url),
            slack_bot_token=SecretStr(token),
            slack_signing_secret=SecretStr(secret),
            slack_api_url=slack.api_url,
            public_url=address,
        )
        issues = PlaygroundIssues(
            clock, site=address, webhook_secret=secrets.token_hex(16), has_comments=settings.tracker_comments
        )
        await issues.remember(database)
        baton = await stack.enter_async_context(running(settings, clock=clock, tracker=issues))
        slack.connect_http(baton.url + SLACK_PATH)
        issues.webhook_url = baton.url + TRACKER_PATH.format(issues.name)
        mover = ClockMover(slack, clock, baton)
        stack.push_async_callback(mover.finish)
        site = await _site(slack, database, baton, mover, issues, is_own=bool(catalog))
        await _serve(stack, site, listening)
        yield Playground(f"{address}/", slack, baton, clock)


def _remove(file: Path) -> None:
    """Remove a SQLite file, and the files that SQLite keeps beside it."""
    for ending in ("", "-journal", "-shm", "-wal"):
        Path(f"{file}{ending}").unlink(missing_ok=True)


async def _people(slack: FakeSlack, database: Database, given: Settings, *, is_own: bool) -> None:
    """Install Baton in the workspace, and add the people of the catalog; in the demo, a guest as well."""
    slack.workspace.team_name = "Your catalog" if is_own else "Fernhill Labs"
    slack.install(manifest())
    await furnish(slack, database, also=(given.platform_channel, given.triage_channel) if is_own else ())
    if not is_own:
        add_guest(slack)


def _settings(given: Settings, *, is_own: bool, admins: str, **addresses: object) -> Settings:
    """Return the settings of the playground's Baton.

    With a catalog of your own, your settings apply; the demo has its own.
    """
    return load_settings(
        slack_app_token=SecretStr(""),
        host="127.0.0.1",
        port=0,
        catalog_admins=admins,
        platform_channel=given.platform_channel if is_own else _DEMO_PLATFORM,
        devops_team=given.devops_team if is_own else _DEMO_DEVOPS,
        feed_refresh=False,  # the playground contacts nobody outside
        tracker="",  # it has its own issues
        model_url="",
        **addresses,
    )


def _admins(slack: FakeSlack, given: str) -> str:
    """Return the catalog admins: those given who are in the workspace, or else the person that the page begins with."""
    everybody = people(slack)
    return ",".join(each.id for each in everybody if each.id in listed(given)) or everybody[0].id


async def load_own(database: Database, paths: Sequence[Path]) -> None:
    """Import the visitor's files, each format as a source of its own.

    Raises CatalogError, with the first problem, if they contain nothing that Baton can read.
    """
    deps = Deps(database, SystemClock())
    found, problems = formats.detect(paths)
    if not found:
        raise CatalogError(str(problems[0]) if problems else "There is nothing to read in these paths.")
    is_empty = True
    for name, files in found.items():
        catalog = formats.read(name, paths, only=files)
        report = await import_catalog(
            deps,
            catalog,
            source=name,
            format_name=name,
            paths=[path.name for path in paths],
            allow_mass_change=True,
            trust_people=True,  # only the visitor is here, and without people nobody could press a button
        )
        errors = [problem for problem in report.problems if problem.is_error]
        log.info("%s: %d assets, %d errors", name, report.counts["assets_added"], len(errors))
        for problem in errors[:_ERRORS_SAID]:
            log.warning("%s", clean(str(problem)))
        problems += errors
        is_empty &= report.outcome is ImportOutcome.REFUSED
    if is_empty and problems:
        raise CatalogError(clean(str(problems[0])))


async def _tour(slack: FakeSlack, database: Database) -> Tour | None:
    """Post the threads, and find the people and places of the tour."""
    story = await hold_threads(slack, database, read_threads(DEMO / "threads.yaml"))
    owner, owner_channel = await _lead(slack, database, _TOUR_TEAM)
    devops, devops_channel = await _lead(slack, database, _DEMO_DEVOPS)
    outside = (each.id for each in people(slack) if each.id not in slack.workspace.channels[owner_channel].members)
    asker = next(outside, "")
    if not (asker and owner and devops):
        return None
    return Tour(
        asker=asker,
        owner=owner,
        owner_channel=owner_channel,
        threads=story.channel,
        story=story.ts,
        requester=story.user,
        devops=devops,
        devops_channel=devops_channel,
    )


async def _lead(slack: FakeSlack, database: Database, name: str) -> tuple[str, str]:
    """Return the Slack id of a team's lead ("" if it has none), and its channel's id."""
    async with database.reading() as session:
        team = (await session.execute(select(tables.Team).where(col(tables.Team.folded) == name))).scalar_one()
        lead = await session.get(tables.Person, team.lead_id)
    person = next((each.id for each in people(slack) if lead is not None and each.email == lead.email), "")
    return person, next(each.id for each in slack.workspace.channels.values() if f"#{each.name}" == team.channel)


def _listen(host: str, port: int) -> socket.socket:
    """Open a port (a free one if 0), before anything needs its number."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise SettingsError(
            f"{host}:{port} cannot be listened on ({error.strerror}): use `make run PORT=…`."
        ) from error


async def _site(
    slack: FakeSlack,
    database: Database,
    baton: RunningApp,
    mover: ClockMover,
    issues: PlaygroundIssues,
    *,
    is_own: bool,
) -> web.Application:
    """Return the page together with the calendars, so that one address serves both."""
    site = web.Application()
    add_page(
        site,
        slack,
        suggestions=await things_to_try(database) if is_own else SUGGESTIONS,
        tour=None if is_own else await _tour(slack, database),
        move=mover,
        moving=lambda: mover.progress,
        issues=issues,
    )
    site.add_routes(calendar_routes(Calendars(baton.context.deps, baton.context.watcher)))
    return site


async def _serve(stack: AsyncExitStack, site: web.Application, listening: socket.socket) -> None:
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.SockSite(runner, listening).start()

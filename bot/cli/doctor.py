"""`baton doctor`: checks the installation and says what to do."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import func, select, text
from sqlmodel import col

from bot import settings as environment
from bot.cli._database import is_missing, opened, sqlite_file
from bot.cli._terminal import AsJson, print_json
from bot.clients.slack_probe import probe_app, probe_bot, probe_messages
from bot.data import manifest
from bot.domain import doctor as rules
from bot.domain.doctor import Finding, Level
from bot.errors import SettingsError, SlackError, StoreError, TrackerError
from bot.ports import SystemClock
from bot.services.deps import Deps
from bot.services.eol.unreachable_teams import unreachable
from bot.services.outbox import admin
from bot.settings import APP_TOKEN, BOT_TOKEN, Settings
from bot.store import migrations
from bot.store.db import Database
from bot.store.tables import Asset, FeedCopy, ImportRun, OutboxMessage, Source

_MARKS = {Level.OK: "ok     ", Level.NOTE: "note   ", Level.PROBLEM: "PROBLEM"}


def doctor(
    as_json: AsJson = False,
    with_messages: Annotated[
        bool, typer.Option("--messages", help="Ask Slack of a sample of each message and view whether it takes it.")
    ] = False,
) -> None:
    """Check settings, tokens, scopes, clock and database; exit with 1 if something has to be fixed."""
    findings = asyncio.run(_examine(with_messages=with_messages))
    if as_json:
        found = [asdict(finding) for finding in findings]
        print_json(found)
    else:
        for finding in findings:
            sys.stdout.write(f"{_MARKS[finding.level]} {finding.about}: {finding.what}\n")
            if finding.do:
                sys.stdout.write(f"        -> {finding.do}\n")
    if any(finding.level is Level.PROBLEM for finding in findings):
        raise typer.Exit(1)


async def _examine(*, with_messages: bool) -> list[Finding]:
    try:
        settings = environment.load()
    except SettingsError as error:
        return [Finding("settings", Level.PROBLEM, str(error), "Set it to what docs/operating.md says, or unset it.")]
    findings = [_settings(settings), *_optional(settings), *rules.unknown_settings(environment.unknown())]
    findings += [finding async for finding in _listeners(settings)]
    findings += [finding async for finding in _tracker(settings)]
    findings += [finding async for finding in _slack(settings)]
    findings += [finding async for finding in _store(settings)]
    if with_messages:
        findings += await _messages(settings)
    return findings


def _settings(settings: Settings) -> Finding:
    given = sorted(f"BATON_{name.upper()}" for name in settings.model_fields_set)
    return Finding("settings", Level.OK, f"Set are: {', '.join(given)}." if given else "All have their defaults.")


def _optional(settings: Settings) -> Iterator[Finding]:
    """Check the settings file, and the settings of the model if there is one. The model is not asked."""
    if (file := Path(environment.ENV_FILE)).is_file():
        yield from rules.settings_file(file.name, mode=file.stat().st_mode)
    try:
        settings.require_model()
    except SettingsError as error:
        yield Finding("model", Level.PROBLEM, str(error), 'See "A language model" in docs/what-is-sent.md.')


async def _listeners(settings: Settings) -> AsyncIterator[Finding]:
    """Let the organisation's own module register its listeners, as `baton run` does. None of them is called."""
    if not settings.listeners:
        return
    from bot.app import count_listeners  # noqa: PLC0415 - all of Baton, for those who have listeners

    try:
        registered, taken = await count_listeners(settings)
        yield rules.listeners(settings.listeners, registered=registered, taken=taken)
    except SettingsError as error:
        do = 'See "Listeners of your own" in docs/operating.md. `baton run` does not start with it.'
        yield Finding("listeners", Level.PROBLEM, str(error), do)


async def _tracker(settings: Settings) -> AsyncIterator[Finding]:
    """Ask the configured tracker who can read the issues there."""
    do = 'See "Requests in a tracker" in docs/operating.md.'
    try:
        settings.require_tracker()
        async with AsyncExitStack() as stack:
            from bot.app import opened_tracker  # noqa: PLC0415 - all of Baton, for those who have a tracker

            tracker = await opened_tracker(stack, settings, SystemClock())
            if tracker is None:
                return
            is_public = await tracker.is_public()
    except (SettingsError, TrackerError) as error:
        yield Finding("tracker", Level.PROBLEM, str(error), do)
        return
    place = settings.github_repository if settings.tracker == "github" else settings.jira_project
    if is_public:
        only = "An issue there says no more than the title and the link to the thread."
        what = f"{place} answers, and others than your organisation can read it."
        yield Finding("tracker", Level.NOTE, what, only)
    else:
        yield Finding("tracker", Level.OK, f"{place} answers, and is private.")


async def _slack(settings: Settings) -> AsyncIterator[Finding]:
    bot, app = settings.slack_bot_token.get_secret_value(), settings.slack_app_token.get_secret_value()
    for finding in rules.tokens(
        is_bot=bool(BOT_TOKEN.fullmatch(bot)) if bot else None,
        is_app=bool(APP_TOKEN.fullmatch(app)) if app else None,
        has_secret=bool(settings.slack_signing_secret.get_secret_value()),
    ):
        yield finding
    if not bot:
        return
    said = await probe_bot(bot, api_url=settings.slack_api_url)
    if not_tried := rules.not_tried(said.error, is_reached=said.is_reached, may_pass=said.may_pass):
        yield not_tried
        return
    if said.error:
        do = "Check BATON_SLACK_BOT_TOKEN; install the app again if the token was revoked."
        yield Finding("Slack", Level.PROBLEM, f"It does not accept the bot token: {said.error}.", do)
    else:
        yield Finding("Slack", Level.OK, f"The bot token is that of {said.who}.")
        if said.is_org_wide:
            do = "Install the app in one workspace, and set BATON_SLACK_BOT_TOKEN to that installation's token."
            yield Finding(
                "installation", Level.PROBLEM, "It is for a whole enterprise: Baton serves one workspace.", do
            )
        needed = list(manifest()["oauth_config"]["scopes"]["bot"])
        yield rules.scopes(said.scopes, needed)
        yield rules.clocks(here=datetime.now(UTC), slacks=said.at)
    if app:
        opened_socket = await probe_app(app, api_url=settings.slack_api_url)
        not_tried = rules.not_tried(
            opened_socket.error, is_reached=opened_socket.is_reached, may_pass=opened_socket.may_pass
        )
        if not_tried:
            yield not_tried
        elif opened_socket.error:
            do = "Make an app-level token with the scope connections:write, and turn Socket Mode on in the app."
            yield Finding("Socket Mode", Level.PROBLEM, f"Slack refuses it: {opened_socket.error}.", do)
        else:
            yield Finding("Socket Mode", Level.OK, "Slack accepts the app-level token.")


async def _messages(settings: Settings) -> list[Finding]:
    from bot import samples  # noqa: PLC0415 - every renderer, for one option

    token = settings.slack_bot_token.get_secret_value()
    judged, error = [], "" if token else "not_authed"
    payloads = [(title, samples.body_of(made)) for title, made in samples.largest()] if token else []
    try:
        async for verdict in probe_messages(token, payloads, api_url=settings.slack_api_url):
            judged.append(verdict)
    except SlackError as refused:
        error = refused.code
    refusals = [(each.title, each.refusals) for each in judged if each.refusals]
    return list(rules.messages(judged=len(judged), refused=refusals, error=error))


async def _store(settings: Settings) -> AsyncIterator[Finding]:
    url = settings.database_url.get_secret_value()
    if is_missing(url):
        do = "Run `baton db upgrade`, or set BATON_DATABASE_URL to where it is."
        yield Finding("database", Level.PROBLEM, "There is none yet.", do)
        return
    try:
        async with opened(url) as database:
            file = sqlite_file(url)
            yield Finding("database", Level.OK, f"{await _engine(database)}.")
            for finding in _file(file, await _journal(database)) if file is not None else ():
                yield finding
            found = rules.schema(at=await migrations.current(database), needed=migrations.head())
            yield found
            if found.level is Level.OK:
                for finding in await _contents(database):
                    yield finding
                for finding in rules.people_sources(await _not_imported(database, settings)):
                    yield finding
                for finding in await _reach(database, settings):
                    yield finding
    except StoreError as error:
        yield Finding("database", Level.PROBLEM, str(error), "Start it, or correct BATON_DATABASE_URL.")


async def _engine(database: Database) -> str:
    query = "SELECT 'SQLite ' || sqlite_version()" if database.is_sqlite else "SELECT version()"
    async with database.connected() as connection:
        said = str((await connection.execute(text(query))).scalar())
    return " ".join(said.split()[:2])


async def _journal(database: Database) -> str:
    async with database.connected() as connection:
        return str((await connection.execute(text("PRAGMA journal_mode"))).scalar())


def _file(file: Path, journal: str) -> Iterator[Finding]:
    free = shutil.disk_usage(file.parent).free
    return rules.sqlite_file(mode=file.stat().st_mode, free_bytes=free, journal=journal)


async def _contents(database: Database) -> Iterator[Finding]:
    now = datetime.now(UTC)

    async def value(query: Any) -> Any:
        return (await session.execute(query)).scalar()

    async with database.reading() as session:
        assets = await value(select(func.count()).select_from(Asset).where(col(Asset.gone_at).is_(None)))
        last = await value(select(func.max(col(ImportRun.finished_at))).where(col(ImportRun.outcome) != "refused"))
        waiting = await value(select(func.count()).select_from(OutboxMessage).where(_is("waiting")))
        failed = await value(select(func.count()).select_from(OutboxMessage).where(_is("failed")))
        due = await value(select(func.min(col(OutboxMessage.due_at))).where(_is("waiting")))
        copy = (await session.execute(select(FeedCopy))).scalar() or FeedCopy(id=1)
    return iter(
        [
            rules.catalog(assets=assets, last_import=last, now=now),
            rules.facts(products=copy.products, confirmed_at=copy.confirmed_at, failure=copy.failure, now=now),
            rules.outbox(waiting=waiting, failed=failed, oldest_due=due, now=now),
        ]
    )


async def _not_imported(database: Database, settings: Settings) -> list[str]:
    async with database.reading() as session:
        known = set((await session.execute(select(col(Source.name)))).scalars())
    return sorted(settings.people_source_names - known)


async def _reach(database: Database, settings: Settings) -> list[Finding]:
    deps = Deps(database, SystemClock(), settings.stale_after, settings.timezone, settings.platform_channel)
    lost, nowhere = await unreachable(deps)
    refused = [place.channel for place in await admin.refused(deps)]
    return [rules.places(refused), rules.reach(lost=lost, nowhere=nowhere)]


def _is(state: str) -> Any:
    return col(OutboxMessage.state) == state

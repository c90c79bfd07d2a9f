"""The playground: Baton on a SQLite file, the simulated Slack around it, the page in front of both."""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import select
from sqlmodel import col

from bot.app import Running, running
from bot.clients import catalog as formats
from bot.data import manifest
from bot.errors import SettingsError
from bot.playground.fake_slack import FakeSlack
from bot.playground.page import add_page
from bot.ports import SystemClock
from bot.services.catalog import import_catalog
from bot.services.deps import Deps
from bot.settings import Settings
from bot.store import migrations, tables
from bot.store.db import Database
from bot.web import SLACK_PATH

log = logging.getLogger(__name__)

#: The demo organisation's files, by the format that reads them.
DEMO = Path(__file__).resolve().parents[1] / "data" / "demo"
DEMO_SOURCES = (("baton", "baton"), ("backstage", "backstage"), ("codeowners", "repos"), ("terraform", "terraform"))
_GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Playground:
    """A playground that serves: the page's address, the simulated Slack, and the Baton in it."""

    url: str
    slack: FakeSlack
    baton: Running


@asynccontextmanager
async def playing(database_url: str, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Playground]:
    """Serve the playground until the block is left. An empty database gets the demo organisation first."""
    database = Database(database_url)
    try:
        await migrations.upgrade(database)
        await load_demo(database)
        secret, token = secrets.token_hex(16), f"xoxb-{secrets.token_hex(12)}"
        slack = FakeSlack(signing_secret=secret, bot_token=token, app_token=f"xapp-{secrets.token_hex(12)}")
        slack.workspace.team_name = "Fernhill Labs"
        slack.install(manifest())
        await _furnish(slack, database)
    finally:
        await database.close()
    async with AsyncExitStack() as stack:
        await slack.start()
        stack.push_async_callback(slack.stop)
        baton = await stack.enter_async_context(
            running(_settings(slack.api_url, database_url, secret=secret, token=token))
        )
        slack.connect_http(baton.url + SLACK_PATH)
        yield Playground(await _serve_page(stack, slack, host, port), slack, baton)


async def load_demo(database: Database) -> bool:
    """Import the demo organisation into an empty store; return whether that was done."""
    async with database.reading() as session:
        if (await session.execute(select(col(tables.Source.id)).limit(1))).scalar() is not None:
            return False
    deps = Deps(database, SystemClock())
    for format_name, folder in DEMO_SOURCES:
        catalog = formats.read(format_name, [DEMO / folder])
        await import_catalog(deps, catalog, source=format_name, format_name=format_name, paths=[f"demo/{folder}"])
    return True


async def _furnish(slack: FakeSlack, database: Database) -> None:
    """Give the workspace the catalog's people and a channel for each team; ids stay the same at every start."""
    async with database.reading() as session:
        people = (await session.execute(select(tables.Person).order_by(col(tables.Person.id)))).scalars().all()
        teams = (await session.execute(select(tables.Team).order_by(col(tables.Team.id)))).scalars().all()
        members = (await session.execute(select(tables.Membership))).scalars().all()
    ids: dict[int, str] = {}
    for person in people:
        if person.id is None or not person.email:
            continue
        handle = person.handle or person.email.split("@", 1)[0]
        user = slack.add_user(
            handle,
            real_name=person.name or handle,
            email=person.email,
            tz=person.timezone or "Europe/London",
            deleted=not person.is_active,
            user_id=person.slack_id or f"U{person.id:08d}",
        )
        ids[person.id] = user.id
    slack.add_channel(_GENERAL, members=ids.values(), bot_is_member=True, topic="Everybody", channel_id="C00000000")
    for team in teams:
        name = team.channel.removeprefix("#")
        if not name or any(channel.name == name for channel in slack.workspace.channels.values()):
            continue
        inside = [ids[m.person_id] for m in members if m.team_id == team.id and m.person_id in ids]
        slack.add_channel(name, members=inside, bot_is_member=True, topic=team.name, channel_id=f"C{team.id:08d}")


def _settings(api_url: str, database_url: str, *, secret: str, token: str) -> Settings:
    return Settings(
        database_url=SecretStr(database_url),
        slack_bot_token=SecretStr(token),
        slack_signing_secret=SecretStr(secret),
        slack_app_token=SecretStr(""),
        slack_api_url=api_url,
        host="127.0.0.1",
        port=0,
    )


async def _serve_page(stack: AsyncExitStack, slack: FakeSlack, host: str, port: int) -> str:
    site = web.Application()
    add_page(site, slack)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise SettingsError(
            f"{host}:{port} cannot be listened on ({error.strerror}): use `make run PORT=…`."
        ) from error
    return f"http://{host}:{runner.addresses[0][1]}/"

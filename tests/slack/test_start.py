"""A start that meets trouble which passes waits for it in good health; what no waiting mends is one sentence."""

from __future__ import annotations

import asyncio
import gc
import re
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import running
from bot.errors import SettingsError, StoreError
from bot.playground.fake_slack import FakeSlack
from bot.settings import Settings
from bot.store import migrations
from bot.store.db import Database, Limits
from tests import kept
from tests.conftest import fresh_database, lasting_port
from tests.postgres_wire import wired
from tests.slack.conftest import APP_TOKEN, BOT_TOKEN, SECRET


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    made = FakeSlack(signing_secret=SECRET, bot_token=BOT_TOKEN, app_token=APP_TOKEN, rate_limits=False)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.start._FIRST_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr("bot.app.FOR_PEOPLE", Limits(lock=0.1, statement=2, connection=0.5))


async def migrated(url: str) -> None:
    database = Database(url)
    await migrations.upgrade(database)
    await database.close()


def settings(database_url: str, slack: FakeSlack, **more: object) -> Settings:
    given: dict[str, object] = {
        "database_url": SecretStr(database_url),
        "slack_bot_token": SecretStr(BOT_TOKEN),
        "slack_signing_secret": SecretStr(SECRET),
        "slack_api_url": slack.api_url,
        "port": lasting_port(),
        "feed_refresh": False,
        **more,
    }
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


@asynccontextmanager
async def starting(given: Settings) -> AsyncIterator[asyncio.Task[None]]:
    async def run() -> None:
        async with running(given):
            await asyncio.Event().wait()

    task = asyncio.create_task(run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(task: asyncio.Task[None], given: Settings, status: int, words: str) -> str:
    """Wait until /readyz answers with a status and these words; all the while /healthz is well or unheard."""
    async with aiohttp.ClientSession(f"http://127.0.0.1:{given.port}") as session:
        for _ in range(500):
            if task.done():
                raise AssertionError(f"the start has ended: {task.exception()}")
            try:
                async with session.get("/healthz") as answer:
                    assert answer.status == 200
                async with session.get("/readyz") as answer:
                    if answer.status == status and words in await answer.text():
                        if status == 503:
                            async with session.post("/slack/events", data="x") as asked:
                                assert asked.status == 503, "it is to be delivered again"
                        return await answer.text()
            except aiohttp.ClientConnectionError:
                pass  # between two servers
            await asyncio.sleep(0.01)
    raise AssertionError(f"/readyz never answered {status} with {words!r}")


async def test_a_postgresql_that_is_away_is_waited_for(
    slack: FakeSlack, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    async with fresh_database("postgresql", request, tmp_path) as direct, wired(direct) as (url, wire):
        await migrated(direct)
        wire.cut()
        given = settings(url, slack)
        async with starting(given) as task:
            await until(task, given, 503, "the database cannot be reached")
            wire.mend()
            await until(task, given, 200, '"ready"')


async def test_a_sqlite_file_that_is_locked_is_waited_for(slack: FakeSlack, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/baton.sqlite"
    await migrated(url)
    given = settings(url, slack)
    with closing(sqlite3.connect(tmp_path / "baton.sqlite", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        async with starting(given) as task:
            await until(task, given, 503, "the database is locked by somebody else")
            other.execute("ROLLBACK")
            other.close()
            await until(task, given, 200, '"ready"')


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [("postgres:@", "nobody:@", "refuses user or password"), (r"/t[0-9a-f]{32}\?", "/nosuch?", "does not exist")],
)
async def test_a_postgresql_that_lets_nobody_in_ends_it(
    slack: FakeSlack, request: pytest.FixtureRequest, tmp_path: Path, before: str, after: str, why: str
) -> None:
    async with fresh_database("postgresql", request, tmp_path) as url:
        given = settings(re.sub(before, after, url), slack)
        with pytest.raises(StoreError, match=rf"^The database {why} \(Invalid\w+Error\): check BATON_DATABASE_URL"):
            await asyncio.wait_for(running(given).__aenter__(), 10)


def unknown_host(monkeypatch: pytest.MonkeyPatch, code: int) -> str:
    """Let the name servers say this of a host, and return an address of a database there."""
    known = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **more: Any) -> Any:
        if host == "db.example.test":
            raise socket.gaierror(code, "said by the name server")
        return known(host, *rest, **more)

    monkeypatch.setattr("socket.getaddrinfo", getaddrinfo)
    return "postgresql://baton:hunter2@db.example.test/baton"


async def test_a_host_that_no_name_server_knows_is_waited_for_only_so_long(
    slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = settings(unknown_host(monkeypatch, socket.EAI_NONAME), slack)
    async with starting(given) as task:
        said = "the database is at a host that no name server knows (gaierror): check that it runs, and BATON_"
        await until(task, given, 503, said)
        monkeypatch.setattr("bot.start._UNKNOWN_HOST_SECONDS", 0.0)
        with pytest.raises(StoreError, match=r"^The database is at a host that no name server knows") as caught:
            await asyncio.wait_for(task, 10)
        assert "hunter2" not in str(caught.value)


async def test_name_servers_that_cannot_tell_are_waited_for_all_the_same(
    slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.start._UNKNOWN_HOST_SECONDS", 0.0)
    given = settings(unknown_host(monkeypatch, socket.EAI_AGAIN), slack)
    async with starting(given) as task:
        await until(task, given, 503, "the database cannot be reached (gaierror): check")
        assert not task.done()


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("auth.test", "internal_error"),
        ("auth.test", "fatal_error"),
        ("auth.test", "service_unavailable"),
        ("auth.test", "request_timeout"),
        ("auth.test", "team_added_to_org"),
        ("bots.info", "internal_error"),
        ("apps.connections.open", "internal_error"),
    ],
)
async def test_trouble_of_slacks_own_is_waited_for(slack: FakeSlack, tmp_path: Path, method: str, code: str) -> None:
    url = f"sqlite:///{tmp_path}/baton.sqlite"
    await migrated(url)
    slack.api.failures[method] = [code] * 3
    app_token = APP_TOKEN if method.startswith("apps.") else ""
    given = settings(url, slack, slack_app_token=SecretStr(app_token))
    async with starting(given) as task:
        await until(task, given, 200, '"ready"')
    assert not slack.api.failures[method], "it was asked again"


async def test_health_is_served_before_slack_is_asked(slack: FakeSlack, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/baton.sqlite"
    await migrated(url)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        given = settings(url, slack, slack_api_url=f"http://127.0.0.1:{silent.getsockname()[1]}/api/")
        async with starting(given) as task:
            await until(task, given, 503, "still to answer")


async def test_every_start_reads_what_slack_lists_although_that_is_not_due(slack: FakeSlack, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/baton.sqlite"
    await migrated(url)
    slack.install(kept.manifest())
    for name in ("ada", "eve"):
        slack.add_user(name, real_name=name.title())
        slack.add_channel(f"{name}s", bot_is_member=True)
        async with running(settings(url, slack)) as baton:
            await baton.context.background.drain(seconds=10)
            assert baton.context.members.standing(slack.workspace.user(name).id) is not None
            assert baton.context.snapshot.channel_id(f"#{name}s").startswith("C")


async def test_a_newer_schema_ends_it(slack: FakeSlack, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/baton.sqlite"
    await migrated(url)
    with closing(sqlite3.connect(tmp_path / "baton.sqlite")) as other, other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer than this Baton"):
        await asyncio.wait_for(running(settings(url, slack)).__aenter__(), 10)


async def test_a_refused_app_token_ends_it(slack: FakeSlack, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/baton.sqlite"
    await migrated(url)
    given = settings(url, slack, slack_app_token=SecretStr("xapp-revoked"))
    with pytest.raises(SettingsError, match=r"invalid_auth.*BATON_SLACK_APP_TOKEN") as caught:
        await asyncio.wait_for(running(given).__aenter__(), 10)
    assert "xapp-revoked" not in str(caught.value)
    gc.collect()  # a session that was left open complains, which fails a test


async def test_an_installation_for_a_whole_enterprise_ends_it(slack: FakeSlack, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/baton.sqlite"
    await migrated(url)
    slack.workspace.is_org_wide = True
    with pytest.raises(SettingsError, match=r"whole enterprise, and Baton serves one workspace: install") as caught:
        await asyncio.wait_for(running(settings(url, slack)).__aenter__(), 10)
    assert BOT_TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("no/where.sqlite", "The folder .*/no does not exist"),
        ("", "The database cannot be opened"),
        ("a" * 300, "The database cannot be opened"),
    ],
)
async def test_a_file_that_cannot_be_is_one_sentence(slack: FakeSlack, tmp_path: Path, path: str, said: str) -> None:
    with pytest.raises(StoreError, match=said):
        await asyncio.wait_for(running(settings(f"sqlite:///{tmp_path}/{path}", slack)).__aenter__(), 10)


async def test_a_file_that_may_not_be_written_to_is_one_sentence(
    slack: FakeSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/baton.sqlite"
    await migrated(url)
    monkeypatch.setattr("os.access", lambda *_: False)  # the administrator of this machine may write everywhere
    with pytest.raises(StoreError, match="may not be written to: give Baton the right to"):
        await asyncio.wait_for(running(settings(url, slack)).__aenter__(), 10)

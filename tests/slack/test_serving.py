"""What operators see: health, readiness, metrics, and a stop that finishes what was begun."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from bot import web as routes
from bot.app import running
from bot.errors import SettingsError, StoreError
from bot.playground.fake_slack import FakeSlack
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot, refresh
from bot.settings import Settings
from bot.store import migrations
from bot.store.db import Database
from handlers.dispatch import Metrics
from tests import tracker_servers
from tests.conftest import FixedClock
from tests.slack.conftest import APP_TOKEN, BOT_TOKEN, METRICS_TOKEN, SECRET, Stage

_LIMITS = ("0.001", "0.0025", "0.005", "0.01", "0.025", "0.1", "0.5", "1.0", "3.0", "+Inf")


async def test_health_readiness_and_metrics(stage: Stage) -> None:
    await stage.ask("/whoowns checkout")
    async with aiohttp.ClientSession() as session:
        health = await (await session.get(f"{stage.baton.url}/healthz")).json()
        ready = await (await session.get(f"{stage.baton.url}/readyz")).json()
        bearer = {"Authorization": f"Bearer {METRICS_TOKEN}"}
        metrics = await (await session.get(f"{stage.baton.url}/metrics", headers=bearer)).text()
        for wrong in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {METRICS_TOKEN}"}):
            assert (await session.get(f"{stage.baton.url}/metrics", headers=wrong)).status == 401
    assert health["status"] == "ok"
    assert ready["status"] == "ready"
    assert ready["assets"] == 9
    assert 'baton_payloads_total{kind="command",outcome="ok"} 1.0' in metrics
    assert 'baton_ack_seconds_count{kind="command"} 1.0' in metrics


def test_an_acknowledgement_counts_in_every_bucket_that_it_is_within() -> None:
    registry, kind = CollectorRegistry(), {"kind": "command"}
    metrics = Metrics(registry)
    for seconds in (0.001, 0.002, 4.0):
        metrics.observe("command", "ok", seconds)
    counted = [registry.get_sample_value("baton_ack_seconds_bucket", {**kind, "le": limit}) for limit in _LIMITS]
    assert counted == [1, 2, 2, 2, 2, 2, 2, 2, 2, 3]
    assert registry.get_sample_value("baton_ack_seconds_sum", kind) == pytest.approx(4.003)
    assert registry.get_sample_value("baton_payloads_total", {**kind, "outcome": "ok"}) == 3
    for name, labels in (("baton_payloads", {**kind, "outcome": "ok"}), ("baton_ack_seconds", kind)):
        assert registry.get_sample_value(f"{name}_created", labels) == pytest.approx(time.time(), abs=60)


async def test_not_ready_once_the_database_is_gone(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr(type(stage.baton.context.deps.database.engine), "connect", broken)
    async with aiohttp.ClientSession() as session:
        answer = await session.get(f"{stage.baton.url}/readyz")
        assert answer.status == 503
        assert (await answer.json())["reason"] == "the database cannot be reached (OSError)"


async def test_not_ready_says_that_the_file_is_gone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/baton.sqlite")
    try:
        await migrations.upgrade(database)
        snapshot = Snapshot()
        await refresh(snapshot, database)
        health = routes.health_routes(Deps(database, FixedClock()), snapshot, CollectorRegistry())
        async with TestClient(TestServer(routes.application(health))) as client:
            assert (await client.get("/readyz")).status == 200
            (tmp_path / "baton.sqlite").unlink()
            answer = await client.get("/readyz")
            assert answer.status == 503
            assert "the database file was deleted or replaced" in (await answer.json())["reason"]
    finally:
        await database.close()


async def test_a_database_that_hangs_makes_nobody_wait_who_asks_whether_it_is_ready(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, hanging = 0, asyncio.Event()

    async def hangs(_self: object) -> None:
        nonlocal asked
        asked += 1
        await hanging.wait()

    monkeypatch.setattr(routes, "_READY_SECONDS", 0.05, raising=False)
    monkeypatch.setattr(Database, "check_writes", hangs)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        for _ in range(3):
            answer = await session.get(f"{stage.baton.url}/readyz")
            assert (answer.status, (await answer.json())["reason"]) == (503, "the database did not answer in time")
        assert asked == 1
        hanging.set()
        assert (await session.get(f"{stage.baton.url}/readyz")).status == 200


@pytest.mark.parametrize(("is_up", "status"), [(True, 200), (False, 503)])
async def test_ready_only_while_slack_reaches_it(stage: Stage, is_up: bool, status: int) -> None:
    async def is_connected() -> bool:
        return is_up

    context = stage.baton.context
    health = routes.health_routes(context.deps, context.snapshot, CollectorRegistry(), is_connected=is_connected)
    async with TestClient(TestServer(routes.application(health))) as client:
        answer = await client.get("/readyz")
        assert answer.status == status
        assert ("Socket Mode" in await answer.text()) is not is_up


def _settings(database_url: str, api_url: str, **more: object) -> Settings:
    fields: dict[str, object] = {
        "database_url": SecretStr(database_url),
        "slack_bot_token": SecretStr(BOT_TOKEN),
        "slack_signing_secret": SecretStr(SECRET),
        "slack_app_token": SecretStr(""),
        "slack_api_url": api_url,
        "port": 0,
        "feed_refresh": False,
        **more,
    }
    return Settings(_env_file=None, **fields)  # type: ignore[arg-type]


@pytest.fixture
async def empty_slack() -> object:
    slack = FakeSlack(signing_secret=SECRET, bot_token=BOT_TOKEN, app_token=APP_TOKEN, rate_limits=False)
    await slack.start()
    yield slack
    await slack.stop()


async def test_a_token_that_slack_refuses_is_named_at_the_start(database_url: str, empty_slack: FakeSlack) -> None:
    database = Database(database_url)
    await migrations.upgrade(database)
    await database.close()
    settings = _settings(database_url, empty_slack.api_url, slack_bot_token=SecretStr("xoxb-wrong"))
    with pytest.raises(SettingsError, match="BATON_SLACK_BOT_TOKEN"):
        async with running(settings):
            pass


async def test_a_database_without_schema_says_what_to_run(database_url: str, empty_slack: FakeSlack) -> None:
    with pytest.raises(StoreError, match="baton db upgrade"):
        async with running(_settings(database_url, empty_slack.api_url)):
            pass


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ({"slack_bot_token": SecretStr("")}, "BATON_SLACK_BOT_TOKEN"),
        ({"slack_signing_secret": SecretStr("")}, "APP_TOKEN"),
        ({"tracker": "github"}, "BATON_GITHUB_REPOSITORY"),
    ],
)
async def test_missing_settings_are_named(missing: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        async with running(_settings("sqlite:///unused.sqlite", "http://127.0.0.1:9/api/", **missing)):
            pass


@pytest.mark.parametrize("kind", ["github", "jira"])
async def test_webhooks_of_the_chosen_tracker_come_in(database_url: str, empty_slack: FakeSlack, kind: str) -> None:
    if kind == "github":
        pytest.importorskip("gidgethub", reason="the extra baton[github] is not installed")
    database = Database(database_url)
    await migrations.upgrade(database)
    await database.close()
    chosen = {
        "tracker": kind,
        "github_repository": tracker_servers.REPOSITORY,
        "github_token": SecretStr("x"),
        "github_webhook_secret": SecretStr(tracker_servers.SECRET),
        "jira_site": "http://127.0.0.1:9",
        "jira_project": "OPS",
        "jira_email": "bot@acme.example",
        "jira_token": SecretStr("x"),
        "jira_webhook_secret": SecretStr(tracker_servers.SECRET),
    }
    server = {"github": tracker_servers.GitHubServer, "jira": tracker_servers.JiraServer}[kind](FixedClock())
    body, headers = server.webhook(1)
    async with (
        running(_settings(database_url, empty_slack.api_url, **chosen)) as baton,
        aiohttp.ClientSession() as session,
    ):
        url = f"{baton.url}/trackers/{kind}"
        assert (await session.post(url, data=body, headers=headers)).status == 200
        assert (await session.post(url, data=body + b" ", headers=headers)).status == 401
        other = "jira" if kind == "github" else "github"
        assert (await session.post(f"{baton.url}/trackers/{other}", data=body, headers=headers)).status == 404

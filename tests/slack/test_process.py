"""`baton run` as an operator starts it: a process of its own, stopped by a signal."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import orjson
import pytest
import yaml

from bot.playground.fake_slack import FakeSlack
from bot.services.catalog import import_catalog
from bot.services.deps import Deps
from bot.store import migrations
from bot.store.db import Database
from bot.web import SLACK_PATH
from tests.conftest import REPOSITORY, FixedClock, lasting_port
from tests.slack.conftest import APP_TOKEN, BOT_TOKEN, SECRET, organisation


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    made = FakeSlack(signing_secret=SECRET, bot_token=BOT_TOKEN, app_token=APP_TOKEN)
    made.install(yaml.load((REPOSITORY / "app.yaml").read_text(), Loader=yaml.CSafeLoader))
    made.add_user("grace", real_name="Grace Marsh", email="grace@example.test")
    made.add_channel("general", members=["grace"], bot_is_member=True)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def store(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'baton.sqlite'}"
    database = Database(url)
    await migrations.upgrade(database)
    deps = Deps(database, FixedClock())
    await import_catalog(
        deps, organisation(), source="baton", format_name="baton", paths=["catalog.yaml"], trust_people=True
    )
    await database.close()
    return url


@asynccontextmanager
async def baton_run(folder: Path, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("BATON_")} | settings
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=folder, env=environment,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def ready(port: int) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(200):
            try:
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass  # it does not listen yet
            await asyncio.sleep(0.1)
    raise AssertionError("baton run is not ready after 20 seconds")


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_it_answers_and_stops_when_asked(slack: FakeSlack, store: str, tmp_path: Path, transport: str) -> None:
    port = lasting_port()
    reach = {"BATON_SLACK_APP_TOKEN": APP_TOKEN} if transport == "socket" else {"BATON_SLACK_SIGNING_SECRET": SECRET}
    async with baton_run(
        tmp_path,
        BATON_SLACK_BOT_TOKEN=BOT_TOKEN,
        BATON_SLACK_API_URL=slack.api_url,
        BATON_DATABASE_URL=store,
        BATON_PORT=str(port),
        BATON_FEED_REFRESH="false",
        **reach,
    ) as process:
        await ready(port)
        slack.connect_http(f"http://127.0.0.1:{port}{SLACK_PATH}")
        await slack.run_command("grace", "general", "/whoowns checkout")
        assert "*Payments*" in slack.visible_messages("grace", "general")[-1].text
        question = await slack.post("grace", "general", f"<@{slack.workspace.bot_user_id}> who owns checkout?")
        await slack.settle()
        process.send_signal(signal.SIGTERM)
        _, logged = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 0
    thread = slack.visible_messages("grace", "general", thread_ts=question.ts)
    assert len(thread) == 2, "what was acknowledged before the signal is answered"
    said = [orjson.loads(line)["message"] for line in logged.splitlines()]
    assert any(line.startswith("serving 9 assets") for line in said)
    assert any(line.startswith("stopping") for line in said)
    for secret in (SECRET, BOT_TOKEN, APP_TOKEN, "who owns checkout"):
        assert secret.encode() not in logged


async def test_what_is_missing_is_one_sentence(tmp_path: Path) -> None:
    async with baton_run(tmp_path) as process:
        _, said = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert said.decode().startswith("BATON_SLACK_BOT_TOKEN is not set")
    assert len(said.splitlines()) == 1

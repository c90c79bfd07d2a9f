"""A simulated workspace, Slack's own client on it, and a tiny app behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient
from tiny_app import APP_TOKEN, BOT_TOKEN, SECRET, Clock, TinyApp

from bot.playground.fake_slack import FakeSlack


@pytest.fixture
def workspace_clock() -> Clock:
    return Clock()


@pytest.fixture
def ack_timeout_seconds() -> float:
    """How long the workspace waits for an app, as long as Slack does: a busy machine must not look like a slow app."""
    return 3.0


@pytest.fixture
async def slack(workspace_clock: Clock, ack_timeout_seconds: float) -> AsyncIterator[FakeSlack]:
    """Two people, a public channel with the bot, one without it, a private one without it. No rate limits."""
    fake = FakeSlack(
        signing_secret=SECRET,
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        clock=workspace_clock,
        rate_limits=False,
        redelivery_delays_seconds=(0, 0, 0),
        ack_timeout_seconds=ack_timeout_seconds,
    )
    fake.add_user("ada", real_name="Ada Byron", email="ada@example.test", user_id="U0ADA")
    fake.add_user(
        "grace", real_name="Grace Hopper", email="grace@example.test", tz="America/New_York", user_id="U0GRACE"
    )
    fake.add_channel("payments", members=["ada", "grace"], bot_is_member=True, channel_id="C0PAY")
    fake.add_channel("lobby", members=["ada"], channel_id="C0LOBBY")
    fake.add_channel("secret", members=["grace"], private=True, channel_id="C0SECRET")
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def client(slack: FakeSlack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=BOT_TOKEN, base_url=slack.api_url, session=session)


@pytest.fixture
async def app(slack: FakeSlack) -> AsyncIterator[TinyApp]:
    """The tiny app, connected to the workspace by HTTP."""
    tiny = TinyApp()
    served = web.Application()
    served.router.add_post("/slack/events", tiny.handle)
    runner = web.AppRunner(served, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.connect_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    yield tiny
    await runner.cleanup()

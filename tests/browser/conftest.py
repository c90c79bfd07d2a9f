"""A real browser on the playground's page.

The browser is the machine's own Chromium, the one without windows if it is there. Where there is none the tests are
skipped and say so, except on CI, where a missing browser is a failure. One browser serves a whole run; every
test gets an empty profile (a context).
"""

from __future__ import annotations

import base64
import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from driver import watch_console
from echo_app import MANIFEST, EchoApp
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bot.playground.fake_slack import FakeSlack
from bot.playground.page import Suggestion, add_page
from bot.playground.run import Playground as Running
from bot.playground.run import playing
from bot.services import snapshot
from tests.conftest import Templates
from tests.demo_organisation import demo_organisation

#: How long a state is waited for, also on a busy machine. It is no measure of anything.
_PATIENCE_MS = 60_000

CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: A grey picture of one pixel, for every address outside: nothing leaves the machine.
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==")
SUGGESTIONS = (Suggestion("/echo hello", "the app says it back"), Suggestion("/form", "opens a form"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium-like browser. Without windows it takes a quarter less processor time for a page."""
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    if os.environ.get("CI"):
        pytest.fail("CI has no browser, so the page is untested: install chromium-headless-shell or chromium.")
    pytest.skip("no chromium-headless-shell, chromium, chromium-browser or google-chrome on this machine")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        yield launched
        await launched.close()


@dataclass(frozen=True, slots=True)
class Playground:
    """A running workspace with the echo app in it, and the address of its page."""

    fake: FakeSlack
    app: EchoApp
    url: str
    ada: str
    bert: str
    general: str


async def serve(app: web.Application) -> tuple[web.AppRunner, str]:
    """Serves `app` on a free loopback port; returns the runner to clean up and the address."""
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


@pytest_asyncio.fixture(loop_scope="session")
async def playground() -> AsyncIterator[Playground]:
    fake = FakeSlack(signing_secret="a-secret", bot_token="xoxb-test", app_token="xapp-test")
    fake.install(MANIFEST)
    ada = fake.add_user("ada", real_name="Ada Lind", email="ada@example.test", tz="Europe/London")
    bert = fake.add_user("bert", real_name="Bert Okafor", email="bert@example.test", tz="Europe/London")
    general = fake.add_channel("general", members=[ada.id, bert.id], bot_is_member=True, topic="Everybody")
    fake.add_channel("checkout", members=[ada.id], private=True, bot_is_member=True)
    fake.add_channel("platform", members=[bert.id])
    await fake.start()
    echo = EchoApp(fake.api_url, "xoxb-test")
    echo_runner, echo_url = await serve(echo.web_app())
    fake.connect_http(f"{echo_url}/slack/events")
    page_app = web.Application()
    add_page(page_app, fake, suggestions=SUGGESTIONS)
    page_runner, page_url = await serve(page_app)
    yield Playground(fake, echo, page_url, ada.id, bert.id, general.id)
    await page_runner.cleanup()
    await fake.stop()
    await echo_runner.cleanup()
    await echo.close()


OpenPage = Callable[..., Awaitable[Page]]


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile of its own with a page in it, and what the page's console has complained of."""

    context: BrowserContext
    page: Page
    complaints: list[str]

    @classmethod
    async def fresh(cls, browser: Browser) -> Profile:
        context = await browser.new_context(locale="en-GB", reduced_motion="reduce")
        context.set_default_timeout(_PATIENCE_MS)
        expect.set_options(timeout=_PATIENCE_MS)
        await context.route(re.compile("^https://"), lambda route: route.fulfill(body=PIXEL, content_type="image/png"))
        made = cls(context, await context.new_page(), [])
        watch_console(made.page, made.complaints)
        return made

    async def is_as_new(self) -> bool:
        """Leave nothing of a test in it; return whether the next one may have it."""
        if self.page.is_closed() or self.context.pages != [self.page]:
            await self.context.close()
            return False
        await self.page.unroute_all(behavior="ignoreErrors")
        await self.page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        await self.page.goto("about:blank")
        await self.context.clear_cookies()
        return True


@pytest.fixture(scope="session")
def profiles() -> list[Profile]:
    """Those that no test has at present: to make one takes a second of processor time."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def open_url(browser: Browser, profiles: list[Profile]) -> AsyncIterator[OpenPage]:
    """Opens an address in an empty profile: `await open_url(url, width=…, scheme=…)`. The console must stay clean."""
    used: list[Profile] = []

    async def open_it(url: str, *, width: int = 1280, height: int = 800, scheme: str = "light") -> Page:
        profile = profiles.pop() if profiles else await Profile.fresh(browser)
        used.append(profile)
        page = profile.page
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # the fixture takes it as a plain word
        await page.goto(url)
        await page.wait_for_selector("#app[data-ready=true]")
        return page

    yield open_it
    free = [each for each in used if await each.is_as_new()]
    complaints = [said for each in used for said in each.complaints]
    for each in used:
        each.complaints.clear()
    profiles += free
    assert complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(playground: Playground, open_url: OpenPage) -> OpenPage:
    """Opens the page of the echo app's workspace as somebody: `await open_page(user=…, width=…)`.

    The workspace is named first, so that it outlives the page: a page that has lost it complains.
    """

    async def open_it(*, user: str | None = None, place: str = "", **options: Any) -> Page:
        return await open_url(f"{playground.url}/#user={user or playground.ada}&{place}", **options)

    return open_it


@pytest_asyncio.fixture(loop_scope="session")
async def baton(tmp_path: Path, templates: Templates) -> AsyncIterator[Running]:
    """Baton in the playground, with the demo organisation. Slack must have refused nothing in the end."""
    await templates.copy(demo_organisation, tmp_path / "playground.sqlite")
    async with playing(f"sqlite:///{tmp_path / 'playground.sqlite'}") as running:
        context = running.baton.context
        await context.background.drain(seconds=10)
        await snapshot.refresh(context.snapshot, context.deps.database)
        yield running
        assert [(refused.where, refused.problems) for refused in running.slack.refused] == []
        assert running.slack.workspace.pings == []


@pytest_asyncio.fixture(loop_scope="session")
async def open_as(baton: Running, open_url: OpenPage) -> OpenPage:
    """Opens the page of the demo organisation as somebody: `await open_as(handle, width=…)`."""

    async def open_it(handle: str, **options: Any) -> Page:
        return await open_url(f"{baton.url}#user={baton.slack.workspace.user(handle).id}", **options)

    return open_it

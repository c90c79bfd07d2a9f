"""The live connection: what happens elsewhere arrives, and a restarted server is found again."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from aiohttp import web
from conftest import Playground
from driving import messages
from playwright.async_api import Browser, expect

from bot.playground.page import add_page

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def serve_page(playground: Playground, *, port: int) -> web.AppRunner:
    app = web.Application()
    add_page(app, playground.fake)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, reuse_address=True).start()
    return runner


async def test_a_restarted_server_is_found_again(browser: Browser, playground: Playground) -> None:
    # Not `open_page`: a browser complains in red about a server that is away, and is right.
    runner = await serve_page(playground, port=0)
    port = runner.addresses[0][1]
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"http://127.0.0.1:{port}/#user={playground.ada}")
    await page.wait_for_selector("#app[data-ready=true]")
    assert urlsplit(page.url).port == port
    await runner.cleanup()
    await expect(page.locator("#connection")).to_be_visible()
    await playground.app.call("chat.postMessage", channel=playground.general, text="while you were away")
    runner = await serve_page(playground, port=port)
    try:
        await expect(messages(page).last).to_contain_text("while you were away", timeout=10_000)
        await expect(page.locator("#connection")).to_be_hidden()
    finally:
        await context.close()
        await runner.cleanup()


async def test_a_post_of_the_app_marks_its_channel_as_unread(browser: Browser, playground: Playground) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{playground.url}/#user={playground.ada}")
    await page.wait_for_selector("#app[data-ready=true]")
    checkout = next(each for each in playground.fake.workspace.channels.values() if each.name == "checkout")
    await playground.app.call("chat.postMessage", channel=checkout.id, text="a reminder")
    item = page.locator("#sidebar .unread")
    await expect(item).to_contain_text("checkout")
    await item.click()
    await expect(messages(page).last).to_contain_text("a reminder")
    await expect(item).to_have_count(0)
    await context.close()

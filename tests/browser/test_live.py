"""The live connection: what happens elsewhere arrives, and a restarted server is found again."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from conftest import OpenPage, Playground, Profile
from driver import Held, messages, send
from playwright.async_api import Browser, expect

from bot.playground.page import add_page
from tests.conftest import lasting_port

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
    port = lasting_port()
    runner = await serve_page(playground, port=port)
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


async def test_what_happens_before_the_stream_is_open_arrives(browser: Browser, playground: Playground) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    held = Held()
    await held.on(page, "**/play/live?*")
    await page.goto(f"{playground.url}/#user={playground.ada}")
    await page.wait_for_selector("#app[data-ready=true]")
    await asyncio.wait_for(held.asked.wait(), timeout=5)
    await playground.app.call("chat.postMessage", channel=playground.general, text="nobody was listening")
    held.let_go()
    await expect(messages(page).last).to_contain_text("nobody was listening")
    await context.close()


@pytest.mark.parametrize("control", ["[data-focus=home]", "#user-switcher"])
async def test_a_click_under_way_survives_what_arrives(
    playground: Playground, open_page: OpenPage, control: str
) -> None:
    page = await open_page()
    await page.evaluate(
        "control => { window.held = document.querySelector(control); "
        "document.addEventListener('click', ({target}) => { window.clicked = window.held.contains(target) }) }",
        control,
    )
    await page.locator(control).hover()
    await page.mouse.down()
    checkout = next(each for each in playground.fake.workspace.channels.values() if each.name == "checkout")
    await playground.app.call("chat.postMessage", channel=checkout.id, text="a reminder")
    await expect(page.locator("#sidebar .unread")).to_contain_text("checkout")
    await page.mouse.up()
    await page.wait_for_function("() => window.held.isConnected")
    if control != "#user-switcher":  # what a press opens of it is the browser's own
        await page.wait_for_function("() => window.clicked === true")


async def test_an_overtaken_answer_about_the_traffic_is_dropped(playground: Playground, open_page: OpenPage) -> None:
    page = await open_page()
    await send(page, "/echo first")
    await expect(messages(page).last).to_contain_text("first")
    held = Held()
    await held.on(page, "**/play/traffic?*", answer=True)
    await page.locator("#inspector summary").first.click()
    await asyncio.wait_for(held.asked.wait(), timeout=5)
    await send(page, "/echo second")
    body = page.locator("#inspector-body")
    await expect(body).to_contain_text('"text": "second"')
    async with page.expect_response("**/play/traffic?*"):
        held.let_go()
    # Whatever the page does with that answer, it has done when a later one is there.
    await page.evaluate("fetch('play/state').then((answer) => answer.json())")
    await expect(body).to_contain_text('"text": "second"')
    await expect(body).not_to_contain_text('"text": "first"')


async def test_a_delivery_that_arrives_folds_nothing(playground: Playground, open_page: OpenPage) -> None:
    page = await open_page()
    await send(page, "/form Traffic")
    await expect(page.locator("dialog[open]")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog[open]")).to_have_count(0)
    await send(page, "/echo later")
    await expect(messages(page).last).to_contain_text("later")
    await page.locator("#inspector > summary").click()
    picker = page.get_by_label("Delivery")
    await expect(picker.locator("option", has_text="/form Traffic")).to_have_count(1)
    await picker.select_option(label=await picker.locator("option", has_text="/form Traffic").inner_text())
    call = page.locator("#inspector-body .call").first
    await call.locator("summary").click()
    await send(page, "/echo even later")
    await expect(picker.locator("option").first).to_contain_text("even later")
    await expect(call).to_have_attribute("open", "")


async def test_whoever_gets_a_profile_next_finds_nothing_in_it(browser: Browser, playground: Playground) -> None:
    profile = await Profile.fresh(browser)
    await profile.page.goto(playground.url)
    await profile.page.evaluate("() => { sessionStorage.setItem('step', '3'); document.cookie = 'left=1'; }")
    await profile.page.route("**/*", lambda route: route.abort())
    assert await profile.is_as_new()
    await profile.page.goto(playground.url)
    assert await profile.page.evaluate("() => [sessionStorage.length, document.cookie]") == [0, ""]
    await profile.page.close()
    assert not await profile.is_as_new()

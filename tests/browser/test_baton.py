"""Baton itself in the playground, as a newcomer with a browser meets it: demo organisation, questions, clicks.

Set BATON_SCREENSHOTS to a folder to keep the pictures that README and docs show.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from driving import BOX, messages, send, watch_console
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.playground.run import Playground, playing
from bot.services import snapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")

OpenAs = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="session")
async def baton(tmp_path: Path) -> AsyncIterator[Playground]:
    async with playing(f"sqlite:///{tmp_path / 'playground.sqlite'}") as running:
        context = running.baton.context
        await context.background.drain(seconds=10)
        await snapshot.refresh(context.snapshot, context.deps.database)
        yield running
        assert [(refused.where, refused.problems) for refused in running.slack.refused] == []
        assert running.slack.workspace.pings == []


@pytest_asyncio.fixture(loop_scope="session")
async def open_as(browser: Browser, baton: Playground) -> AsyncIterator[OpenAs]:
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    async def opened(handle: str, *, width: int = 1280, height: int = 800, scheme: str = "light") -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]  # the fixture takes it as a plain word
            locale="en-GB",
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(8_000)
        page = await context.new_page()
        watch_console(page, complaints)
        await page.goto(f"{baton.url}#user={baton.slack.workspace.user(handle).id}")
        await page.wait_for_selector("#app[data-ready=true]")
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert complaints == []


async def keep(page: Page, name: str) -> None:
    """Keep a picture where one was asked for."""
    if folder := os.environ.get("BATON_SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


def a_member_of(baton: Playground, team: str) -> str:
    """The handle of somebody in a team, and in no other."""
    catalog = baton.baton.context.snapshot
    found = catalog.team_by_name(team)
    assert found is not None
    person = catalog.person(found.member_ids[0])
    assert person is not None
    return baton.slack.workspace.user(person.slack_id).handle


async def test_a_newcomer_asks_and_gets_a_true_answer(baton: Playground, open_as: OpenAs) -> None:
    page = await open_as(a_member_of(baton, "search"))
    await page.get_by_role("button", name="/whoowns payments-db").click()
    await page.press(BOX, "Enter")
    answer = messages(page).last
    await expect(answer).to_contain_text("payments-db")
    await expect(answer).to_contain_text("looks after the database")
    await expect(answer).to_contain_text("Only visible to you")
    await expect(answer.get_by_role("button", name="Confirm")).to_have_count(0)
    await keep(page, "owned")


async def test_an_owner_confirms_and_the_trust_line_says_so(baton: Playground, open_as: OpenAs) -> None:
    page = await open_as(a_member_of(baton, "payments"))
    await send(page, "/whoowns payments-db")
    await messages(page).last.get_by_role("button", name="Confirm").click()
    await expect(messages(page).last).to_contain_text("confirmed by")


async def test_a_doubt_reaches_the_owner_in_their_channel(baton: Playground, open_as: OpenAs) -> None:
    page = await open_as(a_member_of(baton, "search"))
    await send(page, "/whoowns payments-db")
    await messages(page).last.get_by_role("button", name="Wrong owner?").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Your doubt is recorded, and the owner is told once")
    await dialog.get_by_role("textbox").fill("I think that checkout runs it now")
    await keep(page, "modal")
    await dialog.get_by_role("button", name="Tell them").click()
    await expect(messages(page).last).to_contain_text("will be told")
    await page.locator("button.side-item", has_text="team-payments").click()
    await expect(messages(page).last).to_contain_text("thinks that you do not own payments-db")
    await expect(messages(page).last).to_contain_text("I think that checkout runs it now")


async def test_names_that_nobody_knows_and_names_of_several(baton: Playground, open_as: OpenAs) -> None:
    page = await open_as(a_member_of(baton, "search"))
    await send(page, "/whoowns paymnts-dashbord")
    await expect(messages(page).last).to_contain_text("I know nothing called")
    await keep(page, "unknown")


async def test_on_a_phone(baton: Playground, open_as: OpenAs) -> None:
    page = await open_as(a_member_of(baton, "search"), width=390, height=844, scheme="dark")
    await send(page, "/whoowns who looks after deployments of checkout?")
    await expect(messages(page).last).to_contain_text("CI and deployments")
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await keep(page, "phone")


async def test_the_dispute_of_the_demo_shows_both_sides(baton: Playground, open_as: OpenAs) -> None:
    page = await open_as(a_member_of(baton, "search"))
    await send(page, "/whoowns inventory-db")
    await expect(messages(page).last).to_contain_text("Two sources disagree")
    await keep(page, "disputed")


async def test_a_mention_a_direct_message_and_the_shortcut(baton: Playground, open_as: OpenAs) -> None:
    page = await open_as(a_member_of(baton, "search"))
    await send(page, "@baton who owns payments-db?")
    await messages(page).last.get_by_role("button", name="1 reply").click()
    await expect(page.locator("#thread")).to_contain_text("owns payments-db")
    await page.locator("#thread").get_by_role("button", name="Close thread").click()
    await messages(page).last.hover()
    await messages(page).last.get_by_role("button", name="Message shortcuts").click()
    await page.get_by_role("menuitem", name="Who owns this?").click()
    await expect(messages(page).last).to_contain_text("Only visible to you")
    await expect(messages(page).last).to_contain_text("owns payments-db")
    await page.locator("button.side-item", has_text="Baton").click()
    await send(page, "who looks after the payments database?")
    await expect(messages(page).last).to_contain_text("owns payments-db")

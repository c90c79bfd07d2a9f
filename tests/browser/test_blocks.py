"""Every block and element type of Block Kit, drawn and used in a message."""

from __future__ import annotations

import re

import pytest
import pytest_asyncio
from conftest import OpenPage, Playground
from driver import until
from playwright.async_api import Locator, Page, expect

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def shown(open_page: OpenPage) -> Page:
    """A page with the message that holds everything."""
    page = await open_page(height=1400)
    await page.fill("#composer-input", "/everything ")
    await page.press("#composer-input", "Enter")
    await expect(page.locator("[data-block=table]")).to_be_visible()
    return page


def block(page: Page, kind: str, at: int = 0) -> Locator:
    return page.locator(f"[data-block={kind}]").nth(at)


async def test_every_block_has_a_drawing(shown: Page) -> None:
    kinds = await shown.eval_on_selector_all("[data-block]", "nodes => nodes.map((node) => node.dataset.block)")
    assert set(kinds) == {
        *("header", "section", "divider", "image", "actions", "rich_text", "markdown", "table", "context"),
    }
    await expect(shown.locator(".unknown-block, .unknown-inline")).to_have_count(0)


async def test_mrkdwn(shown: Page) -> None:
    text = block(shown, "section")
    await expect(text.locator("strong")).to_have_text("bold")
    await expect(text.locator("em")).to_have_text("italic")
    await expect(text.locator("s")).to_have_text("gone")
    await expect(text.locator("code").first).to_have_text("code *not bold*")
    await expect(text.get_by_role("link", name="a link")).to_have_attribute("href", "https://example.com/a?b=1&c=2")
    await expect(text.get_by_role("link", name="mail")).to_have_attribute("href", "mailto:ada@example.test")
    await expect(text.get_by_role("link")).to_have_count(2)
    for kept in ("<javascript:alert(1)|bad>", "2 * 3 * 4", "snake_case_name", "⚠️", ":unknown-emoji:", "<b>&amp;"):
        await expect(text).to_contain_text(kept)
    await expect(text.locator("blockquote")).to_have_text("a quote")
    await expect(text.locator("ul > li")).to_have_text(["first", "second"])
    await expect(text.locator("pre")).to_have_text("line *one*")


async def test_mentions_dates_and_pings(shown: Page, playground: Playground) -> None:
    section = block(shown, "section", 1)
    await expect(section).to_contain_text(re.compile("By @ada in #general; Due Tuesday,? 3 March 2026 at 08:00"))
    await expect(section.locator(".ping")).to_have_text("@channel")


async def test_fields_pictures_and_context(shown: Page) -> None:
    await expect(block(shown, "section", 2).locator(".field")).to_have_count(3)
    await expect(block(shown, "section", 2).locator(".field").last).to_have_text("*not bold*")
    await expect(shown.get_by_role("img", name="A small picture")).to_be_visible()
    await expect(block(shown, "image").locator("figcaption")).to_have_text("The title")
    await expect(block(shown, "context").get_by_role("img", name="icon")).to_be_visible()
    await expect(block(shown, "context").locator("strong")).to_have_text("catalog")


async def test_rich_text_markdown_and_table(shown: Page) -> None:
    rich = block(shown, "rich_text")
    await expect(rich.locator("strong")).to_have_text("bold")
    await expect(rich.locator("ol > li")).to_have_text(["first item", "second item"])
    await expect(rich.locator("blockquote")).to_have_text("a rich quote")
    await expect(rich.locator("pre")).to_have_text("rich_code()")
    await expect(rich).to_contain_text("@ada🚀")
    await expect(rich.get_by_role("link")).to_have_attribute("href", "https://example.com/rich")
    text = block(shown, "markdown")
    await expect(text.get_by_role("heading")).to_have_text("A heading")
    await expect(text.locator("li")).to_have_text(["☑ done", "open"])
    await expect(text.get_by_role("link")).to_have_attribute("href", "https://example.com/md")
    table = block(shown, "table")
    await expect(table.locator("th")).to_have_text(["Service", "End of life"])
    await expect(table.locator("td.align-right")).to_have_text("2026-11-12")


@pytest.mark.parametrize(
    ("label", "value", "key", "expected"),
    [
        ("Colour", "blue", "selected_option", "blue"),
        ("Person", "bert", "selected_user", "bert"),
        ("Channel", "general", "selected_channel", "general"),
        ("Conversation", "general", "selected_conversation", "general"),
    ],
)
async def test_a_select_in_a_message_is_sent_at_once(
    shown: Page, playground: Playground, label: str, value: str, key: str, expected: str
) -> None:
    ids = {"bert": playground.bert, "general": playground.general}
    await block(shown, "actions").get_by_label(label, exact=True).select_option(ids.get(value, value))
    action = await last_action(shown, playground)
    sent = action[key]["value"] if key == "selected_option" else action[key]
    assert sent == ids.get(expected, expected)


async def last_action(page: Page, playground: Playground) -> dict:
    """The action that the app got, once the page is at rest."""
    await until(lambda: bool(playground.app.actions))
    await page.wait_for_function("() => !document.querySelector('[aria-busy]')")
    assert len(playground.app.actions) == 1
    return playground.app.actions[-1]["actions"][0]


async def test_a_date_and_a_time_are_sent(shown: Page, playground: Playground) -> None:
    await shown.locator("input[type=date]").fill("2026-05-06")
    assert (await last_action(shown, playground))["selected_date"] == "2026-05-06"
    playground.app.actions.clear()
    await shown.locator("input[type=time]").fill("10:45")
    assert (await last_action(shown, playground))["selected_time"] == "10:45"


async def test_ticks_and_picks_are_sent(shown: Page, playground: Playground) -> None:
    await shown.get_by_label("Two").check()
    assert [each["value"] for each in (await last_action(shown, playground))["selected_options"]] == ["two"]
    playground.app.actions.clear()
    await shown.get_by_label("Left").check()
    assert (await last_action(shown, playground))["selected_option"]["value"] == "left"


async def test_a_multi_select_is_sent_when_it_is_folded(shown: Page, playground: Playground) -> None:
    face = shown.locator("details.multi summary")
    await face.click()
    await shown.get_by_label("A", exact=True).check()
    await shown.get_by_label("C", exact=True).check()
    assert playground.app.actions == []
    await shown.keyboard.press("Escape")
    await expect(face).to_contain_text("AC")
    action = await last_action(shown, playground)
    assert [each["value"] for each in action["selected_options"]] == ["a", "c"]


async def test_an_overflow_menu_works_with_the_keyboard(shown: Page, playground: Playground) -> None:
    opener = block(shown, "section", 1).get_by_role("button", name="More actions")
    await opener.focus()
    await shown.keyboard.press("Enter")
    await expect(shown.get_by_role("menuitem", name="Edit")).to_be_focused()
    await shown.keyboard.press("ArrowDown")
    await shown.keyboard.press("Enter")
    await expect(opener).to_be_focused()
    assert (await last_action(shown, playground))["selected_option"]["value"] == "archive"


async def test_a_dangerous_button_asks_first(shown: Page, playground: Playground) -> None:
    await shown.get_by_role("button", name="Delete", exact=True).click()
    dialog = shown.locator("dialog[open]")
    await expect(dialog).to_contain_text("This cannot be undone.")
    await dialog.get_by_role("button", name="Keep it").click()
    await expect(dialog).to_have_count(0)
    assert playground.app.actions == []
    await shown.get_by_role("button", name="Delete", exact=True).click()
    await dialog.get_by_role("button", name="Delete it").click()
    assert (await last_action(shown, playground))["action_id"] == "delete"


async def test_a_link_button_opens_elsewhere_and_is_sent(shown: Page, playground: Playground) -> None:
    link = shown.get_by_role("link", name="Open", exact=False).first
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    async with shown.expect_popup() as popup:
        await link.click()
    assert (await popup.value).url == "https://example.com/open"
    assert (await last_action(shown, playground))["action_id"] == "open"

"""Modals: opened by a command or a shortcut, filled, refused, sent, stacked, closed."""

from __future__ import annotations

import pytest
from conftest import OpenPage, Playground
from driver import BOX, send
from playwright.async_api import expect

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_form_says_what_is_wrong_beside_the_field(open_page: OpenPage, playground: Playground) -> None:
    page = await open_page()
    await send(page, "/form Request")
    dialog = page.locator("dialog[open]")
    await expect(dialog.locator("h2")).to_have_text("Request")
    await dialog.get_by_label("Details").fill("Kept while I mend the title")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.locator(".field-error")).to_have_count(1)
    assert playground.app.submissions == []
    await dialog.get_by_label("Title").fill("bad")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.locator(".field-error")).to_have_text("Not that title, please.")
    await expect(dialog.get_by_label("Title")).to_be_focused()
    await expect(dialog.get_by_label("Details")).to_have_value("Kept while I mend the title")
    for name in ("Size", "Person"):
        assert await dialog.get_by_label(name).evaluate("field => field.selectedOptions[0]?.text") == "Choose…"
    await dialog.get_by_label("Title").fill("good")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_have_count(0)
    values = playground.app.submissions[-1]["view"]["state"]["values"]
    assert values["title"]["title"]["value"] == "good"
    assert values["details"]["details"]["value"] == "Kept while I mend the title"


async def test_every_input_is_sent_in_slacks_shape(open_page: OpenPage, playground: Playground) -> None:
    page = await open_page()
    await send(page, "/form")
    dialog = page.locator("dialog[open]")
    await dialog.get_by_label("Title").fill("All of it")
    await dialog.get_by_label("Size").select_option("large")
    await dialog.locator("[data-block-id=areas] summary").click()
    await dialog.get_by_label("Build").check()
    await dialog.get_by_label("Watch").check()
    await dialog.get_by_label("Person").select_option(playground.bert)
    await dialog.get_by_label("Conversation").select_option(playground.general)
    await dialog.locator("[data-block-id=channel] select").select_option(playground.general)
    await dialog.get_by_label("Day").fill("2026-04-05")
    await dialog.locator("[data-block-id=hour] input").fill("08:15")
    await dialog.get_by_label("Hours").fill("12")
    await dialog.get_by_label("Email").fill("ada@example.test")
    await dialog.get_by_label("Url").fill("https://example.com/x")
    await dialog.get_by_label("Urgent").check()
    await dialog.get_by_label("Yes").check()
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_have_count(0)
    values = {key: value[key] for key, value in playground.app.submissions[-1]["view"]["state"]["values"].items()}
    assert values["size"]["selected_option"]["value"] == "large"
    assert [each["value"] for each in values["areas"]["selected_options"]] == ["build", "watch"]
    assert values["person"]["selected_user"] == playground.bert
    assert values["conversation"]["selected_conversation"] == playground.general
    assert values["channel"]["selected_channel"] == playground.general
    assert (values["day"]["selected_date"], values["hour"]["selected_time"]) == ("2026-04-05", "08:15")
    assert (values["hours"]["value"], values["email"]["value"]) == ("12", "ada@example.test")
    assert values["url"]["value"] == "https://example.com/x"
    assert [each["value"] for each in values["ticks"]["selected_options"]] == ["urgent"]
    assert values["pick"]["selected_option"]["value"] == "yes"


async def test_modals_stack_and_go_back(open_page: OpenPage) -> None:
    page = await open_page()
    await send(page, "/form First")
    dialog = page.locator("dialog[open]")
    await dialog.get_by_label("Title").fill("remember me")
    await dialog.get_by_role("button", name="Next step").click()
    await expect(dialog.locator("h2")).to_have_text("Second step")
    await page.keyboard.press("Escape")
    await expect(dialog.locator("h2")).to_have_text("First")
    await expect(dialog.get_by_label("Title")).to_have_value("remember me")
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(page.locator(BOX)).to_be_focused()


async def test_an_updated_modal_keeps_what_was_typed_and_says_it(open_page: OpenPage, playground: Playground) -> None:
    page = await open_page()
    await send(page, "/form")
    dialog = page.locator("dialog[open]")
    await dialog.get_by_label("Title").fill("still here")
    await dialog.get_by_role("button", name="Reveal").click()
    await expect(dialog.get_by_text("Revealed")).to_be_visible()
    await expect(dialog.get_by_label("Title")).to_have_value("still here")
    sent = playground.app.actions[-1]["view"]["state"]["values"]
    assert sent["title"]["title"]["value"] == "still here"


async def test_the_keyboard_stays_in_a_modal(open_page: OpenPage) -> None:
    page = await open_page()
    await send(page, "/form")
    await expect(page.locator("dialog[open]").get_by_label("Title")).to_be_focused()
    for _ in range(30):
        await page.keyboard.press("Tab")
        outside = await page.evaluate("document.activeElement.matches(':not(body, dialog *)')")
        assert outside is False


async def test_a_message_shortcut_opens_its_form(open_page: OpenPage) -> None:
    page = await open_page()
    await send(page, "Please help with deploys")
    await page.get_by_role("button", name="Message shortcuts").click()
    await page.get_by_role("menuitem", name="Open a request").click()
    await expect(page.locator("dialog[open]")).to_contain_text("About: Please help with deploys")


async def test_a_global_shortcut_opens_its_form(open_page: OpenPage) -> None:
    page = await open_page()
    await page.get_by_role("button", name="New form").click()
    await expect(page.locator("dialog[open]")).to_contain_text("About: nothing")

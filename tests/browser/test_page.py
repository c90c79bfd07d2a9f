"""The page, in a browser, on the real simulated Slack with a small app behind it."""

from __future__ import annotations

import asyncio

import pytest
from conftest import OpenPage, Playground
from driver import BOX, messages, send, until
from kitchen_sink import everything
from playwright.async_api import Route, expect

from tests import administration

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_command_is_answered_to_its_sender_only(open_page: OpenPage, playground: Playground) -> None:
    page = await open_page()
    await send(page, "/echo hello")
    answer = messages(page).last
    await expect(answer).to_contain_text("You said: hello")
    await expect(answer).to_contain_text("Only visible to you")
    await page.select_option("#user-switcher", playground.bert)
    await expect(page.locator("#user-switcher")).to_have_value(playground.bert)
    await expect(page.locator(".welcome")).to_be_visible()
    await expect(page.get_by_text("You said: hello")).to_have_count(0)


async def test_a_message_arrives_on_another_persons_page(open_page: OpenPage, playground: Playground) -> None:
    ada = await open_page()
    bert = await open_page(user=playground.bert)
    await send(ada, "Lunch, @bert?")
    received = messages(bert).last
    await expect(received).to_contain_text("Lunch, @bert?")
    await expect(received.locator(".mention-you")).to_have_text("@bert")
    await expect(bert.locator("#announcer")).to_have_text("Ada Lind: Lunch, @bert?")


async def test_an_unknown_command_is_said_in_a_toast(open_page: OpenPage) -> None:
    page = await open_page()
    await send(page, "/nonsense")
    await expect(page.locator(".toast")).to_contain_text("/nonsense")


async def test_a_button_changes_its_message(open_page: OpenPage) -> None:
    page = await open_page()
    await send(page, "/press")
    await page.get_by_role("button", name="Press me").click()
    await expect(messages(page).last).to_contain_text("Pressed by @ada")
    await expect(page.get_by_role("button", name="Press me")).to_have_count(0)


async def test_a_thread_is_read_and_answered(open_page: OpenPage, playground: Playground) -> None:
    page = await open_page()
    await send(page, "A topic")
    await messages(page).last.hover()
    await page.get_by_role("button", name="Reply in thread").click()
    thread = page.locator("#thread")
    await expect(thread.locator(".message")).to_have_count(1)
    await send(page, "@baton what about it?", box="#thread-input")
    await expect(thread.locator(".message")).to_have_count(3)
    await expect(thread.locator(".message").last).to_contain_text("You said: @baton what about it?")
    await expect(messages(page)).to_have_count(1)
    await expect(messages(page).get_by_role("button", name="2 replies")).to_be_visible()
    await send(page, "/echo no", box="#thread-input")
    await expect(page.locator(".toast")).to_contain_text("do not work in threads")
    await thread.get_by_role("button", name="Close thread").click()
    await expect(thread).to_be_hidden()


async def test_the_home_tab_is_published_and_updated(open_page: OpenPage, playground: Playground) -> None:
    page = await open_page()
    await page.get_by_role("button", name="Baton – Home").click()
    home = page.locator(".home")
    await expect(home).to_contain_text("Hello @ada. Pressed 0 times.")
    await home.get_by_role("button", name="Count").click()
    await expect(home).to_contain_text("Pressed 1 times.")
    await home.locator("select").select_option("checkout")
    await until(lambda: "selected_option" in playground.app.actions[-1]["actions"][0])
    assert playground.app.actions[-1]["actions"][0]["selected_option"]["value"] == "checkout"
    await page.select_option("#user-switcher", playground.bert)
    await expect(home).to_contain_text("Hello @bert")


async def test_an_answer_under_way_for_one_person_does_not_undo_the_switch_to_another(
    open_page: OpenPage, playground: Playground
) -> None:
    page = await open_page()
    asked, release = asyncio.Event(), asyncio.Event()

    async def held(route: Route) -> None:
        asked.set()
        await asyncio.wait_for(release.wait(), timeout=5)
        await route.continue_()

    await page.route(f"**/play/state?user={playground.ada}", held, times=1)
    await playground.app.call("chat.postMessage", channel=playground.general, text="Something happens")
    await asyncio.wait_for(asked.wait(), timeout=5)
    await page.select_option("#user-switcher", playground.bert)
    release.set()
    await expect(page.locator("#sidebar").get_by_text("checkout")).to_have_count(0)
    await expect(page.locator("#user-switcher")).to_have_value(playground.bert)


async def test_a_reaction_is_shown_and_delivered(open_page: OpenPage, playground: Playground) -> None:
    page = await open_page()
    await send(page, "Could somebody look?")
    await page.get_by_role("button", name="Add a reaction").click()
    await page.get_by_role("menuitem", name=":devops-request:").click()
    await expect(page.locator(".reactions")).to_contain_text(":devops-request: 1")

    def delivered() -> int:
        kinds = [each.payload.get("event", {}).get("type") for each in playground.fake.deliveries]
        return kinds.count("reaction_added")

    # The page shows it before the app has been told.
    await until(lambda: delivered() > 0)
    assert delivered() == 1


async def test_own_messages_are_edited_and_deleted_with_the_keyboard(
    open_page: OpenPage, playground: Playground
) -> None:
    page = await open_page()
    await page.get_by_role("button", name="Baton", exact=True).click()
    await send(page, "We need a *Kafka* topic & <more>, @bert")
    edit = messages(page).last.get_by_role("button", name="Edit message")
    await edit.focus()
    await page.keyboard.press("Enter")
    words = page.get_by_role("dialog", name="Edit message").get_by_role("textbox", name="Edit message")
    await expect(words).to_be_focused()
    await expect(words).to_have_value("We need a *Kafka* topic & <more>, @bert")
    await page.keyboard.press("Escape")
    await expect(edit).to_be_focused()
    await page.keyboard.press("Enter")
    await words.fill("We need a Redis cache, @bert")
    await page.keyboard.press("Enter")
    await expect(messages(page).last).to_contain_text("We need a Redis cache, @bert")
    await expect(messages(page).last.locator(".edited")).to_have_text("(edited)")
    await expect(edit).to_be_focused()
    await messages(page).last.get_by_role("button", name="Delete message").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("dialog", name="Delete message").get_by_role("button", name="Delete").click()
    await expect(messages(page)).to_have_count(0)
    await expect(page.locator(BOX)).to_be_focused()

    def delivered() -> list[str]:
        events = [each.payload.get("event", {}) for each in playground.fake.deliveries]
        return [each["subtype"] for each in events if each.get("subtype")]

    await until(lambda: len(delivered()) > 1)
    assert delivered() == ["message_changed", "message_deleted"]


async def test_messages_of_others_are_not_edited_or_deleted(open_page: OpenPage, playground: Playground) -> None:
    page = await open_page()
    await playground.fake.post(playground.bert, playground.general, "Mine")
    await playground.app.call("chat.postMessage", channel=playground.general, text="The app's")
    await expect(messages(page)).to_have_count(2)
    await expect(page.get_by_role("button", name="Add a reaction")).to_have_count(2)
    await expect(page.get_by_role("button", name="Edit message")).to_have_count(0)
    await expect(page.get_by_role("button", name="Delete message")).to_have_count(0)


async def test_the_direct_message_opens(open_page: OpenPage) -> None:
    page = await open_page()
    await page.get_by_role("button", name="Baton", exact=True).click()
    await expect(page.locator("#place-title")).to_have_text("Baton")
    await send(page, "who owns payments-db?")
    await expect(messages(page).last).to_contain_text("who owns payments-db?")


async def test_private_channels_are_shown_to_their_members_only(open_page: OpenPage, playground: Playground) -> None:
    page = await open_page()
    await expect(page.locator("#sidebar").get_by_text("checkout")).to_have_count(1)
    await page.select_option("#user-switcher", playground.bert)
    await expect(page.locator("#sidebar").get_by_text("platform")).to_have_count(1)
    await expect(page.locator("#sidebar").get_by_text("checkout")).to_have_count(0)


async def test_an_app_that_does_not_answer_is_reported(open_page: OpenPage) -> None:
    page = await open_page()
    await send(page, "/silent")
    await expect(page.locator(".toast")).to_contain_text("/silent")


async def test_behind_the_scenes_shows_payload_answer_and_calls(open_page: OpenPage) -> None:
    page = await open_page()
    await page.locator("#inspector summary").first.click()
    await send(page, "/form Traffic")
    await expect(page.locator("dialog[open]")).to_be_visible()
    await page.keyboard.press("Escape")
    body = page.locator("#inspector-body")
    await expect(body).to_contain_text('"command": "/form"')
    await expect(body.locator(".call")).to_contain_text("views.open")


async def test_suggestions_fill_the_message_box(open_page: OpenPage) -> None:
    page = await open_page()
    await page.get_by_role("button", name="/echo hello").click()
    await expect(page.locator(BOX)).to_have_value("/echo hello")
    await expect(page.locator(BOX)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(messages(page).last).to_contain_text("You said: hello")


async def test_the_way_to_the_message_box_does_not_lead_to_another_channel(open_page: OpenPage) -> None:
    page = await open_page()
    await page.locator("button.side-item", has_text="checkout").click()
    await expect(page.locator("#place-title")).to_have_text("# checkout")
    await page.get_by_role("link", name="Skip to the message box").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(BOX)).to_be_focused()
    await page.keyboard.type("/echo here ")
    await page.keyboard.press("Enter")
    await expect(messages(page).last).to_contain_text("You said: here")
    await expect(page.locator("#place-title")).to_have_text("# checkout")


async def test_a_command_is_run_with_the_keyboard_alone(open_page: OpenPage) -> None:
    page = await open_page()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(BOX)).to_be_focused()
    await page.keyboard.type("/e")
    options = page.locator("#composer [role=option]")
    await expect(options).to_have_count(2)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(page.locator(BOX)).to_have_value("/echo ")
    await expect(page.locator("#composer .composer-hint")).to_contain_text("[words] – Says it back")
    await page.keyboard.type("by keyboard")
    await page.keyboard.press("Enter")
    await expect(messages(page).last).to_contain_text("You said: by keyboard")


async def test_markup_in_text_stays_text(open_page: OpenPage, playground: Playground) -> None:
    page = await open_page()
    attack = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
    await send(page, f"{attack} *<b>bold</b>*")
    await expect(messages(page)).to_have_count(1)
    await send(page, f"/echo {attack}")
    await expect(messages(page)).to_have_count(2)
    await playground.app.call(
        "chat.postMessage",
        channel=playground.general,
        text="x",
        blocks=[
            {"type": "section", "text": {"type": "mrkdwn", "text": f"<javascript:alert(1)|click> `{attack}` {attack}"}},
            {"type": "markdown", "text": f"[x](javascript:alert(1)) {attack}"},
        ],
    )
    await expect(messages(page)).to_have_count(3)
    await expect(messages(page).last).to_contain_text("<javascript:alert(1)|click>")
    assert await page.locator("#stream :is(img:not(.avatar), script, b)").count() == 0
    assert await page.locator("#stream a[href^=javascript]").count() == 0
    assert "playground" in await page.title()


async def test_a_phone_has_no_sideways_scroll(open_page: OpenPage) -> None:
    page = await open_page(width=360, height=740)
    await send(page, "/everything")
    await expect(page.locator("[data-block=table]")).to_be_visible()
    wide = "document.documentElement.scrollWidth <= 360 && document.querySelector('#stream').scrollWidth <= 360"
    assert await page.evaluate(wide)
    await page.get_by_role("button", name="Channels and people").click()
    await page.locator("#sidebar").get_by_text("checkout").click()
    await expect(page.locator("#place-title")).to_contain_text("checkout")
    await expect(page.locator("#sidebar")).to_be_hidden()
    await send(page, "/form")
    box = await page.locator("dialog[open]").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360


async def test_a_reload_stays_where_it_was(open_page: OpenPage, playground: Playground) -> None:
    page = await open_page(user=playground.bert)
    await page.locator("#sidebar").get_by_text("platform").click()
    await expect(page.locator("#place-title")).to_contain_text("platform")
    await page.reload()
    await expect(page.locator("#place-title")).to_contain_text("platform")
    await expect(page.locator("#user-switcher")).to_have_value(playground.bert)


async def test_an_address_that_names_nobody_is_for_whoever_is_here(open_page: OpenPage, playground: Playground) -> None:
    page = await open_page(user=playground.bert)
    await page.evaluate("location.hash = 'view=home'")
    await expect(page.locator(".home")).to_contain_text("Hello @bert")
    await expect(page.locator("#user-switcher")).to_have_value(playground.bert)
    await expect(page.locator(".toast")).to_have_count(0)


async def test_an_answer_that_comes_while_the_address_changes_does_not_hold_anybody_back(
    open_page: OpenPage, playground: Playground
) -> None:
    page = await open_page(user=playground.bert)
    # What the page does with the address when an answer arrives, before it has heard of the change.
    await page.evaluate(
        "const before = location.hash; location.hash = 'view=home'; history.replaceState(null, '', before)"
    )
    await expect(page.locator(".home")).to_contain_text("Hello @bert")


async def test_an_unknown_block_is_shown_as_such(open_page: OpenPage, playground: Playground) -> None:
    page = await open_page()
    posted = await playground.app.call("chat.postMessage", channel=playground.general, text="soon")
    # Slack refuses unknown types, so one that Slack adds some day is put in by hand.
    stored = playground.fake.workspace.message(playground.general, posted["ts"])
    assert stored is not None
    stored.blocks = [{"type": "hologram", "block_id": "h"}, everything(playground.ada, playground.general)[0]]
    await page.reload()
    await expect(page.get_by_text("cannot show block type hologram")).to_be_visible()
    await expect(page.locator("[data-block=header]")).to_be_visible()


async def test_an_archived_channel_keeps_its_name_in_messages(playground: Playground, open_page: OpenPage) -> None:
    page = await open_page()
    platform = playground.fake.workspace.channel("platform").id
    await playground.fake.post(playground.ada, playground.general, f"it was in <#{platform}> before")
    await administration.archive_channel(playground.fake, platform, by=playground.bert)
    await expect(messages(page).last).to_contain_text("it was in #platform before")
    await expect(page.locator("button.side-item", has_text="platform")).to_have_count(0)

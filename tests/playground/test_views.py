"""views.* with their triggers and hashes, and response_urls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_builders import actions, button, home, modal, mrkdwn, refused, section, select, text_input
from slack_sdk.web.async_client import AsyncWebClient
from tiny_app import Clock, TinyApp

from bot.playground.fake_slack import FakeSlack, MessageRef, ViewRef

Json = dict[str, Any]


# Views


Presser = Callable[[], Awaitable[str]]


@pytest.fixture
def pressed(slack: FakeSlack, client: AsyncWebClient, app: TinyApp) -> Presser:
    """Presses a button and returns the trigger_id."""

    async def press() -> str:
        ts = (await client.chat_postMessage(channel="C0PAY", text="x", blocks=[actions(button())]))["ts"]
        await slack.act("ada", MessageRef("C0PAY", ts), "go")
        return str(app.of("block_actions")[-1]["trigger_id"])

    return press


async def test_a_trigger_opens_one_view_within_three_seconds(
    slack: FakeSlack, client: AsyncWebClient, pressed: Presser, workspace_clock: Clock
) -> None:
    trigger = await pressed()
    view = (await client.views_open(trigger_id=trigger, view=modal(text_input(), callback_id="c")))["view"]
    assert view["root_view_id"] == view["id"]
    assert [one.id for one in slack.view_stack("ada")] == [view["id"]]
    await refused(client.views_open(trigger_id=trigger, view=modal()), "exchanged_trigger_id")
    await refused(client.views_open(trigger_id="1.2.3", view=modal()), "invalid_trigger_id")
    late = await pressed()
    workspace_clock.advance(seconds=3.1)
    await refused(client.views_open(trigger_id=late, view=modal()), "expired_trigger_id")
    just = await pressed()
    workspace_clock.advance(seconds=3)
    assert (await client.views_open(trigger_id=just, view=modal()))["ok"]


async def test_a_refused_view_does_not_use_up_the_trigger(client: AsyncWebClient, pressed: Presser) -> None:
    trigger = await pressed()
    long_title = {"type": "plain_text", "text": "x" * 25}
    answer = await refused(client.views_open(trigger_id=trigger, view=modal(title=long_title)), "invalid_arguments")
    assert "[json-pointer:/view/title/text]" in answer["response_metadata"]["messages"][0]
    await refused(client.views_open(trigger_id=trigger, view=home()), "invalid_arguments")
    assert (await client.views_open(trigger_id=trigger, view=modal()))["ok"]


async def test_updates_need_the_current_hash(slack: FakeSlack, client: AsyncWebClient, pressed: Presser) -> None:
    view = (await client.views_open(trigger_id=await pressed(), view=modal(text_input(), external_id="e")))["view"]
    fresh = (await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(section("new"))))["view"]
    await refused(client.views_update(view_id=view["id"], hash=view["hash"], view=modal()), "hash_conflict")
    assert (await client.views_update(view_id=view["id"], hash=fresh["hash"], view=modal(external_id="f")))["ok"]
    assert (await client.views_update(external_id="f", view=modal()))["ok"]
    await refused(client.views_update(view_id="V0NONE", view=modal()), "not_found")
    await slack.close_view("ada", view["id"])
    await refused(client.views_update(view_id=view["id"], view=modal()), "not_found")


async def test_what_was_typed_survives_an_update(slack: FakeSlack, client: AsyncWebClient, pressed: Presser) -> None:
    form = modal(text_input(), actions(select("pick"), block_id="picks"))
    view = (await client.views_open(trigger_id=await pressed(), view=form))["view"]
    await slack.act("ada", ViewRef(view["id"]), "pick", value="1")
    changed = modal(section("more"), text_input(), actions(select("pick"), block_id="picks"))
    values = (await client.views_update(view_id=view["id"], view=changed))["view"]["state"]["values"]
    assert values["picks"]["pick"]["selected_option"]["value"] == "1"
    assert values["words_block"]["words"] == {"type": "plain_text_input", "value": None}


async def test_three_modals_and_no_more(
    slack: FakeSlack, client: AsyncWebClient, app: TinyApp, pressed: Presser
) -> None:
    await refused(client.views_push(trigger_id=await pressed(), view=modal()), "not_found")
    with_button = modal(actions(button("deeper")))
    root = (await client.views_open(trigger_id=await pressed(), view=with_button))["view"]
    top = root
    for _ in range(2):
        await slack.act("ada", ViewRef(top["id"]), "deeper")
        trigger = app.of("block_actions")[-1]["trigger_id"]
        top = (await client.views_push(trigger_id=trigger, view=with_button))["view"]
    assert [view.previous_view_id for view in slack.view_stack("ada")][1:] == [
        view.id for view in slack.view_stack("ada")
    ][:2]
    assert top["root_view_id"] == root["id"]
    await slack.act("ada", ViewRef(top["id"]), "deeper")
    trigger = app.of("block_actions")[-1]["trigger_id"]
    await refused(client.views_push(trigger_id=trigger, view=with_button), "push_limit_reached")


async def test_the_home_tab(slack: FakeSlack, client: AsyncWebClient) -> None:
    assert slack.home("ada") is None
    first = (await client.views_publish(user_id="U0ADA", view=home(section("one"))))["view"]
    again = (await client.views_publish(user_id="U0ADA", view=home(section("two")), hash=first["hash"]))["view"]
    assert again["id"] == first["id"]
    await refused(client.views_publish(user_id="U0ADA", view=home(), hash=first["hash"]), "hash_conflict")
    await refused(client.views_publish(user_id="U0ADA", view=modal()), "invalid_arguments")
    shown = slack.home("ada")
    assert shown is not None
    assert shown.payload["blocks"][0]["text"] == mrkdwn("two")
    assert slack.home("grace") is None


# response_url


async def respond(url: str, **body: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as answer:
        return answer.status, await answer.text()


async def test_a_response_url_works_five_times_in_thirty_minutes(
    slack: FakeSlack, app: TinyApp, workspace_clock: Clock
) -> None:
    await slack.run_command("ada", "payments", "/whoowns x")
    url = app.of("command")[0]["response_url"]
    assert await respond(url, text="only you") == (200, "ok")
    assert await respond(url, text="everybody", response_type="in_channel") == (200, "ok")
    assert [message.text for message in slack.visible_messages("ada", "payments")] == ["only you", "everybody"]
    assert [message.text for message in slack.visible_messages("grace", "payments")] == ["everybody"]
    assert (await respond(url, text="x", blocks=[section("x" * 3001)]))[0] == 400
    assert slack.refused[-1].where == "response_url"
    for _ in range(2):
        assert (await respond(url, text="x"))[0] == 200
    assert await respond(url, text="x") == (404, "used_url")
    await slack.run_command("ada", "payments", "/whoowns x")
    workspace_clock.advance(minutes=30, seconds=1)
    assert await respond(app.of("command")[1]["response_url"], text="x") == (404, "expired_url")


async def test_a_response_url_replaces_and_deletes_its_message(slack: FakeSlack, app: TinyApp) -> None:
    app.answer = lambda payload: {"text": "choose", "blocks": [actions(button())]} if "command" in payload else None
    await slack.run_command("ada", "payments", "/whoowns x")
    (shown,) = slack.visible_messages("ada", "payments")
    await slack.act("ada", MessageRef("C0PAY", shown.ts), "go")
    url = app.of("block_actions")[0]["response_url"]
    assert await respond(url, text="chosen", replace_original=True) == (200, "ok")
    assert [(m.ts, m.text, m.blocks) for m in slack.visible_messages("ada", "payments")] == [(shown.ts, "chosen", [])]
    assert await respond(url, delete_original=True) == (200, "ok")
    assert slack.visible_messages("ada", "payments") == []

"""What people do and what the app's answers do: commands, shortcuts, actions, modals; and what Slack's client says."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_builders import MANIFEST, actions, button, modal, option, plain, section, select, text_input, until
from slack_sdk.web.async_client import AsyncWebClient
from tiny_app import SECRET, TinyApp

from bot.playground._posts import bot_message
from bot.playground.fake_slack import FakeSlack, MessageRef, PlaygroundError

Json = dict[str, Any]


# Commands


async def test_an_ack_may_be_empty_text_or_json(slack: FakeSlack, app: TinyApp) -> None:
    await slack.run_command("ada", "payments", "/whoowns x")
    assert slack.visible_messages("ada", "payments") == []
    app.answer = lambda _payload: "words"
    await slack.run_command("ada", "payments", "/whoowns x")
    app.answer = lambda _payload: {"text": "all", "blocks": [section("all")], "response_type": "in_channel"}
    await slack.run_command("ada", "payments", "/whoowns x")
    assert [(m.text, m.ephemeral_for) for m in slack.visible_messages("ada", "payments")] == [
        ("words", "U0ADA"),
        ("all", None),
    ]
    assert [m.text for m in slack.visible_messages("grace", "payments")] == ["all"]


async def test_an_ack_that_slack_refuses_becomes_a_toast(slack: FakeSlack, app: TinyApp) -> None:
    for answer in (
        {"blocks": [section()]},
        {"text": "x", "blocks": [section("")]},
        {"text": "x", "response_type": "loud"},
    ):
        app.answer = lambda _payload, answer=answer: answer
        await slack.run_command("ada", "payments", "/whoowns x")
    assert slack.visible_messages("ada", "payments") == []
    assert [one.where for one in slack.refused] == ["ack of /whoowns"] * 3
    assert len(slack.toasts) == 3


async def test_what_slacks_client_refuses_never_reaches_the_app(slack: FakeSlack, app: TinyApp) -> None:
    slack.install(MANIFEST)
    parent = await slack.post("ada", "payments", "root")
    before = len(app.received)
    assert (await slack.run_command("ada", "payments", "/whoown x")).error == "/whoown is not a valid command."
    in_thread = await slack.run_command("ada", "payments", "/whoowns x", thread_ts=parent.ts)
    assert in_thread.error == "/whoowns is not supported in threads. Sorry!"
    assert [toast.text for toast in slack.toasts] == ["/whoown is not a valid command.", in_thread.error]
    assert len(app.received) == before
    for impossible in (
        slack.run_command("grace", "lobby", "/whoowns x"),
        slack.run_command("nobody", "lobby", "/whoowns x"),
        slack.run_global_shortcut("ada", "open"),
        slack.post("ada", "secret", "x"),
    ):
        with pytest.raises(PlaygroundError):
            await impossible


async def test_names_arrive_as_mentions_only_when_the_manifest_says_so(slack: FakeSlack, app: TinyApp) -> None:
    slack.install(MANIFEST)
    group = slack.add_user_group("ops", name="Operations")
    await slack.run_command("ada", "payments", "/whoowns @grace #lobby @ops @unknown a@example.test")
    await slack.run_command("ada", "payments", "/plain @grace #lobby")
    texts = [payload["text"] for payload in app.of("command")]
    assert texts == [
        f"<@U0GRACE|grace> <#C0LOBBY|lobby> <!subteam^{group.id}|@ops> @unknown a@example.test",
        "@grace #lobby",
    ]


# Interactions


async def test_shortcuts(slack: FakeSlack, app: TinyApp) -> None:
    message = await slack.post("grace", "payments", "can somebody help?")
    await slack.run_message_shortcut("ada", "payments", message.ts, "open")
    (payload,) = app.of("message_action")
    assert (payload["callback_id"], payload["message_ts"]) == ("open", message.ts)
    assert payload["message"]["text"] == "can somebody help?"
    assert payload["user"]["id"] == "U0ADA"
    assert payload["response_url"].startswith(slack.base_url)


async def test_actions_carry_the_choice_and_the_state(slack: FakeSlack, app: TinyApp, client: AsyncWebClient) -> None:
    blocks = [
        actions(select("pick"), button("go", value="v"), {"type": "datepicker", "action_id": "day"}, block_id="b")
    ]
    ts = (await client.chat_postMessage(channel="C0PAY", text="x", blocks=blocks))["ts"]
    here = MessageRef("C0PAY", ts)
    await slack.act("ada", here, "pick", value="1")
    await slack.act("ada", here, "day", value="2026-04-01")
    await slack.act("ada", here, "go")
    chosen, _day, pressed = app.of("block_actions")
    assert chosen["actions"][0]["selected_option"] == option("1", "Option 1")
    assert (pressed["actions"][0]["value"], pressed["actions"][0]["block_id"]) == ("v", "b")
    assert pressed["state"]["values"]["b"]["pick"]["selected_option"]["value"] == "1"
    assert pressed["state"]["values"]["b"]["day"]["selected_date"] == "2026-04-01"
    assert pressed["message"]["ts"] == ts
    with pytest.raises(PlaygroundError, match="there is: day, go, pick"):
        await slack.act("ada", here, "stop")
    with pytest.raises(PlaygroundError, match="no option 9"):
        await slack.act("ada", here, "pick", value="9")
    with pytest.raises(PlaygroundError, match="not a value"):
        await slack.act("ada", here, "day", value="tomorrow")


async def test_an_ephemeral_message_does_not_come_along(slack: FakeSlack, app: TinyApp) -> None:
    blocks = [actions(button())]
    message = bot_message(slack.workspace, "C0PAY", {"text": "x", "blocks": blocks}, ephemeral_for="U0ADA")
    slack.workspace.add_message(message)
    await slack.act("ada", MessageRef("C0PAY", message.ts), "go")
    (payload,) = app.of("block_actions")
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    with pytest.raises(PlaygroundError, match="sees no message"):
        await slack.act("grace", MessageRef("C0PAY", message.ts), "go")


async def test_a_click_without_an_answer_is_told(slack: FakeSlack, app: TinyApp, client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel="C0PAY", text="x", blocks=[actions(button())]))["ts"]
    await slack.settle()
    app.answer = lambda _payload: 500
    assert not (await slack.act("ada", MessageRef("C0PAY", ts), "go")).ok
    assert slack.toasts[-1].text == "We had some trouble connecting. Try again?"
    app.answer = lambda _payload: {"text": "nobody reads this"}
    assert (await slack.act("ada", MessageRef("C0PAY", ts), "go")).ok
    assert slack.refused[-1].where == "ack of block_actions"


@pytest.fixture
async def form(slack: FakeSlack, app: TinyApp, client: AsyncWebClient) -> str:
    """The id of an open form with two inputs."""
    await slack.run_global_shortcut("ada", "new")
    view = modal(
        text_input(min_length=3, max_length=5),
        {"type": "input", "block_id": "who", "label": plain(), "element": {"type": "users_select", "action_id": "who"}},
        text_input("note", block_id="note", optional=True),
        callback_id="form",
        private_metadata="kept",
    )
    trigger = app.of("shortcut")[0]["trigger_id"]
    return str((await client.views_open(trigger_id=trigger, view=view))["view"]["id"])


FILLED = {"words": "abcd", "who.who": "U0GRACE"}


async def test_what_the_client_checks_stays_with_the_client(slack: FakeSlack, app: TinyApp, form: str) -> None:
    refused = await slack.submit_view("ada", form)
    assert refused.status == 0
    (view,) = slack.view_stack("ada")
    required = "Please complete this required field."
    assert view.errors == {"words_block": required, "who": required}
    await slack.submit_view("ada", form, {**FILLED, "words": "ab"})
    assert view.errors == {"words_block": "Please enter at least 3 characters."}
    await slack.submit_view("ada", form, {**FILLED, "words": "abcdef"})
    assert view.errors == {"words_block": "Please enter at most 5 characters."}
    assert app.of("view_submission") == []
    with pytest.raises(PlaygroundError, match="0 inputs are called colour"):
        await slack.submit_view("ada", form, {"colour": "red"})


async def test_an_empty_ack_closes_the_view(slack: FakeSlack, app: TinyApp, form: str) -> None:
    await slack.submit_view("ada", form, FILLED)
    (payload,) = app.of("view_submission")
    values = payload["view"]["state"]["values"]
    assert values["words_block"]["words"] == {"type": "plain_text_input", "value": "abcd"}
    assert values["who"]["who"] == {"type": "users_select", "selected_user": "U0GRACE"}
    assert values["note"]["note"]["value"] is None
    assert payload["view"]["private_metadata"] == "kept"
    assert slack.view_stack("ada") == []


async def test_errors_stay_in_the_view(slack: FakeSlack, app: TinyApp, form: str) -> None:
    app.answer = lambda _payload: {"response_action": "errors", "errors": {"who": "Somebody else, please."}}
    await slack.submit_view("ada", form, FILLED)
    assert slack.view_stack("ada")[0].errors == {"who": "Somebody else, please."}
    app.answer = lambda _payload: None
    await slack.submit_view("ada", form)  # what was typed is still there
    assert slack.view_stack("ada") == []


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "dance"},
        "words",
    ],
)
async def test_an_ack_of_a_submission_that_slack_refuses(
    slack: FakeSlack, app: TinyApp, form: str, answer: Any
) -> None:
    app.answer = lambda _payload: answer
    await slack.submit_view("ada", form, FILLED)
    assert [view.id for view in slack.view_stack("ada")] == [form]
    assert slack.refused
    assert slack.toasts[-1].text == "We had some trouble connecting. Try again?"


async def test_update_push_and_clear(slack: FakeSlack, app: TinyApp, form: str) -> None:
    app.answer = lambda _payload: {
        "response_action": "push",
        "view": modal(title=plain("Second"), notify_on_close=True),
    }
    await slack.submit_view("ada", form, FILLED)
    first, second = slack.view_stack("ada")
    assert (second.root_view_id, second.previous_view_id) == (first.id, first.id)
    app.answer = lambda _payload: {"response_action": "update", "view": modal(title=plain("Changed"))}
    before = second.payload["hash"]
    await slack.submit_view("ada", second.id)
    assert second.payload["title"]["text"] == "Changed"
    assert second.payload["hash"] != before
    app.answer = lambda _payload: {"response_action": "clear"}
    await slack.submit_view("ada", second.id)
    assert slack.view_stack("ada") == []


async def test_closing_is_told_when_asked_for(
    slack: FakeSlack, app: TinyApp, client: AsyncWebClient, form: str
) -> None:
    assert await slack.close_view("ada", form) is None
    await slack.run_global_shortcut("ada", "new")
    trigger = app.of("shortcut")[-1]["trigger_id"]
    view = (await client.views_open(trigger_id=trigger, view=modal(notify_on_close=True)))["view"]
    closed = await slack.close_view("ada", view["id"])
    assert closed is not None
    assert closed.ok
    assert app.of("view_closed")[0]["is_cleared"] is False


# Bolt


async def test_bolt_is_at_home_here(slack: FakeSlack, client: AsyncWebClient) -> None:
    bolt = AsyncApp(client=client, signing_secret=SECRET)

    @bolt.command("/whoowns")
    async def on_whoowns(ack: AsyncAck, command: Json) -> None:
        await ack(text=f"{command['text']}?", blocks=[actions(button("go"))])

    @bolt.action("go")
    async def on_go(ack: AsyncAck, body: Json, respond: AsyncRespond) -> None:
        await ack()
        await respond(text="replaced", replace_original=True)
        await client.views_open(trigger_id=body["trigger_id"], view=modal(text_input(), callback_id="form"))

    @bolt.view("form")
    async def on_form(ack: AsyncAck) -> None:
        await ack(response_action="errors", errors={"words_block": "Something else, please."})

    runner = web.AppRunner(bolt.web_app("/slack/events"), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.connect_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    try:
        assert (await slack.run_command("ada", "payments", "/whoowns x")).ok
        (shown,) = slack.visible_messages("ada", "payments")
        assert shown.text == "x?"
        assert (await slack.act("ada", MessageRef("C0PAY", shown.ts), "go")).ok
        await until(lambda: slack.view_stack("ada"))
        assert slack.visible_messages("ada", "payments")[0].text == "replaced"
        (view,) = slack.view_stack("ada")
        await slack.submit_view("ada", view.id, {"words": "no"})
        assert view.errors == {"words_block": "Something else, please."}
        assert slack.refused == slack.toasts == slack.pings == []
    finally:
        await runner.cleanup()

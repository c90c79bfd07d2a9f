"""What reaches the app and how: signatures, content types, events and their redelivery."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from aiohttp import web
from slack_builders import MANIFEST, until
from slack_sdk.web.async_client import AsyncWebClient
from tiny_app import SECRET, TinyApp

from bot.playground._posts import bot_message
from bot.playground.fake_slack import FakeSlack, PlaygroundError
from tests import administration

Json = dict[str, Any]


# HTTP: signatures and content types


async def test_each_kind_has_its_content_type_and_a_good_signature(slack: FakeSlack, app: TinyApp) -> None:
    await slack.post("ada", "payments", "hello")
    await slack.run_command("ada", "payments", "/whoowns x y")
    await slack.run_global_shortcut("ada", "new")
    kinds = [(one.content_type, "event" in one.payload, one.payload.get("type")) for one in app.received]
    form = "application/x-www-form-urlencoded"
    assert kinds == [("application/json", True, "event_callback"), (form, False, None), (form, False, "shortcut")]
    assert app.received[1].payload["command"] == "/whoowns"
    assert app.received[1].payload["text"] == "x y"
    assert app.refused == 0
    assert [(d.kind, d.status, d.transport) for d in slack.deliveries] == [
        ("event", 200, "http"),
        ("command", 200, "http"),
        ("interaction", 200, "http"),
    ]
    assert all("X-Slack-Signature" not in delivery.headers for delivery in slack.deliveries)


async def test_forgeries_are_told_apart(slack: FakeSlack, app: TinyApp) -> None:
    first = await slack.run_command("ada", "payments", "/whoowns x")
    assert (await slack.deliver_again(first, signing_secret="another")).status == 401
    assert (await slack.deliver_again(first, timestamp=int(time.time()) - 301)).status == 401
    assert (await slack.deliver_again(first)).status == 200
    assert app.refused == 2


async def test_the_request_url_is_verified(slack: FakeSlack, app: TinyApp) -> None:
    assert await slack.verify_request_url() is False
    app.answer = lambda payload: {"challenge": payload["challenge"]}
    assert await slack.verify_request_url() is True


# Events


async def test_a_failed_event_comes_again_with_the_same_id(slack: FakeSlack, app: TinyApp) -> None:
    answers = [500, 503, 200]
    app.answer = lambda _payload: answers.pop(0)
    await slack.post("ada", "payments", "hello")
    await until(lambda: len(app.received) == 3)
    assert len({one.payload["event_id"] for one in app.received}) == 1
    headers = [{name.lower(): value for name, value in one.headers.items()} for one in app.received]
    assert [one.get("x-slack-retry-num") for one in headers] == [None, "1", "2"]
    assert [one.get("x-slack-retry-reason") for one in headers] == [None, "http_error", "http_error"]
    await until(lambda: len(slack.deliveries) == 3)
    assert [delivery.retry_num for delivery in slack.deliveries] == [0, 1, 2]


async def test_an_event_is_given_up_after_three_redeliveries(slack: FakeSlack, app: TinyApp) -> None:
    app.answer = lambda _payload: 500
    await slack.post("ada", "payments", "hello")
    await until(lambda: len(slack.deliveries) == 4)
    await asyncio.sleep(0.05)
    assert len(app.received) == 4


async def test_an_app_can_decline_redelivery(slack: FakeSlack, app: TinyApp) -> None:
    app.answer = lambda _payload: web.Response(status=500, headers={"x-slack-no-retry": "1"})
    await slack.post("ada", "payments", "hello")
    await asyncio.sleep(0.05)
    assert len(app.received) == 1


@pytest.mark.parametrize("ack_timeout_seconds", [0.2])
async def test_a_slow_app_times_out(slack: FakeSlack, app: TinyApp, ack_timeout_seconds: float) -> None:
    app.delay_seconds = 60
    delivery = await slack.run_command("ada", "payments", "/whoowns x")
    assert (delivery.status, delivery.error, delivery.ok) == (0, "http_timeout", False)
    assert slack.toasts[-1].text == "/whoowns failed with the error “operation_timeout”"


async def test_no_app_at_all(slack: FakeSlack) -> None:
    delivery = await slack.run_command("ada", "payments", "/whoowns x")
    assert (delivery.error, slack.toasts[-1].text) == (
        "not_connected",
        "/whoowns failed with the error “dispatch_failed”",
    )
    slack.connect_http("http://127.0.0.1:1/")
    assert (await slack.run_command("ada", "payments", "/whoowns x")).error == "connection_failed"


async def test_messages_and_mentions(slack: FakeSlack, app: TinyApp) -> None:
    message = await slack.post("ada", "payments", "@baton who owns <payments> & co? cc @grace #lobby :eyes:")
    (event,) = [payload["event"] for payload in app.of("message")]
    (mention,) = [payload["event"] for payload in app.of("app_mention")]
    bot = slack.workspace.bot_user_id
    assert message.text == f"<@{bot}> who owns &lt;payments&gt; &amp; co? cc <@U0GRACE> <#C0LOBBY|lobby> :eyes:"
    assert event["text"] == mention["text"] == message.text
    assert (event["channel_type"], event["channel"], event["ts"]) == ("channel", "C0PAY", mention["ts"])
    inline = event["blocks"][0]["elements"][0]["elements"]
    assert [one["type"] for one in inline] == ["user", "text", "user", "text", "channel", "text", "emoji"]
    assert inline[1]["text"] == " who owns <payments> & co? cc "


async def test_the_app_hears_only_where_it_is(slack: FakeSlack, app: TinyApp) -> None:
    await slack.post("ada", "lobby", "@baton are you here?")
    assert app.received == []
    direct = await slack.open_dm("ada")
    await slack.post("ada", direct.id, "@baton hello")
    assert [payload["event"]["channel_type"] for payload in app.of("message")] == ["im"]
    assert app.of("app_mention") == []  # direct messages carry none


async def test_only_subscribed_events_arrive(slack: FakeSlack, app: TinyApp) -> None:
    slack.install(MANIFEST)
    message = await slack.post("ada", "payments", "hello")
    assert (await slack.react("grace", "payments", message.ts, "eyes")).ok
    assert (
        await slack.unreact("grace", "payments", message.ts, ":eyes:")
    ).error == "not subscribed to reaction_removed"
    assert (await slack.open_home("ada")).error == "not subscribed to app_home_opened"
    assert [one.payload["event"]["type"] for one in app.received] == ["message", "reaction_added"]


async def test_edits_deletions_and_joins(slack: FakeSlack, app: TinyApp) -> None:
    message = await slack.post("ada", "payments", "teh owner")
    await slack.edit("ada", "payments", message.ts, "the owner")
    await slack.delete("ada", "payments", message.ts)
    await slack.join(slack.workspace.bot_user_id, "lobby", inviter="ada")
    events = [one.payload["event"] for one in app.received]
    assert [event.get("subtype", event["type"]) for event in events] == [
        "message",
        "message_changed",
        "message_deleted",
        "member_joined_channel",
    ]
    assert (events[1]["previous_message"]["text"], events[1]["message"]["text"]) == ("teh owner", "the owner")
    assert events[3]["inviter"] == "U0ADA"
    with pytest.raises(PlaygroundError, match="no message"):
        await slack.edit("ada", "payments", message.ts, "x")


async def test_what_administrators_do(slack: FakeSlack, app: TinyApp) -> None:
    group = slack.add_user_group("ops", name="Operations", users=["ada"])
    await administration.change_user_group(slack, "@ops", users=["grace"])
    await administration.disable_user_group(slack, "ops")
    await administration.rename_channel(slack, "payments", "money")
    await administration.archive_channel(slack, "lobby", by="ada")  # the bot is not in it
    await administration.deactivate_user(slack, "grace")
    events = [one.payload["event"] for one in app.received]
    assert [event["type"] for event in events] == [
        "subteam_members_changed",
        "subteam_updated",
        "subteam_updated",
        "channel_rename",
        "user_change",
    ]
    assert (events[0]["added_users"], events[0]["removed_users"]) == (["U0GRACE"], ["U0ADA"])
    assert events[2]["subteam"]["date_delete"] == group.date_delete > 0
    assert events[4]["user"]["deleted"] is True
    assert slack.workspace.channels["C0LOBBY"].is_archived
    with pytest.raises(PlaygroundError, match="deactivated"):
        await slack.post("grace", "money", "x")


async def test_the_app_hears_itself(slack: FakeSlack, app: TinyApp, client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel="C0PAY", text="hello"))["ts"]
    await client.chat_update(channel="C0PAY", ts=ts, text="hello again")
    await slack.settle()
    events = [payload["event"] for payload in app.of("message")]
    assert sorted(event.get("subtype", "new") for event in events) == ["message_changed", "new"]
    assert {event.get("bot_id") or event["message"]["bot_id"] for event in events} == {slack.workspace.bot_id}


# The end


async def test_nothing_outlives_stop() -> None:
    slack = FakeSlack(signing_secret=SECRET, bot_token="xoxb-1", app_token="xapp-1")
    slack.add_user("ada", real_name="Ada")
    slack.add_channel("payments", members=["ada"], bot_is_member=True)
    await slack.start()
    slack.connect_http("http://127.0.0.1:1/")
    before = asyncio.all_tasks()
    await slack.post("ada", "payments", "hello")  # fails; a redelivery is due in half a minute
    assert len(asyncio.all_tasks()) > len(before)
    await slack.stop()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_pages_are_told_of_changes(slack: FakeSlack, client: AsyncWebClient) -> None:
    queue = slack.subscribe()
    slack.workspace.add_message(bot_message(slack.workspace, "C0PAY", {"text": "x"}, ephemeral_for="U0ADA"))
    change = queue.get_nowait()
    assert (change.kind, change.user, change.channel) == ("message", "U0ADA", "C0PAY")
    slack.unsubscribe(queue)
    await client.chat_postMessage(channel="C0PAY", text="x")
    assert queue.empty()


async def test_an_event_from_a_shared_channel_says_whose_workspace_its_author_is_of(
    slack: FakeSlack, app: TinyApp
) -> None:
    slack.add_user("pat", real_name="Pat Partner", standing="stranger", user_id="U0PAT")
    slack.add_channel("partners", members=["ada", "pat"], bot_is_member=True, is_ext_shared=True)
    theirs = await slack.post("pat", "partners", "hello")
    await slack.post("ada", "partners", "hello")
    await slack.react("ada", "partners", theirs.ts, "eyes")
    await slack.post("ada", "payments", "hello")
    events = [(one.payload["is_ext_shared_channel"], one.payload["event"].get("user_team")) for one in slack.deliveries]
    here, there = slack.workspace.team_id, slack.workspace.team_of("U0PAT")
    assert here != there
    assert events == [(True, there), (True, here), (True, None), (False, None)]
    await slack.run_global_shortcut("pat", "new")
    assert slack.deliveries[-1].payload["user"]["team_id"] == there

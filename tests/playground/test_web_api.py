"""The simulated Web API, used through Slack's own client: what it does, and what it refuses with which code."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_builders import refused, section
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from tiny_app import APP_TOKEN, BOT_TOKEN, SECRET, Clock, TinyApp

from bot.playground._posts import bot_message
from bot.playground.fake_slack import FakeSlack
from bot.playground.web_api import METHODS
from bot.playground.workspace import keep
from tests import administration

Json = dict[str, Any]


async def raw(slack: FakeSlack, method: str, *, http: str = "POST", **request: Any) -> tuple[int, Json]:
    async with aiohttp.ClientSession() as session, session.request(http, slack.api_url + method, **request) as answer:
        return answer.status, await answer.json()


# Tokens, arguments, limits


async def test_tokens_are_checked(slack: FakeSlack) -> None:
    bearer = {"Authorization": f"Bearer {BOT_TOKEN}"}
    assert (await raw(slack, "auth.test"))[1]["error"] == "not_authed"
    assert (await raw(slack, "auth.test", headers={"Authorization": "Bearer xoxb-other"}))[1]["error"] == "invalid_auth"
    assert (await raw(slack, "auth.test", headers={"Authorization": f"Bearer {APP_TOKEN}"}))[1][
        "error"
    ] == "not_allowed_token_type"
    assert (await raw(slack, "apps.connections.open", headers=bearer))[1]["error"] == "not_allowed_token_type"
    assert (await raw(slack, "auth.test", headers=bearer))[1]["ok"] is True
    assert (await raw(slack, "auth.test", data={"token": BOT_TOKEN}))[1]["ok"] is True
    assert (await raw(slack, "auth.test", http="GET", params={"token": BOT_TOKEN}))[1]["ok"] is True
    assert (await raw(slack, "no.such", headers=bearer))[1]["error"] == "unknown_method"
    assert all("token" not in call.arguments for call in slack.calls)


async def test_arguments_are_checked(slack: FakeSlack) -> None:
    headers = {"Authorization": f"Bearer {BOT_TOKEN}"}

    async def error(method: str, **request: Any) -> str:
        return str((await raw(slack, method, headers=headers, **request))[1]["error"])

    assert await error("users.info") == "invalid_arguments"
    assert await error("chat.postMessage", json={"channel": "C0PAY", "text": 5}) == "invalid_arguments"
    assert await error("chat.postMessage", json={"channel": "C0PAY", "text": "x", "thread": "1"}) == "invalid_arg_name"
    assert (
        await error("chat.postMessage", json={"channel": "C0PAY", "text": "x", "blocks": "{"})
        == "invalid_blocks_format"
    )
    assert await error("conversations.list", data={"limit": "many"}) == "invalid_arguments"
    assert await error("conversations.list", data={"limit": "1001"}) == "invalid_limit"
    assert await error("conversations.list", data={"cursor": "nonsense"}) == "invalid_cursor"
    assert await error("conversations.list", data={"types": "secret_channel"}) == "invalid_types"
    assert await error("users.info", data=b"{", skip_auto_headers=[]) == "invalid_arguments"


async def test_a_form_with_json_in_it_is_as_good_as_json(slack: FakeSlack) -> None:
    form = {"token": BOT_TOKEN, "channel": "C0PAY", "text": "x", "blocks": '[{"type":"divider"}]'}
    status, answer = await raw(slack, "chat.postMessage", data=form)
    assert (status, answer["ok"]) == (200, True)
    assert answer["message"]["blocks"][0]["type"] == "divider"
    assert answer["message"]["blocks"][0]["block_id"]


async def test_missing_scopes_are_named(slack: FakeSlack, client: AsyncWebClient) -> None:
    manifest = {
        "display_information": {"name": "Baton"},
        "oauth_config": {"scopes": {"bot": ["chat:write", "channels:read"]}},
    }
    slack.install(manifest)
    answer = await refused(client.users_info(user="U0ADA"), "missing_scope")
    assert answer["needed"] == "users:read"
    assert answer["provided"] == "channels:read,chat:write"
    assert (await client.conversations_info(channel="C0PAY"))["ok"]
    assert (await refused(client.conversations_history(channel="C0PAY"), "missing_scope"))[
        "needed"
    ] == "channels:history"
    with pytest.raises(SlackApiError):
        await client.conversations_list(types="private_channel")


async def test_rate_limits_answer_429_and_refill() -> None:
    seconds = 0.0
    slack = FakeSlack(signing_secret=SECRET, bot_token=BOT_TOKEN, app_token=APP_TOKEN, monotonic=lambda: seconds)
    one, two = (slack.add_channel(name, bot_is_member=True).id for name in ("one", "two"))
    await slack.start()
    headers = {"Authorization": f"Bearer {BOT_TOKEN}"}

    async def post(channel: str) -> tuple[int, str | None]:
        body = {"channel": channel, "text": "x"}
        url = slack.api_url + "chat.postMessage"
        async with aiohttp.ClientSession() as session, session.post(url, json=body, headers=headers) as answer:
            return answer.status, answer.headers.get("Retry-After")

    try:
        assert [(await post(one))[0] for _ in range(5)] == [200] * 5  # a short burst
        assert await post(one) == (429, "1")
        assert (await post(two))[0] == 200  # each channel has its own
        seconds = 1.0
        assert [(await post(one))[0] for _ in range(2)] == [200, 429]
        answers = [(await raw(slack, "users.list", headers=headers))[0] for _ in range(21)]
        assert answers == [200] * 20 + [429]  # tier 2
        assert slack.calls[-1].response == {"ok": False, "error": "ratelimited"}
        assert slack.calls[-1].http_status == 429
    finally:
        await slack.stop()


async def test_a_planned_failure_comes_once(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.api.failures["chat.postMessage"] = ["internal_error"]
    await refused(client.chat_postMessage(channel="C0PAY", text="x"), "internal_error")
    assert (await client.chat_postMessage(channel="C0PAY", text="x"))["ok"]


# Messages

METADATA = {"event_type": "t", "event_payload": {"key": "k"}}


async def test_a_message_is_posted_changed_and_deleted(slack: FakeSlack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C0PAY", text="one", blocks=[section("one")])
    ts = posted["ts"]
    assert (posted["channel"], posted["message"]["bot_id"]) == ("C0PAY", slack.workspace.bot_id)
    await client.chat_update(channel="C0PAY", ts=ts, text="two")
    (message,) = slack.visible_messages("ada", "payments")
    assert (message.text, message.edited, len(message.blocks)) == ("two", True, 1)  # blocks stay unless replaced
    await client.chat_update(channel="C0PAY", ts=ts, text="two", blocks=[])
    assert message.blocks == []
    link = (await client.chat_getPermalink(channel="C0PAY", message_ts=ts))["permalink"]
    assert link.endswith(f"/archives/C0PAY/p{ts.replace('.', '')}")
    slack.workspace.delete_message(message)
    assert slack.visible_messages("ada", "payments") == []
    await refused(client.chat_update(channel="C0PAY", ts=ts, text="x"), "message_not_found")


async def test_where_the_bot_may_write(slack: FakeSlack, client: AsyncWebClient) -> None:
    await refused(client.chat_postMessage(channel="C0LOBBY", text="x"), "not_in_channel")
    await refused(client.chat_postMessage(channel="C0SECRET", text="x"), "channel_not_found")
    await refused(client.chat_postMessage(channel="C0NONE", text="x"), "channel_not_found")
    slack.workspace.channels["C0PAY"].is_archived = True
    await refused(client.chat_postMessage(channel="C0PAY", text="x"), "is_archived")
    direct = await client.chat_postMessage(channel="U0ADA", text="hello")
    assert direct["channel"].startswith("D")
    assert [message.text for message in slack.visible_messages("ada", direct["channel"])] == ["hello"]


async def test_messages_that_slack_refuses(slack: FakeSlack, client: AsyncWebClient) -> None:
    post = client.chat_postMessage
    answer = await refused(post(channel="C0PAY", text="x", blocks=[section("x" * 3001)]), "invalid_blocks")
    sentence = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert answer["errors"] == [sentence]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {sentence}"]
    await refused(client.api_call("chat.postMessage", json={"channel": "C0PAY", "text": ""}), "no_text")
    await refused(post(channel="C0PAY", text="x" * 40_001), "msg_too_long")
    await refused(post(channel="C0PAY", text="x", link_names=True), "invalid_arguments")
    await refused(post(channel="C0PAY", text="x", parse="full"), "invalid_arguments")
    await refused(post(channel="C0PAY", text="x", username="Somebody"), "missing_scope")
    await refused(post(channel="C0PAY", text="x", metadata={"event_type": "t"}), "invalid_metadata_format")
    await refused(post(channel="C0PAY", text="x", thread_ts="1.000000"), "thread_not_found")
    assert [entry.where for entry in slack.refused] == ["chat.postMessage"] * 5
    assert slack.visible_messages("ada", "payments") == []


async def test_only_its_own_messages_can_be_changed(slack: FakeSlack, client: AsyncWebClient) -> None:
    theirs = await slack.post("ada", "payments", "mine")
    await refused(client.chat_update(channel="C0PAY", ts=theirs.ts, text="x"), "cant_update_message")


async def test_what_cannot_be_updated(slack: FakeSlack, client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel="C0PAY", text="x", metadata=METADATA))["ts"]
    direct = await client.chat_postMessage(channel="U0ADA", text="hello")
    await refused(client.chat_update(channel="U0ADA", ts=direct["ts"], text="y"), "channel_not_found")
    await client.chat_update(channel=direct["channel"], ts=direct["ts"], text="y")
    await refused(client.chat_update(channel="C0PAY", ts=ts, text="y", reply_broadcast=True), "cant_broadcast_message")
    await refused(client.api_call("chat.update", json={"channel": "C0PAY", "ts": ts, "text": ""}), "no_text")
    place = slack.workspace.channels["C0PAY"]
    place.bot_is_member = False
    await refused(client.chat_update(channel="C0PAY", ts=ts, text="y"), "not_in_channel")
    place.bot_is_member = True
    await administration.archive_channel(slack, "payments", by="ada")
    await refused(client.chat_update(channel="C0PAY", ts=ts, text="y"), "is_inactive")
    assert slack.visible_messages("ada", "payments")[-1].metadata == METADATA


async def test_a_reply_that_shows_in_the_channel(slack: FakeSlack, client: AsyncWebClient) -> None:
    root = (await client.chat_postMessage(channel="C0PAY", text="root"))["ts"]
    await client.chat_postMessage(channel="C0PAY", text="quiet", thread_ts=root)
    shown = await client.chat_postMessage(channel="C0PAY", text="loud", thread_ts=root, reply_broadcast=True)
    assert shown["message"]["subtype"] == "thread_broadcast"
    assert [m.text for m in slack.visible_messages("ada", "payments")] == ["root", "loud"]
    history = await client.conversations_history(channel="C0PAY")
    assert [message["text"] for message in history["messages"]] == ["loud", "root"]
    await refused(client.chat_postMessage(channel="C0PAY", text="x", reply_broadcast=True), "invalid_arguments")


async def test_one_person_in_the_conversation_is_shown_an_ephemeral_message(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    slack.add_user("zoe", real_name="Zoe", user_id="U0ZOE")
    assert (await client.chat_postEphemeral(channel="C0PAY", user="U0ADA", text="psst"))["message_ts"]
    await refused(client.chat_postEphemeral(channel="C0LOBBY", user="U0ADA", text="x"), "not_in_channel")
    await refused(client.chat_postEphemeral(channel="C0PAY", user="U0ZOE", text="x"), "user_not_in_channel")
    await refused(client.chat_postEphemeral(channel="C0PAY", user="U0NONE", text="x"), "user_not_found")


async def test_ephemeral_messages(slack: FakeSlack, client: AsyncWebClient) -> None:
    message = bot_message(slack.workspace, "C0PAY", {"text": "psst"}, ephemeral_for="U0ADA")
    slack.workspace.add_message(message)
    assert [message.text for message in slack.visible_messages("ada", "payments")] == ["psst"]
    assert slack.visible_messages("grace", "payments") == []
    assert (await client.conversations_history(channel="C0PAY"))["messages"] == []
    await refused(client.chat_update(channel="C0PAY", ts=message.ts, text="x"), "message_not_found")


async def test_threads_and_histories(slack: FakeSlack, client: AsyncWebClient) -> None:
    parent = await slack.post("ada", "payments", "root")
    first = await client.chat_postMessage(channel="C0PAY", text="reply 1", thread_ts=parent.ts)
    await slack.post("grace", "payments", "reply 2", thread_ts=first["ts"])  # Slack's client puts it in the same thread
    await refused(client.chat_postMessage(channel="C0PAY", text="x", thread_ts=first["ts"]), "cannot_reply_to_message")
    replies = await client.conversations_replies(channel="C0PAY", ts=parent.ts)
    assert [message["text"] for message in replies["messages"]] == ["root", "reply 1", "reply 2"]
    assert replies["messages"][0]["reply_count"] == 2
    assert replies["messages"][1]["parent_user_id"] == "U0ADA"
    history = await client.conversations_history(channel="C0PAY")
    assert [message["text"] for message in history["messages"]] == ["root"]
    assert [m.text for m in slack.visible_messages("ada", "payments", thread_ts=parent.ts)] == [
        "root",
        "reply 1",
        "reply 2",
    ]
    await refused(client.conversations_replies(channel="C0PAY", ts="1.000000"), "thread_not_found")
    await refused(client.conversations_history(channel="C0LOBBY"), "not_in_channel")


async def test_pages_follow_one_another(slack: FakeSlack, client: AsyncWebClient) -> None:
    for number in range(7):
        await slack.post("ada", "payments", f"message {number}")
    seen, cursors = [], 0
    async for page in await client.conversations_history(channel="C0PAY", limit=3):
        seen += [message["text"] for message in page["messages"]]
        cursors += page["has_more"]
    assert seen == [f"message {number}" for number in range(6, -1, -1)]
    assert cursors == 2
    users = [user["id"] async for page in await client.users_list(limit=2) for user in page["members"]]
    assert users == list(slack.workspace.users)


async def test_a_span_of_history(slack: FakeSlack, client: AsyncWebClient, workspace_clock: Clock) -> None:
    stamps = []
    for number in range(4):
        workspace_clock.advance(minutes=1)
        stamps.append((await slack.post("ada", "payments", str(number))).ts)
    inside = await client.conversations_history(channel="C0PAY", oldest=stamps[1], latest=stamps[3])
    assert [message["text"] for message in inside["messages"]] == ["2"]
    whole = await client.conversations_history(channel="C0PAY", oldest=stamps[1], latest=stamps[3], inclusive=True)
    assert [message["text"] for message in whole["messages"]] == ["3", "2", "1"]


async def test_timestamps_never_repeat_while_the_clock_stands(slack: FakeSlack) -> None:
    stamps = [slack.workspace.next_ts() for _ in range(100)]
    assert len(set(stamps)) == 100
    assert stamps == sorted(stamps)


async def test_reactions(slack: FakeSlack, client: AsyncWebClient) -> None:
    ts = (await slack.post("ada", "payments", "look")).ts
    await client.reactions_add(channel="C0PAY", timestamp=ts, name="eyes")
    await refused(client.reactions_add(channel="C0PAY", timestamp=ts, name="eyes"), "already_reacted")
    shown = slack.visible_messages("ada", "payments")[-1]
    assert shown.reactions == {"eyes": [slack.workspace.bot_user_id]}
    await client.reactions_remove(channel="C0PAY", timestamp=ts, name="eyes")
    await refused(client.reactions_remove(channel="C0PAY", timestamp=ts, name="eyes"), "no_reaction")
    await refused(client.reactions_add(channel="C0PAY", timestamp="1.0", name="eyes"), "message_not_found")


@pytest.mark.parametrize(
    ("payload", "mentions"),
    [
        ({"text": "<!channel> wake up"}, ["<!channel>"]),
        ({"text": "x", "blocks": [section("<!here> and <!subteam^S1|@ops>")]}, ["<!here>", "<!subteam^S1|@ops>"]),
        ({"text": "&lt;!channel&gt; <@U0ADA>"}, []),
        ({"text": "x", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "<!everyone>"}}]}, []),
        (
            {
                "text": "x",
                "blocks": [
                    {
                        "type": "rich_text",
                        "elements": [
                            {"type": "rich_text_section", "elements": [{"type": "broadcast", "range": "here"}]}
                        ],
                    }
                ],
            },
            ["<broadcast>"],
        ),
    ],
)
async def test_pings_are_noted(slack: FakeSlack, client: AsyncWebClient, payload: Json, mentions: list[str]) -> None:
    await client.chat_postMessage(channel="C0PAY", **payload)
    assert [ping.mention for ping in slack.workspace.pings] == mentions


# People and places


async def test_people(slack: FakeSlack, client: AsyncWebClient) -> None:
    ada = (await client.users_info(user="U0ADA"))["user"]
    assert (ada["name"], ada["profile"]["email"], ada["tz_offset"]) == ("ada", "ada@example.test", 0)
    assert (await client.users_info(user="U0GRACE"))["user"]["tz_offset"] == -5 * 3600
    await refused(client.users_info(user="U0NONE"), "user_not_found")
    me = await client.auth_test()
    assert me["user_id"] == slack.workspace.bot_user_id
    assert (await client.bots_info(bot=me["bot_id"]))["bot"]["user_id"] == me["user_id"]


async def test_user_groups(slack: FakeSlack, client: AsyncWebClient) -> None:
    group = slack.add_user_group("ops", name="Operations", users=["ada", "grace"])
    shown = (await client.usergroups_list(include_users=True, include_count=True))["usergroups"][0]
    assert (shown["handle"], shown["users"], shown["user_count"]) == ("ops", ["U0ADA", "U0GRACE"], 2)
    group.date_delete = 1
    assert (await client.usergroups_list())["usergroups"] == []
    assert len((await client.usergroups_list(include_disabled=True))["usergroups"]) == 1
    slack.workspace.has_user_groups = False
    await refused(client.usergroups_list(), "plan_upgrade_required")


async def test_conversations(slack: FakeSlack, client: AsyncWebClient) -> None:
    listed = (await client.conversations_list(types="public_channel,private_channel"))["channels"]
    assert [channel["name"] for channel in listed] == ["payments", "lobby"]  # not the private one it is not in
    assert [channel["num_members"] for channel in listed] == [3, 1]
    await refused(client.conversations_info(channel="C0SECRET"), "channel_not_found")
    opened = await client.conversations_open(users=["U0ADA"])
    again = await client.conversations_open(users="U0ADA", return_im=True)
    assert again["channel"]["id"] == opened["channel"]["id"]
    assert again["already_open"] is True
    await refused(client.conversations_open(users="U0NONE"), "user_not_found")


async def test_a_file_takes_three_steps(slack: FakeSlack, client: AsyncWebClient) -> None:
    uploaded = await client.files_upload_v2(
        filename="owners.csv", content="asset,owner\n", title="Owners", channel="C0PAY", initial_comment="The list"
    )
    assert uploaded["file"]["title"] == "Owners"
    (message,) = slack.visible_messages("ada", "payments")
    assert message.text == "The list"
    assert slack.workspace.files[message.files[0]].content == b"asset,owner\n"
    step = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    await refused(client.files_completeUploadExternal(files=[{"id": step["file_id"]}]), "file_not_found")
    async with aiohttp.ClientSession() as session, session.post(step["upload_url"], data=b"four") as answer:
        assert answer.status == 400


async def test_files_that_slack_refuses(slack: FakeSlack, client: AsyncWebClient) -> None:
    ask, complete = client.files_getUploadURLExternal, client.files_completeUploadExternal
    await refused(ask(filename="a.txt", length=0), "missing_argument")
    await refused(ask(filename="a.txt", length=2**30), "file_upload_size_restricted")
    await refused(ask(filename="a.txt", length=2**21, snippet_type="text"), "snippet_too_large")
    await refused(ask(filename="a.png", length=3, alt_txt="x" * 1001), "alt_txt_too_large")
    step = await ask(filename="a.txt", length=3)
    async with aiohttp.ClientSession() as session:
        for expected in (200, 404):
            async with session.post(step["upload_url"], data=b"abc") as answer:
                assert answer.status == expected
    one = [{"id": step["file_id"], "title": "A"}]
    reply = (await client.chat_postMessage(channel="C0PAY", text="root"))["ts"]
    reply = (await client.chat_postMessage(channel="C0PAY", text="reply", thread_ts=reply))["ts"]
    slack.add_channel("old", bot_is_member=True, channel_id="C0OLD").is_archived = True
    for code, rest in (
        ("invalid_arguments", {"files": [], "channel_id": "C0PAY"}),
        ("invalid_arguments", {"files": one * 2, "channel_id": "C0PAY"}),
        ("invalid_arguments", {"files": [{**one[0], "alt_txt": "x"}], "channel_id": "C0PAY"}),
        ("invalid_arguments", {"files": one, "thread_ts": reply}),
        ("channel_not_found", {"files": one, "channel_id": "U0ADA"}),
        ("channel_not_found", {"files": one, "channel_id": "C0SECRET"}),
        ("not_in_channel", {"files": one, "channel_id": "C0LOBBY"}),
        ("is_archived", {"files": one, "channel_id": "C0OLD"}),
        ("thread_not_found", {"files": one, "channel_id": "C0PAY", "thread_ts": "1.000000"}),
        ("cannot_reply_to_message", {"files": one, "channel_id": "C0PAY", "thread_ts": reply}),
        ("msg_too_long", {"files": one, "channel_id": "C0PAY", "initial_comment": "x" * 40_001}),
    ):
        await refused(client.api_call("files.completeUploadExternal", json=rest), code)
    await complete(files=one, channel_id="C0PAY")
    await refused(complete(files=one, channel_id="C0PAY"), "file_not_found")
    assert [len(m.files) for m in slack.visible_messages("ada", "payments")] == [0, 1]


def test_logs_are_bounded() -> None:
    log: list[int] = []
    for number in range(10_000):
        keep(log, number, limit=100)
    assert 100 <= len(log) < 200
    assert log[-1] == 9_999


def test_every_method_says_its_tier_and_arguments() -> None:
    assert {name for name, method in METHODS.items() if method.tier not in range(5)} == set()
    assert METHODS["chat.postMessage"].arguments["blocks"] == "list"
    assert METHODS["views.open"].required == ("view",)


# Lengths


async def test_a_message_may_be_as_long_as_the_way_it_comes_allows(slack: FakeSlack, client: AsyncWebClient) -> None:
    def blocks(size: int) -> list[Json]:
        parts = [min(2_900, size - begun) for begun in range(0, size, 2_900)]
        return [section("x" * part) for part in parts]

    posted = await client.chat_postMessage(channel="C0PAY", text="x", blocks=blocks(13_000))
    where = {"channel": "C0PAY", "ts": posted["ts"]}
    long, short = blocks(4_001), blocks(4_000)
    button = {"type": "button", "text": {"type": "plain_text", "text": "More"}, "action_id": "more"}
    with_a_button = [*short, {"type": "actions", "elements": [button]}]
    too_long = client.chat_postMessage(channel="C0PAY", text="x", blocks=blocks(13_001))
    await refused(too_long, "msg_blocks_too_long")
    for body in ({"text": "x", "blocks": long}, {"text": "x" * 4_001}, {"text": "x", "blocks": with_a_button}):
        await refused(client.chat_update(**where, **body), "msg_too_long")
    await client.chat_update(**where, text="x" * 4_000, blocks=short)
    assert [one.where for one in slack.refused] == ["chat.postMessage", *["chat.update"] * 3]


async def test_a_response_url_takes_more(slack: FakeSlack, app: TinyApp, client: AsyncWebClient) -> None:
    await slack.run_command("ada", "payments", "/whoowns x")
    url = app.received[-1].payload["response_url"]
    async with aiohttp.ClientSession() as session:
        for size, status in ((39_000, 200), (41_000, 400)):
            blocks = [section("x" * 1_000) for _ in range(size // 1_000)]
            async with session.post(url, json={"text": "x", "blocks": blocks}) as answer:
                assert answer.status == status, size

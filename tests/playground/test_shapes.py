"""What the simulated Slack sends is held to samples of what Slack sends, where those lie beside the project."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_builders import actions, button, home, modal, section, select, text_input
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from tiny_app import TinyApp

from bot.playground.fake_slack import FakeSlack, MessageRef, ViewRef
from tests import administration

Json = dict[str, Any]
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "slack"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"Slack's sample payloads are not at {SAMPLES}")

#: Free-form in Slack too: blocks have tests of their own, the rest is keyed by ids.
_OPEN = frozenset({"blocks", "attachments", "values", "metadata", "args", "debug_info", "fields"})


def sample(path: str) -> Json:
    loaded: Json = json.loads((SAMPLES / f"{path}.json").read_text(encoding="utf-8"))
    return loaded


def unknown(ours: Any, theirs: Any, at: str = "") -> Iterator[str]:
    """The paths of what we send and Slack's sample does not have. An empty sample object says nothing."""
    if isinstance(ours, dict) and isinstance(theirs, dict) and theirs:
        for key, value in ours.items():
            if key not in theirs:
                yield f"{at}/{key}"
            elif key not in _OPEN:
                yield from unknown(value, theirs[key], f"{at}/{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and theirs:
        for item in ours:
            yield from unknown(item, theirs[0], f"{at}/*")


async def play(slack: FakeSlack, client: AsyncWebClient) -> str:
    """A little of everything, so that every method has something to show; returns a message's ts."""
    slack.add_user_group("ops", name="Operations", users=["ada"])
    root = await slack.post("ada", "payments", "hello")
    await client.reactions_add(channel="C0PAY", timestamp=root.ts, name="eyes")
    await client.chat_postMessage(channel="C0PAY", text="x", thread_ts=root.ts, blocks=[section()])
    return root.ts


#: method -> its arguments, and the keys that the answer must have (dotted; a number is an item).
CALLS: dict[str, tuple[Json, str]] = {
    "auth.test": ({}, "url team user team_id user_id bot_id is_enterprise_install"),
    "bots.info": ({}, "bot.id bot.name bot.app_id bot.user_id bot.deleted"),
    "users.info": ({"user": "U0ADA"}, "user.id user.name user.real_name user.tz user.deleted user.profile.email"),
    "users.list": ({}, "members.0.id members.0.profile.real_name cache_ts response_metadata.next_cursor"),
    "usergroups.list": (
        {"include_users": True, "include_count": True},
        "usergroups.0.id usergroups.0.handle usergroups.0.date_delete usergroups.0.users usergroups.0.user_count",
    ),
    "conversations.info": ({"channel": "C0PAY"}, "channel.id channel.name channel.is_private channel.topic.value"),
    "conversations.list": ({}, "channels.0.id channels.0.num_members channels.0.is_member channels.0.is_archived"),
    "conversations.history": ({"channel": "C0PAY"}, "messages.0.ts messages.0.user messages.0.reactions has_more"),
    "conversations.open": ({"users": "U0ADA", "return_im": True}, "channel.id channel.is_im channel.user"),
    "chat.postMessage": (
        {"channel": "C0PAY", "text": "x"},
        "channel ts message.bot_id message.text message.bot_profile.id",
    ),
    "views.publish": (
        {"user_id": "U0ADA", "view": home()},
        "view.id view.hash view.state.values view.private_metadata",
    ),
    "files.getUploadURLExternal": ({"filename": "a.txt", "length": 3}, "upload_url file_id"),
}


def has(answer: Any, dotted: str) -> bool:
    for name in dotted.split("."):
        if isinstance(answer, list):
            answer = answer[int(name)] if len(answer) > int(name) else None
        elif isinstance(answer, dict) and name in answer:
            answer = answer[name]
        else:
            return False
    return True


@pytest.mark.parametrize("method", CALLS)
async def test_answers(slack: FakeSlack, client: AsyncWebClient, method: str) -> None:
    await play(slack, client)
    arguments, needed = CALLS[method]
    answer = (await client.api_call(method, json=arguments)).data
    assert list(unknown(answer, sample(f"api/{method}"))) == []
    assert [one for one in needed.split() if not has(answer, one)] == []


async def test_answers_about_one_message(slack: FakeSlack, client: AsyncWebClient) -> None:
    root = await play(slack, client)
    own = (await client.chat_postMessage(channel="C0PAY", text="x"))["ts"]
    alone = (await slack.post("grace", "payments", "look")).ts
    await slack.react("ada", "payments", alone, "eyes")
    answers = {
        "chat.update": await client.chat_update(channel="C0PAY", ts=own, text="y", blocks=[section()]),
        "chat.getPermalink": await client.chat_getPermalink(channel="C0PAY", message_ts=own),
        "conversations.replies": await client.conversations_replies(channel="C0PAY", ts=root),
        "reactions.remove": await client.reactions_remove(channel="C0PAY", timestamp=root, name="eyes"),
        "reactions.add": await client.reactions_add(channel="C0PAY", timestamp=root, name="eyes"),
        "files.completeUploadExternal": await client.files_upload_v2(filename="a.txt", content="abc", channel="C0PAY"),
    }
    for method, answer in answers.items():
        ours = {key: value for key, value in answer.data.items() if key != "file"}  # added by the SDK
        ours = without(ours, "client_msg_id")  # real, and not in these samples
        assert list(unknown(ours, sample(f"api/{method}"))) == [], method


def without(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return {name: without(inner, key) for name, inner in value.items() if name != key}
    return [without(inner, key) for inner in value] if isinstance(value, list) else value


async def test_refusals(slack: FakeSlack, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C0PAY", text="x", blocks=[{"type": "section"}])
    answer = caught.value.response.data
    assert list(unknown(answer, sample("api/chat.postMessage"))) == []
    assert {"ok", "error", "errors", "response_metadata"} == answer.keys()


async def test_views(slack: FakeSlack, client: AsyncWebClient, app: TinyApp) -> None:
    form = modal(text_input(), actions(button("more")), notify_on_close=True)
    await slack.run_global_shortcut("ada", "any")
    opened = (await client.views_open(trigger_id=app.of("shortcut")[-1]["trigger_id"], view=form)).data
    assert list(unknown(opened, sample("api/views.open"))) == []
    updated = (await client.views_update(view_id=opened["view"]["id"], view=form)).data
    assert list(unknown(updated, sample("api/views.update"))) == []
    await slack.act("ada", ViewRef(opened["view"]["id"]), "more")
    pushed = (await client.views_push(trigger_id=app.of("block_actions")[-1]["trigger_id"], view=form)).data
    assert list(unknown(pushed, sample("api/views.push"))) == []
    await slack.submit_view("ada", pushed["view"]["id"], {"words": "x"})
    await slack.close_view("ada", opened["view"]["id"])
    extra = {"response_urls", "blocks"}  # documented, not in the samples
    for kind, name in (("view_submission", "ViewSubmission"), ("view_closed", "ViewClosed")):
        payload = app.of(kind)[0]
        theirs = sample(f"app-backend/{name}Payload")
        ours = without({key: value for key, value in payload.items() if key not in extra}, "blocks")
        assert list(unknown(ours, theirs)) == []
        assert theirs["view"].keys() - payload["view"].keys() == set()
        assert {"team", "user", "view", "api_app_id", "token", "is_enterprise_install"} <= payload.keys()


async def test_commands(slack: FakeSlack, app: TinyApp) -> None:
    await slack.run_command("ada", "payments", "/whoowns x")
    (payload,) = app.of("command")
    theirs = sample("app-backend/SlashCommandPayload")
    assert list(unknown(payload, theirs)) == []
    assert theirs.keys() - payload.keys() == {"enterprise_id", "enterprise_name"}  # only in an enterprise


async def test_actions_and_shortcuts(slack: FakeSlack, client: AsyncWebClient, app: TinyApp) -> None:
    root = await play(slack, client)
    blocks = [actions(button(value="v"), select())]
    ts = (await client.chat_postMessage(channel="C0PAY", text="x", thread_ts=root, blocks=blocks))["ts"]
    await slack.act("ada", MessageRef("C0PAY", ts), "go")
    await slack.act("ada", MessageRef("C0PAY", ts), "pick", value="1")
    for payload in app.of("block_actions"):
        assert list(unknown(payload, sample("app-backend/BlockActionPayload"))) == []
        assert {"container", "trigger_id", "channel", "message", "response_url", "state", "actions"} <= payload.keys()
        assert payload["container"]["thread_ts"] == root
    await slack.run_message_shortcut("grace", "payments", root, "open")
    (payload,) = app.of("message_action")
    theirs = sample("app-backend/MessageShortcutPayload")
    assert list(unknown(without(payload, "users"), theirs)) == []
    assert theirs.keys() - payload.keys() == set()


async def test_events(slack: FakeSlack, client: AsyncWebClient, app: TinyApp) -> None:
    root = await slack.post("ada", "payments", "@baton hello")
    await slack.post("grace", "payments", "hi", thread_ts=root.ts)
    await slack.react("grace", "payments", root.ts, "eyes")
    await slack.unreact("grace", "payments", root.ts, "eyes")
    await slack.edit("ada", "payments", root.ts, "changed")
    await client.chat_postMessage(channel="C0PAY", text="x")
    await slack.settle()
    await slack.delete("ada", "payments", root.ts)
    await client.views_publish(user_id="U0ADA", view=home())
    await slack.open_home("ada")
    slack.workspace.channels["C0LOBBY"].bot_is_member = True
    await slack.join("grace", "lobby", inviter="ada")
    slack.add_user_group("ops", name="Operations", users=["ada"])
    await administration.change_user_group(slack, "ops", users=["grace"])
    await administration.rename_channel(slack, "lobby", "foyer")
    await administration.archive_channel(slack, "foyer", by="ada")
    await administration.deactivate_user(slack, "grace")
    names = {
        "subteam_members_changed": "SubteamMembersChanged",
        "subteam_updated": "SubteamUpdated",
        "channel_rename": "ChannelRename",
        "channel_archive": "ChannelArchive",
        "user_change": "UserChange",
        "message": "Message",
        "message_changed": "MessageChanged",
        "message_deleted": "MessageDeleted",
        "app_mention": "AppMention",
        "reaction_added": "ReactionAdded",
        "reaction_removed": "ReactionRemoved",
        "app_home_opened": "AppHomeOpened",
        "member_joined_channel": "MemberJoinedChannel",
    }
    wrapper_extra = {"context_team_id", "context_enterprise_id"}  # in the newer of the samples
    seen = set()
    for one in app.received:
        event = one.payload["event"]
        name = names[event.get("subtype", event["type"])]
        seen.add(name)
        ours = {key: value for key, value in one.payload.items() if key not in wrapper_extra}
        # real in messages, and left out of one sample or another
        for missing in ("app_id", "bot_id", "reactions", "reply_users", "blocks"):
            ours = without(ours, missing)
        assert list(unknown(ours, sample(f"events/{name}"))) == [], name
        assert sample("events/ReactionAdded").keys() - one.payload.keys() == {"enterprise_id"}
    assert seen == set(names.values())

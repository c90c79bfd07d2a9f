"""The payloads that Slack sends to an app: event wrappers, commands, shortcuts, actions, submissions."""

from __future__ import annotations

import secrets

from bot.playground._shapes import message_json, ts_of
from bot.playground.records import Channel, Json, Occasion, PostedMessage, User, View
from bot.playground.workspace import SimulatedWorkspace

#: Slack still sends the token that signatures replaced; nothing must rely on it.
VERIFICATION_TOKEN = "deprecated-verification-token"


def event_wrapper(workspace: SimulatedWorkspace, event: Json) -> Json:
    """Return the `event_callback` around an event, with a new `event_id`."""
    channel = workspace.channels.get(str(event.get("channel") or event.get("item", {}).get("channel", "")))
    bot = {"team_id": workspace.team_id, "user_id": workspace.bot_user_id, "is_bot": True}
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        "context_team_id": workspace.team_id,
        "context_enterprise_id": None,
        "api_app_id": workspace.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.next_id("Ev0"),
        "event_time": workspace.seconds(),
        "authorizations": [{"enterprise_id": None, **bot, "is_enterprise_install": False}],
        "is_ext_shared_channel": channel is not None and channel.is_ext_shared,
        "event_context": f"4-{secrets.token_urlsafe(24)}",
    }


def message_event(workspace: SimulatedWorkspace, message: PostedMessage, channel: Channel) -> Json:
    """A `message` event about a new message."""
    shown = message_json(workspace, message, metadata=True)
    for name in ("reply_count", "reply_users", "reply_users_count", "latest_reply", "is_locked", "subscribed"):
        shown.pop(name, None)
    about = {"channel": channel.id, "event_ts": message.ts, "channel_type": channel.kind}
    return shown | about | _author_team(workspace, message, channel)


def mention_event(workspace: SimulatedWorkspace, message: PostedMessage) -> Json:
    """An `app_mention` event about the same message."""
    shown = message_json(workspace, message)
    author = ("user", "team", "bot_id", "app_id")
    said = ("ts", "client_msg_id", "text", "thread_ts", "blocks", "attachments", "files", "edited")
    names = author + said
    about = {name: shown[name] for name in names if name in shown}
    about |= _author_team(workspace, message, workspace.channels[message.channel])
    return {"type": "app_mention", **about, "channel": message.channel, "event_ts": message.ts}


def _author_team(workspace: SimulatedWorkspace, message: PostedMessage, channel: Channel) -> Json:
    """Return what an event from a shared channel says about its author: https://docs.slack.dev/apis/slack-connect/"""
    if not channel.is_ext_shared:
        return {}
    team = workspace.team_of(message.user)
    return {"user_team": team, "source_team": team}


def changed_event(workspace: SimulatedWorkspace, message: PostedMessage, previous: Json, channel: Channel) -> Json:
    """A `message_changed` event; `previous` is the message's JSON before."""
    return _hidden(workspace, channel, "message_changed", previous) | {"message": message_json(workspace, message)}


def deleted_event(workspace: SimulatedWorkspace, previous: Json, channel: Channel) -> Json:
    """A `message_deleted` event; `previous` is the message's JSON before."""
    return _hidden(workspace, channel, "message_deleted", previous) | {"deleted_ts": previous["ts"]}


def _hidden(workspace: SimulatedWorkspace, channel: Channel, subtype: str, previous: Json) -> Json:
    ts = workspace.next_ts()
    about = {"channel": channel.id, "channel_type": channel.kind, "ts": ts, "event_ts": ts}
    return {"type": "message", "subtype": subtype, "previous_message": previous, "hidden": True, **about}


def reaction_event(workspace: SimulatedWorkspace, kind: str, message: PostedMessage, *, user: str, emoji: str) -> Json:
    """A `reaction_added` or `reaction_removed` event."""
    return {
        "type": kind,
        "user": user,
        "reaction": emoji,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "item_user": message.user,
        "event_ts": ts_of(workspace.now()),
    }


def command_form(
    workspace: SimulatedWorkspace, occasion: Occasion, channel: Channel, *, command: str, text: str
) -> dict[str, str]:
    """The form of a slash command."""
    user = occasion.user
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        "team_domain": workspace.team_domain,
        "channel_id": channel.id,
        "channel_name": _shown_name(channel),
        "user_id": user.id,
        "user_name": user.handle,
        "command": command,
        "text": text,
        "api_app_id": workspace.app_id,
        "is_enterprise_install": "false",
        "response_url": occasion.response_url,
        "trigger_id": occasion.trigger_id,
    }


def _shown_name(channel: Channel) -> str:
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def _interaction(workspace: SimulatedWorkspace, kind: str, user: User) -> Json:
    return {
        "type": kind,
        "team": {"id": workspace.team_id, "domain": workspace.team_domain},
        "user": {"id": user.id, "username": user.handle, "name": user.handle, "team_id": workspace.team_of(user.id)},
        "api_app_id": workspace.app_id,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def shortcut(workspace: SimulatedWorkspace, user: User, *, callback_id: str, trigger_id: str) -> Json:
    """A global shortcut."""
    payload = _shortcut(workspace, "shortcut", user)
    return payload | {"callback_id": callback_id, "trigger_id": trigger_id}


def _shortcut(workspace: SimulatedWorkspace, kind: str, user: User) -> Json:
    payload = _interaction(workspace, kind, user)
    del payload["api_app_id"], payload["user"]["username"]
    return payload | {"action_ts": ts_of(workspace.now())}


def message_shortcut(
    workspace: SimulatedWorkspace, occasion: Occasion, message: PostedMessage, *, callback_id: str
) -> Json:
    """A message shortcut ("message_action")."""
    channel = workspace.channels[message.channel]
    return _shortcut(workspace, "message_action", occasion.user) | {
        "callback_id": callback_id,
        "trigger_id": occasion.trigger_id,
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": _shown_name(channel)},
        "response_url": occasion.response_url,
        "message": message_json(workspace, message),
    }


def message_action(workspace: SimulatedWorkspace, occasion: Occasion, message: PostedMessage, *, action: Json) -> Json:
    """Return `block_actions` in a message. For an ephemeral message only its `container` is included."""
    channel = workspace.channels[message.channel]
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.ephemeral_for is not None,
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
    }
    payload = _interaction(workspace, "block_actions", occasion.user) | {
        "container": container,
        "trigger_id": occasion.trigger_id,
        "channel": {"id": channel.id, "name": _shown_name(channel)},
        "state": {"values": message.state.get(occasion.user.id, {})},
        "response_url": occasion.response_url,
        "actions": [action],
    }
    return payload if message.ephemeral_for else payload | {"message": message_json(workspace, message)}


def view_action(workspace: SimulatedWorkspace, user: User, view: View, *, action: Json, trigger_id: str) -> Json:
    """`block_actions` in a modal or on the Home tab."""
    return _interaction(workspace, "block_actions", user) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": trigger_id,
        "view": view.payload,
        "actions": [action],
    }


def view_submission(workspace: SimulatedWorkspace, user: User, view: View, *, trigger_id: str) -> Json:
    """`view_submission`."""
    extra = {"trigger_id": trigger_id, "view": view.payload, "response_urls": []}
    return _interaction(workspace, "view_submission", user) | extra


def view_closed(workspace: SimulatedWorkspace, user: User, view: View, *, is_cleared: bool) -> Json:
    """`view_closed`, sent for views with `notify_on_close`."""
    return _interaction(workspace, "view_closed", user) | {"view": view.payload, "is_cleared": is_cleared}

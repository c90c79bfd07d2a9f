"""Web API: chat.*, reactions.*."""

from __future__ import annotations

from bot.playground._calls import (
    ApiError,
    ApiMethod,
    CallContext,
    found_message,
    method,
    needs_scope,
    refuse_content,
    visible_channel,
)
from bot.playground._payloads import reaction_event
from bot.playground._posts import bot_message, post, replace
from bot.playground._posts import delete as take_away
from bot.playground._shapes import message_json, permalink
from bot.playground.records import Channel, Json, PostedMessage
from bot.playground.refusals import refuse_message, refuse_size


def _checked(context: CallContext, where: str, arguments: Json) -> None:
    """Refuse what Slack refuses in a message, and what Baton must never send; record pings."""
    if arguments.get("link_names") or arguments.get("parse", "none") not in ("none", "client"):
        context.workspace.refuse(where, ["link_names and parse=full turn people's words into pings"], arguments)
        raise ApiError("invalid_arguments", "link_names and parse=full turn people's words into pings")
    if "username" in arguments or "icon_emoji" in arguments or "icon_url" in arguments:
        needs_scope(context, "chat:write.customize")
    found = refuse_message(arguments) + refuse_size(arguments, where)
    if found:
        context.workspace.refuse(where, [str(one) for one in found], arguments)
    refuse_content(found)
    _metadata(arguments.get("metadata"))
    context.workspace.note_pings(where, arguments)


def _metadata(metadata: Json | None) -> None:
    if metadata is None:
        return
    if not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):
        raise ApiError("invalid_metadata_format", "metadata needs event_type and event_payload")


def _writable(context: CallContext, channel_id: str) -> Channel:
    """Return the conversation to write to: one with the bot, a direct message, or a public one if so granted."""
    workspace = context.workspace
    if channel_id in workspace.users and channel_id != workspace.bot_user_id:
        if workspace.users[channel_id].deleted:
            raise ApiError("account_inactive")
        return workspace.im(channel_id)
    channel = visible_channel(context, channel_id)
    if channel.is_archived:
        raise ApiError("is_archived")
    if not channel.bot_is_member and not workspace.manifest.grants("chat:write.public"):
        raise ApiError("not_in_channel")
    return channel


def check_thread(context: CallContext, channel: Channel, arguments: Json) -> None:
    """Raise ApiError unless `thread_ts`, if given, is a message of this conversation that accepts replies.

    This is stricter than Slack, which ignores a broadcast without a thread.
    """
    ts = arguments.get("thread_ts")
    if not ts:
        if arguments.get("reply_broadcast"):
            raise ApiError("invalid_arguments", "reply_broadcast goes with thread_ts")
        return
    parent = found_message(context, channel, ts, code="thread_not_found")
    if parent.thread_ts not in (None, parent.ts):
        raise ApiError("cannot_reply_to_message", "thread_ts must be the ts of the thread's first message")


def post_message(context: CallContext, arguments: Json) -> Json:
    """chat.postMessage."""
    channel = _writable(context, arguments["channel"])
    _checked(context, "chat.postMessage", arguments)
    if (channel.id, arguments.get("thread_ts")) in context.workspace.deleted:
        # Slack accepts a reply to a deleted message, and shows it in the channel.
        arguments = {**arguments, "thread_ts": None, "reply_broadcast": None}
    check_thread(context, channel, arguments)
    message = bot_message(context.workspace, channel.id, arguments)
    post(context.workspace, context.courier, message, echo=context.echo)
    shown = message_json(context.workspace, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def post_ephemeral(context: CallContext, arguments: Json) -> Json:
    """chat.postEphemeral."""
    workspace = context.workspace
    channel = visible_channel(context, arguments["channel"])
    if channel.is_archived:
        raise ApiError("is_archived")
    if not channel.bot_is_member:
        raise ApiError("not_in_channel")
    user = workspace.users.get(arguments["user"])
    if user is None or user.deleted:
        raise ApiError("user_not_found")
    if user.id not in channel.members:
        raise ApiError("user_not_in_channel")
    _checked(context, "chat.postEphemeral", arguments)
    check_thread(context, channel, arguments)
    message = bot_message(workspace, channel.id, arguments, ephemeral_for=user.id)
    post(workspace, context.courier, message, echo=False)
    return {"message_ts": message.ts}


def _own(context: CallContext, arguments: Json) -> PostedMessage:
    """Return one of the bot's own messages, in an open conversation given by its id, not by a person's."""
    workspace = context.workspace
    channel = visible_channel(context, arguments["channel"])
    message = found_message(context, channel, arguments["ts"])
    if message.user != workspace.bot_user_id:
        raise ApiError("cant_update_message")
    if channel.is_archived:
        raise ApiError("is_inactive")
    if not channel.bot_is_member and not workspace.manifest.grants("chat:write.public"):
        raise ApiError("not_in_channel")
    return message


def update(context: CallContext, arguments: Json) -> Json:
    """chat.update: only the bot's own messages, and never ephemeral or deleted ones."""
    message = _own(context, arguments)
    if arguments.get("reply_broadcast") and message.thread_ts in (None, message.ts):
        raise ApiError("cant_broadcast_message")
    _checked(context, "chat.update", arguments)
    replace(context.workspace, context.courier, message, arguments, echo=context.echo)
    shown = message_json(context.workspace, message, metadata=True)
    del shown["ts"]
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


def delete(context: CallContext, arguments: Json) -> Json:
    """chat.delete: only the bot's own messages."""
    message = _own(context, arguments)
    take_away(context.workspace, context.courier, message, echo=context.echo)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(context: CallContext, arguments: Json) -> Json:
    """chat.getPermalink."""
    channel = visible_channel(context, arguments["channel"])
    message = found_message(context, channel, arguments["message_ts"])
    return {"channel": channel.id, "permalink": permalink(context.workspace, message)}


def _reacted(context: CallContext, arguments: Json) -> PostedMessage:
    channel = visible_channel(context, arguments["channel"])
    if not channel.bot_is_member:
        raise ApiError("not_in_channel")
    if channel.is_archived:
        raise ApiError("is_archived")
    return found_message(context, channel, arguments["timestamp"])


def add_reaction(context: CallContext, arguments: Json) -> Json:
    """reactions.add."""
    message, emoji = _reacted(context, arguments), arguments["name"]
    if ":" in emoji or not emoji.strip():
        raise ApiError("invalid_name", "the name stands without colons")
    users = message.reactions.setdefault(emoji, [])
    if context.workspace.bot_user_id in users:
        raise ApiError("already_reacted")
    users.append(context.workspace.bot_user_id)
    _tell(context, "reaction_added", message, emoji)
    return {}


def remove_reaction(context: CallContext, arguments: Json) -> Json:
    """reactions.remove."""
    message, emoji = _reacted(context, arguments), arguments["name"]
    users = message.reactions.get(emoji, [])
    if context.workspace.bot_user_id not in users:
        raise ApiError("no_reaction")
    users.remove(context.workspace.bot_user_id)
    if not users:
        del message.reactions[emoji]
    _tell(context, "reaction_removed", message, emoji)
    return {}


def _tell(context: CallContext, kind: str, message: PostedMessage, emoji: str) -> None:
    workspace = context.workspace
    workspace.changed("message", channel=message.channel, ts=message.ts)
    if context.echo and workspace.manifest.subscribes(kind):
        context.courier.queue_event(reaction_event(workspace, kind, message, user=workspace.bot_user_id, emoji=emoji))


_BODY = "text blocks:list attachments:list markdown_text link_names:bool parse metadata:dict"
_LOOK = "username icon_emoji icon_url mrkdwn:bool as_user:bool unfurl_links:bool unfurl_media:bool"

METHODS: dict[str, ApiMethod] = {
    "chat.postMessage": method(
        post_message, f"channel! thread_ts reply_broadcast:bool {_BODY} {_LOOK}", tier=3, scope="chat:write"
    ),
    "chat.postEphemeral": method(
        post_ephemeral, f"channel! user! thread_ts {_BODY} {_LOOK}", tier=4, scope="chat:write"
    ),
    "chat.update": method(
        update, f"channel! ts! as_user:bool reply_broadcast:bool {_BODY}", tier=3, scope="chat:write"
    ),
    "chat.delete": method(delete, "channel! ts! as_user:bool", tier=3, scope="chat:write"),
    "chat.getPermalink": method(get_permalink, "channel! message_ts!", tier=0),
    "reactions.add": method(add_reaction, "channel! timestamp! name!", tier=3, scope="reactions:write"),
    "reactions.remove": method(remove_reaction, "channel! timestamp! name!", tier=2, scope="reactions:write"),
}

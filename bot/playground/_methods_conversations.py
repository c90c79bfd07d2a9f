"""Web API: conversations.*."""

from __future__ import annotations

from bot.playground._calls import (
    ApiError,
    ApiMethod,
    CallContext,
    found_message,
    method,
    needs_conversation_scope,
    needs_scope,
    page,
    visible_channel,
)
from bot.playground._shapes import channel_json, message_json
from bot.playground.records import Channel, Json, PostedMessage

_TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
_READ = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}


def info(context: CallContext, arguments: Json) -> Json:
    """conversations.info."""
    channel = visible_channel(context, arguments["channel"])
    needs_conversation_scope(context, channel, "read")
    count = bool(arguments.get("include_num_members"))
    return {"channel": channel_json(context.workspace, channel, with_count=count)}


def _of_types(context: CallContext, arguments: Json) -> list[Channel]:
    types = arguments.get("types", ["public_channel"])
    if unknown := set(types) - _TYPES.keys():
        raise ApiError("invalid_types", f"unknown types: {', '.join(sorted(unknown))}")
    for one in types:
        needs_scope(context, _READ[one])
    kinds = {_TYPES[one] for one in types}
    archived = not arguments.get("exclude_archived", False)
    channels = context.workspace.channels.values()
    return [channel for channel in channels if channel.kind in kinds and (archived or not channel.is_archived)]


def list_conversations(context: CallContext, arguments: Json) -> Json:
    """conversations.list: public channels, and those private ones that the bot is in."""
    seen = [one for one in _of_types(context, arguments) if one.bot_is_member or not one.is_private]
    shown, cursor = page(seen, arguments, default=100, most=1000)
    channels = [channel_json(context.workspace, channel, with_count=not channel.is_im) for channel in shown]
    return {"channels": channels, "response_metadata": {"next_cursor": cursor}}


def _between(messages: list[PostedMessage], arguments: Json) -> list[PostedMessage]:
    oldest, latest = arguments.get("oldest", "0"), arguments.get("latest", "")
    inclusive = arguments.get("inclusive", False)

    def inside(message: PostedMessage) -> bool:
        if message.ts in (oldest, latest):
            return bool(inclusive)
        return float(oldest) < float(message.ts) and (not latest or float(message.ts) < float(latest))

    try:
        return [message for message in messages if inside(message)]
    except ValueError:
        raise ApiError("invalid_arguments", "oldest and latest must be timestamps") from None


def _readable(context: CallContext, arguments: Json) -> Channel:
    channel = visible_channel(context, arguments["channel"])
    needs_conversation_scope(context, channel, "history")
    if not channel.bot_is_member:
        raise ApiError("not_in_channel")
    return channel


def _answer(context: CallContext, messages: list[PostedMessage], arguments: Json, *, default: int, most: int) -> Json:
    shown, cursor = page(messages, arguments, default=default, most=most)
    metadata = bool(arguments.get("include_all_metadata"))
    answer: Json = {
        "messages": [message_json(context.workspace, message, metadata=metadata) for message in shown],
        "has_more": bool(cursor),
    }
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def history(context: CallContext, arguments: Json) -> Json:
    """conversations.history: newest first, without ephemeral messages and replies that were not broadcast."""
    channel = _readable(context, arguments)
    stored = context.workspace.messages.get(channel.id, {}).values()
    top = [
        message
        for message in stored
        if message.ephemeral_for is None and (message.thread_ts in (None, message.ts) or message.broadcast)
    ]
    answer = _answer(context, _between(top, arguments)[::-1], arguments, default=100, most=999)
    return answer | {"pin_count": 0, "channel_actions_ts": None, "channel_actions_count": 0}


def replies(context: CallContext, arguments: Json) -> Json:
    """conversations.replies: the thread's first message, then its replies, oldest first."""
    channel = _readable(context, arguments)
    asked = found_message(context, channel, arguments["ts"], code="thread_not_found")
    root = asked.thread_ts or asked.ts
    stored = context.workspace.messages[channel.id].values()
    answers = [
        message
        for message in stored
        if message.thread_ts == root and message.ts != root and message.ephemeral_for is None
    ]
    parent = context.workspace.message(channel.id, root)
    return _answer(
        context, ([parent] if parent else []) + _between(answers, arguments), arguments, default=1000, most=1000
    )


def open_conversation(context: CallContext, arguments: Json) -> Json:
    """conversations.open: the direct message with one person."""
    workspace = context.workspace
    if "channel" in arguments:
        channel = visible_channel(context, arguments["channel"])
        return {"channel": {"id": channel.id}, "no_op": True, "already_open": True}
    users = arguments.get("users", [])
    if len(users) != 1:
        raise ApiError("users_list_not_supplied" if not users else "method_not_supported_for_channel_type")
    user = workspace.users.get(users[0])
    if user is None:
        raise ApiError("user_not_found")
    if user.deleted:
        raise ApiError("user_disabled")
    there = any(channel.is_im and user.id in channel.members for channel in workspace.channels.values())
    channel = workspace.im(user.id)
    shown = channel_json(workspace, channel) if arguments.get("return_im") else {"id": channel.id}
    return {"channel": shown} | ({"no_op": True, "already_open": True} if there else {})


_PAGE = "limit:int cursor"
_SPAN = "oldest latest inclusive:bool include_all_metadata:bool"

METHODS: dict[str, ApiMethod] = {
    "conversations.info": method(info, "channel! include_locale:bool include_num_members:bool", tier=3),
    "conversations.list": method(list_conversations, f"types:csv exclude_archived:bool {_PAGE}", tier=2),
    "conversations.history": method(history, f"channel! {_SPAN} {_PAGE}", tier=3),
    "conversations.replies": method(replies, f"channel! ts! {_SPAN} {_PAGE}", tier=3),
    "conversations.open": method(
        open_conversation, "channel users:csv return_im:bool prevent_creation:bool", tier=3, scope="im:write"
    ),
}

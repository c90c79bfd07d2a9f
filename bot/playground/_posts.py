"""How the bot's messages get into a conversation, by Web API, acknowledgement or response_url."""

from __future__ import annotations

from bot.playground._payloads import changed_event, deleted_event, message_event
from bot.playground._shapes import message_json, with_ids
from bot.playground.delivery import PayloadCourier
from bot.playground.records import Channel, Json, PostedMessage
from bot.playground.workspace import SimulatedWorkspace

_KIND = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


def message_subscription(channel: Channel) -> str:
    """Return the bot event for messages of this conversation."""
    return _KIND[channel.kind]


def hears(workspace: SimulatedWorkspace, channel: Channel) -> bool:
    """Whether the app gets message events of this conversation."""
    return channel.bot_is_member and workspace.manifest.subscribes(message_subscription(channel))


def bot_message(
    workspace: SimulatedWorkspace, channel: str, body: Json, *, ephemeral_for: str | None = None
) -> PostedMessage:
    """Return a message of the bot from a checked body (`text`, `blocks`, `attachments`, `thread_ts`, `metadata` …)."""
    text = body.get("text") or body.get("markdown_text") or ""
    return PostedMessage(
        ts=workspace.next_ts(),
        channel=channel,
        user=workspace.bot_user_id,
        text=text,
        blocks=with_ids(body.get("blocks") or []),
        attachments=[_identified(part) for part in body.get("attachments") or []],
        thread_ts=body.get("thread_ts") or None,
        ephemeral_for=ephemeral_for,
        bot_id=workspace.bot_id,
        metadata=body.get("metadata"),
        broadcast=bool(body.get("reply_broadcast")),
        subtype="thread_broadcast" if body.get("reply_broadcast") else None,
    )


def _identified(attachment: Json) -> Json:
    blocks = attachment.get("blocks")
    return {**attachment, "blocks": with_ids(blocks)} if blocks else dict(attachment)


def post(
    workspace: SimulatedWorkspace, courier: PayloadCourier, message: PostedMessage, *, echo: bool
) -> PostedMessage:
    """Store a message of the bot and, like Slack, tell the app in the background."""
    workspace.add_message(message)
    channel = workspace.channels[message.channel]
    if echo and courier.connected and message.ephemeral_for is None and hears(workspace, channel):
        courier.queue_event(message_event(workspace, message, channel))
    return message


def replace(
    workspace: SimulatedWorkspace, courier: PayloadCourier, message: PostedMessage, body: Json, *, echo: bool
) -> PostedMessage:
    """Replace a message's content by a checked body. Fields that the body does not have stay."""
    previous = message_json(workspace, message) if echo else {}
    if "text" in body:
        message.text = body["text"]
    if "blocks" in body:
        message.blocks = with_ids(body["blocks"])
    if "attachments" in body:
        message.attachments = [_identified(part) for part in body["attachments"]]
    if body.get("metadata") is not None:
        message.metadata = body["metadata"]
    message.edited = True
    message.edited_by = message.user
    message.edited_at = workspace.next_ts()
    workspace.changed("message", user=message.ephemeral_for, channel=message.channel, ts=message.ts)
    channel = workspace.channels[message.channel]
    if echo and courier.connected and message.ephemeral_for is None and hears(workspace, channel):
        courier.queue_event(changed_event(workspace, message, previous, channel))
    return message


def delete(workspace: SimulatedWorkspace, courier: PayloadCourier, message: PostedMessage, *, echo: bool) -> None:
    """Delete a message."""
    previous = message_json(workspace, message)
    workspace.delete_message(message)
    channel = workspace.channels[message.channel]
    if echo and courier.connected and message.ephemeral_for is None and hears(workspace, channel):
        courier.queue_event(deleted_event(workspace, previous, channel))

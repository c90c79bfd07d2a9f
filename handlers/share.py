"""Showing an answer to everybody in a channel, once."""

from __future__ import annotations

from bot.blocks.text import Rendered, is_channel_id
from bot.domain.outbox import may_pass
from bot.domain.rights import Right
from bot.errors import NotAllowedError, SlackError, UserError
from bot.services import inbound
from bot.services.context import Context
from handlers.payloads import Action


async def in_channel(context: Context, action: Action, message: Rendered) -> None:
    """Post for everyone in the channel, in the thread when the question was asked in one.

    However often Share is pressed on an answer, it is shared once. Raises NotAllowedError for a guest, and where
    people from outside would see it.
    """
    inbound.require_full_member(Right.SHARE)
    await check_place(context, action.channel_id)
    key = f"share:{action.channel_id}:{action.message_ts}:{action.value}"[:200]
    if not await inbound.take(context.deps, key):
        raise UserError("This answer was shared already. If it is not in the channel, ask again.")
    body: dict[str, object] = {"response_type": "in_channel", "replace_original": False, **message.as_body()}
    if action.thread_ts:
        body["thread_ts"] = action.thread_ts
    try:
        await context.slack.respond(action.response_url, body)
    except SlackError as error:
        await inbound.release(context.deps, key)
        if not may_pass(error):
            raise
        raise UserError("Slack did not take the answer. If it is not in the channel, press Share again.") from error


async def check_place(context: Context, channel_id: str) -> None:
    """Raise NotAllowedError unless everybody in the channel may see what the catalog says, as far as Slack tells."""
    if channel_id in context.deps.open_channels:
        return
    try:
        is_shared = await context.slack.is_shared_channel(channel_id)
    except SlackError as error:
        if may_pass(error):
            raise UserError(
                "Slack does not say who is in this channel just now, so I do not share it. Try again in a minute."
            ) from error
        # Nobody can invite Baton into a conversation between two people.
        step = ": `/invite` me, then share again." if is_channel_id(channel_id) else ", so I do not share it."
        raise NotAllowedError(f"I cannot tell who is in this conversation{step}") from error
    if is_shared:
        raise NotAllowedError("People from other organisations are here, so I do not share it.")

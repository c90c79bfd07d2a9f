"""Mentions and direct messages: whatever is asked in plain words is answered by the noun that it is about."""

from __future__ import annotations

import re

from bot.blocks import help as help_blocks
from bot.blocks.text import Rendered
from bot.errors import UserError
from bot.services import inbound
from handlers import eol, ownership
from handlers.context import Context
from handlers.payloads import Event

_HELP = frozenset({"", "help", "hi", "hello", "hey", "?"})


async def on_mention(event: Event, context: Context) -> None:
    """Answer a mention in its thread."""
    await _reply(event, context, thread_ts=event.thread_ts or event.ts)


async def on_direct_message(event: Event, context: Context) -> None:
    """Answer a direct message where it was written."""
    if event.channel_type == "im":
        await _reply(event, context, thread_ts=event.thread_ts)


async def _reply(event: Event, context: Context, *, thread_ts: str) -> None:
    if not event.is_from_person or event.user_id == context.bot_user_id:
        return
    if not await inbound.take(context.deps, event.event_id):
        return
    text = re.sub(rf"<@{re.escape(context.bot_user_id)}(\|[^>]*)?>", " ", event.text).strip()
    try:
        message = await _answer(context, text, event.user_id)
    except UserError as error:
        message = Rendered(str(error))
    await context.slack.post_message(
        event.channel_id, text=message.text, blocks=message.blocks, thread_ts=thread_ts or None
    )


async def _answer(context: Context, text: str, user_id: str) -> Rendered:
    if text.casefold() in _HELP:
        return help_blocks.help_message()
    return (
        await eol.answer_in_words(context, text, user_id)
        or await eol.answer_of_release(context, ownership.named_in_vain(context, text), user_id)
        or await ownership.answer(context, text, user_id)
    )

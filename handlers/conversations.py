"""Mentions and direct messages: whatever is asked in plain words is answered by the noun that it is about."""

from __future__ import annotations

import re

from bot.blocks import help as help_blocks
from bot.blocks.text import Rendered
from bot.domain.directory.courtesies import Courtesy, courtesy
from bot.services import ownership
from bot.services.context import Context
from bot.services.inbound import Reply
from bot.services.ownership import Missing
from handlers.backlog import questions as requests
from handlers.eol import questions
from handlers.events import EventListener
from handlers.ownership import around, message, with_references
from handlers.payloads import Event
from handlers.routes import Routes

#: A command that is written as a message: Slack runs none in a thread.
_COMMAND = re.compile(r"/(?P<name>whoowns|eol|devops|handoff|baton)(?:\s+(?P<rest>.+)|$)", re.IGNORECASE | re.DOTALL)
_HELPS = {"whoowns": help_blocks.whoowns_help, "eol": help_blocks.eol_help, "baton": help_blocks.help_message}


def is_mention(event: Event, context: Context) -> bool:
    """Whether a person mentions Baton."""
    return event.is_from_person and event.user_id != context.bot_user_id


def is_direct_message(event: Event, context: Context) -> bool:
    """Whether a person writes to Baton alone."""
    return event.channel_type == "im" and is_mention(event, context)


async def on_question(event: Event, context: Context) -> Reply:
    """Answer a question where it was asked: a mention in its thread."""
    text = re.sub(rf"<@{re.escape(context.bot_user_id)}(\|[^>]*)?>", " ", event.text).strip()
    text = await context.user_groups.labelled(text)
    return reply(event, await _answer(context, text, event))


async def refuse(event: Event, _context: Context, message: Rendered) -> Reply:
    """Say why there is no answer, where the question was asked."""
    return reply(event, message)


def reply(event: Event, message: Rendered) -> Reply:
    """Return a reply to a message: in its thread, except in a direct message that begins none."""
    thread_ts = event.thread_ts or ("" if event.channel_type == "im" else event.ts)
    return Reply(event.channel_id, thread_ts, event.user_id, message)


async def _answer(context: Context, text: str, event: Event) -> Rendered:
    if text == "?" or courtesy(text) is Courtesy.GREETING or not (text or event.says or event.thread_ts):
        return help_blocks.help_message()
    if (command := _COMMAND.fullmatch(text)) is not None:
        name, rest = command["name"].lower(), command["rest"] or ""
        if name in _HELPS and (not rest or courtesy(rest) is Courtesy.GREETING):
            return _HELPS[name]()
        said = await questions.answer_of_command(context, rest, event.user_id) if name == "eol" else None
        if name != "whoowns":
            return said or help_blocks.command_elsewhere(name)
        text = rest
    user_id, channel_id = event.user_id, event.channel_id if event.type == "app_mention" else ""
    if said := await requests.answer_in_words(context, text, event):
        return said
    if said := await questions.answer_in_words(context, text, user_id):
        return said
    found = ownership.answer(context.deps, context.snapshot, text, asker=user_id)
    found = await with_references(context, text, found, user_id)
    if isinstance(found, Missing):
        if said := await questions.answer_of_release(context, found.asked, user_id):
            return said
        if found.names_nothing and (event.says or event.thread_ts):
            return await around(context, event)
    return await message(context, found, user_id, channel_id=channel_id)


ROUTES = Routes(
    events={
        "app_mention": EventListener(is_mention, on_question, refuse),
        "message": EventListener(is_direct_message, on_question, refuse),
    },
)

"""Where somebody answered a reminder, and showing them there what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from bot.blocks import eol as blocks
from bot.blocks import home as home_blocks
from bot.blocks.text import Block, Rendered
from bot.domain.eol.outcomes import Outcome, Pinned
from bot.domain.eol.reminders import Card
from bot.errors import NotFoundError, UserError
from bot.ports import Ack
from bot.services.context import Context
from handlers import replies
from handlers.ownership import ephemeral_body
from handlers.payloads import Action

#: A form that takes longer to make than this is preceded by a loading view: its trigger lives three seconds.
PATIENCE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Place:
    """`kind` is `message` (everybody sees it), `ephemeral` (only whoever asked), `view` (a modal) or empty for neither.

    `address` is the response URL, or the modal's id; `thread_ts` is set for a message in a thread.
    """

    kind: str = ""
    address: str = ""
    thread_ts: str = ""

    def metadata(self, subject: str) -> str:
        """Return what a form carries to its submission: what it is about, and this place."""
        return f"{subject}|{self.kind}|{self.thread_ts}|{self.address}"


def place_of(action: Action) -> Place:
    """Return where a button was pressed."""
    if action.response_url:
        return Place("ephemeral" if action.is_ephemeral else "message", action.response_url, action.thread_ts)
    return Place("view", action.view_id) if action.view_id else Place()


def read_metadata(metadata: str) -> tuple[str, Place]:
    """Return what a form is about, and the place from which it was opened."""
    subject, kind, thread_ts, address = (*metadata.split("|", 3), "", "", "", "")[:4]
    return subject, Place(kind, address, thread_ts)


def number(value: str) -> int:
    """Read an id from a button's value. Raises NotFoundError for one that no version of Baton wrote."""
    if not value.isdecimal() or len(value) > 18:
        raise NotFoundError("That button is from another version of Baton: ask again with `/eol`.")
    return int(value)


async def say(context: Context, place: Place, outcome: Outcome) -> Ack:
    """Acknowledge, and show what an answer came to: a receipt, and the card afresh where only its reader sees it."""
    context.drainer.wake()
    card = outcome.card if not isinstance(outcome, Pinned) else None
    await _show(context, place, blocks.receipt(outcome).text, card)
    return replies.nothing()


async def _show(context: Context, place: Place, note: str, card: Card | None) -> None:
    if place.kind == "view":
        view = blocks.opened_view(card, note) if card is not None else home_blocks.notice(note)
        await context.slack.update_view(place.address, view)
    elif place.kind == "ephemeral" and card is not None:
        body = {"replace_original": True, **blocks.opened(card, note).as_body()}
        await context.slack.respond(place.address, body)
    elif place.address:
        await context.slack.respond(place.address, ephemeral_body(Rendered(note), thread_ts=place.thread_ts))


async def open_form(context: Context, action: Action, making: Coroutine[Any, Any, Block]) -> None:
    """Open a form at once, or where it takes a while to make, a loading view that it then takes the place of.

    In a modal it is put on top. Raises what making it raises, unless the loading view is there already: then the view
    says it.
    """
    task = asyncio.ensure_future(making)
    await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
    if task.done():
        await show_view(context, action, task.result())
        return
    try:
        view_id = await show_view(context, action, blocks.loading_view())
    except BaseException:
        task.cancel()
        raise
    context.background.start(_finish(context, view_id, task), what=action.action_id)


async def show_view(context: Context, action: Action, view: Block) -> str:
    """Open a modal, on top of the one that the button is in, if it is in one."""
    if action.view_id:
        return await context.slack.push_view(action.trigger_id, view)
    return await context.slack.open_view(action.trigger_id, view)


async def _finish(context: Context, view_id: str, task: asyncio.Task[Block]) -> None:
    try:
        view = await task
    except UserError as error:
        view = home_blocks.notice(str(error))
    await context.slack.update_view(view_id, view)

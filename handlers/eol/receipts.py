"""Showing what an answer to a reminder came to."""

from __future__ import annotations

from bot.blocks import eol as blocks
from bot.domain.eol.outcomes import Outcome, Pinned
from bot.ports import Ack
from bot.services.context import Context
from handlers import replies
from handlers.interaction import Place, show


async def say(context: Context, place: Place, outcome: Outcome) -> Ack:
    """Acknowledge, and show a receipt, with the card afresh where only its reader sees it."""
    context.drainer.wake()
    note = blocks.receipt(outcome).text
    if isinstance(outcome, Pinned):
        await show(context, place, note)
    else:
        card = outcome.card
        await show(context, place, note, message=blocks.opened(card, note), view=blocks.opened_view(card, note))
    return replies.nothing()

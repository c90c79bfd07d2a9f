"""`/baton …`."""

from __future__ import annotations

from difflib import get_close_matches

from slack_bolt import BoltResponse

from bot.blocks import help as blocks
from handlers import replies
from handlers.context import Context
from handlers.payloads import Command

#: What `/baton` understands.
WORDS = ("help",)


async def on_baton(command: Command, context: Context) -> BoltResponse:  # noqa: ARG001 - every listener is given both
    """Answer `/baton`, `/baton help`, and anything else with the nearest thing that would have worked."""
    word = command.text.strip().casefold()
    if word in ("", *WORDS):
        return replies.ephemeral(blocks.help_message())
    nearest = get_close_matches(word, WORDS, n=1)
    return replies.ephemeral(blocks.unknown_word(command.text.strip(), nearest[0] if nearest else ""))

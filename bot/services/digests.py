"""Sends a recipient's digest of the week: one message with a section of each noun, what can be prevented first."""

from __future__ import annotations

from collections.abc import Mapping

from bot.blocks import digests as blocks
from bot.domain.daily_limit import Weekly
from bot.services import daily_limit, outbox
from bot.services.contributors import MessagePart, Telling


async def send(telling: Telling, weekly: Weekly, parts: Mapping[str, MessagePart]) -> None:
    """Say all that is due, in the caller's transaction. Raises TakenError when another process is at it."""
    sections = {}
    for name, part in parts.items():
        own = [each for each in weekly.due if each.noun == name]
        await part.say(telling, own, lead=None)
        section = part.section(telling, own, is_first=weekly.is_first)
        if section is not None:
            sections[name] = section
    # `due` is in the order of urgency, so nouns come in that of their most urgent things.
    order = dict.fromkeys([*(each.noun for each in weekly.due), *sections])
    key = f"{daily_limit.DIGEST}{telling.recipient.key}:{telling.today}"
    await daily_limit.take(telling.session, telling.recipient.key, telling.today, key=key, is_digest=True)
    await outbox.enqueue(
        telling.session,
        key=key,
        channel=telling.places[0],
        message=blocks.digest([sections[name] for name in order if name in sections]),
        at=telling.now,
        fallbacks=telling.places[1:],
    )

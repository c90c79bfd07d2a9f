"""Sends a recipient's weekly digest: one message with a section for each noun, what can still be prevented first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlmodel import col

from bot.blocks import digests as blocks
from bot.blocks.digests import Section
from bot.blocks.text import Rendered
from bot.domain.daily_limit import Weekly
from bot.services import daily_limit, outbox
from bot.services.contributors import MessagePart, Telling
from bot.store import tables


async def send(telling: Telling, weekly: Weekly, parts: Mapping[str, MessagePart], *, host: str = "") -> None:
    """Say all that is due, in the caller's transaction. Raises TakenError when another process is at it.

    `host` is the key of the team whose channel it goes to. If that team had its digest today, this one goes below it.
    """
    sections = {}
    for name, part in parts.items():
        own = [each for each in weekly.due if each.noun == name]
        if own:
            await part.say(telling, own, lead=None)
        section = part.section(telling, own, is_first=weekly.is_first)
        if section is not None:
            sections[name] = section
    # `due` is in the order of urgency, so nouns come in that of their most urgent things.
    order = dict.fromkeys([*(each.noun for each in weekly.due), *sections])
    drawn = [sections[name] for name in order if name in sections]
    joined = await _joined(telling, host, drawn) if host else None
    key = joined or f"{daily_limit.DIGEST}{telling.recipient.key}:{telling.today}"
    await daily_limit.take(telling.session, telling.recipient.key, telling.today, key=key, is_digest=True)
    if joined is None:
        await outbox.enqueue(
            telling.session,
            key=key,
            channel=telling.places[0],
            message=blocks.digest(drawn),
            at=telling.now,
            fallbacks=telling.places[1:],
        )


async def _joined(telling: Telling, host: str, sections: Sequence[Section]) -> str | None:
    """Put sections below the digest that the host has had today, and return its key; None if that is not possible."""
    day = (host, telling.today)
    key = (await daily_limit.message_keys(telling.session, [day])).get(day, "")
    if not key:
        return None
    sent = tables.OutboxMessage
    body = (await telling.session.execute(select(col(sent.body)).where(col(sent.key) == key))).scalar_one()
    together = blocks.below(Rendered(body["text"], body.get("blocks", ())), sections)
    if together is None or not await outbox.revise(telling.session, key=key, message=together, at=telling.now):
        return None
    return key

"""Messages about a handoff from the daily pass are kept true: what is answered or over asks nothing any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import handoff as blocks
from bot.blocks.text import Rendered
from bot.domain.handoff.due import Side, dues
from bot.domain.handoff.handoffs import HandoffCard
from bot.domain.recipients import Recipient
from bot.domain.working_time import WorkingTime
from bot.services import daily_limit, outbox, routing
from bot.services.deps import Deps
from bot.services.handoff.named_people import named
from bot.services.snapshot import Snapshot
from bot.store import tables


def review_key(handoff_id: int) -> str:
    """Return how the outbox keys begin of what one side is told that does not work for the other."""
    return f"handoff.review:{handoff_id}:"


async def redraw(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, card: HandoffCard, *, work: WorkingTime
) -> None:
    """Let every reminder, question and digest about a handoff say what is so of it now, and ask only what is open."""
    if not card.owned:
        await _end_reviews(session, card, at=deps.clock.now())
    note = tables.HandoffNote
    days = set((await session.execute(select(col(note.said_on)).where(col(note.handoff_id) == card.id))).scalars())
    if not days:
        return
    asked = (named(snapshot, each.needs_from) for each in card.resources if each.needs_from)
    sides = {Recipient(person=each).key: Side.RECEIVER for each in asked if each is not None}
    sides |= {key: side for side in Side for key in _recipients(snapshot, card, side)}
    sent = await daily_limit.message_keys(session, [(key, day) for key in sides for day in days])
    side_of = {key: sides[addressee] for (addressee, _), key in sent.items()}
    there_is = tuple(dues(card, work=work))
    await outbox.redraw(
        session,
        side_of,
        lambda key, before: blocks.redrawn(before, card, there_is, side_of[key]),
        at=deps.clock.now(),
    )


async def _end_reviews(session: AsyncSession, card: HandoffCard, *, at: datetime) -> None:
    """Let what was told of a handoff that does not work offer no way back once the receiver has none of it any more."""
    message = tables.OutboxMessage
    query = select(col(message.key), col(message.body)).where(col(message.key).startswith(review_key(card.id)))
    for key, body in (await session.execute(query)).all():
        now = blocks.without_ways_back(Rendered(body["text"]), card)
        await outbox.revise(session, key=key, message=now, at=at)


def _recipients(snapshot: Snapshot, card: HandoffCard, side: Side) -> Iterator[str]:
    """Yield the keys of those who are told for a side: its team, and its lead."""
    team = card.giver if side is Side.GIVER else card.receiver
    yield Recipient(team=team).key
    lead = routing.lead_of(snapshot, team)
    if lead is not None:
        yield Recipient(person=lead).key

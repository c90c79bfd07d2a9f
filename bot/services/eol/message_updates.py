"""A reminder's messages in Slack: their keys, and how they are brought up to date with what was answered and seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import eol as blocks
from bot.blocks.lines import Line
from bot.blocks.text import Rendered
from bot.domain.eol.answers import AnswerKind
from bot.domain.eol.due_reminders import NOUN
from bot.domain.eol.reminders import Card, ClosedCard, DueMilestone, Remembered
from bot.domain.eol.resolution import Resolution
from bot.domain.recipients import NOBODY, Recipient
from bot.services import daily_limit, outbox, routing
from bot.services.deps import Deps
from bot.services.eol import reminder_store
from bot.services.eol.exposure import Watcher
from bot.services.snapshot import Snapshot
from bot.store import tables

#: Of the last messages to those above a team so many are kept up to date.
_MOST_COMPLAINTS = 20


def accepted_key(answer_id: int | None) -> str:
    """Return the key of the reply that says who has taken a reminder over."""
    return f"lifecycle.offer-accepted:{answer_id}"


def root_key(reminder: Remembered) -> str:
    """Return the key of a reminder's root message, in the channel of whoever it is told to."""
    told = f":{reminder.delegated_to}" if reminder.delegated_to is not None else ""
    return f"eol:{reminder.id}:root{told}"


def has_root(reminder: Remembered) -> bool:
    """Whether there is a root message where the reminder is told."""
    return reminder.root_key == root_key(reminder)


def reply_key(reminder: Remembered) -> str:
    """Return the key of the reply that says a reminder's milestone in its thread, on the day on which it is said."""
    milestone = reminder.milestone.days if reminder.milestone is not None else ""
    return f"eol:{reminder.id}:{milestone}:{reminder.said_on}"


async def redraw(session: AsyncSession, deps: Deps, watcher: Watcher, card: Card | ClosedCard) -> None:
    """Render a reminder's root message anew, and the reply that said a milestone last: both ask for an answer."""
    await revise_root(session, deps, watcher, card)
    pings, reminder = tables.Ping, card.reminder
    replies = (
        select(col(pings.key), col(pings.day))
        .where(
            col(pings.addressee) == _recipient(reminder),
            col(pings.key).startswith(f"eol:{reminder.id}:", autoescape=True),
            col(pings.key) != reminder.root_key,
        )
        .order_by(col(pings.day).desc())
    )
    last = (await session.execute(replies.limit(1))).first() if reminder.root_key else None
    if last is not None:
        await _revise(session, deps, watcher, card, last.key, last.day)
    is_settled = card.resolution != Resolution.PASSED if isinstance(card, ClosedCard) else bool(card.effect.answer)
    if is_settled:
        await _redraw_complaints(session, deps, watcher.snapshot, card)
    if isinstance(card, Card):
        await revise_digest(session, card.reminder, partial(blocks.with_answer, card=card), at=deps.clock.now())


async def revise_digest(
    session: AsyncSession, reminder: Remembered, redrawn: Callable[[Rendered], Rendered | None], *, at: datetime
) -> None:
    """Let the last digest that may have named a reminder read as `redrawn` makes it; None leaves it as it is."""
    pings = tables.Ping
    query = select(col(pings.key)).where(col(pings.addressee) == reminder.holder, col(pings.is_digest).is_(True))
    keys = (await session.execute(query.order_by(col(pings.day).desc()).limit(1))).scalars().all()
    await outbox.redraw(session, keys, lambda _, sent: redrawn(sent) or sent, at=at)


async def end_questions(session: AsyncSession, reminder: Remembered, at: datetime, *, but: int | None = None) -> None:
    """Ask no more whether what another team took over is to be made permanent: that is over, but for one answer's."""
    answer, sent, table = tables.ReminderAnswer, tables.OutboxMessage, tables.Reminder
    accepted = (
        select(col(answer.id))
        .join(table, col(table.id) == col(answer.reminder_id))
        .where(
            col(table.addressee) == reminder.addressee,
            col(table.product) == reminder.product,
            col(table.cycle) == reminder.cycle,
            col(answer.kind) == AnswerKind.DELEGATED.value,
            col(answer.decided_by).is_not(None),
        )
    )
    keys = [accepted_key(each) for each in (await session.execute(accepted)).scalars() if each != but]
    found = await session.execute(select(col(sent.key), col(sent.body)).where(col(sent.key).in_(keys)))
    for key, body in found.all():
        await outbox.revise(
            session, key=key, message=blocks.asked_no_more(Rendered(body["text"], body.get("blocks", ()))), at=at
        )


async def _redraw_complaints(session: AsyncSession, deps: Deps, snapshot: Snapshot, card: Card | ClosedCard) -> None:
    """Let what those above its teams were told last say that a reminder is answered, or over."""
    teams = [snapshot.recipient(each).team for each in (card.reminder.holder, card.reminder.addressee)]
    people = [each for team in teams if team is not None for each in routing.above(snapshot, team)]
    above = {NOBODY.key, *(Recipient(person=each).key for each in people)}
    pings = tables.Ping
    told = select(col(pings.key)).where(
        col(pings.addressee).in_(above), col(pings.key).startswith(daily_limit.OWED, autoescape=True)
    )
    keys = (await session.execute(told.order_by(col(pings.day).desc()).limit(_MOST_COMPLAINTS))).scalars().all()
    await outbox.redraw(session, keys, lambda _, before: blocks.complaint_redrawn(before, card), at=deps.clock.now())


async def revise_root(session: AsyncSession, deps: Deps, watcher: Watcher, card: Card | ClosedCard) -> None:
    """Render the root message of a reminder anew, when it has one, with what it said besides.

    One in the channel of a team that has handed the reminder over says that, and in the end that it is over.
    """
    reminder = card.reminder
    if not reminder.root_key:
        return
    first = root_key(replace(reminder, delegated_to=None))
    if isinstance(card, ClosedCard) and first != reminder.root_key:
        await _revise(session, deps, watcher, card, first, None)
    pings = tables.Ping
    query = select(col(pings.day)).where(
        col(pings.addressee) == _recipient(reminder), col(pings.key) == reminder.root_key
    )
    await _revise(session, deps, watcher, card, reminder.root_key, (await session.execute(query)).scalar())


def _recipient(reminder: Remembered) -> str:
    """Return under whom the days are kept on which the messages in a reminder's thread were sent."""
    team = reminder.root_key.partition(":root:")[2]
    return f"team:{team}" if team else reminder.addressee


async def _revise(
    session: AsyncSession, deps: Deps, watcher: Watcher, card: Card | ClosedCard, key: str, day: date | None
) -> None:
    """Render the message with that key anew, with what else was due on the day on which it was sent.

    There is one message a day, so whatever its recipient was told of on that day, and not again since, was in it,
    whichever noun it is of.
    """
    reminder, also = card.reminder, list[Line]()
    if day is not None:
        recipient = _recipient(reminder)
        also = await said_on(session, deps, watcher, recipient, day, but=reminder.id)
        for noun in deps.contributors:
            also += await noun.said_on(session, recipient, day) if noun.name != NOUN else ()
    if isinstance(card, ClosedCard):
        message = blocks.closed(card, also=also)
    elif reminder.delegated_to is not None and not has_root(reminder):
        message = blocks.handed_over(card, also=also)
    elif key == reminder.root_key or reminder.milestone is None:
        message = blocks.card(card, also=also)
    else:
        message = blocks.milestone(DueMilestone(card, reminder.milestone), also=also)
    await outbox.revise(session, key=key, message=message, at=deps.clock.now())


async def said_on(
    session: AsyncSession, deps: Deps, watcher: Watcher, key: str, day: date, *, but: int | None = None
) -> list[Line]:
    """Return what somebody was last told of reminders on a day of theirs, without the reminder `but`."""
    told = await reminder_store.said_to(session, key, day)
    watches = (await watcher.current()).by_key
    return [
        blocks.also_line(reminder_store.card(deps, watcher, each, watches[each.key], {}))
        for each in told
        if each.id != but and each.key in watches and each.milestone is not None
    ]

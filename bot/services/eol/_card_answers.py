"""What every answer to a reminder begins and ends with: the right to give it, the record of it, the message redrawn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import eol as blocks
from bot.blocks.text import Rendered
from bot.domain.eol.answers import SHARED, Answer, AnswerKind
from bot.domain.eol.reminders import Card, ClosedCard
from bot.domain.eol.resolution import Resolution
from bot.domain.recipients import Told
from bot.domain.rights import Holders, Right
from bot.errors import NotFoundError
from bot.services import actors, cards
from bot.services.deps import Deps
from bot.services.eol import message_updates
from bot.services.eol.exposure import Watcher
from bot.services.eol.reminder_answers import answer_of
from bot.services.eol.reminder_store import card_of, remembered
from bot.services.eol.successors import moved_on
from bot.store import tables

CLOSED = "This is closed: `/eol` shows what is open."
UNKNOWN = "Nothing ends here any more: `/eol` shows what does."


def waiver_key(answer_id: int) -> str:
    """Return the outbox key of the question whether a waiver is approved."""
    return f"lifecycle.waiver:{answer_id}"


def offer_key(answer_id: int) -> str:
    """Return the outbox key of the question whether a team takes a reminder over."""
    return f"lifecycle.offer:{answer_id}"


@dataclass(slots=True)
class ReminderAct(cards.Act[tables.Reminder, Card]):
    """One person's answer to one open reminder, under way in a transaction that holds the reminder's row."""

    watcher: Watcher

    table, subject, prefix, unknown = tables.Reminder, "reminder", "lifecycle", UNKNOWN

    @property
    def today(self) -> date:
        """The day of whoever has it."""
        return self.card.today

    async def load(self) -> Card:
        """Return the card. Raises NotFoundError when it is closed, or nothing is known to end any more."""
        return await open_card(self.deps, self.watcher, self.session, self.subject_id)

    async def render(self) -> None:
        """Revise the root message, and the reply that said a milestone last, of every deadline of the release cycle."""
        await message_updates.redraw(self.session, self.deps, self.watcher, self.card)
        async for other in self.others_of_cycle():
            await message_updates.redraw(self.session, self.deps, self.watcher, other.card)

    async def holders(self, *, asked_by: int | None = None) -> Holders:
        """Return the addressee's hands, and those of the team that has taken it over."""
        return await holders_of(self.session, self.card, asked_by=asked_by)

    async def others_of_cycle(self) -> AsyncIterator[ReminderAct]:
        """Yield the other open reminders of the same addressee's same release cycle.

        Those of which nothing is known any more are left out.
        """
        table, own = tables.Reminder, self.row
        query = select(table).where(
            col(table.addressee) == own.addressee,
            col(table.product) == own.product,
            col(table.cycle) == own.cycle,
            col(table.id) != self.subject_id,
            col(table.resolved_at).is_(None),
        )
        for row in (await self.session.execute(query.order_by(col(table.id)))).scalars():
            other = ReminderAct(self.deps, self.snapshot, row.id, self.person_id, self.watcher)
            other.session, other.now, other.row = self.session, self.now, row
            found = await card_of(self.deps, self.watcher, self.session, row.id)
            if isinstance(found, Card):
                other.card = found
                yield other

    async def end(self, kinds: Collection[AnswerKind], *, by: AnswerKind, but: int | None = None) -> None:
        """End the answers of these kinds, whose place one of the kind `by` takes.

        What holds for every deadline of the release cycle ends whichever of them it was given to. A question to
        somebody that is still open says that it is no longer asked, and why.
        """
        table, shared = tables.ReminderAnswer, [kind.value for kind in kinds if kind in SHARED]
        others = [other.subject_id async for other in self.others_of_cycle()] if shared else []
        found = await self.session.execute(
            select(table).where(
                col(table.ended_at).is_(None),
                or_(
                    and_(col(table.reminder_id) == self.row.id, col(table.kind).in_([kind.value for kind in kinds])),
                    and_(col(table.reminder_id).in_(others), col(table.kind).in_(shared)),
                ),
            )
        )
        for row in found.scalars():
            if row.id == but:
                continue
            row.ended_at = self.now
            if row.decided_by is None and row.kind in (AnswerKind.WAIVED, AnswerKind.DELEGATED):
                answer = await answer_of(self.session, row)
                if answer.kind is AnswerKind.WAIVED:
                    said = blocks.waiver_settled(self.card, answer, is_granted=None, instead=by)
                    await self.revise(waiver_key(answer.id), said)
                else:
                    said = blocks.offer_settled(self.card, answer, is_accepted=None, instead=by)
                    await self.revise(offer_key(answer.id), said)

    async def add(
        self,
        kind: AnswerKind,
        *,
        milestone: int | None = None,
        until: date | None = None,
        team_id: int | None = None,
        detail: Mapping[str, str] | None = None,
    ) -> tables.ReminderAnswer:
        """Add an answer to the deadline as it is now."""
        row = tables.ReminderAnswer(
            reminder_id=self.subject_id,
            kind=kind.value,
            person_id=self.person_id,
            at=self.now,
            deadline=self.card.watch.deadline.on,
            milestone=milestone,
            until=until,
            team_id=team_id,
            detail=dict(detail or {}),
            asset_ids=sorted({run.asset.id for run in self.card.watch.runs}),
        )
        self.session.add(row)
        await self.session.flush()
        return row

    async def reply(self, key: str, message: Rendered) -> Told:
        """Put a message into the reminder's thread, or where it is told when there is no root message yet."""
        return await self.send(self.card.holder, key, message, parent_key=self.card.reminder.root_key or None)

    def answer(self, answer_id: int | None) -> Answer | None:
        """Return an answer in force as the card has it."""
        return next((each for each in self.card.reminder.answers if each.id == answer_id), None)


@asynccontextmanager
async def acting(
    deps: Deps, watcher: Watcher, *, reminder_id: int, person_id: int, right: Right | None = Right.ANSWER
) -> AsyncIterator[ReminderAct]:
    """Open the transaction of an answer; raises as `cards.acting`."""
    await watcher.current()  # gathered before, so that the transaction does not wait for it
    async with cards.acting(ReminderAct(deps, watcher.snapshot, reminder_id, person_id, watcher), right) as act:
        yield act


async def open_card(deps: Deps, watcher: Watcher, session: AsyncSession, reminder_id: int) -> Card:
    """Return the card of an open reminder.

    Raises MovedOnError where somebody else has what it is about, NotFoundError when it is closed or nothing is known of
    it.
    """
    card = await card_of(deps, watcher, session, reminder_id)
    if isinstance(card, Card):
        return card
    if card is None or card.resolution == Resolution.MOVED:
        for reminder in await remembered(session, reminder_ids=[reminder_id], is_open=False):
            if (onward := await moved_on(watcher, session, reminder)) is not None:
                raise onward
    raise NotFoundError(CLOSED if isinstance(card, ClosedCard) else UNKNOWN)


async def holders_of(session: AsyncSession, card: Card, *, asked_by: int | None = None) -> Holders:
    """Return in whose hands a reminder is: the addressee's, and those of the team that has taken it over."""
    addressee = card.watch.addressee
    team_id = addressee.team.id if addressee.team is not None else None
    return await actors.holders(
        session, [team_id, card.reminder.delegated_to], people=[addressee.person], asked_by=asked_by
    )

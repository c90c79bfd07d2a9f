"""What every answer to a reminder begins and ends with: the right to give it, the record of it, the message redrawn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import eol as blocks
from bot.blocks.text import Rendered
from bot.domain import rights
from bot.domain.eol.exposure import Addressee
from bot.domain.eol.reminders import Answer, AnswerKind, Card, ClosedCard
from bot.domain.recipients import Told
from bot.domain.records import PersonRecord, TeamRecord
from bot.domain.rights import Holders, Right
from bot.errors import NotFoundError
from bot.services import actors, outbox, routing
from bot.services.deps import Deps
from bot.services.eol.exposure import Watcher
from bot.services.eol.message_updates import redraw
from bot.services.eol.reminder_store import card_of
from bot.store import tables
from bot.store.journal import audit

CLOSED = "This is closed already, so nothing was changed: `/eol` shows what is open."
UNKNOWN = "Nothing is known to end here any more, so there is nothing to answer: `/eol` shows what there is."


def waiver_key(answer_id: int) -> str:
    """Return the outbox key of the question whether a waiver is approved."""
    return f"lifecycle.waiver:{answer_id}"


def offer_key(answer_id: int) -> str:
    """Return the outbox key of the question whether a team takes a reminder over."""
    return f"lifecycle.offer:{answer_id}"


@dataclass(slots=True)
class Act:
    """One person's answer to one open reminder, under way in a transaction that holds the reminder's row."""

    deps: Deps
    watcher: Watcher
    session: AsyncSession
    row: tables.Reminder
    card: Card
    person_id: int
    now: datetime

    @property
    def today(self) -> date:
        """The addressee's day."""
        return self.card.today

    def require(self, right: Right, holders: Holders) -> None:
        """Raise NotAllowedError unless the person may do this."""
        rights.require(actors.actor(self.person_id), right, holders)

    async def end(self, kinds: Collection[AnswerKind], *, but: int | None = None) -> None:
        """End the answers of these kinds; a question to somebody that is still open says that it is no longer asked."""
        table = tables.ReminderAnswer
        found = await self.session.execute(
            select(table).where(
                col(table.reminder_id) == self.row.id,
                col(table.ended_at).is_(None),
                col(table.kind).in_([kind.value for kind in kinds]),
            )
        )
        for row in found.scalars():
            if row.id == but:
                continue
            row.ended_at = self.now
            if row.decided_by is None and row.kind in (AnswerKind.WAIVED, AnswerKind.DELEGATED):
                answer = await answer_of(self.session, row)
                if answer.kind is AnswerKind.WAIVED:
                    await self.revise(waiver_key(answer.id), blocks.waiver_settled(self.card, answer, is_granted=None))
                else:
                    await self.revise(offer_key(answer.id), blocks.offer_settled(self.card, answer, is_accepted=None))

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
            reminder_id=self.card.reminder.id,
            kind=kind.value,
            person_id=self.person_id,
            at=self.now,
            deadline=self.card.watch.deadline.on,
            milestone=milestone,
            until=until,
            team_id=team_id,
            detail=dict(detail or {}),
        )
        self.session.add(row)
        await self.session.flush()
        return row

    async def note(self, action: str, **detail: Any) -> None:
        """Write what was done into the audit log."""
        await audit(
            self.session,
            at=self.now,
            actor=f"person:{self.person_id}",
            action=f"lifecycle.{action}",
            subject=f"reminder:{self.card.reminder.id}",
            detail=detail,
        )

    async def redraw(self) -> Card:
        """Draw the card with what has been answered, update its messages, and return the card."""
        await self.session.flush()
        card = await card_of(self.deps, self.watcher, self.session, self.card.reminder.id)
        if not isinstance(card, Card):
            raise NotFoundError(UNKNOWN)
        await redraw(self.session, self.deps, self.watcher, card)
        self.card = card
        return card

    async def reply(self, key: str, message: Rendered) -> Told:
        """Put a message into the reminder's thread, or where it is told when there is no root message yet."""
        taken_over = self.card.reminder.delegated_to
        to = Addressee(self.watcher.snapshot.team(taken_over)) if taken_over is not None else self.card.watch.addressee
        return await self._send(to, key, message, parent_key=self.card.reminder.root_key or None)

    async def tell_team(self, key: str, team: TeamRecord, message: Rendered) -> Told:
        """Send a message to another team."""
        return await self._send(Addressee(team), key, message)

    async def _send(self, to: Addressee, key: str, message: Rendered, *, parent_key: str | None = None) -> Told:
        return await routing.send(
            self.session,
            self.deps,
            self.watcher.snapshot,
            to,
            key=key,
            message=message,
            at=self.now,
            asker_id=routing.slack_id_of(self.watcher.snapshot.person(self.person_id)),
            parent_key=parent_key,
        )

    async def revise(self, key: str, message: Rendered) -> None:
        """Let a message that was sent before read like this."""
        await outbox.revise(self.session, key=key, message=message, at=self.now)

    def answer(self, answer_id: int | None) -> Answer | None:
        """Return an answer in force as the card has it."""
        return next((each for each in self.card.reminder.answers if each.id == answer_id), None)


@asynccontextmanager
async def acting(
    deps: Deps, watcher: Watcher, *, reminder_id: int, person_id: int, is_answer: bool = True
) -> AsyncIterator[Act]:
    """Open the transaction of an answer: of two people at once, the second sees what the first has done.

    With `is_answer`, NotAllowedError is raised unless the person may answer the reminder. NotFoundError when the
    reminder is closed, or nothing is known to end any more.
    """
    await watcher.current()  # gathered before, so that the transaction does not wait for it
    async with deps.database.transaction() as session:
        row = await locked(session, reminder_id)
        card = await card_of(deps, watcher, session, reminder_id)
        if not isinstance(card, Card):
            raise NotFoundError(CLOSED if isinstance(card, ClosedCard) else UNKNOWN)
        act = Act(deps, watcher, session, row, card, person_id, deps.clock.now())
        if is_answer:
            act.require(Right.ANSWER, await holders_of(session, card))
        yield act


async def locked(session: AsyncSession, reminder_id: int) -> tables.Reminder:
    """Return the reminder's row, held until the transaction ends. Raises NotFoundError for one that never was."""
    found = await session.execute(
        select(tables.Reminder).where(col(tables.Reminder.id) == reminder_id).with_for_update()
    )
    row = found.scalar_one_or_none()
    if row is None:
        raise NotFoundError(UNKNOWN)
    return row


async def holders_of(session: AsyncSession, card: Card, *, asked_by: int | None = None) -> Holders:
    """Return in whose hands a reminder is: the addressee's, and those of the team that has taken it over."""
    addressee = card.watch.addressee
    team_id = addressee.team.id if addressee.team is not None else None
    return await actors.holders(
        session, [team_id, card.reminder.delegated_to], person=addressee.person, asked_by=asked_by
    )


async def answer_of(session: AsyncSession, row: tables.ReminderAnswer) -> Answer:
    """Return an answer that may be over with the people in it."""
    assert row.id is not None  # noqa: S101 - it has been read or flushed
    return Answer(
        id=row.id,
        kind=AnswerKind(row.kind),
        person=await _person(session, row.person_id),
        at=row.at,
        deadline=row.deadline,
        milestone=row.milestone,
        until=row.until,
        team_id=row.team_id,
        detail=row.detail,
        decided_by=await _person(session, row.decided_by) if row.decided_by is not None else None,
        decided_at=row.decided_at,
    )


async def _person(session: AsyncSession, person_id: int) -> PersonRecord | None:
    row = await session.get(tables.Person, person_id)
    if row is None:
        return None
    name = row.name or row.handle or row.email or row.slack_id or ""
    return PersonRecord(id=person_id, name=name, slack_id=row.slack_id or "", is_active=row.is_active)

"""What matters contribute to the daily pass: disputes that nobody has been told of, reminders, and an end."""

# ruff: noqa: ARG002 - the kernel gives every noun more than this one needs

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import ownership as blocks
from bot.blocks.digests import Section
from bot.blocks.lines import Line
from bot.domain.daily_limit import Agenda, Due, Written
from bot.domain.ownership.matters import (
    FollowUpStep,
    MatterCard,
    MatterKind,
    MatterState,
    Reminder,
    Waiting,
    next_step,
    reminder_of,
)
from bot.domain.recipients import Recipient
from bot.domain.working_time import WorkingTime
from bot.ports import Slack
from bot.services import daily_limit, routing
from bot.services.contributors import Message, Telling, Unaccompanied, Unescalated
from bot.services.daily_limit import TakenError
from bot.services.deps import Deps
from bot.services.matters import disputes
from bot.services.matters._cards import Ending, card_key, end, fold_older, loaded, redraw
from bot.services.matters._open import open_rows
from bot.services.matters.admins import admin_to_ask, has_admin, meet_admins
from bot.services.portfolio import Portfolios
from bot.services.snapshot import Snapshot
from bot.store.db import release
from bot.store.journal import audit, lock_catalog

NOUN = "ownership"
#: What tells whether a matter has changed for whoever has to answer it.
_Seen = tuple[int | None, str, datetime, datetime | None, int]


@dataclass(slots=True)
class MatterNews(Unaccompanied):
    """The matters that one recipient has to answer."""

    deps: Deps
    snapshot: Snapshot
    recipient: Recipient
    key: str
    cards: Mapping[int, MatterCard] = field(default_factory=dict)
    waiting: Mapping[int, Waiting] = field(default_factory=dict)
    _steps: dict[int, FollowUpStep] = field(default_factory=dict)
    _reminders: dict[int, Reminder] = field(default_factory=dict)
    _said: set[int] = field(default_factory=set)

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.cards)

    def agenda(self, *, now: datetime, work: WorkingTime, written: Written) -> Agenda:
        """Return what there is now: what is told or asked again, what ends, and what stands in each digest."""
        today, due, days = work.today(now), list[Due](), list[date]()
        can_be_told = bool(routing.places(self.deps, self.snapshot, self.recipient))
        is_stuck = not can_be_told and admin_to_ask(self.deps, self.snapshot).key != self.key  # another one can decide
        self._steps, self._reminders = {}, {}
        for number, waiting in self.waiting.items():
            can_pass_on = has_admin(self.deps, self.snapshot, but=self.cards[number].claimed_by)
            waits = replace(waiting, is_passed_on=waiting.is_passed_on and not is_stuck)
            step, day = next_step(waits, work, has_admin=can_pass_on, can_be_told=can_be_told)
            if day > today:
                days.append(day)
                continue
            self._steps[number] = step
            if step is FollowUpStep.REMIND:
                self._reminders[number] = reminder_of(waits, work, has_admin=can_pass_on)
            if step in (FollowUpStep.TELL, FollowUpStep.REMIND):
                key = (str(number), step.value, str(waiting.times_reminded))
                due.append(Due(noun=NOUN, key=key, days=(day - today).days, is_loud=True))
        steps = self._steps.values()
        return Agenda(
            due=tuple(due),
            known_since=min((work.today(each.since) for each in self.waiting.values()), default=None),
            has_news=FollowUpStep.LIST in steps,
            has_changes=FollowUpStep.PASS_ON in steps or FollowUpStep.EXPIRE in steps,
            next_on=min(days, default=None),
        )

    async def read(self, session: AsyncSession) -> None:
        """Read again what they have to answer."""
        self.cards, self.waiting = (await _read(session, self.deps, self.snapshot, [self.key]))[self.key]

    async def begin(self, telling: Telling) -> None:
        """Pass on what nobody has answered, and end what the catalog admins have not answered either."""
        over = {each for each, step in self._steps.items() if step in (FollowUpStep.PASS_ON, FollowUpStep.EXPIRE)}
        if not over:
            return
        session, now = telling.session, telling.now
        await lock_catalog(await session.connection())
        for row in await open_rows(session, over):
            step, card = self._steps[row.id], self.cards[row.id]
            subject = f"matter:{row.id}"
            await audit(session, now, "baton", f"ownership.matter.{step.value}", subject)
            if step is FollowUpStep.EXPIRE:
                await end(Ending(self.deps, self.snapshot, session, row, card, now), MatterState.EXPIRED)
                continue
            row.answerer, row.asked_at = admin_to_ask(self.deps, self.snapshot, but=card.claimed_by).key, now
            row.told_at, row.times_reminded, row.is_passed_on = None, 0, True
            await redraw(session, row, await loaded(session, self.deps, self.snapshot, row), at=now)

    async def say(self, telling: Telling, due: Sequence[Due], *, lead: Due | None) -> None:
        """Note that these are said."""
        for each in due:
            number = int(each.key[0])
            self._said.add(number)
            for row in await open_rows(telling.session, {number}):
                step, waiting = FollowUpStep(each.key[1]), self.waiting[number]
                if row.ended_at is not None or row.times_reminded != waiting.times_reminded:
                    raise TakenError
                if step is FollowUpStep.TELL:
                    row.told_at = telling.now
                else:
                    row.times_reminded += 1
                row.said_on = telling.today
                if each == lead:
                    row.message_keys = [*row.message_keys, self._key(each)]
                    await fold_older(telling.session, row, self.cards[number], at=telling.now)

    async def end(self, telling: Telling, *, is_digest: bool) -> None:
        """Remember in which message these were said, so that it says how they end."""
        if not self._said:
            return
        day = telling.recipient.key, telling.today
        key = (await daily_limit.message_keys(telling.session, [day])).get(day, "")
        for row in await open_rows(telling.session, self._said) if key else ():
            row.message_keys = list(dict.fromkeys([*row.message_keys, key]))

    def line(self, due: Due) -> Line:
        """Return what is said of one matter in another's message."""
        return self._line(int(due.key[0]))

    def _line(self, number: int) -> Line:
        return blocks.matter_line(self.cards[number], self._reminders.get(number))

    def message(self, lead: Due, also: Sequence[Line]) -> Message:
        """Return the card of one matter, to be answered."""
        number = int(lead.key[0])
        content = blocks.card(self.cards[number], also, reminder=self._reminders.get(number))
        return Message(key=self._key(lead), content=content)

    def _key(self, due: Due) -> str:
        """Return the outbox key of a card: what somebody else was told before, or they themselves, is another."""
        number, step, times = due.key
        since = int(self.waiting[int(number)].since.timestamp() * 1000)
        return card_key(int(number), f"{self.key}:{step}:{times}:{since}")

    def section(self, telling: Telling, due: Sequence[Due], *, is_first: bool) -> Section | None:
        """Return the section of the digest: what is due, and what waits for a catalog admin for long."""
        numbers = [int(each.key[0]) for each in due]
        numbers += [number for number, step in self._steps.items() if step is FollowUpStep.LIST]
        self._said.update(numbers)
        lines = [self._line(number) for number in numbers]
        return (lambda share: blocks.matter_section(lines, share)) if lines else None


class Matters(Unescalated[MatterNews]):
    """Claims, doubts and disputes that somebody has to answer. All state is in the store."""

    name = NOUN

    def __init__(self, deps: Deps, snapshot: Snapshot, slack: Slack, portfolios: Portfolios) -> None:
        self._deps, self._snapshot, self._slack, self._portfolios = deps, snapshot, slack, portfolios

    async def changed(
        self, session: AsyncSession, since: frozenset[_Seen] | None, written: Mapping[str, set[int]]
    ) -> tuple[frozenset[_Seen], Collection[str]]:
        """Open and end matters as the catalog has it now, and return who has to answer one that has changed."""
        current = await self._portfolios.current()
        rows = await disputes.reconcile(session, self._deps, self._snapshot, current.disputed)
        if rows:
            await release(session)
            await meet_admins(self._deps, self._slack, self._snapshot)
        seen = frozenset((row.id, row.answerer, row.asked_at, row.told_at, row.times_reminded) for row in rows)
        return seen, {each[1] for each in seen ^ (since or frozenset())}

    async def parts(self, session: AsyncSession, keys: Collection[str]) -> Mapping[str, MatterNews]:
        """Return what these have to answer, by their keys; nothing for those who have nothing."""
        return {
            key: MatterNews(self._deps, self._snapshot, self._snapshot.recipient(key), key, cards, waiting)
            for key, (cards, waiting) in (await _read(session, self._deps, self._snapshot, keys)).items()
            if cards
        }

    async def said_on(self, session: AsyncSession, key: str, day: date) -> Sequence[Line]:
        """Return what a recipient was told of on a day of theirs, and has not answered."""
        rows = [row for row in await open_rows(session) if row.answerer == key and row.said_on == day]
        return [blocks.matter_line(await loaded(session, self._deps, self._snapshot, row)) for row in rows]


async def _read(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, keys: Collection[str]
) -> dict[str, tuple[dict[int, MatterCard], dict[int, Waiting]]]:
    """Return the open matters that these have to answer, by their keys, and how long each waits."""
    found: dict[str, tuple[dict[int, MatterCard], dict[int, Waiting]]] = {key: ({}, {}) for key in keys}
    for row in await open_rows(session):
        if row.answerer not in found:
            continue
        cards, waiting = found[row.answerer]
        cards[row.id] = await loaded(session, deps, snapshot, row)
        loan = cards[row.id].loan
        waiting[row.id] = Waiting(
            kind=MatterKind(row.kind),
            since=row.asked_at,
            is_told=row.told_at is not None,
            times_reminded=row.times_reminded,
            is_passed_on=row.is_passed_on,
            lent_until=loan.until if loan is not None else None,
        )
    return found

"""Closes reminders on the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import eol as blocks
from bot.blocks.text import mention
from bot.domain.eol.answers import SHARED
from bot.domain.eol.plans import plan_of
from bot.domain.eol.reminders import ClosedCard, Remembered
from bot.domain.eol.resolution import Resolution, resolve
from bot.domain.eol.responsibility import Addressee
from bot.services import outbox, routing
from bot.services.daily_limit import TakenError
from bot.services.deps import Deps
from bot.services.eol import plan_news, reminder_store
from bot.services.eol.evidence import evidence_for
from bot.services.eol.exposure import Watcher
from bot.services.eol.message_updates import end_questions, redraw, revise_digest
from bot.store.journal import audit
from bot.store.tables import Reminder, ReminderAnswer, core

_TABLE = core(Reminder)


class Closing:
    """Finds out why reminders have nothing to watch any more."""

    def __init__(self, deps: Deps, watcher: Watcher) -> None:
        self._deps, self._watcher = deps, watcher
        #: What was known when nothing was found out about a reminder: to save looking again before that changes.
        self._left: dict[int, tuple[int, str, date]] = {}

    async def look(self, session: AsyncSession, vanished: Sequence[Remembered]) -> Mapping[int, Resolution]:
        """Return what became of them, by id, without those of which it is not known."""
        watches, facts = await self._watcher.current(), self._watcher.facts
        known = {
            each.id: (
                self._watcher.snapshot.revision,
                facts.table.hash,
                self._watcher.today(self._watcher.snapshot.recipient(each.addressee)),
            )
            for each in vanished
        }
        fresh = [each for each in vanished if self._left.get(each.id) != known[each.id]]
        if not fresh:
            return {}
        evidence = await evidence_for(self._watcher, session, fresh)
        found: dict[int, Resolution] = {}
        for each in fresh:
            resolution = resolve(each, evidence[each.id], watches, facts.table, today=known[each.id][2])
            if resolution is not None:
                found[each.id] = resolution
        self._left |= {each.id: known[each.id] for each in fresh if each.id not in found}
        return found

    async def close(
        self, session: AsyncSession, reminder: Remembered, resolution: Resolution, places: Sequence[str]
    ) -> None:
        """Resolve one: its messages say so, and after an upgrade a reply in its thread, which calls nobody.

        Raises TakenError when another process is at it.
        """
        now = self._deps.clock.now()
        statement = (
            update(_TABLE)
            .where(_TABLE.c.id == reminder.id, _TABLE.c.resolved_at.is_(None))
            .values(resolved_at=now, resolution=resolution.value)
        )
        if not (await session.execute(statement)).rowcount:  # type: ignore[attr-defined]  # an UPDATE's result has it
            raise TakenError
        detail = {"resolution": resolution.value}
        await audit(
            session, at=now, actor="baton", action="lifecycle.resolve", subject=f"reminder:{reminder.id}", detail=detail
        )
        if resolution is Resolution.PASSED:
            await _pass_on(session, reminder)
        else:
            await end_questions(session, reminder, now)
        card = await reminder_store.closed_card(self._watcher, session, reminder, resolution.value)
        await redraw(session, self._deps, self._watcher, card)
        if resolution in (Resolution.UPGRADED, Resolution.GONE, Resolution.UNLISTED):
            await revise_digest(session, reminder, partial(blocks.without_closed, card=card), at=now)
        if resolution is Resolution.UPGRADED and reminder.root_key and places:
            await outbox.enqueue(
                session,
                key=f"eol:{reminder.id}:resolved",
                channel=places[0],
                message=blocks.resolved(card),
                at=now,
                parent_key=reminder.root_key,
                fallbacks=places[1:],
            )
        if resolution is Resolution.UPGRADED and reminder.answers:
            await self._tell_planners(session, card, places)
        if resolution is Resolution.MOVED:
            await plan_news.call_off(session, self._watcher, reminder, now)

    async def _tell_planners(self, session: AsyncSession, card: ClosedCard, own_places: Sequence[str]) -> None:
        """Tell the people whom the plan names, and the teams that own another area, that it is done.

        Its own team is told in the thread, or in the channel if there is no thread.
        """
        reminder, snapshot = card.reminder, self._watcher.snapshot
        answer = next((each for each in reminder.answers if plan_of(each) is not None), None)
        plan = plan_of(answer) if answer is not None and not answer.is_shared else None
        if plan is None:
            return
        people = {plan.compatibility.owner, plan.upgrade.owner, plan.decider}
        told: dict[str, Sequence[str]] = {slack_id: (slack_id,) for slack_id in people if mention(slack_id)}
        if not reminder.root_key:
            told[reminder.holder] = own_places
        for name in {name for run in card.evidence for name in blocks.upgraded_with(run)}:
            team = snapshot.team_by_name(name)
            if team is not None and not team.is_gone and Addressee(team).key != reminder.holder:
                told[Addressee(team).key] = routing.places(self._deps, snapshot, Addressee(team))
        now = self._deps.clock.now()
        for key, places in sorted(told.items()):
            if places:
                who = plan_news.recipient(snapshot, key) if key in people else snapshot.recipient(key)
                await outbox.enqueue(
                    session,
                    key=f"lifecycle.done:{reminder.id}:{key}",
                    channel=places[0],
                    message=blocks.resolved(card),
                    at=await plan_news.at_work(self._deps, snapshot, who, now),
                    fallbacks=places[1:],
                )


async def _pass_on(session: AsyncSession, reminder: Remembered) -> None:
    """Carry the answers to a deadline that no longer counts over to the next deadline of its release cycle."""
    t, answer = _TABLE.c, core(ReminderAnswer)
    heirs = (
        select(t.id, t.deadline)
        .where(t.addressee == reminder.addressee, t.product == reminder.product, t.cycle == reminder.cycle)
        .where(t.resolved_at.is_(None))
        .order_by(t.deadline.desc(), t.id.desc())
    )
    heir = (await session.execute(heirs)).first()
    if heir is None:
        return
    mine = (answer.c.reminder_id == reminder.id, answer.c.ended_at.is_(None))
    lasting = answer.c.kind.in_([each.value for each in SHARED])
    await session.execute(update(answer).where(*mine, lasting).values(reminder_id=heir.id, deadline=heir.deadline))

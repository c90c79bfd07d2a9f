"""The people of a planned upgrade: whoever is named is asked before their day, and closes their part."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import eol as blocks
from bot.blocks.text import mention
from bot.domain.eol import plans
from bot.domain.eol.answers import Answer
from bot.domain.eol.due_reminders import Asking
from bot.domain.eol.outcomes import AlreadyStanding, PartClosed
from bot.domain.eol.plans import plan_of
from bot.domain.eol.reminders import Card
from bot.domain.eol.responsibility import Addressee
from bot.domain.records import PersonRecord
from bot.domain.rights import Right
from bot.errors import UserError
from bot.services import actors, daily_limit, outbox, routing
from bot.services.deps import Deps
from bot.services.eol._card_answers import acting
from bot.services.eol.exposure import Watcher
from bot.services.eol.plan_news import at_work, recipient, retell, write
from bot.services.snapshot import Snapshot
from bot.store import tables


def names_of(snapshot: Snapshot, detail: Mapping[str, str]) -> dict[str, str]:
    """Return the names of the people of a plan by their Slack ids, as far as the catalog knows them."""
    people = {said: snapshot.person_by_slack_id(said) for said in (detail.get(key, "") for key in plans.PEOPLE) if said}
    return {said: person.name for said, person in people.items() if person is not None}


async def close(deps: Deps, watcher: Watcher, *, reminder_id: int, person_id: int) -> PartClosed | AlreadyStanding:
    """Note that the application is compatible: the first part of a plan. Whoever the plan names for it says so.

    Whoever upgrades hears that they can go ahead.

    Where it names nobody, whoever may answer the reminder does. Raises UserError where nothing is planned.
    """
    async with acting(deps, watcher, reminder_id=reminder_id, person_id=person_id, right=None) as act:
        answer = next((each for each in act.card.reminder.answers if plan_of(each) is not None), None)
        plan = plan_of(answer) if answer is not None else None
        if answer is None or plan is None:
            raise UserError("Nothing is planned here any more: `/eol` shows what stands.")
        first = plan.compatibility
        if first.owner:
            owner = await _person(act.session, first.owner)
            act.require(Right.CLOSE_PART, await actors.holders(act.session, (), people=[owner]))
        else:
            act.require(Right.ANSWER, await act.holders())
        if first.done_on is not None:
            return AlreadyStanding(act.card, answer)
        await _note(act.session, answer, {plans.COMPATIBLE_SINCE: act.today.isoformat()})
        await act.note("compatible", answer=answer.id)
        card = await act.redraw()
        now_closed = act.answer(answer.id) or answer
        await retell(act, card, now_closed)
        is_told = False
        if plan.upgrade.owner != routing.slack_id_of(act.snapshot.person(person_id)):
            key = f"lifecycle.part-closed:{answer.id}"
            is_told = await write(act, key, plan.upgrade.owner, blocks.part_closed(card, now_closed))
        return PartClosed(card, now_closed, is_told)


async def ask(session: AsyncSession, deps: Deps, watcher: Watcher, card: Card, asking: Asking, now: datetime) -> None:
    """Ask the owners of parts of a plan whether they will be done; each in a message of their own, one a day.

    On a day on which somebody does not work they are asked at the next pass that finds them at work.
    """
    for slack_id in sorted({part.owner for part in asking.parts if mention(part.owner)}):
        parts = [part for part in asking.parts if part.owner == slack_id]
        again = ":late" * any(part.is_late(card.today) for part in parts)
        about = "+".join(part.part.value for part in parts)
        key = f"lifecycle.part:{asking.answer.id}:{about}{again and f'{again}:{card.today}'}"
        if await at_work(deps, watcher.snapshot, recipient(watcher.snapshot, slack_id), now) > now:
            continue
        person = watcher.snapshot.person_by_slack_id(slack_id)
        if person is not None and not await _takes_day(session, watcher, person, key):
            continue
        message = blocks.part_asked(card, asking.answer, parts)
        await outbox.enqueue(session, key=key, channel=slack_id, message=message, at=now)
        notes: dict[str, str] = {}
        for part in parts:
            notes |= plans.asked(part.part, card.today)
        await _note(session, asking.answer, notes)


async def _takes_day(session: AsyncSession, watcher: Watcher, person: PersonRecord, key: str) -> bool:
    """Whether somebody has had no other message today, so that this one is theirs."""
    who = Addressee(person=person)
    today: date = watcher.today(who)
    if (await daily_limit.written_to(session, [who.key]))[who.key].last == today:
        return False
    await daily_limit.take(session, who.key, today, key=key, is_digest=False)
    return True


async def _note(session: AsyncSession, answer: Answer, notes: Mapping[str, str]) -> None:
    """Write beside a plan what has become of it, under the row as it is now."""
    row = await session.get_one(tables.ReminderAnswer, answer.id, populate_existing=True)
    table = tables.ReminderAnswer
    await session.execute(update(table).where(col(table.id) == answer.id).values(detail={**row.detail, **notes}))


async def _person(session: AsyncSession, slack_id: str) -> PersonRecord | None:
    """Return whoever has a Slack id, as the store has them now."""
    table = tables.Person
    row = (await session.execute(select(table).where(col(table.slack_id) == slack_id))).scalars().first()
    if row is None:
        return None
    return PersonRecord(id=row.id, name=row.name or row.handle or slack_id, slack_id=slack_id, is_active=row.is_active)

"""The people of a planned upgrade: whoever is named is told once, asked before their day, and closes their part."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import eol as blocks
from bot.blocks.text import Rendered, mention
from bot.domain.eol import plans
from bot.domain.eol.answers import Answer
from bot.domain.eol.due_reminders import Asking
from bot.domain.eol.outcomes import AlreadyStanding, PartClosed
from bot.domain.eol.plans import plan_of
from bot.domain.eol.reminders import Card, Remembered
from bot.domain.eol.responsibility import Addressee
from bot.domain.records import PersonRecord
from bot.domain.rights import Right
from bot.errors import UserError
from bot.services import actors, daily_limit, outbox, routing
from bot.services.deps import Deps
from bot.services.eol._card_answers import ReminderAct, acting
from bot.services.eol.exposure import Watcher
from bot.services.eol.successors import successor
from bot.services.snapshot import Snapshot
from bot.services.working_times import WorkingTimes
from bot.store import tables

_TIMES = WorkingTimes()


def names_of(snapshot: Snapshot, detail: Mapping[str, str]) -> dict[str, str]:
    """Return the names of the people of a plan by their Slack ids, as far as the catalog knows them."""
    people = {said: snapshot.person_by_slack_id(said) for said in (detail.get(key, "") for key in plans.PEOPLE) if said}
    return {said: person.name for said, person in people.items() if person is not None}


async def tell(act: ReminderAct, answer: Answer, *, before: Mapping[str, str]) -> None:
    """Tell whoever a plan names, and the teams that own another area of what is upgraded; the same is said once.

    `before` is the detail of the plan that it changes. Whoever upgrades hears when it opens the first part again.
    """
    plan = plan_of(answer)
    if plan is None:
        return
    by = routing.slack_id_of(act.snapshot.person(act.person_id))
    for slack_id in sorted({plan.compatibility.owner, plan.upgrade.owner, plan.decider} - {"", by}):
        if not mention(slack_id):
            continue
        about = [(part.part.value, part.on) for part in plan.parts if part.owner == slack_id]
        key = _digest(slack_id, about, plan.decider == slack_id, plan.rollback if plan.decider == slack_id else "")
        named = blocks.part_named(act.card, answer, slack_id)
        await _write(act, f"lifecycle.named:{act.subject_id}:{key}", slack_id, named)
    if plans.is_reopened(before, answer.detail) and plan.upgrade.owner != by:
        await _write(
            act, f"lifecycle.part-open:{answer.id}", plan.upgrade.owner, blocks.part_reopened(act.card, answer)
        )
    for name in sorted({name for run in act.card.watch.runs for name in blocks.upgraded_with(run)}):
        team = act.snapshot.team_by_name(name)
        if team is None or team.is_gone or Addressee(team).key == act.card.holder.key:
            continue
        said = _digest(sorted(plans.essence(answer.detail).items()), answer.until)
        key = f"lifecycle.plan-told:{act.subject_id}:{team.id}:{said}"
        at = await at_work(act.deps, act.snapshot, Addressee(team), act.now)
        await act.send(Addressee(team), key, blocks.plan_told(act.card, answer), at=at)


async def _write(act: ReminderAct, key: str, slack_id: str, message: Rendered) -> bool:
    """Write to somebody whom a plan names, once they are at work; return whether there is somebody."""
    if not mention(slack_id):
        return False
    at = await at_work(act.deps, act.snapshot, recipient(act.snapshot, slack_id), act.now)
    await outbox.enqueue(act.session, key=key, channel=slack_id, message=message, at=at)
    return True


def recipient(snapshot: Snapshot, slack_id: str) -> Addressee:
    """Return whoever has a Slack id as somebody who is written to."""
    return Addressee(person=snapshot.person_by_slack_id(slack_id))


async def at_work(deps: Deps, snapshot: Snapshot, who: Addressee, now: datetime) -> datetime:
    """Return when somebody is at work next, now if they are."""
    return (await _TIMES.of(routing.zone_name_of(deps, snapshot, who), now)).next_open(now)


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
        is_told = False
        if plan.upgrade.owner != routing.slack_id_of(act.snapshot.person(person_id)):
            key = f"lifecycle.part-closed:{answer.id}"
            is_told = await _write(act, key, plan.upgrade.owner, blocks.part_closed(card, now_closed))
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


async def call_off(session: AsyncSession, watcher: Watcher, reminder: Remembered, now: datetime) -> None:
    """Tell whoever a plan names that it holds no longer, where somebody else has what it was about.

    What they were asked so far says so, too, and has no buttons any more.
    """
    answer = next((each for each in reminder.answers if plan_of(each) is not None and not each.is_shared), None)
    plan = plan_of(answer) if answer is not None else None
    found = await successor(watcher, session, reminder) if plan is not None else None
    if answer is None or plan is None or found is None:
        return
    by = answer.person.slack_id if answer.person is not None else ""
    for slack_id in sorted({plan.compatibility.owner, plan.upgrade.owner, plan.decider} - {"", by}):
        if mention(slack_id):
            key = f"lifecycle.plan-off:{answer.id}:{slack_id}"
            await outbox.enqueue(session, key=key, channel=slack_id, message=blocks.plan_off(found), at=now)
    asked = tables.OutboxMessage
    begins = (f"lifecycle.named:{reminder.id}:", f"lifecycle.part:{answer.id}:")
    query = select(col(asked.key), col(asked.body)).where(
        or_(*(col(asked.key).startswith(each, autoescape=True) for each in begins))
    )
    for key, body in (await session.execute(query)).all():
        await outbox.revise(session, key=key, message=blocks.named_before(body["text"], found), at=now)


async def _takes_day(session: AsyncSession, watcher: Watcher, person: PersonRecord, key: str) -> bool:
    """Whether somebody has had no other message today, so that this one is theirs."""
    who = Addressee(person=person)
    today: date = watcher.today(who)
    if (await daily_limit.written_to(session, who.key)).last == today:
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
    if row is None or row.id is None:
        return None
    return PersonRecord(id=row.id, name=row.name or row.handle or slack_id, slack_id=slack_id, is_active=row.is_active)


def _digest(*said: object) -> str:
    return sha256(repr(said).encode()).hexdigest()[:16]

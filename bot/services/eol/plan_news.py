"""What people and teams hear of a plan: once that it is made, when it changes, and that it holds no longer.

What waits for its readers' working hours is kept true until then: it falls away with what it was about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import eol as blocks
from bot.blocks.text import Rendered, mention
from bot.domain.eol import plans
from bot.domain.eol.answers import Answer
from bot.domain.eol.plans import plan_of
from bot.domain.eol.reminders import Card, Remembered
from bot.domain.eol.responsibility import Addressee
from bot.services import outbox, routing
from bot.services.deps import Deps
from bot.services.eol import reminder_store
from bot.services.eol._card_answers import ReminderAct
from bot.services.eol.exposure import Watcher
from bot.services.eol.reminder_store import remembered
from bot.services.eol.successors import successor
from bot.services.snapshot import Snapshot
from bot.services.working_times import WorkingTimes
from bot.store import tables
from bot.store.db import Database, release

_TIMES = WorkingTimes()
#: With what the outbox keys begin of what people whom a plan names are told, and teams that own another area.
_NAMED, _TOLD = "lifecycle.named:", "lifecycle.plan-told:"


class _News(NamedTuple):
    """What is said of a plan, and to whom: to a team, or to whoever has the Slack id."""

    message: Rendered
    slack_id: str = ""
    team: Addressee | None = None


async def tell(act: ReminderAct, answer: Answer, *, before: Mapping[str, str]) -> None:
    """Tell whoever a plan names, and the teams that own another area of what is upgraded; the same is said once.

    `before` is the detail of the plan that it changes. Whoever upgrades hears when it opens the first part again. What
    has not been said of the plan before, and is not so any more, is not said.
    """
    plan = plan_of(answer)
    if plan is None:
        return
    by = routing.slack_id_of(act.snapshot.person(act.person_id))
    news = _news(act.snapshot, act.card, answer, by=by)
    unsent = await outbox.unsent(act.session, _begins(act.subject_id))
    await outbox.take_back(act.session, [each for each in unsent if each not in news])
    for key, each in news.items():
        if each.team is not None:
            at = await at_work(act.deps, act.snapshot, each.team, act.now)
            await act.send(each.team, key, each.message, at=at)
        else:
            await write(act, key, each.slack_id, each.message)
    await retell(act, act.card, answer)
    if plans.is_reopened(before, answer.detail) and plan.upgrade.owner != by:
        await write(act, f"lifecycle.part-open:{answer.id}", plan.upgrade.owner, blocks.part_reopened(act.card, answer))


async def retell(act: ReminderAct, card: Card, answer: Answer) -> None:
    """Let what the owner of the first part was told and asked say whether that is done: it may ask for it no longer."""
    plan = plan_of(answer)
    owner = plan.compatibility.owner if plan is not None else ""
    if plan is None or not owner:
        return
    for key, each in _news(act.snapshot, card, answer, by=_by(answer)).items():
        if each.slack_id == owner:
            await outbox.revise(act.session, key=key, message=each.message, at=act.now)
    said, asked = tables.OutboxMessage, f"lifecycle.part:{answer.id}:"
    query = select(col(said.key)).where(col(said.key).startswith(asked, autoescape=True), col(said.channel) == owner)
    for key in (await act.session.execute(query)).scalars().all():
        about = key.removeprefix(asked).partition(":")[0].split("+")
        parts = [part for part in plan.parts if part.part.value in about]
        await outbox.revise(act.session, key=key, message=blocks.part_asked(card, answer, parts), at=act.now)


def _news(snapshot: Snapshot, card: Card, answer: Answer, *, by: str) -> dict[str, _News]:
    """Return what is said of a plan that `by` has made, by the keys under which it is said once."""
    plan, reminder_id, found = plan_of(answer), card.reminder.id, dict[str, _News]()
    assert plan is not None  # noqa: S101 - it is said of plans
    for slack_id in sorted({plan.compatibility.owner, plan.upgrade.owner, plan.decider} - {"", by}):
        if mention(slack_id):
            about = [(part.part.value, part.on) for part in plan.parts if part.owner == slack_id]
            key = _digest(slack_id, about, plan.decider == slack_id, plan.rollback if plan.decider == slack_id else "")
            found[f"{_NAMED}{reminder_id}:{key}"] = _News(blocks.part_named(card, answer, slack_id), slack_id)
    for name in sorted({name for run in card.watch.runs for name in blocks.upgraded_with(run)}):
        team = snapshot.team_by_name(name)
        if team is None or team.is_gone or Addressee(team).key == card.holder.key:
            continue
        said = _digest(sorted(plans.essence(answer.detail).items()), answer.until)
        key = f"{_TOLD}{reminder_id}:{team.id}:{said}"
        found[key] = _News(blocks.plan_told(card, answer), team=Addressee(team))
    return found


def _begins(reminder_id: int) -> tuple[str, str]:
    """Return with what the keys of that begin."""
    return f"{_NAMED}{reminder_id}:", f"{_TOLD}{reminder_id}:"


async def write(act: ReminderAct, key: str, slack_id: str, message: Rendered) -> bool:
    """Write to somebody whom a plan names, once they are at work; return whether there is somebody.

    Whoever acts hears when they are not reached after all.
    """
    to = recipient(act.snapshot, slack_id)
    if not mention(slack_id) or (to.person is not None and not to.person.is_active):
        return False
    at = await at_work(act.deps, act.snapshot, to, act.now)
    by = act.hears_of_loss(to.name)
    await outbox.enqueue(act.session, key=key, channel=slack_id, message=message, at=at, asker=by)
    return True


def recipient(snapshot: Snapshot, slack_id: str) -> Addressee:
    """Return whoever has a Slack id as somebody who is written to."""
    return Addressee(person=snapshot.person_by_slack_id(slack_id))


async def at_work(deps: Deps, snapshot: Snapshot, who: Addressee, now: datetime) -> datetime:
    """Return when somebody is at work next, now if they are."""
    return (await _TIMES.of(routing.zone_name_of(deps, snapshot, who), now)).next_open(now)


class Leaving(NamedTuple):
    """Assets that these owners, by their keys, have no longer, and who has them now; empty for nobody."""

    owners: frozenset[str]
    gone: frozenset[int]
    to: str


async def leave_out(session: AsyncSession, deps: Deps, watcher: Watcher, leaving: Leaving, now: datetime) -> None:
    """Let what is still to be said of owners' plans leave out what they have no longer.

    A plan of which nothing is left is not announced any more, unless it is that of whoever has it now: they had taken
    the reminder over before.
    """
    exposure, gone = watcher.latest, leaving.gone
    for reminder in [each for key in sorted(leaving.owners) for each in await remembered(session, addressee=key)]:
        answer = _plan_in_force(reminder)
        planned = answer.asset_ids or frozenset() if answer is not None else frozenset()
        if answer is None or not planned & gone or reminder.holder == leaving.to:
            continue
        watch = exposure.by_key.get(reminder.key) if exposure is not None else None
        rest = tuple(run for run in watch.runs if run.asset.id not in gone) if watch is not None else ()
        if watch is None and not planned <= gone:
            continue  # it is being found out what is left
        news: Mapping[str, _News] = {}
        if watch is not None and rest:
            card = reminder_store.card(deps, watcher, reminder, replace(watch, runs=rest), {})
            news = _news(watcher.snapshot, card, answer, by=_by(answer))
        unsent = await outbox.unsent(session, _begins(reminder.id))
        for key in [each for each in unsent if each in news]:
            await outbox.revise(session, key=key, message=news[key].message, at=now)
        await outbox.take_back(session, [each for each in unsent if each not in news])


async def look_again(session: AsyncSession, database: Database, watcher: Watcher) -> None:
    """Take back what is still to be said of plans for what has another owner by now, as after an import at night."""
    unsent = await outbox.unsent(session, (_NAMED, _TOLD))
    ids = {int(key.split(":")[1]) for key in unsent}
    waiting = await remembered(session, reminder_ids=ids) if ids else []
    found = [(each, await successor(watcher, session, each)) for each in waiting]
    gone = [each for each, now in found if now is not None and each.holder != now.owner.key]
    if gone and (exposure := watcher.latest) is not None:
        begins = tuple(begin for each in gone if each.key not in exposure.by_key for begin in _begins(each.id))
        await release(session)
        async with database.transaction() as writing:
            await outbox.take_back(writing, [key for key in unsent if key.startswith(begins)])


async def call_off(session: AsyncSession, watcher: Watcher, reminder: Remembered, now: datetime) -> None:
    """Say that a plan is off, where somebody else has what it was about, to whomever it names who had heard of it.

    What was said of it so far says so, too, and has no buttons any more. Whoever the next owner's plan names knows.
    """
    answer = _plan_in_force(reminder)
    found = await successor(watcher, session, reminder) if answer is not None else None
    if answer is None or found is None or found.owner.key == reminder.holder:  # who has it goes on with their plan
        return
    await outbox.take_back(session, await outbox.unsent(session, _begins(reminder.id)))
    said = tables.OutboxMessage
    asked = f"lifecycle.part:{answer.id}:"
    named, told = _begins(reminder.id)
    query = select(col(said.key), col(said.channel), col(said.body)).where(
        or_(*(col(said.key).startswith(each, autoescape=True) for each in (named, told, asked)))
    )
    rows = (await session.execute(query)).all()
    people = _named(answer) & {row.channel for row in rows if not row.key.startswith(told)}
    for slack_id in sorted(people - {_by(answer)} - await _named_next(session, found.reminder_id)):
        key = f"lifecycle.plan-off:{answer.id}:{slack_id}"
        await outbox.enqueue(session, key=key, channel=slack_id, message=blocks.plan_off(found), at=now)
    for key, _, body in rows:
        message = blocks.named_before(body["text"], found, names_reader=not key.startswith(told))
        await outbox.revise(session, key=key, message=message, at=now)


async def _named_next(session: AsyncSession, reminder_id: int | None) -> set[str]:
    """Return whom the next owner's own plan names."""
    theirs = await remembered(session, reminder_ids=[reminder_id]) if reminder_id is not None else []
    return {each for reminder in theirs for answer in reminder.answers for each in _named(answer)}


def _named(answer: Answer) -> set[str]:
    plan = plan_of(answer)
    return {plan.compatibility.owner, plan.upgrade.owner, plan.decider} - {""} if plan is not None else set()


def _plan_in_force(reminder: Remembered) -> Answer | None:
    """Return the plan that was given to this reminder, and not to another of its release cycle."""
    return next((each for each in reminder.answers if plan_of(each) is not None and not each.is_shared), None)


def _by(answer: Answer) -> str:
    return answer.person.slack_id if answer.person is not None else ""


def _digest(*said: object) -> str:
    return sha256(repr(said).encode()).hexdigest()[:16]

"""Use cases behind a reminder's buttons: acknowledge, plan, snooze, and say that it is done.

Every one may be pressed twice: the second press changes nothing and returns what stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from bot.domain.eol import plans
from bot.domain.eol.answers import SNOOZE_ENDS, AnswerKind
from bot.domain.eol.answers import snooze as snoozed
from bot.domain.eol.exposure import WatchKey
from bot.domain.eol.outcomes import AlreadyStanding, AnswerRecorded
from bot.domain.eol.plans import plan_of
from bot.domain.eol.reminders import Card, CardReader
from bot.domain.rights import Holders, Right, may, require
from bot.errors import NotFoundError, UserError
from bot.services import actors
from bot.services.deps import Deps
from bot.services.eol import plan_news, plan_parts
from bot.services.eol._card_answers import ReminderAct, acting, holders_of, open_card
from bot.services.eol.exposure import Watcher
from bot.services.eol.notify import open_reminders
from bot.services.eol.reminder_store import remembered
from bot.services.snapshot import Snapshot
from bot.store import tables

#: What keeps a reminder quiet for a while, and gives way to another answer.
_QUIET = (AnswerKind.ACKNOWLEDGED, AnswerKind.SNOOZED, AnswerKind.PLANNED)
#: Answers that an acknowledgement or a snooze does not undo.
_SETTLED = frozenset({AnswerKind.PLANNED, AnswerKind.WAIVED})


async def look_up(deps: Deps, watcher: Watcher, *, reminder_id: int, person_id: int | None = None) -> Card:
    """Return the card of an open reminder. Raises NotFoundError when it is closed or nothing is known of it.

    With `person_id` it is for a form: NotAllowedError is raised unless that person may answer, so that nobody fills in
    what the submission, which checks again, would refuse.
    """
    await watcher.current()
    async with deps.database.reading() as session:
        card = await open_card(deps, watcher, session, reminder_id)
        if person_id is not None:
            require(actors.actor(person_id), Right.ANSWER, await holders_of(session, card))
    return card


async def reminder_of(deps: Deps, watcher: Watcher, key: WatchKey) -> int:
    """Return the id of a deadline's reminder, which is opened where nobody has been reminded yet.

    Raises NotFoundError when what ends there has ended, or is somebody else's by now.
    """
    watch = (await watcher.current()).by_key.get(key)
    if watch is None:
        raise NotFoundError("This has changed: `/eol` shows what there is now.")
    async with deps.database.transaction() as session:
        await open_reminders(session, [(watch, watcher.today(watch.addressee))], at=deps.clock.now())
        theirs = await remembered(session, addressee=watch.addressee.key)
    return next(each.id for each in theirs if each.key == key)


def reader(snapshot: Snapshot, card: Card, slack_id: str) -> CardReader:
    """Return what the person with this Slack id may press of a reminder that they alone see; a click checks again."""
    addressee, delegate = card.watch.addressee, snapshot.team(card.reminder.delegated_to)
    teams = tuple(each for each in (addressee.team, delegate) if each is not None)
    held = Holders(teams, (addressee.person,) if addressee.person is not None else ())
    plan = plan_of(card.effect.answer) if card.effect.answer is not None else None
    is_named = plan is not None and plan.compatibility.owner == slack_id
    actor = actors.remembered(snapshot, slack_id)
    return CardReader(may(actor, Right.ANSWER, held), is_named, may(actor, Right.PIN, held))


async def acknowledge(
    deps: Deps, watcher: Watcher, *, reminder_id: int, person_id: int
) -> AnswerRecorded | AlreadyStanding:
    """Keep a reminder quiet until its next milestone. Whatever keeps it quiet already stands."""
    async with acting(deps, watcher, reminder_id=reminder_id, person_id=person_id) as act:
        stands = act.card.effect.answer
        if stands is not None:
            return AlreadyStanding(act.card, stands)
        await act.end(_QUIET, by=AnswerKind.ACKNOWLEDGED)
        seen = act.card.effect.current
        row = await act.add(AnswerKind.ACKNOWLEDGED, milestone=seen.days)
        await act.note("acknowledge", answer=row.id, milestone=seen.days)
        return await _recorded(act, row)


async def snooze(
    deps: Deps, watcher: Watcher, *, reminder_id: int, person_id: int, days: int
) -> AnswerRecorded | AlreadyStanding:
    """Keep a reminder quiet for some days, two weeks before its deadline at the latest.

    A plan or a waiver in force stands. Raises UserError when it is too late for a snooze.
    """
    async with acting(deps, watcher, reminder_id=reminder_id, person_id=person_id) as act:
        stands = act.card.effect.answer
        if stands is not None and stands.kind in _SETTLED:
            return AlreadyStanding(act.card, stands)
        until = snoozed(act.card.watch.deadline.on, act.today, days)
        if until is None:
            raise UserError(
                f"Too late to snooze: a snooze ends {SNOOZE_ENDS} days before the deadline. Plan or acknowledge it."
            )
        if stands is not None and stands.kind is AnswerKind.SNOOZED and stands.until == until:
            return AlreadyStanding(act.card, stands)
        await act.end(_QUIET, by=AnswerKind.SNOOZED)
        row = await act.add(AnswerKind.SNOOZED, until=until)
        await act.note("snooze", answer=row.id, until=until.isoformat())
        return await _recorded(act, row)


async def plan(
    deps: Deps, watcher: Watcher, *, reminder_id: int, person_id: int, on: date, detail: Mapping[str, str]
) -> AnswerRecorded | AlreadyStanding:
    """Plan the upgrade for a day, today or later. It takes the place of whatever was answered before.

    `detail` is as `Answer` has it. A day after the deadline is allowed, and said. Raises UserError for a day that is
    over, and where the application is to be compatible only after the upgrade. The very same plan again changes
    nothing; a changed one keeps the first part closed while the same person does it. Whoever is named is told.
    """
    async with acting(deps, watcher, reminder_id=reminder_id, person_id=person_id) as act:
        if on < act.today:
            raise UserError("That day is over: choose today or a later one.")
        said = {key: value for key, value in detail.items() if value}
        if said.get(plans.COMPATIBLE_BY, "") > on.isoformat():
            raise UserError("The application has to be compatible before the upgrade: choose an earlier day for that.")
        stands = act.card.effect.answer
        is_planned = stands is not None and stands.kind is AnswerKind.PLANNED
        if stands is not None and is_planned and (stands.until, plans.essence(stands.detail)) == (on, said):
            return AlreadyStanding(act.card, stands)
        before = stands.detail if stands is not None and is_planned else {}
        said |= {**plans.named(said, plan_parts.names_of(act.snapshot, said)), **plans.carried(before, said)}
        await act.end(tuple(AnswerKind), by=AnswerKind.PLANNED)
        await _claim(act, None, None)
        row = await act.add(AnswerKind.PLANNED, until=on, detail=said)
        await act.note("plan", answer=row.id, until=on.isoformat())
        return await _planned(act, row, before=before)


async def keep_plan(
    deps: Deps, watcher: Watcher, *, reminder_id: int, person_id: int
) -> AnswerRecorded | AlreadyStanding:
    """Go on with what the owner before had planned. An answer that whoever has it has given since stands.

    Raises UserError where there is no such plan, or its day is over.
    """
    async with acting(deps, watcher, reminder_id=reminder_id, person_id=person_id) as act:
        if act.card.reminder.answers:
            return AlreadyStanding(act.card, act.card.effect.last)
        found = act.card.reminder.inherited
        if found is None or found.answer.until is None or not found.may_be_kept(act.today):
            raise UserError("There is no plan to keep any more: make your own.")
        row = await act.add(AnswerKind.PLANNED, until=found.answer.until, detail=plans.kept(found.answer.detail))
        await act.note("plan", answer=row.id, until=found.answer.until.isoformat(), kept=found.answer.id)
        return await _planned(act, row)


async def done(deps: Deps, watcher: Watcher, *, reminder_id: int, person_id: int) -> AnswerRecorded | AlreadyStanding:
    """Note that somebody says that it is done. The reminder stays open until the evidence shows it."""
    async with acting(deps, watcher, reminder_id=reminder_id, person_id=person_id) as act:
        if act.row.claimed_at is not None:
            return AlreadyStanding(act.card)
        await _claim(act, act.now, person_id)
        await act.note("done")
        return AnswerRecorded(await act.redraw())


async def _recorded(act: ReminderAct, row: tables.ReminderAnswer) -> AnswerRecorded:
    return AnswerRecorded(await act.redraw(), act.answer(row.id))


async def _planned(
    act: ReminderAct, row: tables.ReminderAnswer, *, before: Mapping[str, str] = MappingProxyType({})
) -> AnswerRecorded:
    recorded = await _recorded(act, row)
    if recorded.answer is not None:
        await plan_news.tell(act, recorded.answer, before=before)
    return recorded


async def _claim(act: ReminderAct, at: datetime | None, person_id: int | None) -> None:
    """Note that the upgrade is said to be done (None: no more), which is so for every deadline of the release cycle."""
    act.row.claimed_at, act.row.claimed_by = at, person_id
    async for other in act.others_of_cycle():
        other.row.claimed_at, other.row.claimed_by = at, person_id

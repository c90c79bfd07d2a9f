"""Carries out what was planned for one addressee, in the caller's transaction: rows and messages in one piece."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import eol as blocks
from bot.blocks.eol.moved import moved
from bot.domain.eol.exposure import Addressee, Watch
from bot.domain.eol.milestones import Loudness
from bot.domain.eol.reminder_plan import Due, NothingThisWeek, Ping, Plan, Redating, Subject, Weekly
from bot.domain.eol.reminders import Card, Digest, Item, Remembered
from bot.services import daily_limit, outbox
from bot.services.deps import Deps
from bot.services.eol import reminder_store
from bot.services.eol.exposure import Watcher
from bot.services.eol.message_updates import has_root, reply_key, revise_root, root_key
from bot.services.eol.reminder_store import Moves
from bot.store.inserts import insert_into
from bot.store.tables import Reminder, core

#: What a watch and its reminder are found by.
WatchKey = tuple[str, str, str, str]

_TABLE = core(Reminder)
_SAY = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("row"))
    .values({name: bindparam(f"new_{name}") for name in ("milestone", "said_on", "owed", "root_key")})
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One transaction for one addressee. `places` is where messages go, the best first; without any nothing is said."""

    session: AsyncSession
    deps: Deps
    watcher: Watcher
    addressee: Addressee
    places: tuple[str, ...]
    today: date
    now: datetime


async def carry_out(telling: Telling, plan: Plan, subjects: Sequence[Subject]) -> None:
    """Do what was planned. Raises TakenError when another process is at it."""
    work = _Work(telling, {each.watch.key: each.watch for each in subjects})
    if isinstance(plan.saying, NothingThisWeek):
        await daily_limit.looked_at(telling.session, [(telling.addressee.key, telling.today)])
    for subject in subjects:
        if subject.reminder is not None:
            work.put(subject.reminder)
    await open_reminders(telling.session, [(watch, telling.today) for watch in plan.opening])
    if plan.opening:
        opened = {watch.key for watch in plan.opening}
        for reminder in await reminder_store.remembered(telling.session, addressee=telling.addressee.key):
            if reminder.key in opened:
                work.put(reminder)
    for redating in plan.redating:
        work.put(await _redate(telling, redating))
    work.moves = await reminder_store.moves_of(telling.session, work.shown(plan))
    said = await work.say(plan)
    for redating in plan.redating:
        if redating.reminder.key not in said:
            await work.reply_moved(redating)
    is_weekly = isinstance(plan.saying, Weekly | NothingThisWeek)
    changed = {*said, *(each.reminder.key for each in plan.redating)}
    for key in list(work.reminders) if is_weekly else changed:
        if work.reminders[key].root_key and key != work.has_just_got_a_root:
            await revise_root(telling.session, telling.deps, telling.watcher, work.card(key))


@dataclass(slots=True)
class _Work:
    """What is known of the addressee's reminders while the plan is carried out, by the keys of their watches."""

    telling: Telling
    watches: Mapping[WatchKey, Watch]
    reminders: dict[WatchKey, Remembered] = field(default_factory=dict)
    moves: Moves = field(default_factory=dict)
    has_just_got_a_root: WatchKey | None = None

    def put(self, reminder: Remembered) -> None:
        self.reminders[reminder.key] = reminder

    def card(self, key: WatchKey) -> Card:
        telling = self.telling
        return reminder_store.card(telling.deps, telling.watcher, self.reminders[key], self.watches[key], self.moves)

    def shown(self, plan: Plan) -> Iterable[Watch]:
        """Yield the watches whose cards may be rendered."""
        if isinstance(plan.saying, Weekly | NothingThisWeek):
            return self.watches.values()
        due = (plan.saying.lead, *plan.saying.also) if isinstance(plan.saying, Ping) else ()
        keys = {*(each.subject.watch.key for each in due), *(each.reminder.key for each in plan.redating)}
        return [self.watches[key] for key in keys]

    async def say(self, plan: Plan) -> set[WatchKey]:
        """Put what is said into the outbox and note it; return the keys of what was said."""
        match plan.saying:
            case Weekly(items=due):
                pass
            case Ping(lead=lead, also=also):
                due = (lead, *also)
            case _:
                return set()
        lead_key = due[0].subject.watch.key if isinstance(plan.saying, Ping) else None
        rows = []
        for each in due:
            before = self.reminders[each.subject.watch.key]
            is_new_root = each.subject.watch.key == lead_key and not has_root(before)
            after = replace(
                before,
                milestone=each.milestone,
                said_on=self.telling.today,
                root_key=root_key(before) if is_new_root else before.root_key,
            )
            if is_new_root:
                self.has_just_got_a_root = lead_key
            self.put(after)
            rows.append(_said(after, each))
        items = [Item(self.card(each.subject.watch.key), each.milestone) for each in due]
        if isinstance(plan.saying, Weekly):
            await self._digest(plan.saying, items)
        else:
            await self._ping(due[0], items)
        if rows:
            await (await self.telling.session.connection()).execute(_SAY, rows)
        return {each.subject.watch.key for each in due}

    async def _digest(self, weekly: Weekly, items: Sequence[Item]) -> None:
        telling = self.telling
        digest = Digest(
            addressee=telling.addressee,
            items=tuple(items),
            today=telling.today,
            quiet=weekly.quiet,
            unsure=weekly.unsure,
            is_first=weekly.is_first,
        )
        key = f"{daily_limit.DIGEST}{telling.addressee.key}:{telling.today}"
        await daily_limit.take(telling.session, telling.addressee.key, telling.today, key=key, is_digest=True)
        first, *others = telling.places
        await outbox.enqueue(
            telling.session,
            key=key,
            channel=first,
            message=blocks.digest(digest),
            at=telling.now,
            fallbacks=others,
        )

    async def _ping(self, lead: Due, items: Sequence[Item]) -> None:
        """Say the most urgent in its own thread; where it has none yet, its root message begins it."""
        telling, item, also = self.telling, items[0], items[1:]
        root = item.card.reminder.root_key
        is_root = self.has_just_got_a_root is not None
        key = root if is_root else reply_key(item.card.reminder)
        await daily_limit.take(telling.session, telling.addressee.key, telling.today, key=key, is_digest=False)
        first, *others = telling.places
        await outbox.enqueue(
            telling.session,
            key=key,
            channel=first,
            message=blocks.card(item.card, also=also) if is_root else blocks.milestone(item, also=also),
            at=telling.now,
            parent_key=None if is_root else root,
            is_broadcast=not is_root and (lead.loudness is Loudness.BROADCAST or lead.is_owed),
            fallbacks=others,
        )

    async def reply_moved(self, redating: Redating) -> None:
        """Say in the thread, where there is one, that the date has moved; nobody is called for it."""
        telling, reminder = self.telling, self.reminders[redating.reminder.key]
        if has_root(reminder) and telling.places:
            first, *others = telling.places
            await outbox.enqueue(
                telling.session,
                key=f"eol:{reminder.id}:moved:{redating.on}:{telling.today}",
                channel=first,
                message=moved(self.card(reminder.key), before=redating.reminder.deadline),
                at=telling.now,
                parent_key=reminder.root_key,
                fallbacks=others,
            )


def _said(reminder: Remembered, due: Due) -> dict[str, object]:
    return {
        "row": reminder.id,
        "new_milestone": due.milestone.days,
        "new_said_on": reminder.said_on,
        "new_owed": due.milestone.days if due.is_owed else None,
        "new_root_key": reminder.root_key,
    }


async def open_reminders(session: AsyncSession, opening: Iterable[tuple[Watch, date]]) -> None:
    """Open a reminder of each watch, on the day that it is where its addressee is; one that is open stays as it is."""
    rows = [
        {
            **dict(zip(("addressee", "product", "cycle", "kind"), watch.key, strict=True)),
            "deadline": watch.deadline.on,
            "opened_on": today,
            "root_key": "",
            "resolution": "",
        }
        for watch, today in opening
    ]
    if rows:
        connection = await session.connection()
        statement = insert_into(_TABLE, connection.dialect.name).on_conflict_do_nothing(
            index_elements=["addressee", "product", "cycle", "kind"], index_where=_TABLE.c.resolved_at.is_(None)
        )
        await connection.execute(statement, rows)


async def _redate(telling: Telling, redating: Redating) -> Remembered:
    """Bring a reminder to its new date. Those above the addressee hear of that one anew."""
    milestone = redating.milestone
    statement = (
        update(_TABLE)
        .where(_TABLE.c.id == redating.reminder.id, _TABLE.c.deadline == redating.reminder.deadline)
        .values(
            deadline=redating.on,
            milestone=milestone.days if milestone is not None else None,
            owed=None,
            lead_told=None,
            manager_told=None,
            platform_told=None,
        )
    )
    if not (await telling.session.execute(statement)).rowcount:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise daily_limit.TakenError
    return replace(redating.reminder, deadline=redating.on, milestone=milestone)

"""What one addressee is told of ends of life in one pass: rows and messages, in the transaction of the pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import eol as blocks
from bot.blocks.digests import Section
from bot.blocks.eol.notes import joined as joined_note
from bot.blocks.eol.notes import moved
from bot.blocks.lines import Line
from bot.domain import daily_limit as rules
from bot.domain.daily_limit import Agenda, Written
from bot.domain.eol.due_reminders import DueReminder, Joined, Plan, Redating, Subject
from bot.domain.eol.exposure import MatchedDeployment, Watch
from bot.domain.eol.milestones import Loudness
from bot.domain.eol.reminder_plan import joined, plan
from bot.domain.eol.reminders import Card, Digest, DueMilestone, Remembered
from bot.domain.eol.reports import cost
from bot.domain.eol.resolution import Resolution
from bot.domain.eol.responsibility import NOBODY, Addressee, CycleKey
from bot.domain.eol.shared_charges import SharedCharge
from bot.domain.working_time import WorkingTime
from bot.services import daily_limit, outbox
from bot.services.contributors import Message, Telling
from bot.services.deps import Deps
from bot.services.eol import plan_parts, reminder_store
from bot.services.eol.exposure import Watcher
from bot.services.eol.message_updates import has_root, reply_key, revise_root, root_key
from bot.services.eol.reminder_store import Moves
from bot.services.eol.resolution import Closing
from bot.services.eol.succession import answered_before, take_on
from bot.store.inserts import insert_into
from bot.store.journal import audit
from bot.store.tables import Reminder, ReminderAnswer, core

#: What a watch and its reminder are found by.
WatchKey = tuple[str, ...]

_TABLE = core(Reminder)
_SAY = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("row"))
    .values({name: bindparam(f"new_{name}") for name in ("milestone", "said_on", "owed", "root_key")})
)
#: Whatever lead and manager have heard before a plan, they hear that it was not kept.
_SAY_ANEW = update(_TABLE).values(lead_told=None, manager_told=None)


@dataclass(slots=True)
class Notices:
    """All that one addressee is told of. `vanished` are reminders that nothing is watched for any more.

    `with_others` counts the release cycles that other teams have taken over, by the teams' names.
    """

    deps: Deps
    watcher: Watcher
    closer: Closing
    recipient: Addressee
    watches: list[Watch] = field(default_factory=list)
    reminders: dict[WatchKey, Remembered] = field(default_factory=dict)
    vanished: list[Remembered] = field(default_factory=list)
    closing: Sequence[tuple[Remembered, Resolution]] = ()
    unsure: Sequence[MatchedDeployment] = ()
    with_others: dict[str, int] = field(default_factory=dict)
    shared: tuple[SharedCharge, ...] = ()
    planned: Plan = field(default_factory=Plan)
    _by_key: dict[WatchKey, Watch] = field(default_factory=dict)
    _moves: Moves = field(default_factory=dict)
    _said: set[WatchKey] = field(default_factory=set)
    _has_just_got_a_root: WatchKey | None = None

    @property
    def size(self) -> int:
        """How many deadlines and unknown versions there are, and charged things of others."""
        return len(self.watches) + len(self.unsure) + len(self.shared)

    def give_away(self, watch: Watch) -> None:
        """Leave a deadline to a team that has taken it over."""
        self.watches = [each for each in self.watches if each.key != watch.key]

    def agenda(self, *, now: datetime, work: WorkingTime, written: Written) -> Agenda:
        """Return what there is now."""
        self.planned = plan(
            [Subject(watch, self.reminders.get(watch.key)) for watch in self.watches],
            now=now,
            work=work,
            written=written,
            unsure=self.unsure,
            is_weekly_only=self.recipient == NOBODY,
        )
        is_shown = any(each.root_key for each in self.reminders.values())
        agenda = self.planned.agenda(has_changes=bool(self.closing), is_shown=is_shown)
        if self.shared:
            agenda = self._with_shared(agenda, work, written)
        # What may have become of the others shows in what others run.
        return replace(agenda, next_on=work.today(now)) if len(self.closing) < len(self.vanished) else agenda

    def _with_shared(self, agenda: Agenda, work: WorkingTime, written: Written) -> Agenda:
        """Return it with what is charged and another team's: news once, and then in any digest that there is."""
        seen = [max(work.today(run.deployment.observed.first_seen_at) for run in each.runs) for each in self.shared]
        days = [max(day, each.since) for day, each in zip(seen, self.shared, strict=True)]
        is_news = written.digest is None or any(day > written.digest for day in days)
        since = min(seen) if agenda.known_since is None else min(agenda.known_since, *seen)
        return replace(agenda, has_news=agenda.has_news or is_news, known_since=since)

    async def read(self, session: AsyncSession) -> None:
        """Read the reminders again.

        One that somebody resolved just now is not opened again before the evidence has been read again.
        """
        ids = [each.id for each in self.reminders.values()]
        current = await reminder_store.remembered(session, reminder_ids=ids)
        known, self.reminders = self.reminders.keys(), {each.key: each for each in current}
        self.watches = [each for each in self.watches if each.key in self.reminders or each.key not in known]

    async def begin(self, telling: Telling) -> None:
        """Open and re-date reminders."""
        session, opening = telling.session, self.planned.opening
        await open_reminders(session, [(watch, telling.today) for watch in opening], at=telling.now)
        if opening:
            opened = {watch.key for watch in opening}
            for addressee in sorted({watch.addressee.key for watch in opening}):
                for reminder in await reminder_store.remembered(session, addressee=addressee):
                    if reminder.key in opened:
                        self.reminders[reminder.key] = reminder
        for each in self.planned.redating:
            self.reminders[each.reminder.key] = await _redate(session, each)
        self._by_key = {each.key: each for each in self.watches}
        self._moves = await reminder_store.moves_of(session, self.watches)

    async def say(self, telling: Telling, due: Sequence[rules.Due], *, lead: rules.Due | None) -> None:
        """Note that these are said; a lead that has no thread yet begins one with its root message."""
        rows = []
        news = [each for each in due if not each.stands]
        for key, each in zip((one.key for one in news), self._planned(news), strict=True):
            before = self.reminders[key]
            is_new_root = lead is not None and key == lead.key and not has_root(before)
            after = self.reminders[key] = replace(
                before,
                milestone=each.milestone,
                said_on=telling.today,
                root_key=root_key(before) if is_new_root else before.root_key,
            )
            if is_new_root:
                self._has_just_got_a_root = key
            said = {"row": after.id, "new_said_on": after.said_on, "new_root_key": after.root_key}
            rows.append(said | {"new_milestone": each.milestone.days, "new_owed": each.owed})
            if joined(self._by_key[key], before):
                await _cover(telling.session, before.id, self._by_key[key])
        if rows:
            await (await telling.session.connection()).execute(_SAY, rows)
        if missed := [self.reminders[each.subject.watch.key].id for each in self._planned(news) if each.is_missed]:
            await telling.session.execute(_SAY_ANEW.where(_TABLE.c.id.in_(missed)))
        self._said = {each.key for each in news}

    def line(self, due: rules.Due) -> Line:
        """Return what is said of one deadline in the message about another thing."""
        return blocks.also_line(self._card(self._by_key[due.key]))

    def message(self, lead: rules.Due, also: Sequence[Line]) -> Message:
        """Return the most urgent in its own thread; where it has none yet, its root message begins it."""
        [due], card = self._planned([lead]), self._card(self._by_key[lead.key])
        if self._has_just_got_a_root is not None:
            return Message(key=card.reminder.root_key, content=blocks.card(card, also=also))
        return Message(
            key=reply_key(card.reminder),
            content=blocks.milestone(DueMilestone(card, due.milestone), also=also),
            parent_key=card.reminder.root_key,
            is_broadcast=due.loudness is Loudness.BROADCAST or due.is_owed,
        )

    def section(self, telling: Telling, due: Sequence[rules.Due], *, is_first: bool) -> Section | None:
        """Return the section of the digest."""
        if not due and not self.planned.unsure and not self.shared:
            return None
        named = {run.deployment.id for run in self.planned.unsure}
        paid = self._paid(telling.today) if self.planned.answered else ()
        digest = Digest(
            addressee=self.recipient,
            items=tuple(DueMilestone(self._card(each.subject.watch), each.milestone) for each in self._planned(due)),
            today=telling.today,
            quiet=len(self.planned.quiet - {each.watch.key[:3] for each in paid}),
            paid=paid,
            unsure=self.planned.unsure,
            still_unsure=tuple(run for run in self.unsure if run.deployment.id not in named),
            is_first=is_first,
            with_others=self.with_others,
            shared=self.shared,
        )
        return lambda share: blocks.digest(digest, share=share)

    async def end(self, telling: Telling, *, is_digest: bool) -> None:
        """Say in their threads which dates have moved, bring root messages up to date, and close what is over."""
        moved_keys = [each.reminder.key for each in self.planned.redating]
        for each in self.planned.redating:
            if each.reminder.key not in self._said:
                await self._reply_moved(telling, each)
        for came in self.planned.joined:
            await self._reply_joined(telling, came)
        for asking in self.planned.asking:
            card = self._card(self._by_key[asking.reminder.key])
            await plan_parts.ask(telling.session, self.deps, self.watcher, card, asking, telling.now)
        joined_keys = [each.reminder.key for each in self.planned.joined]
        for key in list(self.reminders) if is_digest else {*self._said, *moved_keys, *joined_keys}:
            if self.reminders[key].root_key and key != self._has_just_got_a_root:
                await revise_root(telling.session, self.deps, self.watcher, self._card(self._by_key[key]))
        for reminder, resolution in self.closing:
            await self.closer.close(telling.session, reminder, resolution, telling.places)

    async def _reply_moved(self, telling: Telling, redating: Redating) -> None:
        """Say in the thread, where there is one, that the date has moved; nobody is called for it."""
        reminder = self.reminders[redating.reminder.key]
        if has_root(reminder) and telling.places:
            await outbox.enqueue(
                telling.session,
                key=f"eol:{reminder.id}:moved:{redating.on}:{telling.today}",
                channel=telling.places[0],
                message=moved(self._card(self._by_key[reminder.key]), before=redating.reminder.deadline),
                at=telling.now,
                parent_key=reminder.root_key,
                fallbacks=telling.places[1:],
            )

    async def _reply_joined(self, telling: Telling, came: Joined) -> None:
        """Say in the thread what an answer covers that it was not given for; nobody is called for it."""
        reminder, places = self.reminders[came.reminder.key], telling.places
        await _cover(telling.session, reminder.id, self._by_key[reminder.key])
        if has_root(reminder) and places:
            first = min(run.asset.id for run in came.runs)
            await outbox.enqueue(
                telling.session,
                key=f"eol:{reminder.id}:joined:{first}:{telling.today}",
                channel=places[0],
                message=joined_note(self._card(self._by_key[reminder.key]), came.runs),
                at=telling.now,
                parent_key=reminder.root_key,
                fallbacks=places[1:],
            )

    def _paid(self, today: date) -> tuple[Card, ...]:
        """Return what was answered and is charged for now, one of each release cycle: the one that the answer is to.

        The dearest goes first. What is said in this digest as well has its price there.
        """
        found: dict[CycleKey, Card] = {}
        said = {run.deployment.id for due in self.planned.due for run in due.subject.watch.runs}
        named = {due.subject.watch.key for due in self.planned.due}
        for watch in self.watches:
            if watch.key[:3] not in self.planned.answered or watch.key not in self.reminders or watch.key in named:
                continue
            rest = replace(watch, runs=tuple(one for one in watch.runs if one.deployment.id not in said))
            if rest.charged(today).now is not None:
                found.setdefault(watch.key[:3], self._card(rest))
        return tuple(sorted(found.values(), key=lambda card: cost(card.watch, today), reverse=True))

    def _planned(self, due: Iterable[rules.Due]) -> list[DueReminder]:
        planned: dict[WatchKey, DueReminder] = {each.subject.watch.key: each for each in self.planned.due}
        return [planned[each.key] for each in due]

    def _card(self, watch: Watch) -> Card:
        return reminder_store.card(self.deps, self.watcher, self.reminders[watch.key], watch, self._moves)


async def open_reminders(session: AsyncSession, opening: Iterable[tuple[Watch, date]], *, at: datetime) -> None:
    """Open a reminder of each watch, on the day that it is where its addressee is; one that is open stays as it is.

    A team that has taken over the release cycle has the new one, too.
    """
    opening, taken = list(opening), await reminder_store.taken_over(session)
    rows = [
        {
            **dict(zip(("addressee", "product", "cycle", "kind"), watch.key, strict=True)),
            "deadline": watch.deadline.on,
            "opened_on": today,
            "root_key": "",
            "resolution": "",
            "delegated_to": taken.get(watch.key[:3]),
        }
        for watch, today in opening
    ]
    if rows:
        connection = await session.connection()
        statement = insert_into(_TABLE, connection.dialect.name).on_conflict_do_nothing(
            index_elements=["addressee", "product", "cycle", "kind"], index_where=_TABLE.c.resolved_at.is_(None)
        )
        await connection.execute(statement, rows)
        await _follow_up(session, [watch for watch, _ in opening], taken, at)


async def _follow_up(
    session: AsyncSession, watches: Sequence[Watch], taken: Mapping[CycleKey, int], at: datetime
) -> None:
    """Write down who has taken over what has just been opened, and take on what owners before have answered."""
    before = await answered_before(session, watches)
    by_key = {each.key: each for each in watches if each.key[:3] in taken or each.key[1:3] in before}
    cycles = (_TABLE.c.addressee, _TABLE.c.product, _TABLE.c.cycle, _TABLE.c.kind)
    ids: dict[int, Watch] = {}
    for product in sorted({watch.product.key for watch in by_key.values()}):
        query = select(_TABLE.c.id, *cycles).where(_TABLE.c.product == product, _TABLE.c.resolved_at.is_(None))
        for number, *key in await session.execute(query):
            if (watch := by_key.get(tuple(key))) is not None:
                ids[number] = watch
    for number, watch in ids.items():
        if (team := taken.get(watch.key[:3])) is not None:
            subject, detail = f"reminder:{number}", {"team": team}
            await audit(session, at=at, actor="baton", action="lifecycle.taken_over", subject=subject, detail=detail)
    if before:
        await take_on(session, ids, before)


async def _cover(session: AsyncSession, reminder_id: int, watch: Watch) -> None:
    """Note that whoever has answered has been told of everything that runs it now."""
    table = core(ReminderAnswer)
    ids = sorted({run.asset.id for run in watch.runs})
    await session.execute(
        update(table).where(table.c.reminder_id == reminder_id, table.c.ended_at.is_(None)).values(asset_ids=ids)
    )


async def _redate(session: AsyncSession, redating: Redating) -> Remembered:
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
    if not (await session.execute(statement)).rowcount:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise daily_limit.TakenError
    return replace(redating.reminder, deadline=redating.on, milestone=milestone)

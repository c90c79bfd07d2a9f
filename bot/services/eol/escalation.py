"""Tells those above a team of what nobody has answered: one message a day to each of them.

What is owed has a part for the lead, one for the manager and one for the platform channel. Each part is said once for a
milestone: to whom it is meant for, or to the next of them who is there and in Slack.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import eol as blocks
from bot.domain.eol.exposure import Addressee, Watch
from bot.domain.eol.milestones import ESCALATES_AT, Audience, Milestone
from bot.domain.eol.reminder_plan import is_answered
from bot.domain.eol.reminders import Item, Remembered
from bot.domain.records import PersonRecord, TeamRecord
from bot.domain.working_time import WorkingTime
from bot.services import daily_limit, outbox, routing
from bot.services.deps import Deps
from bot.services.eol import reminder_store
from bot.services.eol.exposure import Watcher
from bot.services.routing import lead_of, manager_of, platform_of, slack_id_of
from bot.services.snapshot import Snapshot
from bot.services.working_times import WorkingTimes
from bot.store.tables import Reminder, core

log = logging.getLogger(__name__)

_TABLE = core(Reminder)
_PLATFORM = "platform"
#: So long somebody who was asked has to answer before anybody above them hears of it.
_ANSWERED_WITHIN = timedelta(hours=1)
#: Where the last milestone is kept that a part was said of.
_TOLD = {
    Audience.LEAD: _TABLE.c.lead_told,
    Audience.MANAGER: _TABLE.c.manager_told,
    Audience.PLATFORM: _TABLE.c.platform_told,
}


@dataclass(frozen=True, slots=True)
class _Owed:
    """A milestone that those above its addressee have to hear of, and the parts that have not been said.

    `went_to` is the message in which the addressee was told; None when there is none.
    """

    reminder: Remembered
    watch: Watch
    milestone: Milestone
    parts: tuple[Audience, ...]
    went_to: outbox.Destination | None = None

    @property
    def place(self) -> str:
        """Where the addressee was told; empty where that is not known."""
        return self.went_to.channel if self.went_to is not None else ""

    @property
    def has_arrived(self) -> bool:
        """Whether the addressee's message has been posted, or nothing can be awaited of it any more."""
        return self.went_to is None or self.went_to.at is not None

    def is_fresh(self, now: datetime) -> bool:
        """Whether whoever was asked may still be reading the message."""
        since = (self.went_to.at or self.went_to.since) if self.went_to is not None else None
        return since is not None and now < since + _ANSWERED_WITHIN


@dataclass(slots=True)
class _Recipient:
    """Somebody who hears of what is owed: `key` is what their days are counted under, `places` where they are.

    `parts` are the parts that are said to them, by the reminder's id.
    """

    key: str
    places: tuple[str, ...]
    zone_name: str
    items: list[_Owed] = field(default_factory=list)
    parts: dict[int, list[Audience]] = field(default_factory=dict)

    def add(self, owed: _Owed, part: Audience) -> None:
        """Take a part; somebody to whom several are said hears of the milestone once."""
        if owed.reminder.id not in self.parts:
            self.items.append(owed)
        self.parts.setdefault(owed.reminder.id, []).append(part)


async def escalate(deps: Deps, watcher: Watcher, times: WorkingTimes, now: datetime) -> int:
    """Say to everybody who is at work, and has not been told anything today, what is owed to them.

    Whoever was asked has an hour to answer first. Returns to how many there was something to say, whether or not that
    went well or has to wait.
    """
    async with deps.database.reading() as session:
        owed = await _owed(deps, watcher, times, session)
        lately = await daily_limit.written_since(session, now.date() - timedelta(1)) if owed else {}
    told = 0
    for recipient in _recipients(deps, watcher, owed):
        work = await times.of(recipient.zone_name, now)
        is_told = recipient.key in lately and lately[recipient.key].last == work.today(now)
        if is_told or not work.is_open(now):
            continue
        told += 1
        if not _sayable(recipient.items, now):
            continue
        try:
            async with deps.database.transaction() as session:
                await _tell(deps, watcher, times, session, recipient, work)
        except daily_limit.TakenError:
            log.debug("%s has been told today", recipient.key)
        except Exception:
            log.exception("what is owed to %s could not be said; it is tried again at the next run", recipient.key)
    return told


async def _owed(
    deps: Deps, watcher: Watcher, times: WorkingTimes, session: AsyncSession, ids: Sequence[int] | None = None
) -> list[_Owed]:
    """Return what is owed and has not been answered in the meantime."""
    t, now, due = _TABLE.c, deps.clock.now(), _due()
    columns = (condition.label(part.value) for part, condition in due.items())
    query = select(t.id, t.owed, *columns).where(t.owed.is_not(None), t.resolved_at.is_(None), or_(*due.values()))
    rows = {row.id: row for row in await session.execute(query if ids is None else query.where(t.id.in_(ids)))}
    if not rows:
        return []
    by_key, found = (await watcher.current()).by_key, list[_Owed]()
    reminders = await reminder_store.remembered(session, reminder_ids=list(rows))
    went = await _went_to(session, reminders)
    for each in reminders:
        watch, row = by_key.get(each.key), rows[each.id]
        if watch is not None:
            work = await times.of(watcher.zone_name(_told(watcher, each, watch)), now)
            if not is_answered(each, work.today(now), work):
                parts = tuple(part for part in due if getattr(row, part.value))
                found.append(_Owed(each, watch, Milestone(row.owed), parts, went.get(each.id)))
    return found


def _sayable(owed: Sequence[_Owed], now: datetime) -> list[_Owed]:
    """Return what is said now: nothing while one of the messages is fresh, so that all of a day's come together."""
    return [] if any(each.is_fresh(now) for each in owed) else [each for each in owed if each.has_arrived]


async def _went_to(session: AsyncSession, reminders: Sequence[Remembered]) -> dict[int, outbox.Destination]:
    """Return the messages in which these reminders were said last, by their ids."""
    days = {each.id: (_told_key(each), each.said_on) for each in reminders if each.said_on is not None}
    keys = await daily_limit.message_keys(session, list(days.values()))
    sent = await outbox.destinations(session, list(keys.values()))
    return {each: sent[keys[day]] for each, day in days.items() if keys.get(day) in sent}


def _due() -> dict[Audience, ColumnElement[bool]]:
    """Return of each part when it has not been said.

    The lead's is said at their own milestone and, when that was missed, at a later one beside the manager's; the
    manager's at every milestone of theirs until the day itself; the platform channel's once of each deadline that has
    come, or had come when it was seen.
    """
    t, managers = _TABLE.c, ESCALATES_AT[Audience.MANAGER]
    is_ahead = t.owed >= 0
    return {
        Audience.LEAD: and_(is_ahead, or_(t.lead_told.is_(None), and_(t.owed > managers, t.lead_told != t.owed))),
        Audience.MANAGER: and_(is_ahead, t.owed <= managers, or_(t.manager_told.is_(None), t.manager_told != t.owed)),
        Audience.PLATFORM: and_(
            t.owed <= ESCALATES_AT[Audience.PLATFORM], or_(t.platform_told.is_(None), t.platform_told > 0)
        ),
    }


def _recipients(deps: Deps, watcher: Watcher, owed: Sequence[_Owed]) -> list[_Recipient]:
    """Return who is to hear of what. Those who are told themselves, for want of a channel, are not."""
    found: dict[str, _Recipient] = {}
    for each in owed:
        told = _told(watcher, each.reminder, each.watch)
        first = next(iter(routing.places(deps, watcher.snapshot, told)), "")
        for part in each.parts:
            recipient = _recipient(deps, watcher.snapshot, part, told)
            if recipient is not None and recipient.places and recipient.places[0] not in {first, each.place}:
                found.setdefault(recipient.key, recipient).add(each, part)
    return list(found.values())


def _told_key(reminder: Remembered) -> str:
    return reminder.addressee if reminder.delegated_to is None else f"team:{reminder.delegated_to}"


def _told(watcher: Watcher, reminder: Remembered, watch: Watch) -> Addressee:
    return watch.addressee if reminder.delegated_to is None else watcher.addressee(_told_key(reminder))


def _recipient(deps: Deps, snapshot: Snapshot, part: Audience, told: Addressee) -> _Recipient | None:
    """Return who hears a part of what was told to somebody; None where that is nobody's: a person has no lead.

    Lead and manager stand in for each other, and the platform channel for both.
    """
    if part is not Audience.PLATFORM and told.team is None:
        return None
    platform = platform_of(deps, snapshot)
    person = _above(snapshot, part, told.team) if told.team is not None else None
    if person is None:
        return _Recipient(_PLATFORM, (platform,) if platform else (), deps.timezone)
    places = tuple(filter(None, (person.slack_id, platform)))
    return _Recipient(f"lead:{person.id}", places, zone_name_of(deps, snapshot, person))


def _above(snapshot: Snapshot, part: Audience, team: TeamRecord) -> PersonRecord | None:
    """Return the person above a team who hears a part; None when that is the platform channel's."""
    lead, manager = lead_of(snapshot, team), manager_of(snapshot, team)
    order = {Audience.LEAD: (lead, manager), Audience.MANAGER: (manager, lead)}.get(part, ())
    return next((each for each in order if slack_id_of(each)), None)


def zone_name_of(deps: Deps, snapshot: Snapshot, person: PersonRecord) -> str:
    """Return the time zone of somebody above a team: of the first team that they lead, else their own."""
    led = [team for team in snapshot.teams_of(person.id) if team.lead_id == person.id]
    return (min(led, key=lambda team: team.id).timezone if led else person.timezone) or deps.timezone


async def _tell(
    deps: Deps,
    watcher: Watcher,
    times: WorkingTimes,
    session: AsyncSession,
    recipient: _Recipient,
    work: WorkingTime,
) -> None:
    """Say it in one message, unless it has been answered in the meantime."""
    now = deps.clock.now()
    today = work.today(now)
    if (await daily_limit.written_to(session, recipient.key)).last == today:
        return
    owed = await _owed(deps, watcher, times, session, list(recipient.parts))
    owed = _sayable(owed, now)
    current = next((each for each in _recipients(deps, watcher, owed) if each.key == recipient.key), None)
    if current is None:
        return
    key = f"eol:owed:{current.key}:{today}"
    await daily_limit.take(session, current.key, today, key=key, is_digest=False)
    moves = await reminder_store.moves_of(session, [each.watch for each in current.items])
    items = [
        Item(reminder_store.card(deps, watcher, each.reminder, each.watch, moves), each.milestone)
        for each in sorted(current.items, key=lambda each: (each.milestone.days, each.reminder.id))
    ]
    await outbox.enqueue(
        session,
        key=key,
        channel=current.places[0],
        message=blocks.escalation(items, to=_audience(current)),
        at=now,
        fallbacks=current.places[1:],
    )
    await _note(session, current)


async def _note(session: AsyncSession, recipient: _Recipient) -> None:
    """Note what has been said. Raises TakenError when another process has said a part to somebody else just now."""
    for each in recipient.items:
        for part in recipient.parts[each.reminder.id]:
            told = _TOLD[part]
            statement = (
                update(_TABLE)
                .where(_TABLE.c.id == each.reminder.id, or_(told.is_(None), told != each.milestone.days))
                .values({told: each.milestone.days})
            )
            if not (await session.execute(statement)).rowcount:  # type: ignore[attr-defined]  # an UPDATE's result has it
                raise daily_limit.TakenError


def _audience(recipient: _Recipient) -> Audience:
    """Return as whom they are told. Of what is managers' to hear a lead hears in the same words."""
    if recipient.key == _PLATFORM:
        return Audience.PLATFORM
    last = min(each.milestone.days for each in recipient.items)
    return Audience.MANAGER if last <= ESCALATES_AT[Audience.MANAGER] else Audience.LEAD

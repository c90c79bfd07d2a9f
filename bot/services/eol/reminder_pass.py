"""The pass that says everybody what is due, each addressee in a transaction of their own."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import col

from bot.domain.eol.exposure import NOBODY, Addressee, Exposure, Running, Watch
from bot.domain.eol.reminder_plan import NothingThisWeek, Plan, Subject, Written, plan
from bot.domain.eol.reminders import Remembered
from bot.domain.eol.resolution import Resolution
from bot.domain.working_time import WorkingTime
from bot.services import daily_limit, routing
from bot.services.deps import Deps
from bot.services.eol import reminder_store
from bot.services.eol.escalation import escalate, zone_name_of
from bot.services.eol.exposure import Watcher
from bot.services.eol.notify import Telling, WatchKey, carry_out, open_reminders
from bot.services.eol.resolution import Closing
from bot.services.routing import manager_of
from bot.services.working_times import WorkingTimes
from bot.store.tables import AuditEntry

log = logging.getLogger(__name__)

#: How long is planned before the event loop gets its turn, in seconds.
_SLICE_SECONDS = 0.002
#: What was written longer ago than this is only looked up where it matters.
_RECENT = timedelta(days=35)


@dataclass(slots=True)
class _Concern:
    """All that one addressee is told of. `vanished` are reminders that nothing is watched for any more."""

    addressee: Addressee
    work: WorkingTime
    places: tuple[str, ...]
    watches: list[Watch] = field(default_factory=list)
    reminders: dict[WatchKey, Remembered] = field(default_factory=dict)
    vanished: list[Remembered] = field(default_factory=list)
    unsure: Sequence[Running] = ()

    def plan(self, written_to: Written, now: datetime) -> Plan:
        """Return what to do; nothing is said where there is no place for it."""
        found = plan(
            self.subjects(),
            now=now,
            work=self.work,
            written=written_to,
            unsure=self.unsure,
            is_weekly_only=self.addressee == NOBODY,
        )
        return found if self.places else replace(found, saying=None)

    def subjects(self) -> list[Subject]:
        return [Subject(watch, self.reminders.get(watch.key)) for watch in self.watches]


@dataclass(slots=True)
class _Unsaid:
    """What a pass has to write down without a message about it: it goes into one transaction."""

    opening: list[tuple[Watch, date]] = field(default_factory=list)
    looked: list[tuple[str, date]] = field(default_factory=list)

    def add(self, concern: _Concern, planned: Plan, now: datetime) -> bool:
        """Take the plan if it is one without messages; return whether it was."""
        has_roots = any(each.root_key for each in concern.reminders.values())
        if planned.redating or (planned.saying is not None and (has_roots or planned.saying != NothingThisWeek())):
            return False
        today = concern.work.today(now)
        self.opening += [(watch, today) for watch in planned.opening]
        if planned.saying is not None:
            self.looked.append((concern.addressee.key, today))
        return True


class Reminding:
    """Says what is due. All state is in the store; what is kept here only saves work."""

    def __init__(self, deps: Deps, watcher: Watcher, times: WorkingTimes) -> None:
        self._deps, self._watcher, self._times = deps, watcher, times
        self._closing = Closing(deps, watcher)
        self._complained_on: date | None = None
        #: What everything depended on when there was nothing to do: while it stays so, nothing needs to be read.
        self._idle_at: tuple[object, ...] | None = None

    async def run(self) -> None:
        """Look at every addressee who is at work: open, re-date and close their reminders, and say what is due.

        A failing addressee is logged and stops nobody else. Run twice at once, or broken off anywhere, everything is
        said once all the same.
        """
        now = self._deps.clock.now()
        watches = await self._watcher.current()
        seen = await self._state(watches, now)
        if seen == self._idle_at:
            return
        is_idle = await self._look_at_everybody(watches, now)
        told = await escalate(self._deps, self._watcher, self._times, now)
        self._idle_at = seen if is_idle and not told else None

    async def _look_at_everybody(self, watches: Exposure, now: datetime) -> bool:
        """Do what there is to do; return whether there was nothing at all."""
        concerns = await self._concerns(watches, now)
        self._complain(concerns, now)
        vanished = [each for concern in concerns.values() for each in concern.vanished]
        resolved = await self._closing.look(vanished) if vanished else {}
        async with self._deps.database.reading() as session:
            lately = await daily_limit.written_since(session, (now - _RECENT).date())
        unsaid, is_idle = _Unsaid(), True
        turn_ends = time.monotonic() + _SLICE_SECONDS
        for key, concern in concerns.items():
            try:
                closing = [(each, resolved[each.id]) for each in concern.vanished if each.id in resolved]
                planned = concern.plan(lately.get(key, Written()), now)
                if closing or not (planned.is_idle or unsaid.add(concern, planned, now)):
                    is_idle = False
                    await self._act(concern, closing, now)
            except daily_limit.TakenError:
                log.info("reminders of %s are being looked at by another process", key)
            except Exception:
                is_idle = False
                log.exception("reminders of %s failed; they are looked at again at the next run", key)
            if time.monotonic() > turn_ends:
                await asyncio.sleep(0)
                turn_ends = time.monotonic() + _SLICE_SECONDS
        if unsaid.opening or unsaid.looked:
            async with self._deps.database.transaction() as session:
                await open_reminders(session, unsaid.opening)
                await daily_limit.looked_at(session, unsaid.looked)
        return is_idle and not unsaid.opening and not unsaid.looked

    async def _act(self, concern: _Concern, closing: Sequence[tuple[Remembered, Resolution]], now: datetime) -> None:
        """Plan once more from what the store says now, and carry that out, all in one transaction."""
        async with self._deps.database.transaction() as session:
            ids = [each.id for each in concern.reminders.values()]
            current = await reminder_store.remembered(session, reminder_ids=ids)
            known, concern.reminders = concern.reminders.keys(), {each.key: each for each in current}
            # One that somebody resolved just now is not opened again before the evidence has been read again.
            concern.watches = [w for w in concern.watches if w.key in concern.reminders or w.key not in known]
            planned = concern.plan(await daily_limit.written_to(session, concern.addressee.key), now)
            telling = Telling(
                session=session,
                deps=self._deps,
                watcher=self._watcher,
                addressee=concern.addressee,
                places=concern.places,
                today=concern.work.today(now),
                now=now,
            )
            await carry_out(telling, planned, concern.subjects())
            for reminder, resolution in closing:
                await self._closing.close(session, reminder, resolution, concern.places)

    async def _concerns(self, watches: Exposure, now: datetime) -> Mapping[str, _Concern]:
        """Return what everybody who is at work is told of, by their keys."""
        async with self._deps.database.reading() as session:
            known = await reminder_store.addressees_of_open(session)
        found: dict[str, _Concern] = {}
        for key in dict.fromkeys((*watches.by_addressee, *watches.unsure, *known)):
            concern = await self._concern(key, watches, now)
            if concern is not None:
                found[key] = concern
        sorted_in: set[int] = set()
        async for chunk in reminder_store.told_to(self._deps.database, found):
            for reminder in chunk:
                # One that was taken over may come twice: with its addressee, and with the team that took it.
                if reminder.id not in sorted_in:
                    sorted_in.add(reminder.id)
                    self._sort_in(reminder, found, watches)
            await asyncio.sleep(0)
        return found

    def _sort_in(self, reminder: Remembered, concerns: Mapping[str, _Concern], watches: Exposure) -> None:
        """Give a reminder to whoever is told of it: its addressee, or the team that has taken it over."""
        owner, watch = concerns.get(reminder.addressee), watches.by_key.get(reminder.key)
        told = owner if reminder.delegated_to is None else concerns.get(f"team:{reminder.delegated_to}")
        if told is not owner and watch is not None:
            if owner is not None:
                owner.watches = [each for each in owner.watches if each.key != watch.key]
            if told is not None:
                told.watches.append(watch)
        if told is not None and watch is None:
            told.vanished.append(reminder)
        elif told is not None:
            told.reminders[reminder.key] = reminder

    async def _concern(self, key: str, watches: Exposure, now: datetime) -> _Concern | None:
        """Return what is watched of one addressee; None when they are not at work."""
        addressee = self._watcher.addressee(key)
        work = await self._times.of(self._watcher.zone_name(addressee), now)
        if not work.is_open(now):
            return None
        return _Concern(
            addressee,
            work,
            routing.places(self._deps, self._watcher.snapshot, addressee),
            watches=list(watches.by_addressee.get(key, ())),
            unsure=watches.unsure.get(key, ()),
        )

    async def _state(self, watches: Exposure, now: datetime) -> tuple[object, ...]:
        """Return all that what is to be done depends on.

        Whatever people answer leaves an audit entry. Of time only the day, the hours and the digest's moment matter.
        """
        snapshot = self._watcher.snapshot
        addressees = (*watches.addressees.values(), *(Addressee(team) for team in snapshot.teams()))
        managers = filter(None, (manager_of(snapshot, team) for team in snapshot.teams()))
        names = {self._deps.timezone, *(self._watcher.zone_name(each) for each in addressees)}
        names |= {zone_name_of(self._deps, snapshot, each) for each in managers}
        times = []
        for name in sorted(names):
            work = await self._times.of(name, now)
            times.append((work.today(now), work.last_digest(now)) if work.is_open(now) else None)
        async with self._deps.database.reading() as session:
            last = (await session.execute(select(func.max(col(AuditEntry.id))))).scalar()
        return self._watcher.generation, last, *times

    def _complain(self, concerns: Mapping[str, _Concern], now: datetime) -> None:
        """Log once a day of this process how much there is that reaches nobody."""
        lost = sum(len(each.watches) + len(each.unsure) for each in concerns.values() if not each.places)
        if lost and self._complained_on != now.date():
            self._complained_on = now.date()
            log.error("%d deadlines and unknown versions reach nobody: set BATON_PLATFORM_CHANNEL", lost)

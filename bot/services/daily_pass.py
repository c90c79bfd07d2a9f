"""The pass that says everybody what is due, whichever noun it is of: each recipient in a transaction of their own."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from bot.domain import daily_limit as rules
from bot.domain.daily_limit import Agenda, DailyMessage, NothingThisWeek, Saying, Weekly, Written
from bot.domain.recipients import Recipient
from bot.domain.working_time import WorkingTime
from bot.services import daily_limit, digests, outbox, routing
from bot.services.contributors import Contributor, MessagePart, Telling
from bot.services.deps import Deps
from bot.services.escalation import Escalation, zone_name_of
from bot.services.routing import manager_of
from bot.services.snapshot import Snapshot
from bot.services.working_times import WorkingTimes
from bot.store.tables import AuditEntry

log = logging.getLogger(__name__)

#: How long is planned before the event loop gets its turn, in seconds.
_SLICE_SECONDS = 0.002
#: What was written longer ago than this is only looked up where it matters.
_RECENT = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class _Share:
    """All that one recipient is told of, by noun."""

    recipient: Recipient
    work: WorkingTime
    places: tuple[str, ...]
    parts: dict[str, MessagePart] = field(default_factory=dict)

    def plan(self, written: Written, now: datetime) -> tuple[list[Agenda], Saying | None]:
        """Return what there is, and what is said of it: nothing where there is no place for it."""
        agendas = [each.agenda(now=now, work=self.work, written=written) for each in self.parts.values()]
        return agendas, rules.say(agendas, now=now, work=self.work, written=written) if self.places else None


@dataclass(slots=True)
class _Unsaid:
    """What a pass has to write down without a message about it: it goes into one transaction."""

    notes: dict[str, list[tuple[MessagePart, date]]] = field(default_factory=dict)
    looked: list[tuple[str, date]] = field(default_factory=list)

    def add(self, share: _Share, agendas: Sequence[Agenda], saying: Saying | None, now: datetime) -> bool:
        """Take what there is if it needs no transaction of its own; return whether that is so."""
        is_silent = saying is None or (saying == NothingThisWeek() and not any(each.is_shown for each in agendas))
        if not is_silent or any(each.has_changes for each in agendas):
            return False
        today = share.work.today(now)
        for (name, part), agenda in zip(share.parts.items(), agendas, strict=True):
            if agenda.has_notes:
                self.notes.setdefault(name, []).append((part, today))
        if saying is not None:
            self.looked.append((share.recipient.key, today))
        return True


class DailyPass:
    """Says what is due. All state is in the store; what is kept here only saves work."""

    def __init__(
        self, deps: Deps, snapshot: Snapshot, times: WorkingTimes, contributors: Sequence[Contributor[Any]]
    ) -> None:
        self._deps, self._snapshot, self._times = deps, snapshot, times
        self._nouns = {each.name: each for each in contributors}
        self._escalation = Escalation(deps, snapshot, times, contributors)
        self._complained_on: date | None = None
        #: What everything depended on when there was nothing to do: while it stays so, nothing needs to be read.
        self._idle_at: tuple[object, ...] | None = None

    async def run(self) -> None:
        """Look at everybody who is at work: write down what has changed, say what is due, and escalate.

        A failing recipient is logged and stops nobody else. Run twice at once, or broken off anywhere, everything is
        said once all the same.
        """
        now = self._deps.clock.now()
        seen = await self._state(now)
        if seen == self._idle_at:
            return
        is_idle = await self._look_at_everybody(now)
        owed = await self._escalation.run(now)
        self._idle_at = seen if is_idle and not owed else None

    async def _look_at_everybody(self, now: datetime) -> bool:
        """Do what there is to do; return whether there was nothing at all."""
        shares = await self._shares(now)
        self._complain(shares, now)
        async with self._deps.database.reading() as session:
            lately = await daily_limit.written_since(session, (now - _RECENT).date())
        unsaid, is_idle = _Unsaid(), True
        turn_ends = time.monotonic() + _SLICE_SECONDS
        for key, share in shares.items():
            try:
                if not unsaid.add(share, *share.plan(lately.get(key, Written()), now), now):
                    is_idle = False
                    await self._act(share, now)
            except daily_limit.TakenError:
                log.info("what %s is told is being looked at by another process", key)
            except Exception:
                is_idle = False
                log.exception("telling %s failed; it is tried again at the next run", key)
            if time.monotonic() > turn_ends:
                await asyncio.sleep(0)
                turn_ends = time.monotonic() + _SLICE_SECONDS
        if unsaid.notes or unsaid.looked:
            async with self._deps.database.transaction() as session:
                for name, notes in unsaid.notes.items():
                    await self._nouns[name].note(session, notes)
                await daily_limit.looked_at(session, unsaid.looked)
        return is_idle and not unsaid.notes and not unsaid.looked

    async def _act(self, share: _Share, now: datetime) -> None:
        """Plan once more from what the store says now, and carry that out, all in one transaction."""
        async with self._deps.database.transaction() as session:
            telling = Telling(
                session=session,
                recipient=share.recipient,
                places=share.places,
                today=share.work.today(now),
                now=now,
            )
            for part in share.parts.values():
                await part.read(session)
            _, saying = share.plan(await daily_limit.written_to(session, share.recipient.key), now)
            for part in share.parts.values():
                await part.begin(telling)
            await _say(telling, saying, share.parts)
            for part in share.parts.values():
                await part.end(telling, is_digest=isinstance(saying, Weekly | NothingThisWeek))

    async def _shares(self, now: datetime) -> dict[str, _Share]:
        """Return what everybody who is at work is told of, by their keys."""
        found: dict[str, _Share] = {}

        async def is_at_work(recipient: Recipient) -> bool:
            return (await self._work_of(recipient, now)).is_open(now)

        for name, noun in self._nouns.items():
            parts: Mapping[str, MessagePart] = await noun.parts(is_at_work)
            for key, part in parts.items():
                if key not in found:
                    work = await self._work_of(part.recipient, now)
                    found[key] = _Share(
                        part.recipient, work, routing.places(self._deps, self._snapshot, part.recipient)
                    )
                found[key].parts[name] = part
        return found

    async def _work_of(self, recipient: Recipient, now: datetime) -> WorkingTime:
        return await self._times.of(recipient.timezone or self._deps.timezone, now)

    async def _state(self, now: datetime) -> tuple[object, ...]:
        """Return all that what is to be done depends on.

        Whatever people answer leaves an audit entry. Of time only the day, the hours and the digest's moment matter.
        """
        nouns, names = [await each.state() for each in self._nouns.values()], {self._deps.timezone}
        for noun in self._nouns.values():
            names |= {each.timezone or self._deps.timezone for each in await noun.recipients()}
        for team in self._snapshot.teams():
            manager = manager_of(self._snapshot, team)
            names.add(team.timezone or self._deps.timezone)
            names |= {zone_name_of(self._deps, self._snapshot, manager)} if manager is not None else set()
        times = []
        for name in sorted(names):
            work = await self._times.of(name, now)
            times.append((work.today(now), work.last_digest(now)) if work.is_open(now) else None)
        async with self._deps.database.reading() as session:
            last = (await session.execute(select(func.max(col(AuditEntry.id))))).scalar()
        return *nouns, last, *times

    def _complain(self, shares: Mapping[str, _Share], now: datetime) -> None:
        """Log once a day of this process how much there is that reaches nobody."""
        lost = sum(part.size for each in shares.values() if not each.places for part in each.parts.values())
        if lost and self._complained_on != now.date():
            self._complained_on = now.date()
            log.error("%d things to say reach nobody: set BATON_PLATFORM_CHANNEL", lost)


async def _say(telling: Telling, saying: Saying | None, parts: Mapping[str, MessagePart]) -> None:
    """Put what is said into the outbox. Raises TakenError when another process is at it."""
    match saying:
        case NothingThisWeek():
            await daily_limit.looked_at(telling.session, [(telling.recipient.key, telling.today)])
        case Weekly():
            await digests.send(telling, saying, parts)
        case DailyMessage(lead=lead, also=also):
            for name, part in parts.items():
                own = [each for each in (lead, *also) if each.noun == name]
                if own:
                    await part.say(telling, own, lead=lead if lead.noun == name else None)
            message = parts[lead.noun].message(lead, [parts[each.noun].line(each) for each in also])
            await daily_limit.take(
                telling.session, telling.recipient.key, telling.today, key=message.key, is_digest=False
            )
            await outbox.enqueue(
                telling.session,
                key=message.key,
                channel=telling.places[0],
                message=message.content,
                at=telling.now,
                parent_key=message.parent_key,
                is_broadcast=message.is_broadcast,
                fallbacks=telling.places[1:],
            )

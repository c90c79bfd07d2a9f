"""The pass that says everybody what is due, whichever noun it is of: each recipient in a transaction of their own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain import daily_limit as rules
from bot.domain.daily_limit import Agenda, DailyMessage, LookTimes, NothingThisWeek, Saying, Weekly, Written
from bot.domain.recipients import NOBODY, Recipient
from bot.domain.working_time import WorkingTime
from bot.errors import log_failure
from bot.services import daily_limit, digests, outbox, routing
from bot.services.contributors import Contributor, MessagePart, Telling
from bot.services.deps import Deps
from bot.services.escalation import Escalation
from bot.services.routing import zone_name_of
from bot.services.slices import Turns
from bot.services.snapshot import Snapshot
from bot.services.working_times import WorkingTimes
from bot.store.journal import written_about

log = logging.getLogger(__name__)

#: So many recipients are looked at together.
_MANY = 500
#: What was written longer ago than this is only looked up where it matters.
_RECENT = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class _Share:
    """All that one recipient is told of, by noun; with `is_put_off` nothing is said of it today."""

    recipient: Recipient
    work: WorkingTime
    places: tuple[str, ...]
    parts: dict[str, MessagePart] = field(default_factory=dict)
    is_put_off: bool = False

    def plan(self, written: Written, now: datetime) -> tuple[list[Agenda], Saying | None]:
        """Return what there is, and what is said of it: nothing where there is no place for it."""
        agendas = [each.agenda(now=now, work=self.work, written=written) for each in self.parts.values()]
        is_told = bool(self.places) and not self.is_put_off
        return agendas, rules.say(agendas, now=now, work=self.work, written=written) if is_told else None


@dataclass(slots=True)
class _Unsaid:
    """What a pass has to write down without a message about it: it goes into one transaction."""

    notes: dict[str, list[tuple[MessagePart, date]]] = field(default_factory=dict)
    looked: list[tuple[str, date]] = field(default_factory=list)
    #: When to look again at those of whom nothing is said.
    times: dict[str, datetime] = field(default_factory=dict)

    def add(self, key: str, share: _Share, written: Written, now: datetime) -> bool:
        """Take what there is if it needs no transaction of its own; return whether that is so."""
        agendas, saying = share.plan(written, now)
        is_silent = saying is None or (saying == NothingThisWeek() and not any(each.is_shown for each in agendas))
        if not is_silent or any(each.has_changes for each in agendas):
            return False
        today = share.work.today(now)
        for (name, part), agenda in zip(share.parts.items(), agendas, strict=True):
            if agenda.has_notes:
                self.notes.setdefault(name, []).append((part, today))
        if saying is not None:
            self.looked.append((share.recipient.key, today))
        if share.places and not share.is_put_off:
            self.times[key] = rules.next_look(agendas, now=now, work=share.work, written=written)
        return True


class DailyPass:
    """Says what is due. All state is in the store; what is kept here only saves work.

    The first pass looks at everybody. Later ones look at those for whom something has changed, or for whom the moment
    has come that was worked out when there was nothing to say. Whoever is in doubt is looked at again.
    """

    def __init__(
        self, deps: Deps, snapshot: Snapshot, times: WorkingTimes, contributors: Sequence[Contributor[Any]]
    ) -> None:
        self._deps, self._snapshot, self._times = deps, snapshot, times
        self._nouns = {each.name: each for each in contributors}
        self._escalation = Escalation(deps, snapshot, times, contributors)
        self._complained_on: date | None = None
        self._lock = asyncio.Lock()
        self._look_times = LookTimes()
        #: Up to where changes of each noun have been taken in.
        self._positions: dict[str, Any] = {}
        self._last_run: datetime | None = None

    async def run(self) -> None:
        """Look at whoever may be told something and is at work: write down what has changed, say what is due, escalate.

        A failing recipient is logged and stops nobody else. Run twice at once, or broken off anywhere, everything is
        said once all the same.
        """
        async with self._lock:
            now = self._deps.clock.now()
            due, lost = await self._due(now), 0
            due.sort(key=lambda key: key == NOBODY.key)  # what nobody owns joins the digest of the channel's own team
            for start in range(0, len(due), _MANY):
                async with self._deps.database.reading() as session:
                    shares = await self._shares(session, due[start : start + _MANY], now)
                    lately = await daily_limit.written_to(session, list(shares), since=(now - _RECENT).date())
                lost += sum(part.size for each in shares.values() if not each.places for part in each.parts.values())
                await self._look(shares, lately, now)
            if lost and self._complained_on != now.date():
                self._complained_on = now.date()
                log.error("%d things to say reach nobody: set BATON_PLATFORM_CHANNEL", lost)
            await self._escalation.run(now)

    async def _due(self, now: datetime) -> list[str]:
        """Return the keys of those to look at."""
        if self._last_run is not None and now < self._last_run:
            self._last_run = None  # the clock was set back, so no moment that was worked out holds
        async with self._deps.database.reading() as session:
            written = await written_about(session, self._last_run) if self._last_run is not None else {}
            for name, noun in self._nouns.items():
                since = self._positions.get(name) if self._last_run is not None else None
                self._positions[name], keys = await noun.changed(session, since, written)
                for key in keys:
                    self._look_times.put(key, now)
        self._last_run = now
        return self._look_times.due(now)

    async def _look(self, shares: Mapping[str, _Share], lately: Mapping[str, Written], now: datetime) -> None:
        """Do what there is to do for these, who were written to when `lately` says."""
        people = (key for key, share in shares.items() if share.recipient.team is None)
        theirs = {key for key in people if lately[key].is_turn_of_owed}
        put_off = await self._escalation.waiting(theirs, now) if theirs else ()
        unsaid, turns = _Unsaid(), Turns()
        for key, each in shares.items():
            share = replace(each, is_put_off=key in put_off)
            try:
                if not unsaid.add(key, share, lately[key], now):
                    await self._act(share, now)  # and look again the next time, because it may not have been all
            except daily_limit.TakenError:
                log.info("what %s is told is being looked at by another process", key)
            except Exception as error:  # noqa: BLE001 - one recipient stops nobody else
                log_failure(log, error, "telling %s failed; it is tried again at the next run", key)
            await turns.give()
        if unsaid.notes or unsaid.looked:
            async with self._deps.database.transaction() as session:
                for name, notes in unsaid.notes.items():
                    await self._nouns[name].note(session, notes)
                await daily_limit.looked_at(session, unsaid.looked)
        for key, at in unsaid.times.items():
            self._look_times.put(key, at)

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
            # The team in whose own channel nobody's things are told.
            team = routing.platform_team(self._deps, self._snapshot) if share.recipient == NOBODY else None
            own, host = share.recipient.key, Recipient(team).key if team is not None else ""
            written = await daily_limit.written_to(session, [own, host])
            _, saying = share.plan(written[own], now)
            if written[host].last == telling.today != written[host].digest:
                saying = None  # that team has had a message today which is no digest: this comes on the next day
            for part in share.parts.values():
                await part.begin(telling)
            await _say(telling, saying, share.parts, host=host)
            for part in share.parts.values():
                await part.end(telling, is_digest=isinstance(saying, Weekly | NothingThisWeek))

    async def _shares(self, session: AsyncSession, keys: Sequence[str], now: datetime) -> dict[str, _Share]:
        """Return what those of these are told of who are at work, by their keys; look at the others when they are."""
        at_work: dict[str, WorkingTime] = {}
        found: dict[str, _Share] = {}
        turns = Turns()
        for key in keys:
            name = zone_name_of(self._deps, self._snapshot, self._snapshot.recipient(key))
            work = await self._times.of(name, now)
            if work.is_open(now):
                at_work[key] = work
            else:
                self._look_times.put(key, work.next_open(now))
            await turns.give()
        for name, noun in self._nouns.items():
            parts: Mapping[str, MessagePart] = await noun.parts(session, list(at_work))
            for key, part in parts.items():
                if key not in found:
                    places = routing.places(self._deps, self._snapshot, part.recipient)
                    found[key] = _Share(part.recipient, at_work[key], places)
                found[key].parts[name] = part
                await turns.give()
        for key in at_work.keys() - found.keys():
            self._look_times.drop(key)
        return found


async def _say(telling: Telling, saying: Saying | None, parts: Mapping[str, MessagePart], *, host: str) -> None:
    """Put what is said into the outbox. Raises TakenError when another process is at it."""
    match saying:
        case NothingThisWeek():
            await daily_limit.looked_at(telling.session, [(telling.recipient.key, telling.today)])
        case Weekly():
            await digests.send(telling, saying, parts, host=host)
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

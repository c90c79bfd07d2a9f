"""The open requests of this process in their order, kept up to date by what was written down about them."""

from __future__ import annotations

import asyncio
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.backlog.demand import BacklogRequest
from bot.domain.backlog.explanation import explain
from bot.domain.backlog.lanes import BacklogPlace, Lane
from bot.domain.backlog.requests import OPEN, RequestCard, RequestState
from bot.domain.backlog.standings import Standings
from bot.domain.pages import FirstOf
from bot.services import devops_team
from bot.services.backlog import ranks
from bot.services.backlog._loaded import card_of, listed
from bot.services.backlog._requests_of import concerning
from bot.services.deps import Deps
from bot.services.slices import Turns, in_slices
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.bulk import chunks
from bot.store.journal import written_about

#: Requests with their places.
Placed: TypeAlias = FirstOf[tuple[RequestCard, BacklogPlace]]


class Backlog:
    """The open requests. They are gone through when somebody first asks; afterwards a question costs what has changed.

    What others write down is seen, too: every change of a request is an entry of the audit log.
    """

    def __init__(self, deps: Deps, snapshot: Snapshot) -> None:
        self._deps, self._snapshot = deps, snapshot
        self._lock = asyncio.Lock()
        self._standings: Standings | None = None
        self._read_at: datetime | None = None
        self._owners_position = -1
        self._ids: list[int] = []
        self._private: dict[int, tuple[int, int]] = {}  #: who filed them, and for whom
        self._proposed: set[int] = set()
        self._snoozed: dict[int, date] = {}  #: … and until when
        self._whole: dict[int, int] = {}  #: what each request became part of

    async def first(self, person_id: int | None, count: int, *, start: int = 0) -> Placed:
        """Return the first to be worked on of those that somebody may see, from the place `start` on."""
        async with self._lock, self._deps.database.reading() as session:
            standings = await self._current(session)
            hidden = self._hidden(person_id)
            places = (each for each in standings.places() if each.request.id not in hidden)
            shown = await self._shown(session, islice(places, start, start + count), len(self._ids) - len(hidden))
            return replace(shown, start=start)

    async def has_any(self) -> bool:
        """Whether any request is open."""
        async with self._lock, self._deps.database.reading() as session:
            await self._current(session)
            return bool(self._ids)

    async def lanes(self, person_id: int | None, count: int) -> dict[Lane, Placed]:
        """Return the first of each lane that has any."""
        async with self._lock, self._deps.database.reading() as session:
            standings = await self._current(session)
            return {lane: await self._of(session, standings, lane, count, self._hidden(person_id)) for lane in Lane}

    async def to_watch(self, count: int) -> tuple[Placed, Placed, date | None]:
        """Return the first that are at risk and that nobody has estimated, and since when there has been any of them.

        Everybody's are among them. Of those to estimate, the snoozed ones are left out.
        """
        async with self._lock, self._deps.database.reading() as session:
            standings = await self._current(session)
            at_risk = await self._of(session, standings, Lane.AT_RISK, count, set())
            unknown = await self._of(session, standings, Lane.NOT_ESTIMATED, count, self._snoozed)
            begun = [*standings.created(Lane.AT_RISK, set()), *standings.created(Lane.NOT_ESTIMATED, self._snoozed)]
            return at_risk, unknown, min(begun, default=None)

    async def awaiting(self, person_id: int | None, count: int) -> FirstOf[RequestCard]:
        """Return the first of those that nobody of the DevOps team has looked at, and that are not put off."""
        today = self._deps.clock.now().date()
        async with self._lock, self._deps.database.reading() as session:
            standings = await self._current(session)
            hidden = self._hidden(person_id)
            ids = {each for each in self._proposed - hidden if self._snoozed.get(each, today) <= today}
            lanes = Counter(map(standings.lane, ids))
            places = (each for lane in Lane if lanes[lane] for each in standings.of(lane) if each.request.id in ids)
            shown = await self._shown(session, islice(places, min(count, len(ids))), len(ids))
            return FirstOf([card for card, _ in shown.first], shown.total)

    async def oldest(self, person_id: int | None, count: int, *, start: int = 0) -> FirstOf[RequestCard]:
        """Return the oldest of those that somebody may see, from the place `start` on."""
        async with self._lock, self._deps.database.reading() as session:
            await self._current(session)
            hidden = self._hidden(person_id)
            ids = list(islice((each for each in self._ids if each not in hidden), start, start + count))
            cards = await self._cards(session, ids)
            return FirstOf([cards[each] for each in ids], len(self._ids) - len(hidden), start)

    async def why(self, request_id: int, *, is_all: bool = False) -> tuple[BacklogPlace, tuple[str, ...]] | None:
        """Return where a request stands, and why in words; None where it is not open. `is_all` is as for `explain`."""
        async with self._lock, self._deps.database.reading() as session:
            standings = await self._current(session)
            place = standings.place_of(request_id)
            if place is None:
                return None
            settings = ranks.settings_of(self._deps)
            return place, explain(place, settings, today=standings.today, is_all=is_all)

    def _hidden(self, person_id: int | None) -> set[int]:
        """Return the open requests that somebody may not see."""
        if person_id is not None and devops_team.is_member(self._deps, self._snapshot, person_id):
            return set()
        return {each for each, people in self._private.items() if person_id not in people}

    async def _of(
        self, session: AsyncSession, standings: Standings, lane: Lane, count: int, left_out: Collection[int]
    ) -> Placed:
        places = (each for each in standings.of(lane) if each.request.id not in left_out)
        total = standings.count(lane) - sum(standings.lane(each) is lane for each in left_out)
        return await self._shown(session, islice(places, min(count, total)), total)

    async def _shown(self, session: AsyncSession, places: Iterator[BacklogPlace], total: int) -> Placed:
        shown = list(places)
        cards = await self._cards(session, [each.request.id for each in shown])
        return FirstOf([(cards[each.request.id], each) for each in shown], total)

    async def _cards(self, session: AsyncSession, ids: Collection[int]) -> dict[int, RequestCard]:
        table, now = tables.Request, self._deps.clock.now()
        rows = (await session.execute(select(table).where(col(table.id).in_(ids)))).scalars()
        found = [card_of(self._snapshot, row, now=now) for row in rows]
        return {each.id: each for each in await listed(session, self._snapshot, found, now=now)}

    async def _current(self, session: AsyncSession) -> Standings:
        now, standings = self._deps.clock.now(), self._standings
        changes, owners_position = self._snapshot.changes, self._owners_position
        self._owners_position = changes.position
        self._standings = None  # should this be broken off, half an update is of no use
        read_at = self._read_at
        if standings is None or read_at is None or now < read_at or not changes.reaches(owners_position):
            standings = Standings(ranks.settings_of(self._deps), today=now.date())
            self._ids, self._private, self._proposed, self._snoozed = [], {}, set(), {}
            self._whole = await ranks.merged_into(session)
            table, is_open = tables.Request, [state.value for state in OPEN]
            found = await session.execute(select(col(table.id)).where(col(table.state).in_(is_open)))
            stale = set(found.scalars())
        else:
            await in_slices(standings.turn(now.date()))
            stale = await self._with_wholes(session, (await written_about(session, read_at))["request"])
            others = await concerning(session, changes.owners_since(owners_position))
            wholes = {ranks.target(each, self._whole) for each in others}
            stale |= {each for each in wholes if standings.lane(each) is not None}
        await self._read(session, standings, stale)
        self._standings, self._read_at = standings, now
        return standings

    async def _with_wholes(self, session: AsyncSession, changed: set[int]) -> set[int]:
        """Return these requests with those that they are part of now, or were: what a part needs is the whole's."""
        if not changed:
            return changed
        before = {ranks.target(each, self._whole) for each in changed}
        for each in changed:
            self._whole.pop(each, None)
        self._whole |= await ranks.merged_into(session, changed)
        return changed | before | {ranks.target(each, self._whole) for each in changed}

    async def _read(self, session: AsyncSession, standings: Standings, ids: Collection[int]) -> None:
        """Read these requests and put each into its place, or take it out."""
        table, turns = tables.Request, Turns()
        for some in chunks(ids):
            rows = (await session.execute(select(table).where(col(table.id).in_(some)))).scalars().all()
            is_open = {row.id: row for row in rows if row.state in OPEN}
            for number in some:
                self._drop(standings, number)
            for request in await ranks.with_demands(session, self._deps, self._snapshot, is_open.values()):
                self._put(standings, request, is_open[request.id])
                await turns.give()

    def _put(self, standings: Standings, request: BacklogRequest, row: tables.Request) -> None:
        standings.put(request)
        insort(self._ids, request.id)
        if row.is_private:
            self._private[request.id] = (row.filed_by, row.asked_by)
        if row.state == RequestState.PROPOSED.value:
            self._proposed.add(request.id)
        if row.snoozed_until is not None:
            self._snoozed[request.id] = row.snoozed_until

    def _drop(self, standings: Standings, number: int) -> None:
        if standings.lane(number) is None:
            return
        standings.remove(number)
        del self._ids[bisect_left(self._ids, number)]
        self._proposed.discard(number)
        self._private.pop(number, None)
        self._snoozed.pop(number, None)

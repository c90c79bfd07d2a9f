"""The inventory of this process: what runs where and when its support ends, kept up to date by what changes."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from bot.domain.eol.exposure import Exposure, MatchedDeployment, PinKey, certain_of, matched
from bot.domain.eol.matches import InCycle
from bot.domain.eol.responsibility import NOBODY, Addressee
from bot.domain.inventory.deployments import LastRun, Pin
from bot.domain.working_time import zone_of
from bot.errors import log_failure
from bot.services import routing
from bot.services.deps import Deps
from bot.services.eol.facts import Facts
from bot.services.slices import in_slices
from bot.services.snapshot import Snapshot, give_memory_back, without_collections
from bot.store import deployments, tables
from bot.store.db import Database, release

log = logging.getLogger(__name__)

#: How often a process looks whether another one has brought new facts.
_FOLLOW_SECONDS = 30.0
#: Of so many deployments on, what is made of them is kept out of collections: they take a tenth of a second.
_MANY = 20_000


class Watcher:
    """Keeps what runs where, and when its support ends, up to date with the catalog, the facts and the day."""

    def __init__(self, deps: Deps, snapshot: Snapshot, facts: Facts) -> None:
        #: The catalog that is watched, and the release cycles that it is held against.
        self.snapshot, self.facts = snapshot, facts
        #: The name of the time zone that an addressee works in, and the day that it is there.
        self.zone_name: Callable[[Addressee], str] = partial(routing.zone_name_of, deps, snapshot)
        self.today: Callable[[Addressee], date] = partial(routing.today_of, deps, snapshot)
        self._deps = deps
        self._lock = asyncio.Lock()
        self._days = _Days(deps.clock.now(), self.zone_name)
        self._exposure: Exposure | None = None
        self._pins: Mapping[PinKey, Pin] = {}
        #: Up to where the catalog in memory, and the store's deployments, have been taken in.
        self._position, self._revision = -1, -1
        self._last_runs: dict[str, LastRun] = {}
        #: How often anything has changed, and how often everything has been gone through.
        self.generation = self.fillings = 0

    @property
    def latest(self) -> Exposure | None:
        """What ran where when this was last looked at; None before that, and while it is being looked at."""
        return self._exposure

    def cycle_of(self, asset_id: int, *, product: str, version: str, provider: str) -> InCycle | None:
        """Return the cycle that a deployment is certainly in, even if it is gone; None when that is uncertain."""
        pin = self._pins.get((asset_id, product, version, provider))
        return certain_of(matched(self.facts.table, pin, product=product, version=version, provider=provider))

    async def current(self, session: AsyncSession | None = None) -> Exposure:
        """Return what runs where as of now. The caller's `session` is released where something has to be read.

        What it costs depends on what has changed since the last time: assets with their owners and deployments, and
        what crosses a date on a new day. Only the first time, and when the facts are others, everything is gone
        through: at 100,000 deployments some two seconds of work, a slice of two milliseconds at a time.
        """
        is_known = self._exposure is not None and self._exposure.table is self.facts.table
        if session is not None and not (is_known and self._revision == self.snapshot.revision):
            await release(session)
        async with self._lock:
            now, exposure = self._deps.clock.now(), self._exposure
            for name, last_run in self._last_runs.items():
                last_run.at = self.snapshot.sources_seen.get(name) or last_run.at
            affected = self.snapshot.changes.since(self._position)
            # The catalog goes on changing while this works: what comes from here on is the next call's.
            position, revision = self.snapshot.changes.position, self.snapshot.revision
            if revision != self._revision:  # the catalog lists versions of the organisation's own
                await self.facts.follow_catalog(self._deps.database)
            if exposure is None or affected is None or exposure.table is not self.facts.table:
                return await self._filled(now)
            self._exposure = None  # should this be broken off, half an update is of no use
            exposure.note(self.snapshot.changes.owners_since(self._position))
            days = _Days(now, self.zone_name, self._days)
            if days.by_zone != self._days.by_zone:
                self._days = days
                await self._work(exposure.next_day(days.of, days.over))
            if revision != self._revision:
                affected |= await self._read_changes(exposure, revision)
            if affected:
                await self._work(exposure.update(affected))
            self._exposure, self._position, self._revision = exposure, position, revision
            return exposure

    async def running(self, deployment_id: int) -> MatchedDeployment | None:
        """Return a deployment by its id; None when the inventory no longer has it."""
        table, exposure = tables.Deployment, await self.current()
        async with self._deps.database.connected() as connection:
            query = select(col(table.asset_id)).where(col(table.id) == deployment_id)
            asset_id = (await connection.execute(query)).scalar_one_or_none()
        runs = exposure.by_asset.get(asset_id, ()) if asset_id is not None else ()
        return next((one for one in runs if one.deployment.id == deployment_id), None)

    async def _filled(self, now: datetime) -> Exposure:
        position = await self.snapshot.follow_changes()
        revision = self.snapshot.revision
        self._days = _Days(now, self.zone_name)
        async with self._deps.database.connected() as connection:
            self._pins = await _pins(connection)
            exposure = Exposure(
                self.facts.table,
                self.snapshot,
                now=now,
                stale_after=self._deps.stale_after,
                today_of=self._days.of,
                pins=self._pins,
            )
            with without_collections():  # it all stays
                changes = deployments.deployments(connection, after=-1, until=revision, last_runs=self._last_runs)
                async for asset_id, deployment, _ in changes:
                    exposure.put(asset_id, deployment)
        await self._work(exposure.fill())
        give_memory_back()
        self.fillings += 1
        self._exposure, self._position, self._revision = exposure, position, revision
        return exposure

    async def _read_changes(self, exposure: Exposure, revision: int) -> set[int]:
        """Read what has changed in the store, and return the assets that it is about."""
        async with self._deps.database.connected() as connection:
            changes = deployments.deployments(
                connection, after=self._revision, until=revision, last_runs=self._last_runs
            )
            found = {exposure.put(each, one, is_gone=is_gone) async for each, one, is_gone in changes}
            before, self._pins = exposure.pins, await _pins(connection)
        exposure.pins = self._pins
        found |= {pin.asset_id for pin in {*before.values()} ^ {*exposure.pins.values()}}
        return found

    async def _work(self, steps: Iterator[None]) -> None:
        """Go through steps of an update, a slice at a time."""
        with without_collections():  # nearly all that is made here stays
            if await in_slices(steps) > _MANY:
                gc.freeze()  # a full collection would go through all of it, time and again, and stop the loop
        self.generation += 1


async def keep_following(watcher: Watcher, database: Database, *, every_seconds: float = _FOLLOW_SECONDS) -> None:
    """Follow the facts until cancelled, so that the inventory is ready before anybody asks.

    A failure is logged and tried again: old facts, with their age, beat none.
    """
    while True:
        try:
            await watcher.facts.follow(database)
            async with database.connected() as connection:
                is_needed = await deployments.has_deployments(connection)
            if is_needed:
                await watcher.current()
        except Exception as error:  # noqa: BLE001 - old facts beat none
            log_failure(log, error, "the facts of end of life could not be brought up to date")
        await asyncio.sleep(every_seconds)


class _Days:
    """Which day it was at one moment for each addressee who was asked for, now or before."""

    def __init__(self, now: datetime, zone_name: Callable[[Addressee], str], before: _Days | None = None) -> None:
        self._now, self._zone_name = now, zone_name
        #: Another team may come to stand in for nobody: whoever compares the days before and after needs both.
        self._of_nobody = zone_name(NOBODY)
        known = before.by_zone if before is not None else {}
        self.by_zone: dict[str, date] = {
            name: now.astimezone(zone_of(name)).date() for name in {*known, self._of_nobody}
        }
        days = {*known.values(), *self.by_zone.values()}
        #: The days that have ended in any zone since `before`.
        self.over = [min(days) + timedelta(number) for number in range((max(days) - min(days)).days)]

    def of(self, addressee: Addressee) -> date:
        """Return the day that it is where the addressee is."""
        name = self._of_nobody if addressee == NOBODY else self._zone_name(addressee)
        found = self.by_zone.get(name)
        if found is None:
            found = self.by_zone[name] = self._now.astimezone(zone_of(name)).date()
        return found


async def _pins(connection: AsyncConnection) -> dict[PinKey, Pin]:
    table = tables.VersionPin
    columns = (tables.core(table).c[each.name] for each in fields(Pin))
    query = select(*columns).where(col(table.ended_at).is_(None)).order_by(col(table.id))
    pins = [Pin(**row._mapping) for row in await connection.execute(query)]
    return {(pin.asset_id, pin.product, pin.version, pin.provider): pin for pin in pins}

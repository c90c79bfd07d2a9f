"""The inventory of this process: what runs where and what that comes to, gathered when it is asked for."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from itertools import chain
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from bot.domain.eol.exposure import NOBODY, Addressee, Watches, Watching, certain_of, matched
from bot.domain.eol.matches import InCycle
from bot.domain.inventory.deployments import Deployment, Pin
from bot.services.deps import Deps
from bot.services.eol.facts import Facts
from bot.services.snapshot import Snapshot, without_collections
from bot.store import queries, tables

#: How long deployments are gone through before the event loop gets its turn, in seconds.
_SLICE_SECONDS = 0.002
#: Of so many deployments on, what is made of them is kept out of collections: they take a tenth of a second.
_MANY = 20_000
_UTC = ZoneInfo("UTC")

#: What a pin is found by: the asset, and the deployment's product, version and provider.
_PinKey = tuple[int, str, str, str]


class Watcher:
    """Keeps the watches of the catalog, the facts and the day as they are now."""

    def __init__(self, deps: Deps, snapshot: Snapshot, facts: Facts) -> None:
        self._deps, self._snapshot, self._facts = deps, snapshot, facts
        self._lock = asyncio.Lock()
        self._read_at = -1
        self._deployments: list[Deployment] = []
        self._pins: Mapping[_PinKey, Pin] = {}
        self._gathered_from = (-1, "")
        self._days = _Days(deps.clock.now(), deps.timezone)
        self._watches = Watches()
        self._watching: Watching | None = None
        #: How often the watches have been gathered.
        self.generation = 0

    @property
    def snapshot(self) -> Snapshot:
        """The catalog that is watched."""
        return self._snapshot

    @property
    def facts(self) -> Facts:
        """The release cycles that it is held against."""
        return self._facts

    def addressee(self, key: str) -> Addressee:
        """Return whom a key names, as `Addressee.key` has it; nobody when they are not known any more."""
        kind, _, number = key.partition(":")
        if kind == "team":
            return Addressee(team=self._snapshot.team(int(number)))
        return Addressee(person=self._snapshot.person(int(number))) if kind == "person" else NOBODY

    def zone_name(self, addressee: Addressee) -> str:
        """Return the name of the addressee's time zone: their own, else the installation's."""
        return addressee.timezone or self._deps.timezone

    def today(self, addressee: Addressee) -> date:
        """Return the day that it is where the addressee is."""
        return _Days(self._deps.clock.now(), self._deps.timezone).of(addressee)

    def cycle_of(self, asset_id: int, *, product: str, version: str, provider: str) -> InCycle | None:
        """Return the cycle that a deployment is sure to be in, one that is gone, too; None when it is not sure."""
        pin = self._pins.get((asset_id, product, version, provider))
        return certain_of(matched(self._facts.table, pin, product=product, version=version, provider=provider))

    async def current(self) -> Watches:
        """Return the watches as of now, gathered anew when the catalog, the facts or the day of anybody changed.

        Going through 100,000 deployments takes some two seconds of work, a slice of two milliseconds at a time.
        """
        async with self._lock:
            now = self._deps.clock.now()
            revision, table = self._snapshot.revision, self._facts.table
            if self._gathered_from == (revision, table.hash) and self._days.are_those_of(now):
                return self._watches
            if revision != self._read_at:
                await self._read()
                self._read_at = revision
            days = _Days(now, self._deps.timezone)
            watching = Watching(
                table,
                self._snapshot,
                now=now,
                stale_after=self._deps.stale_after,
                pins=self._pins,
                today_of=days.of,
            )
            if self._watching is not None and self._gathered_from == (revision, table.hash):
                watching.follow(self._watching)  # only the day is another one
                self._watches = await _gathered(watching, watching.add_again, self._watching.certain)
            else:
                self._watches = await _gathered(watching, watching.add, self._deployments)
            self._watching = watching
            self._gathered_from, self._days = (revision, table.hash), days
            self.generation += 1
            return self._watches

    async def _read(self) -> None:
        with without_collections():  # it all stays
            async with self._deps.database.connected() as connection:
                self._deployments = [each async for each in queries.deployments(connection)]
                self._pins = await _pins(connection)


class _Days:
    """Which day it was in each time zone that was asked for, at one moment."""

    def __init__(self, now: datetime, default_zone: str) -> None:
        self._now, self._default_zone = now, default_zone
        self._by_zone: dict[str, date] = {}

    def of(self, addressee: Addressee) -> date:
        """Return the day that it is where the addressee is."""
        name = addressee.timezone or self._default_zone
        found = self._by_zone.get(name)
        if found is None:
            found = self._by_zone[name] = self._now.astimezone(zone_of(name)).date()
        return found

    def are_those_of(self, now: datetime) -> bool:
        """Whether it is the same day still wherever it was asked for."""
        return all(now.astimezone(zone_of(name)).date() == day for name, day in self._by_zone.items())


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name; UTC where there is none of that name."""
    try:
        return ZoneInfo(name) if name else _UTC
    except (ZoneInfoNotFoundError, ValueError):
        return _UTC


_Item = TypeVar("_Item")


async def _gathered(watching: Watching, add: Callable[[_Item], None], items: Iterable[_Item]) -> Watches:
    turn_ends = time.monotonic() + _SLICE_SECONDS
    with without_collections():  # nearly all that is made here stays
        for _ in chain(map(add, items), watching.finishing()):
            if time.monotonic() > turn_ends:
                await asyncio.sleep(0)
                turn_ends = time.monotonic() + _SLICE_SECONDS
        if len(watching.certain) > _MANY:
            gc.freeze()  # a full collection would go through all of it, time and again, and stop the loop
    return watching.finished()


async def _pins(connection: AsyncConnection) -> dict[_PinKey, Pin]:
    table = tables.VersionPin
    query = select(tables.core(table)).where(col(table.ended_at).is_(None)).order_by(col(table.id))
    return {
        (row.asset_id, row.product, row.version, row.provider): Pin(
            id=row.id,
            asset_id=row.asset_id,
            product=row.product,
            version=row.version,
            provider=row.provider,
            pinned_product=row.pinned_product,
            pinned_cycle=row.pinned_cycle,
            person_id=row.person_id,
            at=row.at,
        )
        for row in await connection.execute(query)
    }

"""How long it takes to match and to schedule all that runs, how that grows, and how long the loop stands still.

A team runs some sixty different versions, however much it runs, as inventories have it.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import math
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select
from sqlmodel import col

from bot.clients.eol import starter
from bot.domain.eol import match
from bot.services import snapshot as snapshots
from bot.services.daily_pass import DailyPass
from bot.services.deps import Deps
from bot.services.eol.contribution import Reminders
from bot.services.eol.exposure import Watcher
from bot.services.eol.facts import Facts
from bot.services.snapshot import Snapshot
from bot.services.working_times import WorkingTimes
from bot.store import tables
from bot.store.db import Database
from tests.benchmarks.floors import looked_up
from tests.benchmarks.names import realistic_assets
from tests.benchmarks.stored import fill
from tests.conftest import FixedClock

pytestmark = pytest.mark.bench

_SEED = 23
_SIZES = (1_000, 10_000, 100_000)
_DECADES = math.log(_SIZES[-1] / _SIZES[0])
#: How many times a dictionary's match of the same rows matching may take.
_MATCHED = 15.0
#: How many times inserting the same deployments by Core it may take to gather them and to say what is due on a new day.
_SCHEDULED = 7.0
#: Different versions that one team runs.
_VERSIONS = 60
#: A Tuesday; the digest is due at 10.
_TUESDAY = datetime(2026, 9, 1, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scan:
    """What one inventory took, in seconds of this process; `stalls` are in milliseconds of the loop's thread.

    `looked_up` and `inserted` are the floors of `match` and of the rest.
    """

    looked_up: float
    inserted: float
    match: float
    gather: float
    first_look: float
    digests: float
    new_day: float
    due: float
    nothing: float
    reminders: int
    messages: int
    stalls: list[float]


async def test_a_scan_takes_as_long_for_each_deployment_whatever_their_number(tmp_path: Path) -> None:
    logging.getLogger("bot").setLevel(logging.ERROR)
    scans = {size: await _scan(tmp_path / f"{size}.sqlite", size) for size in _SIZES}
    names = ("match", "gather", "1st look", "digests", "new day", "due", "nothing")
    print(f"\n{'seconds':8} " + " ".join(f"{name:>8}" for name in names))
    for size, scan in scans.items():
        figures = (scan.match, scan.gather, scan.first_look, scan.digests, scan.new_day, scan.due, scan.nothing)
        print(
            f"{size:8,} {' '.join(f'{figure:8.3f}' for figure in figures)}  {scan.reminders:,} reminders, "
            f"{scan.messages:,} messages; the loop stood still p99 {_at(scan.stalls, 0.99):.1f} ms, "
            f"most {scan.stalls[-1]:.1f} ms"
        )
    large, small = scans[_SIZES[-1]], scans[_SIZES[0]]
    whole = {size: scan.gather + scan.due for size, scan in scans.items()}
    exponent = math.log(whole[_SIZES[-1]] / whole[_SIZES[0]]) / _DECADES
    each = whole[_SIZES[-1]] / _SIZES[-1] * 1e6
    print(f"matched and scheduled: {whole[_SIZES[-1]]:.2f} s, {each:.1f} us a deployment, exponent {exponent:.2f}")
    matched, scheduled = large.match / large.looked_up, whole[_SIZES[-1]] / large.inserted
    print(f"matching over a dictionary's match: {matched:.1f} (to reach: {_MATCHED})")
    print(f"all of it over inserting the same deployments: {scheduled:.1f} (to reach: {_SCHEDULED})")
    assert exponent <= 1.1
    assert matched <= _MATCHED
    assert scheduled <= _SCHEDULED
    assert _at(large.stalls, 0.99) <= 25
    assert small.messages > 0


async def _scan(path: Path, size: int) -> Scan:
    url = f"sqlite:///{path}"
    await fill(url, realistic_assets(size, _SEED), seed=_SEED)
    database, clock = Database(url), FixedClock(_TUESDAY)
    rows = await _versions(database, size)
    inserted = 0.0
    try:
        async with database.engine.begin() as connection:
            for start in range(0, size, 5000):
                made = [_row(number, *rows[number - 1]) for number in range(start + 1, min(start + 5000, size) + 1)]
                inserted += await _seconds(connection.execute(insert(tables.Deployment), made))
        deps, snapshot = Deps(database, clock, platform_channel="C0PLATFORM"), Snapshot()
        await snapshots.refresh(snapshot, database)
        gc.collect()
        gc.freeze()
        watcher = Watcher(deps, snapshot, Facts())
        daily_pass = DailyPass(deps, snapshot, WorkingTimes(), [Reminders(deps, watcher)])
        table = watcher.facts.table
        began = time.process_time()
        for product, version in rows:
            match(table, product=product, version=version)
        matched = time.process_time() - began
        ticker = Ticker()
        async with ticker:
            gather = await _seconds(watcher.current())
            first_look = await _seconds(daily_pass.run())
            clock.at = _TUESDAY + timedelta(minutes=30)
            digests = await _seconds(daily_pass.run())
            clock.at += timedelta(days=1)
            new_day = await _seconds(watcher.current())
            due = await _seconds(daily_pass.run())
            await daily_pass.run()
            nothing = await _seconds(daily_pass.run())
        async with database.reading() as session:
            reminders = (await session.execute(select(func.count()).select_from(tables.Reminder))).scalar_one()
            messages = (await session.execute(select(func.count()).select_from(tables.OutboxMessage))).scalar_one()
        stalls = sorted(ticker.stalls)
        floors = (looked_up(rows), inserted)
        return Scan(*floors, matched, gather, first_look, digests, new_day, due, nothing, reminders, messages, stalls)
    finally:
        await database.close()
        gc.unfreeze()


class Ticker:
    """Notes for how long the event loop's thread worked between two turns of the loop, while others may run too."""

    def __init__(self) -> None:
        self.stalls: list[float] = []

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._tick())

    async def _tick(self) -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.001)
            self.stalls.append((time.thread_time() - before) * 1000)

    async def __aexit__(self, *error: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def _seconds(work: object) -> float:
    began = time.process_time()
    await work  # type: ignore[misc]
    return time.process_time() - began


async def _versions(database: Database, size: int) -> list[tuple[str, str]]:
    """Return what each asset runs: one of its first owner's versions."""
    rng = random.Random(_SEED)
    known = [
        (product.key, cycle.latest or cycle.name) for product in starter.load().products for cycle in product.cycles
    ]
    t = tables.Ownership
    query = select(col(t.asset_id), col(t.team_id)).where(col(t.team_id).is_not(None)).order_by(col(t.id).desc())
    async with database.reading() as session:
        owners = {row.asset_id: row.team_id for row in await session.execute(query)}
    of_team: dict[int | None, list[tuple[str, str]]] = {}
    found = []
    for number in range(1, size + 1):
        team = owners.get(number)
        if team not in of_team:
            of_team[team] = rng.sample(known, _VERSIONS)
        found.append(rng.choice(of_team[team]))
    return found


def _row(number: int, product: str, version: str) -> dict[str, object]:
    return {
        "asset_id": number, "source_id": 1, "product": product, "version": version, "provider": "", "environment": "",
        "how": "catalog", "address": "", "first_seen_at": _TUESDAY, "last_seen_at": _TUESDAY,
    }  # fmt: skip


def _at(values: Sequence[float], share: float) -> float:
    return values[min(int(len(values) * share), len(values) - 1)]

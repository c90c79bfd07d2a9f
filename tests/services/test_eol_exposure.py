"""The inventory in memory follows the store, the facts and the day."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.eol.exposure import Exposure
from bot.domain.working_time import zone_of
from bot.services import snapshot as snapshots
from bot.services.deps import Deps
from bot.services.eol.exposure import Watcher, keep_following
from bot.services.eol.facts import Facts
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.db import Database
from bot.store.journal import audit, next_revision
from tests.conftest import FixedClock


@pytest.fixture
def deps(database: Database, clock: FixedClock) -> Deps:
    return Deps(database, clock)


@pytest.fixture
async def catalog(deps: Deps) -> Snapshot:
    """A team in Tokyo that owns a database, which runs PostgreSQL 11.22."""
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        revision = await next_revision(session)
        entry = await audit(session, at=now, actor="import:x", action="catalog.import", subject="source:1")
        source = tables.Source(name="terraform", last_run_at=now)
        team = tables.Team(folded="payments", name="Payments", timezone="Asia/Tokyo", revision=revision)
        asset = tables.Asset(ref="database:db", kind="database", name="db", revision=revision)
        session.add_all([source, team, asset])
        await session.flush()
        session.add(
            tables.Ownership(
                asset_id=asset.id,
                team_id=team.id,
                area="all",
                role="owner",
                source_id=source.id,
                valid_from=now,
                begun_by=entry,
            )
        )
        session.add(
            tables.Deployment(
                asset_id=asset.id,
                source_id=source.id,
                product="postgresql",
                version="11.22",
                how="catalog",
                first_seen_at=now,
                last_seen_at=now,
            )
        )
    snapshot = Snapshot()
    await snapshots.refresh(snapshot, deps.database)
    return snapshot


async def test_watches_are_gathered_once_and_again_when_the_day_or_the_catalog_changes(
    deps: Deps, catalog: Snapshot, clock: FixedClock
) -> None:
    watcher = Watcher(deps, catalog, Facts())
    first = await watcher.current()
    [watch] = first.by_key.values()
    assert (watch.addressee.name, watch.product.key, watch.cycle.name) == ("Payments", "postgresql", "11")
    generation = watcher.generation
    await watcher.current()
    assert watcher.generation == generation
    clock.advance(timedelta(days=1))
    await watcher.current()
    assert watcher.generation > generation
    async with deps.database.transaction() as session:
        revision = await next_revision(session)
        row = await session.get_one(tables.Deployment, 1)
        row.gone_at, row.revision = deps.clock.now(), revision
    assert [*(await watcher.current()).by_key] == [watch.key], "memory follows the snapshot, whole"
    await snapshots.refresh(catalog, deps.database)
    assert (await watcher.current()).by_key == {}


async def _fresh(deps: Deps, catalog: Snapshot) -> Exposure:
    return await Watcher(deps, catalog, Facts()).current()


async def test_what_changes_while_a_new_day_is_taken_in_is_not_lost(
    deps: Deps, catalog: Snapshot, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = Watcher(deps, catalog, Facts())
    await watcher.current()
    real = Watcher._work

    async def work(self: Watcher, steps: Iterator[None]) -> None:
        await real(self, steps)
        asset = catalog.asset(1)
        assert asset is not None
        catalog.put_asset(replace(asset, facts=()))

    clock.advance(timedelta(days=1))
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Watcher, "_work", work)
        await watcher.current()
    assert [*(await watcher.current()).by_addressee] == ["nobody"]


async def test_an_update_that_is_broken_off_leaves_no_half_of_it(
    deps: Deps, catalog: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = Watcher(deps, catalog, Facts())
    await watcher.current()
    asset = catalog.asset(1)
    assert asset is not None
    catalog.put_asset(replace(asset, facts=()))

    def broken(*_: object) -> Iterator[None]:
        raise asyncio.CancelledError
        yield

    with monkeypatch.context() as once:
        once.setattr(Exposure, "_regroup", broken)
        with pytest.raises(asyncio.CancelledError):
            await watcher.current()
    assert (await watcher.current()).by_key.keys() == (await _fresh(deps, catalog)).by_key.keys() != set()


async def test_an_import_that_changes_nothing_has_seen_it_again(
    deps: Deps, catalog: Snapshot, clock: FixedClock
) -> None:
    later = clock.now() + timedelta(days=9)
    async with deps.database.transaction() as session:
        (await session.get_one(tables.Source, 1)).last_run_at = later
    [running] = (await Watcher(deps, catalog, Facts()).current()).by_asset[1]
    assert running.deployment.last_seen_at == later


@pytest.mark.parametrize(
    ("name", "zone"), [("Asia/Tokyo", "Asia/Tokyo"), ("", "UTC"), ("Mars/North", "UTC"), ("../x", "UTC")]
)
def test_a_time_zone_that_is_none_is_utc(name: str, zone: str) -> None:
    assert zone_of(name).key == zone


async def test_what_runs_where_is_ready_before_anybody_asks(deps: Deps, catalog: Snapshot) -> None:
    watcher = Watcher(deps, catalog, Facts())
    following = asyncio.create_task(keep_following(watcher, deps.database))
    try:
        for _ in range(1_000):
            if watcher.fillings:
                break
            await asyncio.sleep(0.01)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    assert watcher.fillings == 1
    await watcher.current()
    assert watcher.fillings == 1

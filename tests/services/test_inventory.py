"""What runs where, by source and asset: filled by imports and scans, ended by what is no longer seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, delete

from bot.domain.catalog import AssetClaim, Runs
from bot.domain.inventory.observations import Seen
from bot.errors import CatalogError
from bot.services.catalog import ImportOutcome
from bot.services.inventory.deployments import Scan, ScanResult, record
from bot.store import migrations, tables
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.services.catalog_world import World, asset

pytestmark = pytest.mark.sql

POSTGRES = Runs("postgresql", "11.22", "aws-rds", "production")
PYTHON = Runs("python", "3.9")


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    return World(database, clock)


def running(name: str, *runs: Runs, **fields: Any) -> AssetClaim:
    return asset(name, runs=runs, **fields)


def seen(product: str, version: str, **fields: Any) -> Seen:
    return Seen(product=product, version=version, **{"how": "image", **fields})


async def scan(world: World, source: str, by_name: dict[str, list[Seen]], *, is_complete: bool = False) -> ScanResult:
    world.clock.advance(timedelta(minutes=1))
    ids = {row.name: row.id for row in await world.rows(tables.Asset)}
    found = {ids[name]: said for name, said in by_name.items()}
    made = Scan(source=source, how="image", seen=found, is_complete=is_complete)
    return await record(world.deps, made, actor="cli")


async def alive(world: World) -> set[tuple[str, str, str, str, str, str]]:
    """Source, asset, product, version, provider and environment of every deployment that is not gone."""
    sources = {row.id: row.name for row in await world.rows(tables.Source)}
    names = {row.id: row.name for row in await world.rows(tables.Asset)}
    return {
        (sources[row.source_id], names[row.asset_id], row.product, row.version, row.provider, row.environment)
        for row in await world.rows(tables.Deployment)
        if row.gone_at is None
    }


async def state(world: World) -> Any:
    """Everything that scans write but the times of last sightings."""
    rows = [row.model_dump() for row in await world.rows(tables.Deployment)]
    stable = [{key: value for key, value in row.items() if key != "last_seen_at"} for row in rows]
    return stable, await world.revision(), await world.count(tables.AuditEntry)


class TestImports:
    async def test_claims_fill_deployments(self, world: World) -> None:
        await world.load("terraform", running("orders-db", POSTGRES), running("checkout", PYTHON, PYTHON))
        assert await alive(world) == {
            ("terraform", "orders-db", "postgresql", "11.22", "aws-rds", "production"),
            ("terraform", "checkout", "python", "3.9", "", ""),
        }
        [first, second] = await world.rows(tables.Deployment)
        assert (first.how, first.address, first.has_extended_support) == ("catalog", "", None)
        assert first.first_seen_at == first.last_seen_at == second.first_seen_at == world.clock.now()

    @pytest.mark.parametrize("before", [None, True])
    async def test_what_a_claim_says_of_paid_support_is_kept_and_followed(
        self, world: World, before: bool | None
    ) -> None:
        await world.load("terraform", running("orders-db", replace(POSTGRES, has_extended_support=before)))
        for said in (False, True, None):
            await world.load("terraform", running("orders-db", replace(POSTGRES, has_extended_support=said)))
            [row] = await world.rows(tables.Deployment)
            assert (row.has_extended_support, row.gone_at) == (said, None)

    async def test_every_source_has_a_row_of_its_own(self, world: World) -> None:
        await world.load("terraform", running("orders-db", POSTGRES))
        await world.load("backstage", running("orders-db", POSTGRES, PYTHON))
        assert {(source, product) for source, _, product, *_ in await alive(world)} == {
            ("terraform", "postgresql"),
            ("backstage", "postgresql"),
            ("backstage", "python"),
        }
        await world.load("backstage", running("orders-db", PYTHON))
        assert {(source, product) for source, _, product, *_ in await alive(world)} == {
            ("terraform", "postgresql"),
            ("backstage", "python"),
        }

    async def test_a_version_that_changes_ends_and_begins(self, world: World) -> None:
        await world.load("csv", running("checkout", PYTHON))
        began = world.clock.now()
        await world.load("csv", running("checkout", Runs("python", "3.12")))
        [old, new] = await world.rows(tables.Deployment)
        assert (old.version, old.gone_at, old.first_seen_at) == ("3.9", world.clock.now(), began)
        assert (new.version, new.gone_at, new.first_seen_at) == ("3.12", None, world.clock.now())

    async def test_what_comes_back_keeps_the_day_on_which_it_was_first_seen(self, world: World) -> None:
        await world.load("csv", running("checkout", PYTHON))
        began = world.clock.now()
        await world.load("csv", running("checkout"))
        assert await alive(world) == set()
        await world.load("csv", running("checkout", PYTHON))
        [row] = await world.rows(tables.Deployment)
        assert (row.first_seen_at, row.last_seen_at, row.gone_at) == (began, world.clock.now(), None)

    async def test_an_asset_that_goes_runs_nothing_whoever_saw_it(self, world: World) -> None:
        await world.load("csv", running("checkout", PYTHON), running("orders", PYTHON))
        await scan(world, "scan-image", {"checkout": [seen("redis", "6.2")], "orders": [seen("redis", "6.2")]})
        await world.load("csv", running("orders", PYTHON))
        assert {name for _, name, *_ in await alive(world)} == {"orders"}
        await world.load("csv", running("orders", PYTHON), running("checkout", PYTHON))
        assert ("csv", "checkout", "python", "3.9", "", "") in await alive(world)

    async def test_an_import_of_the_same_changes_nothing(self, world: World) -> None:
        claims = [running("checkout", PYTHON), running("orders-db", POSTGRES)]
        await world.load("csv", *claims)
        before = [row.model_dump() for row in await world.rows(tables.Deployment)]
        assert (await world.load("csv", *claims)).outcome is ImportOutcome.UNCHANGED
        assert [row.model_dump() for row in await world.rows(tables.Deployment)] == before

    async def test_an_import_of_something_else_about_it_leaves_its_deployments_as_they_were(self, world: World) -> None:
        await world.load("csv", running("checkout", PYTHON))
        before = [row.model_dump() for row in await world.rows(tables.Deployment)]
        await world.load("csv", running("checkout", PYTHON, tier=1))
        assert [row.model_dump() for row in await world.rows(tables.Deployment)] == before

    async def test_a_dry_run_writes_nothing(self, world: World) -> None:
        async with world.rehearsing():
            await world.load("csv", running("checkout", PYTHON))
        assert await world.count(tables.Deployment) == 0


class TestScans:
    @pytest.fixture(autouse=True)
    async def _catalog(self, world: World) -> None:
        await world.load("csv", running("checkout", PYTHON), running("orders"))

    async def test_a_scan_of_one_asset_touches_only_that(self, world: World) -> None:
        first = [seen("postgres", "11", address="postgres:11"), seen("redis", "6.2")]
        recorded = await scan(world, "scan-image", {"checkout": first, "orders": [seen("redis", "6.2")]})
        assert recorded == ScanResult(came=3, changed=0, ended=0, unchanged=0)
        recorded = await scan(world, "scan-image", {"checkout": [seen("redis", "6.2")]})
        assert recorded == ScanResult(came=0, changed=0, ended=1, unchanged=1)
        assert await alive(world) == {
            ("csv", "checkout", "python", "3.9", "", ""),
            ("scan-image", "checkout", "redis", "6.2", "", ""),
            ("scan-image", "orders", "redis", "6.2", "", ""),
        }

    async def test_a_complete_scan_ends_what_it_does_not_see(self, world: World) -> None:
        await scan(world, "aws", {"checkout": [seen("mysql", "5.7")], "orders": [seen("mysql", "8.0")]})
        recorded = await scan(world, "aws", {"orders": [seen("mysql", "8.0")]}, is_complete=True)
        assert recorded == ScanResult(came=0, changed=0, ended=1, unchanged=1)
        assert {name for source, name, *_ in await alive(world) if source == "aws"} == {"orders"}
        [source] = await world.rows(tables.Source, tables.Source.name == "aws")  # type: ignore[arg-type]
        assert source.last_run_at == world.clock.now()
        assert (await scan(world, "aws", {}, is_complete=True)).ended == 1

    async def test_a_second_scan_of_the_same_moves_only_the_last_sighting(self, world: World) -> None:
        said = {"checkout": [seen("postgres", "11", address="postgres:11", has_extended_support=True)]}
        await scan(world, "scan-image", said)
        before = await state(world)
        assert not (await scan(world, "scan-image", said)).has_changed
        assert await state(world) == before
        row = (await world.rows(tables.Deployment))[-1]
        assert (row.last_seen_at, row.first_seen_at < row.last_seen_at) == (world.clock.now(), True)

    async def test_a_change_of_details_is_a_change(self, world: World) -> None:
        await scan(world, "aws", {"checkout": [seen("postgres", "11", has_extended_support=True)]})
        revision = await world.revision()
        recorded = await scan(world, "aws", {"checkout": [seen("postgres", "11", has_extended_support=False)]})
        assert recorded == ScanResult(came=0, changed=1, ended=0, unchanged=0)
        assert (await world.rows(tables.Deployment))[-1].has_extended_support is False
        assert await world.revision() == revision + 1

    async def test_a_change_is_audited(self, world: World) -> None:
        await scan(world, "scan-image", {"checkout": [seen("redis", "6.2")]})
        entry = (await world.rows(tables.AuditEntry))[-1]
        assert (entry.actor, entry.action) == ("cli", "lifecycle.inventory")
        assert entry.detail["counts"] == {"came": 1, "changed": 0, "ended": 0}

    async def test_a_dry_run_says_what_it_would_and_writes_nothing(self, world: World) -> None:
        before = await state(world), await world.count(tables.Source)
        async with world.rehearsing():
            recorded = await scan(world, "scan-image", {"checkout": [seen("redis", "6.2")]})
        assert recorded.came == 1
        assert (await state(world), await world.count(tables.Source)) == before

    async def test_an_asset_that_is_gone_is_left(self, world: World) -> None:
        await world.load("csv", running("orders"))
        await scan(world, "scan-image", {"checkout": [seen("redis", "6.2")]})
        assert await alive(world) == set()

    async def test_the_name_of_an_import_is_refused(self, world: World) -> None:
        for name in ("csv", "slack"):
            with pytest.raises(CatalogError, match="--source"):
                await scan(world, name, {"checkout": [seen("redis", "6.2")]})

    async def test_an_import_ends_no_scan_of_the_same_source(self, world: World) -> None:
        """A source that scans may make assets as well, as that of AWS does."""
        await world.load("aws", running("cache", PYTHON), format_name="image")
        await scan(world, "aws", {"cache": [seen("redis", "6.2"), seen("python", "3.9")]}, is_complete=True)
        await world.load("aws", running("cache", tier=2), format_name="image")
        assert {product for source, _, product, *_ in await alive(world) if source == "aws"} == {"redis"}


def _again_0005(connection: Connection) -> None:
    """Make the one step again that filled the table, in a schema that has gone on since."""
    alembic = migrations.config()
    alembic.attributes["connection"] = connection
    command.stamp(alembic, "0004")
    command.upgrade(alembic, "0005")
    command.stamp(alembic, "head")


async def test_an_upgrade_fills_deployments_from_the_claims_that_stand(world: World) -> None:
    gone = running("legacy", PYTHON)
    await world.load("terraform", running("orders-db", POSTGRES), running("checkout", PYTHON, PYTHON), gone)
    await world.load("backstage", running("orders-db", POSTGRES), running("plain"))
    await world.load("terraform", running("orders-db", POSTGRES), running("checkout", PYTHON, PYTHON))
    wanted = await alive(world)
    assert len(wanted) == 3
    async with world.database.transaction() as session:
        await session.execute(delete(tables.Deployment))
    async with world.database.engine.connect() as connection:
        await connection.run_sync(_again_0005)
        await connection.commit()
    assert await alive(world) == wanted
    read_at = {row.id: row.last_run_at for row in await world.rows(tables.Source)}
    for row in await world.rows(tables.Deployment):
        assert row.how == "catalog"
        assert row.first_seen_at == row.last_seen_at == read_at[row.source_id]
    before = [row.model_dump() for row in await world.rows(tables.Deployment)]
    await world.load("backstage", running("orders-db", POSTGRES, tier=1), running("plain", tier=1))
    assert [row.model_dump() for row in await world.rows(tables.Deployment)] == before

"""Imports that run at the same time wait for one another, and are both right."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.errors import CatalogError
from bot.services.catalog import ImportOutcome
from bot.store import tables
from bot.store.db import Database
from tests.services.catalog_world import World, asset, team

pytestmark = pytest.mark.sql


@pytest.fixture
def world(database: Database, clock: Any) -> World:
    return World(database, clock)


async def test_imports_of_several_sources_at_once_are_all_carried_out(world: World) -> None:
    sources = [f"source-{number}" for number in range(5)]
    reports = await asyncio.gather(
        *(
            world.load(name, team("ops"), asset(f"{name}:red", "red", "ops"), asset(name, name, "ops", parent="red"))
            for name in sources
        )
    )
    assert {report.outcome for report in reports} == {ImportOutcome.IMPORTED}
    assert await world.revision() == 5
    owners = await world.owners()
    assert owners["service:red"] == {(name, "ops", "all", "owner") for name in sources}
    assert len(owners) == 6
    assert len(await world.rows(tables.AuditEntry)) == 5
    assert sorted(row.revision for row in (await world.assets()).values())[-1] == 5


async def test_the_same_import_twice_at_once_is_one_change(world: World) -> None:
    claims = [asset(str(number), f"s{number}", "ops") for number in range(50)]
    reports = await asyncio.gather(*(world.load("csv", *claims) for _ in range(3)))
    assert sorted(report.outcome for report in reports) == ["imported", "unchanged", "unchanged"]
    assert len(await world.facts()) == len(await world.assets()) == 50
    assert all(row.valid_to is None for row in await world.rows(tables.Ownership))


async def test_a_source_of_human_decisions_cannot_be_imported(world: World) -> None:
    await world.add(tables.Source(name="slack", is_human=True))
    with pytest.raises(CatalogError, match="choose another with --source"):
        await world.load("slack", asset("1", "red"))
    assert await world.assets() == {}

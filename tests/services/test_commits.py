"""Commits as evidence of who could own something: replaced by the next count, and stale after 90 days."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.ownership import EvidenceKind
from bot.services import commits, owner_suggestions
from bot.services.snapshot import Snapshot, refresh
from bot.store import tables
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.services.catalog_world import World, asset, person, team

pytestmark = pytest.mark.sql


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    return World(database, clock)


async def test_a_count_speaks_for_a_team_while_it_is_fresh(world: World, clock: FixedClock) -> None:
    await world.load(
        "baton",
        team("Wardens"),
        team("Keepers"),
        person(name="Ada", email="ada@example.test", teams=("Wardens",)),
        person(name="Lin", email="lin@example.test", teams=("Keepers",)),
        asset("gate"),
    )
    catalog = Snapshot()
    await refresh(catalog, world.deps.database)
    [gate] = [row.id for row in await world.rows(tables.Asset)]

    async def suggested() -> dict[str, int]:
        made = await owner_suggestions.suggested(world.deps, catalog, asset_id=gate, area=None, asker="")
        found = [(each.team.name, one) for each in made.suggestions for one in each.evidence]
        return {name: one.count for name, one in found if one.kind is EvidenceKind.COMMITS}

    assert await suggested() == {}
    await commits.record(world.deps, catalog, gate, {"ada@example.test": 7, "eve@example.test": 9})
    assert await suggested() == {"Wardens": 7}
    assert await world.count(tables.CommitCount) == 1
    await commits.record(world.deps, catalog, gate, {"lin@example.test": 2})
    assert await suggested() == {"Keepers": 2}, "the next count takes the place of the last"
    clock.advance(timedelta(91))
    assert await suggested() == {}
    teams = await world.teams()
    details = [row.detail for row in await world.rows(tables.AuditEntry) if row.action == "ownership.count_commits"]
    counts = [{str(teams["Wardens"].id): 7}, {str(teams["Keepers"].id): 2}]
    assert details == [{"teams": each} for each in counts], "without addresses"

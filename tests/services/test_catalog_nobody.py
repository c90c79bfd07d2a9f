"""One source says that nobody owns a thing on purpose, another names an owner: a dispute, until people decide."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.ownership import Disputed, Owned, UnownedOnPurpose, Verdict
from bot.services import snapshot as snapshots
from bot.services.catalog.precedence import prefer
from bot.services.claims import Claimed, ClaimWords, Offered, claim
from bot.services.ownership import look_up
from bot.services.snapshot import Snapshot
from bot.store.db import Database
from tests.services.catalog_world import World, asset, team

OWNED = (team("Payments"), asset("1", "red", "Payments"))
NOBODY = asset("1", "red", unowned_reason="A playground.")


@pytest.fixture
def world(database: Database, clock: Any) -> World:
    return World(database, clock)


@pytest.fixture
def snapshot() -> Snapshot:
    return Snapshot()


async def judged(world: World, snapshot: Snapshot) -> Verdict:
    await snapshots.refresh(snapshot, world.database)
    [row] = (await world.assets()).values()
    return look_up(world.deps, snapshot, row.id)


@pytest.mark.parametrize("is_owned_first", [True, False])
async def test_both_sources_are_named_and_the_report_tells_of_the_dispute(
    world: World, snapshot: Snapshot, *, is_owned_first: bool
) -> None:
    loads = [("cortex", OWNED), ("csv", (NOBODY,))]
    for source, said in loads if is_owned_first else reversed(loads):
        report = await world.load(source, *said)
    assert report.newly_disputed == 1
    assert [(each.was_disputed, each.is_disputed) for each in report.changes if each.subject == "asset"] == [
        (False, True)
    ]
    said_now = await judged(world, snapshot)
    assert isinstance(said_now, Disputed)
    assert said_now.nobody is not None
    assert (said_now.nobody.unowned_source, said_now.nobody.unowned_reason) == ("csv", "A playground.")
    assert [(each.name, each.fact.source) for each in said_now.claims] == [("Payments", "cortex")]
    settled = await world.load("csv", asset("1", "red"))
    assert [(each.was_disputed, each.is_disputed) for each in settled.changes] == [(True, False)]
    assert isinstance(await judged(world, snapshot), Owned)


async def test_a_source_that_somebody_preferred_decides(world: World, snapshot: Snapshot) -> None:
    await world.load("cortex", *OWNED)
    await world.load("csv", NOBODY)
    await prefer(world.deps, ["csv"], actor="admin")
    said = await judged(world, snapshot)
    assert isinstance(said, UnownedOnPurpose)
    assert [each.name for each in said.others] == ["Payments"]
    await prefer(world.deps, ["cortex"], actor="admin")
    assert isinstance(await judged(world, snapshot), Owned)
    await prefer(world.deps, ["csv", "cortex"], actor="admin")
    assert isinstance(await judged(world, snapshot), UnownedOnPurpose)
    await prefer(world.deps, [], actor="admin")
    assert isinstance(await judged(world, snapshot), Disputed)


@pytest.mark.parametrize(("claimant", "outcome"), [("Payments", Claimed), ("Search", Offered)])
async def test_a_claim_ends_the_dispute_and_waits_for_another_owner_only(
    world: World, snapshot: Snapshot, claimant: str, outcome: type
) -> None:
    search = team("Search", members=("solo@example.test",))
    await world.load("baton", team("Payments", members=("ann@example.test",)), search, *OWNED[1:])
    await world.load("csv", NOBODY)
    asset_id = (await judged(world, snapshot)).asset.id
    claiming_team = snapshot.team_by_name(claimant)
    assert claiming_team is not None
    [person_id] = claiming_team.member_ids
    words = ClaimWords(reason="We run it")
    said = await claim(
        world.deps, snapshot, asset_id=asset_id, team_id=claiming_team.id, person_id=person_id, words=words
    )
    assert type(said) is outcome
    now = await judged(world, snapshot)
    assert isinstance(now, Owned if outcome is Claimed else Disputed)
    assert (getattr(now, "nobody", None) is None) is (outcome is Claimed)

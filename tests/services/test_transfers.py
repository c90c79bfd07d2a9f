"""An area passes to a team that agreed: who owns it from then on, and what files that nobody has updated do to it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain import ownership as rules
from bot.domain.catalog import Area
from bot.domain.ownership import Disputed, Owned, Unowned
from bot.errors import NotFoundError, UserError
from bot.services import claims, transfers
from bot.services.ownership import look_up
from bot.services.snapshot import Snapshot, refresh
from bot.services.transfers import Resource, Terms
from bot.store import tables
from bot.store.db import Database
from bot.store.journal import audit
from tests.services.catalog_world import Said, World, asset, owner, person, team

TEAMS: tuple[Said, ...] = (
    team("devops"),
    team("payments", members=("ada@example.test",)),
    team("search"),
    person(name="Ada", email="ada@example.test"),
)


@pytest.fixture
async def world(database: Database, clock: Any) -> World:
    world = World(database, clock)
    await world.load("people", *TEAMS)
    return world


async def move(
    world: World, ref: str, *areas: Area, givers: tuple[str, ...] = ("devops",), to: str = "payments", **also: Any
) -> None:
    snapshot, teams = Snapshot(), {row.name: row.id for row in await world.rows(tables.Team)}
    await refresh(snapshot, world.database)
    [number] = [row.id for row in await world.rows(tables.Asset) if row.ref == ref]
    [ada] = [row.id for row in await world.rows(tables.Person) if row.email == "ada@example.test"]
    async with world.database.transaction() as session:
        at = world.clock.now()
        entry = await audit(session, at=at, actor=f"person:{ada}", action="test.move", subject=f"asset:{number}")
        keys = frozenset(f"team:{teams[each]}" for each in givers)
        terms = Terms(keys, teams[to], ada, entry, at, **also)
        await transfers.move(session, world.deps, snapshot, [Resource(number, area) for area in areas], terms)


async def said(world: World, ref: str, area: Area | None = None) -> rules.Verdict:
    snapshot = Snapshot()
    await refresh(snapshot, world.database)
    [number] = [row.id for row in await world.rows(tables.Asset) if row.ref == ref]
    return look_up(world.deps, snapshot, number, area=area)


async def owners(world: World, ref: str, area: Area | None = None) -> set[str]:
    """Who owns an area, without anybody disputing it."""
    verdict = await said(world, ref, area)
    assert isinstance(verdict, Owned), verdict
    return {held.name for held in verdict.owners}


def split(**fields: Any) -> Said:
    parts = {Area.APPLICATION: "payments", Area.DATABASE: "devops", Area.MONITORING: "devops"}
    return asset("1", "orders", *(owner(name, area=area) for area, name in parts.items()), **fields)


@pytest.mark.sql
async def test_the_receiver_owns_what_moved_from_that_instant_and_only_that(world: World) -> None:
    await world.load("backstage", split())
    await move(world, "service:orders", Area.DATABASE)
    assert await owners(world, "service:orders", Area.DATABASE) == {"payments"}
    assert await owners(world, "service:orders", Area.MONITORING) == {"devops"}
    assert await owners(world, "service:orders") == {"payments"}
    [fact] = [row for row in await world.facts() if row.area == "database"]
    assert (fact.confirmed_at, fact.is_agreed, fact.confirmed_by) == (world.clock.now(), True, 1)
    [ended] = [row for row in await world.rows(tables.Ownership) if row.valid_to is not None]
    assert (ended.valid_to, ended.ended_by) == (fact.valid_from, fact.begun_by)


@pytest.mark.sql
async def test_files_that_nobody_has_updated_make_no_dispute(world: World) -> None:
    await world.load("backstage", split())
    await world.load("codeowners", asset("1", "orders", owner("devops", area=Area.DATABASE)))
    await move(world, "service:orders", Area.DATABASE, Area.MONITORING)
    await world.load("backstage", split())
    await world.load("codeowners", asset("1", "orders", owner("devops", area=Area.DATABASE)))
    assert await owners(world, "service:orders", Area.DATABASE) == {"payments"}
    # Whatever else changes in the file, all that it says of the asset is merged anew.
    await world.load("backstage", split(description="Takes orders", tier=1))
    assert await owners(world, "service:orders", Area.DATABASE) == {"payments"}
    assert await owners(world, "service:orders", Area.MONITORING) == {"payments"}


async def test_a_file_that_names_a_third_team_makes_one(world: World) -> None:
    await world.load("backstage", asset("1", "orders", "devops"))
    await move(world, "service:orders", Area.ALL)
    await world.load("backstage", asset("1", "orders", "search"))
    assert isinstance(await said(world, "service:orders"), Disputed)


async def test_a_file_that_names_the_receiver_agrees(world: World) -> None:
    await world.load("backstage", asset("1", "orders", "devops"))
    await move(world, "service:orders", Area.ALL)
    await world.load("backstage", asset("1", "orders", "payments"))
    assert await owners(world, "service:orders") == {"payments"}


@pytest.mark.sql
async def test_what_came_back_may_be_named_by_files_again_and_whoever_had_it_meanwhile_not(world: World) -> None:
    await world.load("backstage", asset("1", "orders", "devops"))
    await move(world, "service:orders", Area.ALL)
    await world.load("backstage", asset("1", "orders", "payments"))
    await move(world, "service:orders", Area.ALL, givers=("payments",), to="devops")
    await world.load("backstage", asset("1", "orders", "payments", tier=1))
    assert await owners(world, "service:orders") == {"devops"}
    await world.load("backstage", asset("1", "orders", "devops"))
    assert ("backstage", "devops", "all", "owner") in (await world.owners())["service:orders"]


async def test_everybody_who_had_it_before_is_known_along_a_chain(world: World) -> None:
    await world.load("backstage", asset("1", "orders", "devops"))
    await move(world, "service:orders", Area.ALL)
    await move(world, "service:orders", Area.ALL, givers=("payments",), to="search")
    await world.load("backstage", asset("1", "orders", "devops", tier=1))
    await world.load("csv", asset("1", "orders", "payments"))
    assert await owners(world, "service:orders") == {"search"}


@pytest.mark.sql
async def test_what_is_inherited_passes_like_everything_else(world: World) -> None:
    parent = asset("1", "shop", owner("payments", area=Area.APPLICATION), owner("devops", area=Area.DATABASE))
    await world.load("backstage", parent, asset("2", "orders", parent="service:shop"))
    await move(world, "service:orders", Area.DATABASE)
    assert await owners(world, "service:orders", Area.DATABASE) == {"payments"}
    assert await owners(world, "service:orders", Area.APPLICATION) == {"payments"}, "still inherited"
    assert await owners(world, "service:shop", Area.DATABASE) == {"devops"}


async def test_part_of_what_somebody_owns_as_a_whole_passes_alone(world: World) -> None:
    await world.load("backstage", asset("1", "orders", "devops"))
    await move(world, "service:orders", Area.DATABASE)
    await world.load("backstage", asset("1", "orders", "devops", tier=1))
    assert await owners(world, "service:orders", Area.DATABASE) == {"payments"}
    assert await owners(world, "service:orders") == {"devops"}


async def test_the_giver_stays_as_secondary_while_there_is_an_overlap(world: World) -> None:
    await world.load("backstage", split())
    await move(world, "service:orders", Area.DATABASE, overlap=True)
    assert ("slack", "devops", "database", "secondary") in (await world.owners())["service:orders"]
    assert await owners(world, "service:orders", Area.DATABASE) == {"payments"}
    async with world.database.transaction() as session:
        at, [devops] = world.clock.now(), [row.id for row in await world.rows(tables.Team) if row.name == "devops"]
        entry = await audit(session, at=at, actor="baton", action="test.overlap", subject="asset:1")
        await transfers.end_overlap(session, Resource(1, Area.DATABASE), team_id=devops, audit_id=entry, at=at)
    assert {row[3] for row in (await world.owners())["service:orders"]} == {"owner"}
    assert await owners(world, "service:orders", Area.DATABASE) == {"payments"}


async def test_nothing_moves_while_somebody_else_owns_it_too(world: World) -> None:
    await world.load("backstage", asset("1", "orders", "devops", "search"))
    before = await world.owners()
    with pytest.raises(UserError, match=r"search also owns orders:"):
        await move(world, "service:orders", Area.ALL)
    assert await world.owners() == before
    assert await world.rows(tables.Transfer) == []
    await move(world, "service:orders", Area.ALL, givers=("devops", "search"))
    await world.load("backstage", asset("1", "orders", "devops", "search", tier=1))
    assert await owners(world, "service:orders") == {"payments"}


async def test_nothing_moves_from_somebody_who_does_not_own_it_any_more(world: World) -> None:
    await world.load("backstage", asset("1", "orders", "devops"))
    await move(world, "service:orders", Area.ALL)
    with pytest.raises(UserError, match=r"devops no longer owns orders:"):
        await move(world, "service:orders", Area.ALL)
    assert len(await world.rows(tables.Transfer)) == 1


async def test_a_dispute_ends_where_all_its_sides_agree(world: World) -> None:
    await world.load("backstage", asset("1", "orders", "devops"))
    await world.load("csv", asset("1", "orders", "search"))
    assert isinstance(await said(world, "service:orders"), Disputed)
    with pytest.raises(UserError, match="search also own"):
        await move(world, "service:orders", Area.ALL)
    await move(world, "service:orders", Area.ALL, givers=("devops", "search"))
    assert await owners(world, "service:orders") == {"payments"}


async def test_what_nobody_owns_passes_from_nobody(world: World) -> None:
    await world.load("backstage", asset("1", "orders"))
    assert isinstance(await said(world, "service:orders"), Unowned)
    await move(world, "service:orders", Area.ALL, givers=())
    assert await owners(world, "service:orders") == {"payments"}
    [row] = await world.rows(tables.Transfer)
    assert (row.giver_team_id, row.giver_person_id, row.area) == (None, None, "all")


async def test_a_claim_that_stood_becomes_what_was_agreed_and_cannot_be_withdrawn(world: World) -> None:
    await world.load("backstage", asset("1", "orders"))
    snapshot = Snapshot()
    await refresh(snapshot, world.database)
    payments = next(each.id for each in snapshot.teams() if each.name == "payments")
    await claims.claim(world.deps, snapshot, asset_id=1, team_id=payments, person_id=1)
    await world.load("backstage", asset("1", "orders", "devops"))
    assert isinstance(await said(world, "service:orders"), Disputed)
    await move(world, "service:orders", Area.ALL)
    assert await owners(world, "service:orders") == {"payments"}
    with pytest.raises(UserError, match="nothing to withdraw"):
        await claims.withdraw(world.deps, snapshot, asset_id=1, person_id=1)
    assert await owners(world, "service:orders") == {"payments"}


async def test_doubts_of_the_former_owner_are_settled(world: World) -> None:
    await world.load("backstage", asset("1", "orders", "devops"))
    await world.add(tables.OwnerDoubt(asset_id=1, person_id=1, reason="?", at=world.clock.now()))
    await move(world, "service:orders", Area.ALL)
    [doubt] = await world.rows(tables.OwnerDoubt)
    assert doubt.settled_at == world.clock.now()


async def test_nothing_moves_to_a_team_or_of_an_asset_that_is_gone(world: World) -> None:
    await world.load("backstage", asset("1", "orders", "devops"))
    await world.load("teams", team("guild"))
    await world.load("teams", team("other"))
    with pytest.raises(NotFoundError, match="That team is no longer"):
        await move(world, "service:orders", Area.ALL, to="guild")
    await world.load("backstage", asset("2", "else", "devops"), allow_mass_change=True)
    with pytest.raises(NotFoundError, match="no longer in the catalog"):
        await move(world, "service:orders", Area.ALL)


async def test_a_giver_that_turns_out_to_be_a_team_by_another_name_stays_the_giver(world: World) -> None:
    await world.load("people", *TEAMS, team("Operations"))
    await world.load("backstage", asset("1", "orders", "ops"))
    await move(world, "service:orders", Area.ALL, givers=("ops",))
    await world.load("people", *TEAMS, team("Operations", aliases=("ops",)))
    await world.load("backstage", asset("1", "orders", "ops", tier=1))
    assert await owners(world, "service:orders") == {"payments"}


async def test_a_refusal_pings_nobody_whatever_things_are_called(world: World) -> None:
    await world.load("names", team("<!here>"))
    await world.load("backstage", asset("1", "<!channel>", "devops", "<!here>"))
    [ref] = [row.ref for row in await world.rows(tables.Asset)]
    with pytest.raises(UserError, match=r"^&lt;!here&gt; also owns &lt;!channel&gt;:"):
        await move(world, ref, Area.ALL)
    with pytest.raises(UserError, match=r"^search no longer owns &lt;!channel&gt;:"):
        await move(world, ref, Area.ALL, givers=("devops", "<!here>", "search"))

"""What people decide of the catalog as a whole: teams renamed and merged, and whose word comes first."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import NotAllowedError, NotFoundError
from bot.services.catalog import ImportOutcome
from bot.services.catalog.export import export
from bot.services.catalog.precedence import prefer
from bot.services.catalog.teams import merge_teams, rename_team
from bot.services.snapshot import Snapshot, refresh
from bot.store import tables
from bot.store.db import Database
from tests.services.catalog_world import World, asset, person, team


@pytest.fixture
def world(database: Database, clock: Any) -> World:
    return World(database, clock)


async def rename(world: World, name: str, to: str) -> tuple[str, tuple[str, ...]]:
    renamed = await rename_team(world.deps, name=name, to=to, actor="cli")
    return renamed.name, renamed.other_names


async def merge(world: World, name: str, into: str) -> tuple[str, tuple[str, ...]]:
    merged = await merge_teams(world.deps, name=name, into=into, actor="cli")
    return merged.name, merged.other_names


async def known_as(world: World, *names: str) -> list[str]:
    """The teams that a fresh process finds under these names."""
    snapshot = Snapshot()
    await refresh(snapshot, world.database)
    found = [snapshot.team_by_name(name) for name in names]
    return [team.name if team is not None else "-" for team in found]


async def test_a_renamed_team_keeps_its_row_its_facts_and_its_old_names(world: World) -> None:
    await world.load("backstage", team("Billing", members=("ada@x.test",)), asset("1", "red", "billing"))
    before, [fact] = (await world.teams())["Billing"], await world.facts()
    assert await rename(world, "billing", "Payments") == ("Payments", ("Billing",))
    assert await rename(world, "Billing", "Money") == ("Money", ("Billing", "Payments"))
    after = (await world.teams())["Money"]
    assert (after.id, after.former_names) == (before.id, ["Billing", "Payments"])
    assert [row.id for row in await world.facts()] == [fact.id]
    assert await known_as(world, "Money", "billing", "payments") == ["Money"] * 3
    assert [row.action for row in await world.rows(tables.AuditEntry)][1:] == ["team.rename", "team.rename"]


async def test_imports_do_not_undo_a_new_name(world: World) -> None:
    claims = team("Billing"), asset("1", "red", "billing")
    await world.load("backstage", *claims)
    await rename(world, "Billing", "Payments")
    assert (await world.load("backstage", *claims)).outcome is ImportOutcome.UNCHANGED
    await world.load("backstage", team("Billing", channel="#pay"), asset("2", "blue", "billing"), claims[1])
    await world.load("csv", asset("3", "green", "@acme/billing"))
    [renamed] = (await world.teams()).values()
    assert (renamed.name, renamed.channel, renamed.former_names) == ("Payments", "#pay", ["Billing"])
    assert {each for owners in (await world.owners()).values() for _, each, _, _ in owners} == {"Payments"}


async def test_renamed_and_merged_teams_keep_their_manager(world: World) -> None:
    claims = team("Billing", lead="jo", manager="mona@x.test"), team("Search"), team("Index", manager="nils@x.test")
    await world.load("backstage", *claims)
    await rename(world, "Billing", "Payments")
    await merge(world, "Index", "Search")
    await world.load("backstage", *claims, asset("1", "red", "billing"))
    people = {row.id: row.email for row in await world.rows(tables.Person)}
    found = {name: people.get(row.manager_id) for name, row in (await world.teams()).items()}
    assert found == {"Payments": "mona@x.test", "Search": "nils@x.test"}
    exported = (await export(world.deps)).catalog
    assert [(each.name, each.manager) for each in exported.teams] == list(found.items())


async def test_a_name_may_be_taken_back(world: World) -> None:
    await world.load("backstage", team("Billing"))
    await rename(world, "Billing", "Payments")
    assert await rename(world, "Payments", "Billing") == ("Billing", ("Payments",))
    assert await known_as(world, "billing", "payments") == ["Billing", "Billing"]


async def test_a_new_name_does_not_keep_a_team_alive(world: World) -> None:
    await world.load("backstage", team("Billing"), team("Search"))
    await rename(world, "Billing", "Payments")
    await world.load("backstage", team("Search"))
    assert list(await world.teams()) == ["Search"]
    await world.load("backstage", team("Search"), team("Billing"))
    assert set(await world.teams()) == {"Search", "Payments"}, "the decision is still there when the team returns"


async def test_two_teams_of_one_source_become_one(world: World) -> None:
    claims = (
        team("Core", members=("ada@x.test",), former_names=("Kernel",)),
        team("Platform", members=("bea@x.test",)),
        asset("1", "red", "Core"),
        asset("2", "blue", "Platform"),
    )
    await world.load("backstage", *claims)
    ids = {name: row.id for name, row in (await world.teams()).items()}
    assert await merge(world, "core", "platform") == ("Platform", ("Core", "Kernel"))
    [one] = (await world.teams()).values()
    assert (one.name, one.id) == ("Platform", ids["Platform"])
    assert await world.owner_names("service:red") == {"Platform"}
    assert len(await world.rows(tables.Membership)) == 2
    assert await known_as(world, "Core", "Kernel", "Platform") == ["Platform"] * 3
    assert (await world.load("backstage", *claims)).outcome is ImportOutcome.UNCHANGED
    await world.load("backstage", *claims, asset("3", "green", "Core"), team("Search"))
    assert set(await world.teams()) == {"Platform", "Search"}
    assert await world.owner_names("service:green") == {"Platform"}
    exported = (await export(world.deps)).catalog
    assert [(each.name, len(each.members or ())) for each in exported.teams] == [("Platform", 2), ("Search", 0)]


async def test_a_merged_team_is_described_as_the_one_merged_into(world: World) -> None:
    claims = (
        team("Aero", lead="ann@x.test", channel="#aero", timezone="Asia/Tokyo"),
        team("Core", lead="cat@x.test", channel="#core"),
        team("Base", lead="bob@x.test", channel="#base"),
    )
    await world.load("backstage", *claims)
    people = {row.id: row.email for row in await world.rows(tables.Person)}

    async def described() -> list[tuple[str, str | None, str, str]]:
        rows = (await world.teams()).values()
        return [(row.name, people.get(row.lead_id), row.channel, row.timezone) for row in rows if row.name != "Base"]

    await merge(world, "Aero", "Core")
    assert await described() == [("Core", "cat@x.test", "#core", "Asia/Tokyo")]
    await rename(world, "Core", "Kernel")
    assert await described() == [("Kernel", "cat@x.test", "#core", "Asia/Tokyo")]
    await merge(world, "Base", "Kernel")
    assert await described() == [("Kernel", "cat@x.test", "#core", "Asia/Tokyo")]
    await world.load("backstage", *claims, team("New"))
    assert (await described())[0] == ("Kernel", "cat@x.test", "#core", "Asia/Tokyo")


async def test_what_sources_only_refer_to_can_be_merged_into_a_team(world: World) -> None:
    await world.load("codeowners", asset("1", "red", "@acme/pay-devs"))
    await world.load("backstage", team("Payments"))
    assert await merge(world, "pay-devs", "Payments") == ("Payments", ("pay-devs",))
    assert await world.owner_names("service:red") == {"Payments"}
    await world.load("codeowners", asset("1", "red", "@acme/pay-devs"), asset("2", "blue", "@acme/pay-devs"))
    assert list(await world.teams()) == ["Payments"]
    assert await world.owner_names("service:blue") == {"Payments"}


async def test_a_merged_team_may_be_renamed_and_merged_again(world: World) -> None:
    await world.load("backstage", team("A"), team("B"), team("C"), asset("1", "red", "A"))
    await merge(world, "A", "B")
    await rename(world, "B", "D")
    assert await merge(world, "D", "C") == ("C", ("A", "B", "D"))
    assert list(await world.teams()) == ["C"]
    assert await world.owner_names("service:red") == {"C"}
    assert await known_as(world, "a", "b", "c", "d") == ["C"] * 4


async def members(world: World) -> dict[str, set[str]]:
    names = {row.id: row.name for row in await world.rows(tables.Team)}
    people = {row.id: row.email for row in await world.rows(tables.Person)}
    found: dict[str, set[str]] = {}
    for row in await world.rows(tables.Membership):
        found.setdefault(names[row.team_id], set()).add(people[row.person_id])
    return found


async def test_teams_of_two_sources_that_become_one_keep_the_members_of_both(world: World) -> None:
    mine = (team("Search", members=("solo@x.test",)), team("Core", members=("eve@x.test",)))
    theirs = (team("DevOps", members=("omar@x.test",)), person(email="lin@x.test", teams=("DevOps",)))
    await world.load("baton", *mine)
    await world.load("backstage", *theirs)
    await merge(world, "DevOps", "Search")
    both = {"solo@x.test", "omar@x.test", "lin@x.test"}
    assert await members(world) == {"Search": both, "Core": {"eve@x.test"}}
    await merge(world, "Core", "Search")
    await rename(world, "Search", "Find")
    report = await world.load("backstage", *theirs, team("Other"))
    assert await members(world) == {"Find": {*both, "eve@x.test"}}
    assert [note.message for note in report.problems] == []
    await world.load(
        "baton",
        team("Search", members=("solo@x.test",)),
        team("DevOps", members=("zoe@x.test",)),
        allow_mass_change=True,
    )
    assert await members(world) == {"Find": {"solo@x.test", "zoe@x.test"}}, (
        "of one team, the first source's word counts"
    )


async def test_a_team_under_another_name_is_not_two(world: World) -> None:
    await world.load("baton", team("Search", members=("solo@x.test",)))
    await world.load("backstage", team("Search", members=("omar@x.test",)))
    await rename(world, "Search", "Find")
    await world.load("baton", team("Find", members=("solo@x.test",)))
    assert await members(world) == {"Find": {"solo@x.test"}}


async def test_decisions_that_cannot_be(world: World) -> None:
    await world.load("backstage", team("Payments"), team("Search"))
    with pytest.raises(NotFoundError, match="called 'Paymets'; did you mean Payments"):
        await rename(world, "Paymets", "Money")
    with pytest.raises(NotAllowedError, match=r"'Search' is a team already.*baton team merge Payments Search"):
        await rename(world, "Payments", "search")
    with pytest.raises(NotAllowedError, match="letters or digits"):
        await rename(world, "Payments", " - ")
    with pytest.raises(NotAllowedError, match="one team already"):
        await merge(world, "payments", "Payments")
    with pytest.raises(NotFoundError, match="called 'zzz'"):
        await merge(world, "zzz", "Payments")
    assert set(await world.teams()) == {"Payments", "Search"}
    assert [row.action for row in await world.rows(tables.AuditEntry)] == ["catalog.import"]
    assert await world.rows(tables.Source) != []


async def test_a_preferred_source_describes_what_others_describe_too(world: World) -> None:
    await world.load("backstage", team("Pay", channel="#b"), asset("1", "red", "Pay", description="b", tier=2))
    await world.load("terraform", team("Pay", channel="#t"), asset("9", "Red", "Pay", description="t"), asset("8", "x"))
    [merged] = [row for row in (await world.assets()).values() if row.name != "x"]
    assert (merged.name, merged.description, merged.tier) == ("red", "b", 2)
    revision = await world.revision()
    assert await prefer(world.deps, ["terraform"], actor="cli") == ["slack", "terraform", "backstage"]
    assert await world.revision() == revision + 1
    [merged] = [row for row in (await world.assets()).values() if row.name != "x"]
    assert (merged.name, merged.description, merged.tier, merged.revision) == ("Red", "t", 2, revision + 1)
    assert (await world.teams())["Pay"].channel == "#t"
    assert await prefer(world.deps, ["terraform"], actor="cli") == ["slack", "terraform", "backstage"]
    assert await world.revision() == revision + 1, "nothing was changed, so nobody reads anything again"
    assert await prefer(world.deps, [], actor="cli") == ["slack", "backstage", "terraform"]
    [merged] = [row for row in (await world.assets()).values() if row.name != "x"]
    assert merged.description == "b"
    assert [row.action for row in await world.rows(tables.AuditEntry)][2:] == ["catalog.prefer"] * 2


async def test_precedence_does_not_decide_who_owns(world: World) -> None:
    await world.load("backstage", asset("1", "red", "one"))
    await world.load("terraform", asset("9", "red", "two"))
    facts = {row.id for row in await world.facts()}
    await prefer(world.deps, ["terraform"], actor="cli")
    assert {row.id for row in await world.facts()} == facts


async def test_preferences_that_cannot_be(world: World) -> None:
    await world.load("backstage", asset("1", "red", "one"))
    with pytest.raises(NotFoundError, match="no source 'terraform'; there are: backstage"):
        await prefer(world.deps, ["terraform"], actor="cli")
    with pytest.raises(NotAllowedError, match="always comes first"):
        await prefer(world.deps, ["slack"], actor="cli")
    with pytest.raises(NotAllowedError, match="twice"):
        await prefer(world.deps, ["backstage", "backstage"], actor="cli")

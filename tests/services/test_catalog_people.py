"""Who is in which team gives rights, so only sources that are trusted for people are believed about it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import CatalogError
from bot.services.catalog import ImportOutcome, PositionChange, _people
from bot.services.catalog.report import ReportAction
from bot.store import tables
from bot.store.db import Database
from tests.services.catalog_world import World, asset, person, team
from tests.services.test_catalog_decisions import rename
from tests.services.test_catalog_owners import members

PAYMENTS = team("Payments", lead="ann@example.test", members=("ann@example.test", "jo@example.test"))


@pytest.fixture
def world(database: Database, clock: Any) -> World:
    return World(database, clock)


def changes(*said: tuple[str, str, str, ReportAction]) -> tuple[PositionChange, ...]:
    return tuple(PositionChange(team, person, role, action) for team, person, role, action in said)


async def leads(world: World) -> set[str]:
    emails = {row.id: row.email for row in await world.rows(tables.Person)}
    return {emails[row.lead_id] for row in await world.rows(tables.Team) if row.lead_id}


async def test_no_source_is_trusted_until_somebody_says_so(world: World) -> None:
    report = await world.load("org", PAYMENTS, person(email="jo@example.test"), trust_people=None)
    assert (await members(world), await leads(world), await world.rows(tables.Person)) == (set(), set(), [])
    assert list(await world.teams()) == ["Payments"]
    [note] = report.problems
    assert "--trust-people" in note.message
    assert not note.is_error


async def test_trust_is_remembered_told_and_audited_and_ends_when_somebody_says_so(world: World) -> None:
    everybody = {("Payments", "ann@example.test"), ("Payments", "jo@example.test")}
    both = [("ann@example.test", "lead"), ("ann@example.test", "member"), ("jo@example.test", "member")]
    await world.load("org", PAYMENTS, trust_people=None)
    trusted = await world.load("org", PAYMENTS, trust_people=True)
    assert trusted.positions == changes(*(("Payments", name, role, ReportAction.ADDED) for name, role in both))
    assert (await world.load("org", PAYMENTS, trust_people=None)).outcome is ImportOutcome.UNCHANGED
    assert (await members(world), await leads(world)) == (everybody, {"ann@example.test"})
    ended = await world.load("org", PAYMENTS, trust_people=False)
    assert ended.positions == changes(*(("Payments", name, role, ReportAction.REMOVED) for name, role in both))
    assert (await members(world), await leads(world)) == (set(), set())
    audited = await world.rows(tables.AuditEntry)
    assert [row.detail.get("is_trusted_for_people") for row in audited] == [None, True, False]
    assert "added lead ann@example.test Payments" in audited[1].detail["positions"]


async def test_trust_alone_is_audited_too(world: World) -> None:
    await world.load("org", team("Payments"), trust_people=None)
    assert (await world.load("org", team("Payments"), trust_people=True)).outcome is ImportOutcome.UNCHANGED
    [_, entry] = await world.rows(tables.AuditEntry)
    assert (entry.action, entry.detail) == ("catalog.trust", {"is_trusted_for_people": True})


async def test_a_refused_import_leaves_the_trust_as_it_was(world: World) -> None:
    await world.load("org", PAYMENTS, *(asset(str(n), f"red-{n}", "Payments") for n in range(30)))
    refused = await world.load("org", trust_people=False)
    assert refused.outcome is ImportOutcome.REFUSED
    [source] = await world.rows(tables.Source)
    assert source.is_trusted_for_people
    assert ("Payments", "jo@example.test") in await members(world)


async def test_a_source_of_people_alone_that_is_trusted_no_more_is_not_taken_for_empty(world: World) -> None:
    await world.load("org", person(email="jo@example.test", teams=("Payments",)))
    report = await world.load("org", person(email="jo@example.test", teams=("Payments",)), trust_people=False)
    assert report.outcome is ImportOutcome.IMPORTED


async def test_a_second_source_adds_nobody_to_a_team_that_a_trusted_one_describes(world: World) -> None:
    await world.load("baton", PAYMENTS)
    before = await members(world)
    eve = person(email="eve@example.test", teams=("Payments",))
    theirs = team("Payments", manager="eve@example.test", members=("eve@example.test",))
    untrusted = await world.load("backstage", theirs, eve, trust_people=False)
    trusted = await world.load("csv", theirs, eve)
    assert (await members(world), await leads(world)) == (before, {"ann@example.test"})
    assert not any(row.manager_id for row in await world.rows(tables.Team))
    assert (untrusted.positions, trusted.positions) == ((), ())
    [note] = trusted.problems
    assert note.message.startswith("who is in the team 'Payments' is said by 'baton', which comes first")


async def test_the_order_of_imports_does_not_decide_who_is_in_a_team(world: World) -> None:
    await world.load("csv", team("Payments", members=("eve@example.test",)))
    report = await world.load("baton", PAYMENTS)
    assert await members(world) == {("Payments", "ann@example.test"), ("Payments", "jo@example.test")}
    assert ("Payments", "eve@example.test", ReportAction.REMOVED) in {
        (each.team, each.person, each.action) for each in report.positions
    }


async def test_a_source_that_is_not_trusted_makes_nobody_the_person_whom_a_team_means(world: World) -> None:
    await world.load("org", team("Payments", members=("jo",)))
    await world.load("repo", person(handle="jo", email="eve@example.test", slack_id="U0000EVE1"), trust_people=False)
    [jo] = await world.rows(tables.Person)
    assert (jo.handle, jo.email, jo.slack_id) == ("jo", None, None)


@pytest.mark.parametrize("field", ["aliases", "former_names"])
@pytest.mark.parametrize("order", [("org", "repo"), ("repo", "org")])
async def test_a_source_that_is_not_trusted_cannot_make_two_teams_one(
    world: World, field: str, order: tuple[str, str]
) -> None:
    said = {
        "org": [PAYMENTS, team("Evil", members=("eve@example.test",))],
        "repo": [team("Evil", **{field: ("payments", "core-pay")}), team("Other", **{field: ("Evil", "Payments")})],
    }
    await world.load("codeowners", asset("1", "red", "payments"), asset("2", "blue", "core-pay"))
    for source in order:
        await world.load(source, *said[source], trust_people=source == "org")
    assert await world.owner_names("service:red") == {"Payments"}
    assert await world.owner_names("service:blue") == {"core-pay"}
    assert {name for name, _ in await members(world)} == {"Payments", "Evil"}


@pytest.mark.parametrize("field", ["aliases", "former_names", "user_group"])
@pytest.mark.parametrize("order", [("org", "repo"), ("repo", "org")])
async def test_a_team_that_people_are_only_put_into_is_no_other_teams_name(
    world: World, field: str, order: tuple[str, str]
) -> None:
    other = "contractors" if field == "user_group" else ("contractors",)
    said = {
        "org": [
            person(email="ann@example.test", teams=("payments",)),
            person(email="eve@example.test", teams=("contractors",)),
        ],
        "repo": [team("payments", **{field: other})],
    }
    await world.load("codeowners", asset("1", "red", "payments"), asset("2", "blue", "contractors"))
    for source in order:
        await world.load(source, *said[source], trust_people=source == "org")
    assert await members(world) == {("payments", "ann@example.test"), ("contractors", "eve@example.test")}
    assert await world.owner_names("service:red") == {"payments"}
    assert await world.owner_names("service:blue") == {"contractors"}


async def test_a_user_group_is_another_name_too(world: World) -> None:
    await world.load("codeowners", asset("1", "red", "core-pay"))
    await world.load("org", team("Evil", members=("eve@example.test",)))
    await world.load("repo", team("Evil", user_group="@core-pay"), trust_people=False)
    assert await world.owner_names("service:red") == {"core-pay"}
    assert (await world.teams())["Evil"].user_group == ""


async def test_people_may_rename_a_team_that_people_are_only_put_into(world: World) -> None:
    await world.load("repo", team("payments"), trust_people=False)
    await world.load("org", person(email="ann@example.test", teams=("payments",)))
    await rename(world, "payments", "Money")
    assert await members(world) == {("Money", "ann@example.test")}


async def test_a_decision_of_people_does_not_take_the_names_that_files_give(world: World) -> None:
    await world.load("repo", team("Payments", aliases=("core-pay",)), trust_people=False)
    await rename(world, "Payments", "Money")
    await world.load("codeowners", asset("1", "red", "core-pay"))
    assert await world.owner_names("service:red") == {"Money"}


async def test_a_name_that_a_trusted_source_gives_a_team_brings_no_other_names_with_it(world: World) -> None:
    await world.load("codeowners", asset("1", "red", "payments"))
    await world.load("org", team("Evil", members=("eve@example.test",), aliases=("u",)))
    await world.load("theirs", team("Payments"), trust_people=False)
    await world.load("repo", team("u", aliases=("payments",)), trust_people=False)
    assert await world.owner_names("service:red") == {"Payments"}
    assert [row.aliases for name, row in (await world.teams()).items() if name == "Evil"] == [["u"]]


async def test_a_source_that_is_not_trusted_does_not_say_where_a_team_is_written_to(world: World) -> None:
    await world.load("csv", team("Payments", channel="#payments", members=("ann@example.test",)))
    await world.load("baton", team("PAYMENTS", channel="#evil", user_group="evil"), trust_people=False)
    [row] = (await world.teams()).values()
    assert (row.name, row.channel) == ("Payments", "#payments")


async def test_other_names_still_count_where_no_source_is_trusted(world: World) -> None:
    await world.load("codeowners", asset("2", "blue", "core-pay"))
    await world.load("repo", team("Payments", aliases=("core-pay",)), trust_people=False)
    assert await world.owner_names("service:blue") == {"Payments"}


async def test_no_file_gives_an_address_that_slack_knows_to_another_account(world: World) -> None:
    await world.load("baton", team("Payments", lead="ada@example.test"))
    [ada] = await world.rows(tables.Person)
    async with world.database.transaction() as session:
        row = await session.get_one(tables.Person, ada.id)
        row.slack_id = "U0000ADA1"
    await world.load("csv", person(email="ada@example.test", slack_id="U0000EVE1", name="Ada"))
    assert [row.slack_id for row in await world.rows(tables.Person) if row.email] == ["U0000ADA1"]


async def test_a_table_of_people_hears_whose_word_counts_too(world: World) -> None:
    await world.load("baton", team("Payments", lead="ann@example.test"), team("Ops"))
    eve = person(email="eve@example.test", teams=("Payments", "Ops"))
    report = await world.load("csv", eve)
    assert await members(world) == {("Ops", "eve@example.test")}
    [note] = report.problems
    assert note.message.startswith("who is in the team 'Payments' is said by 'baton'")
    assert (await world.load("csv", eve)).problems == report.problems


async def test_a_file_that_is_not_trusted_takes_no_other_name_from_a_trusted_team(world: World) -> None:
    await world.load("codeowners", asset("1", "red", "core-pay"))
    await world.load("org", team("Payments", members=("ann@example.test",), aliases=("core-pay",)))
    await world.load("repo", team("Evil", aliases=("core-pay",)), trust_people=False)
    assert await world.owner_names("service:red") == {"Payments"}


async def test_an_import_that_was_read_before_the_trust_changed_is_done_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.load("org", PAYMENTS, trust_people=False)
    real = _people.is_trusted

    async def meanwhile(*arguments: Any, **named: Any) -> bool:
        found = await real(*arguments, **named)
        monkeypatch.undo()
        await world.load("org", PAYMENTS, trust_people=True)
        return found

    monkeypatch.setattr(_people, "is_trusted", meanwhile)
    with pytest.raises(CatalogError, match="Import it again"):
        await world.load("org", PAYMENTS, trust_people=None)
    assert ("Payments", "jo@example.test") in await members(world)


async def test_a_file_that_is_not_trusted_does_not_give_what_others_own_to_a_trusted_team(world: World) -> None:
    await world.load("codeowners", asset("1", "red", "core-pay"))
    await world.load("org", team("Evil", members=("eve@example.test",)))
    await world.load("repo", team("core-pay", aliases=("Evil",)), trust_people=False)
    assert await world.owner_names("service:red") == {"core-pay"}


async def test_a_user_group_makes_nobody_a_member_of_a_team_that_files_declare(world: World) -> None:
    await world.load("org", person(email="eve@example.test", teams=("contractors",)))
    await world.load("repo", team("payments", user_group="contractors"), trust_people=False)
    await world.load("org", person(email="eve@example.test", name="Eve", teams=("contractors",)))
    assert await members(world) == {("contractors", "eve@example.test")}


async def test_a_name_from_before_ends_when_people_are_put_into_a_team_of_that_name(world: World) -> None:
    await world.load("repo", team("payments", former_names=("contractors",)), trust_people=False)
    await world.load("repo", team("payments"), trust_people=False)
    assert (await world.teams())["payments"].former_names == ["contractors"]
    await world.load("org", person(email="eve@example.test", teams=("contractors",)))
    assert await members(world) == {("contractors", "eve@example.test")}


async def test_whoever_turns_out_to_be_a_member_is_said_to_join(world: World) -> None:
    await world.load("staff", person(email="eve@example.test", name="Eve"))
    await world.load("org", team("Payments", members=("octo",)))
    report = await world.load("staff", person(email="eve@example.test", name="Eve", handle="octo"))
    assert report.positions == changes(("Payments", "Eve", "member", ReportAction.ADDED))


async def test_a_source_that_is_not_trusted_still_knows_its_own_owners_by_name_and_who_of_them_has_left(
    world: World,
) -> None:
    await world.load(
        "org",
        asset("here", None, "Ann Lee"),
        asset("gone", None, "Jane Doe"),
        asset("gone-too", None, "jane@example.test"),
        asset("team", None, "Platform"),
        person(name="Ann Lee", email="ann@example.test"),
        person(name="Jane Doe", email="jane@example.test", is_active=False),
        trust_people=False,
    )
    people = {row.id: row.email for row in await world.rows(tables.Person)}
    teams = {row.id: row.name for row in await world.rows(tables.Team)}
    assets = {row.id: row.name for row in await world.rows(tables.Asset)}
    owned = {
        assets[row.asset_id]: people.get(row.person_id) or teams.get(row.team_id)
        for row in await world.rows(tables.Ownership)
    }
    assert owned == {"here": "ann@example.test", "team": "Platform"}


async def left(world: World) -> set[tuple[str, str]]:
    """Who was in which team."""
    names = {row.id: row.name for row in await world.rows(tables.Team)}
    people = {row.id: row.email for row in await world.rows(tables.Person)}
    return {(names[row.team_id], people[row.person_id]) for row in await world.rows(tables.FormerMember)}


async def test_who_has_left_a_team_is_remembered_while_its_source_says_who_is_in_it(world: World) -> None:
    ada, bea = "ada@x.test", "bea@x.test"
    await world.load("baton", team("Core", members=(ada, bea)), team("Web", members=(bea,)))
    await world.load("baton", team("Core", members=(ada,)), team("Web", members=(bea,)))
    assert await left(world) == {("Core", bea)}
    await world.load("baton", team("Core", members=()), team("Web", members=()))
    assert await left(world) == {("Core", ada), ("Core", bea), ("Web", bea)}
    await world.load("baton", team("Core", members=(ada,)), team("Web"))
    assert await left(world) == {("Core", bea)}, "nobody knows who is in Web"
    await world.load("baton", team("Core", members=(ada,)), team("Web"), trust_people=False)
    assert await left(world) == set()


async def test_nobody_has_left_what_lists_its_people_no_more(world: World) -> None:
    await world.load("baton", team("Core", members=("ada@x.test",)), team("Web"))
    await world.load("baton", team("Core"), team("Web"))
    assert await left(world) == set()


async def test_the_last_row_of_a_list_of_people_is_remembered(world: World) -> None:
    ada, bea = person(email="ada@x.test", teams=("Core",)), person(email="bea@x.test", teams=("Web",))
    await world.load("baton", ada, bea, asset("1", "red", "Core"))
    await world.load("baton", person(email="ada@x.test", is_active=False), bea, asset("1", "red", "Core"))
    assert await left(world) == {("Core", "ada@x.test")}
    await world.load("baton", ada, bea, asset("1", "red", "Core"))
    assert await left(world) == set()

"""Importing teams, people and owners: who is who, whatever the order of imports."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from bot.domain.catalog import AssetClaim, Origin, OwnerClaim, OwnerRef, OwnerType, Problem
from bot.services.catalog import ImportOutcome
from bot.store import tables
from bot.store.db import Database
from tests.services.catalog_world import World, asset, owner, person, team


@pytest.fixture
def world(database: Database, clock: Any) -> World:
    return World(database, clock)


async def members(world: World) -> set[tuple[str, str]]:
    names = {row.id: row.name for row in await world.rows(tables.Team)}
    people = {row.id: row.email or row.handle or row.slack_id for row in await world.rows(tables.Person)}
    return {(names[row.team_id], people[row.person_id]) for row in await world.rows(tables.Membership)}


async def test_a_team_that_is_only_referred_to_owns_and_is_the_declared_one_later(world: World) -> None:
    await world.load("codeowners", asset("1", "red", "@acme/payments"))
    stub = (await world.teams())["payments"]
    [fact] = await world.facts()
    assert not stub.is_declared
    await world.load("backstage", team("Payments", channel="#pay"))
    declared = (await world.teams())["Payments"]
    assert (declared.id, declared.is_declared, declared.channel) == (stub.id, True, "#pay")
    assert [row.id for row in await world.facts()] == [fact.id]


@pytest.mark.parametrize("field", ["aliases", "former_names"])
async def test_a_stub_that_turns_out_to_be_another_name_hands_its_facts_over(world: World, field: str) -> None:
    await world.load("csv", asset("1", "red", "pay"), asset("2", "blue", "pay", "payments"))
    before = {row.asset_id: row.id for row in reversed(await world.facts())}
    await world.load("backstage", team("Payments", **{field: ("pay",)}))
    assert list(await world.teams()) == ["Payments"]
    assert await world.owners() == {
        "service:red": {("csv", "Payments", "all", "owner")},
        "service:blue": {("csv", "Payments", "all", "owner")},
    }
    facts = await world.facts()
    assert {row.asset_id: row.id for row in facts} == before, "the older fact goes on"
    assert {row.revision for row in (await world.assets()).values()} == {2}
    again = await world.load("backstage", team("Payments", **{field: ("pay",)}))
    assert again.outcome is ImportOutcome.UNCHANGED


async def test_human_decisions_follow_a_stub_into_the_declared_team(world: World) -> None:
    await world.load("csv", asset("1", "red", "pay"))
    now, stub = world.clock.now(), (await world.teams())["pay"]
    await world.add(
        tables.Source(id=50, name="slack", is_human=True),
        tables.AuditEntry(id=50, at=now, actor="person:1", action="ownership.assign", subject="asset:1"),
        tables.Ownership(
            id=50, asset_id=1, team_id=stub.id, area="all", role="owner", source_id=50, valid_from=now, begun_by=50
        ),
    )
    await world.load("backstage", team("Payments", aliases=("pay",)))
    declared = (await world.teams())["Payments"]
    assert {(row.id, row.team_id) for row in await world.facts()} == {(1, declared.id), (50, declared.id)}


async def test_two_sources_declare_one_team(world: World) -> None:
    await world.load("csv", team("pay", timezone="Europe/Riga", channel="#csv"), asset("1", "red", "pay"))
    await world.load("backstage", team("Payments", aliases=("pay",), channel="#pay"), asset("2", "blue", "payments"))
    [(name, row)] = (await world.teams()).items()
    assert (name, row.channel, row.timezone, row.aliases) == ("Payments", "#pay", "Europe/Riga", ["pay"])
    assert {name for owned in (await world.owners()).values() for _, name, _, _ in owned} == {"Payments"}


async def test_a_name_counts_before_another_teams_alias(world: World) -> None:
    await world.load(
        "backstage", team("billing"), team("payments", former_names=("billing",)), asset("1", "red", "billing")
    )
    assert await world.owner_names("service:red") == {"billing"}


async def test_an_alias_of_two_teams_names_neither(world: World) -> None:
    report = await world.load(
        "backstage", team("east", aliases=("core",)), team("west", aliases=("core",)), asset("1", "red", "core")
    )
    assert await world.owner_names("service:red") == {"core"}
    assert "no source declares the team 'core'" in report.problems[0].message


async def test_a_renamed_team_keeps_its_facts_and_its_old_name(world: World) -> None:
    await world.load("backstage", team("payments"), asset("1", "red", "payments"))
    old = (await world.teams())["payments"]
    [fact] = await world.facts()
    await world.load("backstage", team("money", former_names=("payments",)), asset("1", "red", "payments"))
    [(name, row)] = (await world.teams()).items()
    assert (name, row.id, row.former_names, row.folded) == ("money", old.id, ["payments"], "money")
    assert [row.id for row in await world.facts()] == [fact.id]


async def test_a_team_that_nobody_declares_any_more_is_gone_and_its_facts_stay(world: World) -> None:
    await world.load("backstage", team("Payments"), team("ops"))
    await world.load("csv", asset("1", "red", "payments"))
    report = await world.load("backstage", team("ops"))
    assert report.counts["teams_removed"] == 1
    [gone] = [row for row in await world.rows(tables.Team) if row.gone_at]
    assert (gone.name, gone.is_declared) == ("Payments", True)
    assert [row.team_id for row in await world.facts()] == [gone.id]
    await world.load("backstage", team("Payments"), team("ops"))
    assert (await world.teams())["Payments"].id == gone.id


async def test_a_stub_that_nothing_names_any_more_goes(world: World) -> None:
    await world.load("csv", asset("1", "red", "ops"))
    stub = (await world.teams())["ops"]
    await world.load("csv", asset("1", "red", "dev"))
    assert list(await world.teams()) == ["dev"]
    await world.load("csv", asset("1", "red", "ops"))
    assert (await world.teams())["ops"].id == stub.id


async def test_an_unknown_team_is_reported_once_with_the_nearest(world: World) -> None:
    quiet = await world.load("csv", asset("1", "red", "paymnets"))
    assert quiet.problems == ()
    await world.load("backstage", team("payments"), team("ops"))
    report = await world.load("csv", asset("1", "red", "paymnets"), asset("2", "blue", "Paymnets", "ops"))
    [problem] = report.problems
    assert problem.message == "no source declares the team 'paymnets'; nearest: payments."
    assert not problem.is_error
    again = await world.load("csv", asset("1", "red", "paymnets"), asset("2", "blue", "Paymnets", "ops"))
    assert (again.outcome, again.problems) == (ImportOutcome.UNCHANGED, report.problems)


@pytest.mark.parametrize(
    ("ref", "wanted"),
    [
        (owner("@acme/payments"), "Payments"),
        (owner("group:default/payments"), "Payments"),
        (owner("PAY-ments"), "Payments"),
        (owner("@pay-oncall"), "Payments"),
        (owner("payments@example.com"), "Payments"),
        (owner("payments@example.com", kind=OwnerType.PERSON), "payments@example.com"),
        (owner("Jo@Example.com"), "jo@example.com"),
        (owner("@jo"), "jo@example.com"),
        (owner("U0000JO1", kind=OwnerType.PERSON), "jo@example.com"),
        (owner("jo", kind=OwnerType.TEAM), "jo"),
        (owner("new@example.com"), "new@example.com"),
        (owner("user:default/ann", kind=OwnerType.PERSON), "ann"),
    ],
)
async def test_owner_references_are_understood(world: World, ref: Any, wanted: str) -> None:
    jo = person(slack_id="U0000JO1", email="jo@example.com", handle="jo", name="Jo")
    await world.load("backstage", team("Payments", user_group="@pay-oncall"), jo)
    await world.load("csv", asset("1", "red", ref))
    assert await world.owner_names("service:red") == {wanted}


async def test_an_owner_becomes_a_person_once_one_is_known_by_that_handle(world: World) -> None:
    await world.load("csv", asset("1", "red", "jo"))
    assert await world.owner_names("service:red") == {"jo"}
    assert list(await world.teams()) == ["jo"]
    await world.load("backstage", person(email="jo@example.com", handle="Jo"))
    assert await world.owner_names("service:red") == {"jo@example.com"}
    assert await world.teams() == {}


async def test_people_are_matched_and_merged_by_what_they_are_known_by(world: World) -> None:
    await world.load("csv", asset("1", "red", owner("jo", kind=OwnerType.PERSON)), person(handle="jo", name="J"))
    await world.load("cortex", asset("2", "blue", owner("jo@example.com", kind=OwnerType.PERSON)))
    await world.load("backstage", person(handle="jo", email="JO@example.com", slack_id="U0000JO1", name="Jo"))
    known = [row for row in await world.rows(tables.Person) if row.slack_id]
    assert [(row.name, row.email, row.handle) for row in known] == [("Jo", "jo@example.com", "jo")]
    assert {row.person_id for row in await world.facts()} == {known[0].id}
    [husk] = [row for row in await world.rows(tables.Person) if not row.slack_id]
    assert (husk.email, husk.handle, husk.is_active) == (None, None, False)


async def test_members_and_leads_come_from_both_sides(world: World) -> None:
    ann = person(email="ann@example.com", teams=("payments", "Ops"))
    await world.load("backstage", team("Payments", lead="@jo", members=("jo", "sam@example.com")), ann)
    assert await members(world) == {
        ("Payments", "jo"),
        ("Payments", "sam@example.com"),
        ("Payments", "ann@example.com"),
        ("Ops", "ann@example.com"),
    }
    row = (await world.teams())["Payments"]
    [lead] = await world.rows(tables.Person, tables.Person.id == row.lead_id)
    assert lead.handle == "jo"
    await world.load("backstage", team("Payments", members=("sam@example.com",)))
    assert await members(world) == {("Payments", "sam@example.com")}
    row = (await world.teams())["Payments"]
    assert (row.lead_id, row.revision, list(await world.teams())) == (None, 2, ["Payments"])


async def test_a_manager_is_taken_from_the_first_source_that_names_one_and_known_as_a_person(world: World) -> None:
    async def manager() -> Any:
        row = (await world.teams())["Payments"]
        found = await world.rows(tables.Person, tables.Person.id == row.manager_id)
        return found[0].email or found[0].handle if found else None

    await world.load("csv", team("Payments", lead="jo", manager="Mona@Example.com"))
    assert await manager() == "mona@example.com"
    # Known only by e-mail, and a person all the same: an owner of that address is she, and not a team.
    await world.load("codeowners", asset("1", "red", "mona@example.com"))
    [fact] = await world.facts()
    assert (fact.team_id, fact.person_id) == (None, (await world.teams())["Payments"].manager_id)
    await world.load("backstage", team("Payments", manager="nils"))
    assert await manager() == "nils"
    report = await world.load("backstage", team("Payments", manager="olga"))
    assert [(each.action.value, each.subject, each.name) for each in report.changes] == [
        ("changed", "team", "Payments")
    ]
    assert await manager() == "olga"
    await world.load("backstage", team("Payments"))
    assert await manager() == "mona@example.com"
    await world.load("csv", team("Payments", lead="jo"))
    assert await manager() is None


async def test_a_manager_who_turns_out_to_be_known_already_is_that_person(world: World) -> None:
    await world.load("csv", team("Payments", manager="mona"))
    await world.load("backstage", person(email="mona@example.com", slack_id="U000MONA", name="Mona"))
    await world.load("people", person(handle="mona", email="mona@example.com"))
    row = (await world.teams())["Payments"]
    [mona] = [each for each in await world.rows(tables.Person) if each.slack_id]
    assert (mona.handle, row.manager_id) == ("mona", mona.id)


async def test_memberships_are_each_sources_own(world: World) -> None:
    await world.load("backstage", team("ops", members=("jo", "ann")))
    await world.load("csv", team("ops", members=("jo",)))
    assert await members(world) == {("ops", "jo"), ("ops", "ann")}
    await world.load("backstage", team("ops", members=()))
    assert await members(world) == set()
    await world.load("backstage", team("ops"))
    assert await members(world) == {("ops", "jo")}


async def test_leavers_are_inactive_and_return(world: World) -> None:
    await world.load("csv", person(email="jo@example.com", is_active=False))
    assert [row.is_active for row in await world.rows(tables.Person)] == [False]
    await world.load("csv", person(email="jo@example.com"))
    assert [(row.is_active, row.revision) for row in await world.rows(tables.Person)] == [(True, 2)]


async def test_an_email_moves_between_people_without_a_clash(world: World) -> None:
    await world.load("csv", person(slack_id="U0000001", email="one@example.com"), person(slack_id="U0000002"))
    await world.load("csv", person(slack_id="U0000001"), person(slack_id="U0000002", email="one@example.com"))
    by_id = {row.slack_id: row.email for row in await world.rows(tables.Person)}
    assert sorted(filter(None, by_id.values())) == ["one@example.com"]


async def test_unknown_teams_are_noted_in_the_order_of_the_files_and_for_what_a_broken_one_said(world: World) -> None:
    await world.load("backstage", team("payments"))
    late = asset("1", "red", "zed", "who", origin=Origin("b.csv", 2))
    early = asset("2", "blue", "who", origin=Origin("a.csv", 10))
    first = await world.load("csv", late, asset("3", "green", "why", origin=Origin("a.csv", 9)), early)
    places = [("a.csv", 9, "'why'."), ("a.csv", 10, "'who'."), ("b.csv", 2, "'zed'.")]
    assert [_place(problem) for problem in first.problems] == places
    broken = await world.load("csv", early, Problem(Origin("b.csv", 1), "is not CSV"))
    assert broken.kept == ("1",)
    assert [_place(problem) for problem in broken.problems if not problem.is_error] == places[1:]


def _place(problem: Problem) -> tuple[str, int | None, str]:
    return problem.origin.path, problem.origin.line, problem.message.split()[5].rstrip(";")


@pytest.mark.parametrize("order", list(permutations(["csv", "backstage", "inventory"])), ids="-".join)
@pytest.mark.parametrize(
    ("said", "owner_name"),
    [
        # Another team goes by the name of one that is declared: the name is the declared one's.
        (
            {
                "csv": [team("Payments")],
                "backstage": [team("ops"), team("Payments")],
                "inventory": [team("Payments", aliases=("Core-Pay",)), team("core pay", former_names=("ops",))],
            },
            "ops",
        ),
        # Two sources seem to speak of one team, until a third shows that they do not.
        (
            {
                "csv": [team("pay", former_names=("core pay",))],
                "backstage": [team("Payments"), team("Core", former_names=("pay",))],
                "inventory": [team("Payments", former_names=("pay",))],
            },
            "pay",
        ),
    ],
)
async def test_names_that_sources_give_to_several_teams_mean_the_same_in_any_order(
    world: World, said: dict[str, list[Any]], owner_name: str, order: tuple[str, ...]
) -> None:
    said = {**said, "inventory": [*said["inventory"], asset("1", "red", "core pay")]}
    for source in order:
        await world.load(source, *said[source])
    assert await world.owner_names("service:red") == {owner_name}
    for source in order:
        assert (await world.load(source, *said[source])).outcome is ImportOutcome.UNCHANGED


@pytest.mark.parametrize(("format_name", "is_trusted"), [("kubernetes", False), ("opslevel", False), ("baton", True)])
async def test_a_file_of_a_single_repository_gives_nobody_the_rights_of_a_team(
    world: World, format_name: str, is_trusted: bool
) -> None:
    eve = person(name="Eve", email="eve@example.test", teams=("Payments",))
    theirs = team("Payments", lead="eve@example.test", members=("eve@example.test",))
    report = await world.load(format_name, theirs, eve)
    assert bool(await members(world)) == is_trusted
    assert any(row.lead_id for row in await world.rows(tables.Team)) == is_trusted
    assert any("Team members in this file were ignored" in each.message for each in report.problems) != is_trusted


async def test_teams_of_a_list_keep_their_own_names(world: World) -> None:
    """What a cell lists is written with each of its owners, and is the name of none."""
    both = "Alpha, Zeta"
    listed = [OwnerClaim(OwnerRef(name, OwnerType.UNSAID, both)) for name in ("Alpha", "Zeta")]
    await world.load("csv", asset("1", "red", *listed), asset("2", "blue", *listed))
    await world.load("other", asset("3", "green", *listed))
    assert set(await world.teams()) == {"Alpha", "Zeta"}


async def test_a_name_that_may_be_a_persons_or_two_teams_is_kept_as_written(world: World) -> None:
    written = "Doe, Jane"
    owners = [OwnerClaim(OwnerRef(name, OwnerType.UNSAID, written)) for name in ("Doe", "Jane")]
    claim = replace(asset("1", "shop"), owners=tuple(owners))
    await world.load("csv", claim)
    assert set(await world.teams()) == {written}
    assert (await world.load("csv", claim)).outcome is ImportOutcome.UNCHANGED
    await world.load("baton", team("Doe"))
    await world.load("csv", claim)
    assert {"Doe", "Jane"} <= set(await world.teams())


async def test_an_owner_stays_when_another_source_names_the_asset(world: World) -> None:
    handle = OwnerClaim(OwnerRef("@acme/pay", OwnerType.TEAM, "@acme/pay"))
    await world.load("codeowners", replace(asset("1", "red"), owners=(handle,)))
    await world.load("csv", asset("1", "red"))
    assert await world.owners() == {"service:red": {("codeowners", "pay", "all", "owner")}}


def by_team(number: str, handle: str) -> AssetClaim:
    written = OwnerRef(handle.rpartition("/")[2], OwnerType.TEAM, handle)
    return replace(asset(number, number), owners=(OwnerClaim(written),))


@pytest.mark.parametrize("is_declared_first", [True, False])
async def test_teams_of_two_organisations_stay_apart_when_a_source_declares_their_word(
    world: World, *, is_declared_first: bool
) -> None:
    handles = {"1": "@nordhaven/platform", "2": "@portside/platform", "3": "@nordhaven/web"}
    if is_declared_first:
        await world.load("baton", team("platform", channel="#plat"))
    report = await world.load("codeowners", *map(by_team, handles, handles.values()))
    if is_declared_first:
        said = [problem.message for problem in report.problems]
        assert "no source declares the team 'portside/platform'; nearest: platform." in said
    else:
        await world.load("baton", team("platform", channel="#plat"))
    assert await world.owners() == {
        "service:1": {("codeowners", "platform", "all", "owner")},
        "service:2": {("codeowners", "portside/platform", "all", "owner")},
        "service:3": {("codeowners", "web", "all", "owner")},
    }


async def test_no_organisation_has_the_word_where_owners_are_named_by_both_alike(world: World) -> None:
    async def named() -> set[str]:
        return {name for held in (await world.owners()).values() for _, name, _, _ in held}

    await world.load("baton", team("platform"))
    await world.load("codeowners", by_team("1", "@one/platform"), by_team("2", "@two/platform"))
    assert await named() == {"one/platform", "two/platform"}
    await world.load("baton", team("platform", aliases=("two/platform",)))
    assert await named() == {"one/platform", "platform"}


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("red and blue", {"red", "blue"}),
        ("red/blue", {"red", "blue"}),
        ("red, blue & green-tea", {"red", "blue", "green-tea"}),
        ("Red und Blue", {"red", "blue"}),
        ("Team Red", {"red"}),
        ("Red Squad", {"red"}),
        ("squad: red", {"red"}),
        ("the red team", {"red"}),
        ("red (backup: blue)", {"red"}),
        ("red (Berta)", {"red"}),
        ("red - Jane Doe", {"red"}),
        ("Dr. Jane Doe", {"jane@example.com"}),
        ("Doe Jane", {"jane@example.com"}),
        ("Jane Doe and red", {"jane@example.com", "red"}),
        ("Red-Team", {"red"}),
        ("Team Red (Jane Doe)", {"red"}),
        ("red since 2024", {"red"}),
        ("Red (escalation: blue)", {"red"}),
        ("red • blue", {"red", "blue"}),
        ("red 70% / blue 30%", {"red", "blue"}),
        # Nobody knows who is meant
        ("ex-red", set()),
        ("red>blue", set()),
        ("red to blue", set()),
        ("red (blue)", set()),
        ("contact red", set()),
        ("ping the blue team", set()),
        ("J. Doe", set()),
        # What may well be a team that nobody has declared is one
        ("red and brown", {"red and brown"}),
        ("Search & Discovery", {"Search & Discovery"}),
        ("Team Brown", {"Team Brown"}),
        ("red (EU)", {"red (EU)"}),
        ("ex-libris", {"ex-libris"}),
        ("Contact Center", {"Contact Center"}),
        ("order to cash", {"order to cash"}),
        ("red to black", {"red to black"}),
        ("Brown-Team", {"Brown-Team"}),
        ("UI/UX", {"UI/UX"}),
        ("brown/red", {"red"}),
        ("@acme/red", {"red"}),
    ],
)
async def test_an_owners_text_is_read_by_who_is_known(world: World, written: str, names: set[str]) -> None:
    known = [team(name) for name in ("red", "blue", "green-tea")]
    await world.load("baton", *known, person(name="Jane Doe", email="jane@example.com"))
    report = await world.load("csv", asset("1", "thing", written))
    assert {name for _, name, _, _ in (await world.owners()).get("service:thing", set())} == names
    said = [problem.message for problem in report.problems]
    is_said = f"the owner '{written}' names nobody for sure; name a team or a person." in said
    assert is_said is not bool(names)
    await world.load("baton", *known, team(written), person(name="Jane Doe", email="jane@example.com"))
    assert {name for _, name, _, _ in (await world.owners())["service:thing"]} == {written}, "a team that is called so"

"""Importing assets: what is the same asset, what is merged, what goes and comes back."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.catalog import Area, AssetClaim, AssetKind, Hosting, Link, Origin, PathRule, Problem, Role, Runs
from bot.services.catalog import ImportOutcome, ReportAction
from bot.services.catalog.report import MAX_CHANGES
from bot.store import tables
from bot.store.db import Database
from tests.services.catalog_world import World, asset, owner


@pytest.fixture
def world(database: Database, clock: Any) -> World:
    return World(database, clock)


async def test_an_asset_is_stored_as_claimed(world: World) -> None:
    claim = asset(
        "e1",
        "Payments API",
        namespace="shop",
        description="Takes money.",
        aliases=("pay",),
        addresses=("pay.example.test",),
        hosting=Hosting.MANAGED,
        tier=1,
        links=(Link("runbook", "https://example.test/r"),),
        tags=(("env", "prod"),),
        runs=(Runs("postgres", "15", "aws-rds", "production"),),
    )
    report = await world.load("backstage", claim)
    row = (await world.assets())["service:shop/payments api"]
    assert report.outcome is ImportOutcome.IMPORTED
    assert (row.name, row.kind, row.namespace, row.description) == ("Payments API", "service", "shop", "Takes money.")
    assert (row.aliases, row.addresses, row.tags) == (["pay"], ["pay.example.test"], [["env", "prod"]])
    assert (row.hosting, row.tier, row.links) == ("managed", 1, [["runbook", "https://example.test/r"]])
    assert row.runs == [["postgres", "15", "aws-rds", "production"]]
    assert row.revision == await world.revision() == 1


async def test_a_second_run_changes_nothing_but_the_moment_it_was_read(world: World) -> None:
    claims = [asset("a", "a", "payments"), asset("b", "b", "jo@example.com", parent="a")]
    await world.load("csv", *claims)
    before = await world.dump()
    report = await world.load("csv", *claims)
    assert report.outcome is ImportOutcome.UNCHANGED
    assert report.counts["assets_unchanged"] == report.counts["facts_unchanged"] == 2
    assert await world.dump() == before
    [source] = await world.rows(tables.Source)
    assert source.last_run_at == world.clock.now()
    assert [run.outcome for run in await world.rows(tables.ImportRun)] == ["imported", "unchanged"]


async def test_a_renamed_asset_stays_itself_and_answers_to_its_old_names(world: World) -> None:
    await world.load("backstage", asset("uid-1", "orders"))
    [first] = (await world.assets()).values()
    await world.load("backstage", asset("uid-1", "orders-v2"))
    await world.load("backstage", asset("uid-1", "sales"))
    assert list(await world.assets()) == ["service:sales"]
    [row] = (await world.assets()).values()
    assert (row.id, row.aliases) == (first.id, ["orders", "orders-v2"])
    await world.load("backstage", asset("uid-1", "orders"))
    [row] = (await world.assets()).values()
    assert (row.ref, row.aliases) == ("service:orders", ["orders-v2", "sales"])


async def test_two_assets_may_swap_names(world: World) -> None:
    await world.load("csv", asset("1", "red"), asset("2", "blue"))
    ids = {ref: row.id for ref, row in (await world.assets()).items()}
    await world.load("csv", asset("1", "blue"), asset("2", "red"))
    swapped = {ref: row.id for ref, row in (await world.assets()).items()}
    assert swapped == {"service:blue": ids["service:red"], "service:red": ids["service:blue"]}


async def test_two_sources_speak_about_one_asset(world: World) -> None:
    await world.load(
        "terraform", asset("arn:1", "Payments_DB", tier=2, aliases=("pdb",), tags=(("a", "2"), ("b", "2")))
    )
    await world.load(
        "backstage", asset("component:payments-db", "payments-db", description="Money.", tags=(("a", "1"),))
    )
    [row] = (await world.assets()).values()
    assert (row.ref, row.name, row.description, row.tier) == ("service:payments-db", "payments-db", "Money.", 2)
    assert row.aliases == ["pdb"]
    assert row.tags == [["a", "1"], ["b", "2"]]
    await world.load("backstage", allow_mass_change=True)
    [row] = (await world.assets()).values()
    assert (row.name, row.description, row.ref) == ("Payments_DB", "", "service:payments_db")


async def test_two_assets_of_one_name_in_one_source_are_two(world: World) -> None:
    claims = [asset("state-b:orders", "orders"), asset("state-a:orders", "orders")]
    await world.load("terraform", *claims)
    refs = set(await world.assets())
    assert len(refs) == 2
    assert "service:orders" in refs
    ids = {ref: row.id for ref, row in (await world.assets()).items()}
    await world.load("terraform", claims[0])
    await world.load("terraform", *reversed(claims))
    assert {ref: row.id for ref, row in (await world.assets()).items()} == ids


async def test_rules_of_a_codeowners_file_keep_their_spelling(world: World) -> None:
    rule = PathRule("acme/Shop", "/Docs/*.md", 3, "Docs")
    await world.load("codeowners", asset("r:3", "/Docs/*.md", kind=AssetKind.PATH, path_rule=rule))
    [(ref, row)] = (await world.assets()).items()
    assert ref == "path:acme/Shop:/Docs/*.md"
    stored = (row.rule_repository, row.rule_pattern, row.rule_position, row.rule_section)
    assert stored == ("acme/Shop", "/Docs/*.md", 3, "Docs")


@pytest.mark.parametrize("are_one_source", [True, False])
async def test_repositories_of_one_name_at_two_hosts_are_two(world: World, are_one_source: bool) -> None:
    def checkout(host: str) -> tuple[AssetClaim, AssetClaim]:
        place, repository = f"{host}/acme/shop", AssetKind.REPOSITORY
        rule = PathRule(place, "/api/", 0)
        return (
            asset(place, "acme/shop", kind=repository, addresses=(f"https://{place}",)),
            asset(f"{place}:/api/", "acme/shop:/api/", host, kind=AssetKind.PATH, path_rule=rule, parent=place),
        )

    first, second = checkout("github.com"), checkout("code.example.com")
    for _ in range(2):
        await world.load("hub", *first, *(second if are_one_source else ()))
        await world.load("lab", *(() if are_one_source else second))
    found = await world.assets()
    assert {"repository:acme/shop", "path:acme/shop:/api/"} < set(found)
    places = {row.id: row.addresses for row in found.values() if row.kind == "repository"}
    rules = {row.rule_repository: places[row.parent_id] for row in found.values() if row.kind == "path"}
    assert rules == {
        "github.com/acme/shop": ["https://github.com/acme/shop"],
        "code.example.com/acme/shop": ["https://code.example.com/acme/shop"],
    }


async def test_paths_that_were_one_part_once_their_hosts_are_known(world: World) -> None:
    def rule(place: str) -> AssetClaim:
        path_rule = PathRule(place, "/api/", 0)
        return asset("acme/shop:/api/", kind=AssetKind.PATH, path_rule=path_rule)

    await world.load("hub", rule("acme/shop"))
    await world.load("lab", rule("acme/shop"))
    [first] = (await world.assets()).values()
    await world.load("hub", rule("github.com/acme/shop"))
    await world.load("lab", rule("code.example.com/acme/shop"))
    found = {row.rule_repository: row.id for row in (await world.assets()).values()}
    assert set(found) == {"github.com/acme/shop", "code.example.com/acme/shop"}
    assert found["github.com/acme/shop"] == first.id


async def test_a_repository_of_which_nobody_says_the_host_is_the_one_of_its_name(world: World) -> None:
    rule = PathRule("acme/shop", "/api/", 0)
    await world.load("bare", asset("r", "acme/shop:/api/", kind=AssetKind.PATH, path_rule=rule))
    placed = PathRule("github.com/acme/shop", "/api/", 0)
    await world.load("hub", asset("h", "acme/shop:/api/", kind=AssetKind.PATH, path_rule=placed))
    [(ref, row)] = (await world.assets()).items()
    assert (ref, row.rule_repository) == ("path:acme/shop:/api/", "github.com/acme/shop")


async def test_what_goes_is_gone_and_comes_back_as_itself(world: World) -> None:
    both = [asset("1", "red", "ops"), asset("2", "blue", "ops")]
    await world.load("csv", *both)
    ids = {ref: row.id for ref, row in (await world.assets()).items()}
    report = await world.load("csv", both[0])
    assert report.counts["assets_removed"] == report.counts["facts_removed"] == 1
    assert [(c.action, c.name, c.owners_before) for c in report.changes] == [
        (ReportAction.REMOVED, "service:blue", ("ops",))
    ]
    [gone] = [row for row in await world.rows(tables.Asset) if row.gone_at]
    assert (gone.ref, gone.gone_at, gone.revision) == ("service:blue", world.clock.now(), 2)
    assert len(await world.facts()) == 1
    await world.load("csv", both[0], asset("2", "navy", "ops"))
    assert {row.id for row in (await world.assets()).values()} == set(ids.values())
    assert (await world.assets())["service:navy"].aliases == ["blue"]


async def test_an_asset_that_another_source_still_claims_stays(world: World) -> None:
    await world.load("csv", asset("1", "red", "ops"))
    await world.load("terraform", asset("arn", "red", "dev"))
    await world.load("csv", allow_mass_change=True)
    assert await world.owner_names("service:red") == {"dev"}


async def test_parents_are_found_by_id_ref_and_name_also_when_they_come_later(world: World) -> None:
    report = await world.load("csv", asset("1", "api", parent="system:shop"), asset("2", "db", parent="Shop"))
    assert [str(problem) for problem in report.problems if "'Shop'" in problem.message]
    assert not any(problem.is_error for problem in report.problems)
    await world.load("backstage", asset("system:default/shop", "shop", kind=AssetKind.SYSTEM))
    rows = await world.assets()
    shop = rows["system:shop"].id
    assert rows["service:api"].parent_id == rows["service:db"].parent_id == shop
    assert rows["service:api"].revision == 2
    await world.load("backstage", asset("other", "other"))
    assert {row.parent_id for row in (await world.assets()).values()} == {None}


async def test_a_name_of_two_assets_is_no_parent_unless_one_is_of_the_same_source(world: World) -> None:
    await world.load("terraform", asset("t", "shop", kind=AssetKind.CLUSTER))
    await world.load("backstage", asset("b", "shop", kind=AssetKind.SYSTEM))
    await world.load("csv", asset("1", "api", parent="shop"))
    await world.load("backstage", asset("b", "shop", kind=AssetKind.SYSTEM), asset("w", "web", parent="shop"))
    rows = await world.assets()
    assert rows["service:api"].parent_id is None
    assert rows["service:web"].parent_id == rows["system:shop"].id


async def test_a_circle_of_parents_is_broken_and_reported_the_same_way_each_time(world: World) -> None:
    circle = [asset("1", "b", parent="c"), asset("2", "c", parent="a"), asset("3", "a", parent="b")]
    report = await world.load("csv", *circle)
    assert [problem.is_error for problem in report.problems] == [True]
    assert "service:a in service:b in service:c in service:a" in report.problems[0].message
    rows = await world.assets()
    assert (rows["service:a"].parent_id, rows["service:c"].parent_id) == (None, rows["service:a"].id)
    await world.load("csv", *circle, asset("4", "d"))
    assert (await world.assets())["service:a"].parent_id is None


async def test_a_mass_removal_is_refused_unless_asked_for(world: World) -> None:
    claims = [asset(str(number), f"s{number}", "ops") for number in range(30)]
    await world.load("csv", *claims)
    before = await world.dump()
    refused = await world.load("csv", *claims[:23])
    assert refused.outcome is ImportOutcome.REFUSED
    assert "remove 7 of the source's 30 assets" in refused.refusal
    assert "--allow-mass-change" in refused.refusal
    assert await world.dump() == before
    assert (await world.rows(tables.ImportRun))[-1].outcome == "refused"
    assert (await world.load("csv", *claims[:24])).outcome is ImportOutcome.IMPORTED
    assert (await world.load("csv", allow_mass_change=True)).outcome is ImportOutcome.IMPORTED
    assert await world.assets() == {}


@pytest.mark.parametrize(
    ("count", "lost", "meant", "is_refused"),
    [
        (30, 7, 0, True),
        (30, 6, 0, False),
        (10, 10, 0, True),
        (2, 2, 0, True),
        (2, 1, 0, False),
        (1, 1, 0, False),
        (30, 30, 30, False),
    ],
)
async def test_losing_the_owners_of_many_assets_is_refused_unless_asked_for(
    world: World, count: int, lost: int, meant: int, is_refused: bool
) -> None:
    claims = [asset(str(number), f"s{number}", "ops") for number in range(count)]
    bare = [asset(str(number), f"s{number}", unowned_reason="Old" * bool(meant)) for number in range(lost)]
    await world.load("csv", *claims, asset("x", "without-owner"))
    report = await world.load("csv", *bare, *claims[lost:], asset("x", "without-owner"))
    assert (report.outcome is ImportOutcome.REFUSED) is is_refused
    told = f"remove the owners of {lost} of the source's {count} owned assets, more than 20%, so nothing was changed"
    assert (told in report.refusal) is is_refused
    again = await world.load("csv", *bare, *claims[lost:], asset("x", "without-owner"), allow_mass_change=True)
    assert again.outcome is (ImportOutcome.IMPORTED if is_refused else ImportOutcome.UNCHANGED)


async def test_assets_that_go_are_named_before_owners_that_do(world: World) -> None:
    claims = [asset(str(number), f"s{number}", "ops") for number in range(40)]
    await world.load("csv", *claims)
    bare = [asset(str(number), f"s{number}") for number in range(15)]
    refused = await world.load("csv", *bare, *claims[15:25])
    told = "remove 15 of the source's 40 assets and the owners of 15 of the source's 40 owned assets, more than 20%"
    assert told in refused.refusal


async def test_files_in_which_nothing_stands_are_refused_however_small_the_source_is(world: World) -> None:
    await world.load("csv", asset("1", "red"))
    refused = await world.load("csv")
    assert refused.outcome is ImportOutcome.REFUSED
    assert "Nothing stands in what was read, so everything of the source would go" in refused.refusal
    assert list(await world.assets()) == ["service:red"]


async def test_nothing_readable_is_refused_whatever_is_asked_for(world: World) -> None:
    await world.load("csv", asset("1", "red", origin=Origin("a.csv", 1)))
    problem = Problem(Origin("b.csv"), "is not CSV")
    refused = await world.load("csv", problem, allow_mass_change=True)
    assert refused.outcome is ImportOutcome.REFUSED
    assert list(await world.assets()) == ["service:red"]


@pytest.mark.parametrize("broken", ["docs/b.yaml", "docs"])
async def test_what_a_broken_document_said_before_stands(world: World, broken: str) -> None:
    first = asset("1", "red", origin=Origin("docs/a.yaml", 1))
    second = asset("2", "blue", "ops", origin=Origin("docs/b.yaml", 1))
    other = asset("3", "green", origin=Origin("more/c.yaml", 1))
    await world.load("backstage", first, second, other)
    read_at = world.clock.now()
    report = await world.load("backstage", first, Problem(Origin(broken, 7), "is not YAML"))
    assert (report.kept, report.counts["assets_removed"]) == (("2",), 1)
    assert set(await world.assets()) == {"service:red", "service:blue"}
    assert await world.owner_names("service:blue") == {"ops"}
    [source] = await world.rows(tables.Source)
    assert source.last_run_at == read_at, "a source with a broken document was not read whole"


async def test_a_claim_made_twice_counts_once_and_is_reported(world: World) -> None:
    twice = asset("1", "blue", origin=Origin("b.yaml", 9))
    report = await world.load("csv", asset("1", "red"), twice)
    assert list(await world.assets()) == ["service:red"]
    [problem] = report.problems
    assert (str(problem.origin), "catalog.yaml:1" in problem.message) == ("b.yaml:9", True)


async def test_a_dry_run_reports_the_same_and_writes_nothing(world: World) -> None:
    await world.load("csv", asset("1", "red", "ops"))
    before = await world.dump()
    runs = await world.count(tables.ImportRun)
    claims = [asset("1", "red", "dev"), asset("2", "blue")]
    async with world.rehearsing():
        dry = await world.load("csv", *claims)
        assert (await world.load("csv", *claims)).outcome is ImportOutcome.UNCHANGED
    assert await world.dump() == before
    assert await world.count(tables.ImportRun) == runs
    wet = await world.load("csv", *claims)
    assert {**dry.as_dict(), "dry_run": False} == wet.as_dict()
    assert dry.is_dry_run


async def test_a_parent_that_nothing_fits_is_noted_until_it_comes(world: World) -> None:
    claims = [asset("1", "api", parent="shop"), asset("2", "db", parent="api")]
    first = await world.load("csv", *claims)
    again = await world.load("csv", *claims)
    assert again.outcome is ImportOutcome.UNCHANGED
    for report in (first, again):
        [note] = report.problems
        assert "is called 'shop'" in note.message
    await world.load("backstage", asset("s", "shop", kind=AssetKind.SYSTEM))
    assert (await world.load("csv", *claims)).problems == ()


async def test_every_new_dispute_is_counted_and_listed_before_other_changes(world: World) -> None:
    names = [f"thing-{number:03}" for number in range(MAX_CHANGES + 5)]
    await world.load("csv", *(asset(name, name, "ops") for name in names))
    agreeing = [asset(name, name, "ops") for name in names[:-1]]
    report = await world.load("terraform", *agreeing, asset("x", names[-1], "dev"))
    assert (report.newly_disputed, report.more_changes) == (1, 4)
    assert [change.name for change in report.changes if change.is_disputed] == [f"service:{names[-1]}"]
    report = await world.load("terraform", *agreeing, asset("x", names[-1], "dev", tier=1))
    assert report.newly_disputed == 0


async def test_an_import_that_changes_something_is_audited_once(world: World) -> None:
    await world.load("csv", asset("1", "red", "ops"), paths=["a.csv", "b.csv"])
    [entry] = await world.rows(tables.AuditEntry)
    assert (entry.actor, entry.action, entry.subject) == ("import:csv", "catalog.import", "source:1")
    assert entry.detail["paths"] == ["a.csv", "b.csv"]
    assert entry.detail["counts"]["facts_added"] == 1
    [fact] = await world.facts()
    assert fact.begun_by == entry.id
    assert (await world.rows(tables.ImportRun))[0].audit_id == entry.id


async def test_only_what_is_touched_gets_the_new_revision(world: World) -> None:
    await world.load("csv", asset("1", "red", "ops"), asset("2", "blue", "ops"), asset("3", "green"))
    await world.load("csv", asset("1", "red", "dev"), asset("2", "blue", "ops"), asset("3", "green", tier=1))
    assert {ref: row.revision for ref, row in (await world.assets()).items()} == {
        "service:red": 2,
        "service:blue": 1,
        "service:green": 2,
    }


async def test_a_moved_line_is_remembered_and_is_no_change(world: World) -> None:
    await world.load("csv", asset("1", "red", origin=Origin("a.csv", 2)))
    report = await world.load("csv", asset("1", "red", origin=Origin("a.csv", 9)))
    assert (report.outcome, await world.revision()) == (ImportOutcome.UNCHANGED, 1)
    assert [claim.line for claim in await world.rows(tables.Claim)] == [9]


async def test_facts_end_and_begin_and_others_go_on(world: World) -> None:
    areas = owner("dba", area=Area.DATABASE)
    await world.load("csv", asset("1", "red", "ops", areas, owner("night", role=Role.SECONDARY)))
    facts = {(row.area, row.role): row for row in await world.facts()}
    report = await world.load("csv", asset("1", "red", "dev", areas, areas, owner("night", role=Role.SECONDARY)))
    assert {name: count for name, count in report.counts.items() if name.startswith("facts") and count} == {
        "facts_changed": 1,
        "facts_unchanged": 2,
    }
    [change] = report.changes
    assert (change.owners_before, change.owners_after) == (("ops", "dba", "night"), ("dev", "dba", "night"))
    after = {(row.area, row.role): row for row in await world.facts()}
    for key in (("database", "owner"), ("all", "secondary")):
        assert (after[key].id, after[key].valid_from) == (facts[key].id, facts[key].valid_from)
    assert after["all", "owner"].valid_from == world.clock.now()
    [ended] = [row for row in await world.rows(tables.Ownership) if row.valid_to]
    audits = await world.rows(tables.AuditEntry)
    assert (ended.id, ended.valid_to, ended.ended_by) == (facts["all", "owner"].id, world.clock.now(), audits[1].id)


async def test_confirmations_and_human_decisions_survive_an_import(world: World) -> None:
    await world.load("csv", asset("1", "red", "ops"))
    now = world.clock.now()
    await world.add(
        tables.Source(id=50, name="slack", is_human=True),
        tables.Person(id=50, name="Jo", slack_id="U0000001"),
        tables.AuditEntry(id=50, at=now, actor="person:50", action="ownership.assign", subject="asset:1"),
        tables.Ownership(asset_id=1, person_id=50, area="all", role="owner", source_id=50, valid_from=now, begun_by=50),
    )
    async with world.database.transaction() as session:
        fact = await session.get(tables.Ownership, 1)
        assert fact is not None
        fact.confirmed_at, fact.confirmed_by = now, 50
    await world.load("csv", asset("1", "red", "ops", tier=2))
    imported, human = await world.facts()
    assert (imported.id, imported.confirmed_by) == (1, 50)
    await world.load("csv", allow_mass_change=True)
    assert [row.id for row in await world.facts()] == [human.id]

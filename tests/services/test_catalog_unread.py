"""Imports that leave files unread: when they may, what they do all the same, and who may change what they rest on.

That they leave the same behind as imports that read is in `test_catalog_properties`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.catalog import Origin, Problem
from bot.domain.inventory.observations import Seen
from bot.services import claims, snapshot
from bot.services.catalog import ImportOutcome, ImportReport, has_read, import_unread
from bot.services.catalog.precedence import prefer
from bot.services.catalog.teams import merge_teams, rename_team
from bot.services.inventory.deployments import Scan, record
from bot.services.matters import doubts
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.services.catalog_world import Said, World, asset, person, team

CLAIMS: list[Said] = [
    team("pay", members=("jo@example.com",)),
    team("ops", aliases=("@acme/ops",)),
    person(email="jo@example.com", slack_id="U0000JO1", name="Jo"),
    asset("1", "red", "pay"),
    asset("2", "blue", "@acme/ops", parent="red"),
]
ODD = Problem(Origin("catalog.yaml", 3), "is odd.", is_error=False)


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    return World(database, clock)


async def unread(world: World, digest: str, *, source: str = "csv") -> ImportReport | None:
    world.clock.advance(timedelta(minutes=1))
    return await import_unread(world.deps, source=source, format_name=source, paths=["y"], digest=digest)


async def test_the_run_is_remembered_and_reported_as_if_it_had_been_read(world: World) -> None:
    await world.load("csv", *CLAIMS, digest="one")
    read = await world.load("csv", *CLAIMS, digest="one")
    before = await world.dump()
    report = await unread(world, "one")
    assert report is not None
    assert (report.outcome, report.is_unread, read.is_unread) == (ImportOutcome.UNCHANGED, True, False)
    assert replace(report, is_unread=False) == read
    assert (report.counts["assets_unchanged"], report.counts["teams_unchanged"]) == (2, 2)
    assert report.counts["facts_unchanged"] == 2
    assert await world.dump() == before
    *_, run = await world.rows(tables.ImportRun)
    [source] = await world.rows(tables.Source)
    assert (run.outcome, run.paths, run.counts, run.audit_id) == ("unchanged", ["y"], report.counts, None)
    assert run.started_at == source.last_run_at == world.clock.now()


@pytest.mark.parametrize("digest", ["other", ""])
async def test_of_what_was_not_read_nothing_is_done(world: World, digest: str) -> None:
    await world.load("csv", *CLAIMS, digest="one")
    assert await unread(world, digest) is None
    assert not await has_read(world.deps, source="csv", digest=digest)
    assert await unread(world, "one", source="backstage") is None, "another source has read nothing"
    assert await world.count(tables.ImportRun) == await world.count(tables.Source) == 1


async def test_without_a_digest_nothing_counts_as_read(world: World) -> None:
    await world.load("csv", *CLAIMS)
    assert await unread(world, "") is None
    assert await world.rows(tables.SourceReading) == []


async def test_notes_on_the_files_are_said_again(world: World) -> None:
    read = await world.load("csv", *CLAIMS, ODD, Problem(Origin("teams.yaml"), "is odder.", is_error=False), digest="1")
    report = await unread(world, "1")
    assert report is not None
    assert report.problems == read.problems == (ODD, Problem(Origin("teams.yaml"), "is odder.", is_error=False))
    assert report.notes == 0, "no other source can help"
    *_, run = await world.rows(tables.ImportRun)
    assert run.problems == [str(problem) for problem in report.problems]


@pytest.mark.parametrize(
    "problems",
    [
        [Problem(Origin("b.yaml"), "is not YAML")],
        [Problem(Origin("b.yaml", n), "x", is_error=False) for n in range(1001)],
    ],
    ids=["an error", "too many notes"],
)
async def test_what_was_read_with_errors_or_a_thousand_notes_is_read_again(
    world: World, problems: list[Problem]
) -> None:
    await world.load("csv", *CLAIMS, digest="one")
    await world.load("csv", *CLAIMS, *problems, digest="two")
    assert not await has_read(world.deps, source="csv", digest="one")
    assert not await has_read(world.deps, source="csv", digest="two")


async def test_what_other_sources_and_people_lack_is_found_anew(world: World) -> None:
    await world.load("backstage", team("pay"), team("web"))
    first = await world.load("csv", asset("1", "red", "paj"), asset("2", "blue", "web", parent="green"), digest="one")
    assert [problem.message.split(";")[0].split(",")[0] for problem in first.problems] == [
        "no asset",
        "no source declares the team 'paj'",
    ]
    same = await unread(world, "one")
    assert same is not None
    assert (set(same.problems), same.notes) == (set(first.problems), 2)
    await world.load("backstage", team("pay", aliases=("paj",)), asset("g", "green"))
    report = await unread(world, "one")
    assert report is not None
    [problem] = report.problems
    assert problem.message.startswith("no source declares the team 'web'"), "it did when this was read"


async def test_an_import_without_a_digest_or_of_other_files_takes_the_place(world: World) -> None:
    await world.load("csv", *CLAIMS, digest="one")
    await world.load("csv", *CLAIMS[:-1])
    assert await unread(world, "one") is None
    await world.load("csv", *CLAIMS, digest="one")
    await world.load("csv", *CLAIMS[:-1], digest="two")
    assert await unread(world, "one") is None
    assert await unread(world, "two") is not None
    assert set(await world.assets()) == {"service:red"}


async def test_a_refused_import_leaves_what_was_read_before(world: World) -> None:
    many = [asset(str(number), f"s{number}", "ops") for number in range(10)]
    await world.load("csv", *many, digest="many")
    refused = await world.load("csv", many[0], digest="one")
    assert refused.outcome is ImportOutcome.REFUSED
    assert await unread(world, "one") is None, "or what was refused would count as imported"
    assert await unread(world, "many") is not None
    assert len(await world.assets()) == 10


async def test_a_rehearsal_leaves_unread_and_keeps_nothing(world: World) -> None:
    await world.load("csv", *CLAIMS, digest="one")
    runs = await world.count(tables.ImportRun)
    async with world.rehearsing():
        report = await unread(world, "one")
        assert report is not None
        assert report.is_dry_run
        await world.load("csv", *CLAIMS[:-1], digest="two")
        assert await has_read(world.deps, source="csv", digest="two")
    assert await world.count(tables.ImportRun) == runs
    assert await has_read(world.deps, source="csv", digest="one")
    assert not await has_read(world.deps, source="csv", digest="two")


async def _others(world: World) -> None:
    await world.load("backstage", team("Payments", aliases=("pay",)), asset("x", "red", "ops"), digest="other")


async def _rename(world: World) -> None:
    await rename_team(world.deps, name="ops", to="platform", actor="cli")


async def _merge(world: World) -> None:
    await merge_teams(world.deps, name="pay", into="ops", actor="cli")


async def _prefer(world: World) -> None:
    await world.load("backstage", asset("x", "red", "ops", description="of another"))
    await prefer(world.deps, ["backstage", "csv"], actor="cli")


async def _people(world: World) -> None:
    catalog = Snapshot()
    await snapshot.refresh(catalog, world.database)
    ids = {row.name: row.id for row in await world.rows(tables.Asset)}
    [pay] = [row.id for row in (await world.teams()).values() if row.name == "pay"]
    [jo] = [row.id for row in await world.rows(tables.Person)]
    await doubts.confirm(world.deps, catalog, asset_id=ids["red"], person_id=jo)
    said = claims.ClaimWords(reason="Ours")
    await claims.claim(world.deps, catalog, asset_id=ids["blue"], team_id=pay, person_id=jo, words=said)


async def _scan(world: World) -> None:
    [red] = [row.id for row in await world.rows(tables.Asset) if row.name == "red"]
    seen = {red: [Seen(product="python", version="3.9", how="csv")]}
    await record(world.deps, Scan(source="csv", how="csv", seen=seen, is_complete=True), actor="cli")


CHANGES: list[Callable[[World], Awaitable[None]]] = [_others, _rename, _merge, _prefer, _people, _scan]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
async def test_nobody_else_changes_what_a_source_claims(
    world: World, change: Callable[[World], Awaitable[None]]
) -> None:
    """Whoever writes to claims but their own source's import leaves what these are, and where in its files."""
    await world.load("csv", *CLAIMS, digest="one")
    before, revision = await _claims(world), await world.revision()
    await change(world)
    assert await world.revision() > revision
    assert await _claims(world) == before
    then = await world.dump()
    report = await unread(world, "one")
    read = await world.load("csv", *CLAIMS, digest="one")
    assert report is not None
    assert replace(report, is_unread=False) == read
    assert await world.dump() == then


async def _claims(world: World) -> list[Any]:
    [source] = [row.id for row in await world.rows(tables.Source) if row.name == "csv"]
    return [
        (row.subject, row.external_id, row.digest, row.content, row.path, row.line)
        for row in await world.rows(tables.Claim)
        if row.source_id == source
    ]

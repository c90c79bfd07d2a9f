"""What holds for any catalogs: importing twice is importing once, order does not matter, ids survive a removal.

Each example gets a SQLite file of its own, a copy of a migrated one; that both databases behave alike is what the other
tests of imports show.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clients.catalog import read
from bot.clients.catalog.baton_writer import render
from bot.domain.catalog import Area, Origin, OwnerType, Role, SourceCatalog
from bot.domain.ownership import Orphaned, Owned, verdict
from bot.domain.reconcile.claims import external_id
from bot.errors import NotAllowedError
from bot.services import claiming, snapshot
from bot.services.catalog import Outcome
from bot.services.catalog.export import export
from bot.services.snapshot import Snapshot
from bot.store import migrations, tables
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.services.catalog_world import Said, World, asset, owner, person, team

HERE = Origin("export")
TEAMS = ["Payments", "payments", "pay", "Core-Pay", "core pay", "ops"]
OWNERS = [*TEAMS, "@acme/pay", "group:default/core-pay", "jo", "@jo", "jo@example.com", "ops@example.com", "ann"]
NAMES = ["red", "Red", "blue-db", "blue_db", "green"]


@st.composite
def owner_claims(draw: st.DrawFn) -> Any:
    kind = draw(st.sampled_from(OwnerType))
    area = draw(st.sampled_from([Area.ALL, Area.DATABASE]))
    return owner(draw(st.sampled_from(OWNERS)), kind=kind, area=area, role=draw(st.sampled_from(Role)))


@st.composite
def asset_claims(draw: st.DrawFn) -> Any:
    return asset(
        draw(st.sampled_from("123456")),
        draw(st.sampled_from(NAMES)),
        *draw(st.lists(owner_claims(), max_size=3)),
        parent=draw(st.sampled_from(["", "red", "blue-db", "2", "service:green"])),
        aliases=tuple(draw(st.lists(st.sampled_from(["x", "y"]), max_size=2))),
        tier=draw(st.sampled_from([None, 1, 2])),
    )


@st.composite
def team_claims(draw: st.DrawFn) -> Any:
    spellings = st.lists(st.sampled_from([*TEAMS, "@acme/pay"]), max_size=2).map(tuple)
    return team(
        draw(st.sampled_from(TEAMS)),
        aliases=draw(spellings),
        former_names=draw(spellings),
        lead=draw(st.sampled_from(["", "jo", "ann@example.com"])),
        manager=draw(st.sampled_from(["", "ann", "jo@example.com", "eve@example.com"])),
        members=draw(st.none() | st.lists(st.sampled_from(["jo", "jo@example.com", "ann"]), max_size=2).map(tuple)),
    )


#: Of one person every claim says the same, as sources that are right do; each says only a part.
PEOPLE = [
    {"slack_id": "U0000JO1", "email": "jo@example.com", "handle": "jo", "name": "Jo"},
    {"slack_id": "U000ANN1", "email": "ann@example.com", "handle": "ann", "name": "Ann"},
]


@st.composite
def person_claims(draw: st.DrawFn) -> Any:
    whole = draw(st.sampled_from(PEOPLE))
    keys = draw(st.sets(st.sampled_from(["slack_id", "email", "handle"]), min_size=1))
    teams = tuple(draw(st.lists(st.sampled_from(TEAMS), max_size=2)))
    return person(**{key: whole[key] for key in keys}, name=whole["name"], teams=teams)


def unique(claims: list[Any]) -> list[Any]:
    """Claims with one for each external id: what a source says twice is another matter."""
    return list({(type(claim), external_id(claim)): claim for claim in claims}.values())


def catalogs(*, with_people: bool = True) -> st.SearchStrategy[list[Any]]:
    parts = [st.lists(asset_claims(), max_size=5), st.lists(team_claims(), max_size=4)]
    if with_people:
        parts.append(st.lists(person_claims(), max_size=2))
    return st.tuples(*parts).map(lambda lists: unique([claim for part in lists for claim in part]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a migrated, empty database in it."""
    made = tmp_path_factory.mktemp("worlds")

    async def migrate() -> None:
        database = Database(f"sqlite:///{made / 'empty.sqlite'}")
        await migrations.upgrade(database)
        await database.close()

    asyncio.run(migrate())
    return made


#: Engines by file, kept for all examples: compiling an engine's statements anew would take most of the time.
Worlds = dict[str, Database]
Claims = list[Said]


@pytest.fixture(scope="module")
def worlds(folder: Path) -> Worlds:
    return {name: Database(f"sqlite:///{folder / name}.sqlite") for name in ("one", "other")}


def _empty(folder: Path, name: str) -> None:
    for file in folder.glob(f"{name}.sqlite*"):
        file.unlink()
    shutil.copy(folder / "empty.sqlite", folder / f"{name}.sqlite")


@asynccontextmanager
async def new_world(folder: Path, worlds: Worlds, name: str = "one") -> AsyncIterator[World]:
    """An empty database; examples come one after another, so they may share its file."""
    _empty(folder, name)
    try:
        yield World(worlds[name], FixedClock())
    finally:
        await worlds[name].close()


@given(first=catalogs(), other=catalogs())
@settings(max_examples=25)
async def test_importing_twice_changes_nothing(folder: Path, worlds: Worlds, first: Claims, other: Claims) -> None:
    async with new_world(folder, worlds) as world:
        await world.load("csv", *first)
        await world.load("backstage", *other)
        before = await world.dump()
        for source, claims in (("csv", first), ("backstage", other)):
            report = await world.load(source, *claims)
            assert report.outcome is Outcome.UNCHANGED
        assert await world.dump() == before


async def outcome(world: World) -> Any:
    """What people would be told: owners by ref, parents by ref, teams with their names and members."""
    rows = await world.assets()
    refs = {row.id: ref for ref, row in rows.items()}
    teams = {row.id: row.name for row in (await world.teams()).values()}
    people = {row.id: (row.slack_id, row.email, row.handle) for row in await world.rows(tables.Person)}
    members = {
        (teams.get(row.team_id), people[row.person_id], row.source_id > 0)
        for row in await world.rows(tables.Membership)
    }
    described = {name: (set(row.aliases), row.is_declared) for name, row in (await world.teams()).items()}
    parents = {ref: refs.get(row.parent_id) for ref, row in rows.items()}
    scalars = {ref: (row.name, row.tier, set(row.aliases)) for ref, row in rows.items()}
    return await world.owners(), parents, scalars, described, members


@given(first=catalogs(), other=catalogs())
@settings(max_examples=50)
async def test_the_order_of_imports_does_not_change_the_outcome(
    folder: Path, worlds: Worlds, first: Claims, other: Claims
) -> None:
    async with new_world(folder, worlds) as one, new_world(folder, worlds, "other") as another:
        await one.load("csv", *first)
        await one.load("backstage", *other)
        await another.load("backstage", *other)
        await another.load("csv", *first)
        assert await outcome(one) == await outcome(another)


@given(claims=catalogs(), gone=st.sets(st.integers(0, 10)))
@settings(max_examples=25)
async def test_what_goes_and_returns_keeps_its_id(
    folder: Path, worlds: Worlds, claims: list[Said], gone: set[int]
) -> None:
    async with new_world(folder, worlds) as world:
        await world.load("csv", *claims)
        assets = {ref: row.id for ref, row in (await world.assets()).items()}
        owners = await world.owners()
        left = [claim for index, claim in enumerate(claims) if index not in gone]
        await world.load("csv", *left, allow_mass_change=True)
        await world.load("csv", *claims, allow_mass_change=True)
        assert {ref: row.id for ref, row in (await world.assets()).items()} == assets
        assert await world.owners() == owners


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["csv", "backstage", "claim", "claim", "withdraw"]), catalogs(), st.integers(0, 99)),
    min_size=2,
    max_size=6,
)


@given(actions=ACTIONS)
@settings(max_examples=15)
async def test_no_two_owners_of_one_area_without_a_dispute(folder: Path, worlds: Worlds, actions: list[Any]) -> None:
    async with new_world(folder, worlds) as world:
        ended: dict[int, Any] = {}
        for action, claims, pick in actions:
            if action in ("claim", "withdraw"):
                await _decide(world, action, pick)
            else:
                await world.load(action, *claims, allow_mass_change=True)
            catalog = await snapshot_of(world)
            for asset_id in catalog.directory.ids():
                _check_sides(catalog, asset_id, world.clock.now())
            ended = await _check_history(world, ended)


async def snapshot_of(world: World) -> Snapshot:
    made = Snapshot()
    await snapshot.refresh(made, world.database)
    return made


async def _decide(world: World, action: str, pick: int) -> None:
    """Somebody claims an asset for their team or withdraws a claim; whoever may not is told so."""
    catalog = await snapshot_of(world)
    people = [row.id for row in await world.rows(tables.Person)]
    assets, teams = catalog.directory.ids(), [team.id for team in catalog.teams()]
    if not (assets and teams and people):
        return
    asset_id, person_id = assets[pick % len(assets)], people[pick % len(people)]
    world.clock.advance(timedelta(minutes=1))
    mine = catalog.teams_of(person_id)
    team_id = mine[pick % len(mine)].id if mine else teams[0]
    try:
        if action == "claim":
            await claiming.claim(world.deps, catalog, asset_id=asset_id, team_id=team_id, person_id=person_id)
        else:
            await claiming.withdraw(world.deps, catalog, asset_id=asset_id, person_id=person_id)
    except NotAllowedError:
        assert action == "withdraw" or not mine


def _check_sides(catalog: Snapshot, asset_id: int, now: datetime) -> None:
    """Whoever is named as owner is named by everybody who names a living owner of that area."""
    asset = catalog.asset(asset_id)
    assert asset is not None
    said = verdict(asset, catalog, now=now, stale_after=timedelta(days=900))
    if not isinstance(said, Owned) or isinstance(said, Orphaned) or said.inherited_from is not None:
        return
    for held in (holding for holding in said.holdings if holding.fact.role is Role.OWNER):
        sides: dict[Any, set[Any]] = {}
        for other in said.holdings:
            fact = other.fact
            if fact.role is Role.OWNER and fact.area is held.fact.area:
                who = (fact.team_id, fact.person_id)
                sides.setdefault((fact.source, who if fact.is_human else None), set()).add(who)
        assert all(one & two for one in sides.values() for two in sides.values()), sides


async def _check_history(world: World, ended: dict[int, Any]) -> dict[int, Any]:
    """Facts that have ended stay as they are, and the terms of one owner with one source do not overlap."""
    terms: dict[Any, list[tuple[datetime, datetime | None]]] = {}
    now: dict[int, Any] = {}
    for row in await world.rows(tables.Ownership):
        key = (row.asset_id, row.team_id, row.person_id, row.area, row.role, row.source_id)
        terms.setdefault(key, []).append((row.valid_from, row.valid_to))
        if row.valid_to is not None:
            now[row.id] = (row.asset_id, row.area, row.role, row.source_id, row.valid_from, row.valid_to)
    assert ended.items() <= now.items()
    for spans in terms.values():
        assert sum(end is None for _, end in spans) <= 1, spans
    return now


@given(first=catalogs(), other=catalogs())
@settings(max_examples=15)
async def test_what_is_exported_imports_back_as_the_same_catalog(
    folder: Path, worlds: Worlds, first: Claims, other: Claims
) -> None:
    async with new_world(folder, worlds) as one, new_world(folder, worlds, "other") as another:
        await one.load("csv", *first)
        await one.load("backstage", *other)
        exported = await export(one.deps)
        file = folder / "export.yaml"
        file.write_text("".join(render(exported.catalog)))
        back = read("baton", [file])
        assert [problem for problem in back.problems if problem.is_error] == []
        await another.load("baton", *back.people, *back.teams, *back.assets)
        again = await export(another.deps)
        assert again.one_sided == ()
        assert _said(again.catalog) == _said(exported.catalog)


def _said(catalog: SourceCatalog) -> Any:
    """Claims without their order, which says nothing, and without what tells assets of one name and kind apart."""
    assets = sorted(
        (
            (
                repr(replace(claim, owners=(), **_bare(claim))),
                sorted(map(repr, claim.owners)),
            )
            for claim in catalog.assets
        ),
    )
    teams = {
        claim.name: (set(claim.aliases), set(claim.former_names), claim.lead, claim.manager, claim.members)
        for claim in catalog.teams
    }
    people = {(claim.email, claim.slack_id, claim.handle): claim.name for claim in catalog.people}
    return assets, teams, people


def _bare(claim: Any) -> dict[str, Any]:
    return {key: getattr(claim, key).partition("~")[0] for key in ("external_id", "parent")} | {"origin": HERE}

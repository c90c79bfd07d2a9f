"""What holds for any catalogs: importing twice is importing once, order does not matter, ids survive a removal.

Each example gets a SQLite file of its own, a copy of a migrated one; that both databases behave alike is what the other
tests of imports show.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import SQLModel

from bot.clients.catalog import read
from bot.clients.catalog.baton_writer import render
from bot.domain.catalog import (
    Area,
    AssetClaim,
    Hosting,
    Link,
    Origin,
    OwnerType,
    OwnVersion,
    Problem,
    Role,
    Runs,
    SourceCatalog,
)
from bot.domain.ownership import Disputed, verdict
from bot.domain.reconcile.claims import external_id
from bot.errors import NotAllowedError, NotFoundError
from bot.services import claims as claiming
from bot.services import snapshot
from bot.services.catalog import ImportOutcome, ImportReport, import_catalog, import_unread
from bot.services.catalog.export import export
from bot.services.catalog.precedence import prefer
from bot.services.catalog.teams import merge_teams, rename_team
from bot.services.snapshot import Snapshot
from bot.store import migrations, tables
from bot.store.db import Database
from tests.conftest import FixedClock, examples
from tests.services.catalog_world import Said, World, asset, catalog, owner, person, team

HERE = Origin("export")
TEAMS = ["Payments", "payments", "pay", "Core-Pay", "core pay", "ops"]
OWNERS = [*TEAMS, "@acme/pay", "group:default/core-pay", "jo", "@jo", "jo@example.com", "ops@example.com", "ann"]
SOURCES = ["csv", "backstage", "terraform"]
NAMES = ["red", "Red", "blue-db", "blue_db", "green"]
LINKS = [Link("runbook", "https://one.example"), Link("runbook", "https://other.example")]


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
        description=draw(st.sampled_from(["", "of one", "of another"])),
        hosting=draw(st.sampled_from([None, *Hosting])),
        links=tuple(draw(st.lists(st.sampled_from(LINKS), max_size=2, unique=True))),
        unowned_reason=draw(st.sampled_from(["", "", "switched off"])),
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


def catalogs() -> st.SearchStrategy[list[Any]]:
    parts = (
        st.lists(asset_claims(), max_size=5),
        st.lists(team_claims(), max_size=4),
        st.lists(person_claims(), max_size=2),
    )
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


@given(first=catalogs(), other=catalogs(), pick=st.integers(0, 35))
@examples(10)
async def test_importing_twice_changes_nothing(
    folder: Path, worlds: Worlds, first: Claims, other: Claims, pick: int
) -> None:
    async with new_world(folder, worlds) as world:
        await world.load("csv", *first)
        await world.load("backstage", *other)
        await _decide(world, "claim", pick)
        before = await world.dump()
        for source, claims in (("csv", first), ("backstage", other)):
            report = await world.load(source, *claims)
            assert report.outcome is ImportOutcome.UNCHANGED
        assert await world.dump() == before


async def described(world: World) -> Any:
    """What every asset is, without what tells assets of one name and kind apart.

    Where one source says who owns something and another why nobody does, a file can only say the first.
    """
    owners = await world.owners()
    rows = [(ref, row, "" if owners[ref] else row.unowned_reason) for ref, row in (await world.assets()).items()]
    return sorted(
        (ref.partition("~")[0], row.name, str(row.tier), row.description, str(row.hosting), str(row.links), reason)
        for ref, row, reason in rows
    )


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
    scalars = {
        ref: (row.name, row.tier, set(row.aliases), row.description, row.hosting, row.links, row.unowned_reason)
        for ref, row in rows.items()
    }
    return await world.owners(), parents, scalars, described, members


@given(said=st.tuples(catalogs(), catalogs(), catalogs()), order=st.permutations(SOURCES))
@examples(15)
async def test_the_order_of_imports_does_not_change_the_outcome(
    folder: Path, worlds: Worlds, said: tuple[Claims, ...], order: list[str]
) -> None:
    async with new_world(folder, worlds) as one, new_world(folder, worlds, "other") as another:
        for source, claims in zip(SOURCES, said, strict=True):
            await one.load(source, *claims)
        for source in order:
            await another.load(source, *said[SOURCES.index(source)])
        assert await outcome(one) == await outcome(another)


@given(claims=catalogs(), gone=st.sets(st.integers(0, 10)))
@examples(10)
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


#: Where it is disputed who owns what, all else is plain: three teams and three people, in a source of their own.
SETTLED = [
    person(email="jo@example.com", name="Jo"),
    person(email="ann@example.com", name="Ann"),
    person(email="kit@example.com", name="Kit"),
    team("pay", members=("jo@example.com", "ann@example.com")),
    team("ops", members=("ann@example.com",)),
    team("web", members=("kit@example.com",)),
]
AREAS = [Area.ALL, Area.APPLICATION, Area.DATABASE]


@st.composite
def disputable(draw: st.DrawFn) -> list[Any]:
    """What a source says of two assets that others speak of as well."""
    owners = st.builds(
        owner,
        st.sampled_from(["pay", "ops", "web", "jo@example.com"]),
        area=st.sampled_from(AREAS),
        role=st.sampled_from([Role.OWNER, Role.OWNER, Role.SECONDARY]),
    )
    names = draw(st.sets(st.sampled_from(["red", "blue"]), min_size=1))
    parents = st.sampled_from(["", "green"])
    return [asset(name, None, *draw(st.lists(owners, max_size=3)), parent=draw(parents)) for name in sorted(names)]


@given(data=st.data())
@examples(15)
async def test_no_two_owners_of_one_area_without_a_dispute(folder: Path, worlds: Worlds, data: st.DataObject) -> None:
    async with new_world(folder, worlds) as world:
        green = asset("green", None, *data.draw(st.lists(st.sampled_from(["ops", "web"]), max_size=2, unique=True)))
        await world.load("base", *SETTLED, green)
        ended: dict[int, Any] = {}
        for _ in range(data.draw(st.integers(2, 7))):
            action = data.draw(st.sampled_from(["csv", "backstage", "terraform", "claim", "claim", "withdraw"]))
            before = await _of_imports(world)
            if action in ("claim", "withdraw"):
                await _decide(
                    world, action, data.draw(st.integers(0, 35)), data.draw(st.none() | st.sampled_from(AREAS))
                )
                assert await _of_imports(world) == before
            else:
                await world.load(action, *data.draw(disputable()), allow_mass_change=True)
            catalog = await snapshot_of(world)
            for asset_id in catalog.directory.ids():
                await _check_sides(world, catalog, asset_id)
            ended = await _check_history(world, ended)


async def snapshot_of(world: World) -> Snapshot:
    made = Snapshot()
    await snapshot.refresh(made, world.database)
    return made


async def _of_imports(world: World) -> list[Any]:
    """The facts in force that files say."""
    humans = {row.id for row in await world.rows(tables.Source) if row.is_human}
    return [row.model_dump() for row in await world.facts() if row.source_id not in humans]


async def _decide(world: World, action: str, pick: int, area: Area | None = None) -> None:
    """Somebody claims an asset for their team or withdraws a claim; whoever may not is told so."""
    catalog = await snapshot_of(world)
    people = [row.id for row in await world.rows(tables.Person)]
    assets, teams = catalog.directory.ids(), [team.id for team in catalog.teams()]
    if not (assets and teams and people):
        return
    person_id, asset_id = people[pick % len(people)], assets[pick // len(people) % len(assets)]
    world.clock.advance(timedelta(minutes=1))
    mine = catalog.teams_of(person_id)
    team_id = mine[pick % len(mine)].id if mine else teams[0]
    try:
        if action == "claim":
            words = claiming.ClaimWords(reason="Ours")
            await claiming.claim(
                world.deps, catalog, asset_id=asset_id, team_id=team_id, person_id=person_id, area=area, words=words
            )
        else:
            await claiming.withdraw(world.deps, catalog, asset_id=asset_id, person_id=person_id)
    except NotAllowedError:
        assert action == "withdraw" or not mine


async def _check_sides(world: World, catalog: Snapshot, asset_id: int) -> None:
    """Ownership is disputed where two voices name owners of one area and nobody in common, and nowhere else.

    A source is one voice, and so is each claim. An asset of which people alone say something has its parent's voices.
    """
    record = catalog.asset(asset_id)
    assert record is not None
    humans = {row.id for row in await world.rows(tables.Source) if row.is_human}
    facts = [row for row in await world.facts() if row.asset_id == asset_id]
    if all(row.source_id in humans for row in facts):
        facts += [row for row in await world.facts() if row.asset_id == record.parent_id]
    areas = {row.area for row in facts if row.role == Role.OWNER}
    for area in (None, Area.APPLICATION, Area.DATABASE):
        # Whoever owns the whole answers for a part that nobody owns.
        asked = areas if area is None else {area} if area in areas else {Area.ALL}
        said = verdict(record, catalog, now=world.clock.now(), stale_after=timedelta(days=900), area=area)
        assert isinstance(said, Disputed) == any(_is_split(facts, each, humans) for each in asked), (area, said)


def _is_split(facts: list[Any], area: str, humans: set[int]) -> bool:
    voices: dict[Any, set[Any]] = {}
    for row in facts:
        if row.area == area and row.role == Role.OWNER:
            who = (row.team_id, row.person_id)
            voices.setdefault((row.source_id, who if row.source_id in humans else None), set()).add(who)
    return any(not one & other for one, other in combinations(voices.values(), 2))


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
@examples(10)
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
        assert await described(another) == await described(one)


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


@st.composite
def files_as_read(draw: st.DrawFn) -> Claims:
    """What files may be read as: claims from some lines, and now and then a note or an error."""
    origins = st.builds(Origin, st.sampled_from(["a.yaml", "b.yaml"]), st.integers(1, 3))
    runs = st.lists(st.sampled_from([Runs("postgresql", "11"), Runs("java", "17", "aws-rds")]), max_size=1).map(tuple)
    claims = [replace(claim, origin=draw(origins)) for claim in draw(catalogs())]
    until = st.none() | st.sampled_from([date(2027, 3, 31), date(2028, 1, 1)])
    versions = st.lists(st.builds(OwnVersion, st.just("2"), until), max_size=1).map(tuple)
    claims = [
        replace(claim, runs=draw(runs), versions=draw(versions)) if isinstance(claim, AssetClaim) else claim
        for claim in claims
    ]
    is_error = draw(st.sampled_from([None, None, False, True]))
    return claims if is_error is None else [*claims, Problem(draw(origins), "is odd.", is_error)]


#: What may happen between two imports of one source, and the most frequent of it: imports of what was there before.
ACTIONS = [*["import"] * 12, *["undigested"] * 4, "rehearse", "claim", "withdraw", "rename", "merge", "prefer"]


@given(
    files=st.lists(files_as_read(), min_size=2, max_size=2),
    steps=st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 99)), min_size=6, max_size=10),
)
@examples(15)
async def test_leaving_files_unread_gives_what_reading_them_gives(
    folder: Path, worlds: Worlds, files: list[Claims], steps: list[tuple[str, int]]
) -> None:
    async with new_world(folder, worlds) as leaving, new_world(folder, worlds, "other") as reading:
        for action, pick in steps:
            said = [await _step(world, action, pick, files, may_leave=world is leaving) for world in (leaving, reading)]
            assert said[0] == said[1], (action, pick)
        assert await _everything(leaving) == await _everything(reading)


async def _step(world: World, action: str, pick: int, files: list[Claims], *, may_leave: bool) -> Any:
    """Do one thing, chosen by `pick`; return what was reported or refused."""
    names = sorted(await world.teams())
    source, format_name = ("csv", "csv", "backstage")[pick % 3], "cortex" if pick % 10 == 0 else "csv"
    load = _Load(world, source, format_name, files[pick // 3 % 2])
    world.clock.advance(timedelta(minutes=1))
    try:
        match action:
            case "claim" | "withdraw":
                return await _decide(world, action, pick)
            case "rename" if names:
                to = TEAMS[pick // 7 % len(TEAMS)]
                return await rename_team(world.deps, name=names[pick % len(names)], to=to, actor="cli")
            case "merge" if names:
                into = names[pick // 7 % len(names)]
                return await merge_teams(world.deps, name=names[pick % len(names)], into=into, actor="cli")
            case "prefer":
                return await prefer(world.deps, [load.source], actor="cli")
            case "rehearse":
                async with world.rehearsing():
                    return await load.run(may_leave=may_leave)
            case "undigested":
                return await load.run(digest="", may_leave=may_leave)
            case "import":
                return await load.run(may_leave=may_leave)
    except (NotAllowedError, NotFoundError) as refused:
        return str(refused)


@dataclass(frozen=True)
class _Load:
    """An import of what files say, whose digest is all that there is to know of them."""

    world: World
    source: str
    format_name: str
    claims: Claims

    async def run(self, *, may_leave: bool, digest: str | None = None) -> ImportReport:
        said: dict[str, Any] = {"source": self.source, "format_name": self.format_name, "paths": ["x"]}
        said["digest"] = repr((self.format_name, self.claims)) if digest is None else digest
        if may_leave:
            unread = await import_unread(self.world.deps, **said)
            event("read" if unread is None else "left unread")
            if unread is not None:
                assert unread.is_unread
                return replace(unread, is_unread=False)
        return await import_catalog(
            self.world.deps, catalog(*self.claims), allow_mass_change=True, trust_people=True, **said
        )


async def _everything(world: World) -> dict[str, Any]:
    """Every row of every table: both worlds have the same clock, and give their rows the same ids."""
    async with world.database.reading() as session:
        return {
            table.name: (await session.execute(select(table).order_by(*table.primary_key))).all()
            for table in SQLModel.metadata.sorted_tables
        }

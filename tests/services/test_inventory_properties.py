"""What holds for any sequence of imports and scans: exactly what each source saw last is left, in whatever order."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import Runs
from bot.domain.inventory.observations import Seen, Stored, compare
from bot.services.inventory.deployments import Scan, record
from bot.store import migrations, tables
from bot.store.db import Database
from tests.conftest import FixedClock, examples
from tests.services.catalog_world import World, asset
from tests.services.test_inventory import alive, state

NAMES = ["red", "blue", "green"]
RUNS = [Runs("postgresql", "11"), Runs("postgresql", "16"), Runs("redis", "6.2", "aws", "staging")]
some_runs = st.lists(st.sampled_from(RUNS), max_size=3)
by_asset = st.dictionaries(st.sampled_from(NAMES), some_runs, max_size=3)
imports = st.tuples(st.sampled_from(["csv", "backstage"]), by_asset, st.just(False))
scans = st.tuples(st.sampled_from(["image", "aws"]), by_asset, st.booleans())
Step = tuple[str, dict[str, list[Runs]], bool]
#: By source and asset: what runs.
Model = dict[tuple[str, str], set[Runs]]


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


@pytest.fixture(scope="module")
def database(folder: Path) -> Database:
    return Database(f"sqlite:///{folder / 'one.sqlite'}")


def new_world(folder: Path, database: Database) -> World:
    for file in folder.glob("one.sqlite*"):
        file.unlink()
    shutil.copy(folder / "empty.sqlite", folder / "one.sqlite")
    return World(database, FixedClock())


async def take(world: World, step: Step) -> None:
    source, said, is_complete = step
    if source in {"csv", "backstage"}:
        claims = [asset(name, runs=tuple(runs)) for name, runs in said.items()]
        await world.load(source, *claims, allow_mass_change=True)
        return
    ids = {row.name: row.id for row in await world.rows(tables.Asset)}
    found = {
        ids[name]: [
            Seen(
                product=one.product, version=one.version, provider=one.provider, environment=one.environment, how=source
            )
            for one in runs
        ]
        for name, runs in said.items()
        if name in ids
    }
    await record(world.deps, Scan(source=source, how=source, seen=found, is_complete=is_complete), actor="cli")


def expect(model: Model, claimed: dict[str, set[str]], step: Step) -> None:
    """Do in a few sets what the store has to do; `claimed` holds the assets of each import."""
    source, said, is_complete = step
    if source in {"csv", "backstage"}:
        claimed[source] = set(said)
        for name in NAMES:
            model[source, name] = set(said.get(name, ()))
        for pair in model:
            if not any(pair[1] in names for names in claimed.values()):
                model[pair] = set()
        return
    present = set().union(*claimed.values())
    for name in NAMES:
        if (name in said or is_complete) and name in present:
            model[source, name] = set(said.get(name, ()))


@given(steps=st.lists(imports | scans, max_size=8))
@examples(15)
async def test_exactly_what_was_seen_last_is_left(folder: Path, database: Database, steps: list[Step]) -> None:
    world = new_world(folder, database)
    model: Model = {}
    claimed: dict[str, set[str]] = {}
    try:
        for step in steps:
            await take(world, step)
            expect(model, claimed, step)
            wanted = {
                (source, name, one.product, one.version, one.provider, one.environment)
                for (source, name), runs in model.items()
                for one in runs
            }
            assert await alive(world) == wanted
        if steps:
            before = await state(world)
            await take(world, steps[-1])
            assert await state(world) == before
    finally:
        await database.close()


@given(csv=by_asset, backstage=by_asset, order=st.permutations(range(4)), scanned=by_asset)
@examples(10)
async def test_the_order_of_sources_does_not_matter(
    folder: Path, database: Database, csv: Any, backstage: Any, scanned: Any, order: list[int]
) -> None:
    everything = {name: [] for name in NAMES}
    steps: list[Step] = [("csv", csv, False), ("backstage", backstage, False)]
    steps += [("image", scanned, False), ("aws", scanned, True)]
    outcomes = []
    try:
        for ordered in (steps, [steps[number] for number in order]):
            world = new_world(folder, database)
            await world.load("baton", *(asset(name, runs=tuple(runs)) for name, runs in everything.items()))
            for step in ordered:
                await take(world, step)
            outcomes.append(await alive(world))
            await database.close()
    finally:
        await database.close()
    assert outcomes[0] == outcomes[1]


seens = st.builds(
    Seen,
    product=st.sampled_from(["a", "b"]),
    version=st.sampled_from(["1", "2"]),
    how=st.sampled_from(["catalog", "image"]),
    address=st.sampled_from(["", "x", "y"]),
    has_extended_support=st.sampled_from([None, True, False]),
)


@given(rows=st.lists(st.tuples(seens, st.booleans()), unique_by=lambda one: one[0].key), data=st.data())
def test_what_has_to_be_written_does_not_depend_on_the_order_of_sightings(rows: Any, data: st.DataObject) -> None:
    stored = [Stored(number, seen, is_gone) for number, (seen, is_gone) in enumerate(rows)]
    seen = data.draw(st.lists(seens))
    for is_catalog in (True, False):
        found = compare(stored, seen, is_catalog=is_catalog)
        again = compare(stored, data.draw(st.permutations(seen)), is_catalog=is_catalog)
        assert (set(found.new), found.back, found.other) == (set(again.new), again.back, again.other)
        assert (found.same, found.gone) == (again.same, again.gone)
        listed = [*found.same, *found.gone, *(row for row, _ in (*found.back, *found.other))]
        assert len(listed) == len(set(listed))

"""Whatever names a team or a person names the one that it turned out to be: of every column of the schema."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlmodel import SQLModel

from bot.domain.reconcile.book import PersonEntry, TeamEntry
from bot.services.catalog import _merges
from bot.store import tables
from bot.store.tables import OWNER_KEY
from bot.store.types import UTCDateTime

AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
BEFORE, INTO = 5, 6
#: What imports write themselves, as sources have it: `test_catalog_decisions` holds merged teams to that.
WRITTEN = {"teams", "memberships", "former_members"}

COLUMNS = [each for table in SQLModel.metadata.sorted_tables for each in table.columns]
NAMING = [
    (column, key.column.table.name)
    for column in COLUMNS
    for key in column.foreign_keys
    if key.column.table.name in ("teams", "people") and column.table.name not in WRITTEN
]
KEYS = [column for column in COLUMNS if OWNER_KEY.items() <= column.info.items()]


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[AsyncConnection]:
    """Every table, in a database that does not look whether what a row refers to is there."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'tables.sqlite'}")
    async with engine.begin() as made:
        await made.run_sync(SQLModel.metadata.create_all)
        yield made
    await engine.dispose()


def value(column: Column[Any], number: int) -> Any:
    """Something that a column takes."""
    kinds: tuple[tuple[type, Any], ...] = (
        (JSON, []),
        (Boolean, False),
        (UTCDateTime, AT),
        (Date, date(2026, 3, 3)),
        (Float, 1.0),
        (Integer, number),
    )
    return next((each for kind, each in kinds if isinstance(column.type, kind)), f"text-{number}")


async def put(connection: AsyncConnection, column: Column[Any], what: Any, *, number: int = 77) -> None:
    """Put a row into a column's table that names somebody in this column."""
    table: Any = column.table
    row = {each.name: value(each, number) for each in table.columns if not each.nullable and each.name != "id"}
    row |= {column.name: what}
    if any(str(each.name).endswith("one_owner") for each in table.constraints) and "team_id" not in row:
        row.setdefault("person_id", 1)
    await connection.execute(insert(table).values(row))


async def said(connection: AsyncConnection, column: Column[Any]) -> list[Any]:
    return list((await connection.execute(select(column).order_by(column))).scalars())


async def merge(connection: AsyncConnection, kind: str) -> None:
    run: Any = SimpleNamespace(connection=connection, revision=9, now=AT)
    if kind == "teams":
        entries: Any = (TeamEntry(id=BEFORE, folded="a", name="A"), TeamEntry(id=INTO, folded="b", name="B"))
    else:
        entries = (PersonEntry(id=BEFORE), PersonEntry(id=INTO))
    await _merges.repoint(run, *entries)


@pytest.mark.parametrize("kind", ["teams", "people"])
async def test_every_reference_follows(connection: AsyncConnection, kind: str) -> None:
    wanted = [column for column, target in NAMING if target == kind]
    assert len(wanted) > 15
    for number, column in enumerate(wanted, start=100):
        await put(connection, column, BEFORE, number=number)
    await merge(connection, "people" if kind == "teams" else "teams")
    gone = [str(each) for each in wanted if BEFORE not in await said(connection, each)]
    assert gone == [], "another with the same number"
    await merge(connection, kind)
    forgotten = [str(each) for each in wanted if INTO not in (now := await said(connection, each)) or BEFORE in now]
    assert forgotten == []


@pytest.mark.parametrize(("kind", "word"), [("teams", "team"), ("people", "person")])
async def test_every_key_of_an_owner_follows(connection: AsyncConnection, kind: str, word: str) -> None:
    before: Any = f"{word}:{BEFORE}"
    for number, column in enumerate(KEYS, start=100):
        is_list = isinstance(column.type, JSON)
        await put(connection, column, [before, "team:1"] if is_list else before, number=number)
    await merge(connection, kind)
    for column in KEYS:
        now = await said(connection, column)
        assert f"{word}:{INTO}" in str(now), column
        assert before not in str(now), column


async def test_of_what_both_have_there_is_one(connection: AsyncConnection) -> None:
    asked = tables.core(tables.Attestation)
    for team, day in ((BEFORE, 1), (INTO, 1), (BEFORE, 2)):
        row = {"team_id": team, "asked_on": date(2026, 3, day), "asset_ids": []}
        await connection.execute(insert(asked).values(row))
    reminder = tables.core(tables.Reminder)
    await put(connection, reminder.c.addressee, f"team:{BEFORE}", number=1)
    await put(connection, reminder.c.addressee, f"team:{INTO}", number=1)
    await put(connection, reminder.c.addressee, f"team:{BEFORE}", number=2)
    await merge(connection, "teams")
    assert await said(connection, asked.c.team_id) == [BEFORE, INTO, INTO]
    assert await said(connection, reminder.c.addressee) == [f"team:{BEFORE}", f"team:{INTO}", f"team:{INTO}"]


async def test_commits_of_both_are_added_up(connection: AsyncConnection) -> None:
    counted = tables.core(tables.CommitCount)
    for thing, team, commits in ((1, BEFORE, 3), (1, INTO, 4), (2, BEFORE, 5)):
        row = {"asset_id": thing, "team_id": team, "commits": commits, "read_at": AT}
        await connection.execute(insert(counted).values(row))
    await merge(connection, "teams")
    query = select(counted.c.asset_id, counted.c.team_id, counted.c.commits).order_by(counted.c.asset_id)
    assert [tuple(each) for each in await connection.execute(query)] == [(1, INTO, 7), (2, INTO, 5)]

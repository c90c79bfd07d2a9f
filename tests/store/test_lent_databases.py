"""What tests rely on: a database of PostgreSQL that another test has had is as new."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import asyncpg
import pytest

from bot.store import migrations
from bot.store.db import Database
from tests.postgres_databases import PostgresDatabases

_ADD = "INSERT INTO audit_log (at, actor, action, subject, detail) VALUES (now(), 'a', 'b', 'c', '{}') RETURNING id"


@pytest.fixture
def databases(postgres_server: str) -> Iterator[PostgresDatabases]:
    """Databases that no other test has had: one that grew too large in its hands would be dropped here."""
    with closing(PostgresDatabases(postgres_server)) as databases:
        yield databases


async def lent(databases: PostgresDatabases, *statements: str) -> tuple[str, list[object]]:
    """Run statements in a lent database; return its address and what each of them gave.

    The connection is still open when the database is given back, as that of a test that fails is.
    """
    async with databases.lent() as url:
        connection = await asyncpg.connect(url)
        given = [await connection.fetchval(each) for each in statements]
    connection.terminate()
    return url, given


async def test_whoever_has_it_next_finds_what_the_migrations_made(databases: PostgresDatabases) -> None:
    changed, _ = await lent(databases, _ADD, _ADD, "UPDATE catalog_state SET revision = 7")
    again, found = await lent(databases, "SELECT count(*) FROM audit_log", "TABLE catalog_state", _ADD)
    assert again == changed
    assert found == [0, 1, 1]
    async with databases.lent() as url:
        database = Database(url)
        assert await migrations.current(database) == migrations.head()
        await database.close()
        connection = await asyncpg.connect(url)
        assert await connection.fetch("SELECT id, revision FROM catalog_state") == [(1, 0)]
        await connection.close()


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE t (x int)", "ALTER TABLE pings ADD CONSTRAINT no CHECK (addressee <> 'x')"]
)
async def test_one_whose_schema_was_changed_is_given_to_nobody(databases: PostgresDatabases, statement: str) -> None:
    changed, _ = await lent(databases, statement)
    again, _ = await lent(databases)
    assert again != changed

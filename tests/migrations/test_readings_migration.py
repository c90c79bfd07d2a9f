"""After the migration every source is read once more: nobody knows what the claims that are there were read from."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import Connection, text

from bot.services.catalog import has_read
from bot.services.deps import Deps
from bot.store import migrations, tables
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.services.catalog_world import World, asset

pytestmark = pytest.mark.sql


def _to_the_one_before(connection: Connection) -> None:
    alembic = migrations.config()
    alembic.attributes["connection"] = connection
    command.upgrade(alembic, "0006")


async def test_what_was_imported_before_counts_as_unread(database_url: str, clock: FixedClock) -> None:
    database = Database(database_url)
    try:
        async with database.engine.connect() as connection:
            await connection.run_sync(_to_the_one_before)
            await connection.commit()
        async with database.transaction() as session:
            await session.execute(
                text("INSERT INTO sources (id, name, format, is_human) VALUES (1, 'csv', 'csv', false)")
            )
        assert await migrations.upgrade(database)
        assert not await has_read(Deps(database, clock), source="csv", digest="one")
        world = World(database, clock)
        await world.load("csv", asset("1", "red"), digest="one")
        assert await has_read(world.deps, source="csv", digest="one")
        assert [row.source_id for row in await world.rows(tables.SourceReading)] == [1]
    finally:
        await database.close()

"""After the migration no source is trusted for people, and each is read once more, so that its next import says so."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import Connection, text

from bot.store import migrations, tables
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.services.catalog_world import World, team

pytestmark = pytest.mark.sql


def _to_the_one_before(connection: Connection) -> None:
    alembic = migrations.config()
    alembic.attributes["connection"] = connection
    command.upgrade(alembic, "0011")


async def test_people_of_sources_from_before_leave_their_teams_at_the_next_import(
    database_url: str, clock: FixedClock
) -> None:
    database = Database(database_url)
    try:
        async with database.engine.connect() as connection:
            await connection.run_sync(_to_the_one_before)
            await connection.commit()
        async with database.transaction() as session:
            for statement in (
                "INSERT INTO sources (id, name, format, is_human) VALUES (1, 'csv', 'csv', false)",
                "INSERT INTO source_readings (source_id, digest, notes) VALUES (1, 'one', '[]')",
            ):
                await session.execute(text(statement))
        assert await migrations.upgrade(database)
        world = World(database, clock)
        [source] = await world.rows(tables.Source)
        assert (source.is_trusted_for_people, await world.rows(tables.SourceReading)) == (False, [])
        said = team("Payments", members=("jo@example.test",))
        await world.load("csv", said, trust_people=None)
        assert await world.rows(tables.Membership) == []
        await world.load("csv", said, trust_people=True)
        assert len(await world.rows(tables.Membership)) == 1
    finally:
        await database.close()

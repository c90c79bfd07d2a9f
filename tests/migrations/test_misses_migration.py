"""Nothing of what was kept of unanswered questions before is left: it may be private, and nobody can tell any more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import Connection, bindparam, select, text

from bot.store import migrations, tables
from bot.store.db import Database
from bot.store.types import UTCDateTime

pytestmark = pytest.mark.sql


def _to_the_one_before(connection: Connection) -> None:
    alembic = migrations.config()
    alembic.attributes["connection"] = connection
    command.upgrade(alembic, "0012")


async def test_old_sentences_are_gone(database_url: str) -> None:
    database = Database(database_url)
    try:
        async with database.engine.connect() as connection:
            await connection.run_sync(_to_the_one_before)
            await connection.commit()
        old = text(
            "INSERT INTO misses (folded, text, times, first_at, last_at)"
            " VALUES ('ihearbobisfiredonmonday', 'I hear Bob is fired on Monday', 1, :at, :at)"
        )
        async with database.transaction() as session:
            at = {"at": datetime(2026, 3, 3, 9, tzinfo=UTC)}
            await session.execute(old.bindparams(bindparam("at", type_=UTCDateTime)), at)
        assert await migrations.upgrade(database)
        async with database.reading() as session:
            assert (await session.execute(select(tables.Miss))).all() == []
    finally:
        await database.close()

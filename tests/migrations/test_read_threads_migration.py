"""Threads of requests that are there already count as read up to when these were opened."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import Connection, bindparam, select, text

from bot.store import migrations, tables
from bot.store.db import Database
from bot.store.types import UTCDateTime

pytestmark = pytest.mark.sql

OPENED = datetime(2026, 3, 3, 9, tzinfo=UTC)
PERSON = "INSERT INTO people (id, name, timezone, is_active, revision) VALUES (1, 'Ada', '', true, 0)"
REQUEST = (
    "INSERT INTO requests (id, source_key, title, details, items, technologies, skills_gaps, stays_with_team, state,"
    " state_before, state_at, reason, link, asked_by, filed_by, channel_id, thread_ts, permalink, copied, area,"
    " needed_reason, created_at, waited_seconds) VALUES (1, 'thread:C1:1700000000.000100', '', '', '[]', '[]', '[]',"
    " '[]', 'proposed', '', :at, '', '', 1, 1, '', '', '', '', '', '', :at, 0)"
)


def _to_the_one_before(connection: Connection) -> None:
    alembic = migrations.config()
    alembic.attributes["connection"] = connection
    command.upgrade(alembic, "0043")


async def test_they_are_read_up_to_when_it_was_opened(database_url: str) -> None:
    database = Database(database_url)
    try:
        async with database.engine.connect() as connection:
            await connection.run_sync(_to_the_one_before)
            await connection.commit()
        async with database.transaction() as session:
            await session.execute(text(PERSON))
            request = text(REQUEST).bindparams(bindparam("at", type_=UTCDateTime))
            await session.execute(request, {"at": OPENED})
        assert await migrations.upgrade(database)
        async with database.reading() as session:
            [row] = (await session.execute(select(tables.Request))).scalars()
        assert row.read_to == f"{OPENED.timestamp():.6f}"
    finally:
        await database.close()

"""What teams said before each number kept its author is still the word of whoever said the last of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import Connection, bindparam, select, text, update

from bot.services.backlog import ranks
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot, refresh
from bot.store import migrations, tables
from bot.store.db import Database
from bot.store.types import UTCDateTime
from tests.conftest import FixedClock

pytestmark = pytest.mark.sql

SAID = datetime(2026, 2, 27, 9, tzinfo=UTC)
PEOPLE = (
    "INSERT INTO people (id, name, timezone, is_active, revision) VALUES (1, 'Ada', '', true, 0),"
    " (2, 'Grace', '', true, 0)"
)
REQUEST = (
    "INSERT INTO requests (id, source_key, title, details, items, technologies, skills_gaps, stays_with_team, state,"
    " state_before, state_at, reason, link, asked_by, filed_by, channel_id, thread_ts, permalink, copied, area,"
    " needed_reason, created_at, waited_seconds) VALUES (1, 'form:V1', 'A bucket', '', '[]', '[]', '[]', '[]',"
    " 'proposed', '', :at, '', '', 1, 1, '', '', '', '', '', '', :at, 0)"
)
DEMAND = (
    "INSERT INTO request_demands (id, request_id, person_id, at, lost_people, lost_times, lost_hours, evidence,"
    " blocked_people, blocked_share, drafted, needed_by, miss_hours) VALUES (1, 1, 1, :at, 3, 4, 2.5, 'measured', 2,"
    " 'stopped', 'blocked', '2026-05-02', 8)"
)


def _to_the_one_before(connection: Connection) -> None:
    alembic = migrations.config()
    alembic.attributes["connection"] = connection
    command.upgrade(alembic, "0044")


async def _why(database: Database) -> str:
    deps, snapshot = Deps(database, FixedClock()), Snapshot()
    await refresh(snapshot, database)
    [found] = await ranks.ranked(deps, snapshot, None, is_all=True)
    return "\n".join(found.why)


async def _with_old_rows(database: Database) -> None:
    async with database.engine.connect() as connection:
        await connection.run_sync(_to_the_one_before)
        await connection.commit()
    async with database.transaction() as session:
        await session.execute(text(PEOPLE))
        for each in (REQUEST, DEMAND):
            await session.execute(text(each).bindparams(bindparam("at", type_=UTCDateTime)), {"at": SAID})
    assert await migrations.upgrade(database)


async def test_old_numbers_stay_those_of_whoever_said_the_last_of_them(database_url: str) -> None:
    database = Database(database_url)
    try:
        await _with_old_rows(database)
        async with database.reading() as session:
            [row] = (await session.execute(select(tables.RequestDemand))).scalars()
        assert row.authors is None
        said = await _why(database)
        assert "Ada: 30 hours a month = 3 people × 4 times × 2.5 hours; measured, says Ada on 2026-02-27; adds" in said
        assert "stopped until 2026-04-24 (assumed); measured, from the draft of Ada on 2026-02-27; adds" in said
        assert "needs it by 2026-05-02, says Ada on 2026-02-27; missing it costs 8 hours, says Ada on 2026-" in said
    finally:
        await database.close()


async def test_an_author_of_whom_only_the_day_was_kept_is_named_with_it(database_url: str) -> None:
    database = Database(database_url)
    try:
        await _with_old_rows(database)
        async with database.transaction() as session:
            authors = {"lost": [2, "2026-02-20"], "blocked": [1, "2026-02-27"]}
            await session.execute(update(tables.RequestDemand).values(authors=authors))
        said = await _why(database)
        assert "2.5 hours; measured, says Grace on 2026-02-20; adds" in said
        assert "measured, from the draft of Ada on 2026-02-27; adds" in said
    finally:
        await database.close()

"""What had been said before there were managers is not said again after the migration, and teams stay as they were."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from alembic import command
from sqlalchemy import Connection, bindparam, select, text
from sqlmodel import col

from bot.store import migrations, tables
from bot.store.db import Database
from bot.store.types import UTCDateTime

pytestmark = pytest.mark.sql

AT = datetime(2027, 3, 26, 9, tzinfo=UTC)


def _to_the_one_before(connection: Connection) -> None:
    alembic = migrations.config()
    alembic.attributes["connection"] = connection
    command.upgrade(alembic, "0005")


async def _old_database(url: str, told: list[tuple[int | None, int | None, int | None]]) -> Database:
    database = Database(url)
    async with database.engine.connect() as connection:
        await connection.run_sync(_to_the_one_before)
        await connection.commit()
    async with database.transaction() as session:
        await session.execute(
            text("INSERT INTO people (id, name, timezone, is_active, revision) VALUES (1, 'Lena', '', true, 1)")
        )
        await session.execute(
            text(
                "INSERT INTO teams (id, folded, name, aliases, former_names, channel, user_group, timezone, lead_id,"
                " is_declared, gone_at, revision)"
                " VALUES (1, 'payments', 'Payments', '[]', '[]', '', '', '', 1, true, :at, 1)"
            ).bindparams(bindparam("at", type_=UTCDateTime)),
            {"at": AT},
        )
        for number, (owed, lead_told, platform_told) in enumerate(told, 1):
            await session.execute(
                text(
                    "INSERT INTO reminders (id, addressee, product, cycle, kind, deadline, opened_on, root_key, owed,"
                    " lead_told, platform_told, resolution) VALUES (:id, 'team:1', 'widget', :cycle, 'eol', :day, :day,"
                    " '', :owed, :lead, :platform, '')"
                ),
                {
                    "id": number,
                    "cycle": str(number),
                    "day": date(2027, 4, 2) if not database.is_sqlite else "2027-04-02",
                    "owed": owed,
                    "lead": lead_told,
                    "platform": platform_told,
                },
            )
    return database


#: Owed, said to the lead, and said to the platform channel before; said to the lead, the manager and the channel after.
TOLD = [
    ((None, None, None), (None, None, None)),
    ((14, 14, None), (14, None, None)),
    ((14, None, 14), (14, None, 14)),  # the platform channel heard in place of a lead
    ((7, 14, None), (14, None, None)),  # the lead is not at work yet: it is the manager's by now
    ((7, 7, None), (7, 7, None)),  # the lead heard in place of a manager
    ((1, None, 1), (1, 1, 1)),
    ((0, 0, 0), (0, 0, 0)),
    ((-7, 0, -7), (0, 0, -7)),
]


async def test_what_was_said_counts_as_said(database_url: str) -> None:
    database = await _old_database(database_url, [before for before, _ in TOLD])
    try:
        assert await migrations.upgrade(database)
        async with database.reading() as session:
            rows = (await session.execute(select(tables.Reminder).order_by(col(tables.Reminder.id)))).scalars().all()
            told = [(row.lead_told, row.manager_told, row.platform_told) for row in rows]
            assert list(zip([before for before, _ in TOLD], told, strict=True)) == TOLD
            [team] = (await session.execute(select(tables.Team))).scalars()
            assert (team.name, team.lead_id, team.manager_id) == ("Payments", 1, None)
    finally:
        await database.close()

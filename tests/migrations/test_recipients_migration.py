"""Who was written to on a day keeps that day when whoever hears of what nobody answers gets a recipient's key."""

from __future__ import annotations

from datetime import date

from alembic import command
from sqlalchemy import Connection, insert, select

from bot.store import migrations
from bot.store.db import Database
from bot.store.tables import Ping, core

MONDAY, TUESDAY = date(2027, 3, 22), date(2027, 3, 23)
_PINGS = core(Ping)


def _to_the_one_before(connection: Connection) -> None:
    alembic = migrations.config()
    alembic.attributes["connection"] = connection
    command.upgrade(alembic, "0016")


async def test_no_day_is_lost_and_none_is_counted_twice(database_url: str) -> None:
    database = Database(database_url)
    try:
        async with database.engine.connect() as connection:
            await connection.run_sync(_to_the_one_before)
            await connection.commit()
        before = [
            ("lead:7", MONDAY, False, "eol:owed:lead:7:2027-03-22"),
            ("person:7", MONDAY, False, "eol:1:root"),
            ("lead:7", TUESDAY, False, "eol:owed:lead:7:2027-03-23"),
            ("lead:8", MONDAY, False, "eol:owed:lead:8:2027-03-22"),
            ("person:8", MONDAY, True, ""),
            ("platform", MONDAY, False, "eol:owed:platform:2027-03-22"),
            ("nobody", TUESDAY, True, "eol:digest:nobody:2027-03-23"),
            ("team:7", MONDAY, False, "eol:2:root"),
        ]
        keys = ("addressee", "day", "is_digest", "key")
        async with database.transaction() as session:
            await session.execute(insert(_PINGS), [dict(zip(keys, each, strict=True)) for each in before])
        assert await migrations.upgrade(database)
        async with database.reading() as session:
            after = {tuple(row) for row in await session.execute(select(_PINGS))}
        assert after == {
            ("person:7", MONDAY, False, "eol:1:root"),
            ("person:7", TUESDAY, False, "eol:owed:lead:7:2027-03-23"),
            ("person:8", MONDAY, True, "eol:owed:lead:8:2027-03-22"),
            ("nobody", MONDAY, False, "eol:owed:platform:2027-03-22"),
            ("nobody", TUESDAY, True, "eol:digest:nobody:2027-03-23"),
            ("team:7", MONDAY, False, "eol:2:root"),
        }
    finally:
        await database.close()

"""A task that is cancelled while it writes leaves no lock behind."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select, update

from bot.store import migrations
from bot.store.db import Database, Limits
from bot.store.tables import CatalogState, core

_TABLE = core(CatalogState)


async def test_a_connection_that_is_given_up_keeps_no_lock_though_a_statement_of_it_is_still_known(
    tmp_path: Path,
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'baton.sqlite'}", limits=Limits(lock=0.3, statement=10, connection=2))
    try:
        await migrations.upgrade(database)
        async with database._writer.connect() as connection:
            await connection.execute(update(_TABLE).values(revision=1000))
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            broken_off = await driver.execute("SELECT 1 UNION SELECT 2")
            await connection.invalidate()  # as SQLAlchemy does when a task is cancelled in the middle of a statement
        async with database.transaction() as session:
            await session.execute(update(_TABLE).values(revision=7))
        async with database.reading() as session:
            assert (await session.execute(select(_TABLE.c.revision))).scalar_one() == 7
        del broken_off
    finally:
        await database.close()

"""Copies the schema into empty SQLite files from one that was migrated once, in a twentieth of the migrations' time."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect
from sqlalchemy.util import await_only

from bot.store import migrations
from bot.store.db import Database

#: Runs the migrations.
MIGRATE = migrations._upgrade


def upgrade(connection: Connection) -> None:
    """Bring a database to the newest schema, as `MIGRATE` does."""
    if connection.dialect.name != "sqlite" or inspect(connection).get_table_names():
        MIGRATE(connection)
        return
    with ThreadPoolExecutor(max_workers=1) as other:  # this thread's loop is running
        script = other.submit(script_of_all).result()
    driver = connection.connection.driver_connection
    assert driver is not None
    await_only(driver.executescript(script))


@cache
def script_of_all() -> str:
    """Return the statements that make what the migrations make of an empty file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "baton.sqlite"
        asyncio.run(_migrated(file))
        return script_of(file)


def script_of(file: Path) -> str:
    """Return the statements that make what is in a file."""
    with closing(sqlite3.connect(file)) as connection:
        return "\n".join(connection.iterdump())


async def _migrated(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    async with database.connected() as connection:
        await connection.run_sync(MIGRATE)
        await connection.commit()
    await database.close()

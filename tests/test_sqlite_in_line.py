"""SQLite in the event loop's thread, as most tests have it, waits for no lock there."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store.db import Database, Limits
from tests import sqlite_in_line

SHORT = Limits(lock=5, statement=10, connection=10)


@pytest.fixture(autouse=True)
def wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_in_line, "is_wanted", True)


async def _write(database: Database, name: str) -> None:
    async with database.transaction() as session:
        await session.execute(text("INSERT INTO names VALUES (:name)"), {"name": name})


async def test_whoever_holds_a_lock_goes_on_while_another_waits_for_it(tmp_path: Path) -> None:
    one, other = (Database(f"sqlite:///{tmp_path / 'both.sqlite'}", limits=SHORT) for _ in range(2))
    async with one.transaction() as session:
        await session.execute(text("CREATE TABLE names (name TEXT)"))
        waits = asyncio.create_task(_write(other, "second"))
        began = time.monotonic()
        while not _drivers():  # noqa: ASYNC110 - nobody says when there is one
            await asyncio.sleep(0)
        assert time.monotonic() - began < SHORT.lock / 2
        await session.execute(text("INSERT INTO names VALUES ('first')"))
        assert not waits.done()
    await waits
    async with one.reading() as reading:
        assert [*(await reading.execute(text("SELECT name FROM names"))).scalars()] == ["first", "second"]
    await one.close()
    await other.close()


async def test_a_connection_that_waits_for_nothing_has_no_thread(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'alone.sqlite'}")
    async with database.transaction() as session:
        await session.execute(text("CREATE TABLE names (name TEXT)"))
    await _write(database, "only")
    assert _drivers() == []
    await database.close()


def _drivers() -> list[threading.Thread]:
    """The threads that work for connections to SQLite."""
    return [each for each in threading.enumerate() if "_connection_worker_thread" in each.name]

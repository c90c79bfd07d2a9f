"""A SQLite database is its owner's alone."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import StoreError
from bot.store.db import Database

pytestmark = pytest.mark.sql


def modes_in(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}


async def test_the_database_and_what_lies_beside_it_are_readable_by_the_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        made = Database(f"sqlite:///{tmp_path}/baton.sqlite")
        async with made.transaction() as session:
            await session.execute(text("CREATE TABLE t (x)"))
        modes = modes_in(tmp_path)
        await made.close()
    finally:
        os.umask(before)
    assert modes == {"baton.sqlite": 0o600, "baton.sqlite-wal": 0o600, "baton.sqlite-shm": 0o600}


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o606])
async def test_a_database_that_others_may_read_is_its_owners_alone_once_it_is_opened(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "baton.sqlite"
    await _table_in(path)
    path.chmod(mode)
    made = await _table_in(path)
    assert modes_in(tmp_path) == {"baton.sqlite": 0o600}
    made.check_file()


async def test_a_file_that_is_no_database_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    path.write_text("127.0.0.1 localhost")
    path.chmod(0o644)
    with pytest.raises(StoreError):
        await _table_in(path)
    assert modes_in(tmp_path)["hosts"] == 0o644


async def _table_in(path: Path) -> Database:
    """Make a table in a database, which is closed again."""
    made = Database(f"sqlite:///{path}")
    try:
        async with made.transaction() as session:
            await session.execute(text("CREATE TABLE IF NOT EXISTS t (x)"))
    finally:
        await made.close()
    return made


@pytest.mark.parametrize("gone", [["-wal", "-shm"], ["-wal"], ["-shm"]])
async def test_what_lies_beside_the_file_and_was_deleted_is_noticed(tmp_path: Path, gone: list[str]) -> None:
    path = tmp_path / "baton.sqlite"
    await _table_in(path)
    made = Database(f"sqlite:///{path}")
    async with made.transaction() as session:
        await session.execute(text("INSERT INTO t VALUES (1)"))
    for suffix in gone:
        os.unlink(f"{path}{suffix}")  # noqa: PTH108 - nobody waits for it
    for _ in range(2):
        with pytest.raises(StoreError, match="Nothing was saved: the database file was deleted or replaced"):
            async with made.transaction():
                raise AssertionError("the transaction began")
        with suppress(StoreError):  # a new connection may make them anew
            async with made.connected() as one, made.connected() as other:
                for each in (one, other):
                    await each.execute(text("SELECT count(*) FROM t"))
    await made.close()
    async with made.transaction() as session:  # opened again, it is as it stands now
        await session.execute(text("INSERT INTO t VALUES (2)"))
    await made.close()


async def test_what_sqlite_itself_takes_away_beside_the_file_was_not_deleted(tmp_path: Path) -> None:
    path = tmp_path / "baton.sqlite"
    await _table_in(path)
    made = Database(f"sqlite:///{path}")
    for number in range(3):
        async with made.connected() as connection:
            await connection.execute(text("SELECT count(*) FROM t"))
            await connection.invalidate()  # the only one, so what lies beside the file goes with it
        async with made.transaction() as session:
            await session.execute(text(f"INSERT INTO t VALUES ({number})"))
    await _table_in(path)  # another process's way to use it
    async with made.transaction() as session:
        assert (await session.execute(text("SELECT count(*) FROM t"))).scalar() == 3
    await made.close()


async def test_a_file_that_was_deleted_is_noticed_before_anything_is_written_into_the_void(tmp_path: Path) -> None:
    path = tmp_path / "baton.sqlite"
    made = Database(f"sqlite:///{path}")
    async with made.transaction() as session:
        await session.execute(text("CREATE TABLE t (x)"))
    made.check_file()
    path.unlink()
    for _ in range(2):
        with pytest.raises(StoreError, match="Nothing was saved: the database file was deleted or replaced"):
            async with made.transaction():
                raise AssertionError("the transaction began")
        path.write_bytes(b"")  # another file at the same place is not the one that was opened
    await made.close()

"""A SQLite database is its owner's alone."""

from __future__ import annotations

import os
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

"""A SQLite database is its owner's alone."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import text

from bot.store.db import Database


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

"""Following the catalog's revision: a failure that stays is tried again, and does not fill the log."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.services import snapshot as module
from bot.services.snapshot import Snapshot, follow, refresh
from bot.store import migrations
from bot.store.db import Database
from tests.statements import noted


async def test_a_failure_that_stays_is_logged_once_and_another_is_logged_as_well(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(f"sqlite:///{tmp_path}/one.sqlite")
    await migrations.upgrade(database)
    attempts, fault = asyncio.Semaphore(0), [RuntimeError("first")]

    async def changed() -> None:
        attempts.release()
        raise fault[0]

    following = asyncio.create_task(follow(Snapshot(), database, changed, every_seconds=0.001))
    try:
        for expected, error in ((["first"], fault[0]), (["first", "second"], ValueError("second"))):
            fault[0] = error
            async with asyncio.timeout(20):
                for _ in range(5):
                    await attempts.acquire()
            logged = [each for each in caplog.records if each.name == module.__name__]
            assert [str(each.exc_info and each.exc_info[1]) for each in logged] == expected
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await database.close()


async def test_whether_anything_has_changed_is_one_question(database: Database) -> None:
    made = Snapshot()
    assert await refresh(made, database)
    with noted(database) as asked:
        assert not await refresh(made, database)
    assert len(asked) == 1

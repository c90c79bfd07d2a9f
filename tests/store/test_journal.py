"""What is found again of what was written down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.store.db import Database
from bot.store.journal import audit, written_about
from tests.conftest import FixedClock

pytestmark = pytest.mark.sql


async def test_what_was_written_about_lately_also_where_it_is_seen_late(database: Database, clock: FixedClock) -> None:
    now = clock.now()
    async with database.transaction() as session:
        for minutes, subject in ((20, "request:1"), (9, "request:2"), (0, "request:3"), (0, "requester:4")):
            await audit(session, now - timedelta(minutes=minutes), "baton", "made", subject)
        assert await written_about(session, now) == {"request": {2, 3}, "requester": {4}}

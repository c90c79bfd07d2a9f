"""Jobs as the scheduler runs them: once each at a time, and one that fails is logged and runs again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from bot import jobs
from bot.services.context import Context
from handlers import JOBS
from tests.slack.conftest import Stage

ran: list[str] = []


async def _noted(_jobs: Context) -> None:
    ran.append("noted")


async def _broken(_jobs: Context) -> None:
    ran.append("broken")
    raise ValueError("a fault of the job")


async def until(count: int) -> None:
    for _ in range(250):
        if len(ran) >= count:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"only {ran} ran within five seconds")


async def test_every_job_is_scheduled_once_and_never_beside_itself(stage: Stage) -> None:
    scheduler = jobs.scheduler(JOBS, stage.baton.context)
    scheduler.start(paused=True)
    try:
        found = {each.id: each for each in scheduler.get_jobs()}
        assert sorted(found) == sorted(job_id for job_id, _, _ in JOBS)
        assert all(each.coalesce and each.max_instances == 1 for each in found.values())
        assert found["daily_pass"].trigger.interval.total_seconds() == 15 * 60
    finally:
        scheduler.shutdown(wait=False)


async def test_a_job_that_fails_is_logged_and_stops_no_other(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    ran.clear()
    scheduler = jobs.scheduler((("broken", 1, _broken), ("noted", 1, _noted)), stage.baton.context)
    scheduler.start()
    try:
        for turn in (1, 2):
            for each in scheduler.get_jobs():
                each.modify(next_run_time=datetime.now(UTC))
            await until(2 * turn)
    finally:
        scheduler.shutdown(wait=False)
    assert sorted(ran) == ["broken", "broken", "noted", "noted"]
    assert "job broken failed; it runs again at its next time" in caplog.text

"""Jobs as the scheduler runs them: once each at a time, and one that fails is logged and runs again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

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


async def test_jobs_run_again_at_once_after_the_clock_was_set_back(stage: Stage) -> None:
    ran.clear()
    scheduler = jobs.scheduler((("noted", 1, _noted), ("broken", 24, _broken)), stage.baton.context)
    scheduler.start()
    keeping = asyncio.create_task(jobs.keep_time(scheduler, every_seconds=0.01))
    try:
        for each in scheduler.get_jobs():  # as both were before a clock that was three hours fast was put right
            each.modify(next_run_time=datetime.now(UTC) + each.trigger.interval + timedelta(hours=3))
        await until(2)
        assert sorted(ran) == ["broken", "noted"]
        assert all(each.next_run_time - datetime.now(UTC) <= each.trigger.interval for each in scheduler.get_jobs())
    finally:
        keeping.cancel()
        scheduler.shutdown(wait=False)


async def test_a_job_that_is_late_runs_all_the_same(stage: Stage) -> None:
    ran.clear()
    scheduler = jobs.scheduler((("noted", 24, _noted),), stage.baton.context)
    scheduler.start()
    try:
        [job] = scheduler.get_jobs()
        job.modify(next_run_time=datetime.now(UTC) - timedelta(hours=1))
        await until(1)
    finally:
        scheduler.shutdown(wait=False)


async def test_a_process_that_is_started_every_day_does_what_is_done_once_a_day(stage: Stage) -> None:
    scheduler = jobs.scheduler(JOBS, stage.baton.context)
    scheduler.start(paused=True)
    try:
        soon = datetime.now(UTC) + timedelta(minutes=15)
        assert [each.id for each in scheduler.get_jobs() if each.next_run_time > soon] == []
    finally:
        scheduler.shutdown(wait=False)

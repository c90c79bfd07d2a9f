"""What happens by the clock. Jobs live in memory and keep their state in the store, so a restart loses nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.errors import log_failure
from bot.services.context import Context

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = logging.getLogger(__name__)

#: Each job runs for the first time within these hours: a process that is started anew every day does all of them.
_FIRST_WITHIN_HOURS = 0.25
#: How often the scheduler's times are held against the clock.
_CHECK_SECONDS = 60.0


def scheduler(
    jobs: Iterable[tuple[str, float, Callable[[Context], Awaitable[object]]]], context: Context
) -> AsyncIOScheduler:
    """Return a scheduler, not yet started, with these jobs: id, how often it runs in hours, function.

    A job that is late, as after the clock was set forward, runs all the same. `keep_time` is for a clock set back.
    """
    # Imported here because the first answers need not wait for it.
    from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415
    from apscheduler.triggers.interval import IntervalTrigger  # noqa: PLC0415

    defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    made, now = AsyncIOScheduler(timezone="UTC", job_defaults=defaults), datetime.now(UTC)
    for job_id, hours, function in jobs:
        first = now + timedelta(hours=min(hours, _FIRST_WITHIN_HOURS))
        trigger = IntervalTrigger(hours=hours)
        made.add_job(_logged, trigger, args=(job_id, function, context), id=job_id, next_run_time=first)
    return made


async def keep_time(scheduler: AsyncIOScheduler, *, every_seconds: float = _CHECK_SECONDS) -> None:
    """Let jobs run soon after the machine's clock was set back, until cancelled.

    The scheduler goes by that clock, and would wait until it shows the old time again.
    """
    while True:
        await asyncio.sleep(every_seconds)
        now = datetime.now(UTC)
        for job in scheduler.get_jobs():
            if job.next_run_time is not None and job.next_run_time - now > job.trigger.interval:
                log.warning("the clock was set back, so job %s runs now", job.id)
                job.modify(next_run_time=now)


async def _logged(job_id: str, function: Callable[[Context], Awaitable[object]], context: Context) -> None:
    try:
        await function(context)
    except Exception as error:  # noqa: BLE001 - a job's failure ends nothing else
        log_failure(log, error, "job %s failed; it runs again at its next time", job_id)

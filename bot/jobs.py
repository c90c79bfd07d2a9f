"""What happens by the clock. Jobs live in memory and keep their state in the store, so a restart loses nothing."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

from bot.errors import SlackError, StoreUnavailableError, in_short
from bot.services.context import Context

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = logging.getLogger(__name__)


def scheduler(
    jobs: Iterable[tuple[str, float, Callable[[Context], Awaitable[None]]]], context: Context
) -> AsyncIOScheduler:
    """Return a scheduler, not yet started, with these jobs: id, how often it runs in hours, function."""
    # Imported here because the first answers need not wait for it.
    from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415
    from apscheduler.triggers.interval import IntervalTrigger  # noqa: PLC0415

    made = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
    for job_id, hours, function in jobs:
        made.add_job(_logged, IntervalTrigger(hours=hours), args=(job_id, function, context), id=job_id)
    return made


async def _logged(job_id: str, function: Callable[[Context], Awaitable[None]], context: Context) -> None:
    try:
        await function(context)
    except (StoreUnavailableError, SlackError) as error:
        log.warning("job %s failed; it runs again at its next time: %s", job_id, in_short(error))
    except Exception:
        log.exception("job %s failed; it runs again at its next time", job_id)

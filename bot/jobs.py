"""What happens by the clock. Jobs live in memory and keep their state in the store, so a restart loses nothing."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.services import inbound, misses
from bot.services.deps import Deps
from bot.services.eol import feed_refresh
from bot.services.eol.exposure import Watcher
from bot.services.eol.reminder_pass import Reminding
from bot.services.listings import Listings
from bot.services.outbox import admin

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Jobs:
    """What jobs work on."""

    deps: Deps
    watcher: Watcher
    reminding: Reminding
    listings: Listings
    #: Where the feed of end-of-life dates is asked; empty: it is not asked by itself.
    feed_url: str = ""


async def read_members(jobs: Jobs) -> None:
    """Learn who is who; without it, people are known once they first act."""
    await jobs.listings.read_members()


async def read_channels(jobs: Jobs) -> None:
    """Learn which channel has which id."""
    await jobs.listings.read_channels()


async def forget_old_events(jobs: Jobs) -> None:
    """Delete event ids that cannot be delivered again."""
    await inbound.forget_old(jobs.deps)


async def refresh_facts(jobs: Jobs) -> None:
    """Ask the feed of end-of-life dates once a day, whichever process comes first, and take over what it brought."""
    if jobs.feed_url and await feed_refresh.refresh_if_due(jobs.deps, base_url=jobs.feed_url) is not None:
        await jobs.watcher.facts.follow(jobs.deps.database)


async def forget_old_messages(jobs: Jobs) -> None:
    """Delete messages that were sent too long ago to be revised."""
    await admin.forget_old(jobs.deps)


async def forget_old_misses(jobs: Jobs) -> None:
    """Delete names that nobody has asked for in a long time."""
    await misses.forget_old(jobs.deps)


async def remind(jobs: Jobs) -> None:
    """Say what is due about ends of life. A quarter of an hour is the finest that time zones differ by."""
    await jobs.reminding.run()


#: Every job: its id, how often it runs in hours, and its function.
JOBS: tuple[tuple[str, float, Callable[[Jobs], Awaitable[None]]], ...] = (
    # Every minute it is looked whether something is due: Slack's pauses are of seconds.
    ("read_members", 1 / 60, read_members),
    ("read_channels", 1 / 60, read_channels),
    ("forget_old_events", 6, forget_old_events),
    ("refresh_facts", 1, refresh_facts),
    ("forget_old_messages", 24, forget_old_messages),
    ("forget_old_misses", 24, forget_old_misses),
    ("remind", 0.25, remind),
)


def scheduler(jobs: Jobs) -> AsyncIOScheduler:
    """Return a scheduler with every job, not yet started."""
    # Imported here because the first answers need not wait for it.
    from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415
    from apscheduler.triggers.interval import IntervalTrigger  # noqa: PLC0415

    made = AsyncIOScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
    for job_id, hours, function in JOBS:
        made.add_job(_logged, IntervalTrigger(hours=hours), args=(job_id, function, jobs), id=job_id)
    return made


async def _logged(job_id: str, function: Callable[[Jobs], Awaitable[None]], jobs: Jobs) -> None:
    try:
        await function(jobs)
    except Exception:
        log.exception("job %s failed; it runs again at its next time", job_id)

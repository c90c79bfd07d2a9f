"""The process that is killed: one Baton without its front door, which runs the jobs when it is told an hour.

`python -m tests.simulation.worker DATABASE_URL SLACK_URL TOKEN CLOCK_FILE DAYS` reads a line for each hour, answers
with a line once nothing is left to do in it, and ends with its input.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from bot import jobs
from bot.clients.slack import SlackClient
from bot.services import snapshot as snapshots
from bot.services.deps import Deps
from bot.services.lifecycle.reminding import Reminding
from bot.services.lifecycle.watches import Watcher
from bot.services.lifecycle.working_times import WorkingTimes
from bot.services.outbox import Pace, drain
from bot.services.snapshot import Snapshot
from bot.store.db import Database
from bot.store.tables import OutboxMessage
from tests.simulation.clock import SharedClock
from tests.simulation.organisation import PLATFORM, MovingFacts, move_dates

_SECOND = timedelta(seconds=1)
_UNSENT = select(col(OutboxMessage.id)).where(col(OutboxMessage.state).in_(("waiting", "sending"))).limit(1)
#: More passes than this in one hour, at a second each, and something goes round in circles.
_MOST_PASSES = 1500


async def serve(database_url: str, slack_url: str, token: str, clock_file: str, days: str) -> None:
    """Work until the input ends."""
    clock = SharedClock(Path(clock_file))
    database = Database(database_url)
    deps = Deps(database, clock, platform_channel=PLATFORM)
    facts, snapshot = MovingFacts(move_dates(int(days))), Snapshot()
    try:
        async with SlackClient(token=token, api_url=slack_url) as slack:
            watcher = Watcher(deps, snapshot, facts)
            work = jobs.Jobs(deps, slack, snapshot, watcher, Reminding(deps, watcher, WorkingTimes()))
            await snapshots.refresh(snapshot, database)
            await jobs.sync_slack(work)
            pace = Pace()
            while line := await asyncio.to_thread(sys.stdin.readline):
                facts.go_to(clock.now().date())
                await snapshots.refresh(snapshot, database)
                if line.strip() == "midnight":
                    await jobs.sync_slack(work)
                await jobs.remind(work)
                await _drain(deps, slack, pace, clock)
                sys.stdout.write("done\n")
                sys.stdout.flush()
    finally:
        await database.close()


async def _drain(deps: Deps, slack: SlackClient, pace: Pace, clock: SharedClock) -> None:
    """Drain until nothing is left, a second of the clock between passes."""
    for _ in range(_MOST_PASSES):
        async with deps.database.reading() as session:
            if (await session.execute(_UNSENT)).first() is None:
                return
        await drain(deps, slack, pace)
        clock.advance(_SECOND)
    raise AssertionError("the outbox does not come to rest")


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))

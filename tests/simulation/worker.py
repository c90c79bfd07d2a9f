"""The process that is killed: one Baton, which answers Slack, and runs the jobs when it is told an hour.

`python -m tests.simulation.worker DATABASE_URL SLACK_URL TOKEN SECRET PORT CLOCK_FILE DAYS [ADMIN]` listens for Slack
and reads a word at a time: `midnight` and `hour` run the jobs, `hour_of_all` those of handoffs, leavers and releases
besides, `answered` posts what answers have brought, `wait` waits for what is under way behind acknowledgements. Each is
answered with a line once that is done. It ends with its input.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry
from sqlalchemy import select
from sqlmodel import col

from bot import web as routes
from bot.clients.slack import SlackClient
from bot.domain.trust import Workspace
from bot.ports import Slack
from bot.services import snapshot as snapshots
from bot.services.context import Context, assemble
from bot.services.deps import Deps
from bot.services.outbox import Pace, drain
from bot.services.snapshot import Snapshot
from bot.store.db import Database
from bot.store.tables import OutboxMessage
from handlers import ROUTES, orphans, releases
from handlers.carrier import carrier
from handlers.dispatch import Dispatch, Metrics
from handlers.door import Door
from handlers.handoff import due_days as handoffs
from tests.simulation.clock import SharedClock
from tests.simulation.organisation import PLATFORM, MovingFacts, move_dates

_SECOND = timedelta(seconds=1)
_UNSENT = ("waiting", "sending")
#: What is due later than this waits for its reader's working hours.
_SOON = timedelta(minutes=15)
#: More passes than this in one hour, at a second each, and something goes round in circles.
_MOST_PASSES = 1500


@dataclass(frozen=True, slots=True)
class _Worker:
    """What a word of the input works on."""

    clock: SharedClock
    facts: MovingFacts
    context: Context
    pace: Pace

    async def do(self, word: str) -> None:
        """Do what a word says."""
        deps, snapshot = self.context.deps, self.context.snapshot
        await self.context.background.drain(seconds=60)
        if word == "wait":
            return
        self.facts.go_to(self.clock.now().date())
        await snapshots.refresh(snapshot, deps.database)
        if word == "midnight" or (word == "hour_of_all" and self.clock.now().hour == 0):
            await self.context.listings.read_members()
            await self.context.listings.read_channels()
        if word == "hour_of_all":
            await handoffs.carry_on(self.context)
            await orphans.look(self.context)
            await releases.end_unconfirmed(self.context)
            await snapshots.refresh(snapshot, deps.database)
            await self.context.health.run()
        if word != "answered":
            await self.context.daily_pass.run()
        await _drain(deps, self.context.slack, self.pace, self.clock)


async def serve(
    database_url: str, slack_url: str, token: str, secret: str, port: str, clock_file: str, days: str, *admins: str
) -> None:
    """Work until the input ends."""
    clock = SharedClock(Path(clock_file))
    database = Database(database_url)
    deps = Deps(database, clock, platform_channel=PLATFORM, catalog_admins=admins)
    facts, snapshot = MovingFacts(move_dates(int(days))), Snapshot()
    facts.go_to(clock.now().date())
    async with SlackClient(token=token, api_url=slack_url) as slack, AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        identity = await slack.identity()
        context = assemble(deps, slack, snapshot=snapshot, facts=facts, bot_user_id=identity.bot_user_id)
        workspace = Workspace(identity.team_id, identity.enterprise_id, identity.app_id)
        door = Door(workspace, context.members, (), lambda _: False)
        await snapshots.refresh(snapshot, database)
        await context.listings.read_members(at_start=True)
        await context.listings.read_channels(at_start=True)
        dispatch = Dispatch(ROUTES, context, door, Metrics(CollectorRegistry()))
        bolt = carrier(
            slack.for_listeners, dispatch, identity=identity, background=context.background, signing_secret=secret
        )
        application = routes.application(routes.slack_routes(bolt.async_dispatch, read_seconds=10))
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", int(port)).start()
        worker = _Worker(clock, facts, context, Pace())
        while line := await asyncio.to_thread(sys.stdin.readline):
            await worker.do(line.strip())
            sys.stdout.write("done\n")
            sys.stdout.flush()


async def _drain(deps: Deps, slack: Slack, pace: Pace, clock: SharedClock) -> None:
    """Drain until nothing that is due soon is left, a second of the clock between passes."""
    for _ in range(_MOST_PASSES):
        async with deps.database.reading() as session:
            row, soon = OutboxMessage, clock.now() + _SOON
            query = select(col(row.id)).where(col(row.state).in_(_UNSENT), col(row.due_at) <= soon).limit(1)
            if (await session.execute(query)).first() is None:
                return
        await drain(deps, slack, pace)
        clock.advance(_SECOND)
    raise AssertionError(f"the outbox does not come to rest: {await _unsent(deps)}")


async def _unsent(deps: Deps) -> list[str]:
    """Return what waits to be sent, without its words."""
    row = OutboxMessage
    query = select(row).where(col(row.state).in_(_UNSENT))
    async with deps.database.reading() as session:
        found = (await session.execute(query)).scalars().all()
    return [
        f"{each.key} is {each.state} for {each.channel}, tried {each.attempts} times, due {each.due_at}, {each.error}"
        for each in found
    ]


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))

"""A company whose process is asked everything. It knows no test library, so that its memory is Baton's alone."""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.domain.eol.periods import Everything
from bot.domain.eol.subjects import ReportScope
from bot.domain.inventory.observations import Seen
from bot.services import snapshot as snapshots
from bot.services.context import Context, assemble
from bot.services.deps import Deps
from bot.services.eol import answers, reports
from bot.services.eol.facts import Facts
from bot.services.eol.questions import Asked
from bot.services.inventory import deployments
from bot.services.inventory.deployments import Scan
from bot.services.matters import doubts
from bot.services.portfolio import team_card
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.db import Database
from handlers import home
from tests.benchmarks.memory import peak_mib
from tests.benchmarks.stored import people_of
from tests.clocks import FixedClock
from tests.services.fakes import FakePort

#: A Tuesday, before the digest.
TUESDAY = datetime(2026, 9, 1, 9, 30, tzinfo=UTC)


class _Slack(FakePort):
    """Takes a Home tab."""

    async def publish_home(self, user_id: str, view: Mapping[str, Any]) -> None:
        assert view["blocks"], user_id


@dataclass(slots=True)
class Company:
    """A process that has answered every question once, and what it took after each kind of change."""

    context: Context
    clock: FixedClock
    #: By change and question, in seconds of this process, one for each round.
    took: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    stalls: list[float] = field(default_factory=list)

    @property
    def team_id(self) -> int:
        return 1

    async def questions(self) -> dict[str, Callable[[], Awaitable[Any]]]:
        snapshot = self.context.snapshot
        team = snapshot.team(self.team_id)
        assert team is not None
        subject = Asked(subject=ReportScope(teams=(team,)), period=Everything())

        async def card() -> object:
            return team_card(snapshot, await self.context.portfolios.current(), team)

        return {
            "/eol": lambda: reports.report(self.context.deps, self.context.watcher, subject),
            "Home": lambda: home.publish(self.context, people_of(1)[0]),
            "/baton team": card,
            "reminders": self.context.daily_pass.run,
        }

    async def ask(self, change: str) -> None:
        """Follow the store, ask everything, and note what each took."""
        await self.timed(
            change, "refresh", lambda: snapshots.refresh(self.context.snapshot, self.context.deps.database)
        )
        for name, question in (await self.questions()).items():
            await self.timed(change, name, question)

    async def timed(self, change: str, name: str, work: Callable[[], Awaitable[Any]]) -> None:
        """Note what a question took after a change."""
        began = time.process_time()
        await work()
        self.took.setdefault((change, name), []).append(time.process_time() - began)

    async def confirm(self) -> None:
        """Let a member of the team confirm what it owns."""
        context = self.context
        current = await context.portfolios.current()
        await doubts.confirm(
            context.deps, context.snapshot, asset_id=current.of_team(self.team_id).owned[0], person_id=1
        )

    async def scan(self, number: int) -> None:
        """Let a scan see other versions of the first and the last asset."""
        ids = self.context.snapshot.directory.ids()
        seen = Seen(
            product="postgresql", version=f"{12 + number % 4}.{number}", provider="", environment="", how="image",
            address="x", has_extended_support=None,
        )  # fmt: skip
        scan = Scan(source="scan", how="image", seen={each: [seen] for each in (min(ids), max(ids))})
        await deployments.record(self.context.deps, scan, actor="cli")

    async def answer(self) -> None:
        """Let a member acknowledge one of the team's reminders."""
        table = tables.Reminder
        theirs = select(col(table.id)).where(
            col(table.addressee) == f"team:{self.team_id}", col(table.resolved_at).is_(None)
        )
        async with self.context.deps.database.reading() as session:
            found = (await session.execute(theirs.order_by(col(table.id)))).scalars().all()
        number = found[len(self.took.get(("answer", "/eol"), ())) % len(found)]
        await answers.acknowledge(self.context.deps, self.context.watcher, reminder_id=int(number or 0), person_id=1)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Company]:
    database, clock = Database(url), FixedClock(TUESDAY)
    try:
        deps = Deps(database, clock, platform_channel="C0PLATFORM")
        snapshot = Snapshot()
        await snapshots.refresh(snapshot, database)
        gc.collect()
        gc.freeze()
        snapshots.give_memory_back()
        yield Company(assemble(deps, _Slack(clock), snapshot=snapshot, facts=Facts()), clock)
    finally:
        await database.close()
        gc.unfreeze()


async def hold(url: str) -> None:
    """Ask everything once, and print how many MiB this process has held at most. Run in a process of its own."""
    logging.getLogger("bot").setLevel(logging.CRITICAL)
    async with opened(url) as company:
        await company.ask("first")
        everything = Asked(subject=ReportScope(), period=Everything())
        await reports.report(company.context.deps, company.context.watcher, everything)
    print(peak_mib())

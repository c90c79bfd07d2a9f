"""A workspace behind the port, a clock, and an outbox between them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.blocks.text import Rendered
from bot.services.deps import Deps
from bot.services.outbox import Pace, drain, enqueue, revise
from bot.store.tables import OutboxMessage
from tests.conftest import FixedClock
from tests.services.fakes import FakePort

PAY, OPS, ADA = "C0PAYMENTS", "C0PLATFORM", "U0ADA1234"
SECOND = timedelta(seconds=1)
CLAIM = timedelta(seconds=60)


class World:
    """One process's outbox, Slack and clock, in words that tests read well with."""

    def __init__(self, deps: Deps, clock: FixedClock) -> None:
        self.deps, self.clock = deps, clock
        self.slack = FakePort(clock)
        self.pace = Pace()

    async def put(self, key: str, text: str = "", *, channel: str = PAY, under: str | None = None, **rest: Any) -> bool:
        """Enqueue a message; its text is its key unless it is said."""
        async with self.deps.database.transaction() as session:
            return await enqueue(
                session,
                key=key,
                channel=channel,
                message=Rendered(text or key),
                at=self.clock.now(),
                parent_key=under,
                **rest,
            )

    async def say(self, key: str, text: str, *, blocks: Sequence[Any] = ()) -> bool:
        """Revise a message."""
        async with self.deps.database.transaction() as session:
            return await revise(session, key=key, message=Rendered(text, blocks), at=self.clock.now())

    async def drain(self, slack: FakePort | None = None) -> int:
        """One pass."""
        return await drain(self.deps, slack or self.slack, self.pace)

    async def run(self, seconds: float, *, step: float = 1.0) -> None:
        """Drain now and then every `step` seconds of the moved clock."""
        passed = 0.0
        await self.drain()
        while passed < seconds:
            self.clock.advance(timedelta(seconds=step))
            passed += step
            await self.drain()

    async def rows(self) -> dict[str, OutboxMessage]:
        """Every row by its key."""
        async with self.deps.database.reading() as session:
            found = (await session.execute(select(OutboxMessage).order_by(col(OutboxMessage.id)))).scalars()
            return {row.key: row for row in found}

    async def row(self, key: str) -> OutboxMessage:
        """One row."""
        return (await self.rows())[key]

    async def states(self) -> dict[str, str]:
        """The state of every message."""
        return {key: row.state for key, row in (await self.rows()).items()}

    def shown(self) -> list[tuple[str, str, str | None]]:
        """What is in Slack: conversation, text, thread."""
        return [(message.place, message.text, message.thread_ts) for message in self.slack.posted]

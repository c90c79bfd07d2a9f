"""Moves the playground's clock, and runs on the way what is due by the clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlmodel import col

from bot.app import RunningApp
from bot.errors import log_failure
from bot.playground.clock import MovableClock
from bot.playground.fake_slack import FakeSlack
from bot.playground.records import PlaygroundError
from bot.playground.upgrades import keep_plans
from bot.services import outbox
from bot.store.tables import OutboxMessage
from handlers.routes import Job

log = logging.getLogger(__name__)

#: How far the clock is moved between two checks of what is due.
_STEP = timedelta(hours=2)
#: Jobs that run more often look for changes from outside, where no time passes meanwhile.
_OFTEN = timedelta(minutes=15)
#: The job that runs last in each hour.
_LAST = "daily_pass"
#: A channel accepts one message a second; at most this many are posted before the clock moves on.
_BETWEEN_POSTS, _MOST_POSTS = timedelta(seconds=1), 30


class ClockMover:
    """Implements `bot.playground.page_api.Mover`. People who watch see the days pass."""

    def __init__(self, slack: FakeSlack, clock: MovableClock, baton: RunningApp) -> None:
        self._slack, self._clock, self._baton = slack, clock, baton
        self._turn = asyncio.Lock()
        self._moves: set[asyncio.Task[None]] = set()
        self._is_stopping = False
        #: How much of the current move is done, from 0 to 1; None if there is none.
        self.progress: float | None = None

    async def __call__(self, by: timedelta) -> None:
        """Move the clock in small steps, so that reminders are sent when they would have been, then run every job.

        The clock may end a few seconds further, because messages are posted one after the other. A second move waits
        for the first; a move continues if the person who asked for it has left. Raises PlaygroundError for a move that
        the clock does not allow.
        """
        move = asyncio.create_task(self._move(by))
        self._moves.add(move)
        move.add_done_callback(self._moves.discard)
        await asyncio.shield(move)

    async def finish(self) -> None:
        """End every move after its current step."""
        self._is_stopping = True
        await asyncio.gather(*self._moves, return_exceptions=True)

    async def _move(self, by: timedelta) -> None:
        async with self._turn:
            try:
                self._clock.check(by)
            except ValueError as error:
                raise PlaygroundError(f"That does not work: {error}.") from None
            try:
                await self._go(by)
            finally:
                self.progress = None
            await self._run(self._baton.jobs)
            self._baton.context.drainer.wake()
            self._slack.workspace.changed("clock")

    async def _go(self, by: timedelta) -> None:
        begin = self._clock.ahead
        end = begin + by
        while self._clock.ahead < end and not self._is_stopping:
            day = self._clock.now().date()
            self._clock.advance(min(end - self._clock.ahead, _STEP))
            self.progress = min((self._clock.ahead - begin) / by, 1.0)
            is_new_day = self._clock.now().date() != day
            await self._go_on(is_new_day=is_new_day)
            if is_new_day:
                self._slack.workspace.changed("clock")

    async def _go_on(self, *, is_new_day: bool) -> None:
        """Carry out the day's plans, run what is due at this hour, and post its messages, while the clock shows it."""
        try:
            if is_new_day:
                await keep_plans(self._baton)
            # What passes to somebody today is not another team's to be reminded of, so the daily pass comes last.
            due = [job for job in self._baton.jobs if _OFTEN <= timedelta(hours=job[1]) <= _STEP]
            await self._run(sorted(due, key=lambda job: job[0] == _LAST))
            await self._post()
        except Exception as error:  # noqa: BLE001 - time goes on
            log_failure(log, error, "reminders failed while the clock was moved")

    async def _run(self, jobs: Iterable[Job]) -> None:
        for job_id, _, function in jobs:
            try:
                await function(self._baton.context)
            except Exception as error:  # noqa: BLE001 - one job stops no other
                log_failure(log, error, "job %s failed while the clock was moved", job_id)

    async def _post(self) -> None:
        for _ in range(_MOST_POSTS):
            if not await outbox.drain(self._baton.context.deps, self._baton.context.slack):
                if not await self._is_posting():
                    return
                await asyncio.sleep(0.01)  # Baton's own sender is working on it
            self._clock.advance(_BETWEEN_POSTS)

    async def _is_posting(self) -> bool:
        """Whether a message is being sent, or waits for the second between two posts to a channel."""
        soon = self._clock.now() + _BETWEEN_POSTS
        is_due = and_(col(OutboxMessage.state) == "waiting", col(OutboxMessage.due_at) <= soon)
        query = select(col(OutboxMessage.id)).where(or_(col(OutboxMessage.state) == "sending", is_due)).limit(1)
        async with self._baton.context.deps.database.reading() as session:
            return (await session.execute(query)).first() is not None

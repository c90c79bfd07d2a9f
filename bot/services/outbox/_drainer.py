"""Draining: pass after pass, what is due goes out, several messages at once."""

from __future__ import annotations

import asyncio
import logging

from bot.errors import log_failure
from bot.ports import Slack
from bot.services.deps import Deps
from bot.services.outbox._delivery import Courier
from bot.services.outbox._pace import Pace
from bot.services.outbox._queue import pick

log = logging.getLogger(__name__)

#: So many calls to Slack are under way at once.
AT_ONCE = 8


class Drainer:
    """Drains whenever something is due. `wake()` says that a cause has just been committed.

    A call that hangs holds up its own line, and one of the places, but no pass.
    """

    def __init__(self, deps: Deps, slack: Slack, pace: Pace | None = None) -> None:
        self._deps, self._pace = deps, pace or Pace()
        self._courier = Courier(deps, slack, self._pace)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._busy: set[int] = set()
        self._under_way: set[asyncio.Task[bool]] = set()
        self._woken = asyncio.Event()
        self._is_stopping = False

    async def begin(self) -> list[asyncio.Task[bool]]:
        """Start on what is due; each task says whether Slack has its message now."""
        now = self._deps.clock.now()
        self._pace.begin(now)
        if self._pace.is_held(now):
            return []
        ids = await pick(self._deps, self._pace, now, busy=self._busy)
        self._busy |= set(ids)
        begun = [asyncio.create_task(self._deliver(number)) for number in ids]
        self._under_way |= set(begun)
        for task in begun:
            task.add_done_callback(self._under_way.discard)
        return begun

    async def _deliver(self, number: int) -> bool:
        try:
            async with self._places:
                return await self._courier.deliver(number)
        except Exception as error:  # noqa: BLE001 - one message stops no other
            log_failure(log, error, "outbox message %s broke; it is looked at again when its claim runs out", number)
            return False
        finally:
            self._busy.discard(number)

    async def cancel(self) -> None:
        """Break off what is under way; it is looked for when its claim runs out."""
        for task in self._under_way:
            if not task.cancelling():  # a second time, it would break off the closing of its connection, too
                task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def wake(self) -> None:
        """Look again now instead of at the next turn."""
        self._woken.set()

    def stop(self) -> None:
        """End after what is under way."""
        self._is_stopping = True
        self._woken.set()

    async def run(self, *, every_seconds: float = 1.0) -> None:
        """Drain until stopped or cancelled; a failure of a whole pass is logged and tried again."""
        try:
            while not self._is_stopping:
                self._woken.clear()
                try:
                    await self.begin()
                except Exception as error:  # noqa: BLE001 - the next pass tries again
                    log_failure(log, error, "the outbox could not be drained; it is tried again")
                try:
                    await asyncio.wait_for(self._woken.wait(), every_seconds)
                except TimeoutError:
                    continue
            await self.begin()  # what was committed since the last look
            await asyncio.gather(*self._under_way, return_exceptions=True)
        finally:
            await self.cancel()


async def drain(deps: Deps, slack: Slack, pace: Pace | None = None) -> int:
    """Post and update what is due, once around; return how many messages Slack has now as they should be.

    Posts go out in order for each channel and at most one a second to each; a message that waits for its retry holds
    the later ones of its channel back. A second process is kept off by the claim on the row. `pace` remembers what
    Slack asked for from one pass to the next.
    """
    drainer = Drainer(deps, slack, pace)
    try:
        return sum(await asyncio.gather(*await drainer.begin()))
    finally:
        await drainer.cancel()

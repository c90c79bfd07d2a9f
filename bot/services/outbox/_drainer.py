"""Draining: pass after pass, what is due goes out, several messages at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from bot.ports import Slack
from bot.services.deps import Deps
from bot.services.outbox._delivery import Courier, Outcome
from bot.services.outbox._pace import Pace
from bot.services.outbox._queue import admit, pick, read

log = logging.getLogger(__name__)

#: So many calls to Slack are under way at once.
AT_ONCE = 8
#: So many messages are claimed together, while as many are on their way. After a crash each of them is looked for.
_CLAIMED = 8 * AT_ONCE


class _Round:
    """What one process has under way. A call that hangs holds up its own line, and one of the places, but no pass."""

    def __init__(self, deps: Deps, slack: Slack, pace: Pace) -> None:
        self._deps, self._pace = deps, pace
        self._courier = Courier(deps, slack, pace)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._busy: set[int] = set()
        self._under_way: set[asyncio.Task[int]] = set()

    async def begin(self) -> asyncio.Task[int] | None:
        """Start on what is due; the task says how many messages Slack has now, None that nothing is due."""
        now = self._deps.clock.now()
        if self._pace.is_held(now):
            return None
        await admit(self._deps, now)
        ids = await pick(self._deps, self._pace, now, busy=self._busy)
        if not ids:
            return None
        self._busy |= set(ids)
        task = asyncio.create_task(self._work_off(ids))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def _work_off(self, ids: Sequence[int]) -> int:
        """Deliver what was picked. It is claimed a few at a time, so that no claim runs out in the queue."""
        tasks: list[asyncio.Task[bool]] = []
        parts = [ids[start : start + _CLAIMED] for start in range(0, len(ids), _CLAIMED)]
        claiming = asyncio.create_task(self._claim(parts[0]))
        try:
            for following in [*parts[1:], ()]:
                deliveries = await claiming
                # The next ones are claimed while these are on their way.
                claiming = asyncio.create_task(self._claim(following))
                for number, deliver in deliveries:
                    await self._places.acquire()
                    tasks.append(asyncio.create_task(self._deliver(number, deliver)))
            return sum(await asyncio.gather(*tasks))
        finally:
            for task in (claiming, *tasks):
                task.cancel()
            await asyncio.gather(claiming, *tasks, return_exceptions=True)
            self._busy -= set(ids)

    async def _claim(self, ids: Sequence[int]) -> list[tuple[int, Callable[[], Awaitable[Outcome]]]]:
        """Claim what can be claimed together, and return how each is delivered."""
        if not ids:
            return []
        claimed = await self._courier.claim_many(ids)
        alone = set(ids) - {held.message.id for held in claimed}
        others = await read(self._deps, [number for number in ids if number in alone], self._deps.clock.now())
        return [
            *((held.message.id, partial(self._courier.deliver_claimed, held)) for held in claimed),
            *((picked.message.id, partial(self._courier.deliver, picked)) for picked in others),
        ]

    async def _deliver(self, number: int, deliver: Callable[[], Awaitable[Outcome]]) -> bool:
        try:
            try:
                outcome = await deliver()
            finally:
                self._places.release()
            return outcome if isinstance(outcome, bool) else await outcome()
        except Exception:
            log.exception("outbox message %s broke; it is looked at again when its claim runs out", number)
            return False

    async def finish(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._courier.close()

    async def cancel(self) -> None:
        """Break off what is under way; it is looked for when its claim runs out."""
        for task in self._under_way:
            task.cancel()
        await self.finish()


async def drain(deps: Deps, slack: Slack, pace: Pace | None = None) -> int:
    """Post and update what is due, once around; return how many messages Slack has now as they should be.

    Posts go out in order for each channel and at most one a second to each; a message that waits for its retry holds
    the later ones of its channel back. A second process is kept off by the claim on the row. `pace` remembers what
    Slack asked for from one pass to the next.
    """
    around = _Round(deps, slack, pace or Pace())
    try:
        begun = await around.begin()
        return await begun if begun is not None else 0
    finally:
        await around.cancel()


class Drainer:
    """Drains whenever something is due. `wake()` says that a cause has just been committed."""

    def __init__(self, deps: Deps, slack: Slack, pace: Pace | None = None) -> None:
        self._round = _Round(deps, slack, pace or Pace())
        self._woken = asyncio.Event()
        self._is_stopping = False

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
                    begun = await self._round.begin()
                    if begun is not None:
                        begun.add_done_callback(_tell)
                except Exception:
                    log.exception("the outbox could not be drained; it is tried again")
                try:
                    await asyncio.wait_for(self._woken.wait(), every_seconds)
                except TimeoutError:
                    continue
            await self._round.begin()  # what was committed since the last look
            await self._round.finish()
        finally:
            await self._round.cancel()


def _tell(begun: asyncio.Task[int]) -> None:
    if not begun.cancelled() and (error := begun.exception()) is not None:
        log.error("the outbox could not be drained; it is tried again", exc_info=error)

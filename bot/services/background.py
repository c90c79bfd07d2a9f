"""Work that goes on behind an acknowledgement."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from bot.errors import log_failure

log = logging.getLogger(__name__)

#: Work behind acknowledgements that may be under way at once; beyond it an optional piece of work is dropped.
_MOST_TASKS = 1000


class Background:
    """Work that goes on behind an acknowledgement: tracked, bounded, its failures logged, drained at the end."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, work: Coroutine[Any, Any, Any], *, what: str, is_optional: bool = False) -> bool:
        """Begin `work`; return False when it is optional and too much is under way already."""
        if is_optional and len(self._tasks) >= _MOST_TASKS:
            work.close()
            return False
        task = asyncio.create_task(self._run(work, what))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def drain(self, *, seconds: float) -> int:
        """Wait for what has begun; return how many pieces were cut off when the time was over."""
        if not self._tasks:
            return 0
        _, unfinished = await asyncio.wait(self._tasks, timeout=seconds)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        return len(unfinished)

    @staticmethod
    async def _run(work: Coroutine[Any, Any, Any], what: str) -> None:
        try:
            await work
        except (Exception, SystemExit) as error:  # noqa: BLE001 - nobody waits for it who could be told
            log_failure(log, error, "%s failed behind its acknowledgement", what)

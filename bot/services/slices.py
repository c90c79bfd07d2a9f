"""Long work on the event loop, a slice at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

#: How long is worked before the event loop gets its turn, in seconds.
_SLICE_SECONDS = 0.002


class Turns:
    """Gives the event loop its turn after each slice. Ask for it between steps well below a millisecond."""

    def __init__(self) -> None:
        self._ends = time.monotonic() + _SLICE_SECONDS

    async def give(self) -> None:
        """Let others run if the slice is over."""
        if time.monotonic() > self._ends:
            await asyncio.sleep(0)
            self._ends = time.monotonic() + _SLICE_SECONDS


async def in_slices(steps: Iterator[None]) -> int:
    """Go through steps, each of them well below a millisecond; return how many there were."""
    turns, count = Turns(), 0
    for _ in steps:
        count += 1
        await turns.give()
    return count

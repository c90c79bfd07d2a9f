"""Long work on the event loop, a slice at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

#: How long is worked before the event loop gets its turn, in seconds.
_SLICE_SECONDS = 0.002


async def in_slices(steps: Iterator[None]) -> int:
    """Go through steps, each of them well below a millisecond; return how many there were."""
    turn_ends, count = time.monotonic() + _SLICE_SECONDS, 0
    for _ in steps:
        count += 1
        if time.monotonic() > turn_ends:
            await asyncio.sleep(0)
            turn_ends = time.monotonic() + _SLICE_SECONDS
    return count

"""Pictures, drawn in a thread of their own, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.errors import UserError

#: Pictures that may wait for their turn; each takes about a second.
_MOST_WAITING = 10


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG; `alt_text` says in words what it shows."""

    filename: str
    title: str
    alt_text: str
    content: bytes


class Pictures:
    """The turns of this process: memory and both processors stay free for answers."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until nobody else draws. Raises UserError when too many wait."""
        if self._waiting >= _MOST_WAITING:
            raise UserError("Too many pictures at once: try again in a minute.")
        self._waiting += 1
        try:
            async with self._turn:
                yield
        finally:
            self._waiting -= 1

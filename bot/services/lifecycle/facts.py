"""The release cycles in force in this process."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from bot.clients.eol import starter
from bot.domain.lifecycle import Table


class Facts:
    """The feed's last good copy, else the starter table; what providers say of their own versions goes first."""

    def __init__(self) -> None:
        self.confirmed_at: datetime | None = None

    @cached_property
    def table(self) -> Table:
        """The table to match against."""
        return starter.load()

    @property
    def is_starter(self) -> bool:
        """Whether the feed has never been read."""
        return True

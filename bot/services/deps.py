"""What a use case is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.ports import Clock
from bot.store.db import Database


@dataclass(frozen=True, slots=True)
class Deps:
    """The database, the clock and the few settings that use cases read."""

    database: Database
    clock: Clock
    stale_after: timedelta = timedelta(days=180)

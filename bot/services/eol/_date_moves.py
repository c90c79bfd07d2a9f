"""Remembers that deadlines have moved: whoever relied on the earlier day has to hear of the new one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.eol.composition import Moved
from bot.store import tables

#: Names of moved cycles that an audit entry holds.
_NAMED = 50


async def note_moves(connection: AsyncConnection, found: Sequence[Moved], now: datetime) -> None:
    """Add a row for each clock that moved."""
    rows = [
        {
            "product": one.product,
            "cycle": one.cycle,
            "clock": one.clock,
            "before": str(one.before),
            "after": str(one.after),
            "at": now,
        }
        for one in found
    ]
    if rows:
        await connection.execute(insert(tables.DateChange), rows)


def named(found: Sequence[Moved]) -> dict[str, Any]:
    """Return how many clocks moved, and the first of the cycles, for an audit entry."""
    cycles = dict.fromkeys(f"{one.product} {one.cycle}" for one in found)
    return {"moved": len(found), "cycles": list(cycles)[:_NAMED]}

"""Lets SQLite run in the event loop's thread: to hand a statement to another thread takes longer than the statement.

What other tasks do in between, they do here, too, for each statement lets them run. Whatever may wait for a lock goes
to the driver's thread all the same, as the task that holds the lock has to go on meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

import aiosqlite
import pytest

from bot.store import db

_IN_THREAD = aiosqlite.Connection._execute
#: The steps of SQLAlchemy's cursor and the ends of a transaction. Whoever writes has waited for the lock before.
_SHORT = {"close", "commit", "cursor", "execute", "executemany", "fetchall", "fetchmany", "rollback"}
#: Those before which other tasks run.
_TURNS = {"commit", "execute", "executemany", "rollback"}
#: The connections whose thread may still be at what somebody has stopped waiting for.
_broken_off: WeakSet[aiosqlite.Connection] = WeakSet()
#: Whether the test that runs just now does without the thread.
is_wanted = False


def run_in_line(patch: pytest.MonkeyPatch) -> None:
    """Do so for every database that is opened from now on."""
    arguments = db._sqlite_arguments
    patch.setattr(db, "_sqlite_arguments", lambda limits: arguments(limits) | {"check_same_thread": False})
    patch.setattr(aiosqlite.Connection, "_execute", _execute)


async def _execute(connection: aiosqlite.Connection, function: Callable[..., Any], *given: Any, **named: Any) -> Any:
    if not is_wanted or function.__name__ not in _SHORT or connection in _broken_off or connection._connection is None:
        try:
            return await _IN_THREAD(connection, function, *given, **named)
        except asyncio.CancelledError:
            _broken_off.add(connection)
            raise
    if function.__name__ in _TURNS:
        await asyncio.sleep(0)
    return function(*given, **named)

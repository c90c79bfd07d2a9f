"""Lets SQLite run in the event loop's thread: to hand a statement to another thread takes longer than the statement.

What other tasks do in between, they do here, too, for each statement lets them run. Whatever waits for a lock goes to
the driver's thread all the same, as the task that holds the lock has to go on meanwhile. A connection that needs no
thread gets none.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from typing import Any
from weakref import WeakSet

import aiosqlite
import pytest

from bot.store import db

_IN_THREAD = aiosqlite.Connection._execute
_STOP = aiosqlite.Connection.stop
#: The steps of a cursor and of a connection, and the ends of a transaction. Who writes has waited for the lock before.
_SHORT = {"close", "commit", "create_function", "cursor", "execute", "executemany", "fetchall", "fetchmany", "rollback"}
#: What a transaction that only reads begins with.
_READS = ("BEGIN", [])
#: What one that writes begins with, and a connection.
_BEGINS = {"_execute_fetchall", "executescript"}
#: Those before which other tasks run.
_TURNS = {"commit", "execute", "executemany", "rollback"} | _BEGINS
#: The connections whose thread may still be at what somebody has stopped waiting for.
_broken_off: WeakSet[aiosqlite.Connection] = WeakSet()
#: Whether the test that runs just now does without the thread.
is_wanted = False


def run_in_line(patch: pytest.MonkeyPatch) -> None:
    """Do so for every database that is opened from now on."""
    arguments = db._sqlite_arguments
    patch.setattr(db, "_sqlite_arguments", lambda limits: arguments(limits) | {"check_same_thread": False})
    patch.setattr(aiosqlite.Connection, "__await__", _opened)
    patch.setattr(aiosqlite.Connection, "_execute", _execute)
    patch.setattr(aiosqlite.Connection, "stop", _stop)


def _opened(connection: aiosqlite.Connection) -> Generator[Any, None, aiosqlite.Connection]:
    if is_wanted:
        connection._connection = connection._connector()
    else:
        connection._thread.start()
    return connection._connect().__await__()


async def _execute(connection: aiosqlite.Connection, function: Callable[..., Any], *given: Any, **named: Any) -> Any:
    name = function.__name__
    is_short = is_wanted and connection._connection is not None and connection not in _broken_off
    if is_short and name in _TURNS:
        await asyncio.sleep(0)
    if is_short and (name in _SHORT or given == _READS):
        return function(*given, **named)
    if is_short and name in _BEGINS and connection._connection is not None:
        try:
            return _without_waiting(connection._connection, function, *given)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
    if connection._connection is not None and not _has_thread(connection):
        connection._thread.start()
    try:
        return await _IN_THREAD(connection, function, *given, **named)
    except asyncio.CancelledError:
        _broken_off.add(connection)
        raise


def _without_waiting(driver: sqlite3.Connection, function: Callable[..., Any], *given: Any) -> Any:
    """Do something unless it would wait for a lock: raises OperationalError then."""
    (patience,) = driver.execute("PRAGMA busy_timeout").fetchone()
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        return function(*given)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {patience}")


def _has_thread(connection: aiosqlite.Connection) -> bool:
    return connection._thread.ident is not None


def _stop(connection: aiosqlite.Connection) -> asyncio.Future[Any] | None:
    if _has_thread(connection):
        return _STOP(connection)
    connection._running = False
    if connection._connection is not None:
        connection._connection.close()
        connection._connection = None
    return None

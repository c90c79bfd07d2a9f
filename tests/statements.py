"""What is asked of a database, for tests of how much that is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from bot.store.db import Database


@contextmanager
def noted(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Give a list of the statements that a database is asked meanwhile, each with its parameters."""
    said: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        said.append((statement, parameters))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def one_connection(database: Database) -> Iterator[None]:
    """Fail where a second connection is asked for while the first is held: a pool of one would wait for itself."""
    pool: Any = database.engine.sync_engine.pool
    held: list[int] = []

    def note(*_: Any) -> None:
        held.append(pool.checkedout())

    event.listen(pool, "checkout", note)
    try:
        yield
    finally:
        event.remove(pool, "checkout", note)
    assert max(held, default=0) <= 1

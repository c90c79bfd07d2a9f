"""What a process that serves works out once, and tests would work out for every engine and every app anew."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import LRUCache

from bot.clients.eol import starter
from bot.store import db

_COMPILED: dict[str, LRUCache[object, object]] = {}


def keep_statements(patch: pytest.MonkeyPatch) -> None:
    """Let every engine of a database's kind use the statements that others have compiled.

    SQLAlchemy finds a compiled statement by its dialect, so those of one kind have to be equal.
    """
    for dialect in (PGDialect_asyncpg, SQLiteDialect_aiosqlite):
        patch.setattr(dialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(dialect, "__hash__", lambda one: hash(type(one)))
    patch.setattr(db, "create_async_engine", _engine)


def _engine(*arguments: object, **options: object) -> AsyncEngine:
    made = create_async_engine(*arguments, **options)  # type: ignore[arg-type]
    made.sync_engine._compiled_cache = _COMPILED.setdefault(made.dialect.name, LRUCache(2000))  # type: ignore[assignment]
    return made


#: The starter table, and what Baton's app in Slack is made from, read once.
starter_table = cache(starter.load)
manifest = cache(
    lambda: yaml.load((Path(__file__).resolve().parents[1] / "app.yaml").read_text(), Loader=yaml.CSafeLoader)
)

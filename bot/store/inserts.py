"""Inserts that may find an existing row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Table
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from bot.store.tables import core

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
    from sqlalchemy.dialects.sqlite import Insert as SqliteInsert


def insert_into(table: Table, dialect: str) -> SqliteInsert | PostgresqlInsert:
    """Return an insert for `sqlite` or `postgresql` that can define what happens on a conflict."""
    if dialect == "sqlite":
        return sqlite_insert(table)
    # With SQLite, the dialect of PostgreSQL need not be loaded or kept in memory.
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert  # noqa: PLC0415

    return postgresql_insert(table)


async def add_once(session: AsyncSession, table: type[SQLModel], **values: Any) -> bool:
    """Insert a row. Return False if there is already one with its key, which stays unchanged."""
    insert = insert_into(core(table), session.get_bind().dialect.name).values(**values)
    result = await session.execute(insert.on_conflict_do_nothing())
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an INSERT's result has it

"""Inserts that can meet a row which is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Table
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
    from sqlalchemy.dialects.sqlite import Insert as SqliteInsert


def insert_into(table: Table, dialect: str) -> SqliteInsert | PostgresqlInsert:
    """Return an insert for `sqlite` or `postgresql` that can say what happens on a conflict."""
    if dialect == "sqlite":
        return sqlite_insert(table)
    # Who runs on SQLite need not wait for another database's dialect, nor keep it in memory.
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert  # noqa: PLC0415

    return postgresql_insert(table)

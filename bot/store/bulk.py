"""Statements over many rows: Core in chunks, never ORM objects, yielding to the event loop between chunks.

JSON columns use orjson here, because `json.dumps` alone would take a third of an import's time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

import orjson
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Dialect,
    MetaData,
    Select,
    Table,
    TypeDecorator,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from bot.store import tables

T = TypeVar("T")

#: Rows per statement. Fewer rows cost more round trips, more block the event loop for longer than 10 ms.
CHUNK = 1_000


class Json(TypeDecorator[Any]):
    """A JSON column that accepts values, or text that is already JSON."""

    impl = JSON
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:  # noqa: ARG002 - SQLAlchemy's signature
        """Return a function that turns a value into JSON text."""
        return lambda value: value if value is None or isinstance(value, str) else orjson.dumps(value).decode()

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:  # noqa: ARG002 - as above
        """Return a function that parses JSON text.

        It leaves other values, which PostgreSQL's driver has already parsed.
        """
        return lambda value: orjson.loads(value) if isinstance(value, str) else value


@cache
def _tables() -> Mapping[str, Table]:
    """Return the copies, which take two MiB: a process that imports nothing makes none."""
    copied = MetaData()
    for table in tables.Asset.metadata.sorted_tables:
        for column in table.to_metadata(copied).columns:
            if isinstance(column.type, JSON):
                column.type = Json()
    return copied.tables


def table_of(model: type[SQLModel]) -> Table:
    """Return a model's table, with fast JSON columns."""
    return _tables()[str(model.__tablename__)]


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Yield lists of up to `size` items."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


async def insert_rows(connection: AsyncConnection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same keys.

    For SQLite the statement is written here, because compiling it for every row costs half as much again.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    for chunk in chunks(rows):
        if is_sqlite:
            columns = [table.c[key] for key in chunk[0]]
            names, marks = ", ".join(f'"{column.name}"' for column in columns), ", ".join("?" * len(columns))
            statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608 - names of our own schema
            await connection.exec_driver_sql(statement, _bound(columns, chunk, connection.dialect))
        else:
            await connection.execute(insert(table), chunk)
        await asyncio.sleep(0)


def _bound(
    columns: Sequence[Column[Any]], rows: Iterable[Mapping[str, Any]], dialect: Dialect
) -> list[tuple[Any, ...]]:
    """Return rows as tuples in the order of `columns`, each value converted by its type for the driver."""
    writers = (column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns)
    bound = [(index, writer) for index, writer in enumerate(writers) if writer is not None]
    made = []
    for row in rows:
        values = list(row.values())
        for index, writer in bound:
            values[index] = writer(values[index])
        made.append(tuple(values))
    return made


async def update_rows(connection: AsyncConnection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Update rows by their `row_id`. The other keys, the same in all rows, are the columns to set."""
    statement = update(table).where(table.c.id == bindparam("row_id"))
    for chunk in chunks(rows):
        await connection.execute(statement, chunk)
        await asyncio.sleep(0)


async def select_in(
    connection: AsyncConnection, query: Select[Any], column: ColumnElement[Any], values: Iterable[Any]
) -> AsyncIterator[Sequence[Any]]:
    """Yield the rows of `query` whose `column` is among `values`, in chunks of values."""
    for chunk in chunks(values):
        yield (await connection.execute(query.where(column.in_(chunk)))).all()
        await asyncio.sleep(0)


async def select_all(
    connection: AsyncConnection, query: Select[Any], identifier: ColumnElement[Any]
) -> AsyncIterator[Sequence[Any]]:
    """Yield all rows of `query` in pages, ordered by `identifier`, its first column, which is unique."""
    last = 0
    while rows := (
        await connection.execute(query.where(identifier > last).order_by(identifier).limit(5 * CHUNK))
    ).all():
        yield rows
        last = rows[-1][0]
        await asyncio.sleep(0)


async def reserve_ids(connection: AsyncConnection, table: Table, count: int) -> list[int]:
    """Return ids for rows that are about to be inserted.

    On SQLite nobody else can write in the meantime; on PostgreSQL the ids come from the column's sequence.
    """
    if not count:
        return []
    if connection.dialect.name == "sqlite":
        last = (await connection.execute(select(func.max(table.c.id)))).scalar() or 0
        return list(range(last + 1, last + 1 + count))
    statement = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
    return list((await connection.execute(statement, {"name": table.name, "count": count})).scalars())

"""Reading large tables: in chunks that yield to the event loop, and with values as the driver returns them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, Select, bindparam, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import NullType

#: Rows read at a time: few enough that making records of them does not block the event loop.
CHUNK = 500
#: The first and last of a range of ids, or a list of ids.
Ids: TypeAlias = tuple[int, int] | list[int]
#: Makes the condition that a column has one of a statement's ids.
Among: TypeAlias = Callable[[ColumnElement[int]], ColumnElement[bool]]
#: If there are more different facts or observations than this, sharing them saves little.
MOST_SHARED = 50_000


async def in_order(
    connection: AsyncConnection,
    query: Select[Any],
    column: ColumnElement[int],
    is_wanted: ColumnElement[bool],
    size: int,
) -> AsyncIterator[Sequence[Any]]:
    """Yield the rows of a whole table in chunks, by their first column, which is the id."""
    last_id = 0
    chunk = query.where(is_wanted, column > bindparam("last_id")).limit(size)
    while rows := (await connection.execute(chunk, {"last_id": last_id})).all():
        last_id = rows[-1][0]
        yield rows


async def by_ids(
    connection: AsyncConnection, query: Select[Any], column: ColumnElement[int], is_wanted: ColumnElement[bool]
) -> AsyncIterator[Sequence[Any]]:
    """Yield the wanted rows of a large table in chunks; for when only few rows are wanted.

    Their ids are read first, because a query in the order of the ids would go through the whole table.
    """
    ids = sorted((await connection.execute(select(column).where(is_wanted))).scalars())
    for at in range(0, len(ids), CHUNK):
        yield (await connection.execute(query.where(column.in_(ids[at : at + CHUNK])))).all()


class AboutIds(NamedTuple):
    """A statement about ids, in one form for a range and one for a list."""

    of_range: Select[Any]
    of_list: Select[Any]


def about_ids(build: Callable[[Among], Select[Any]]) -> AboutIds:
    """Build a statement once, for any ids: building it takes as long as running it."""
    return AboutIds(
        build(lambda column: column.between(bindparam("first"), bindparam("last"))),
        build(lambda column: column.in_(bindparam("ids", expanding=True))),
    )


async def asked(connection: AsyncConnection, statement: AboutIds, ids: Ids) -> Any:
    """Return the rows of a statement about these ids."""
    if isinstance(ids, tuple):
        return await connection.execute(statement.of_range, {"first": ids[0], "last": ids[1]})
    return await connection.execute(statement.of_list, {"ids": ids})


def as_stored(table: Any, names: Iterable[str]) -> list[Any]:
    """Return columns that the driver reads without converting each value: on SQLite, JSON and times are text."""
    return [type_coerce(table.c[name], NullType()) for name in names]


@lru_cache(maxsize=1024)
def moment(stored: str | datetime) -> datetime:
    """Return a time as `UTCDateTime` reads it; on SQLite it is text.

    An import begins a hundred thousand facts at one time, which share one object.
    """
    moment = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

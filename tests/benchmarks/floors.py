"""What the least that could do a job takes, in seconds of the processor, on this machine and in this run.

A target in seconds passes or fails by the machine of the day; a multiple of one of these floors does not.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Hashable, Iterable, Sequence
from contextlib import closing
from pathlib import Path

import sqlalchemy
from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import insert, select

from bot.store import tables as stored

#: Rows that are inserted or read at once.
_AT_ONCE = 5_000
_READINGS = 3


def rows_inserted(database: Path, empty: Path, *, tables: Iterable[str] = ()) -> float:
    """Insert the rows of a SQLite database, or of some of its tables, into an empty one, by SQLAlchemy's Core alone.

    `empty` names a file that is made for it, without constraints, indexes or triggers.
    """
    source, target = (sqlalchemy.create_engine(f"sqlite:///{path}") for path in (database, empty))
    chosen = frozenset(tables)
    seconds = 0.0
    try:
        with source.connect() as reading, target.begin() as writing:
            for table in stored.Asset.metadata.sorted_tables:
                if chosen and table.name not in chosen:
                    continue
                bare = sqlalchemy.Table(
                    table.name, sqlalchemy.MetaData(), *(sqlalchemy.Column(each.name, each.type) for each in table.c)
                )
                bare.create(writing)
                for chunk in reading.execute(select(table)).mappings().partitions(_AT_ONCE):
                    rows = [dict(row) for row in chunk]
                    began = time.process_time()
                    writing.execute(insert(bare), rows)
                    seconds += time.process_time() - began
        return seconds
    finally:
        source.dispose()
        target.dispose()


def rows_read(database: Path) -> float:
    """Read all rows of a SQLite database by SQLAlchemy's Core alone; the least of some readings.

    Without collections, as Baton reads them: what those cost depends on all else that this process holds.
    """
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        with closing(sqlalchemy.create_engine(f"sqlite:///{database}").connect()) as connection:
            return min(_read(connection) for _ in range(_READINGS))
    finally:
        if is_collecting:
            gc.enable()


def _read(connection: sqlalchemy.Connection) -> float:
    began = time.process_time()
    for table in stored.Asset.metadata.sorted_tables:
        for chunk in connection.execute(select(table)).partitions(_AT_ONCE):
            assert chunk
    return time.process_time() - began


def looked_up(rows: Sequence[Hashable]) -> float:
    """Find each row in a dictionary of those that differ, which is made first."""
    began = time.process_time()
    known = {row: number for number, row in enumerate(dict.fromkeys(rows))}
    for row in rows:
        assert row in known
    return time.process_time() - began


def names_compared(names: Sequence[str], asked: Sequence[str]) -> float:
    """Compare each text with every name by rapidfuzz, which is compiled, and keep the nearest."""
    began = time.process_time()
    for text in asked:
        assert process.extractOne(text, names, scorer=OSA.normalized_similarity) is not None
    return time.process_time() - began

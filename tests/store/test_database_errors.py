"""A database in trouble is one error, in bounded time, which says truly whether something was saved."""

from __future__ import annotations

import asyncio
import re
import socket
import sqlite3
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, closing
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.errors import StoreUnavailableError
from bot.store import database_errors
from bot.store.db import Database, Limits, Writes, writes
from tests.conftest import fresh_database
from tests.postgres_wire import Wire, wired

pytestmark = pytest.mark.sql

# Tests wait for these limits, but what is not meant to meet one must not, however busy the machine is.
LIMITS = Limits(lock=0.5, statement=2, connection=4)
NOTHING, MAYBE = "Nothing was saved: the database {}. Try", "This may have been saved, at least in part, but then"


@pytest.fixture
async def address(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    async with fresh_database("postgresql", request, tmp_path) as url:
        connection = await asyncpg.connect(url)
        await connection.execute("CREATE TABLE t (x int PRIMARY KEY)")
        await connection.close()
        yield url


@pytest.fixture
async def direct(address: str) -> AsyncIterator[Database]:
    """A PostgreSQL that keeps nobody waiting for long."""
    made = Database(address, limits=LIMITS, pool_size=1)
    yield made
    await made.close()


@pytest.fixture
async def over_wire(address: str) -> AsyncIterator[tuple[Database, Wire]]:
    """The same behind a wire that tests may cut."""
    async with wired(address) as (url, wire):
        made = Database(url, limits=LIMITS)
        yield made, wire
        await made.close()


async def add(
    database: Database, number: int, *, then: str = "SELECT 1", between: Callable[[], None] = lambda: None
) -> None:
    async with database.transaction() as session:
        await session.execute(text("INSERT INTO t VALUES (:x)"), {"x": number})
        between()
        await session.execute(text(then))


async def look(database: Database) -> None:
    async with database.reading() as session:
        await session.execute(text("SELECT 1"))


async def kept(address: str) -> list[int]:
    connection = await asyncpg.connect(address)
    try:
        return [row["x"] for row in await connection.fetch("SELECT x FROM t ORDER BY x")]
    finally:
        await connection.close()


async def test_a_lock_that_another_holds_is_waited_for_and_then_said(direct: Database, address: str) -> None:
    other = await asyncpg.connect(address)
    try:
        async with other.transaction():
            await other.execute("LOCK TABLE t")
            with pytest.raises(StoreUnavailableError, match=NOTHING.format("is locked by somebody else")):
                await add(direct, 1)
    finally:
        await other.close()
    assert await kept(address) == []
    await add(direct, 2)
    assert await kept(address) == [2]


async def test_a_statement_that_takes_too_long_undoes_its_transaction(direct: Database, address: str) -> None:
    with pytest.raises(StoreUnavailableError, match=NOTHING.format("did not answer in time")):
        await add(direct, 1, then="SELECT pg_sleep(30)")
    assert await kept(address) == []


async def test_a_pool_that_is_used_up_is_waited_for_and_then_said(direct: Database) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(11):  # one of the pool, ten beyond it
            session = await stack.enter_async_context(direct.reading())
            await session.execute(text("SELECT 1"))
        with pytest.raises(StoreUnavailableError, match=NOTHING.format("has too much to do")):
            await add(direct, 1)
    await add(direct, 1)


async def test_a_server_that_falls_silent_is_left(over_wire: tuple[Database, Wire], address: str) -> None:
    database, wire = over_wire
    began = time.monotonic()
    with pytest.raises(StoreUnavailableError, match=NOTHING.format("did not answer in time")):
        await add(database, 1, between=wire.fall_silent)
    assert time.monotonic() - began < 8
    with pytest.raises(StoreUnavailableError, match="did not answer in time"):
        async with database.connected():
            pass
    wire.mend()
    await add(database, 2)
    assert 2 in await kept(address)


async def test_a_server_that_is_gone_is_said_and_then_found_again(
    over_wire: tuple[Database, Wire], address: str
) -> None:
    database, wire = over_wire
    with pytest.raises(StoreUnavailableError, match=NOTHING.format("cannot be reached")):
        await add(database, 1, between=wire.cut)
    with pytest.raises(StoreUnavailableError, match=NOTHING.format("cannot be reached")):
        await look(database)
    wire.mend()
    await add(database, 2)
    assert await kept(address) == [2]


async def test_connections_that_a_restart_has_broken_cost_nobody_a_click(
    over_wire: tuple[Database, Wire], address: str
) -> None:
    database, wire = over_wire
    async with database.connected() as connection:
        raw = await connection.get_raw_connection()
        held = raw.driver_connection
    wire.cut()
    wire.mend()
    for _ in range(1000):
        if held.is_closed():  # type: ignore[union-attr]
            break
        await asyncio.sleep(0.005)
    await add(database, 1)
    assert await kept(address) == [1]


async def test_a_connection_that_breaks_at_the_commit_leaves_it_open_whether_it_was_saved(
    over_wire: tuple[Database, Wire],
) -> None:
    database, wire = over_wire
    asked = Writes()
    writes.set(asked)
    wire.when(b"COMMIT", wire.cut)
    with pytest.raises(StoreUnavailableError, match=f"{MAYBE} the database cannot be reached. Look before"):
        await add(database, 1)
    assert asked.may_be_saved


async def test_what_a_commit_is_refused_for_was_not_saved(direct: Database, address: str) -> None:
    async with direct.transaction() as session:
        await session.execute(text("CREATE TABLE u (x int REFERENCES t DEFERRABLE INITIALLY DEFERRED)"))
    asked = Writes()
    writes.set(asked)
    with pytest.raises(IntegrityError):
        await add(direct, 1, then="INSERT INTO u VALUES (2)")
    assert not asked.may_be_saved
    assert await kept(address) == []


async def test_trouble_after_one_of_two_changes_says_so(direct: Database) -> None:
    writes.set(Writes())
    await add(direct, 1)
    with pytest.raises(StoreUnavailableError, match=MAYBE):
        await add(direct, 2, then="SELECT pg_sleep(30)")


async def test_what_is_written_aside_is_not_what_was_asked_for(direct: Database) -> None:
    writes.set(Writes())
    async with direct.transaction(is_aside=True) as session:
        await session.execute(text("INSERT INTO t VALUES (1)"))
    with pytest.raises(StoreUnavailableError, match="Nothing was saved"):
        await add(direct, 2, then="SELECT pg_sleep(30)")


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [("postgres:@", "nobody:@", "refuses user or password"), (r"/t[0-9a-f]{32}\?", "/nosuch?", "does not exist")],
)
async def test_what_waiting_does_not_mend_is_told_apart(address: str, before: str, after: str, why: str) -> None:
    database = Database(re.sub(before, after, address), limits=LIMITS)
    with pytest.raises(StoreUnavailableError, match=why) as caught:
        async with database.connected():
            pass
    assert not caught.value.may_pass
    await database.close()


@pytest.mark.parametrize(
    ("raised", "why", "may_pass"),
    [
        (asyncpg.CannotConnectNowError("the database system is starting up"), "is starting or stopping", True),
        (asyncpg.TooManyConnectionsError("sorry, too many clients already"), "has too much to do", True),
        (asyncpg.DiskFullError("could not extend file"), "has no room left on its disk", True),
        (asyncpg.DataCorruptedError("invalid page in block 3"), "is damaged", False),
        (asyncpg.DeadlockDetectedError("deadlock detected"), "is locked by somebody else", True),
        (socket.gaierror(-3, "Temporary failure in name resolution"), "cannot be reached", True),
        (TimeoutError(), "did not answer in time", True),
        (ssl.SSLCertVerificationError(1, "certificate verify failed"), "cannot show whose it is", False),
        (
            ConnectionError('PostgreSQL server at "h:1" rejected SSL upgrade'),
            "offers no encrypted connection",
            False,
        ),
        (ConnectionError("unexpected connection_lost() call"), "cannot be reached", True),
    ],
)
def test_what_may_pass_is_told_apart(raised: Exception, why: str, *, may_pass: bool) -> None:
    found = database_errors.unavailable(raised if isinstance(raised, OSError) else DBAPIError("", None, raised))
    assert found is not None
    assert (found.why, found.may_pass, found.cause) == (why, may_pass, type(raised).__name__)


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[tuple[Database, Path]]:
    database = Database(f"sqlite:///{tmp_path}/one.sqlite", limits=LIMITS, pool_size=1)
    async with database.transaction() as session:
        await session.execute(text("CREATE TABLE t (x int PRIMARY KEY)"))
    yield database, tmp_path / "one.sqlite"
    await database.close()


async def test_a_file_that_another_process_has_locked_is_waited_for_and_then_said(file: tuple[Database, Path]) -> None:
    database, path = file
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailableError, match=NOTHING.format("is locked by somebody else")) as caught:
            await add(database, 1)
        other.execute("ROLLBACK")
        assert caught.value.may_pass
        await add(database, 2)
        assert other.execute("SELECT x FROM t").fetchall() == [(2,)]


async def test_a_full_disk_saves_nothing(file: tuple[Database, Path]) -> None:
    database, path = file
    async with database.connected() as connection:  # the only one, so the pool keeps it
        await connection.execute(text("PRAGMA max_page_count = 1"))
    with pytest.raises(StoreUnavailableError, match=NOTHING.format("has no room left on its disk")):
        await add(database, 1, then="CREATE TABLE u (x)")
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("t",)]


async def test_that_changes_failed_for_the_disk_is_known_until_one_succeeds(
    file: tuple[Database, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    database, _ = file
    await database.check_writes()
    monkeypatch.setattr("bot.store.db._WRITES_AGAIN_SQLITE", "CREATE TABLE v (x)")  # needs room, as the one before
    async with database.connected() as connection:
        await connection.execute(text("PRAGMA max_page_count = 1"))
    with pytest.raises(StoreUnavailableError):
        await add(database, 1, then="CREATE TABLE u (x)")
    async with database.transaction():
        pass  # writes nothing, so it says nothing of the disk
    for _ in range(2):
        with pytest.raises(StoreUnavailableError, match="has no room left on its disk"):
            await database.check_writes()
    async with database.connected() as connection:
        await connection.execute(text("PRAGMA max_page_count = 1000"))
    for _ in range(2):
        await database.check_writes()


async def test_a_fault_of_our_own_is_no_trouble_of_the_database(file: tuple[Database, Path]) -> None:
    database, _ = file
    await add(database, 1)
    with pytest.raises(IntegrityError):
        await add(database, 1)


async def test_writers_of_one_process_stand_in_line_however_long_that_is(file: tuple[Database, Path]) -> None:
    database, _ = file
    lasts = 2 * LIMITS.lock

    async def write(number: int) -> None:
        async with database.transaction() as session:
            await session.execute(text("INSERT INTO t VALUES (:x)"), {"x": number})
            await asyncio.sleep(lasts)  # longer than anybody waits for a stranger's lock

    await asyncio.gather(*(write(number) for number in range(10, 14)))
    async with database.reading() as session:
        found = await session.execute(text("SELECT count(*) FROM t WHERE x >= 10"))
        assert found.scalar_one() == 4

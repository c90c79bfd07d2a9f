"""The engine and its transactions: SQLite with WAL, foreign keys and a busy timeout; PostgreSQL by URL."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from bot.errors import SettingsError, StoreUnavailableError
from bot.settings import is_host
from bot.store import database_errors
from bot.store.sqlite_file import SqliteFile

if TYPE_CHECKING:
    import aiosqlite

log = logging.getLogger(__name__)

#: Drivers by backend. A plain `postgresql://` would otherwise mean a synchronous driver.
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
#: The options allowed after the ? of a PostgreSQL address.
_OPTIONS = frozenset({"host", "port", "ssl", "target_session_attrs"})
#: … and the allowed values of two of them.
_CHOICES = {
    "ssl": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "target_session_attrs": ("any", "primary", "standby", "read-write", "read-only", "prefer-standby"),
}
_IMMEDIATE, _IS_READING = "baton_begin_immediate", "baton_is_reading"
#: Run first on every SQLite connection.
_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
#: Statements that change nothing but write to the disk. SQLite does not write a row that is updated to its old value.
_WRITES_AGAIN, _WRITES_AGAIN_SQLITE = "UPDATE catalog_state SET revision = revision", "PRAGMA user_version = 0"


def normalise_url(url: str) -> URL:
    """Return `url` with the asynchronous driver that Baton uses.

    Raises SettingsError for any other kind of database.
    """
    backend = url.split(":", 1)[0].split("+", 1)[0]
    if backend not in _DRIVERS or ":" not in url:
        # The value is not repeated: it may be a password in the wrong place.
        raise SettingsError("BATON_DATABASE_URL is no address of a database: use sqlite:///PATH or postgresql://…")
    try:
        parsed = make_url(f"{_DRIVERS[backend]}:{url.split(':', 1)[1]}")
    except (ArgumentError, ValueError):
        raise SettingsError(
            "BATON_DATABASE_URL cannot be read: it is postgresql://USER:PASSWORD@HOST:PORT/NAME, with special "
            "characters of the password percent-encoded."
        ) from None
    if backend == "sqlite":
        if parsed.database in (None, "", ":memory:") or parsed.query or "\0" in str(parsed.database):
            raise SettingsError("BATON_DATABASE_URL names no file: it is sqlite:///PATH, without options.")
        return parsed
    if "sslmode" in parsed.query:  # libpq's name, used in the addresses of most providers
        parsed = parsed.set(query={**parsed.query, "ssl": parsed.query["sslmode"]}).difference_update_query(["sslmode"])
    if parsed.query.keys() - _OPTIONS:
        allowed = ", ".join(sorted(_OPTIONS | {"sslmode"}))
        raise SettingsError(f"BATON_DATABASE_URL ends with an option that Baton does not know: it may have {allowed}.")
    for option, choices in _CHOICES.items():
        if parsed.query.get(option, choices[0]) not in choices:
            raise SettingsError(f"BATON_DATABASE_URL has a wrong {option}: it is one of {', '.join(choices)}.")
    _require_hosts(parsed)
    return parsed


def _require_hosts(url: URL) -> None:
    """Raise SettingsError unless the driver can read hosts and ports from a PostgreSQL address."""
    try:
        _, arguments = url.get_dialect()().create_connect_args(url)
        ports, hosts = _listed(arguments.get("port", 5432)), _listed(arguments.get("host", "localhost"))
        is_right = all(0 < each < 65536 for each in ports)
        is_right &= all(each.startswith("/") or is_host(each) for each in hosts)  # a path means a socket
    except (ArgumentError, ValueError):
        is_right = False
    if not is_right:
        raise SettingsError(
            "BATON_DATABASE_URL has wrong hosts or ports: it is postgresql://USER:PASSWORD@HOST:PORT/NAME, or ends "
            "with ?host=HOST:PORT for each of several hosts."
        )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long the database may keep somebody waiting, in seconds."""

    #: For a lock that another transaction holds.
    lock: float
    #: For one statement. PostgreSQL cancels it; if it does not react, it is abandoned a second later.
    statement: float
    #: For a connection: a new one to PostgreSQL, or a free one in the pool.
    connection: float


#: Somebody has clicked, and Slack allows three seconds: if a lock is held, they are told in the acknowledgement.
FOR_PEOPLE = Limits(lock=1.5, statement=10, connection=2)
#: A command such as an import or a migration waits for another import, and may change every row of a large table.
FOR_COMMANDS = Limits(lock=120, statement=1800, connection=30)


@dataclass(slots=True)
class Writes:
    """What happened to requested changes: whether one was saved, or may have been."""

    may_be_saved: bool = False


#: Set by callers that have to say afterwards whether something was saved.
writes: ContextVar[Writes | None] = ContextVar("writes", default=None)


class Database:
    """An engine and the ways to use it: `transaction()` to write, `reading()` and `connected()` to read.

    Each raises StoreUnavailableError if the database is locked, slow, full or gone; `limits` says how long they wait.
    """

    #: Whether everything that is done here is rolled back in the end.
    is_rehearsal = False

    def __init__(self, url: str, *, limits: Limits = FOR_COMMANDS, pool_size: int = 10) -> None:
        parsed = normalise_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.engine: AsyncEngine = create_async_engine(
            parsed,
            pool_size=pool_size,
            pool_timeout=limits.connection,
            pool_use_lifo=True,
            # Errors are logged, and a statement's parameters are what people typed: keep them out of the log.
            hide_parameters=True,
            json_deserializer=orjson.loads,
            connect_args=_sqlite_arguments(limits) if self.is_sqlite else _postgresql_arguments(limits),
        )
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _note_kind)
            self.engine.dialect.do_begin = _begin_sqlite  # type: ignore[assignment]
            event.listen(self.engine.sync_engine, "invalidate", self._undo)
            file = SqliteFile(Path(str(parsed.database)))
            event.listen(self.engine.sync_engine, "connect", file.note_open)
            event.listen(self.engine.sync_engine, "close", file.note_close)
            self._file: SqliteFile | None = file
        else:
            event.listen(self.engine.sync_engine, "checkout", _require_open)
            self._file = None
        #: The reason of the last change that failed because of the disk or the file, and the driver's error.
        self._no_writes: tuple[str, str] | None = None
        self._undone: set[asyncio.Future[None]] = set()
        # SQLite has one writer. Writers of this process wait in line, so that the time limit only applies to other
        # processes' locks.
        self._line: AbstractAsyncContextManager[Any] = asyncio.Lock() if self.is_sqlite else nullcontext()
        self._writer = self.engine.execution_options(**{_IMMEDIATE: True})

    @asynccontextmanager
    async def transaction(self, *, is_aside: bool = False) -> AsyncIterator[AsyncSession]:
        """Open a writing transaction. It commits at the end, and rolls back on any error.

        With `is_aside`, nobody asked for these changes, so nobody is told that they were saved. Raises StoreError if
        the SQLite file is no longer the one that was opened, because the changes would be lost.
        """
        asked = Writes() if is_aside else writes.get() or Writes()
        self.check_file()
        is_committing = False
        try:
            async with self._line, AsyncSession(self._writer, expire_on_commit=False) as session, session.begin():
                yield session
                await session.flush()
                is_committing = True
        except database_errors.RAISED as error:
            asked.may_be_saved |= is_committing and database_errors.is_cut_off(error)
            found = _unavailable(error, may_be_saved=asked.may_be_saved)
            if found.why in database_errors.KEEP_FROM_WRITING:
                self._no_writes = found.why, found.cause
            raise found from error
        asked.may_be_saved = True

    def check_file(self) -> None:
        """Raise StoreError if the SQLite file was deleted or replaced since it was opened."""
        if self._file is not None:
            self._file.require_same()

    def require_file(self) -> None:
        """Raise StoreError if the SQLite file cannot be opened, or it or its folder is not writable."""
        if self._file is not None:
            self._file.require_usable()

    async def check_writes(self) -> None:
        """Raise StoreUnavailableError if a change failed because of the disk or the file, and would fail again.

        Nothing is written to a damaged database to find out.
        """
        if self._no_writes is None:
            return
        why, cause = self._no_writes
        if why == database_errors.DAMAGED:
            raise StoreUnavailableError(why, cause=cause, may_pass=False)
        async with self.transaction(is_aside=True) as session:
            await session.execute(text(_WRITES_AGAIN_SQLITE if self.is_sqlite else _WRITES_AGAIN))
        self._no_writes = None

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Open a session that sees one consistent state, until it is released. It must not write."""
        with _translated():
            async with AsyncSession(self.engine, expire_on_commit=False, info={_IS_READING: True}) as session:
                yield session

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection for statements over many rows. Changes have to be committed explicitly."""
        with _translated():
            async with self.engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def rehearsal(self) -> AsyncIterator[Database]:
        """Return a database whose transactions see each other's changes, all of which are rolled back at the end.

        Use it in a single task: its transactions are parts of one, which keeps other writers waiting.
        """
        async with AsyncExitStack() as stack:
            with _translated():
                connection = await stack.enter_async_context(self._writer.connect())
                outermost = await connection.begin()
            try:
                yield _Rehearsal(self, connection)
            finally:
                await outermost.rollback()

    def _undo(self, connection: Any, _record: object, _error: object) -> None:
        """Roll back before closing a connection with an interrupted statement, for example of a cancelled task.

        SQLite otherwise lets the connection keep its locks until the statement is collected, which may never happen.
        """
        undoing = asyncio.ensure_future(_rolled_back(connection.driver_connection))
        self._undone.add(undoing)
        undoing.add_done_callback(self._undone.discard)

    async def close(self) -> None:
        """Close every connection. An open aiosqlite connection would keep the process alive."""
        await self.engine.dispose()
        if self._file is not None:
            self._file.forget()


class _Rehearsal(Database):
    """The database inside one transaction: a commit becomes the release of a savepoint."""

    is_rehearsal = True

    def __init__(self, whole: Database, connection: AsyncConnection) -> None:
        self.is_sqlite, self.engine, self._writer = whole.is_sqlite, whole.engine, whole._writer
        self._connection = connection

    @asynccontextmanager
    async def transaction(self, *, is_aside: bool = False) -> AsyncIterator[AsyncSession]:  # noqa: ARG002 - all is undone
        with _translated():
            async with self._session() as session, session.begin():
                yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        with _translated():
            async with self._session() as session:
                yield session

    def _session(self) -> AsyncSession:
        return AsyncSession(self._connection, expire_on_commit=False, join_transaction_mode="create_savepoint")


async def release(session: AsyncSession) -> None:
    """Give a reading session's connection back until the session is asked again; a transaction keeps its own.

    Whoever is about to use another connection does so first: the pool may have no second one.
    """
    if _IS_READING in session.info:
        await session.commit()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except database_errors.RAISED as error:
        asked = writes.get()
        raise _unavailable(error, may_be_saved=asked is not None and asked.may_be_saved) from error


def _unavailable(error: Exception, *, may_be_saved: bool) -> StoreUnavailableError:
    """Return the error to raise in place of a driver's error. Raises that one again if the database is not to blame."""
    found = database_errors.unavailable(error, may_be_saved=may_be_saved)
    if found is None:
        raise error
    return found


def _postgresql_arguments(limits: Limits) -> dict[str, Any]:
    milliseconds = {"lock_timeout": limits.lock * 1000, "statement_timeout": limits.statement * 1000}
    return {
        "timeout": limits.connection,
        "command_timeout": limits.statement + 1,
        "server_settings": {name: f"{value:.0f}" for name, value in milliseconds.items()},
    }


def _require_open(connection: Any, _record: object, _proxy: object) -> None:
    # The server was restarted: the pool makes a new connection.
    if connection.driver_connection.is_closed():
        raise DisconnectionError


async def _rolled_back(connection: aiosqlite.Connection) -> None:
    try:
        await connection.rollback()
    except (sqlite3.Error, ValueError) as error:  # already closed
        log.info("a connection that was broken off could not be rolled back: %s", error)


def _sqlite_arguments(limits: Limits) -> dict[str, Any]:
    # The driver's own transaction handling is off: _begin_sqlite decides when a transaction begins, and of which kind.
    return {"timeout": limits.lock, "isolation_level": None}


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.run_async(lambda driver: driver.executescript(_PRAGMAS))


def _note_kind(connection: Connection) -> None:
    # A writer that begins as a reader can fail with "database is locked" when it upgrades, whatever the busy timeout.
    connection.info[_IMMEDIATE] = connection.get_execution_options().get(_IMMEDIATE, False)


def _begin_sqlite(connection: Any) -> None:
    # In one step of the driver's thread, because every query begins a transaction: as an SQLAlchemy statement, with a
    # cursor that is opened and closed, it would take a third of the time of a short query.
    begin = "BEGIN IMMEDIATE" if connection.info[_IMMEDIATE] else "BEGIN"
    connection.dbapi_connection.run_async(lambda driver: driver.execute_fetchall(begin))

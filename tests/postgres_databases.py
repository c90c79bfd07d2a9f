"""PostgreSQL databases that tests of one process use one after the other.

The server takes a quarter of a second of processor time to create a database and milliseconds to empty one.
"""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import asyncpg

from bot.store import migrations
from bot.store.db import Database

_T = TypeVar("_T")
#: Brings the empty database at an address to what tests begin with, the migrations first.
Fill = Callable[[str], Awaitable[None]]

#: A database that has grown beyond this is dropped: deleted rows take up space until the server cleans up.
LARGEST = 32 * 2**20

#: Who is still connected, as after a test that failed, loses the connection, as DROP DATABASE … WITH (FORCE) would do.
_DISCONNECT = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""

#: What a test may have changed in the schema.
_SCHEMA = """SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
    SELECT concat_ws(' ', relname, attname, atttypid, attnotnull, attisdropped) AS part
        FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger
    UNION ALL SELECT proname || prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS parts"""

#: Deletes what is in any table, and brings back the rows and the numbers that were kept. The audit log's trigger, which
#: refuses to delete, does not run in a replica.
_EMPTY = """DO $$ DECLARE found record; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR found IN SELECT oid::regclass AS name FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
    LOOP EXECUTE format('DELETE FROM %s', found.name); END LOOP;
    FOR found IN SELECT * FROM numbers.kept
    LOOP PERFORM setval(found.name, found.number, found.is_called); END LOOP;
    FOR found IN SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'kept'::regnamespace
    LOOP EXECUTE format('INSERT INTO public.%1$I SELECT * FROM kept.%1$I', found.name); END LOOP;
END $$"""

#: Keeps the rows and the numbers that a database begins with.
_KEEP = """DO $$ DECLARE found record; BEGIN
    CREATE SCHEMA kept;
    FOR found IN SELECT relname AS name FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
    LOOP EXECUTE format('CREATE TABLE kept.%1$I AS SELECT * FROM public.%1$I', found.name); END LOOP;
    CREATE SCHEMA numbers;
    CREATE TABLE numbers.kept AS
        SELECT format('%I.%I', schemaname, sequencename)::regclass AS name,
            coalesce(last_value, 1) AS number, last_value IS NOT NULL AS is_called
        FROM pg_sequences WHERE schemaname = 'public';
END $$"""


async def migrated(url: str) -> None:
    """Run the migrations in the empty database at an address."""
    database = Database(url)
    await migrations.upgrade(database)
    await database.close()


@dataclass
class PostgresDatabases:
    """The databases of one server: each `lent` one is as what fills it leaves it, whoever has had it before.

    Who empties one keeps the connection to it: what the server reads of a schema for a new one costs 15 milliseconds
    of the 21 that emptying takes. Tests have a loop each, so these connections have one of their own; `close` ends it.
    """

    server: str
    _free: dict[Fill, list[str]] = field(default_factory=lambda: defaultdict(list))
    _schema: str = ""
    _kept: dict[str, asyncpg.Connection[Any]] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._loop.run_forever, name="postgres", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Close what is kept open."""
        asyncio.run_coroutine_threadsafe(self._let_go(*self._kept), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @asynccontextmanager
    async def lent(self, fill: Fill = migrated) -> AsyncIterator[str]:
        """Lend a database with something in it for one test; yields its address."""
        free = self._free[fill]
        name = free.pop() if free else await self._made(fill)
        try:
            yield self.url(name)
        finally:
            if await self._is_emptied(name):
                free.append(name)
            else:
                await self.drop(name)

    def url(self, name: str) -> str:
        return self.server.replace("/postgres?", f"/{name}?")

    async def create(self) -> str:
        """Create an empty database and return its name."""
        name = f"t{uuid.uuid4().hex}"
        await self._execute(f'CREATE DATABASE "{name}"')
        return name

    async def drop(self, name: str) -> None:
        await self._beside(self._let_go(name))
        await self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def _made(self, fill: Fill) -> str:
        name = await self.create()
        await fill(self.url(name))
        await self._beside(self._keep(name))
        return name

    async def _beside(self, what: Coroutine[Any, Any, _T]) -> _T:
        """Do what is to be done in the loop of the kept connections."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(what, self._loop))

    async def _keep(self, name: str) -> None:
        connection = self._kept[name] = await asyncpg.connect(self.url(name))
        await connection.execute(_KEEP)
        self._schema = await connection.fetchval(_SCHEMA)

    async def _let_go(self, *names: str) -> None:
        for connection in [self._kept.pop(name) for name in names if name in self._kept]:
            await connection.close()

    async def _is_emptied(self, name: str) -> bool:
        """Empty a database; return False where a test has left it too large or with another schema."""
        return await self._beside(self._emptied(self._kept[name]))

    async def _emptied(self, connection: asyncpg.Connection[Any]) -> bool:
        await connection.execute(_DISCONNECT)
        if await connection.fetchval(_SCHEMA) != self._schema:
            return False
        await connection.execute(_EMPTY)
        return bool(await connection.fetchval("SELECT pg_database_size(current_database()) < $1", LARGEST))

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.server)
        await connection.execute(statement)
        await connection.close()

"""Opening the database for a command: it is reached or one sentence says why not, and it is always closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from bot import settings as environment
from bot.errors import StoreError, StoreUnavailableError
from bot.ports import SystemClock
from bot.services import snapshot
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import database_errors, migrations
from bot.store.db import Database, normalise_url

T = TypeVar("T")


def sqlite_file(url: str) -> Path | None:
    """Return the file of a SQLite database; None for any other database."""
    parsed = normalise_url(url)
    return Path(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else None


def is_missing(url: str) -> bool:
    """Tell whether `url` is a SQLite file that does not exist yet or has never been written to."""
    file = sqlite_file(url)
    return file is not None and (not file.exists() or file.stat().st_size == 0)


@asynccontextmanager
async def opened(url: str, *, may_make: bool = False) -> AsyncIterator[Database]:
    """Open the database. With `may_make`, a missing SQLite file is created.

    Raises StoreError, without the address and its password, if the database cannot be reached.
    """
    file = sqlite_file(url)
    if file is not None and not file.parent.is_dir():
        raise StoreError(f"The folder {file.parent} does not exist: make it, or set BATON_DATABASE_URL.")
    if is_missing(url) and not may_make:
        do = "`baton catalog import auto PATH` makes one, or set BATON_DATABASE_URL to where it is"
        raise StoreError(f"There is no database at {file} yet: {do}.")
    database = Database(url)
    try:
        await _reach(database)
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def opened_deps(*, dry_run: bool = False) -> AsyncIterator[Deps]:
    """Open the database of the settings, with its schema up to date, for a use case.

    In a dry run everything is rolled back at the end; until then nobody else can change anything.
    """
    settings = environment.load()
    async with opened(settings.database_url.get_secret_value()) as database, AsyncExitStack() as stack:
        await migrations.require_current(database)
        store = await stack.enter_async_context(database.rehearsal()) if dry_run else database
        yield Deps(
            store,
            SystemClock(),
            settings.stale_after,
            settings.timezone,
            settings.platform_channel,
            open_channels=settings.open_channel_ids,
        )


def in_store(use: Callable[[Deps], Coroutine[Any, Any, T]]) -> T:
    """Run a use case on the database of the settings, and return its result."""

    async def run() -> T:
        async with opened_deps() as deps:
            return await use(deps)

    return asyncio.run(run())


@asynccontextmanager
async def answering() -> AsyncIterator[tuple[Deps, Snapshot]]:
    """Open the database of the settings, with its catalog in memory, to answer questions."""
    async with opened_deps() as deps:
        catalog = Snapshot()
        await snapshot.refresh(catalog, deps.database)
        yield deps, catalog


def with_catalog(use: Callable[[Deps, Snapshot], Coroutine[Any, Any, T]]) -> T:
    """Run a use case as in `in_store`, with the catalog in memory."""

    async def run() -> T:
        async with answering() as (deps, catalog):
            return await use(deps, catalog)

    return asyncio.run(run())


async def _reach(database: Database) -> None:
    try:
        await migrations.current(database)
    except (StoreUnavailableError, *database_errors.RAISED) as error:
        raise database_errors.unopened(error) from None

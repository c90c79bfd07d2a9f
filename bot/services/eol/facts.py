"""The facts of end of life as one process has them, following the store's copy of the feed."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import zlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clients.eol import document, starter
from bot.domain.eol.composition import compose
from bot.domain.eol.product_table import Table
from bot.domain.eol.records import Product, ProviderCycle
from bot.errors import UnreadableError
from bot.store import tables
from bot.store.db import Database

log = logging.getLogger(__name__)

_Version = tuple[str, datetime | None, str]


class Facts:
    """The release cycles in force in this process.

    The feed's last good copy counts, without one the starter table; what providers say of their own versions goes
    before either.
    """

    def __init__(self) -> None:
        """Begin with nothing loaded: `table` loads the starter table when it is first asked for one."""
        self._table: Table | None = None
        #: What tells one state of the stored facts from another: the copy, when it came, and providers' dates.
        self._version: _Version = ("", None, "")
        #: Whether the feed has never been read, so that the facts are as old as this Baton.
        self.is_starter = True
        #: When the feed last gave or confirmed the copy; None while there is none.
        self.confirmed_at: datetime | None = None

    @property
    def table(self) -> Table:
        """The table in force."""
        if self._table is None:
            self._table = starter.load()
        return self._table

    async def follow(self, database: Database) -> bool:
        """Bring the table to what is stored, and return whether it is another one now.

        Costs two small queries when nothing changed. A copy that cannot be read is logged once and leaves the table as
        it is.
        """
        async with database.connected() as connection:
            said = await said_by_providers(connection)
            copy = tables.core(tables.FeedCopy).c
            query = select(copy.digest, copy.fetched_at, copy.confirmed_at).where(copy.digest != "")
            row = (await connection.execute(query)).first()
            # One that was damaged may come again and say the same.
            version = ("", None, _digest(said)) if row is None else (row.digest, row.fetched_at, _digest(said))
            if version == self._version:
                self.confirmed_at = row.confirmed_at if row is not None else None
                return False
            body = (await connection.execute(select(copy.body))).scalar() if row is not None else b""
        self._version = version
        before = self._table if self._table is not None else await asyncio.to_thread(starter.load)
        try:
            table = await asyncio.to_thread(composed, body or b"", said)
        except UnreadableError as error:
            log.error("%s", error)
            return False
        self._table, self.is_starter = table, row is None
        self.confirmed_at = row.confirmed_at if row is not None else None
        return table.hash != before.hash


async def said_by_providers(connection: AsyncConnection) -> list[ProviderCycle]:
    """Return what providers have said of their own versions, in a fixed order."""
    t = tables.core(tables.ProviderDates).c
    columns = (t.provider, t.engine, t.cycle, t.region, t.standard_until, t.extended_from, t.extended_until)
    found = (await connection.execute(select(*columns).order_by(*columns[:4]))).all()
    return [ProviderCycle(**row._mapping) for row in found]


def composed(body: bytes, said: Sequence[ProviderCycle]) -> Table:
    """Return the table of a stored copy, empty where there is none. Takes some time: not for the event loop.

    Raises UnreadableError for a copy that is damaged.
    """
    return compose(starter.products(), unpacked(body) if body else (), said)


def in_force(body: bytes, said: Sequence[ProviderCycle]) -> Table:
    """Return the table of a stored copy; a damaged one was never in force, so the starter table is there instead."""
    try:
        return composed(body, said)
    except UnreadableError:
        return composed(b"", said)


def unpacked(body: bytes) -> tuple[Product, ...]:
    """Return the products of a stored copy. Raises UnreadableError for one that is damaged."""
    try:
        return document.read(zlib.decompress(body), shown="The stored copy of the feed").products
    except zlib.error:
        message = "The stored copy of the feed of end-of-life dates is damaged: run `baton eol refresh`."
        raise UnreadableError(message, path="") from None


def _digest(said: Sequence[ProviderCycle]) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest() if said else ""

"""The facts of end of life as one process has them, following the store's copy of the feed."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import zlib
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clients.eol import document, starter
from bot.domain.eol.composition import compose
from bot.domain.eol.own_products import own_product
from bot.domain.eol.product_table import Table
from bot.domain.eol.records import Product, ProviderCycle
from bot.errors import UnreadableError
from bot.store import tables
from bot.store.db import Database
from bot.store.tables.facts import CATALOG

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
        #: What tells one state of the stored facts from another: the copy, when it came, and what others' dates are.
        self._version: _Version = ("", None, "")
        self._own: list[Product] = []
        #: When the feed last gave or confirmed the copy; None while the facts are as old as this Baton.
        self.confirmed_at: datetime | None = None

    @property
    def table(self) -> Table:
        """The table in force."""
        if self._table is None:
            self._table = starter.load()
        return self._table

    async def follow(self, database: Database) -> bool:
        """Bring the table to what is stored, and return whether it is another one now.

        Costs three small queries when nothing changed. A copy that cannot be read is logged once and leaves the table
        as it is.
        """
        async with database.connected() as connection:
            said, own = await said_by_providers(connection), await own_products(connection)
            copy = tables.core(tables.FeedCopy).c
            query = select(copy.digest, copy.fetched_at, copy.confirmed_at).where(copy.digest != "")
            row = (await connection.execute(query)).first()
            # One that was damaged may come again and say the same.
            version = (
                ("", None, _digest(said, own)) if row is None else (row.digest, row.fetched_at, _digest(said, own))
            )
            if version == self._version:
                self.confirmed_at = row.confirmed_at if row is not None else None
                return False
            body = (await connection.execute(select(copy.body))).scalar() if row is not None else b""
        self._version, self._own = version, own
        before = self._table if self._table is not None else await asyncio.to_thread(starter.load)
        try:
            table = await asyncio.to_thread(composed, body or b"", said, own)
        except UnreadableError as error:
            log.error("%s", error)
            return False
        self._table = table
        self.confirmed_at = row.confirmed_at if row is not None else None
        return table.hash != before.hash

    async def follow_catalog(self, database: Database) -> None:
        """Follow what the catalog lists of the organisation's own, which changes with it: one small query."""
        async with database.connected() as connection:
            own = await own_products(connection)
        if own != self._own:
            await self.follow(database)


async def said_by_providers(connection: AsyncConnection) -> list[ProviderCycle]:
    """Return what providers have said of their own versions, in a fixed order."""
    t = tables.core(tables.ProviderDates).c
    columns = (t.provider, t.engine, t.cycle, t.region, t.standard_until, t.extended_from, t.extended_until)
    query = select(*columns).where(t.provider != CATALOG).order_by(*columns[:4])
    return [ProviderCycle(**row._mapping) for row in await connection.execute(query)]


async def own_products(connection: AsyncConnection) -> list[Product]:
    """Return what the catalog lists versions of, in a fixed order."""
    t, asset = tables.core(tables.ProviderDates).c, tables.core(tables.Asset).c
    query = (
        select(asset.ref, asset.name, asset.aliases, asset.addresses, t.cycle, t.standard_until)
        .where(t.provider == CATALOG, asset.ref == t.engine, asset.gone_at.is_(None))
        .order_by(asset.ref, t.cycle)
    )
    versions: dict[str, list[tuple[str, date | None]]] = {}
    called: dict[str, tuple[str, list[str], list[str]]] = {}
    for ref, name, aliases, addresses, version, until in await connection.execute(query):
        called[ref] = name, aliases, addresses
        versions.setdefault(ref, []).append((version, until))
    return [own_product(ref, *called[ref], listed) for ref, listed in versions.items()]


def composed(body: bytes, said: Sequence[ProviderCycle], own: Sequence[Product] = ()) -> Table:
    """Return the table of a stored copy, empty where there is none. Takes some time: not for the event loop.

    Raises UnreadableError for a copy that is damaged.
    """
    return compose(starter.products(), unpacked(body) if body else (), said, own)


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


def _digest(said: Sequence[ProviderCycle], own: Sequence[Product]) -> str:
    return hashlib.sha256(repr((said, own)).encode()).hexdigest() if said or own else ""

"""The demo organisation, which takes as long to live through as ten tests of the playground take to begin."""

from __future__ import annotations

from bot.playground.clock import MovableClock
from bot.playground.demo import load_demo
from bot.store.db import Database
from tests.postgres_databases import migrated


async def demo_organisation(url: str, clock: MovableClock | None = None) -> None:
    """Bring it into the empty database at an address, as the playground does when it starts."""
    await migrated(url)
    database = Database(url)
    await load_demo(database, clock or MovableClock())
    await database.close()

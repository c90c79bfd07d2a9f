"""Catalogs as strangers write them, imported and asked as a person would: what Baton says, and whom it names."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.clients.catalog import ReadOptions, read
from bot.domain.ownership import Orphaned, Owned, Stale
from bot.services import ownership, snapshot
from bot.services.catalog import import_catalog
from bot.services.deps import Deps
from bot.services.ownership import Answered
from bot.services.questions import TeamsMeant, TeamThings
from bot.services.snapshot import Snapshot
from bot.store import migrations
from bot.store.db import Database
from tests.conftest import FixedClock

#: The names of the owners that an answer is sure of; empty where it names none.
Named = frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A catalog in memory, to be asked."""

    deps: Deps
    catalog: Snapshot

    def owners(self, question: str) -> Named:
        """Return the owners that the answer to a question names for sure."""
        found = ownership.answer(self.deps, self.catalog, question)
        if isinstance(found, TeamsMeant | TeamThings):
            return frozenset({"a team, not its things"})
        verdict = found.verdict if isinstance(found, Answered) else None
        if not isinstance(verdict, Owned) or isinstance(verdict, Stale | Orphaned):
            return frozenset()
        return frozenset(holding.name for holding in verdict.owners)


@asynccontextmanager
async def stored(folder: Path) -> AsyncIterator[Database]:
    """A migrated database in a folder."""
    made = Database(f"sqlite:///{folder / 'baton.sqlite'}")
    try:
        await migrations.upgrade(made)
        yield made
    finally:
        await made.close()


@asynccontextmanager
async def asked(
    database: Database,
    folder: Path,
    files: Mapping[str, str],
    format_name: str,
    *,
    repository: str = "",
    trust_people: bool | None = None,
) -> AsyncIterator[Asked]:
    """Import files written into an empty folder; all of it is undone on leaving."""
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        is_checkout = path.endswith(".git/config")
        file.write_text(f'[remote "origin"]\n url = {text}\n' if is_checkout else text, encoding="utf-8")
    said = read(format_name, [folder], options=ReadOptions(repository=repository))
    clock = FixedClock(datetime(2026, 11, 29, 12, tzinfo=UTC))
    async with database.rehearsal() as store:
        deps = Deps(store, clock)
        await import_catalog(
            deps, said, source=format_name, format_name=format_name, paths=[str(folder)], trust_people=trust_people
        )
        catalog = Snapshot()
        async with store.reading() as session:
            await snapshot.refresh_over(catalog, await session.connection())
        yield Asked(deps, catalog)

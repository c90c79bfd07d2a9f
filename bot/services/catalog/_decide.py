"""What people decide about the catalog as a whole, carried out as an import of the people's own source."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.catalog import AssetClaim, Origin, SourceCatalog, TeamClaim
from bot.domain.reconcile.claims import decode_asset, decode_team
from bot.domain.sources import ClaimSubject
from bot.services.catalog import _apply, _run
from bot.services.catalog._claim_digests import DigestedCatalog, read
from bot.services.catalog._run import Run
from bot.services.deps import Deps
from bot.store import tables
from bot.store.bulk import select_all, table_of
from bot.store.journal import human_source, lock_catalog


@dataclass(slots=True)
class Decision:
    """A decision under way, behind the catalog's lock. `teams` and `assets` are what people say of these so far."""

    session: AsyncSession
    run: Run
    teams: list[TeamClaim]
    assets: list[AssetClaim]

    async def carry_out(self, reason: _apply.Reason, *, also: Collection[int] | None = None) -> None:
        """Make the catalog what `teams` asks for now; `also` are assets to be merged anew all the same."""
        self.run.reading = await read(SourceCatalog(teams=self.teams, assets=self.assets))
        await _apply.compare(self.run)
        await _apply.apply(self.session, self.run, reason, also=also)


@asynccontextmanager
async def deciding(deps: Deps) -> AsyncIterator[Decision]:
    """Open a transaction in which nobody else changes the catalog; an error undoes the decision."""
    async with deps.database.transaction() as session:
        connection = await session.connection()
        revision = await lock_catalog(connection) + 1
        human = await human_source(session)
        sources = await _run.all_sources(connection)
        run = Run(connection, deps.clock.now(), sources[human], sources, revision, DigestedCatalog())
        teams = [decode_team(row.content, origin=Origin(row.path)) for row in await _said(run, ClaimSubject.TEAM)]
        assets = [
            decode_asset(row.content, external=row.external_id, origin=Origin(row.path))
            for row in await _said(run, ClaimSubject.ASSET)
        ]
        yield Decision(session, run, teams, assets)


async def _said(run: Run, subject: ClaimSubject) -> list[Any]:
    t = table_of(tables.Claim).c
    query = select(t.id, t.external_id, t.content, t.path).where(
        t.source_id == run.source.id, t.subject == subject.value, t.digest != ""
    )
    return [row async for rows in select_all(run.connection, query, t.id) for row in rows]

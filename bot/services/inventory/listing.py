"""What runs where now, as the command line lists it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.domain import ownership
from bot.domain.catalog import Role
from bot.domain.inventory.observations import CATALOG, Seen
from bot.domain.ownership import Disputed, Owned
from bot.domain.records import AssetRecord
from bot.services.catalog._deployments import stored
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.bulk import table_of


@dataclass(frozen=True, slots=True)
class ListedDeployment:
    """A deployment that is there: the asset, what was seen of it, by which source, and since when."""

    id: int
    asset: AssetRecord
    seen: Seen
    source: str
    first_seen_at: datetime
    last_seen_at: datetime


async def running(deps: Deps, catalog: Snapshot, *, assets: Collection[int] | None = None) -> list[ListedDeployment]:
    """Return every deployment, or those of some assets, by the asset's reference and then by product and source."""
    deployment, source = table_of(tables.Deployment), table_of(tables.Source)
    query = (
        select(deployment, source.c.name.label("source"), source.c.last_run_at)
        .join(source, source.c.id == deployment.c.source_id)
        .where(deployment.c.gone_at.is_(None))
    )
    found: list[ListedDeployment] = []
    async with deps.database.connected() as connection:
        for row in await connection.execute(query):
            asset = catalog.asset(row.asset_id)
            if asset is None or (assets is not None and asset.id not in assets):
                continue
            # An import that changed nothing has seen it again.
            is_imported = row.how == CATALOG and row.last_run_at is not None
            last = max(row.last_seen_at, row.last_run_at) if is_imported else row.last_seen_at
            found.append(ListedDeployment(row.id, asset, stored(row).seen, row.source, row.first_seen_at, last))
    return sorted(found, key=lambda one: (one.asset.ref, one.seen.key, one.source))


def owned_by(deps: Deps, catalog: Snapshot, team_id: int) -> set[int]:
    """Return the assets of which a team owns the whole or a part, or says that it does."""
    now = deps.clock.now()
    found: set[int] = set()
    for asset_id in catalog.directory.ids():
        asset = catalog.asset(asset_id)
        if asset is None:
            continue
        verdict = ownership.verdict(asset, catalog, now=now, stale_after=deps.stale_after)
        holdings = verdict.holdings if isinstance(verdict, Owned) else ()
        if isinstance(verdict, Disputed):
            holdings = (*verdict.claims, *verdict.others)
        if any(one.fact.team_id == team_id and one.fact.role is Role.OWNER for one in holdings):
            found.add(asset_id)
    return found

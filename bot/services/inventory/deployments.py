"""Turn what scans have seen into deployments: each source is compared with what it saw the last time."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot.domain.inventory.observations import CATALOG, Difference, Seen, compare
from bot.errors import CatalogError
from bot.services.catalog import _run
from bot.services.catalog._deployments import DeploymentRows, of_assets
from bot.services.deps import Deps
from bot.store import tables
from bot.store.bulk import chunks, select_in, table_of
from bot.store.journal import audit, lock_catalog, next_revision

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What one source saw: `how` it looked, and everything that it saw of each asset, by asset id (perhaps nothing).

    With `is_complete` the source looked at everything that it can see, so what it saw before and does not see now is
    gone; without, only the assets in `seen` are touched.
    """

    source: str
    how: str
    seen: Mapping[int, Sequence[Seen]]
    is_complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """How many deployments are new (or back), changed, ended, and unchanged."""

    came: int
    changed: int
    ended: int
    unchanged: int

    @property
    def has_changed(self) -> bool:
        """Whether anything but the time of the last sighting has changed."""
        return bool(self.came or self.changed or self.ended)


async def record(deps: Deps, scan: Scan, *, actor: str) -> ScanResult:
    """Make the deployments of a source what it has seen now; other sources' are left alone.

    Each asset in the scan keeps exactly what was seen. A deployment that had gone and is seen again comes back with the
    day on which it was first seen. A scan that sees no change only moves the last sighting: it is not audited and gets
    no revision. On a database that is a rehearsal this is a dry run.

    Raises CatalogError when the source's name belongs to people's decisions or to an import of another format.
    """
    async with deps.database.transaction() as session:
        recorded = await _record(session, scan, deps, actor=actor)
    log.info("scan of %r: %d came, %d changed, %d ended", scan.source, recorded.came, recorded.changed, recorded.ended)
    return recorded


async def _record(session: AsyncSession, scan: Scan, deps: Deps, *, actor: str) -> ScanResult:
    connection = await session.connection()
    # Behind the same lock as imports, which end the deployments of assets that go.
    revision = await lock_catalog(connection) + 1
    now = deps.clock.now()
    source_id = await _open_source(connection, scan)
    present = await _present(connection, scan.seen)
    rows = DeploymentRows(now, revision)
    for assets in chunks(sorted(present)):
        stored = await of_assets(connection, assets)
        for asset in assets:
            known = stored.get(asset, {}).get(source_id, ())
            rows.add((source_id, asset), compare(known, scan.seen[asset], is_catalog=False))
        await rows.write(connection)
    if scan.is_complete:
        await _end_others(connection, rows, source_id, present)
        source = table_of(tables.Source)
        await connection.execute(update(source).where(source.c.id == source_id).values(last_run_at=now))
    recorded = ScanResult(
        came=rows.came,
        changed=rows.changed,
        ended=rows.ended,
        unchanged=rows.unchanged,
    )
    if recorded.has_changed:
        counts = {"came": recorded.came, "changed": recorded.changed, "ended": recorded.ended}
        detail = {"how": scan.how, "counts": counts, "assets": sorted(present)[:100]}
        await audit(session, now, actor, "lifecycle.inventory", f"source:{source_id}", detail)
        await next_revision(session)
    return recorded


async def _open_source(connection: AsyncConnection, scan: Scan) -> int:
    for source in (await _run.all_sources(connection)).values():
        if source.name == scan.source and not source.is_human and source.format not in {"", scan.how}:
            raise CatalogError(
                f"'{scan.source}' is a source of the format '{source.format}' already: choose another with --source."
            )
    source, _ = await _run.open_source(connection, scan.source, scan.how)
    return source.id


async def _present(connection: AsyncConnection, assets: Mapping[int, object]) -> set[int]:
    """Return those of the assets that are in the catalog."""
    t = table_of(tables.Asset).c
    query = select(t.id).where(t.gone_at.is_(None))
    return {row.id async for rows in select_in(connection, query, t.id, assets) for row in rows}


async def _end_others(connection: AsyncConnection, rows: DeploymentRows, source_id: int, seen: set[int]) -> None:
    """End what a source saw of assets that it does not see any more."""
    t = table_of(tables.Deployment).c
    query = select(t.id, t.asset_id).where(t.source_id == source_id, t.gone_at.is_(None), t.how != CATALOG)
    for row in (await connection.execute(query)).all():
        if row.asset_id not in seen:
            rows.add((source_id, row.asset_id), Difference(gone=[row.id]))
    await rows.write(connection)

"""Queries about what runs where."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from sys import intern
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.inventory.deployments import PRODUCTION, Deployment, LastRun, Observed
from bot.domain.inventory.observations import CATALOG
from bot.domain.inventory.scans import SBOM_LIBRARY
from bot.store import tables
from bot.store.large_tables import CHUNK, MOST_SHARED, as_stored, by_ids, in_order, moment
from bot.store.queries import SourceRow, revision_and_sources

_DEPLOYMENT_COLUMNS = (
    "id", "asset_id", "product", "version", "provider", "environment", "address", "how", "source_id",
    "has_extended_support", "first_seen_at", "last_seen_at", "gone_at",
)  # fmt: skip


async def deployments(
    connection: AsyncConnection, *, after: int, until: int, last_runs: dict[str, LastRun]
) -> AsyncIterator[tuple[int, Deployment, bool]]:
    """Yield deployments that changed between two revisions, by id: the asset's id, the deployment, whether it is gone.

    With `after` below zero, yield all that run now. Yields to the event loop after every few hundred. `last_runs` by
    source are shared among the deployments; missing ones are added.
    """
    table = tables.core(tables.Deployment)
    _, by_source = await revision_and_sources(connection)
    for source in by_source.values():
        last_runs.setdefault(source.name, LastRun()).at = source.last_run_at
    query = select(*as_stored(table, _DEPLOYMENT_COLUMNS)).order_by(table.c.id)
    chunks = (
        in_order(connection, query, table.c.id, table.c.gone_at.is_(None), CHUNK)
        if after < 0
        else by_ids(connection, query, table.c.id, table.c.revision.between(after + 1, until))
    )
    shared: dict[tuple[Any, ...], Observed] = {}
    async for rows in chunks:
        for number, asset_id, *words, address, how, source_id, goes_on, first, last, gone_at in rows:
            inside = address if how == SBOM_LIBRARY else ""
            key = (*words, how, inside, source_id, goes_on, first, last)
            if (observed := shared.get(key)) is None:
                observed = _observed(key, by_source, last_runs)
                if len(shared) < MOST_SHARED:
                    shared[key] = observed
            yield asset_id, Deployment(number, observed), gone_at is not None


async def has_deployments(connection: AsyncConnection) -> bool:
    """Whether there is any deployment, even one that is gone."""
    query = select(tables.core(tables.Deployment).c.id).limit(1)
    return (await connection.execute(query)).first() is not None


async def assets_elsewhere(connection: AsyncConnection, asset_ids: Collection[int] | None = None) -> set[int]:
    """Return the ids of assets (all, or those of `asset_ids`) that are known to run, but nowhere in production."""
    t = tables.core(tables.Deployment).c
    is_production = case((func.lower(t.environment).in_(PRODUCTION), 1), else_=0)
    query = select(t.asset_id).where(t.gone_at.is_(None)).group_by(t.asset_id).having(func.max(is_production) == 0)
    if asset_ids is None:
        return set((await connection.execute(query)).scalars())
    found, wanted = set[int](), sorted(asset_ids)
    for start in range(0, len(wanted), CHUNK):
        some = query.where(t.asset_id.in_(wanted[start : start + CHUNK]))
        found |= set((await connection.execute(some)).scalars())
    return found


def _observed(said: tuple[Any, ...], by_source: dict[int, SourceRow], last_runs: dict[str, LastRun]) -> Observed:
    *words, source_id, goes_on, first, last = said
    source = by_source[source_id]
    product, version, provider, environment, how, inside = map(intern, words)
    return Observed(
        product=product,
        version=version,
        provider=provider,
        environment=environment,
        source=source.name,
        how=how,
        inside=inside,
        has_extended_support=None if goes_on is None else bool(goes_on),
        first_seen_at=moment(first),
        recorded_at=moment(last),
        last_run=last_runs[source.name] if how == CATALOG else None,
    )

"""What runs where, as claims have it: deployments follow the claims of every asset that an import touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.catalog import AssetClaim, Runs
from bot.domain.inventory.observations import CATALOG, Difference, Key, Seen, Stored, compare
from bot.services.catalog._plan import ImportPlan, PlannedAsset
from bot.services.catalog._run import Run
from bot.store import tables
from bot.store.bulk import chunks, insert_rows, select_in, table_of, update_rows

#: A source's id and an asset's.
Pair = tuple[int, int]


@dataclass(slots=True)
class DeploymentRows:
    """Rows of deployments to write, collected over many pairs of source and asset, and how many each became.

    `revision` is the catalog's once they are written. Where `is_last_seen_kept` no row is touched that says the same as
    before: then its source's last run tells.
    """

    now: datetime
    revision: int
    is_last_seen_kept: bool = False
    _new: list[dict[str, Any]] = field(default_factory=list)
    _back: list[dict[str, Any]] = field(default_factory=list)
    _gone: list[dict[str, Any]] = field(default_factory=list)
    _same: list[dict[str, Any]] = field(default_factory=list)
    came: int = 0
    changed: int = 0
    ended: int = 0
    unchanged: int = 0

    def add(self, pair: Pair, found: Difference) -> None:
        """Add what has to be written of one source and one asset."""
        self.came += len(found.new) + len(found.back)
        self.changed += len(found.other)
        self.ended += len(found.gone)
        self.unchanged += len(found.same)
        changed = {"revision": self.revision}
        for seen in found.new:
            self._new.append(self._row(pair, seen.key, seen.details))
        for row_id, seen in (*found.back, *found.other):
            self._back.append({"row_id": row_id, **_details(seen), "last_seen_at": self.now, "gone_at": None} | changed)
        self._gone.extend({"row_id": row_id, "gone_at": self.now} | changed for row_id in found.gone)
        if not self.is_last_seen_kept:
            self._same.extend({"row_id": row_id, "last_seen_at": self.now} for row_id in found.same)

    def add_claims(self, asset: int, claims: Iterable[tuple[int, AssetClaim]]) -> None:
        """Add what claims say of an asset without deployments: first imports have only such, so nothing is compared."""
        rows = {
            (source, runs): self._row((source, asset), seen.key, seen.details)
            for source, claim in claims
            for runs in claim.runs
            for seen in (_seen(runs),)
        }
        self.came += len(rows)
        self._new.extend(rows.values())

    def _row(self, pair: Pair, key: Key, details: tuple[str, str, bool | None] = (CATALOG, "", None)) -> dict[str, Any]:
        return {
            "source_id": pair[0],
            "asset_id": pair[1],
            "product": key[0],
            "version": key[1],
            "provider": key[2],
            "environment": key[3],
            "how": details[0],
            "address": details[1],
            "has_extended_support": details[2],
            "first_seen_at": self.now,
            "last_seen_at": self.now,
            "gone_at": None,
            "revision": self.revision,
        }

    async def write(self, connection: AsyncConnection) -> None:
        """Write what was added since the last time."""
        table = table_of(tables.Deployment)
        await insert_rows(connection, table, self._new)
        for rows in (self._back, self._gone, self._same):
            await update_rows(connection, table, rows)
        self._new, self._back, self._gone, self._same = [], [], [], []


async def write(run: Run, plan: ImportPlan) -> None:
    """Make the deployments of every touched asset what its claims say, each source's for itself.

    An asset that is gone runs nothing any more, whoever has seen it.
    """
    for assets in chunks(plan.planned):
        rows = DeploymentRows(run.now, run.revision, is_last_seen_kept=True)
        stored = await of_assets(run.connection, [asset for asset in assets if asset in plan.known])
        for asset in assets:
            planned, known = plan.planned[asset], stored.get(asset)
            if planned.merged is None:
                _end_all(rows, asset, known or {})
            elif known is None:
                rows.add_claims(asset, planned.claims)
            else:
                _follow(rows, asset, known, planned)
        await rows.write(run.connection)


async def of_assets(connection: AsyncConnection, assets: Iterable[int]) -> dict[int, dict[int, list[Stored]]]:
    """Return all deployments of assets by asset and source, in the order in which they were first seen."""
    found: dict[int, dict[int, list[Stored]]] = {}
    table = table_of(tables.Deployment)
    query = select(table).order_by(table.c.id)
    async for rows in select_in(connection, query, table.c.asset_id, assets):
        for row in rows:
            found.setdefault(row.asset_id, {}).setdefault(row.source_id, []).append(stored(row))
    return found


def stored(row: Any) -> Stored:
    """Return a row of `deployments` as rules read it."""
    seen = Seen(
        product=row.product,
        version=row.version,
        provider=row.provider,
        environment=row.environment,
        how=row.how,
        address=row.address,
        has_extended_support=row.has_extended_support,
    )
    return Stored(row.id, seen, row.gone_at is not None)


def _follow(rows: DeploymentRows, asset: int, known: Mapping[int, Sequence[Stored]], planned: PlannedAsset) -> None:
    wanted: dict[int, list[Seen]] = {}
    for source, claim in planned.claims:
        if claim.runs:
            wanted.setdefault(source, []).extend(map(_seen, claim.runs))
    for source in dict.fromkeys((*wanted, *known)):
        found = compare(known.get(source, ()), wanted.get(source, ()), is_catalog=True)
        rows.add((source, asset), found)


def _end_all(rows: DeploymentRows, asset: int, known: Mapping[int, Sequence[Stored]]) -> None:
    for source, deployments in known.items():
        alive = [one.id for one in deployments if not one.is_gone]
        rows.add((source, asset), Difference(gone=alive))


def _seen(runs: Runs) -> Seen:
    return Seen(
        product=runs.product,
        version=runs.version,
        provider=runs.provider,
        environment=runs.environment,
        has_extended_support=runs.has_extended_support,
    )


def _details(seen: Seen) -> dict[str, Any]:
    return {"how": seen.how, "address": seen.address, "has_extended_support": seen.has_extended_support}

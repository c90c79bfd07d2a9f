"""Until when the versions of the organisation's own assets are supported, by what sources claim."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.catalog import OwnVersion
from bot.services.catalog._plan import ImportPlan
from bot.services.catalog._run import Run
from bot.store import tables
from bot.store.bulk import insert_rows, table_of, update_rows
from bot.store.tables.facts import CATALOG


async def write(run: Run, plan: ImportPlan) -> None:
    """Make the versions of every touched asset what its claims say, and note the days that have moved.

    An asset that is gone loses its versions.
    """
    wanted = {each.ref: each.merged.versions for each in plan.planned.values() if each.merged and each.merged.versions}
    stored = await of_assets(run.connection)
    refs = {plan.known[asset].ref for asset in plan.planned if asset in plan.known}
    gone: list[int] = []
    new: list[dict[str, Any]] = []
    other: list[dict[str, Any]] = []
    moves: list[dict[str, Any]] = []
    for ref in sorted((refs & stored.keys()) | wanted.keys()):
        before = {row.cycle: row for row in stored.get(ref, ())}
        after = {each.version: each.until for each in wanted.get(ref, ())}
        gone += [row.id for version, row in before.items() if version not in after]
        for version, until in after.items():
            row = before.get(version)
            if row is None:
                key = {"provider": CATALOG, "engine": ref, "cycle": version, "region": ""}
                new.append({**key, "standard_until": until, "seen_at": run.now})
            elif row.standard_until != until:
                other.append({"row_id": row.id, "standard_until": until, "seen_at": run.now})
                key = {"product": ref, "cycle": version, "clock": "eol"}
                moves.append({**key, "before": _day(row.standard_until), "after": _day(until), "at": run.now})
    table = table_of(tables.ProviderDates)
    if gone:
        await run.connection.execute(delete(table).where(table.c.id.in_(gone)))
    await insert_rows(run.connection, table, new)
    await update_rows(run.connection, table, other)
    await insert_rows(run.connection, table_of(tables.DateChange), moves)


async def of_assets(connection: AsyncConnection) -> dict[str, list[Any]]:
    """Return the rows of all versions that the catalog lists, by the refs of their assets, in the order listed."""
    t = table_of(tables.ProviderDates).c
    query = select(t.id, t.engine, t.cycle, t.standard_until).where(t.provider == CATALOG).order_by(t.id)
    found: dict[str, list[Any]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.engine, []).append(row)
    return found


def claimed(rows: Iterable[Any]) -> tuple[OwnVersion, ...]:
    """Return rows of an asset's versions as a claim has them."""
    return tuple(OwnVersion(row.cycle, row.standard_until) for row in rows)


def _day(until: date | None) -> str:
    """Return a day as a change of dates has it; without one, support is open."""
    return "open" if until is None else until.isoformat()

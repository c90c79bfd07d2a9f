"""What the catalog is made of: its sources, with what each says now and how its last import went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from bot.domain.sources import ClaimSubject, Source, rank
from bot.services.deps import Deps
from bot.store import tables
from bot.store.bulk import table_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSummary:
    """A source, the most believed first: what it claims now, the facts in force that it brought, its last import.

    `last_read_at` is when it was last read whole, None for never and for people's decisions. `outcome` and `problems`
    are those of its last run, empty and 0 when there was none.
    """

    name: str
    format: str
    is_human: bool
    is_trusted_for_people: bool
    assets: int
    facts: int
    last_read_at: datetime | None
    outcome: str
    problems: int


async def sources(deps: Deps) -> list[SourceSummary]:
    """Return every source in the order in which it is believed."""
    claim, fact, run = (table_of(model) for model in (tables.Claim, tables.Ownership, tables.ImportRun))
    claimed = select(claim.c.source_id, func.count().label("n")).where(
        claim.c.subject == ClaimSubject.ASSET.value, claim.c.digest != ""
    )
    owned = select(fact.c.source_id, func.count().label("n")).where(fact.c.valid_to.is_(None))
    latest = select(func.max(run.c.id)).group_by(run.c.source_id)
    async with deps.database.connected() as connection:
        rows = (await connection.execute(select(table_of(tables.Source)))).all()
        assets = {row.source_id: row.n for row in await connection.execute(claimed.group_by(claim.c.source_id))}
        facts = {row.source_id: row.n for row in await connection.execute(owned.group_by(fact.c.source_id))}
        runs = {row.source_id: row for row in await connection.execute(select(run).where(run.c.id.in_(latest)))}
    by_id = {row.id: row for row in rows}
    found = [Source(row.id, row.name, row.format, row.is_human, row.precedence) for row in rows]
    return [
        _summary(by_id[each.id], assets.get(each.id, 0), facts.get(each.id, 0), runs.get(each.id))
        for each in sorted(found, key=rank)
        if not each.is_file
    ]


def _summary(row: Any, assets: int, facts: int, run: Any) -> SourceSummary:
    return SourceSummary(
        name=row.name,
        format=row.format,
        is_human=row.is_human,
        is_trusted_for_people=row.is_trusted_for_people,
        assets=assets,
        facts=facts,
        last_read_at=row.last_run_at,
        outcome=run.outcome if run is not None else "",
        problems=len(run.problems) if run is not None else 0,
    )

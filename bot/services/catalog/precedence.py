"""Use case of precedence: whose word comes first where several sources describe the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import func, select, update

from bot.domain.sources import ClaimSubject, rank
from bot.errors import NotAllowedError, NotFoundError
from bot.services.catalog._apply import Reason
from bot.services.catalog._decide import Decision, deciding
from bot.services.deps import Deps
from bot.store import tables
from bot.store.bulk import table_of


async def prefer(deps: Deps, names: Sequence[str], *, actor: str) -> list[str]:
    """Believe these sources first, in this order, and the others by their format; return all in the order that holds.

    What several sources describe is merged anew at once. No names: the formats decide again.
    Raises NotFoundError, with the names there are, for an unknown source, NotAllowedError for people's decisions, which
    always come first, and for a name said twice.
    """
    async with deciding(deps) as decision:
        run = decision.run
        known = {source.name: source for source in run.sources.values() if not source.is_file}
        for name in names:
            if name not in known:
                imported = sorted(each.name for each in known.values() if not each.is_human)
                raise NotFoundError(f"There is no source '{name}'; there are: {', '.join(imported) or 'none yet'}.")
            if known[name].is_human:
                raise NotAllowedError(f"'{name}' is what people decide, which always comes first: leave it out.")
            if names.count(name) > 1:
                raise NotAllowedError(f"'{name}' is there twice: say it once.")
        places = {known[name].id: place for place, name in enumerate(names)}
        sources = {each.id: replace(each, precedence=places.get(each.id)) for each in run.sources.values()}
        if sources != run.sources:
            await _write(decision, {each.id: each.precedence for each in sources.values()})
            run.sources = sources
            reason = Reason(actor, "catalog.prefer", "catalog", {"sources": list(names)})
            await decision.carry_out(reason, also=await _described_by_several(decision))
        return [each.name for each in sorted(sources.values(), key=rank) if not each.is_file]


async def _write(decision: Decision, places: dict[int, int | None]) -> None:
    table = table_of(tables.Source)
    for source, place in places.items():
        await decision.run.connection.execute(update(table).where(table.c.id == source).values(precedence=place))


async def _described_by_several(decision: Decision) -> set[int]:
    t = table_of(tables.Claim).c
    query = (
        select(t.subject_id)
        .where(t.subject == ClaimSubject.ASSET.value, t.digest != "")
        .group_by(t.subject_id)
        .having(func.count(t.source_id.distinct()) > 1)
    )
    return set((await decision.run.connection.execute(query)).scalars())

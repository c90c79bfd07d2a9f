"""Which requests concern somebody."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store import tables
from bot.store.bulk import chunks


async def concerning(session: AsyncSession, keys: Iterable[str]) -> set[int]:
    """Return the requests that these teams and people need, filed, or said something of, by the recipients' keys."""
    kinds: dict[str, list[int]] = {"team": [], "person": []}
    for key in keys:
        kind, _, number = key.partition(":")
        if kind in kinds:
            kinds[kind].append(int(number))
    request, demand, found = tables.core(tables.Request).c, tables.core(tables.RequestDemand).c, set[int]()
    for kind, request_id, column in (
        ("team", request.id, request.team_id),
        ("team", demand.request_id, demand.team_id),
        ("person", request.id, request.asked_by),
        ("person", request.id, request.filed_by),
        ("person", demand.request_id, demand.person_id),
    ):
        for some in chunks(kinds[kind]):
            found.update((await session.execute(select(request_id).where(column.in_(some)))).scalars())
    return found

"""Which requests concern somebody."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store import tables
from bot.store.bulk import chunks

_R, _D = tables.core(tables.Request).c, tables.core(tables.RequestDemand).c
#: What asks for the requests of teams, and of people, by their ids. It takes longer to put together than to ask.
_CONCERNING = {
    kind: [select(number).where(column.in_(bindparam("ids", expanding=True))) for number, column in theirs]
    for kind, theirs in {
        "team": [(_R.id, _R.team_id), (_D.request_id, _D.team_id)],
        "person": [(_R.id, _R.asked_by), (_R.id, _R.filed_by), (_D.request_id, _D.person_id)],
    }.items()
}


async def concerning(session: AsyncSession, keys: Iterable[str]) -> set[int]:
    """Return the requests that these teams and people need, filed, or said something of, by the recipients' keys."""
    kinds: dict[str, list[int]] = {"team": [], "person": []}
    for key in keys:
        kind, _, number = key.partition(":")
        if kind in kinds:
            kinds[kind].append(int(number))
    found = set[int]()
    for kind, ids in kinds.items():
        for some in chunks(ids):
            for query in _CONCERNING[kind]:
                found.update((await session.execute(query, {"ids": some})).scalars())
    return found

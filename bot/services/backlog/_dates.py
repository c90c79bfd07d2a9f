"""The day that counts for a request: the first that any of those has to meet who need it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.backlog.requests import RequestCard, RequestState
from bot.services.backlog._demands import has_it, is_own, is_said_privately, reason_of
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.bulk import chunks


async def dated(
    session: AsyncSession, snapshot: Snapshot, cards: Sequence[RequestCard], parts: Mapping[int, int], *, today: date
) -> list[RequestCard]:
    """Return requests with the days of all those who need them: of their own teams, the joined, and their parts.

    `parts` are the latter, by their numbers, each with the number of the request that it is part of in the end.
    """
    numbers = [each.id for each in cards]
    request, demand = tables.Request, tables.RequestDemand
    rows: dict[int, tables.Request] = {}
    said: dict[int, list[tables.RequestDemand]] = {}
    for some in chunks({*numbers, *parts}):
        has_day = col(demand.request_id).in_(some) & col(demand.needed_by).is_not(None)
        found = (await session.execute(select(demand).where(has_day).order_by(col(demand.id)))).scalars()
        for each in found:
            said.setdefault(parts.get(each.request_id, each.request_id), []).append(each)
    wanted = {each.request_id for found_ in said.values() for each in found_}
    for some in chunks(wanted):
        found_rows = (await session.execute(select(request).where(col(request.id).in_(some)))).scalars()
        rows |= {row.id: row for row in found_rows}
    lost = {
        number: [each for each in theirs if not has_it(rows[each.request_id], each)] for number, theirs in said.items()
    }
    return [
        first_day(each, (lost if each.is_open else said).get(each.id, ()), rows, snapshot, today=today)
        for each in cards
    ]


def first_day(
    card: RequestCard,
    demands: Iterable[tables.RequestDemand],
    rows: Mapping[int, tables.Request],
    snapshot: Snapshot,
    *,
    today: date,
) -> RequestCard:
    """Return a request with the first day that is still ahead; without one its own stays, or the last that is over.

    `demands` are those of the request and its parts, which are `rows` by their numbers. Of whoever has asked privately
    only the day is said.
    """
    days = [each for each in demands if each.needed_by is not None]
    ahead = [each for each in days if each.needed_by is not None and each.needed_by >= today]
    if not ahead and (card.needed_by is not None or not days):
        return card
    # Of those with the same day the request's own team comes first.
    key = [(each.needed_by, each.request_id != card.id or not is_own(rows[card.id], each)) for each in ahead or days]
    at = key.index(min(key) if ahead else max(key))
    first = (ahead or days)[at]
    row = rows[first.request_id]
    team, person = snapshot.team(first.team_id), snapshot.person(first.person_id)
    if not card.is_private and is_said_privately(row, first):
        return replace(card, needed_by=first.needed_by, needed_reason="", needed_for="another team")
    name = team.name if team is not None else person.name if person is not None else ""
    is_its_own = not key[at][1] or (team is not None and team == card.team)
    return replace(
        card,
        needed_by=first.needed_by,
        needed_reason=reason_of(row, first),
        needed_for="" if is_its_own else name,
    )


async def wholes_of(session: AsyncSession, ids: Iterable[int]) -> dict[int, int]:
    """Return which of these requests others are part of, over however many merges."""
    table, parts, ahead = tables.Request, dict[int, int](), {each: each for each in ids}
    while ahead:
        further: dict[int, int] = {}
        for some in chunks(ahead):
            query = select(col(table.id), col(table.merged_into)).where(
                col(table.merged_into).in_(some), col(table.state) == RequestState.MERGED.value
            )
            for number, into in await session.execute(query):
                if into is not None and number not in parts:
                    further[number] = ahead[into]
        parts |= further
        ahead = further
    return parts

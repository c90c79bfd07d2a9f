"""Requests that became part of one another, over however many merges."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.store import tables


async def parts_of(session: AsyncSession, request_id: int) -> list[tables.Request]:
    """Return the requests that became part of one, over however many merges, by their numbers."""
    table, found = tables.Request, dict[int, tables.Request]()
    wholes = {request_id}
    while wholes:
        rows = (await session.execute(select(table).where(col(table.merged_into).in_(wholes)))).scalars()
        new = {each.id: each for each in rows if each.id not in found}
        found |= new
        wholes = set(new)
    return [found[number] for number in sorted(found)]


async def family_of(session: AsyncSession, ids: Collection[int]) -> set[int]:
    """Return these requests with all that they were merged into and all that were merged into those, over any number of
    merges."""
    table, found, ahead = tables.core(tables.Request).c, set(ids), set(ids)
    while ahead:
        near = select(table.id, table.merged_into).where(table.id.in_(ahead) | table.merged_into.in_(ahead))
        ahead = {number for row in await session.execute(near) for number in row if number is not None} - found
        found |= ahead
    return found


async def whole_of(session: AsyncSession, row: tables.Request) -> tables.Request | None:
    """Return the request that one was finally merged into; None if it was not merged."""
    whole, seen = row, {row.id}
    while whole.merged_into is not None and whole.merged_into not in seen:
        seen.add(whole.merged_into)
        whole = await session.get_one(tables.Request, whole.merged_into)
    return whole if whole is not row else None

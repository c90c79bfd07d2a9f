"""Keeps what providers say of the versions that they run; there it goes before the feed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy import insert, update

from bot.domain.eol.composition import Moved, moved
from bot.domain.eol.records import ProviderCycle
from bot.services.deps import Deps
from bot.services.eol import facts
from bot.services.eol.feed_refresh import copy_of, named, note_moves
from bot.store import tables
from bot.store.journal import audit, lock_catalog


async def keep(deps: Deps, said: Sequence[ProviderCycle], *, actor: str) -> tuple[Moved, ...]:
    """Keep what a provider says of its own versions, by region; return the clocks that moved by it.

    What it does not speak of any more stays as it was said last.
    """
    async with deps.database.transaction() as session:
        connection, now = await session.connection(), deps.clock.now()
        await lock_catalog(connection)
        before = await facts.said_by_providers(connection)
        known = {(one.provider, one.engine, one.cycle, one.region): one for one in before}
        news = {(one.provider, one.engine, one.cycle, one.region): one for one in said}
        table = tables.core(tables.ProviderDates)
        for key, one in news.items():
            dates = {name: getattr(one, name) for name in ("standard_until", "extended_from", "extended_until")}
            which = dict(zip(("provider", "engine", "cycle", "region"), key, strict=True))
            if key in known:
                its_row = (table.c[name] == value for name, value in which.items())
                await connection.execute(update(table).where(*its_row).values(**dates, seen_at=now))
            else:
                await connection.execute(insert(table).values(**which, **dates, seen_at=now))
        after = await facts.said_by_providers(connection)
        if after == before:
            return ()
        body = (await copy_of(connection))["body"]
        found = await asyncio.to_thread(_moves, body, before, after)
        await note_moves(connection, found, now)
        detail = {"dates": len(news), **named(found)}
        await audit(session, at=now, actor=actor, action="lifecycle.provider", subject="facts", detail=detail)
        return tuple(found)


def _moves(body: bytes, before: Sequence[ProviderCycle], after: Sequence[ProviderCycle]) -> list[Moved]:
    return moved(facts.in_force(body, before), facts.in_force(body, after))

"""Requests to give something up that nobody confirmed in time, or that are about nothing any more: they end.

While one waits, somebody else is asked when whoever was asked may confirm it no longer. What has ended says so in its
message, without buttons, at once, and whoever asked hears it when they are at work.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.ownership import releases as blocks
from bot.services import release, release_questions, routing
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot, deciding
from bot.services.working_times import WorkingTimes
from bot.store import tables
from bot.store.journal import audit


async def end_unconfirmed(deps: Deps, snapshot: Snapshot, times: WorkingTimes) -> None:
    """End the requests that nobody can confirm any more, and ask the next of the others. Repeats do nothing."""
    table = tables.Release
    waiting = (
        select(table).where(col(table.decided_at).is_(None), col(table.ended_at).is_(None)).order_by(col(table.id))
    )
    async with deps.database.reading() as session:
        if (await session.execute(waiting.limit(1))).first() is None:
            return
    async with deciding(snapshot, deps.database) as session:
        for row in (await session.execute(waiting)).scalars().all():
            is_theirs = release.is_still_theirs(snapshot, row)
            if not is_theirs or not release.is_awaited(row, deps.clock.now()):
                await _end(session, deps, snapshot, times, row, is_theirs=is_theirs)
            else:
                await release_questions.ask_next(session, deps, snapshot, row)


async def _end(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, times: WorkingTimes, row: tables.Release, *, is_theirs: bool
) -> None:
    now, owner = deps.clock.now(), release_questions.owner_of(snapshot, row)
    row.ended_at = now
    subject = f"asset:{row.asset_id}"
    await audit(session, now, "baton", "ownership.release_expired", subject, {"release": row.id, "areas": row.areas})
    name, areas = await _name(session, snapshot, row), release_questions.areas_of(row)
    message = blocks.release_expired(name, areas, owner.name, row.reason, is_theirs=is_theirs)
    await release_questions.redraw(session, row, message, at=now)
    to = release.asker_of(snapshot, row)
    work = await times.of(routing.zone_name_of(deps, snapshot, to), now)
    key = f"release:{row.id}:answer"
    await routing.send(session, deps, snapshot, to, key=key, message=message, at=work.next_open(now))


async def _name(session: AsyncSession, snapshot: Snapshot, row: tables.Release) -> str:
    asset = snapshot.asset(row.asset_id)
    return asset.name if asset is not None else (await session.get_one(tables.Asset, row.asset_id)).name

"""Reads the evidence: what the sources have stopped seeing since a reminder was opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.eol.exposure import MatchedDeployment
from bot.domain.eol.reminders import Remembered
from bot.domain.eol.resolution import Evidence, Gone
from bot.domain.working_time import zone_of
from bot.services.eol.exposure import Watcher
from bot.store import tables


async def evidence_for(watcher: Watcher, session: AsyncSession, reminders: Sequence[Remembered]) -> dict[int, Evidence]:
    """Return for each reminder, by id, who ran its cycle and was not seen in it any more since it was opened."""
    if not reminders:
        return {}
    opened = {each.id: opened_at(watcher, each) for each in reminders}
    gone: dict[tuple[str, str], list[tuple[datetime, Gone]]] = {}
    table = tables.Deployment
    columns: Sequence[Any] = [table.asset_id, table.product, table.version, table.provider, table.gone_at]
    query: Select[Any] = select(*columns).where(col(table.gone_at) >= min(opened.values())).order_by(col(table.id))
    for asset_id, product, version, provider, at in await session.execute(query):
        known = watcher.cycle_of(asset_id, product=product, version=version, provider=provider)
        if known is not None and at is not None:
            gone.setdefault((known.product.key, known.cycle.name), []).append((at, Gone(asset_id, product)))
    return {
        each.id: Evidence(
            [found for at, found in gone.get((each.product, each.cycle), ()) if at >= opened[each.id]], opened[each.id]
        )
        for each in reminders
    }


async def evidence_of(watcher: Watcher, session: AsyncSession, reminder: Remembered) -> tuple[MatchedDeployment, ...]:
    """Return what runs now where the reminder's cycle ran."""
    found = await evidence_for(watcher, session, [reminder])
    return found[reminder.id].runs(await watcher.current(), reminder.product)


def opened_at(watcher: Watcher, reminder: Remembered) -> datetime:
    """Return when the day began on which a reminder was opened, where its addressee is."""
    zone = zone_of(watcher.zone_name(watcher.snapshot.recipient(reminder.addressee)))
    return datetime.combine(reminder.opened_on, time(), zone)

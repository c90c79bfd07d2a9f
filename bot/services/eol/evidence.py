"""Reads the evidence: what the sources have stopped seeing since a reminder was opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.eol.reminders import Remembered
from bot.domain.eol.resolution import Evidence, Gone
from bot.domain.working_time import zone_of
from bot.services.eol.exposure import Watcher
from bot.store import tables
from bot.store.tables.facts import CATALOG


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
    own = {(each.product, each.cycle) for each in reminders if ":" in each.product}  # as references of assets have it
    unlisted = await _unlisted(session, own) if own else set()
    return {
        each.id: Evidence(
            [found for at, found in gone.get((each.product, each.cycle), ()) if at >= opened[each.id]],
            opened[each.id],
            (each.product, each.cycle) in unlisted,
        )
        for each in reminders
    }


async def _unlisted(session: AsyncSession, wanted: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which of these products and cycles are versions of an asset that the catalog has, or had, no longer.

    The product of an own library is its reference. That it is missing from the facts in force is no evidence.
    """
    listed, asset = tables.ProviderDates, tables.Asset
    query = (
        select(col(asset.ref), col(asset.gone_at), col(listed.cycle))
        .outerjoin(listed, (col(listed.engine) == col(asset.ref)) & (col(listed.provider) == CATALOG))
        .where(col(asset.ref).in_({product for product, _ in wanted}))
    )
    refs, stands = set[str](), set[tuple[str, str]]()
    for ref, gone_at, cycle in await session.execute(query):
        refs.add(ref)
        if gone_at is None:
            stands.add((ref, cycle))
    return {each for each in wanted if each[0] in refs} - stands


def opened_at(watcher: Watcher, reminder: Remembered) -> datetime:
    """Return when the day began on which a reminder was opened, where its addressee is."""
    zone = zone_of(watcher.zone_name(watcher.snapshot.recipient(reminder.addressee)))
    return datetime.combine(reminder.opened_on, time(), zone)

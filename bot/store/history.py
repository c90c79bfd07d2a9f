"""Queries about the past: every fact that an asset ever had, and assets that have left the catalog."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.catalog import Area, AssetKind, Hosting, Role
from bot.domain.ownership import Handed, Term
from bot.domain.records import AssetRecord, OwnershipRecord, own_ref
from bot.store.tables import Asset, Handoff, HandoffResource, Ownership, Source

#: How many facts of one asset are read; a person does not need more.
_MOST_TERMS = 1_000


async def terms(session: AsyncSession, asset_id: int) -> tuple[Term, ...]:
    """Return the facts of an asset with their ends, the latest beginning first, at most 1,000."""
    rows = await session.execute(
        select(Ownership, Source)
        .join(Source, col(Source.id) == col(Ownership.source_id))
        .where(col(Ownership.asset_id) == asset_id)
        .order_by(col(Ownership.valid_from).desc(), col(Ownership.id).desc())
        .limit(_MOST_TERMS)
    )
    handed = await _handed(session, asset_id)
    return tuple(
        _term(fact, source, handed.get((fact.area, fact.team_id, fact.valid_from)) if source.is_human else None)
        for fact, source in rows
    )


async def _handed(session: AsyncSession, asset_id: int) -> dict[tuple[str, int | None, datetime], Handed]:
    """Return the handoffs by which an asset passed, by area, receiver and time."""
    rows = await session.execute(
        select(HandoffResource, Handoff)
        .join(Handoff, col(Handoff.id) == col(HandoffResource.handoff_id))
        .where(col(HandoffResource.asset_id) == asset_id, col(HandoffResource.moved_at).is_not(None))
    )
    return {
        (one.area, handoff.receiver_team_id, one.moved_at): Handed(handoff.id, handoff.giver_team_id)
        for one, handoff in rows
        if one.moved_at is not None
    }


async def gone(session: AsyncSession, name: str) -> AssetRecord | None:
    """Return the asset that has left the catalog and had this name or ref; the last one to leave, or None."""
    wanted = name.strip().lower()
    row = (
        await session.execute(
            select(Asset)
            .where(
                col(Asset.gone_at).is_not(None),
                or_(func.lower(col(Asset.name)) == wanted, func.lower(col(Asset.ref)) == wanted),
            )
            .order_by(col(Asset.gone_at).desc(), col(Asset.id).desc())
            .limit(1)
        )
    ).scalar_one_or_none()
    return None if row is None else _record(row)


def _term(fact: Any, source: Any, handed: Handed | None) -> Term:
    record = OwnershipRecord(
        id=fact.id,
        area=Area(fact.area),
        role=Role(fact.role),
        team_id=fact.team_id,
        person_id=fact.person_id,
        source=source.name,
        is_human=source.is_human,
        is_agreed=fact.is_agreed,
        valid_from=fact.valid_from,
        confirmed_at=fact.confirmed_at,
        confirmed_by=fact.confirmed_by,
    )
    return Term(record, fact.valid_to, handed)


def _record(row: Asset) -> AssetRecord:
    return AssetRecord(
        id=row.id,
        own_ref=own_ref(row.ref, AssetKind(row.kind), row.name),
        kind=AssetKind(row.kind),
        name=row.name,
        namespace=row.namespace,
        description=row.description,
        parent_id=row.parent_id,
        hosting=Hosting(row.hosting) if row.hosting else None,
        tier=row.tier,
        unowned_reason=row.unowned_reason,
    )

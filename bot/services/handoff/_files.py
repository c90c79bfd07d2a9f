"""Which sources have not followed a handoff."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.catalog import Role
from bot.domain.handoff.handoffs import HandoffCard, ResourceCard
from bot.domain.recipients import owner_key
from bot.domain.records import OwnerKey
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.bulk import table_of


async def named_in_files(session: AsyncSession, snapshot: Snapshot, card: HandoffCard) -> tuple[str, ...]:
    """Return the owners whom files still name of what has passed; nobody for a loan, which will be theirs again."""
    if card.loan_until is not None:
        return ()
    found = [key for each in card.held for key, _ in await behind(session, each, giver_id=card.giver.id)]
    names = [snapshot.recipient(owner_key(*key)).name for key in found]
    return tuple(dict.fromkeys(filter(None, names)))


async def behind(session: AsyncSession, resource: ResourceCard, *, giver_id: int) -> list[tuple[OwnerKey, int]]:
    """Return whom sources name although the area was handed over, each with the source's id."""
    drift, fact, source = (table_of(model).c for model in (tables.Drift, tables.Ownership, tables.Source))
    of_area = (drift.asset_id == resource.asset_id, drift.area == resource.area.value)
    rows = await session.execute(select(drift.team_id, drift.person_id, drift.source_id).where(*of_area))
    found: list[tuple[OwnerKey, int]] = [((team, person), number) for team, person, number in rows]
    # What has been behind for too long is a fact again once it is imported.
    facts = select(fact.team_id, fact.person_id, fact.source_id).where(
        fact.asset_id == resource.asset_id,
        fact.area == resource.area.value,
        fact.role == Role.OWNER.value,
        fact.team_id == giver_id,
        fact.valid_to.is_(None),
        fact.source_id.in_(select(source.id).where(source.is_human.is_(False))),
    )
    found += [((team, person), number) for team, person, number in await session.execute(facts)]
    return list(dict.fromkeys(found))

"""How a matter begins, and how a claim is taken back."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import ownership as blocks
from bot.domain.catalog import Area
from bot.domain.ownership.matters import MatterKind, MatterState
from bot.domain.recipients import Recipient, Told
from bot.errors import NotFoundError
from bot.services import routing
from bot.services.deps import Deps
from bot.services.matters._cards import Ending, card_key, end, loaded
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.journal import touch_assets

_OPEN = (
    select(tables.OwnershipMatter)
    .where(col(tables.OwnershipMatter.ended_at).is_(None))
    .order_by(col(tables.OwnershipMatter.id))
)


async def open_rows(session: AsyncSession, ids: Collection[int] | None = None) -> list[tables.OwnershipMatter]:
    """Return the open matters, oldest first; of `ids` only those, held until the transaction ends."""
    query = _OPEN if ids is None else _OPEN.where(col(tables.OwnershipMatter.id).in_(ids)).with_for_update()
    return list((await session.execute(query)).scalars())


async def add_matter(session: AsyncSession, deps: Deps, row: tables.OwnershipMatter, asked: Recipient) -> None:
    """Add a matter that this recipient has to answer."""
    row.state, row.at, row.asked_at = MatterState.OPEN.value, deps.clock.now(), deps.clock.now()
    row.answerer = asked.key
    session.add(row)
    await session.flush()
    await touch_assets(session, [row.asset_id])


async def tell_answerer(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    row: tables.OwnershipMatter,
    asked: Recipient,
    *,
    slack_id: str,
) -> Told:
    """Send a new matter's card to whoever has to answer, at once; return where that is."""
    key = card_key(row.id, asked.key)
    row.told_at, row.message_keys = row.at, [key]
    card = await loaded(session, deps, snapshot, row)
    return await routing.send(
        session, deps, snapshot, asked, key=key, message=blocks.card(card), at=row.at, asker_id=slack_id
    )


async def present_asset(session: AsyncSession, asset_id: int) -> tables.Asset:
    """Return an asset's row. Raises NotFoundError for one that has left the catalog."""
    asset = await session.get(tables.Asset, asset_id)
    if asset is None or asset.gone_at is not None:
        raise NotFoundError("That is no longer in the catalog: ask again.")
    return asset


async def matter_of(
    session: AsyncSession, kind: MatterKind, asset_id: int, area: Area
) -> tables.OwnershipMatter | None:
    """Return the open matter of this kind about an area of an asset."""
    return next((each for each in await open_matters(session, kind, [asset_id]) if each.area == area.value), None)


async def open_matters(
    session: AsyncSession, kind: MatterKind, asset_ids: Collection[int]
) -> Sequence[tables.OwnershipMatter]:
    """Return the matters of this kind about these assets that have not ended, the oldest first."""
    matter = tables.OwnershipMatter
    query = select(matter).where(
        col(matter.asset_id).in_(asset_ids), col(matter.kind) == kind.value, col(matter.ended_at).is_(None)
    )
    return (await session.execute(query.order_by(col(matter.id)))).scalars().all()


async def take_back(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, row: tables.OwnershipMatter, *, person_id: int
) -> None:
    """End a claim that its own team takes back."""
    card = await loaded(session, deps, snapshot, row)
    await end(Ending(deps, snapshot, session, row, card, deps.clock.now()), MatterState.WITHDRAWN, by=person_id)

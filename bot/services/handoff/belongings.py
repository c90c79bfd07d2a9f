"""The cards of handoffs by which teams got what they own no longer: there is nothing to hand back any more."""

# ruff: noqa: ARG002 - the kernel gives every noun more than this one needs

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.lines import Line
from bot.domain.catalog import Area
from bot.domain.records import AssetRecord
from bot.services.deps import Deps
from bot.services.handoff._cards import loaded, resource_of, revise_all
from bot.services.snapshot import Snapshot
from bot.services.transfers import Resource
from bot.store import tables


class HandoffCards:
    """What has passed in handoffs: nothing comes with it, and their cards follow when it is somebody else's."""

    def __init__(self, deps: Deps, snapshot: Snapshot) -> None:
        self._deps, self._snapshot = deps, snapshot

    async def ready(self) -> None:
        """Nothing is to be taken in."""

    async def lines(self, session: AsyncSession, resources: Sequence[tuple[AssetRecord, Area]]) -> Sequence[str]:
        """Return nothing."""
        return ()

    async def came(self, resources: Sequence[tuple[AssetRecord, Area]]) -> Sequence[Line]:
        """Return nothing."""
        return ()

    async def left(
        self, session: AsyncSession, resources: Sequence[tuple[AssetRecord, Area]], owners: Collection[str], *, to: str
    ) -> None:
        """Draw the cards anew of the handoffs by which these owners got what they have no longer."""
        handoff, brought = tables.Handoff, tables.HandoffResource
        receivers = [int(key.partition(":")[2]) for key in owners if key.startswith("team:")]
        query = (
            select(handoff, brought)
            .join(brought, col(brought.handoff_id) == col(handoff.id))
            .where(
                col(handoff.receiver_team_id).in_(receivers),
                col(brought.asset_id).in_({asset.id for asset, _ in resources}),
                col(brought.moved_at).is_not(None),
                col(brought.returned_at).is_(None),
            )
        )
        gone = {Resource(asset.id, area) for asset, area in resources}
        found = (await session.execute(query)).all()
        for row in {row.id: row for row, each in found if resource_of(each) in gone}.values():
            card = await loaded(session, self._deps, self._snapshot, row)
            await revise_all(session, self._deps, self._snapshot, card)

"""Whoever owns the rest of something hears that a part of it was given up, and can take that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.ownership import releases as blocks
from bot.domain import ownership as rules
from bot.domain.catalog import Area, Role
from bot.domain.recipients import Recipient
from bot.domain.records import AssetRecord
from bot.services import routing
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables

#: How the outbox keys of what they are told begin; the asset's id follows.
REST_GIVEN_UP = "ownership.rest_given_up"


class GivenUp(NamedTuple):
    """What of an asset its owner gave up, and why. `besides` is asked by itself whether that is theirs."""

    asset: AssetRecord
    areas: Sequence[Area]
    owner: Recipient
    reason: str
    besides: Recipient | None = None


async def tell_sharers(session: AsyncSession, deps: Deps, snapshot: Snapshot, what: GivenUp, *, entry: int) -> None:
    """Tell whoever owns other areas of an asset that nobody has these now, once each; whoever gave them up knows.

    `entry` is the entry of the audit log about that.
    """
    but = {what.owner.key, what.besides.key if what.besides is not None else ""}
    theirs: dict[str, tuple[Recipient, list[Area]]] = {}
    for held in rules.holdings_of(rules.holder_of(what.asset, snapshot).facts, snapshot):
        is_left = held.fact.role is Role.OWNER and held.fact.area not in what.areas
        if is_left and rules.is_here(held.owner, snapshot) and held.owner.key != what.owner.key:
            theirs.setdefault(held.owner.key, (held.owner, []))[1].append(held.fact.area)
    if any(Area.ALL in own for _, own in theirs.values()):
        return  # whoever owns the whole has it now
    for key, (to, own) in sorted(theirs.items()):
        if key not in but:
            message = blocks.rest_given_up(what.asset, what.areas, own, what.owner.name, what.reason)
            at, name = deps.clock.now(), f"{_begins(what.asset.id)}{entry}:{key}"
            await routing.send(session, deps, snapshot, to, key=name, message=message, at=at)


async def told(session: AsyncSession, asset_id: int) -> list[str]:
    """Return the outbox keys of what owners of the rest of an asset were told."""
    message = tables.OutboxMessage
    query = select(col(message.key)).where(col(message.key).startswith(_begins(asset_id), autoescape=True))
    return list((await session.execute(query)).scalars())


def _begins(asset_id: int) -> str:
    return f"{REST_GIVEN_UP}:{asset_id}:"

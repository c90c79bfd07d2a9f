"""Names that people gave assets in Slack, besides those of the sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.records import AssetRecord
from bot.store import tables


async def given(
    connection: AsyncConnection, among: Callable[[ColumnElement[int]], ColumnElement[bool]]
) -> dict[int, tuple[str, ...]]:
    """Return the names by the assets that `among` picks, in the order in which they were given."""
    alias = tables.core(tables.AssetAlias).c
    query = select(alias.asset_id, alias.name).where(among(alias.asset_id)).order_by(alias.id)
    found: dict[int, tuple[str, ...]] = {}
    for asset_id, name in await connection.execute(query):
        found[asset_id] = (*found.get(asset_id, ()), name)
    return found


def applied(asset: AssetRecord, names: tuple[str, ...]) -> AssetRecord:
    """Return an asset that answers to these names, too."""
    return replace(asset, aliases=tuple(dict.fromkeys((*asset.aliases, *names)))) if names else asset

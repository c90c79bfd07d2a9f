"""Names that people gave assets in Slack, in addition to those of the sources."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.records import AssetRecord
from bot.store import tables
from bot.store.large_tables import Among, Ids, about_ids, asked


async def given(connection: AsyncConnection, ids: Ids) -> dict[int, tuple[str, ...]]:
    """Return the names given to these assets, in the order in which they were given."""
    found: dict[int, tuple[str, ...]] = {}
    for asset_id, name in await asked(connection, _names, ids):
        found[asset_id] = (*found.get(asset_id, ()), name)
    return found


@about_ids
def _names(among: Among) -> Select[Any]:
    alias = tables.core(tables.AssetAlias).c
    return select(alias.asset_id, alias.name).where(among(alias.asset_id)).order_by(alias.id)


def applied(asset: AssetRecord, names: tuple[str, ...]) -> AssetRecord:
    """Return an asset with these names added."""
    return replace(asset, aliases=tuple(dict.fromkeys((*asset.aliases, *names))))

"""Which asset something that was seen belongs to: found exactly, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bot.domain.catalog import AssetKind
from bot.domain.directory import Match
from bot.domain.directory.addresses import normal
from bot.domain.inventory.scans import Sighting
from bot.domain.names import fold
from bot.domain.records import AssetRecord
from bot.domain.sources import ClaimSubject
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.bulk import select_in, table_of

#: Kinds that hold what runs rather than run: of several assets that are known alike, these are not meant.
_AROUND = frozenset({AssetKind.SYSTEM, AssetKind.REPOSITORY, AssetKind.PATH})


@dataclass(frozen=True, slots=True)
class Unplaced:
    """No asset, or more than one, is known by exactly these names; `several` are the refs of those that are."""

    several: tuple[str, ...] = ()


class Places:
    """The assets of a catalog by all that they are known by.

    The directory answers who owns what somebody means, so of two assets of one owner it may name either. Evidence has
    to be put down to the very asset.
    """

    def __init__(self, catalog: Snapshot) -> None:
        """Index the assets as they are now: some 5 microseconds for each name."""
        self._directory = catalog.directory
        self._by_name: dict[str, list[int]] = {}
        self._by_address: dict[str, list[int]] = {}
        for asset_id in catalog.directory.ids():
            asset = catalog.directory.get(asset_id)
            if asset is None:
                continue
            for name in dict.fromkeys(map(fold, (asset.name, *asset.aliases))):
                self._by_name.setdefault(name, []).append(asset_id)
            for address in dict.fromkeys(map(normal, asset.addresses)):
                self._by_address.setdefault(address, []).append(asset_id)

    def asset_of(self, names: Iterable[str]) -> AssetRecord | Unplaced:
        """Return the asset that is known by one of the names, the first that names any.

        A name is a reference, a name, an alias or an address, up to case and separators. What is only alike, or only
        a part of an address, is nothing.
        """
        for name in names:
            found = self._known_by(name)
            meant = [asset for asset in found if asset.kind not in _AROUND] or found
            if len(meant) == 1:
                return meant[0]
            if meant:
                return Unplaced(tuple(sorted(asset.ref for asset in meant)))
        return Unplaced()

    def at(self, address: str) -> Sequence[int]:
        """Return the ids of the assets that have exactly this address."""
        return self._by_address.get(normal(address), ())

    def nearest(self, name: str) -> tuple[str, ...]:
        """Return refs of assets that `name` may have meant, the nearest first, to be shown and never taken."""
        found = self._directory.resolve(name)
        ids = [found.asset_id] if isinstance(found, Match) else [one.asset_id for one in found.candidates]
        return tuple(asset.ref for one in ids if (asset := self._directory.get(one)) is not None)

    def _known_by(self, name: str) -> list[AssetRecord]:
        named = self._directory.by_ref(name)
        if named is not None:
            return [named]
        ids = self._by_address.get(normal(name)) or (self._by_name.get(fold(name)) if fold(name) else None)
        return [asset for one in ids or () if (asset := self._directory.get(one)) is not None]


async def described_by_others(
    deps: Deps, places: Places, sightings: Sequence[Sighting], *, source: str
) -> Mapping[str, int]:
    """Return, by address of those sightings that another source than `source` describes, the asset that they are.

    It does where its own claim has the address or a host name of the sighting. Of several assets the first counts.
    """
    wanted = {normal(text): one.address for one in sightings for text in (one.address, *one.hosts) if text}
    candidates = {asset for text in wanted for asset in places.at(text)}
    claim, its_source = table_of(tables.Claim), table_of(tables.Source)
    query = (
        select(claim.c.subject_id, claim.c.content)
        .join(its_source, its_source.c.id == claim.c.source_id)
        .where(claim.c.subject == ClaimSubject.ASSET.value, claim.c.digest != "", its_source.c.name != source)
        .order_by(claim.c.subject_id, claim.c.id)
    )
    found: dict[str, int] = {}
    async with deps.database.connected() as connection:
        async for rows in select_in(connection, query, claim.c.subject_id, sorted(candidates)):
            for row in rows:
                for address in map(normal, row.content.get("addresses", ())):
                    if address in wanted:
                        found.setdefault(wanted[address], row.subject_id)
    return found


async def claimed_by(deps: Deps, source: str) -> Mapping[str, int]:
    """Return the assets that a source describes itself, by its own ids of them."""
    claim, its_source = table_of(tables.Claim), table_of(tables.Source)
    query: Any = (
        select(claim.c.external_id, claim.c.subject_id)
        .join(its_source, its_source.c.id == claim.c.source_id)
        .where(claim.c.subject == ClaimSubject.ASSET.value, claim.c.digest != "", its_source.c.name == source)
    )
    async with deps.database.connected() as connection:
        return {row.external_id: row.subject_id for row in await connection.execute(query)}

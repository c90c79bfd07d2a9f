"""Databases seen in AWS, as a source's claims about assets: for those that no other source describes."""

from __future__ import annotations

from collections.abc import Iterable

from bot.clients.catalog._reader import ReadOptions
from bot.clients.catalog._values import tier_in, unique
from bot.clients.catalog.terraform._tags import (
    NAME_TAG,
    PARENT_TAGS,
    TIER_TAG,
    CheckedValues,
    Tags,
    fold_key,
    is_allowed,
)
from bot.domain.catalog import AssetClaim, AssetKind, Hosting
from bot.domain.inventory.scans import Sighting

#: The format name of this source.
FORMAT = "aws-rds"


def claims(sightings: Iterable[Sighting]) -> list[AssetClaim]:
    """Return one asset for each database. Owners, parent and tier come from its tags, as in Terraform states.

    What it runs is not part of the claim: the scan records that itself.
    """
    owner_keys = tuple(dict.fromkeys(map(fold_key, ReadOptions().owner_tags)))
    accepted = CheckedValues()
    return [_claim(sighting, owner_keys, accepted) for sighting in sightings if sighting.address]


def _claim(sighting: Sighting, owner_keys: tuple[str, ...], accepted: CheckedValues) -> AssetClaim:
    allowed = frozenset(owner_keys)
    tags = Tags({key: value for key, value in sighting.tags if is_allowed(key, allowed)}, accepted)
    owners, _ = tags.owners(owner_keys)
    name = sighting.name or tags.text(NAME_TAG) or sighting.address.rpartition(":")[2]
    parent = tags.text(*PARENT_TAGS)
    return AssetClaim(
        external_id=sighting.address,
        kind=AssetKind.DATABASE,
        name=name,
        addresses=unique([sighting.address, *sighting.hosts]),
        parent=parent if parent != name else "",
        hosting=Hosting.MANAGED,
        tier=tier_in(tags.text(TIER_TAG)),
        tags=(("engine", sighting.product), *tags.kept()),
        owners=owners,
        origin=sighting.origin,
    )

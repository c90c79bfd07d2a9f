"""What of that which was seen becomes a deployment: all that was looked for, and of a bill of materials what ages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.eol.matches import UnknownProduct
from bot.domain.eol.product_table import Table
from bot.domain.inventory.observations import Seen
from bot.domain.inventory.scans import How, Sighting


@dataclass(frozen=True, slots=True)
class TrackedSightings:
    """What was seen of one asset, and how many components of bills of materials are no product of the table."""

    seen: tuple[Seen, ...]
    left_out: int


def evidence(sightings: Iterable[Sighting], table: Table) -> TrackedSightings:
    """Return what is recorded of sightings.

    A bill of materials names thousands of libraries: of it only what is a product of the table counts, by its package
    URL or CPE, and by its name where it has neither. It is called by the product's key then, for its own name may mean
    something else: the package `redis` of npm is no Redis.
    """
    found: list[Seen] = []
    left_out = 0
    for one in sightings:
        product = one.product if one.how is not How.SBOM else _product(one, table)
        if product is None:
            left_out += 1
        else:
            found.append(_seen(one, product))
    return TrackedSightings(tuple(found), left_out)


def _product(sighting: Sighting, table: Table) -> str | None:
    identifiers = [one for one in (sighting.purl, sighting.cpe) if one]
    # An image's name is as good as an identifier: what it shows is named as the table names it.
    for asked in identifiers if identifiers and not sighting.address else [sighting.product]:
        index = table.identify(asked)
        if not isinstance(index, UnknownProduct):
            return index.product.key
    return None


def _seen(sighting: Sighting, product: str) -> Seen:
    return Seen(
        product=product,
        version=sighting.version,
        provider=sighting.provider,
        environment=sighting.environment,
        how=sighting.how.value,
        address=sighting.address,
        has_extended_support=sighting.has_extended_support,
    )

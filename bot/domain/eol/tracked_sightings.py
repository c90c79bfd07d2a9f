"""Which sightings become deployments.

Everything that was scanned for does, and from a bill of materials what has an end of life.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.domain.eol import packages
from bot.domain.eol.matches import UnknownProduct
from bot.domain.eol.product_table import Table
from bot.domain.eol.providers import VENDOR_REQUIRED
from bot.domain.inventory.observations import Seen
from bot.domain.inventory.scans import SBOM_LIBRARY, How, Sighting

#: Categories of software that people run, even inside an image of their own: PostgreSQL, for example.
_RUN_BY_THEMSELVES = frozenset({"database", "server-app", "service", "os"})


@dataclass(frozen=True, slots=True)
class TrackedSightings:
    """What was seen of one asset, and how many components of bills of materials are not in the table."""

    seen: tuple[Seen, ...]
    left_out: int


def evidence(sightings: Iterable[Sighting], table: Table, *, inside: str = "") -> TrackedSightings:
    """Return which sightings are recorded.

    - A bill of materials names thousands of libraries. Only products of the table count, by package URL or CPE, or by
      name if a component has neither. They are recorded under the product's key, because their own name may mean
      something else: the npm package `redis` is not Redis.
    - A product without a version is left out if the same bill has it with one.
    - Images that are neither well known nor in the table are the organisation's own, which have no end of life.
    - Libraries are recorded as parts of `inside`, the name that the bill is about. Exceptions are that product itself,
      such as Python in an image of Python, and products that people run, such as PostgreSQL.
    """
    found: list[tuple[Seen, How]] = []
    parts: dict[int, str] = {}
    systems: dict[tuple[str, str], Sighting] = {}
    left_out = 0
    for one in sightings:
        product = one.product if one.how is not How.SBOM and one.is_known else _product(one, table)
        if one.how is How.SBOM and one.purl:
            systems.setdefault(packages.system_of(one.purl), one)
        if product is None:
            left_out += 1
        else:
            if inside and one.is_library and not _runs_by_itself(table, product):
                parts[len(found)] = product
            found.append((_seen(one, product), one.how))
    themselves = {each.product for at, (each, _) in enumerate(found) if at not in parts}
    for at, product in parts.items():
        if product not in themselves:
            part, how = found[at]
            found[at] = replace(part, how=SBOM_LIBRARY, address=inside), how
    seen = {each.product for each, _ in found}
    for (system, version), one in systems.items():
        if system and system not in seen and table.get(system) is not None:
            found.append((_seen(replace(one, version=version, address=""), system), one.how))
    versioned = {each.product for each, how in found if how is How.SBOM and each.version}
    kept = (each for each, how in found if how is not How.SBOM or each.version or each.product not in versioned)
    return TrackedSightings(tuple(kept), left_out)


def _runs_by_itself(table: Table, key: str) -> bool:
    product = table.get(key)
    return product is not None and product.category in _RUN_BY_THEMSELVES


def _product(sighting: Sighting, table: Table) -> str | None:
    identifiers = [one for one in (sighting.purl, sighting.cpe) if one]
    # An image's name is as good as an identifier: its content is named as in the table.
    names = identifiers if identifiers and not sighting.address else [sighting.product]
    if sighting.purl and not sighting.address:
        names.insert(1, packages.product_of(sighting.purl))
    if not identifiers:
        names += [packages.SYSTEMS.get(sighting.product.lower(), "")]
    for asked in filter(None, names):
        index = table.identify(asked)
        if not isinstance(index, UnknownProduct):
            return index.product.key
    vendor_required = [asked for asked in names if asked in VENDOR_REQUIRED and sighting.purl]
    return vendor_required[0] if vendor_required else None


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

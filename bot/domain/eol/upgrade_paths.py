"""Which releases an upgrade has to go through, according to its vendor: `bot/data/upgrade_paths.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from bot.data import table
from bot.domain.eol.records import Cycle, Product
from bot.domain.eol.upgrade_targets import Target, is_lts, suggested

_BY_PRODUCT = MappingProxyType({key: each for each in table("upgrade_paths") for key in each["products"].split()})


@dataclass(frozen=True, slots=True)
class Hop:
    """The first release on the way to a target, as the vendor documents it at `source`. It may be the target itself."""

    name: str
    is_target: bool
    source: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """The release that an upgrade should end at, and the first one on the way; `hop` is None if no path is known."""

    target: Target
    hop: Hop | None
    is_next: bool  #: whether the target is the very next release, so that nothing can be skipped
    source: str = ""  #: where the vendor describes the path; "" if nobody has looked

    @property
    def step(self) -> str:
        """The name of the cycle to plan for now."""
        return self.target.cycle.name if self.hop is None else self.hop.name


def proposed(product: Product, current: Cycle, today: date) -> Proposal | None:
    """Return what to plan now; None if there is nothing to upgrade to."""
    target = suggested(product, current, today)
    if target is None:
        return None
    names = [each.name for each in product.cycles]
    is_next = current.name in names and names.index(current.name) - names.index(target.cycle.name) == 1
    source = _BY_PRODUCT[product.key]["source"] if product.key in _BY_PRODUCT else ""
    return Proposal(target, first_hop(product, current, target.cycle, today), is_next, source)


def first_hop(product: Product, current: Cycle, target: Cycle, today: date) -> Hop | None:
    """Return the first release on the way from `current` to `target`; None if no path is known."""
    path = _BY_PRODUCT.get(product.key)
    if path is None or "varies" in path or all(current.name != each.name for each in product.cycles):
        return None
    here, there = _numbers(current.name), _numbers(target.name)
    if here < _numbers(_oldest(path)):
        return None
    special = path.get("stops_to", {}).get(target.name, "").split()
    if special and _numbers(special[-1]) < here:
        return None
    stops = sorted(special or _stops(path, product, current, today), key=_numbers)
    between = [each for each in stops if here < _numbers(each) < there]
    return Hop(between[0] if between else target.name, not between, path["source"])


def _oldest(path: Any) -> str:
    """Return the release that a path begins with. The vendor's page does not cover older ones."""
    return str(path["stops"].split()[0] if "stops" in path else path.get("each", path.get("direct", "")))


def _stops(path: Any, product: Product, current: Cycle, today: date) -> Iterator[str]:
    if "stops" in path:
        yield from path["stops"].split()
    is_each = "each" in path or ("lts" in path and not is_lts(current, today))
    for cycle in product.cycles:
        if is_each or ("lts" in path and is_lts(cycle, today)):
            yield cycle.name


def _numbers(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", name))

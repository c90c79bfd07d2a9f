"""Which release cycle to upgrade to: the one of the same family with the longest remaining support."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.domain.eol.records import Cycle, Phase, Product, phase

#: A target with less support than this has to be upgraded again within the year.
ENOUGH_DAYS = 365

#: The word before a cycle's number: `python` in `python3.10`.
_FAMILY = re.compile(r"(?P<family>[a-z]{2,})(?=[\d.])", re.IGNORECASE)
_SUPPORTED = frozenset({Phase.ACTIVE, Phase.STANDARD})


@dataclass(frozen=True, slots=True)
class Target:
    """A cycle to upgrade to. `until` is the last day of its standard support; None if no end is announced."""

    cycle: Cycle
    until: date | None
    is_lts: bool

    def days_left(self, today: date) -> int | None:
        """Return the remaining support in days; None if no end is announced."""
        return None if self.until is None else (self.until - today).days

    def is_enough(self, today: date) -> bool:
        """Whether support lasts a year or longer."""
        left = self.days_left(today)
        return left is None or left >= ENOUGH_DAYS


def targets(product: Product, current: Cycle, today: date) -> tuple[Target, ...]:
    """Return what `current` can be upgraded to: the longest remaining support first, then the newest.

    These are all later cycles of the same family that are released and in standard support. A cycle is later if it was
    released later or, if either day is unknown, if the source lists it before `current`. A cycle without an announced
    end comes last, because it may be supported for any length of time.
    """
    names = [cycle.name for cycle in product.cycles]
    place = names.index(current.name) if current.name in names else len(names)
    found = [
        Target(cycle, cycle.eol if isinstance(cycle.eol, date) else None, is_lts(cycle, today))
        for at, cycle in enumerate(product.cycles)
        if cycle.name != current.name
        and (cycle.released is None or cycle.released <= today)
        and phase(cycle, today) in _SUPPORTED
        and _is_later(cycle, current, is_before=at < place)
        and _family(cycle) == _family(current)
    ]
    return tuple(sorted(found, key=lambda target: target.until or date.min, reverse=True))


def suggested(product: Product, current: Cycle, today: date) -> Target | None:
    """Return the target with the longest remaining support; a long-term-support release if one has a year left.

    If none is known to have a year left, return one without an announced end, or else the longest one. None if there is
    nothing to upgrade to.
    """
    found = targets(product, current, today)
    dated = [target for target in found if target.until is not None and target.is_enough(today)]
    enough = dated or [target for target in found if target.until is None]
    return next((target for target in enough if target.is_lts), next(iter(enough or found), None))


def _family(cycle: Cycle) -> str:
    """Return the family of a cycle if a product has several, such as AWS functions: Python, Java, .NET."""
    found = _FAMILY.match(cycle.name)
    return found["family"].lower().removesuffix("core") if found is not None else ""


def is_lts(cycle: Cycle, today: date) -> bool:
    """Whether a cycle has long-term support by now."""
    return cycle.lts if isinstance(cycle.lts, bool) else cycle.lts <= today


def _is_later(cycle: Cycle, current: Cycle, *, is_before: bool) -> bool:
    if cycle.released is None or current.released is None:
        return is_before
    # A support branch released on the same day as another is ranked by the source.
    return (cycle.released, is_before) > (current.released, False)

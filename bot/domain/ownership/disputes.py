"""When claims about the owner of one area contradict each other."""

from __future__ import annotations

from collections.abc import Sequence, Set

from bot.domain.catalog import Area, Role
from bot.domain.ownership.holdings import Holding

#: One side: a source, or, for a decision made in Slack, the owner that it names.
_Side = tuple[str, int | None, int | None]


def find_dispute(holdings: tuple[Holding, ...], area: Area | None) -> tuple[Holding, ...] | None:
    """Return the claims that contradict each other: two sides whose sets of owners of one area have nobody in common.

    A source is one side. Of the claims made in Slack, each is a side. If there are several disputes, the most important
    one is returned: about the whole, then the application, then the rest. None without a dispute.
    """
    facts = [holding.fact for holding in holdings]
    sides_of: list[_Side] = [
        (fact.source, fact.team_id, fact.person_id) if fact.is_human else (fact.source, None, None) for fact in facts
    ]
    if len(set(sides_of)) < 2:
        return None
    by_area: dict[Area, dict[_Side, list[Holding]]] = {}
    for holding, side in zip(holdings, sides_of, strict=True):
        if holding.fact.role is Role.OWNER:
            by_area.setdefault(holding.fact.area, {}).setdefault(side, []).append(holding)
    concerned = by_area if area is None else {a: s for a, s in by_area.items() if a in (area, Area.ALL)}
    if area is not None and area in concerned:
        concerned = {area: concerned[area]}
    for sides in (concerned[each] for each in Area if each in concerned):
        if contradict([{(h.fact.team_id, h.fact.person_id) for h in held} for held in sides.values()]):
            claims = [holding for held in sides.values() for holding in held]
            return tuple(sorted(claims, key=lambda h: (not h.fact.is_human, h.fact.source, h.fact.id)))
    return None


def contradict(sides: Sequence[Set[object]]) -> bool:
    """Return whether two of several sides, each a set of owners of one area, have nobody in common."""
    return any(not (one & other) for i, one in enumerate(sides) for other in sides[i + 1 :])

"""Which areas a claim is of."""

from __future__ import annotations

from bot.domain.catalog import Area
from bot.domain.ownership.verdicts import Disputed, Owned, Verdict


def claimed_areas(verdict: Verdict) -> tuple[Area, ...]:
    """Return the areas that somebody claims who says "we own this" to an answer: those that it names an owner for.

    Where it names none, the area that was asked about, or everything that nobody else owns.
    """
    if isinstance(verdict, Disputed):
        return (verdict.disputed_area,)
    if isinstance(verdict, Owned):
        areas = dict.fromkeys(holding.fact.area for holding in verdict.owners)
        whole = (Area.ALL, Area.APPLICATION)
        if verdict.area is not None or any(area in whole for area in areas):
            return tuple(areas)
    return (verdict.area or Area.ALL,)

"""Who may do what about an owner."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.catalog import Area
from bot.domain.ownership.holdings import CatalogView
from bot.domain.ownership.verdicts import Disputed, Owned, Verdict
from bot.domain.records import OwnershipRecord


def may_confirm(person_id: int, facts: Iterable[OwnershipRecord], catalog: CatalogView) -> tuple[OwnershipRecord, ...]:
    """Return the facts that this person may confirm: their own, and those of teams they are a member or lead of."""
    confirmable = []
    for fact in facts:
        team = catalog.team(fact.team_id) if fact.team_id is not None else None
        in_team = team is not None and (person_id in team.member_ids or person_id == team.lead_id)
        if in_team or fact.person_id == person_id:
            confirmable.append(fact)
    return tuple(confirmable)


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

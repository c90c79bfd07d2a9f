"""What is in a handoff already, so that nobody is offered to begin another one with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bot.domain.catalog import Area, Role
from bot.domain.ownership.holdings import CatalogView
from bot.domain.ownership.verdict_rules import holder_of
from bot.domain.records import AssetRecord, HandoffRecord, HandoffStage


def taken_by(
    asset: AssetRecord,
    catalog: CatalogView,
    area: Area,
    *,
    giver_id: int | None,
    to: Collection[int | None] | None = None,
) -> HandoffRecord | None:
    """Return the handoff that keeps an area which a team owns out of any other; None where there is none.

    It waits for an answer or for its day, or the area is lent to the team. What is lent goes to nobody but its lender:
    `to` are the teams that it might go to, None for all of them.
    """
    for each in asset.matters.handoffs:
        if each.stage is not HandoffStage.LENT and each.area is area:
            return each
    loans = loans_of(asset, catalog, area, borrower_id=giver_id)
    return next((each for each in loans if to is None or each.giver_team_id not in to), None)


def loans_of(asset: AssetRecord, catalog: CatalogView, area: Area, *, borrower_id: int | None) -> list[HandoffRecord]:
    """Return the handoffs by which an area, or the whole that it is a part of, is lent to a team that has it yet."""
    holder = holder_of(asset, catalog)
    owners = {(fact.team_id, fact.area) for fact in holder.facts if fact.role is Role.OWNER}
    return [
        each
        for each in holder.matters.handoffs
        if each.stage is HandoffStage.LENT
        and (each.receiver_team_id, each.area) in owners
        and each.area in (area, Area.ALL)
        and each.receiver_team_id == borrower_id
    ]


def all_taken_by(
    assets: Iterable[AssetRecord],
    catalog: CatalogView,
    *,
    giver_id: int | None,
    to: Collection[int | None] | None = None,
) -> HandoffRecord | None:
    """Return the first handoff that something of these assets is in, where all that a team owns of them is in one.

    None where something of it can be put into a new one, and where the team owns nothing of them.
    """
    found = []
    for asset in assets:
        owned = dict.fromkeys(
            fact.area
            for fact in holder_of(asset, catalog).facts
            if fact.role is Role.OWNER and fact.team_id == giver_id
        )
        found += [taken_by(asset, catalog, area, giver_id=giver_id, to=to) for area in owned]
    return found[0] if all(found) and found else None

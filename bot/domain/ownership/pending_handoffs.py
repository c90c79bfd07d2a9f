"""What is already in a handoff, so that nobody is offered to begin another one with it."""

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
    """Return the handoff that keeps an area of a team out of any other handoff; None if there is none.

    The handoff waits for an answer or for its day, or the area is on loan to the team. What is on loan can only go to
    its lender. `to` are the teams that the area might go to; None means any team.
    """
    for each in asset.matters.handoffs:
        if each.stage is not HandoffStage.LENT and each.area is area:
            return each
    loans = loans_of(asset, catalog, area, borrower_id=giver_id)
    return next((each for each in loans if to is None or each.giver_team_id not in to), None)


def loans_of(asset: AssetRecord, catalog: CatalogView, area: Area, *, borrower_id: int | None) -> list[HandoffRecord]:
    """Return the handoffs by which an area, or the whole asset, is on loan to a team that still has it."""
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
    """Return the first handoff of these assets, if everything that a team owns of them is in a handoff.

    None if some of it can be put into a new handoff, or if the team owns nothing of them.
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

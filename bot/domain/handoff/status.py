"""What answers say of handoffs: what is lent, what is about to pass, and what waits for an answer."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.catalog import Area
from bot.domain.ownership import CatalogView, Disputed, Owned, Verdict
from bot.domain.records import HandoffRecord, HandoffStage, TeamRecord


@dataclass(frozen=True, slots=True)
class HandoffStatus:
    """How areas of an asset stand in a handoff; `record` is that of the first of them."""

    record: HandoffRecord
    areas: tuple[Area, ...]
    giver: TeamRecord
    receiver: TeamRecord


def statuses(verdict: Verdict, catalog: CatalogView) -> tuple[HandoffStatus, ...]:
    """Return the handoffs that concern an answer, each with its areas; what is inherited is in those of the parent."""
    found: dict[tuple[int, HandoffStage], list[HandoffRecord]] = {}
    for each in records(verdict):
        if verdict.area in (None, each.area) or (each.area is Area.ALL and _is_of_the_whole(verdict)):
            found.setdefault((each.number, each.stage), []).append(each)
    made = []
    for several in found.values():
        first = several[0]
        giver, receiver = catalog.team(first.giver_team_id), catalog.team(first.receiver_team_id)
        if giver is not None and receiver is not None:
            made.append(HandoffStatus(first, tuple(each.area for each in several), giver, receiver))
    return tuple(made)


def _is_of_the_whole(verdict: Verdict) -> bool:
    """Whether the area that was asked for has no owner of its own, so that it passes with the whole."""
    held = verdict.claims if isinstance(verdict, Disputed) else verdict.owners if isinstance(verdict, Owned) else ()
    return any(each.fact.area is Area.ALL for each in held)


def records(verdict: Verdict) -> tuple[HandoffRecord, ...]:
    """Return what is under way of an asset and of what it inherits from; a loan only while the borrower has it."""
    above = verdict.inherited_from if isinstance(verdict, Owned) else None
    under_way = (
        verdict.asset.matters.handoffs if above is None else (*verdict.asset.matters.handoffs, *above.matters.handoffs)
    )
    if not under_way:
        return ()
    held = verdict.holdings if isinstance(verdict, Owned) else ()
    has = {(each.fact.team_id, each.fact.area) for each in held}
    return tuple(
        each for each in under_way if each.stage is not HandoffStage.LENT or (each.receiver_team_id, each.area) in has
    )

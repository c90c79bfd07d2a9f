"""Who gets the reminders about an asset: the owner of its area with an end of life."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain import ownership, recipients
from bot.domain.catalog import Area, AssetKind, Role
from bot.domain.ownership import CatalogView, Disputed, Holding, Orphaned, Owned, Unowned
from bot.domain.records import AssetRecord, OwnershipRecord

#: The area with an end of life: for things that store data the database, for a cluster the infrastructure, else the
#: whole.
_AREAS = {
    AssetKind.DATABASE: Area.DATABASE,
    AssetKind.CACHE: Area.DATABASE,
    AssetKind.QUEUE: Area.DATABASE,
    AssetKind.CLUSTER: Area.INFRASTRUCTURE,
}


def ageing_area(asset: AssetRecord) -> Area:
    """Return the area of an asset that has an end of life."""
    return _AREAS.get(asset.kind, Area.ALL)


#: For this many days after a file made somebody the owner of something, its messages say so.
_NEW_FOR = 14
#: The recipient of reminders.
Addressee = recipients.Recipient
NOBODY = recipients.NOBODY
#: The addressee's key, the product's, and the cycle's name. A team that takes one over gets every deadline of it.
CycleKey = tuple[str, str, str]


def lately_given(
    asset: AssetRecord, addressee: Addressee, *, runs_since: datetime, today: date
) -> OwnershipRecord | None:
    """Return the fact by which a file recently gave an addressee something that was already running; else None.

    What they have taken or confirmed themselves is not news to them.
    """
    for fact in asset.facts:
        is_theirs = fact.role is Role.OWNER and fact.team_id == (addressee.team.id if addressee.team else None)
        is_new = runs_since.date() < fact.valid_from.date() and (today - fact.valid_from.date()).days <= _NEW_FOR
        if is_theirs and is_new and not (fact.is_human or fact.confirmed_at):
            return fact
    return None


def area_to_claim(asset: AssetRecord, others: Collection[tuple[Area, str]]) -> Area | None:
    """Return the area to claim if the part with an end of life has no owner; None for the whole.

    `others` are the owners of other areas, who keep them.
    """
    return ageing_area(asset) if others else None


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who gets an asset's reminders, who owns its other areas, and whether that is disputed."""

    addressee: Addressee
    others: tuple[tuple[Area, str], ...] = ()
    is_disputed: bool = False


def responsible_for(asset: AssetRecord, catalog: CatalogView, *, now: datetime, stale_after: timedelta) -> Responsible:
    """Return who gets the reminders about an asset: the owner of the area with an end of life, else of the whole.

    Owners who are gone are skipped. During a dispute this is the owner named first: a claim changes nothing until the
    other side agrees. An area that was given up has no owner. The owner of the rest has not accepted it, but still sees
    it.
    """
    area = ageing_area(asset)
    verdict = whole = ownership.verdict(asset, catalog, now=now, stale_after=stale_after)
    may_be_given_up = asset.nobody is not None or asset.parent_id is not None
    if may_be_given_up and _is_given_up(asset, area, catalog, now=now, stale_after=stale_after):
        return _nobodys(whole, area, catalog)
    if area is not Area.ALL and any(holding.fact.area is area for holding in _holdings(whole)):
        verdict = ownership.verdict(asset, catalog, now=now, stale_after=stale_after, area=area)
    if isinstance(verdict, Disputed):
        answering = tuple(sorted(verdict.claims, key=lambda claim: (claim.fact.valid_from, claim.fact.is_human)))
    elif isinstance(verdict, Owned) and not isinstance(verdict, Orphaned):
        answering = verdict.owners
    else:
        return _nobodys(whole, area, catalog)
    alive = [holding for holding in answering if ownership.is_here(holding.owner, catalog)]
    if not alive:
        return _nobodys(whole, area, catalog)
    first = next((holding for holding in alive if holding.owner.team is not None), alive[0])
    return Responsible(first.owner, _others(whole, first), isinstance(verdict, Disputed))


def _nobodys(whole: ownership.Verdict, area: Area, catalog: CatalogView) -> Responsible:
    """Return the result that nobody is responsible for an area, with the owners of others."""
    others = (each for each in _holdings(whole) if each.fact.role is Role.OWNER and each.fact.area is not area)
    living = ((each.fact.area, each.name) for each in others if ownership.is_here(each.owner, catalog))
    return Responsible(NOBODY, tuple(dict.fromkeys(living)))


def _is_given_up(
    asset: AssetRecord, area: Area, catalog: CatalogView, *, now: datetime, stale_after: timedelta
) -> bool:
    """Whether the area with an end of life (of the whole, its application) was given up and has had no owner since."""
    nobody = ownership.holder_of(asset, catalog).nobody
    if nobody is None or not nobody.releases:
        return False
    part = Area.APPLICATION if area is Area.ALL else area
    said = ownership.verdict(asset, catalog, now=now, stale_after=stale_after, area=part)
    return isinstance(said, Unowned) and said.release is not None


def _holdings(verdict: ownership.Verdict) -> tuple[Holding, ...]:
    if isinstance(verdict, Disputed):
        return (*verdict.claims, *verdict.others)
    if isinstance(verdict, Unowned):
        return verdict.others
    return verdict.holdings if isinstance(verdict, Owned) else ()


def _others(whole: ownership.Verdict, first: Holding) -> tuple[tuple[Area, str], ...]:
    """Return the areas with other owners, and their names."""
    return tuple(
        dict.fromkeys(
            (holding.fact.area, holding.name)
            for holding in _holdings(whole)
            if holding.fact.role is Role.OWNER
            and holding.fact.area is not first.fact.area
            and holding.owner != first.owner
        )
    )

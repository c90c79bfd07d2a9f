"""Whom reminders about an asset go to: whoever owns the part of it that ages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain import ownership, recipients
from bot.domain.catalog import Area, AssetKind, Role
from bot.domain.ownership import CatalogView, Disputed, Holding, Orphaned, Owned, Unowned
from bot.domain.records import AssetRecord, OwnershipRecord

#: Whose part of a thing ages: of what stores data its database, of a cluster its infrastructure, else the whole.
_AREAS = {
    AssetKind.DATABASE: Area.DATABASE,
    AssetKind.CACHE: Area.DATABASE,
    AssetKind.QUEUE: Area.DATABASE,
    AssetKind.CLUSTER: Area.INFRASTRUCTURE,
}


def ageing_area(asset: AssetRecord) -> Area:
    """Return the part of an asset that ages."""
    return _AREAS.get(asset.kind, Area.ALL)


#: For so many days whoever a file has made the owner of something reads so.
_NEW_FOR = 14
#: Whom reminders go to.
Addressee = recipients.Recipient
NOBODY = recipients.NOBODY
#: The addressee's key, the product's, and the cycle's name. A team that takes one over has every deadline of it.
CycleKey = tuple[str, str, str]


def lately_given(
    asset: AssetRecord, addressee: Addressee, *, runs_since: datetime, today: date
) -> OwnershipRecord | None:
    """Return by which fact of a file something that has been running has lately become its addressee's; None for none.

    What they have taken or confirmed themselves is no news to them.
    """
    for fact in asset.facts:
        is_theirs = fact.role is Role.OWNER and fact.team_id == (addressee.team.id if addressee.team else None)
        is_new = runs_since.date() < fact.valid_from.date() and (today - fact.valid_from.date()).days <= _NEW_FOR
        if is_theirs and is_new and not (fact.is_human or fact.confirmed_at):
            return fact
    return None


def area_to_claim(asset: AssetRecord, others: Collection[tuple[Area, str]]) -> Area | None:
    """Return what whoever claims the part that ages of a thing claims, where nobody has it; None for the whole.

    `others` are the owners of its other areas, who keep them.
    """
    return ageing_area(asset) if others else None


@dataclass(frozen=True, slots=True)
class Responsible:
    """Whom an asset's reminders go to, who owns its other areas, and whether that is disputed."""

    addressee: Addressee
    others: tuple[tuple[Area, str], ...] = ()
    is_disputed: bool = False


def responsible_for(asset: AssetRecord, catalog: CatalogView, *, now: datetime, stale_after: timedelta) -> Responsible:
    """Return whom the reminders about an asset go to: the living owner of the part that ages, else of the whole.

    In a dispute they stay with whoever was named first: a claim moves nothing until the other side agrees. A part that
    its owner gave up is nobody's: whoever owns the rest has not accepted it, and sees it all the same.
    """
    area = ageing_area(asset)
    verdict = whole = ownership.verdict(asset, catalog, now=now, stale_after=stale_after)
    if _is_given_up(asset, area, catalog, now=now, stale_after=stale_after):
        return _nobodys(whole, area, catalog)
    if area is not Area.ALL and any(holding.fact.area is area for holding in _holdings(whole)):
        verdict = ownership.verdict(asset, catalog, now=now, stale_after=stale_after, area=area)
    if isinstance(verdict, Disputed):
        answering = tuple(sorted(verdict.claims, key=lambda claim: (claim.fact.valid_from, claim.fact.is_human)))
    elif isinstance(verdict, Owned) and not isinstance(verdict, Orphaned):
        answering = verdict.owners
    else:
        return _nobodys(whole, area, catalog)
    alive = [holding for holding in answering if ownership.is_alive(holding, catalog)]
    if not alive:
        return _nobodys(whole, area, catalog)
    first = next((holding for holding in alive if holding.team is not None), alive[0])
    addressee = Addressee(first.team, None if first.team is not None else first.person)
    return Responsible(addressee, _others(whole, first), isinstance(verdict, Disputed))


def _nobodys(whole: ownership.Verdict, area: Area, catalog: CatalogView) -> Responsible:
    """Return that nobody is responsible for a part, and who owns others."""
    others = (each for each in _holdings(whole) if each.fact.role is Role.OWNER and each.fact.area is not area)
    living = ((each.fact.area, each.name) for each in others if ownership.is_alive(each, catalog))
    return Responsible(NOBODY, tuple(dict.fromkeys(living)))


def _is_given_up(
    asset: AssetRecord, area: Area, catalog: CatalogView, *, now: datetime, stale_after: timedelta
) -> bool:
    """Whether somebody gave up the part that ages (of the whole, its application), and nobody has it since."""
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
    """Name the owners of other areas who are somebody else."""
    return tuple(
        dict.fromkeys(
            (holding.fact.area, holding.name)
            for holding in _holdings(whole)
            if holding.fact.role is Role.OWNER
            and holding.fact.area is not first.fact.area
            and (holding.team, holding.person) != (first.team, first.person)
        )
    )

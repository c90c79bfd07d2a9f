"""From facts to a verdict."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.catalog import Area, Role
from bot.domain.ownership.disputes import find_dispute
from bot.domain.ownership.holdings import (
    CatalogView,
    Holding,
    active_members,
    answering_for,
    holdings_of,
    is_alive,
    without_the_gone,
)
from bot.domain.ownership.verdicts import Disputed, Orphaned, Owned, Stale, Unowned, UnownedOnPurpose, Verdict
from bot.domain.records import AssetRecord, PersonRecord

#: How many parents are climbed for an inherited owner; real catalogs nest three or four deep.
_MOST_PARENTS = 10


def verdict(
    asset: AssetRecord, catalog: CatalogView, *, now: datetime, stale_after: timedelta, area: Area | None = None
) -> Verdict:
    """Return what the facts say about `asset`, for one `area` or (None) for the whole.

    An asset without facts inherits its parent's. Facts whose team or person the catalog no longer has are left out.
    """
    asked = None if area is Area.ALL else area
    if _is_unowned_on_purpose(asset):
        return UnownedOnPurpose(asset=asset, area=asked, others=holdings_of(asset.facts, catalog))
    holder = _holder(asset, catalog)
    if holder is None:
        return Unowned(asset=asset, area=asked)
    holdings = _holdings(asset, holder, catalog)
    dispute, owners = find_dispute(holdings, asked), answering_for(holdings, asked)
    is_nobody_said = bool(holder.unowned_reason) and not _is_decided(holder)
    if is_nobody_said and holder is asset and not owners:
        return UnownedOnPurpose(asset=asset, area=asked, others=holdings)
    if dispute is not None or (is_nobody_said and owners):
        return _disputed(asset, dispute or owners, holdings, area=asked, nobody=holder if is_nobody_said else None)
    if not owners:
        return Unowned(asset=asset, area=asked, others=holdings)
    answering = {id(holding) for holding in owners}
    ordered = (*owners, *(h for h in holdings if id(h) not in answering))
    parent = holder if holder.id != asset.id else None
    departed = tuple(holding for holding in owners if not is_alive(holding, catalog))
    if len(departed) == len(owners):
        return Orphaned(asset=asset, holdings=ordered, answering=len(owners), area=asked, inherited_from=parent)
    owned = Owned(
        asset=asset,
        holdings=ordered,
        answering=len(owners),
        area=asked,
        inherited_from=parent,
        only_person=_only_person(owners, holdings, catalog),
        departed=departed,
    )
    trusted_at = max(holding.trusted_at for holding in owners)
    return _stale(owned, trusted_at) if now - trusted_at > stale_after else owned


def _disputed(
    asset: AssetRecord,
    claims: tuple[Holding, ...],
    holdings: tuple[Holding, ...],
    *,
    area: Area | None,
    nobody: AssetRecord | None,
) -> Disputed:
    claimed, areas = {id(holding) for holding in claims}, {holding.fact.area for holding in claims}
    rest = tuple(h for h in holdings if id(h) not in claimed)
    disputed = claims[0].fact.area if len(areas) == 1 else Area.ALL
    return Disputed(asset=asset, disputed_area=disputed, claims=claims, area=area, others=rest, nobody=nobody)


def _stale(owned: Owned, trusted_at: datetime) -> Stale:
    return Stale(
        asset=owned.asset,
        holdings=owned.holdings,
        answering=owned.answering,
        area=owned.area,
        inherited_from=owned.inherited_from,
        only_person=owned.only_person,
        departed=owned.departed,
        trusted_at=trusted_at,
    )


def holder_of(asset: AssetRecord, catalog: CatalogView) -> AssetRecord:
    """Return the asset whose facts answer for `asset`: itself, or the nearest parent that has any."""
    return _holder(asset, catalog) or asset


def _holdings(asset: AssetRecord, holder: AssetRecord, catalog: CatalogView) -> tuple[Holding, ...]:
    held = holdings_of(holder.facts, catalog)
    if not any(fact.is_human for fact in holder.facts):
        return held
    if holder is asset and all(fact.is_human for fact in asset.facts):
        # A claim in Slack does not take away silently what was inherited until then.
        parent = _parent(asset, catalog)
        above = _holder(parent, catalog) if parent is not None else None
        held += holdings_of(above.facts, catalog) if above is not None else ()
    return without_the_gone(held, catalog)


def _holder(asset: AssetRecord, catalog: CatalogView) -> AssetRecord | None:
    # A line of CODEOWNERS without owners says "nobody" and does not inherit.
    current: AssetRecord | None = asset
    for _ in range(_MOST_PARENTS):
        if current is None:
            return None
        if current.facts:
            return current
        current = _parent(current, catalog)
    return None


def _parent(asset: AssetRecord, catalog: CatalogView) -> AssetRecord | None:
    """Return what the asset inherits from, if it inherits."""
    if asset.path_rule is not None or asset.parent_id is None:
        return None
    parent = catalog.asset(asset.parent_id)
    return None if parent is None or _is_unowned_on_purpose(parent) else parent


def _is_unowned_on_purpose(asset: AssetRecord) -> bool:
    """Tell whether it is settled that nobody owns it: no other source names an owner, or this one is preferred."""
    if not asset.unowned_reason or _is_decided(asset):
        return False
    return asset.is_unowned_preferred or not any(fact.role is Role.OWNER for fact in asset.facts)


def _is_decided(asset: AssetRecord) -> bool:
    """Tell whether a person took it over in Slack, or confirmed an owner: that outranks a file that says "nobody"."""
    return any(fact.is_human or (fact.confirmed_at and fact.role is Role.OWNER) for fact in asset.facts)


def _only_person(
    owners: tuple[Holding, ...], holdings: tuple[Holding, ...], catalog: CatalogView
) -> PersonRecord | None:
    """The one person behind all owners and whoever stands in for them; None for more, or when nobody knows."""
    concerned = owners
    if len(holdings) > len(owners):
        areas = {Area.ALL, *(holding.fact.area for holding in owners)}
        concerned += tuple(h for h in holdings if h.fact.role is Role.SECONDARY and h.fact.area in areas)
    found: PersonRecord | None = None
    for holding in concerned:
        if not is_alive(holding, catalog):
            continue
        if holding.team is not None and not holding.team.member_ids:
            return None
        people = active_members(holding.team, catalog) if holding.team is not None else (holding.person,)
        for person in people:
            if found is not None and person is not None and person.id != found.id:
                return None
            found = person
    return found

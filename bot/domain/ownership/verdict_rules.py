"""The rules that turn an asset's facts into a verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.catalog import Area, Role
from bot.domain.ownership.disputes import find_dispute
from bot.domain.ownership.drift import Drift, with_drift
from bot.domain.ownership.holdings import (
    CatalogView,
    Holding,
    active_members,
    answering_for,
    holdings_of,
    is_here,
    without_the_gone,
)
from bot.domain.ownership.verdicts import Disputed, Orphaned, Owned, Stale, Unowned, UnownedOnPurpose, Verdict
from bot.domain.records import AssetRecord, NobodyRecord, PersonRecord, ReleaseRecord

#: How many parents are checked for an inherited owner; real catalogs nest three or four deep.
MOST_PARENTS = 10


def verdict(
    asset: AssetRecord, catalog: CatalogView, *, now: datetime, stale_after: timedelta, area: Area | None = None
) -> Verdict:
    """Return who owns `asset` according to the facts: for one `area`, or (None) for the whole.

    An asset without facts inherits those of its parent. Facts whose team or person the catalog no longer has are left
    out. What a source says that has not followed a handoff is drift, and a contradiction after 30 days.
    """
    asked = None if area is Area.ALL else area
    if asset.unowned_reason and _is_unowned_on_purpose(asset):
        return UnownedOnPurpose(asset=asset, area=asked, others=holdings_of(asset.facts, catalog))
    holder = holder_of(asset, catalog)
    holdings, drift = with_drift(holder, catalog, now=now)
    if asset.matters.disowned or any(fact.is_human for fact in holder.facts):
        holdings, drift = _as_decided(asset, holder, holdings, drift, catalog, now=now)
    dispute = find_dispute(holdings, asked) if len(holdings) > 1 else None
    owners = answering_for(holdings, asked)
    is_nobody_said = bool(holder.unowned_reason) and not _is_decided(holder)
    if is_nobody_said and holder is asset and not owners:
        return UnownedOnPurpose(asset=asset, area=asked, others=holdings)
    if dispute is not None or (is_nobody_said and owners):
        return _disputed(asset, dispute or owners, holdings, area=asked, nobody=holder if is_nobody_said else None)
    if not owners:
        return Unowned(asset=asset, area=asked, others=holdings, release=_release(holder, asked))
    rest = _without(holdings, owners) if len(owners) < len(holdings) else ()
    ordered = (*owners, *rest)
    parent = holder if holder.id != asset.id else None
    gone = tuple([each for each in ordered if not is_here(each.owner, catalog)])
    departed = tuple([each for each in gone if each in owners])
    if len(departed) == len(owners):
        return Orphaned(asset=asset, holdings=ordered, owners=owners, area=asked, inherited_from=parent, departed=gone)
    left_behind = _left_behind(ordered, gone) if gone and asked is None else ()
    owned = Owned(
        asset=asset,
        holdings=ordered,
        owners=owners,
        area=asked,
        inherited_from=parent,
        only_person=_only_person(owners, rest, gone, catalog),
        departed=_without(departed, left_behind) if departed else (),
        drift=drift if asked is None else tuple(one for one in drift if one.holding.fact.area in (asked, Area.ALL)),
        given_up=_given_up(holder.nobody, holdings) if asked is None and holder.nobody is not None else (),
        left_behind=left_behind,
    )
    trusted_at = max([holding.trusted_at for holding in owners])
    return _stale(owned, trusted_at) if now - trusted_at > stale_after else owned


def _disputed(
    asset: AssetRecord,
    claims: tuple[Holding, ...],
    holdings: tuple[Holding, ...],
    *,
    area: Area | None,
    nobody: AssetRecord | None,
) -> Disputed:
    rest, areas = _without(holdings, claims), {holding.fact.area for holding in claims}
    disputed = claims[0].fact.area if len(areas) == 1 else Area.ALL
    return Disputed(asset=asset, disputed_area=disputed, claims=claims, area=area, others=rest, nobody=nobody)


def _without(holdings: tuple[Holding, ...], taken: tuple[Holding, ...]) -> tuple[Holding, ...]:
    ids = {id(holding) for holding in taken}
    return tuple(h for h in holdings if id(h) not in ids)


def _stale(owned: Owned, trusted_at: datetime) -> Stale:
    return Stale(
        asset=owned.asset,
        holdings=owned.holdings,
        owners=owned.owners,
        area=owned.area,
        inherited_from=owned.inherited_from,
        only_person=owned.only_person,
        departed=owned.departed,
        drift=owned.drift,
        given_up=owned.given_up,
        left_behind=owned.left_behind,
        trusted_at=trusted_at,
    )


def holder_of(asset: AssetRecord, catalog: CatalogView) -> AssetRecord:
    """Return the asset whose facts answer for `asset`: the nearest parent that has any, unless it has some itself.

    A line of CODEOWNERS without owners means "nobody", and does not inherit.
    """
    current: AssetRecord | None = asset
    for _ in range(MOST_PARENTS):
        if current is None:
            break
        # What an owner gave up does not silently go to the owner of the parent.
        if current.facts or current.matters.drift or (current.nobody is not None and current.nobody.releases):
            return current
        current = _parent(current, catalog)
    return asset


def _as_decided(
    asset: AssetRecord,
    holder: AssetRecord,
    held: tuple[Holding, ...],
    drift: tuple[Drift, ...],
    catalog: CatalogView,
    *,
    now: datetime,
) -> tuple[tuple[Holding, ...], tuple[Drift, ...]]:
    """Return an asset's holdings and drift after what people have decided about it."""
    if holder is not asset:
        held = tuple(each for each in held if not _is_disowned(asset, each))
    decided = [fact for fact in holder.facts if fact.is_human]
    if not decided:
        return held, drift
    if holder is asset and _release(asset, None) is None and len(decided) == len(asset.facts):
        # A claim in Slack does not silently take away what was inherited until then. The agreement of its owner does.
        parent = _parent(asset, catalog)
        if parent is not None:
            agreed = {fact.area for fact in asset.facts if fact.is_agreed}
            inherited, late = with_drift(holder_of(parent, catalog), catalog, now=now)
            held += tuple(one for one in inherited if one.fact.area not in agreed and not _is_disowned(asset, one))
            drift += tuple(one for one in late if one.holding.fact.area not in agreed)
    return without_the_gone(held, catalog), drift


def _is_disowned(asset: AssetRecord, inherited: Holding) -> bool:
    """Whether people have decided that an owner of a parent does not own this part of it."""
    fact = inherited.fact
    return (fact.area, fact.team_id, fact.person_id) in asset.matters.disowned


def _parent(asset: AssetRecord, catalog: CatalogView) -> AssetRecord | None:
    """Return the parent that the asset inherits from, or None."""
    if asset.path_rule is not None or asset.parent_id is None:
        return None
    parent = catalog.asset(asset.parent_id)
    return None if parent is None or (parent.unowned_reason and _is_unowned_on_purpose(parent)) else parent


def _release(holder: AssetRecord, area: Area | None) -> ReleaseRecord | None:
    """Return the last release of an area, or (None) of any part of the asset."""
    releases = holder.nobody.releases if holder.nobody is not None else ()
    found = (each for each in releases if area is None or area in each.areas or Area.ALL in each.areas)
    return next(found, None)


def _given_up(nobody: NobodyRecord, holdings: tuple[Holding, ...]) -> tuple[ReleaseRecord, ...]:
    """Return the releases of areas that nobody owns, each reduced to those areas."""
    owned = {holding.fact.area for holding in holdings if holding.fact.role is Role.OWNER}
    if Area.ALL in owned:
        return ()
    found = (replace(each, areas=tuple(sorted({*each.areas} - owned))) for each in nobody.releases)
    return tuple(each for each in found if each.areas)


def _left_behind(holdings: tuple[Holding, ...], gone: tuple[Holding, ...]) -> tuple[Holding, ...]:
    """Return the owners who are gone and were alone in owning an area other than the whole."""
    owners = [each for each in holdings if each.fact.role is Role.OWNER]
    kept = {Area.ALL, *(each.fact.area for each in owners if each not in gone)}
    return tuple(each for each in owners if each.fact.area not in kept)


def _is_unowned_on_purpose(asset: AssetRecord) -> bool:
    """Whether it is settled that an asset is unowned, as a source says.

    It is if no other source names an owner, or if this source is preferred, unless a person has decided.
    """
    if _is_decided(asset):
        return False
    return asset.unowned_by.is_preferred or not any(fact.role is Role.OWNER for fact in asset.facts)


def _is_decided(asset: AssetRecord) -> bool:
    """Whether a person took it over in Slack or confirmed an owner. That outranks a file that says "nobody"."""
    return any(fact.is_human or (fact.confirmed_at and fact.role is Role.OWNER) for fact in asset.facts)


def _only_person(
    owners: tuple[Holding, ...], rest: tuple[Holding, ...], gone: tuple[Holding, ...], catalog: CatalogView
) -> PersonRecord | None:
    """Return the person, if only one is behind all owners and the helpers who stand in for them.

    None if there are several, or if nobody knows.
    """
    concerned = owners
    if rest:
        areas = {Area.ALL, *(holding.fact.area for holding in owners)}
        concerned += tuple(h for h in rest if h.fact.role is Role.SECONDARY and h.fact.area in areas)
    found: PersonRecord | None = None
    for holding in concerned:
        if holding in gone:
            continue
        team = holding.owner.team
        if team is not None and not team.member_ids:
            return None
        for person in active_members(team, catalog) if team is not None else (holding.owner.person,):
            if found is not None and person is not None and person.id != found.id:
                return None
            found = person
    return found

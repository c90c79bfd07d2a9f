"""What the facts say about who owns an asset. Alternatives are different types: no owner is not a missing owner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.catalog import Area, Hosting, Role
from bot.domain.records import AssetRecord, OwnershipRecord, PersonRecord, TeamRecord

#: How many parents are climbed for an inherited owner; real catalogs nest three or four deep.
_MOST_PARENTS = 10


class CatalogView(Protocol):
    """What the rules need to look up by id; None when it is not there."""

    def asset(self, asset_id: int) -> AssetRecord | None:
        """Return the asset."""
        ...

    def team(self, team_id: int) -> TeamRecord | None:
        """Return the team."""
        ...

    def person(self, person_id: int) -> PersonRecord | None:
        """Return the person."""
        ...

    def last_seen(self, fact: OwnershipRecord) -> datetime:
        """Return when the fact's source last said so."""
        ...


@dataclass(frozen=True, slots=True)
class Holding:
    """An owner and the fact that makes them one. Exactly one of `team` and `person` is set.

    `seen_at` is when the fact's source last said so.
    """

    fact: OwnershipRecord
    team: TeamRecord | None
    person: PersonRecord | None
    seen_at: datetime

    @property
    def name(self) -> str:
        """The owner's name as people write it."""
        if self.team is not None:
            return self.team.name
        return self.person.name if self.person is not None else ""

    @property
    def trusted_at(self) -> datetime:
        """When the fact was last confirmed by a person or said by its source, whichever is later."""
        confirmed = self.fact.confirmed_at
        return self.seen_at if confirmed is None else max(confirmed, self.seen_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """The asset has an owner for what was asked.

    `holdings` are all facts in force, the owners of the asked area (or of the whole) first; `answering` how many of
    them answer the question. `inherited_from` is the parent that they come from, `only_person` the one person left.
    """

    asset: AssetRecord
    holdings: tuple[Holding, ...]
    answering: int
    area: Area | None = None
    inherited_from: AssetRecord | None = None
    only_person: PersonRecord | None = None

    @property
    def owners(self) -> tuple[Holding, ...]:
        """The holdings that answer what was asked."""
        return self.holdings[: self.answering]

    @property
    def is_split(self) -> bool:
        """Whether different owners hold different areas."""
        held: dict[Area, set[tuple[int | None, int | None]]] = {}
        for holding in self.holdings:
            if holding.fact.role is Role.OWNER:
                held.setdefault(holding.fact.area, set()).add((holding.fact.team_id, holding.fact.person_id))
        return len({frozenset(owners) for owners in held.values()}) > 1

    @property
    def should_hand_off(self) -> bool:
        """Whether somebody else than the application's owner holds a part of what a provider runs anyway."""
        return self.is_split and self.asset.hosting in (Hosting.MANAGED, Hosting.SERVERLESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale(Owned):
    """Owned as far as anyone knows, but nobody has confirmed or imported it since `trusted_at`."""

    trusted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphaned(Owned):
    """Every owner is gone: the team was dissolved, or the last person left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """Two sources name different owners for the same area; `claims` are both sides, a person's decision first.

    `others` are the remaining facts in force: what nobody disputes is known all the same.
    """

    asset: AssetRecord
    disputed_area: Area
    claims: tuple[Holding, ...]
    area: Area | None = None
    others: tuple[Holding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unowned:
    """The catalog knows the asset, and nobody owns it, or not the area asked for (`others` hold other areas)."""

    asset: AssetRecord
    area: Area | None = None
    others: tuple[Holding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnownedOnPurpose:
    """Somebody decided that nobody owns it; `asset.unowned_reason` says why."""

    asset: AssetRecord
    area: Area | None = None


#: What can be said of one asset.
Verdict = Owned | Stale | Orphaned | Disputed | Unowned | UnownedOnPurpose


def verdict(
    asset: AssetRecord, catalog: CatalogView, *, now: datetime, stale_after: timedelta, area: Area | None = None
) -> Verdict:
    """Return what the facts say about `asset`, for one `area` or (None) for the whole.

    An asset without facts inherits its parent's. Facts whose team or person the catalog no longer has are left out.
    """
    asked = None if area is Area.ALL else area
    if _is_unowned_on_purpose(asset):
        return UnownedOnPurpose(asset=asset, area=asked)
    holder = _holder(asset, catalog)
    if holder is None:
        return Unowned(asset=asset, area=asked)
    holdings = _holdings(holder.facts, catalog)
    dispute = _dispute(holdings, asked)
    if dispute is not None:
        claimed = {id(holding) for holding in dispute}
        rest = tuple(h for h in holdings if id(h) not in claimed)
        return Disputed(asset=asset, disputed_area=dispute[0].fact.area, claims=dispute, area=asked, others=rest)
    owners = _answering(holdings, asked)
    if not owners:
        return Unowned(asset=asset, area=asked, others=holdings)
    answering = {id(holding) for holding in owners}
    ordered = (*owners, *(h for h in holdings if id(h) not in answering))
    parent = holder if holder.id != asset.id else None
    if not any(is_alive(holding, catalog) for holding in owners):
        return Orphaned(asset=asset, holdings=ordered, answering=len(owners), area=asked, inherited_from=parent)
    only = _only_person(owners, holdings, catalog)
    trusted_at = max(holding.trusted_at for holding in owners)
    if now - trusted_at > stale_after:
        return Stale(
            asset=asset,
            holdings=ordered,
            answering=len(owners),
            area=asked,
            inherited_from=parent,
            only_person=only,
            trusted_at=trusted_at,
        )
    return Owned(
        asset=asset, holdings=ordered, answering=len(owners), area=asked, inherited_from=parent, only_person=only
    )


def is_alive(holding: Holding, catalog: CatalogView) -> bool:
    """Whether somebody answers: the person is active; the team exists and has not lost everybody it had."""
    if holding.person is not None:
        return holding.person.is_active
    team = holding.team
    if team is None or team.is_gone:
        return False
    return not team.member_ids or any(active_members(team, catalog))


def active_members(team: TeamRecord, catalog: CatalogView) -> Iterator[PersonRecord]:
    """Yield the team's members who are still here, its lead included, each once."""
    for person_id in team.member_ids:
        person = catalog.person(person_id)
        if person is not None and person.is_active:
            yield person
    if team.lead_id is not None and team.lead_id not in team.member_ids:
        lead = catalog.person(team.lead_id)
        if lead is not None and lead.is_active:
            yield lead


def may_confirm(person_id: int, facts: Iterable[OwnershipRecord], catalog: CatalogView) -> tuple[OwnershipRecord, ...]:
    """Return the facts that this person may confirm: their own, and those of teams they are a member or lead of."""
    confirmable = []
    for fact in facts:
        team = catalog.team(fact.team_id) if fact.team_id is not None else None
        in_team = team is not None and (person_id in team.member_ids or person_id == team.lead_id)
        if in_team or fact.person_id == person_id:
            confirmable.append(fact)
    return tuple(confirmable)


def holder_of(asset: AssetRecord, catalog: CatalogView) -> AssetRecord:
    """Return the asset whose facts answer for `asset`: itself, or the nearest parent that has any."""
    return _holder(asset, catalog) or asset


def _holder(asset: AssetRecord, catalog: CatalogView) -> AssetRecord | None:
    # A line of CODEOWNERS without owners says "nobody" and does not inherit.
    current: AssetRecord | None = asset
    for _ in range(_MOST_PARENTS):
        if current is None:
            return None
        if current.facts:
            return current
        if current.path_rule is not None or current.parent_id is None:
            return None
        current = catalog.asset(current.parent_id)
        if current is not None and _is_unowned_on_purpose(current):
            return None
    return None


def _is_unowned_on_purpose(asset: AssetRecord) -> bool:
    # A person who took it over in Slack outranks the file that says that nobody should own it.
    return bool(asset.unowned_reason) and not any(fact.is_human for fact in asset.facts)


def _holdings(facts: Iterable[OwnershipRecord], catalog: CatalogView) -> tuple[Holding, ...]:
    found = []
    for fact in facts:
        team = catalog.team(fact.team_id) if fact.team_id is not None else None
        person = catalog.person(fact.person_id) if fact.person_id is not None else None
        if team is not None or person is not None:
            found.append(Holding(fact, team, person, catalog.last_seen(fact)))
    return tuple(found)


def _answering(holdings: tuple[Holding, ...], area: Area | None) -> tuple[Holding, ...]:
    """The owners of the area; for the whole those of `all`, else of the application, else of every area."""
    owners = tuple(h for h in holdings if h.fact.role is Role.OWNER)
    wanted = (area, Area.ALL) if area is not None else (Area.ALL, Area.APPLICATION)
    for each in wanted:
        found = tuple(h for h in owners if h.fact.area is each)
        if found:
            return found
    return owners if area is None else ()


def _dispute(holdings: tuple[Holding, ...], area: Area | None) -> tuple[Holding, ...] | None:
    """The claims that contradict each other: two sources whose sets of owners of one area share nobody.

    Of several disputes the one that matters most comes first: about the whole, then the application, then the rest.
    """
    if len({holding.fact.source for holding in holdings}) < 2:
        return None
    by_area: dict[Area, dict[str, list[Holding]]] = {}
    for holding in holdings:
        if holding.fact.role is Role.OWNER:
            by_area.setdefault(holding.fact.area, {}).setdefault(holding.fact.source, []).append(holding)
    concerned = by_area if area is None else {a: s for a, s in by_area.items() if a in (area, Area.ALL)}
    if area is not None and area in concerned:
        concerned = {area: concerned[area]}
    for sources in (concerned[each] for each in Area if each in concerned):
        sets = [{(h.fact.team_id, h.fact.person_id) for h in held} for held in sources.values()]
        if any(not (one & other) for i, one in enumerate(sets) for other in sets[i + 1 :]):
            claims = [holding for held in sources.values() for holding in held]
            return tuple(sorted(claims, key=lambda h: (not h.fact.is_human, h.fact.source, h.fact.id)))
    return None


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

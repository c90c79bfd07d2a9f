"""How well things are owned: by whom, by how many people, and which things of other teams the DevOps team holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.domain.catalog import Area, AssetKind, Hosting, Role
from bot.domain.names import fold
from bot.domain.ownership.holdings import CatalogView, Holding
from bot.domain.ownership.pending_handoffs import all_taken_by
from bot.domain.ownership.verdicts import Disputed, Orphaned, Owned, Stale, Unowned, Verdict, all_holdings
from bot.domain.records import AssetRecord

#: How many parents are checked for the team behind something of the DevOps team's.
_MOST_PARENTS = 10
_NO_TIER = 99


class Standing(StrEnum):
    """What is counted. Every thing is exactly one of the first five."""

    OWNED = "owned"
    UNOWNED = "unowned"
    ON_PURPOSE = "on_purpose"
    DISPUTED = "disputed"
    ORPHANED = "orphaned"
    STALE = "stale"
    ONE_PERSON = "one_person"
    PART_UNOWNED = "part_unowned"


class Holder(StrEnum):
    """Who has an area of a team's thing."""

    OWN = "own"
    DEVOPS = "devops"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FirstThing:
    """The thing to begin with, and how many things depend on it, itself included.

    `handoff` is the handoff that it is in, if any. `areas` are the areas without an owner, if it has an owner
    otherwise.
    """

    asset: AssetRecord
    size: int = 1
    handoff: int | None = None
    areas: tuple[Area, ...] = ()

    @property
    def order(self) -> tuple[int, int, bool, str]:
        """The sort key: the most dependents, the most important tier, what a provider runs anyway, the name."""
        is_run_by_provider = self.asset.hosting in (Hosting.MANAGED, Hosting.SERVERLESS)
        tier = self.asset.tier if self.asset.tier is not None else _NO_TIER
        return -self.size, tier, not is_run_by_provider, fold(self.asset.name)


@dataclass(slots=True)
class Tally:
    """What one team, or everybody, has.

    - `of_others`: things in production that belong to teams other than DevOps, by kind.
    - `held`: those of them that DevOps owns, or owns an area of.
    - `proposed`: those of `held` that can be handed over now.
    - `under_way`: those of `held` that are in a handoff.
    - `own`: DevOps' own things.
    - `split`: areas that have another owner than the rest.
    - `first`: the thing to begin with, among the disputed, orphaned and unowned, and under OWNED among those that
      DevOps holds. Things that are in no handoff come first.
    """

    things: int = 0
    standings: Counter[Standing] = field(default_factory=Counter)
    split: Counter[Area] = field(default_factory=Counter)
    of_others: Counter[AssetKind] = field(default_factory=Counter)
    held: Counter[AssetKind] = field(default_factory=Counter)
    proposed: int = 0
    under_way: int = 0
    own: int = 0
    cells: Counter[tuple[Area, Holder]] = field(default_factory=Counter)
    first: dict[Standing, FirstThing] = field(default_factory=dict)

    def put_first(self, standing: Standing, thing: FirstThing) -> None:
        """Make this the thing to begin with, unless a better one is known."""
        known = self.first.get(standing)
        if known is None or _before(thing) < _before(known):
            self.first[standing] = thing


def _before(thing: FirstThing) -> tuple[bool, tuple[int, int, bool, str]]:
    return thing.handoff is not None, thing.order


#: The standings for which `Tally.first` names a thing to begin with.
_TO_ATTEND = frozenset({Standing.UNOWNED, Standing.DISPUTED, Standing.ORPHANED, Standing.PART_UNOWNED})


@dataclass(slots=True)
class Coverage:
    """Counts verdicts, one at a time.

    `devops_id` is the DevOps team's id, or None if there is no such team. `declined` are pairs of a thing and a team
    that has declined it recently: the thing is not proposed to that team again.
    """

    devops_id: int | None = None
    declined: Set[tuple[int, int]] = frozenset()
    everybody: Tally = field(default_factory=Tally)
    by_team: dict[int, Tally] = field(default_factory=dict)

    def of_team(self, team_id: int) -> Tally:
        """Return what a team has; an empty tally if nothing was counted for it.

        DevOps' own tally has what it holds for others.
        """
        found = self.by_team.get(team_id) or Tally()
        return found if team_id != self.devops_id else replace(found, held=self.everybody.held)

    def add(self, verdict: Verdict, catalog: CatalogView, *, is_production: bool = True, size: int = 1) -> None:
        """Count one thing. `size` is how many things depend on it, itself included."""
        teams = teams_of(verdict, self.devops_id, catalog)
        owners = [each for each in _without_outdated(all_holdings(verdict)) if each.fact.role is Role.OWNER]
        others = teams - {self.devops_id}
        is_held = self.devops_id is not None and any(each.fact.team_id == self.devops_id for each in owners)
        thing = FirstThing(verdict.asset, size, areas=_without_owner(verdict))
        taken = self._taken(verdict, catalog, others) if is_held else None
        for team_id in (None, *teams):
            tally = self.everybody if team_id is None else self.by_team.setdefault(team_id, Tally())
            tally.things += 1
            for standing in _standings(verdict):
                tally.standings[standing] += 1
                if standing in _TO_ATTEND:
                    tally.put_first(standing, thing)
            tally.split.update(_split(verdict))
            if is_production and others:
                tally.of_others[verdict.asset.kind] += 1
            if is_held and is_production and others and team_id != self.devops_id:
                tally.held[verdict.asset.kind] += 1
                if team_id is None or (verdict.asset.id, team_id) not in self.declined:
                    tally.proposed += taken is None
                    tally.under_way += taken is not None
                    tally.put_first(Standing.OWNED, FirstThing(verdict.asset, handoff=taken))
            tally.own += is_held and is_production and not others
            if team_id is not None:
                tally.cells.update((each.fact.area, self._holder(each, team_id)) for each in owners)

    def _taken(self, verdict: Verdict, catalog: CatalogView, to: Set[int]) -> int | None:
        """Return the handoff that contains everything that DevOps has of a thing."""
        found = all_taken_by([verdict.asset], catalog, giver_id=self.devops_id, to=to)
        return found.number if found is not None else None

    def _holder(self, holding: Holding, team_id: int) -> Holder:
        if holding.fact.team_id == team_id:
            return Holder.OWN
        return Holder.DEVOPS if holding.fact.team_id == self.devops_id else Holder.OTHER


def teams_of(verdict: Verdict, devops_id: int | None, catalog: CatalogView) -> frozenset[int]:
    """Return the teams that a thing belongs to: the owners of the whole, DevOps last.

    If only DevOps owns it, the thing may belong to the team that owns what it is a part of. If it is part of nothing,
    it is DevOps' own, such as a build server that serves everybody.
    """
    if isinstance(verdict, Disputed):
        answering = verdict.claims
    elif isinstance(verdict, Owned):
        answering = verdict.owners
    else:
        return frozenset()
    teams = frozenset(each.fact.team_id for each in answering if each.fact.team_id is not None)
    if devops_id is None or devops_id not in teams:
        return teams
    return (teams - {devops_id}) or _above(verdict.asset, devops_id, catalog) or teams


def _above(asset: AssetRecord, devops_id: int, catalog: CatalogView) -> frozenset[int]:
    current: AssetRecord | None = asset
    for _ in range(_MOST_PARENTS):
        if current is None or current.parent_id is None:
            break
        current = catalog.asset(current.parent_id)
        facts = current.facts if current is not None else ()
        named = (
            each.team_id for each in facts if each.role is Role.OWNER and each.area in (Area.ALL, Area.APPLICATION)
        )
        found = frozenset(each for each in named if each is not None and each != devops_id)
        if found:
            return found
    return frozenset()


def _standings(verdict: Verdict) -> Iterator[Standing]:
    match verdict:
        case Disputed():
            yield Standing.DISPUTED
        case Unowned():
            yield Standing.UNOWNED
        case Orphaned():
            yield Standing.ORPHANED
        case Owned():
            yield Standing.OWNED
            if verdict.given_up:
                yield Standing.PART_UNOWNED
            if isinstance(verdict, Stale):
                yield Standing.STALE
            if verdict.only_person is not None:
                yield Standing.ONE_PERSON
        case _:
            yield Standing.ON_PURPOSE


def _without_owner(verdict: Verdict) -> tuple[Area, ...]:
    """Return the areas without an owner, of a thing that has an owner."""
    given_up = verdict.given_up if isinstance(verdict, Owned) else ()
    return tuple(sorted({area for each in given_up for area in each.areas}, key=list(Area).index))


def _without_outdated(holdings: tuple[Holding, ...]) -> Iterator[Holding]:
    """Yield the holdings without those of outdated sources.

    An area that somebody has by agreement is theirs, even if a source disputes that.
    """
    agreed = {each.fact.area for each in holdings if each.fact.is_agreed and each.fact.role is Role.OWNER}
    for each in holdings:
        if each.fact.area not in agreed or each.fact.is_human or each.fact.role is not Role.OWNER:
            yield each


def _split(verdict: Verdict) -> set[Area]:
    """Return the areas that have another owner than the whole; all areas if the whole has no owner."""
    if not isinstance(verdict, Owned) or not verdict.is_split:
        return set()
    whole = {
        (each.fact.team_id, each.fact.person_id)
        for each in verdict.owners
        if each.fact.area in (Area.ALL, Area.APPLICATION)
    }
    owners = (each.fact for each in verdict.holdings if each.fact.role is Role.OWNER)
    return {fact.area for fact in owners if (fact.team_id, fact.person_id) not in whole}

"""What each team and person owns, and what nobody does.

Assets that inherit an owner count as that owner's. The order of a list is the order in which to look at it: by tier,
then by name, lines of a CODEOWNERS file last.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar, overload

from bot.domain import id_lists
from bot.domain.catalog import Area, AssetKind, Role
from bot.domain.dependents import Owner
from bot.domain.names import fold
from bot.domain.ownership import Disputed, Holding, Orphaned, Owned, Stale, Unowned, Verdict, all_holdings
from bot.domain.records import AssetRecord, PersonRecord, TeamRecord

_Value = TypeVar("_Value")
#: Sorts behind every tier.
_NO_TIER = 99


class Gap(StrEnum):
    """Why an asset needs somebody's attention, the most pressing first."""

    UNOWNED = "unowned"
    ORPHANED = "orphaned"
    DISPUTED = "disputed"
    STALE = "stale"
    ONE_PERSON = "one person"


@dataclass(frozen=True, slots=True)
class Share:
    """What one owner has: ids of assets that they own, that they help with, and those of both that have a gap."""

    owned: tuple[int, ...] = ()
    helped: tuple[int, ...] = ()
    gaps: tuple[int, ...] = ()


#: The order in which to look at assets: lines of a CODEOWNERS file last, by tier, by name; and the id.
_Order = tuple[bool, int, str, int]
#: Who owns an asset (True) or helps with it, and from when its facts are stale or disputed; None for never.
_Held = tuple[tuple[tuple[Owner, bool], ...], datetime | None]
#: What everybody is shown a list of.
_LISTED = frozenset({Gap.UNOWNED, Gap.DISPUTED, Gap.ORPHANED})


@dataclass(frozen=True, slots=True)
class MissedName:
    """A name that people asked for in vain: its key in the store, as last written, how often, and when last."""

    key: str
    text: str
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class AssetPage:
    """A part of a long list: what is said of its assets, the page's number from 0, and how many pages there are."""

    verdicts: tuple[Verdict, ...]
    number: int = 0
    count: int = 1


@dataclass(frozen=True, slots=True)
class TeamCard:
    """What there is to say of a team: who is in it, what it has and how much of that needs attention."""

    team: TeamRecord
    people: tuple[PersonRecord, ...]
    lead: PersonRecord | None
    manager: PersonRecord | None
    share: Share
    gaps: Mapping[Gap, int]


@dataclass(frozen=True, slots=True)
class TeamCount:
    """A team, and how many assets it owns."""

    team: TeamRecord
    owned: int


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A person, their teams, and how many assets they own in their own name."""

    person: PersonRecord
    teams: tuple[TeamCount, ...]
    owned: int


def page_of(asset_ids: Sequence[int], number: int, *, size: int) -> tuple[tuple[int, ...], int, int]:
    """Return the ids on a page, its number brought into range, and the number of pages (at least 1)."""
    count = max(1, -(-len(asset_ids) // size))
    at = min(max(number, 0), count - 1)
    return tuple(asset_ids[at * size : (at + 1) * size]), at, count


class Ids(Sequence[int]):
    """The ids of a sorted list of assets; a page of it costs what the page shows."""

    def __init__(self, ordered: Sequence[_Order]) -> None:
        self._ordered = ordered

    def __len__(self) -> int:
        return len(self._ordered)

    @overload
    def __getitem__(self, index: int) -> int: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...

    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        if isinstance(index, slice):
            return tuple(each[-1] for each in self._ordered[index])
        return self._ordered[index][-1]


class Portfolio:
    """Who has what, by the ids of teams, people and assets, kept up to date one verdict at a time.

    `gaps` says of each asset with a gap which it is. `asset` looks assets up. Facts that nobody confirms grow stale
    after `stale_after`.
    """

    def __init__(self, asset: Callable[[int], AssetRecord | None], *, stale_after: timedelta) -> None:
        self._asset, self._stale_after = asset, stale_after
        #: Assets by when their facts will have grown stale unless somebody says them again, or will be disputed because
        #: a source has not followed a handoff, rounded up to hours.
        self._stale_at: dict[datetime, list[int]] = {}
        #: Assets whose facts are stale now.
        self.stale: set[int] = set()
        self.gaps: dict[int, Gap] = {}
        self._owned: dict[Owner, list[int]] = {}
        self._helped: dict[Owner, list[int]] = {}
        #: Of each asset, who holds it and where it stands in `_stale_at`. Most share one of few such pairs.
        self._held: dict[int, _Held] = {}
        self._known: dict[Any, Any] = {}
        #: Where the assets that are in `_lists` stand in them.
        self._orders: dict[int, _Order] = {}
        self._lists: dict[Gap, list[_Order]] = {gap: [] for gap in _LISTED}
        self._shares: dict[Owner, Share] = {}
        self._is_filling = False

    @property
    def unowned(self) -> Sequence[int]:
        """The ids of assets that nobody owns."""
        return Ids(self._lists[Gap.UNOWNED])

    @property
    def disputed(self) -> Sequence[int]:
        """The ids of assets whose owner is disputed."""
        return Ids(self._lists[Gap.DISPUTED])

    @property
    def orphaned(self) -> Sequence[int]:
        """The ids of assets whose owner is gone."""
        return Ids(self._lists[Gap.ORPHANED])

    def paths(self, gap: Gap) -> int:
        """Return how many of the assets in a list are lines of a CODEOWNERS file, which stand last in it."""
        ordered = self._lists[gap]
        return len(ordered) - bisect_left(ordered, (True,))

    def of_team(self, team_id: int) -> Share:
        """Return what a team has; nothing for one that the portfolio does not know."""
        return self._share((True, team_id))

    def of_person(self, person_id: int) -> Share:
        """Return what a person has in their own name, which is not what their teams have."""
        return self._share((False, person_id))

    def owners(self) -> tuple[Owner, ...]:
        """Return everybody who owns something: whether it is a team, and its id or the person's."""
        return tuple(self._owned)

    def fill(self, verdicts: Iterable[Verdict]) -> Iterator[None]:
        """Take what is said of all assets, a piece at a time, so that whoever fills may pause in between."""
        self._is_filling = True
        for verdict in verdicts:
            self.put(verdict)
            yield
        for ordered in self._lists.values():
            ordered.sort()
        self._is_filling, self._known = False, {}

    def put(self, verdict: Verdict) -> None:
        """Take what is said of one asset as a whole, in the place of what was said before."""
        asset = verdict.asset
        self.remove(asset.id)
        holders, hour = self._shared(tuple(map(self._shared, dict.fromkeys(_holders(verdict))))), None
        gap = gap_of(verdict)
        if gap is not None:
            self.gaps[asset.id] = gap
        if gap in _LISTED:
            self._orders[asset.id] = order = _order(asset)
            ordered = self._lists[gap]
            ordered.append(order) if self._is_filling else insort(ordered, order)
        if isinstance(verdict, Stale):
            self.stale.add(asset.id)
        until = _holds_until(verdict, self._stale_after)
        if until is not None:
            hour = self._shared(until.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
            id_lists.add(self._stale_at, hour, asset.id)
        self._held[asset.id] = self._shared((holders, hour))
        for owner, is_owner in holders:
            id_lists.add(self._owned if is_owner else self._helped, owner, asset.id)
            self._shares.pop(owner, None)

    def _shared(self, value: _Value) -> _Value:
        """Return the one object that all assets share which have an equal value, while all assets are taken."""
        known: _Value = self._known.setdefault(value, value) if self._is_filling else value
        return known

    def remove(self, asset_id: int) -> None:
        """Forget what was said of an asset, if anything was."""
        self.stale.discard(asset_id)
        holders, hour = self._held.pop(asset_id, ((), None))
        if hour is not None:
            id_lists.discard(self._stale_at, hour, asset_id)
        order, gap = self._orders.pop(asset_id, None), self.gaps.pop(asset_id, None)
        if order is not None and gap is not None:
            del self._lists[gap][bisect_left(self._lists[gap], order)]
        for owner, is_owner in holders:
            id_lists.discard(self._owned if is_owner else self._helped, owner, asset_id)
            self._shares.pop(owner, None)

    def due(self, now: datetime) -> set[int]:
        """Return the assets that may have grown stale or disputed since the last time, for `put` to hear of them."""
        hours = [hour for hour in self._stale_at if hour <= now]
        return {asset_id for hour in hours for asset_id in self._stale_at.pop(hour)}

    def _share(self, owner: Owner) -> Share:
        share = self._shares.get(owner)
        if share is None:
            owned = self._sorted(self._owned.get(owner, ()))
            helped = self._sorted(set(self._helped.get(owner, ())).difference(owned))
            share = Share(owned, helped, tuple(each for each in (*owned, *helped) if each in self.gaps))
            self._shares[owner] = share
        return share

    def _sorted(self, asset_ids: Iterable[int]) -> tuple[int, ...]:
        assets = filter(None, map(self._asset, asset_ids))
        return tuple(asset.id for asset in sorted(assets, key=_order))


def _holds_until(verdict: Verdict, stale_after: timedelta) -> datetime | None:
    """Return when something else has to be said of an asset although nobody says anything new; None for never."""
    if not isinstance(verdict, Owned):
        return None
    ends = [one.until for one in verdict.drift if not one.is_overruled]
    if not isinstance(verdict, Stale | Orphaned):
        ends.append(max(holding.trusted_at for holding in verdict.owners) + stale_after)
    return min(ends, default=None)


def _holders(verdict: Verdict) -> Iterator[tuple[Owner, bool]]:
    """Yield who has an asset, and whether they own it or help with it."""
    for holding in all_holdings(verdict):
        yield _holder(holding), holding.fact.role is Role.OWNER


def _holder(holding: Holding) -> Owner:
    fact = holding.fact
    return (True, fact.team_id) if fact.team_id is not None else (False, fact.person_id or 0)


def areas_of(verdict: Verdict, owner: Owner) -> tuple[Area, ...]:
    """Return the areas that somebody owns of an asset; none where they own the whole, or nothing of it."""
    owned = {
        each.fact.area for each in all_holdings(verdict) if each.fact.role is Role.OWNER and _holder(each) == owner
    }
    return () if Area.ALL in owned else tuple(area for area in Area if area in owned)


def gap_of(verdict: Verdict) -> Gap | None:
    """Return why an asset needs attention; None when it does not, and when nobody owns it on purpose."""
    match verdict:
        case Disputed():
            return Gap.DISPUTED
        case Unowned():
            return Gap.UNOWNED
        case Orphaned():
            return Gap.ORPHANED
        case Stale():
            return Gap.STALE
        case Owned(only_person=None):
            return None
        case Owned():
            return Gap.ONE_PERSON
        case _:
            return None


def _order(asset: AssetRecord) -> _Order:
    tier = asset.tier if asset.tier is not None else _NO_TIER
    return asset.kind is AssetKind.PATH, tier, fold(asset.name), asset.id

"""What each team and person owns, and what has no owner.

Assets that inherit an owner count as that owner's. Lists are in the order in which to look at them: by tier, then by
name, lines of a CODEOWNERS file last.
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
#: Sorts after every tier.
_NO_TIER = 99


class Gap(StrEnum):
    """Why an asset needs attention, the most urgent first."""

    UNOWNED = "unowned"
    ORPHANED = "orphaned"
    DISPUTED = "disputed"
    STALE = "stale"
    ONE_PERSON = "one person"


@dataclass(frozen=True, slots=True)
class Share:
    """What one owner has: ids of assets that it owns, of those that it helps with, and of those of both with a gap."""

    owned: tuple[int, ...] = ()
    helped: tuple[int, ...] = ()
    gaps: tuple[int, ...] = ()


#: The order in which to look at assets: lines of a CODEOWNERS file last, by tier, by name, by id.
_Order = tuple[bool, int, str, int]
#: Who owns an asset (True) or helps with it, and from when its facts are stale or disputed (None for never).
_Held = tuple[tuple[tuple[Owner, bool], ...], datetime | None]
#: The gaps for which everybody sees a list.
_LISTED = frozenset({Gap.UNOWNED, Gap.DISPUTED, Gap.ORPHANED})


@dataclass(frozen=True, slots=True)
class MissedName:
    """A name that people asked for in vain: its key in the store, its last spelling, how often, and when last."""

    key: str
    text: str
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class AssetPage:
    """A page of a long list: the verdicts of its assets, its number from 0, and the number of pages."""

    verdicts: tuple[Verdict, ...]
    number: int = 0
    count: int = 1


@dataclass(frozen=True, slots=True)
class TeamCard:
    """A team's summary: who is in it, what it has, and how much of that needs attention."""

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
    """Return the ids on a page, the page's number limited to the valid range, and the number of pages (at least 1)."""
    count = max(1, -(-len(asset_ids) // size))
    at = min(max(number, 0), count - 1)
    return tuple(asset_ids[at * size : (at + 1) * size]), at, count


class Ids(Sequence[int]):
    """The ids in a sorted list of assets. Reading a page costs only as much as the page shows."""

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

    `gaps` has the gap of each asset that has one. `asset` looks assets up. Facts that nobody confirms are stale after
    `stale_after`.
    """

    def __init__(self, asset: Callable[[int], AssetRecord | None], *, stale_after: timedelta) -> None:
        self._asset, self._stale_after = asset, stale_after
        #: Assets by when their facts will be stale unless a source repeats them, or disputed because a source has not
        #: followed a handoff; rounded up to hours.
        self._stale_at: dict[datetime, list[int]] = {}
        #: Assets whose facts are stale now.
        self.stale: set[int] = set()
        self.gaps: dict[int, Gap] = {}
        self._owned: dict[Owner, list[int]] = {}
        self._helped: dict[Owner, list[int]] = {}
        #: For each asset, who holds it and its place in `_stale_at`. Most assets share one of a few such pairs.
        self._held: dict[int, _Held] = {}
        self._known: dict[Any, Any] = {}
        #: The places of assets in `_lists`.
        self._orders: dict[int, _Order] = {}
        self._lists: dict[Gap, list[_Order]] = {gap: [] for gap in _LISTED}
        self._shares: dict[Owner, Share] = {}
        self._is_filling = False

    @property
    def unowned(self) -> Sequence[int]:
        """The ids of assets that nobody owns."""
        return Ids(self._lists[Gap.UNOWNED])

    @property
    def disputed(self) -> tuple[int, ...]:
        """The ids of assets whose owner is disputed."""
        return tuple(each[-1] for each in self._lists[Gap.DISPUTED])

    @property
    def orphaned(self) -> Sequence[int]:
        """The ids of assets whose owner is gone."""
        return Ids(self._lists[Gap.ORPHANED])

    def paths(self, gap: Gap) -> int:
        """Return how many assets in a list are lines of a CODEOWNERS file. They come last."""
        ordered = self._lists[gap]
        return len(ordered) - bisect_left(ordered, (True,))

    def of_team(self, team_id: int) -> Share:
        """Return what a team has; nothing if the portfolio does not know it."""
        return self._share((True, team_id))

    def of_person(self, person_id: int) -> Share:
        """Return what a person has in their own name, without what their teams have."""
        return self._share((False, person_id))

    def owners(self) -> tuple[Owner, ...]:
        """Return everybody who owns something: whether it is a team, and the team's or person's id."""
        return tuple(self._owned)

    def fill(self, verdicts: Iterable[Verdict]) -> Iterator[None]:
        """Add the verdicts of all assets, one piece at a time, so that the caller can pause in between."""
        self._is_filling = True
        for verdict in verdicts:
            self.put(verdict)
            yield
        for ordered in self._lists.values():
            ordered.sort()
        self._is_filling, self._known = False, {}

    def put(self, verdict: Verdict) -> None:
        """Set the verdict of one asset as a whole, replacing the one before."""
        asset = verdict.asset
        self.remove(asset.id)
        held = dict.fromkeys((_holder(each), each.fact.role is Role.OWNER) for each in all_holdings(verdict))
        holders, hour = self._shared(tuple(map(self._shared, held))), None
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
        """Return one object for all assets with an equal value, while all assets are added."""
        known: _Value = self._known.setdefault(value, value) if self._is_filling else value
        return known

    def remove(self, asset_id: int) -> None:
        """Forget the verdict of an asset, if there is one."""
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
        """Return the assets that may have become stale or disputed since the last call.

        `put` has to be called for them.
        """
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
    """Return when the verdict of an asset changes even if nobody says anything new; None for never."""
    if not isinstance(verdict, Owned):
        return None
    ends = [one.until for one in verdict.drift if not one.is_overruled]
    if not isinstance(verdict, Stale | Orphaned):
        ends.append(max(holding.trusted_at for holding in verdict.owners) + stale_after)
    return min(ends, default=None)


def _holder(holding: Holding) -> Owner:
    fact = holding.fact
    return (True, fact.team_id) if fact.team_id is not None else (False, fact.person_id or 0)


def areas_of(verdict: Verdict, owner: Owner) -> tuple[Area, ...]:
    """Return the areas of an asset that somebody owns; none if they own the whole, or nothing of it."""
    owned = {
        each.fact.area for each in all_holdings(verdict) if each.fact.role is Role.OWNER and _holder(each) == owner
    }
    return () if Area.ALL in owned else tuple(area for area in Area if area in owned)


def gap_of(verdict: Verdict) -> Gap | None:
    """Return why an asset needs attention; None if it does not, or if it is unowned on purpose."""
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

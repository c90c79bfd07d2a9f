"""What each team and person owns, and what nobody does: the whole catalog, gone through once.

Assets that inherit an owner count as that owner's. The order of a list is the order in which to look at it: by tier,
then by name, lines of a CODEOWNERS file last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.catalog import AssetKind, Role
from bot.domain.names import fold
from bot.domain.ownership import Disputed, Orphaned, Owned, Stale, Unowned, Verdict
from bot.domain.records import AssetRecord, PersonRecord, TeamRecord

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


_NOTHING = Share()


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Who has what, by the ids of teams, people and assets. `gaps` says of each asset with a gap which it is."""

    teams: dict[int, Share] = field(default_factory=dict)
    people: dict[int, Share] = field(default_factory=dict)
    gaps: dict[int, Gap] = field(default_factory=dict)
    unowned: tuple[int, ...] = ()
    disputed: tuple[int, ...] = ()
    orphaned: tuple[int, ...] = ()

    def of_team(self, team_id: int) -> Share:
        """Return what a team has; nothing for one that the portfolio does not know."""
        return self.teams.get(team_id, _NOTHING)

    def of_person(self, person_id: int) -> Share:
        """Return what a person has in their own name, which is not what their teams have."""
        return self.people.get(person_id, _NOTHING)


@dataclass(frozen=True, slots=True)
class Asked:
    """A name that people asked for in vain: its key in the store, as last written, how often, and when last."""

    key: str
    text: str
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
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


def page_of(asset_ids: Sequence[int], number: int, *, size: int) -> tuple[tuple[int, ...], int, int]:
    """Return the ids on a page, its number brought into range, and the number of pages (at least 1)."""
    count = max(1, -(-len(asset_ids) // size))
    at = min(max(number, 0), count - 1)
    return tuple(asset_ids[at * size : (at + 1) * size]), at, count


class Gathering:
    """Takes verdicts one by one, so that whoever gathers may pause in between, and makes the portfolio of them."""

    def __init__(self) -> None:
        self._owned: dict[tuple[bool, int], dict[int, None]] = {}
        self._helped: dict[tuple[bool, int], dict[int, None]] = {}
        self._gaps: dict[int, Gap] = {}
        self._order: dict[int, tuple[bool, int, str, int]] = {}

    def add(self, verdict: Verdict) -> None:
        """Take what is said of one asset as a whole."""
        asset = verdict.asset
        gap = gap_of(verdict)
        if gap is not None:
            self._gaps[asset.id] = gap
            self._order[asset.id] = _order(asset)
        if isinstance(verdict, Disputed):
            holdings = (*verdict.claims, *verdict.others)
        elif isinstance(verdict, Owned):
            holdings = verdict.holdings
        else:
            return
        for holding in holdings:
            fact = holding.fact
            who = (True, fact.team_id) if fact.team_id is not None else (False, fact.person_id or 0)
            lists = self._owned if fact.role is Role.OWNER else self._helped
            lists.setdefault(who, {})[asset.id] = None
            self._order.setdefault(asset.id, _order(asset))

    def done(self) -> Portfolio:
        """Return the portfolio of everything that was added."""
        shares = {who: self._share(who) for who in {*self._owned, *self._helped}}
        return Portfolio(
            teams={number: share for (is_team, number), share in shares.items() if is_team},
            people={number: share for (is_team, number), share in shares.items() if not is_team},
            gaps=self._gaps,
            unowned=self._having(Gap.UNOWNED),
            disputed=self._having(Gap.DISPUTED),
            orphaned=self._having(Gap.ORPHANED),
        )

    def _share(self, who: tuple[bool, int]) -> Share:
        owned = self._sorted(self._owned.get(who, ()))
        helped = self._sorted(set(self._helped.get(who, ())) - set(owned))
        return Share(owned, helped, tuple(each for each in (*owned, *helped) if each in self._gaps))

    def _having(self, gap: Gap) -> tuple[int, ...]:
        return self._sorted(asset_id for asset_id, each in self._gaps.items() if each is gap)

    def _sorted(self, asset_ids: Iterable[int]) -> tuple[int, ...]:
        return tuple(sorted(asset_ids, key=self._order.__getitem__))


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


def _order(asset: AssetRecord) -> tuple[bool, int, str, int]:
    tier = asset.tier if asset.tier is not None else _NO_TIER
    return asset.kind is AssetKind.PATH, tier, fold(asset.name), asset.id

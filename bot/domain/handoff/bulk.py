"""Many handoffs at once: what a list asks for, how it is grouped, and how much its receivers would have."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from bot.domain.catalog import Area, AssetKind
from bot.domain.handoff.handoffs import MOST_RESOURCES
from bot.domain.records import AssetRecord, TeamRecord

#: How many parents are climbed in search of a system.
_MOST_PARENTS = 10
#: So many times the median of its peers is a load to warn of.
_HEAVY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkLine:
    """A line of a list, as written: `number` is its number in the file. Without an area, all that the giver owns."""

    number: int
    asset: str
    area: str = ""
    giver: str
    receiver: str


@dataclass(frozen=True, slots=True)
class BulkItem:
    """What a line comes to: an area of an asset passes from one team to another."""

    line: BulkLine
    asset: AssetRecord
    area: Area
    giver: TeamRecord
    receiver: TeamRecord


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that is not offered, and why, in one sentence; `is_offered` where it was offered before."""

    line: BulkLine
    reason: str
    is_offered: bool = False


@dataclass(frozen=True, slots=True)
class BulkGroup:
    """What is offered as one handoff: resources of one system, None for those of none."""

    giver: TeamRecord
    receiver: TeamRecord
    system: AssetRecord | None
    items: tuple[BulkItem, ...]


@dataclass(frozen=True, slots=True)
class Peers:
    """What the other teams that own anything have now, each half of them less: how many, and their medians."""

    teams: int
    assets: float
    assets_a_person: float


@dataclass(frozen=True, slots=True)
class Load:
    """What a receiver would have: how many people, assets now and then, and how many of these are of tier 1.

    `peers` is what that is held against, None where no other team owns anything.
    """

    team: TeamRecord
    people: int
    assets_now: int
    assets_then: int
    tier_one: int
    peers: Peers | None = None

    @property
    def is_heavy(self) -> bool:
        """Whether it would be more than twice as much as its peers have, for each of its people."""
        if self.peers is None:
            return False
        return self.assets_then / max(self.people, 1) > _HEAVY * self.peers.assets_a_person


def system_of(asset: AssetRecord, parent: Callable[[int], AssetRecord | None]) -> AssetRecord | None:
    """Return the system that an asset is or is a part of; without one the topmost asset above it, None for none."""
    current, top = asset, None
    for _ in range(_MOST_PARENTS):
        if current.kind is AssetKind.SYSTEM:
            return current
        above = parent(current.parent_id) if current.parent_id is not None else None
        if above is None:
            return top
        current = top = above
    return top


def grouped(items: Iterable[BulkItem], parent: Callable[[int], AssetRecord | None]) -> tuple[BulkGroup, ...]:
    """Return items by who gives what system to whom, none larger than a handoff may be, those of no system last."""
    found: dict[tuple[str, str, str, int], list[BulkItem]] = {}
    systems: dict[int, AssetRecord | None] = {}
    for item in items:
        system = system_of(item.asset, parent)
        number = system.id if system is not None else 0
        systems[number] = system
        name = system.name if system is not None else "\uffff"
        found.setdefault((item.giver.name, item.receiver.name, name, number), []).append(item)
    groups = []
    for key in sorted(found):
        ordered = sorted(found[key], key=lambda item: (item.asset.name, item.asset.id, item.area))
        for at in range(0, len(ordered), MOST_RESOURCES):
            part = tuple(ordered[at : at + MOST_RESOURCES])
            groups.append(BulkGroup(part[0].giver, part[0].receiver, systems[key[3]], part))
    return tuple(groups)


def loads(
    items: Sequence[BulkItem],
    *,
    teams: Iterable[TeamRecord],
    people_of: Callable[[TeamRecord], int],
    owned_by: Callable[[TeamRecord], Collection[AssetRecord]],
) -> tuple[Load, ...]:
    """Return what each receiver would have, most first, beside those of these teams that neither give nor are it."""
    givers = {item.giver.id for item in items}
    owned = {team.id: (len(owned_by(team)), people_of(team)) for team in teams if team.id not in givers}
    found = []
    for team in {item.receiver.id: item.receiver for item in items}.values():
        now = {asset.id: asset for asset in owned_by(team)}
        then = now | {item.asset.id: item.asset for item in items if item.receiver.id == team.id}
        first = sum(asset.tier == 1 for asset in then.values())
        others = [(count, people) for number, (count, people) in owned.items() if number != team.id and count]
        peers = (
            Peers(
                len(others),
                median(count for count, _ in others),
                median(count / max(people, 1) for count, people in others),
            )
            if others
            else None
        )
        found.append(Load(team, people_of(team), len(now), len(then), first, peers))
    return tuple(sorted(found, key=lambda load: (-load.assets_then, load.team.name)))

"""Which things a team should confirm as still its own, and how many it has confirmed in a quarter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.catalog import Area, Role
from bot.domain.records import AssetRecord, OwnershipRecord

#: How many things one list asks about: people do not check more at a glance.
MOST_LISTED = 8
#: How long a team is told that a file has made something its own.
NEW_FOR = timedelta(days=63)
#: What a team gets within this time of its first thing counts as one import: a catalog is seldom read in one go.
_FIRST = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Unattested:
    """An asset that its team has not confirmed since `since`.

    If the team never confirmed it, `since` is when the asset became the team's. `areas` are the areas that the team
    owns itself. `new_by` is the source that recently made it the team's, or "".
    """

    asset: AssetRecord
    since: datetime
    was_confirmed: bool
    areas: tuple[Area, ...] = (Area.ALL,)
    new_by: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a team was asked about last, and on which of its own days."""

    on: date
    asset_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """How many of a team's things were confirmed in a quarter, when each was, and the names of those that were not."""

    total: int
    confirmed_at: tuple[datetime, ...]
    missing: tuple[str, ...]


def unattested(
    assets: Iterable[AssetRecord],
    team_id: int,
    *,
    now: datetime,
    stale_after: timedelta,
    asked: Asked | None = None,
) -> list[Unattested]:
    """Return what a team should confirm again, the most important tier first, then the oldest.

    Only things that the team owns itself count; inherited things are confirmed at their parent. Things that a file has
    made the team's since it was last asked come first, because nobody has told it yet. Things with a doubted owner are
    left out, because the doubt is asked about separately.
    """
    assets, found = list(assets), list[Unattested]()
    first = min((fact.valid_from for asset in assets for fact in _own(asset, team_id)), default=now)
    told = max(first + _FIRST, now - NEW_FOR, *([datetime.combine(asked.on, time(), UTC)] if asked is not None else []))
    for asset in assets:
        confirmed = _confirmations(asset, team_id)
        if not confirmed or asset.matters.doubts:
            continue
        since, was_confirmed = min(confirmed)
        new_by = [fact.source for fact in _own(asset, team_id) if fact.valid_from > told and not fact.is_human]
        is_told = asked is not None and asset.id in asked.asset_ids
        is_new = len(new_by) == len(confirmed) and not (was_confirmed or is_told)
        if is_new or now - since > stale_after:
            areas = areas_of(asset, team_id)
            found.append(Unattested(asset, since, was_confirmed, areas, new_by[0] if is_new else ""))
    return sorted(found, key=lambda each: (not each.new_by, each.asset.tier or 99, each.since, each.asset.id))


def areas_of(asset: AssetRecord, team_id: int) -> tuple[Area, ...]:
    """Return the areas of an asset that a team owns itself."""
    owned = {fact.area for fact in asset.facts if fact.team_id == team_id and fact.role is Role.OWNER}
    return tuple(area for area in Area if area in owned)


def standing(assets: Sequence[AssetRecord], team_id: int, *, since: datetime) -> Standing:
    """Return how many of the things that a team owns itself it has confirmed since `since`."""
    total, confirmed, missing = 0, list[datetime](), list[str]()
    for asset in assets:
        said = _confirmations(asset, team_id)
        if not said:
            continue
        total += 1
        at, was_confirmed = min(said)
        if was_confirmed and at >= since:
            confirmed.append(at)
        else:
            missing.append(asset.name)
    return Standing(total, tuple(sorted(confirmed)), tuple(missing))


def quarter_of(day: date) -> date:
    """Return the first day of the quarter that `day` is in."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def burn_up(confirmed_at: Sequence[datetime], *, start: date, today: date) -> list[tuple[date, int]]:
    """Return how many things were confirmed by the end of each week since `start`, and by `today`."""
    ends = [start + timedelta(days=6 + 7 * number) for number in range((today - start).days // 7)]
    days = sorted(at.astimezone(UTC).date() for at in confirmed_at)
    return [(end, sum(day <= end for day in days)) for end in (*ends, today)]


def _confirmations(asset: AssetRecord, team_id: int) -> list[tuple[datetime, bool]]:
    """Return, for each of the team's facts, since when it is unconfirmed and whether it was ever confirmed."""
    return [(fact.confirmed_at or fact.valid_from, fact.confirmed_at is not None) for fact in _own(asset, team_id)]


def _own(asset: AssetRecord, team_id: int) -> list[OwnershipRecord]:
    """Return the facts by which a team owns an asset itself."""
    return [fact for fact in asset.facts if fact.team_id == team_id and fact.role is Role.OWNER]

"""Use cases of history: who owned something on a day that is over, and everything that is known of its owners."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.domain import ownership as rules
from bot.domain.catalog import Area
from bot.domain.ownership import Held, Past
from bot.domain.records import AssetRecord
from bot.errors import UserError
from bot.services.deps import Deps
from bot.services.ownership import Answered, Missing, SeveralAssets, find
from bot.services.questions import Always, OnDay
from bot.services.snapshot import Snapshot
from bot.store import history

_MOST_PARENTS = 10


@dataclass(frozen=True, slots=True)
class Recalled:
    """Who owned the asset that was meant; `understood_as` is how the question was read where that is not plain."""

    past: Past
    understood_as: str = ""


@dataclass(frozen=True, slots=True)
class Chronicle:
    """Every fact that an asset itself ever had, the latest first."""

    asset: AssetRecord
    held: tuple[Held, ...]
    understood_as: str = ""


async def recall(
    deps: Deps, snapshot: Snapshot, asked: OnDay | Always
) -> Recalled | Chronicle | SeveralAssets | Missing:
    """Answer a question about the past. A day means its end, in UTC.

    Raises UserError for a day that is still to come.
    """
    now = deps.clock.now()
    if isinstance(asked, OnDay) and asked.day > now.date():
        raise UserError(f"{asked.day.isoformat()} is still to come: ask about today or before.")
    found = find(deps, snapshot, asked.text)
    async with deps.database.reading() as session:
        if isinstance(found, Answered):
            asset, area, understood = found.verdict.asset, found.verdict.area, found.frame.understood_as
        else:
            gone = await history.gone(session, found.asked) if found.asked else None
            if gone is None:
                return found
            asset, area, understood = gone, None, ""
        if isinstance(asked, Always):
            held = rules.timeline(await history.terms(session, asset.id), snapshot)
            return Chronicle(asset, held, understood)
        lineage = [(each, await history.terms(session, each.id)) for each in _lineage(snapshot, asset)]
    return Recalled(_past(snapshot, lineage, asked.day, area, now), understood)


def _past(
    snapshot: Snapshot,
    lineage: list[tuple[AssetRecord, tuple[rules.Term, ...]]],
    day: date,
    area: Area | None,
    now: datetime,
) -> Past:
    end = datetime.combine(day + timedelta(days=1), time(), UTC) - timedelta(microseconds=1)
    wanted = None if area is Area.ALL else area
    return rules.past(lineage, snapshot, moment=min(end, now), area=wanted)


def _lineage(snapshot: Snapshot, asset: AssetRecord) -> Iterator[AssetRecord]:
    current: AssetRecord | None = asset
    for _ in range(_MOST_PARENTS):
        if current is None:
            return
        yield current
        if current.path_rule is not None or current.parent_id is None:
            return
        current = snapshot.asset(current.parent_id)

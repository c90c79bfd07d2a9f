"""What end of life contributes to the health report, counted from the inventory in memory a slice at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from bot.blocks.eol import health as blocks
from bot.blocks.health import HealthPart
from bot.domain.eol.bill import Bill
from bot.domain.eol.exposure import Exposure, MatchedDeployment, certain_of
from bot.domain.eol.responsibility import CycleKey
from bot.domain.health import scope_of
from bot.domain.records import TeamRecord
from bot.services.deps import Deps
from bot.services.eol.exposure import Watcher
from bot.services.eol.reminder_store import takers_of
from bot.services.slices import in_slices


class EolFigures:
    """How much runs past its end of life, for how long, and what that costs; by the team that has it now."""

    def __init__(self, deps: Deps, watcher: Watcher) -> None:
        self._deps, self._watcher = deps, watcher

    async def part(self, team: TeamRecord | None) -> HealthPart:
        """Return what there is to say of everybody, or of one team, which costs what runs there."""
        exposure = await self._watcher.current()
        async with self._deps.database.reading() as session:
            takers = await takers_of(session, self._watcher.snapshot)
        ids: Collection[int] = tuple(exposure.by_asset)
        if team is not None:
            taken = [cycle for cycle, taker in takers.items() if taker.id == team.id]
            ids = exposure.assets_of(scope_of(team.id)).union(*(exposure.running.get(each, ()) for each in taken))
        bills: dict[int | None, Bill] = {None: Bill()}
        await in_slices(_count(bills, exposure, ids, takers))
        bill = bills[None] if team is None else bills.get(team.id, Bill())
        teams = {team_id: each for team_id, each in bills.items() if team_id is not None}
        shown = teams if team is None else {team.id: bill}
        worst = max(
            shown,
            key=lambda each: (shown[each].money.total(), shown[each].unpriced, shown[each].days, each),
            default=None,
        )
        owner = self._watcher.snapshot.team(worst) if worst is not None and shown[worst].past else None
        return HealthPart(
            sections=[blocks.section(bill)] if ids else [],
            actions=[blocks.upgrade(owner, shown[owner.id])] if owner is not None else [],
            recorded={scope_of(team_id): blocks.recorded(each) for team_id, each in bills.items()},
            trends=blocks.TRENDS,
        )


def _count(
    bills: dict[int | None, Bill], exposure: Exposure, asset_ids: Collection[int], takers: Mapping[CycleKey, TeamRecord]
) -> Iterator[None]:
    for asset_id in asset_ids:
        runs = exposure.by_asset.get(asset_id, ())
        if runs:
            today = exposure.today_of(runs[0].responsible.addressee)
            bills[None].add(runs, today)
            by_team: dict[int, list[MatchedDeployment]] = {}
            for one in runs:
                team = _holder(one, takers)
                if team is not None:
                    by_team.setdefault(team.id, []).append(one)
            for team_id, theirs in by_team.items():
                bills.setdefault(team_id, Bill()).add(theirs, today)
        yield


def _holder(one: MatchedDeployment, takers: Mapping[CycleKey, TeamRecord]) -> TeamRecord | None:
    """Return the team that has a deployment's end of life: that has taken it over, else that hears of it."""
    sure, addressee = certain_of(one.matched), one.responsible.addressee
    taker = takers.get((addressee.key, sure.product.key, sure.cycle.name)) if sure is not None and takers else None
    return taker or addressee.team

"""What ownership contributes to the health report, counted from the catalog in memory a slice at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from datetime import timedelta

from bot.blocks.health import HealthPart, NextAction
from bot.blocks.ownership import health as blocks
from bot.domain import ownership as rules
from bot.domain.catalog import Area, AssetKind
from bot.domain.health import Matrix, MatrixRow, scope_of
from bot.domain.names import clean, fold
from bot.domain.ownership import Disputed, Orphaned, Unowned, Verdict
from bot.domain.ownership.coverage import Coverage, Holder, Standing, Tally
from bot.domain.records import TeamRecord
from bot.services import devops_team, misses
from bot.services.deps import Deps
from bot.services.portfolio import Portfolios
from bot.services.slices import in_slices
from bot.services.snapshot import Snapshot
from bot.store import deployments, queries

#: Names asked for in vain that are counted.
_MOST_UNKNOWN = 200
#: Rows of the matrix; with more, no name can be read.
_MOST_ROWS = 20
#: For so long what a team has declined is not proposed to it again.
_NOT_AGAIN = timedelta(days=30)
#: What wants an owner, the more important first; then what has one that is gone, or several.
_WITHOUT_OWNER, _ATTEND = (Standing.UNOWNED, Standing.PART_UNOWNED), (Standing.ORPHANED, Standing.DISPUTED)


class CoverageFigures:
    """How well things are owned, and what the DevOps team has of other teams' things.

    Lines of a CODEOWNERS file do not count: one repository may have hundreds of them. Of the DevOps team's load only
    production counts: what the inventory knows from elsewhere only, such as staging, is left out.
    """

    def __init__(self, deps: Deps, snapshot: Snapshot, portfolios: Portfolios) -> None:
        self._deps, self._snapshot, self._portfolios = deps, snapshot, portfolios
        self._lock = asyncio.Lock()
        #: The last count of everything, and what it holds for.
        self._counted: tuple[object, Coverage] | None = None

    async def part(self, team: TeamRecord | None) -> HealthPart:
        """Return what there is to say of everybody, or of one team.

        Of a team it costs what it has; of everybody the whole catalog, unless nothing has changed.
        """
        devops = devops_team.find(self._deps, self._snapshot)
        coverage = await (self._everything(devops) if team is None else self._of_team(team, devops))
        tally = coverage.everybody if team is None else coverage.of_team(team.id)
        held = self._held(coverage) if team is None or team == devops else None
        unknown = None
        if team is None:
            unknown = len(await misses.in_vain(self._deps, self._snapshot, limit=_MOST_UNKNOWN))
        is_known = bool(tally.things or tally.held)
        teams = {*coverage.by_team, *([devops.id] if devops is not None else [])}
        return HealthPart(
            headline=blocks.headline(tally, devops, team, len(held or ())) if is_known else None,
            sections=list(blocks.sections(tally, devops, held, unknown)) if is_known else [],
            notes=list(self._notes(team, devops, tally)),
            actions=list(self._actions(coverage, devops, team)),
            recorded={scope_of(None): blocks.recorded(tally, is_whole=True, unknown=unknown)}
            | {scope_of(team_id): blocks.recorded(coverage.of_team(team_id)) for team_id in teams},
            trends=blocks.trends(devops),
            matrix=self._matrix(coverage) if team is None else Matrix(),
            is_empty=team is None and not is_known,
        )

    def _notes(self, team: TeamRecord | None, devops: TeamRecord | None, tally: Tally) -> Iterator[str]:
        if not tally.things and not tally.held:
            yield blocks.owns_nothing(team) if team is not None else blocks.EMPTY
        elif devops is None:
            name = self._deps.devops.name
            yield blocks.unknown_devops(name) if name else blocks.NO_DEVOPS

    async def _everything(self, devops: TeamRecord | None) -> Coverage:
        await self._portfolios.current()  # so that changes are logged from now on
        async with self._lock:
            snapshot, now = self._snapshot, self._deps.clock.now()
            coverage = await self._begin(devops)
            positions = snapshot.revision, snapshot.changes.position, snapshot.sources_position
            stamp = *positions, now.date(), coverage.devops_id, coverage.declined
            if self._counted is None or self._counted[0] != stamp:
                await in_slices(self._add(coverage, snapshot.directory.ids(), await self._elsewhere()))
                self._counted = stamp, coverage
            return self._counted[1]

    async def _begin(self, devops: TeamRecord | None) -> Coverage:
        since = self._deps.clock.now() - _NOT_AGAIN
        async with self._deps.database.connected() as connection:
            declined = await queries.declined_since(connection, since) if devops is not None else frozenset()
        return Coverage(devops.id if devops is not None else None, declined)

    async def _of_team(self, team: TeamRecord, devops: TeamRecord | None) -> Coverage:
        portfolio = await self._portfolios.current()
        coverage = await self._begin(devops)
        ids: Collection[int] = portfolio.of_team(team.id).owned
        if coverage.devops_id != team.id:
            ids = self._snapshot.changes.with_parts(ids)  # DevOps may have a part for the team that has the whole
        await in_slices(self._add(coverage, ids, await self._elsewhere(ids)))
        return coverage

    async def _elsewhere(self, asset_ids: Collection[int] | None = None) -> set[int]:
        async with self._deps.database.connected() as connection:
            return await deployments.assets_elsewhere(connection, asset_ids)

    def _add(self, coverage: Coverage, asset_ids: Iterable[int], elsewhere: Set[int]) -> Iterator[None]:
        snapshot, now = self._snapshot, self._deps.clock.now()
        for asset_id in asset_ids:
            asset = snapshot.asset(asset_id)
            if asset is not None and asset.kind is not AssetKind.PATH:
                verdict = rules.verdict(asset, snapshot, now=now, stale_after=self._deps.stale_after)
                size = self._size(verdict)
                coverage.add(verdict, snapshot, is_production=asset_id not in elsewhere, size=size)
            yield

    def _size(self, verdict: Verdict) -> int:
        """Return how many things hang on one that needs attention, itself included; 1 for any other."""
        if isinstance(verdict, Unowned | Orphaned | Disputed):
            return len(self._snapshot.changes.with_parts([verdict.asset.id]))
        return 1

    def _held(self, coverage: Coverage) -> list[tuple[int, str, int]]:
        """Return the teams that DevOps owns something for, those with most of it first."""
        held = ((team_id, self._name(team_id), tally.held.total()) for team_id, tally in coverage.by_team.items())
        return sorted((each for each in held if each[2]), key=lambda each: (-each[2], fold(each[1])))

    def _actions(self, coverage: Coverage, devops: TeamRecord | None, team: TeamRecord | None) -> Iterator[NextAction]:
        tally = coverage.everybody if team is None else coverage.of_team(team.id)
        own = coverage.by_team if team is None else {team.id: tally}
        served = coverage.by_team if team is None or team == devops else own
        if devops is not None and (found := self._most(served, lambda each: each.proposed)):
            yield blocks.hand_over(found[0], devops, found[1].proposed, found[1].first[Standing.OWNED])
        elif devops is not None and (found := self._most(served, lambda each: each.under_way)):
            yield blocks.see_through(devops, found[1].under_way, found[1].first[Standing.OWNED])
        wanted = [standing for standing in _WITHOUT_OWNER if standing in tally.first]
        for standing in (*sorted(wanted, key=lambda each: tally.first[each].order), *_ATTEND):
            if standing in tally.first:
                yield blocks.attend(standing, tally.first[standing])
        if found := self._most(own, lambda each: each.standings[Standing.ONE_PERSON]):
            yield blocks.second_person(found[0], found[1].standings[Standing.ONE_PERSON])

    def _most(self, tallies: Mapping[int, Tally], count: Callable[[Tally], int]) -> tuple[TeamRecord, Tally] | None:
        """Return the team of which this counts most; None where it counts nothing of any."""
        team_id = max(tallies, key=lambda each: (count(tallies[each]), -each), default=None)
        team = self._snapshot.team(team_id) if team_id is not None and count(tallies[team_id]) else None
        return (team, tallies[team.id]) if team is not None else None

    def _matrix(self, coverage: Coverage) -> Matrix:
        """Return who owns which area, of the teams that DevOps has most of, then of those that have most."""
        teams = [(team_id, each) for team_id, each in coverage.by_team.items() if team_id != coverage.devops_id]
        teams.sort(key=lambda each: (-each[1].held.total(), -each[1].things, fold(self._name(each[0]))))
        shown = teams[:_MOST_ROWS]
        areas = sorted({area for _, each in shown for area, _ in each.cells}, key=list(Area).index)
        rows = [MatrixRow(clean(self._name(team_id)), [_cell(each, area) for area in areas]) for team_id, each in shown]
        return Matrix(blocks.area_names(areas), rows, len(teams) - len(shown))

    def _name(self, team_id: int) -> str:
        team = self._snapshot.team(team_id)
        return team.name if team is not None else ""


def _cell(tally: Tally, area: Area) -> tuple[int, int, int]:
    return tally.cells[area, Holder.OWN], tally.cells[area, Holder.DEVOPS], tally.cells[area, Holder.OTHER]

"""Use cases of the team's dashboard: who has what, and what nobody has."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import process

from bot.domain import ownership as rules
from bot.domain.names import fold
from bot.domain.ownership import Verdict
from bot.domain.portfolio import AssetPage, PersonCard, Portfolio, TeamCard, TeamCount, page_of
from bot.domain.records import AssetRecord, PersonRecord, TeamRecord
from bot.errors import NotFoundError
from bot.services.deps import Deps
from bot.services.slices import in_slices
from bot.services.snapshot import Snapshot, give_memory_back

#: Names that are less alike than this (of 100) are no help as a suggestion.
_NEAREST_CUTOFF = 60


class Portfolios:
    """The portfolio of this process's catalog, made when it is first asked for, and then kept up to date."""

    def __init__(self, deps: Deps, snapshot: Snapshot) -> None:
        self._deps, self._snapshot = deps, snapshot
        self._lock = asyncio.Lock()
        self._portfolio: Portfolio | None = None
        self._position = self._sources_position = -1

    async def current(self) -> Portfolio:
        """Return the portfolio of the catalog as it is in memory now.

        It costs what has changed since the last time, and what has grown stale. Only the first time the whole catalog
        is gone through: at 100,000 assets about a second of work, a slice of two milliseconds at a time.
        """
        async with self._lock:
            changes, portfolio = self._snapshot.changes, self._portfolio
            affected = changes.since(self._position)
            if portfolio is None or affected is None:
                self._position = await self._snapshot.follow_changes()
                self._sources_position = self._snapshot.sources_position
                portfolio = Portfolio(self._snapshot.asset, stale_after=self._deps.stale_after)
                assets = filter(None, map(self._snapshot.asset, tuple(self._snapshot.directory.assets)))
                await in_slices(portfolio.fill(map(self._verdict, assets)))
                give_memory_back()
                self._portfolio = portfolio
                return portfolio
            affected |= portfolio.due(self._deps.clock.now())
            if self._sources_position != self._snapshot.sources_position:
                affected |= portfolio.stale  # a source was read again, so its facts may be fresh
            # The catalog goes on changing while this works: what comes from here on is the next call's.
            self._position, self._sources_position = changes.position, self._snapshot.sources_position
            self._portfolio = None  # should this be broken off, half an update is of no use
            await in_slices(self._update(portfolio, affected))
            self._portfolio = portfolio
            return portfolio

    def _update(self, portfolio: Portfolio, asset_ids: Iterable[int]) -> Iterator[None]:
        for asset_id in asset_ids:
            asset = self._snapshot.asset(asset_id)
            if asset is None:
                portfolio.remove(asset_id)
            else:
                portfolio.put(self._verdict(asset))
            yield

    def _verdict(self, asset: AssetRecord) -> Verdict:
        return rules.verdict(asset, self._snapshot, now=self._deps.clock.now(), stale_after=self._deps.stale_after)


def team_card(snapshot: Snapshot, portfolio: Portfolio, team: TeamRecord) -> TeamCard:
    """Return what there is to say of a team."""
    share = portfolio.of_team(team.id)
    return TeamCard(
        team=team,
        people=tuple(sorted(rules.active_members(team, snapshot), key=lambda person: fold(person.name))),
        lead=snapshot.person(team.lead_id),
        manager=snapshot.person(team.manager_id),
        share=share,
        gaps=Counter(portfolio.gaps[asset_id] for asset_id in share.gaps),
    )


def person_card(snapshot: Snapshot, portfolio: Portfolio, person: PersonRecord) -> PersonCard:
    """Return what there is to say of a person: how much is theirs, and how much is their teams'."""
    teams = snapshot.teams_of(person.id)
    counted = tuple(TeamCount(team, len(portfolio.of_team(team.id).owned)) for team in teams)
    return PersonCard(person, counted, len(portfolio.of_person(person.id).owned))


def page(deps: Deps, snapshot: Snapshot, asset_ids: Sequence[int], number: int, *, size: int) -> AssetPage:
    """Return a page of a list with what is said now of its assets; those that are gone by now are left out."""
    shown, at, count = page_of(asset_ids, number, size=size)
    return AssetPage(tuple(_verdicts(deps, snapshot, shown)), at, count)


def team_called(snapshot: Snapshot, said: str) -> TeamRecord:
    """Return the team that was chosen by its id or typed. Raises NotFoundError with the nearest names."""
    team = snapshot.team(int(said)) if said.isdecimal() else None
    team = team or snapshot.team_by_name(said.removeprefix("@"))
    if team is not None and not team.is_gone:
        return team
    nearest = [each.name for each in nearest_teams(snapshot, said)]
    hint = f" Did you mean {', '.join(nearest)}?" if nearest else ""
    raise NotFoundError(f"There is no team of that name.{hint}")


def nearest_teams(snapshot: Snapshot, name: str) -> list[TeamRecord]:
    """Return the teams whose names look most like `name`, the likeliest first; perhaps none."""
    folded = {team: fold(team.name) for team in snapshot.teams()}
    found = process.extract(fold(name), folded, limit=3, score_cutoff=_NEAREST_CUTOFF)
    return [team for _, _, team in found]


def _verdicts(deps: Deps, snapshot: Snapshot, asset_ids: tuple[int, ...]) -> Iterator[Verdict]:
    now = deps.clock.now()
    for asset_id in asset_ids:
        asset = snapshot.asset(asset_id)
        if asset is not None:
            yield rules.verdict(asset, snapshot, now=now, stale_after=deps.stale_after)

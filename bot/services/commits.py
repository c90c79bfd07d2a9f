"""Counts of commits by team: evidence of who could own something, while it is fresh."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.ownership import Evidence, EvidenceKind
from bot.domain.records import TeamRecord
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.journal import audit

#: For so long a count is evidence: it is of the last 90 days, and says nothing of what came after it.
FRESH = timedelta(90)


@dataclass(frozen=True, slots=True)
class CountedCommits:
    """How many commits people of each team have made, and how many addresses of no team; some people have two teams."""

    by_team: Mapping[TeamRecord, int]
    strangers: int


async def record(deps: Deps, snapshot: Snapshot, asset_id: int, authors: Mapping[str, int]) -> CountedCommits:
    """Keep how many commits to an asset each team's people have made, in place of what was counted before.

    `authors` are the numbers of commits by e-mail address. The addresses are not kept.
    """
    by_team, strangers = Counter[TeamRecord](), 0
    for address, count in authors.items():
        person = snapshot.person_by_email(address)
        teams = snapshot.teams_of(person.id) if person is not None and person.is_active else ()
        by_team.update(dict.fromkeys(teams, count))
        strangers += 0 if teams else count
    row, now = tables.CommitCount, deps.clock.now()
    async with deps.database.transaction() as session:
        await session.execute(delete(row).where(col(row.asset_id) == asset_id))
        session.add_all(row(asset_id=asset_id, team_id=team.id, commits=n, read_at=now) for team, n in by_team.items())
        await audit(
            session,
            at=now,
            actor="cli",
            action="ownership.count_commits",
            subject=f"asset:{asset_id}",
            detail={"teams": {str(team.id): n for team, n in by_team.items()}},
        )
    return CountedCommits(by_team, strangers)


async def evidence(session: AsyncSession, deps: Deps, asset_ids: Sequence[int]) -> list[tuple[int, Evidence]]:
    """Return what fresh counts say for teams, with the asset that each is about."""
    row = tables.CommitCount
    is_fresh = col(row.read_at) > deps.clock.now() - FRESH
    query = select(row).where(col(row.asset_id).in_(asset_ids), is_fresh)
    return [
        (each.asset_id, Evidence(EvidenceKind.COMMITS, each.team_id, count=each.commits, at=each.read_at))
        for each in (await session.execute(query)).scalars()
    ]

"""What was claimed against what came true: what teams said 30 and 90 days after a delivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.backlog.requests import RequestCard
from bot.domain.backlog.savings import UNNAMED, SavingReview, asked_privately, claimed_hours
from bot.services import devops_team
from bot.services.backlog import lists, ranks
from bot.services.backlog._loaded import card_of
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables

#: The team of an answer that is in the catalog no more.
_GONE = "A team that is gone"


@dataclass(frozen=True, slots=True)
class SavingReport:
    """What teams were asked and said, and the requests that it is about."""

    cards: Sequence[RequestCard]
    reviews: Sequence[SavingReview]


async def report(deps: Deps, snapshot: Snapshot, person_id: int | None, *, is_all: bool = False) -> SavingReport:
    """Return what was said of the requests that somebody may see; with `is_all` of every one.

    Which teams have asked privately for what became a part of others only the DevOps team reads.
    """
    table, now = tables.Request, deps.clock.now()
    asked = select(col(tables.RequestSaving.request_id))
    async with deps.database.reading() as session:
        query = select(table).where(col(table.id).in_(asked)).order_by(col(table.id))
        rows = {row.id: row for row in (await session.execute(query)).scalars()}
        cards = {number: card_of(snapshot, row, now=now) for number, row in rows.items()}
        seen = {
            number: rows[number]
            for number, card in cards.items()
            if is_all or lists.may_see(deps, snapshot, card, person_id)
        }
        is_named = is_all or (person_id is not None and devops_team.is_member(deps, snapshot, person_id))
        found = await _reviews(session, deps, snapshot, list(seen.values()), is_named=is_named)
    return SavingReport([cards[number] for number in seen], found)


async def of_request(deps: Deps, snapshot: Snapshot, request_id: int) -> Sequence[SavingReview]:
    """Return what was said of one request."""
    async with deps.database.reading() as session:
        row = await session.get(tables.Request, request_id)
        return await _reviews(session, deps, snapshot, [row] if row is not None else [], is_named=True)


async def _reviews(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, rows: Sequence[tables.Request], *, is_named: bool
) -> list[SavingReview]:
    settings, table = ranks.settings_of(deps), tables.RequestSaving
    requests = {each.id: each for each in await ranks.with_demands(session, deps, snapshot, rows)}
    claims = {number: claimed_hours(each, settings) for number, each in requests.items()}
    unnamed = {number: () if is_named else asked_privately(each) for number, each in requests.items()}
    query = select(table).where(col(table.request_id).in_(requests))
    query = query.order_by(col(table.request_id), col(table.day), col(table.team_id))
    return [
        SavingReview(
            request_id=row.request_id,
            team=UNNAMED if team in unnamed[row.request_id] else team,
            after_days=row.day,
            claimed_hours=claims[row.request_id].get(team, 0.0),
            actual_hours=row.hours_a_month,
        )
        for row in (await session.execute(query)).scalars()
        for team in [_team(snapshot, row.team_id)]
    ]


def _team(snapshot: Snapshot, team_id: int) -> str:
    team = snapshot.team(team_id)
    return team.name if team is not None else _GONE

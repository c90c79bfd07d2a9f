"""What the backlog contributes to the health report: how much waits and how long, and which team was served."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks.backlog import health as blocks
from bot.blocks.backlog.health import Load, OldestRequest
from bot.blocks.health import HealthPart
from bot.domain.backlog.requests import OPEN, RequestState
from bot.domain.health import scope_of
from bot.domain.records import TeamRecord
from bot.services import devops_team
from bot.services.backlog import ranks
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables

#: Days from which a request is old enough to begin with.
_WEEK = 7


class RequestFigures:
    """How DevOps serves those who ask. Private requests count; nothing else is said of them."""

    def __init__(self, deps: Deps, snapshot: Snapshot) -> None:
        self._deps, self._snapshot = deps, snapshot

    async def part(self, team: TeamRecord | None) -> HealthPart:
        """Return what there is to say of everybody, or of one team; nothing where nobody takes requests.

        All requests wait for the team that takes them, whoever has asked. It costs the open requests and those of 90
        days: a team's share is one of a whole.
        """
        taking = devops_team.find(self._deps, self._snapshot)
        if taking is None:
            return HealthPart()
        if team is not None and team.id == taking.id:
            team = None
        shares = await ranks.shares(self._deps, self._snapshot)
        named = ((self._snapshot.team_by_name(each.team), each) for each in shares)
        known = [(found, each) for found, each in named if found is not None]
        percents = [(found.id, found.name, round(100 * each.served_share)) for found, each in known]
        served = sorted((each for each in percents if each[2]), key=lambda each: (-each[2], each[1]))
        if team is not None:
            served = [each for each in served if each[0] == team.id]
        async with self._deps.database.reading() as session:
            load, oldest = await self._load(session, team)
        waiting = {scope_of(found.id): _of_team(each.open_requests, each.longest_wait_days) for found, each in known}
        for team_id, _, percent in percents:
            waiting[scope_of(team_id)]["requests.served_percent"] = percent
        load = replace(load, served=served)
        return HealthPart(
            sections=[blocks.section(load, is_of_team=team is not None)],
            actions=[blocks.move_on(oldest)] if oldest is not None and oldest.days >= _WEEK else [],
            recorded={**waiting, **dict.fromkeys((scope_of(None), scope_of(taking.id)), blocks.recorded(load))},
            trends=blocks.TRENDS,
        )

    async def _load(self, session: AsyncSession, team: TeamRecord | None) -> tuple[Load, OldestRequest | None]:
        """Return how much waits, and the oldest of what everybody may see."""
        t, d, today = tables.core(tables.Request).c, tables.core(tables.RequestDemand).c, self._deps.clock.now().date()
        wanted: list[ColumnElement[bool]] = [t.state.in_([state.value for state in OPEN])]
        if team is not None:
            wanted.append(or_(t.team_id == team.id, exists().where(d.request_id == t.id, d.team_id == team.id)))
        count, first = (await session.execute(select(func.count(), func.min(t.created_at)).where(*wanted))).one()
        query = select(t.id, t.created_at, t.team_id, t.state).where(*wanted, t.is_private.is_(False))
        row = (await session.execute(query.order_by(t.created_at, t.id).limit(1))).first()
        load = Load(open_count=count, oldest_days=(today - first.date()).days if first is not None else 0)
        if row is None:
            return load, None
        asker = self._snapshot.team(row.team_id)
        name = asker.name if asker is not None else ""
        is_asked = row.state == RequestState.NEEDS_INFO.value
        days = (today - row.created_at.date()).days
        return load, OldestRequest(id=row.id, days=days, team=name, is_asked=is_asked)


def _of_team(open_count: int, oldest_days: int) -> dict[str, int]:
    return {"requests.open": open_count, "requests.oldest_days": oldest_days}

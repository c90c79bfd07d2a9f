"""What teams say of a request: its rows, and the value that a rank is made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.backlog.demand import Demand, DemandPart, EvidenceKind, NeededBy, Slowdown, TeamBlock
from bot.domain.backlog.new_request import NewRequest
from bot.services.snapshot import Snapshot
from bot.store import tables

#: Whoever asks for no team of the catalog.
_NO_TEAM = "Somebody in no team"


def demand_row(request_id: int, new: NewRequest, now: datetime) -> tables.RequestDemand:
    """Return what a team says that it loses without a request."""
    said = new.demand
    return tables.RequestDemand(
        request_id=request_id,
        team_id=new.team_id,
        person_id=new.filed_by,
        at=now,
        lost_people=said.lost_people or 0.0,
        lost_times=said.lost_times or 0.0,
        lost_hours=said.lost_hours or 0.0,
        evidence=said.evidence or "",
        blocked_people=said.blocked_people,
        blocked_share=said.blocked_share or "",
        blocked_until=said.blocked_until,
        needed_by=new.needed_by,
        miss_hours=said.miss_hours,
        drafted=" ".join(sorted(said.drafted)),
    )


async def demands_of(session: AsyncSession, *request_ids: int) -> Sequence[tables.RequestDemand]:
    """Return what each team says of a request, the requesting team first."""
    table = tables.RequestDemand
    query = select(table).where(col(table.request_id).in_(request_ids)).order_by(col(table.id))
    return (await session.execute(query)).scalars().all()


def demand_of(row: tables.RequestDemand, snapshot: Snapshot, *, reason: str = "") -> Demand:
    """Return what a team says of a request; `reason` is why it is needed by its day."""
    team = snapshot.team(row.team_id)
    person = snapshot.person(row.person_id)
    return Demand(
        team=team.name if team is not None else (person.name if person is not None and person.name else _NO_TEAM),
        evidence=EvidenceKind(row.evidence or EvidenceKind.GUESSED),
        is_evidence_assumed=not row.evidence,
        confirmed_on=row.at.date(),
        said_by=(person.name,) if person is not None and person.name else (),
        team_people=len(team.member_ids) or None if team is not None else None,
        people=row.lost_people,
        times_per_month=row.lost_times,
        hours_each=row.lost_hours,
        block=_block_of(row) if row.blocked_people else None,
        needed_by=NeededBy(row.needed_by, reason, row.miss_hours) if row.needed_by is not None else None,
        drafted=frozenset(map(DemandPart, row.drafted.split())),
    )


def _block_of(row: tables.RequestDemand) -> TeamBlock:
    share = Slowdown(row.blocked_share or Slowdown.HALF)
    return TeamBlock(row.blocked_people, share, row.blocked_until, is_assumed=not row.blocked_share)

"""What a team says of a request, from its row to the value that a rank is made of."""

from __future__ import annotations

from bot.domain.backlog.demand import Demand, DemandPart, EvidenceKind, NeededBy, Slowdown, TeamBlock
from bot.services.snapshot import Snapshot
from bot.store import tables

#: Whoever asks for no team of the catalog.
_NO_TEAM = "Somebody in no team"


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
        needed_by=NeededBy(row.needed_by, reason) if row.needed_by is not None else None,
        drafted=frozenset(map(DemandPart, row.drafted.split())),
    )


def _block_of(row: tables.RequestDemand) -> TeamBlock:
    share = Slowdown(row.blocked_share or Slowdown.HALF)
    return TeamBlock(row.blocked_people, share, row.blocked_until, is_assumed=not row.blocked_share)

"""What is said of a request that somebody may correct, as its history tells the difference."""

from __future__ import annotations

from bot.domain.backlog.corrections import Stated
from bot.services.backlog._cards import RequestAct
from bot.services.backlog._loaded import item_of
from bot.store import tables


def stated(act: RequestAct, demand: tables.RequestDemand) -> Stated:
    """Return what a correction can change of what a team says, by names of teams and people."""
    team, asker = act.snapshot.team(demand.team_id), act.snapshot.somebody(act.row.asked_by)
    return Stated(
        title=act.row.title,
        items=tuple(item_of(each) for each in act.row.items),
        lost=(demand.lost_people, demand.lost_times, demand.lost_hours),
        evidence=demand.evidence,
        blocked=(demand.blocked_people, demand.blocked_share, demand.blocked_until),
        needed_by=demand.needed_by,
        needed_reason=act.row.needed_reason,
        miss_hours=demand.miss_hours,
        team=team.name if team is not None else "",
        asker=asker.name,
    )

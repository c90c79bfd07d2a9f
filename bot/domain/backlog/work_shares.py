"""Which teams the DevOps team's work goes to, so that small teams that are never served are seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.domain.backlog.demand import BacklogRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkShare:
    """What one team has got of the work, and what it waits for.

    `longest_wait_days` is the age of its oldest open request, 0 without one.
    """

    team: str
    served_hours: float
    served_share: float
    open_requests: int
    longest_wait_days: int


def work_shares(
    delivered: Iterable[tuple[BacklogRequest, float]], waiting: Iterable[BacklogRequest], *, today: date
) -> list[WorkShare]:
    """Return the shares of all teams that asked: the one that got the least first, then the one that waits longest.

    `delivered` are requests with the hours of work that they took, which the teams that asked share equally.
    """
    open_requests: Counter[str] = Counter()
    hours: dict[str, float] = {}
    waits: dict[str, int] = {}
    for request, effort_hours in delivered:
        for team in request.teams:
            hours[team] = hours.get(team, 0.0) + effort_hours / len(request.teams)
    for request in waiting:
        for team in request.teams:
            open_requests[team] += 1
            waits[team] = max(waits.get(team, 0), (today - request.created_on).days)
    total = sum(hours.values())
    shares = [
        WorkShare(
            team=team,
            served_hours=hours.get(team, 0.0),
            served_share=hours.get(team, 0.0) / total if total else 0.0,
            open_requests=open_requests[team],
            longest_wait_days=waits.get(team, 0),
        )
        for team in hours.keys() | waits.keys()
    ]
    return sorted(shares, key=lambda each: (each.served_hours, -each.longest_wait_days, each.team))

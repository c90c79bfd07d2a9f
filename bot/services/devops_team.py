"""The team that takes requests from all others, as the settings name it and the catalog has it."""

from __future__ import annotations

from bot.domain import duty
from bot.domain.recipients import Recipient
from bot.domain.records import TeamRecord
from bot.services import inbound, routing
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot


def find(deps: Deps, snapshot: Snapshot) -> TeamRecord | None:
    """Return the team that takes requests; None where none was set, or the catalog does not know it."""
    team = snapshot.team_by_name(deps.devops.name) if deps.devops.name else None
    return None if team is None or team.is_gone else team


def takes_requests(deps: Deps, snapshot: Snapshot, *, of: TeamRecord | None = None) -> bool:
    """Whether there is a team that takes requests, and another one than `of`."""
    team = find(deps, snapshot)
    return team is not None and (of is None or team.id != of.id)


def is_member(deps: Deps, snapshot: Snapshot, person_id: int) -> bool:
    """Whether somebody is one of the team that takes requests."""
    team = find(deps, snapshot)
    return team is not None and person_id in (*team.member_ids, team.lead_id, team.manager_id)


def on_duty(deps: Deps, snapshot: Snapshot) -> str:
    """Return the Slack id of whoever of it has duty now; empty for nobody."""
    team = find(deps, snapshot)
    if team is None:
        return ""
    members = map(snapshot.person, team.member_ids)
    return routing.slack_id_of(duty.on_duty(members, routing.today_of(deps, snapshot, Recipient(team))))


def teams_that_ask(deps: Deps, snapshot: Snapshot, slack_id: str) -> frozenset[int] | None:
    """Return the teams of somebody who may ask it for something; None for its own people, and where there is no team.

    Nobody of the DevOps team has to ask it for anything, and no guest can.
    """
    team, person = find(deps, snapshot), snapshot.person_by_slack_id(slack_id)
    if team is None or inbound.is_guest() or (person is not None and is_member(deps, snapshot, person.id)):
        return None
    return frozenset(each.id for each in snapshot.teams_of(person.id)) if person is not None else frozenset()

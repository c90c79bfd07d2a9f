"""Who may do something: a person's teams, and a team's people, as the store has them at the click.

The catalog's admins are named in the settings; what their accounts are is in the store as well."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.trust import Standing
from bot.store import tables


async def teams_of(session: AsyncSession, person_id: int) -> set[int]:
    """Return the ids of the teams that a person is a member or the lead of."""
    in_teams = select(col(tables.Membership.team_id)).where(col(tables.Membership.person_id) == person_id)
    leads = select(col(tables.Team.id)).where(col(tables.Team.lead_id) == person_id)
    return {int(each) for each in (await session.execute(in_teams.union(leads))).scalars()}


async def managed_by(session: AsyncSession, person_id: int) -> set[int]:
    """Return the ids of the teams that a person manages: they may answer for these, and own nothing with them."""
    query = select(col(tables.Team.id)).where(col(tables.Team.manager_id) == person_id)
    return {each for each in (await session.execute(query)).scalars() if each is not None}


async def answering_for(session: AsyncSession, team_ids: set[int]) -> set[int]:
    """Return the ids of these teams' members, leads and managers who have not left."""
    members = select(col(tables.Membership.person_id)).where(col(tables.Membership.team_id).in_(team_ids))
    leads = select(col(tables.Team.lead_id)).where(col(tables.Team.id).in_(team_ids))
    managers = select(col(tables.Team.manager_id)).where(col(tables.Team.id).in_(team_ids))
    active = select(col(tables.Person.id)).where(
        col(tables.Person.is_active).is_(True), col(tables.Person.id).in_(members.union(leads, managers))
    )
    return {each for each in (await session.execute(active)).scalars() if each is not None}


async def is_catalog_admin(session: AsyncSession, admins: Collection[str], slack_id: str) -> bool:
    """Whether an account is one of the `admins`, and still a full member of the workspace."""
    if slack_id not in admins:
        return False
    account = await session.get(tables.SlackMember, slack_id)
    return account is not None and account.standing == Standing.MEMBER.value

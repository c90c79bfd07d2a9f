"""Who acts, and in whose hands a subject is: what `bot.domain.rights` is asked with.

Gates on the answer path build the holders from memory; forms and clicks read their teams' people from the store.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.text import escape, mention
from bot.domain.records import PersonRecord, TeamRecord
from bot.domain.rights import Actor, Holders, Right, may
from bot.domain.trust import AccountStanding
from bot.services import inbound
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables

_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Decider:
    """The person who decides, and the account that they use."""

    person_id: int
    slack_id: str


def actor(person_id: int | None) -> Actor:
    """Return the person of the present interaction."""
    return Actor(person_id, is_guest=inbound.is_guest())


def remembered(snapshot: Snapshot, slack_id: str) -> Actor:
    """Return the account of the present interaction as the person that memory knows; as nobody when they have left."""
    person = snapshot.person_by_slack_id(slack_id)
    return actor(person.id if person is not None and person.is_active else None)


async def account(session: AsyncSession, admins: Collection[str], slack_id: str) -> Actor:
    """Return an account that is a catalog admin if it is one of `admins`, and still a full member of the workspace."""
    member = tables.SlackMember
    query = select(col(member.slack_id), col(member.standing)).where(col(member.slack_id).in_(admins))
    rows = (await session.execute(query)).all() if admins else ()
    standings = {row.slack_id: row.standing for row in rows}
    is_admin = standings.get(slack_id) == AccountStanding.MEMBER.value
    # Nothing speaks against an account that nobody has asked about yet.
    known = (None, AccountStanding.MEMBER.value)
    others = (each for each in sorted(admins) if each != slack_id and standings.get(each) in known)
    return Actor(
        is_guest=inbound.is_guest(), is_catalog_admin=is_admin, admins=tuple(filter(None, map(mention, others)))
    )


async def person_or_admin(session: AsyncSession, deps: Deps, by: Decider) -> Actor:
    """Return the person of the present interaction, as a catalog admin if their account is one."""
    return replace(await account(session, deps.catalog_admins, by.slack_id), person_id=by.person_id)


async def holders(
    session: AsyncSession,
    team_ids: Iterable[int | None],
    *,
    people: Iterable[PersonRecord | None] = (),
    what: str = "",
    asked_by: int | None = None,
) -> Holders:
    """Return holders with the teams' people as the store has them, without teams and people that have left."""
    wanted = {each for each in team_ids if each is not None}
    team, member = tables.Team, tables.Membership
    rows = await session.execute(select(team).where(col(team.id).in_(wanted), col(team.gone_at).is_(None)))
    members = await session.execute(
        select(col(member.team_id), col(member.person_id)).where(col(member.team_id).in_(wanted))
    )
    listed: dict[int, list[int]] = {}
    for team_id, person_id in members:
        listed.setdefault(team_id, []).append(person_id)
    teams = [_record(row, listed) for row in rows.scalars()]
    names = await _names(session, teams)
    teams = sorted(_of_those_here(teams, names.keys()), key=lambda each: each.id)
    owners = [replace(each, name=escape(each.name, 80)) for each in people if each is not None and each.is_active]
    return Holders(tuple(teams), tuple(owners), escape(what, 80), asked_by, names)


def remembered_holders(
    snapshot: Snapshot,
    teams: Iterable[TeamRecord],
    *,
    people: Iterable[PersonRecord] = (),
    what: str = "",
    asked_by: int | None = None,
) -> Holders:
    """Return teams and people as holders, as memory has them."""
    known = [replace(each, name=escape(each.name, 80)) for each in teams]
    owners = [replace(each, name=escape(each.name, 80)) for each in people]
    members = (snapshot.person(each) for each in people_of(known))
    names = {each.id: escape(each.name, _LONGEST_NAME) for each in members if each is not None and each.is_active}
    return Holders(tuple(known), tuple(owners), escape(what, 80), asked_by, names)


def people_of(teams: Iterable[TeamRecord]) -> set[int]:
    """Return the ids of all who are something to these teams."""
    return {each for team in teams for each in (*team.member_ids, team.lead_id, team.manager_id) if each is not None}


async def _names(session: AsyncSession, teams: Iterable[TeamRecord]) -> dict[int, str]:
    """Return what the teams' people are called who are still here, by their ids."""
    person = tables.Person
    query = select(col(person.id), col(person.name), col(person.handle)).where(
        col(person.id).in_(people_of(teams)), col(person.is_active).is_(True)
    )
    rows = await session.execute(query.order_by(col(person.id)))
    return {number: escape(name or handle or "", _LONGEST_NAME) for number, name, handle in rows}


def _of_those_here(teams: Iterable[TeamRecord], here: Set[int]) -> list[TeamRecord]:
    return [
        replace(
            team,
            member_ids=tuple(each for each in team.member_ids if each in here),
            lead_id=team.lead_id if team.lead_id in here else None,
            manager_id=team.manager_id if team.manager_id in here else None,
        )
        for team in teams
    ]


def people_who_may(right: Right, held: Holders) -> set[int]:
    """Return the ids of the people who may do something."""
    named = {person.id for person in held.people}
    named |= people_of(held.teams)
    return {each for each in named if may(Actor(each), right, held)}


def _record(row: tables.Team, people: dict[int, list[int]]) -> TeamRecord:
    return TeamRecord(
        id=row.id,
        name=escape(row.name, 80),
        lead_id=row.lead_id,
        manager_id=row.manager_id,
        member_ids=tuple(people.get(row.id, ())),
    )

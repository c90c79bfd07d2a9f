"""Use cases of "we own this": a team's claim in Slack, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import ownership as blocks
from bot.domain import ownership as rules
from bot.domain.catalog import Area, Role
from bot.domain.ownership import Disputed, Holding, UnownedOnPurpose, Verdict
from bot.domain.recipients import Told
from bot.domain.records import AssetRecord, TeamRecord
from bot.domain.rights import Holders, Right, may, require, why_not
from bot.errors import NotAllowedError, NotFoundError, UserError
from bot.services import actors
from bot.services.deps import Deps
from bot.services.ownership import (
    claimants,
    claimed_by,
    look_up,
    names_of,
    owns_already,
    teams_to_claim_for,
    tell_owners,
)
from bot.services.snapshot import Snapshot, refresh_over
from bot.store import tables
from bot.store.journal import audit, human_source, lock_catalog, next_revision


@dataclass(frozen=True, slots=True)
class Claimed:
    """The claim stands; nobody contests it."""

    team: str


@dataclass(frozen=True, slots=True)
class Contested:
    """The claim stands beside the facts of `owner`, so ownership is disputed; `told` is where its owners hear of it."""

    team: str
    owner: str
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class AlreadyTheirs:
    """The team owns it already, so nothing was changed."""

    team: str


@dataclass(frozen=True, slots=True)
class ClaimOffer:
    """For which `teams` somebody can claim an asset, and who owns it now; empty for nobody."""

    asset: AssetRecord
    owner: str
    teams: tuple[TeamRecord, ...]


async def claim(
    deps: Deps, snapshot: Snapshot, *, asset_id: int, team_id: int, person_id: int, area: Area | None = None
) -> Claimed | Contested | AlreadyTheirs:
    """Record that a team owns an asset, as the decision of one of its members.

    For what nobody owns that is so at once; where somebody does, the claim stands beside their facts as a dispute, and
    they are told once. Of an asset that is split, the area that the answer names an owner for is claimed.
    Raises NotFoundError when the asset or the team is gone, NotAllowedError unless the person is in the team.
    """
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        # Behind the lock, so that of two claims at once the second is judged with the first in force.
        connection = await session.connection()
        await lock_catalog(connection)
        await refresh_over(snapshot, connection)
        revision = await next_revision(session)
        before = look_up(deps, snapshot, asset_id, area=area)
        areas = rules.claimed_areas(before)
        asset = await _asset(session, asset_id)
        team = await _own_team(session, team_id, person_id, asset.name)
        if owns_already(before, team_id):
            return AlreadyTheirs(team.name)
        source = await human_source(session)
        begun = [each for each in areas if not await _has_claimed(session, asset_id, team_id, each, source)]
        if not begun:
            return AlreadyTheirs(team.name)
        audit_id = await audit(
            session,
            at=now,
            actor=f"person:{person_id}",
            action="ownership.claim",
            subject=f"asset:{asset_id}",
            detail={"team": team_id, "areas": [each.value for each in begun]},
        )
        for each in begun:
            session.add(_fact(asset_id, team_id, each, source, now=now, person_id=person_id, audit_id=audit_id))
        asset.revision = revision
        told = await _tell(session, deps, snapshot, before, team_id=team_id, person_id=person_id, audit_id=audit_id)
    if not _is_contested(before, snapshot, team_id):
        return Claimed(team.name)
    return Contested(team.name, names_of(_others(before, team_id)), told)


async def withdraw(deps: Deps, snapshot: Snapshot, *, asset_id: int, person_id: int) -> tuple[str, ...]:
    """End what the person's teams have claimed of an asset; return these teams' names.

    Raises NotFoundError when the asset is gone, NotAllowedError when no claim of theirs stands: a second press says so.
    """
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        revision = await next_revision(session)
        asset = await _asset(session, asset_id)
        source = await human_source(session)
        fact = tables.Ownership
        claimed = await session.execute(
            select(fact).where(
                col(fact.asset_id) == asset_id,
                col(fact.valid_to).is_(None),
                col(fact.source_id) == source,
            )
        )
        claims, actor = list(claimed.scalars()), actors.actor(person_id)
        held = await actors.holders(session, [each.team_id for each in claims], what=asset.name)
        require(actor, Right.WITHDRAW, held)
        own = {team.id for team in held.teams if may(actor, Right.WITHDRAW, Holders((team,)))}
        facts = [each for each in claims if each.team_id in own]
        audit_id = await audit(
            session,
            at=now,
            actor=f"person:{person_id}",
            action="ownership.withdraw",
            subject=f"asset:{asset_id}",
            detail={"facts": [each.id for each in facts]},
        )
        for each in facts:
            each.valid_to, each.ended_by = now, audit_id
        asset.revision = revision
    teams = (snapshot.team(each.team_id) for each in facts if each.team_id is not None)
    return tuple(dict.fromkeys(team.name for team in teams if team is not None))


def form(deps: Deps, snapshot: Snapshot, *, asset_id: int, area: Area | None, asker: str) -> ClaimOffer:
    """Return what the form for a claim shows.

    Raises NotAllowedError for somebody who can claim for no team, UserError when it is their team's already.
    """
    verdict, actor = look_up(deps, snapshot, asset_id, area=area), actors.remembered(snapshot, asker)
    teams = claimants(snapshot, verdict, actor)
    if not teams and (owning := teams_to_claim_for(snapshot, actor)):
        raise UserError(blocks.already_theirs(verdict.asset, " and ".join(team.name for team in owning)).text)
    if not teams:
        raise NotAllowedError(why_not(actor, Right.CLAIM))
    return ClaimOffer(verdict.asset, names_of(claimed_by(verdict)), teams)


def _is_contested(before: Verdict, snapshot: Snapshot, team_id: int) -> bool:
    is_nobody_said = isinstance(before, UnownedOnPurpose) or (
        isinstance(before, Disputed) and before.nobody is not None
    )
    if isinstance(before, Disputed) and not is_nobody_said:
        return True
    alive = [holding.fact for holding in claimed_by(before) if rules.is_alive(holding, snapshot)]
    if is_nobody_said:
        # The claim takes the place of "nobody", beside what the other sources say of the same area.
        return any(fact.team_id != team_id and fact.area in rules.claimed_areas(before) for fact in alive)
    return bool(alive)


async def _asset(session: AsyncSession, asset_id: int) -> tables.Asset:
    asset = await session.get(tables.Asset, asset_id)
    if asset is None or asset.gone_at is not None:
        raise NotFoundError("That is no longer in the catalog: ask again.")
    return asset


async def _own_team(session: AsyncSession, team_id: int, person_id: int, asset_name: str) -> tables.Team:
    team = await session.get(tables.Team, team_id)
    if team is None or team.gone_at is not None:
        raise NotFoundError("That team is no longer in the catalog: ask again, and choose another.")
    require(actors.actor(person_id), Right.CLAIM, await actors.holders(session, [team_id], what=asset_name))
    return team


async def _has_claimed(session: AsyncSession, asset_id: int, team_id: int, area: Area, source: int) -> bool:
    fact = tables.Ownership
    found = await session.execute(
        select(col(fact.id)).where(
            col(fact.asset_id) == asset_id,
            col(fact.team_id) == team_id,
            col(fact.area) == area.value,
            col(fact.source_id) == source,
            col(fact.valid_to).is_(None),
        )
    )
    return found.first() is not None


def _fact(
    asset_id: int, team_id: int, area: Area, source: int, *, now: datetime, person_id: int, audit_id: int
) -> tables.Ownership:
    return tables.Ownership(
        asset_id=asset_id,
        team_id=team_id,
        area=area.value,
        role=Role.OWNER.value,
        source_id=source,
        valid_from=now,
        confirmed_at=now,
        confirmed_by=person_id,
        begun_by=audit_id,
    )


def _others(before: Verdict, team_id: int) -> list[Holding]:
    return [holding for holding in claimed_by(before) if holding.fact.team_id != team_id]


async def _tell(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    before: Verdict,
    *,
    team_id: int,
    person_id: int,
    audit_id: int,
) -> tuple[Told, ...]:
    """Tell the owners so far, each once, that somebody claims what they own; return where each is told."""
    team, person = snapshot.team(team_id), snapshot.person(person_id)
    claimer = person.slack_id if person else ""
    return await tell_owners(
        session,
        deps,
        snapshot,
        _others(before, team_id),
        key=lambda _, to: f"ownership.claim:{audit_id}:{to.key}",
        message=lambda owner: blocks.claimed_from_you(before.asset, owner, team.name if team else "", claimer),
        asker_id=claimer,
    )

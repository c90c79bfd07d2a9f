"""Use cases of "we own this": a team's claim in Slack, which the owner answers, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import ownership as blocks
from bot.blocks.text import escape
from bot.domain import ownership as rules
from bot.domain import secrets
from bot.domain.catalog import Area, Role
from bot.domain.names import clean
from bot.domain.ownership import Disputed, Holding, Orphaned, Owned, UnownedOnPurpose, Verdict
from bot.domain.ownership.matters import Loan, MatterKind
from bot.domain.recipients import Recipient, Told
from bot.domain.records import AssetRecord, TeamRecord
from bot.domain.rights import Holders, Right, may, require, why_not
from bot.domain.secrets import SECRET
from bot.errors import NotAllowedError, NotFoundError, UserError
from bot.services import actors, routing, transfers
from bot.services.actors import Decider
from bot.services.deps import Deps
from bot.services.matters._open import add_matter, open_matters, present_asset, take_back, tell_answerer
from bot.services.matters._sides import answerer_of, ordered
from bot.services.matters.admins import admin_to_ask
from bot.services.owner_suggestions import settle_questions
from bot.services.ownership import (
    claimants,
    claimed_by,
    lent_by,
    look_up_free,
    names_of,
    owns_already,
    teams_to_claim_for,
)
from bot.services.snapshot import Snapshot, deciding
from bot.services.transfers import Resource, Terms
from bot.store import tables
from bot.store.journal import audit, human_source, next_revision


@dataclass(frozen=True, slots=True)
class Claimed:
    """The claim stands; nobody contests it. With `is_final` it took an owner's place, and is no claim to take back."""

    team: str
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """The claim waits for all of `owners`, by name; the first is told as `told` says, and nothing has changed."""

    team: str
    owners: tuple[str, ...]
    told: Told


@dataclass(frozen=True, slots=True)
class AlreadyTheirs:
    """The team owns it already, so nothing was changed."""

    team: str


@dataclass(frozen=True, slots=True)
class ClaimOffer:
    """For which `teams` somebody can claim an asset, and who owns it now; empty for nobody.

    `area` is the one that is claimed, None for all of it; where there are several, it is one of `areas`, with their
    owners. `decides_heir` is, where its owner is gone, whether they decide themselves whose it is then; else None.
    `loan` is by what they have it for a while only.
    """

    asset: AssetRecord
    owner: str
    teams: tuple[TeamRecord, ...]
    area: Area | None = None
    areas: Mapping[Area, str] = field(default_factory=dict)
    decides_heir: bool | None = None
    loan: Loan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimWords:
    """Why somebody, by their Slack id, claims something, and the thread where others could see them ask."""

    slack_id: str = ""
    reason: str = ""
    channel_id: str = ""
    thread_ts: str = ""


@dataclass(frozen=True, slots=True)
class NewClaim:
    """Who claims what for which team."""

    asset_id: int
    team_id: int
    person_id: int
    words: ClaimWords


async def claim(
    deps: Deps,
    snapshot: Snapshot,
    *,
    asset_id: int,
    team_id: int,
    person_id: int,
    area: Area | None = None,
    words: ClaimWords | None = None,
) -> Claimed | Offered | AlreadyTheirs:
    """Claim something for a team, as one of its members.

    What nobody owns is the team's at once, as their decision. What somebody owns stays theirs until they answer; they
    are told once, with the reason. What the last owner left behind needs the team's lead or a catalog admin. Of an
    asset that is split, the area that the answer names an owner for is claimed.
    Raises NotFoundError when the asset or the team is gone, NotAllowedError unless the person is in the team, UserError
    for a claim of what is owned without a reason.
    """
    new, now = NewClaim(asset_id, team_id, person_id, words or ClaimWords()), deps.clock.now()
    async with deciding(snapshot, deps.database) as session:
        before = look_up_free(deps, snapshot, asset_id, area=area)
        [claimed] = rules.claimed_areas(before)
        asset = await present_asset(session, asset_id)
        team = await _own_team(session, new, asset.name)
        if _is_theirs(before, team_id, claimed):
            return AlreadyTheirs(team.name)
        reason = clean(new.words.reason)[:500]
        if secrets.looks_secret(reason):
            raise UserError(SECRET)
        if isinstance(before, Orphaned):
            return await _succeed(session, deps, snapshot, new, before, claimed, reason)
        if _is_contested(before, snapshot, team_id):
            if not reason:
                owners = escape(names_of(_others(before, team_id)), 80)
                raise UserError(f"{owners} owns it: press We own this again, and say why.")
            return await _offer(session, deps, snapshot, new, before, claimed, reason)
        revision = await next_revision(session)
        source = await human_source(session)
        audit_id = await _log(session, new, claimed, at=now)
        session.add(_fact(new, claimed, source, now=now, audit_id=audit_id))
        if (owner := snapshot.team(team_id)) is not None:
            person = snapshot.person(person_id)
            await settle_questions(session, deps, snapshot, before.asset, [claimed], owner, person)
        await _rule_in(session, new, claimed, at=now)  # last: it ends the team's own release, which a question is about
        asset.revision = revision
    return Claimed(team.name)


def _is_theirs(before: Verdict, team_id: int, area: Area) -> bool:
    """Whether a team owns something, is a side of a dispute about it, or has claimed it already."""
    if any(each.team_id == team_id and each.area is area for each in before.asset.matters.claims):
        return True
    facts = before.asset.facts
    has_decided = any(each.team_id == team_id and each.area is area and each.is_human for each in facts)
    return owns_already(before, team_id) or has_decided


async def _rule_in(session: AsyncSession, new: NewClaim, area: Area, *, at: datetime) -> None:
    """Let files be believed again that name a team which had been ruled out, or gave it up: it has claimed it since."""
    no = tables.Disownment
    await session.execute(
        delete(no).where(col(no.asset_id) == new.asset_id, col(no.team_id) == new.team_id, col(no.area) == area.value)
    )
    released = tables.Release
    given_up = select(released).where(
        col(released.asset_id) == new.asset_id,
        col(released.team_id) == new.team_id,
        col(released.decided_at).is_not(None),
        col(released.ended_at).is_(None),
    )
    for row in (await session.execute(given_up)).scalars():
        left = [each for each in row.areas if each != area.value]
        row.areas, row.ended_at = left or row.areas, None if left else at


async def _log(session: AsyncSession, new: NewClaim, area: Area, *, at: datetime, **also: object) -> int:
    return await audit(
        session,
        at,
        new.person_id,
        "ownership.claim",
        f"asset:{new.asset_id}",
        {"team": new.team_id, "areas": [area.value], **also},
    )


async def _succeed(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, new: NewClaim, before: Orphaned, area: Area, reason: str
) -> Claimed | Offered:
    """Let the team have what its last owner left behind, or ask those who may decide so."""
    held = await actors.holders(session, [new.team_id])
    actor = await actors.person_or_admin(session, deps, Decider(new.person_id, new.words.slack_id))
    team = snapshot.team(new.team_id)
    assert team is not None  # noqa: S101 - its row has just been read behind the lock
    if not may(actor, Right.SUCCEED, held):
        lead = routing.lead_of(snapshot, team)
        asked = Recipient(person=lead) if routing.slack_id_of(lead) else admin_to_ask(deps, snapshot, but=new.person_id)
        return await _offer(session, deps, snapshot, new, before, area, reason, asked=asked)
    audit_id = await _log(session, new, area, at=deps.clock.now())
    givers = frozenset(each.owner.key for each in before.owners)
    terms = Terms(givers, new.team_id, new.person_id, audit_id, deps.clock.now())
    await transfers.move(session, deps, snapshot, [Resource(new.asset_id, area)], terms)
    return Claimed(team.name, is_final=True)


async def _offer(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    new: NewClaim,
    before: Verdict,
    area: Area,
    reason: str,
    *,
    asked: Recipient | None = None,
) -> Offered:
    """Ask the owner, of several the first, whether the team may have it."""
    held = [each for each in ordered(_others(before, new.team_id)) if rules.is_here(each.owner, snapshot)]
    await _log(session, new, area, at=deps.clock.now(), is_offer=True)
    row = tables.OwnershipMatter(
        kind=MatterKind.CLAIM.value,
        asset_id=new.asset_id,
        area=area.value,
        team_id=new.team_id,
        person_id=new.person_id,
        reason=reason,
        channel_id=new.words.channel_id,
        thread_ts=new.words.thread_ts,
    )
    to = asked or answerer_of(snapshot, row, held[0], before)
    await add_matter(session, deps, row, to)
    told = await tell_answerer(session, deps, snapshot, row, to, slack_id=new.words.slack_id)
    team = snapshot.team(new.team_id)
    names = [each.name for each in held] if to in [each.owner for each in held] else [to.name or "a catalog admin"]
    return Offered(team.name if team is not None else "", tuple(dict.fromkeys(names)), told)


async def withdraw(deps: Deps, snapshot: Snapshot, *, asset_id: int, person_id: int) -> tuple[str, ...]:
    """End what the person's teams have claimed of an asset, answered or not; return these teams' names.

    Raises NotFoundError when the asset is gone, NotAllowedError when no claim of theirs stands: a second press says so.
    """
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        revision = await next_revision(session)
        asset = await present_asset(session, asset_id)
        source = await human_source(session)
        fact = tables.Ownership
        claimed = await session.execute(
            select(fact).where(
                col(fact.asset_id) == asset_id,
                col(fact.valid_to).is_(None),
                col(fact.source_id) == source,
                col(fact.is_agreed).is_(False),  # what was handed over goes back by a handoff only
            )
        )
        claims, actor = list(claimed.scalars()), actors.actor(person_id)
        offers = await open_matters(session, MatterKind.CLAIM, [asset_id])
        held = await actors.holders(
            session, [*(each.team_id for each in claims), *(each.team_id for each in offers)], what=asset.name
        )
        require(actor, Right.WITHDRAW, held)
        own = {team.id for team in held.teams if may(actor, Right.WITHDRAW, Holders((team,)))}
        facts = [each for each in claims if each.team_id in own]
        audit_id = await audit(
            session,
            now,
            person_id,
            "ownership.withdraw",
            f"asset:{asset_id}",
            {
                "facts": [each.id for each in facts],
                "matters": [each.id for each in offers if each.team_id in own],
            },
        )
        for each in facts:
            each.valid_to, each.ended_by = now, audit_id
        asset.revision = revision
        for offer in offers:
            if offer.team_id in own:
                await take_back(session, deps, snapshot, offer, person_id=person_id)
    teams = (snapshot.team(team_id) for team_id in own)
    return tuple(dict.fromkeys(team.name for team in teams if team is not None))


def form(deps: Deps, snapshot: Snapshot, *, asset_id: int, area: Area | None, asker: str) -> ClaimOffer:
    """Return what the form for a claim shows.

    Raises NotAllowedError for somebody who can claim for no team, UserError when it is their team's already.
    """
    verdict, actor = look_up_free(deps, snapshot, asset_id, area=area), actors.remembered(snapshot, asker)
    teams = claimants(snapshot, verdict, actor)
    if not teams and (owning := teams_to_claim_for(snapshot, actor)):
        raise UserError(blocks.already_theirs(verdict.asset, area, " and ".join(team.name for team in owning)).text)
    if not teams:
        raise NotAllowedError(why_not(actor, Right.CLAIM))
    is_contested = any(_is_contested(verdict, snapshot, team.id) for team in teams)
    is_orphan = isinstance(verdict, Orphaned)
    decider = replace(actor, is_catalog_admin=asker in deps.catalog_admins)
    others = _areas_of_others(verdict, teams)
    choices = others if len(others) > 1 else {}
    loans = [lent_by(snapshot, each, teams[0].id, verdict) for each in claimed_by(verdict)]
    return ClaimOffer(
        verdict.asset,
        names_of(claimed_by(verdict)) if is_contested or is_orphan else "",
        teams,
        area=rules.claimed_areas(verdict)[0] if others else area,
        areas=choices,
        decides_heir=all(may(decider, Right.SUCCEED, Holders((team,))) for team in teams) if is_orphan else None,
        loan=next(filter(None, loans), None) if not choices else None,
    )


def _areas_of_others(verdict: Verdict, teams: Sequence[TeamRecord]) -> dict[Area, str]:
    """Return the areas of something split that one of these teams can claim, with their owners."""
    owners = verdict.holdings if isinstance(verdict, Owned) else ()
    own = {(each.fact.team_id, each.fact.area) for each in owners if each.fact.role is Role.OWNER}
    areas = rules.areas_to_choose(verdict).items()
    return {area: names for area, names in areas if any((team.id, area) not in own for team in teams)}


def _is_contested(before: Verdict, snapshot: Snapshot, team_id: int) -> bool:
    """Whether somebody owns what a team claims: the area, or everything."""
    [area] = rules.claimed_areas(before)
    is_nobody_said = isinstance(before, UnownedOnPurpose) or (
        isinstance(before, Disputed) and before.nobody is not None
    )
    alive = [holding.fact for holding in _others(before, team_id) if rules.is_here(holding.owner, snapshot)]
    if isinstance(before, Disputed) and not is_nobody_said:
        return bool(alive)
    # The claim takes the place of "nobody", beside what the other sources say of the same area.
    return any(fact.area in (area, Area.ALL) for fact in alive)


async def _own_team(session: AsyncSession, new: NewClaim, asset_name: str) -> tables.Team:
    team = await session.get(tables.Team, new.team_id)
    if team is None or team.gone_at is not None:
        raise NotFoundError("That team is no longer in the catalog: ask again, and choose another.")
    require(actors.actor(new.person_id), Right.CLAIM, await actors.holders(session, [new.team_id], what=asset_name))
    return team


def _fact(new: NewClaim, area: Area, source: int, *, now: datetime, audit_id: int) -> tables.Ownership:
    return tables.Ownership(
        asset_id=new.asset_id,
        team_id=new.team_id,
        area=area.value,
        role=Role.OWNER.value,
        source_id=source,
        valid_from=now,
        confirmed_at=now,
        confirmed_by=new.person_id,
        begun_by=audit_id,
    )


def _others(before: Verdict, team_id: int) -> list[Holding]:
    return [holding for holding in claimed_by(before) if holding.fact.team_id != team_id]

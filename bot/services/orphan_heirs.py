"""Who takes what an owner who is gone has left behind: the lead of a team takes it, is asked whether, or declines."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.ownership import orphans as blocks
from bot.domain.recipients import NOBODY, Recipient, Told
from bot.domain.records import AssetRecord, TeamRecord
from bot.domain.rights import Holders, Right, may, require
from bot.errors import NotFoundError
from bot.services import actors, orphan_asks, outbox, owner_suggestions, routing, transfers
from bot.services.actors import Decider
from bot.services.deps import Deps
from bot.services.orphans import (
    OVER,
    Gone,
    assets_of,
    names_of,
    new_owners,
    questions,
    read_gone,
    redraw,
    revise,
    taken,
)
from bot.services.snapshot import Snapshot, deciding
from bot.services.transfers import Terms
from bot.store import tables
from bot.store.journal import audit


@dataclass(frozen=True, slots=True)
class Taken:
    """A team owns these assets now, by name."""

    team: str
    assets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whoever decides for a team is asked whether it takes these assets, by name."""

    team: str
    assets: tuple[str, ...]
    told: Told


@dataclass(frozen=True, slots=True)
class TakeForm:
    """What a team can take of what an owner who is gone has left behind, and what of it is proposed.

    `decider` is whom to ask; None where whoever opens the form decides, or nobody can be asked.
    """

    gone: Recipient
    team: TeamRecord
    left: tuple[AssetRecord, ...]
    proposed: frozenset[int]
    decider: Recipient | None


async def form(deps: Deps, snapshot: Snapshot, heir: blocks.Heir, *, by: Decider) -> TakeForm:
    """Return what a team can take; of what it was asked about, where it was. What it was asked about is proposed.

    Raises NotFoundError when nothing is left, or the team is gone.
    """
    async with deps.database.reading() as session:
        row, gone = await read_gone(session, deps, snapshot, heir.orphan_id)
        held = await _holders(session, gone, heir.team_id)
        may_decide = may(await actors.person_or_admin(session, deps, by), Right.SUCCEED, held)
        if heir.asset_ids:
            gone = _chosen(snapshot, row, gone, heir.asset_ids)
        proposed = {*gone.asset_ids}
        if not heir.asset_ids:
            found = await owner_suggestions.by_asset(session, deps, snapshot, gone.asset_ids, gone=[gone.owner])
            proposed = {each for each, some in found.items() if any(one.team.id == heir.team_id for one in some)}
    decider = orphan_asks.decider_of(deps, snapshot, held.teams[0])
    whom = None if may_decide or decider == NOBODY else decider
    return TakeForm(gone.owner, held.teams[0], assets_of(snapshot, gone.left), frozenset(proposed), whom)


async def take(deps: Deps, snapshot: Snapshot, heir: blocks.Heir, *, asset_ids: Collection[int], by: Decider) -> Taken:
    """Let a team own these assets of what an owner who is gone has left behind, as its lead or a catalog admin says.

    Raises NotAllowedError for anybody else, NotFoundError when nothing of it is left.
    """
    async with deciding(snapshot, deps.database) as session:
        row, gone = await read_gone(session, deps, snapshot, heir.orphan_id)
        chosen = _chosen(snapshot, row, gone, asset_ids)
        held = await _holders(session, gone, heir.team_id)
        require(await actors.person_or_admin(session, deps, by), Right.SUCCEED, held)
        now, team = deps.clock.now(), held.teams[0]
        owners = await taken(session, snapshot, row, gone)
        said = {"from": gone.owner.key, "assets": [[each.asset_id, each.area.value] for each in chosen.left]}
        entry = await _note(session, deps, "take", heir, by, **said)
        names, person = names_of(snapshot, chosen.left), snapshot.person(by.person_id)
        terms = Terms(frozenset({gone.owner.key}), team.id, by.person_id, entry, now)
        await transfers.move(session, deps, snapshot, chosen.left, terms)
        rest = replace(gone, left=tuple(each for each in gone.left if each not in chosen.left))
        now_owned = owners | {each: [team.name] for each in chosen.asset_ids if each not in rest.asset_ids}
        asked = {"left": rest.asset_ids, "knowing": [by.person_id]}
        await orphan_asks.follow(session, deps, snapshot, row, now_owned, **asked)
        if rest.left:
            await redraw(session, deps, snapshot, row, rest, now_owned)
        else:
            row.settled_at, row.settled_by, row.heir_team_id = now, by.person_id, team.id
            before = orphan_asks.named(snapshot, owners, owners)
            await revise(session, row, blocks.settled(gone.owner, names, team, person, before=before), now)
    return Taken(team.name, names)


async def ask(deps: Deps, snapshot: Snapshot, heir: blocks.Heir, *, asset_ids: Collection[int], by: Decider) -> Asked:
    """Ask the lead of a team whether it takes these assets; a catalog admin, where nobody leads it. Twice is as once.

    Raises NotAllowedError for guests, and where nobody can be asked; NotFoundError when nothing of it is left.
    """
    async with deciding(snapshot, deps.database) as session:
        row, gone = await read_gone(session, deps, snapshot, heir.orphan_id)
        chosen = _chosen(snapshot, row, gone, asset_ids)
        actor = await actors.person_or_admin(session, deps, by)
        require(actor, Right.CHANGE)
        held = await _holders(session, gone, heir.team_id)
        to, team = orphan_asks.decider_of(deps, snapshot, held.teams[0]), held.teams[0]
        if to == NOBODY:
            require(actor, Right.SUCCEED, held)
        heir = blocks.Heir(heir.orphan_id, team.id, blocks.joined(chosen.asset_ids))
        names, key = names_of(snapshot, chosen.left), orphan_asks.ask_key(heir)
        before = [each for each in await orphan_asks.asks(session, heir.orphan_id) if each.heir == heir]
        if not any(f"person:{by.person_id}" in each.askers for each in before):
            await _note(session, deps, "ask", heir, by, assets=list(chosen.asset_ids))
        message = blocks.heir_asked(heir, gone.owner, team, names, snapshot.person(by.person_id), owners={})
        at = deps.clock.now()
        told = await routing.send(session, deps, snapshot, to, key=key, message=message, at=at, asker_id=by.slack_id)
    return Asked(team.name, names, told)


async def decline(deps: Deps, snapshot: Snapshot, heir: blocks.Heir, *, by: Decider) -> tuple[str, ...]:
    """Remember that a team does not take what it was asked about; whoever was asked who takes it hears so.

    Raises NotAllowedError for anybody but the team's people and catalog admins, NotFoundError when nothing is left.
    """
    async with deciding(snapshot, deps.database) as session:
        row, gone = await read_gone(session, deps, snapshot, heir.orphan_id)
        chosen = _chosen(snapshot, row, gone, heir.asset_ids)
        held = await _holders(session, gone, heir.team_id)
        require(await actors.person_or_admin(session, deps, by), Right.REJECT, held)
        now, team = deps.clock.now(), held.teams[0]
        no = tables.RejectedOwner
        query = select(col(no.asset_id)).where(col(no.team_id) == team.id, col(no.asset_id).in_(chosen.asset_ids))
        before = {*(await session.execute(query)).scalars()}
        session.add_all(
            no(asset_id=each, team_id=team.id, person_id=by.person_id, at=now)
            for each in chosen.asset_ids
            if each not in before
        )
        asked = [each for each in await orphan_asks.asks(session, heir.orphan_id) if each.heir == heir]
        entry = await _note(session, deps, "decline", heir, by, assets=list(heir.asset_ids))
        names = names_of(snapshot, chosen.left)
        said = blocks.heir_declined(names, team, snapshot.person(by.person_id))
        await outbox.revise(session, key=orphan_asks.ask_key(heir), message=said, at=now)
        await session.flush()
        await redraw(session, deps, snapshot, row, gone, await taken(session, snapshot, row, gone))
        hear = questions(deps, snapshot, row, gone)
        for key, to in hear:
            own = f"{key}:declined:{entry}"
            await routing.send(session, deps, snapshot, to, key=own, message=said, at=now, parent_key=key)
        knowing = [by.person_id, *(to.person.id for _, to in hear if to.person is not None)]
        for each in asked:
            await orphan_asks.tell_askers(session, deps, snapshot, each, said, knowing=knowing)
    return names


def _chosen(snapshot: Snapshot, row: tables.Orphan, gone: Gone, asset_ids: Collection[int]) -> Gone:
    """Return what is still left of these assets. Raises NotFoundError for nothing, which says who has them."""
    left = tuple(each for each in gone.left if each.asset_id in asset_ids)
    if left:
        return replace(gone, left=left)
    owners = orphan_asks.named(snapshot, new_owners(snapshot, asset_ids, since=row.began_at), asset_ids)
    raise NotFoundError(f"That is settled: {blocks.heir_over(owners).text}" if owners else OVER)


async def _holders(session: AsyncSession, gone: Gone, team_id: int) -> Holders:
    held = await actors.holders(session, [team_id], what=f"what {gone.owner.name} owned")
    if not held.teams:
        raise NotFoundError("That team is no longer in the catalog: ask again, and choose another.")
    return held


async def _note(session: AsyncSession, deps: Deps, what: str, heir: blocks.Heir, by: Decider, **said: object) -> int:
    detail = {"team": heir.team_id, **said}
    return await audit(session, deps.clock.now(), by.person_id, f"orphans.{what}", f"orphan:{heir.orphan_id}", detail)

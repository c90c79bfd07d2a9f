"""Use cases of suggested owners: who could own what nobody owns, with the evidence; a team accepts, or says no.

Part of the evidence is the catalog's, in memory, and part is what happened before, in the store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.ownership import releases as blocks
from bot.blocks.text import escape
from bot.domain import ownership as rules
from bot.domain.catalog import Area, Role
from bot.domain.handoff.handoffs import ResourceState
from bot.domain.ownership import Evidence, EvidenceKind, Orphaned, Owned, Suggestion, Unowned, Verdict
from bot.domain.recipients import Recipient
from bot.domain.records import AssetRecord, PersonRecord, TeamRecord
from bot.domain.rights import Holders, Right, may, require
from bot.errors import NotFoundError, UserError
from bot.services import actors, commits, outbox, owner_questions, transfers, unowned_review
from bot.services.actors import Decider
from bot.services.deps import Deps
from bot.services.matters import proposals
from bot.services.ownership import given_up_by, look_up_free
from bot.services.snapshot import Snapshot, deciding
from bot.services.transfers import Resource, Terms
from bot.store import tables
from bot.store.journal import audit, lock_catalog

#: Assets that evidence is looked for, of many that one owner leaves behind; and rows that are read of each table.
_MOST_ASSETS, _MOST_ROWS = 20, 200
#: Siblings that are looked at; a neighbour speaks for itself when it owns most of them.
_MOST_SIBLINGS = 200
#: What shows that somebody looks after a thing: not that they wished for it, or let a team have it.
_LOOKED_AFTER = "ownership.confirm"
#: What has taken a claim back.
_TAKEN_BACK = "ownership.withdraw"


@dataclass(frozen=True, slots=True)
class SuggestedOwners:
    """Who could own an asset (or one area of it) that nobody owns.

    `takers` are the ids of the teams for which whoever asks may take it, `refusers` of those for which they may refuse.
    """

    asset: AssetRecord
    area: Area | None
    suggestions: tuple[Suggestion, ...]
    takers: frozenset[int]
    refusers: frozenset[int]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A suggested team owns the asset now, or the area of it that was asked about."""

    team: str
    asset: AssetRecord


async def suggested(deps: Deps, snapshot: Snapshot, *, asset_id: int, area: Area | None, asker: str) -> SuggestedOwners:
    """Return who could own an asset, and what the person with this Slack id may say to that; a click checks again.

    Raises NotFoundError when it is gone, UserError when somebody owns it.
    """
    verdict = look_up_free(deps, snapshot, asset_id, area=area)
    _require_free(verdict)
    async with deps.database.reading() as session:
        gone = [held.owner for held in verdict.owners] if isinstance(verdict, Orphaned) else []
        found = await for_asset(session, deps, snapshot, asset_id, gone=gone)
    actor = replace(actors.remembered(snapshot, asker), is_catalog_admin=asker in deps.catalog_admins)
    take = Right.SUCCEED if isinstance(verdict, Orphaned) else Right.CLAIM
    return SuggestedOwners(
        verdict.asset,
        area,
        found,
        takers=frozenset(each.team.id for each in found if may(actor, take, Holders((each.team,)))),
        refusers=frozenset(each.team.id for each in found if may(actor, Right.REJECT, Holders((each.team,)))),
    )


async def for_asset(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, asset_id: int, *, gone: Sequence[Recipient] = ()
) -> tuple[Suggestion, ...]:
    """Return who could own an asset, that `gone` has left behind where it is given."""
    return (await by_asset(session, deps, snapshot, [asset_id], gone=gone)).get(asset_id, ())


async def by_asset(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, asset_ids: Sequence[int], *, gone: Sequence[Recipient] = ()
) -> dict[int, tuple[Suggestion, ...]]:
    """Return who could own each of these assets. What speaks for a team at one of them says nothing of the others."""
    assets = {asset.id: asset for asset in map(snapshot.asset, asset_ids) if asset is not None}
    some = list(assets)[:_MOST_ASSETS]
    found = {number: [each for one in gone for each in _teammates(snapshot, one)] for number in assets}
    for number in some:
        found[number] += _in_memory(deps, snapshot, assets[number])
    stored = await _owned_before(session, snapshot, some)
    stored += await _acted(session, snapshot, some)
    stored += await commits.evidence(session, deps, some)
    for number, each in stored:
        found[number].append(each)
    rejected = await _rejected(session, list(assets.values()))
    return {number: rules.suggest(each, snapshot, rejected=rejected.get(number, ())) for number, each in found.items()}


async def accept(
    deps: Deps, snapshot: Snapshot, *, asset_id: int, area: Area | None, team_id: int, by: Decider
) -> Accepted:
    """Let a team own what nobody owns, as one of its members says; its lead, where the last owner is gone.

    Raises NotAllowedError for anybody else, UserError when somebody owns it by now, NotFoundError when it is gone.
    """
    async with deciding(snapshot, deps.database) as session:
        verdict = look_up_free(deps, snapshot, asset_id, area=area)
        _require_free(verdict)
        held = await actors.holders(session, [team_id], what=verdict.asset.name)
        givers = _departed(verdict)
        actor = await actors.person_or_admin(session, deps, by)
        require(actor, Right.SUCCEED if givers else Right.CLAIM, held)
        areas = rules.claimed_areas(verdict)
        entry = await audit(
            session,
            deps.clock.now(),
            by.person_id,
            "ownership.take",
            f"asset:{asset_id}",
            {"team": team_id, "areas": [each.value for each in areas], "from": sorted(givers)},
        )
        terms = Terms(givers, team_id, by.person_id, entry, deps.clock.now())
        await transfers.move(session, deps, snapshot, [Resource(asset_id, each) for each in areas], terms)
        person = snapshot.person(by.person_id)
        await settle_questions(session, deps, snapshot, verdict.asset, areas, held.teams[0], person)
        await _end_marks(session, deps, asset_id, by.person_id)
    return Accepted(held.teams[0].name, verdict.asset)


async def reject(deps: Deps, snapshot: Snapshot, *, asset_id: int, team_id: int, by: Decider) -> None:
    """Remember that a team is no owner of an asset, so that it is not suggested again. Twice is as once.

    Raises NotAllowedError for anybody but the team's people and catalog admins.
    """
    asset = snapshot.asset(asset_id)
    if asset is None:
        raise NotFoundError("That is no longer in the catalog: ask again.")
    async with deps.database.transaction() as session:
        await lock_catalog(await session.connection())
        held = await actors.holders(session, [team_id], what=asset.name)
        require(await actors.person_or_admin(session, deps, by), Right.REJECT, held)
        if team_id in (await _rejected(session, [asset])).get(asset_id, ()):
            return
        now = deps.clock.now()
        session.add(tables.RejectedOwner(asset_id=asset_id, team_id=team_id, person_id=by.person_id, at=now))
        await audit(session, now, by.person_id, "ownership.reject", f"asset:{asset_id}", {"team": team_id})
        await owner_questions.leave_out(session, asset_id, team_id, at=now)


async def settle_questions(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    asset: AssetRecord,
    areas: Collection[Area],
    team: TeamRecord,
    by: PersonRecord | None,
) -> None:
    """Let the questions who takes these areas of an asset say who did."""
    message = blocks.taken_by(asset, [*areas], team, by)
    for key in await owner_questions.open_questions(session, asset.id, areas):
        await outbox.revise(session, key=key, message=message, at=deps.clock.now())
    await unowned_review.settle_all(session, deps, snapshot, asset.id, areas, message)
    by_id = by.id if by is not None else None
    await proposals.taken(session, deps, snapshot, asset.id, areas, message, by=by_id)


async def _end_marks(session: AsyncSession, deps: Deps, asset_id: int, person_id: int) -> None:
    """Let an asset be unowned on purpose no longer."""
    mark = tables.UnownedMark
    await session.execute(
        update(mark)
        .where(col(mark.asset_id) == asset_id, col(mark.ended_at).is_(None))
        .values(ended_at=deps.clock.now(), ended_by=person_id)
    )


def _require_free(verdict: Verdict) -> None:
    if isinstance(verdict, Orphaned) and verdict.inherited_from is not None:
        raise UserError(f"It is part of {escape(verdict.inherited_from.name, 80)}: ask who could own that.")
    if not isinstance(verdict, Unowned | Orphaned):
        raise UserError("That is no longer without an owner: ask again with `/whoowns`.")


def _departed(verdict: Verdict) -> frozenset[str]:
    """Return the keys of the owners who are gone."""
    owners = verdict.owners if isinstance(verdict, Owned) else ()
    return frozenset(held.owner.key for held in owners)


def _in_memory(deps: Deps, snapshot: Snapshot, asset: AssetRecord) -> Iterator[Evidence]:
    for fact in asset.facts:
        if fact.team_id is not None:
            yield Evidence(EvidenceKind.PART, fact.team_id, asset.name)
    parent = snapshot.asset(asset.parent_id) if asset.parent_id is not None else None
    if parent is None:
        return
    for team_id in _owning_teams(deps, snapshot, parent):
        yield Evidence(EvidenceKind.PARENT, team_id, parent.name)
    beside = [each for each in snapshot.directory.children(parent.id)[:_MOST_SIBLINGS] if each != asset.id]
    siblings = [other for other in map(snapshot.asset, beside) if other is not None]
    counted = Counter(team for other in siblings for team in {fact.team_id for fact in other.facts})
    for owner_id, count in counted.items():
        if owner_id is not None and count * 2 > len(siblings):
            yield Evidence(EvidenceKind.NEIGHBOURS, owner_id, parent.name, count)


def _owning_teams(deps: Deps, snapshot: Snapshot, asset: AssetRecord) -> set[int]:
    said = rules.verdict(asset, snapshot, now=deps.clock.now(), stale_after=deps.stale_after)
    if not isinstance(said, Owned) or isinstance(said, Orphaned):
        return set()
    return {held.team.id for held in said.owners if held.team is not None}


def _teammates(snapshot: Snapshot, gone: Recipient) -> list[Evidence]:
    if gone.person is not None:
        return [
            Evidence(EvidenceKind.TEAMMATES, team.id, gone.person.name)
            for team in snapshot.last_teams_of(gone.person.id)
        ]
    team = gone.team
    members = (*team.member_ids, *(number for number, _ in team.former_members)) if team is not None else ()
    active = [person for person in map(snapshot.person, members) if person is not None and person.is_active]
    now_in = Counter(team.id for person in active for team in snapshot.teams_of(person.id))
    name = gone.name
    return [Evidence(EvidenceKind.MOVED, team_id, name, count) for team_id, count in now_in.items()]


async def _owned_before(
    session: AsyncSession, snapshot: Snapshot, asset_ids: Sequence[int]
) -> list[tuple[int, Evidence]]:
    """Return who owned what until when. A claim that was taken back was a wish."""
    fact, entry = tables.Ownership, tables.AuditEntry
    withdrawn = select(col(entry.id)).where(col(entry.id) == col(fact.ended_by), col(entry.action) == _TAKEN_BACK)
    query = (
        select(col(fact.asset_id), col(fact.team_id), col(fact.person_id), col(fact.valid_to))
        .where(col(fact.asset_id).in_(asset_ids), col(fact.valid_to).is_not(None), col(fact.role) == Role.OWNER.value)
        .where(~withdrawn.exists())
        .order_by(col(fact.valid_to).desc())
        .limit(_MOST_ROWS)
    )
    found = []
    for asset_id, team_id, person_id, until in await session.execute(query):
        teams = [team_id] if team_id is not None else []
        teams += [each.id for each in snapshot.last_teams_of(person_id)] if person_id is not None else []
        found += [(asset_id, Evidence(EvidenceKind.BEFORE, each, at=until)) for each in teams]
    return found


async def _acted(session: AsyncSession, snapshot: Snapshot, asset_ids: Sequence[int]) -> list[tuple[int, Evidence]]:
    """Return who has confirmed what."""
    entry, subjects = tables.AuditEntry, {f"asset:{each}": each for each in asset_ids}
    query = (
        select(col(entry.subject), col(entry.actor), col(entry.at))
        .where(col(entry.subject).in_(subjects), col(entry.action) == _LOOKED_AFTER)
        .order_by(col(entry.id).desc())
        .limit(_MOST_ROWS)
    )
    found = []
    for subject, actor, at in await session.execute(query):
        kind, _, number = actor.partition(":")
        person = snapshot.person(int(number)) if kind == "person" and number.isdecimal() else None
        if person is not None:
            found += [
                (subjects[subject], Evidence(EvidenceKind.ACTED, team.id, person.name, at=at))
                for team in snapshot.teams_of(person.id)
            ]
    return found


async def _rejected(session: AsyncSession, assets: Collection[AssetRecord]) -> dict[int, set[int]]:
    """Return the teams that are no owners, by asset: so it was said or decided, or they did not want it.

    They gave it up, or declined it in a handoff.
    """
    found = {asset.id: {*given_up_by(asset)} for asset in assets}
    row, no, handoff, part = tables.RejectedOwner, tables.Disownment, tables.Handoff, tables.HandoffResource
    said = select(col(row.asset_id), col(row.team_id)).where(col(row.asset_id).in_(found))
    decided = select(col(no.asset_id), col(no.team_id)).where(col(no.asset_id).in_(found), col(no.team_id).is_not(None))
    for asset_id, team_id in await session.execute(said.union(decided)):
        found[asset_id].add(team_id)
    answered = (
        select(col(part.asset_id), col(handoff.receiver_team_id), col(part.state))
        .join(handoff, col(handoff.id) == col(part.handoff_id))
        .where(col(part.asset_id).in_(found), col(part.answered_at).is_not(None))
        .order_by(col(part.answered_at))
    )
    last = {(asset_id, team_id): state for asset_id, team_id, state in await session.execute(answered)}
    for (asset_id, team_id), state in last.items():
        if state == ResourceState.DECLINED.value:
            found[asset_id].add(team_id)
    return found

"""Use cases of "we no longer own it", and of marking what nobody owns as unowned on purpose.

Nothing is left silently: the answer says who gave it up, when and why, and the platform channel is asked who takes it.
What a lead or a catalog admin has to confirm first (assets of tier 1) stays as it is until they do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.ownership import releases as blocks
from bot.blocks.text import escape
from bot.domain.catalog import Area, Role
from bot.domain.names import clean
from bot.domain.ownership import Orphaned, Owned, Unowned, Verdict
from bot.domain.recipients import Recipient, Told
from bot.domain.records import AssetRecord, OwnershipRecord, PersonRecord
from bot.domain.rights import Actor, Holders, Right, may, require
from bot.errors import NotFoundError, UserError
from bot.services import (
    actors,
    outbox,
    owner_questions,
    owner_suggestions,
    release_questions,
    routing,
    transfers,
    unowned_review,
)
from bot.services.actors import Decider
from bot.services.deps import Deps
from bot.services.matters import proposals
from bot.services.matters.admins import channel_or_admin
from bot.services.ownership import given_up_by, look_up
from bot.services.release_confirmers import confirmer
from bot.services.release_notices import GivenUp, tell_sharers
from bot.services.release_questions import CONFIRM_WITHIN, areas_of, detail_of, owner_of
from bot.services.snapshot import Snapshot, deciding
from bot.store import tables
from bot.store.journal import audit, lock_catalog, touch_assets

#: What has this tier is not given up on one person's word.
CONFIRMED_TIER = 1
#: For so long at most nobody looks at what is unowned on purpose, and for so long it is kept by one press.
MOST_UNOWNED, KEPT = timedelta(days=366), timedelta(days=180)
_SETTLED = "That is settled already: ask again with `/whoowns`."


@dataclass(frozen=True, slots=True)
class ReleaseOffer:
    """What the form says: the asset, whose it is, which areas go, and whether somebody else has to confirm."""

    asset: AssetRecord
    owner: str
    areas: tuple[Area, ...]
    needs_confirmation: bool


@dataclass(frozen=True, slots=True)
class Released:
    """Nobody owns these areas of the asset now, or (`told` is set) somebody is asked to confirm it."""

    asset: AssetRecord
    areas: tuple[Area, ...]
    owner: str
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    """An asset is unowned on purpose until a day, on which `reviewer` is asked again."""

    asset: AssetRecord
    until: date
    reviewer: PersonRecord | None


async def form(deps: Deps, snapshot: Snapshot, *, asset_id: int, area: Area | None, asker: str) -> ReleaseOffer:
    """Return what the form for a release shows. Raises as `release` would."""
    verdict = look_up(deps, snapshot, asset_id, area=area)
    owner, facts = _given_up(snapshot, verdict, actors.remembered(snapshot, asker))
    transfers.require_no_silent_heir(verdict, facts, snapshot)
    is_confirmed = verdict.asset.tier == CONFIRMED_TIER
    if is_confirmed:
        confirmer(deps, snapshot, verdict.asset, owner, asker=snapshot.person_by_slack_id(asker))
        async with deps.database.reading() as session:
            await _superseded(session, verdict.asset, owner, facts, deps.clock.now())
    return ReleaseOffer(verdict.asset, owner.name, _areas(facts), is_confirmed)


async def release(
    deps: Deps, snapshot: Snapshot, *, asset_id: int, area: Area | None, person_id: int, reason: str
) -> Released:
    """Give up what the person's team (or they in person) own of an asset, or ask for that to be confirmed.

    Raises NotAllowedError for anybody who is no owner, UserError where there is nothing to give up or it would fall to
    somebody who has not agreed, NotFoundError when the asset is gone.
    """
    async with deciding(snapshot, deps.database) as session:
        verdict = look_up(deps, snapshot, asset_id, area=area)
        owner, facts = _given_up(snapshot, verdict, actors.actor(person_id))
        transfers.require_no_silent_heir(verdict, facts, snapshot)
        if verdict.asset.tier == CONFIRMED_TIER:
            row = _row(asset_id, owner, _areas(facts), reason=reason, person_id=person_id, at=deps.clock.now())
            waiting = await _superseded(session, verdict.asset, owner, facts, row.asked_at)
            if waiting is not None:
                waiting.until = row.asked_at.date() - timedelta(1)
            session.add(row)
            await session.flush()
            told = await release_questions.ask(session, deps, snapshot, row, verdict.asset, owner)
            return Released(verdict.asset, _areas(facts), owner.name, told)
        what = GivenUp(verdict.asset, _areas(facts), owner, reason)
        await give_up(session, deps, snapshot, what, person_id=person_id)
    return Released(verdict.asset, _areas(facts), owner.name)


async def give_up(session: AsyncSession, deps: Deps, snapshot: Snapshot, what: GivenUp, *, person_id: int) -> None:
    """Release areas of an asset, of which nobody has to confirm any more, in the caller's transaction.

    The caller holds the catalog's lock, and has called `transfers.require_no_silent_heir`.
    """
    now = deps.clock.now()
    row = _row(what.asset.id, what.owner, what.areas, reason=what.reason, person_id=person_id, at=now)
    row.decided_by, row.decided_at = person_id, now
    session.add(row)
    await session.flush()
    await _carry_out(session, deps, snapshot, row, what.asset, what.owner, what.besides)


async def decide(deps: Deps, snapshot: Snapshot, *, release_id: int, by: Decider, is_granted: bool) -> Released | None:
    """Confirm or refuse a release as the team's lead or a catalog admin; None for a refusal.

    Raises NotAllowedError for whoever asked and for everybody else, NotFoundError when it is settled or too late.
    """
    now = deps.clock.now()
    async with deciding(snapshot, deps.database) as session:
        row = await session.get(tables.Release, release_id)
        if row is None or row.decided_at is not None or row.ended_at is not None or not is_awaited(row, now):
            raise NotFoundError(_SETTLED)
        asset, owner = snapshot.asset(row.asset_id), owner_of(snapshot, row)
        if asset is None:
            raise NotFoundError(_SETTLED)
        held = await actors.holders(
            session, [row.team_id], people=[owner.person], what=asset.name, asked_by=row.asked_by
        )
        require(await actors.person_or_admin(session, deps, by), Right.CONFIRM_RELEASE, held)
        if is_granted:
            _require_still_theirs(look_up(deps, snapshot, row.asset_id), row, snapshot)
        row.decided_by, row.decided_at = by.person_id, now
        message = blocks.release_decided(
            asset, areas_of(row), owner.name, row.reason, snapshot.person(by.person_id), is_granted=is_granted
        )
        await release_questions.redraw(session, row, message, at=now)
        to = asker_of(snapshot, row)
        await routing.send(session, deps, snapshot, to, key=f"release:{row.id}:answer", message=message, at=now)
        if not is_granted:
            row.ended_at = now
            await _note(session, deps, row.asset_id, by.person_id, "ownership.release_refused", detail_of(row))
            return None
        await _carry_out(session, deps, snapshot, row, asset, owner)
    return Released(asset, areas_of(row), owner.name)


async def mark_unowned(
    deps: Deps,
    snapshot: Snapshot,
    *,
    asset_id: int,
    by: Decider,
    reason: str,
    reviewer_id: int,
    until: date,
) -> Marked:
    """Say that nobody owns an asset on purpose, until a day on which the reviewer is asked again.

    Raises NotAllowedError for anybody but the people of the team that gave it up and catalog admins, UserError for what
    somebody owns and for a day out of range, NotFoundError when the asset is gone.
    """
    now = deps.clock.now()
    async with deciding(snapshot, deps.database) as session:
        verdict = look_up(deps, snapshot, asset_id)
        asset = verdict.asset
        if not isinstance(verdict, Unowned) or verdict.others:
            raise UserError(f"Somebody owns {escape(asset.name, 80)}, or part of it: they release it first.")
        held = await actors.holders(session, given_up_by(asset), what=asset.name)
        require(await actors.person_or_admin(session, deps, by), Right.MARK_UNOWNED, held)
        if not now.date() < until <= (now + MOST_UNOWNED).date():
            raise UserError("Choose a day within a year from now, on which it is looked at again.")
        row = tables.UnownedMark(
            asset_id=asset_id,
            reason=clean(reason)[:300],
            person_id=by.person_id,
            reviewer_id=reviewer_id,
            until=until,
            at=now,
        )
        session.add(row)
        detail = {"until": until.isoformat(), "reviewer": reviewer_id}
        await _touch(session, deps, asset_id, by.person_id, "ownership.mark_unowned", detail)
        reviewer = snapshot.person(reviewer_id)
        if reviewer_id != by.person_id and routing.slack_id_of(reviewer):
            await session.flush()
            named = blocks.named_reviewer(asset, row.reason, snapshot.person(by.person_id), until)
            to = Recipient(person=reviewer)
            await routing.send(session, deps, snapshot, to, key=f"unowned.reviewer:{row.id}", message=named, at=now)
        message = blocks.marked(asset, until, reviewer)
        for key in await owner_questions.open_questions(session, asset_id, [Area.ALL]):
            await outbox.revise(session, key=key, message=message, at=now)
        await proposals.taken(session, deps, snapshot, asset_id, [Area.ALL], message, by=by.person_id)
    return Marked(asset, until, reviewer)


async def review(deps: Deps, snapshot: Snapshot, *, mark_id: int, by: Decider, is_kept: bool) -> Marked | AssetRecord:
    """Keep what is unowned on purpose so for some time, or end that, as its reviewer or a catalog admin says.

    Raises NotAllowedError for everybody else, NotFoundError when it has ended, or was kept just now.
    """
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        await lock_catalog(await session.connection())
        row = await session.get(tables.UnownedMark, mark_id)
        asset = snapshot.asset(row.asset_id) if row is not None else None
        if row is None or asset is None or row.ended_at is not None or row.until > now.date():
            raise NotFoundError(_SETTLED)
        reviewer = snapshot.person(row.reviewer_id)
        held = await actors.holders(session, [], people=[reviewer], what=asset.name)
        require(await actors.person_or_admin(session, deps, by), Right.REVIEW_UNOWNED, held)
        person, until = snapshot.person(by.person_id), (now + KEPT).date()
        await unowned_review.settle(
            session, deps, snapshot, row, blocks.reviewed(asset, person, until if is_kept else None)
        )
        if is_kept:
            row.until, row.asked_on = until, None
        else:
            row.ended_at, row.ended_by = now, by.person_id
        action = "ownership.keep_unowned" if is_kept else "ownership.end_unowned"
        await _touch(session, deps, row.asset_id, by.person_id, action, {"mark": row.id})
        if not is_kept:
            heirs = await owner_suggestions.for_asset(session, deps, snapshot, row.asset_id)
            wanted, to = blocks.owner_wanted(asset, person, heirs), owner_questions.wanted_key(mark_id)
            await routing.send(
                session, deps, snapshot, channel_or_admin(deps, snapshot), key=to, message=wanted, at=now
            )
    return Marked(asset, until, reviewer) if is_kept else asset


def _given_up(snapshot: Snapshot, verdict: Verdict, actor: Actor) -> tuple[Recipient, tuple[OwnershipRecord, ...]]:
    """Return the owner for whom somebody speaks, and that owner's facts that the answer names."""
    if not isinstance(verdict, Owned) or isinstance(verdict, Orphaned):
        raise UserError("There is nothing to release here: ask again with `/whoowns`.")
    if verdict.inherited_from is not None:
        raise UserError(f"It comes with {escape(verdict.inherited_from.name, 80)}: release that.")
    # On the answer about the whole, too, the owner of a part gives up that part, as they confirm it.
    parts = verdict.holdings if verdict.area is None else ()
    owners = [held for held in (*verdict.owners, *parts) if held.fact.role is Role.OWNER]
    owned = Holders.of(*(held.owner for held in owners))
    held_by = actors.remembered_holders(snapshot, owned.teams, people=owned.people, what=verdict.asset.name)
    require(actor, Right.RELEASE, held_by)
    owner = next(held.owner for held in owners if may(actor, Right.RELEASE, Holders.of(held.owner)))
    answering = [held.fact for held in verdict.owners if held in owners and held.owner.key == owner.key]
    return owner, tuple(answering or (held.fact for held in owners if held.owner.key == owner.key))


def _require_still_theirs(verdict: Verdict, row: tables.Release, snapshot: Snapshot) -> None:
    """Raise NotFoundError where whoever asked to give it up has it no more, or again; UserError for a silent heir."""
    own = _own(verdict.asset, row)
    if not own:
        raise NotFoundError("They do not own it any more, so there is nothing to release: ask again with `/whoowns`.")
    if not _is_unchanged(own, row):
        raise NotFoundError("It has changed hands since that was asked: ask for it again with `/whoowns`.")
    transfers.require_no_silent_heir(verdict, own, snapshot)


def is_awaited(row: tables.Release, at: datetime) -> bool:
    """Whether somebody is still waited for who confirms a release."""
    return row.until is None or row.until >= at.date()


def is_still_theirs(snapshot: Snapshot, row: tables.Release) -> bool:
    """Whether whoever asked to give something up has it still, and had it all the time."""
    asset = snapshot.asset(row.asset_id)
    own = _own(asset, row) if asset is not None else []
    return bool(own) and _is_unchanged(own, row)


def _own(asset: AssetRecord, row: tables.Release) -> list[OwnershipRecord]:
    return [
        fact
        for fact in asset.facts
        if (fact.team_id, fact.person_id) == (row.team_id, row.person_id)
        and fact.role is Role.OWNER
        and fact.area.value in row.areas
    ]


def _is_unchanged(facts: Sequence[OwnershipRecord], row: tables.Release) -> bool:
    """Whether these facts are those that were to be given up: what went away and came back is another decision."""
    return all(fact.valid_from <= row.asked_at for fact in facts)


def _row(
    asset_id: int, owner: Recipient, areas: Sequence[Area], *, reason: str, person_id: int, at: datetime
) -> tables.Release:
    return tables.Release(
        asset_id=asset_id,
        areas=[each.value for each in areas],
        team_id=owner.team_id,
        person_id=owner.person_id,
        reason=clean(reason)[:500],
        asked_by=person_id,
        asked_at=at,
        until=(at + CONFIRM_WITHIN).date(),
    )


def _areas(facts: Sequence[OwnershipRecord]) -> tuple[Area, ...]:
    return tuple(dict.fromkeys(fact.area for fact in facts))


def asker_of(snapshot: Snapshot, row: tables.Release) -> Recipient:
    """Return who hears what has become of a request to give something up: its owner, once whoever asked has left."""
    asker = snapshot.person(row.asked_by)
    return Recipient(person=asker) if routing.slack_id_of(asker) else owner_of(snapshot, row)


async def _superseded(
    session: AsyncSession, asset: AssetRecord, owner: Recipient, facts: Sequence[OwnershipRecord], now: datetime
) -> tables.Release | None:
    """Return the question that a new one replaces. Raises UserError when the same is still to be confirmed."""
    table = tables.Release
    query = select(table).where(
        col(table.asset_id) == asset.id,
        col(table.team_id).is_not_distinct_from(owner.team_id),
        col(table.person_id).is_not_distinct_from(owner.person_id),
        col(table.decided_at).is_(None),
        col(table.ended_at).is_(None),
        col(table.until) >= now.date(),
    )
    areas = {each.value for each in _areas(facts)}
    found = next((each for each in (await session.execute(query)).scalars() if areas & set(each.areas)), None)
    if found is not None and _is_unchanged(facts, found):
        raise UserError("Somebody has asked for that already: it waits to be confirmed.")
    return found


async def _carry_out(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    row: tables.Release,
    asset: AssetRecord,
    owner: Recipient,
    besides: Recipient | None = None,
) -> None:
    """End the owner's facts of these areas; where nobody is left for one, ask the platform channel who takes it.

    Whoever owns the rest hears it, too, but for `besides`.
    """
    now, fact = deps.clock.now(), tables.Ownership
    person_id = row.decided_by if row.decided_by is not None else row.asked_by
    entry = await _touch(session, deps, row.asset_id, person_id, "ownership.release", detail_of(row))
    is_owner = col(fact.team_id) == row.team_id if row.team_id is not None else col(fact.person_id) == row.person_id
    in_force = (col(fact.asset_id) == row.asset_id, col(fact.area).in_(row.areas), col(fact.valid_to).is_(None))
    of_owner = (*in_force, is_owner, col(fact.role) == Role.OWNER.value)
    await session.execute(update(fact).where(*of_owner).values(valid_to=now, ended_by=entry))
    resources = [transfers.Resource(row.asset_id, area) for area in areas_of(row)]
    await transfers.leave(session, deps, snapshot, resources, [owner.key])
    mark = tables.UnownedMark  # somebody has owned it since it was unowned on purpose
    is_marked = (col(mark.asset_id) == row.asset_id, col(mark.ended_at).is_(None))
    await session.execute(update(mark).where(*is_marked).values(ended_at=now, ended_by=person_id))
    left = await session.execute(select(col(fact.id)).where(*in_force, col(fact.role) == Role.OWNER.value).limit(1))
    if left.first() is not None:
        return
    heirs = await owner_suggestions.for_asset(session, deps, snapshot, row.asset_id)
    others = [each for each in heirs if owner.team is None or each.team.id != owner.team.id]
    message = blocks.given_up(asset, areas_of(row), owner.name, row.reason, others, at=now)
    key = owner_questions.given_up_key(row.id)
    await routing.send(session, deps, snapshot, channel_or_admin(deps, snapshot), key=key, message=message, at=now)
    what = GivenUp(asset, areas_of(row), owner, row.reason, besides)
    await tell_sharers(session, deps, snapshot, what, entry=entry)


async def _touch(
    session: AsyncSession, deps: Deps, asset_id: int, person_id: int, action: str, detail: dict[str, object]
) -> int:
    """Let memory read the asset again, and write down what was done; return the entry's id."""
    await touch_assets(session, [asset_id])
    return await _note(session, deps, asset_id, person_id, action, detail)


async def _note(
    session: AsyncSession, deps: Deps, asset_id: int, person_id: int, action: str, detail: dict[str, object]
) -> int:
    return await audit(session, deps.clock.now(), person_id, action, f"asset:{asset_id}", detail)

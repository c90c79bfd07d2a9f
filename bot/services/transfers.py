"""Passes areas of assets from their owners to a team, once both sides have agreed.

Who has to agree, and how they say so, is the caller's matter: a handoff, or an owner's answer to a claim. This is the
only way in which an owner is replaced, so that facts end and begin together and no area is ever without one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.blocks.handoff_button import OpenHandoff, Way, handoff_buttons
from bot.blocks.text import escape, plain
from bot.domain import ownership as rules
from bot.domain.catalog import Area, Role
from bot.domain.ownership import Holding, Owned, Verdict
from bot.domain.recipients import Recipient, owner_key
from bot.domain.records import AssetRecord, OwnershipRecord
from bot.errors import NotFoundError, OfferInsteadError, UserError
from bot.services.deps import Deps
from bot.services.ownership import claimed_by, look_up_free, names_of
from bot.services.snapshot import Snapshot, refresh_over
from bot.store import tables
from bot.store.journal import human_source, lock_catalog, touch_assets
from bot.store.open_matters import is_lent


class Resource(NamedTuple):
    """What passes: an area of an asset. An owner of `Area.ALL` may give a part of it and keep the rest."""

    asset_id: int
    area: Area


class Agreed(NamedTuple):
    """Who agreed that something is the receiving team's, and when."""

    person_id: int
    at: datetime


class Terms(NamedTuple):
    """What all resources of one move have in common.

    `givers` are the keys (`Recipient.key`) of the owners who have agreed; none for what nobody owns. `person_id` agreed
    that it is the receiving team's, and `audit_id` is the entry that says so. `agreed` says who did, and when, of what
    was agreed before: nobody confirms anything on the day on which it passes by itself. With `overlap` the givers stay
    as secondary owners until `end_overlap`.
    """

    givers: frozenset[str]
    receiver_team_id: int
    person_id: int
    audit_id: int
    at: datetime
    overlap: bool = False
    agreed: Mapping[Resource, Agreed] = MappingProxyType({})


async def move(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, resources: Collection[Resource], terms: Terms
) -> None:
    """Let a team own these resources from now on, in the caller's transaction, which must not have changed the catalog.

    The givers' facts of these areas end, whichever source they came from, and a source that goes on naming a giver is
    drift, as `bot.domain.ownership.drift` has it. The team's fact is a confirmed decision. What is inherited from a
    parent is inherited no more.

    Raises NotFoundError when an asset or the team is gone, UserError when somebody owns an area who has not agreed, or
    a giver does not own it any more; then the caller has to let the transaction fail.
    """
    connection = await session.connection()
    await lock_catalog(connection)
    await refresh_over(snapshot, connection)
    receiver = snapshot.team(terms.receiver_team_id)
    if receiver is None or receiver.is_gone:
        raise NotFoundError("That team is no longer in the catalog: ask again, and choose another.")
    if not rules.has_somebody(receiver, snapshot):
        raise UserError(f"Nobody is left in {escape(receiver.name, 80)}, so it stays where it is.")
    if Recipient(team=receiver).key in terms.givers:
        raise UserError(f"{escape(receiver.name, 80)} has it already, so nothing has to change hands.")
    for resource in resources:
        _check(deps, snapshot, resource, terms, gave_before=await _gave_before(session, resource))
        for team in (each.team for each in map(snapshot.recipient, terms.givers)):
            if team is not None and next(rules.active_members(team, snapshot), None) is not None:
                giving, to = team.id, terms.receiver_team_id
                await require_not_lent(session, snapshot, resource, giver_id=giving, receiver_id=to)
    source = await human_source(session)
    for resource in resources:
        await _follow_drift(session, resource, terms)
        await _end(session, resource, terms, source=source)
        _begin(session, resource, terms, source=source)
    await leave(session, deps, snapshot, resources, terms.givers, to=Recipient(team=receiver).key)
    assets = {resource.asset_id for resource in resources}
    await _settle_doubts(session, assets, at=terms.at)
    await touch_assets(session, assets)
    await session.flush()


async def leave(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    resources: Iterable[Resource],
    owners: Collection[str],
    *,
    to: str = "",
) -> None:
    """Let fall away what was still to be said in the names of owners who have these resources no longer, but `to`."""
    found = [(asset, each.area) for each in resources if (asset := snapshot.asset(each.asset_id)) is not None]
    for each in deps.belongings if owners else ():
        await each.left(session, found, owners, to=to)


async def end_overlap(session: AsyncSession, resource: Resource, *, team_id: int, audit_id: int, at: datetime) -> None:
    """End a giver's time as secondary owner of what it gave. Doing it twice does nothing more."""
    await touch_assets(session, [resource.asset_id])
    source = await human_source(session)
    fact = tables.Ownership
    await session.execute(
        update(fact)
        .where(
            *_in_force(resource),
            col(fact.team_id) == team_id,
            col(fact.role) == Role.SECONDARY.value,
            col(fact.source_id) == source,
        )
        .values(valid_to=at, ended_by=audit_id)
    )


async def require_not_lent(
    session: AsyncSession, snapshot: Snapshot, resource: Resource, *, giver_id: int, receiver_id: int
) -> None:
    """Raise UserError where a team would give away what is lent to it, or a part of that, to anybody but the lender."""
    handoff, lent = tables.Handoff, tables.HandoffResource
    asset_id, areas = _lent_as(snapshot, resource, giver_id)
    query = (
        select(handoff)
        .join(lent, col(lent.handoff_id) == col(handoff.id))
        .where(
            col(lent.asset_id) == asset_id,
            col(lent.area).in_([each.value for each in areas]),
            is_lent(),
            col(handoff.receiver_team_id) == giver_id,
            col(handoff.giver_team_id).not_in([giver_id, receiver_id]),
            ~came_back(),
        )
    )
    row = (await session.execute(query.limit(1))).scalar_one_or_none()
    lender = snapshot.team(row.giver_team_id) if row is not None else None
    if row is not None and rules.has_somebody(lender, snapshot):
        name = escape(lender.name, 80)
        raise UserError(f"{name} has lent it until {row.loan_until}: hand it back in handoff #{row.id}, or wait.")


def _lent_as(snapshot: Snapshot, resource: Resource, giver_id: int) -> tuple[int, set[Area]]:
    """Return of which asset, and as which areas, a team has a resource: what is inherited is lent with the whole."""
    asset = snapshot.asset(resource.asset_id)
    if asset is None:
        return resource.asset_id, {resource.area}
    holder = rules.holder_of(asset, snapshot)
    is_own = any(fact.area is resource.area and fact.team_id == giver_id for fact in holder.facts)
    return holder.id, {resource.area} if is_own else {resource.area, Area.ALL}


def came_back() -> ColumnElement[bool]:
    """Return whether a resource of a handoff has passed to the giver again since, in whichever way."""
    handoff, brought = tables.Handoff, tables.HandoffResource
    there, back = aliased(tables.Transfer), aliased(tables.Transfer)
    went = select(func.max(there.id)).where(
        col(there.asset_id) == col(brought.asset_id),
        col(there.area) == col(brought.area),
        col(there.receiver_team_id) == col(handoff.receiver_team_id),
        col(there.at) == col(brought.moved_at),
    )
    return exists().where(
        col(back.asset_id) == col(brought.asset_id),
        col(back.area) == col(brought.area),
        col(back.receiver_team_id) == col(handoff.giver_team_id),
        col(back.id) > went.correlate(handoff, brought).scalar_subquery(),
    )


def require_no_silent_heir(verdict: Verdict, facts: Sequence[OwnershipRecord], snapshot: Snapshot) -> None:
    """Raise OfferInsteadError where another team, which owns the rest or gave them away, would answer for these areas.

    UserError where that is a person.
    """
    areas = {fact.area for fact in facts}
    drift = verdict.drift if isinstance(verdict, Owned) else ()
    for late in [each.holding for each in drift if not each.is_overruled]:
        if late.fact.area in areas and rules.is_here(late.owner, snapshot):
            raise _offer_instead(
                verdict.asset, late, late.fact.area, f"A file still names {escape(late.name, 80)}, who would"
            )
    others = [
        held
        for held in rules.holdings_of(verdict.asset.facts, snapshot)
        if held.fact.role is Role.OWNER and held.fact not in facts
    ]
    if Area.ALL in areas or any(held.fact.area in areas for held in others):
        return
    rest = next((held for held in others if held.fact.area is Area.ALL), None)
    if rest is not None:
        only = next(iter(areas)) if len(areas) == 1 else None
        raise _offer_instead(verdict.asset, rest, only, f"{escape(rest.name, 80)} owns the rest, and would")


def _offer_instead(asset: AssetRecord, heir: Holding, area: Area | None, who: str) -> UserError:
    """Return the error that leads to an offer; a person is offered nothing."""
    said = f"{who} have it by silence: offer it to them instead."
    if heir.team is None:
        return UserError(said)
    about, name = OpenHandoff(Way.OFFER, asset.id, heir.team.id, area=area), plain(heir.team.name, 40)
    [offer] = handoff_buttons(about, asset.name, text=f"Offer it to {name}…")
    return OfferInsteadError(said, offer)


async def _gave_before(session: AsyncSession, resource: Resource) -> frozenset[str]:
    """Return the keys of those who gave the area away in an earlier transfer."""
    given = tables.Transfer
    query = select(col(given.giver_team_id), col(given.giver_person_id)).where(
        col(given.asset_id) == resource.asset_id, col(given.area) == resource.area.value
    )
    rows = await session.execute(query)
    return frozenset(owner_key(team, person) for team, person in rows)


def _check(deps: Deps, snapshot: Snapshot, resource: Resource, terms: Terms, *, gave_before: frozenset[str]) -> None:
    """Raise UserError unless all living owners of an area, and nobody else, have agreed.

    A file that names somebody who gave it away before, and has for too long, takes no agreement back.
    """
    verdict = look_up_free(deps, snapshot, resource.asset_id, area=resource.area)
    owners = [held for held in claimed_by(verdict) if held.fact.role is Role.OWNER]
    agreed = {*terms.givers, f"team:{terms.receiver_team_id}"}
    area = "" if resource.area is Area.ALL else f" ({resource.area.value})"
    what = f"{escape(verdict.asset.name, 80)}{area}"
    gone = [held for held in owners if not held.fact.is_human and held.owner.key in gave_before]
    others = [
        held
        for held in owners
        if held.owner.key not in agreed and held not in gone and rules.is_here(held.owner, snapshot)
    ]
    if others:
        own = "own" if len({held.owner.key for held in others}) > 1 else "owns"
        raise UserError(f"{escape(names_of(others), 80)} also {own} {what}: ask them to agree first.")
    missing = terms.givers - {held.owner.key for held in owners}
    if missing:
        names = ", ".join(sorted(snapshot.recipient(key).name or "The giver" for key in missing))
        own = "own" if len(missing) > 1 else "owns"
        raise UserError(f"{escape(names, 80)} no longer {own} {what}: look who does with `/whoowns`.")


async def _end(session: AsyncSession, resource: Resource, terms: Terms, *, source: int) -> None:
    """End what the givers own of an area, and what the receiver has claimed of it so far."""
    fact = tables.Ownership
    found = await session.execute(select(fact).where(*_in_force(resource)))
    for each in found.scalars():
        is_given = owner_key(each.team_id, each.person_id) in terms.givers and each.role == Role.OWNER.value
        is_replaced = each.team_id == terms.receiver_team_id and each.source_id == source
        if is_given or is_replaced:
            each.valid_to, each.ended_by = terms.at, terms.audit_id
        if is_given and each.source_id != source:
            session.add(_drift(each, since=terms.at))


async def _follow_drift(session: AsyncSession, resource: Resource, terms: Terms) -> None:
    """Let what sources say that were behind already be judged by this transfer: some are right again."""
    row = tables.Drift
    found = await session.execute(
        select(row).where(col(row.asset_id) == resource.asset_id, col(row.area) == resource.area.value)
    )
    givers = _ids(terms.givers)
    for each in found.scalars():
        if (each.team_id, each.person_id) in givers:
            each.since = terms.at
        elif each.team_id == terms.receiver_team_id:
            session.add(_said(each, at=terms.at, audit_id=terms.audit_id))
            await session.delete(each)


async def believe_files(
    session: AsyncSession, resource: Resource, owner: Recipient, *, at: datetime, audit_id: int
) -> None:
    """Let files that went on naming somebody after a transfer be right: it was decided that they own it."""
    row = tables.Drift
    found = await session.execute(
        select(row).where(col(row.asset_id) == resource.asset_id, col(row.area) == resource.area.value)
    )
    for each in found.scalars():
        if (each.team_id, each.person_id) in _ids([owner.key]):
            session.add(_said(each, at=at, audit_id=audit_id))
            await session.delete(each)
    await session.flush()


def _drift(fact: tables.Ownership, *, since: datetime) -> tables.Drift:
    """Return that a source still says what was a fact until now."""
    return tables.Drift(
        asset_id=fact.asset_id,
        source_id=fact.source_id,
        area=fact.area,
        team_id=fact.team_id,
        person_id=fact.person_id,
        since=since,
    )


def _said(drift: tables.Drift, *, at: datetime, audit_id: int) -> tables.Ownership:
    """Return the fact that a source has said all the time."""
    return tables.Ownership(
        asset_id=drift.asset_id,
        team_id=drift.team_id,
        area=drift.area,
        role=Role.OWNER.value,
        source_id=drift.source_id,
        valid_from=at,
        begun_by=audit_id,
    )


def _begin(session: AsyncSession, resource: Resource, terms: Terms, *, source: int) -> None:
    """Begin the receiver's fact and, while there is an overlap, those of the givers; record who gave."""
    receiver, givers = terms.receiver_team_id, _ids(terms.givers)
    agreed = terms.agreed.get(resource, Agreed(terms.person_id, terms.at))
    begun: list[tuple[int | None, int | None, Role]] = [(receiver, None, Role.OWNER)]
    if terms.overlap:
        begun += [(*each, Role.SECONDARY) for each in givers]
    for team_id, person_id, role in begun:
        is_owner = role is Role.OWNER
        session.add(
            tables.Ownership(
                asset_id=resource.asset_id,
                team_id=team_id,
                person_id=person_id,
                area=resource.area.value,
                role=role.value,
                source_id=source,
                valid_from=terms.at,
                confirmed_at=agreed.at if is_owner else None,
                confirmed_by=agreed.person_id if is_owner else None,
                begun_by=terms.audit_id,
                is_agreed=True,
            )
        )
    for team_id, person_id in givers or [(None, None)]:
        session.add(
            tables.Transfer(
                asset_id=resource.asset_id,
                area=resource.area.value,
                giver_team_id=team_id,
                giver_person_id=person_id,
                receiver_team_id=receiver,
                at=terms.at,
                audit_id=terms.audit_id,
            )
        )


def _ids(keys: Iterable[str]) -> list[tuple[int | None, int | None]]:
    """Return the ids that keys name: each of a team and a person, one of them None."""
    parts = [key.partition(":") for key in sorted(keys)]
    return [(int(number), None) if kind == "team" else (None, int(number)) for kind, _, number in parts]


def _in_force(resource: Resource) -> tuple[ColumnElement[bool], ...]:
    fact = tables.Ownership
    return (
        col(fact.asset_id) == resource.asset_id,
        col(fact.area) == resource.area.value,
        col(fact.valid_to).is_(None),
    )


async def _settle_doubts(session: AsyncSession, assets: Collection[int], *, at: datetime) -> None:
    """Settle what was doubted of the owners so far: the owner is another one now, and has just agreed."""
    doubt = tables.OwnerDoubt
    await session.execute(
        update(doubt).where(col(doubt.asset_id).in_(assets), col(doubt.settled_at).is_(None)).values(settled_at=at)
    )

"""Begins handoffs: a team offers what it owns, or asks for what another team owns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import handoff as blocks
from bot.blocks.text import escape
from bot.domain import ownership as rules
from bot.domain.catalog import Area, Role
from bot.domain.handoff.handoffs import (
    MOST_RESOURCES,
    OVER,
    HandoffCard,
    HandoffStep,
    HandoffTerms,
    ResourceState,
    after,
)
from bot.domain.names import clean
from bot.domain.ownership import Disputed, Owned
from bot.domain.recipients import Recipient, Told
from bot.domain.records import AssetRecord
from bot.domain.rights import Right, require
from bot.errors import FieldError, NotFoundError, UserError
from bot.services import actors, routing
from bot.services.cards import acting as card_acting
from bot.services.deps import Deps
from bot.services.handoff._cards import (
    HandoffAct,
    acting,
    again_key,
    asked_key,
    card_key,
    for_team,
    offered_key,
    ready,
    team_of,
)
from bot.services.handoff.lists import InAnotherError, left_of, one, under_way
from bot.services.ownership import claimed_by, look_up, names_of
from bot.services.snapshot import Snapshot, refresh_over
from bot.services.transfers import Resource, require_not_lent
from bot.store import tables
from bot.store.journal import audit, lock_catalog

NOTHING_TO_HAND_BACK = "Nothing of this handoff is with the receiver, so there is nothing to hand back."
_OFFERED_AGAIN = "Somebody has offered it again already: look at it with `/handoff list`."
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHandoff:
    """A handoff that somebody begins for one of its teams."""

    giver_team_id: int
    receiver_team_id: int
    resources: tuple[Resource, ...]
    person_id: int
    terms: HandoffTerms = field(default_factory=HandoffTerms)
    request_id: int | None = None
    library_id: int | None = None
    follows_id: int | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """The handoff, and where the other team is told of it."""

    card: HandoffCard
    told: Told


async def offer(deps: Deps, snapshot: Snapshot, new: NewHandoff) -> Begun:
    """Offer resources to a team, which finds the card in its channel.

    Raises NotAllowedError for somebody who is not of the giving team, NotFoundError for a team or an asset that is
    gone, and UserError for what cannot be offered.
    """
    new.terms.check(today=_today(deps, snapshot, new.receiver_team_id))
    return await _begin(deps, snapshot, new, right=Right.HAND_OVER)


def _today(deps: Deps, snapshot: Snapshot, team_id: int) -> date:
    return routing.today_of(deps, snapshot, Recipient(team=team_of(snapshot, team_id)))


async def ask(deps: Deps, snapshot: Snapshot, new: NewHandoff) -> Begun:
    """Ask a team for what it owns, for the person's own team. Raises as `offer` does."""
    return await _begin(deps, snapshot, new, right=Right.PUT_OFF)


async def offer_again(
    deps: Deps,
    snapshot: Snapshot,
    *,
    handoff_id: int,
    person_id: int,
    version: int,
    terms: HandoffTerms,
    resource_ids: Collection[int] = (),
) -> Begun:
    """Offer what was asked for, or what was not accepted, in a new version; raises as `offer` does.

    What was asked for and is not among the resources is refused with it, so that nobody goes on waiting for it.
    What was accepted stays on its terms: for another day, loan or help the rest is a handoff of its own.
    """
    await ready(deps)
    card = await one(deps, snapshot, handoff_id)
    if card.is_fixed and not terms.stands_for(card, today=_today(deps, snapshot, card.receiver.id)):
        if version != card.version:
            raise UserError(_OFFERED_AGAIN)
        return await offer(deps, snapshot, _apart(card, person_id, terms, resource_ids))
    async with acting(deps, snapshot, handoff_id=handoff_id, person_id=person_id, right=Right.HAND_OVER) as act:
        if version != act.row.version:
            raise UserError(_OFFERED_AGAIN)
        await refresh_over(snapshot, await act.session.connection())
        giver, receiver = act.row.giver_team_id, act.row.receiver_team_id
        _require_another(giver, receiver)
        require_acceptor(snapshot, receiver, offered_by=person_id)
        terms = _offered_on(act.card, terms, today=_today(deps, snapshot, receiver))
        able = {each.id for each in act.card.resources if each.state in OVER} if not act.card.is_draft else None
        rows = [
            each
            for each in await act.resources()
            if (each.id in resource_ids or not resource_ids) and (able is None or each.id in able)
        ]
        if not rows:
            raise nothing_again(act.card)
        await _require_free(act.session, _resources(rows), besides=handoff_id)
        for each in _resources(rows):
            require_owned(deps, snapshot, each, giver, receiver_id=receiver)
            await require_not_lent(act.session, snapshot, each, giver_id=giver, receiver_id=receiver)
        is_first = act.row.offered_at is None
        _put_terms(act.row, terms)
        act.row.version += 0 if is_first else 1
        act.row.offered_by, act.row.offered_at = person_id, act.now
        for row in rows:
            row.state, row.version = after(HandoffStep.OFFER, ResourceState(row.state)) or row.state, act.row.version
            row.answered_by = row.answered_at = row.needs_by = None
            row.reason = row.needs = row.needs_from = ""
        await act.note("offer", resources=[row.id for row in rows], version=act.row.version)
        kept = [each for each in await act.resources() if each.state == ResourceState.DRAFT.value]
        for row in kept:
            row.state, row.answered_by, row.answered_at = ResourceState.DECLINED.value, person_id, act.now
        if kept:
            await act.note(HandoffStep.REFUSE.value, resources=[row.id for row in kept], version=act.row.version)
        await act.close_if_answered()
        card = await act.redraw()
        return Begun(card, await _show(act, card, is_first=is_first))


def nothing_again(card: HandoffCard) -> UserError:
    """Return the refusal of what cannot be offered again, with the next step."""
    if any(each.state in OVER for each in card.resources):
        giver, receiver = escape(card.giver.name, 80), escape(card.receiver.name, 80)
        why = f"{giver} does not own it any more, or nobody is left in {receiver}"
        return UserError(f"{why}: look with `/whoowns`, and offer it anew with `/handoff`.")
    return UserError("There is nothing to offer again: all of it is open or accepted.")


def _apart(card: HandoffCard, person_id: int, terms: HandoffTerms, resource_ids: Collection[int]) -> NewHandoff:
    """Return what was not accepted of a handoff as one of its own."""
    rest = [each for each in card.to_offer_again if each.id in resource_ids or not resource_ids]
    return NewHandoff(
        giver_team_id=card.giver.id,
        receiver_team_id=card.receiver.id,
        resources=tuple(Resource(each.asset_id, each.area) for each in rest),
        person_id=person_id,
        terms=terms,
        request_id=card.request_id,
        library_id=card.library_id,
    )


def _offered_on(card: HandoffCard, terms: HandoffTerms, *, today: date) -> HandoffTerms:
    """Return on which terms something is offered again: those on which the rest was accepted, with the new reason."""
    if not card.is_fixed:
        terms.check(today=today)
        return terms
    if card.loan_until is not None and card.loan_until <= today:
        said = "The loan that the rest was accepted for is over: choose another day, or leave it empty."
        raise FieldError("loan_until", said)
    return replace(terms_of(card), reason=terms.reason)


async def hand_back(deps: Deps, snapshot: Snapshot, *, handoff_id: int, person_id: int, reason: str) -> Begun:
    """Offer what a handoff brought to the team that gave it, as a new handoff; raises as `offer` does.

    It needs a reason. What the receiver has passed on since, or is on its way already, or has left the catalog, holds
    back nothing else.
    """
    if not clean(reason):
        raise UserError("Give a reason: the other team reads it.")
    async with card_acting(HandoffAct(deps, snapshot, handoff_id, person_id), None) as act:
        card = act.card
    if not card.owned:
        raise UserError(NOTHING_TO_HAND_BACK)
    held = [Resource(each.asset_id, each.area) for each in card.owned]
    theirs = {each for each in held if _can_go_back(deps, snapshot, each, card)}
    free = await left_of(deps, held)
    new = NewHandoff(
        giver_team_id=card.receiver.id,
        receiver_team_id=card.giver.id,
        resources=tuple(each for each in held if each in free and (each in theirs or not theirs.intersection(held))),
        person_id=person_id,
        terms=HandoffTerms(reason=reason),
        follows_id=card.id,
    )
    return await offer(deps, snapshot, new)


def _can_go_back(deps: Deps, snapshot: Snapshot, resource: Resource, card: HandoffCard) -> bool:
    """Whether the receiver owns a resource alone yet, or but for a file that names the giver."""
    if snapshot.asset(resource.asset_id) is None:
        return False
    if (resource.asset_id, resource.area) in {
        (asset.id, area) for asset, area in owned_by(deps, snapshot, card.receiver.id, [resource.asset_id])
    }:
        return True
    verdict = look_up(deps, snapshot, resource.asset_id, area=resource.area)
    return isinstance(verdict, Disputed) and _is_between(verdict, card.receiver.id, card.giver.id)


def terms_of(card: HandoffCard) -> HandoffTerms:
    """Return on which terms a handoff was offered last."""
    return HandoffTerms(
        effective_on=card.effective_on,
        overlap_days=card.overlap_days,
        loan_until=card.loan_until,
        reason=card.reason,
    )


def owned_by(deps: Deps, snapshot: Snapshot, team_id: int, asset_ids: Iterable[int]) -> list[tuple[AssetRecord, Area]]:
    """Return which areas of these assets a team owns alone, so that it could offer them."""
    found: list[tuple[AssetRecord, Area]] = []
    for asset_id in asset_ids:
        asset = snapshot.asset(asset_id)
        if asset is None:
            continue
        verdict = look_up(deps, snapshot, asset_id)
        if not isinstance(verdict, Owned):
            continue
        by_area: dict[Area, set[int | None]] = {}
        for held in verdict.holdings:
            if held.fact.role is Role.OWNER:
                by_area.setdefault(held.fact.area, set()).add(held.fact.team_id)
        found += [(asset, area) for area in Area if by_area.get(area) == {team_id}]
    return found


def _is_between(said: Disputed, team_id: int, other_id: int) -> bool:
    """Whether only these two teams dispute something: one offers it to the other, and both will have agreed."""
    return said.nobody is None and {each.fact.team_id for each in claimed_by(said)} == {team_id, other_id}


def require_owned(
    deps: Deps, snapshot: Snapshot, resource: Resource, team_id: int, *, receiver_id: int | None = None
) -> None:
    """Raise UserError, with the next step, unless a team owns a resource alone.

    It may be disputed with `receiver_id`, whose it is once it accepts.
    """
    verdict = look_up(deps, snapshot, resource.asset_id, area=resource.area)
    what = f"{escape(verdict.asset.name, 80)} ({resource.area.value})"
    if isinstance(verdict, Disputed):
        if receiver_id is not None and _is_between(verdict, team_id, receiver_id):
            return
        raise UserError(f"Who owns {what} is disputed: settle that first.")
    owners = verdict.owners if isinstance(verdict, Owned) else ()
    if not any(held.fact.team_id == team_id for held in owners):
        raise UserError(f"{escape(team_of(snapshot, team_id).name, 80)} does not own {what}: look who does.")
    others = [held for held in owners if held.fact.team_id != team_id and rules.is_here(held.owner, snapshot)]
    if others:
        raise UserError(f"{escape(names_of(others), 80)} own {what} as well: one of you has to release it first.")


async def _begin(deps: Deps, snapshot: Snapshot, new: NewHandoff, *, right: Right) -> Begun:
    now, is_offer = deps.clock.now(), right is Right.HAND_OVER
    await ready(deps)
    async with deps.database.transaction() as session:
        connection = await session.connection()
        await lock_catalog(connection)
        await refresh_over(snapshot, connection)
        own = new.giver_team_id if is_offer else new.receiver_team_id
        require(actors.actor(new.person_id), right, await actors.holders(session, [own]))
        _check(deps, snapshot, new, is_offer=is_offer)
        await _require_free(session, new.resources)
        for each in new.resources:
            giver, receiver = new.giver_team_id, new.receiver_team_id
            await require_not_lent(session, snapshot, each, giver_id=giver, receiver_id=receiver)
        row = tables.Handoff(
            giver_team_id=new.giver_team_id,
            receiver_team_id=new.receiver_team_id,
            is_asked=not is_offer,
            started_by=new.person_id,
            offered_by=new.person_id if is_offer else None,
            offered_at=now if is_offer else None,
            request_id=new.request_id,
            library_id=new.library_id,
            follows_id=new.follows_id,
            created_at=now,
        )
        _put_terms(row, new.terms)
        session.add(row)
        await session.flush()
        state = ResourceState.OFFERED if is_offer else ResourceState.DRAFT
        for each in dict.fromkeys(new.resources):
            session.add(
                tables.HandoffResource(
                    handoff_id=row.id, asset_id=each.asset_id, area=each.area.value, state=state.value
                )
            )
            await session.flush()
        await audit(
            session,
            at=now,
            actor=f"person:{new.person_id}",
            action=f"handoff.{'offer' if is_offer else 'ask'}",
            subject=f"handoff:{row.id}",
            detail={"resources": [[each.asset_id, each.area.value] for each in new.resources], "version": 1},
        )
        act = HandoffAct(deps, snapshot, row.id, new.person_id)
        act.session, act.now, act.row = session, now, row
        card = await act.redraw()
        return Begun(card, await _show(act, card, is_first=True))


def require_acceptor(snapshot: Snapshot, team_id: int, *, offered_by: int | None) -> None:
    """Raise UserError, with the next step, unless somebody of a team could accept what somebody offers it."""
    team = snapshot.team(team_id)
    if team is None or team.is_gone:
        raise NotFoundError("That team is no longer in the catalog: ask again, and choose another.")
    people = {person.id for person in rules.active_members(team, snapshot)}
    if not people:
        raise FieldError(
            "receiver", f"Nobody is in {escape(team.name, 80)}, so nobody could accept it: choose another team."
        )
    if people == {offered_by}:
        name = escape(team.name, 80)
        said = f"{name} is only whoever offers it, and another one has to accept: let a teammate offer it."
        raise FieldError("receiver", said)


def _require_another(giver_id: int, receiver_id: int) -> None:
    if giver_id == receiver_id:
        raise UserError("That team has it already: offer it to another one, with `/handoff`.")


def _check(deps: Deps, snapshot: Snapshot, new: NewHandoff, *, is_offer: bool) -> None:
    _require_another(new.giver_team_id, new.receiver_team_id)
    require_acceptor(snapshot, new.receiver_team_id, offered_by=new.person_id if is_offer else None)
    if not new.resources:
        raise UserError("Choose what is handed over.")
    if len(new.resources) > MOST_RESOURCES:
        raise UserError(f"Choose at most {MOST_RESOURCES} at a time: each of them is answered by itself.")
    for each in new.resources:
        require_owned(deps, snapshot, each, new.giver_team_id, receiver_id=new.receiver_team_id)


async def _require_free(session: AsyncSession, resources: Iterable[Resource], *, besides: int | None = None) -> None:
    """Raise InAnotherError when another handoff of the same resource is under way."""
    wanted = set(resources)
    for resource, handoff_id in (await under_way(session, {each.asset_id for each in wanted})).items():
        if handoff_id != besides and resource in wanted:
            raise InAnotherError(handoff_id)


def _resources(rows: Sequence[tables.HandoffResource]) -> list[Resource]:
    return [Resource(row.asset_id, Area(row.area)) for row in rows]


def _put_terms(row: tables.Handoff, terms: HandoffTerms) -> None:
    row.effective_on, row.overlap_days, row.loan_until = terms.effective_on, terms.overlap_days, terms.loan_until
    row.reason = clean(terms.reason)[:_LONGEST_REASON]


async def _show(act: HandoffAct, card: HandoffCard, *, is_first: bool) -> Told:
    """Send the card to the receiver, or what is asked to the giver; a new version is said under the card."""
    if card.offered_on is None:
        return await act.send(Recipient(team=card.giver), asked_key(card.id), blocks.asked(card))
    told = await act.send(Recipient(team=card.receiver), card_key(card.id), blocks.card(card))
    if not is_first:
        key = again_key(card)
        await act.send(Recipient(team=card.receiver), key, blocks.news(card, ()), parent_key=card_key(card.id))
    if card.is_asked and card.starter.id != act.person_id:
        key = offered_key(card)
        await act.send(for_team(act.snapshot, card.starter, card.receiver), key, blocks.news(card, ()))
    return told

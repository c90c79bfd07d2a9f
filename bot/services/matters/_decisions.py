"""What the end of a matter does to the facts: they pass to another owner, end, or are confirmed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from bot.domain.catalog import Area, Role
from bot.domain.handoff.handoffs import ResourceState
from bot.domain.ownership import Disputed, Holding, Orphaned, Owned
from bot.domain.ownership.matters import MatterState, Side
from bot.domain.recipients import NOBODY, Recipient
from bot.services import release, transfers
from bot.services.matters._cards import Ending, MatterAct, end, loaded
from bot.services.ownership import look_up
from bot.services.release_notices import GivenUp, tell_sharers
from bot.services.transfers import Agreed, Resource, Terms
from bot.store import tables
from bot.store.journal import touch_assets


async def hand_over(act: MatterAct, claim: tables.OwnershipMatter, givers: Iterable[str], audit_id: int) -> Recipient:
    """Let the team of a claim own the area, and these owners no longer, by a handoff of their own; return the team."""
    assert claim.team_id is not None  # noqa: S101 - a claim is a team's
    resource = Resource(claim.asset_id, act.card.area)
    terms = Terms(frozenset(givers), claim.team_id, claim.person_id or act.person_id, audit_id, act.now)
    # A claim is a wish: that it is the team's is the word of whoever grants it.
    terms = terms._replace(agreed={resource: Agreed(act.person_id, act.now)})
    await transfers.move(act.session, act.deps, act.snapshot, [resource], terms)
    await _as_handoff(act, claim, terms.givers)
    return Recipient(team=act.snapshot.team(claim.team_id))


async def _as_handoff(act: MatterAct, claim: tables.OwnershipMatter, givers: Collection[str]) -> None:
    """Record what a claim came to as a handoff, which has a number, a patch for the sources, and a way back.

    Where not one team gave it, there is nobody to hand it back to.
    """
    kind, _, number = next(iter(givers), "").partition(":")
    if len(givers) != 1 or kind != "team" or claim.team_id is None or claim.person_id is None:
        return
    handoff = tables.Handoff(
        giver_team_id=int(number),
        receiver_team_id=claim.team_id,
        is_asked=True,
        started_by=claim.person_id,
        offered_by=act.person_id,
        reason=claim.reason,
        created_at=claim.at,
        offered_at=act.now,
        closed_at=act.now,
    )
    act.session.add(handoff)
    await act.session.flush()
    act.session.add(
        tables.HandoffResource(
            handoff_id=handoff.id,
            asset_id=claim.asset_id,
            area=claim.area,
            state=ResourceState.ACCEPTED.value,
            answered_by=claim.person_id,
            answered_at=act.now,
            moved_at=act.now,
        )
    )
    await act.session.flush()


async def grant(act: MatterAct, claim: tables.OwnershipMatter, givers: Iterable[str], audit_id: int) -> Recipient:
    """Let the team of another matter, a claim, own what these give up, and end that claim; return the team."""
    card = await loaded(act.session, act.deps, act.snapshot, claim)
    team = await hand_over(act, claim, givers, audit_id)
    ending = Ending(act.deps, act.snapshot, act.session, claim, card, act.now)
    await end(ending, MatterState.AGREED, team, by=act.person_id)
    return team


def _areas(act: MatterAct) -> set[str]:
    """Return the areas that a decision is about: where a file says that nobody owns it, all that its owners own."""
    said = act.verdict
    if not isinstance(said, Disputed) or said.nobody is None:
        return {act.row.area}
    owners = {each.owner.key for each in act.sides}
    held = [each for each in (*said.claims, *said.others) if each.owner.key in owners]
    return {each.fact.area.value for each in held}


async def give_up(act: MatterAct, sides: Sequence[Side], audit_id: int) -> None:
    """Let these own what was doubted no longer, as a release does, so that the answer says since when and why.

    Where that does not fit, they are ruled out: an owner who is gone gives up nothing, and a release of one area of
    what is inherited would end the others.
    """
    said, area, owners = act.verdict, act.card.area, {each.owner.key for each in sides}
    held = [each for each in said.owners if each.owner.key in owners] if isinstance(said, Owned) else []
    is_inherited = _is_all_inherited(act, owners)
    if said is not None and not is_inherited:  # what is released is not inherited any more, from anybody
        transfers.require_no_silent_heir(said, [each.fact for each in held], act.snapshot)
    for side in sides:
        what = GivenUp(act.card.asset, [area], side.owner, _reason(act), _proposed_to(act))
        if isinstance(said, Orphaned) or not (is_inherited or any(_is_own(act, each, side.owner) for each in held)):
            await disown(act, [side], audit_id)
            if len(sides) == 1:  # it is nobody's now
                await tell_sharers(act.session, act.deps, act.snapshot, what, entry=audit_id)
            continue
        await release.give_up(act.session, act.deps, act.snapshot, what, person_id=act.person_id)


def _proposed_to(act: MatterAct) -> Recipient | None:
    """Return the team that is asked itself whether it is theirs, because the doubter named it."""
    return Recipient(team=act.card.named) if act.card.named is not None else None


def _reason(act: MatterAct) -> str:
    """Return why something is given up on a doubt: what was asked, and by whom, for its owner has given no reason."""
    asker = act.card.raised_by.name if act.card.raised_by is not None else "Somebody"
    asked = f" (“{act.row.reason}”)" if act.row.reason else ""
    return f"{asker} asked whether it is theirs{asked}, and it is not"


def _is_own(act: MatterAct, held: Holding, owner: Recipient) -> bool:
    """Whether this is what somebody owns of the asset itself, in the area that was doubted."""
    is_here = act.verdict is not None and held.fact in act.verdict.asset.facts
    return is_here and held.fact.area is act.card.area and held.owner.key == owner.key


def _is_all_inherited(act: MatterAct, owners: Collection[str]) -> bool:
    """Whether the asset has owners from a parent only: these, of the area that was doubted and of no other."""
    whole = look_up(act.deps, act.snapshot, act.row.asset_id)
    if not isinstance(whole, Owned) or whole.inherited_from is None:
        return False
    held = [each for each in whole.holdings if each.fact.role is Role.OWNER]
    return all(each.fact.area is act.card.area and each.owner.key in owners for each in held)


async def disown(act: MatterAct, sides: Iterable[Side], audit_id: int) -> None:
    """End what these own of the area, whichever source said so; the sources are not believed in this any more."""
    fact, areas, sides = tables.Ownership, _areas(act), list(sides)
    for side in sides:
        if side.owner == NOBODY:
            continue
        found = await act.session.execute(select(fact).where(*_of(act, side.owner), col(fact.role) == Role.OWNER.value))
        for each in found.scalars():
            each.valid_to, each.ended_by = act.now, audit_id
        for area in sorted(areas):
            act.session.add(
                tables.Disownment(
                    asset_id=act.row.asset_id,
                    team_id=side.owner.team_id,
                    person_id=side.owner.person_id,
                    area=area,
                    at=act.now,
                    audit_id=audit_id,
                )
            )
    resources = [Resource(act.row.asset_id, Area(each)) for each in areas]
    await transfers.leave(act.session, act.deps, act.snapshot, resources, [each.owner.key for each in sides])
    await touch_assets(act.session, [act.row.asset_id])


def _of(act: MatterAct, owner: Recipient) -> tuple[ColumnElement[bool], ...]:
    """Return what the facts in force have that make somebody an owner of what is decided on."""
    fact = tables.Ownership
    is_theirs = (
        col(fact.team_id) == owner.team.id
        if owner.team is not None
        else col(fact.person_id) == (owner.person.id if owner.person is not None else 0)
    )
    return (
        col(fact.asset_id) == act.row.asset_id,
        col(fact.area).in_(_areas(act)),
        col(fact.valid_to).is_(None),
        is_theirs,
    )


async def believe_files(act: MatterAct, owner: Recipient, audit_id: int) -> None:
    """Let the files that name somebody be right, though they gave it away before: it was decided that it is theirs."""
    for area in sorted(_areas(act)):
        resource = Resource(act.row.asset_id, Area(area))
        await transfers.believe_files(act.session, resource, owner, at=act.now, audit_id=audit_id)


async def confirm(act: MatterAct, owner: Recipient) -> None:
    """Confirm what somebody owns of the area, as the decision of whoever acts.

    A claim that was contested until now contests nothing any more, so what it stood beside is not inherited either.
    """
    fact = tables.Ownership
    found = await act.session.execute(
        select(fact, tables.Source)
        .join_from(fact, tables.Source, col(fact.source_id) == col(tables.Source.id))
        .where(*_of(act, owner))
    )
    for each, source in found.all():
        each.confirmed_at, each.confirmed_by = act.now, act.person_id
        each.is_agreed = each.is_agreed or source.is_human

"""Carries out what both teams have agreed to: ownership passes, the overlap ends, a loan returns."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from bot.domain import ownership as rules
from bot.domain.handoff.handoffs import ResourceState
from bot.domain.recipients import Recipient
from bot.domain.records import TeamRecord
from bot.errors import UserError
from bot.services import transfers
from bot.services.handoff._cards import HandoffAct, loaded, resource_of, revise_all, team_of, work_of
from bot.services.ownership import claimed_by, look_up, names_of
from bot.services.snapshot import refresh_over
from bot.services.transfers import Agreed, Terms
from bot.store import tables

_LEFT = "It is no longer in the catalog."


async def take_effect(act: HandoffAct, rows: Sequence[tables.HandoffResource], *, audit_id: int) -> None:
    """Let accepted resources pass to the receiver. Raises UserError where the giver does not own one any more."""
    row = act.row
    # Whoever accepted confirms the new owner, on the day on which they did.
    agreed = {
        resource_of(each): Agreed(each.answered_by, each.answered_at)
        for each in rows
        if each.answered_by is not None and each.answered_at is not None
    }
    terms = Terms(
        givers=frozenset({f"team:{row.giver_team_id}"}),
        receiver_team_id=row.receiver_team_id,
        person_id=next(iter(agreed.values())).person_id,
        audit_id=audit_id,
        at=act.now,
        overlap=row.overlap_days > 0,
        agreed=agreed,
    )
    await transfers.move(act.session, act.deps, act.snapshot, [resource_of(each) for each in rows], terms)
    work = await work_of(act.deps, act.snapshot, Recipient(team=team_of(act.snapshot, row.giver_team_id)))
    last = work.workday_after(work.today(act.now), row.overlap_days) if row.overlap_days else None
    for each in rows:
        each.moved_at, each.overlap_until = act.now, last
    await _close_the_way_there(act, rows)


async def _close_the_way_there(act: HandoffAct, rows: Sequence[tables.HandoffResource]) -> None:
    """Note in the handoffs in which the receiver gave these resources away that they are back."""
    handoff, brought = tables.Handoff, tables.HandoffResource
    query = (
        select(handoff, brought)
        .join(brought, col(brought.handoff_id) == col(handoff.id))
        .where(
            col(handoff.giver_team_id) == act.row.receiver_team_id,
            col(handoff.id) != act.row.id,
            col(brought.asset_id).in_([each.asset_id for each in rows]),
            col(brought.moved_at).is_not(None),
            col(brought.returned_at).is_(None),
        )
    )
    back = {resource_of(each) for each in rows}
    found = [(row, each) for row, each in (await act.session.execute(query)).all() if resource_of(each) in back]
    for _, each in found:
        each.returned_at = each.overlap_ended_at = act.now
    await act.session.flush()
    for row in {row.id: row for row, _ in found}.values():
        card = await loaded(act.session, act.deps, act.snapshot, row)
        await revise_all(act.session, act.deps, act.snapshot, card)


async def back(act: HandoffAct, rows: Sequence[tables.HandoffResource]) -> list[tables.HandoffResource]:
    """Return what the giver has had again since, or has all the same because both are one team now."""
    held = [each for each in rows if each.moved_at is not None and each.returned_at is None]
    if act.row.giver_team_id == act.row.receiver_team_id:
        return held
    handoff, brought = tables.Handoff, tables.HandoffResource
    query = (
        select(col(brought.id))
        .join(handoff, col(handoff.id) == col(brought.handoff_id))
        .where(col(brought.id).in_([each.id for each in held]), transfers.came_back())
    )
    found = set((await act.session.execute(query)).scalars()) if held else set()
    return [each for each in held if each.id in found]


async def go_back(act: HandoffAct, rows: Sequence[tables.HandoffResource], *, audit_id: int) -> None:
    """Let what was lent return to the giver, as both agreed, also where the receiver has given it up meanwhile.

    Raises UserError where somebody else has it by now, or it has left the catalog.
    """
    row = act.row
    await refresh_over(act.snapshot, await act.session.connection())
    if any(act.snapshot.asset(each.asset_id) is None for each in rows):
        raise UserError(_LEFT)
    given_up = [each for each in rows if _is_nobodys(act, each)]
    assert row.offered_by is not None  # noqa: S101 - it was offered before it was accepted
    assert row.offered_at is not None  # noqa: S101
    lent = Agreed(row.offered_by, row.offered_at)  # whoever lent it agreed then that it returns
    terms = Terms(
        givers=frozenset() if given_up else frozenset({f"team:{row.receiver_team_id}"}),
        receiver_team_id=row.giver_team_id,
        person_id=row.offered_by,
        audit_id=audit_id,
        at=act.now,
        agreed={resource_of(each): lent for each in rows},
    )
    await transfers.move(act.session, act.deps, act.snapshot, [resource_of(each) for each in rows], terms)


async def overtaken(act: HandoffAct, rows: Sequence[tables.HandoffResource]) -> dict[int | None, str]:
    """Return of which resources the giver has nothing to give any more, or nobody can answer, by id; and why."""
    if not rows:
        return {}
    await refresh_over(act.snapshot, await act.session.connection())
    receiver = team_of(act.snapshot, act.row.receiver_team_id)
    return {each.id: why for each in rows if (why := _why_overtaken(act, each, receiver))}


def _why_overtaken(act: HandoffAct, row: tables.HandoffResource, receiver: TeamRecord) -> str:
    resource, asset = resource_of(row), act.snapshot.asset(row.asset_id)
    if why := _why_gone(act, receiver):
        return why
    if receiver.id == act.row.giver_team_id:
        return f"{receiver.name} has it already: both are one team now."
    if asset is None:
        return _LEFT
    owners = claimed_by(look_up(act.deps, act.snapshot, resource.asset_id, area=resource.area))
    if any(held.fact.team_id == act.row.giver_team_id for held in owners):
        # What was only asked for, nobody there can offer any more; what was offered can be accepted all the same.
        is_asked = row.state == ResourceState.DRAFT.value
        return _why_gone(act, team_of(act.snapshot, act.row.giver_team_id)) if is_asked else ""
    if not owners:
        return f"{team_of(act.snapshot, act.row.giver_team_id).name} no longer owns it, and nobody does now."
    names = names_of(owners)
    return f"{names} {'own' if ',' in names else 'owns'} it now."


def _why_gone(act: HandoffAct, team: TeamRecord) -> str:
    """Return why nobody of a team can answer any more; empty where somebody can."""
    if team.is_gone:
        return f"{team.name} is no longer in the catalog."
    return "" if rules.has_somebody(team, act.snapshot) else f"Nobody is left in {team.name}."


def _is_nobodys(act: HandoffAct, row: tables.HandoffResource) -> bool:
    """Whether nobody owns a resource now, or by a file that was never updated only the lender."""
    resource, lender = resource_of(row), act.row.giver_team_id
    owners = claimed_by(look_up(act.deps, act.snapshot, resource.asset_id, area=resource.area))
    return all(held.fact.team_id == lender for held in owners)


async def end_overlaps(act: HandoffAct, rows: Sequence[tables.HandoffResource], *, audit_id: int) -> None:
    """Let the giver be secondary no longer."""
    for each in rows:
        await transfers.end_overlap(
            act.session, resource_of(each), team_id=act.row.giver_team_id, audit_id=audit_id, at=act.now
        )
        each.overlap_ended_at = act.now

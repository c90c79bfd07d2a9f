"""What happens to handoffs because a day has come: they take effect, and overlaps, loans and offers end."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlmodel import col

from bot.blocks import handoff as blocks
from bot.blocks.text import as_written
from bot.domain.handoff.due import expired
from bot.domain.handoff.handoffs import UNANSWERED, HandoffCard, HandoffStep, ResourceCard, ResourceState, after
from bot.domain.recipients import Recipient
from bot.errors import UserError, log_failure
from bot.services import routing
from bot.services.cards import acting
from bot.services.deps import Deps
from bot.services.handoff import moves, needs
from bot.services.handoff._cards import NOBODY, ClockAct, card_key, for_team, work_of
from bot.services.snapshot import Snapshot
from bot.store import tables

log = logging.getLogger(__name__)

#: What a team still has to answer, as the store has it.
_UNANSWERED = frozenset(state.value for state in UNANSWERED)


async def run(deps: Deps, snapshot: Snapshot) -> bool:
    """Carry out what is due, each handoff in a transaction of its own; return whether ownership has changed.

    A handoff that fails is logged and stops no other. Run twice, or broken off anywhere, everything happens once.
    """
    has_moved = False
    for handoff_id in await _candidates(deps):
        try:
            has_moved |= await carry_out(deps, snapshot, handoff_id)
        except Exception as error:  # noqa: BLE001 - one handoff stops no other
            log_failure(log, error, "handoff %d could not be carried on; it is tried again", handoff_id)
    return has_moved


async def carry_out(deps: Deps, snapshot: Snapshot, handoff_id: int) -> bool:
    """Do what is due of one handoff; return whether ownership has changed.

    A resource whose owner is another one by now does not pass, and the audit log says why. It holds back no other.
    """
    try:
        return await _carry_out(deps, snapshot, handoff_id)
    except UserError:
        has_moved = False
        for each in await _due_ids(deps, snapshot, handoff_id):
            try:
                has_moved |= await _carry_out(deps, snapshot, handoff_id, only=each)
            except UserError as error:
                await _give_up(deps, snapshot, handoff_id, each, str(error))
        return has_moved


async def _carry_out(deps: Deps, snapshot: Snapshot, handoff_id: int, *, only: int | None = None) -> bool:
    async with acting(ClockAct(deps, snapshot, handoff_id, NOBODY), None) as act:
        rows = [each for each in await act.resources() if only in (None, each.id)]
        back = await moves.back(act, rows)
        overtaken = await moves.overtaken(act, [each for each in rows if _is_pending(each)])
        to_move, to_return, overlaps = await _due(
            act, [each for each in rows if each not in back and each.id not in overtaken]
        )
        lapsed = [each for each in await _lapsed(act, rows) if each.id not in overtaken]
        if not (back or to_move or to_return or overlaps or lapsed or overtaken):
            return False
        await _note_back(act, back)
        ended = [each for each in rows if each in lapsed or each.id in overtaken]
        waited_for = needs.needs_of(snapshot, ended)
        # Of one handoff ownership passes once a time: what passes twice does the second time at the next run.
        if to_move:
            audit_id = await act.note("take_effect", resources=[each.id for each in to_move])
            await moves.take_effect(act, to_move, audit_id=audit_id)
        elif to_return:
            audit_id = await act.note("return", resources=[each.id for each in to_return])
            await moves.go_back(act, to_return, audit_id=audit_id)
            for each in to_return:
                each.returned_at = each.overlap_ended_at = act.now
        elif overlaps:
            audit_id = await act.note("end_overlap", resources=[each.id for each in overlaps])
            await moves.end_overlaps(act, overlaps, audit_id=audit_id)
        if lapsed:
            await act.note(HandoffStep.EXPIRE.value, resources=[each.id for each in lapsed], version=act.row.version)
            for each in lapsed:
                _let_expire(each)
        for each in rows:
            if each.id in overtaken:
                await _end_offer(act, each, overtaken[each.id])
        if lapsed or overtaken:
            await act.close_if_answered()
        card = await act.redraw()
        await needs.settle(act, card, waited_for, besides=())
        if lapsed:
            await _tell_waiting(act, card, [each for each in card.resources if each.id in {row.id for row in lapsed}])
        if overtaken:
            await _tell_both(act, card, [each for each in card.resources if each.id in overtaken])
        return bool(to_move or to_return or overlaps)


def _let_expire(row: tables.HandoffResource) -> None:
    """Let an offer of a resource be over. What the receiver still needed is kept: that is why it did not accept."""
    if row.state == ResourceState.SUPPLIED.value:
        row.needs, row.needs_from, row.needs_by = "", "", None
    row.state = (after(HandoffStep.EXPIRE, ResourceState(row.state)) or ResourceState.EXPIRED).value
    row.answered_by = None  # whoever said "not yet" has not ended it


def _is_pending(row: tables.HandoffResource) -> bool:
    """Whether a resource waits for an answer, or for its day."""
    return row.state in _UNANSWERED or (row.state == ResourceState.ACCEPTED.value and row.moved_at is None)


async def _due(
    act: ClockAct, rows: Sequence[tables.HandoffResource]
) -> tuple[list[tables.HandoffResource], list[tables.HandoffResource], list[tables.HandoffResource]]:
    """Return what takes effect, what returns from a loan, and of what the overlap is over."""
    row = act.row
    today = routing.today_of(act.deps, act.snapshot, Recipient(team=act.card.receiver))
    is_due = row.effective_on is None or row.effective_on <= today
    is_over = row.loan_until is not None and row.loan_until <= today
    accepted = [each for each in rows if each.state == ResourceState.ACCEPTED.value]
    held = [each for each in accepted if each.moved_at is not None and each.returned_at is None]
    return (
        [each for each in accepted if each.moved_at is None and is_due],
        held if is_over else [],
        [each for each in held if each.overlap_until and each.overlap_until < today and each.overlap_ended_at is None],
    )


async def _lapsed(act: ClockAct, rows: Sequence[tables.HandoffResource]) -> list[tables.HandoffResource]:
    work = await work_of(act.deps, act.snapshot, Recipient(team=act.card.answerer))
    over = {each.id for each in expired(act.card, today=work.today(act.now), work=work)}
    return [each for each in rows if each.id in over]


async def _note_back(act: ClockAct, rows: Sequence[tables.HandoffResource]) -> None:
    """Let what the giver has again be returned, and its overlap be over."""
    if not rows:
        return
    await act.note("back", resources=[each.id for each in rows])
    for each in rows:
        each.returned_at = each.overlap_ended_at = act.now


async def _end_offer(act: ClockAct, row: tables.HandoffResource, why: str) -> None:
    """Let a question, an offer or what both agreed be over: nobody needs to answer, and nothing passes any more."""
    by_state = {ResourceState.DRAFT.value: HandoffStep.REFUSE, ResourceState.ACCEPTED.value: HandoffStep.CALL_OFF}
    step = by_state.get(row.state, HandoffStep.WITHDRAW)
    await act.note(step.value, resources=[row.id], version=act.row.version, why=why)
    row.state = (after(step, ResourceState(row.state)) or ResourceState.WITHDRAWN).value
    row.answered_by, row.reason = None, why


async def _tell_both(act: ClockAct, card: HandoffCard, changed: Sequence[ResourceCard]) -> None:
    """Tell the receiver, in the thread of its card, and whoever waits for the answer, or their team in their place."""
    key = f"handoff.overtaken:{changed[0].id}:{card.version}"
    waiting, team = card.offerer, card.giver
    if waiting is None:  # it was asked for, and the giver has not answered
        waiting, team = card.starter, card.receiver
    else:
        news = blocks.news(card, changed, for_giver=False)
        await act.send(Recipient(team=card.receiver), f"{key}:receiver", news, parent_key=card_key(card.id))
    is_giver = team.id == card.giver.id
    await act.send(for_team(act.snapshot, waiting, team), key, blocks.news(card, changed, for_giver=is_giver))


async def _tell_waiting(act: ClockAct, card: HandoffCard, changed: Sequence[ResourceCard]) -> None:
    """Tell whoever waits for an answer that none came; both leads, or their channels, hear it from the daily pass."""
    waiting, team = (card.starter, card.receiver) if card.offerer is None else (card.offerer, card.giver)
    to, lead = for_team(act.snapshot, waiting, team), routing.lead_of(act.snapshot, team)
    if to.person is not None and (lead is None or lead.id != to.person.id):
        work = await work_of(act.deps, act.snapshot, to)  # its last day ends at midnight, when nobody is at work
        key = f"handoff.expired:{changed[0].id}:{card.version}"
        await act.send(to, key, blocks.news(card, changed), at=work.next_open(act.now))


async def _due_ids(deps: Deps, snapshot: Snapshot, handoff_id: int) -> list[int]:
    """Return the resources of which ownership has to pass now."""
    async with acting(ClockAct(deps, snapshot, handoff_id, NOBODY), None) as act:
        to_move, to_return, _ = await _due(act, await act.resources())
        return [each.id for each in (*to_move, *to_return)]


async def _give_up(deps: Deps, snapshot: Snapshot, handoff_id: int, resource_id: int, why: str) -> None:
    """Let a resource that cannot pass any more be over, so that both sides hear of it; nothing changes hands."""
    async with acting(ClockAct(deps, snapshot, handoff_id, NOBODY), None) as act:
        to_move, to_return, _ = await _due(act, await act.resources())
        row = next((each for each in (*to_move, *to_return) if each.id == resource_id), None)
        if row is None:
            return
        await act.note("fail", resources=[resource_id], why=why)
        row.reason = as_written(why)  # messages escape it
        if row in to_move:
            row.state, row.answered_by = ResourceState.EXPIRED.value, None
            await act.redraw()
            return
        row.returned_at = act.now
        card = await act.redraw()
        changed = [each for each in card.resources if each.id == resource_id]
        for team in (card.giver, card.receiver):
            key = f"handoff.not_returned:{resource_id}:{team.id}"
            await act.send(Recipient(team=team), key, blocks.news(card, changed))


async def _candidates(deps: Deps) -> list[int]:
    """Return the handoffs of which something may be due."""
    table = tables.HandoffResource
    is_open = col(table.state).in_(_UNANSWERED)
    is_accepted = (col(table.state) == ResourceState.ACCEPTED.value) & or_(
        col(table.moved_at).is_(None),
        col(table.overlap_until).is_not(None) & col(table.overlap_ended_at).is_(None),
        col(table.returned_at).is_(None)
        & col(table.handoff_id).in_(select(col(tables.Handoff.id)).where(col(tables.Handoff.loan_until).is_not(None))),
    )
    async with deps.database.reading() as session:
        query = select(col(table.handoff_id)).where(or_(is_open, is_accepted)).distinct()
        return sorted((await session.execute(query)).scalars())

"""Two requests for the same thing: one becomes part of the other. `steps.take` takes it out again."""

from __future__ import annotations

from bot.blocks import backlog as blocks
from bot.domain.backlog.merges import may_take_in
from bot.domain.backlog.requests import OPEN, RequestState, Step, after
from bot.domain.rights import Right
from bot.errors import NotFoundError, UserError
from bot.services import routing
from bot.services.backlog import questions
from bot.services.backlog._cards import RequestAct, acting, tell_devops, took_in_key
from bot.services.backlog._duty import wake_if_needed_sooner
from bot.services.backlog._issue_notes import tell_out_of_step
from bot.services.backlog._loaded import card_of
from bot.services.backlog._step_news import ask_part, tell_merged, tell_moved_day
from bot.services.backlog.message_updates import redraw_answered
from bot.services.backlog.steps import StepTaken, note_response
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot

_NO_TARGET = "There is no such request to merge it into: choose another."


async def merge(
    deps: Deps, snapshot: Snapshot, *, request_id: int, into_id: int, person_id: int, version: int = 0
) -> StepTaken:
    """Make a request part of another one, which has to be open.

    What its teams need, who asked and who follows stays with it, and counts for the other one, too; so taking it out
    again is nothing but that. Raises as `steps.take`.
    """
    if into_id == request_id:
        raise UserError("A request cannot be a duplicate of itself: choose another.")
    async with acting(
        deps, snapshot, request_id=request_id, person_id=person_id, right=Right.TRIAGE, other_id=into_id
    ) as act:
        await act.require_current(version, Step.MERGE)
        moved = after(Step.MERGE, act.card.standing, now=act.now)
        if moved is None:
            return StepTaken(act.card, is_new=False)
        _require_open(act, into_id)
        before, was_there = (await act.on(into_id)).card, act.card.standing.is_there
        note_response(act, Step.MERGE)
        act.row.state, act.row.state_before, act.row.state_at = RequestState.MERGED, moved.before, act.now
        act.row.merged_into, act.row.reason, act.row.link = into_id, "", ""
        await act.note(Step.MERGE.value, into=into_id)
        await wake_if_needed_sooner(act)
        card = await act.redraw()
        await redraw_answered(act)
        is_asked = was_there and card.standing.is_there
        await questions.settle(act, asked=questions.NO_DELIVERIES if is_asked else questions.WITH_BUTTONS)
        reach = await tell_merged(act)
        if not is_asked:
            await ask_part(act, into_id)
        await _tell_devops(act, into_id)
        await tell_moved_day(await act.on(into_id), before, act.card)
        await tell_out_of_step(act, Step.MERGE)
        return StepTaken(card, is_new=True, reach=reach)


async def _tell_devops(act: RequestAct, into_id: int) -> None:
    """Say under the DevOps team's message about the whole what is part of it now, to a colleague who works on that."""
    by, at_work = act.snapshot.person(act.person_id), act.snapshot.person(act.rows[into_id].assignee_id)
    if by is None:
        return
    called = routing.slack_id_of(at_work) if at_work is not None and at_work.id != by.id else ""
    key = f"{took_in_key(act.subject_id)}:{into_id}:{int(act.now.timestamp() * 1000)}"
    message = blocks.took_in(act.card, by, called=called)
    await tell_devops(act.session, into_id, key=key, message=message, at=act.now)


def _require_open(act: RequestAct, into_id: int) -> None:
    """Raise unless a request may become part of this one."""
    into, request_id = act.rows.get(into_id), act.subject_id
    if into is None:
        raise NotFoundError(_NO_TARGET)
    if into.merged_into == request_id:
        raise UserError(f"#{into_id} has just become part of #{request_id}, so there is nothing left to merge.")
    if into.merged_into is not None:
        raise UserError(f"#{into_id} is part of #{into.merged_into} now: choose that one.")
    if into.state not in OPEN:
        raise UserError("That request is closed: choose an open one.")
    if not may_take_in(card_of(act.snapshot, into, now=act.now), act.card):
        raise UserError(f"#{into_id} is private, so nobody else's can become part of it: choose another.")

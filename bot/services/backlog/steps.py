"""What people do to a request. A step that is taken a second time changes nothing, and says how the request stands."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from bot.blocks import backlog as blocks
from bot.domain.backlog.requests import AT_DELIVERY, TRANSITIONS, RequestCard, RequestState, Step, after
from bot.domain.names import clean
from bot.errors import UserError
from bot.services import outbox, routing
from bot.services.backlog._cards import RequestAct, acting, card_key, standing_of, tell_devops
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables

#: Steps that need a sentence, and what is said where it is missing.
_NEEDS_WORDS = {
    Step.ASK: "Write what you want to know.",
    Step.REPLY: "Write the answer.",
    Step.ANSWER: "Say what answers it, or give the link to it.",
    Step.DECLINE: "Give a reason: whoever asked reads it.",
    Step.NOT_YET: "Say what is missing.",
    Step.REOPEN: "Say why it is opened again.",
}
#: Steps of which the thread hears in a message of its own; of all others the card alone tells.
_NEWS = frozenset({Step.ACCEPT, Step.ASK, Step.ANSWER, Step.DECLINE, Step.DELIVER})
#: Steps of which the DevOps team hears in the thread of its own message.
_TRIAGE_NEWS = frozenset({Step.REPLY, Step.NOT_YET, Step.REOPEN, Step.WITHDRAW})
_LONGEST_REASON = 1_000


@dataclass(frozen=True, slots=True)
class StepTaken:
    """The request as it stands. `is_new` is False when the step had been taken before."""

    card: RequestCard
    is_new: bool


async def take(
    deps: Deps, snapshot: Snapshot, *, request_id: int, person_id: int, step: Step, words: str = "", link: str = ""
) -> StepTaken:
    """Take a step. `words` are the question, the answer or the reason; `link` goes with an answer or a delivery.

    Merging is `merges.merge`. Raises NotFoundError for no such request, NotAllowedError without the right, and
    UserError for a step that the request's state does not allow, or without the words that it needs.
    """
    right = TRANSITIONS[step].right
    async with acting(
        deps, snapshot, request_id=request_id, person_id=person_id, right=right, with_parts=step in AT_DELIVERY
    ) as act:
        return await carry_out(act, step, words=words, link=link)


async def carry_out(act: RequestAct, step: Step, *, words: str = "", link: str = "") -> StepTaken:
    """Take a step in a transaction that is open, for whoever acts in it. The right to it is asked for before."""
    said = clean(words)[:_LONGEST_REASON]
    moved = after(step, standing_of(act.row), now=act.now)
    if moved is None:
        return StepTaken(act.card, is_new=False)
    if step in _NEEDS_WORDS and not said and not link:
        raise UserError(_NEEDS_WORDS[step])
    note_response(act, step)
    act.row.state, act.row.state_before, act.row.state_at = moved.state.value, moved.before.value, act.now
    act.row.reason, act.row.link = said, link
    if step is Step.DELIVER:
        act.row.delivered_at = act.now
    whole = act.row.merged_into
    if step is Step.UNMERGE:
        act.row.merged_into = None
    if step is Step.START and act.row.assignee_id is None:
        act.row.assignee_id = act.person_id
    await act.note(step.value, state=moved.state.value)
    card = await act.redraw()
    if whole is not None:
        await act.redraw_whole(whole)
    await _tell(act, step)
    return StepTaken(card, is_new=True)


def note_response(act: RequestAct, step: Step) -> None:
    """Note when the DevOps team first said something, and how long the request has waited for its asker since."""
    row = act.row
    if TRANSITIONS[step].right is TRANSITIONS[Step.ACCEPT].right and row.responded_at is None:
        row.responded_at = act.now
    if row.state == RequestState.NEEDS_INFO.value:
        row.waited_seconds += int((act.now - row.state_at).total_seconds())


async def _tell(act: RequestAct, step: Step) -> None:
    """Say in the thread what the asker has to know, and to the DevOps team what it has to."""
    key = f"backlog.news:{act.subject_id}:{step.value}:{int(act.now.timestamp() * 1000)}"
    if step in _NEWS:
        await _post_news(act, key)
    if step in _TRIAGE_NEWS:
        message = blocks.triage_news(act.card, step)
        await tell_devops(act.session, act.subject_id, key=key, message=message, at=act.now)


async def _post_news(act: RequestAct, key: str) -> None:
    """Post below the card what became of the request, and to those who follow it."""
    row, card = act.row, act.card
    shown = await outbox.destination(act.session, card_key(act.subject_id))
    if shown is not None and not shown.is_lost:
        is_in_thread = bool(row.thread_ts) and shown.channel == row.channel_id
        await outbox.enqueue(
            act.session,
            key=key,
            channel=shown.channel,
            message=blocks.news(card),
            at=act.now,
            thread_ts=row.thread_ts if is_in_thread else "",
            parent_key=None if is_in_thread else card_key(act.subject_id),
            fallbacks=[routing.slack_id_of(card.asker)],
        )
    theirs = {number for each in await act.parts() for number in (each.asked_by, each.filed_by)}
    for person_id in await _others(act):
        person = act.snapshot.person(person_id)
        if slack_id := routing.slack_id_of(person):
            message = blocks.also_asked(card) if person_id in theirs else blocks.followed(card)
            await outbox.enqueue(act.session, key=f"{key}:{person_id}", channel=slack_id, message=message, at=act.now)


async def _others(act: RequestAct) -> list[int]:
    """Return who follows the request or a part of it, but for whoever it is for, filed it, or takes the step."""
    table, request = tables.RequestFollower, tables.Request
    merged = select(col(request.id)).where(col(request.merged_into) == act.subject_id)
    ids = (col(table.request_id) == act.subject_id) | col(table.request_id).in_(merged)
    found = await act.session.execute(select(col(table.person_id)).where(ids).distinct())
    here = {act.row.asked_by, act.row.filed_by, act.person_id}
    return sorted(each for each in found.scalars() if each not in here)

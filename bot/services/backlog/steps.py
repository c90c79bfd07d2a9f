"""What people do to a request. A step that is taken a second time changes nothing, and says how the request stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from bot.blocks import backlog as blocks
from bot.domain.backlog import open_items
from bot.domain.backlog.demand import RestCost
from bot.domain.backlog.merges import after_not_yet_of_part, places_in
from bot.domain.backlog.requests import (
    AT_DELIVERY,
    BUILT,
    KEEPS_SNOOZE,
    OF_JOINED,
    TRANSITIONS,
    RequestCard,
    RequestStanding,
    RequestState,
    Said,
    Step,
    after,
)
from bot.domain.backlog.step_words import NEEDS_WORDS, with_answer
from bot.domain.names import clean, clean_lines, cut
from bot.domain.recipients import Reach
from bot.domain.records import PersonRecord
from bot.errors import UserError
from bot.services.backlog import joins, questions, rest_costs
from bot.services.backlog._cards import RequestAct, acting, tell_devops
from bot.services.backlog._demands import demands_of, is_own
from bot.services.backlog._duty import ask_anew
from bot.services.backlog._issue_notes import tell_out_of_step
from bot.services.backlog._joiners import threads_of
from bot.services.backlog._loaded import stored_item
from bot.services.backlog._parts import ask_about, finish, forget_answers, put_items, there_for
from bot.services.backlog._step_news import (
    ALONE,
    DELIVERS,
    NEWS,
    Concerned,
    by_whom,
    speaks_privately,
    take_back_merged,
    tell,
    tell_devops_team,
    tell_moved_day,
    tell_unmerged,
)
from bot.services.backlog.message_updates import redraw_answered
from bot.services.backlog.step_words import done_at, keep, last_link
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables

#: Steps that a use case of their own takes.
_TAKEN_ELSEWHERE = frozenset({Step.MERGE, Step.DELIVER_PART, Step.SUFFICE})
#: Steps with which somebody of the DevOps team who works on what nobody had begun takes it on.
_BEGINS = frozenset({Step.START, Step.DELIVER_PART})
#: Steps after which those are asked anew at the next delivery for whom something is to do again.
_SENT_BACK = frozenset({Step.NOT_YET, Step.RESUME, Step.REOPEN})
_LONGEST_REASON = 1_000


@dataclass(frozen=True, slots=True)
class StepTaken:
    """The request as it stands. `is_new` is False when the step had been taken before."""

    card: RequestCard
    is_new: bool
    #: Who has left the request, while the others go on.
    left: str = ""
    #: Whether somebody has said for their own team alone that it does the job.
    is_for_theirs: bool = False
    #: Whether whoever asked hears of it in a message of its own.
    is_told: bool = False
    #: Whether those hear of it whom the receipt names.
    reach: Reach = Reach.TOLD
    #: The step that it came to: a delivery of some items is one of a part.
    step: Step | None = None


async def take(  # noqa: PLR0913 - all but two by name
    deps: Deps,
    snapshot: Snapshot,
    *,
    request_id: int,
    person_id: int,
    step: Step,
    words: str = "",
    link: str = "",
    version: int = 0,
    left: Collection[int] = (),
    there: Collection[int] = (),
    rest: RestCost | None = None,
    today: date | None = None,
) -> StepTaken:
    """Take a step. `words` are the question, the answer or the reason; `link` goes with an answer or a delivery.

    `left` are the places of the items that are not done, where the step sends only some of them back; `there` those of
    what is delivered, where that may be some of them. `rest` is what the request's own team says that it still loses,
    and `today` the day that it is for them.

    Raises NotFoundError for no such request, NotAllowedError without the right, and UserError for a step that the
    request's state does not allow, or without the words that it needs. ChangedError is raised where others have changed
    the request since its `version`. ValueError is for merging, which needs to know into what: `merges.merge` does, for
    the delivery of a part, which is one with `there`, and for what a correction comes to.
    """
    if step in _TAKEN_ELSEWHERE:
        raise ValueError(f"{step} is taken by merges.merge, a delivery with `there`, or changes.change")
    right = TRANSITIONS[step].right
    whose = {"with_joined": step in OF_JOINED | AT_DELIVERY}
    async with acting(deps, snapshot, request_id=request_id, person_id=person_id, right=right, **whose) as act:
        await act.require_current(version, step)
        if step in OF_JOINED and not await act.speaks_for_whole():
            return await _leave(act, words)
        if step is Step.CONFIRM and not await act.speaks_for_whole():
            return await _confirm_joined(act)
        if step in NEEDS_WORDS and not (clean(words) or link or left) and await act.after(step):
            raise UserError(NEEDS_WORDS[step])
        if step is Step.DELIVER and there and (left := open_items.still_to_come(act.card, there)):
            step = Step.DELIVER_PART
        if rest and await act.after(step) and await act.speaks_for_whole():
            await rest_costs.put(act, rest, today or act.now.date())
        if step is Step.NOT_YET and act.card.whole is not None:
            return await _send_back_part(act, act.card.whole.id, words, left)
        return await carry_out(act, step, words=words, link=link, left=left)


async def carry_out(
    act: RequestAct, step: Step, *, words: str = "", link: str = "", left: Collection[int] = ()
) -> StepTaken:
    """Take a step in a transaction that is open, for whoever acts in it. The right to it is asked for before."""
    words = said = _cut(act, step, words, left)
    moved = await act.after(step)
    if moved is None:
        return StepTaken(act.card, is_new=False)
    if moved is act.card.standing:
        return await _confirm_own(act)
    before, whole = await _asked_before(act, step), act.card.whole
    is_news = step in NEWS or (step is Step.START and _is_unaccepted(act.row))
    is_still_asked = moved.state is RequestState.NEEDS_INFO and step is not Step.ASK
    note_response(act, step)
    if step in (Step.DELIVER, Step.SUFFICE):
        # What comes later belongs to what is there.
        link = link or await last_link(act, Step.DELIVER, Step.DELIVER_PART)
    if step is Step.REOPEN or (step is Step.UNMERGE and _was_answered_by_merging(act.row)):
        await ask_anew(act, act.row)
    items = open_items.after_step(act.card, step, left)
    more = await put_items(act, items)
    _move(act, step, moved)
    # A yes takes nothing off what was delivered, nor what a part has said.
    if step not in (Step.CONFIRM, Step.UNMERGE) and not is_still_asked:
        # After a reply the card goes on to show the question beside it.
        act.row.reason, act.row.link = with_answer(act.row.reason, said) if step is Step.REPLY else said, link
    _take_on(act, step)
    sent_back = {"left": sorted(left)} if left else {}
    keep(act, await act.note(step.value, state=act.row.state, **sent_back), words, link)
    if step in ALONE:
        await _release_parts(act, before)
    if step in _SENT_BACK:
        act.row.delivered_at = await done_at(act, step)
        await forget_answers(act, items)
    card = await act.redraw()
    if whole is not None:
        await _leave_whole(act, whole)
    asked = await there_for(act) - before if step in DELIVERS else frozenset[int]()
    if asked:
        await ask_about(act, asked)
        card = await act.redraw()
    await redraw_answered(act)
    if is_still_asked:
        act.card = replace(card, reason=said, link=link, steps=card.steps - {Step.REPLY})  # the news is about the part
    else:
        await _settle(act, before, _said_by(act, await by_whom(act, step), step, words, link), step)
    if whole is not None and step is not Step.UNMERGE:
        await take_back_merged(act, act.row)
    reach = await tell(act, step, is_news=is_news, whom=Concerned(more, asked))
    return StepTaken(card, is_new=True, is_told=is_news, reach=reach, step=step)


async def _asked_before(act: RequestAct, step: Step) -> frozenset[int]:
    """Return the numbers of the request and its parts whose teams were asked whether it does the job for them."""
    there = await there_for(act)
    # A correction has left what is there, which nobody was asked about.
    return there - {act.subject_id} if step is Step.SUFFICE else there


def _take_on(act: RequestAct, step: Step) -> None:
    """Let whoever begins work on a request that nobody works on."""
    at_work = act.snapshot.person(act.row.assignee_id)
    if step in _BEGINS and (at_work is None or not at_work.is_active):
        act.row.assignee_id = act.person_id


async def _send_back_part(act: RequestAct, whole_id: int, words: str, left: Collection[int]) -> StepTaken:
    """Let what became part of another request be sent back by its own team: what it says stays with the part."""
    said = _cut(act, Step.NOT_YET, words, left)
    await act.after(Step.NOT_YET)
    whole = await act.on(whole_id)
    before, items = await there_for(whole), after_not_yet_of_part(whole.card, act.card, left)
    mine = places_in(whole.card, act.card).values()
    await put_items(whole, items, missing=[each for each in mine if not items[each].is_done])
    act.row.reason, row, was_built = said, whole.row, whole.card.state in BUILT
    if was_built:
        row.state, row.state_before, row.state_at = RequestState.IN_PROGRESS.value, row.state, act.now
        row.reason = row.link = ""
        await whole.note(Step.NOT_YET.value, part=act.subject_id)
    await forget_answers(whole, items)
    keep(act, await act.note("part_not_yet", left=sorted(left)), said)
    card = await act.redraw()
    whole.card = replace(await whole.load(), reason=said)  # what is told is what the part says
    await redraw_answered(act)
    await _settle(whole, before, _said_by(act, await by_whom(whole, Step.NOT_YET), Step.NOT_YET, said))
    # While the whole is in progress still, nothing changes for the others: their cards show what is to do.
    reach = await (tell(whole, Step.NOT_YET, is_news=False) if was_built else tell_devops_team(whole, Step.NOT_YET))
    return StepTaken(card, is_new=True, reach=reach, step=Step.NOT_YET)


async def _leave_whole(act: RequestAct, whole: RequestCard) -> None:
    """Let what a request was part of be delivered if nothing is left to do of it, and say if its day is another now."""
    left = await act.on(whole.id)
    if await finish(left):
        await left.redraw()
        await tell_out_of_step(left, Step.DELIVER)
    await tell_moved_day(left, whole, act.card)


def _cut(act: RequestAct, step: Step, words: str, left: Collection[int]) -> str:
    words = clean_lines(words) or (open_items.named(act.card.items, left) if step is Step.NOT_YET else "")
    return cut(words, _LONGEST_REASON)


async def _settle(act: RequestAct, before: frozenset[int], said: Said | None, step: Step | None = None) -> None:
    """Take the buttons off what was asked of the request and its parts, but of those who may still answer it."""
    still = await there_for(act)
    if step is Step.CONFIRM:
        await questions.settle(act, but=await _unanswered(act), said=said)
    elif act.subject_id in before & still:
        await questions.settle(act, said=said, asked=questions.NO_DELIVERIES)
    else:
        await questions.settle(act, said=said)
    for number in sorted(before - still - {act.subject_id}):
        await questions.settle(await act.on(number), said=said)


def _said_by(act: RequestAct, by: PersonRecord | None, step: Step, words: str = "", link: str = "") -> Said | None:
    """Return what somebody says with a step; None for a tracker, which says nothing."""
    return Said(act.now, by.name, step.value, words, link) if by is not None else None


def _move(act: RequestAct, step: Step, moved: RequestStanding) -> None:
    """Put a request where it stands after a step, with the days that belong to that.

    One whose own team has all of it already, and was asked, is not asked again when the rest of the whole is there, nor
    when it stands by itself.
    """
    row, standing = act.row, act.card.standing
    row.state, row.state_before, row.state_at = moved.state.value, moved.before.value, moved.since
    if standing.is_there and step in (Step.DELIVER, Step.UNMERGE):
        row.state = (RequestState.CONFIRMED if standing.does_it else RequestState.DELIVERED).value
    if step in DELIVERS:
        row.delivered_at = act.now
    if step is Step.CONFIRM:
        row.confirmed_at = moved.since
    if step not in KEEPS_SNOOZE:
        row.snoozed_until = None
    if moved.state is not RequestState.MERGED:
        row.merged_into = None
    if step is Step.REOPEN or (step is Step.UNMERGE and not standing.is_there):
        row.confirmed_at = None


def _is_unaccepted(row: tables.Request) -> bool:
    """Whether nobody has told whoever asked that the DevOps team takes the request on."""
    waits = row.state == RequestState.NEEDS_INFO.value
    return (row.state_before if waits else row.state) == RequestState.PROPOSED.value


def _was_answered_by_merging(row: tables.Request) -> bool:
    """Whether all that the DevOps team has said to a request is that it became part of another one."""
    return row.state == RequestState.MERGED.value and row.responded_at == row.state_at


async def _unanswered(act: RequestAct) -> list[str]:
    """Return where those are asked who have joined and not said whether it does the job: people, and their threads."""
    said = [each for each in await demands_of(act.session, act.subject_id) if each.confirmed_at is None]
    people = {each.person_id for each in said if not is_own(act.row, each)}
    return [f":{each}" for each in (*people, *await threads_of(act, people))]


async def _leave(act: RequestAct, words: str) -> StepTaken:
    """Let those who have joined a request need it no longer. Raises UserError for one that is not open."""
    if after(Step.WITHDRAW, act.card.standing, now=act.now) is None:
        return StepTaken(act.card, is_new=False)
    why = cut(clean_lines(words), _LONGEST_REASON)
    is_private = await speaks_privately(act)
    who = await joins.leave(act, "" if is_private else why)
    key = f"backlog.left:{act.subject_id}:{int(act.now.timestamp() * 1000)}"
    message = blocks.left_news("Somebody", "") if is_private else blocks.left_news(who, why)
    await tell_devops(act.session, act.subject_id, key=key, message=message, at=act.now)
    return StepTaken(act.card, is_new=True, left=who)


async def _confirm_own(act: RequestAct) -> StepTaken:
    """Note for one team alone that it has what it asked for: of what is a part, or while the rest is still to come."""
    act.row.confirmed_at = act.now
    await act.note("confirm_part")
    # What the whole asks for as well is done for the part itself now.
    act.row.items = [stored_item(each) for each in act.card.items]
    if act.card.whole is not None:
        act.row.reason = ""
    card = await act.redraw()
    await redraw_answered(act)
    said = _said_by(act, await by_whom(act, Step.CONFIRM), Step.CONFIRM)
    await questions.settle(act, but=await _unanswered(act), said=said)
    return StepTaken(card, is_new=True, is_for_theirs=True)


async def _confirm_joined(act: RequestAct) -> StepTaken:
    """Note for those who have joined that the delivery does the job. Their yes is not that of the request's team.

    Raises UserError for a request that is not delivered.
    """
    await act.after(Step.CONFIRM)
    theirs = [each for each in await demands_of(act.session, act.subject_id) if await act.speaks_for(each)]
    for demand in theirs:
        demand.confirmed_at = demand.confirmed_at or act.now
        await act.note("confirm_joined", team=demand.team_id)
    people = {act.person_id, *(each.person_id for each in theirs)}
    places = [f":{each}" for each in (*people, *await threads_of(act, people))]
    await questions.settle(act, places, said=_said_by(act, act.snapshot.person(act.person_id), Step.CONFIRM))
    return StepTaken(await act.redraw(), is_new=bool(theirs), is_for_theirs=True)


async def _release_parts(act: RequestAct, there: frozenset[int]) -> None:
    """Let what became part of the request stand by itself again: its teams still need what is not `there`."""
    for part in await act.parts():
        if part.merged_into == act.subject_id:
            if _was_answered_by_merging(part):
                await ask_anew(act, part)
            part.state, part.state_at, part.merged_into = part.state_before, act.now, None
            if part.id in there:
                built = RequestState.DELIVERED if part.confirmed_at is None else RequestState.CONFIRMED
                part.state = built.value
            else:
                part.confirmed_at = None
            await act.note_of(part.id, Step.UNMERGE.value, out_of=act.subject_id)
            key = f"backlog.released:{part.id}:{int(act.now.timestamp() * 1000)}"
            await tell_devops(act.session, part.id, key=key, message=blocks.released(act.subject_id), at=act.now)
            await tell_unmerged(act, part)


def note_response(act: RequestAct, step: Step) -> None:
    """Note when the DevOps team first said something, and how long the request has waited for its asker since."""
    row = act.row
    if TRANSITIONS[step].right is TRANSITIONS[Step.ACCEPT].right and row.responded_at is None:
        row.responded_at = act.now
    if row.state == RequestState.NEEDS_INFO.value and step is not Step.DELIVER_PART:  # that leaves it waiting
        row.waited_seconds += int((act.now - row.state_at).total_seconds())

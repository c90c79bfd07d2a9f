"""What people do to a request. A step that is taken a second time changes nothing, and says how the request stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import col

from bot.blocks import backlog as blocks
from bot.blocks.text import Rendered
from bot.domain.backlog import open_items
from bot.domain.backlog.demand import RestCost
from bot.domain.backlog.requests import (
    AT_DELIVERY,
    KEEPS_SNOOZE,
    NEEDS_WORDS,
    OF_JOINED,
    TRANSITIONS,
    RequestCard,
    RequestStanding,
    RequestState,
    Said,
    Step,
    after,
    with_answer,
)
from bot.domain.names import clean, clean_lines, cut
from bot.domain.recipients import Reach
from bot.domain.records import PersonRecord
from bot.errors import UserError
from bot.services import outbox, routing
from bot.services.backlog import joins, questions, rest_costs
from bot.services.backlog._below_card import LEFT_TO_CARD, post_below
from bot.services.backlog._cards import RequestAct, acting, loaded, stored_item, tell_devops, took_in_key
from bot.services.backlog._demands import demands_of, is_own, is_said_privately
from bot.services.backlog._duty import ask_anew, called
from bot.services.backlog._issue_notes import tell_out_of_step
from bot.services.backlog._joiners import joined, tell_ended, threads_of, told_in_threads
from bot.services.backlog._joiners import post as post_in_joined
from bot.services.backlog.message_updates import redraw_answered
from bot.services.backlog.step_words import done_at, keep, last_link
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables

#: Steps with which something is there.
_DELIVERS = frozenset({Step.DELIVER, Step.DELIVER_PART, Step.SUFFICE})
#: Steps that a use case of their own takes.
_TAKEN_ELSEWHERE = frozenset({Step.MERGE, Step.DELIVER_PART, Step.SUFFICE})
#: Steps of which the thread hears in a message of its own, as it does of the start of what nobody had accepted; of all
#: others the card alone tells.
_NEWS = frozenset({Step.ACCEPT, Step.ASK, Step.ANSWER, Step.DECLINE, Step.DISMISS, *_DELIVERS})
#: Steps with which somebody of the DevOps team who works on what nobody had begun takes it on.
_BEGINS = frozenset({Step.START, Step.DELIVER_PART})
#: Steps of its own team's of which those who need it as well, and who follow it, hear; the card tells that team.
_NEWS_FOR_OTHERS = frozenset({Step.NOT_YET, Step.REOPEN})
#: … but not in the threads that have joined: a question and its answer are its own team's, and those who have joined
#: what is none hear that they can open theirs.
_NOT_IN_JOINED = frozenset({Step.ASK, Step.REPLY, Step.DISMISS})
#: Steps after which everybody is asked anew at the next delivery.
_SENT_BACK = frozenset({Step.NOT_YET, Step.RESUME, Step.REOPEN})
#: Steps that end a request for its own asker alone: what became part of it stands by itself again.
_ALONE = frozenset({Step.WITHDRAW, Step.DISMISS})
#: Steps that end it for everybody who asked, who can have their own back.
_ENDS_PARTS = frozenset({Step.ANSWER, Step.DECLINE})
#: Steps of which the DevOps team hears in the thread of its own message.
_TRIAGE_NEWS = frozenset({Step.REPLY, Step.NOT_YET, Step.REOPEN, Step.WITHDRAW})
#: Steps of the DevOps team's after which whoever works on the request stops.
_ENDED_BY_DEVOPS = frozenset({Step.DELIVER, Step.ANSWER, Step.DECLINE, Step.DISMISS})
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
    whose = {"with_parts": step in AT_DELIVERY, "with_joined": step in OF_JOINED}
    async with acting(deps, snapshot, request_id=request_id, person_id=person_id, right=right, **whose) as act:
        await act.require_current(version, step)
        if step in OF_JOINED and not await act.speaks_for_whole():
            return await _leave(act, words)
        if step is Step.CONFIRM and not await act.speaks_for_whole():
            return await _confirm_parts(act)
        if step in NEEDS_WORDS and not (clean(words) or link or left) and await act.after(step):
            raise UserError(NEEDS_WORDS[step])
        if step is Step.DELIVER and there and (left := open_items.still_to_come(act.card, there)):
            step = Step.DELIVER_PART
        if rest and await act.after(step) and await act.speaks_for_whole():
            await rest_costs.put(act, rest, today or act.now.date())
        return await carry_out(act, step, words=words, link=link, left=left)


async def carry_out(
    act: RequestAct, step: Step, *, words: str = "", link: str = "", left: Collection[int] = ()
) -> StepTaken:
    """Take a step in a transaction that is open, for whoever acts in it. The right to it is asked for before."""
    words = clean_lines(words) or (open_items.named(act.card.items, left) if step is Step.NOT_YET else "")
    words = said = cut(words, _LONGEST_REASON)
    moved = await act.after(step)
    if moved is None:
        return StepTaken(act.card, is_new=False)
    was_merged = act.row.merged_into is not None
    is_news = step in _NEWS or (step is Step.START and _is_unaccepted(act.row))
    is_still_asked = moved.state is RequestState.NEEDS_INFO and step is not Step.ASK
    note_response(act, step)
    if step in (Step.DELIVER, Step.SUFFICE):
        # What comes later belongs to what is there.
        link = link or await last_link(act, Step.DELIVER, Step.DELIVER_PART)
    if step is Step.REOPEN or (step is Step.UNMERGE and _was_answered_by_merging(act.row)):
        await ask_anew(act, act.row)
    _put_items(act, step, left)
    _move(act.row, step, moved, act.now)
    if step is Step.REPLY and act.row.reason:
        # The card goes on to show the question beside its answer.
        said = with_answer(act.row.reason, said)
    # A yes takes nothing off what was delivered.
    if step is not Step.CONFIRM and not is_still_asked:
        act.row.reason, act.row.link = said, link
    at_work = act.snapshot.person(act.row.assignee_id)
    if step in _BEGINS and (at_work is None or not at_work.is_active):
        act.row.assignee_id = act.person_id
    sent_back = {"left": sorted(left)} if left else {}
    keep(act, await act.note(step.value, state=moved.state.value, **sent_back), words, link)
    if step in _ALONE:
        await _release_parts(act)
    if step in _SENT_BACK:
        act.row.delivered_at = await done_at(act, step)
        for part in (*await act.parts(), *await demands_of(act.session, act.subject_id)):
            part.confirmed_at = None
    card = await act.redraw()
    await redraw_answered(act)
    if is_still_asked:
        act.card = replace(card, reason=said, link=link, steps=card.steps - {Step.REPLY})  # the news is about the part
    else:
        but = await _unanswered(act) if step is Step.CONFIRM else ()
        await questions.settle(act, but=but, said=_said_by(act, await _by(act, step), step, words, link))
    if was_merged and step is not Step.UNMERGE:
        await _take_back_merged(act, act.row)
    reach = await _tell(act, step, is_news=is_news)
    return StepTaken(card, is_new=True, is_told=is_news, reach=reach, step=step)


def _said_by(act: RequestAct, by: PersonRecord | None, step: Step, words: str = "", link: str = "") -> Said | None:
    """Return what somebody says with a step; None for a tracker, which says nothing."""
    return Said(act.now, by.name, step.value, words, link) if by is not None else None


def _put_items(act: RequestAct, step: Step, left: Collection[int]) -> None:
    """Write down which items are done. Raises UserError for places of none that the step asks about."""
    items = open_items.sent_back(act.card, step, left) if left else act.card.items
    if step is Step.CONFIRM:
        items = open_items.confirmed(items)
    if items != act.card.items:
        act.row.items = [stored_item(each) for each in items]


def _move(row: tables.Request, step: Step, moved: RequestStanding, now: datetime) -> None:
    """Put a request where it stands after a step, with the days that belong to that."""
    row.state, row.state_before, row.state_at = moved.state.value, moved.before.value, moved.since
    if step in _DELIVERS:
        row.delivered_at = now
    if step not in KEEPS_SNOOZE:
        row.snoozed_until = None
    if moved.state is not RequestState.MERGED:
        row.merged_into = None
    if step is Step.UNMERGE or step is Step.REOPEN:
        row.confirmed_at = None


def _is_unaccepted(row: tables.Request) -> bool:
    """Whether nobody has told whoever asked that the DevOps team takes the request on."""
    waits = row.state == RequestState.NEEDS_INFO.value
    return (row.state_before if waits else row.state) == RequestState.PROPOSED.value


def _was_answered_by_merging(row: tables.Request) -> bool:
    """Whether all that the DevOps team has said to a request is that it became part of another one."""
    return row.state == RequestState.MERGED.value and row.responded_at == row.state_at


async def _unanswered(act: RequestAct) -> list[str]:
    """Return where those are asked whether it does the job who have not said so: people, and threads that joined."""
    parts = [each for each in await act.parts() if each.confirmed_at is None]
    said = [each for each in await demands_of(act.session, act.subject_id) if each.confirmed_at is None]
    people = {number for each in parts for number in (each.asked_by, each.filed_by)}
    people |= {each.person_id for each in said if not is_own(act.row, each)}
    return [f":{each}" for each in (*people, *await threads_of(act, people))]


async def _leave(act: RequestAct, words: str) -> StepTaken:
    """Let those who have joined a request need it no longer. Raises UserError for one that is not open."""
    if after(Step.WITHDRAW, act.card.standing, now=act.now) is None:
        return StepTaken(act.card, is_new=False)
    why = cut(clean_lines(words), _LONGEST_REASON)
    is_private = await _speaks_privately(act)
    who = await joins.leave(act, "" if is_private else why)
    key = f"backlog.left:{act.subject_id}:{int(act.now.timestamp() * 1000)}"
    message = blocks.left_news("Somebody", "") if is_private else blocks.left_news(who, why)
    await tell_devops(act.session, act.subject_id, key=key, message=message, at=act.now)
    return StepTaken(act.card, is_new=True, left=who)


async def _speaks_privately(act: RequestAct) -> bool:
    """Whether whoever acts speaks only for those who have asked for a public request privately: nobody reads who."""
    if act.row.is_private or await act.speaks_for_whole():
        return False
    rows = {each.id: each for each in (act.row, *await act.parts())}
    demands = [each for each in await demands_of(act.session, *act.rows) if each.request_id in rows]
    theirs = [each for each in demands if await act.speaks_for(each)]
    return bool(theirs) and all(is_said_privately(rows[each.request_id], each) for each in theirs)


async def _by(act: RequestAct, step: Step) -> PersonRecord | None:
    """Return who is said to have taken a step: somebody without a name if others may not read it, or None."""
    by = act.snapshot.person(act.person_id)
    is_unnamed = by is not None and step is Step.NOT_YET and await _speaks_privately(act)
    return replace(by, name="", slack_id="") if by is not None and is_unnamed else by


async def _confirm_parts(act: RequestAct) -> StepTaken:
    """Note for those who asked for a part that the delivery does the job. Their yes is not that of the request's team.

    Raises UserError for a request that is not delivered.
    """
    await act.after(Step.CONFIRM)
    theirs = [each for each in await act.parts() if await act.speaks_for(each) and each.confirmed_at is None]
    for part in theirs:
        part.confirmed_at = act.now
        await act.note("confirm_part", part=part.id)
    joined_by = [each for each in await demands_of(act.session, act.subject_id) if await act.speaks_for(each)]
    for demand in joined_by:
        demand.confirmed_at = demand.confirmed_at or act.now
        await act.note("confirm_joined", team=demand.team_id)
    people = {act.person_id, *(each.person_id for each in joined_by), *(each.asked_by for each in theirs)}
    places = [f":{each}" for each in (*people, *await threads_of(act, people))]
    await questions.settle(act, places, said=_said_by(act, act.snapshot.person(act.person_id), Step.CONFIRM))
    return StepTaken(await act.redraw(), is_new=bool(theirs or joined_by), is_for_theirs=True)


async def _release_parts(act: RequestAct) -> None:
    """Let what became part of the request stand by itself again: its teams still need it."""
    for part in await act.parts():
        if part.merged_into == act.subject_id:
            if _was_answered_by_merging(part):
                await ask_anew(act, part)
            part.state, part.state_at = part.state_before, act.now
            part.merged_into = part.confirmed_at = None
            await act.note_of(part.id, Step.UNMERGE.value, out_of=act.subject_id)
            key = f"backlog.released:{part.id}:{int(act.now.timestamp() * 1000)}"
            await tell_devops(act.session, part.id, key=key, message=blocks.released(act.subject_id), at=act.now)
            await _tell_unmerged(act, part)


def note_response(act: RequestAct, step: Step) -> None:
    """Note when the DevOps team first said something, and how long the request has waited for its asker since."""
    row = act.row
    if TRANSITIONS[step].right is TRANSITIONS[Step.ACCEPT].right and row.responded_at is None:
        row.responded_at = act.now
    if row.state == RequestState.NEEDS_INFO.value and step is not Step.DELIVER_PART:  # that leaves it waiting
        row.waited_seconds += int((act.now - row.state_at).total_seconds())


async def _tell(act: RequestAct, step: Step, *, is_news: bool) -> Reach:
    """Say in the thread what the asker has to know, where that `is_news`, and to the DevOps team what it has to.

    Returns whether the one of the two is reached who has to know.
    """
    reach = Reach.TOLD
    key = f"backlog.news:{act.subject_id}:{step.value}:{int(act.now.timestamp() * 1000)}"
    if is_news:
        reach = await _post_news(act, key, step)
    if step is Step.REPLY:
        await _tell_others(act, key, step)
    if step is Step.WITHDRAW and act.card.reachable and act.card.reachable[0].id != act.person_id:
        who = act.snapshot.person(act.person_id)  # a colleague: whoever needs it hears how it ended
        await post_below(act, act.row, key, act.card, lambda its: blocks.news(its, who))
    if step in _NEWS_FOR_OTHERS:
        if await act.speaks_for_whole():
            await _tell_others(act, key, step)
        else:
            await _post_news(act, key, step)
    if step is Step.UNMERGE:
        reach = await _tell_unmerged(act, act.row)
    by = await _by(act, step)
    if (is_news or step in _NEWS_FOR_OTHERS) and step not in _NOT_IN_JOINED:
        await post_in_joined(act, key, lambda value, called: blocks.joined_news(act.card, value, called, by, step))
    if step in _ENDS_PARTS:
        await _tell_parts(act)
    if step in _TRIAGE_NEWS:
        message = blocks.triage_news(act.card, step, by, called=await called(act, step))
        reach = await _tell_team(act, key.replace("news", "triage_news", 1), message)
    if step in _ENDED_BY_DEVOPS and by is not None and act.row.assignee_id not in (None, act.person_id):
        ended_key = key.replace("news", "ended_by", 1)
        await tell_devops(
            act.session, act.subject_id, key=ended_key, message=blocks.ended_by(act.card, step, by), at=act.now
        )
    await tell_out_of_step(act, step)
    if step in _ALONE:
        await tell_ended(act, key)
    return reach


async def _tell_team(act: RequestAct, key: str, message: Rendered) -> Reach:
    """Say something under the DevOps team's message, and to whoever acts if nobody is reached there."""
    asker = act.hears_of_loss(act.deps.devops.name)
    place = await tell_devops(act.session, act.subject_id, key=key, message=message, at=act.now, asker=asker)
    if not place:
        return Reach.NOBODY
    return Reach.TOLD if routing.takes_messages(act.snapshot, place) else Reach.PERHAPS


async def _tell_parts(act: RequestAct) -> None:
    """Say below the cards of what became part of the request that it has ended, and that they need not end with it."""
    for part in await act.parts():
        card = await loaded(act.session, act.snapshot, part, now=act.now)
        key = f"backlog.ended:{card.id}:{int(act.now.timestamp() * 1000)}"
        await post_below(act, part, key, card, blocks.whole_ended)


async def tell_resumed(act: RequestAct, tracker: str) -> None:
    """Tell those who were asked whether it does the job that its issue was opened again there."""
    key = f"backlog.resumed:{act.subject_id}:{int(act.now.timestamp() * 1000)}"

    def resumed(card: RequestCard) -> Rendered:
        return blocks.resumed(card, tracker, [person.slack_id for person in card.reachable[:1]])

    await post_below(act, act.row, key, act.card, resumed)
    await post_in_joined(act, key, lambda _, here: blocks.resumed(act.card, tracker, here))


async def ask_again(act: RequestAct, tracker: str) -> None:
    """Ask those whose request has ended whether to reopen it: its issue was opened again in a tracker."""
    key = f"backlog.news:{act.subject_id}:{Step.RESUME.value}:{int(act.now.timestamp() * 1000)}"
    await post_below(act, act.row, key, act.card, lambda its: blocks.issue_open_again(its, tracker))


async def _post_news(act: RequestAct, key: str, step: Step) -> Reach:
    """Post below the card what became of the request, and to those who follow it."""
    card, by = act.card, await _by(act, step)
    reach = await post_below(
        act, act.row, key, card, lambda its: blocks.news(its, by, step), is_on_card=step in LEFT_TO_CARD
    )
    await _tell_others(act, key, step)
    return reach


async def _tell_others(act: RequestAct, key: str, step: Step) -> None:
    """Tell those who follow the request what became of it, and ask those at delivery who need it as well."""
    card, by = act.card, await _by(act, step)
    parts = await act.parts()
    theirs = {number for each in parts for number in (each.asked_by, each.filed_by)}
    others = await joined(act)
    theirs.update(others)
    told = await told_in_threads(act, by_card=step in LEFT_TO_CARD)
    in_threads = {each for people in told.values() for each in people}
    for person_id in await _others(act, parts):
        if step is Step.DISMISS and person_id in theirs:
            continue  # they are told that theirs may go on
        if step not in _NOT_IN_JOINED and person_id in in_threads:
            continue  # they are called there
        person = act.snapshot.person(person_id)
        if slack_id := routing.slack_id_of(person):
            is_part = person_id in theirs
            if is_part and step is not Step.REPLY:
                message = blocks.also_asked(card, step, has_joined=person_id in others)
            else:
                message = blocks.followed(card, by, step)
            await outbox.enqueue(act.session, key=f"{key}:{person_id}", channel=slack_id, message=message, at=act.now)


async def _take_back_merged(act: RequestAct, row: tables.Request) -> RequestCard:
    """Let what said that a request became part of another one say that it is so no more, to both teams."""
    await act.session.flush()
    card = await loaded(act.session, act.snapshot, row, now=act.now)
    for key in await outbox.keys_below(act.session, f"backlog.merged:{row.id}"):
        await act.revise(key, blocks.unmerged(card, is_news=False))
    for key in await outbox.keys_below(act.session, took_in_key(row.id)):
        await act.revise(key, blocks.took_out(card))
    return card


async def _tell_unmerged(act: RequestAct, row: tables.Request) -> Reach:
    """Tell whoever asked for a request that was part of another one that it stands by itself again."""
    card = await _take_back_merged(act, row)
    key = f"backlog.unmerged:{row.id}:{int(act.now.timestamp() * 1000)}"
    return await post_below(act, row, key, card, blocks.unmerged)


async def tell_merged(act: RequestAct) -> Reach:
    """Tell whoever asked for a request, and those who follow it, what it has become part of."""
    key, card = f"backlog.merged:{act.subject_id}:{int(act.now.timestamp() * 1000)}", act.card
    reach = await post_below(act, act.row, key, card, blocks.merged)
    for person_id in await _others(act, await act.parts()):
        if slack_id := routing.slack_id_of(act.snapshot.person(person_id)):
            message = blocks.followed(card)
            await outbox.enqueue(act.session, key=f"{key}:{person_id}", channel=slack_id, message=message, at=act.now)
    return reach


async def _others(act: RequestAct, parts: Sequence[tables.Request]) -> list[int]:
    """Return who follows the request or a part of it, but for whoever it is for, filed it, or takes the step."""
    table = tables.RequestFollower
    ids = [act.subject_id, *(each.id for each in parts)]
    found = await act.session.execute(select(col(table.person_id)).where(col(table.request_id).in_(ids)).distinct())
    here = {act.row.asked_by, act.row.filed_by, act.person_id}
    return sorted(each for each in found.scalars() if each not in here)

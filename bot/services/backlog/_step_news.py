"""What is said of a step that was taken: in the threads of those who asked, to those who follow, and to DevOps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from bot.blocks import backlog as blocks
from bot.blocks.text import Rendered
from bot.domain.backlog.requests import RequestCard, Step
from bot.domain.recipients import Reach
from bot.domain.records import PersonRecord
from bot.services import outbox, routing
from bot.services.backlog._below_card import LEFT_TO_CARD, post_below
from bot.services.backlog._cards import RequestAct, tell_devops, took_in_key
from bot.services.backlog._demands import demands_of, is_said_privately
from bot.services.backlog._duty import called
from bot.services.backlog._issue_notes import tell_out_of_step
from bot.services.backlog._joiners import joined, tell_ended, told_in_threads
from bot.services.backlog._joiners import post as post_in_joined
from bot.services.backlog._loaded import loaded
from bot.store import tables

#: Steps with which something is there for those who asked.
DELIVERS = frozenset({Step.DELIVER, Step.DELIVER_PART, Step.SUFFICE})
#: Steps of which the thread hears in a message of its own, as it does of the start of what nobody had accepted; of all
#: others the card alone tells.
NEWS = frozenset({Step.ACCEPT, Step.ASK, Step.ANSWER, Step.DECLINE, Step.DISMISS, *DELIVERS})
#: Steps of its own team's of which those who need it as well, and who follow it, hear; the card tells that team.
_NEWS_FOR_OTHERS = frozenset({Step.NOT_YET, Step.REOPEN})
#: … but not in the threads that have joined: a question and its answer are its own team's, and those who have joined
#: what is none hear that they can open theirs.
_NOT_IN_JOINED = frozenset({Step.ASK, Step.REPLY, Step.DISMISS})
#: Steps that end a request for its own asker alone: what became part of it stands by itself again.
ALONE = frozenset({Step.WITHDRAW, Step.DISMISS})
#: Steps that end it for everybody who asked, who can have their own back.
_ENDS_PARTS = frozenset({Step.ANSWER, Step.DECLINE})
#: Steps of which the DevOps team hears in the thread of its own message.
_TRIAGE_NEWS = frozenset({Step.REPLY, Step.NOT_YET, Step.REOPEN, Step.WITHDRAW})
#: Steps of the DevOps team's after which whoever works on the request stops.
_ENDED_BY_DEVOPS = frozenset({Step.DELIVER, Step.ANSWER, Step.DECLINE, Step.DISMISS})


async def speaks_privately(act: RequestAct) -> bool:
    """Whether whoever acts speaks only for those who have asked for a public request privately: nobody reads who."""
    if act.row.is_private or await act.speaks_for_whole():
        return False
    rows = {each.id: each for each in (act.row, *await act.parts())}
    demands = [each for each in await demands_of(act.session, *act.rows) if each.request_id in rows]
    theirs = [each for each in demands if await act.speaks_for(each)]
    return bool(theirs) and all(is_said_privately(rows[each.request_id], each) for each in theirs)


async def by_whom(act: RequestAct, step: Step) -> PersonRecord | None:
    """Return who is said to have taken a step: somebody without a name if others may not read it, or None."""
    by = act.snapshot.person(act.person_id)
    is_unnamed = by is not None and step is Step.NOT_YET and await speaks_privately(act)
    return replace(by, name="", slack_id="") if by is not None and is_unnamed else by


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom a delivery concerns, of a request and its parts by their numbers.

    Of some `more` is there now, and some are `asked` whether it does the job, because now all of theirs is.
    """

    more: frozenset[int] = frozenset()
    asked: frozenset[int] = frozenset()


async def tell(act: RequestAct, step: Step, *, is_news: bool, whom: Concerned = Concerned()) -> Reach:
    """Say in the thread what the asker has to know, where that `is_news`, and to the DevOps team what it has to.

    Returns whether the one of the two is reached who has to know.
    """
    reach = Reach.TOLD
    key = _key(act.subject_id, step, act.now)
    if is_news:
        reach = await _post_news(act, key, step, whom)
    if step is Step.REPLY:
        await _tell_others(act, key, step, whom)
    if step is Step.WITHDRAW and act.card.reachable and act.card.reachable[0].id != act.person_id:
        who = act.snapshot.person(act.person_id)  # a colleague: whoever needs it hears how it ended
        await post_below(act, act.row, key, act.card, lambda its: blocks.news(its, who))
    if step in _NEWS_FOR_OTHERS:
        if await act.speaks_for_whole():
            await _tell_others(act, key, step, whom)
        else:
            await _post_news(act, key, step, whom)
    if step is Step.UNMERGE:
        reach = await tell_unmerged(act, act.row)
    by = await by_whom(act, step)
    if (is_news or step in _NEWS_FOR_OTHERS) and step not in _NOT_IN_JOINED:
        asks = act.subject_id in whom.asked
        await post_in_joined(
            act, key, lambda value, called: blocks.joined_news(act.card, value, called, by, step, asks=asks)
        )
        await _post_in_parts(act, step, by, whom)
    if step in _ENDS_PARTS:
        await _tell_parts(act)
    if step in _TRIAGE_NEWS:
        reach = await tell_devops_team(act, step)
    if step in _ENDED_BY_DEVOPS and by is not None and act.row.assignee_id not in (None, act.person_id):
        ended_key = key.replace("news", "ended_by", 1)
        await tell_devops(
            act.session, act.subject_id, key=ended_key, message=blocks.ended_by(act.card, step, by), at=act.now
        )
    await tell_out_of_step(act, step)
    if step in ALONE:
        await tell_ended(act, key)
    return reach


async def tell_devops_team(act: RequestAct, step: Step) -> Reach:
    """Say under the DevOps team's message what somebody of the asker's side has done."""
    message = blocks.triage_news(act.card, step, await by_whom(act, step), called=await called(act, step))
    return await _tell_team(act, _key(act.subject_id, step, act.now).replace("news", "triage_news", 1), message)


async def tell_moved_day(act: RequestAct, before: RequestCard, part: RequestCard) -> None:
    """Say below a request's card why it is needed by another day, once another one is part of it, or is no more."""
    if act.card.is_open and act.card.needed_by != before.needed_by:
        key = f"backlog.moved_day:{act.subject_id}:{int(act.now.timestamp() * 1000)}"
        quiet = act.card.uncalled
        await post_below(act, act.row, key, quiet, lambda its: blocks.moved_day(its, part), is_on_card=True)


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


async def _post_in_parts(act: RequestAct, step: Step, by: PersonRecord | None, whom: Concerned) -> None:
    """Say below the cards of what became part of the request what its own thread reads, and ask whom it concerns."""
    for part in await act.parts() if step not in _ENDS_PARTS else ():
        if step is Step.NOT_YET and await act.speaks_for(part):
            continue  # their card shows what they have said
        is_same = part.thread_ts and (part.channel_id, part.thread_ts) == (act.row.channel_id, act.row.thread_ts)
        if is_same and part.id not in whom.asked:
            continue  # it is said in their thread already
        await _post_in_part(act, part, step, by, whom)


async def ask_part(act: RequestAct, whole_id: int) -> None:
    """Ask whoever asked for what has just become part of another request whether that has all of it already."""
    if act.card.standing.is_there:
        whom = Concerned(asked=frozenset([act.subject_id]))
        await _post_in_part(await act.on(whole_id), act.row, Step.DELIVER_PART, None, whom)


async def _post_in_part(
    act: RequestAct, part: tables.Request, step: Step, by: PersonRecord | None, whom: Concerned
) -> None:
    card, asks = await loaded(act.session, act.snapshot, part, now=act.now), part.id in whom.asked
    is_theirs = asks or step is not Step.DELIVER_PART or part.id in whom.more
    await post_below(
        act,
        part,
        _key(part.id, step, act.now),
        card if is_theirs else card.uncalled,
        lambda its: blocks.part_news(its, act.card, by, step, asks=asks),
        is_on_card=step in LEFT_TO_CARD and not asks,
    )


def _key(request_id: int, step: Step, at: datetime) -> str:
    return f"backlog.news:{request_id}:{step.value}:{int(at.timestamp() * 1000)}"


def _callee(its: RequestCard) -> list[str]:
    return [person.slack_id for person in its.reachable[:1]]


async def tell_resumed(act: RequestAct, tracker: str) -> None:
    """Tell those who were asked whether it does the job that its issue was opened again there."""
    key = f"backlog.resumed:{act.subject_id}:{int(act.now.timestamp() * 1000)}"

    await post_below(act, act.row, key, act.card, lambda its: blocks.resumed(act.card, tracker, _callee(its)))
    await post_in_joined(act, key, lambda _, here: blocks.resumed(act.card, tracker, here))
    for part in await act.parts():
        card = await loaded(act.session, act.snapshot, part, now=act.now)
        own = f"backlog.resumed:{part.id}:{int(act.now.timestamp() * 1000)}"
        await post_below(act, part, own, card, lambda its: blocks.resumed(act.card, tracker, _callee(its)))


async def ask_again(act: RequestAct, tracker: str) -> None:
    """Ask those whose request has ended whether to reopen it: its issue was opened again in a tracker."""
    key = f"backlog.news:{act.subject_id}:{Step.RESUME.value}:{int(act.now.timestamp() * 1000)}"
    await post_below(act, act.row, key, act.card, lambda its: blocks.issue_open_again(its, tracker))


async def _post_news(act: RequestAct, key: str, step: Step, whom: Concerned) -> Reach:
    """Post below the card what became of the request, and to those who follow it."""
    card, by, asks = act.card, await by_whom(act, step), act.subject_id in whom.asked
    is_theirs = step is not Step.DELIVER_PART or act.subject_id in whom.more
    reach = await post_below(
        act,
        act.row,
        key,
        card if is_theirs else card.uncalled,
        lambda its: blocks.news(its, by, step, asks=asks),
        is_on_card=step in LEFT_TO_CARD and not asks,
    )
    await _tell_others(act, key, step, whom)
    return reach


async def _tell_others(act: RequestAct, key: str, step: Step, whom: Concerned) -> None:
    """Tell those who follow the request what became of it, and ask those at delivery who need it as well."""
    card, by = act.card, await by_whom(act, step)
    parts = await act.parts()
    theirs = {number for each in parts for number in (each.asked_by, each.filed_by)}
    others = await joined(act)
    told = await told_in_threads(act, by_card=step in LEFT_TO_CARD)
    in_threads = {each for people in told.values() for each in people}
    for person_id in await _others(act, parts):
        if step is Step.DISMISS and person_id in theirs.union(others):
            continue  # they are told that theirs may go on
        if step not in _NOT_IN_JOINED and person_id in theirs:
            continue  # they are told below their own card
        if step not in _NOT_IN_JOINED and person_id in in_threads:
            continue  # they are called there
        person = act.snapshot.person(person_id)
        if slack_id := routing.slack_id_of(person):
            if person_id in theirs.union(others) and step is not Step.REPLY:
                asks = act.subject_id in whom.asked
                message = blocks.also_asked(card, step, has_joined=person_id in others, asks=asks)
            else:
                message = blocks.followed(card, by, step)
            await outbox.enqueue(act.session, key=f"{key}:{person_id}", channel=slack_id, message=message, at=act.now)


async def take_back_merged(act: RequestAct, row: tables.Request) -> RequestCard:
    """Let what said that a request became part of another one say that it is so no more, to both teams."""
    await act.session.flush()
    card = await loaded(act.session, act.snapshot, row, now=act.now)
    for key in await outbox.keys_below(act.session, f"backlog.merged:{row.id}"):
        await act.revise(key, blocks.unmerged(card, is_news=False))
    for key in await outbox.keys_below(act.session, took_in_key(row.id)):
        await act.revise(key, blocks.took_out(card))
    return card


async def tell_unmerged(act: RequestAct, row: tables.Request) -> Reach:
    """Tell whoever asked for a request that was part of another one that it stands by itself again."""
    card = await take_back_merged(act, row)
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

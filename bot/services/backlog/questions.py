"""The questions that stand below a request's card: their buttons, for as long as an answer is awaited.

Baton is not sent every message of a channel, so it does not see an answer that is typed into the thread. It looks at
the threads in which it waits for one, and points whoever has written there to the button, once for each question.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import backlog as blocks
from bot.blocks.text import Rendered
from bot.domain.backlog.requests import RequestState, Said, Step
from bot.errors import SlackError, UserError, log_failure
from bot.ports import Slack
from bot.services import cards, outbox, routing
from bot.services.backlog import threads
from bot.services.backlog._cards import UNKNOWN, RequestAct
from bot.services.backlog._loaded import loaded
from bot.services.deps import Deps
from bot.services.members import Members
from bot.services.snapshot import Snapshot
from bot.store import tables

log = logging.getLogger(__name__)

#: The steps that ask something, by the state in which the answer is awaited.
_ASKING = {RequestState.NEEDS_INFO.value: "ask", RequestState.DELIVERED.value: "deliver"}
#: The steps that are told with buttons: these, and those after which the request can be opened again.
WITH_BUTTONS = (
    *_ASKING.values(),
    *(each.value for each in (Step.DELIVER_PART, Step.DECLINE, Step.DISMISS, Step.ANSWER, Step.WITHDRAW, Step.RESUME)),
)
#: … but what is asked at a delivery.
NO_DELIVERIES = tuple(each for each in WITH_BUTTONS if not each.startswith(Step.DELIVER.value))
_NEWS, _POINTED = "backlog.news", "backlog.pointed"
#: Threads that are read in one look, those of the latest questions first; and how old a question may be.
_MOST, _LATELY = 50, timedelta(days=14)


async def settle(
    act: RequestAct,
    places: Collection[str] = ("",),
    but: Collection[str] = (),
    said: Said | None = None,
    asked: Collection[str] = WITH_BUTTONS,
) -> None:
    """Take the buttons off what was asked in the thread and by direct message: the request has moved on since.

    What was `said` with the step that did so stands there instead. With `places` only off what was asked there, and
    with `but` off all else: of these people, by their ids, and in the threads that have joined it. It is what was told
    with the steps `asked`.
    """
    table = tables.OutboxMessage
    heads = [f"{_NEWS}:{act.subject_id}:{step}" for step in asked] + [f"{_POINTED}:{act.subject_id}"]
    for head in heads:
        theirs = (col(table.key) >= f"{head}:") & (col(table.key) < f"{head};")  # a part of the index of keys
        for key, body in await act.session.execute(select(col(table.key), col(table.body)).where(theirs)):
            before, is_pointer = Rendered(body["text"], body.get("blocks", ())), key.startswith(_POINTED)
            message = blocks.settled(before, act.card, said, is_pointer=is_pointer)
            if message is not None and key.endswith(tuple(places)) and not key.endswith(tuple(but)):
                await act.revise(key, message)


async def point(deps: Deps, snapshot: Snapshot, slack: Slack, members: Members) -> None:
    """Point those to the button who have answered a question by typing into its thread."""
    table = tables.Request
    waiting = col(table.state).in_(list(_ASKING)) & (col(table.state_at) >= deps.clock.now() - _LATELY)
    query = select(table).where(waiting, col(table.thread_ts) != "").order_by(col(table.state_at).desc()).limit(_MOST)
    async with deps.database.reading() as session:
        rows = (await session.execute(query)).scalars().all()
    for row in rows:
        try:
            await _point(deps, snapshot, slack, members, row)
        except (UserError, SlackError) as error:
            log.warning("the thread of request %d could not be looked at: %s", row.id, type(error).__name__)
        except Exception as error:  # noqa: BLE001 - per request
            log_failure(log, error, "the thread of request %d could not be looked at", row.id)


async def _point(deps: Deps, snapshot: Snapshot, slack: Slack, members: Members, row: tables.Request) -> None:
    number, at = row.id, int(row.state_at.timestamp() * 1000)
    async with deps.database.reading() as session:
        when = await asked_at(session, row)
        if when is None or await outbox.destination(session, f"{_POINTED}:{number}:{at}") is not None:
            return
    team = snapshot.team(row.team_id)
    people = {row.asked_by, row.filed_by, *(team.member_ids if team is not None else ())}
    theirs = {routing.slack_id_of(snapshot.person(each)) for each in people} - {""}
    said = (await threads.read(slack, members, row.channel_id, row.thread_ts)).messages
    author = next((str(each["user"]) for each in said if each["user"] in theirs and float(each["ts"]) > when), "")
    if not author:
        return
    async with deps.database.transaction() as session:
        held: tables.Request = await cards.locked(session, tables.Request, number, unknown=UNKNOWN)
        if (held.state, held.state_at) != (row.state, row.state_at):
            return
        now = deps.clock.now()
        await outbox.enqueue(
            session,
            key=f"{_POINTED}:{number}:{at}",
            channel=row.channel_id,
            message=blocks.pointed(await loaded(session, snapshot, held, now=now), author),
            at=now,
            thread_ts=row.thread_ts,
        )


async def asked_at(session: AsyncSession, row: tables.Request) -> float | None:
    """Return when Slack says that what a request waits with was asked; None where that is not in its own thread."""
    if row.state not in _ASKING:
        return None
    key = f"{_NEWS}:{row.id}:{_ASKING[row.state]}:{int(row.state_at.timestamp() * 1000)}"
    table = tables.OutboxMessage
    posted = select(col(table.ts), col(table.posted_channel)).where(col(table.key) == key, col(table.state) == "sent")
    sent = (await session.execute(posted)).first()
    is_here = sent is not None and (sent.posted_channel or row.channel_id) == row.channel_id
    return float(sent.ts) if sent is not None and sent.ts and is_here else None

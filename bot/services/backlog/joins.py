"""A team that needs what another has asked for already: its demand goes to the request that there is."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import col

from bot.blocks import backlog as blocks
from bot.domain import rights
from bot.domain.backlog.new_request import NewRequest
from bot.domain.backlog.requests import OPEN
from bot.domain.rights import Right
from bot.errors import NotAllowedError, NotFoundError, UserError
from bot.services import actors, cards, outbox, routing
from bot.services.backlog._cards import UNKNOWN, RequestAct, demand_row, joined_key
from bot.services.backlog.intake import Opened
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.inserts import add_once

_NOT_YOURS = "That team has said what it loses, and only its people can change that: choose your own team."
_CLOSED = "That one was closed meanwhile: choose another, or leave it empty."


async def join(deps: Deps, snapshot: Snapshot, *, request_id: int, new: NewRequest) -> Opened:
    """Add what a team says it loses to an open request, and let whoever needs it follow.

    The same team again changes what it has said.

    A thread that has joined or made a request before joins none. Raises NotFoundError for a private request, UserError
    for a closed one, and NotAllowedError for somebody who would change what another team has said.
    """
    async with cards.acting(RequestAct(deps, snapshot, request_id, new.filed_by), Right.CHANGE) as act:
        if act.card.is_private:
            raise NotFoundError(UNKNOWN)
        if not await _begin(act, new):
            return Opened(act.card, is_new=False)
        if act.card.state not in OPEN:
            raise UserError(_CLOSED)
        await _put_demand(act, new)
        for each in (new.asked_by, new.filed_by):
            await add_once(act.session, tables.RequestFollower, request_id=request_id, person_id=each, at=act.now)
        await act.note("join", team=new.team_id, asked_by=new.asked_by, **{"from": new.origin.key})
        card = await act.redraw()
        await _show(act, new)
        return Opened(card, is_new=True)


async def _begin(act: RequestAct, new: NewRequest) -> bool:
    """Note that a thread or a form has joined; return False for one that has done so before."""
    row = {"source_key": new.origin.key, "request_id": act.subject_id, "person_id": new.filed_by, "at": act.now}
    return await add_once(act.session, tables.RequestJoin, **row)


async def _put_demand(act: RequestAct, new: NewRequest) -> None:
    table, row = tables.RequestDemand, demand_row(act.subject_id, new, act.now)
    mine = col(table.team_id) == new.team_id if new.team_id is not None else col(table.team_id).is_(None)
    query = select(table).where(col(table.request_id) == act.subject_id, mine)
    if new.team_id is None:
        query = query.where(col(table.person_id) == new.filed_by)
    before = (await act.session.execute(query.with_for_update())).scalar_one_or_none()
    if before is None:
        act.session.add(row)
        return
    held = await actors.holders(act.session, [before.team_id], people=[act.snapshot.person(before.person_id)])
    if not rights.may(actors.actor(act.person_id), Right.REQUEST, held):
        raise NotAllowedError(_NOT_YOURS)
    for name, value in row.model_dump(exclude={"id"}).items():
        setattr(before, name, value)


async def _show(act: RequestAct, new: NewRequest) -> None:
    """Put the request's card into the thread that has joined; where there is none, to whoever needs it."""
    origin = new.origin
    people = [routing.slack_id_of(act.snapshot.person(each)) for each in (new.asked_by, new.filed_by)]
    places = [each for each in (origin.channel_id, *people) if each]
    if places:
        await outbox.enqueue(
            act.session,
            key=joined_key(act.subject_id, origin.key),
            channel=places[0],
            message=blocks.card(act.card),
            at=act.now,
            thread_ts=origin.thread_ts if origin.channel_id else "",
            fallbacks=places[1:],
        )

"""A team that needs what another has asked for already: its demand goes to the request that there is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlmodel import col

from bot.blocks import backlog as blocks
from bot.blocks.request_button import OpenValue
from bot.domain import rights
from bot.domain.backlog.demand import MISS_COST, DemandPart, EvidenceKind
from bot.domain.backlog.new_request import NewRequest, thread_of
from bot.domain.backlog.requests import FREES_JOINED, OPEN, as_joined
from bot.domain.rights import Right
from bot.errors import NotAllowedError, NotFoundError, UserError
from bot.services import actors, cards, outbox, routing
from bot.services.backlog import offers
from bot.services.backlog._cards import UNKNOWN, RequestAct, joined_key, tell_devops
from bot.services.backlog._demands import asked_by, demand_row, demands_of, sign
from bot.services.backlog._duty import wake_if_needed_sooner
from bot.services.backlog.intake import Opened
from bot.services.backlog.step_words import keep
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.inserts import add_once

_NOT_YOURS = "That team has said what it loses, and only its people can change that: choose your own team."
_CLOSED = "That one was closed meanwhile: choose another, or leave it empty."


async def join(deps: Deps, snapshot: Snapshot, *, request_id: int, new: NewRequest) -> Opened:
    """Add what a team says it loses to an open request, and let whoever needs it follow.

    The same team again changes what it has said; what is left out stays.

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
        hours_stay = await _put_demand(act, new)
        follow: dict[str, Any] = {"request_id": request_id, "at": act.now, "source_key": new.origin.key}
        for each in (new.asked_by, new.filed_by):
            await add_once(act.session, tables.RequestFollower, person_id=each, **follow)
        entry = await act.note("join", team=new.team_id, asked_by=new.asked_by, **{"from": new.origin.key})
        await wake_if_needed_sooner(act)
        card = await act.redraw()
        await _tell_devops(act, new, entry)
        await _show(act, new)
        await offers.settle(act.session, deps, new.origin, as_joined(card))
        return Opened(card, is_new=True, hours_stay=hours_stay)


async def _tell_devops(act: RequestAct, new: NewRequest, entry: int) -> None:
    """Say to the DevOps team who has joined: it may be needed sooner now than when the team looked at it."""
    team, person = act.snapshot.team(new.team_id), act.snapshot.person(new.asked_by)
    who = team.name if team is not None else person.name if person is not None else "Somebody"
    who = "Somebody" if new.origin.is_private else who  # others may read the message
    key = f"backlog.joined_by:{act.subject_id}:{entry}"
    message = blocks.joined_by(who, new.needed_by)
    await tell_devops(act.session, act.subject_id, key=key, message=message, at=act.now)


async def _begin(act: RequestAct, new: NewRequest) -> bool:
    """Note that a thread or a form has joined; return False for one that has done so before."""
    table, request = tables.RequestJoin, tables.Request
    ended = select(col(request.id)).where(col(request.state).in_(list(FREES_JOINED)))
    before = (col(table.source_key) == new.origin.key) & col(table.request_id).in_(ended)
    await act.session.execute(delete(table).where(before))
    row = {"source_key": new.origin.key, "request_id": act.subject_id, "person_id": new.filed_by, "at": act.now}
    row["read_to"] = new.origin.read_to
    return await add_once(act.session, table, **row)


async def leave(act: RequestAct, why: str) -> str:
    """Take back what those say for whom somebody speaks who has joined the request; return who they are, by name.

    Their threads say so in place of the request's card, and can open a request of their own.
    """
    session, number = act.session, act.subject_id
    demands = [each for each in await demands_of(session, number) if await act.speaks_for(each)]
    teams = [act.snapshot.team(each.team_id) for each in demands]
    people = {act.person_id, *(each.person_id for each in demands)}
    people.update(member for team in teams if team is not None for member in team.member_ids)
    join, follower = tables.RequestJoin, tables.RequestFollower
    theirs = (col(join.request_id) == number) & col(join.person_id).in_(people)
    keys = (await session.execute(select(col(join.source_key)).where(theirs))).scalars().all()
    await session.execute(delete(join).where(theirs))
    follow = (col(follower.request_id) == number) & col(follower.person_id).in_(people)
    await session.execute(delete(follower).where(follow))
    for each in demands:
        keep(act, await act.note("leave", team=each.team_id), why)
        await session.delete(each)
    names = [team.name for team in teams if team is not None]
    person = act.snapshot.person(act.person_id)
    who = " and ".join(names) or (person.name if person is not None else "") or "Somebody"
    card = await act.redraw()
    for key in keys:
        place = OpenValue(*thread_of(key)) if any(thread_of(key)) else OpenValue(asset_id=card.asset_id)
        await act.revise(joined_key(number, key), blocks.left(card, who, place))
    return who


async def _put_demand(act: RequestAct, new: NewRequest) -> bool:
    """Note what a team says; return whether the hours stay that it had given, which it knows better."""
    table, row = tables.RequestDemand, demand_row(act.subject_id, new, act.now)
    row.asked = [asked_by(new)]
    mine = col(table.team_id) == new.team_id if new.team_id is not None else col(table.team_id).is_(None)
    query = select(table).where(col(table.request_id) == act.subject_id, mine)
    if new.team_id is None:
        query = query.where(col(table.person_id) == new.filed_by)
    before = (await act.session.execute(query.with_for_update())).scalar_one_or_none()
    if before is None:
        act.session.add(row)
        return False
    held = await actors.holders(act.session, [before.team_id], people=[act.snapshot.person(before.person_id)])
    if not rights.may(actors.actor(act.person_id), Right.REQUEST, held):
        raise NotAllowedError(_NOT_YOURS)
    is_better = _weight(row) >= _weight(before) or not _hours(before)
    _put_news(before, row, is_better=is_better)
    return not is_better and bool(_hours(row))


def _put_news(before: tables.RequestDemand, row: tables.RequestDemand, *, is_better: bool) -> None:
    """Let a team's row say what one of its people says anew; what they leave out, or know less well, stays."""
    hours = ("lost_people", "lost_times", "lost_hours")
    said = {
        DemandPart.LOST: hours if _hours(row) and is_better else (),
        DemandPart.BLOCKED: ("blocked_people", "blocked_share", "blocked_until", "block_asked_on")
        if row.blocked_people
        else (),
        DemandPart.NEEDED_BY: ("needed_by", "needed_asked_on") if row.needed_by is not None else (),
    }
    drafted = {
        part for part, names in said.items() for its in [row if names else before] if part in its.drafted.split()
    }
    new = {part for part, names in said.items() if names} | ({MISS_COST} if row.miss_hours is not None else set())
    sign(before, new, row.person_id, row.at, evidence=row.evidence)
    before.authors = {
        **(before.authors or {}),
        **{part: its for part, its in (row.authors or {}).items() if part in new},
    }
    cost = ("miss_hours",) if row.miss_hours is not None else ()
    for name in (*(name for names in said.values() for name in names), *cost, "person_id", "at", "confirmed_at"):
        setattr(before, name, getattr(row, name))
    before.drafted = " ".join(sorted(drafted))
    before.asked = [*(before.asked or ()), *(row.asked or ())]


def _hours(row: tables.RequestDemand) -> float:
    return row.lost_people * row.lost_times * row.lost_hours


def _weight(row: tables.RequestDemand) -> float:
    return EvidenceKind(row.evidence or EvidenceKind.GUESSED).weight


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
            message=blocks.joined_card(act.card, OpenValue(*thread_of(origin.key))),
            at=act.now,
            thread_ts=origin.thread_ts if origin.channel_id else "",
            fallbacks=places[1:],
        )

"""Requests as somebody may see them: a private one is for those who asked for it and the DevOps team alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.backlog.merges import as_part
from bot.domain.backlog.requests import (
    AT_DELIVERY,
    ENDED,
    OF_JOINED,
    OPEN,
    RequestCard,
    RequestState,
    Step,
    as_joined,
    require_open,
)
from bot.domain.pages import FirstOf
from bot.domain.rights import Holders, Right, may
from bot.errors import NotFoundError
from bot.services import actors, devops_team
from bot.services.backlog._cards import UNKNOWN, acting
from bot.services.backlog._families import parts_of, whole_of
from bot.services.backlog._loaded import card_of, listed, loaded
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.inserts import add_once
from bot.store.journal import audit


async def everything(deps: Deps, snapshot: Snapshot, *, is_open: bool = False) -> list[RequestCard]:
    """Return all requests, or all that are open, for an administrator at the command line.

    What became part of another one has its own day, estimate and people here: nothing of it is lost.
    """
    table, now = tables.Request, deps.clock.now()
    query = select(table).order_by(col(table.id))
    if is_open:
        query = query.where(col(table.state).in_([state.value for state in OPEN]))
    async with deps.database.reading() as session:
        cards = [card_of(snapshot, row, now=now) for row in (await session.execute(query)).scalars()]
        return await listed(session, snapshot, cards, now=now)


async def mine(
    deps: Deps, snapshot: Snapshot, person_id: int | None, count: int, *, start: int = 0, are_over: bool = True
) -> FirstOf[RequestCard]:
    """Return what somebody and their teams have asked for or said something of, the newest first, from `start` on.

    What somebody works on is among it while it is open. Without those that are over, what waits for an answer of theirs
    comes first.
    """
    if person_id is None:
        return FirstOf()
    t = tables.core(tables.Request).c
    teams = [team.id for team in snapshot.teams_of(person_id)]
    own = or_(t.asked_by == person_id, t.filed_by == person_id)
    works_on = and_(t.assignee_id == person_id, t.state.in_([state.value for state in OPEN]))
    d = tables.core(tables.RequestDemand).c
    theirs = (select(d.request_id).where(said) for said in (d.team_id.in_(teams), d.person_id == person_id))
    wanted = or_(own, works_on, t.team_id.in_(teams), *(t.id.in_(each) for each in theirs))
    if not devops_team.is_member(deps, snapshot, person_id):
        wanted = and_(wanted, or_(own, t.is_private.is_(False)))
    order: list[ColumnElement[Any]] = [t.id.desc()]
    if not are_over:
        wanted = and_(wanted, t.state.not_in([state.value for state in ENDED]))
        order = [case((t.state == RequestState.DELIVERED.value, 0), else_=1), *order]
    now = deps.clock.now()
    async with deps.database.reading() as session:
        total = (await session.execute(select(func.count()).select_from(tables.Request).where(wanted))).scalar_one()
        rows = await session.execute(select(tables.Request).where(wanted).order_by(*order).limit(count).offset(start))
        return FirstOf(await _shown(session, snapshot, rows.scalars().all(), now=now), total, start)


async def _shown(
    session: AsyncSession, snapshot: Snapshot, rows: Sequence[tables.Request], *, now: datetime
) -> list[RequestCard]:
    """Return requests with the days that count for them; what became part of another one with that of the whole."""
    merged = [row for row in rows if row.merged_into is not None]
    wholes = {row.id: whole for row in merged if (whole := await whole_of(session, row)) is not None}
    each_once = {whole.id: card_of(snapshot, whole, now=now) for whole in wholes.values()}
    cards = [card_of(snapshot, row, now=now, whole=wholes.get(row.id)) for row in rows]
    found = await listed(session, snapshot, [*each_once.values(), *cards], now=now)
    by_number = {each.id: each for each in found[: len(each_once)]}
    shown = found[len(each_once) :]
    return [as_part(each, by_number[wholes[each.id].id], now=now) if each.id in wholes else each for each in shown]


async def one(deps: Deps, snapshot: Snapshot, request_id: int, person_id: int | None) -> RequestCard:
    """Return a request. Raises NotFoundError where there is none, or none that this person may see."""
    async with deps.database.reading() as session:
        row = await session.get(tables.Request, request_id)
        card = await loaded(session, snapshot, row, now=deps.clock.now()) if row is not None else None
    if card is None or not may_see(deps, snapshot, card, person_id):
        raise NotFoundError(UNKNOWN)
    return card


async def answered(deps: Deps, snapshot: Snapshot, request_id: int, person_id: int | None) -> int:
    """Return the request of which somebody says whether it does the job: this one, or their own that is part of it."""
    card = await one(deps, snapshot, request_id, person_id)
    speaks_here = as_seen_by(snapshot, card, person_id) is card or _names(snapshot, person_id) & {*card.joined}
    if speaks_here or not card.parts:
        return request_id
    async with deps.database.reading() as session:
        parts = [card_of(snapshot, row, now=deps.clock.now()) for row in await parts_of(session, request_id)]
    own = [each.id for each in parts if as_seen_by(snapshot, each, person_id) is each]
    return own[0] if own else request_id


async def to_step(
    deps: Deps,
    snapshot: Snapshot,
    *,
    request_id: int,
    person_id: int,
    right: Right,
    step: Step | None = None,
    with_parts: bool = False,
) -> RequestCard:
    """Return a request to somebody who is about to do something to it; `with_parts` is as for `acting`.

    Raises NotAllowedError without the right, and UserError for a step that its state does not allow; what is no step is
    done to open requests alone.
    """
    whose = {"with_parts": with_parts, "with_joined": step in OF_JOINED | AT_DELIVERY}
    async with acting(deps, snapshot, request_id=request_id, person_id=person_id, right=right, **whose) as act:
        if step is not None:
            await act.after(step)
        else:
            require_open(act.card.standing, or_part=with_parts)
        return replace(act.card, version=await act.version())


async def follow(deps: Deps, snapshot: Snapshot, *, request_id: int, person_id: int, is_on: bool) -> RequestCard:
    """Let somebody hear what becomes of a request, or no longer."""
    card = await one(deps, snapshot, request_id, person_id)
    table, key, now = tables.RequestFollower, {"request_id": request_id, "person_id": person_id}, deps.clock.now()
    async with deps.database.transaction() as session:
        if is_on:
            has_changed = await add_once(session, table, **key, at=now)
        else:
            result: Any = await session.execute(delete(table).filter_by(**key))
            has_changed = bool(result.rowcount)
        if has_changed:
            action = "backlog.follow" if is_on else "backlog.unfollow"
            await audit(session, now, person_id, action, f"request:{request_id}")
    return card


def as_seen_by(snapshot: Snapshot, card: RequestCard, person_id: int | None) -> RequestCard:
    """Return a request with what somebody may do about it who is shown it alone; a click checks again.

    Whoever speaks only for a team that has joined it has the steps of such a team, and everybody else none.
    """
    actor = actors.actor(person_id)
    teams = [card.team] if card.team is not None else []
    if may(actor, Right.REQUEST, Holders(tuple(teams), (card.asker, card.filer))):
        return card
    if not actor.is_guest and _names(snapshot, person_id) & {*card.joined, *(whose for _, whose in card.parts)}:
        return as_joined(card)
    return replace(card, steps=frozenset(), may_change=False, for_guest=actor.is_guest)


def _names(snapshot: Snapshot, person_id: int | None) -> set[str]:
    """Return what somebody may have asked as: their own name, and those of their teams."""
    person = snapshot.person(person_id) if person_id is not None else None
    return {person.name, *(each.name for each in snapshot.teams_of(person.id))} if person is not None else set()


def may_see(deps: Deps, snapshot: Snapshot, card: RequestCard, person_id: int | None) -> bool:
    """Whether somebody may see a request."""
    if not card.is_private or person_id in (card.asker.id, card.filer.id):
        return True
    return person_id is not None and devops_team.is_member(deps, snapshot, person_id)

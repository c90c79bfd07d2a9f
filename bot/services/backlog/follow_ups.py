"""What there is to come back to, as the store has it, and the note that it was said."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.backlog.demand import OpenQuestion, open_questions
from bot.domain.backlog.follow_ups import UNCONFIRMED_FOR, FollowUp, FollowUpKind
from bot.domain.backlog.requests import BUILT, OPEN, RequestCard, RequestState
from bot.domain.backlog.savings import REVIEW_DAYS, SavingReview, asked_privately, reviews_due
from bot.domain.recipients import NOBODY, Recipient
from bot.services import devops_team
from bot.services.backlog import ranks
from bot.services.backlog._cards import redraw
from bot.services.backlog._demands import demand_of, has_it
from bot.services.backlog._duty import answer_by
from bot.services.backlog._families import whole_of
from bot.services.backlog._loaded import card_of
from bot.services.backlog._requests_of import concerning
from bot.services.contributors import Telling
from bot.services.daily_limit import TakenError
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.bulk import chunks
from bot.store.inserts import insert_into
from bot.store.journal import audit

_REQUESTS, _DEMANDS = tables.core(tables.Request), tables.core(tables.RequestDemand)
_SAVINGS = tables.core(tables.RequestSaving)
#: How long after a delivery it is asked at most what it saves.
_REVIEWED_FOR = timedelta(REVIEW_DAYS[-1] + 30)
_AWAITED = {
    RequestState.PROPOSED.value: FollowUpKind.FIRST_RESPONSE,
    RequestState.NEEDS_INFO.value: FollowUpKind.INFO,
    RequestState.DELIVERED.value: FollowUpKind.DELIVERY,
}
_TO_DEVOPS = frozenset({FollowUpKind.FIRST_RESPONSE, FollowUpKind.UNANSWERED, FollowUpKind.WAKE})
_AGAIN = {FollowUpKind.DELIVERY: FollowUpKind.UNCONFIRMED, FollowUpKind.FIRST_RESPONSE: FollowUpKind.UNANSWERED}
_TO_ASKER = frozenset({FollowUpKind.INFO, FollowUpKind.DELIVERY})


async def found(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, ids: Collection[int] | None = None
) -> list[FollowUp]:
    """Return all that there is to come back to (of these requests only, where given), oldest first.

    What will be due on a day that is known already is there, too.
    """
    if ids is not None and not ids:
        return []
    table, now = tables.Request, deps.clock.now()
    live = [*(state.value for state in OPEN), RequestState.DELIVERED.value, RequestState.MERGED.value]
    query = select(table).where(or_(col(table.state).in_(live), col(table.delivered_at) >= now - _REVIEWED_FOR))
    rows: dict[int, tables.Request] = {}
    for some in [None] if ids is None else chunks(sorted(ids)):
        theirs = query if some is None else query.where(col(table.id).in_(some))
        rows |= {row.id: row for row in (await session.execute(theirs.order_by(col(table.id)))).scalars()}
    if not rows:
        return []
    cards = {number: card_of(snapshot, row, now=now) for number, row in rows.items()}
    asked = [row for row in rows.values() if await _is_asked_part(session, row, deps)]
    made = [each for number, row in rows.items() for each in _awaited(deps, row, cards[number])]
    made += [each for row in asked for each in _unanswered(deps, row, cards[row.id])]
    made += await _questions(session, deps, snapshot, rows, cards)
    made += await _savings(session, deps, snapshot, rows, cards)
    return made


async def ids_for(session: AsyncSession, deps: Deps, snapshot: Snapshot, keys: Collection[str]) -> set[int]:
    """Return the requests of which these recipients, by their keys, may be told something."""
    found, team = await concerning(session, keys), devops_team.find(deps, snapshot)
    if team is not None and Recipient(team).key in keys:
        table = tables.Request
        is_awaited = (col(table.state) == RequestState.PROPOSED.value) & col(table.responded_at).is_(None)
        is_theirs = select(col(table.id)).where(or_(is_awaited, col(table.snoozed_until).is_not(None)))
        found.update((await session.execute(is_theirs)).scalars())
    return found


def recipient_of(deps: Deps, snapshot: Snapshot, its: FollowUp) -> Recipient:
    """Return who is told: the DevOps team, whoever asked, or the team that it is about."""
    if its.kind in _TO_DEVOPS:
        team = devops_team.find(deps, snapshot)
        return Recipient(team) if team is not None else NOBODY
    team = snapshot.team(its.team_id)
    people = its.card.reachable
    is_persons = its.card.is_private or its.kind in _TO_ASKER or team is None or team.is_gone
    if is_persons and people:
        return Recipient(person=people[0])
    return Recipient(team) if team is not None and not its.card.is_private else Recipient(person=its.card.asker)


async def note_said(telling: Telling, deps: Deps, snapshot: Snapshot, its: FollowUp) -> None:
    """Note that this is said. Raises TakenError when another process has said it just now."""
    session, today = telling.session, telling.today
    statement: Any
    t, number = _REQUESTS.c, its.card.id
    match its.kind:
        case FollowUpKind.DATE:
            asked = _DEMANDS.c.needed_asked_on
            statement = update(_DEMANDS).where(_DEMANDS.c.id == its.demand_id, asked.is_(None) | (asked <= its.since))
            statement = statement.values(needed_asked_on=today)
        case FollowUpKind.BLOCK:
            asked = _DEMANDS.c.block_asked_on
            statement = update(_DEMANDS).where(_DEMANDS.c.id == its.demand_id, asked.is_(None) | (asked <= its.since))
            statement = statement.values(block_asked_on=today)
        case FollowUpKind.SAVING:
            insert = insert_into(_SAVINGS, session.get_bind().dialect.name)
            row = {"request_id": number, "team_id": its.team_id, "day": its.days, "asked_at": telling.now}
            statement = insert.values(**row).on_conflict_do_nothing()
        case FollowUpKind.WAKE:
            statement = update(_REQUESTS).where(t.id == number, t.snoozed_until == its.since)
            statement = statement.values(snoozed_until=None)
        case _:
            before = t.reminded_on.is_(None) | (t.reminded_on != today)
            statement = update(_REQUESTS).where(t.id == number, t.state == its.card.state.value, before)
            statement = statement.values(reminded_on=today)
    result: Any = await session.execute(statement)
    if not result.rowcount:
        raise TakenError
    if its.kind is FollowUpKind.WAKE:
        await _awake(telling, deps, snapshot, number)


async def _awake(telling: Telling, deps: Deps, snapshot: Snapshot, request_id: int) -> None:
    """Draw the messages of a request anew that is snoozed no longer; its time for a first answer begins now."""
    session, now = telling.session, telling.now
    row = await session.get_one(tables.Request, request_id, populate_existing=True)
    team = devops_team.find(deps, snapshot)
    if row.responded_at is None and team is not None:
        row.answer_by = await answer_by(deps, snapshot, Recipient(team))
    await redraw(session, deps, snapshot, row, at=now)
    await audit(session, now, "baton", "backlog.wake", f"request:{request_id}")


def _awaited(deps: Deps, row: tables.Request, card: RequestCard) -> Iterator[FollowUp]:
    """Yield what somebody has to say to a request, and the day until which it is snoozed."""
    if row.snoozed_until is not None and card.state in OPEN:
        yield FollowUp(kind=FollowUpKind.WAKE, card=card, since=row.snoozed_until)
        return
    kind = _AWAITED.get(row.state)
    is_answered = kind is FollowUpKind.FIRST_RESPONSE and row.responded_at is not None
    if kind is None or is_answered:
        return
    yield from _since(deps, row, card, kind, row.state_at)


def _unanswered(deps: Deps, row: tables.Request, card: RequestCard) -> Iterator[FollowUp]:
    """Yield that a team has not said whether it has what it asked for, of what became part of another request."""
    if row.delivered_at is not None:
        yield from _since(deps, row, card, FollowUpKind.DELIVERY, row.delivered_at)


async def _is_asked_part(session: AsyncSession, row: tables.Request, deps: Deps) -> bool:
    """Whether a part of another request is there for its team, which has not said yet whether it does the job."""
    is_part = row.state == RequestState.MERGED.value and row.confirmed_at is None and row.delivered_at is not None
    if not is_part or row.delivered_at is None or deps.clock.now() - row.delivered_at > UNCONFIRMED_FOR:
        return False
    whole = await whole_of(session, row)
    if whole is None or whole.state in BUILT:
        return whole is not None
    return whole.state in OPEN and all(each.get("is_done") for each in row.items)


def _since(
    deps: Deps, row: tables.Request, card: RequestCard, kind: FollowUpKind, begun: datetime
) -> Iterator[FollowUp]:
    """Yield what is awaited since a moment, and what is said of it once it was asked twice."""
    since = begun.date()
    is_first = kind is FollowUpKind.FIRST_RESPONSE
    is_said = row.reminded_on is not None and (row.reminded_on >= since if is_first else row.reminded_on > since)
    allowed = timedelta(hours=deps.devops.first_response_hours, seconds=row.waited_seconds)
    one = FollowUp(
        kind=kind,
        card=card,
        since=begun,
        said_on=row.reminded_on if is_said else None,
        team_id=row.team_id,
        allowed=allowed,
    )
    yield one
    is_given_up = kind is FollowUpKind.DELIVERY and deps.clock.now() - begun > UNCONFIRMED_FOR
    if kind in _AGAIN and is_said and not is_given_up:
        yield replace(one, kind=_AGAIN[kind], said_on=None)


async def _questions(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    rows: Mapping[int, tables.Request],
    cards: Mapping[int, RequestCard],
) -> list[FollowUp]:
    """Return what the teams are asked because a day that they named is over."""
    opens = await _open_or_part_of_open(session, rows, cards)
    table, made, weeks = tables.RequestDemand, list[FollowUp](), ranks.settings_of(deps).block_weeks
    found = list[tables.RequestDemand]()
    for some in chunks(sorted(opens)):
        query = select(table).where(col(table.request_id).in_(some)).order_by(col(table.id))
        found += (await session.execute(query)).scalars()
    for row in found:
        if has_it(rows[row.request_id], row):
            continue
        demand = demand_of(row, snapshot)
        for question, on in open_questions(demand, today=date.max, usual_block_weeks=weeks).items():
            is_date = question is OpenQuestion.STILL_NEEDED
            asked = row.needed_asked_on if is_date else row.block_asked_on
            made.append(
                FollowUp(
                    kind=FollowUpKind.DATE if is_date else FollowUpKind.BLOCK,
                    card=cards[row.request_id],
                    since=on,
                    said_on=asked if asked is not None and asked > on else None,
                    team_id=row.team_id,
                    demand_id=row.id,
                    is_assumed=not is_date and row.blocked_until is None,
                )
            )
    return made


async def _open_or_part_of_open(
    session: AsyncSession, rows: Mapping[int, tables.Request], cards: Mapping[int, RequestCard]
) -> set[int]:
    """Return those of these requests that are open, or part of one that is, over however many merges."""
    into = {number: row.merged_into for number, row in rows.items() if cards[number].state is RequestState.MERGED}
    ahead = {each for each in into.values() if each is not None}
    states = {number: card.state for number, card in cards.items()}
    while ahead := ahead - states.keys():
        t = _REQUESTS.c
        query = select(t.id, t.state, t.merged_into).where(t.id.in_(ahead))
        for number, state, further in (await session.execute(query)).all():
            states[number] = RequestState(state)
            if states[number] is RequestState.MERGED and further is not None:
                into[number] = further
                ahead.add(further)
    whole = {number: further for number, further in into.items() if further is not None}
    return {number for number in rows if states.get(ranks.target(number, whole)) in OPEN}


async def _savings(
    session: AsyncSession,
    deps: Deps,
    snapshot: Snapshot,
    rows: Mapping[int, tables.Request],
    cards: Mapping[int, RequestCard],
) -> list[FollowUp]:
    """Return what the teams are asked some weeks after a delivery, once it is said that it does the job."""
    ended = (RequestState.DELIVERED.value, RequestState.CONFIRMED.value)
    since = deps.clock.now() - _REVIEWED_FOR
    delivered = {
        number: row.delivered_at.date()
        for number, row in rows.items()
        if row.state in ended and row.delivered_at is not None and row.delivered_at >= since
    }
    if not delivered:
        return []
    table, asked = tables.RequestSaving, dict[int, list[SavingReview]]()
    for some in chunks(delivered):
        for row in (await session.execute(select(table).where(col(table.request_id).in_(some)))).scalars():
            team = snapshot.team(row.team_id)
            review = SavingReview(
                request_id=row.request_id, team=team.name if team else "", after_days=row.day, claimed_hours=0
            )
            asked.setdefault(row.request_id, []).append(review)
    made, today, settings = list[FollowUp](), deps.clock.now().date(), ranks.settings_of(deps)
    confirmed = {number for number in delivered if rows[number].state == RequestState.CONFIRMED.value}
    said_yes = await _said_yes(session, delivered.keys() - confirmed)
    for request in await ranks.with_demands(session, deps, snapshot, [rows[number] for number in delivered]):
        on = delivered[request.id]
        privately = asked_privately(request)
        # That of today, and those of the days that are to come.
        for day in (today, *(on + timedelta(each) for each in REVIEW_DAYS if on + timedelta(each) > today)):
            for due in reviews_due(request, settings, delivered_on=on, asked=asked.get(request.id, ()), today=day):
                team = snapshot.team_by_name(due.team)
                if team is None:
                    continue
                if request.id in confirmed or (request.id, team.id) in said_yes:
                    card = replace(cards[request.id], team=team)
                    if (asker := snapshot.person(privately.get(due.team))) is not None:
                        card = replace(card, asker=asker, filer=asker, is_private=True)
                    made.append(_saving(card, team.id, on, due.after_days))
    return made


async def _said_yes(session: AsyncSession, ids: Collection[int]) -> set[tuple[int, int | None]]:
    """Return the teams that have said for themselves that a delivery does the job, each with the request."""
    d, t, found = _DEMANDS.c, _REQUESTS.c, set[tuple[int, int | None]]()
    for some in chunks(ids):
        joined = select(d.request_id, d.team_id).where(d.request_id.in_(some), d.confirmed_at.is_not(None))
        parts = select(t.merged_into, t.team_id).where(t.merged_into.in_(some), t.confirmed_at.is_not(None))
        for query in (joined, parts):
            found.update((number, team_id) for number, team_id in await session.execute(query))
    return found


def _saving(card: RequestCard, team_id: int, delivered_on: date, days: int) -> FollowUp:
    return FollowUp(
        kind=FollowUpKind.SAVING, card=card, since=delivered_on + timedelta(days), team_id=team_id, days=days
    )

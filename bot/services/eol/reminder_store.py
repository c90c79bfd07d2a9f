"""What the store remembers of reminders and their answers, and the cards that are made of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from sys import intern
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.catalog import AssetKind
from bot.domain.eol.answers import Answer, AnswerKind
from bot.domain.eol.exposure import Watch
from bot.domain.eol.feed import Freshness, freshness
from bot.domain.eol.milestones import DeadlineKind, Milestone
from bot.domain.eol.records import Product
from bot.domain.eol.reminders import (
    Card,
    ClosedCard,
    DateMove,
    FactsAge,
    HelpAsked,
    Remembered,
    holder_of,
)
from bot.domain.eol.resolution import Resolution, saved_by
from bot.domain.eol.responsibility import Addressee, CycleKey, responsible_for
from bot.domain.eol.terms import answered
from bot.domain.ownership import all_taken_by
from bot.domain.records import PersonRecord, TeamRecord
from bot.services import devops_team
from bot.services.deps import Deps
from bot.services.eol import reminder_answers
from bot.services.eol.evidence import evidence_for
from bot.services.eol.exposure import Watcher
from bot.services.eol.facts import Facts
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.bulk import chunks

#: Reminders read at a time: making records of them takes some five milliseconds.
_CHUNK = 250
#: So many addressees are asked for at a time.
_MANY = 500

#: How old dates are that the catalog says, which no feed has to confirm.
_OWN_DATES = FactsAge(None, Freshness.FRESH)

_T = tables.core(tables.Reminder).c
_TAKEN_OVER = select(_T.id, _T.addressee, _T.product, _T.cycle, _T.delegated_to).where(
    _T.resolved_at.is_(None), _T.delegated_to.is_not(None)
)
#: (product, cycle): what the moves of dates are found by.
Moves = Mapping[tuple[str, str], tuple[DateMove, ...]]


async def remembered(
    session: AsyncSession,
    *,
    reminder_ids: Collection[int] | None = None,
    addressee: str | None = None,
    is_open: bool = True,
) -> list[Remembered]:
    """Return reminders with the answers in force and the people who gave them, by id.

    All that are open; of `reminder_ids` or `addressee` only where these are given. With `is_open` False the resolved
    ones, too.
    """
    table, conditions = tables.Reminder, list[ColumnElement[bool]]()
    if is_open:
        conditions.append(col(table.resolved_at).is_(None))
    if reminder_ids is not None:
        conditions.append(col(table.id).in_(reminder_ids))
    if addressee is not None:
        conditions.append(col(table.addressee) == addressee)
    rows = (await session.execute(select(tables.core(table)).where(*conditions).order_by(col(table.id)))).all()
    return await _with_answers(session, rows, conditions)


async def told_to(session: AsyncSession, addressees: Iterable[str]) -> AsyncIterator[list[Remembered]]:
    """Yield the open reminders of these addressees, and those that their teams have taken over.

    Some hundred at a time, so that the event loop has its turn in between.
    """
    table, keys = tables.Reminder, sorted(addressees)
    is_open = select(col(table.id)).where(col(table.resolved_at).is_(None))
    for start in range(0, len(keys), _MANY):
        some = keys[start : start + _MANY]
        teams = [int(key.removeprefix("team:")) for key in some if key.startswith("team:")]
        # Each of the two has its index: asked for both at once, SQLite goes through all reminders.
        theirs = is_open.where(col(table.addressee).in_(some)).union(is_open.where(col(table.delegated_to).in_(teams)))
        ids = sorted((await session.execute(theirs)).scalars())
        for first in range(0, len(ids), _CHUNK):
            yield await remembered(session, reminder_ids=ids[first : first + _CHUNK])


async def told(session: AsyncSession, ids: Collection[int] | None = None) -> set[str]:
    """Return the keys of whoever is told of these reminders, or of all that are open."""
    table, found = tables.Reminder, set[str]()
    query = select(col(table.addressee), col(table.delegated_to)).distinct()
    for some in [None] if ids is None else chunks(sorted(ids)):
        is_meant = col(table.resolved_at).is_(None) if some is None else col(table.id).in_(some)
        for addressee, team in await session.execute(query.where(is_meant)):
            found |= {addressee} if team is None else {addressee, f"team:{team}"}
    return found


async def taken_over(session: AsyncSession) -> dict[CycleKey, int]:
    """Return the ids of the teams that have taken release cycles over, by whose and which cycle.

    A cycle that ends has at least one open reminder, so the open ones tell of those whose next deadline has none yet.
    """
    # Asked to sort by their ids, SQLite goes through all reminders.
    rows = sorted((await session.execute(_TAKEN_OVER)).all())
    return {(addressee, product, cycle): team for _, addressee, product, cycle, team in rows if team is not None}


async def takers_of(session: AsyncSession, snapshot: Snapshot) -> dict[CycleKey, TeamRecord]:
    """Return the teams that have taken release cycles over, by whose and which cycle."""
    found = {key: snapshot.team(team) for key, team in (await taken_over(session)).items()}
    return {key: team for key, team in found.items() if team is not None}


async def plans_of(session: AsyncSession, cycles: Collection[CycleKey]) -> dict[CycleKey, Answer]:
    """Return the plans in force for these release cycles, by whose and which they are."""
    found: dict[CycleKey, Answer] = {}
    for owner in sorted({owner for owner, _, _ in cycles}):
        for reminder in await remembered(session, addressee=owner):
            plan = next((each for each in reminder.answers if each.kind is AnswerKind.PLANNED), None)
            if plan is not None and reminder.cycle_key in cycles:
                found[reminder.cycle_key] = plan
    return found


async def _with_answers(
    session: AsyncSession, rows: Sequence[Any], conditions: Sequence[ColumnElement[bool]]
) -> list[Remembered]:
    if not rows:
        return []
    answers = await reminder_answers.in_force(session, conditions)
    ids = reminder_answers.people_in(rows, "claimed_by")
    ids |= reminder_answers.people_in(answers, "person_id", "decided_by")
    people = await reminder_answers.people_of(session, ids) if ids else {}
    by_reminder: dict[int, list[Answer]] = {}
    for row in answers:
        by_reminder.setdefault(row.reminder_id, []).append(reminder_answers.as_answer(row, people))
    for reminder_id, shared in await reminder_answers.shared(session, conditions):
        by_reminder.setdefault(reminder_id, []).append(shared)
        by_reminder[reminder_id].sort(key=lambda each: each.id, reverse=True)
    helps = await help_asked(session, [row.id for row in rows])
    came = [row for row in rows if row.came_from is not None]
    inherited = await reminder_answers.inherited(session, came) if came else {}
    found = (_remembered(row, tuple(by_reminder.get(row.id, ())), people) for row in rows)
    return [replace(each, help=helps.get(each.id), inherited=inherited.get(each.id)) for each in found]


async def help_asked(session: AsyncSession, reminder_ids: Sequence[int]) -> dict[int, HelpAsked]:
    """Return the requests for help with reminders, by the reminders' ids: those made for them, or joined instead.

    One that became part of another stands as that does.
    """
    request, join = tables.Request, tables.RequestJoin
    keys = {f"reminder:{each}": each for each in reminder_ids}
    columns = col(request.id), col(request.state), col(request.link), col(request.merged_into)
    made = select(col(request.source_key), *columns).where(col(request.source_key).in_(keys))
    joined = (
        select(col(join.source_key), *columns)
        .join(request, col(request.id) == col(join.request_id))
        .where(col(join.source_key).in_(keys))
    )
    rows = [*await session.execute(joined), *await session.execute(made)]
    found = {keys[key]: HelpAsked(number, state, link) for key, number, state, link, _ in rows}
    parts = {keys[key]: into for key, *_, into in rows if into is not None}
    seen = set(parts.values())
    while parts:
        wanted = select(col(request.id), *columns[1:]).where(col(request.id).in_(set(parts.values())))
        wholes = {number: (state, link, into) for number, state, link, into in await session.execute(wanted)}
        for each, number in parts.items():
            state, link, _ = wholes[number]
            found[each] = replace(found[each], state=state, link=link)
        ahead = {each: wholes[number][2] for each, number in parts.items()}
        parts = {each: into for each, into in ahead.items() if into is not None and into not in seen}
        seen |= set(parts.values())
    return found


async def card_of(deps: Deps, watcher: Watcher, session: AsyncSession, reminder_id: int) -> Card | ClosedCard | None:
    """Return what the root message of a reminder shows now; None when nothing is known of it.

    That is so, too, for one that is open and that nothing is watched for: the facts have lost its date, or the evidence
    that closes it has not been looked at yet.
    """
    found = await remembered(session, reminder_ids=[reminder_id], is_open=False)
    if not found:
        return None
    watches = await watcher.current()
    [reminder] = found
    row = await session.get_one(tables.Reminder, reminder_id)
    if row.resolved_at is not None:
        return await closed_card(watcher, session, reminder, row.resolution)
    watch = watches.by_key.get(reminder.key)
    if watch is None:
        return None
    moves = await moves_of(session, [watch])
    return card(deps, watcher, reminder, watch, moves)


async def closed_card(watcher: Watcher, session: AsyncSession, reminder: Remembered, resolution: str) -> ClosedCard:
    """Return what the root message shows once the reminder is resolved, with what its assets run now."""
    product = watcher.facts.table.get(reminder.product)
    found = await evidence_for(watcher, session, [reminder])
    evidence = found[reminder.id].runs(await watcher.current(), reminder.product)
    cycle = (
        next((each for each in product.cycles if each.name == reminder.cycle), None) if product is not None else None
    )
    is_upgraded = resolution == Resolution.UPGRADED
    return ClosedCard(
        reminder=reminder,
        product=product.label or product.key if product is not None else reminder.product.rpartition(":")[2],
        cycle=(cycle.label or cycle.name) if cycle is not None else reminder.cycle,
        resolution=resolution,
        evidence=evidence,
        saved=saved_by(cycle, evidence, watcher.today(Addressee())) if is_upgraded else {},
    )


def card(deps: Deps, watcher: Watcher, reminder: Remembered, watch: Watch, moves: Moves) -> Card:
    """Return what the root message of an open reminder shows."""
    reminder = answered(reminder, watch) if reminder.answers else reminder
    offer = next((each for each in reminder.answers if each.kind is AnswerKind.DELEGATED), None)
    is_offered = offer is not None and offer.decided_by is None
    taker = watcher.snapshot.team(reminder.delegated_to) if reminder.delegated_to is not None else None
    holder = holder_of(watch, taker)
    return Card(
        reminder=reminder,
        watch=watch,
        today=watcher.today(holder),
        facts=_OWN_DATES if watch.product.asset_ref else facts_age(watcher.facts, deps.clock.now()),
        moves=moves.get((watch.product.key, watch.cycle.name), ()),
        taker=taker,
        offered_to=_name(watcher.snapshot, offer.team_id) if offer is not None and is_offered else "",
        may_ask_for_help=devops_team.takes_requests(deps, watcher.snapshot, of=holder.team),
        library_id=_library_id(deps, watcher, watch.product) if watch.product.asset_ref else None,
        handoffs=_handoffs(watcher.snapshot, watch),
    )


def _handoffs(snapshot: Snapshot, watch: Watch) -> tuple[tuple[int, int], ...]:
    """Return which assets of a watch are in a handoff with all that its addressee has of them."""
    giver = watch.addressee.team
    if giver is None:
        return ()
    assets = {one.asset.id: one.asset for one in watch.runs}
    # What has no handoff itself can only be in one of what it is a part of.
    maybe = {key: each for key, each in assets.items() if each.matters.handoffs or each.parent_id is not None}
    found = ((key, all_taken_by([each], snapshot, giver_id=giver.id)) for key, each in maybe.items())
    return tuple((each, its.number) for each, its in found if its is not None)


async def said_to(session: AsyncSession, addressee: str, day: date) -> list[Remembered]:
    """Return the open reminders that an addressee is told of and was last told of on that day, the nearest first."""
    table = tables.Reminder
    then = select(col(table.id)).where(col(table.said_on) == day, col(table.resolved_at).is_(None))
    # One after the other, because a database that reads an OR goes through all that are open.
    parts = [then.where(col(table.addressee) == addressee, col(table.delegated_to).is_(None))]
    if (number := addressee.removeprefix("team:")).isdecimal():
        parts.append(then.where(col(table.delegated_to) == int(number)))
    ids = [found for part in parts for found in (await session.execute(part)).scalars()]
    told = await remembered(session, reminder_ids=ids)
    return sorted(told, key=lambda each: (each.deadline, each.id))


async def moves_of(session: AsyncSession, watches: Iterable[Watch]) -> Moves:
    """Return how the dates of these cycles have moved, the oldest move first."""
    wanted = {(watch.product.key, watch.cycle.name) for watch in watches}
    if not wanted:
        return {}
    table = tables.DateChange
    query = select(tables.core(table)).where(col(table.product).in_({key for key, _ in wanted})).order_by(col(table.id))
    found: dict[tuple[str, str], list[DateMove]] = {}
    for row in await session.execute(query):
        if (row.product, row.cycle) in wanted:
            found.setdefault((row.product, row.cycle), []).append(DateMove(row.clock, row.before, row.after, row.at))
    return {key: tuple(moves) for key, moves in found.items()}


def facts_age(facts: Facts, now: datetime) -> FactsAge:
    """Return where the dates come from, and how far they are trusted."""
    return FactsAge(facts.confirmed_at, freshness(facts.confirmed_at, now))


def _library_id(deps: Deps, watcher: Watcher, product: Product) -> int | None:
    """Return the id of the shared library that a product is; None unless it is of the team that takes requests."""
    asset = watcher.snapshot.directory.by_ref(product.asset_ref)
    devops = devops_team.find(deps, watcher.snapshot)
    if asset is None or devops is None or asset.kind is not AssetKind.LIBRARY:
        return None
    owner = responsible_for(asset, watcher.snapshot, now=deps.clock.now(), stale_after=deps.stale_after).addressee.team
    return asset.id if owner is not None and owner.id == devops.id else None


def _name(snapshot: Snapshot, team_id: int | None) -> str:
    team: TeamRecord | None = snapshot.team(team_id) if team_id is not None else None
    return team.name if team is not None else ""


def _remembered(row: Any, answers: tuple[Answer, ...], people: Mapping[int, PersonRecord]) -> Remembered:
    return Remembered(
        id=row.id,
        addressee=intern(row.addressee),  # a report of everything holds thousands
        product=intern(row.product),
        cycle=intern(row.cycle),
        kind=DeadlineKind(row.kind),
        deadline=row.deadline,
        opened_on=row.opened_on,
        milestone=Milestone(row.milestone) if row.milestone is not None else None,
        said_on=row.said_on,
        root_key=row.root_key,
        claimed_by=people.get(row.claimed_by) if row.claimed_by is not None else None,
        claimed_at=row.claimed_at,
        delegated_to=row.delegated_to,
        answers=answers,
    )

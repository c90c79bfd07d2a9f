"""Requests as their messages and lists show them: with what became part of them, and with all who need them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.backlog.demand import Estimate
from bot.domain.backlog.merges import as_part, asked_by_parts, whose, with_parts
from bot.domain.backlog.rank import lost_hours_per_month, people_blocked
from bot.domain.backlog.requests import (
    GOES_ON,
    ItemType,
    RequestCard,
    RequestItem,
    RequestStanding,
    RequestState,
    Step,
    may_take,
    may_take_joined,
)
from bot.domain.catalog import AssetKind
from bot.domain.ownership import all_taken_by
from bot.services.backlog import drafts
from bot.services.backlog._dates import dated, first_day, wholes_of
from bot.services.backlog._demands import asked_too, demand_of, demands_of, has_it, is_own, is_said_privately
from bot.services.backlog._families import parts_of, whole_of
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.bulk import chunks


def card_of(
    snapshot: Snapshot, row: tables.Request, *, now: datetime, whole: tables.Request | None = None
) -> RequestCard:
    """Return a request as its messages show it; `whole` is the one that it is part of in the end."""
    standing = standing_of(row, whole)
    asset = snapshot.asset(row.asset_id) if row.asset_id is not None else None
    library = asset if asset is not None and asset.kind is AssetKind.LIBRARY else None
    awaits = standing.state is RequestState.PROPOSED and row.responded_at is None
    return RequestCard(
        id=row.id,
        title=row.title,
        items=tuple(item_of(each) for each in row.items),
        standing=standing,
        steps=frozenset(step for step in Step if may_take(step, standing, now=now)),
        joined_steps=frozenset(step for step in Step if may_take_joined(step, standing, now=now)),
        asker=snapshot.somebody(row.asked_by),
        filer=snapshot.somebody(row.filed_by),
        team=snapshot.team(row.team_id),
        assignee=snapshot.somebody(row.assignee_id) if row.assignee_id is not None else None,
        details=row.details,
        technologies=tuple(row.technologies),
        skills_gaps=tuple(row.skills_gaps),
        stays_with_team=tuple(row.stays_with_team),
        reason=row.reason,
        link=row.link,
        permalink=row.permalink,
        needed_by=row.needed_by,
        needed_reason=row.needed_reason,
        snoozed_until=row.snoozed_until,
        answer_by=row.answer_by if awaits and row.snoozed_until is None else None,
        merged_into=row.merged_into,
        whole=card_of(snapshot, whole, now=now) if whole is not None else None,
        is_private=row.is_private,
        estimate=estimate_of(snapshot, row),
        asset_id=row.asset_id,
        asset=asset.name if asset is not None else "",
        library=library.name if library is not None else "",
        library_link=library.links[0].url if library is not None and library.links else "",
        handoff_id=_handoff_of(snapshot, row),
    )


def _handoff_of(snapshot: Snapshot, row: tables.Request) -> int | None:
    """Return the handoff by which all that its giver has of what a request is about passes to the requesting team."""
    asset = snapshot.asset(row.asset_id) if row.asset_id is not None else None
    if asset is None:
        return None
    givers = [each.giver_team_id for each in asset.matters.handoffs if each.receiver_team_id == row.team_id]
    found = (all_taken_by([asset], snapshot, giver_id=each, to=(row.team_id,)) for each in givers)
    return next((taken.number for taken in found if taken is not None), None)


async def loaded(session: AsyncSession, snapshot: Snapshot, row: tables.Request, *, now: datetime) -> RequestCard:
    """Return a request with those that became part of it, the teams that have joined it, and what it is part of."""
    whole = await whole_of(session, row)
    card = await _with_others(session, snapshot, row, whole, now=now)
    if whole is None:
        return card
    return as_part(card, await _with_others(session, snapshot, whole, None, now=now), now=now)


async def listed(
    session: AsyncSession, snapshot: Snapshot, cards: Sequence[RequestCard], *, now: datetime
) -> list[RequestCard]:
    """Return requests as lists show them: with the days of all who need them, and what only their parts ask for."""
    into = await wholes_of(session, [each.id for each in cards])
    table, parts = tables.Request, dict[int, list[RequestCard]]()
    for some in chunks(sorted(into)):
        for row in (
            await session.execute(select(table).where(col(table.id).in_(some)).order_by(col(table.id)))
        ).scalars():
            parts.setdefault(into[row.id], []).append(card_of(snapshot, row, now=now))
    shown = [with_parts(each, parts.get(each.id, ())) for each in cards]
    return await dated(session, snapshot, shown, into, today=now.date())


async def _with_others(
    session: AsyncSession, snapshot: Snapshot, row: tables.Request, whole: tables.Request | None, *, now: datetime
) -> RequestCard:
    """Return a request with all who need it; `whole` is the one that it is part of in the end."""
    rows = await parts_of(session, row.id)
    parts = [card_of(snapshot, each, now=now) for each in rows]
    confirmed = frozenset(each.id for each in rows if each.confirmed_at is not None)
    card = with_parts(card_of(snapshot, row, now=now, whole=whole), parts)
    demands = await demands_of(session, row.id)
    said = [*demands, *(await demands_of(session, *(each.id for each in parts)) if parts else ())]
    joined = [each for each in demands if not is_own(row, each)]
    by_number = {each.id: each for each in (row, *rows)}
    lost = [each for each in said if not (card.is_changeable and has_it(by_number[each.request_id], each))]
    counted = [demand_of(each, snapshot) for each in lost]
    own = {card.asker.name, card.filer.name, *([card.team.name] if card.team is not None else [])}
    whose_are: dict[bool, set[str]] = {True: set(), False: own}
    for each in said:
        is_private = not row.is_private and is_said_privately(by_number[each.request_id], each)
        whose_are[is_private] |= {_whose(snapshot, each), snapshot.somebody(each.person_id).name}
    card = first_day(card, lost, by_number, snapshot, today=now.date())
    asked = [one for each in said for one in asked_too(each, _whose(snapshot, each))]
    asked += asked_by_parts(card, [(part, its.channel_id) for part, its in zip(parts, rows, strict=True)])
    names = await asyncio.to_thread(drafts.names_of, row.technologies) if row.technologies else {}
    return replace(
        card,
        technologies=tuple(names.get(each, each) for each in row.technologies),
        skills_gaps=tuple(names.get(each, each) for each in row.skills_gaps),
        parts=tuple((each.id, whose(each)) for each in parts),
        confirmed_parts=confirmed,
        hours_a_month=lost_hours_per_month(counted, today=now.date()),
        blocked_people=people_blocked(counted),
        joined=tuple(_whose(snapshot, each) for each in joined),
        asked_too=tuple(asked),
        unnamed=frozenset(whose_are[True] - whose_are[False]),
        private_parts=frozenset(each.id for each in parts if each.is_private and not row.is_private),
        joined_confirmed=frozenset(_whose(snapshot, each) for each in joined if each.confirmed_at is not None),
    )


def _whose(snapshot: Snapshot, demand: tables.RequestDemand) -> str:
    team = snapshot.team(demand.team_id)
    return team.name if team is not None else snapshot.somebody(demand.person_id).name


def standing_of(row: tables.Request, whole: tables.Request | None = None) -> RequestStanding:
    """Return where a request stands, and what it is part of in the end."""
    state = RequestState(row.state)
    return RequestStanding(
        state,
        RequestState(row.state_before or state),
        row.state_at,
        standing_of(whole) if whole is not None else None,
        is_there=state in GOES_ON and bool(row.items) and all(each.get("is_done") for each in row.items),
        does_it=row.confirmed_at is not None,
    )


def estimate_of(snapshot: Snapshot, row: tables.Request) -> Estimate | None:
    """Return how long a request takes, where somebody has estimated it."""
    if row.optimistic_hours is None or row.likely_hours is None or row.pessimistic_hours is None:
        return None
    by, at = snapshot.person(row.estimated_by), row.estimated_at
    return Estimate(
        row.optimistic_hours,
        row.likely_hours,
        row.pessimistic_hours,
        by.name if by else "",
        estimated_on=at.date() if at is not None else None,
        is_from_before=at is not None and row.delivered_at is not None and at < row.delivered_at,
    )


def stored_item(item: RequestItem) -> dict[str, Any]:
    """Return an item as the store keeps it."""
    done = {"is_done": True} if item.is_done else {}
    return {"type": item.type.value, "title": item.title, "why": item.why, "quote": item.quote, **done}


def item_of(stored: Mapping[str, Any]) -> RequestItem:
    """Return an item that the store has kept."""
    why, quote, is_done = stored.get("why", ""), stored.get("quote", ""), bool(stored.get("is_done"))
    return RequestItem(ItemType(stored["type"]), stored["title"], why, quote, is_done)

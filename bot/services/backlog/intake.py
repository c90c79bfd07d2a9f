"""Opening a request: one transaction that makes it once, whoever submits, and however often."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import backlog as blocks
from bot.blocks.request_button import OpenValue
from bot.domain.backlog.new_request import LONGEST_TITLE, NewRequest, thread_key, turn_of
from bot.domain.backlog.requests import (
    FREES_JOINED,
    RequestCard,
    RequestItem,
    RequestState,
    as_joined,
    has_ended,
)
from bot.domain.backlog.thread_news import held_by
from bot.domain.catalog import Area, AssetKind, Role
from bot.domain.names import clean, cut
from bot.domain.ownership import Owned, Verdict
from bot.domain.recipients import Recipient, Told, Via
from bot.domain.records import TeamRecord
from bot.errors import UserError
from bot.services import devops_team, outbox, routing
from bot.services.backlog import offers
from bot.services.backlog._cards import card_key, triage_key
from bot.services.backlog._dates import wholes_of
from bot.services.backlog._demands import demand_row
from bot.services.backlog._duty import answer_by
from bot.services.backlog._loaded import card_of, loaded, stored_item
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.inserts import add_once
from bot.store.journal import audit

#: The keys of messages about one request.
_NAMES_REQUEST = re.compile(r"backlog\.(?:follow_up:)?[a-z_]+:(\d+)(?::.*)?")
NO_DEVOPS = "No team takes requests: ask your Baton administrator to set BATON_DEVOPS_TEAM."


@dataclass(frozen=True, slots=True)
class Opened:
    """The request that was made, or with `is_new` False the one that the same thread or form had made before.

    `told` is where the DevOps team hears of it. With `hours_stay` a team has joined again with hours that it knows less
    well than those that it had given.
    """

    card: RequestCard
    is_new: bool
    told: Told | None = None
    hours_stay: bool = False


@dataclass(frozen=True, slots=True)
class ThreadRequests:
    """The requests of a thread, the oldest first, and the turn in which it would make another.

    Those that are `live` are shown in the place of the form of another one, unless it is asked for: what none of them
    has `held`.
    """

    live: tuple[RequestCard, ...]
    ended: tuple[RequestCard, ...]
    turn: int
    held: tuple[RequestItem, ...]


async def open_request(deps: Deps, snapshot: Snapshot, new: NewRequest) -> Opened:
    """Make a request, with what it costs the requesting team, and tell the DevOps team and the thread.

    What is wrong with it is found before, by `bot.domain.backlog.new_request.problems`. Raises UserError where no
    DevOps team is set.
    """
    team = require_devops(deps, snapshot)
    now, due = deps.clock.now(), await answer_by(deps, snapshot, Recipient(team))
    async with deps.database.transaction() as session:
        joined = await _by_key(session, new.origin.key)
        made = joined is None and await _insert(session, new, now, due)
        row = joined or await _by_key(session, new.origin.key)
        assert row is not None  # noqa: S101 - it was there, or has just been made
        card = card_of(snapshot, row, now=now)
        if not made:
            return Opened(card, is_new=False)
        session.add(demand_row(card.id, new, now))
        for person_id in dict.fromkeys((new.asked_by, new.filed_by)):
            session.add(tables.RequestFollower(request_id=card.id, person_id=person_id, at=now))
        await audit(
            session,
            now,
            new.filed_by,
            "backlog.open",
            f"request:{card.id}",
            {"from": new.origin.key, "team": new.team_id, "asked_by": new.asked_by},
        )
        await session.flush()
        card = await loaded(session, snapshot, row, now=now)
        await _show(session, new, card, now)
        await offers.settle(session, deps, new.origin, card)
        told = await _tell(session, deps, snapshot, Recipient(team), card, now)
    return Opened(card, is_new=True, told=told)


def require_devops(deps: Deps, snapshot: Snapshot) -> TeamRecord:
    """Return the team that takes requests. Raises UserError where none is set, or the catalog does not know it."""
    team = devops_team.find(deps, snapshot)
    if team is None:
        raise UserError(NO_DEVOPS)
    return team


def offer(deps: Deps, snapshot: Snapshot, verdict: Verdict, slack_id: str) -> OpenValue | None:
    """Return what an answer's button that asks the DevOps team carries; None where there is nothing to ask.

    That is the area that it owns while another team has the rest, or its library, with which it helps everybody else.
    """
    team = devops_team.find(deps, snapshot)
    if team is None or devops_team.teams_that_ask(deps, snapshot, slack_id) is None or not isinstance(verdict, Owned):
        return None
    held = [each.fact for each in verdict.holdings if each.fact.role is Role.OWNER and each.fact.team_id == team.id]
    area = next((fact.area for fact in held if verdict.is_split and fact.area is not Area.ALL), None)
    if area is not None:
        return OpenValue(asset_id=verdict.asset.id, area=area.value)
    return OpenValue(library_id=verdict.asset.id) if held and verdict.asset.kind is AssetKind.LIBRARY else None


async def existing(deps: Deps, snapshot: Snapshot, key: str) -> RequestCard | None:
    """Return the request that a thread has made or joined already; None when it has done neither, or may ask anew."""
    async with deps.database.reading() as session:
        row = await _by_key(session, key)
        if row is None:
            return None
        card = await loaded(session, snapshot, row, now=deps.clock.now())
        return card if row.source_key == key else as_joined(card)


async def of_thread(deps: Deps, snapshot: Snapshot, channel_id: str, thread_ts: str) -> ThreadRequests:
    """Return the requests that a thread has made or joined."""
    key = thread_key(channel_id, thread_ts)
    async with deps.database.reading() as session:
        keys = await requests_of(session, key)
        rows = [(await session.get_one(tables.Request, number), theirs) for number, theirs in sorted(keys.items())]
        cards = [(await loaded(session, snapshot, row, now=deps.clock.now()), theirs) for row, theirs in rows]
    live, ended, turns = list[RequestCard](), list[RequestCard](), list[int]()
    holding: list[RequestCard] = []
    for (row, theirs), (card, _) in zip(rows, cards, strict=True):
        is_joined = row.source_key not in theirs
        is_over = has_ended(card, is_joined=is_joined)
        (ended if is_over else live).append(as_joined(card) if is_joined else card)
        if not (is_joined and is_over):  # that leaves its turn to the next, which may ask for the same
            turns += map(turn_of, theirs)
            holding.append(card)
    return ThreadRequests(tuple(live), tuple(ended), 1 + max(turns, default=-1), held_by(holding))


async def named_by(deps: Deps, channel_id: str, *timestamps: str) -> int | None:
    """Return the number of the request that one of these messages of Baton's own is about; None for all others."""
    table = tables.OutboxMessage
    is_ours = (col(table.key) >= "backlog.") & (col(table.key) < "backlog/")  # a part of the index of keys
    query = select(col(table.key)).where(
        is_ours, col(table.ts).in_(timestamps), func.coalesce(table.posted_channel, table.channel) == channel_id
    )
    async with deps.database.reading() as session:
        keys = (await session.execute(query)).scalars()
        return next((int(found[1]) for found in map(_NAMES_REQUEST.fullmatch, keys) if found), None)


async def reminders_of(
    deps: Deps, *, request_id: int | None = None, changed_since: datetime | None = None
) -> list[int]:
    """Return the ids of the reminders for which a request was made, or joined: one, or all that moved on since then.

    So are those of what became part of them, which stands as they do.
    """
    request, join = tables.Request, tables.RequestJoin
    wanted = col(request.state_at) >= changed_since if changed_since is not None else col(request.id) == request_id
    async with deps.database.reading() as session:
        ids = set((await session.execute(select(col(request.id)).where(wanted))).scalars())
        wanted = col(request.id).in_(ids | (await wholes_of(session, ids)).keys())
        made = select(col(request.source_key)).where(wanted)
        joined = select(col(join.source_key)).join(request, col(request.id) == col(join.request_id)).where(wanted)
        keys = [*(await session.execute(made)).scalars(), *(await session.execute(joined)).scalars()]
    return [int(key.removeprefix("reminder:")) for key in keys if key.startswith("reminder:")]


async def requests_of(session: AsyncSession, key: str) -> dict[int, list[str]]:
    """Return the requests that a thread has made or joined, by their numbers, each with the keys by which it has."""
    table, join = tables.Request, tables.RequestJoin
    found: dict[int, list[str]] = {}
    for number, source_key in ((col(table.id), col(table.source_key)), (col(join.request_id), col(join.source_key))):
        is_its = (source_key == key) | source_key.startswith(f"{key}:", autoescape=True)
        for each, theirs in (await session.execute(select(number, source_key).where(is_its))).all():
            found.setdefault(each, []).append(theirs)
    return found


async def _by_key(session: AsyncSession, key: str) -> tables.Request | None:
    table, join = tables.Request, tables.RequestJoin
    joined = select(col(join.request_id)).where(col(join.source_key) == key)
    binds = col(table.id).in_(joined) & col(table.state).not_in(list(FREES_JOINED))
    made = select(table).where((col(table.source_key) == key) | binds)
    return (await session.execute(made.order_by(col(table.source_key) != key))).scalars().first()


async def _insert(session: AsyncSession, new: NewRequest, now: datetime, due: datetime) -> bool:
    """Add the row; return False when there is one with its key."""
    origin = new.origin
    row = tables.Request(
        source_key=origin.key,
        title=cut(clean(new.title), LONGEST_TITLE),
        details=new.details.strip(),
        items=[stored_item(each) for each in new.items],
        technologies=list(new.technologies),
        skills_gaps=list(new.skills_gaps),
        stays_with_team=list(new.stays_with_team),
        state=RequestState.PROPOSED.value,
        state_at=now,
        is_private=origin.is_private,
        team_id=new.team_id,
        asked_by=new.asked_by,
        filed_by=new.filed_by,
        channel_id=origin.channel_id,
        thread_ts=origin.thread_ts,
        permalink=origin.permalink,
        copied=origin.copied,
        read_to=origin.read_to,
        asset_id=new.asset_id,
        area=new.area.value if new.area is not None else "",
        reminder_id=new.reminder_id,
        supports_id=new.supports_id,
        needed_by=new.needed_by,
        needed_reason=new.needed_reason,
        created_at=now,
        answer_by=due,
    )
    return await add_once(session, tables.Request, **row.model_dump(exclude={"id"}))


async def _show(session: AsyncSession, new: NewRequest, card: RequestCard, now: datetime) -> None:
    """Put the card into the thread; where there is none, or it cannot be written to, to whoever asked."""
    origin = new.origin
    places = [each for each in (origin.channel_id, *(person.slack_id for person in card.reachable)) if each]
    if not places:
        return
    await outbox.enqueue(
        session,
        key=card_key(card.id),
        channel=places[0],
        message=blocks.card(card),
        at=now,
        thread_ts=origin.thread_ts if origin.channel_id else "",
        fallbacks=places[1:],
    )


async def _tell(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, team: Recipient, card: RequestCard, now: datetime
) -> Told:
    """Tell the DevOps team: in the triage channel, or where there is none as any team is told."""
    message = blocks.triage_post(card, duty=devops_team.on_duty(deps, snapshot))
    channel = snapshot.channel_id(deps.devops.triage_channel)
    if not channel or not snapshot.is_open(channel) or routing.is_closed(deps, snapshot, channel):
        return await routing.send(
            session,
            deps,
            snapshot,
            team,
            key=triage_key(card.id),
            message=message,
            at=now,
            asker_id=routing.slack_id_of(card.filer),
        )
    await outbox.enqueue(
        session,
        key=triage_key(card.id),
        channel=channel,
        message=message,
        at=now,
        fallbacks=routing.places(deps, snapshot, team),
        asker=outbox.Asker(routing.slack_id_of(card.filer), team.name),
    )
    return Told(team.name, Via.OWN, is_team=True, place=channel)

"""A request's card: loaded from its row, shown in its thread and in the triage channel, and acted on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import backlog as blocks
from bot.blocks.text import Rendered
from bot.domain.backlog.requests import (
    ItemType,
    RequestCard,
    RequestItem,
    RequestStanding,
    RequestState,
    Step,
    may_take,
)
from bot.domain.recipients import Recipient
from bot.domain.records import PersonRecord
from bot.domain.rights import Holders, Right
from bot.services import actors, cards, devops_team, outbox
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables

UNKNOWN = "There is no such request: `/devops list` shows those that are open."


def card_key(request_id: int) -> str:
    """Return the outbox key of a request's card in its thread."""
    return f"backlog.card:{request_id}"


def triage_key(request_id: int) -> str:
    """Return the outbox key of a request's message to the DevOps team."""
    return f"backlog.triage:{request_id}"


def card_of(snapshot: Snapshot, row: tables.Request, *, now: datetime) -> RequestCard:
    """Return a request as its messages show it."""
    standing = standing_of(row)
    assert row.id is not None  # noqa: S101 - it comes from the store
    return RequestCard(
        id=row.id,
        title=row.title,
        items=tuple(_item(each) for each in row.items),
        standing=standing,
        steps=frozenset(step for step in Step if may_take(step, standing, now=now)),
        asker=_person(snapshot, row.asked_by),
        filer=_person(snapshot, row.filed_by),
        team=snapshot.team(row.team_id) if row.team_id is not None else None,
        assignee=_person(snapshot, row.assignee_id) if row.assignee_id is not None else None,
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
        merged_into=row.merged_into,
        is_private=row.is_private,
        is_estimated=row.likely_hours is not None,
    )


async def loaded(session: AsyncSession, snapshot: Snapshot, row: tables.Request, *, now: datetime) -> RequestCard:
    """Return a request with those that became part of it."""
    table = tables.Request
    merged = await session.execute(select(table).where(col(table.merged_into) == row.id).order_by(col(table.id)))
    parts = [card_of(snapshot, each, now=now) for each in merged.scalars()]
    whose = tuple((each.id, each.team.name if each.team is not None else each.asker.name) for each in parts)
    return replace(card_of(snapshot, row, now=now), parts=whose)


def standing_of(row: tables.Request) -> RequestStanding:
    """Return where a request stands."""
    state = RequestState(row.state)
    return RequestStanding(state, RequestState(row.state_before or state), row.state_at)


def stored_item(item: RequestItem) -> dict[str, str]:
    """Return an item as the store keeps it."""
    return {"type": item.type.value, "title": item.title, "why": item.why, "quote": item.quote}


def _item(stored: dict[str, str]) -> RequestItem:
    return RequestItem(ItemType(stored["type"]), stored["title"], stored.get("why", ""), stored.get("quote", ""))


def _person(snapshot: Snapshot, person_id: int) -> PersonRecord:
    """Return a person; somebody whom memory does not have yet has no name."""
    return snapshot.person(person_id) or PersonRecord(id=person_id, name="")


@dataclass(slots=True)
class RequestAct(cards.Act[tables.Request, RequestCard]):
    """One person's step with a request, under way in a transaction that holds the request's row."""

    table, subject, prefix, unknown = tables.Request, "request", "backlog", UNKNOWN

    async def load(self) -> RequestCard:
        """Return the card as the row is now."""
        return await loaded(self.session, self.snapshot, self.row, now=self.now)

    async def render(self) -> None:
        """Revise the card in the thread, and the message to the DevOps team."""
        await self.revise(card_key(self.subject_id), blocks.card(self.card))
        await self.revise(triage_key(self.subject_id), blocks.triage_post(self.card))

    async def redraw_whole(self, request_id: int) -> None:
        """Draw the messages of the request anew that this one has become, or was, a part of."""
        await self.session.flush()
        if (row := await self.session.get(tables.Request, request_id)) is not None:
            whole = await loaded(self.session, self.snapshot, row, now=self.now)
            await self.revise(card_key(request_id), blocks.card(whole))
            await self.revise(triage_key(request_id), blocks.triage_post(whole))

    async def holders(self, *, asked_by: int | None = None) -> Holders:
        """Return whoever speaks for the request: the requesting team, and whoever filed it or needs it."""
        return await self._held(Right.REQUEST, asked_by)

    async def holders_of(self, right: Right, *, with_parts: bool = False) -> Holders:
        """Return the DevOps team for what it decides, and whoever speaks for the request for everything else.

        With `with_parts` these are also those who speak for a request that became part of it.
        """
        return await self._held(right, None, await self.parts() if with_parts else ())

    async def parts(self) -> Sequence[tables.Request]:
        """Return the requests that became part of this one."""
        table = tables.Request
        return (await self.session.execute(select(table).where(col(table.merged_into) == self.row.id))).scalars().all()

    async def _held(self, right: Right, asked_by: int | None, parts: Sequence[tables.Request] = ()) -> Holders:
        if right is Right.TRIAGE:
            team = devops_team.find(self.deps, self.snapshot)
            return await actors.holders(self.session, [team.id if team else None], asked_by=asked_by)
        rows = (self.row, *parts)
        people = {number: _person(self.snapshot, number) for each in rows for number in (each.asked_by, each.filed_by)}
        return await actors.holders(
            self.session,
            [each.team_id for each in rows],
            people=tuple(people.values()),
            what=self.row.title,
            asked_by=asked_by,
        )

    @property
    def requester(self) -> Recipient:
        """Whoever it is for."""
        return Recipient(person=self.card.asker)


#: The person who acts where a tracker does: none has this id.
NOBODY = 0


@dataclass(slots=True)
class TrackerAct(RequestAct):
    """What a tracker says about a request. No right is asked for: whoever changed the issue has that of the tracker."""

    tracker: str = ""

    @property
    def actor(self) -> str:
        """The tracker, as the audit log names it."""
        return f"tracker:{self.tracker}"


async def tell_devops(session: AsyncSession, request_id: int, *, key: str, message: Rendered, at: datetime) -> None:
    """Say something to the DevOps team, in the thread under its message about the request; once for each key."""
    triage = await outbox.destination(session, triage_key(request_id))
    if triage is not None and not triage.is_lost:
        parent = triage_key(request_id)
        await outbox.enqueue(session, key=key, channel=triage.channel, message=message, at=at, parent_key=parent)


@asynccontextmanager
async def acting(
    deps: Deps, snapshot: Snapshot, *, request_id: int, person_id: int, right: Right, with_parts: bool = False
) -> AsyncIterator[RequestAct]:
    """Open the transaction of a step; `with_parts` is as for `RequestAct.holders_of`.

    Raises NotFoundError for no request, NotAllowedError without the right.
    """
    async with cards.acting(RequestAct(deps, snapshot, request_id, person_id), None) as act:
        act.require(right, await act.holders_of(right, with_parts=with_parts))
        yield act

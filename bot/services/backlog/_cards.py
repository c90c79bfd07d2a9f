"""A request's card: loaded from its row, shown in its thread and in the triage channel, and acted on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import backlog as blocks
from bot.blocks.backlog import words
from bot.blocks.request_button import OpenValue
from bot.blocks.text import Rendered
from bot.domain import rights
from bot.domain.backlog.demand import Estimate
from bot.domain.backlog.merges import asked_besides
from bot.domain.backlog.new_request import thread_of
from bot.domain.backlog.rank import lost_hours_per_month, people_blocked
from bot.domain.backlog.requests import (
    AT_DELIVERY,
    ItemType,
    RequestCard,
    RequestItem,
    RequestStanding,
    RequestState,
    Step,
    after,
    as_part,
    may_take,
    may_take_joined,
)
from bot.domain.backlog.tracker_issues import TRACKER_WORDS
from bot.domain.catalog import AssetKind
from bot.domain.ownership import all_taken_by
from bot.domain.rights import Holders, Right
from bot.errors import ChangedError, NotFoundError, UserError
from bot.services import actors, cards, devops_team, outbox
from bot.services.backlog import drafts
from bot.services.backlog._dates import first_day
from bot.services.backlog._demands import asked_too, demand_of, demands_of, is_own, is_said_privately
from bot.services.backlog._families import family_of, parts_of, whole_of
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.journal import audit

UNKNOWN = "There is no such request: `/devops list` shows those that are open."
#: What the DevOps team does when it takes a request on: it says nothing of the work, nor of what is asked for.
TAKEN_ON = frozenset({"accept", "start", "assign", "snooze"})
_BUSY = "Others are merging these requests just now, so nothing was changed: try again."
#: How often rows are held anew that others merge just now.
_TRIES = 5


def card_key(request_id: int) -> str:
    """Return the outbox key of a request's card in its thread."""
    return f"backlog.card:{request_id}"


def triage_key(request_id: int) -> str:
    """Return the outbox key of a request's message to the DevOps team."""
    return f"backlog.triage:{request_id}"


def took_in_key(part_id: int) -> str:
    """Return how the outbox keys of what says begin that a request became part of another one."""
    return f"backlog.part_of:{part_id}"


def joined_key(request_id: int, source_key: str) -> str:
    """Return the outbox key of a request's card in a thread that has joined it."""
    return f"{card_key(request_id)}:{source_key}"


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
    return card if whole is None else as_part(card, await _with_others(session, snapshot, whole, None, now=now))


async def _with_others(
    session: AsyncSession, snapshot: Snapshot, row: tables.Request, whole: tables.Request | None, *, now: datetime
) -> RequestCard:
    """Return a request with all who need it; `whole` is the one that it is part of in the end."""
    rows = await parts_of(session, row.id)
    parts = [card_of(snapshot, each, now=now) for each in rows]
    whose = tuple((each.id, each.team.name if each.team is not None else each.asker.name) for each in parts)
    confirmed = frozenset(each.id for each in rows if each.confirmed_at is not None)
    card = card_of(snapshot, row, now=now, whole=whole)
    demands = await demands_of(session, row.id)
    said = [*demands, *(await demands_of(session, *(each.id for each in parts)) if parts else ())]
    counted = [demand_of(each, snapshot) for each in said]
    joined = [each for each in demands if not is_own(row, each)]
    by_number = {each.id: each for each in (row, *rows)}
    own = {card.asker.name, card.filer.name, *([card.team.name] if card.team is not None else [])}
    whose_are: dict[bool, set[str]] = {True: set(), False: own}
    for each in said:
        is_private = not row.is_private and is_said_privately(by_number[each.request_id], each)
        whose_are[is_private] |= {_whose(snapshot, each), snapshot.somebody(each.person_id).name}
    card = first_day(card, said, by_number, snapshot, today=now.date())
    asked = [one for each in said for one in asked_too(each, _whose(snapshot, each))]
    for part, its_row in zip(parts, rows, strict=True):
        asked += asked_besides(card, asked, part, channel_id=its_row.channel_id)
    names = await asyncio.to_thread(drafts.names_of, row.technologies) if row.technologies else {}
    return replace(
        card,
        technologies=tuple(names.get(each, each) for each in row.technologies),
        skills_gaps=tuple(names.get(each, each) for each in row.skills_gaps),
        parts=whose,
        confirmed_parts=confirmed,
        hours_a_month=lost_hours_per_month(counted, today=now.date()),
        blocked_people=people_blocked(counted),
        joined=tuple(_whose(snapshot, each) for each in joined),
        asked_too=tuple(asked),
        unnamed=frozenset(whose_are[True] - whose_are[False]),
        private_parts=frozenset(each.id for each in parts if each.is_private and not row.is_private),
        joined_confirmed=frozenset(_whose(snapshot, each) for each in joined if each.confirmed_at is not None),
    )


async def redraw(session: AsyncSession, deps: Deps, snapshot: Snapshot, row: tables.Request, *, at: datetime) -> None:
    """Draw a request's messages anew from its row."""
    await revise_all(session, deps, snapshot, await loaded(session, snapshot, row, now=at), at=at)


def _whose(snapshot: Snapshot, demand: tables.RequestDemand) -> str:
    team = snapshot.team(demand.team_id)
    return team.name if team is not None else snapshot.somebody(demand.person_id).name


async def revise_all(session: AsyncSession, deps: Deps, snapshot: Snapshot, card: RequestCard, *, at: datetime) -> None:
    """Let all messages about a request read as it stands: its card, wherever it is, and the DevOps team's.

    Until the DevOps team has answered, that one says who has duty.
    """
    table = tables.RequestJoin
    found = select(col(table.source_key), col(table.person_id)).where(col(table.request_id) == card.id)
    shown = {card_key(card.id): blocks.card(card)}
    for source_key, person_id in (await session.execute(found)).all():
        theirs = {each.name for each in snapshot.teams_of(person_id)} | {snapshot.somebody(person_id).name}
        has_said_yes = bool(theirs & card.joined_confirmed)
        shown[joined_key(card.id, source_key)] = blocks.joined_card(
            card, OpenValue(*thread_of(source_key)), has_said_yes=has_said_yes
        )
    for key, message in shown.items():
        await outbox.revise(session, key=key, message=message, at=at)
    triage = blocks.triage_post(card, duty=devops_team.on_duty(deps, snapshot) if card.answer_by else "")
    await outbox.revise(session, key=triage_key(card.id), message=triage, at=at)


def standing_of(row: tables.Request, whole: tables.Request | None = None) -> RequestStanding:
    """Return where a request stands, and what it is part of in the end."""
    state = RequestState(row.state)
    before = RequestState(row.state_before or state)
    return RequestStanding(state, before, row.state_at, standing_of(whole) if whole is not None else None)


def estimate_of(snapshot: Snapshot, row: tables.Request) -> Estimate | None:
    """Return how long a request takes, where somebody has estimated it."""
    if row.optimistic_hours is None or row.likely_hours is None or row.pessimistic_hours is None:
        return None
    by = snapshot.person(row.estimated_by)
    on = row.estimated_at.date() if row.estimated_at is not None else None
    return Estimate(row.optimistic_hours, row.likely_hours, row.pessimistic_hours, by.name if by else "", on)


def stored_item(item: RequestItem) -> dict[str, Any]:
    """Return an item as the store keeps it."""
    done = {"is_done": True} if item.is_done else {}
    return {"type": item.type.value, "title": item.title, "why": item.why, "quote": item.quote, **done}


def item_of(stored: Mapping[str, Any]) -> RequestItem:
    """Return an item that the store keeps."""
    why, quote, is_done = stored.get("why", ""), stored.get("quote", ""), bool(stored.get("is_done"))
    return RequestItem(ItemType(stored["type"]), stored["title"], why, quote, is_done)


@dataclass(slots=True)
class RequestAct(cards.Act[tables.Request, RequestCard]):
    """One person's step with a request, under way in a transaction that holds the request's row."""

    table, subject, prefix, unknown = tables.Request, "request", "backlog", UNKNOWN
    #: Another request that the step is about, too.
    other_id: int | None = None
    #: The request and all that it is in or that are part of it, and the same of the other one, by their ids.
    rows: dict[int, tables.Request] = field(default_factory=dict)

    async def lock(self) -> None:
        """Hold the request's row, and those of the requests whose messages show how it stands, in one order.

        Should others have been merged with them until the rows were held, they are let go, and all are held.
        """
        wanted = {self.subject_id, *([] if self.other_id is None else [self.other_id])}
        for _ in range(_TRIES):
            savepoint = await self.session.begin_nested()
            self.rows = await cards.locked_all(self.session, tables.Request, await family_of(self.session, wanted))
            if await family_of(self.session, wanted) <= self.rows.keys() | wanted:
                await savepoint.commit()
                break
            await savepoint.rollback()
        else:
            raise UserError(_BUSY)
        if self.subject_id not in self.rows:
            raise NotFoundError(self.unknown)
        self.row = self.rows[self.subject_id]

    async def load(self) -> RequestCard:
        """Return the card as the row is now."""
        return await loaded(self.session, self.snapshot, self.row, now=self.now)

    async def render(self) -> None:
        """Revise the card in its threads, and the message to the DevOps team.

        So are those of what the request is, or was, a part of, and of its parts: they show each other.
        """
        await revise_all(self.session, self.deps, self.snapshot, self.card, at=self.now)
        for number in sorted(self.rows.keys() - {self.subject_id}):
            await redraw(self.session, self.deps, self.snapshot, self.rows[number], at=self.now)

    async def note_of(self, request_id: int, action: str, **detail: Any) -> None:
        """Write into the audit log what this act does to another request."""
        await audit(
            self.session, self.now, self.actor, f"{self.prefix}.{action}", f"{self.subject}:{request_id}", detail
        )

    async def version(self) -> int:
        """Return the last entry of the audit log; what is written down about the request afterwards has a later one."""
        return (await self.session.execute(select(func.max(col(tables.AuditEntry.id))))).scalar_one() or 0

    async def meanwhile(self, version: int, *, but: Collection[str] = (), with_own: bool = False) -> str:
        """Return what others have done since a version, except these words of `DID`; empty for version 0.

        With `with_own` it is also what whoever acts has done, as in another form.
        """
        changes = [each for each in await self._changes(version, with_own) if each[1] not in but] if version else []
        return words.meanwhile(changes) if changes else ""

    async def require_current(self, version: int, step: Step | None = None, *, but: Collection[str] = ()) -> None:
        """Raise where others have changed the request since this version, 0 for none: nothing is overwritten unseen.

        `but` are words of `DID` which say nothing of what is about to be written. Raises ChangedError where the step
        may be taken all the same, by whoever knows of it, and else UserError.
        """
        said = await self.meanwhile(version, but=but)
        if not said:
            return
        try:
            is_possible = step is None or await self.after(step) is not None
        except UserError as error:
            raise UserError(f"{said} {error}") from error
        if not is_possible:
            raise UserError(f"{said} Yours was not saved.")
        raise ChangedError(said, shown=words.now(self.card, said), version=await self.version())

    async def _changes(self, version: int, with_own: bool) -> list[tuple[str, str, Sequence[str]]]:
        """Return what was done since: names, words of `DID`, and what of it was corrected."""
        entry = tables.AuditEntry
        query = select(col(entry.actor), col(entry.action), col(entry.detail)).where(
            col(entry.id) > version,
            col(entry.subject) == f"{self.subject}:{self.subject_id}",
            col(entry.action).in_([f"{self.prefix}.{word}" for word in words.DID]),
        )
        found = await self.session.execute(query.order_by(col(entry.id)))
        return [
            (self._named(actor), action.removeprefix(f"{self.prefix}."), detail.get("fields", ()))
            for actor, action, detail in found
            if with_own or actor != self.actor
        ]

    def _named(self, actor: str) -> str:
        if actor == self.actor:
            return "you"
        kind, _, who = actor.partition(":")
        if kind != "person":
            return TRACKER_WORDS.get(who, "the tracker")
        name = self.snapshot.somebody(int(who)).name
        return "" if name in self.card.unnamed else name  # whoever has only asked privately

    async def after(self, step: Step) -> RequestStanding | None:
        """Return where the request stands after a step of whoever acts. Raises UserError as the table of steps does."""
        is_joined = step in AT_DELIVERY and not await self.speaks_for_whole()
        return after(step, self.card.standing, now=self.now, is_joined=is_joined)

    async def holders(self, *, asked_by: int | None = None) -> Holders:
        """Return whoever speaks for the request: the requesting team, and whoever filed it or needs it."""
        return await self._held(Right.REQUEST, asked_by)

    async def holders_of(self, right: Right, *, with_parts: bool = False, with_joined: bool = False) -> Holders:
        """Return the DevOps team for what it decides, and whoever speaks for the request for everything else.

        With `with_parts` these are also those who speak for a request that became part of it, or who have joined it;
        with `with_joined` only the latter.
        """
        return await self._held(right, None, with_parts=with_parts, with_joined=with_joined)

    async def parts(self) -> Sequence[tables.Request]:
        """Return the requests that became part of this one."""
        return await parts_of(self.session, self.subject_id)

    async def speaks_for_whole(self) -> bool:
        """Whether whoever acts speaks for the request itself, and not for a part of it alone."""
        return rights.may(actors.actor(self.person_id), Right.REQUEST, await self.holders())

    async def speaks_for(self, part: tables.Request | tables.RequestDemand) -> bool:
        """Whether whoever acts speaks for a request that became part of this one, or for a team that has joined it."""
        if isinstance(part, tables.RequestDemand):
            held = await self._requesters([], joined=[part])
        else:
            held = await self._requesters([part])
        return rights.may(actors.actor(self.person_id), Right.REQUEST, held)

    async def _held(
        self, right: Right, asked_by: int | None, *, with_parts: bool = False, with_joined: bool = False
    ) -> Holders:
        if right is Right.TRIAGE:
            team = devops_team.find(self.deps, self.snapshot)
            return await actors.holders(self.session, [team.id if team else None], asked_by=asked_by)
        rows = [self.row, *(await self.parts() if with_parts else ())]
        joined = await demands_of(self.session, self.subject_id) if with_parts or with_joined else ()
        return await self._requesters(rows, asked_by, joined=joined)

    async def _requesters(
        self,
        rows: Sequence[tables.Request],
        asked_by: int | None = None,
        *,
        joined: Sequence[tables.RequestDemand] = (),
    ) -> Holders:
        people = [number for each in rows for number in (each.asked_by, each.filed_by)]
        people += [each.person_id for each in joined]
        return await actors.holders(
            self.session,
            [*(each.team_id for each in rows), *(each.team_id for each in joined)],
            people=tuple(self.snapshot.somebody(number) for number in dict.fromkeys(people)),
            what=self.row.title,
            asked_by=asked_by,
        )


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


async def tell_devops(
    session: AsyncSession,
    request_id: int,
    *,
    key: str,
    message: Rendered,
    at: datetime,
    asker: outbox.Asker | None = None,
) -> str:
    """Say something to the DevOps team, in the thread under its message about the request; once for each key.

    Returns where that is; empty where there is no such message. `asker` hears when the team is not reached after all.
    """
    triage = await outbox.destination(session, triage_key(request_id))
    if triage is None or triage.is_lost:
        return ""
    parent, place = triage_key(request_id), triage.channel
    await outbox.enqueue(session, key=key, channel=place, message=message, at=at, parent_key=parent, asker=asker)
    return place


@asynccontextmanager
async def acting(
    deps: Deps,
    snapshot: Snapshot,
    *,
    request_id: int,
    person_id: int,
    right: Right,
    with_parts: bool = False,
    with_joined: bool = False,
    other_id: int | None = None,
) -> AsyncIterator[RequestAct]:
    """Open the transaction of a step; `with_parts` and `with_joined` are as for `RequestAct.holders_of`.

    `other_id` is held as well.

    Raises NotFoundError for no request, NotAllowedError without the right.
    """
    async with cards.acting(RequestAct(deps, snapshot, request_id, person_id, other_id=other_id), None) as act:
        act.require(right, await act.holders_of(right, with_parts=with_parts, with_joined=with_joined))
        yield act

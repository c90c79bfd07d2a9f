"""A request's card: shown in its thread and in the triage channel, and acted on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
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
from bot.domain.backlog.new_request import thread_of
from bot.domain.backlog.requests import AT_DELIVERY, RequestCard, RequestStanding, Step, after
from bot.domain.backlog.tracker_issues import TRACKER_WORDS
from bot.domain.rights import Holders, Right
from bot.errors import ChangedError, NotFoundError, UserError
from bot.services import actors, cards, devops_team, outbox
from bot.services.backlog._demands import demands_of
from bot.services.backlog._families import family_of, parts_of
from bot.services.backlog._loaded import loaded
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


async def redraw(session: AsyncSession, deps: Deps, snapshot: Snapshot, row: tables.Request, *, at: datetime) -> None:
    """Draw a request's messages anew from its row."""
    await revise_all(session, deps, snapshot, await loaded(session, snapshot, row, now=at), at=at)


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

    async def on(self, request_id: int) -> RequestAct:
        """Return what the same person does to another request of those that are held, in the same transaction."""
        other = RequestAct(self.deps, self.snapshot, request_id, self.person_id)
        other.session, other.now, other.rows = self.session, self.now, self.rows
        other.row = self.rows[request_id]
        other.card = await other.load()
        return other

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

"""Use cases of calendars: a team's end-of-life dates at an address that nobody guesses, and taking the address back."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.clients import ical
from bot.domain.eol.subjects import ReportScope
from bot.domain.rights import Actor, Holders, Right, may, require
from bot.errors import NotFoundError
from bot.services import actors
from bot.services.deps import Deps
from bot.services.eol import reports
from bot.services.eol.exposure import Watcher
from bot.services.eol.reminder_store import moves_of
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.journal import audit

#: 32 random bytes in hexadecimal: nothing in it is a mark in a message, and a double click selects it.
_TOKEN = re.compile(r"[0-9a-f]{64}")
#: Calendar programs ask every few minutes to hours; a body is made anew after this long at the earliest.
_LASTS = timedelta(minutes=10)
_MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class CalendarAddress:
    """An address in force. `team_id` is None for every team, `person_id` for one made at the command line."""

    id: int
    team_id: int | None
    person_id: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar as it is served."""

    body: bytes
    etag: str


async def links_of(deps: Deps, team_id: int | None) -> list[CalendarAddress]:
    """Return the addresses in force of a team, the oldest first."""
    async with deps.database.reading() as session:
        return [_link(row) for row in await _in_force(session, team_id)]


async def make(
    deps: Deps, *, team_id: int | None, person_id: int | None, instead_of: int | None = None
) -> tuple[str, CalendarAddress]:
    """Make an address and return its secret part, which is shown once and not kept, with what is kept of it.

    The same person's address from before ends with it; of those made at the command line (`person_id` None), which
    nobody is asked about, there may be many. Raises NotFoundError when the team is gone, or the address that this one
    comes `instead_of` has ended; NotAllowedError unless the person is in it or leads it.
    """
    token = secrets.token_hex(32)
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        if team_id is not None:
            await _own_team(session, team_id, person_id)
        there = await _in_force(session, team_id)
        if instead_of is not None and instead_of not in [row.id for row in there if row.person_id == person_id]:
            raise NotFoundError("That address has ended already: see `/baton calendar` for the one that you have.")
        for row in there:
            if person_id is not None and row.person_id == person_id:
                row.revoked_at = now
        link = tables.CalendarLink(team_id=team_id, person_id=person_id, digest=_digest(token), created_at=now)
        session.add(link)
        await session.flush()
        await _note(session, "calendar.create", person_id, now, team_id=team_id, links=[link.id])
    return token, _link(link)


async def revoke(deps: Deps, *, team_id: int | None, person_id: int | None, link_id: int | None = None) -> int:
    """Take an address back, or without `link_id` all that the team has; return how many. A second time takes none.

    Raises NotFoundError when the team is gone, NotAllowedError unless the person is in it or leads it.
    """
    now = deps.clock.now()
    async with deps.database.transaction() as session:
        if team_id is not None and person_id is not None:
            await _own_team(session, team_id, person_id)
        rows = [row for row in await _in_force(session, team_id) if link_id is None or row.id == link_id]
        for row in rows:
            row.revoked_at = now
        if rows:
            await _note(session, "calendar.revoke", person_id, now, team_id=team_id, links=[row.id for row in rows])
    return len(rows)


class Calendars:
    """The calendars of this process: an address leads to a body that is kept for a while."""

    def __init__(self, deps: Deps, watcher: Watcher) -> None:
        self._deps, self._watcher = deps, watcher
        self._kept: OrderedDict[int | None, tuple[int, datetime, Feed]] = OrderedDict()

    async def find(self, token: str) -> Feed | None:
        """Return the calendar at an address; None where there is none (any more).

        An address ends with its team, and when whoever made it leaves the team or the company.
        """
        if _TOKEN.fullmatch(token) is None:
            return None
        digest = _digest(token)
        table = tables.CalendarLink
        async with self._deps.database.reading() as session:
            row = (
                await session.execute(select(table).where(col(table.digest) == digest, col(table.revoked_at).is_(None)))
            ).scalar_one_or_none()
        if row is None or not hmac.compare_digest(row.digest, digest):
            return None
        subject = _subject(self._watcher.snapshot, _link(row))
        return await self._feed(row.team_id, subject) if subject is not None else None

    async def _feed(self, team_id: int | None, subject: ReportScope) -> Feed:
        await self._watcher.current()
        generation, now = self._watcher.generation, self._deps.clock.now()
        kept = self._kept.get(team_id)
        if kept is not None and kept[0] == generation and abs(now - kept[1]) < _LASTS:
            return kept[2]
        report = await reports.report_of(self._deps, self._watcher, subject)
        async with self._deps.database.reading() as session:
            moves = await moves_of(session, [entry.watch for entry in report.entries])
        body = ical.calendar(report, moves, name=subject.teams[0].name if subject.teams else "")
        feed = Feed(body, hashlib.sha256(body).hexdigest()[:32])
        self._kept[team_id] = (generation, now, feed)
        self._kept.move_to_end(team_id)
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return feed


def _subject(snapshot: Snapshot, link: CalendarAddress) -> ReportScope | None:
    """Return what an address shows; None when it shows nothing any more."""
    if link.team_id is None:
        return ReportScope()
    team = snapshot.team(link.team_id)
    if team is None or team.is_gone:
        return None
    if link.person_id is not None:
        person = snapshot.person(link.person_id)
        if person is None or not person.is_active or not may(Actor(person.id), Right.CALENDAR, Holders((team,))):
            return None
    return ReportScope(teams=(team,))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _link(row: tables.CalendarLink) -> CalendarAddress:
    return CalendarAddress(row.id, row.team_id, row.person_id, row.created_at)


async def _in_force(session: AsyncSession, team_id: int | None) -> list[tables.CalendarLink]:
    table = tables.CalendarLink
    whose = col(table.team_id).is_(None) if team_id is None else col(table.team_id) == team_id
    query = select(table).where(whose, col(table.revoked_at).is_(None)).order_by(col(table.id))
    return list((await session.execute(query)).scalars())


async def _own_team(session: AsyncSession, team_id: int, person_id: int | None) -> None:
    team = await session.get(tables.Team, team_id)
    if team is None or team.gone_at is not None:
        raise NotFoundError("That team is no longer in the catalog: ask again with `/baton calendar NAME`.")
    if person_id is not None:
        require(actors.actor(person_id), Right.CALENDAR, await actors.holders(session, [team_id]))


async def _note(
    session: AsyncSession,
    action: str,
    person_id: int | None,
    at: datetime,
    *,
    team_id: int | None,
    links: list[int | None],
) -> None:
    actor = f"person:{person_id}" if person_id is not None else "cli"
    subject = f"team:{team_id}" if team_id is not None else "teams"
    await audit(session, at=at, actor=actor, action=action, subject=subject, detail={"links": links})

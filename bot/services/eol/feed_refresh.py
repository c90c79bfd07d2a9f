"""Keeps the store's copy of the feed of end-of-life dates: a good new one takes its place, a bad one leaves it."""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clients.eol import document, feed
from bot.domain.eol.composition import Moved, moved
from bot.domain.eol.feed import CopyRefused, FeedSummary, judge, summarize
from bot.domain.eol.records import ProviderCycle
from bot.errors import UnreadableError
from bot.services.deps import Deps
from bot.services.eol import facts
from bot.store import tables
from bot.store.journal import audit, lock_catalog

log = logging.getLogger(__name__)

#: The feed is asked once a day, and again after an hour when that failed.
_EVERY = timedelta(hours=24)
_AGAIN = timedelta(hours=1)
#: Names of moved cycles that an audit entry holds.
_NAMED = 50
#: The row of `feed_copy` by column.
Copy = dict[str, Any]
_COPY = tables.core(tables.FeedCopy)


class RefreshOutcome(StrEnum):
    """What became of a try to refresh the facts."""

    UPDATED = "updated"  #: A new copy is in force.
    CONFIRMED = "confirmed"  #: The feed says what it said.
    FAILED = "failed"  #: There is no good new copy; the last good one stays in force.
    WAITING = "waiting"  #: The feed asked for a pause that is not over; it was not asked.


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshReport:
    """How a refresh went, and the copy that is in force now: its products and cycles, and when it was last confirmed.

    Without a copy these are 0 and None, and the starter table is in force. `failure` is a sentence; `problems` say what
    of a new copy was left out; `moved` are the clocks that changed by it.
    """

    outcome: RefreshOutcome
    products: int
    cycles: int
    confirmed_at: datetime | None
    failure: str = ""
    problems: tuple[str, ...] = ()
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True, slots=True)
class _New:
    """A document that was read: what is compared of it, what is stored of it, and what was left out."""

    packed: bytes
    summary: FeedSummary
    made_at: datetime
    problems: tuple[str, ...]


async def refresh(deps: Deps, *, base_url: str = feed.DEFAULT_BASE_URL) -> RefreshReport:
    """Ask the feed for its document, and put it in the place of the last copy if it is fit for that.

    The request is conditional, and is not made before the end of a pause that the feed asked for. Nothing that the
    network or the feed does raises an error: it is remembered and reported.
    """
    async with deps.database.connected() as connection:
        known = await copy_of(connection)
    if known["not_before"] is not None and deps.clock.now() < known["not_before"]:
        until = known["not_before"].isoformat(timespec="minutes")
        return _report(RefreshOutcome.WAITING, known, failure=f"The feed asked for a pause until {until}.")
    has_copy = await asyncio.to_thread(_is_whole, known["body"])
    answer = await feed.fetch(
        base_url,
        etag=known["etag"] if has_copy else "",
        last_modified=known["last_modified"] if has_copy else "",
    )
    if isinstance(answer, feed.Failed):
        return await _fail(deps, answer.reason, answer.retry_after_seconds)
    if isinstance(answer, feed.NotModified):
        return await _confirm(deps)
    return await _take(deps, answer.body, shown="The feed", etag=answer.etag, last_modified=answer.last_modified)


async def refresh_if_due(deps: Deps, *, base_url: str) -> RefreshReport | None:
    """Refresh if the last try is a day ago, or an hour when it failed; None: it is not time yet.

    Whichever process asks first does it for all. Nobody reads the report, so a failure is logged.
    """
    async with deps.database.connected() as connection:
        known = await copy_of(connection)
    pause = _AGAIN if known["failure"] else _EVERY
    if known["tried_at"] is not None and known["tried_at"] <= deps.clock.now() < known["tried_at"] + pause:
        return None
    report = await refresh(deps, base_url=base_url)
    if report.outcome is RefreshOutcome.FAILED:
        log.warning("the facts of end of life were not refreshed: %s", report.failure)
    return report


async def take(deps: Deps, content: bytes, *, shown: str) -> RefreshReport:
    """Put a document that somebody saved in the place of the last copy, by the same rules; `shown` names it.

    It does not count as a word of the feed's: the next request is not conditional.
    """
    return await _take(deps, content, shown=shown, is_saved=True)


async def _take(
    deps: Deps, content: bytes, *, shown: str, etag: str = "", last_modified: str = "", is_saved: bool = False
) -> RefreshReport:
    try:
        new = await asyncio.to_thread(_read, content, shown)
    except UnreadableError as error:
        return await _fail(deps, str(error))
    async with deps.database.transaction() as session:
        connection, now = await session.connection(), deps.clock.now()
        known = await _locked_copy(connection)
        judged = judge(_summary(known), new.summary)
        if isinstance(judged, CopyRefused):
            return await _write(connection, RefreshOutcome.FAILED, known, {"failure": judged.why, "tried_at": now})
        values = {
            **_confirmed(now, min(now, new.made_at) if is_saved else now),
            "products": new.summary.products,
            "cycles": new.summary.cycles,
            "etag": etag,
            "last_modified": last_modified,
        }
        if not judged.changed:
            return await _write(connection, RefreshOutcome.CONFIRMED, known, values, problems=new.problems)
        found = await asyncio.to_thread(_moves, known["body"], new.packed, await facts.said_by_providers(connection))
        await note_moves(connection, found, now)
        detail = {"from": shown, "products": new.summary.products, "cycles": new.summary.cycles, **named(found)}
        await audit(session, at=now, actor="baton", action="lifecycle.refresh", subject="facts", detail=detail)
        values |= {"body": new.packed, "digest": new.summary.digest, "fetched_at": now}
        return await _write(connection, RefreshOutcome.UPDATED, known, values, problems=new.problems, moves=found)


def _read(content: bytes, shown: str) -> _New:
    """Return a document that is ready to be judged; what cannot be read of it does not count as being there."""
    read = document.read(content, shown=shown)
    whole = orjson.loads(content)
    try:
        made_at = datetime.fromisoformat(whole["generated_at"])
    except (KeyError, TypeError, ValueError):
        raise UnreadableError(f"{shown} does not say when it was made (generated_at).", path=shown) from None
    listed = [one for one in whole["result"] if _is_product(one)]
    cycles = sum(len(product.cycles) for product in read.products)
    summary = FeedSummary(len(read.products), cycles, summarize(listed).digest)
    made_at = made_at if made_at.tzinfo is not None else made_at.replace(tzinfo=UTC)
    return _New(zlib.compress(content), summary, made_at, read.problems)


def _is_product(one: object) -> bool:
    return isinstance(one, dict) and isinstance(one.get("name"), str) and isinstance(one.get("releases"), list)


def _moves(before: bytes, after: bytes, said: Sequence[ProviderCycle]) -> list[Moved]:
    return moved(facts.in_force(before, said), facts.in_force(after, said))


def _is_whole(body: bytes) -> bool:
    try:
        return bool(body) and bool(zlib.decompress(body))
    except zlib.error:
        return False


def _summary(known: Copy) -> FeedSummary | None:
    if not _is_whole(known["body"]):
        return None
    return FeedSummary(known["products"], known["cycles"], known["digest"])


async def _fail(deps: Deps, why: str, retry_after_seconds: float | None = None) -> RefreshReport:
    async with deps.database.transaction() as session:
        connection, now = await session.connection(), deps.clock.now()
        pause = None if retry_after_seconds is None else now + timedelta(seconds=retry_after_seconds)
        known = await _locked_copy(connection)
        values = {"failure": why, "tried_at": now, "not_before": pause}
        return await _write(connection, RefreshOutcome.FAILED, known, values)


async def _confirm(deps: Deps) -> RefreshReport:
    async with deps.database.transaction() as session:
        connection, now = await session.connection(), deps.clock.now()
        return await _write(connection, RefreshOutcome.CONFIRMED, await _locked_copy(connection), _confirmed(now, now))


def _confirmed(now: datetime, confirmed_at: datetime) -> dict[str, Any]:
    return {"confirmed_at": confirmed_at, "tried_at": now, "not_before": None, "failure": ""}


async def copy_of(connection: AsyncConnection) -> Copy:
    """Return the row of the feed's copy, or what it begins as."""
    row = (await connection.execute(select(_COPY))).first()
    return dict(row._mapping) if row is not None else tables.FeedCopy(id=1).model_dump()


async def note_moves(connection: AsyncConnection, found: Sequence[Moved], now: datetime) -> None:
    """Add a row for each clock that moved."""
    rows = [
        {
            "product": one.product,
            "cycle": one.cycle,
            "clock": one.clock,
            "before": str(one.before),
            "after": str(one.after),
            "at": now,
        }
        for one in found
    ]
    if rows:
        await connection.execute(insert(tables.DateChange), rows)


def named(found: Sequence[Moved]) -> dict[str, Any]:
    """Return how many clocks moved, and the first of the cycles, for an audit entry."""
    cycles = dict.fromkeys(f"{one.product} {one.cycle}" for one in found)
    return {"moved": len(found), "cycles": list(cycles)[:_NAMED]}


async def _locked_copy(connection: AsyncConnection) -> Copy:
    """Return the row of the feed's copy, made if it is not there, which nobody else changes meanwhile."""
    await lock_catalog(connection)
    known = await copy_of(connection)
    if (await connection.execute(select(_COPY.c.id))).first() is None:
        await connection.execute(insert(_COPY).values(**known))
    return known


async def _write(
    connection: AsyncConnection,
    outcome: RefreshOutcome,
    known: Copy,
    values: Copy,
    *,
    problems: tuple[str, ...] = (),
    moves: Sequence[Moved] = (),
) -> RefreshReport:
    await connection.execute(update(_COPY).values(**values))
    now = {**known, **values}
    return _report(outcome, now, failure=now["failure"], problems=problems, moves=tuple(moves))


def _report(
    outcome: RefreshOutcome, known: Copy, *, failure: str, problems: tuple[str, ...] = (), moves: tuple[Moved, ...] = ()
) -> RefreshReport:
    return RefreshReport(
        outcome=outcome,
        products=known["products"],
        cycles=known["cycles"],
        confirmed_at=known["confirmed_at"],
        failure=failure,
        problems=problems,
        moved=moves,
    )

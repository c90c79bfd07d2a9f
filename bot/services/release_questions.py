"""Whom Baton asks to confirm that something of tier 1 is given up: the next one, too, when they no longer may."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.ownership import releases as blocks
from bot.blocks.text import Rendered
from bot.domain.catalog import Area
from bot.domain.recipients import Recipient, Told
from bot.domain.records import AssetRecord
from bot.services import outbox, routing
from bot.services.deps import Deps
from bot.services.release_confirmers import confirmer, confirmers
from bot.services.snapshot import Snapshot
from bot.store import tables
from bot.store.journal import audit

#: For so long somebody is waited for who confirms.
CONFIRM_WITHIN = timedelta(days=14)
_ASKED = "ownership.release_asked"


async def ask(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, row: tables.Release, asset: AssetRecord, owner: Recipient
) -> Told:
    """Ask somebody who may confirm. Raises UserError where nobody else may."""
    asker = snapshot.person(row.asked_by)
    return await _ask(session, deps, snapshot, row, confirmer(deps, snapshot, asset, owner, asker=asker), asset)


async def ask_next(session: AsyncSession, deps: Deps, snapshot: Snapshot, row: tables.Release) -> None:
    """Ask somebody else, with as much time, where whoever was asked last may confirm no longer; else do nothing."""
    asset, owner, asked = snapshot.asset(row.asset_id), owner_of(snapshot, row), await _asked(session, row)
    if asset is None or not asked:
        return
    asker = snapshot.person(row.asked_by)
    able = list(confirmers(deps, snapshot, owner, asker=asker))
    if not able or asked[-1] in [person.id for person in able]:
        return
    message = blocks.release_passed_on(asset, areas_of(row), owner.name, able[0])
    await redraw(session, row, message, at=deps.clock.now())
    row.until = (deps.clock.now() + CONFIRM_WITHIN).date()
    await _ask(session, deps, snapshot, row, Recipient(person=able[0]), asset)


async def redraw(session: AsyncSession, row: tables.Release, message: Rendered, *, at: datetime) -> None:
    """Let everybody who was asked read this in place of the question."""
    for place in range(max(1, len(await _asked(session, row)))):
        await outbox.revise(session, key=_key(row, place), message=message, at=at)


def areas_of(row: tables.Release) -> tuple[Area, ...]:
    """Return what was to be given up of an asset."""
    return tuple(Area(each) for each in row.areas)


def owner_of(snapshot: Snapshot, row: tables.Release) -> Recipient:
    """Return who was to give something up."""
    return Recipient(snapshot.team(row.team_id), snapshot.person(row.person_id))


def detail_of(row: tables.Release) -> dict[str, object]:
    """Return what the audit log says of a release."""
    return {"release": row.id, "areas": row.areas}


async def _ask(
    session: AsyncSession, deps: Deps, snapshot: Snapshot, row: tables.Release, to: Recipient, asset: AssetRecord
) -> Told:
    key = _key(row, len(await _asked(session, row)))
    said = detail_of(row) | {"confirmer": to.person_id}
    await audit(session, deps.clock.now(), row.asked_by, _ASKED, f"asset:{row.asset_id}", said)
    asker, owner = snapshot.person(row.asked_by), owner_of(snapshot, row)
    return await routing.send(
        session,
        deps,
        snapshot,
        to,
        key=key,
        message=blocks.release_wanted(row.id, asset, areas_of(row), owner.name, row.reason, asker),
        at=deps.clock.now(),
        asker_id=routing.slack_id_of(asker),
    )


async def _asked(session: AsyncSession, row: tables.Release) -> list[int]:
    """Return the ids of those who were asked to confirm, the last one last."""
    entry = tables.AuditEntry
    is_asked = (
        col(entry.subject) == f"asset:{row.asset_id}",
        col(entry.action) == _ASKED,
        col(entry.at) >= row.asked_at,
    )
    query = select(col(entry.detail)).where(*is_asked).order_by(col(entry.id))
    found = (await session.execute(query)).scalars()
    return [said["confirmer"] for said in found if said.get("release") == row.id and said.get("confirmer") is not None]


def _key(row: tables.Release, place: int) -> str:
    """Return the outbox key of the question to whoever was asked in this place."""
    return f"release:{row.id}:{place}" if place else f"release:{row.id}"

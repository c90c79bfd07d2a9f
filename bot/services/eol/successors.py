"""Finds out who has now what a reminder was about."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks import eol as blocks
from bot.domain import ownership as rules
from bot.domain.eol.exposure import certain_of
from bot.domain.eol.reminders import Remembered
from bot.domain.eol.successors import Successor
from bot.domain.recipients import NOBODY
from bot.errors import MovedOnError
from bot.services.eol.evidence import opened_at
from bot.services.eol.exposure import Watcher
from bot.store import tables


async def successor(watcher: Watcher, session: AsyncSession, reminder: Remembered) -> Successor | None:
    """Return who has now what its addressee had when it was opened; None where none of it has another owner."""
    watches = await watcher.current()
    own = watches.running.get((reminder.addressee, reminder.product, reminder.cycle), ())
    running = [each for each in watches.assets_in(reminder.product, reminder.cycle) if each not in own]
    found = {
        each: (one, certain)
        for each in await _given_away(watcher, session, reminder, running)
        for one in watches.by_asset[each]
        if (certain := certain_of(one.matched)) is not None
        and (certain.product.key, certain.cycle.name) == (reminder.product, reminder.cycle)
    }
    if not found:
        return None
    first, owner = found[min(found)][1], found[min(found)][0].responsible.addressee
    theirs = tuple(one.asset for _, (one, _) in sorted(found.items()) if one.responsible.addressee.key == owner.key)
    reminder_id = await _open(session, reminder, owner.key)
    return Successor(product=first.product, cycle=first.cycle, owner=owner, assets=theirs, reminder_id=reminder_id)


async def moved_on(watcher: Watcher, session: AsyncSession, reminder: Remembered) -> MovedOnError | None:
    """Return the refusal that says who has it now and leads there; None as `successor`."""
    found = await successor(watcher, session, reminder)
    return MovedOnError(blocks.moved_on(found), blocks.open_successor(found)) if found is not None else None


async def _given_away(
    watcher: Watcher, session: AsyncSession, reminder: Remembered, running: Collection[int]
) -> list[int]:
    """Return which of these assets, or what they are parts of, a reminder's addressee had when it was opened.

    What nobody owned then is what has had an owner only since.
    """
    assets = [each for each in map(watcher.snapshot.asset, running) if each is not None]
    held_as = {each.id: rules.holder_of(each, watcher.snapshot).id for each in assets}
    fact = tables.Ownership
    kind, _, number = reminder.addressee.partition(":")
    if not held_as:
        return []
    if reminder.addressee == NOBODY.key:
        opened = opened_at(watcher, reminder)
        owned = select(col(fact.asset_id)).where(
            col(fact.asset_id).in_(set(held_as.values())),
            col(fact.valid_from) < opened,
            or_(col(fact.valid_to).is_(None), col(fact.valid_to) >= opened),
        )
        before = set((await session.execute(owned)).scalars())
        return [each for each, holder in held_as.items() if holder not in before]
    owner = col(fact.team_id) if kind == "team" else col(fact.person_id)
    query = select(col(fact.asset_id)).where(
        owner == int(number),
        col(fact.asset_id).in_(set(held_as.values())),
        col(fact.valid_to) >= opened_at(watcher, reminder),
    )
    given = set((await session.execute(query)).scalars())
    return [each for each, holder in held_as.items() if holder in given]


async def _open(session: AsyncSession, reminder: Remembered, owner: str) -> int | None:
    """Return the open reminder of somebody's same release cycle, of the same deadline where there is one."""
    table = tables.Reminder
    query = select(col(table.id), col(table.kind)).where(
        col(table.addressee) == owner,
        col(table.product) == reminder.product,
        col(table.cycle) == reminder.cycle,
        col(table.resolved_at).is_(None),
    )
    rows = (await session.execute(query.order_by(col(table.id)))).all()
    return min(rows, key=lambda row: row.kind != reminder.kind.value).id if rows else None

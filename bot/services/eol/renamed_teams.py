"""The messages about ends of life whose teams are called otherwise now."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from sqlalchemy import or_, select
from sqlmodel import col

from bot.domain.recipients import owner_key
from bot.errors import NotFoundError
from bot.services.cards import acting
from bot.services.deps import Deps
from bot.services.eol._card_answers import ReminderAct
from bot.services.eol.exposure import Watcher
from bot.services.snapshot import Snapshot
from bot.store import tables

#: Nobody acts: none has this id.
_NOBODY = 0


async def redraw_open(deps: Deps, snapshot: Snapshot, watcher: Watcher, team_ids: Collection[int]) -> None:
    """Let the open reminders of these teams, and those that they have taken over, read as they stand."""
    row = tables.Reminder
    is_theirs = or_(
        col(row.addressee).in_([owner_key(each, None) for each in team_ids]),
        col(row.delegated_to).in_(team_ids),
    )
    query = select(col(row.id)).where(col(row.resolved_at).is_(None), is_theirs).order_by(col(row.id))
    async with deps.database.reading() as session:
        ids = (await session.execute(query)).scalars().all()
    for each in ids:
        with suppress(NotFoundError):  # nothing of it ends any more
            async with acting(ReminderAct(deps, snapshot, each, _NOBODY, watcher), None) as act:
                await act.redraw()

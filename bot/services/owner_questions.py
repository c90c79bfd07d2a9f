"""The messages that ask who takes what nobody owns any more, and what becomes of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.blocks.ownership import releases as blocks
from bot.blocks.text import Rendered
from bot.domain.catalog import Area
from bot.services import outbox
from bot.services.release_notices import told
from bot.store import tables


def given_up_key(release_id: int) -> str:
    """Return the outbox key of the question who takes what was given up."""
    return f"release:{release_id}:heirs"


def wanted_key(mark_id: int) -> str:
    """Return the outbox key of the question who takes what is unowned on purpose no longer."""
    return f"unowned:{mark_id}:heirs"


async def open_questions(session: AsyncSession, asset_id: int, areas: Collection[Area]) -> list[str]:
    """Return the outbox keys of the questions who takes these areas of an asset, or all of it."""
    release, mark = tables.Release, tables.UnownedMark
    query = select(release).where(col(release.asset_id) == asset_id, col(release.ended_at).is_(None))
    given_up = [
        given_up_key(row.id or 0)
        for row in (await session.execute(query)).scalars()
        if Area.ALL in areas or {Area(each) for each in row.areas} <= {*areas}
    ]
    marks = select(col(mark.id)).where(col(mark.asset_id) == asset_id, col(mark.ended_at).is_not(None))
    given_up += await told(session, asset_id)
    return given_up + [wanted_key(number or 0) for number in (await session.execute(marks)).scalars()]


async def leave_out(session: AsyncSession, asset_id: int, team_id: int, *, at: datetime) -> None:
    """Let the questions who takes an asset propose a team no more, which has said that it is not theirs."""
    message = tables.OutboxMessage
    keys = await open_questions(session, asset_id, list(Area))
    found = await session.execute(select(col(message.key), col(message.body)).where(col(message.key).in_(keys)))
    for key, body in found.all():
        before = Rendered(body["text"], body.get("blocks", ()))
        await outbox.revise(session, key=key, message=blocks.without_heir(before, asset_id, team_id), at=at)

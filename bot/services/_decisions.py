"""The source under whose name the store keeps what people decide in Slack or at the command line."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.domain.catalog import HUMAN_SOURCE
from bot.store.tables import Source


async def human_source(session: AsyncSession) -> int:
    """Return the id of the people's source, made when it is not there yet.

    Call it behind the catalog's lock (`next_revision`), so that two decisions at once do not both make it.
    """
    found = (await session.execute(select(col(Source.id)).where(col(Source.is_human).is_(True)).limit(1))).scalar()
    if found is not None:
        return found
    source = Source(name=HUMAN_SOURCE, is_human=True)
    session.add(source)
    await session.flush()
    assert source.id is not None  # noqa: S101 - the flush has just given it
    return source.id

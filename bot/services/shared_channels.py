"""Channels where nothing is said of Baton's own accord, because other organisations are in them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.services.deps import Deps
from bot.store.tables import SlackChannel


async def is_closed(session: AsyncSession, deps: Deps, channel_id: str) -> bool:
    """Whether other organisations are in a channel, by what Slack said last, and no administrator has opened it."""
    if channel_id in deps.open_channels:
        return False
    shared = select(col(SlackChannel.is_shared)).where(col(SlackChannel.channel_id) == channel_id)
    return bool(await session.scalar(shared))

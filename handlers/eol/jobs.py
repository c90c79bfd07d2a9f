"""What end of life does by the clock: ask the feed of dates."""

from __future__ import annotations

from bot.services.context import Context
from bot.services.eol import feed_refresh


async def refresh_facts(context: Context) -> None:
    """Ask the feed of end-of-life dates once a day, whichever process comes first, and take over what it brought."""
    if context.feed_url and await feed_refresh.refresh_if_due(context.deps, base_url=context.feed_url) is not None:
        await context.watcher.facts.follow(context.deps.database)

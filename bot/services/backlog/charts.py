"""The picture of the backlog."""

from __future__ import annotations

import asyncio

from bot.blocks import backlog as blocks
from bot.clients import backlog_chart as drawing
from bot.domain.backlog.chart import chart as layout
from bot.domain.backlog.open_items import heading
from bot.errors import UserError
from bot.services.backlog import ranks
from bot.services.deps import Deps
from bot.services.pictures import Picture, Pictures
from bot.services.snapshot import Snapshot


async def chart(deps: Deps, snapshot: Snapshot, pictures: Pictures, *, is_all: bool = False) -> Picture:
    """Return the backlog as everybody in a channel may see it; with `is_all` private requests, too.

    Raises UserError when too many pictures wait, or no request is open.
    """
    async with pictures.turn():
        ranked = await ranks.ranked(deps, snapshot, None, is_all=is_all)
        if not ranked:
            raise UserError("No request is open that everybody may see: there is nothing to draw.")
        entries = [(heading(each.card), each.place) for each in ranked]
        shown = layout(entries, ranks.settings_of(deps), today=deps.clock.now().date())
        content = await asyncio.to_thread(drawing.draw, shown)
    return Picture(
        filename=f"devops-backlog-{shown.today.isoformat()}.png",
        title=drawing.TITLE,
        alt_text=blocks.alt_text(shown),
        content=content,
    )

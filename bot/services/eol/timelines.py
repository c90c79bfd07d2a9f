"""The picture of end-of-life dates: a timeline."""

from __future__ import annotations

import asyncio

from bot.blocks.eol import reports as blocks
from bot.clients import timeline as drawing
from bot.domain.eol.subjects import ReportScope
from bot.domain.eol.timeline import timeline as layout
from bot.domain.names import clean
from bot.services.deps import Deps
from bot.services.eol import reports
from bot.services.eol.exposure import Watcher
from bot.services.pictures import Picture, Pictures


async def timeline(deps: Deps, watcher: Watcher, pictures: Pictures, subject: ReportScope) -> Picture:
    """Return the timeline of a team, an asset, a product or everybody. Raises UserError when too many wait."""
    async with pictures.turn():
        report = await reports.report_of(deps, watcher, subject)
        shown = layout(report, title=f"End of life: {clean(blocks.plain_who(subject))}")
        content = await asyncio.to_thread(drawing.draw, shown)
    return Picture(
        filename=f"end-of-life-{report.today.isoformat()}.png",
        title=shown.title,
        alt_text=blocks.alt_text(shown, report),
        content=content,
    )

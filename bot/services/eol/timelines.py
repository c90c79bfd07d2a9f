"""Use cases of pictures: a timeline of end-of-life dates, drawn in a thread of its own, one at a time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.blocks.eol import reports as blocks
from bot.clients import timeline as drawing
from bot.domain.eol.subjects import ReportScope
from bot.domain.eol.timeline import timeline
from bot.domain.names import clean
from bot.errors import UserError
from bot.services.deps import Deps
from bot.services.eol import reports
from bot.services.eol.exposure import Watcher

#: Pictures that may wait for their turn; each takes about a second.
_MOST_WAITING = 10


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG; `alt_text` says in words what it shows."""

    filename: str
    title: str
    alt_text: str
    content: bytes


class Pictures:
    """Draws for this process: memory and both processors stay free for answers."""

    def __init__(self, deps: Deps, watcher: Watcher) -> None:
        self._deps, self._watcher = deps, watcher
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def timeline(self, subject: ReportScope) -> Picture:
        """Return the timeline of a team, an asset, a product or everybody. Raises UserError when too many wait."""
        if self._waiting >= _MOST_WAITING:
            raise UserError("Too many pictures at once: try again in a minute.")
        self._waiting += 1
        try:
            async with self._turn:
                report = await reports.report_of(self._deps, self._watcher, subject)
                name = clean(blocks.plain_who(subject))
                shown = timeline(report, title=f"End of life: {name}")
                content = await asyncio.to_thread(drawing.draw, shown)
        finally:
            self._waiting -= 1
        return Picture(
            filename=f"end-of-life-{report.today.isoformat()}.png",
            title=shown.title,
            alt_text=blocks.alt_text(shown, report),
            content=content,
        )

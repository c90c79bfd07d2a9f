"""The ends of life that come with an asset to its next owner, as a handoff shows them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks.eol import report_lines
from bot.domain.catalog import Area
from bot.domain.eol.periods import Everything
from bot.domain.eol.reports import Compiling
from bot.domain.eol.responsibility import Addressee, ageing_area
from bot.domain.eol.subjects import ReportScope
from bot.domain.records import AssetRecord
from bot.services.deps import Deps
from bot.services.eol.exposure import Watcher
from bot.services.eol.reminder_store import facts_age, remembered, takers_of


class EndsOfLife:
    """What runs out of support, with what it costs and what its owner has planned."""

    def __init__(self, deps: Deps, watcher: Watcher) -> None:
        self._deps, self._watcher = deps, watcher

    async def ready(self) -> None:
        """Take in what runs where as of now."""
        await self._watcher.current()

    async def lines(self, session: AsyncSession, resources: Sequence[tuple[AssetRecord, Area]]) -> Sequence[str]:
        """Return a line for each end of support that the owner of these areas has to see to."""
        exposure = self._watcher.latest
        ageing = {asset.id: asset for asset, area in resources if area in (Area.ALL, ageing_area(asset))}
        if exposure is None or not any(exposure.by_asset.get(each) for each in ageing):
            return ()
        first, *others = ageing.values()
        scope = ReportScope(asset=first, part_ids=frozenset(each.id for each in others))
        facts = facts_age(self._watcher.facts, self._deps.clock.now())
        takers = await takers_of(session, self._watcher.snapshot)
        compiling = Compiling(scope, Everything(), self._watcher.today(Addressee()), facts, takers=takers)
        for _ in compiling.fill(exposure):
            pass
        reminders = [each for who in sorted(compiling.addressees) for each in await remembered(session, addressee=who)]
        rows = report_lines.lines(compiling.done(reminders))
        return tuple(each.text.removeprefix("• ") for each in rows if each.entries)

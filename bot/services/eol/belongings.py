"""The ends of life that come with an asset to its next owner, as a handoff shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks.eol import report_lines
from bot.blocks.lines import Line
from bot.domain import ownership as rules
from bot.domain.catalog import Area
from bot.domain.eol.exposure import Exposure, Watch, watches_of
from bot.domain.eol.periods import Everything
from bot.domain.eol.reports import Compiling
from bot.domain.eol.responsibility import Addressee, ageing_area
from bot.domain.eol.subjects import ReportScope
from bot.domain.records import AssetRecord
from bot.services.deps import Deps
from bot.services.eol import plan_news
from bot.services.eol.exposure import Watcher
from bot.services.eol.notify import open_reminders
from bot.services.eol.plan_news import Leaving
from bot.services.eol.reminder_store import facts_age, remembered, takers_of
from bot.services.eol.succession import answered_before


class EndsOfLife:
    """What runs out of support, with what it costs and what its owner has planned."""

    def __init__(self, deps: Deps, watcher: Watcher) -> None:
        self._deps, self._watcher = deps, watcher

    async def ready(self) -> None:
        """Take in what runs where as of now."""
        await self._watcher.current()

    async def lines(self, session: AsyncSession, resources: Sequence[tuple[AssetRecord, Area]]) -> Sequence[str]:
        """Return a line for each end of support that the owner of these areas has to see to."""
        return [each.text.removeprefix("• ") for each in await self._rows(session, resources)]

    async def came(self, resources: Sequence[tuple[AssetRecord, Area]]) -> Sequence[Line]:
        """Return the same of what has just passed, with the button that goes on with what was planned for it.

        So that it can be pressed, the new owner is reminded of what its owner before had answered from now on.
        """
        exposure = await self._watcher.current()
        async with self._deps.database.transaction() as session:
            watches = _watches(exposure, {asset.id for asset, _ in resources})
            answered = await answered_before(session, watches)
            opening = [(each, exposure.today_of(each.addressee)) for each in watches if each.key[1:3] in answered]
            await open_reminders(session, opening, at=self._deps.clock.now())
            rows = await self._rows(session, resources)
        today = self._watcher.today(Addressee())
        return [
            Line(each.text.removeprefix("• "), report_lines.keep_button(each, today), command="/eol") for each in rows
        ]

    async def _rows(
        self, session: AsyncSession, resources: Sequence[tuple[AssetRecord, Area]]
    ) -> Sequence[report_lines.ReportRow]:
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
        return [each for each in report_lines.lines(compiling.done(reminders)) if each.entries]

    async def left(
        self, session: AsyncSession, resources: Sequence[tuple[AssetRecord, Area]], owners: Collection[str], *, to: str
    ) -> None:
        """Take back what was to be said of plans for what these owners have no longer."""
        ids = {asset.id for asset, area in resources if area in (Area.ALL, ageing_area(asset))}
        if ids:
            gone, now = frozenset(self._with_heirs(ids)), self._deps.clock.now()
            await plan_news.leave_out(session, self._deps, self._watcher, Leaving(frozenset(owners), gone, to), now)

    def _with_heirs(self, asset_ids: Collection[int]) -> Iterator[int]:
        """Yield these assets, and the parts that have their owner by inheritance."""
        snapshot = self._watcher.snapshot
        for asset in filter(None, map(snapshot.asset, snapshot.changes.with_parts(asset_ids))):
            if asset.id in asset_ids or rules.holder_of(asset, snapshot).id in asset_ids:
                yield asset.id


def _watches(exposure: Exposure, asset_ids: Collection[int]) -> list[Watch]:
    """Return what ends of these assets, with whatever else of the same owner's ends with it."""
    keys = {
        watch.key
        for asset_id in asset_ids
        for run in exposure.by_asset.get(asset_id, ())
        for watch in watches_of(run, exposure.today_of)
    }
    return [exposure.by_key[key] for key in sorted(keys) if key in exposure.by_key]

"""The health report: what the nouns contribute, put together, compared with last month's figures, and kept.

Each noun takes part with a `HealthSource` of its own in `bot.services.context.health`; what it has no figures for is
not shown. Nothing here knows which nouns there are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, Protocol

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.blocks import health as blocks
from bot.blocks.health import HealthPart, HealthReport
from bot.clients import health_chart as drawing
from bot.domain import health as rules
from bot.domain.dates import later
from bot.domain.health import ORGANISATION, TREND_MONTHS, Earlier, HealthPicture, Trend, month_of, scope_of
from bot.domain.records import TeamRecord
from bot.services import outbox, routing
from bot.services.deps import Deps
from bot.services.pictures import Picture, Pictures
from bot.services.snapshot import Snapshot
from bot.services.working_times import WorkingTimes
from bot.store.inserts import insert_into
from bot.store.tables import HealthFigure, core

#: Where the key of a month's post begins: `health:2026-12`.
POST = "health:"
_TABLE = core(HealthFigure)
#: Figures are kept for so many months.
_KEPT_MONTHS = 25
#: Rows of one statement.
_CHUNK = 1000


class HealthSource(Protocol):
    """A noun that has figures."""

    async def part(self, team: TeamRecord | None) -> HealthPart:
        """Return its figures for everybody, with `recorded` ones for every team; or its figures for one team.

        Work over everything gives the event loop its turn.
        """


class Health:
    """Puts the report together. All state is in the store."""

    def __init__(self, deps: Deps, snapshot: Snapshot, times: WorkingTimes, sources: Sequence[HealthSource]) -> None:
        self._deps, self._snapshot, self._times, self._sources = deps, snapshot, times, sources
        #: The day on which this process last saw to it that the month's figures are kept.
        self._kept_on: date | None = None

    async def report(self, team: TeamRecord | None = None) -> HealthReport:
        """Return the report of everybody, or of one team."""
        parts = await self._parts(team)
        return await self._report(parts, team, await self._today())

    async def picture(self, pictures: Pictures) -> Picture:
        """Return the figures of the last months and who owns which area. Raises UserError when too many wait."""
        async with pictures.turn():
            parts, today = await self._parts(None), await self._today()
            labels = {key: label for each in parts for key, label in each.trends.items()}
            shown = HealthPicture(
                title=f"Ownership and DevOps' load, {today.isoformat()}",
                trends=await self._trends(parts, labels, today),
                matrix=next((each.matrix for each in parts if each.matrix.rows), rules.Matrix()),
            )
            content = await asyncio.to_thread(drawing.draw, shown)
        return Picture(f"health-{today.isoformat()}.png", shown.title, blocks.alt_text(shown), content)

    async def run(self) -> None:
        """Keep the month's figures, and post the month's report once, at working time, where there is a place for it.

        Each figure is kept once and the report posted once, even if several processes run this or it is interrupted.
        """
        now, work = self._deps.clock.now(), await self._times.of(self._deps.timezone, self._deps.clock.now())
        today, place = work.today(now), routing.platform_of(self._deps, self._snapshot)
        key = f"{POST}{today:%Y-%m}"
        may_post = bool(place) and work.is_open(now) and rules.is_due(today, work)
        if may_post:
            async with self._deps.database.reading() as session:
                may_post = await outbox.destination(session, key) is None
        if not may_post and self._kept_on == today:
            return
        parts = await self._parts(None)
        if any(each.is_empty for each in parts):
            return
        message = blocks.report(await self._report(parts, None, today)) if may_post else None
        async with self._deps.database.transaction() as session:
            await _keep(session, parts, today)
            if message is not None:
                await outbox.enqueue(session, key=key, channel=place, message=message, at=now)
        self._kept_on = today

    async def _parts(self, team: TeamRecord | None) -> list[HealthPart]:
        return [await source.part(team) for source in self._sources]

    async def _today(self) -> date:
        now = self._deps.clock.now()
        return (await self._times.of(self._deps.timezone, now)).today(now)

    async def _report(self, parts: Sequence[HealthPart], team: TeamRecord | None, today: date) -> HealthReport:
        empty = [each for each in parts if each.is_empty]
        parts = empty or parts
        sections = [section for each in parts for section in each.sections]
        team_ids = [number for each in sections for figure in each.figures for number, _, _ in figure.teams]
        scopes = {ORGANISATION, scope_of(team.id if team is not None else None), *map(scope_of, team_ids)}
        return HealthReport(
            today=today,
            headline=next((each.headline for each in parts if each.headline is not None), None),
            sections=sections,
            notes=[note for each in parts for note in each.notes],
            actions=rules.first_actions(each.actions for each in parts),
            earlier=await self._earlier(today, scopes),
            team_id=team.id if team is not None else None,
            team=team.name if team is not None else "",
        )

    async def _earlier(self, today: date, scopes: Collection[str]) -> Earlier:
        """Return the figures of the last month before this one that has any."""
        t = _TABLE.c
        last = select(func.max(t.month)).where(t.month < month_of(today)).scalar_subquery()
        values: dict[tuple[str, str], int] = {}
        since: date | None = None
        async with self._deps.database.reading() as session:
            for some in _chunks(sorted(scopes)):
                query = select(t.scope, t.key, t.value, t.counted_on).where(t.month == last, t.scope.in_(some))
                for scope, key, value, counted_on in await session.execute(query):
                    values[scope, key] = value
                    since = min(since or counted_on, counted_on)
        return Earlier(since, values)

    async def _trends(self, parts: Sequence[HealthPart], labels: dict[str, str], today: date) -> list[Trend]:
        t, first = _TABLE.c, later(month_of(today), 1 - TREND_MONTHS, "month")
        query = select(t.key, t.counted_on, t.value).where(
            t.month >= first, t.scope == ORGANISATION, t.key.in_(list(labels)), t.counted_on < today
        )
        async with self._deps.database.reading() as session:
            rows = (await session.execute(query.order_by(t.month))).all()
        now = {key: value for each in parts for key, value in each.recorded.get(ORGANISATION, {}).items()}
        return [
            Trend(label, [*((on, value) for of, on, value in rows if of == key), (today, now[key])])
            for key, label in labels.items()
            if key in now
        ]


async def _keep(session: AsyncSession, parts: Sequence[HealthPart], today: date) -> None:
    """Keep the figures of a month, unless they are kept already; of teams those that are not zero."""
    rows = [
        {"month": month_of(today), "scope": scope, "key": key, "value": value, "counted_on": today}
        for each in parts
        for scope, figures in each.recorded.items()
        for key, value in figures.items()
        if value or scope == ORGANISATION
    ]
    insert: Any = insert_into(_TABLE, session.get_bind().dialect.name)
    for some in _chunks(rows):
        await session.execute(insert.on_conflict_do_nothing(), some)
    await session.execute(delete(_TABLE).where(_TABLE.c.month < later(month_of(today), -_KEPT_MONTHS, "month")))


def _chunks(items: Sequence[Any]) -> Iterable[list[Any]]:
    return (list(items[start : start + _CHUNK]) for start in range(0, len(items), _CHUNK))

"""The playground's organisation carries out its plans: on a plan's day, the planned version runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.app import RunningApp
from bot.domain.eol.answers import AnswerKind
from bot.domain.eol.exposure import Exposure, Watch
from bot.domain.eol.reminders import Remembered
from bot.services import snapshot as snapshots
from bot.services.eol.exposure import Watcher
from bot.services.eol.reminder_store import remembered
from bot.store import tables
from bot.store.journal import audit, next_revision

#: The key of a plan's target.
_TARGET = "target"


async def keep_plans(baton: RunningApp) -> int:
    """Upgrade everything planned for today or earlier, as a scan would find it then. Return how many plans were kept.

    Only a plan that names a release cycle can be kept. All others are missed, which shows what happens then.
    """
    deps, watcher = baton.context.deps, baton.context.watcher
    watches = await watcher.current()
    async with deps.database.reading() as session:
        due = list(_due(await remembered(session), watches, watcher))
    if not due:
        return 0
    async with deps.database.transaction() as session:
        now, revision = deps.clock.now(), await next_revision(session)
        for reminder, watch, version in due:
            await _upgrade(session, watch, version, now, revision)
            detail = {"version": version}
            await audit(session, now, "playground", "lifecycle.inventory", f"reminder:{reminder.id}", detail)
    await snapshots.refresh(watcher.snapshot, deps.database)
    return len(due)


def _due(
    reminders: Iterable[Remembered], watches: Exposure, watcher: Watcher
) -> Iterable[tuple[Remembered, Watch, str]]:
    """Yield what has to be upgraded now, and to which version."""
    for reminder in reminders:
        watch = watches.by_key.get(reminder.key)
        plan = next((each for each in reminder.answers if each.kind is AnswerKind.PLANNED), None)
        if watch is None or plan is None or plan.until is None or plan.until > watcher.today(watch.addressee):
            continue
        target = next((cycle for cycle in watch.product.cycles if cycle.name == plan.detail.get(_TARGET)), None)
        if target is not None and target.name != watch.cycle.name:
            yield reminder, watch, target.latest or target.name


async def _upgrade(session: AsyncSession, watch: Watch, version: str, now: datetime, revision: int) -> None:
    table = tables.Deployment
    for running in watch.runs:
        old = await session.get(table, running.deployment.id)
        if old is None or old.gone_at is not None:
            continue
        old.gone_at, old.revision = now, revision
        same = {name: getattr(old, name) for name in ("source_id", "asset_id", "product", "provider", "environment")}
        conditions = [col(getattr(table, name)) == value for name, value in same.items()]
        found = await session.execute(select(table).where(*conditions, col(table.version) == version))
        new = found.scalar_one_or_none()
        if new is None:
            new = table(**same, version=version, how=old.how, address=old.address, first_seen_at=now)
            session.add(new)
        new.gone_at, new.last_seen_at, new.revision = None, now, revision

"""Use cases of asking about end of life: the report for a question, from the inventory in memory."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime

from bot.domain.eol.periods import Everything
from bot.domain.eol.reports import Compiling, Report
from bot.domain.eol.responsibility import Addressee
from bot.domain.eol.subjects import ReportScope, releases
from bot.services.deps import Deps
from bot.services.eol.exposure import Watcher
from bot.services.eol.questions import Asked
from bot.services.eol.reminder_store import facts_age, takers_of, told_to
from bot.services.slices import in_slices

#: A report of more deployments is put in order in a thread: sorting 100,000 takes a tenth of a second.
_MOST_ON_THE_LOOP = 5_000


async def report(deps: Deps, watcher: Watcher, asked: Asked, *, asked_at: datetime | None = None) -> Report:
    """Return what a question is answered with: the inventory from memory, the answers to reminders from the store.

    `asked_at` is when it is asked, for how old the facts are then, where that is not the clock's time.
    """
    exposure = await watcher.current()
    async with deps.database.reading() as session:
        compiling = Compiling(
            asked.subject,
            asked.period,
            today_of(watcher, asked.subject),
            facts_age(watcher.facts, asked_at or deps.clock.now()),
            asked.only_unknown,
            await takers_of(session, watcher.snapshot),
        )
        await in_slices(compiling.fill(exposure))
        reminders = [each async for chunk in told_to(session, compiling.addressees) for each in chunk]
    product = asked.subject.product
    if not compiling.size and product is not None:
        return replace(compiling.done(reminders), releases=releases(watcher.facts.table, product))
    if compiling.size > _MOST_ON_THE_LOOP:
        return await asyncio.to_thread(compiling.done, reminders)
    return compiling.done(reminders)


async def report_of(deps: Deps, watcher: Watcher, subject: ReportScope) -> Report:
    """Return everything there is to say of a subject."""
    return await report(deps, watcher, Asked(subject=subject, period=Everything()))


def today_of(watcher: Watcher, subject: ReportScope) -> date:
    """Return the day of the first team that a question is about; the default time zone's where there is none."""
    return watcher.today(Addressee(subject.teams[0]) if subject.teams else Addressee())

"""Reminders show how the request for help with them stands: they are drawn anew when it changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.services.backlog import intake
from bot.services.context import Context
from bot.services.eol import version_overrides
from handlers.routes import Job

#: More than the hour that lies between two runs of the job.
_LATELY = timedelta(hours=3)


def redraw(context: Context, request_id: int) -> None:
    """Draw the reminders anew that a request is for, behind the answer."""
    context.background.start(_redraw(context, request_id), what="reminders of a request", is_optional=True)


async def redraw_changed(context: Context) -> None:
    """Draw those anew whose requests have moved on lately, by a tracker or just before the process ended."""
    since = context.deps.clock.now() - _LATELY
    await _redraw_all(context, await intake.reminders_of(context.deps, changed_since=since))


async def _redraw(context: Context, request_id: int) -> None:
    await _redraw_all(context, await intake.reminders_of(context.deps, request_id=request_id))


async def _redraw_all(context: Context, reminder_ids: Sequence[int]) -> None:
    for reminder_id in reminder_ids:
        await version_overrides.redraw(context.deps, context.watcher, reminder_id=reminder_id)
    context.drainer.wake()


JOBS: tuple[Job, ...] = (("redraw_reminders", 1, redraw_changed),)

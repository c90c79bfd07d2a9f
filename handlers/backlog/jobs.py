"""What happens to requests by the clock, and behind an answer: issues, the reminders they help with, copied words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.services.backlog import copied_words, intake, questions, status_emoji
from bot.services.context import Context
from bot.services.eol import version_overrides
from handlers.routes import Job

#: More than the hour that lies between two runs of the job.
_LATELY = timedelta(hours=3)


def redraw(context: Context, request_id: int) -> None:
    """Redraw the reminders that a request helps with, after the answer has gone out."""
    context.background.start(_redraw(context, request_id), what="reminders of a request", is_optional=True)


async def redraw_changed(context: Context) -> None:
    """Redraw the reminders whose requests were changed lately, by a tracker or just before the process ended."""
    since = context.deps.clock.now() - _LATELY
    await _redraw_all(context, await intake.reminders_of(context.deps, changed_since=since))


async def _redraw(context: Context, request_id: int) -> None:
    await _redraw_all(context, await intake.reminders_of(context.deps, request_id=request_id))


async def _redraw_all(context: Context, reminder_ids: Sequence[int]) -> None:
    for reminder_id in reminder_ids:
        await version_overrides.redraw(context.deps, context.watcher, reminder_id=reminder_id)
    context.drainer.wake()


async def send_issues(context: Context) -> None:
    """Make the issues of accepted requests that are due."""
    if context.trackers is not None:
        await context.trackers.send()


async def reconcile_issues(context: Context) -> None:
    """Take back what has changed in the tracker."""
    if context.trackers is not None:
        await context.trackers.reconcile()
        context.drainer.wake()


async def carry_comments(context: Context) -> None:
    """Carry what was said in threads to their issues, where that is switched on."""
    if context.trackers is not None and context.trackers.comments is not None:
        await context.trackers.comments.send()


async def show_status_emoji(context: Context) -> None:
    """Let reactions show how requests stand."""
    await status_emoji.show(context.deps, context.slack)


def react(context: Context) -> None:
    """Let a reaction show the new state of a request, after the answer has gone out."""
    context.background.start(show_status_emoji(context), what="show_status_emoji", is_optional=True)


def wake(context: Context) -> None:
    """Make the issue of a request that was just accepted, after the answer has gone out."""
    if context.trackers is not None:
        context.background.start(send_issues(context), what="send_issues", is_optional=True)


async def forget_deleted_words(context: Context) -> None:
    """Forget the words of messages that were deleted since they were copied."""
    await copied_words.forget_deleted(context.deps, context.snapshot, context.slack, context.members)
    context.drainer.wake()


async def point_to_buttons(context: Context) -> None:
    """Show the button to people who have typed their answer into a thread."""
    await questions.point(context.deps, context.snapshot, context.slack, context.members)
    context.drainer.wake()


JOBS: tuple[Job, ...] = (
    ("send_issues", 1 / 60, send_issues),
    ("show_status_emoji", 1 / 60, show_status_emoji),
    ("reconcile_issues", 1, reconcile_issues),
    ("carry_comments", 1 / 6, carry_comments),
    ("redraw_reminders", 1, redraw_changed),
    ("forget_deleted_words", 6, forget_deleted_words),
    ("point_to_buttons", 1 / 6, point_to_buttons),
)

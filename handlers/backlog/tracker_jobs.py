"""What happens by the clock between requests and the tracker."""

from __future__ import annotations

from bot.services.context import Context
from handlers.routes import Job


async def send_issues(context: Context) -> None:
    """Make the issues of accepted requests that are due."""
    if context.trackers is not None:
        await context.trackers.send()


async def reconcile_issues(context: Context) -> None:
    """Take back what has changed in the tracker."""
    if context.trackers is not None:
        await context.trackers.reconcile()


def wake(context: Context) -> None:
    """Make the issue of a request that was accepted just now, behind the answer."""
    if context.trackers is not None:
        context.background.start(send_issues(context), what="send_issues", is_optional=True)


JOBS: tuple[Job, ...] = (
    ("send_issues", 1 / 60, send_issues),
    ("reconcile_issues", 1, reconcile_issues),
)

"""What is kept up to date and tidied by the clock, whichever noun it is for."""

from __future__ import annotations

from bot.services import inbound, misses
from bot.services.context import Context
from bot.services.outbox import admin
from handlers.routes import Job


async def read_members(context: Context) -> None:
    """Learn who is who; without it, people are known once they first act."""
    await context.listings.read_members()


async def read_channels(context: Context) -> None:
    """Learn which channel has which id."""
    await context.listings.read_channels()


async def daily_pass(context: Context) -> None:
    """Say everybody what is due, whichever noun it is of."""
    await context.daily_pass.run()


async def forget_old_events(context: Context) -> None:
    """Delete event ids that cannot be delivered again."""
    await inbound.forget_old(context.deps)


async def forget_old_messages(context: Context) -> None:
    """Delete messages that were sent too long ago to be revised."""
    await admin.forget_old(context.deps)


async def forget_old_misses(context: Context) -> None:
    """Delete names that nobody has asked for in a long time."""
    await misses.forget_old(context.deps)


JOBS: tuple[Job, ...] = (
    # Every minute it is looked whether something is due: Slack's pauses are of seconds.
    ("read_members", 1 / 60, read_members),
    ("read_channels", 1 / 60, read_channels),
    # A quarter of an hour is the finest that time zones differ by.
    ("daily_pass", 0.25, daily_pass),
    ("forget_old_events", 6, forget_old_events),
    ("forget_old_messages", 24, forget_old_messages),
    ("forget_old_misses", 24, forget_old_misses),
)

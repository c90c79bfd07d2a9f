"""What is kept up to date and tidied by the clock, whichever noun it is for."""

from __future__ import annotations

from bot.services import inbound, misses
from bot.services.outbox import admin
from handlers.routes import Job

JOBS: tuple[Job, ...] = (
    # Every minute it is looked whether something is due: Slack's pauses are of seconds.
    ("read_members", 1 / 60, lambda context: context.listings.read_members()),
    ("read_channels", 1 / 60, lambda context: context.listings.read_channels()),
    # A quarter of an hour is the finest that time zones differ by.
    ("daily_pass", 0.25, lambda context: context.daily_pass.run()),
    ("forget_old_events", 6, lambda context: inbound.forget_old(context.deps)),
    ("forget_old_messages", 24, lambda context: admin.forget_old(context.deps)),
    ("forget_old_misses", 24, lambda context: misses.forget_old(context.deps)),
)

"""What happens to handoffs by the clock."""

from __future__ import annotations

from bot.services.context import Context
from bot.services.handoff import due_days
from handlers.interaction import settle
from handlers.routes import Job


async def carry_on(context: Context) -> None:
    """Let what was accepted take effect on its day, and end overlaps, loans, and offers that nobody answered."""
    await due_days.run(context.deps, context.snapshot)
    await settle(context)


JOBS: tuple[Job, ...] = (("handoffs", 1, carry_on),)

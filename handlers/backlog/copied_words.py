"""What happens by the clock with the words that requests keep of their threads."""

from __future__ import annotations

from bot.services.backlog import copied_words
from bot.services.context import Context
from handlers.routes import Job


async def forget_deleted_words(context: Context) -> None:
    """Forget the words of messages that were deleted since they were copied."""
    await copied_words.forget_deleted(context.deps, context.snapshot, context.slack, context.members)
    context.drainer.wake()


JOBS: tuple[Job, ...] = (("forget_deleted_words", 6, forget_deleted_words),)

"""Answering a reminder, and showing what that came to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.blocks import eol as blocks
from bot.domain.eol.outcomes import AnswerRecorded, Outcome, Pinned
from bot.services import people
from bot.services.context import Context
from handlers import attestation
from handlers.interaction import Place, show


async def answer(
    context: Context, user_id: str, place: Place, use_case: Callable[..., Awaitable[Outcome]], **said: Any
) -> None:
    """Answer a reminder as a person, and say what it came to. `said` is what the use case takes besides them."""
    person_id = await people.identify(context.deps, context.slack, user_id)
    outcome = await use_case(context.deps, context.watcher, person_id=person_id, **said)
    if isinstance(outcome, AnswerRecorded):
        watch = outcome.card.watch
        team_id = watch.addressee.team.id if watch.addressee.team is not None else None
        attestation.used(context, user_id, team_id=team_id, asset_ids={run.asset.id for run in watch.runs})
    await say(context, place, outcome)


async def say(context: Context, place: Place, outcome: Outcome) -> None:
    """Acknowledge, and show a receipt, with the card afresh where only its reader sees it."""
    context.drainer.wake()
    note = blocks.receipt(outcome).text
    if isinstance(outcome, Pinned):
        await show(context, place, note)
    else:
        card = outcome.card
        await show(context, place, note, message=blocks.opened(card, note), view=blocks.opened_view(card, note))

"""The form that corrects a request, with what its thread says by now beside what the request has."""

from __future__ import annotations

from bot.blocks import backlog as blocks
from bot.blocks.text import Block
from bot.services.backlog import changes, thread_news
from bot.services.context import Context
from handlers.backlog.request_forms import teams
from handlers.interaction import Place, person_of


async def change_form(
    context: Context, user_id: str, request_id: int, place: Place, *, here: str = "", is_found: bool = False
) -> Block:
    """Return the form for somebody who reads the conversation `here`, or none that is known.

    With `is_found` it stands in the place of the form of a new request. Raises as `changes.change`.
    """
    person_id = await person_of(context, user_id)
    its = await changes.to_change(context.deps, context.snapshot, request_id=request_id, person_id=person_id)
    if its.thread_ts:
        its = await thread_news.with_news(
            context.deps,
            context.snapshot,
            context.slack,
            context.members,
            its,
            bot_user_id=context.bot_user_id,
            is_there=here == its.channel_id,
        )
    metadata = place.metadata(request_id, its.read_to, its.card.version)
    return blocks.change_view(its, metadata, teams(context), is_found=is_found)

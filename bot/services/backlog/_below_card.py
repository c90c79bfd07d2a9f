"""What is said below a request's card: in its thread, or in person where the channel wants the card alone."""

from __future__ import annotations

from collections.abc import Callable

from bot.blocks import backlog as blocks
from bot.blocks.text import Rendered
from bot.domain.backlog.requests import RequestCard, Step
from bot.domain.recipients import Reach
from bot.services import outbox, routing
from bot.services.backlog import channels
from bot.services.backlog._cards import RequestAct, card_key
from bot.store import tables

#: Steps of which the card alone tells where its channel wants no other posts: nobody has to answer, and nothing ends.
LEFT_TO_CARD = frozenset({Step.ACCEPT, Step.START, Step.DELIVER_PART})


async def post_below(
    act: RequestAct,
    row: tables.Request,
    key: str,
    card: RequestCard,
    render: Callable[[RequestCard], Rendered],
    *,
    is_on_card: bool = False,
) -> Reach:
    """Post something below a request's card, wherever that is, or where it is lost to whoever asked for it.

    Where the channel wants the card alone, whoever asked and whoever filed it is told in person instead, but of what
    `is_on_card` and asks for nothing. `render` is given the request as the message may call people of it.
    """
    shown = await outbox.destination(act.session, card_key(card.id))
    below = shown.channel if shown is not None and not shown.is_lost else ""
    places = [each for each in (below, *(person.slack_id for person in card.reachable)) if each]
    if not places:
        return Reach.NOBODY
    is_in_thread = bool(row.thread_ts) and below == row.channel_id
    if await channels.with_card_alone(act.session, [below]):
        if is_on_card:
            return Reach.BY_CARD
        if card.reachable:
            return await _tell_in_person(act, key, card, render)
    await outbox.enqueue(
        act.session,
        key=key,
        channel=places[0],
        message=render(card),
        at=act.now,
        thread_ts=row.thread_ts if is_in_thread else "",
        parent_key=card_key(card.id) if below and not is_in_thread else None,
        fallbacks=places[1:],
        asker=act.hears_of_loss(card.asker.name),
    )
    is_sure = bool(card.reachable) or routing.takes_messages(act.snapshot, places[0])
    return Reach.TOLD if is_sure else Reach.PERHAPS


async def _tell_in_person(
    act: RequestAct, key: str, card: RequestCard, render: Callable[[RequestCard], Rendered]
) -> Reach:
    """Tell whoever asked and whoever filed it, but for whoever has done it, unless that is the only one."""
    message = blocks.in_person(card, render(card.uncalled))
    others = [each for each in card.reachable if each.id != act.person_id]
    for person in others or card.reachable:
        await outbox.enqueue(
            act.session,
            key=f"{key}:{person.id}",
            channel=person.slack_id,
            message=message,
            at=act.now,
            asker=act.hears_of_loss(person.name),
        )
    return Reach.TOLD

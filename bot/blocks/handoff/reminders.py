"""What Baton comes back to by itself: a line of each, a message about one, and the section of the week's digest."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks.handoff import actions, words
from bot.blocks.handoff.cards import offer_buttons
from bot.blocks.handoff_button import OpenHandoff, Way, handoff_buttons
from bot.blocks.lines import MOST_ALSO, Line, more, with_also
from bot.blocks.text import EDITED_TEXT, POSTED_TEXT, Block, Rendered, button, context, day, fitting
from bot.blocks.text import section as block_of
from bot.domain.handoff.due import DueKind, HandoffDue, Side
from bot.domain.handoff.handoffs import HandoffCard

_HEAD = "*Handoffs*"
#: Handoffs that a digest names.
_MOST_LINES = 10


def line(its: HandoffDue) -> Line:
    """Return what is said of one thing among others, with the button that shows the handoff."""
    return Line(_said(its), _buttons(its)[0], command="/handoff list")


def reminder(its: HandoffDue, also: Sequence[Line] = ()) -> Rendered:
    """Return the message about one thing, with what is due as well."""
    said = _said(its)
    blocks: list[Block] = [block_of(said), {"type": "actions", "elements": _buttons(its)}]
    return fitting(with_also([said], blocks, also), MOST_ALSO, EDITED_TEXT)


def section(its: Sequence[HandoffDue], *, share: int = 1) -> Rendered:
    """Return the section of a digest."""
    listed = [line(each) for each in its]

    def draw(count: int) -> Rendered:
        rest = more(listed[count:])
        blocks = [block_of(_HEAD), *(each.block for each in listed[:count]), *map(context, rest)]
        return Rendered("\n".join([_HEAD, *(f"• {each.text}" for each in listed[:count]), *rest]), blocks)

    return fitting(draw, max(1, min(_MOST_LINES, len(listed))), POSTED_TEXT // share)


def _said(its: HandoffDue) -> str:
    card = its.card
    count, what = len(card.unanswered), "question" if card.offered_on is None else "offer"
    match its.kind:
        case DueKind.ANSWER:
            waits = f"{count} of it {'waits' if count == 1 else 'wait'} for your answer"
            return f"{words.title(card)}: {waits}, until {day(its.ends_on)}. Then the {what} is over."
        case DueKind.NEEDS:
            one = its.resource
            what = words.thing(one) if one is not None else ""
            waiting = words.standing(one) if one is not None else ""
            return f"Handoff #{card.id}, {what}: {waiting}. Is it there? Accept, or say a new day."
        case DueKind.EXPIRED:
            return f"{words.title(card)}: nobody answered in time, so the {what} is over and nothing has moved."
        case _:
            other = card.receiver if its.side is Side.GIVER else card.giver
            works = f"Does it work, for you and {words.team(other.name)}?"
            return f"{words.title(card)} 30 days ago, and it was accepted. {works}"


def _buttons(its: HandoffDue) -> list[Block]:
    number, card = str(its.card.id), its.card
    show = button("Show", actions.SHOW, number, label=words.label("Show", card))
    if its.kind is DueKind.EXPIRED:
        return [*(offer_buttons(card) if its.side is Side.GIVER else _ask_again(card)), show]
    if its.kind is not DueKind.WORKS:
        return [show]
    made = [button("It works", actions.WORKS, number, label=words.label("It works", card), style="primary")]
    if its.side is Side.RECEIVER:
        made.append(button("Hand it back", actions.BACK, number, label=words.label("Hand it back", card)))
    return [*made, show]


def _ask_again(card: HandoffCard) -> list[Block]:
    """Return the button of whoever asked in vain."""
    if card.offered_on is not None or not card.to_offer_again:
        return []
    one = card.to_offer_again[0]
    return handoff_buttons(OpenHandoff(Way.ASK, one.asset_id), one.name)

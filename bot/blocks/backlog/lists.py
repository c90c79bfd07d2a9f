"""Lists of requests, and the offers to open one."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks.backlog import actions, words
from bot.blocks.request_button import OpenValue, open_buttons
from bot.blocks.text import POSTED_TEXT, Block, Rendered, button, context, escape, fitting, mention, plain, section
from bot.domain.backlog.requests import RequestCard

#: Requests of a list, each with a button.
_MOST = 20


def listing(cards: Sequence[RequestCard], *, is_mine: bool = False) -> Rendered:
    """Return the open requests, or with `is_mine` all that somebody and their teams have asked for."""
    if not cards:
        empty = "You and your teams have no requests" if is_mine else "No request is open"
        return Rendered(f"{empty}. Open one: `/devops`.")

    def draw(count: int) -> Rendered:
        title = "*Requests of you and your teams*" if is_mine else "*Open requests*, oldest first"
        shown, hidden = cards[:count], len(cards) - count
        lines = [f"{words.name(each)}\n{words.standing(each)}" for each in shown]
        rest = [f"… and {hidden:,} more"] if hidden > 0 else []
        blocks: list[Block] = [section(title)]
        for each, line in zip(shown, lines, strict=True):
            label = f"Show #{each.id} {plain(each.title, 40)}"
            blocks.append({**section(line), "accessory": button("Show", actions.SHOW, str(each.id), label=label)})
        return Rendered("\n".join([title, *lines, *rest]), [*blocks, *([context(*rest)] if rest else [])])

    return fitting(draw, min(_MOST, len(cards)), POSTED_TEXT)


def offer(value: OpenValue, devops: str, *, user_id: str = "") -> Rendered:
    """Return the button that opens the form, for somebody who has asked for something."""
    who = f"{mention(user_id)} " if mention(user_id) else ""
    said = f"{who}That sounds like a request to *{escape(devops, 80)}*. Open the draft; nothing is sent until you do."
    elements = open_buttons(value, style="primary")
    return Rendered(said, [section(said), {"type": "actions", "elements": elements}])


def already(its: RequestCard) -> Rendered:
    """Return what is said where a thread has a request already."""
    said = f"There is a request already: {words.name(its)}\n{words.standing(its)}"
    elements = [button("Show", actions.SHOW, str(its.id), label=f"Show #{its.id}"), *words.follow_buttons(its)]
    return Rendered(said, [section(said), {"type": "actions", "elements": elements}])

"""Lists of requests, and the offers to open one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.blocks.backlog import actions, words
from bot.blocks.backlog.actions import ListTurn, OtherValue, RequestList
from bot.blocks.portfolio import turns
from bot.blocks.request_button import OpenValue, open_buttons
from bot.blocks.text import POSTED_TEXT, Block, Rendered, button, context, escape, fitting, mention, plain, section
from bot.blocks.values import encode
from bot.domain.backlog.requests import RequestCard
from bot.domain.pages import FirstOf

#: Requests of a list, each with a button.
MOST_LISTED = 20


def listing(found: FirstOf[RequestCard], *, is_mine: bool = False, may_open: bool = True) -> Rendered:
    """Return the open requests, or with `is_mine` all that somebody works on, and they and their teams asked for.

    Where there are none, the answer says how to open one to all who may.
    """
    which = RequestList.MINE if is_mine else RequestList.OPEN
    cards = found.first[:MOST_LISTED]
    if not cards:
        empty = "You and your teams have no requests, and you work on none" if is_mine else "No request is open"
        return Rendered(f"{empty}. Open one: `/devops`." if may_open else f"{empty}.")

    def draw(count: int) -> Rendered:
        mine = "*Requests of you and your teams, and those that you work on*"
        title = mine if is_mine else "*Open requests*, oldest first"
        shown = cards[:count]
        lines = [f"{words.listed(each)}\n{words.standing(each)}" for each in shown]
        rest, turning = pages(which, found, count, MOST_LISTED)
        blocks: list[Block] = [section(title)]
        for each, line in zip(shown, lines, strict=True):
            label = f"Show #{each.id} {plain(each.title, 40)}"
            blocks.append({**section(line), "accessory": button("Show", actions.SHOW, str(each.id), label=label)})
        return Rendered("\n".join([title, *lines, *rest]), [*blocks, *turning])

    return fitting(draw, len(cards), POSTED_TEXT)


def pages(which: RequestList, found: FirstOf[Any], count: int, size: int) -> tuple[list[str], list[Block]]:
    """Return where `count` requests of a list stand in it, in words, and the buttons to those before and after them."""
    start, end = found.start, found.start + count
    if found.total <= count:
        return [], []
    said = f"{start + 1:,} to {end:,} of {found.total:,}"
    before = encode(ListTurn(which, max(0, start - size))) if start else None
    after = encode(ListTurn(which, end)) if end < found.total else None
    return [said], [context(said), {"type": "actions", "elements": turns(actions.LIST, before, after)}]


def offer(value: OpenValue, devops: str, *, user_id: str = "", ended: Sequence[RequestCard] = ()) -> Rendered:
    """Return the button that opens the form, for somebody who has asked for something.

    The thread has made the requests that are `ended` before.
    """
    last = "".join(f"{words.ended(each)}: this would be a new one. " for each in ended[-1:])
    who = f"{mention(user_id)} " if mention(user_id) else ""
    asks = f"Open a request to *{escape(devops, 80)}*? Nothing is sent until you press *Open it* in its form."
    said = f"{who}{last}{asks}"
    elements = open_buttons(value, style="primary")
    return Rendered(said, [section(said), {"type": "actions", "elements": elements}])


def mistyped(text: str, command: str) -> Rendered:
    """Return what is said to words behind `/devops` that seem to be meant as a command, and how to ask for them."""
    said = f"I do not know `/devops {escape(text, 60).replace('`', '')}`. Did you mean `/devops {command}`?"
    step = "Or is it what you need? Then say it in a few more words, or open the form."
    actions_: Block = {"type": "actions", "elements": open_buttons(OpenValue())}
    return Rendered(f"{said} {step}", [section(f"{said} {step}"), actions_])


def already(its: RequestCard, *more: RequestCard, other: OtherValue | None = None, is_itself: bool = False) -> Rendered:
    """Return what is said where a thread has requests already, or where a message is about one itself.

    `other` is the thread, where its readers may ask for something else.
    """
    lines, blocks = list[str](), list[Block]()
    heads = [words.THIS_IS if is_itself else words.THERE_IS, *["And"] * len(more)]
    for head, each in zip(heads, (its, *more), strict=True):
        lines.append(f"{head} {words.name(each)}\n{words.standing(each)}")
        elements = [button("Show", actions.SHOW, str(each.id), label=f"Show #{each.id}"), *words.follow_buttons(each)]
        if each is (its, *more)[-1] and other is not None and not each.for_guest:
            elements += words.other_button(other)
        blocks += [section(lines[-1]), {"type": "actions", "elements": elements}]
    return Rendered("\n".join(lines), blocks)

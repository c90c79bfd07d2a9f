"""The word to those above a team of what has not been answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.blocks.lines import Line, more
from bot.blocks.text import Block, Rendered, bold, context, section
from bot.domain.escalation import Audience

#: Things that one message names.
_MOST_LINES = 10
_NOTHING = "Nobody has answered."
#: What stands before an owner where a message names several, or says who has answered.
OWNER = "Owner: "
#: What stops it, for each audience.
_NEXT_STEP = {
    Audience.TEAM: "Press *Open* and plan it: then this stops.",
    Audience.LEAD: "Press *Open* and plan it: then this stops.",
    Audience.MANAGER: "Press *Open* and plan it: then this stops.",
    Audience.PLATFORM: "Please help them get it done.",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is open, the name of its owner, and who has answered or has taken it over; both are empty for nobody.

    Of what a team has taken over, `heard` says so, and `owner` is empty.
    """

    line: Line
    owner: str
    heard: str = ""
    #: Days ahead, negative for what has passed, and what it costs a month now; None where only the step tells.
    days: int | None = None
    a_month: int = 0
    is_charged: bool = False


def escalation(complaints: Sequence[Complaint], *, to: Audience) -> Rendered:
    """Return what those above a team are told of things whose last message nobody has answered.

    Where somebody answered an earlier one, or another team has taken it over, the line says who that is.
    """
    owners = list(dict.fromkeys(each.owner for each in complaints))
    is_silent = not any(each.heard for each in complaints)
    who = f"{bold(owners[0], 80)} has not" if len(owners) == 1 and owners[0] else "Nobody has"
    head = f":warning: {who} answered:" if is_silent else ":warning: This is still open:"
    next_step = _NEXT_STEP[to]
    shown = complaints[:_MOST_LINES]
    lines = [
        Line(said(each, names_owner=len(owners) > 1 or not is_silent, is_silent=is_silent), each.line.button)
        for each in shown
    ]
    rest = more([each.line for each in complaints[_MOST_LINES:]])
    blocks: list[Block] = [section(head), *(each.block for each in lines), *map(context, [*rest, next_step])]
    return Rendered("\n".join([head, *(each.text for each in lines), *rest, next_step]), blocks)


def in_the_past(told: Rendered, *, is_settled: bool) -> Rendered:
    """Return what those above a team were told, once some of it is answered; with all of it, nothing is left to do."""
    head, *others = told.blocks
    blocks = [{**head, **section(_past(head["text"]["text"]))}, *others]
    text = _past(told.text)
    if is_settled:
        steps = set(_NEXT_STEP.values())
        blocks = [each for each in blocks if each.get("elements", [{}])[0].get("text") not in steps]
        text = "\n".join(line for line in text.split("\n") if line not in steps)
    return Rendered(text, blocks)


def _past(text: str) -> str:
    for now, then in ((" has not answered:", " had not answered:"), ("Nobody has answered:", "Nobody had answered:")):
        text = text.replace(now, then, 1)
    return text.replace("This is still open:", "This was open:", 1)


def said(complaint: Complaint, *, names_owner: bool, is_silent: bool = False) -> str:
    """Return the line of one thing: what is open, its owner, and (not `is_silent`) who has answered."""
    owner = f"{OWNER}{bold(complaint.owner, 80)}." if names_owner and complaint.owner else ""
    heard = "" if is_silent else complaint.heard or _NOTHING
    return " ".join(filter(None, (complaint.line.text, owner, heard)))

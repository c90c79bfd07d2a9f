"""The word to those above a team of what has not been answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.blocks.lines import Line, more
from bot.blocks.text import Block, Rendered, bold, context, section
from bot.domain.escalation import Audience

#: Things that one message names.
_MOST_LINES = 10
_NOTHING = "Nobody has answered so far."
_WHY = {
    Audience.TEAM: "A plan with a date stops these reminders.",
    Audience.LEAD: "You get this because the team has not answered. A plan with a date stops it.",
    Audience.MANAGER: "You get this because time is short and nobody in the team or above it has answered. "
    "A plan with a date stops it; you may make one, too.",
    Audience.PLATFORM: "This channel gets this because nobody has answered. Please help them plan it.",
}
#: The same where somebody had answered before.
_WHY_AGAIN = {
    **_WHY,
    Audience.LEAD: "You get this because it is still open. A plan with a date stops it.",
    Audience.MANAGER: "You get this because time is short. A plan with a date stops it; you may make one, too.",
    Audience.PLATFORM: "This channel gets this because it is still open. Please help them plan it.",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is open, the name of its owner (empty for nobody), and who has answered or has it; empty for nobody, too."""

    line: Line
    owner: str
    heard: str = ""


def escalation(complaints: Sequence[Complaint], *, to: Audience) -> Rendered:
    """Return what those above a team are told of things whose last message nobody has answered.

    Where somebody answered an earlier one, or another team has taken it over, the line says who that is.
    """
    owners = list(dict.fromkeys(each.owner for each in complaints))
    is_silent = not any(each.heard for each in complaints)
    who = f"Nobody in {bold(owners[0], 80)}" if len(owners) == 1 and owners[0] else "Nobody"
    head = f":warning: {who} has answered so far:" if is_silent else ":warning: This is still open:"
    why = (_WHY if is_silent else _WHY_AGAIN)[to]
    shown = complaints[:_MOST_LINES]
    lines = [
        Line(_said(each, names_owner=len(owners) > 1 or not is_silent, is_silent=is_silent), each.line.button)
        for each in shown
    ]
    rest = more([each.line for each in complaints[_MOST_LINES:]])
    blocks: list[Block] = [section(head), *(each.block for each in lines), *map(context, [*rest, why])]
    return Rendered("\n".join([head, *(each.text for each in lines), *rest, why]), blocks)


def _said(complaint: Complaint, *, names_owner: bool, is_silent: bool) -> str:
    owner = f"Owner: {bold(complaint.owner, 80)}." if names_owner and complaint.owner else ""
    heard = "" if is_silent else complaint.heard or _NOTHING
    return " ".join(filter(None, (complaint.line.text, owner, heard)))

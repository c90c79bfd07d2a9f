"""What older messages about a reminder say once somebody else has what it was about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.blocks.eol import actions, words
from bot.blocks.text import Rendered, bold, button, plain, section
from bot.domain.eol.successors import Successor


def moved_on(successor: Successor, *, first: bool = True) -> str:
    """Return the sentence that says who has it now; not `first` where it goes on after a colon."""
    owner = bold(successor.owner.name, 80) if successor.owner.name else "Nobody" if first else "nobody"
    return f"{owner} has {words.name(successor.product, successor.cycle)} on {words.named(successor.assets)} now."


def open_successor(successor: Successor) -> Mapping[str, Any]:
    """Return the button that leads to it: to the new owner's reminder, or else to what ends there."""
    name = f"{successor.product.label or successor.product.key} {words.cycle_name(successor.cycle)}"
    label = f"Open: {plain(name, 60)}"
    if successor.reminder_id is not None:
        return button("Open", actions.OPEN, str(successor.reminder_id), label=label)
    return button("Open", actions.INSIDE, str(successor.assets[0].id), label=label)


def plan_off(successor: Successor) -> Rendered:
    """Return what somebody hears whom a plan named, once another team has what it was about."""
    said = f"{_off(successor)} You will hear if a plan of theirs names you."
    return Rendered(said, [section(said), {"type": "actions", "elements": [open_successor(successor)]}])


def named_before(text: str, successor: Successor, *, names_reader: bool = True) -> Rendered:
    """Return what a message about the plan reads then: as it was, without its buttons. It may have named its reader."""
    said = f"{text}\n{_off(successor) if names_reader else f'That plan is off: {moved_on(successor, first=False)}'}"
    return Rendered(said, [section(said)])


def _off(successor: Successor) -> str:
    return f"The plan that names you is off: {moved_on(successor, first=False)}"

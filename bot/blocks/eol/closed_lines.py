"""The line of a digest that was sent, once what it is about is over: it says so, and its button is gone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.blocks.eol import actions, cards
from bot.blocks.text import Rendered
from bot.domain.eol.reminders import ClosedCard

_TO_ANSWER = re.compile(r"(?P<count>[\d,]+) deadlines? to answer")
_PLANNED = re.compile(r"(?P<count>[\d,]+) planned upgrades?")
#: What else the first line has beside planned upgrades, in the words in which they stand together.
_BESIDE = re.compile(r"(?P<before>[^:]+: )(?P<others>.+) and [\d,]+ planned upgrades?")
#: A line whose plan held when the digest was sent: it was no deadline to answer.
_HELD = re.compile(r" \(planned (?!.*, before the date moved)")


def without_closed(body: Mapping[str, Any], card: ClosedCard) -> Rendered | None:
    """Return a digest as it was sent, with what is over as its line; None for one that has no line for it."""
    blocks, text = list(body.get("blocks", ())), str(body["text"])
    for number, block in enumerate(blocks):
        beside = block.get("accessory", {})
        if (beside.get("action_id"), beside.get("value")) != (actions.OPEN, str(card.reminder.id)):
            continue
        before, said = block["text"]["text"], cards.over(card)
        kept = {key: each for key, each in block.items() if key != "accessory"}
        blocks[number] = {**kept, "text": {**block["text"], "text": said}}
        is_planned, is_counted = _HELD.search(before) is not None, f"• {before}" in text  # what was answered is not
        count = _PLANNED if is_planned else _TO_ANSWER
        head = next((each for each in blocks if count.search(each.get("text", {}).get("text", ""))), None)
        if head is not None and is_counted:
            first = head["text"]["text"]
            counted = _less_planned(first) if is_planned else _less_to_answer(first)
            text = text.replace(head["text"]["text"], counted, 1)
            blocks[blocks.index(head)] = {**head, "text": {**head["text"], "text": counted}}
        return Rendered(text.replace(before, said, 1), blocks)
    return None


def _less_to_answer(head: str) -> str:
    """Return the first line with one deadline less to answer."""

    def less(found: re.Match[str]) -> str:
        left = int(found["count"].replace(",", "")) - 1
        if left < 1:
            return "no deadline left to answer"
        return "1 deadline to answer" if left == 1 else f"{left:,} deadlines to answer"

    return _TO_ANSWER.sub(less, head, count=1)


def _less_planned(head: str) -> str:
    """Return the first line with one planned upgrade less; without any where it has something else."""

    def less(found: re.Match[str]) -> str:
        left = int(found["count"].replace(",", "")) - 1
        if left < 1:
            return "no planned upgrade left"
        return "1 planned upgrade" if left == 1 else f"{left:,} planned upgrades"

    counted = _PLANNED.sub(less, head, count=1)
    beside = _BESIDE.match(head)
    if "no planned upgrade left" not in counted or beside is None:
        return counted
    return beside["before"] + " and ".join(beside["others"].split(", ")) + head[beside.end() :]

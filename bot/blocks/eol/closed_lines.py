"""The line of a digest that was sent, once what it is about is over: it says so, and its button is gone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.blocks.eol import actions, cards
from bot.blocks.text import Rendered
from bot.domain.eol.reminders import ClosedCard

_COUNT = re.compile(r"(?P<count>[\d,]+) deadlines? to answer")


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
        head = next((each for each in blocks if _COUNT.search(each.get("text", {}).get("text", ""))), None)
        if head is not None:
            counted = _counted(head["text"]["text"])
            text = text.replace(head["text"]["text"], counted, 1)
            blocks[blocks.index(head)] = {**head, "text": {**head["text"], "text": counted}}
        return Rendered(text.replace(f"• {before}", f"• {said}", 1), blocks)
    return None


def _counted(head: str) -> str:
    """Return the first line with one deadline less to answer."""

    def less(found: re.Match[str]) -> str:
        left = int(found["count"].replace(",", "")) - 1
        if left < 1:
            return "no deadline left to answer"
        return "1 deadline to answer" if left == 1 else f"{left:,} deadlines to answer"

    return _COUNT.sub(less, head, count=1)

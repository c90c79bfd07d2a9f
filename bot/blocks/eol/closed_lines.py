"""The line of a digest that was sent, once what it is about is answered, or over: it says so."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.blocks.eol import actions, answers, cards
from bot.blocks.text import Rendered
from bot.domain import phrases
from bot.domain.eol.reminders import Card, ClosedCard

#: What stands between a line and what was answered to it since.
_ANSWERED = "\n:white_check_mark: "
_TO_ANSWER = re.compile(r"(?P<count>[\d,]+) deadlines? to answer")
_PLANNED = re.compile(r"(?P<count>[\d,]+) planned upgrades?")
#: What else the first line has beside planned upgrades, in the words in which they stand together.
_BESIDE = re.compile(r"(?P<before>[^:]+: )(?P<others>.+) and [\d,]+ planned upgrades?")
#: A line whose plan held when the digest was sent: it was no deadline to answer.
_HELD = re.compile(r" \(planned (?!.*, before the date moved)")


def without_closed(sent: Rendered, card: ClosedCard) -> Rendered | None:
    """Return a digest as it was sent, with what is over as its line; None for one that has no line for it."""
    return _redrawn(sent, card.reminder.id, lambda _: cards.over(card), is_over=True)


def with_answer(sent: Rendered, card: Card) -> Rendered | None:
    """Return a digest with what was answered since below its line; None where nothing holds, or it has no such line.

    Planned upgrades, and what is answered and costs money, are no deadlines to answer. Their lines stay as they are.
    """
    stands = answers.short(card) or "acknowledged"
    if card.effect.answer is None and card.reminder.claimed_at is None:
        return None
    return _redrawn(
        sent, card.reminder.id, lambda line: f"{line}{_ANSWERED}{stands[:1].upper()}{stands[1:]}.", is_over=False
    )


def _redrawn(sent: Rendered, reminder_id: int | None, said: Callable[[str], str], *, is_over: bool) -> Rendered | None:
    """Return a digest with what is `said` of a line in its place, counted as one less where it waited for an answer."""
    blocks, text = list(sent.blocks), sent.text
    for number, block in enumerate(blocks):
        beside = block.get("accessory", {})
        if (beside.get("action_id"), beside.get("value")) != (actions.OPEN, str(reminder_id)):
            continue
        before = block["text"]["text"]
        line, answered, _ = before.partition(_ANSWERED)
        is_planned, is_counted = _HELD.search(line) is not None, f"• {line}" in text  # what was answered is not
        if not is_over and (is_planned or not is_counted):
            return None
        now = said(line)
        kept = {key: each for key, each in block.items() if key != "accessory" or not is_over}
        blocks[number] = {**kept, "text": {**block["text"], "text": now}}
        count = _PLANNED if is_planned else _TO_ANSWER
        head = next((each for each in blocks if count.search(each.get("text", {}).get("text", ""))), None)
        if head is not None and is_counted and not answered:
            first = head["text"]["text"]
            counted = _less_planned(first) if is_planned else _less_to_answer(first)
            text = text.replace(head["text"]["text"], counted, 1)
            blocks[blocks.index(head)] = {**head, "text": {**head["text"], "text": counted}}
        return Rendered(text.replace(before, now, 1), blocks)
    return None


def _less_to_answer(head: str) -> str:
    """Return the first line with one deadline less to answer."""

    def less(found: re.Match[str]) -> str:
        left = int(found["count"].replace(",", "")) - 1
        if left < 1:
            return "no deadline left to answer"
        return phrases.counted(left, "deadline to answer", "deadlines to answer")

    return _TO_ANSWER.sub(less, head, count=1)


def _less_planned(head: str) -> str:
    """Return the first line with one planned upgrade less; without any where it has something else."""

    def less(found: re.Match[str]) -> str:
        left = int(found["count"].replace(",", "")) - 1
        if left < 1:
            return "no planned upgrade left"
        return phrases.counted(left, "planned upgrade")

    counted = _PLANNED.sub(less, head, count=1)
    beside = _BESIDE.match(head)
    if "no planned upgrade left" not in counted or beside is None:
        return counted
    return beside["before"] + " and ".join(beside["others"].split(", ")) + head[beside.end() :]

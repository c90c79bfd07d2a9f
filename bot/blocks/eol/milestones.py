"""What is said when a milestone comes: the reply in a card's thread, and the word to those above the team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.blocks.eol import answers, words
from bot.blocks.eol.actions import ACKNOWLEDGE, COMMAND, OPEN, PLAN
from bot.blocks.eol.buttons import keep_buttons, open_button
from bot.blocks.eol.cards import headline, over
from bot.blocks.escalation import OWNER, Complaint, in_the_past, said
from bot.blocks.lines import Line, with_also
from bot.blocks.text import Block, Rendered, button, section
from bot.domain.eol.charges import monthly_of
from bot.domain.eol.reminders import Card, ClosedCard, DueMilestone
from bot.domain.eol.responsibility import NOBODY

#: With this begin the ids of lines, in what those above a team were told, to which somebody has answered since.
_ANSWERED = "lifecycle.answered"


def milestone(item: DueMilestone, *, also: Sequence[Line] = ()) -> Rendered:
    """Return the reply that says a milestone; `also` are those of other reminders that are due on the same day."""
    card = item.card
    lines = [headline(card), _where(card)]
    lines += answers.said(card)[:1]
    blocks: list[Block] = [section("\n".join(lines)), _buttons(card)]
    return with_also(lines, blocks, also)


def complaint(card: Card) -> Complaint:
    """Return what those above a team are told of a milestone that was said and not answered."""
    watch = card.watch
    line = f"{words.brief(watch, card.today)} {_where(card)}"
    owner = card.holder.name if card.giver is None else ""  # that a team has taken it over is said in full
    return Complaint(
        Line(line, open_button(card), command=COMMAND),
        owner,
        answers.so_far(card),
        days=(watch.deadline.on - card.today).days,
        a_month=sum(monthly_of(watch.cycle, card.today, [one.goes_on for one in watch.runs]).values()),
        is_charged=watch.charged(card.today).now is not None,
    )


def complaint_redrawn(before: Rendered, card: Card | ClosedCard) -> Rendered:
    """Return what those above a team were told once a reminder that it names is answered; what else it says stays."""
    text, made, others = before.text, list[Mapping[str, Any]](), 0
    for each in before.blocks:
        shown = each.get("accessory", {})
        if (shown.get("action_id"), shown.get("value")) == (OPEN, str(card.reminder.id)):
            names_owner = OWNER in each["text"]["text"]
            now = over(card) if isinstance(card, ClosedCard) else said(complaint(card), names_owner=names_owner)
            text = text.replace(each["text"]["text"], now, 1)
            block_id = f"{_ANSWERED}.{len(made)}"
            opens = {"accessory": shown, "block_id": block_id} if isinstance(card, Card) else {}
            made.append({**section(now), **opens})
        else:
            made.append(each)
            others += bool(shown) and not str(each.get("block_id", "")).startswith(_ANSWERED)
    if text == before.text:
        return before
    return in_the_past(Rendered(text, made), is_settled=not others)


def _where(card: Card) -> str:
    """Return what it costs, where it does, and what runs it."""
    where = f"It runs on {words.assets(card.watch.runs)}."
    return " ".join(filter(None, (words.charged_monthly(card.watch, card.today), where)))


def _buttons(card: Card) -> Block:
    name, value = words.plain_name(card.watch, 45), str(card.reminder.id)
    elements: list[Mapping[str, Any]] = [open_button(card)]
    if card.effect.answer is None and card.holder != NOBODY:
        elements = [
            button("Acknowledge", ACKNOWLEDGE, value, label=f"Acknowledge: {name}"),
            *keep_buttons(card),
            button("Plan…", PLAN, value, label=f"Plan… {name}", style="primary"),
            *elements,
        ]
    return {"type": "actions", "elements": elements}

"""What is said when a milestone comes: the reply in a card's thread, and the word to those above the team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.blocks.eol import answers, words
from bot.blocks.eol.actions import ACKNOWLEDGE, PLAN
from bot.blocks.eol.buttons import MOST_ALSO, open_button, with_also
from bot.blocks.eol.cards import headline
from bot.blocks.text import EDITED_TEXT, Block, Rendered, bold, button, context, fitting, section
from bot.domain.eol.milestones import Audience
from bot.domain.eol.reminders import Card, Item

#: Milestones that one message to those above a team names.
_MOST_ITEMS = 10
_NOTHING = "Nobody has answered so far."
_WHY = {
    Audience.TEAM: "A plan with a date is enough to stop these.",
    Audience.LEAD: "You hear of it because the team has not answered. A plan with a date stops this.",
    Audience.MANAGER: "You hear of it because little time is left, and neither the team nor anybody above it has "
    "answered. A plan with a date stops this, and you may make it, too.",
    Audience.PLATFORM: "This channel hears of it because nobody has answered. Please help them to a plan with a date.",
}
#: The same where somebody had answered before.
_WHY_AGAIN = {
    **_WHY,
    Audience.LEAD: "You hear of it because nobody has answered since it was said again. A plan with a date stops this.",
    Audience.MANAGER: "You hear of it because little time is left. A plan with a date stops this, and you may make it, "
    "too.",
    Audience.PLATFORM: "This channel hears of it because the day has come. Please help them to a plan with a date.",
}


def milestone(item: Item, *, also: Sequence[Item] = ()) -> Rendered:
    """Return the reply that says a milestone; `also` are those of other reminders that are due on the same day."""
    card = item.card
    lines = [headline(card), f"It runs on {words.assets(card.watch.runs)}."]
    lines += answers.said(card)[:1]
    blocks: list[Block] = [section("\n".join(lines)), _buttons(card)]
    return fitting(with_also(lines, blocks, also), MOST_ALSO, EDITED_TEXT)


def escalation(items: Sequence[Item], *, to: Audience) -> Rendered:
    """Return what those above a team are told of milestones whose last message nobody has answered.

    Where somebody answered an earlier one, or another team has taken it over, the line says who that is.
    """
    teams = list(dict.fromkeys(item.card.watch.addressee.name for item in items))
    heard = [answers.so_far(item.card) for item in items]
    who = f"Nobody of {bold(teams[0], 80)}" if len(teams) == 1 and teams[0] else "Nobody"
    is_silent = not any(heard)
    head = f":warning: {who} has answered so far:" if is_silent else ":warning: This is still open:"
    why = (_WHY if is_silent else _WHY_AGAIN)[to]
    shown = zip(items[:_MOST_ITEMS], heard, strict=False)
    lines = [
        _line(item, names_team=len(teams) > 1 or not is_silent, heard="" if is_silent else said or _NOTHING)
        for item, said in shown
    ]
    blocks: list[Block] = [section(head)]
    blocks += [{**section(line), "accessory": open_button(item.card)} for line, item in zip(lines, items, strict=False)]
    if len(items) > _MOST_ITEMS:
        lines.append(f"… and {len(items) - _MOST_ITEMS:,} more: `/eol`")
        blocks.append(context(lines[-1]))
    blocks.append(context(why))
    return Rendered("\n".join([head, *lines, why]), blocks)


def _line(item: Item, *, names_team: bool, heard: str) -> str:
    watch = item.card.watch
    team = f" Owner: {bold(watch.addressee.name, 80)}." if names_team and watch.addressee.name else ""
    line = f"{words.brief(watch, item.card.today)} It runs on {words.assets(watch.runs)}.{team}"
    return f"{line} {heard}".rstrip()


def _buttons(card: Card) -> Block:
    name, value = words.plain_name(card.watch, 45), words.value(card)
    elements: list[Mapping[str, Any]] = [open_button(card)]
    if card.effect.answer is None and card.watch.addressee.key != "nobody":
        elements = [
            button("Acknowledge", ACKNOWLEDGE, value, label=f"Acknowledge: {name}"),
            button("Plan…", PLAN, value, label=f"Plan… {name}", style="primary"),
            *elements,
        ]
    return {"type": "actions", "elements": elements}

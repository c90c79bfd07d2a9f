"""The buttons of reminders, and the lines that only open one."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from bot.blocks.eol import actions, words
from bot.blocks.handoff_button import OpenHandoff, Way, handoff_buttons
from bot.blocks.lines import Line
from bot.blocks.ownership.claims import claim_button
from bot.blocks.request_button import SUPPORT_TEXT, OpenValue, open_buttons
from bot.blocks.text import Block, button, context, option, plain, section
from bot.blocks.values import encode
from bot.domain.eol.answers import SNOOZE_ENDS, AnswerKind
from bot.domain.eol.exposure import MatchedDeployment
from bot.domain.eol.plans import plan_of
from bot.domain.eol.reminders import Card
from bot.domain.eol.responsibility import area_to_claim

#: Buttons to claim what nobody owns.
MOST_CLAIMS = 5
#: Answers that nobody acknowledges or snoozes over.
_SETTLED = frozenset({AnswerKind.PLANNED, AnswerKind.WAIVED})


def card_buttons(card: Card, *, may_pin: bool = True) -> list[Block]:
    """Return what can be answered now. What would change nothing is left out; each click is checked again."""
    name, value = words.plain_name(card.watch, 45), str(card.reminder.id)
    held = card.effect.answer
    stands = held.kind if held is not None else None
    elements: list[Mapping[str, Any]] = []
    if stands is None:
        elements.append(button("Acknowledge", actions.ACKNOWLEDGE, value, label=f"Acknowledge: {name}"))
    elements += keep_buttons(card)
    change = "Change plan…" if stands is AnswerKind.PLANNED else "Plan…"
    style = "" if stands in _SETTLED else "primary"
    elements.append(button(change, actions.PLAN, value, label=f"{change} {name}", style=style))
    plan = plan_of(held) if held is not None else None
    if plan is not None and plan.compatibility.owner and plan.compatibility.done_on is None:
        elements.append(compatible_button(card))
    if card.may_ask_for_help:
        asked = card.reminder.help
        text = f"Show #{asked.request_id}" if asked is not None else "Need help?"
        opened = OpenValue(reminder_id=card.reminder.id)
        if card.library_id is not None and asked is None:
            text, opened = SUPPORT_TEXT, OpenValue(library_id=card.library_id)
        elements += open_buttons(opened, text, label=name)
    if stands not in _SETTLED and (card.watch.deadline.on - card.today).days > SNOOZE_ENDS:
        elements.append(_snooze(card))
    split = {one.asset.id for one in card.watch.runs if one.responsible.others and not one.responsible.is_disputed}
    if split and card.giver is None:  # the team that owns another area of it may take it
        elements += offer_buttons(card, split, name)
    elements.append(explain_button(card))
    elements.append(_more(card, may_pin=may_pin))
    row: Block = {"type": "actions", "block_id": f"lifecycle.answers.{_state(card)}", "elements": elements}
    waiver = card.effect.asked(AnswerKind.WAIVED)
    return [row] if waiver is None else [*decision_buttons(waiver.id, name), row]


def reading_buttons(card: Card, *, may_close: bool) -> list[Block]:
    """Return what somebody may press who cannot answer: with `may_close` the plan names them for its first part."""
    held = card.effect.answer
    plan = plan_of(held) if held is not None else None
    waits = plan is not None and bool(plan.compatibility.owner) and plan.compatibility.done_on is None
    elements = [*([compatible_button(card)] if may_close and waits else []), explain_button(card)]
    return [{"type": "actions", "block_id": f"lifecycle.answers.{_state(card)}", "elements": elements}]


def offer_buttons(card: Card, asset_ids: Set[int], name: str, receiver_team_id: int | None = None) -> list[Block]:
    """Return the button that offers these, or shows the handoff that all of them are in; none for no assets."""
    if not asset_ids:
        return []
    taken = dict(card.handoffs)
    left = asset_ids - taken.keys()
    about = OpenHandoff(Way.OFFER, min(left) if len(left) == 1 else None, receiver_team_id)
    return handoff_buttons(about, name, under_way=None if left else taken[min(asset_ids)])


def claim_blocks(card: Card) -> list[Block]:
    """Return what nobody owns, each with a button to claim it, and the button that says why this is said."""
    first: dict[int, MatchedDeployment] = {}
    for one in card.watch.runs:
        first.setdefault(one.asset.id, one)
    blocks: list[Block] = [
        {**section(words.running(one)), "accessory": claim_run_button(one)}
        for one in list(first.values())[:MOST_CLAIMS]
    ]
    if len(first) > MOST_CLAIMS:
        blocks.append(context(f"… and {len(first) - MOST_CLAIMS:,} more: `/eol`"))
    label = f"Explain why this is said: {words.plain_name(card.watch, 40)}"
    explain = button("Explain", actions.EXPLAIN, str(card.reminder.id), label=label)
    return [*blocks, {"type": "actions", "block_id": f"lifecycle.claims.{_state(card)}", "elements": [explain]}]


def claim_run_button(one: MatchedDeployment) -> Mapping[str, Any]:
    """Return the button that claims what nobody owns of something that runs."""
    return claim_button(one.asset, area_to_claim(one.asset, one.responsible.others))


def decision_buttons(answer_id: int, name: str) -> list[Block]:
    """Return the buttons that decide on a waiver."""
    value = str(answer_id)
    elements = [
        button("Approve waiver", actions.APPROVE, value, label=f"Approve waiver: {name}"),
        button("Refuse waiver", actions.REFUSE, value, label=f"Refuse waiver: {name}"),
    ]
    return [{"type": "actions", "elements": elements}]


def open_button(card: Card) -> Mapping[str, Any]:
    """Return the button that shows a reminder's card with all its buttons."""
    return button("Open", actions.OPEN, str(card.reminder.id), label=f"Open: {words.plain_name(card.watch)}")


def keep_button(reminder_id: int, name: str) -> Mapping[str, Any]:
    """Return the button that goes on with what the owner before had planned."""
    return button("Keep the plan", actions.KEEP_PLAN, str(reminder_id), label=f"Keep the plan: {name}")


def keep_buttons(card: Card) -> list[Mapping[str, Any]]:
    """Return that button where the owner before had a plan that may be kept."""
    found = card.reminder.inherited
    is_there = found is not None and found.may_be_kept(card.today)
    return [keep_button(card.reminder.id, words.plain_name(card.watch, 45))] if is_there else []


def pin_button(one: MatchedDeployment) -> Mapping[str, Any]:
    """Return the button that says which version something is."""
    label = f"Correct the version: {plain(one.asset.name, 50)}"
    return button("Correct the version", actions.PIN, str(one.deployment.id), label=label)


def compatible_button(card: Card) -> Mapping[str, Any]:
    """Return the button that closes the first part of a plan."""
    label = f"The application is compatible: {words.plain_name(card.watch, 40)}"
    return button("Application is compatible", actions.COMPATIBLE, str(card.reminder.id), label=label)


def explain_button(card: Card) -> Mapping[str, Any]:
    """Return the button that says why somebody is told."""
    label = f"Explain why I am told: {words.plain_name(card.watch, 45)}"
    return button("Explain", actions.EXPLAIN, str(card.reminder.id), label=label)


def also_line(card: Card) -> Line:
    """Return what is said of a reminder in the message about another thing that was due on the same day."""
    on = card.reminder.said_on
    due = f"on {words.day(on)}" if on is not None and on != card.today else "today"
    said = " ".join(filter(None, (words.brief(card.watch, card.today), words.taken_from(card.giver))))
    return Line(said, open_button(card), due, actions.COMMAND)


def _state(card: Card) -> str:
    # Slack keeps a choice in a menu for as long as the block's id stays: a new state forgets the choice.
    newest = max((answer.id for answer in card.reminder.answers), default=0)
    return f"{card.reminder.id}.{newest}"


def _snooze(card: Card) -> Block:
    return {
        "type": "static_select",
        "action_id": actions.SNOOZE,
        "placeholder": {"type": "plain_text", "text": "Snooze"},
        "options": [
            option(f"{days} days", encode(actions.SnoozeValue(days, card.reminder.id))) for days in actions.SNOOZE_DAYS
        ],
    }


def _more(card: Card, *, may_pin: bool) -> Block:
    return {
        "type": "overflow",
        "action_id": actions.MORE,
        "options": [
            option(said, encode(actions.MoreValue(word, card.reminder.id)))
            for word, said in actions.MORE_CHOICES
            if may_pin or word != actions.WRONG_VERSION
        ],
    }

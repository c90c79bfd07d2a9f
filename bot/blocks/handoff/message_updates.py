"""What was asked about a handoff before, as it stands now: what is answered or over asks nothing any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.blocks.handoff import actions, reminders, words
from bot.blocks.handoff.actions import AnswerValue, HandoffValue
from bot.blocks.handoff_button import show_buttons
from bot.blocks.text import Block, Rendered, section
from bot.blocks.values import number, parse
from bot.domain.handoff.due import DueKind, HandoffDue, Side
from bot.domain.handoff.handoffs import HandoffCard, HandoffStep, ResourceState, Review

_LINE = "\n"
_Drawn = Mapping[str, Any]  #: a block of a message that was sent


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a line of a message asks, by its buttons."""

    kind: DueKind
    version: int | None = None
    resource_id: int | None = None


def redrawn(before: Rendered, its: HandoffCard, dues: Sequence[HandoffDue], side: Side) -> Rendered:
    """Return a message that one side got with what it asks about a handoff as that stands; what else it says stays.

    `dues` is all that there is to say of the handoff now.
    """
    text, made, rest = before.text, list[_Drawn](), list(before.blocks)
    while rest:
        head = rest.pop(0)
        below = rest.pop(0) if _has_buttons_below(head, rest) else None
        asked = _asked(its, below["elements"] if below is not None else [head.get("accessory", {})])
        if asked is None:
            made += [head, *([below] if below is not None else [])]
            continue
        said = head["text"]["text"]
        now, buttons = _now(its, asked, dues, side, said)
        text = text.replace(said, now, 1)
        shown = section(now)
        if below is not None:
            made += [{**head, **shown}, {**below, "elements": buttons}]
        else:
            made.append({**head, **shown, "accessory": buttons[0]})
    return Rendered(text, made)


def without_ways_back(before: Rendered, its: HandoffCard) -> Rendered:
    """Return what a side was told that does not work, once the receiver has none of it any more."""
    text = f"{before.text.partition(_LINE)[0]}{_LINE}{words.gone_on(its)}"
    return Rendered(text, [section(text), {"type": "actions", "elements": show_buttons(its.id, "Show")}])


def _has_buttons_below(head: _Drawn, rest: Sequence[_Drawn]) -> bool:
    is_bare = head.get("type") == "section" and "accessory" not in head
    return is_bare and bool(rest) and rest[0].get("type") == "actions"


def _asked(its: HandoffCard, buttons: Sequence[_Drawn]) -> _Asked | None:
    """Return what these buttons ask about this handoff; None for anything else."""
    values = {str(each.get("action_id")): str(each.get("value", "")) for each in buttons}
    for action in (actions.ACCEPT_ALL, actions.REFUSE, actions.AGAIN):
        if action in values:
            value = parse(HandoffValue, values[action])
            kind = DueKind.EXPIRED if action == actions.AGAIN else DueKind.ANSWER
            return _Asked(kind, value.version) if value.handoff_id == its.id else None
    if actions.ANSWER in values:
        one = parse(AnswerValue, values[actions.ANSWER])
        if one.step is HandoffStep.SUPPLY and any(
            each.id == one.resource_id and each.state is ResourceState.NOT_YET for each in its.resources
        ):
            return None  # it is asked still
        return _Asked(DueKind.NEEDS, one.version, one.resource_id) if one.handoff_id == its.id else None
    for action in (actions.WORKS, actions.NO):
        if action in values:
            return _Asked(DueKind.WORKS) if number(values[action]) == its.id else None
    return None


def _now(
    its: HandoffCard, asked: _Asked, dues: Sequence[HandoffDue], side: Side, said: str
) -> tuple[str, Sequence[Block]]:
    """Return what is said of it now, and its buttons."""
    due = _still(its, asked, dues, side, said)
    if asked.kind is DueKind.WORKS:
        is_unanswered = due is not None and _says(its, side) is Review.NONE
        return (said, reminders.buttons(due)) if due and is_unanswered else _reviewed(its, due, side)
    if due is not None:
        now = said if due.kind is DueKind.EXPIRED else section(reminders.said(due))["text"]["text"]
        return now, reminders.buttons(due)
    one = next((each for each in its.resources if each.id == asked.resource_id), None)
    if one is not None:
        return f"Handoff #{its.id}, {words.thing(one)}: {words.standing(one)}.", show_buttons(its.id, "Show")
    return f"{words.title(its)}: {words.counts(its)}.", show_buttons(its.id, "Show")


def _still(its: HandoffCard, asked: _Asked, dues: Sequence[HandoffDue], side: Side, said: str) -> HandoffDue | None:
    """Return what is asked still."""
    found = [each for each in dues if each.kind is asked.kind and each.side is side]
    if asked.version not in (None, its.version):
        return None
    if asked.kind is DueKind.EXPIRED and not its.to_offer_again:
        return None
    if asked.kind is DueKind.NEEDS:  # a new day makes it another question
        theirs = (each for each in found if each.resource is not None and each.resource.id == asked.resource_id)
        found = [each for each in theirs if section(reminders.said(each))["text"]["text"] == said]
    return found[0] if found else None


def _reviewed(its: HandoffCard, due: HandoffDue | None, side: Side) -> tuple[str, Sequence[Block]]:
    """Return whether it works for a side, with what corrects that or says more; where it is over, how it stands."""
    if due is None:
        stands = f"{words.title(its)}: {words.counts(its)}."
        now = stands if its.owned else f"{words.passed(its)}. {words.gone_on(its)}"
        return now, show_buttons(its.id, "Show")
    is_working = _says(its, side) is Review.WORKS
    left_out = {actions.WORKS, actions.BACK} if is_working else set[str]()
    shown = [each for each in reminders.buttons(due) if each["action_id"] not in left_out]
    return f"{words.passed(its)}. It {'works' if is_working else 'does not work'} for your team.", shown


def _says(its: HandoffCard, side: Side) -> Review:
    return its.giver_says if side is Side.GIVER else its.receiver_says

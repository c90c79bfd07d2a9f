"""What may be pressed about a matter: by everybody who reads a message, or by one reader of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.blocks.handoff_button import OpenHandoff, Way, back_buttons, handoff_buttons, show_buttons
from bot.blocks.lines import Line
from bot.blocks.ownership import actions, words
from bot.blocks.ownership.actions import SideValue
from bot.blocks.text import bold, button, plain, possessive
from bot.blocks.values import encode
from bot.domain.ownership.matters import MatterCard, MatterKind, Reader, Side, WayBack
from bot.domain.recipients import Recipient

#: Sides of a dispute that have a button, and files of each that are named.
_MOST_SIDES, _MOST_FILES = 4, 2


def side_lines(matter: MatterCard, reader: Reader | None) -> list[Line]:
    """Return what each side of an open dispute says, with the button that says that it is right."""
    if matter.kind is not MatterKind.DISPUTE or not matter.is_open:
        return []
    return [
        Line(side(each, matter.way_back), _side_control(matter, each.owner, reader))
        for each in matter.sides[:_MOST_SIDES]
    ]


def side(one: Side, way: WayBack | None = None, *, is_still: bool = False) -> str:
    """Return what a side says, and in which files, which may say so still."""
    verb = f"{'still ' if is_still else ''}{'says' if len(one.said_in) == 1 else 'say'}"
    owner = bold(one.owner.name, 80) if one.owner.name else "nobody"
    files = ", ".join(map(words.file, one.said_in[:_MOST_FILES]))
    rest = len(one.said_in) - _MOST_FILES
    files += f" and {rest} more" if rest > 0 else ""
    if files:
        return f"{files} {verb} {owner}"
    if not one.is_agreed:
        return f"{owner} claims it in Slack" if one.owner.name else "Somebody said in Slack that nobody owns it"
    return f"{owner} took it over by agreement{f', in handoff #{way.handoff_id}' if way is not None else ''}"


def _side_control(matter: MatterCard, owner: Recipient, reader: Reader | None) -> Mapping[str, Any] | None:
    """Return the button beside a side; None where its reader may not press any.

    What was handed over goes back by a handoff: only an admin says that it is the giver's.
    """
    way = matter.way_back
    if reader is not None and owner.key in reader.sides:
        return _side_button(matter, owner)
    if way is None or owner != way.giver or (reader is None and way.is_for_admin):
        return _side_button(matter, owner) if reader is None else None
    if way.under_way is not None:
        return show_buttons(way.under_way, f"Show handoff #{way.under_way}")[0]
    if reader is not None and reader.is_giver:
        return handoff_buttons(OpenHandoff(Way.ASK, matter.asset.id, area=matter.area), matter.asset.name)[0]
    return back_buttons(way.handoff_id)[0] if reader is None or reader.is_receiver else None


def _side_button(matter: MatterCard, owner: Recipient) -> Mapping[str, Any]:
    name = plain(owner.name, 40)
    text = f"It is {name}{possessive(name)}" if name else "Nobody owns it"
    value = encode(SideValue(matter.id, owner.key))
    return button(text, actions.MATTER_SIDE, value, label=f"{text}: {plain(matter.asset.name, 20)}")


def answer_buttons(matter: MatterCard, reader: Reader | None) -> list[Mapping[str, Any]]:
    """Return the buttons under an open matter."""
    if matter.kind is MatterKind.DISPUTE:
        may_pass_on = matter.has_admin and not matter.is_passed_on and (reader is None or reader.may_pass_on)
        return [_pass_on_button(matter)] if may_pass_on else []
    loan, may_answer = matter.loan, reader is None or reader.may_answer
    shown = show_buttons(loan.handoff_id, f"Show handoff #{loan.handoff_id}") if loan is not None else []
    return [*(_answers(matter) if may_answer else []), *shown]


def _pass_on_button(matter: MatterCard) -> Mapping[str, Any]:
    text = "Let a catalog admin decide"
    return button(text, actions.MATTER_PASS_ON, str(matter.id), label=f"{text}: {plain(matter.asset.name, 45)}")


def _answers(matter: MatterCard) -> list[Mapping[str, Any]]:
    number, name = str(matter.id), plain(matter.asset.name, 45)
    is_claim = matter.kind is MatterKind.CLAIM
    agree_text = "Agree" if is_claim else f"You are right{', it is not ours' if not matter.is_orphans else ''}"
    keep_text = "It is ours" if not matter.is_orphans else "No"
    if matter.is_passed_on and not matter.is_orphans:  # an admin reads it as well, whose it is not
        [*others, last] = matter.owner_names or ("its owner",)
        agree_text = "Agree" if is_claim else "It is not theirs"
        keep_text = "It stays theirs" if others else f"It is {plain(last, 40)}{possessive(last)}"
    agree = button(agree_text, actions.MATTER_AGREE, number, label=f"{agree_text}: {name}"[:75])
    keep = button(keep_text, actions.MATTER_KEEP, number, label=f"{keep_text}: {name}")
    ask = button("Ask…", actions.MATTER_ASK, number, label=f"Ask about {name}")
    if matter.loan is not None:
        return [keep, ask]
    return [agree, keep, ask] if is_claim else [keep, agree, ask]

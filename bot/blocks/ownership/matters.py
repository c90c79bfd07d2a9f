"""Matters as messages: the card with the answers, and what whoever raised one hears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.blocks.health import Shown, show_button
from bot.blocks.lines import Line, listed, texts, with_also
from bot.blocks.ownership import actions, matter_lines, words
from bot.blocks.ownership.attestation import not_ours_button
from bot.blocks.ownership.claims import claim_part_button
from bot.blocks.ownership.matter_controls import answer_buttons, side_lines
from bot.blocks.text import (
    EDITED_TEXT,
    Block,
    Rendered,
    bold,
    button,
    escape,
    fitting,
    mention,
    modal,
    plain,
    possessive,
    section,
)
from bot.blocks.values import encode
from bot.domain.ownership.matters import MatterCard, MatterKind, MatterState, Reader, Reminder
from bot.domain.recipients import Recipient
from bot.domain.records import PersonRecord, TeamRecord

_HEAD = "*Who owns it?*"
_OBJECT = "Not right? Claim it on its answer, and say why."
_DOUBT_IT = "Not right? Press *Wrong owner?* on its answer, and say why."


def card(
    matter: MatterCard,
    also: Sequence[Line] = (),
    *,
    reader: Reader | None = None,
    reminder: Reminder | None = None,
) -> Rendered:
    """Return the message that asks for an answer to a matter, or says how it ended.

    It has what its `reader` may press; a message that several people read has all that one of them may. It may be a
    `reminder`.
    """
    lines = matter_lines.said_lines(matter, reader) + (
        [matter_lines.reminded(reminder)] if reminder is not None else []
    )
    sides = side_lines(matter, reader)
    blocks: list[Block] = [section("\n".join(lines)), *(each.block for each in sides)]
    if matter.is_open and (buttons := answer_buttons(matter, reader)):
        blocks.append({"type": "actions", "elements": buttons})
    blocks = [{**each, "block_id": f"{_block_ids(matter)}{number}"} for number, each in enumerate(blocks)]
    return with_also([*lines, *(f"• {each.text}" for each in sides)], blocks, also)


def redrawn(before: Rendered, matter: MatterCard) -> Rendered:
    """Return a message that shows a matter with the matter as it is now; what else it says stays."""
    return _instead(before, matter, card(matter))


def asked_again(before: Rendered, matter: MatterCard) -> Rendered:
    """Return a message that shows a matter of which its reader has a later one: that has the answers now."""
    line = matter_line(matter)
    now = Line(f"{line.text} I have asked again below.", line.button)
    return _instead(before, matter, Rendered(now.text, [{**now.block, "block_id": f"{_block_ids(matter)}0"}]))


def _instead(before: Rendered, matter: MatterCard, now: Rendered) -> Rendered:
    rest = [each for each in before.blocks if not str(each.get("block_id", "")).startswith(_block_ids(matter))]
    blocks, lines = [*now.blocks, *rest], texts(rest)
    return fitting(lambda count: Rendered("\n".join([now.text, *lines[:count]]), blocks), len(lines), EDITED_TEXT)


def line_redrawn(before: Rendered, matter: MatterCard) -> Rendered:
    """Return a message that has a line about a matter with the line as it is now; what else it says stays."""
    text, made = before.text, list[Mapping[str, Any]]()
    for each in before.blocks:
        button_ = each.get("accessory", {})
        if (button_.get("action_id"), button_.get("value")) != (actions.MATTER_SHOW, str(matter.id)):
            made.append(each)
            continue
        now = matter_line(matter)
        text = text.replace(each["text"]["text"], now.text, 1)
        made.append({**each, **now.block})
    return Rendered(text, made)


def _block_ids(matter: MatterCard) -> str:
    return f"ownership.matter.{matter.id}."


def card_view(message: Rendered) -> Block:
    """Return a matter's card as a modal, for where there is no message to show it beside."""
    return modal("Who owns it?", message.blocks)


def matter_line(matter: MatterCard, reminder: Reminder | None = None) -> Line:
    """Return what is said of a matter among others, with the button that shows it."""
    if not matter.is_open:
        return Line(
            f"{matter_lines.headline(matter)} {matter_lines.ended(matter)}",
            None if matter.has_left else _see_button(matter),
        )
    name = plain(matter.asset.name, 50)
    show = button("Show", actions.MATTER_SHOW, str(matter.id), label=f"Show the question about {name}")
    said = [matter_lines.headline(matter), *([matter_lines.reminded(reminder)] if reminder is not None else [])]
    return Line(" ".join(said), show)


def matter_section(lines: Sequence[Line], share: int) -> Rendered:
    """Return the section of a week's digest: what still waits for an answer."""
    return listed(_HEAD, lines, share)


def outcome(matter: MatterCard, hearer: str = "", *, is_theirs: bool = False, is_lost: bool = False) -> Rendered:
    """Return what whoever raised a matter is told when it ends, named in a thread by `hearer`, their Slack id.

    `is_theirs` is for the side that was found to be right, which can say that it is not theirs where it never said
    that it is, and `is_lost` for an owner whom somebody else decided against.
    """
    named = f"{mention(hearer)} " if mention(hearer) else ""
    said = (
        f"{named}{matter_lines.thing(matter) if named else matter_lines.begins(matter)}: {matter_lines.ended(matter)}"
    )
    if matter.state is MatterState.EXPIRED:
        said += f" Talk to {words.names(matter.owner_names) or 'its owner'}."
    if matter.kind is MatterKind.CLAIM and matter.state in (MatterState.KEPT, MatterState.EXPIRED):
        said += " You can claim it again, with another reason."
        return _with_claim(matter, said)
    may_doubt = bool(matter.outdated and matter.owner.name) and not is_theirs
    object_to_it = _OBJECT if is_lost else _DOUBT_IT if may_doubt else ""
    way_on = " ".join(filter(None, [*matter_lines.outdated(matter), object_to_it]))
    said = "\n".join(filter(None, [said, *matter_lines.decided_because(matter), way_on]))
    if matter.state is MatterState.OVER and matter.kind is MatterKind.CLAIM and matter_lines.is_nobodys(matter):
        return _with_claim(matter, f"{said} Still yours? Press *We own this*.")
    is_plain = matter.state is not MatterState.OVER and matter.kind is not MatterKind.DISPUTE and not is_lost
    if is_plain or matter.has_left:
        return Rendered(said)
    return _with_ways_on(matter, said, is_new=is_theirs and matter.state is MatterState.AGREED)


def _with_claim(matter: MatterCard, said: str) -> Rendered:
    own = claim_part_button(matter.asset.id, matter.asset.name, matter.area)
    return Rendered(said, [section(said), {"type": "actions", "elements": [own]}])


def left_with(matter: MatterCard, gone: Recipient) -> Rendered:
    """Return what the last side of a dispute reads, whose it is because the other one is gone."""
    owner = bold(matter.owner.name, 80)
    return _with_ways_on(
        matter, f"{matter_lines.begins(matter)}: {bold(gone.name, 80)} is gone, so {owner} owns it now.", is_new=True
    )


def _with_ways_on(matter: MatterCard, said: str, *, is_new: bool) -> Rendered:
    """Return how a matter ended, with the answer, and for whoever `is_new` as the owner a way to refuse it."""
    buttons = [_see_button(matter), *([not_ours_button(matter.asset, matter.area)] if is_new else [])]
    return Rendered(said, [section(said), {"type": "actions", "elements": buttons}])


def _see_button(matter: MatterCard) -> Mapping[str, Any]:
    """Return the button that shows the answer, with what its reader can do about it."""
    return show_button("See who owns it", Shown.ASSET, matter.asset.id, label=matter.asset.name)


def asked_back(matter: MatterCard) -> Rendered:
    """Return the owner's question, for whoever raised the matter."""
    who = words.somebody(matter.question_by, first=True)
    text = f"{who} asks about {matter_lines.thing(matter)}:\n> {escape(matter.question, 500)}"
    name = plain(matter.asset.name, 50)
    answer = button("Answer…", actions.MATTER_REPLY, str(matter.id), label=f"Answer the question about {name}")
    return Rendered(text, [section(text), {"type": "actions", "elements": [answer]}])


def asked_before(matter: MatterCard) -> Rendered:
    """Return the owner's question once it is answered, or the matter has ended."""
    who = words.somebody(matter.question_by, first=True)
    text = f"{who} asked about {matter_lines.thing(matter)}:\n> {escape(matter.question, 500)}"
    text += f"\nAnswered: {escape(matter.reply, 500)}" if matter.reply else ""
    text += f"\n{matter_lines.ended(matter)}" if not matter.is_open else ""
    return Rendered(text)


def replied(matter: MatterCard) -> Rendered:
    """Return the answer to the owner's question, for the thread under the card."""
    return Rendered(f"{words.somebody(matter.raised_by, first=True)} answers:\n> {escape(matter.reply, 500)}")


def question_noted(matter: MatterCard) -> Rendered:
    """Return the receipt for whoever asked something back."""
    return Rendered(f"I have asked {words.somebody(matter.raised_by)}. The answer comes here.")


def reply_noted(matter: MatterCard) -> Rendered:
    """Return the receipt for whoever answered what was asked back."""
    return Rendered(f"{matter_lines.begins(matter)}: I have passed your answer on.")


def matter_noted(matter: MatterCard) -> Rendered:
    """Return the receipt for whoever answered a matter: what became of it, whatever else is open about it."""
    if not matter.is_open:
        why = matter_lines.decided_because(matter)
        return Rendered(
            "\n".join(
                [f"{matter_lines.begins(matter)}: {matter_lines.ended(matter)}", *why, *matter_lines.outdated(matter)]
            )
        )
    if matter.given_up_by and matter.kind is MatterKind.CLAIM:
        return Rendered(f"{matter_lines.begins(matter)}: {matter_lines.given_up(matter)}")
    if matter.given_up_by:
        return Rendered(
            f"{matter_lines.begins(matter)} is tier 1: I have asked whoever can confirm that it is not yours."
        )
    if matter.is_passed_on:
        return Rendered(f"{matter_lines.begins(matter)}: a catalog admin decides.")
    return Rendered(f"{matter_lines.begins(matter)}: noted.")


def proposed(matter: MatterCard) -> Rendered:
    """Return the question to the team that a doubter named, once the owner said that something is not theirs."""
    owners = matter.given_up_by or matter.owner_names
    says = f"{words.names(owners)} {words.verb(owners, 'says', 'say')}" if owners else "Its owner says"
    by, why = matter.raised_by, matter_lines.reasons(matter)
    if matter.named_by is not None and matter.named_by.person != by:
        by, reason = matter.named_by.person, escape(matter.named_by.reason, 300)
        why = [f"> {reason}"] if reason else []
    thinks = f"{words.somebody(by, first=True)} thinks that {matter_lines.thing(matter)} is yours."
    lines = [f"{thinks} {says} that it is not theirs.", *why]
    name, value = plain(matter.asset.name, 45), encode(actions.AssetValue(matter.asset.id, matter.area))
    buttons = [
        button("We own this", actions.CLAIM, value, label=f"We own this: {name}", style="primary"),
        button("Not ours", actions.MATTER_NOT_OURS, str(matter.id), label=f"Not ours: {name}"),
    ]
    text = "\n".join(lines)
    return Rendered(text, [section(text), {"type": "actions", "elements": buttons}])


def proposal_declined(matter: MatterCard, by: PersonRecord | None, then: TeamRecord | None = None) -> Rendered:
    """Return what the question reads once the team has said no, which whoever doubted reads, too.

    `then` is the team that is asked next.
    """
    whose = f"{matter_lines.whose_team(matter)}{possessive(matter.team.name) if matter.team is not None else ''}"
    who, thing = words.somebody(by, first=True), matter_lines.thing(matter)
    text = f"{who} says that {thing} is not {whose} either, so nobody owns it."
    text += f" {bold(then.name, 80)} is asked now." if then is not None else ""
    return Rendered(text, [section(text), {"type": "actions", "elements": [_see_button(matter)]}])


def addressed(message: Rendered, hearer: str) -> Rendered:
    """Return a message to somebody, by their Slack id, in a thread; as it is where nobody is named."""
    if not mention(hearer):
        return message
    text = f"{mention(hearer)} {message.text}"
    return Rendered(text, [section(text), *message.blocks[1:]])

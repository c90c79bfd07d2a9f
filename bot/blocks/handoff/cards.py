"""A handoff's card in the receiver's channel, what the giver is asked, and what both hear of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.blocks.handoff import actions, words
from bot.blocks.handoff.actions import AnswerValue, HandoffValue
from bot.blocks.handoff_button import OpenHandoff, Way, back_buttons, handoff_buttons
from bot.blocks.lines import Line, more
from bot.blocks.recipients import said_to
from bot.blocks.request_button import SUPPORT_TEXT, OpenValue, open_buttons
from bot.blocks.text import (
    EDITED_TEXT,
    POSTED_TEXT,
    Block,
    Rendered,
    button,
    context,
    escape,
    fitting,
    link,
    modal,
    option,
    plain,
    section,
)
from bot.blocks.values import encode
from bot.domain.handoff.due import Side
from bot.domain.handoff.handoffs import (
    FOR_GIVER,
    FOR_RECEIVER,
    TRANSITIONS,
    HandoffCard,
    HandoffStep,
    ResourceCard,
    ResourceState,
)
from bot.domain.handoff.readiness import ReadinessItem
from bot.domain.recipients import Told
from bot.domain.records import PersonRecord
from bot.domain.rights import Right

#: Resources that a card has room for, each with its choices; the details name all.
_MOST_SHOWN = 20
#: … and of what has come with resources.
_MOST_CAME = 5
_CAME = "Came with it:"
_HOW = "Answer a part by itself with the ⋯ beside it."
_SUPPLY = "It is there"
_CHOICES: Sequence[tuple[HandoffStep, str]] = (
    (HandoffStep.ACCEPT, "Accept"),
    (HandoffStep.NOT_YET, "Not yet: needs…"),
    (HandoffStep.DECLINE, "Decline…"),
    (HandoffStep.SUPPLY, _SUPPLY),
)
_TO_COME_CHOICES: Sequence[tuple[HandoffStep, str]] = ((HandoffStep.CALL_OFF, "Call it off…"),)


def card(its: HandoffCard, able: Collection[Right] = FOR_RECEIVER, *, who: str = "") -> Rendered:
    """Return the handoff, each resource with the choices to answer it, as far as somebody is `able` to.

    `who` says who can answer it, for somebody who cannot.
    """
    return _drawn(its, _buttons(its, able), able, who)


def asked(its: HandoffCard, able: Collection[Right] = FOR_GIVER, *, who: str = "") -> Rendered:
    """Return what a giver is asked for, with the buttons to offer it or not, of which somebody may press these."""
    if not its.is_draft:
        again = _for(Right.HAND_OVER, able, offer_buttons(its)) if its.offered_on is None else []
        return _drawn(its, [_details(its), *_for(Right.CALL_OFF, able, _call_off(its)), *again], able, who)
    answers = _for(Right.HAND_OVER, able, answer_buttons(its))
    return _drawn(its, [*answers, *_for(Right.PUT_OFF, able, _cancel(its)), _details(its)], able, who)


def _for(right: Right, able: Collection[Right], shown: list[Block]) -> list[Block]:
    """Return buttons for somebody who has the right to press them."""
    return shown if right in able else []


def answer_buttons(its: HandoffCard) -> list[Block]:
    """Return the buttons with which whoever has to answer does so for all that waits; none where nothing does.

    What somebody has put off is left out of all, and the button says so.
    """
    value = encode(HandoffValue(its.id, its.version))
    if its.is_draft:
        return [
            button("Offer it…", actions.AGAIN, value, label=words.label("Offer it", its), style="primary"),
            button("No…", actions.REFUSE, value, label=words.label("No", its)),
        ]
    count, waiting = len(its.open_resources), len(its.untouched)
    if count == 1 and not waiting:  # it was put off, and is there now
        one = encode(AnswerValue(HandoffStep.ACCEPT, its.id, its.version, its.open_resources[0].id))
        return [button("Accept", actions.ANSWER, one, label=words.label("Accept", its), style="primary")]
    if not waiting:
        return []
    text = "Accept the rest" if waiting < count else "Accept all" if count > 1 else "Accept"
    return [button(text, actions.ACCEPT_ALL, value, label=words.label(text, its), style="primary")]


def part_buttons(its: HandoffCard, one: ResourceCard, *, later: str = "Not yet: needs…") -> list[Block]:
    """Return a button for each answer to one resource; what `later` says puts it off."""

    def value(step: HandoffStep) -> str:
        return encode(AnswerValue(step, its.id, its.version, one.id))

    accept, not_yet, decline = HandoffStep.ACCEPT, HandoffStep.NOT_YET, HandoffStep.DECLINE
    return [
        button("Accept", actions.ANSWER, value(accept), label=words.label("Accept", its), style="primary"),
        button(later, actions.NOT_YET, value(not_yet), label=words.label(later, its)),
        button("Decline…", actions.DECLINE, value(decline), label=words.label("Decline…", its)),
    ]


def supply_buttons(its: HandoffCard, resources: Sequence[ResourceCard]) -> list[Block]:
    """Return the button which says that what one of these waits for is there; of several, that is said on the card."""
    waiting = [each for each in resources if each.state is ResourceState.NOT_YET]
    if len(waiting) != 1:
        return []
    value = encode(AnswerValue(HandoffStep.SUPPLY, its.id, its.version, waiting[0].id))
    return [button(_SUPPLY, actions.ANSWER, value, label=words.label(_SUPPLY, its))]


def details_view(its: HandoffCard, able: Collection[Right] = FOR_RECEIVER) -> Block:
    """Return the modal with all resources, and what shows that the receiver is ready, for somebody who is able."""
    by_item = {each.item: each for each in its.evidence}
    lines = [f"• {words.thing(each)}: {words.standing(each)}" for each in its.resources]
    shown = []
    for item in ReadinessItem:
        one = by_item.get(item)
        beside = f" {link(one.link, 'link')}" if one is not None and one.link else ""
        shown.append(f"{words.evidence(one, item)}{beside}")
    blocks: list[Block] = [section(f"{words.title(its, names_follow=True)}.")]
    blocks += [context(each) for each in _small(its)]
    blocks += [section("\n".join(lines[start : start + 10])) for start in range(0, len(lines), 10)]
    blocks.append(section(f"*{words.readiness(its)}*"))
    blocks += [section("\n".join(shown[start : start + 4])) for start in range(0, len(shown), 4)]
    if Right.EVIDENCE in able:
        add = button("Add evidence…", actions.EVIDENCE, str(its.id), label=words.label("Add evidence", its))
        blocks.append({"type": "actions", "elements": [add]})
    return modal(f"Handoff #{its.id}", blocks)


def card_view(message: Rendered, *, is_in_its_place: bool = False) -> Block:
    """Return a card in a modal; with `is_in_its_place` it is shown in the place of the form of a new handoff."""
    head = [section("It is in this handoff already:")] if is_in_its_place else []
    return modal("Handoff", [*head, *message.blocks])


def begun(its: HandoffCard, told: Told) -> Rendered:
    """Return the receipt for whoever has offered something, or asked for it."""
    text = f"{words.title(its)}. {said_to([told])}"
    return Rendered(
        text, [section(text), {"type": "actions", "elements": [_show(its), *_withdraw(its), *_cancel(its)]}]
    )


def receipt(its: HandoffCard, *, is_new: bool, along: Sequence[str] = ()) -> Rendered:
    """Return how a handoff stands, for whoever has just pressed something; `along` comes with what they accepted."""
    if not is_new:
        return Rendered(f"Nothing has changed: {words.title(its)}: {words.counts(its)}.")
    said = f"Done. {words.title(its)}: {words.counts(its)}."
    return Rendered("\n".join(filter(None, [said, words.comes_along(along)])))


def with_came(shown: Rendered, came: Sequence[Line]) -> Rendered:
    """Return a message with what has come with resources that have just passed, each with what can be done."""
    if not came:
        return shown

    def draw(count: int) -> Rendered:
        lines, rest = came[:count], more(came[count:])
        blocks = [*(shown.blocks or [section(shown.text)]), context(_CAME), *(each.block for each in lines)]
        said = [shown.text, _CAME, *(f"• {each.text}" for each in lines), *rest]
        return Rendered("\n".join(said), [*blocks, *map(context, rest)])

    return fitting(draw, min(len(came), _MOST_CAME), POSTED_TEXT)


def reviewed(its: HandoffCard) -> Rendered:
    """Return the receipt of "It works"."""
    return Rendered(f"Good to hear. {words.passed(its)}: noted that it works for your team.")


def told_why(its: HandoffCard, side: Side, told: Told) -> Rendered:
    """Return the receipt of "No…", with who is told, and what the side that said so can do."""
    how = f"{_ask_back(its)} it back" if side is Side.GIVER else "*Hand it back* on its card ends it"
    said = f"{words.number(its)} · {said_to([told])} {how}, and *It works* corrects this."
    return Rendered(said, [section(said), {"type": "actions", "elements": [_show(its)]}])


def _ask_back(its: HandoffCard) -> str:
    name = its.owned[0].name if its.owned else ""
    return f"`/handoff {escape(name, 60)}` asks {words.team(its.receiver.name)} for"


def works_now(its: HandoffCard, by: PersonRecord, *, to: Side) -> Rendered:
    """Return what the side is told that had heard that it does not work."""
    who = words.team(its.receiver.name if to is Side.GIVER else its.giver.name)
    said = f"{words.passed(its)}. It works for {who} by now, says {words.person(by)}."
    return Rendered(said, [section(said), {"type": "actions", "elements": [_show(its)]}])


def does_not_work(its: HandoffCard, by: PersonRecord, why: str, *, to: Side) -> Rendered:
    """Return what the other side is told that somebody misses, with what it can do."""
    said = f"{words.passed(its)}. It does not work, says {words.person(by)}: {escape(why, 300)}"
    if to is Side.GIVER:
        said += f"\nHelp {words.team(its.receiver.name)}, or ask for it back."
    buttons = [*(back_buttons(its.id) if to is Side.RECEIVER else _ask_buttons(its)), _show(its)]
    return Rendered(said, [section(said), {"type": "actions", "elements": buttons}])


def _ask_buttons(its: HandoffCard) -> list[Block]:
    """Return the giver's button that asks the receiver for what it has."""
    if not its.owned:
        return []
    area = its.owned[0].area if len(its.owned) == 1 else None
    return handoff_buttons(OpenHandoff(Way.ASK, its.owned[0].asset_id, area=area), its.owned[0].name)


def _drawn(its: HandoffCard, buttons: Sequence[Block], able: Collection[Right], who: str) -> Rendered:
    head = f":handshake: {words.title(its, names_follow=True)}."

    def draw(count: int) -> Rendered:
        blocks: list[Block] = [section(head)]
        lines = [head]
        for each in its.resources[:count]:
            line = f"{words.thing(each)}: {words.standing(each)}"
            lines.append(f"• {line}")
            choices = _choices(its, each, able)
            blocks.append({**section(line), "block_id": f"handoff.resource.{each.id}", **choices})
        if Right.PUT_OFF in able and any(each.is_open for each in its.resources[:count]) and _alone(its) is None:
            blocks.append(context(_HOW))
        hidden = len(its.resources) - count
        small = [*([f"… and {hidden:,} more: see the details"] if hidden > 0 else []), *_small(its)]
        small += [who] if who else []
        blocks += [context(each) for each in small]
        if buttons:
            blocks.append({"type": "actions", "elements": list(buttons)})
        return Rendered("\n".join([*lines, *small]), blocks)

    return fitting(draw, min(len(its.resources), _MOST_SHOWN), EDITED_TEXT)


def _small(its: HandoffCard) -> list[str]:
    terms = " · ".join(words.terms(its))
    reason = f"Why: {escape(its.reason, 300)}" if its.reason else ""
    left = words.left_behind(its)
    shown = words.readiness(its) if its.open_resources or its.evidence else ""
    along = words.comes_along(its.comes_along) if its.unanswered or its.to_come else ""
    return [each for each in (terms, reason, along, left, shown) if each]


def _choices(its: HandoffCard, one: ResourceCard, able: Collection[Right]) -> Block:
    is_one_of_several = one.is_to_come and len(its.to_come) > 1  # for one alone there are the buttons
    if not (one.is_open or is_one_of_several) or one is _alone(its):
        return {}
    choices = [
        option(said, encode(AnswerValue(step, its.id, its.version, one.id)))
        for step, said in (_CHOICES if one.is_open else _TO_COME_CHOICES)
        if TRANSITIONS[step].right in able and one.state in TRANSITIONS[step].sources
    ]
    return {"accessory": {"type": "overflow", "action_id": actions.ANSWER, "options": choices}} if choices else {}


def _alone(its: HandoffCard) -> ResourceCard | None:
    """Return the one resource of a handoff that waits for an answer; None for several, or none."""
    return its.resources[0] if len(its.resources) == 1 and its.resources[0].is_open else None


def _buttons(its: HandoffCard, able: Collection[Right]) -> list[Block]:
    is_receivers = Right.PUT_OFF in able  # whoever may answer for the receiver may also hand back for it
    made = _for(Right.TAKE_OVER, able, answer_buttons(its))
    if (one := _alone(its)) is not None:
        made += [
            *_for(Right.PUT_OFF, able, part_buttons(its, one)[1:]),
            *_for(Right.SUPPLY, able, supply_buttons(its, [one])),
        ]
    made.append(_details(its))
    made += _for(Right.HAND_OVER, able, _withdraw(its))
    made += _for(Right.CALL_OFF, able, _call_off(its))
    made += _for(Right.HAND_OVER, able, offer_buttons(its))
    if its.owned and not its.open_resources and Right.HAND_OVER in able and not is_receivers:
        made += _ask_buttons(its)
    elif its.owned and not its.open_resources and is_receivers:
        made += back_buttons(its.id)
        if its.library_id is not None:
            name = plain(its.library, 45)
            made += open_buttons(OpenValue(library_id=its.library_id), SUPPORT_TEXT, label=name)
    return made


def offer_buttons(its: HandoffCard) -> list[Block]:
    """Return the giver's button for what was not accepted, or not offered when it was asked for; none for neither."""
    if its.is_draft or not its.to_offer_again:
        return []
    text, value = "Offer again" if its.offered_on is not None else "Offer it", encode(HandoffValue(its.id, its.version))
    return [button(f"{text}…", actions.AGAIN, value, label=words.label(text, its))]


def ask_again_buttons(its: HandoffCard) -> list[Block]:
    """Return the button of whoever asked in vain."""
    if its.offered_on is not None or its.is_draft or not its.to_offer_again:
        return []
    one, *others = its.to_offer_again
    return handoff_buttons(OpenHandoff(Way.ASK, one.asset_id, area=None if others else one.area), one.name)


def _withdraw(its: HandoffCard) -> list[Block]:
    if not its.open_resources:
        return []
    value = encode(HandoffValue(its.id, its.version))
    return [button("Withdraw", actions.WITHDRAW, value, label=words.label("Withdraw", its))]


def _cancel(its: HandoffCard) -> list[Block]:
    """Return the button of whoever asked for it."""
    if not its.is_draft:
        return []
    value = encode(HandoffValue(its.id, its.version))
    return [button("Not needed any more", actions.CANCEL, value, label=words.label("Not needed any more", its))]


def _call_off(its: HandoffCard) -> list[Block]:
    if not its.to_come:
        return []
    value = encode(HandoffValue(its.id, its.version))
    return [button("Call it off…", actions.CALL_OFF, value, label=words.label("Call it off", its))]


def _details(its: HandoffCard) -> Block:
    return button("Details", actions.DETAILS, str(its.id), label=words.label("Details", its))


def _show(its: HandoffCard) -> Block:
    return button("Show", actions.SHOW, str(its.id), label=words.label("Show", its))

"""What Baton comes back to by itself: a line of each, a message about one, and the section of the week's digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from bot.blocks.handoff import actions, words
from bot.blocks.handoff.cards import answer_buttons, ask_again_buttons, offer_buttons, part_buttons, supply_buttons
from bot.blocks.handoff_button import back_buttons, show_buttons
from bot.blocks.lines import Line, listed, with_also
from bot.blocks.ownership.words import file, join
from bot.blocks.text import Block, Rendered, button, day, escape, possessive
from bot.blocks.text import section as block_of
from bot.domain.handoff.due import DueKind, HandoffDue, Side
from bot.domain.handoff.handoffs import HandoffCard, ResourceState

_HEAD = "*Handoffs*"
#: Files that a line names.
_MOST_FILES = 2


def line(its: HandoffDue) -> Line:
    """Return what is said of one thing among others, with its first button, or with all where one is no answer."""
    shown = buttons(its)
    return Line(said(its), shown[0], command="/handoff list", buttons=shown if len(shown) > 2 else ())


def reminder(its: HandoffDue, also: Sequence[Line] = ()) -> Rendered:
    """Return the message about one thing, with what is due as well."""
    text = said(its)
    blocks: list[Block] = [block_of(text), {"type": "actions", "elements": buttons(its)}]
    return with_also([text], blocks, also)


def section(its: Sequence[HandoffDue], *, share: int = 1) -> Rendered:
    """Return the section of a digest."""
    return listed(_HEAD, [line(each) for each in its], share)


def said(its: HandoffDue) -> str:
    """Return what is said of one thing."""
    card = its.card
    count, what = len(card.untouched), "question" if card.offered_on is None else "offer"
    match its.kind:
        case DueKind.ANSWER:
            some = f"{words.things(card.untouched)} {'wait' if count > 1 else 'waits'}"
            left = "waits" if count == len(card.resources) else some
            return f"{words.title(card)}: {left} for your answer. The {what} ends on {day(its.ends_on)}."
        case DueKind.NEEDS:
            one = its.resource
            what = words.thing(one) if one is not None else ""
            waiting = words.standing(one) if one is not None else ""
            return f"Handoff #{card.id}, {what}: {waiting}. Is it there? Accept, or say a new day."
        case DueKind.NEEDED if its.resource is not None:
            one, who = its.resource, words.team(card.receiver.name)
            by = f"{who} needs {escape(one.needs, 200)} from you for {words.thing(one)} by {day(its.ends_on)}"
            return f"Handoff #{card.id}: {by}. Is it there? Say so, and I ask {who} to accept."
        case DueKind.MOVED:
            return f"{words.passed(card)}: as agreed, {_whose(its)} from {day(its.on)}{_until(card)}."
        case DueKind.TAKEN:
            if card.decider is not None:
                teams = f"from {words.team(card.giver.name)} to {words.team(card.receiver.name)}"
                decided = f"{words.person(card.decider)} decided that {words.things(card.owned)} passes {teams}"
                return f"{words.number(card)} · {decided}: {_whose(its)}{_since(card)}{_until(card)}."
            how = "as claimed" if card.is_granted else "which accepted"
            return f"{words.passed(card)}, {how}: {_whose(its)}{_since(card)}{_until(card)}."
        case DueKind.RETURNED:
            returned = [each for each in card.resources if each.returned_at is not None and not each.reason]
            its_giver = f"{words.team(card.giver.name)}{possessive(card.giver.name)}"
            whose = "yours" if its.side is Side.GIVER else its_giver
            back = f"{words.things(returned)} {'is' if len(returned) == 1 else 'are'} {whose}"
            return f"{words.number(card)} · The loan is over: {back} again."
        case DueKind.EXPIRED:
            return f"{words.title(card)}: {_over(card, what)}."
        case DueKind.OUTDATED:
            return _outdated(its)
        case _:
            last = ", the last of them" if len(_days(card)) > 1 else ""
            return f"{words.passed(card)}{last} {its.days} days ago. Does it work for you?"


def _whose(its: HandoffDue) -> str:
    """Return that what has passed is the receiver's, as the side that reads it says so."""
    whose = "yours" if its.side is Side.RECEIVER else "theirs"
    return f"{'it is' if len(its.card.owned) == 1 else 'they are'} {whose}"


def _until(card: HandoffCard) -> str:
    return f" until {day(card.loan_until)}" if card.loan_until is not None else ""


def _days(card: HandoffCard) -> Counter[date]:
    """Return on which days parts have passed, and how many."""
    return Counter(sorted(each.moved_at.date() for each in card.owned if each.moved_at is not None))


def _since(card: HandoffCard) -> str:
    """Return since when it is the receiver's, of what has passed in parts each with its day."""
    days = _days(card)
    if len(days) == 1:
        return f" from {day(next(iter(days)))}"
    return "".join(f", {many} from {day(on)}" for on, many in days.items())


def _outdated(its: HandoffDue) -> str:
    files = ", ".join(map(file, its.files[:_MOST_FILES]))
    more = len(its.files) - _MOST_FILES
    which = f" ({files}{f' and {more} more' if more > 0 else ''})" if files else ""
    whose = "it is yours" if len(its.parts or its.card.owned) == 1 else "they are yours"
    return (
        f"{words.passed(its.card, its.parts)}, but files still say that {whose}{which}. "
        f"`baton handoff patch {its.card.id}` prints the change. From {day(its.ends_on)} on that is a dispute."
    )


def _over(card: HandoffCard, what: str) -> str:
    """Return what is over of a question or an offer, and why."""
    over = [each for each in card.resources if each.state is ResourceState.EXPIRED]
    failed = [each for each in over if each.reason]
    without = [each for each in over if each.needs and not each.reason]
    late = [each for each in over if not each.reason and not each.needs]
    said = [f"{words.thing(each)} has not moved: {words.because(each).rstrip('.')}" for each in failed]
    ended = f"so the {what} is over and nothing has moved"
    if without and len(without) == len(card.resources):
        said.append(f"it still needed {join(map(words.needed, without))}, {ended}")
    else:
        over_too = "so that is over and has not moved"
        said += [f"{words.thing(each)} still needed {words.needed(each)}, {over_too}" for each in without]
    if len(late) == len(card.resources):
        said.append(f"nobody answered in time, {ended}")
    elif late:
        said.append(f"nobody answered in time for {words.things(late)}, so that is over and has not moved")
    return "; ".join(said)


def buttons(its: HandoffDue) -> list[Block]:
    """Return what can be done about it."""
    number, card = str(its.card.id), its.card
    shown = show_buttons(card.id, "Show")[0]
    if its.kind is DueKind.EXPIRED:
        if its.under_way is not None:
            return [*show_buttons(its.under_way, f"Show handoff #{its.under_way}"), shown]
        return [*(offer_buttons(card) if its.side is Side.GIVER else ask_again_buttons(card)), shown]
    if its.kind is DueKind.ANSWER:
        is_one = len(card.open_resources) == 1  # of several each is answered by itself, where Show leads to
        others = part_buttons(card, card.open_resources[0])[1:] if is_one else []
        return [*answer_buttons(card), *others, shown]
    if its.kind is DueKind.NEEDS and its.resource is not None:
        return [*part_buttons(card, its.resource, later="Say a new day…"), shown]
    if its.kind is DueKind.NEEDED and its.resource is not None:
        return [*supply_buttons(card, [its.resource]), shown]
    if its.kind is not DueKind.WORKS:
        return [shown]
    made = [button("It works", actions.WORKS, number, label=words.label("It works", card), style="primary")]
    made.append(button("No…", actions.NO, number, label=words.label("No", card)))
    return [*made, *(back_buttons(card.id) if its.side is Side.RECEIVER and card.owned else []), shown]

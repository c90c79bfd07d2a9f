"""What both teams hear of a handoff beside its card: what was answered, what is needed first, and that it is there."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks.handoff import words
from bot.blocks.handoff.cards import ask_again_buttons, offer_buttons, part_buttons, supply_buttons
from bot.blocks.handoff_button import show_buttons
from bot.blocks.ownership.claims import claim_part_button
from bot.blocks.ownership.words import join
from bot.blocks.text import Block, Rendered, bold, section
from bot.domain.handoff.handoffs import OVER, HandoffCard, ResourceCard, ResourceState
from bot.domain.phrases import counted
from bot.domain.records import PersonRecord

#: Resources that a message about what has changed names.
_MOST_NEWS = 10
_AGAIN = frozenset({ResourceState.DECLINED, ResourceState.EXPIRED, ResourceState.CALLED_OFF})


def news(its: HandoffCard, changed: Sequence[ResourceCard], *, for_giver: bool = True) -> Rendered:
    """Return what has become of a handoff, for those who wait for it; without `changed`, that it is offered.

    For its giver there is the button to offer again what has ended, for whoever asked in vain the one to ask again, for
    its receiver those that claim what nobody owns.
    """
    said = _stand(changed)
    asks = "please answer." if its.open_resources else f"{words.counts(its)}."
    head = (
        f"{words.title(its, names_follow=len(changed) == len(its.resources))}:"
        if said
        else f"{words.title(its)}: {asks}"
    )
    rest = len(its.untouched)
    tail = [f"{counted(rest, 'still waits', 'still wait')} for an answer."] if rest and said else []
    text = "\n".join([head, *said, *tail, *_files(its, changed)])
    is_givers = for_giver and its.offered_on is not None and any(each.state in _AGAIN for each in changed)
    buttons = [
        *(offer_buttons(its) if is_givers else ask_again_buttons(its) if for_giver else []),
        *show_buttons(its.id, "Show"),
    ]
    buttons = [*(supply_buttons(its, changed) if for_giver else []), *buttons]
    free = [] if for_giver else [each for each in changed[:_MOST_NEWS] if each.state in OVER and each.is_nobodys]
    if len(free) == 1:
        return Rendered(text, [section(text), {"type": "actions", "elements": [_claim(free[0]), *buttons]}])
    claims: list[Block] = [{**section(words.thing(each)), "accessory": _claim(each)} for each in free]
    return Rendered(text, [section(text), *claims, {"type": "actions", "elements": buttons}])


def _stand(resources: Sequence[ResourceCard]) -> list[str]:
    """Return a line for each resource, with a number in the place of those that are too many."""
    more = len(resources) - _MOST_NEWS
    lines = [f"• {words.thing(each)}: {words.standing(each)}" for each in resources[:_MOST_NEWS]]
    return [*lines, f"… and {more} more"] if more > 0 else lines


def _files(its: HandoffCard, changed: Sequence[ResourceCard]) -> list[str]:
    """Return what files have to say by now of what has passed; nothing where none has to follow."""
    if not its.named_in_files or not any(each.moved_at is not None for each in changed):
        return []
    owners = join([bold(each, 80) for each in its.named_in_files])
    return [f"Files still name {owners}: `baton handoff patch {its.id}` prints the change."]


def answered(its: HandoffCard, changed: Sequence[ResourceCard]) -> Rendered:
    """Return what the receiver has just answered, and nothing else, for whoever offered it and can act on it."""
    head = f"{words.number(its)} · {words.team(its.receiver.name)} answered:"
    text = "\n".join([head, *_stand(changed), *_files(its, changed)])
    again = offer_buttons(its) if any(each.state in _AGAIN for each in changed) else []
    return Rendered(
        text,
        [
            section(text),
            {"type": "actions", "elements": [*supply_buttons(its, changed), *again, *show_buttons(its.id, "Show")]},
        ],
    )


def answers(its: HandoffCard) -> Rendered:
    """Return how all parts of an offer stand that are answered, for whoever offered it."""
    waiting = its.untouched
    known = [each for each in its.resources if each not in waiting]
    if known:
        return news(its, known)
    text = f"{words.title(its)}: {words.counts(its)}."
    return Rendered(text, [section(text), {"type": "actions", "elements": [*show_buttons(its.id, "Show")]}])


def _claim(one: ResourceCard) -> Block:
    return dict(claim_part_button(one.asset_id, one.name, one.area))


def needed(its: HandoffCard, changed: Sequence[ResourceCard], by: PersonRecord | None) -> Rendered:
    """Return what somebody is told who is to see to what the receiver needs first."""
    who = words.person(by) if by is not None else words.team(its.receiver.name)
    said = [f"• {words.thing(each)}: {words.standing(each)}" for each in changed[:_MOST_NEWS]]
    text = "\n".join([f"{who} says that you see to what {words.team(its.receiver.name)} needs first:", *said])
    return Rendered(
        text,
        [
            section(text),
            {"type": "actions", "elements": [*supply_buttons(its, changed), *show_buttons(its.id, "Show")]},
        ],
    )


def settled(its: HandoffCard, changed: Sequence[ResourceCard]) -> Rendered:
    """Return what they are told once nobody waits for that any more: it is there, too late, or needed no longer."""
    needed, states = f"hat {words.team(its.receiver.name)} needed from you first", {each.state for each in changed}
    if states == {ResourceState.ACCEPTED}:
        head = f"W{needed} is settled:"
    elif states == {ResourceState.SUPPLIED}:
        head = f"W{needed} is there:"
    elif states == {ResourceState.EXPIRED}:
        head = f"The offer is over without w{needed}, and nothing has passed:"
    else:
        head = f"W{needed} is not asked of you any more:"
    text = "\n".join([head, *(f"• {words.thing(each)}: {words.standing(each)}" for each in changed[:_MOST_NEWS])])
    return Rendered(text, [section(text), {"type": "actions", "elements": [*show_buttons(its.id, "Show")]}])


def supplied(its: HandoffCard, one: ResourceCard) -> Rendered:
    """Return the question whether the receiver accepts what has all that it needed; once answered, how that stands."""
    what = f"Handoff #{its.id}, {words.thing(one)}"
    if one.state is not ResourceState.SUPPLIED:
        text = f"{what}: {words.standing(one)}."
        return Rendered(text, [section(text), {"type": "actions", "elements": [*show_buttons(its.id, "Show")]}])
    text = f"{what}: {words.supplied(one)}. Accept it?"
    return Rendered(
        text, [section(text), {"type": "actions", "elements": [*part_buttons(its, one), *show_buttons(its.id, "Show")]}]
    )


def told_of_need(shown: Rendered, its: HandoffCard, named: PersonRecord | None) -> Rendered:
    """Return the receipt of "not yet" with who is told: whoever offered it, and whoever is `named` to see to it."""
    if its.offerer is None:
        return shown
    told = f"{shown.text}\nI am telling {words.person(its.offerer)}, who offered it"
    if named is None:
        return Rendered(
            f"{told}. Somebody else sees to it? Answer again with their full name, @handle or e-mail address."
        )
    return Rendered(f"{told}." if named.id == its.offerer.id else f"{told}, and {words.person(named)}.")

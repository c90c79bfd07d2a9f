"""How handoffs are put into words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.blocks.ownership.words import AREA_WORDS, join
from bot.blocks.text import bold, day, escape, possessive
from bot.domain.catalog import Area
from bot.domain.handoff.handoffs import HandoffCard, ResourceCard, ResourceState
from bot.domain.handoff.readiness import READINESS_WORDS, Evidence, ReadinessItem
from bot.domain.records import PersonRecord

#: Names in one line before the rest becomes a number.
_MOST_NAMES = 8
#: Lines of what comes along.
_MOST_ALONG = 3
_STATE_WORDS: Mapping[ResourceState, str] = {
    ResourceState.DRAFT: "asked for",
    ResourceState.OFFERED: "waits for an answer",
    ResourceState.NOT_YET: "not yet",
    ResourceState.SUPPLIED: "waits for an answer",
    ResourceState.ACCEPTED: "accepted",
    ResourceState.DECLINED: "declined",
    ResourceState.EXPIRED: "expired",
    ResourceState.WITHDRAWN: "withdrawn",
    ResourceState.CALLED_OFF: "called off",
}

#: How the reasons begin that are sentences of our own, names apart.
_BEGINNINGS = frozenset({"It", "Nobody", "That", "There", "The"})


def team(card_team_name: str) -> str:
    """Return a team's name."""
    return bold(card_team_name, 80)


def title(card: HandoffCard, *, names_follow: bool = False) -> str:
    """Return a handoff by its number, with who gives what to whom, or gave it once nothing waits for an answer.

    Where `names_follow` in lines of their own, several resources are a number.
    """
    what = number_of(card.resources) if names_follow else things(card.resources)
    giver, receiver = team(card.giver.name), team(card.receiver.name)
    if card.offered_on is None:
        asks = "asks" if card.unanswered else "asked"
        return f"{number(card)} · {receiver} {asks} {giver} to hand over {what}"
    if card.is_granted:
        whose = f"{receiver}{possessive(card.receiver.name)}"
        return f"{number(card)} · {giver} agreed that {what} {'is' if len(card.resources) == 1 else 'are'} {whose}"
    return f"{number(card)} · {giver} {'offers' if card.unanswered else 'offered'} {what} to {receiver}"


def passed(card: HandoffCard, resources: Sequence[ResourceCard] = ()) -> str:
    """Return what has passed from whom to whom, with the number of the handoff: all that is the receiver's yet."""
    what = resources or card.owned or card.held or card.resources
    return f"{number(card)} · {team(card.giver.name)} handed {things(what)} to {team(card.receiver.name)}"


def gone_on(card: HandoffCard) -> str:
    """Return that the receiver has none of what passed any more, in whichever way it went on."""
    several = len([each for each in card.resources if each.moved_at is not None]) > 1
    return f"{team(card.receiver.name)} has {'none of them any more' if several else 'it no longer'}."


def number(card: HandoffCard) -> str:
    """Return the number by which people look at a handoff."""
    return bold(f"#{card.id}")


def things(resources: Sequence[ResourceCard]) -> str:
    """Return resources by name, those beyond the fourth as a number."""
    return join([thing(each) for each in resources]) if resources else number_of(resources)


def number_of(resources: Sequence[ResourceCard]) -> str:
    """Return a resource, or how many there are."""
    return thing(resources[0]) if len(resources) == 1 else f"{len(resources)} resources"


def thing(one: ResourceCard) -> str:
    """Return a resource: the asset, and its area unless that is everything."""
    name = bold(one.name, 80)
    return name if one.area is Area.ALL else f"{name} ({AREA_WORDS[one.area]})"


def plain_thing(name: str, area: Area) -> str:
    """Return a resource for a choice of a form."""
    return name if area is Area.ALL else f"{name} ({AREA_WORDS[area]})"


def standing(one: ResourceCard) -> str:
    """Return how a resource stands, with what is waited for or why it was declined."""
    by = f" by {escape(one.answered_by, 60)}" if one.answered_by else ""
    match one.state:
        case ResourceState.NOT_YET:
            until = f" by {day(one.needs_by)}" if one.needs_by is not None else ""
            return f"not yet: needs {needed(one)}{until}"
        case ResourceState.SUPPLIED:
            return f"{_STATE_WORDS[one.state]}: {supplied(one)}"
        case ResourceState.EXPIRED if one.needs:
            return f"expired: it still needed {needed(one)}"
        case ResourceState.ACCEPTED if one.returned_at is not None:
            return f"not returned: {because(one)}" if one.reason else "returned"
        case ResourceState.ACCEPTED if one.moved_at is None:
            return f"accepted{by}, not in effect yet"
        case ResourceState.OFFERED | ResourceState.DRAFT:
            return _STATE_WORDS[one.state]
        case ResourceState.ACCEPTED:
            return f"{_STATE_WORDS[one.state]}{by}"
        case _:
            late = "nobody answered in time" if one.state is ResourceState.EXPIRED else ""
            why = f": {because(one) or late}" if one.reason or late else ""
            return f"{_STATE_WORDS[one.state]}{by}{why}"


def because(one: ResourceCard) -> str:
    """Return the reason for a state as the rest of a sentence; what somebody gave as a reason stays as it is."""
    first = one.reason.partition(" ")[0]
    is_ours = not one.answered_by or one.state is ResourceState.ACCEPTED
    reason = f"{first.lower()}{one.reason[len(first) :]}" if is_ours and first in _BEGINNINGS else one.reason
    return escape(reason, 200)


def needed(one: ResourceCard) -> str:
    """Return what a resource waits for, and from whom."""
    return f"{escape(one.needs, 200)} from {escape(one.needs_from, 80)}"


def supplied(one: ResourceCard) -> str:
    """Return that what a resource waited for is there, and who says so."""
    return f"{escape(one.needs, 200)} is there, says {escape(one.answered_by, 60) or 'somebody'}"


def counts(card: HandoffCard) -> str:
    """Return how the resources stand: of several, how many stand in each way."""
    if len(card.resources) == 1:
        return standing(card.resources[0]).partition(":")[0]
    found = Counter(standing(replace(each, answered_by="")).partition(":")[0] for each in card.resources)
    return ", ".join(f"{many} {state.replace('waits', 'wait') if many > 1 else state}" for state, many in found.items())


def terms(card: HandoffCard) -> list[str]:
    """Return what was agreed for all of it, a sentence each."""
    giver, said = escape(card.giver.name, 60), list[str]()
    if card.is_granted and card.offerer is not None:
        said.append(f"Claimed by {person(card.starter)} on {day(card.begun_on)}")
    elif card.offerer is not None and card.offered_on is not None:
        again = f", version {card.version}" if card.version > 1 else ""
        said.append(f"Offered by {person(card.offerer)} on {day(card.offered_on)}{again}")
    elif card.is_asked:
        said.append(f"Asked by {person(card.starter)}")
    if card.effective_on is not None:
        said.append(f"takes effect on {day(card.effective_on)}")
    if card.overlap_days:
        said.append(f"{giver} {_help(card)}")
    if card.loan_until is not None:
        said.append(f"a loan that returns on {day(card.loan_until)}")
    if card.library:
        said.append(f"{escape(card.library, 80)} stays with {giver}")
    if card.request_id is not None:
        said.append(f"delivered with request #{card.request_id}")
    if card.follows_id is not None:
        said.append(f"takes back #{card.follows_id}")
    if card.expires_on is not None:
        said.append(f"open until {day(card.expires_on)}")
    return said


def _help(card: HandoffCard) -> str:
    """Return for how long the giver helps: until which day once something has passed."""
    until = [each.overlap_until for each in card.held if each.overlap_until is not None]
    if until:
        return f"helps until {day(max(until))}"
    days = f"{card.overlap_days} working day{'s' if card.overlap_days > 1 else ''}"
    if any(each.moved_at is not None for each in card.resources):
        return f"helped for {days}"
    return f"helps for {days} afterwards"


def left_behind(card: HandoffCard) -> str:
    """Return what the giver keeps of the same systems; empty for nothing."""
    if not card.left_behind:
        return ""
    return f"Stays with {escape(card.giver.name, 60)}: {names(card.left_behind)}"


def comes_along(lines: Sequence[str]) -> str:
    """Return what comes with resources, a line each; empty for nothing."""
    if not lines:
        return ""
    shown, more = lines[:_MOST_ALONG], len(lines) - _MOST_ALONG
    said = [f"Comes with it: {shown[0]}", *shown[1:], *([f"… and {more} more: `/eol`"] if more > 0 else [])]
    return "\n".join(said)


def readiness(card: HandoffCard) -> str:
    """Return how much shows that the receiver is ready."""
    return f"Readiness: {len(card.evidence)} of {len(ReadinessItem)} shown"


def evidence(one: Evidence | None, item: ReadinessItem) -> str:
    """Return what shows an item, or that nothing does yet; the link stands beside it."""
    if one is None:
        return f":white_large_square: {READINESS_WORDS[item]}"
    if one.not_applicable:
        return f":heavy_minus_sign: {READINESS_WORDS[item]}: does not apply, {escape(one.not_applicable, 150)}"
    shown = [escape(one.person, 60)] if one.person else []
    if one.day is not None:
        shown.append(day(one.day))
    return f":white_check_mark: {READINESS_WORDS[item]}{f': {chr(44).join(shown)}' if shown else ''}"


def names(several: Iterable[str]) -> str:
    """Return names in a line, with a number in the place of those that are too many."""
    listed = list(several)
    more = len(listed) - _MOST_NAMES
    said = ", ".join(escape(each, 60) or "(no name)" for each in listed[:_MOST_NAMES])
    return f"{said} and {more} more" if more > 0 else said


def person(one: PersonRecord) -> str:
    """Return somebody's name; names do not notify."""
    return escape(one.name, 60) or "somebody"


def label(text: str, card: HandoffCard) -> str:
    """Return what a screen reader says of a button."""
    return f"{text}: handoff #{card.id}"

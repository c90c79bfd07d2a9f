"""`baton handoff list` and `show`: what one team hands to another, and its state."""

from __future__ import annotations

import sys
from collections import Counter
from functools import partial
from typing import Annotated, Any

import typer

from bot.cli._database import with_catalog
from bot.cli._terminal import AsJson, print_json
from bot.domain.handoff.handoffs import HandoffCard, ResourceCard, ResourceState, Which
from bot.domain.handoff.readiness import READINESS_WORDS
from bot.domain.names import clean
from bot.services.handoff import lists

#: How many resources a line names.
_MOST_NAMES = 4


def list_(
    is_all: Annotated[bool, typer.Option("--all", help="Those that have ended, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the open handoffs, oldest first; with --all, all of them, latest first."""
    cards = with_catalog(partial(lists.listed, which=Which.ALL if is_all else Which.PENDING))
    if as_json:
        print_json({"handoffs": [handoff_as_dict(each) for each in cards]})
        return
    sys.stdout.write("".join(f"{_line(each)}\n" for each in cards) or "No handoff is open.\n")


def show(number: Annotated[int, typer.Argument(help="The handoff's number.")], as_json: AsJson = False) -> None:
    """Show a handoff: each resource with its answer, the terms, and the evidence that the receiver is ready."""
    card = with_catalog(partial(lists.one, handoff_id=number))
    if as_json:
        print_json(handoff_as_dict(card))
        return
    lines = [_line(card), *(f"  - {resource_line(each, card)}" for each in card.resources)]
    lines += _terms(card)
    lines += [f"  stays behind: {clean(each)}" for each in card.left_behind]
    lines += [f"  shown: {READINESS_WORDS[each.item]}" for each in card.evidence if not each.not_applicable]
    sys.stdout.write("\n".join(lines) + "\n")


def handoff_as_dict(card: HandoffCard) -> dict[str, Any]:
    """Return a handoff as `--json` prints it. Days are in ISO format; missing values are None."""
    return {
        "id": card.id,
        "giver": card.giver.name,
        "receiver": card.receiver.name,
        "version": card.version,
        "is_open": not card.is_closed,
        "offered_on": _day(card.offered_on),
        "expires_on": _day(card.expires_on),
        "effective_on": _day(card.effective_on),
        "overlap_days": card.overlap_days,
        "loan_until": _day(card.loan_until),
        "reason": card.reason,
        "request": card.request_id,
        "library": card.library or None,
        "takes_back": card.follows_id,
        "resources": [_resource_as_dict(each) for each in card.resources],
        "left_behind": list(card.left_behind),
        "evidence": [
            {
                "item": each.item.value,
                "link": each.link or None,
                "person": each.person or None,
                "day": _day(each.day),
                "not_applicable": each.not_applicable or None,
            }
            for each in card.evidence
        ],
    }


def _resource_as_dict(one: ResourceCard) -> dict[str, Any]:
    return {
        "asset": one.name,
        "area": one.area.value,
        "state": one.state.value,
        "answered_by": one.answered_by or None,
        "reason": one.reason or None,
        "needs": one.needs or None,
        "needs_from": one.needs_from or None,
        "needs_by": _day(one.needs_by),
        "moved_at": _day(one.moved_at),
        "overlap_until": _day(one.overlap_until),
        "returned_at": _day(one.returned_at),
    }


def _day(moment: Any) -> str | None:
    return moment.isoformat() if moment is not None else None


def _line(card: HandoffCard) -> str:
    verb = "claimed from" if card.is_granted else "asked of" if card.offered_on is None else "offered by"
    names = [f"{clean(each.name)} ({each.area.value})" for each in card.resources]
    more = len(names) - _MOST_NAMES
    what = f"{', '.join(names[:_MOST_NAMES])} and {more} more" if more > 0 else ", ".join(names)
    stand = Counter(_state(each, card) for each in card.resources)
    states = ", ".join(f"{many} {state}" for state, many in stand.items())
    return f"#{card.id} {what} {verb} {clean(card.giver.name)}, for {clean(card.receiver.name)}: {states}"


def _terms(card: HandoffCard) -> list[str]:
    """Return the terms of the whole handoff, one per line."""
    said = {
        "offered on": _day(card.offered_on),
        "open until": _day(card.expires_on),
        "takes effect on": _day(card.effective_on),
        "working days of help": str(card.overlap_days) if card.overlap_days else None,
        "the giver helps until": _day(
            max((each.overlap_until for each in card.held if each.overlap_until), default=None)
        ),
        "a loan that returns on": _day(card.loan_until),
        "library that stays": clean(card.library) or None,
        "why": clean(card.reason) or None,
    }
    return [f"  {name}: {value}" for name, value in said.items() if value is not None]


def resource_line(one: ResourceCard, card: HandoffCard) -> str:
    """Return the state of a resource, with what it waits or waited for, and why it was declined."""
    needs = f": {_needs(one)}" if one.needs else ""
    why = f": {clean(one.reason)}" if one.reason else ""
    return f"{clean(one.name)} ({one.area.value}) {_state(one, card)}{needs}{why}"


def _needs(one: ResourceCard) -> str:
    needs = f"{clean(one.needs)} from {clean(one.needs_from)}"
    if one.state is ResourceState.SUPPLIED:
        return f"{clean(one.needs)} is there, says {clean(one.answered_by) or 'somebody'}"
    return f"still needed {needs}" if one.state is ResourceState.EXPIRED else f"needs {needs}"


def _state(one: ResourceCard, card: HandoffCard) -> str:
    """Return the state of a resource. One that has come back is "returned", whatever was answered."""
    if one.returned_at is not None:
        return "returned"
    if one.state is ResourceState.DRAFT:
        return "asked for"
    if one.state is ResourceState.SUPPLIED:
        return "offered"
    if one.state is ResourceState.ACCEPTED and one.moved_at is None and card.effective_on is not None:
        return f"accepted for {card.effective_on}"
    return one.state.value.replace("_", " ")

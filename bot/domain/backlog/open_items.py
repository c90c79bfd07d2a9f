"""Which items of a request are still to do, once some of a delivery does the job."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from bot.domain.backlog.requests import RequestCard, RequestItem, RequestState, Step
from bot.domain.phrases import join
from bot.errors import UserError

NOTHING_IS_THERE = "Tick what is there. Is nothing? Close this."


def still_to_do(items: Iterable[RequestItem]) -> tuple[RequestItem, ...]:
    """Return the items that are not done."""
    return tuple(each for each in items if not each.is_done)


def asked_about(card: RequestCard, step: Step) -> Mapping[int, RequestItem]:
    """Return the items by their places of which a step asks which are done; none where there is nothing to choose.

    A delivery may be one of some of the items that are still to do. A request goes back to the DevOps team by "not
    yet", or when it is opened again after it was confirmed: then any item may be missing, whoever has called it done.
    """
    if step is Step.DELIVER:
        found = {place: each for place, each in enumerate(card.items) if not each.is_done}
    elif step is Step.NOT_YET or (step is Step.REOPEN and card.state is RequestState.CONFIRMED):
        found = dict(enumerate(card.items))
    else:
        return {}
    return found if len(found) > 1 else {}


def still_to_come(card: RequestCard, there: Collection[int]) -> tuple[int, ...]:
    """Return the places of the items that a delivery of those at the places `there` leaves to do.

    Raises UserError where it delivers none of them.
    """
    asked = asked_about(card, Step.DELIVER)
    if asked and not asked.keys() & set(there):
        raise UserError(NOTHING_IS_THERE)
    return tuple(place for place in asked if place not in there)


def sent_back(card: RequestCard, step: Step, left: Collection[int]) -> tuple[RequestItem, ...]:
    """Return the items of a request after a step, of which those at the places `left` are still to do.

    Raises UserError where none of them is one that the step asks about.
    """
    asked = asked_about(card, Step.DELIVER if step is Step.DELIVER_PART else step)
    if not asked.keys() & set(left):
        raise UserError("Tick what is still missing. If nothing is, press “Yes, it does the job”.")
    return tuple(
        replace(each, is_done=place not in left) if place in asked else each for place, each in enumerate(card.items)
    )


def named(items: Sequence[RequestItem], places: Collection[int]) -> str:
    """Return the items at some places as somebody would say them."""
    return join([each.title for place, each in enumerate(items) if place in places])


def heading(card: RequestCard) -> str:
    """Return what a request is called among others: its title, or while some of it is done, what is still to do."""
    left = still_to_do(card.items)
    if not card.is_open or not 0 < len(left) < len(card.items):
        return card.title
    return f"{left[0].title}{f' and {len(left) - 1} more' if left[1:] else ''}"


def confirmed(items: Iterable[RequestItem]) -> tuple[RequestItem, ...]:
    """Return items that all do the job: none of them is done before the others any more."""
    return tuple(replace(each, is_done=False) for each in items)

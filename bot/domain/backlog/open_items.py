"""Which items of a request are still to do, once some of a delivery does the job."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from bot.domain.backlog.requests import BUILT, RequestCard, RequestItem, RequestState, Step
from bot.domain.phrases import join
from bot.errors import UserError

NOTHING_IS_THERE = "Tick what is there. Is nothing? Close this."


def readable(card: RequestCard) -> tuple[RequestItem, ...]:
    """Return all items of a request and its parts but those that others have asked for privately."""
    return (*card.items, *(each.item for each in card.part_items if not each.is_private))


def still_to_do(items: Iterable[RequestItem]) -> tuple[RequestItem, ...]:
    """Return the items that are not done."""
    return tuple(each for each in items if not each.is_done)


def is_partly_done(card: RequestCard) -> bool:
    """Whether some of an open request is done."""
    return card.is_open and any(each.is_done for each in card.all_items)


def is_there(items: Sequence[RequestItem]) -> bool:
    """Whether all of some items are done."""
    return bool(items) and not still_to_do(items)


def asked_about(card: RequestCard, step: Step) -> Mapping[int, RequestItem]:
    """Return the items by their places of which a step asks which are done; none where there is nothing to choose.

    A delivery may be one of some of all that is still to do, also for the parts of a request. A team sends back what
    it has asked for itself, by "not yet", or when it opens again what it has confirmed: then any item may be missing,
    whoever has called it done.
    """
    if step is Step.DELIVER:
        found = {place: each for place, each in enumerate(card.all_items) if not each.is_done}
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


def after_step(card: RequestCard, step: Step, left: Collection[int] = ()) -> tuple[RequestItem, ...]:
    """Return all items of a request and its parts after a step, of which those at the places `left` are still to do.

    Without any, all that was just delivered goes back, or where that was nothing, all that its own team asked for.
    Raises UserError where none of them is one that the step asks about.
    """
    asked = require_asked(card, Step.DELIVER if step is Step.DELIVER_PART else step, left) if left else {}
    items, own = card.all_items, len(card.items)
    if step is Step.DELIVER_PART:
        return tuple(replace(each, is_done=each.is_done or place not in left) for place, each in enumerate(items))
    if step is Step.CONFIRM:
        return confirmed(items)
    if step is Step.RESUME:
        return confirmed(items) if is_there(items) else items
    if step is Step.DELIVER and card.standing.is_there and card.standing.does_it:
        return (*confirmed(card.items), *items[own:])  # with the rest of the whole it is confirmed
    if step not in (Step.NOT_YET, Step.REOPEN):
        return items
    mine, was_built = card.items, card.state in BUILT
    if asked:
        mine = tuple(replace(each, is_done=place not in left) for place, each in enumerate(mine))
    elif is_there(mine):
        mine = confirmed(mine)
    return (*mine, *(replace(each, is_done=each.is_done or was_built) for each in items[own:]))


def require_asked(card: RequestCard, step: Step, left: Collection[int]) -> Mapping[int, RequestItem]:
    """Return the items that a step asks about. Raises UserError where none of those at these places is among them."""
    asked = asked_about(card, step)
    if not asked.keys() & set(left):
        raise UserError("Tick what is still missing. If nothing is, press “Yes, it does the job”.")
    return asked


def named(items: Sequence[RequestItem], places: Collection[int]) -> str:
    """Return the items at some places as somebody would say them."""
    return join([each.title for place, each in enumerate(items) if place in places])


def heading(card: RequestCard) -> str:
    """Return what a request is called among others: its title, or while some of it is done, what is still to do."""
    left, shown = still_to_do(card.all_items), still_to_do(readable(card))
    if not card.is_open or not shown or len(left) == len(card.all_items):
        return card.title
    return f"{shown[0].title}{f' and {len(left) - 1} more' if left[1:] else ''}"


def as_listed(card: RequestCard, items: Iterable[RequestItem]) -> tuple[RequestItem, ...]:
    """Return items as a request lists them: once all of them are there, none was done before the others."""
    return confirmed(items) if (card.whole or card).state in BUILT else tuple(items)


def confirmed(items: Iterable[RequestItem]) -> tuple[RequestItem, ...]:
    """Return items that all do the job: none of them is done before the others any more."""
    return tuple(replace(each, is_done=False) for each in items)

"""Which items of a request are still to do, once some of a delivery does the job."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from bot.domain.backlog.requests import RequestCard, RequestItem, RequestState, Step
from bot.errors import UserError


def still_to_do(items: Iterable[RequestItem]) -> tuple[RequestItem, ...]:
    """Return the items that are not done."""
    return tuple(each for each in items if not each.is_done)


def asked_about(card: RequestCard, step: Step) -> Mapping[int, RequestItem]:
    """Return the items by their places of which a step asks whether they are done; none where it would be all or one.

    A request goes back to the DevOps team by "not yet", or when it is opened again after it was confirmed.
    """
    if step is not Step.NOT_YET and not (step is Step.REOPEN and card.state is RequestState.CONFIRMED):
        return {}
    found = {place: each for place, each in enumerate(card.items) if not each.is_done}
    return found if len(found) > 1 else {}


def sent_back(card: RequestCard, step: Step, left: Collection[int]) -> tuple[RequestItem, ...]:
    """Return the items of a request after a step, of which those at the places `left` are still to do.

    Raises UserError where none of them is one that the step asks about.
    """
    asked = asked_about(card, step)
    if not asked.keys() & set(left):
        raise UserError("Tick what is not done yet. If all of it is, press “Yes, it does the job”.")
    return tuple(
        replace(each, is_done=True) if place in asked and place not in left else each
        for place, each in enumerate(card.items)
    )


def confirmed(items: Iterable[RequestItem]) -> tuple[RequestItem, ...]:
    """Return items that all do the job: none of them is done before the others any more."""
    return tuple(replace(each, is_done=False) for each in items)

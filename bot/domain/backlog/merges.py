"""Requests for the same thing count as one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.domain.backlog.demand import BacklogRequest
from bot.domain.backlog.lanes import compared
from bot.domain.backlog.open_items import as_listed, is_there, require_asked
from bot.domain.backlog.rank import RankSettings
from bot.domain.backlog.requests import BUILT, OPEN, AskedToo, PartItem, RequestCard, RequestItem, Step, may_take
from bot.domain.backlog.thread_news import holder, unheld


def merged(kept: BacklogRequest, other: BacklogRequest, settings: RankSettings, *, today: date) -> BacklogRequest:
    """Return `kept` as it counts when `other` is part of it.

    Every demand of both stays, with everybody who asked, and the age is that of the older. Types and estimate are those
    of one of the two, whichever ranks the result higher today: so it ranks at least as high as either did. The result
    may be without an estimate, if the only one says "not worth building" of hours that are no longer all.
    """
    whole = replace(
        kept,
        created_on=min(kept.created_on, other.created_on),
        demands=(*kept.demands, *other.demands),
    )
    choices = [replace(whole, types=each.types, estimate=each.estimate) for each in (kept, other)]
    return min(choices, key=lambda each: compared(each, settings, today=today))


def may_take_in(whole: RequestCard, part: RequestCard) -> bool:
    """Whether a request may become part of another: into a private one only what its asker has asked privately."""
    return not whole.is_private or (part.is_private and part.asker.id == whole.asker.id)


def with_parts(whole: RequestCard, parts: Sequence[RequestCard]) -> RequestCard:
    """Return a request with what those ask for, and have said to be missing, which became part of it."""
    besides = [
        PartItem(part.id, place, whose(part), part.items[place], part.is_private and not whole.is_private)
        for part, places in zip(parts, besides_of(whole.items, [each.items for each in parts]), strict=True)
        for place in places
    ]
    missed = tuple((each.id, whose(each), each.reason) for each in parts if each.reason)
    return replace(whole, part_items=tuple(besides), missed=missed)


def with_besides(items: Sequence[RequestItem], parts: Sequence[Sequence[RequestItem]]) -> tuple[RequestItem, ...]:
    """Return the items of a request, then those that only its parts ask for."""
    places = zip(parts, besides_of(items, parts), strict=True)
    return (*items, *(theirs[place] for theirs, found in places for place in found))


def besides_of(items: Iterable[RequestItem], parts: Iterable[Sequence[RequestItem]]) -> list[tuple[int, ...]]:
    """Return for each part of a request the places of those items which neither the request nor a part before has."""
    held, found = [*items], list[tuple[int, ...]]()
    for theirs in parts:
        left = unheld(theirs, held)
        found.append(tuple(place for place, each in enumerate(theirs) if any(each is one for one in left)))
        held += left
    return found


def as_part(card: RequestCard, whole: RequestCard, *, now: datetime) -> RequestCard:
    """Return a request that became part of another with the day that counts for both, and who works on them.

    What it asks for is done once the same of the other one is.
    """
    theirs = whole.needed_for or (whole.team.name if whole.team is not None else "")
    is_theirs = card.team is not None and theirs == card.team.name
    boxes, there = places_in(whole, card), whole.all_items
    items = tuple(
        replace(each, is_done=each.is_done or (place in boxes and there[boxes[place]].is_done))
        for place, each in enumerate(card.items)
    )
    standing = replace(card.standing, is_there=whole.state in OPEN and is_there(items))
    return replace(
        card,
        items=items,
        standing=standing,
        steps=frozenset(step for step in Step if may_take(step, standing, now=now)),
        whole=whole,
        needed_by=whole.needed_by,
        needed_reason=whole.needed_reason,
        needed_for="" if is_theirs else theirs,
        assignee=whole.assignee,
        estimate=whole.estimate,
    )


def places_in(whole: RequestCard, part: RequestCard) -> dict[int, int]:
    """Return where each item of a part, by its place, stands among all those of the whole: itself or what holds it."""
    beside = enumerate(whole.part_items, len(whole.items))
    found = {each.place: place for place, each in beside if each.part_id == part.id}
    for place, each in enumerate(part.items):
        if place not in found and (held := holder(each, whole.all_items)) is not None:
            found[place] = held
    return found


def after_not_yet_of_part(whole: RequestCard, part: RequestCard, left: Collection[int]) -> tuple[RequestItem, ...]:
    """Return all items of a request after a part was sent back, whose items at the places `left` are still to do.

    Without any, all that was just delivered of it goes back, or where that was nothing, all of it. What was delivered
    to the others is done. Raises UserError where none of them is one that the part asks for.
    """
    if left:
        require_asked(part, Step.NOT_YET, left)
    places, items, was_built = places_in(whole, part), whole.all_items, whole.state in BUILT
    mine = set(places.values())
    back = {places[each] for each in left if each in places}
    back = back or {each for each in mine if not items[each].is_done} or mine
    return tuple(
        replace(each, is_done=(each.is_done or was_built) and place not in back) for place, each in enumerate(items)
    )


def whose(part: RequestCard) -> str:
    """Return for whom a request is, by name."""
    return part.team.name if part.team is not None else part.asker.name


def asked_by_parts(whole: RequestCard, parts: Iterable[tuple[RequestCard, str]]) -> Iterator[AskedToo]:
    """Yield what only the parts of a request ask for, each of them in its channel."""
    for part, channel_id in parts:
        left = as_listed(whole, (each.item for each in whole.part_items if each.part_id == part.id))
        if left:
            yield AskedToo(
                whose=whose(part),
                title=left[0].title if len(left) == 1 else part.title,
                items=left,
                permalink="" if part.is_private else part.permalink,
                is_private=part.is_private and not whole.is_private,
                channel_id=channel_id,
            )

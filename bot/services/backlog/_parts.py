"""A request and its parts at a delivery: which of their items are done, and for whom all is there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bot.domain.backlog.merges import places_in
from bot.domain.backlog.open_items import confirmed, is_there
from bot.domain.backlog.requests import BUILT, GOES_ON, RequestCard, RequestItem, RequestState
from bot.services.backlog._cards import RequestAct
from bot.services.backlog._demands import demands_of
from bot.services.backlog._loaded import card_of, stored_item
from bot.store import tables


async def there_for(act: RequestAct) -> frozenset[int]:
    """Return the numbers of the request and its parts of which all that the team asked for is there.

    A team that owes an answer is asked for that alone.
    """
    card, parts = act.card, await _places(act, act.card)
    if not card.is_changeable:
        is_built = (card.whole or card).state in BUILT
        return frozenset([card.id, *(row.id for row, _ in parts)] if is_built else [])
    items, owes_answer = card.all_items, card.state is RequestState.NEEDS_INFO
    found = {row.id for row, places in parts if is_there([items[each] for each in places.values()])}
    return frozenset(found | ({card.id} if not owes_answer and is_there(card.items) else set()))


async def put_items(act: RequestAct, items: Sequence[RequestItem], *, missing: Collection[int] = ()) -> frozenset[int]:
    """Write down which of all items of a request and its parts are done; return of which of them more are now.

    What a part asks for is done with what holds it. Those at the places `missing` are to do for it again in any case.
    """
    before, own = act.card.all_items, len(act.card.items)
    more = {place for place, each in enumerate(items) if each.is_done and not before[place].is_done}
    gone = {place for place, each in enumerate(items) if before[place].is_done and not each.is_done}.union(missing)
    if tuple(items[:own]) != act.card.items:
        act.row.items = [stored_item(each) for each in items[:own]]
    moved = {act.subject_id} if any(place < own for place in more) else set()
    for row, places in await _places(act, act.card):
        row.items = [_marked(each, items, places.get(place), gone) for place, each in enumerate(row.items)]
        if more & set(places.values()):
            row.delivered_at = act.now
            moved.add(row.id)
    return frozenset(moved)


async def forget_answers(act: RequestAct, items: Sequence[RequestItem]) -> None:
    """Let those be asked anew for whom something is still to do of all these items of a request and its parts."""
    if not is_there(items[: len(act.card.items)]):
        await _forget(act)
    for row, places in await _places(act, act.card):
        if not is_there([items[each] for each in places.values()]):
            row.confirmed_at = None


async def ask_about(act: RequestAct, asked: frozenset[int]) -> None:
    """Let those answer who have all of theirs now: what they have said to an earlier delivery was about less."""
    if act.subject_id in asked:
        await _forget(act)
    for row in await act.parts():
        if row.id in asked:
            row.confirmed_at, row.delivered_at, row.reason = None, act.now, ""


async def finish(act: RequestAct) -> bool:
    """Let a request be delivered of which nothing is left to do once a part has left it; return whether it is."""
    card = act.card
    if card.state not in GOES_ON or not is_there(card.all_items):
        return False
    row = act.row
    state = RequestState.CONFIRMED if row.confirmed_at is not None else RequestState.DELIVERED
    row.state, row.state_before, row.state_at = state.value, row.state, act.now
    if state is RequestState.CONFIRMED:
        row.items = [stored_item(each) for each in confirmed(card.items)]
    await act.note("finished", state=state.value)
    return True


async def _forget(act: RequestAct) -> None:
    act.row.confirmed_at = None
    for demand in await demands_of(act.session, act.subject_id):
        demand.confirmed_at = None


async def _places(act: RequestAct, whole: RequestCard) -> list[tuple[tables.Request, dict[int, int]]]:
    """Return the rows of a request's parts, each with where its items stand among all of the request."""
    rows = await act.parts()
    return [(row, places_in(whole, card_of(act.snapshot, row, now=act.now))) for row in rows]


def _marked(
    stored: Mapping[str, Any], items: Sequence[RequestItem], at: int | None, gone: Collection[int]
) -> dict[str, Any]:
    """Return an item of a part, done if that at this place is, or as it was unless that is `gone`."""
    is_done = at is not None and (items[at].is_done or (at not in gone and bool(stored.get("is_done"))))
    bare = {name: value for name, value in stored.items() if name != "is_done"}
    return {**bare, "is_done": True} if is_done else bare

"""Requests that are merged, delivered in parts and sent back, in any order: each team is asked once about its own."""

from __future__ import annotations

import random
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.blocks.backlog import actions as ids
from bot.domain.backlog.new_request import Origin
from bot.domain.backlog.open_items import asked_about, is_there
from bot.domain.backlog.requests import OPEN, ItemType, RequestCard, RequestItem, RequestState, Step
from bot.errors import NotAllowedError, UserError
from bot.services.backlog import lists
from bot.services.backlog.merges import merge
from bot.services.backlog.steps import take
from bot.services.deps import Deps
from bot.services.snapshot import Snapshot
from bot.store import tables
from tests.conftest import NIGHT, FixedClock
from tests.services.test_backlog import ADA, EVE, GRACE, NEW_REQUEST, OMAR, deps, messages, opened, snapshot

__all__ = ["deps", "snapshot"]

#: Whose each request is, and for what: the second asks for something that the first asks for as well.
ASKED = {
    ADA: ("A Redis cluster with three nodes", "A backup of it"),
    EVE: ("A Redis cluster", "A bounce dashboard"),
    GRACE: ("Read access to the event bucket",),
}
STEPS = [
    *3 * [(OMAR, Step.DELIVER)],
    *2 * [(ADA, Step.NOT_YET), (EVE, Step.NOT_YET), (ADA, Step.CONFIRM), (EVE, Step.CONFIRM)],
    (OMAR, Step.UNMERGE),
    (OMAR, Step.RESUME),
    (OMAR, Step.ASK),
    (OMAR, Step.DECLINE),
    (ADA, Step.REPLY),
    (ADA, Step.WITHDRAW),
    (ADA, Step.REOPEN),
    (EVE, Step.REOPEN),
    (GRACE, Step.NOT_YET),
    (GRACE, Step.CONFIRM),
]


async def cards(deps: Deps, snapshot: Snapshot) -> dict[int, RequestCard]:
    return {each: await lists.one(deps, snapshot, each, OMAR) for each in range(1, len(ASKED) + 1)}


async def act(deps: Deps, snapshot: Snapshot, chance: random.Random) -> str:
    """Do something that may be done; return what was."""
    number, person_id, step = chance.randint(1, len(ASKED)), *chance.choice(STEPS)
    if chance.random() < 0.2:
        into = chance.randint(1, len(ASKED))
        await merge(deps, snapshot, request_id=number, into_id=into, person_id=OMAR)
        return f"merge {number} into {into}"
    asked = asked_about((await cards(deps, snapshot))[number], step)
    ticked = [place for place in asked if chance.random() < 0.5]
    places = {"there": ticked or list(asked)} if step is Step.DELIVER else {"left": ticked}
    said = {"request_id": number, "person_id": person_id, "step": step}
    await take(deps, snapshot, **said, words="Because", **places)  # type: ignore[arg-type]
    return f"{person_id} {step} {number} {places}"


def asks(said: Mapping[str, tables.OutboxMessage], number: int) -> set[str]:
    """The messages that ask somebody about a request and still have their buttons."""
    theirs = {key for key in said if key.startswith(f"backlog.news:{number}:deliver") and key.count(":") == 3}
    return {key for key in theirs if ids.CONFIRM in str(said[key].body)}


@pytest.mark.parametrize("seed", range(40 if NIGHT else 5))
async def test_in_any_order(deps: Deps, snapshot: Snapshot, clock: FixedClock, seed: int) -> None:
    chance, done, asked = random.Random(seed), list[str](), dict[int, set[str]]()
    for place, (person_id, titles) in enumerate(ASKED.items(), 1):
        items = tuple(RequestItem(ItemType.INFRASTRUCTURE, each) for each in titles)
        team = NEW_REQUEST.team_id if person_id == ADA else None
        origin = Origin(f"thread:C0PAY00001:{place}.1", "C0PAY00001", f"{place}.1", "")
        new = replace(NEW_REQUEST, origin=origin, title=titles[0], items=items, team_id=team)
        await opened(deps, snapshot, replace(new, filed_by=person_id, asked_by=person_id))
    for _ in range(30):
        clock.advance(timedelta(minutes=1))
        with suppress(UserError, NotAllowedError):
            done.append(await act(deps, snapshot, chance))
        said = await messages(deps)
        for number, card in (await cards(deps, snapshot)).items():
            now = asks(said, number)
            assert len(now) <= 1, (number, done)
            assert bool(now) == (Step.CONFIRM in card.steps), (number, card.standing, done)
            if Step.NOT_YET not in card.steps:
                asked[number] = set()
            asked[number] = asked.get(number, set()) | now
            assert len(asked[number]) <= 1, ("it is asked once", number, done)
            if card.state in OPEN:
                assert not is_there(card.all_items), ("something is left to do", number, done)
            if card.state is RequestState.MERGED:
                assert card.whole is not None
                assert card.whole.state is not RequestState.MERGED

"""Merging: everybody who asked stays, and nobody's rank goes down."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given

from bot.domain.backlog.demand import BacklogRequest
from bot.domain.backlog.lanes import compared
from bot.domain.backlog.merges import after_not_yet_of_part, as_part, merged, places_in, with_parts
from bot.domain.backlog.rank import Rank, rank
from bot.domain.backlog.requests import ItemType, RequestCard, RequestItem, RequestStanding, RequestState, Step
from bot.domain.backlog.standings import order
from bot.domain.records import PersonRecord
from tests.domain.backlog.requests import EXAMPLE, SETTINGS, TODAY, backlogs, requests

PAYMENTS, SEARCH, _ = EXAMPLE.demands
KEPT = replace(EXAMPLE, id=1, demands=(PAYMENTS,), types=("script",), estimate=None)
OTHER = replace(EXAMPLE, id=2, demands=(replace(PAYMENTS, said_by=("Eve",), people=6), SEARCH))


def askers(*requests: BacklogRequest) -> set[tuple[str, str]]:
    return {(each.team, name) for request in requests for each in request.demands for name in each.said_by}


def test_a_team_that_asked_twice_counts_once_with_what_says_most() -> None:
    both_in_one = merged(KEPT, OTHER, SETTINGS, today=TODAY)
    alone, both = (rank(each, SETTINGS, today=TODAY) for each in (OTHER, both_in_one))
    assert isinstance(both, Rank)
    assert both == alone
    assert (both_in_one.id, both_in_one.teams) == (1, ("Payments", "Search"))


def test_an_unestimated_request_takes_the_others_estimate_and_types() -> None:
    made = merged(KEPT, OTHER, SETTINGS, today=TODAY)
    assert (made.estimate, made.types) == (OTHER.estimate, OTHER.types)


@given(requests, requests)
def test_merging_never_lowers_the_rank_of_either_and_loses_nobody(one: BacklogRequest, two: BacklogRequest) -> None:
    made = merged(one, two, SETTINGS, today=TODAY)
    lane, priority = compared(made, SETTINGS, today=TODAY)
    for before in (one, two):
        lane_before, priority_before = compared(before, SETTINGS, today=TODAY)
        assert (lane, priority - 1e-9) <= (lane_before, priority_before)
    assert askers(made) == askers(one, two)
    assert made.created_on == min(one.created_on, two.created_on)


@given(backlogs.filter(lambda each: len(each) > 1))
def test_the_merged_request_stands_where_the_one_whose_estimate_it_has_stood_or_higher(
    backlog: list[BacklogRequest],
) -> None:
    one, two, *others = backlog
    both_in_one = merged(one, two, SETTINGS, today=TODAY)
    leader = next(
        each for each in (one, two) if (each.estimate, each.types) == (both_in_one.estimate, both_in_one.types)
    )
    before = {each.request.id: each.position for each in order(backlog, SETTINGS, today=TODAY)}
    after = {each.request.id: each.position for each in order([both_in_one, *others], SETTINGS, today=TODAY)}
    assert after[one.id] <= before[leader.id]


ADA = PersonRecord(id=1, name="Ada")
NOW = datetime(2026, 11, 2, tzinfo=UTC)
REDIS, BACKUP, DASHBOARD, SAME = (
    RequestItem(ItemType.INFRASTRUCTURE, title)
    for title in ("A Redis cluster with three nodes", "A backup", "A dashboard", "A Redis cluster")
)


def done(item: RequestItem) -> RequestItem:
    return replace(item, is_done=True)


def card(number: int, *items: RequestItem, state: RequestState) -> RequestCard:
    standing = RequestStanding(state, RequestState.IN_PROGRESS, NOW)
    return RequestCard(
        id=number, title="Redis", items=items, standing=standing, steps=frozenset(), asker=ADA, filer=ADA
    )


def family(
    *items: RequestItem, theirs: tuple[RequestItem, ...], state: RequestState
) -> tuple[RequestCard, RequestCard]:
    part = card(2, *theirs, state=RequestState.MERGED)
    whole = with_parts(card(1, *items, state=state), [part])
    return whole, as_part(part, whole, now=NOW)


def test_what_the_whole_asks_for_as_well_is_built_once_and_done_for_both() -> None:
    whole, part = family(done(REDIS), BACKUP, theirs=(SAME, DASHBOARD), state=RequestState.IN_PROGRESS)
    assert whole.all_items == (done(REDIS), BACKUP, DASHBOARD)
    assert places_in(whole, part) == {0: 0, 1: 2}
    assert part.items == (done(SAME), DASHBOARD)
    assert not part.steps & {Step.CONFIRM, Step.NOT_YET}, "there is more to come"


def test_a_part_of_which_all_is_there_is_asked_before_the_whole_is_delivered() -> None:
    whole, part = family(done(REDIS), BACKUP, theirs=(SAME,), state=RequestState.IN_PROGRESS)
    assert part.standing.is_there
    assert part.steps >= {Step.CONFIRM, Step.NOT_YET}
    assert not whole.standing.is_there


@pytest.mark.parametrize(
    ("state", "left", "after"),
    [
        (RequestState.DELIVERED, [1], (done(REDIS), done(BACKUP), DASHBOARD)),
        (RequestState.DELIVERED, [0], (REDIS, done(BACKUP), done(DASHBOARD))),
        (RequestState.DELIVERED, [], (REDIS, done(BACKUP), DASHBOARD)),
        (RequestState.IN_PROGRESS, [1], (REDIS, BACKUP, DASHBOARD)),
    ],
)
def test_a_part_sends_its_own_back_and_others_keep_theirs(
    state: RequestState, left: list[int], after: tuple[RequestItem, ...]
) -> None:
    whole, part = family(REDIS, BACKUP, theirs=(SAME, DASHBOARD), state=state)
    assert after_not_yet_of_part(whole, part, left) == after

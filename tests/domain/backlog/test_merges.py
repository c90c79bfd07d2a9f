"""Merging: everybody who asked stays, and nobody's rank goes down."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from bot.domain.backlog.demand import BacklogRequest
from bot.domain.backlog.lanes import compared
from bot.domain.backlog.merges import merged
from bot.domain.backlog.rank import Rank, rank
from bot.domain.backlog.standings import order
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

"""Merging: everybody who asked stays, nobody's rank goes down, and it can be undone."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from bot.domain.backlog.demand import BacklogRequest, Estimate, with_demand
from bot.domain.backlog.lanes import compared, order
from bot.domain.backlog.merges import merge
from bot.domain.backlog.rank import Rank, rank
from tests.domain.backlog.requests import EXAMPLE, SETTINGS, TODAY, backlogs, requests

PAYMENTS, SEARCH, CHECKOUT = EXAMPLE.demands
KEPT = replace(EXAMPLE, id=1, demands=(PAYMENTS,), types=("script",), estimate=None)
OTHER = replace(EXAMPLE, id=2, demands=(replace(PAYMENTS, said_by=("Eve",), people=6), SEARCH))


def askers(*requests: BacklogRequest) -> set[tuple[str, str]]:
    return {(each.team, name) for request in requests for each in request.demands for name in each.said_by}


def test_a_team_that_asked_twice_counts_once_with_what_says_most() -> None:
    merged = merge(KEPT, OTHER, SETTINGS, today=TODAY).request
    alone, both = (rank(each, SETTINGS, today=TODAY) for each in (OTHER, merged))
    assert isinstance(both, Rank)
    assert both == alone
    assert (merged.id, merged.teams) == (1, ("Payments", "Search"))


def test_an_unestimated_request_takes_the_others_estimate_and_types_and_gives_them_back() -> None:
    made = merge(KEPT, OTHER, SETTINGS, today=TODAY)
    assert (made.request.estimate, made.request.types) == (OTHER.estimate, OTHER.types)
    assert made.undone(made.request) == (KEPT, OTHER)


def test_what_was_said_since_goes_with_its_request() -> None:
    made = merge(KEPT, OTHER, SETTINGS, today=TODAY)
    again, mine, new = (replace(each, times_per_month=9) for each in (SEARCH, PAYMENTS, CHECKOUT))
    now = made.request
    for demand in (again, mine, new):
        now = with_demand(now, demand)
    estimate = Estimate(1, 2, 3)
    first, second = made.undone(replace(now, estimate=estimate))
    assert (first.teams, second.teams) == (("Checkout", "Payments"), ("Payments", "Search"))
    assert {each.times_per_month for each in first.demands} == {9}
    assert next(each for each in second.demands if each.team == "Search").times_per_month == 9
    assert (first.estimate, second.estimate) == (estimate, OTHER.estimate)


@given(requests, requests)
def test_merging_never_lowers_the_rank_of_either_and_loses_nobody(one: BacklogRequest, two: BacklogRequest) -> None:
    made = merge(one, two, SETTINGS, today=TODAY)
    lane, priority = compared(made.request, SETTINGS, today=TODAY)
    for before in (one, two):
        lane_before, priority_before = compared(before, SETTINGS, today=TODAY)
        assert (lane, priority - 1e-9) <= (lane_before, priority_before)
    assert askers(made.request) == askers(one, two)
    assert made.request.created_on == min(one.created_on, two.created_on)
    assert made.undone(made.request) == (one, two)


@given(backlogs.filter(lambda each: len(each) > 1))
def test_the_merged_request_stands_where_the_one_whose_estimate_it_has_stood_or_higher(
    backlog: list[BacklogRequest],
) -> None:
    one, two, *others = backlog
    merged = merge(one, two, SETTINGS, today=TODAY).request
    leader = next(each for each in (one, two) if (each.estimate, each.types) == (merged.estimate, merged.types))
    before = {each.request.id: each.position for each in order(backlog, SETTINGS, today=TODAY)}
    after = {each.request.id: each.position for each in order([merged, *others], SETTINGS, today=TODAY)}
    assert after[one.id] <= before[leader.id]

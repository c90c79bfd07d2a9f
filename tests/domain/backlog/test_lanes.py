"""The order of the backlog: which lane, which band, and that nothing else plays a part."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.backlog.demand import BacklogRequest, Estimate, EvidenceKind, NeededBy, Slowdown, TeamBlock
from bot.domain.backlog.lanes import BacklogPlace, Lane, has_gaps
from bot.domain.backlog.rank import Rank
from bot.domain.backlog.standings import order
from tests.domain.backlog.requests import EXAMPLE, SETTINGS, TODAY, backlogs

PLAIN = replace(EXAMPLE.demands[2], block=None)  # 4 hours a month, measured


def a_request(number: int, *, effort: float = 20, spread: float = 0, **fields: object) -> BacklogRequest:
    """A request of one team with that much effort besides triage, give or take `spread`."""
    return replace(
        EXAMPLE,
        id=number,
        types=(),
        demands=(replace(PLAIN, **fields),),  # type: ignore[arg-type]
        estimate=Estimate(effort - spread, effort, effort + spread),
    )


def ids(places: list[BacklogPlace], lane: Lane | None = None) -> list[int]:
    return [each.request.id for each in places if lane is None or each.lane is lane]


@pytest.mark.parametrize(
    ("request_", "lane"),
    [
        (a_request(1), Lane.WORTH_BUILDING),
        (a_request(1, needed_by=NeededBy(TODAY + timedelta(21))), Lane.AT_RISK),
        (a_request(1, needed_by=NeededBy(TODAY + timedelta(60))), Lane.WORTH_BUILDING),
        (a_request(1, needed_by=NeededBy(TODAY - timedelta(1))), Lane.WORTH_BUILDING),
        (a_request(1, effort=4, times_per_month=10), Lane.QUICK_WINS),
        (a_request(1, effort=4.1, times_per_month=10), Lane.WORTH_BUILDING),
        (a_request(1, effort=4, times_per_month=5), Lane.WORTH_BUILDING),
        (a_request(1, effort=4, times_per_month=10, needed_by=NeededBy(TODAY)), Lane.AT_RISK),
        (replace(a_request(1), estimate=None), Lane.NOT_ESTIMATED),
        (a_request(1, effort=60), Lane.NOT_WORTH_BUILDING),
    ],
)
def test_lanes(request_: BacklogRequest, lane: Lane) -> None:
    assert order([request_], SETTINGS, today=TODAY)[0].lane is lane


@pytest.mark.parametrize(
    "urgent",
    [
        {"needed_by": NeededBy(TODAY + timedelta(200))},
        {"needed_by": NeededBy(TODAY - timedelta(13))},
        {"block": TeamBlock(1, Slowdown.SLOWED)},
    ],
)
def test_whom_somebody_waits_for_is_worth_building_without_hours_each_month(urgent: dict[str, object]) -> None:
    assert ids(order([a_request(1, effort=60, **urgent)], SETTINGS, today=TODAY), Lane.WORTH_BUILDING) == [1]


def test_lanes_come_one_after_the_other() -> None:
    backlog = [
        a_request(1, effort=60),
        replace(a_request(2), estimate=None),
        a_request(3),
        a_request(4, effort=4, times_per_month=10),
        a_request(5, needed_by=NeededBy(TODAY)),
    ]
    places = order(backlog, SETTINGS, today=TODAY)
    assert [each.lane for each in places] == list(Lane)
    assert [each.position for each in places] == [1, 2, 3, 4, 5]


def test_ranges_that_overlap_are_equal_and_the_shorter_payback_is_first() -> None:
    block = TeamBlock(1, Slowdown.STOPPED)
    waits = a_request(1, effort=30, spread=20, block=block)
    saves = a_request(2, effort=30, spread=20, block=block, times_per_month=6)
    more = a_request(3, effort=5, block=block)
    places = order([waits, saves, more], SETTINGS, today=TODAY)
    assert [(each.request.id, each.band) for each in places] == [(3, 1), (2, 2), (1, 2)]


def test_a_wide_range_joins_the_band_of_the_best_that_it_overlaps() -> None:
    high, low = a_request(1, effort=10), a_request(2, effort=26)
    wide = a_request(3, effort=18, spread=12)
    places = order([low, wide, high], SETTINGS, today=TODAY)
    assert {each.request.id: each.band for each in places} == {1: 1, 3: 1, 2: 2}


def test_equals_are_told_apart_by_teams_then_age_then_id() -> None:
    half = replace(PLAIN, times_per_month=PLAIN.times_per_month / 2)
    teams = replace(a_request(9), demands=(half, replace(half, team="Search")))
    old = replace(a_request(8), created_on=TODAY - timedelta(100))
    places = order([a_request(3), a_request(2), old, teams], SETTINGS, today=TODAY)
    assert ids(places) == [9, 8, 2, 3]
    assert {each.band for each in places} == {1}


def test_those_that_lose_most_by_waiting_are_the_first_to_estimate() -> None:
    def without(number: int, **fields: object) -> BacklogRequest:
        return replace(a_request(number, **fields), estimate=None)

    backlog = [without(number, times_per_month=number) for number in range(1, 6)]
    blocked = without(6, times_per_month=0, block=TeamBlock(1, Slowdown.SLOWED))
    dated = without(7, times_per_month=0, needed_by=NeededBy(TODAY + timedelta(10)))
    places = order([*backlog, blocked, dated, a_request(8)], SETTINGS, today=TODAY)
    assert ids(places, Lane.NOT_ESTIMATED) == [7, 6, 5, 4, 3, 2, 1]


@given(backlogs, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_in_which_requests_come_in(
    backlog: list[BacklogRequest], random: object
) -> None:
    shuffled = [*backlog]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    turned = [replace(each, demands=each.demands[::-1]) for each in shuffled]
    assert ids(order(turned, SETTINGS, today=TODAY)) == ids(order(backlog, SETTINGS, today=TODAY))


@given(backlogs)
def test_what_is_above_for_certain_comes_first(backlog: list[BacklogRequest]) -> None:
    places = order(backlog, SETTINGS, today=TODAY)
    for above, below in ((a, b) for a in places for b in places if a.lane is b.lane):
        if (
            isinstance(above.rank, Rank)
            and isinstance(below.rank, Rank)
            and above.rank.lowest_priority > below.rank.highest_priority
        ):
            assert above.band < below.band
            assert above.position < below.position


@given(backlogs.filter(bool), st.data(), st.integers(1, 20), st.sampled_from(EvidenceKind), st.integers(1, 3))
def test_no_request_comes_down_when_it_claims_more(
    backlog: list[BacklogRequest], data: st.DataObject, more: int, kind: EvidenceKind, people: int
) -> None:
    chosen = data.draw(st.sampled_from(backlog))
    block = TeamBlock(people, Slowdown.STOPPED)
    raised = tuple(
        replace(
            each,
            times_per_month=each.times_per_month + more,
            evidence=max(kind, each.evidence, key=lambda one: one.weight),
            block=replace(each.block, people=each.block.people + people) if each.block else block,
        )
        for each in chosen.demands
    )
    after = [replace(each, demands=raised) if each is chosen else each for each in backlog]
    before_at, after_at = (ids(order(each, SETTINGS, today=TODAY)).index(chosen.id) for each in (backlog, after))
    assert after_at <= before_at


def test_a_list_that_begins_further_down_lacks_only_what_is_missing_from_there_on() -> None:
    places = order([a_request(number) for number in range(1, 6)], SETTINGS, today=TODAY)
    assert not has_gaps(places[2:], 2)
    assert has_gaps([places[2], places[4]], 2)
    assert has_gaps(places[2:], 1), "one of those before was not shown"

"""Standings that are kept up to date are those that would be made anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.backlog.demand import BacklogRequest
from bot.domain.backlog.lanes import Lane, lane_of
from bot.domain.backlog.rank import rank, same_until
from bot.domain.backlog.standings import Standings, order
from tests.domain.backlog.requests import SETTINGS, TODAY, backlogs, requests

_STEPS = st.lists(st.tuples(st.booleans(), requests.map(lambda each: replace(each, id=each.id % 12))), max_size=20)


def made_anew(found: Sequence[BacklogRequest], today: date) -> list[object]:
    return list(order(found, SETTINGS, today=today))


@given(steps=_STEPS, days=st.integers(0, 120))
def test_changes_and_days_leave_what_would_be_made_anew(steps: list[tuple[bool, BacklogRequest]], days: int) -> None:
    standings, held = Standings(SETTINGS, today=TODAY), dict[int, BacklogRequest]()
    for number, (is_there, request) in enumerate(steps):
        if is_there:
            standings.put(request)
            held[request.id] = request
        else:
            standings.remove(request.id)
            held.pop(request.id, None)
        for _ in standings.turn(TODAY + timedelta(days * number // 20)):
            pass
    expected = made_anew(list(held.values()), standings.today)
    assert list(standings.places()) == expected
    assert [standings.place_of(each.request.id) for each in expected] == expected  # type: ignore[attr-defined]
    assert [each for lane in Lane for each in standings.of(lane)] == expected
    assert sum(standings.count(lane) for lane in Lane) == len(standings) == len(expected)
    assert standings.place_of(10_001) is None


@given(request=requests, days=st.integers(1, 250))
def test_nothing_is_other_before_the_day_that_is_named(request: BacklogRequest, days: int) -> None:
    until = same_until(request, SETTINGS, today=TODAY)
    last = TODAY + timedelta(days)
    if until is not None and until <= last:
        last = until - timedelta(1)
    now = rank(request, SETTINGS, today=TODAY)
    for day in {TODAY, TODAY + (last - TODAY) // 2, last}:
        then = rank(request, SETTINGS, today=day)
        assert (then, lane_of(request, then, today=day)) == (now, lane_of(request, now, today=TODAY))


@given(found=backlogs)
def test_a_clock_that_is_set_back_is_followed(found: list[BacklogRequest]) -> None:
    standings = Standings(SETTINGS, today=TODAY + timedelta(60))
    for each in found:
        standings.put(each)
    for _ in standings.turn(TODAY):
        pass
    assert list(standings.places()) == made_anew(found, TODAY)


def test_a_day_that_moves_nothing_ranks_nothing_again() -> None:
    quiet = BacklogRequest(id=1, created_on=TODAY)
    standings = Standings(SETTINGS, today=TODAY)
    standings.put(quiet)
    assert list(standings.turn(TODAY + timedelta(1))) == []

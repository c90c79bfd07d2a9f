"""Claimed against actual, and whom the work went to: by request and team, never by person."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from bot.domain.backlog.savings import (
    SavingComparison,
    SavingReview,
    asked_privately,
    by_request,
    by_team,
    claimed_hours,
    reviews_due,
)
from bot.domain.backlog.work_shares import WorkShare, work_shares
from tests.domain.backlog.requests import EXAMPLE, SETTINGS, TODAY

REVIEWS = [
    SavingReview(request_id=1, team="Payments", after_days=30, claimed_hours=7, actual_hours=3.5),
    SavingReview(request_id=1, team="Search", after_days=30, claimed_hours=4),
    SavingReview(request_id=2, team="Payments", after_days=30, claimed_hours=1, actual_hours=0),
    SavingReview(request_id=1, team="Payments", after_days=90, claimed_hours=7, actual_hours=7),
]


def due(days: int, *asked: SavingReview) -> list[tuple[str, int, float]]:
    later = TODAY + timedelta(days)
    found = reviews_due(EXAMPLE, SETTINGS, delivered_on=TODAY, asked=asked, today=later)
    return [(each.team, each.after_days, round(each.claimed_hours, 1)) for each in found]


def test_each_team_is_asked_after_thirty_and_after_ninety_days_what_it_claimed() -> None:
    assert due(29) == []
    assert due(30) == [("Checkout", 30, 2.8), ("Payments", 30, 7.0), ("Search", 30, 4.2)]
    assert [days for _, days, _ in due(90)] == [90, 90, 90]


def test_a_team_that_named_no_hours_has_claimed_nothing_and_is_not_asked() -> None:
    silent = replace(EXAMPLE, demands=(replace(EXAMPLE.demands[0], hours_each=0), *EXAMPLE.demands[1:]))
    found = reviews_due(silent, SETTINGS, delivered_on=TODAY, asked=(), today=TODAY + timedelta(30))
    assert len(found) == len(EXAMPLE.demands) - 1
    assert EXAMPLE.demands[0].team not in {each.team for each in found}


def test_what_was_claimed_is_said_without_the_noise_of_a_float() -> None:
    lost = replace(EXAMPLE.demands[0], people=3, times_per_month=4, hours_each=2)
    assert claimed_hours(replace(EXAMPLE, demands=(lost,)), SETTINGS) == {lost.team: 16.8}


def test_a_team_that_has_asked_openly_as_well_has_not_asked_privately_alone() -> None:
    first, second, *rest = EXAMPLE.demands
    hidden = [replace(each, is_private=True, asked_by=7) for each in (first, second)]
    both = replace(EXAMPLE, demands=(*hidden, replace(first, is_private=False), *rest))
    assert asked_privately(both) == {second.team: 7}


def test_nobody_is_asked_twice() -> None:
    asked = replace(REVIEWS[0], request_id=EXAMPLE.id)
    assert [team for team, *_ in due(40, asked)] == ["Checkout", "Search"]
    assert [team for team, *_ in due(90, asked)] == ["Checkout", "Payments", "Search"]


def test_claimed_against_actual_leaves_out_who_has_not_answered() -> None:
    assert by_request(REVIEWS, after_days=30) == {1: SavingComparison(7, 3.5, 1, 1), 2: SavingComparison(1, 0, 1, 0)}
    teams = by_team(REVIEWS, after_days=30)
    assert teams == {"Payments": SavingComparison(8, 3.5, 2, 0), "Search": SavingComparison(0, 0, 0, 1)}
    assert teams["Payments"].ratio == pytest.approx(0.4375)
    assert teams["Search"].ratio is None
    assert by_team(REVIEWS, after_days=90) == {"Payments": SavingComparison(7, 7, 1, 0)}


def test_nothing_of_it_knows_a_person() -> None:
    names = {field.name for kind in (SavingReview, SavingComparison, WorkShare) for field in fields(kind)}
    assert not names & {"person", "person_id", "said_by", "requested_by", "asked_by"}


def test_teams_share_the_work_that_they_asked_for_together_and_the_starved_come_first() -> None:
    alone = replace(EXAMPLE, demands=EXAMPLE.demands[:1])
    starved = replace(EXAMPLE, demands=(replace(EXAMPLE.demands[0], team="Data"),), created_on=TODAY - timedelta(50))
    waiting = [starved, replace(starved, created_on=TODAY - timedelta(9)), alone]
    found = work_shares([(EXAMPLE, 60), (alone, 20)], waiting, today=TODAY)
    assert [(each.team, each.served_hours, each.open_requests, each.longest_wait_days) for each in found] == [
        ("Data", 0, 2, 50),
        ("Checkout", 20, 0, 0),
        ("Search", 20, 0, 0),
        ("Payments", 40, 1, 20),
    ]
    assert [each.served_share for each in found] == [0, 0.25, 0.25, 0.5]
    assert work_shares([], [], today=TODAY) == []
    other = replace(starved, demands=(replace(EXAMPLE.demands[0], team="Apps"),), created_on=TODAY - timedelta(9))
    assert [each.team for each in work_shares([], [other, starved], today=TODAY)] == ["Data", "Apps"]

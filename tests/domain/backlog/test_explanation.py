"""The answer to "Why is this here?": who said what, who estimated what, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from bot.domain.backlog.demand import BacklogRequest, DemandPart, Estimate, NeededBy, Slowdown, TeamBlock
from bot.domain.backlog.explanation import explain
from bot.domain.backlog.standings import order
from tests.domain.backlog.requests import EXAMPLE, SETTINGS, TODAY, backlogs

PAYMENTS, SEARCH, CHECKOUT = EXAMPLE.demands


def why(*backlog: BacklogRequest, number: int = 0) -> str:
    return "\n".join(explain(order(backlog, SETTINGS, today=TODAY)[number], SETTINGS, today=TODAY))


def test_the_example_in_words() -> None:
    assert why(EXAMPLE).splitlines() == [
        "Payments loses 10 hours a month: 5 people, 4 times a month, 0.5 hours each "
        "(counted, says Ada; 80% of it counts).",
        "Payments has 0.4 people stopped until 2026-12-28 (assumed): 16 hours a week "
        "(counted, says Ada; 80% of it counts).",
        "Search loses 6 hours a month: 3 people, 1 time a month, 2 hours each (estimated, says Ben; 50% of it counts).",
        "Checkout loses 4 hours a month: 2 people, 2 times a month, 1 hour each "
        "(measured, says Cem; 100% of it counts).",
        "It takes 32 to 80 hours, most likely 56, estimates Dana. With 4 hours for triage, review and handoff 60 "
        "hours are expected, for which the DevOps team needs 2 weeks.",
        "It saves 2.4 hours a week, 70% of the lost hours that count, and pays back in 25 weeks. In a year that is 126 "
        "hours, 0.95 gained for each hour of work, 15% of the work as upkeep included.",
        "Waiting 2 more weeks costs 3 teams 30 hours: 4.8 of what is lost every month and 26 while people are blocked. "
        "60 hours of work ends it.",
        "It is in the lane “the rest” because no date is in danger, and it is worth building. "
        "No request there is above it for certain.",
    ]


def with_payments(**fields: object) -> BacklogRequest:
    return replace(EXAMPLE, demands=(replace(PAYMENTS, **fields), SEARCH))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (with_payments(said_by=("Ada", "Eve", "Cem")), "says Ada, Eve and Cem"),
        (with_payments(confirmed_on=TODAY - timedelta(91)), "50% of it counts, because nobody has confirmed it since"),
        (with_payments(people=1), "Payments loses 2 hours a month: 0.5 hours, 4 times a month (counted, says Ada"),
        (with_payments(times_per_month=800), "More than half the team's time, 693 hours, is not counted."),
        (with_payments(block=TeamBlock(1, Slowdown.HALF)), "Payments has 1 person at half speed until 2026-12-28"),
        (with_payments(needed_by=NeededBy(TODAY, "the audit")), "needs it by 2026-11-02 (the audit), says Ada."),
        (
            with_payments(drafted=frozenset({DemandPart.LOST}), needed_by=NeededBy(TODAY)),
            "(counted, from the draft that Ada sent; 80% of it counts)",
        ),
        (with_payments(drafted=frozenset({DemandPart.LOST})), "a week (counted, says Ada; 80% of it counts)"),
        (with_payments(is_evidence_assumed=True), "(says Ada; assumed to be counted; 80% of it counts)"),
        (with_payments(block=TeamBlock(1, Slowdown.HALF, TODAY, is_assumed=True)), "at half speed (assumed) until"),
        (with_payments(block=TeamBlock(1, Slowdown.HALF, TODAY)), "at half speed until 2026-11-02: 20 hours"),
        (with_payments(needed_by=NeededBy(TODAY)), "Missing that day costs 40 hours (assumed)."),
        (with_payments(needed_by=NeededBy(TODAY, miss_hours=1)), "Missing that day costs 1 hour, says Ada."),
        (with_payments(needed_by=NeededBy(TODAY, miss_hours=90)), "90 for a missed date"),
        (
            with_payments(drafted=frozenset({DemandPart.NEEDED_BY}), needed_by=NeededBy(TODAY)),
            "Payments needs it by 2026-11-02, from the draft that Ada sent.",
        ),
        (with_payments(needed_by=NeededBy(TODAY)), "the last safe start for Payments's date was 2026-10-12"),
        (
            with_payments(needed_by=NeededBy(TODAY - timedelta(2))),
            "2026-10-31 has passed, and Payments has yet to say whether and until when it is still needed.",
        ),
        (replace(EXAMPLE, demands=(PAYMENTS, replace(PAYMENTS, people=9))), "A team that asked twice counts once"),
        (replace(EXAMPLE, estimate=None), "Nobody has estimated it yet. Waiting 2 more weeks costs up to 30 hours"),
        (replace(EXAMPLE, demands=(CHECKOUT,)), "In a year it saves less than it costs"),
        (replace(EXAMPLE, demands=(CHECKOUT,)), "34 hours, 0.59 lost for each hour of work"),
        (with_payments(people=0, hours_each=0), "somebody waits for it or has a date"),
        (replace(EXAMPLE, demands=()), "It saves no hours every month, so it never pays for itself"),
        (replace(EXAMPLE, estimate=Estimate(1, 2, 3)), "because it takes at most 8 hours and pays back within 4 weeks"),
    ],
)
def test_what_else_is_said(request_: BacklogRequest, says: str) -> None:
    assert says in why(request_)


def test_how_many_are_above_it() -> None:
    quick = replace(EXAMPLE, id=8, estimate=Estimate(8, 8, 8))
    assert "1 request there is above it for certain." in why(EXAMPLE, quick, number=1)


@given(backlogs)
def test_every_place_has_an_explanation(backlog: list[BacklogRequest]) -> None:
    for place in order(backlog, SETTINGS, today=TODAY):
        lines = explain(place, SETTINGS, today=TODAY)
        assert all(line.endswith(".") and "nan" not in line for line in lines)
        assert {name for each in place.request.demands for name in each.said_by} <= set(
            " ".join(lines).replace(",", " ").replace(".", " ").replace(";", " ").split()
        )

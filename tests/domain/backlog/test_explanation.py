"""The answer to "Why is this here?": who said what, who estimated what, and what follows from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
        "Number 1, worth building: it saves more in a year than it costs, and no date is in danger.",
        "Payments: 10 hours a month (5 people, 4 times, 0.5 hours each); counted, says Ada: 80% counts; adds 2 h.",
        "Payments: 16 hours a week (0.4 people stopped until 2026-12-28, assumed); counted, says Ada: 80% counts; "
        "adds 26 h.",
        "Search: 6 hours a month (3 people, once, 2 hours each); estimated, says Ben: 50% counts; adds 1 h.",
        "Checkout: 4 hours a month (2 people, 2 times, 1 hour each); measured, says Cem; adds 1 h.",
        "Waiting 2 more weeks costs 30 h in all.",
        "Work: 60 hours, 2 weeks (32 to 80, most likely 56, estimates Dana; triage and handoff 4).",
        "Saved: 126 hours a year (70% of what counts), 0.95 gained for each hour of work after 15% upkeep; payback "
        "25 weeks.",
        "Guessed hours count 20%, estimated 50%, counted 80%, measured all: better numbers from its teams move it up.",
    ]


def with_payments(**fields: object) -> BacklogRequest:
    return replace(EXAMPLE, demands=(replace(PAYMENTS, **fields), SEARCH))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (with_payments(said_by=("Ada", "Eve", "Cem")), "says Ada, Eve and Cem"),
        (with_payments(confirmed_on=TODAY - timedelta(91)), "counted, not confirmed since 2026-08-03, says Ada: 50% c"),
        (with_payments(people=1), "Payments: 2 hours a month (4 times, 0.5 hours); counted"),
        (with_payments(times_per_month=800), "0.5 hours each; only half the team's time counts, 693 hours)"),
        (with_payments(block=TeamBlock(1, Slowdown.HALF)), "(1 person at half speed until 2026-12-28, assumed)"),
        (with_payments(needed_by=NeededBy(TODAY, "the audit")), "needs it by 2026-11-02 (the audit), says Ada;"),
        (
            with_payments(drafted=frozenset({DemandPart.LOST}), needed_by=NeededBy(TODAY)),
            "0.5 hours each); counted, from the draft of Ada: 80% counts; adds",
        ),
        (
            with_payments(drafted=frozenset({DemandPart.LOST})),
            "Payments: 16 hours a week (0.4 people stopped until 2026-12-28, assumed); counted, says Ada: 80% counts;",
        ),
        (with_payments(is_evidence_assumed=True), "taken as counted, says Ada: 80% counts;"),
        (with_payments(block=TeamBlock(1, Slowdown.HALF, TODAY, is_assumed=True)), "at half speed, assumed until"),
        (with_payments(block=TeamBlock(1, Slowdown.HALF, TODAY)), "20 hours a week (1 person at half speed until 2026"),
        (with_payments(needed_by=NeededBy(TODAY)), "; missing it costs 40 hours, assumed; adds 40 h."),
        (with_payments(needed_by=NeededBy(TODAY, miss_hours=1)), "; missing it costs 1 hour, says Ada; adds 1 h."),
        (with_payments(needed_by=NeededBy(TODAY + timedelta(90))), "assumed; adds 0 h while it is in no danger."),
        (
            replace(
                EXAMPLE,
                demands=tuple(replace(each, needed_by=NeededBy(TODAY)) for each in EXAMPLE.demands),
            ),
            "Search needs it by 2026-11-02, says Ben; missing it costs 40 hours, assumed; adds 0 h, as only the c",
        ),
        (
            with_payments(drafted=frozenset({DemandPart.NEEDED_BY}), needed_by=NeededBy(TODAY)),
            "Payments needs it by 2026-11-02, from the draft of Ada;",
        ),
        (with_payments(needed_by=NeededBy(TODAY)), "at risk: the last safe start for the date of Payments was 2026-10"),
        (
            with_payments(needed_by=NeededBy(TODAY - timedelta(2))),
            "2026-10-31 has passed, and Payments has yet to say whether and until when it is still needed.",
        ),
        (replace(EXAMPLE, demands=(PAYMENTS, replace(PAYMENTS, people=9))), "A team that asked twice counts once"),
        (replace(EXAMPLE, estimate=None), "Number 1, not estimated: nobody has said how much work it is"),
        (replace(EXAMPLE, estimate=None), "Waiting 2 more weeks costs up to 30 h in all."),
        (replace(EXAMPLE, demands=(CHECKOUT,)), "not worth building: it saves less in a year than it costs, nobody"),
        (replace(EXAMPLE, demands=(CHECKOUT,)), "34 hours a year (70% of what counts), 0.59 lost for each hour"),
        (with_payments(people=0, hours_each=0), "worth building: people wait for it, and no date is in danger."),
        (
            with_payments(people=0, hours_each=0, block=None, needed_by=NeededBy(TODAY + timedelta(90))),
            "worth building: it has a date, and none is in danger.",
        ),
        (replace(EXAMPLE, items=4, done=3), "no date is in danger. 1 of 4 items still to do."),
        (
            replace(with_payments(is_from_before=True, needed_by=NeededBy(TODAY)), items=4, done=3),
            "Payments needs it by 2026-11-02, says Ada, as said before 3 of 4 items were done; missing it costs",
        ),
        (
            replace(with_payments(is_from_before=True), items=4, done=1),
            "0.5 hours each); counted, says Ada: 80% counts, as said before 1 of 4 items was done; adds",
        ),
        (replace(EXAMPLE, demands=()), "Saved: no hours a month, so it never pays back in hours."),
        (replace(EXAMPLE, estimate=Estimate(1, 2, 3)), "a quick win: it takes at most 8 hours and pays back within 4"),
    ],
)
def test_what_else_is_said(request_: BacklogRequest, says: str) -> None:
    assert says in why(request_)


def test_the_shares_are_said_where_something_counts_in_part() -> None:
    assert "Guessed hours count" not in why(replace(EXAMPLE, demands=(CHECKOUT,)))
    assert "Guessed hours count" not in why(replace(EXAMPLE, demands=(replace(PAYMENTS, people=0, block=None),)))


def test_how_many_are_above_it() -> None:
    quick = replace(EXAMPLE, id=8, estimate=Estimate(8, 8, 8))
    assert "1 request in its lane is above it for certain." in why(EXAMPLE, quick, number=1)


def added(lines: Sequence[str]) -> int:
    return sum(int(each.replace(",", "")) for line in lines for each in re.findall(r"; adds ([\d,]+) h", line))


def costs(lines: Sequence[str]) -> int:
    """Return the whole hours that waiting costs; they are none where it says "under 1 h"."""
    found = next(found for line in lines if (found := re.search(r" costs (?:up to )?(under 1|[\d,]+) h in all", line)))
    return 0 if found[1] == "under 1" else int(found[1].replace(",", ""))


@given(backlogs)
def test_every_place_has_an_explanation(backlog: list[BacklogRequest]) -> None:
    for place in order(backlog, SETTINGS, today=TODAY):
        lines = explain(place, SETTINGS, today=TODAY)
        assert all(line.endswith(".") and "nan" not in line for line in lines)
        assert added(lines) == costs(lines), "who adds up the lines gets the answer"
        assert {name for each in place.request.demands for name in each.said_by} <= set(
            " ".join(lines).translate(str.maketrans(",.;:", "    ")).split()
        )

"""The answer to "Why is this here?": who said what, who estimated what, and what follows from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given

from bot.domain.backlog.demand import (
    Author,
    BacklogRequest,
    DemandPart,
    Estimate,
    Evidence,
    NeededBy,
    Slowdown,
    TeamBlock,
)
from bot.domain.backlog.explanation import explain
from bot.domain.backlog.standings import order
from tests.domain.backlog.requests import EXAMPLE, SETTINGS, TODAY, backlogs

PAYMENTS, SEARCH, CHECKOUT = EXAMPLE.demands
EVE = Author("Eve", date(2026, 10, 1))


def why(*backlog: BacklogRequest, number: int = 0) -> str:
    return "\n".join(explain(order(backlog, SETTINGS, today=TODAY)[number], SETTINGS, today=TODAY))


def test_the_example_in_words() -> None:
    assert why(EXAMPLE).splitlines() == [
        "Number 1, worth building: it saves more in a year than it costs, and no date is in danger.",
        "Payments: 10 hours a month = 5 people × 4 times × 0.5 hours; counted, says Ada on 2026-11-02: 80% counts; "
        "adds 2 h = 10 × 80% × 70% × 12 ÷ 52 × 2.",
        "Payments: 16 hours a week = 0.4 people × 40 hours, stopped until 2026-12-28 (assumed); counted, says Ada on "
        "2026-11-02: 80% counts; adds 26 h = 16 × 80% × 2.",
        "Search: 6 hours a month = 3 people × 2 hours; estimated, says Ben on 2026-11-02: 50% counts; adds 1 h = 6 × "
        "50% × 70% × 12 ÷ 52 × 2.",
        "Checkout: 4 hours a month = 2 people × 2 times × 1 hour; measured, says Cem on 2026-11-02; adds 1 h = 4 × "
        "70% × 12 ÷ 52 × 2.",
        "Waiting 2 more weeks costs 30 h in all.",
        "Work: 60 hours = (32 + 4 × 56 + 80) ÷ 6 + 4: 32 to 80, most likely 56, estimates Dana on 2026-10-30, and 4 "
        "for triage and handoff; 2 weeks = 60 ÷ 30 hours a week for requests.",
        "Saved: 126 hours a year = (10 × 80% + 6 × 50% + 4) × 70% × 12; 0.95 gained for each hour of work = (126 − 60 "
        "− 60 × 15%) ÷ 60, with 15% upkeep; payback 24.76 weeks = 60 ÷ 126 × 52.",
        "Of the hours lost, 70% are assumed to end with it; 12 ÷ 52 makes a week of a month; whole hours are rounded "
        "so that they add up.",
        "Guessed hours count 20%, estimated 50%, counted 80%, measured all: better numbers from its teams move it up.",
    ]


def with_payments(**fields: object) -> BacklogRequest:
    return replace(EXAMPLE, demands=(replace(PAYMENTS, **fields), SEARCH))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (with_payments(said_by=("Ada", "Eve", "Cem")), "says Ada, Eve and Cem on 2026-11-02"),
        (
            with_payments(confirmed_on=TODAY - timedelta(91)),
            "counted, not confirmed since 2026-08-03, says Ada on 2026-08-03: 50% c",
        ),
        (with_payments(people=1), "Payments: 2 hours a month = 4 times × 0.5 hours; counted"),
        (
            with_payments(times_per_month=800),
            "only half the team's time counts, 693.3 hours = 8 people × 40 hours × 52 ÷ 12 ÷ 2; counted",
        ),
        (
            with_payments(block=TeamBlock(1, Slowdown.HALF)),
            "= 1 person × 40 hours × 50%, at half speed until 2026-12-28 (assumed);",
        ),
        (
            with_payments(needed_by=NeededBy(TODAY, "the audit")),
            "needs it by 2026-11-02 (the audit), says Ada on 2026-11-02;",
        ),
        (
            with_payments(drafted=frozenset({DemandPart.LOST}), needed_by=NeededBy(TODAY)),
            "0.5 hours; counted, from the draft of Ada on 2026-11-02: 80% counts; adds",
        ),
        (
            with_payments(drafted=frozenset({DemandPart.LOST})),
            "0.4 people × 40 hours, stopped until 2026-12-28 (assumed); counted, says Ada on 2026-11-02: 80% counts;",
        ),
        (with_payments(is_evidence_assumed=True), "taken as counted, says Ada on 2026-11-02: 80% counts;"),
        (with_payments(block=TeamBlock(1, Slowdown.HALF, TODAY, is_assumed=True)), "at half speed (assumed) until"),
        (
            with_payments(block=TeamBlock(1, Slowdown.HALF, TODAY)),
            "20 hours a week = 1 person × 40 hours × 50%, at half speed until 2026-11-02; counted",
        ),
        (with_payments(needed_by=NeededBy(TODAY)), "; missing it costs 40 hours, assumed; adds 40 h."),
        (
            with_payments(needed_by=NeededBy(TODAY, miss_hours=1)),
            "; missing it costs 1 hour, says Ada on 2026-11-02; adds 1 h.",
        ),
        (with_payments(needed_by=NeededBy(TODAY + timedelta(90))), "assumed; adds 0 h while it is in no danger."),
        (
            replace(
                EXAMPLE,
                demands=tuple(replace(each, needed_by=NeededBy(TODAY)) for each in EXAMPLE.demands),
            ),
            "Search needs it by 2026-11-02, says Ben on 2026-11-02; missing it costs 40 hours, assumed; adds 0 h, as ",
        ),
        (
            with_payments(drafted=frozenset({DemandPart.NEEDED_BY}), needed_by=NeededBy(TODAY)),
            "Payments needs it by 2026-11-02, from the draft of Ada on 2026-11-02;",
        ),
        (
            with_payments(needed_by=NeededBy(TODAY)),
            "at risk: the last safe start, 1.5 × 2 weeks before the date of Payments, was 2026-10-12.",
        ),
        (
            with_payments(needed_by=NeededBy(TODAY - timedelta(2))),
            "2026-10-31 has passed, and Payments has yet to say whether and until when it is still needed.",
        ),
        (replace(EXAMPLE, demands=(PAYMENTS, replace(PAYMENTS, people=9))), "A team that asked twice counts once"),
        (replace(EXAMPLE, estimate=None), "Number 1, not estimated: nobody has said how much work it is"),
        (replace(EXAMPLE, estimate=None), "Waiting 2 more weeks costs up to 30 h in all."),
        (replace(EXAMPLE, demands=(CHECKOUT,)), "not worth building: it saves less in a year than it costs, nobody"),
        (
            replace(EXAMPLE, demands=(CHECKOUT,)),
            "33.6 hours a year = 4 × 70% × 12; 0.59 lost for each hour of work = (60 + 60 × 15% − 33.6) ÷ 60,",
        ),
        (with_payments(people=0, hours_each=0), "worth building: people wait for it, and no date is in danger."),
        (
            with_payments(people=0, hours_each=0, block=None, needed_by=NeededBy(TODAY + timedelta(90))),
            "worth building: it has a date, and none is in danger.",
        ),
        (
            replace(EXAMPLE, demands=(PAYMENTS.without_losses, SEARCH)),
            "Payments has all that it asked for.\nSearch: 6 hours a month",
        ),
        (
            replace(EXAMPLE, items=4, done=3, estimate=Estimate(32, 56, 80, "Dana", is_from_before=True)),
            ", before 3 of 4 items were done, and 4 for triage and handoff; 2 weeks = 60 ÷ 30 hours a week for "
            "requests; nobody has estimated what is left.",
        ),
        (
            replace(EXAMPLE, items=4, done=3),
            "most likely 56, estimates Dana on 2026-10-30, and 4 for triage and handoff; 2 weeks = 60 ÷ 30 hours",
        ),
        (replace(EXAMPLE, items=4, done=3), "no date is in danger. 1 of 4 items still to do."),
        (
            with_payments(from_before=frozenset({DemandPart.NEEDED_BY}), items_done=(3, 4), needed_by=NeededBy(TODAY)),
            "Payments needs it by 2026-11-02, says Ada on 2026-11-02, as said before 3 of 4 items were done; missing",
        ),
        (
            with_payments(from_before=frozenset({DemandPart.LOST}), items_done=(1, 4)),
            "0.5 hours; counted, says Ada on 2026-11-02, as said before 1 of 4 items was done: 80% counts; adds",
        ),
        (
            with_payments(from_before=frozenset({DemandPart.LOST}), items_done=(1, 4)),
            "until 2026-12-28 (assumed); counted, says Ada on 2026-11-02: 80% counts; adds",
        ),
        (
            with_payments(authors={DemandPart.LOST: EVE}),
            "0.5 hours; counted, says Eve on 2026-10-01: 80% counts; adds",
        ),
        (
            with_payments(
                authors={DemandPart.LOST: replace(EVE, filed_on=TODAY)}, drafted=frozenset({DemandPart.LOST})
            ),
            "0.5 hours; counted, says Eve in the thread on 2026-10-01: 80% counts; adds",
        ),
        (
            with_payments(authors={DemandPart.BLOCKED: replace(EVE, evidence=Evidence.of(""))}),
            "stopped until 2026-11-26 (assumed); taken as guessed, says Eve on 2026-10-01: 20% counts; adds",
        ),
        (
            with_payments(authors={DemandPart.LOST: replace(EVE, on=TODAY - timedelta(91))}),
            "counted, not confirmed since 2026-08-03, says Eve on 2026-08-03: 50% counts; adds",
        ),
        (
            with_payments(block=TeamBlock(1, Slowdown.SLOWED, TODAY + timedelta(23))),
            "adds 10 h = 10 × 80% × (23 ÷ 7 − 2), the weeks until then without 2 of work.",
        ),
        (
            with_payments(block=TeamBlock(1, Slowdown.SLOWED, TODAY + timedelta(14))),
            "adds 0 h, as it ends before the work does.",
        ),
        (
            with_payments(needed_by=NeededBy(TODAY - timedelta(3))),
            "adds 31 h = 40 × (1 − 3 ÷ 14), as it fades over 14 days.",
        ),
        (with_payments(needed_by=NeededBy(TODAY - timedelta(20))), "assumed; adds 0 h, as it has passed."),
        (
            replace(EXAMPLE, demands=(PAYMENTS, replace(PAYMENTS, people=9))),
            "adds 0 h, as the team's larger claim counts.",
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


#: What a line says, and how it is made: `52 hours a month = 3 people × 4.33 times × 4 hours`.
_MADE = re.compile(
    r"(?P<said>under \d[\d.]*|[\d,.]+) (?P<unit>[a-z][a-z ]*) = "
    r"(?P<made>(?:[\d,.]*\d%?|[()×÷+−]|people|person|times?|hours?|under|(?<=\d) (?=[a-z])| (?=[\d(×÷+−u]))+)"
)


def calculated(made: str) -> float:
    """Do what a line says on a pocket calculator."""
    text = re.sub(r"[a-z, ]", "", made).replace("×", "*").replace("÷", "/").replace("−", "-")
    text = re.sub(r"([\d.]+)%", r"(\1/100)", text)
    assert re.fullmatch(r"[-+*/().\d]+", text), made
    return float(eval(text))


def assert_recomputed(lines: Sequence[str]) -> list[str]:
    """A reader of the lines alone comes to their numbers; return the units of what was computed."""
    units = []
    for line in lines:
        for found in _MADE.finditer(line):
            said, unit = float(found["said"].replace("under ", "").replace(",", "")), found["unit"]
            # What is added is rounded so that the whole hours add up, up or down.
            off = 1 if unit == "h" else 0.01 if unit.startswith(("gained", "lost")) else 0
            assert calculated(found["made"]) == pytest.approx(said, abs=off + 0.006, rel=0.002), (line, found[0])
            units.append(unit)
    return units


def test_a_reader_comes_to_the_same_numbers() -> None:
    units = assert_recomputed(why(EXAMPLE).splitlines())
    assert [*dict.fromkeys(units)] == [
        "hours a month",
        "h",
        "hours a week",
        "hours",
        "weeks",
        "hours a year",
        "gained for each hour of work",
    ]
    assert len(units) == 2 * len(EXAMPLE.demands) + 2 + 5


@given(backlogs)
def test_every_line_can_be_recomputed(backlog: list[BacklogRequest]) -> None:
    for place in order(backlog, SETTINGS, today=TODAY):
        lines = explain(place, SETTINGS, today=TODAY)
        assert_recomputed(lines)
        for line in lines:
            adds = re.search(r"; adds (under 1|[\d,]+) h(?P<rest>.*)\.$", line)
            if adds is not None and " needs it by " not in line:
                assert adds["rest"].startswith((" = ", ", as it ends", ", as the team's")), line


@given(backlogs)
def test_every_place_has_an_explanation(backlog: list[BacklogRequest]) -> None:
    for place in order(backlog, SETTINGS, today=TODAY):
        lines = explain(place, SETTINGS, today=TODAY)
        assert all(line.endswith(".") and "nan" not in line for line in lines)
        assert added(lines) == costs(lines), "who adds up the lines gets the answer"
        assert {name for each in place.request.demands if not each.authors for name in each.said_by} <= set(
            " ".join(lines).translate(str.maketrans(",.;:", "    ")).split()
        )

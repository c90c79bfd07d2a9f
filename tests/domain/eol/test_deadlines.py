"""Which deadlines a cycle has, and which counts on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.eol import Charge, Cycle, Undated
from bot.domain.eol.charges import running_charge
from bot.domain.eol.deadlines import LONG_AGO, current, deadlines_of
from bot.domain.eol.milestones import DeadlineKind

RDS_11 = Cycle(
    name="11",
    eol=date(2024, 2, 29),
    eoes=date(2027, 3, 31),
    charges=(Charge(date(2024, 4, 1), Decimal("0.10")), Charge(date(2026, 4, 1), Decimal("0.20"))),
)


def listed(cycle: Cycle, has_extended_support: bool | None = None) -> list[tuple[str, str]]:
    found = deadlines_of(cycle, has_extended_support=has_extended_support)
    return [(each.kind.value, each.on.isoformat()) for each in found]


def test_where_support_goes_on_for_money_every_step_is_a_deadline() -> None:
    whole = [
        ("eol", "2024-02-29"),
        ("extended-cost", "2024-04-01"),
        ("price-step", "2026-04-01"),
        ("eoes", "2027-03-31"),
    ]
    assert listed(RDS_11) == whole
    assert listed(RDS_11, True) == whole


def test_where_it_does_not_go_on_the_provider_upgrades() -> None:
    assert listed(RDS_11, False) == [("forced-upgrade", "2024-02-29")]


def test_support_that_has_to_be_bought_is_not_taken_for_bought() -> None:
    cycle = Cycle(name="20.04", eoas=date(2022, 10, 1), eol=date(2025, 5, 31), eoes=date(2030, 4, 2))
    assert listed(cycle) == [("eoas", "2022-10-01"), ("eol", "2025-05-31")]
    assert listed(cycle, True)[-1] == ("eoes", "2030-04-02")


def test_a_cost_that_begins_with_the_end_is_said_with_it() -> None:
    cycle = Cycle(
        name="14",
        eol=date(2027, 2, 28),
        eoes=date(2030, 2, 28),
        charges=(Charge(date(2027, 3, 1), Decimal("0.10")), Charge(date(2029, 3, 1), Decimal("0.20"))),
    )
    assert [kind for kind, _ in listed(cycle)] == ["eol", "price-step", "eoes"]
    assert running_charge(cycle, date(2027, 2, 28)) is None
    assert str(getattr(running_charge(cycle, date(2029, 3, 1)), "amount", "")) == "0.20"


@pytest.mark.parametrize(
    ("cycle", "expected"),
    [
        (Cycle(name="1", eol=Undated.OPEN), []),
        (Cycle(name="1"), []),
        (Cycle(name="1", eol=Undated.ENDED), [("eol", LONG_AGO.isoformat())]),
        (Cycle(name="1", eoas=date(2026, 1, 1), eol=date(2026, 1, 1)), [("eol", "2026-01-01")]),
        (Cycle(name="1", eoas=date(2026, 1, 1)), [("eoas", "2026-01-01")]),
    ],
)
def test_what_has_no_date_has_no_deadline(cycle: Cycle, expected: list[tuple[str, str]]) -> None:
    assert listed(cycle) == expected


@pytest.mark.parametrize(
    ("today", "kinds"),
    [
        (date(2023, 1, 1), [DeadlineKind.SUPPORT]),
        (date(2024, 2, 29), [DeadlineKind.SUPPORT]),
        (date(2024, 3, 1), [DeadlineKind.SUPPORT, DeadlineKind.EXTENDED_COST]),
        (date(2026, 11, 25), [DeadlineKind.PRICE_STEP, DeadlineKind.EXTENDED_SUPPORT]),
        (date(2029, 1, 1), [DeadlineKind.EXTENDED_SUPPORT]),
    ],
)
def test_what_has_passed_counts_beside_what_comes_next(today: date, kinds: list[DeadlineKind]) -> None:
    assert [each.kind for each in current(deadlines_of(RDS_11), today)] == kinds


dates = st.one_of(st.sampled_from(Undated), st.dates(date(2020, 1, 1), date(2035, 1, 1)))
cycles = st.builds(Cycle, name=st.just("1"), eoas=dates, eol=dates, eoes=dates)


@given(cycles, st.none() | st.booleans(), st.dates(date(2019, 1, 1), date(2036, 1, 1)))
def test_whatever_ends_counts_on_every_day(cycle: Cycle, goes_on: bool | None, today: date) -> None:
    found = deadlines_of(cycle, has_extended_support=goes_on)
    counted = current(found, today)
    assert len(counted) <= 2
    main = [each for each in found if each.kind is not DeadlineKind.ACTIVE_SUPPORT]
    # Nothing that has a date ever falls silent because of a day.
    assert bool(main) == any(each.kind is not DeadlineKind.ACTIVE_SUPPORT for each in counted)
    assert [each.on for each in found] == sorted(each.on for each in found)

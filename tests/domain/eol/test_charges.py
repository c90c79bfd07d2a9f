"""What is charged on top on a day, and how that reads where a price is known and where it is not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.domain.eol import Charge, Cycle, Product, Undated
from bot.domain.eol.charges import charged, monthly, price, running_charge

SOLD = Product(key="p", category="service")
STEPS = Charge(date(2026, 2, 1), Decimal(80), "%", "the node's price"), Charge(date(2028, 2, 1))
REDIS = Cycle(name="5", eol=date(2026, 1, 31), eoes=date(2029, 1, 31), charges=STEPS)
CHOSEN = Cycle(name="1.33", eol=date(2026, 7, 31), eoes=date(2027, 7, 31))


@pytest.mark.parametrize(
    ("charge", "said", "a_month"),
    [
        (Charge(date(2026, 1, 1), Decimal("0.1")), "0.10 USD per vCPU-hour", Decimal(292)),
        (Charge(date(2026, 1, 1), Decimal("0.50"), unit="cluster-hour"), "0.50 USD per cluster-hour", Decimal(365)),
        (Charge(date(2026, 1, 1), Decimal("0.0065"), unit="x"), "0.0065 USD per x", None),
        (Charge(date(2026, 1, 1), Decimal(160), "%", "the node's price"), "160% of the node's price", None),
        (Charge(date(2026, 1, 1)), "price not known", None),
    ],
)
def test_a_price_reads_the_same_everywhere(charge: Charge, said: str, a_month: Decimal | None) -> None:
    assert (price(charge), monthly(charge)) == (said, a_month)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2025, 6, 1), "charged from 2026-02-01 on: 80% of the node's price"),
        (date(2026, 2, 1), "charged now: 80% of the node's price"),
        (date(2028, 2, 1), "charged now, price not known"),
        (date(2029, 2, 1), ""),
    ],
)
def test_what_costs_says_so_before_while_and_whatever_is_known_of_the_price(day: date, said: str) -> None:
    assert charged(SOLD, REDIS, day).said(with_next=True) == said


def test_the_next_price_is_told_where_it_is_known() -> None:
    cycle = Cycle(
        name="5", eol=date(2026, 1, 31), charges=(Charge(date(2026, 2, 1)), Charge(date(2028, 2, 1), Decimal(1)))
    )
    said = charged(SOLD, cycle, date(2026, 11, 29)).said(with_next=True)
    assert said == "charged now, price not known; from 2028-02-01: 1.00 USD per vCPU-hour"


def test_what_is_chosen_costs_whoever_has_chosen_it() -> None:
    day = date(2026, 11, 29)
    assert charged(SOLD, CHOSEN, day).said() == "support until 2027-07-31 has to be bought"
    assert charged(SOLD, CHOSEN, day, [True]).said() == "charged now, price not known"
    assert charged(SOLD, CHOSEN, day, [False]).said() == ""
    assert charged(SOLD, CHOSEN, date(2026, 7, 1), [True]).said() == "charged from 2026-08-01 on, price not known"
    assert charged(SOLD, CHOSEN, date(2026, 7, 31)).said() == "", "support has not ended yet"
    free = Product(key="framework", category="framework")
    assert charged(free, CHOSEN, day).said() == "", "elsewhere longer support may be free"


def test_the_dearest_of_several_things_counts() -> None:
    day = date(2026, 11, 29)
    assert charged(SOLD, REDIS, day, [False, None]).now == STEPS[0]
    assert charged(SOLD, REDIS, day, [False]).said() == ""


def test_what_is_not_dated_is_not_charged() -> None:
    for eol in Undated:
        cycle = Cycle(name="1", eol=eol, eoes=date(2030, 1, 1))
        assert running_charge(cycle, date(2026, 1, 1), has_extended_support=True) is None

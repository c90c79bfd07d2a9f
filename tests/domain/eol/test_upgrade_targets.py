"""Where an upgrade should go."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clients.eol import starter
from bot.domain.eol import Cycle, Phase, Product, Undated, phase
from bot.domain.eol.upgrade_targets import ENOUGH_DAYS, Target, suggested, targets

TODAY = date(2026, 11, 25)
DAYS = st.integers(-3000, 3000).map(lambda days: TODAY + timedelta(days))
CLOCKS = st.sampled_from(list(Undated)) | DAYS
CYCLES = st.builds(
    Cycle,
    name=st.integers(1, 40).map(str),
    released=st.none() | DAYS,
    lts=st.booleans() | DAYS,
    eoas=CLOCKS,
    eol=CLOCKS,
    eoes=CLOCKS,
)
PRODUCTS = st.lists(CYCLES, min_size=1, max_size=12, unique_by=lambda cycle: cycle.name).map(
    lambda cycles: Product(key="p", cycles=tuple(cycles))
)


@pytest.mark.parametrize(
    ("product", "running", "expected"),
    [
        ("amazon-rds-postgresql", "11", "18"),
        ("postgresql", "18", None),
        ("nodejs", "18", "26"),
        ("ubuntu", "25.04", "26.04"),
        ("eclipse-temurin", "17", "25"),
        ("python", "3.9", "3.14"),
        ("kubernetes", "1.32", "1.36"),
    ],
)
def test_products_that_people_run(product: str, running: str, expected: str | None) -> None:
    known = starter.load().get(product)
    assert known is not None
    current = next(cycle for cycle in known.cycles if cycle.name == running)
    found = suggested(known, current, TODAY)
    assert (found.cycle.name if found is not None else None) == expected


def test_a_release_that_is_not_out_yet_is_no_target() -> None:
    now = Cycle(name="1", released=date(2024, 1, 1), eol=date(2026, 12, 1))
    beta = Cycle(name="2", released=TODAY + timedelta(1), eol=date(2033, 1, 1))
    product = Product(key="p", cycles=(beta, now))
    assert suggested(product, now, TODAY) is None
    [found] = targets(product, now, TODAY + timedelta(1))
    assert found.cycle is beta


def test_where_nothing_has_a_year_left_the_longest_is_named_and_known_to_be_short() -> None:
    now = Cycle(name="1", released=date(2024, 1, 1), eol=date(2026, 12, 1))
    next_one = Cycle(name="2", released=date(2025, 1, 1), eol=TODAY + timedelta(100))
    longest = Cycle(name="3", released=date(2025, 6, 1), eol=TODAY + timedelta(ENOUGH_DAYS - 1))
    found = suggested(Product(key="p", cycles=(longest, next_one, now)), now, TODAY)
    assert found == Target(longest, longest.eol if isinstance(longest.eol, date) else None, False)
    assert not found.is_enough(TODAY)


@given(PRODUCTS, st.data())
def test_a_target_is_out_supported_and_later_and_nothing_better_was_left(product: Product, data: st.DataObject) -> None:
    current = data.draw(st.sampled_from(product.cycles))
    found = targets(product, current, TODAY)
    for each in found:
        assert each.cycle != current
        assert each.cycle.released is None or each.cycle.released <= TODAY
        assert phase(each.cycle, TODAY) in (Phase.ACTIVE, Phase.STANDARD)
        if each.cycle.released is not None and current.released is not None:
            assert each.cycle.released >= current.released
    left = [date.max if each.until is None else each.until for each in found]
    assert left == sorted(left, reverse=True)
    best = suggested(product, current, TODAY)
    assert (best is None) == (not found)
    if best is None:
        return
    enough = [each for each in found if each.is_enough(TODAY)]
    assert best.is_enough(TODAY) or not enough
    assert best.is_lts or not any(each.is_lts for each in enough)
    same = [each for each in enough or found if each.is_lts == best.is_lts or not best.is_lts]
    assert (best.until or date.max) == max(each.until or date.max for each in same)

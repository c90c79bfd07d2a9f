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
    left = [each.until or date.min for each in found]
    assert left == sorted(left, reverse=True)
    best = suggested(product, current, TODAY)
    assert (best is None) == (not found)
    if best is None:
        return
    dated = [each for each in found if each.until is not None and each.is_enough(TODAY)]
    undated = [each for each in found if each.until is None]
    choice = dated or undated or list(found)
    assert best in choice
    assert best.is_lts or not any(each.is_lts for each in dated or undated)
    same = [each for each in choice if each.is_lts == best.is_lts or not best.is_lts]
    assert (best.until or date.min) == max(each.until or date.min for each in same)


@pytest.mark.parametrize(
    ("running", "expected"),
    [
        ("python3.10", "python3.14"),
        ("nodejs18.x", "nodejs24.x"),
        ("dotnet8", "dotnet10"),
        ("provided.al2", "provided.al2023"),
        ("ruby3.2", "ruby4.0"),
    ],
)
def test_a_function_stays_in_its_language(running: str, expected: str) -> None:
    known = starter.load().get("aws-lambda")
    assert known is not None
    current = next(cycle for cycle in known.cycles if cycle.name == running)
    found = suggested(known, current, TODAY)
    assert found is not None
    assert found.cycle.name == expected


def test_no_announced_end_is_not_the_longest_support() -> None:
    now = Cycle(name="1", released=date(2024, 1, 1), eol=date(2026, 12, 1))
    dated = Cycle(name="2", released=date(2025, 1, 1), eol=date(2029, 1, 1))
    undated = Cycle(name="3", released=date(2026, 1, 1), eol=Undated.OPEN)
    found = suggested(Product(key="p", cycles=(undated, dated, now)), now, TODAY)
    assert found is not None
    assert found.cycle is dated
    found = suggested(Product(key="p", cycles=(undated, now)), now, TODAY)
    assert found is not None
    assert found.cycle is undated


def test_names_without_numbers_are_no_families() -> None:
    now = Cycle(name="2019", released=date(2018, 1, 1), eol=date(2026, 12, 1))
    subscription = Cycle(name="subscription", released=date(2025, 1, 1), eol=date(2030, 1, 1))
    found = suggested(Product(key="p", cycles=(subscription, now)), now, TODAY)
    assert found is not None
    assert found.cycle is subscription

"""Days at the end of a question."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dates import split_day

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "rest", "day"),
    [
        ("who owned payments-db on 2026-03-03", "who owned payments-db", date(2026, 3, 3)),
        ("who owned payments-db on 2026-03-03?", "who owned payments-db", date(2026, 3, 3)),
        ("payments-db 2026-3-3", "payments-db", date(2026, 3, 3)),
        ("payments-db as of 3 March 2026", "payments-db", date(2026, 3, 3)),
        ("payments-db on the 3rd of March", "payments-db", date(2026, 3, 3)),
        ("payments-db on 24 December", "payments-db", date(2025, 12, 24)),
        ("payments-db on Mar 3, 2026", "payments-db", date(2026, 3, 3)),
        ("payments-db on Sept. 1st", "payments-db", date(2026, 9, 1)),
        ("payments-db on 29 February", "payments-db", date(2024, 2, 29)),
        ("who owned it yesterday?", "who owned it", date(2026, 11, 22)),
        ("payments-db two weeks ago", "payments-db", date(2026, 11, 9)),
        ("payments-db a month ago", "payments-db", date(2026, 10, 23)),
        ("payments-db 9 months ago", "payments-db", date(2026, 2, 23)),
        ("payments-db 1 year ago", "payments-db", date(2025, 11, 23)),
        ("2026-03-03", "", date(2026, 3, 3)),
        ("on 2026-03-03", "", date(2026, 3, 3)),
    ],
)
def test_a_day_at_the_end_is_read(text: str, rest: str, day: date) -> None:
    assert split_day(text, today=TODAY) == (rest, day)


@pytest.mark.parametrize(
    "text",
    [
        "payments-db",
        "backup-2026-03-03",
        "payments-db on 2026-02-30",
        "payments-db on 32 March",
        "payments-db on 30 February",
        "03/04/2026",
        "payments-db on 2026-03-03 please",
        "payments-db 9999 years ago",
        "may",
        "",
    ],
)
def test_what_is_no_day_stays_in_the_question(text: str) -> None:
    assert split_day(text, today=TODAY) == (text, None)


def test_a_month_ago_on_the_last_day_of_a_long_month() -> None:
    assert split_day("x a month ago", today=date(2026, 3, 31)) == ("x", date(2026, 2, 28))
    assert split_day("x a month ago", today=date(2026, 1, 31)) == ("x", date(2025, 12, 31))


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_iso_day_is_read(day: date) -> None:
    assert split_day(f"payments-db on {day.isoformat()}", today=TODAY) == ("payments-db", day)


@given(st.dates(min_value=TODAY - timedelta(days=360), max_value=TODAY))
def test_a_day_without_a_year_is_the_last_one(day: date) -> None:
    assert split_day(f"x on {day.day} {day:%B}", today=TODAY) == ("x", day)


@given(st.text(max_size=60))
def test_nothing_raises(text: str) -> None:
    rest, day = split_day(text, today=TODAY)
    assert day is not None or rest == text


@pytest.mark.parametrize(
    ("text", "rest", "day"),
    [
        ("who owned orders in March", "who owned orders", date(2026, 3, 31)),
        ("who owned orders in March 2024?", "who owned orders", date(2024, 3, 31)),
        ("who owned orders in December", "who owned orders", date(2025, 12, 31)),
        ("who owned orders last spring?", "who owned orders", date(2026, 5, 31)),
        ("who owned orders last Tuesday?", "who owned orders", date(2026, 8, 18)),
        ("who owned orders last Monday", "who owned orders", date(2026, 8, 17)),
        ("who owned orders last sunday", "who owned orders", date(2026, 8, 16)),
        ("who owned orders last week", "who owned orders", date(2026, 8, 16)),
        ("who owned orders last month", "who owned orders", date(2026, 7, 31)),
        ("who owned orders last year", "who owned orders", date(2025, 12, 31)),
        ("who owned orders in 2023", "who owned orders", date(2023, 12, 31)),
        ("who owned orders in August", "who owned orders", date(2026, 8, 20)),
        ("who owned orders last quarter?", "who owned orders", date(2026, 6, 30)),
        ("who owned orders in Q1", "who owned orders", date(2026, 3, 31)),
        ("who owned orders in Q4?", "who owned orders", date(2025, 12, 31)),
        ("who owned orders in Q3", "who owned orders", date(2026, 8, 20)),
        ("who owned orders in Q2 of 2024", "who owned orders", date(2024, 6, 30)),
        ("march", "march", None),
        ("who owns q1", "who owns q1", None),
        ("who owns the spring service", "who owns the spring service", None),
    ],
)
def test_a_month_a_season_or_a_year_is_the_last_day_of_it(text: str, rest: str, day: date | None) -> None:
    assert split_day(text, today=date(2026, 8, 20)) == (rest, day)

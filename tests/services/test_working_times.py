"""When people work, by their time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.services.working_times import WorkingTimes

NOW = datetime(2026, 12, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "free", "is_free"),
    [
        ("Europe/Berlin", date(2026, 12, 25), True),
        ("Europe/Berlin", date(2027, 1, 1), True),
        ("Asia/Calcutta", date(2027, 1, 26), True),  # a former name: Republic Day all the same
        ("US/Eastern", date(2026, 11, 26), True),
        ("UTC", date(2026, 12, 25), False),
        ("UTC", date(2027, 1, 1), True),
        ("Asia/Kolkata", date(2027, 1, 1), True),
        ("Mars/North", date(2026, 12, 25), False),
        ("", date(2026, 12, 25), False),
    ],
)
async def test_holidays_are_those_of_the_zones_country(zone: str, free: date, is_free: bool) -> None:
    times = WorkingTimes()
    work = await times.of(zone, NOW)
    assert (not work.is_workday(free)) == is_free
    assert await times.of(zone, NOW) is work, "looked up once"


async def test_the_years_beside_are_known_too() -> None:
    work = await WorkingTimes().of("Europe/Berlin", NOW)
    assert {date(2025, 12, 25), date(2026, 10, 3), date(2027, 12, 25)} <= work.holidays

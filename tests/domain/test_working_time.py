"""Working hours in the team's own time, around weekends, holidays and changes of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.working_time import WorkingTime, zone_of

ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
works = st.builds(
    lambda zone, holidays: WorkingTime(ZoneInfo(zone), frozenset(holidays)),
    st.sampled_from(ZONES),
    st.sets(st.dates(date(2026, 1, 1), date(2028, 2, 1)), max_size=30),
)
BERLIN = WorkingTime(ZoneInfo("Europe/Berlin"), frozenset({date(2026, 12, 25)}))


@pytest.mark.parametrize("name", ["", "Mars/Base", "Europe", "a" * 300, "../etc/passwd", "Europe/Berlin\0", "."])
def test_a_name_that_an_import_gives_and_no_zone_has_is_utc(name: str) -> None:
    assert zone_of(name).key == "UTC"


def test_the_evening_before_a_long_weekend() -> None:
    thursday = datetime(2026, 12, 24, 17, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert not BERLIN.is_open(thursday)
    assert BERLIN.next_open(thursday) == datetime(2026, 12, 28, 8, tzinfo=UTC)
    assert BERLIN.on_or_after(date(2026, 12, 25)) == date(2026, 12, 28)
    assert BERLIN.on_or_before(date(2026, 12, 27)) == date(2026, 12, 24)


def test_the_digest_comes_at_ten_in_summer_and_winter() -> None:
    winter = BERLIN.next_digest(datetime(2026, 3, 21, tzinfo=UTC))
    summer = BERLIN.next_digest(winter + timedelta(minutes=1))
    assert (winter, summer) == (datetime(2026, 3, 24, 9, tzinfo=UTC), datetime(2026, 3, 31, 8, tzinfo=UTC))


def test_a_digest_on_a_holiday_comes_on_the_next_working_day() -> None:
    work = WorkingTime(ZoneInfo("UTC"), frozenset({date(2026, 11, 24)}))
    assert work.next_digest(datetime(2026, 11, 23, tzinfo=UTC)) == datetime(2026, 11, 25, 10, tzinfo=UTC)
    assert work.next_digest(datetime(2026, 11, 25, 9, tzinfo=UTC)) == datetime(2026, 11, 25, 10, tzinfo=UTC)
    assert work.next_digest(datetime(2026, 11, 25, 11, tzinfo=UTC)) == datetime(2026, 12, 1, 10, tzinfo=UTC)


def test_an_endless_holiday_ends() -> None:
    away = frozenset(date(2026, 1, 1) + timedelta(day) for day in range(400))
    assert WorkingTime(ZoneInfo("UTC"), away).on_or_after(date(2026, 2, 2)) == date(2026, 2, 2)


@given(works, moments)
def test_the_next_opening_is_open_and_the_first(work: WorkingTime, moment: datetime) -> None:
    found = work.next_open(moment)
    assert found >= moment
    assert work.is_open(found)
    step = timedelta(minutes=30)
    between = (moment + step * count for count in range(int((found - moment) / step)))
    assert not any(work.is_open(each) for each in between if each < found)


@given(works, moments)
def test_digests_come_once_a_week_on_working_days(work: WorkingTime, moment: datetime) -> None:
    first = work.next_digest(moment)
    assert first >= moment
    assert work.is_workday(work.today(first))
    assert first.astimezone(work.zone).time() == time(10)
    second = work.next_digest(first + timedelta(seconds=1))
    assert second > first

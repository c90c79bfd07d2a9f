"""Working days and hours of the organisation's zones, worked out once more beside Baton's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

_COUNTRIES = {
    "Europe/Berlin": "DE",
    "America/New_York": "US",
    "America/Los_Angeles": "US",
    "Asia/Tokyo": "JP",
    "Europe/London": "GB",
    "Asia/Kolkata": "IN",
    "Australia/Sydney": "AU",
}


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days and hours of a zone."""

    zone: ZoneInfo
    free: frozenset[date]

    def is_free(self, day: date) -> bool:
        return day.weekday() >= 5 or day in self.free

    def digest(self, day: date) -> date:
        """Return the day of the first digest on or after a day: Tuesday, or the next working day."""
        for back in (1, 0, -1):
            found = day - timedelta((day.weekday() - 1) % 7 + 7 * back)
            while self.is_free(found):
                found += timedelta(1)
            if found >= day:
                return found
        raise AssertionError("no week without a working day")

    def next(self, day: date) -> date:
        """Return the working day after a day."""
        found = day + timedelta(1)
        while self.is_free(found):
            found += timedelta(1)
        return found

    def is_open(self, moment: datetime) -> bool:
        local = moment.astimezone(self.zone)
        return not self.is_free(local.date()) and time(9) <= local.time() < time(17)

    def day(self, moment: datetime) -> date:
        """Return the day that it is in the zone."""
        return moment.astimezone(self.zone).date()


@cache
def calendar(zone: str) -> Calendar:
    """Return the calendar of a zone by its name; UTC, where only New Year's Day is free, where it is empty."""
    country = _COUNTRIES.get(zone)
    free = {date(year, 1, 1) for year in range(2025, 2030)}
    if country:
        free |= set(holidays.country_holidays(country, years=range(2025, 2030)))
    return Calendar(ZoneInfo(zone or "UTC"), frozenset(free))

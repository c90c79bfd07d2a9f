"""When a team is at work: the hours in which Baton may write to it, and the working days around a date."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: A longer break without a working day is taken for a mistake in the list of holidays, and ends here.
_LONGEST_BREAK = 31
_SATURDAY = 5
#: The weekday and time of the weekly digest.
_TUESDAY, _DIGEST = 1, time(10)
_UTC = ZoneInfo("UTC")


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name; UTC if there is none with that name."""
    try:
        return ZoneInfo(name) if name else _UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):  # `Europe` is a folder of zones, not a zone
        return _UTC


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A team's working days (Monday to Friday without `holidays`) and hours, in local time of `zone`."""

    zone: ZoneInfo
    holidays: Set[date] = frozenset()
    opens: time = time(9)
    closes: time = time(17)

    def today(self, moment: datetime) -> date:
        """Return the current day where the team is. `moment` is timezone-aware."""
        return moment.astimezone(self.zone).date()

    def is_workday(self, day: date) -> bool:
        """Whether the team works on that day."""
        return day.weekday() < _SATURDAY and day not in self.holidays

    def is_open(self, moment: datetime) -> bool:
        """Whether the team may be written to at `moment`."""
        local = moment.astimezone(self.zone)
        return self.is_workday(local.date()) and self.opens <= local.time() < self.closes

    def next_open(self, moment: datetime) -> datetime:
        """Return `moment` if the team may be written to then, else the next opening; in UTC."""
        if self.is_open(moment):
            return moment.astimezone(UTC)
        local = moment.astimezone(self.zone)
        day = local.date() if local.time() < self.opens else local.date() + timedelta(1)
        return self.at(self.on_or_after(day), self.opens)

    def later(self, moment: datetime, by: timedelta) -> datetime:
        """Return when `by` of working time has passed since `moment`; in UTC."""
        opening = self.next_open(moment)
        while (left := self.at(self.today(opening), self.closes) - opening) < by:
            by -= left
            opening = self.next_open(opening + left)
        return opening + by

    def next_digest(self, moment: datetime) -> datetime:
        """Return when the weekly digest is due, at or after `moment`: on Tuesday or the next working day; in UTC."""
        day = self.today(moment)
        tuesday = day - timedelta((day.weekday() - _TUESDAY) % 7)
        for week in range(2):
            due = self.at(self.on_or_after(tuesday + timedelta(7 * week)), _DIGEST)
            if due >= moment:
                return due
        return self.at(self.on_or_after(tuesday + timedelta(14)), _DIGEST)

    def last_digest(self, moment: datetime) -> datetime:
        """Return when the last digest was due, at or before `moment`; in UTC."""
        day = self.today(moment)
        tuesday = day - timedelta((day.weekday() - _TUESDAY) % 7)
        while True:
            due = self.at(self.on_or_after(tuesday), _DIGEST)
            if due <= moment:
                return due
            tuesday -= timedelta(7)

    def on_or_after(self, day: date) -> date:
        """Return `day`, or the first working day after it."""
        return self._nearest(day, timedelta(1))

    def on_or_before(self, day: date) -> date:
        """Return `day`, or the last working day before it."""
        return self._nearest(day, timedelta(-1))

    def workday_after(self, day: date, count: int) -> date:
        """Return the working day that is `count` working days after `day`; `day` itself if there are none."""
        for _ in range(count):
            day = self.on_or_after(day + timedelta(1))
        return day

    def at(self, day: date, hour: time) -> datetime:
        """Return a local time as a moment in UTC.

        A time that is skipped when the clocks change counts as an hour later.
        """
        return datetime.combine(day, hour, self.zone).astimezone(UTC)

    def _nearest(self, day: date, step: timedelta) -> date:
        found = day
        for _ in range(_LONGEST_BREAK):
            if self.is_workday(found):
                return found
            found += step
        return day

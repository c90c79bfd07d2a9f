"""When people work, by their time zone: its country's public holidays, looked up off the event loop and kept."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from functools import cache
from importlib import resources

from bot.domain.working_time import WorkingTime, zone_of


class WorkingTimes:
    """The working time of each time zone, for the year that it is there and the years beside it."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], WorkingTime] = {}

    async def of(self, zone_name: str, now: datetime) -> WorkingTime:
        """Return the working time in a zone around `now`.

        Of a zone that lies in no country, or one whose holidays nobody has written down, only weekends are free, and
        New Year's Day, which is free everywhere.
        """
        zone = zone_of(zone_name)
        year = now.astimezone(zone).year
        found = self._known.get((zone_name, year))
        if found is None:
            free = await asyncio.to_thread(_holidays, zone.key, year)
            new_years_days = {date(each, 1, 1) for each in (year - 1, year, year + 1)}
            found = self._known[zone_name, year] = WorkingTime(zone, free | new_years_days)
        return found


def _holidays(zone_name: str, year: int) -> frozenset[date]:
    country = _countries().get(zone_name)
    if country is None:
        return frozenset()
    import holidays  # noqa: PLC0415 - a seventh of a second, and only who reminds needs it

    try:
        found = holidays.country_holidays(country, years=(year - 1, year, year + 1))
    except NotImplementedError:
        return frozenset()
    return frozenset(found)


@cache
def _countries() -> dict[str, str]:
    """Return the country of each time zone that lies in one, by the zone's present and former names.

    From the time zone database: https://data.iana.org/time-zones/tz-link.html
    """
    folder = resources.files("tzdata.zoneinfo")
    rows = (line.split("\t") for line in (folder / "zone.tab").read_text("utf-8").splitlines() if line[:1] != "#")
    found = {row[2].strip(): row[0] for row in rows}
    for line in (folder / "tzdata.zi").read_text("utf-8").splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "L":
            target, name = rest.split()
            if target in found:
                found.setdefault(name, found[target])
    return found

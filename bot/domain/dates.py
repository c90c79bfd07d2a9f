"""Dates as people write them: `2026-03-03`, `3 March 2026`, `March 3rd`, `yesterday`, `two weeks ago`."""

from __future__ import annotations

import re
from datetime import date, timedelta

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
#: Patterns for a month and a number, which `month_number` and `count_of` read.
MONTH = "|".join(rf"{month}|{month[:3]}\.?" for month in MONTHS) + r"|sept\.?"
COUNT = rf"\d{{1,5}}|an?|{'|'.join(_NUMBERS[1:])}"
#: A calendar day, which `day_of` reads. `03/04/2026` is left out, because half the world reads it as April.
DAY = (
    r"(?P<iso>\d{4}-\d{1,2}-\d{1,2})"
    rf"|(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{MONTH})(?:,?\s+(?P<year>\d{{4}}))?"
    rf"|(?P<month2>{MONTH})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<year2>\d{{4}}))?"
)
LONGEST_DAYS = 100 * 366
_MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}

#: A day at the end of a text, with the word before it.
_ENDING = re.compile(
    rf"(?:^|[\s,])(?:(?:on|as\s+of|at)\s+)?(?:the\s+)?(?:{DAY}"
    rf"|(?P<yesterday>yesterday)|(?P<count>{COUNT})\s+(?P<unit>day|week|month|year)s?\s+ago)\s*[?.!]*\s*$",
    re.IGNORECASE,
)


#: A month, a quarter, a season, a year or a day of last week at the end of a text: "in Q1 2026", "last Tuesday".
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SEASONS = {"spring": 5, "summer": 8, "autumn": 11, "fall": 11, "winter": 2}
_PERIOD = re.compile(
    rf"[\s,](?:back\s+)?(?:in\s+(?P<month>{MONTH})(?:\s+(?P<year>\d{{4}}))?|in\s+(?P<whole>(?:19|20)\d\d)"
    r"|in\s+(?:the\s+)?q(?P<quarter>[1-4])(?:\s+(?:of\s+)?(?P<quarters>\d{4}))?"
    rf"|(?:in\s+|the\s+)?last\s+(?P<last>{MONTH}|{'|'.join((*_SEASONS, *_WEEKDAYS))}|week|month|quarter|year))"
    r"\s*[?.!]*\s*$",
    re.IGNORECASE,
)


def split_day(text: str, *, today: date) -> tuple[str, date | None]:
    """Return the text without the day at its end, and that day; None if there is none, or it does not exist.

    A day without a year is its last occurrence up to `today`. A month, quarter, season or year means its last day.
    """
    found = _ENDING.search(text)
    try:
        day = _past(found, today) if found is not None else None
        if found is None and (found := _PERIOD.search(text)) is not None:
            day = _end_of(found, today)
    except (ValueError, OverflowError):
        day = None
    return (text, None) if found is None or day is None else (text[: found.start()].rstrip(" ,"), day)


def _end_of(found: re.Match[str], today: date) -> date:
    """Return the last day of a past or current month, season or year, but never a day after today."""
    if found["whole"]:
        return min(date(int(found["whole"]), 12, 31), today)
    if found["quarter"]:
        return _end_of_quarter(int(found["quarter"]), found["quarters"], today)
    last = (found["last"] or "").lower()
    if last in _WEEKDAYS:
        return today - timedelta((today.weekday() - _WEEKDAYS.index(last) - 1) % 7 + 1)
    if last in _MONTHS_IN or last == "week":
        first, _ = around(today, last)
        return first - timedelta(1)
    month = _SEASONS.get(last) or month_number(last or found["month"])
    year = int(found["year"]) if found["year"] else today.year
    end = around(date(year, month, 1), "month")[1]
    if not found["year"] and date(year, month, 1) > today:
        end = around(date(year - 1, month, 1), "month")[1]
    return min(end, today)


def _end_of_quarter(number: int, year: str | None, today: date) -> date:
    first = date(int(year) if year else today.year, 3 * number - 2, 1)
    if not year and first > today:
        first = first.replace(year=first.year - 1)
    return min(around(first, "quarter")[1], today)


def _past(found: re.Match[str], today: date) -> date | None:
    if found["yesterday"]:
        return today - timedelta(days=1)
    if found["unit"]:
        day = later(today, -count_of(found["count"]), found["unit"].lower())
        return day if today - day <= timedelta(LONGEST_DAYS) or found["unit"].lower() in _MONTHS_IN else None
    return day_of(found, today, is_past=True)


def day_of(found: re.Match[str], today: date, *, is_past: bool) -> date:
    """Return the day that `DAY` matched. Without a year, the nearest one up to `today`, or from it on if not `is_past`.

    Raises ValueError for a day that does not exist.
    """
    if found["iso"]:
        return date(*map(int, found["iso"].split("-")))
    day, month = int(found["day"] or found["day2"]), month_number(found["month"] or found["month2"])
    if year := found["year"] or found["year2"]:
        return date(int(year), month, day)
    # A 29th of February is up to eight years away.
    for years in range(9):
        try:
            named = date(today.year + (-years if is_past else years), month, day)
        except ValueError:
            continue
        if named == today or (named < today) is is_past:
            return named
    raise ValueError(f"there is no day {day} in month {month}")


def month_number(word: str) -> int:
    """Return the number of a month from its full or short name: 3 for `March` and `mar`."""
    return next(number for number, name in enumerate(MONTHS, start=1) if name.startswith(word.lower()[:3]))


def count_of(word: str) -> int:
    """Return the value of a number in digits or words; 1 for `a`."""
    word = word.lower()
    return 1 if word in ("a", "an") else _NUMBERS.index(word) if word in _NUMBERS else int(word)


def later(day: date, count: int, unit: str) -> date:
    """Return `day` plus `count` days, weeks, months, quarters or years. In a shorter month it is the last day."""
    if unit in ("day", "week"):
        return day + timedelta(count * (7 if unit == "week" else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + count * _MONTHS_IN[unit], 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(1)).day))


def around(day: date, unit: str) -> tuple[date, date]:
    """Return the first and last day of the week (from Monday), month, quarter or year that `day` is in."""
    if unit == "week":
        monday = day - timedelta(day.weekday())
        return monday, monday + timedelta(6)
    months = _MONTHS_IN[unit]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, later(first, 1, unit) - timedelta(1)

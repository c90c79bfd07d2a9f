"""Days as people write them at the end of a question: `2026-03-03`, `3 March 2026`, `yesterday`, `two weeks ago`."""

from __future__ import annotations

import re
from datetime import date, timedelta

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MONTH = "|".join(rf"{month}|{month[:3]}\.?|sept\.?" if month == "september" else rf"{month}|{month[:3]}\.?"
                  for month in _MONTHS)  # fmt: skip
_DAYS_IN = {"day": 1, "week": 7}
_LONGEST_AGO = 100 * 366

#: A day at the end of a text, with the word that leads to it. `03/04/2026` is left out: half the world reads April.
_ENDING = re.compile(
    r"(?:^|[\s,])(?:(?:on|as\s+of|at)\s+)?(?:the\s+)?(?:"
    r"(?P<iso>\d{4}-\d{1,2}-\d{1,2})"
    rf"|(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})(?:,?\s+(?P<year>\d{{4}}))?"
    rf"|(?P<month2>{_MONTH})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<year2>\d{{4}}))?"
    r"|(?P<yesterday>yesterday)"
    rf"|(?P<count>\d{{1,4}}|an?|{'|'.join(_NUMBERS[1:])})\s+(?P<unit>day|week|month|year)s?\s+ago"
    r")\s*[?.!]*\s*$",
    re.IGNORECASE,
)


def split_day(text: str, *, today: date) -> tuple[str, date | None]:
    """Return the text without the day that it ends in, and the day; None where it ends in none that exists.

    A day without a year is its last occurrence up to `today`.
    """
    found = _ENDING.search(text)
    if found is None:
        return text, None
    day = _day(found, today)
    return (text, None) if day is None else (text[: found.start()].rstrip(" ,"), day)


def _day(found: re.Match[str], today: date) -> date | None:
    if found["yesterday"]:
        return today - timedelta(days=1)
    if found["unit"]:
        return _ago(_count(found["count"].lower()), found["unit"].lower(), today)
    try:
        if found["iso"]:
            year, month, day = (int(part) for part in found["iso"].split("-"))
            return date(year, month, day)
        return _named(
            int(found["day"] or found["day2"]),
            _month(found["month"] or found["month2"]),
            found["year"] or found["year2"],
            today,
        )
    except ValueError:
        return None


def _named(day: int, month: int, year: str | None, today: date) -> date:
    if year is not None:
        return date(int(year), month, day)
    # The 29th of February was up to eight years ago.
    for back in range(9):
        try:
            named = date(today.year - back, month, day)
        except ValueError:
            continue
        if named <= today:
            return named
    raise ValueError(f"there is no day {day} in month {month}")


def _ago(count: int, unit: str, today: date) -> date | None:
    if unit in _DAYS_IN:
        days = count * _DAYS_IN[unit]
        return today - timedelta(days=days) if days <= _LONGEST_AGO else None
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "year" else 1)
    if months < 12:
        return None
    year, month = divmod(months, 12)
    # A month ago on the 31st is the last day of a shorter month.
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(today.day, last))


def _count(word: str) -> int:
    if word in ("a", "an"):
        return 1
    return _NUMBERS.index(word) if word in _NUMBERS else int(word)


def _month(word: str) -> int:
    return next(number for number, name in enumerate(_MONTHS, start=1) if name.startswith(word.lower()[:3]))

"""The time that a question about end of life is about: `this quarter`, `in 90 days`, `overdue`, `by 31 March`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

#: What "soon" means, in days, and where a report draws its line.
SOON_DAYS = 90

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
#: `may` and `mar` alone are words of a sentence; they count as months where a day, a year or `in` stands beside them.
_MONTH = "|".join(f"{month}|{month[:3]}" for month in _MONTHS) + "|sept"
_LONGEST_DAYS = 100 * 366


@dataclass(frozen=True, slots=True)
class Everything:
    """No time was said."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """What has ended, or goes on only for money."""


@dataclass(frozen=True, slots=True)
class Between:
    """From a day to a day, both included; `said` is how it reads in a sentence: `this quarter`, `by 2027-03-31`."""

    first: date
    last: date
    said: str


Period = Everything | Overdue | Between


def split_period(text: str, *, today: date) -> tuple[str, Period]:
    """Return the text without the time that it names, and that time; the first that is understood counts.

    A time that does not exist (30 February) or lies beyond all calendars is left in the text.
    """
    for pattern, read in _PATTERNS:
        for found in pattern.finditer(text):
            try:
                period = read(found, today)
            except (ValueError, OverflowError):
                continue
            if period is not None:
                return f"{text[: found.start()]} {text[found.end() :]}".strip(), period
    past = _OVERDUE.search(text)
    if past is not None:
        return f"{text[: past.start()]} {text[past.end() :]}".strip(), Overdue()
    return text, Everything()


def _word(pattern: str) -> re.Pattern[str]:
    """A pattern that begins and ends where words do; a hyphen or a dot joins words, so `next-month` is a name."""
    return re.compile(rf"(?<![\w./-])(?:{pattern})(?![\w/-]|\.\w)", re.IGNORECASE)


_DATE = (
    r"(?P<iso>\d{4}-\d{1,2}-\d{1,2})"
    rf"|(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})(?:\s+(?P<year>\d{{4}}))?"
    rf"|(?P<month2>{_MONTH})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+(?P<year2>\d{{4}}))?"
    r"|(?:the\s+)?end\s+of\s+(?:the\s+|this\s+)?(?P<end>week|month|quarter|year)"
    r"|(?:the\s+)?end\s+of\s+next\s+(?P<nextend>week|month|quarter|year)"
    rf"|(?:the\s+)?end\s+of\s+(?P<endmonth>{_MONTH})(?:\s+(?P<endyear>\d{{4}}))?"
    r"|(?P<tomorrow>tomorrow)|(?P<today>today)"
)
_BY = _word(rf"(?P<by>by|before|until|till|up\s+to|on)\s+(?:{_DATE})")
_SPAN = _word(r"(?:in\s+|during\s+|for\s+)?(?:the\s+)?(?P<which>this|current|next|coming|following)\s+"
              r"(?P<unit>week|month|quarter|year)")  # fmt: skip
_AHEAD = _word(
    r"(?:(?:in|within|over|during|for)\s+)?(?:the\s+)?(?:(?:next|coming|following)\s+)?"
    rf"(?P<count>\d{{1,5}}|an?|{'|'.join(_NUMBERS[1:])})\s*(?P<unit>days?|d|weeks?|months?|quarters?|years?)"
)
_QUARTER = _word(r"(?:in\s+|during\s+|for\s+)?q(?P<quarter>[1-4])(?:[\s/]+(?P<year>\d{4}))?")
_NAMED_MONTH = _word(rf"(?:in|during|for)\s+(?P<month>{_MONTH})(?:\s+(?P<year>\d{{4}}))?")
_YEAR = _word(r"(?:in|during|for)\s+(?P<year>20\d\d)")
_SOON = _word(r"soon|upcoming|shortly|coming\s+up")
_DAY = _word(r"(?P<today>today)|(?P<tomorrow>tomorrow)")
_OVERDUE = _word(
    r"overdue|past\s+due|past\s+(?:(?:its|their)\s+)?end[\s-]+of[\s-]+life|already\s+(?:ended|expired|dead|gone|past)"
    r"|expired|unsupported|no\s+longer\s+supported|(?:is|are|runs?|running)\s+out[\s-]+of[\s-]+support|ended"
)


def _by(found: re.Match[str], today: date) -> Between | None:
    last = _date(found, today)
    if found["by"].lower() == "before":
        last -= timedelta(1)
    if last < today:
        return None
    return Between(today, last, f"by {last.isoformat()}")


def _span(found: re.Match[str], today: date) -> Between:
    unit = found["unit"].lower()
    is_next = found["which"].lower() in ("next", "following", "coming")
    first, last = _around(today, unit)
    if is_next:
        first, last = _around(last + timedelta(1), unit)
    return Between(first, last, f"{'next' if is_next else 'this'} {unit}")


def _ahead(found: re.Match[str], today: date) -> Between | None:
    written, unit = found["count"].lower(), found["unit"].lower()
    count = 1 if written in ("a", "an") else _NUMBERS.index(written) if written in _NUMBERS else int(written)
    if unit.startswith("d") or unit.startswith("w"):
        days = count * (7 if unit.startswith("w") else 1)
        last = today + timedelta(min(days, _LONGEST_DAYS))
    else:
        last = _months_on(today, count * {"m": 1, "q": 3, "y": 12}[unit[0]])
    name = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}[unit[0]]
    return Between(today, last, f"within {count:,} {name}{'' if count == 1 else 's'}")


def _quarter(found: re.Match[str], today: date) -> Between:
    number = int(found["quarter"])
    year = int(found["year"]) if found["year"] else today.year + (number < (today.month + 2) // 3)
    first, last = _around(date(year, 3 * number - 2, 1), "quarter")
    return Between(first, last, f"in Q{number} {year}")


def _named_month(found: re.Match[str], today: date) -> Between:
    month = _month_number(found["month"])
    year = int(found["year"]) if found["year"] else today.year + (month < today.month)
    first, last = _around(date(year, month, 1), "month")
    return Between(first, last, f"in {_MONTHS[month - 1].capitalize()} {year}")


def _year(found: re.Match[str], _today: date) -> Between:
    year = int(found["year"])
    return Between(date(year, 1, 1), date(year, 12, 31), f"in {year}")


def _soon(_found: re.Match[str], today: date) -> Between:
    return Between(today, today + timedelta(SOON_DAYS), f"within {SOON_DAYS} days")


def _day(found: re.Match[str], today: date) -> Between:
    day = today + timedelta(1) if found["tomorrow"] else today
    return Between(day, day, "tomorrow" if found["tomorrow"] else "today")


_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Between | None]], ...] = (
    (_BY, _by),
    (_SPAN, _span),
    (_AHEAD, _ahead),
    (_QUARTER, _quarter),
    (_NAMED_MONTH, _named_month),
    (_YEAR, _year),
    (_DAY, _day),
    (_SOON, _soon),
)


def _date(found: re.Match[str], today: date) -> date:
    if found["today"]:
        return today
    if found["tomorrow"]:
        return today + timedelta(1)
    if found["end"]:
        return _around(today, found["end"].lower())[1]
    if found["nextend"]:
        unit = found["nextend"].lower()
        return _around(_around(today, unit)[1] + timedelta(1), unit)[1]
    if found["endmonth"]:
        month = _month_number(found["endmonth"])
        year = int(found["endyear"]) if found["endyear"] else today.year + (month < today.month)
        return _around(date(year, month, 1), "month")[1]
    if found["iso"]:
        year, month, day = (int(part) for part in found["iso"].split("-"))
        return date(year, month, day)
    return _named(int(found["day"] or found["day2"]), _month_number(found["month"] or found["month2"]),
                  found["year"] or found["year2"], today)  # fmt: skip


def _named(day: int, month: int, year: str | None, today: date) -> date:
    if year is not None:
        return date(int(year), month, day)
    # The next 29th of February is up to eight years ahead.
    for ahead in range(9):
        try:
            named = date(today.year + ahead, month, day)
        except ValueError:
            continue
        if named >= today:
            return named
    raise ValueError(f"there is no day {day} in month {month}")


def _around(day: date, unit: str) -> tuple[date, date]:
    """Return the first and last day of the week (from Monday), month, quarter or year that `day` is in."""
    if unit == "week":
        monday = day - timedelta(day.weekday())
        return monday, monday + timedelta(6)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, _months_on(first, months) - timedelta(1)


def _months_on(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(1)).day))


def _month_number(word: str) -> int:
    return next(number for number, name in enumerate(_MONTHS, start=1) if name.startswith(word.lower()[:3]))

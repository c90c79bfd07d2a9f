"""The period that a question about end of life asks for: `this quarter`, `in 90 days`, `overdue`, `by 31 March`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.dates import COUNT, DAY, LONGEST_DAYS, MONTH, MONTHS, around, count_of, day_of, later, month_number
from bot.domain.phrases import counted

#: How many days "soon" means; reports divide the list there, too.
SOON_DAYS = 90


@dataclass(frozen=True, slots=True)
class Everything:
    """No period was given."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """What has ended, or continues only because it is paid for."""


@dataclass(frozen=True, slots=True)
class Between:
    """From one day to another, both included. `said` is the period in a sentence: `this quarter`, `by 2027-03-31`."""

    first: date
    last: date
    said: str


Period = Everything | Overdue | Between


def split_period(text: str, *, today: date) -> tuple[str, Period]:
    """Return the text without the period that it names, and that period. The first one that is understood counts.

    A date that does not exist (30 February) or is beyond all calendars stays in the text.
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


def words_of(pattern: str) -> re.Pattern[str]:
    """Return a pattern that begins and ends at word boundaries.

    A hyphen or a dot joins words: `next-month` is a name.
    """
    return re.compile(rf"(?<![\w./-])(?:{pattern})(?![\w/-]|\.\w)", re.IGNORECASE)


_DATE = (
    rf"{DAY}|(?:the\s+)?end\s+of\s+(?:the\s+|this\s+)?(?P<end>week|month|quarter|year)"
    r"|(?:the\s+)?end\s+of\s+next\s+(?P<nextend>week|month|quarter|year)"
    rf"|(?:the\s+)?end\s+of\s+(?P<endmonth>{MONTH})(?:\s+(?P<endyear>\d{{4}}))?"
    r"|(?P<tomorrow>tomorrow)|(?P<today>today)"
)
#: `may` and `mar` alone are ordinary words. They count as months if a day, a year or `in` is beside them.
_BY = words_of(rf"(?P<by>by|before|until|till|up\s+to|on)\s+(?:{_DATE})")
_SPAN = words_of(r"(?:in\s+|during\s+|for\s+)?(?:the\s+)?(?P<which>this|current|next|coming|following)\s+"
              r"(?P<unit>week|month|quarter|year)")  # fmt: skip
_AHEAD = words_of(
    r"(?:(?:in|within|over|during|for)\s+)?(?:the\s+)?(?:(?:next|coming|following)\s+)?"
    rf"(?P<count>{COUNT})\s*(?P<unit>days?|d|weeks?|months?|quarters?|years?)"
)
_QUARTER = words_of(r"(?:in\s+|during\s+|for\s+)?q(?P<quarter>[1-4])(?:[\s/]+(?P<year>\d{4}))?")
_NAMED_MONTH = words_of(rf"(?:in|during|for)\s+(?P<month>{MONTH})(?:\s+(?P<year>\d{{4}}))?")
_YEAR = words_of(r"(?:in|during|for)\s+(?P<year>20\d\d)")
_SOON = words_of(r"soon|upcoming|shortly|coming\s+up")
_DAY = words_of(r"(?P<today>today)|(?P<tomorrow>tomorrow)")
_OVERDUE = words_of(
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
    first, last = around(today, unit)
    if is_next:
        first, last = around(last + timedelta(1), unit)
    return Between(first, last, f"{'next' if is_next else 'this'} {unit}")


def _ahead(found: re.Match[str], today: date) -> Between | None:
    count, letter = count_of(found["count"]), found["unit"][0].lower()
    unit = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}[letter]
    last = later(today, count, unit)
    if unit in ("day", "week"):
        last = min(last, today + timedelta(LONGEST_DAYS))
    return Between(today, last, f"within {counted(count, unit)}")


def _quarter(found: re.Match[str], today: date) -> Between:
    number = int(found["quarter"])
    year = int(found["year"]) if found["year"] else today.year + (number < (today.month + 2) // 3)
    first, last = around(date(year, 3 * number - 2, 1), "quarter")
    return Between(first, last, f"in Q{number} {year}")


def _named_month(found: re.Match[str], today: date) -> Between:
    first, last = _month(found["month"], found["year"], today)
    return Between(first, last, f"in {MONTHS[first.month - 1].capitalize()} {first.year}")


def _month(name: str, year: str | None, today: date) -> tuple[date, date]:
    month = month_number(name)
    return around(date(int(year) if year else today.year + (month < today.month), month, 1), "month")


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
        return around(today, found["end"].lower())[1]
    if found["nextend"]:
        unit = found["nextend"].lower()
        return around(around(today, unit)[1] + timedelta(1), unit)[1]
    if found["endmonth"]:
        return _month(found["endmonth"], found["endyear"], today)[1]
    return day_of(found, today, is_past=False)

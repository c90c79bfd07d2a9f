"""By when a request is needed: a day after a cue, counted from the message's own day; a later correction wins."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.backlog.cues import patterns, plain
from bot.domain.backlog.threads import Sentence, Thread

_SAID = patterns("due")
_MONTHS = {name.lower(): at for at in range(1, 13) for name in (calendar.month_name[at], calendar.month_abbr[at])} | {
    "sept": 9
}
_DAYS = {name.lower(): at for at in range(7) for name in (calendar.day_name[at], calendar.day_abbr[at])} | {
    "tues": 1, "thur": 3, "thurs": 3, "weds": 2,
}  # fmt: skip
_MONTH = r"(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?:" + "|".join(sorted(_DAYS, key=len, reverse=True)) + r")\b"
_NAMED_MONTH = re.compile(rf"\b({'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b", re.IGNORECASE)
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "a couple of": 2, "a few": 3,
}  # fmt: skip
_NUMBER = r"\d{1,2}|" + "|".join(_NUMBERS)
_DATE = re.compile(
    r"(?<![\w/.-])(?:"
    r"(?P<iso>\d{4}-\d{2}-\d{2})"
    rf"|(?P<end>(?:the )?end of|eo|mid(?:dle of)?[ -]|(?:beginning|start|first week|last week) (?:of|in)|early|late)"
    r"\s?(?:the |this )?"
    rf"(?P<next>next |coming )?"
    rf"(?P<span>q[1-4]|quarter|month|week|year|sprint|day|{_MONTH}|[qmwyd](?=\b))(?:\s(?P<eyear>20\d\d))?"
    rf"|(?P<which_of>first|second|third|last) (?P<day_of>{_DAY}) (?:of|in) (?P<month_of>{_MONTH})"
    rf"|(?P<d1>\d{{1,2}})(?:st|nd|rd|th|\.)?\s(?:of |de )?(?P<m1>{_MONTH})(?:,?\s(?P<y1>20\d\d))?"
    rf"|(?P<m2>{_MONTH})\s(?:the )?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s(?P<y2>20\d\d))?"
    r"|(?P<d3>\d{1,2})\.\s?(?P<m3>1[0-2]|0?[1-9])\.(?:(?P<y3>20\d\d))?(?!\d)"
    r"|(?P<d4>1[3-9]|2\d|3[01])/(?P<m4>1[0-2]|0?[1-9])(?:/(?P<y4>20\d\d))?(?![\d/])"
    r"|(?P<m5>1[0-2]|0?[1-9])/(?P<d5>1[3-9]|2\d|3[01])(?:/(?P<y5>20\d\d))?(?![\d/])"
    r"|(?P<nth>\d{1,2})(?:st|nd|rd|th)\b(?! (?:time|floor|of (?:our|the)))"
    r"|(?<=the )(?P<bare>[12]?\d|3[01])\.?(?=\s*(?:[,;!?)]|$|bitte|please))"
    rf"|(?P<which>next |this |coming )?(?P<wday>{_DAY})(?P<later> next week| week)?"
    r"|(?P<word>today|tonight|this (?:morning|afternoon|evening)|the day after tomorrow|tomorrow|"
    r"next (?:week|month|sprint|quarter)|this (?:week|month|sprint|quarter|year)|(?:the|this) weekend|"
    r"eod|eow|eom|eoy|christmas|year end|year's end|the year ends)\b"
    rf"|(?:with)?in (?:about |the next )?(?P<count>{_NUMBER}) (?P<unit>day|week|month|sprint)s?\b"
    rf"|(?P<count2>{_NUMBER}) (?P<unit2>day|week|month|sprint)s? (?:from now|from today|time)\b"
    r"|(?:kw|cw|calendar week|week)\s?(?P<kw>[1-4]\d|5[0-3])\b"
    r"|(?P<quarter>q[1-4])\b(?:\s(?P<qyear>20\d\d))?"
    rf"|(?P<month>{_MONTH})(?:\s(?P<myear>20\d\d))?"
    r")(?!\w)",
    re.IGNORECASE,
)


_DAYS_END = r"(?:eod|eob|cob|(?:the )?end of (?:the )?(?:working |business )?day|close of business)"
_HOUR = r"(?:noon|morning|afternoon|evening|night|\d{1,2}(?::\d\d)?\s?(?:am|pm|h|o'clock)|\d{1,2}:\d\d)"
#: What says no more than the day beside it: "EOD Thursday", "Thursday, the 16th, at noon", "the 16th of this month".
_BEFORE_DAY = re.compile(
    rf"\b(?:{_DAYS_END}(?:,? (?:on|of))?|{_DAY}(?! next)),? (?=(?:the )?{_DATE.pattern})", re.IGNORECASE
)
_AFTER_DAY = re.compile(
    rf"(?P<said>{_DATE.pattern})(?:,? (?:at |by |in the )?(?:{_DAYS_END}|{_HOUR})\b|(?<=\dth) of (?:this|the) month\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Due:
    """The day by which something is needed, and the words that say so, in which the reason stands."""

    day: date
    quote: str
    message: int

    @property
    def reason(self) -> str:
        """Why by that day: the words that neither wish for or describe something nor name the day; perhaps empty."""
        said = [each.strip(" .!?") for each in _SAID["pieces"].split(self.quote)]
        said = [each for each in said if each and not any(_SAID[kind].search(each) for kind in ("wish", "detail"))]
        reasons = [each for each in said if not (_is_day(each) or _sets_day(each))]
        if reasons:
            return ", ".join(reasons)
        before = _SAID["occasion"].search(self.quote)
        if before is None or _is_day(before[0]):
            return ""
        return re.sub(r"(?:\s+(?:on|at|in|by|of|the))+$", "", _DATE.sub("", plain(before[0])).strip(" .,"))


@dataclass(frozen=True, slots=True)
class _Read:
    due: Due
    is_firm: bool
    corrects: bool
    #: Only the month is named.
    is_month: bool = False


def needed_by(thread: Thread, *, asked_in: Set[int], owned: Set[int]) -> Due | None:
    """Return the first day that DevOps must meet. Sentences in `owned` are about what the team does itself."""
    read: list[_Read] = []
    for sentence in thread.sentences:
        before = thread.sentences[sentence.at - 1].text if sentence.at else ""
        is_when = any(_SAID["when"].search(text) for text in (sentence.text, before if before.endswith("?") else ""))
        text = _days_alone(sentence.text)
        shift = _SAID["shift"].search(text)
        # "a week before, say 26 October" says which day that is
        if shift and not shift["n3"] and _DATE.search(text, shift.end()):
            shift = None
        near = read[-1].due.day if read else None
        # "the Friday before" is no Friday
        days = [each for each in _DATE.finditer(text) if not (shift and shift.start() <= each.start() < shift.end())]
        said = [each.text for each in thread.sentences[: sentence.at + 1] if each.message is sentence.message]
        corrects = any(_SAID["turned_down"].search(each) for each in said)
        is_asked = sentence.at in asked_in
        found = list(_read(sentence, text, days, near, is_asked=is_asked, is_when=is_when, corrects=corrects))
        if sentence.at in owned:
            found = [each for each in found if each.corrects]
        if not found and _SAID["taken_back"].search(text):
            read = []
        elif read and found and any(each.corrects for each in found):
            read = [each for each in found if each.corrects]
        elif read and not found and shift:
            read = [_shifted(each, shift, sentence) for each in read]
        else:
            read.extend([_shifted(each, shift, sentence) for each in found] if shift and not shift["n"] else found)
    # "The sale is in June": where a day of that month is named, too, that is the day.
    dated = {(each.due.day.year, each.due.day.month) for each in read if not each.is_month}
    read = [each for each in read if not (each.is_month and (each.due.day.year, each.due.day.month) in dated)]
    firm = [each.due for each in read if each.is_firm] or [each.due for each in read]
    return min(firm, key=lambda due: due.day, default=None)


def _read(
    sentence: Sentence,
    text: str,
    days: Sequence[re.Match[str]],
    near: date | None,
    *,
    is_asked: bool,
    is_when: bool,
    corrects: bool,
) -> Iterator[_Read]:
    today = sentence.message.day
    # A message that is nothing but a day settles the day that was talked about.
    only = _DATE.fullmatch(_SAID["settles"].sub("", text).strip(" .!?"))
    corrects = corrects or bool(only or (near and _SAID["corrects"].search(text)))
    for found in days:
        before, after = text[max(0, found.start() - 60) : found.start()], text[found.end() :]
        is_firm = any(
            (
                is_when and not _SAID["no_date"].search(before),
                _SAID["cue"].search(before),
                _SAID["after_cue"].search(after),
                _SAID["by_then"].search(after),
                corrects and _SAID["new_day"].search(before),
            )
        )
        # "before the Q3 planning on 21 June": the day of the planning counts.
        following = _DATE.search(text, found.end())
        if following and (found["month"] or _SAID["is_on"].fullmatch(text[found.end() : following.start()])):
            continue
        if found["wday"] and _SAID["beside"].match(after):
            continue  # "11 December, the launch is the Monday after"
        if (
            _SAID["refused"].search(before)
            or _SAID["refused_after"].match(after)
            or (not is_firm and _SAID["no_date"].search(before))
        ):
            continue
        is_event = bool(_SAID["event"].search(before) or _SAID["event"].search(after[:40])) or bool(
            re.search(r"\b(?:for|on)\s+(?:the )?$", before) and is_asked
        )
        is_now = (found["word"] or "").lower().startswith(("today", "tonight", "this ")) and not is_asked
        is_event = is_event or (is_asked and bool(found["word"] or found["count"] or found["count2"]))
        # "today we spend two hours on it" tells how it is now; "can we have it today?" ends with the day.
        is_now = is_now or bool(_SAID["today"].fullmatch(found["word"] or "") and not _SAID["ends"].match(after))
        if not (is_firm or corrects or is_event) or (is_now and not is_firm):
            continue
        day = _day(found, today, near if corrects else None)
        if day is not None and today <= day <= today + timedelta(days=800):
            due = Due(day, sentence.text, sentence.message.index)
            yield _Read(due, is_firm or corrects, corrects, bool(found["month"]))


def _days_alone(text: str) -> str:
    """Return a text in which each day is said once, without the hour."""
    return _BEFORE_DAY.sub("", _AFTER_DAY.sub(r"\g<said>", plain(text)))


def _is_day(text: str) -> bool:
    """Whether words name a day, and nothing else."""
    return not _SAID["content"].search(_DATE.sub(" ", plain(text)))


def _sets_day(text: str) -> bool:
    """Whether words say by which day something is needed, as in "more memory before 2026-12-10": that is no reason."""
    found = _DATE.search(plain(text))
    return found is not None and bool(_SAID["limit"].search(plain(text)[: found.start()]))


def _shifted(read: _Read, shift: re.Match[str], sentence: Sentence) -> _Read:
    day, name = read.due.day, (shift["name"] or "").lower()
    if name in _DAYS and shift["within"]:
        day -= timedelta(days=day.weekday() - _DAYS[name])
    elif name in _DAYS:
        day -= timedelta(days=(day.weekday() - _DAYS[name] - 1) % 7 + 1)
    else:
        days = _days(
            shift["n"] or shift["n2"] or shift["n3"] or shift["n4"] or "a",
            shift["u"] or shift["u2"] or shift["u3"] or shift["u4"] or name,
        )
        is_back = bool(shift["back"] or name or shift["n3"]) or (shift["dir"] or "later").lower() not in (
            "later",
            "more",
        )
        day += timedelta(days=-days if is_back else days)
    return _Read(Due(day, sentence.text, sentence.message.index), read.is_firm, corrects=True)


def _days(count: str, unit: str) -> int:
    number = _NUMBERS.get(count.lower()) or int(count)
    return (
        number
        * {"day": 1, "evening": 1, "night": 1, "week": 7, "fortnight": 14, "sprint": 14, "month": 30}[unit.lower()]
    )


def _day(found: re.Match[str], today: date, near: date | None = None) -> date | None:
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        for group in "12345":
            if found[f"d{group}"]:
                month = found[f"m{group}"].lower().rstrip(".")
                return _dated(int(found[f"d{group}"]), _MONTHS.get(month) or int(month), found[f"y{group}"], today)
        if found["nth"] or found["bare"]:
            return _nth(int(found["nth"] or found["bare"]), found.string[: found.start()], today, near)
        if found["which_of"] or found["kw"]:
            return _weekday_of(found, today) if found["which_of"] else _week(int(found["kw"]), today)
    except ValueError:
        return None
    if found["end"]:
        return _part(
            found["end"].lower().removeprefix("the ").strip(),
            found["span"].lower().rstrip("."),
            bool(found["next"]),
            found["eyear"],
            today,
        )
    if found["wday"]:
        return _weekday(
            _DAYS[found["wday"].lower()], (found["which"] or "").strip().lower(), bool(found["later"]), today
        )
    if found["count"] or found["count2"]:
        return today + timedelta(days=_days(found["count"] or found["count2"], found["unit"] or found["unit2"]))
    if found["quarter"]:
        # "before Q2" ends where it begins, "Q2 is fine" with it.
        if not re.search(r"\b(?:by|before|until|till)\W+(?:the )?$", found.string[: found.start()], re.IGNORECASE):
            return _part("end of", found["quarter"].lower(), following=False, year=found["qyear"], today=today)
        return _first(3 * int(found["quarter"][1]) - 2, found["qyear"], today)
    if found["month"]:
        # "may" and "mar" in small letters are hardly ever the month.
        is_name = found["month"][0].isupper() and len(found["month"].rstrip(".")) > 2
        return _first(_MONTHS[found["month"].lower().rstrip(".")], found["myear"], today) if is_name else None
    return _word(found["word"].lower(), today)


def _dated(day: int, month: int, year: str | None, today: date) -> date:
    if year:
        return date(int(year), month, day)
    named = date(today.year, month, day)
    # A day that is hardly past was meant as past; an older one is next year's.
    return named if named >= today - timedelta(days=45) else date(today.year + 1, month, day)


def _nth(day: int, before: str, today: date, near: date | None) -> date:
    """Return the next such day, or the one next to `near`.

    "before the December run, which is on the 30th" names the month as well.
    """
    if named := [each for each in _NAMED_MONTH.findall(before) if each[0].isupper()]:
        return _dated(day, _MONTHS[named[-1].lower()], None, today)
    first = near or today
    months = [first.year * 12 + first.month - 1 + ahead for ahead in range(-1 if near else 0, 3)]
    days = [
        date(month // 12, month % 12 + 1, day)
        for month in months
        if day <= calendar.monthrange(month // 12, month % 12 + 1)[1]
    ]
    return min((each for each in days if each >= today), key=lambda each: abs(each - first))


def _week(week: int, today: date) -> date:
    friday = date.fromisocalendar(today.year, week, 5)
    return friday if friday >= today else date.fromisocalendar(today.year + 1, week, 5)


def _weekday_of(found: re.Match[str], today: date) -> date:
    """Return the day of "the last Friday of November"."""
    month = _MONTHS[found["month_of"].lower().rstrip(".")]
    first = date(today.year + (month < today.month), month, 1)
    day = first + timedelta(days=(_DAYS[found["day_of"].lower()] - first.weekday()) % 7)
    which = ("first", "second", "third", "last").index(found["which_of"].lower())
    return day + timedelta(weeks=which if which < 3 else (_last(first.year, month) - day).days // 7)


def _first(month: int, year: str | None, today: date) -> date:
    first = date(int(year) if year else today.year, month, 1)
    return first if year or first > today else date(today.year + 1, month, 1)


def _last(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _weekday(day: int, which: str, later: bool, today: date) -> date:
    if later or which == "next":
        return today + timedelta(days=7 - today.weekday() + day)
    return today + timedelta(days=(day - today.weekday() - 1) % 7 + 1)


def _part(part: str, span: str, following: bool, year: str | None, today: date) -> date | None:
    """Return the end, middle or beginning of a month, quarter, week or year."""
    span = {"q": "quarter", "m": "month", "w": "week", "y": "year", "d": "day"}.get(span, span)
    if span == "day":
        return today
    if span == "week":
        return (
            today
            - timedelta(days=today.weekday())
            + timedelta(days=4 + 7 * following if part[:1] == "e" else 2 + 7 * following)
        )
    if span == "sprint":
        return today + timedelta(days=14 if following else 10)
    if span == "year":
        return date(today.year + following, 12, 31)
    if span.startswith("q"):
        quarter = int(span[1]) if span[1:].isdigit() else (today.month - 1) // 3 + 1 + following
        ahead, month = (quarter - 1) // 4, 3 * ((quarter - 1) % 4 + 1)
        length = 3
    else:
        ahead = 0
        month, length = (_MONTHS.get(span) or today.month), 1
        if span == "month" and following:
            ahead, month = month // 12, month % 12 + 1
    known = int(year) if year else today.year + ahead
    last = _last(known, month)
    if last < today and not year:
        last = _last(known + 1, month)
    if part.startswith(("begin", "start", "early")):
        return date(last.year, month - length + 1, 1)
    if part.startswith("first week"):
        return date(last.year, month - length + 1, 7)
    return date(last.year, month, 15) if part.startswith("mid") else last


def _word(word: str, today: date) -> date | None:
    friday = today + timedelta(days=4 - today.weekday())
    if word in ("today", "tonight", "eod", "this morning", "this afternoon", "this evening"):
        return today
    if word in ("this week", "eow") or word.endswith("weekend"):
        return max(friday, today)
    if word in ("this month", "eom"):
        return _last(today.year, today.month)
    if word in ("this quarter", "eoy"):
        return _part("end of", "quarter" if word == "this quarter" else "year", following=False, year=None, today=today)
    return {
        "tomorrow": today + timedelta(days=1),
        "the day after tomorrow": today + timedelta(days=2),
        "christmas": date(today.year, 12, 24),
        **dict.fromkeys(("this year", "year end", "year's end", "the year ends"), date(today.year, 12, 31)),
        "next week": friday + timedelta(days=7),
        "next month": _part("end of", "month", following=True, year=None, today=today),
        "next sprint": today + timedelta(days=14),
        "next quarter": _part("start of", "quarter", following=True, year=None, today=today),
    }.get(word)

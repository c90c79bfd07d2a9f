"""By when a request is needed: a day after a cue, counted from the message's own day; a later correction wins."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.domain.backlog.cues import instead, patterns, plain
from bot.domain.backlog.threads import Sentence, Thread
from bot.domain.dates import COUNT, MONTHS, around, count_of, later, month_number

_SAID = patterns("due")
_DAYS = {name.lower(): at for at in range(7) for name in (calendar.day_name[at], calendar.day_abbr[at])} | {
    "tues": 1, "thur": 3, "thurs": 3, "weds": 2,
}  # fmt: skip
_MONTH = rf"(?:{'|'.join(MONTHS)}|(?:{'|'.join(each[:3] for each in MONTHS)}|sept)\b\.?)"
# "sun" and "sat" in small letters are words
_DAY = rf"(?:(?!(?-i:su|sa)[nt]\b){'|'.join(sorted(_DAYS, key=len, reverse=True))})\b"
_YEAR = r"(?:'\d\d|(?:19|2[01])\d\d)"
_NAMED_MONTH = re.compile(rf"\b(?-i:(?=[A-Z])){_MONTH}", re.IGNORECASE)
_FEW = {"a couple of": 2, "a few": 3}
_COUNT = rf"{'|'.join(_FEW)}|{COUNT}"
_UNIT = "day|week|month|sprint"
#: What days are also called.
_SAME = instead("days")
#: How days are written, by how they are read.
_FORMS = {
    "iso": r"\d{4}-\d{2}-\d{2}",
    "span": r"(?P<part>(?:the )?end of|eo|mid(?:dle of)?[ -]|(?:beginning|start|(?:first|last) week) (?:of|in)|early|"
    rf"late)\s?(?:the |this )?(?P<next>next |coming )?"
    rf"(?P<unit>q[1-4]|quarter|month|week|year|sprint|day|{_MONTH}|{_YEAR}|[qmwyd]\b)(?:,? (?P<year>{_YEAR}))?",
    "nth_weekday": rf"(?P<which>first|second|third|last) (?P<on>{_DAY}) (?:of|in) (?P<in_month>{_MONTH})",
    "calendar": rf"(?P<d1>\d{{1,2}})(?:st|nd|rd|th|\.)?\s(?:of |de )?(?P<m1>{_MONTH})(?:,?\s(?P<y1>{_YEAR}))?"
    rf"|(?P<m2>{_MONTH}),?\s(?:the )?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s(?P<y2>{_YEAR}))?",
    "figures": rf"(?P<d3>\d{{1,2}})\.\s?(?P<m3>1[0-2]|0?[1-9])\.(?P<y3>{_YEAR})?(?!\d)"
    rf"|(?P<d4>1[3-9]|2\d|3[01])/(?P<m4>1[0-2]|0?[1-9])(?:/(?P<y4>{_YEAR}))?(?![\d/])"
    rf"|(?P<m5>1[0-2]|0?[1-9])/(?P<d5>1[3-9]|2\d|3[01])(?:/(?P<y5>{_YEAR}))?(?![\d/])",
    # "the 20th", and "20th" where it ends what is said: the "3rd cert" and the "5th floor" are no days
    "nth": rf"(?=\d+[a-z]+\s*(?:$|[^\w\s:]|{_SAID['on_from_nth'].pattern}))"
    r"(?P<ordinal>\d{1,2})(?:st|nd|rd|th)\b(?! of (?:our|the))"
    r"|(?<=the )(?P<bare>[12]?\d|3[01])\.?(?=\s*(?:[,;!?)]|$|bitte|please))",
    "weekday": rf"(?P<next2>next )?(?:this |coming )?(?P<wday>{_DAY})"
    r"(?P<later> (?:of )?next week| week| in (?:two|2) weeks)?",
    "word": rf"(?:today|{'|'.join(sorted(_SAME, key=len, reverse=True))})\b",
    "ahead": rf"(?:with)?in (?:about |exactly |the next )?(?P<count>{_COUNT}) (?P<of>{_UNIT})s?\b"
    rf"|(?P<count2>{_COUNT}) (?P<of2>{_UNIT})s? (?:from now|from today|time)\b",
    "week": r"(?:kw|cw|calendar week|week)\s?(?P<number>[1-4]\d|5[0-3])\b",
    "quarter": rf"(?P<q>q[1-4])\b(?:\s(?P<q_year>{_YEAR}))?",
    "month": rf"(?P<name>{_MONTH})(?:\s(?P<m_year>{_YEAR}))?",
}
#: Forms that name a day which is hardly ever told without a reason.
_EXACT = ("iso", "span", "nth_weekday", "calendar", "nth")
_DATE = re.compile(
    rf"(?<![\w/.-])(?:{'|'.join(f'(?P<{name}>{form})' for name, form in _FORMS.items())})(?!\w)", re.IGNORECASE
)
#: "two weeks", "the evening before"
_SPAN = re.compile(rf"\b({_COUNT}|the) (?:more )?(day|evening|night|week|fortnight|sprint|month)s?\b", re.IGNORECASE)
_DAYS_END = r"(?:eod|eob|cob|(?:the )?end of (?:the )?(?:working |business )?day|close of business)"
_HOUR = r"(?:noon|morning|afternoon|evening|night|\d{1,2}(?::\d\d)?\s?(?:am|pm|h|o'clock)|\d{1,2}:\d\d)"
#: What says no more than the day beside it: "EOD Thursday", "Thursday, the 16th, at noon", "the 16th of this month".
_BEFORE_DAY = re.compile(
    rf"\b(?:{_DAYS_END}(?:,? (?:on|of))?|{_DAY}(?! next| in )),? (?=(?:the )?{_DATE.pattern})", re.IGNORECASE
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
    #: Whether a cue says so; and whether only the month is named.
    is_firm: bool = False
    is_month: bool = False

    @property
    def reason(self) -> str:
        """Why by that day: the words that neither wish for or describe something nor name the day; perhaps empty."""
        said = [each.strip(" .!?") for each in _SAID["pieces"].split(self.quote)]
        said = [each for each in said if each and not any(_SAID[kind].search(each) for kind in ("wish", "detail"))]
        if reasons := [each for each in said if not _is_day(each)]:
            return ", ".join(reasons)
        before = _SAID["occasion"].search(self.quote)
        if before is None or _is_day(before[0]):
            return ""
        return re.sub(r"(?:\s+(?:on|at|in|by|of|the))+$", "", _DATE.sub("", plain(before[0])).strip(" .,"))


def needed_by(thread: Thread, *, asked_in: Set[int]) -> Due | None:
    """Return the first day that DevOps must meet. Sentences in `asked_in` ask for something."""
    known: list[Due] = []
    days = {each.index: each.day for each in thread.messages}
    for sentence in thread.sentences:
        text, at = _days_alone(sentence.text), sentence.message.index
        shift = _SAID["shift"].search(text)
        # "a week before, say 26 October" says which day that is
        if shift and not shift["event"] and _DATE.search(text, shift.end()):
            shift = None
        corrects = _corrects(thread, sentence, text, is_open=bool(known))
        near = known[-1].day if known and corrects else None
        found = list(_found(thread, sentence, text, shift, near, is_asked=sentence.at in asked_in, corrects=corrects))
        if not found and _SAID["taken_back"].search(text):
            known = []
        elif not found and shift:
            known = [_moved(each, shift, sentence) for each in known]
        elif known and corrects and found:
            known = found
        else:
            # Who names a day on a later one has news of it.
            is_news = bool(found and known and days[at] > days[known[-1].message])
            known = [each for each in known if each.message == at] if is_news else known
            known += [_moved(each, shift, sentence) for each in found] if shift and not shift["by"] else found
    # "The sale is in June": where a day of that month is named, too, that is the day.
    dated = {(each.day.year, each.day.month) for each in known if not each.is_month}
    known = [each for each in known if not (each.is_month and (each.day.year, each.day.month) in dated)]
    return min([each for each in known if each.is_firm] or known, key=lambda due: due.day, default=None)


def _corrects(thread: Thread, sentence: Sentence, text: str, *, is_open: bool) -> bool:
    """Whether the day of a sentence takes the place of those that were said before."""
    start = sentence.at
    while start and thread.sentences[start - 1].message is sentence.message:
        start -= 1
    said = [each.text for each in thread.sentences[start : sentence.at + 1]]
    # A message that is nothing but a day settles the day that was talked about.
    only = _DATE.fullmatch(_SAID["settles"].sub("", text).strip(" .!?"))
    is_turned_down = any(_SAID["turned_down"].search(each) for each in said)
    return bool(only or is_turned_down or (is_open and _SAID["corrects"].search(text)))


def _found(
    thread: Thread,
    sentence: Sentence,
    text: str,
    shift: re.Match[str] | None,
    near: date | None,
    *,
    is_asked: bool,
    corrects: bool,
) -> Iterator[Due]:
    """Yield the days of a sentence that something has to be ready by, or that it happens on."""
    said, asked = sentence.message, thread.sentences[sentence.at - 1].text if sentence.at else ""
    is_when = any(_SAID["when"].search(each) for each in (text, asked if asked.endswith("?") else ""))
    for found in () if _SAID["since_when"].search(asked) else _DATE.finditer(text):
        before, after = text[max(0, found.start() - 60) : found.start()], text[found.end() :]
        is_past = bool(_SAID["no_date"].search(before))
        is_new = bool(corrects and (_SAID["new_day"].search(before) or _SAID["new_day_after"].match(after)))
        is_firm = is_new or _has_cue(before, after) or (is_when and not is_past)
        is_told = not is_past and (corrects or _is_told(found, before, after, is_asked=is_asked))
        # "the Friday before" is no Friday
        is_moved = shift is not None and shift.start() <= found.start() < shift.end()
        if is_moved or _is_beside(found, after) or _SAID["refused"].search(before) or not (is_firm or is_told):
            continue
        day = _day(found, said.day, near)
        if day is not None and timedelta(not (is_firm or found["word"])) <= day - said.day <= timedelta(days=800):
            yield Due(day, sentence.text, said.index, is_firm or corrects, bool(found["month"]))


def _has_cue(before: str, after: str) -> bool:
    """Whether the words around a day say that it is the last one."""
    return bool(_SAID["cue"].search(before) or _SAID["after_cue"].search(after) or _SAID["by_then"].search(after))


def _is_told(found: re.Match[str], before: str, after: str, *, is_asked: bool) -> bool:
    """Whether something happens on a day. "Today" and "Friday" are said in passing as well, "20 November" hardly is."""
    word = (found["word"] or "").lower()
    is_now = word.startswith(("to", "this ")) and word != "tomorrow"
    # "today we spend two hours on it" tells how it is now; "can we have it today?" ends with the day.
    if is_now and (not is_asked or (word.startswith("to") and not _SAID["ends"].match(after))):
        return False
    is_event = bool(_SAID["event"].search(before) or _SAID["event"].search(after[:40]))
    is_wanted = is_asked and bool(word or found["ahead"] or _SAID["on"].search(before))
    is_vague = bool((found["month"] or found["span"]) and before.endswith("in "))
    return not is_vague and (is_event or is_wanted or any(found[each] for each in _EXACT))


def _is_beside(found: re.Match[str], after: str) -> bool:
    """Whether a day only leads to the one behind it, or is turned down."""
    following = _DATE.search(after)
    return bool(
        # "before the Q3 planning on 21 June": the day of the planning counts.
        (following and (found["month"] or _SAID["is_on"].fullmatch(after[: following.start()])))
        # "early December, so the 3rd"
        or (following and found["span"] and _SAID["exactly"].fullmatch(after[: following.start()]))
        or (found["weekday"] and _SAID["beside"].match(after))  # "11 December, the launch is the Monday after"
        or _SAID["refused_after"].match(after)
    )


def _days_alone(text: str) -> str:
    """Return a text in which each day is said once, without the hour."""
    return _BEFORE_DAY.sub("", _AFTER_DAY.sub(r"\g<said>", plain(text)))


def _is_day(text: str) -> bool:
    """Whether words name a day and nothing else, or the day by which something is needed: that is no reason."""
    said = plain(text)
    found = _DATE.search(said)
    is_limit = found is not None and _SAID["limit"].search(said[: found.start()])
    return bool(is_limit or not _SAID["content"].search(_DATE.sub(" ", said)))


def _moved(due: Due, shift: re.Match[str], sentence: Sentence) -> Due:
    """Return a day as "two weeks earlier", "moved by three days" or "the Friday before" moves it."""
    day, said = due.day, shift[0].lower()
    if name := shift["name"]:
        back = (day.weekday() - _DAYS[name.lower()]) % 7
        day -= timedelta(back if shift["within"] else back or 7)
    else:
        counted = _SPAN.search(said)
        days = _days(counted[1], counted[2]) if counted else 1
        day += timedelta(-days if _SAID["back"].search(said) else days)
    return replace(due, day=day, quote=sentence.text, message=sentence.message.index)


def _days(count: str, unit: str) -> int:
    number = _FEW.get(count.lower()) or count_of(count.lower().replace("the", "a"))
    return number * {"week": 7, "fortnight": 14, "sprint": 14, "month": 30}.get(unit.lower(), 1)


def _day(found: re.Match[str], today: date, near: date | None = None) -> date | None:
    """Return the day that `_DATE` has matched; None where no calendar has it."""
    try:
        match found.lastgroup:
            case "iso":
                return date.fromisoformat(found["iso"])
            case "calendar" | "figures":
                each = next(each for each in "12345" if found[f"d{each}"])
                month = found[f"m{each}"]
                number = int(month) if month.isdigit() else month_number(month)
                return _dated(int(found[f"d{each}"]), number, found[f"y{each}"], today)
            case "nth":
                return _nth(int(found["ordinal"] or found["bare"]), found.string[: found.start()], today, near)
            case "nth_weekday":
                return _nth_weekday(found, today)
            case "week":
                friday = date.fromisocalendar(today.year, int(found["number"]), 5)
                return friday if friday >= today else date.fromisocalendar(today.year + 1, int(found["number"]), 5)
            case "span":
                return _part(found["part"], found["unit"], bool(found["next"]), found["year"], today)
            case "weekday":
                day = _DAYS[found["wday"].lower()]
                if found["later"] or found["next2"]:
                    weeks = 2 if (found["later"] or "").endswith("weeks") else 1
                    return today + timedelta(7 * weeks - today.weekday() + day)
                return today + timedelta((day - today.weekday() - 1) % 7 + 1)
            case "ahead":
                return today + timedelta(_days(found["count"] or found["count2"], found["of"] or found["of2"]))
            case "quarter":
                # "before Q2" ends where it begins, "Q2 is fine" with it.
                is_limit = _SAID["limit"].search(found.string[: found.start()])
                return _part("start" if is_limit else "end", found["q"], False, found["q_year"], today)
            case "month":
                # "may" and "mar" in small letters are hardly ever the month.
                is_name = found["name"][0].isupper() and len(found["name"].rstrip(".")) > 2
                return _part("start", found["name"], False, found["m_year"], today) if is_name else None
    except ValueError:
        return None
    same = _DATE.fullmatch(_SAME.get(found[0].lower(), ""))
    return _day(same, today) if same else today


def _dated(day: int, month: int, year: str | None, today: date) -> date | None:
    if year:
        return date(_year(year), month, day)
    # A day that is hardly past was meant as past; an older one is next year's, and 29 February up to eight years away.
    years = (each for each in range(today.year, today.year + 9) if day <= calendar.monthrange(each, month)[1])
    named = (date(each, month, day) for each in years)
    return next((each for each in named if each >= today - timedelta(days=45)), None)


def _year(said: str) -> int:
    return 2000 + int(said[1:]) if said.startswith("'") else int(said)


def _nth(day: int, before: str, today: date, near: date | None) -> date | None:
    """Return the next such day, or the one next to `near`.

    "before the December run, which is on the 30th" names the month as well.
    """
    if named := _NAMED_MONTH.findall(before):
        return _dated(day, month_number(named[-1]), None, today)
    first = near or today
    months = [later(first.replace(day=1), ahead, "month") for ahead in range(-1 if near else 0, 3)]
    days = [month.replace(day=day) for month in months if day <= around(month, "month")[1].day]
    return min((each for each in days if each >= today), key=lambda each: abs(each - first))


def _nth_weekday(found: re.Match[str], today: date) -> date:
    """Return the day of "the last Friday of November"."""
    month = month_number(found["in_month"])
    first, last = around(date(today.year + (month < today.month), month, 1), "month")
    day = first + timedelta((_DAYS[found["on"].lower()] - first.weekday()) % 7)
    which = ("first", "second", "third", "last").index(found["which"].lower())
    return day + timedelta(weeks=which if which < 3 else (last - day).days // 7)


def _part(part: str, unit: str, following: bool, year: str | None, today: date) -> date:
    """Return the end, middle or beginning of a month, quarter, week or year."""
    part, unit = part.lower().removeprefix("the "), unit.lower()
    unit = {"q": "quarter", "m": "month", "w": "week", "y": "year", "d": "day"}.get(unit, unit)
    is_start = part.startswith(("begin", "start", "early"))
    if unit in ("day", "sprint"):
        return today if unit == "day" else today + timedelta((14 if is_start else 28) if following else 10)
    if unit in ("week", "month", "quarter", "year"):
        first, last = around(later(today, int(following), unit), unit)
    elif re.fullmatch(_YEAR, unit):
        first, last = around(date(_year(unit), 1, 1), "year")
    else:
        number = 3 * int(unit[1]) - 2 if unit[1:].isdigit() else month_number(unit)
        span = "quarter" if unit[1:].isdigit() else "month"
        first, last = around(date(_year(year) if year else today.year, number, 1), span)
        if not year and last < today:
            first, last = around(later(first, 1, "year"), span)
    if unit == "week":
        is_end = part.startswith(("end", "eo", "la"))
        return max(today, last - timedelta(2)) if is_end else first + timedelta(2)
    if is_start:
        return first
    if part.startswith("first week"):
        return first + timedelta(6)
    return (first + (last - first) // 2).replace(day=15) if part.startswith("mid") else last

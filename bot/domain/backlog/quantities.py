"""Hours that a thread says its team loses, with their rate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest

from bot.domain.backlog.cues import patterns, plain, ungrouped
from bot.domain.backlog.people import counted, number
from bot.domain.backlog.threads import Sentence, Thread

_SAID = patterns("quantities")
WEEKS_A_MONTH = 4.33
HOURS_A_DAY = 8.0
HOURS_A_WEEK = 40.0
WEEKS_A_SPRINT = 2.0
#: So many sentences later hours are put right.
_SHORTLY = 3
#: A sentence with more amounts is a table or a log.
_MOST_AMOUNTS = 4
_WORDS = {"once": 1, "twice": 2, "thrice": 3, "other": 2, "second": 2, "a couple of": 2, "a few": 3, "a dozen": 12}
#: A month has no more hours.
_MOST_HOURS = 31 * 24
_PARTS = {"": 0.0, "half": 0.5, "quarter": 0.25}
_FRACTIONS = {"½": 0.5, "1/2": 0.5, "¼": 0.25, "1/4": 0.25, "¾": 0.75, "3/4": 0.75}
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_A_MONTH = {
    "day": 5 * WEEKS_A_MONTH, "night": 7 * WEEKS_A_MONTH, "week": WEEKS_A_MONTH,
    "month": 1.0, "sprint": WEEKS_A_MONTH / WEEKS_A_SPRINT,
    "quarter": 1 / 3, "year": 1 / 12,
}  # fmt: skip
_PERIODS = {
    **dict.fromkeys(("working day", "work day", "workday", "weekday", "dai"), "day"),
    **dict.fromkeys(("morning", "working morning", "evening", "afternoon", "weekdays", "workdays"), "day"),
    **dict.fromkeys(("iteration", "fortnight", "biweek", "bi-week"), "sprint"),
    "weekend": "week", "d": "day", "w": "week", "wk": "week",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hours:
    """Time that work takes: `amount` hours `per` week, or per time, of `people`; `monthly` if a cadence is said."""

    amount: float
    per: str | None
    people: int
    monthly: float | None
    quote: str
    message: int


def _plain(text: str) -> str:
    """Return a text in which days and numbers are said in the one way that is read, and times in hours."""
    text = _SAID["unit_first"].sub(r"\g<n> hours", text)
    text = _SAID["fraction"].sub(lambda found: f"{int(found[1] or 0) + _FRACTIONS[found[2]]}", text)
    text = _SAID["part_of_time"].sub(
        lambda found: f"{int(found[1]) / 100 * HOURS_A_WEEK:.1f} hours a week", plain(ungrouped(text))
    )
    return _SAID["two_units"].sub(_in_hours, text)


def _in_hours(found: re.Match[str]) -> str:
    big, small = _number(found["big"] or found["clock"]), int(found["small"] or found["past"])
    return f"{big * HOURS_A_DAY + small if found['day'] else big + small / 60:.2f} hours"


def hours(thread: Thread) -> Hours | None:
    """Return what the team loses, as its last word has it; without a cadence there is no monthly figure."""
    found: list[Hours] = []
    last = 0
    for sentence in thread.sentences:
        said = list(_hours(thread, sentence))
        if not said and found and sentence.at - last <= _SHORTLY and (right := _put_right(found[-1], sentence)):
            said = [right]
        found += said
        last = sentence.at if said else last
    known = [each for each in found if each.monthly is not None]
    return next(reversed(known or found), None)


def _put_right(last: Hours, sentence: Sentence) -> Hours | None:
    """Return hours of which a later sentence says one part anew: "make that five times a week", "more like 3 hours"."""
    text = _plain(sentence.low)
    begins = _SAID["puts_right"].match(text)
    if begins is None or not last.monthly:
        return None
    rest = text[begins.end() :]
    amount, bare, often = _SAID["amount"].search(rest), _SAID["bare"].match(rest), _often(rest)
    spent, people, per, factor = last.amount, last.people, last.per, last.monthly / (last.amount * last.people)
    if bare:
        count, times = _number(bare["n"]), factor / _A_MONTH.get(per or "", factor)
        unit = 60 if spent < 1 else 1
        # "40 minutes, ten times a month", "rather twelve": the number that it is nearest to is put right.
        if times > 1 and _apart(count, times) < _apart(count, spent * unit):
            factor *= count / times
        else:
            spent = count / unit
    elif often:
        per, factor = often
    elif amount:
        spent = _spent(amount)
    else:
        return None
    return Hours(spent, per, people, round(spent * factor * people, 2), sentence.text, sentence.message.index)


def _apart(one: float, other: float) -> float:
    return max(one, other) / max(min(one, other), 0.01)


def _hours(thread: Thread, sentence: Sentence) -> Iterator[Hours]:
    text = _plain(sentence.text)
    for amount in islice(_amounts(text), _MOST_AMOUNTS):
        rate, times = _rate(thread, sentence, amount), _SAID["each_time"].search(text)
        if not _is_spent(text, amount) or not (rate or times):
            continue
        spent = _spent(amount)
        of_each = _SAID["each_of"].search(text[: amount.start()])
        people = int(_number(of_each["n"])) if of_each else _people(thread, sentence, amount)
        per, factor = rate or (times[0].lower() if times else None, None)
        if spent * (factor or 0) > _MOST_HOURS:
            continue
        monthly = None if factor is None else round(spent * factor * people, 2)
        yield Hours(spent, per, people, monthly, sentence.text, sentence.message.index)


def _amounts(text: str) -> Iterator[re.Match[str]]:
    """Yield the amounts of time; "a day" in "20 minutes a day" and "seven days a week" say how often."""
    hushed = _SAID["days_of_five"].sub(_hush, text)
    often = _SAID["days_a_week"].sub(_hush, hushed)
    for amount in _SAID["amount"].finditer(often if _SAID["amount"].search(often) else hushed):
        is_day = amount["unit"].lower().startswith(("day", "morning", "afternoon"))
        is_one = is_day and amount["low"].lower() in ("a", "an", "one")
        if not (is_one and _SAID["rated"].search(text[: amount.start()])):
            yield amount


def _is_spent(text: str, amount: re.Match[str]) -> bool:
    """Whether somebody works for that time."""
    if _SAID["no_amount"].search(text[: amount.start()]):
        return False
    near = re.split(r"[,;:(]\s", text[: amount.end()])[-1] + re.split(r"[,;)]", text[amount.end() :])[0]
    return not _SAID["with_us"].search(near) and bool(not _SAID["no_work"].search(near) or _SAID["hands"].search(near))


def _spent(amount: re.Match[str]) -> float:
    low, high = _number(amount["low"]), amount["high"] or amount["more"]
    spent = ((low + _number(high)) / 2 if high else low) + _PARTS[(amount["part"] or "").lower()]
    unit = amount["unit"].lower()
    if unit.startswith("min"):
        return spent / 60
    return spent * (HOURS_A_DAY if unit.startswith(("day", "pd")) else 4 if "noon" in unit or "morn" in unit else 1)


def _rate(thread: Thread, sentence: Sentence, amount: re.Match[str]) -> tuple[str, float] | None:
    """Return how often: said beside the amount, else in its sentence, else in the sentences around it."""
    text = _plain(sentence.text)
    if often := _often(text, *amount.span()):
        return often
    for beside, is_talk in _beside(thread, sentence):
        said = _plain(beside.text)
        often = None if any(_amounts(_SAID["days_a_week"].sub(_hush, said))) else _often(said)
        if often and _SAID["so"].match(text):
            return often[0], _A_MONTH[often[0]]
        is_near = is_talk or beside.message is sentence.message or bool(_SAID["each_time"].search(text))
        if often and _SAID["weekend"].search(text) and not _SAID["weekend"].search(said):
            often = _with_weekends(often)
        if often and (is_near or any(each["times"] for each in _rates(said))):
            return often
    return None


def _beside(thread: Thread, sentence: Sentence) -> Iterator[tuple[Sentence, bool]]:
    """Yield two sentences on either side of one, the nearest first, and whether they talk about the same thing.

    So they do with "how long?" between them, which counts for no distance, or "every release".
    """
    sides: list[list[tuple[Sentence, bool]]] = [[], []]
    for side, step in zip(sides, (1, -1), strict=True):
        at, left, is_talk = sentence.at + step, 2, False
        while left and 0 <= at < len(thread.sentences):
            beside = thread.sentences[at]
            is_question = bool(_SAID["how"].search(beside.text))
            side.append((beside, is_talk or is_question))
            is_talk = is_question or bool(_SAID["each_time"].match(beside.text))
            left, at = left - (not is_question), at + step
    yield from (each for pair in zip_longest(*sides) for each in pair if each)


def _often(text: str, start: int = 0, end: int = 0) -> tuple[str, float] | None:
    """Return how often a text says, nearest to the amount from `start` to `end`."""
    without = _SAID["weekend"].sub(_hush, text)
    # "20 minutes a day, Sundays too" is no Sunday's work.
    is_daily = any(_times(each)[0] == "day" for each in _rates(without, start, end))
    often = _nearest(without if is_daily else text, start, end)
    return _with_weekends(often) if often and without != text else often


def _with_weekends(often: tuple[str, float]) -> tuple[str, float]:
    """Return how often work is done that is done on each day of the week, not on five."""
    return (often[0], often[1] * 7 / 5) if often[0] == "day" else often


def _nearest(text: str, start: int, end: int) -> tuple[str, float] | None:
    """Return what says how often nearest to an amount."""
    if days := _days_a_week(text):
        daily = next((each for each in _rates(text, start, end) if each["times"] and each["period"] == "day"), None)
        return "week", WEEKS_A_MONTH * days * (_number(daily["times"]) if daily else 1)
    found = sorted(_rates(text, start, end), key=lambda each: abs(each.start() - end))
    # "ten times a day, 6 minutes each, weekdays"
    daily = next((each for each in found if each["times"] and each["period"] == "day"), None)
    is_daily = found and _times(found[0]) == ("day", _A_MONTH["day"])
    return _times(daily if daily and is_daily else found[0]) if found else None


def _days_a_week(text: str) -> float:
    """Return how often "Tuesdays and Fridays", "Mon-Fri" or "two of five mornings" is; 0 where no days are listed."""
    if part := _SAID["days_of_five"].search(text):
        return _number(part["n"] or part["of"])
    if span := _SAID["days_span"].search(text):
        first, last = (_WEEK.index(span[each][:3].lower()) for each in ("first", "last"))
        return (last - first) % 7 + 1
    listed = _SAID["days_listed"].search(text)
    return len(_SAID["weekday"].findall(listed[0])) if listed else 0


def _rates(text: str, start: int = 0, end: int = 0) -> Iterator[re.Match[str]]:
    """Yield what says how often, outside the amount from `start` to `end`."""
    for found in _SAID["rate"].finditer(f"{text[:start]}{'§' * (end - start)}{text[end:]}"):
        # "an afternoon" is a rate only behind what is spent in each.
        if not re.match(r"an? (?:morning|afternoon)", found[0], re.IGNORECASE) or text[: found.start()].endswith(" "):
            yield found


def _times(found: re.Match[str]) -> tuple[str, float]:
    said = (found["period"] or found["slash"] or found["adverb"] or found["on"]).lower().removesuffix("ly")
    said = said.rstrip("s") if len(said) > 2 else said
    period = _PERIODS.get(said, said if said in _A_MONTH else "week")
    times = _number(found["times"] or found["often"] or "one")
    factor = _A_MONTH[period] * ((times + _number(found["most"])) / 2 if found["most"] else times)
    return period, factor / _number((found["every"] or "one").replace("single", "one"))


def _people(thread: Thread, sentence: Sentence, amount: re.Match[str]) -> int:
    """Return how many people spend that time: each of those who are named, or those of whom the sentence tells it."""
    text = sentence.text
    for kind in ("each_what", "weekday", "days_of_five"):
        text = _SAID[kind].sub(_hush, text)
    if _SAID["as_often"].search(text) or _SAID["together"].search(text):
        return 1
    beside = [each for each, _ in _beside(thread, sentence)]
    people = 1
    if _SAID["each"].search(text):
        people = next((each for each in map(counted, (text, *(each.text for each in beside))) if each > 1), 1)
    elif subject := _SAID["doers"].search(_plain(text)[: amount.start()]):
        people = counted(subject[0])
    if people > 1:
        return people
    # "half a day each", "same here", "so does Bo"
    near = (sentence, *beside[:4])
    return 1 + sum(
        bool(_SAID["same"].search(each.text) or (each.at > sentence.at and _SAID["same_here"].match(each.text)))
        for each in near
    )


def _hush(found: re.Match[str]) -> str:
    return "§" * len(found[0])


def _number(word: str) -> float:
    word = word.lower().strip()
    if word.startswith("half") or word.endswith(" half"):
        return 0.5
    return float(word.replace(",", ".")) if word[0].isdigit() else float(_WORDS.get(word) or number(word))

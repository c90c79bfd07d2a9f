"""Hours that a thread says its team loses, with their rate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

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
_A_MONTH = {
    "day": 5 * WEEKS_A_MONTH, "night": 7 * WEEKS_A_MONTH, "week": WEEKS_A_MONTH,
    "month": 1.0, "sprint": WEEKS_A_MONTH / WEEKS_A_SPRINT,
    "quarter": 1 / 3, "year": 1 / 12,
}  # fmt: skip
_PERIODS = {
    **dict.fromkeys(("working day", "work day", "workday", "weekday", "morning", "evening", "afternoon", "dai"), "day"),
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
    amount, bare, rates = _SAID["amount"].search(rest), _SAID["bare"].match(rest), list(_rates(rest))
    spent, people, per, factor = last.amount, last.people, last.per, last.monthly / (last.amount * last.people)
    if bare:
        spent = _number(bare["n"]) / (60 if spent < 1 else 1)
    elif rates:
        per, factor = _times(rates[0])
    elif amount:
        spent = _spent(amount)
    else:
        return None
    return Hours(spent, per, people, round(spent * factor * people, 2), sentence.text, sentence.message.index)


def _hours(thread: Thread, sentence: Sentence) -> Iterator[Hours]:
    text = _plain(sentence.text)
    # "seven days a week" says how often, where it is not all that is said.
    often = _SAID["days_a_week"].sub(_hush, text)
    text = often if _SAID["amount"].search(often) else text
    for amount in islice(_SAID["amount"].finditer(text), _MOST_AMOUNTS):
        rate, times = _rate(thread, sentence, amount), _SAID["each_time"].search(text)
        if not _is_spent(text, amount) or not (rate or times):
            continue
        spent = _spent(amount)
        of_each = _SAID["each_of"].search(text[: amount.start()])
        people = int(_number(of_each["n"])) if of_each else _people(thread, sentence, amount)
        per, factor = rate or (times[0].lower() if times else None, None)
        monthly = None if factor is None else round(spent * factor * people, 2)
        yield Hours(spent, per, people, monthly, sentence.text, sentence.message.index)


def _is_spent(text: str, amount: re.Match[str]) -> bool:
    """Whether somebody works for that time."""
    before = text[: amount.start()]
    is_day = amount["unit"].lower().startswith(("day", "morning", "afternoon"))
    # "A day" is no amount but how often another one is spent: "20 minutes a day".
    is_rate = is_day and amount["low"].lower() in ("a", "an", "one") and _SAID["rated"].search(before)
    if is_rate or _SAID["no_amount"].search(before):
        return False
    near = re.split(r"[,;:(]\s", text[: amount.end()])[-1] + re.split(r"[,;)]", text[amount.end() :])[0]
    return not _SAID["with_us"].search(near) and bool(not _SAID["no_work"].search(near) or _SAID["hands"].search(near))


def _spent(amount: re.Match[str]) -> float:
    low, high = _number(amount["low"]), amount["high"] or amount["more"]
    spent = ((low + _number(high)) / 2 if high else low) + (0.5 if amount["half"] else 0)
    unit = amount["unit"].lower()
    if unit.startswith("min"):
        return spent / 60
    return spent * (HOURS_A_DAY if unit.startswith(("day", "pd")) else 4 if "noon" in unit or "morn" in unit else 1)


def _rate(thread: Thread, sentence: Sentence, amount: re.Match[str]) -> tuple[str, float] | None:
    """Return how often: said beside the amount, else in its sentence, else in the sentences around it."""
    text = _plain(sentence.low)
    around = list(_rates(text, *amount.span()))
    if days := _days_a_week(text):
        return "week", WEEKS_A_MONTH * days
    if around:
        return _times(min(around, key=lambda found: abs(found.start() - amount.end())))
    for place in (sentence.at + 1, sentence.at - 1, sentence.at + 2, sentence.at - 2):
        beside = thread.sentences[place] if 0 <= place < len(thread.sentences) else sentence
        said, is_near = _plain(beside.low), beside.message is sentence.message
        if _SAID["amount"].search(said):
            continue
        for found in _rates(said):
            if _SAID["so"].match(text):
                return _times(found)[0], _A_MONTH[_times(found)[0]]
            if found["times"] or is_near or _SAID["each_time"].search(text):
                return _times(found)
    return None


def _days_a_week(text: str) -> int:
    """Return how often "Tuesdays and Fridays" is, 0 where no days are listed."""
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
    period = _PERIODS.get(said, "week" if said.endswith("day") and said != "day" else said)
    factor = _A_MONTH[period] * _number(found["times"] or found["often"] or "one")
    if period == "day" and _SAID["weekend"].search(found.string):
        factor *= 7 / 5
    return period, factor / _number((found["every"] or "one").replace("single", "one"))


def _people(thread: Thread, sentence: Sentence, amount: re.Match[str]) -> int:
    """Return how many people spend that time: each of those who are named, or those of whom the sentence tells it."""
    text = _SAID["each_what"].sub(_hush, _SAID["days_listed"].sub(_hush, sentence.text))
    if _SAID["as_often"].search(text) or _SAID["together"].search(text):
        return 1
    if not _SAID["each"].search(text):
        subject = _SAID["doers"].search(_plain(text)[: amount.start()])
        return max(1, counted(subject[0])) if subject else 1
    at, sentences = sentence.at, thread.sentences
    beside = (each.text for each in (*reversed(sentences[max(0, at - 2) : at]), *sentences[at + 1 : at + 2]))
    return next(filter(None, map(counted, (text, *beside))), 1)


def _hush(found: re.Match[str]) -> str:
    return "§" * len(found[0])


def _number(word: str) -> float:
    word = word.lower().strip()
    if word.startswith("half") or word.endswith(" half"):
        return 0.5
    return float(word.replace(",", ".")) if word[0].isdigit() else float(_WORDS.get(word) or number(word))

"""Numbers that a thread says: hours that a team loses, with their rate, and people who are blocked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.domain.backlog.cues import pattern, plain
from bot.domain.backlog.threads import Sentence, Thread

WEEKS_A_MONTH = 4.33
HOURS_A_DAY = 8.0
WEEKS_A_SPRINT = 2.0

#: A sentence with more amounts is a table or a log.
_MOST_AMOUNTS = 4
_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "once": 1, "twice": 2, "thrice": 3, "both": 2, "a couple of": 2, "a few": 3,
    "half a": 0.5, "half an": 0.5, "a half": 0.5, "a full": 1, "a whole": 1, "a good": 1, "a working": 1,
    "a dozen": 12, "each": 1,
}  # fmt: skip
_COUNT = r"\d{1,4}(?:[.,]\d{1,2})?|half an?|an? (?:full|whole|good|working|couple of|few|dozen|half)|an?|" + "|".join(
    word for word in _WORDS if " " not in word and word not in ("a", "an", "once", "twice", "thrice", "each", "both")
)
_AMOUNT = re.compile(
    rf"(?<![\w.:,/-])(?P<low>{_COUNT})(?:\s?(?:-|to|or)\s?(?P<high>\d{{1,4}}(?:[.,]\d)?|two|three|four|five|six|"
    rf"eight|ten))?(?:[\s-]?(?:ish|odd|\+))?[\s-]?(?:(?:full|whole|working|person|man|dev)[\s-])?"
    r"(?P<unit>hours?|hrs?|h|minutes?|mins?|days?|afternoons?|mornings?|person-days?|"
    r"pd)(?P<half> and a half)?\b(?!\s+(?:ago|old|earlier|later|notice))",
    re.IGNORECASE,
)
_PERIOD = (
    r"(?P<period>working day|work day|weekday|day|week|month|sprint|iteration|fortnight|quarter|year|morning|"
    r"evening|afternoon|night|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?"
)
_TIMES = r"\d{1,3}|once|twice|thrice|" + "|".join(
    w for w in _WORDS if w.isalpha() and w not in ("a", "an", "each", "both")
)
_RATE = re.compile(
    rf"(?:(?P<times>{_TIMES})(?: ?x| ?times)?(?: [a-z-]+){{0,3}}? )?"
    r"\b(?:an?|per|each|every|any|/|in an?|of each|of every)\s?(?P<every>other|second|two|three|four|2|3|4|"
    r"single)?\s?"
    rf"\b{_PERIOD}\b|(?<=/)(?P<slash>day|week|month|sprint|d\b|w\b|wk)|"
    r"\b(?P<adverb>daily|weekly|monthly|quarterly|fortnightly|biweekly|bi-weekly|nightly|yearly)\b|"
    r"\b(?P<on>mondays|tuesdays|wednesdays|thursdays|fridays)\b",
    re.IGNORECASE,
)
_MORE_DAYS = re.compile(r"s?(?:(?:,| and| &|, and) (?:mon|tues|wednes|thurs|fri|satur|sun)days?\b)+", re.IGNORECASE)
_A_MONTH = {
    "day": 5 * WEEKS_A_MONTH, "week": WEEKS_A_MONTH, "month": 1.0, "sprint": WEEKS_A_MONTH / WEEKS_A_SPRINT,
    "quarter": 1 / 3, "year": 1 / 12,
}  # fmt: skip
_PERIODS = {
    "working day": "day", "work day": "day", "weekday": "day", "morning": "day", "evening": "day", "afternoon": "day",
    "night": "day", "iteration": "sprint", "fortnight": "sprint", "fortnightly": "sprint", "biweekly": "sprint",
    "bi-weekly": "sprint",
    "daily": "day", "nightly": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year",
    "d": "day", "w": "week", "wk": "week",
}  # fmt: skip
_EACH_TIME = pattern("quantities", "each_time")
_NO_WORK = pattern("quantities", "no_work")
_HANDS = pattern("quantities", "hands")
_EACH = pattern("quantities", "each")
_NAMES = re.compile(
    r"\b(?:[A-ZÀ-Þ][\wà-ÿ]+|I|me)(?:,\s?(?:[A-ZÀ-Þ][\wà-ÿ]+|I|me))*,? (?:and|&|\+) (?:I\b|me\b|[A-ZÀ-Þ][\wà-ÿ]+)"
)
#: Time that is asked of somebody.
_WITH_US = re.compile(r"\bwith (?:us|me)\b", re.IGNORECASE)
_LISTED = re.compile(
    r":\s*[A-Z]\w+(?:, [A-Z]\w+)+|\b(?:my|our) [\w-]+ (?:and|nor) (?:I|me)\b|\b[Nn]either [\w-]+ nor (?:I|me|[A-Z]\w+)"
)
_OF_US = pattern("quantities", "of_us")
_BLOCKED = pattern("quantities", "blocked")
_I_AM = pattern("quantities", "i_am")
_NOT_BLOCKED = pattern("quantities", "not_blocked")
#: What begins so is the sum of what was said before.
_SO = re.compile(r"(?:that's|that is|so|makes|which is|that makes)\b", re.IGNORECASE)
_ME_TOO = re.compile(r"(?:\+1|same|me too|me as well|mine too|also me|so am i|ditto|likewise)\b", re.IGNORECASE)
_TEAM_SIZE = pattern("quantities", "team_size")


@dataclass(frozen=True, slots=True)
class Hours:
    """Time that work takes: `amount` hours `per` week, or per time, of `people`; `monthly` if a cadence is said."""

    amount: float
    per: str | None
    people: int
    monthly: float | None
    quote: str
    message: int


@dataclass(frozen=True, slots=True)
class Blocked:
    """How many people cannot go on."""

    people: int
    quote: str
    message: int


def hours(thread: Thread) -> Hours | None:
    """Return what the team loses, as its last word has it; without a cadence there is no monthly figure."""
    found = [each for sentence in thread.sentences for each in _hours(thread, sentence)]
    known = [each for each in found if each.monthly is not None]
    if known:
        return known[-1]
    return found[-1] if found else None


def _hours(thread: Thread, sentence: Sentence) -> Iterator[Hours]:
    text = plain(sentence.low)
    for amount in islice(_AMOUNT.finditer(text), _MOST_AMOUNTS):
        before = text[max(0, amount.start() - 24) : amount.start()]
        if re.search(
            r"\b(?:every|in|after|within|until|about every|last|past|first|next|for the|older than)\s+$", before
        ):
            continue
        if (
            amount["low"] in ("a", "an", "one")
            and amount["unit"].startswith(("day", "morning", "afternoon"))
            and _is_rate(text, amount)
        ):
            continue
        near = re.split(r"[,;:(]\s", text[: amount.end()])[-1] + re.split(r"[,;)]", text[amount.end() :])[0]
        if _WITH_US.search(near) or (_NO_WORK.search(near) and not _HANDS.search(near)):
            continue
        spent = _spent(amount)
        rate = _rate(thread, sentence, amount)
        times = _EACH_TIME.search(text)
        if rate is None and times is None:
            continue
        people = _people(thread, sentence)
        per, factor = rate if rate else (times[0].lower() if times else "time", None)
        monthly = None if factor is None else round(spent * factor * people, 2)
        yield Hours(spent, per, people, monthly, sentence.text, sentence.message.index)


def _is_rate(text: str, amount: re.Match[str]) -> bool:
    """Whether "a day" is no amount but how often another one is spent: "20 minutes a day"."""
    return bool(
        re.search(
            r"(?:hours?|hrs?|h|minutes?|mins?|times|twice|once|\d)(?: of [\w ]{1,30})?\s+$", text[: amount.start()]
        )
    )


def _spent(amount: re.Match[str]) -> float:
    low = _number(amount["low"])
    spent = (low + _number(amount["high"])) / 2 if amount["high"] else low
    spent += 0.5 if amount["half"] else 0
    unit = amount["unit"]
    if unit.startswith("min"):
        return spent / 60
    if unit.startswith(("day", "person", "pd")):
        return spent * HOURS_A_DAY
    return spent * (4 if unit.startswith(("afternoon", "morning")) else 1)


def _rate(thread: Thread, sentence: Sentence, amount: re.Match[str]) -> tuple[str, float] | None:
    """Return how often: said beside the amount, else in its sentence, else in the sentences around it."""
    text = plain(sentence.low)
    around = list(_rates(text, amount.span()))
    if around:
        after = [found for found in around if found.start() >= amount.end()]
        best = min(after or around, key=lambda found: abs(found.start() - amount.end()))
        rate = _times(best)
        counted = [_times(found) for found in around if found["times"] and found is not best]
        return counted[0] if counted and _EACH_TIME.search(text) else rate
    at = sentence.at
    for place in (at + 1, at - 1, at + 2, at - 2):
        if not 0 <= place < len(thread.sentences):
            continue
        beside = thread.sentences[place]
        if _AMOUNT.search(plain(beside.low)):
            continue
        for found in _rates(plain(beside.low), (-1, -1)):
            if _SO.match(text):
                return _times(found)[0], _A_MONTH[_times(found)[0]]
            if found["times"] or found["every"] or abs(beside.message.index - sentence.message.index) == 0:
                return _times(found)
            if _HANDS.search(plain(beside.low)) or _EACH_TIME.search(text):
                return _times(found)
    return None


def _rates(text: str, amount: tuple[int, int]) -> Iterator[re.Match[str]]:
    start, end = amount
    yield from _RATE.finditer(text if start < 0 else f"{text[:start]}{'§' * (end - start)}{text[end:]}")


def _times(found: re.Match[str]) -> tuple[str, float]:
    said = (found["period"] or found["slash"] or found["adverb"] or found["on"] or "").lower()
    period = _PERIODS.get(said, "week" if said.rstrip("s").endswith("day") and said != "day" else said)
    factor = _A_MONTH[period] * (_number(found["times"]) if found["times"] else 1)
    every = (found["every"] or "single").lower()
    # "every Monday and Thursday" is twice a week.
    if period == "week" and (more := _MORE_DAYS.match(found.string, found.end())):
        factor *= 1 + len(re.findall(r"[a-z]+day", more[0], re.IGNORECASE))
    return period, factor / {"other": 2, "second": 2, "single": 1}.get(every, _number(every) or 1)


def _people(thread: Thread, sentence: Sentence) -> int:
    text = sentence.text
    if not _EACH.search(text) or re.search(
        r"\beach (?:time|week|day|month|sprint|release|quarter|\w+day|deploy\w*|service|ticket|morning)\b",
        text,
        re.IGNORECASE,
    ):
        return 1
    if counted := _OF_US.search(text):
        return int(_number(counted["count"] or counted["us"]))
    if named := _NAMES.search(text):
        return len(re.split(r",|\band\b|&", named[0]))
    near = thread.sentences[max(0, sentence.at - 2) : sentence.at]
    for before in reversed(near):
        if counted := _OF_US.search(before.text):
            return int(_number(counted["count"] or counted["us"]))
    return 1


def blocked(thread: Thread) -> Blocked | None:
    """Return how many people the thread says are blocked; of several numbers the last one, of several people each."""
    found: Blocked | None = None
    alone: set[str] = set()
    for sentence in thread.sentences:
        count = _blocked(sentence, thread.sentences)
        is_alone = count == 1 and bool(_I_AM.search(sentence.text))
        is_too = bool(alone) and sentence.first and bool(_ME_TOO.match(sentence.text))
        if is_alone or is_too:
            alone.add(sentence.message.author)
        if count or is_too:
            found = Blocked(len(alone) if is_alone or is_too else count or 1, sentence.text, sentence.message.index)
    return found


def _blocked(sentence: Sentence, sentences: Sequence[Sentence]) -> int | None:
    text = sentence.text
    if not _BLOCKED.search(text) or _NOT_BLOCKED.search(text):
        return None
    if size := _TEAM_SIZE.search(text):
        return int(_number(next(filter(None, size.groups())))) or None
    if counted := _OF_US.search(text):
        return int(_number(counted["count"] or counted["us"]))
    if re.search(r"\bboth (?:of us|can't|are|stuck|blocked)\b|\bus both\b|\btwo of us\b", text, re.IGNORECASE):
        return 2
    if re.search(r"\b(?:the whole team|all of us|everybody|everyone)\b", text, re.IGNORECASE):
        sized = [found for each in sentences if (found := _TEAM_SIZE.search(each.text))]
        return int(_number(next(filter(None, sized[-1].groups())))) if sized else None
    if named := _NAMES.search(text) or _LISTED.search(text):
        return len(re.split(r",|\band\b|\bnor\b|&", named[0].partition(":")[2] or named[0]))
    neither = len(re.findall(r"\bneither can (?!you\b)\w+", text, re.IGNORECASE))
    return 1 + neither if neither or _I_AM.search(text) else None


def _number(word: str) -> float:
    word = word.lower().strip()
    if word in _WORDS:
        return float(_WORDS[word])
    if word.startswith("half"):
        return 0.5
    try:
        return float(word.replace(",", "."))
    except ValueError:
        return {"a half": 0.5, "an half": 0.5, "a couple of": 2.0, "a few": 3.0, "a dozen": 12.0}.get(
            word, 1.0 if word.startswith("a") else 0.0
        )

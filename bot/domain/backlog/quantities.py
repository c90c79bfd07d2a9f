"""Hours that a thread says its team loses, with their rate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from bot.domain.backlog.cues import alternatives, patterns, plain
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
_WORDS = {"once": 1, "twice": 2, "thrice": 3, "both": 2, "a couple of": 2, "a few": 3, "a dozen": 12}
_NUMBER = alternatives(["{number}"])
_COUNT = (
    r"\d{1,4}(?:[.,]\d{1,2})?|half an?|half(?= hour)|an? (?:full|whole|good|working|couple of|few|dozen|half)|an?|"
    + _NUMBER
)
_AMOUNT = re.compile(
    rf"(?<![\w.:,/-])(?P<between>between )?(?P<low>{_COUNT})(?:\s?(?(between)and|(?:-|to|or))\s?(?P<high>{_COUNT}))?"
    r"(?:[\s-]?(?:ish|odd|\+))?[\s-]?(?:(?:full|whole|working|person|man|dev)[\s-])?"
    rf"(?P<unit>hours?|hrs?|h|minutes?|mins?|days?|afternoons?|mornings?|pd)(?: or (?P<more>{_NUMBER}))?"
    r"(?P<half> and a half)?\b(?!\s+(?:ago|old|earlier|later|notice))",
    re.IGNORECASE,
)
_PERIOD = (
    r"(?P<period>working day|work ?day|weekday|day|weekend|week|month|sprint|iteration|fortnight|quarter|year|morning|"
    r"evening|afternoon|night|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?"
)
_TIMES = f"{_NUMBER}|once|twice|thrice"
_RATE = re.compile(
    rf"(?:(?P<times>{_TIMES})(?: ?x| ?times)?(?: [a-z-]+){{0,3}}? ?)?"
    r"(?:\b(?:an?|per|each|every|any|in an?|in the(?= week| month| sprint| quarter)|of each|of every(?:body's|one's)?|"
    r"in a (?:normal|typical|usual|average|good|bad))"
    rf"|/)\s?(?P<every>other|second|two|three|four|2|3|4|single)?\s?\b{_PERIOD}\b|"
    r"(?<=/)(?P<slash>day|week|month|sprint|d\b|w\b|wk)|\b(?:(?P<often>once|twice|thrice) )?"
    r"(?P<adverb>daily|weekly|monthly|quarterly|fortnightly|biweekly|bi-weekly|nightly|yearly)\b|"
    r"\b(?P<on>mondays|tuesdays|wednesdays|thursdays|fridays|workdays|weekdays)\b",
    re.IGNORECASE,
)
#: "make it 2", "you mean twenty times"
_BARE = re.compile(rf"(?P<n>{_COUNT}|{_TIMES})(?P<times> ?x| times)?(?=[,.!]|\W*$)")
_SMALL = rf"an?|{_NUMBER}"
#: "10% of my week"
_PART_OF_TIME = re.compile(
    r"(?P<part>\d{1,2}) ?(?:%|percent|per cent) of (?:my|his|her|\w+'s) (?:time|week|days?|work\w*)\b", re.IGNORECASE
)
#: Time in two units is one amount: "1h30", "an hour and 20 minutes", "2 days and 4 hours".
_TWO_UNITS = re.compile(
    rf"(?<![\w.:,/-])(?:(?P<big>{_SMALL})\s?(?:(?P<day>days?|(?<=\d)d|(?<=\d )d)|hours?|hrs?|h)"
    r"(?:\s(?:and )?|(?<=\d[hd]))(?P<small>\d{1,2})"
    r"(?:\s?(?(day)(?:hours?|hrs?|h)|(?:minutes?|mins?|m))|(?<=h\d\d))"
    r"|(?P<clock>\d{1,2}):(?P<past>[0-5]\d)\s?(?:hours?|hrs?|h))\b",
    re.IGNORECASE,
)
_A_MONTH = {
    "day": 5 * WEEKS_A_MONTH, "night": 7 * WEEKS_A_MONTH, "week": WEEKS_A_MONTH,
    "month": 1.0, "sprint": WEEKS_A_MONTH / WEEKS_A_SPRINT,
    "quarter": 1 / 3, "year": 1 / 12,
}  # fmt: skip
_PERIODS = {
    **dict.fromkeys(("working day", "work day", "workday", "workdays", "weekday", "weekdays"), "day"),
    **dict.fromkeys(("morning", "evening", "afternoon"), "day"),
    "weekend": "week", "iteration": "sprint", "fortnight": "sprint", "fortnightly": "sprint", "biweekly": "sprint",
    "bi-weekly": "sprint",
    "daily": "day", "nightly": "night", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year",
    "d": "day", "w": "week", "wk": "week",
}  # fmt: skip
_WEEKDAYS = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
#: "Tuesdays and Fridays": so many times a week.
_DAYS_LISTED = re.compile(
    rf"\b{_WEEKDAYS}(?:(?:,| and| &| \+|/| or)+ ?(?:on |every |each )?{_WEEKDAYS})+", re.IGNORECASE
)
_DAYS_A_WEEK = re.compile(rf"(?<![.,\w])(?P<n>{_TIMES}) days (?:a|per|each|every) week\b", re.IGNORECASE)
#: "an hour in a normal week, twice"
_AGAIN = re.compile(rf",? (?P<n>twice|thrice|(?:{_TIMES})(?= ?(?:x|times)))\b", re.IGNORECASE)
#: "two nights with three hours": so many times, of which each takes as long.
_OCCASIONS = re.compile(
    rf"\b(?P<n>{_TIMES}) (?:\w+ )?(?:times|nights|evenings|mornings|calls|cases|runs|releases|deploys|deployments|"
    r"rounds|"
    r"occasions|incidents|tickets|requests|customers|uploads|reports|restarts|visits|alarms|alerts)"
    r"\b(?:,? (?:with|of|at|for|à|times|by|and|each|every|one|it|takes|is|costs|about|around|roughly|~))+ ?$",
    re.IGNORECASE,
)


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
    text = _PART_OF_TIME.sub(lambda found: f"{int(found['part']) / 100 * HOURS_A_WEEK:.1f} hours a week", plain(text))
    return _TWO_UNITS.sub(_in_hours, text)


def _in_hours(found: re.Match[str]) -> str:
    if found["clock"]:
        return f"{int(found['clock']) + int(found['past']) / 60:.2f} hours"
    big, small = _number(found["big"]), int(found["small"])
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
    if known:
        return known[-1]
    return found[-1] if found else None


def _put_right(last: Hours, sentence: Sentence) -> Hours | None:
    """Return hours of which a later sentence says one part anew: "make that five times a week", "more like 3 hours"."""
    text = _plain(sentence.low)
    begins = _SAID["puts_right"].match(text)
    if begins is None or not last.monthly:
        return None
    rest = text[begins.end() :]
    amount, bare, rates = _AMOUNT.search(rest), _BARE.match(rest), list(_rates(rest, (-1, -1)))
    spent, people, per, factor = last.amount, last.people, last.per, last.monthly / (last.amount * last.people)
    if bare and per in _A_MONTH and (bare["times"] or abs(factor - _A_MONTH[per]) > 0.1):
        factor = _A_MONTH[per] * _number(bare["n"])
    elif bare:
        spent = _number(bare["n"]) / (60 if spent < 1 else 1)
    elif rates:
        per, said = _times(rates[0])
        factor = factor + said if begins["more"] else said
    elif amount and not _SAID["no_work"].search(text) and (begins["sure"] or _SAID["over"].match(rest, amount.end())):
        spent = _spent(amount)
    elif begins["each"]:
        people = max(counted(text), people)
    else:
        return None
    return Hours(spent, per, people, round(spent * factor * people, 2), sentence.text, sentence.message.index)


def _hours(thread: Thread, sentence: Sentence) -> Iterator[Hours]:
    text = _plain(sentence.text)
    # "seven days a week" says how often, where it is not all that is said.
    often = _DAYS_A_WEEK.sub(_hush, text)
    text = often if _AMOUNT.search(often) else text
    last, end = None, 0
    for amount in islice(_AMOUNT.finditer(text), _MOST_AMOUNTS):
        if not _is_spent(text, amount):
            continue
        spent = _spent(amount)
        rate = _rate(thread, sentence, amount)
        times = _SAID["each_time"].search(text)
        if rate is None and times is None:
            continue
        times_many = _SAID["each_of"].search(text[: amount.start()])
        people = int(_number(times_many["n"])) if times_many else _people(thread, sentence, amount)
        per, factor = rate if rate else (times[0].lower() if times else "time", None)
        if last and last.per == per and last.people == people and _SAID["adds"].fullmatch(text, end, amount.start()):
            spent += last.amount  # "an hour of me and an hour of you"
        monthly = None if factor is None else round(spent * factor * people, 2)
        last, end = Hours(spent, per, people, monthly, sentence.text, sentence.message.index), amount.end()
        yield last


def _is_spent(text: str, amount: re.Match[str]) -> bool:
    """Whether somebody works for that time."""
    before = text[max(0, amount.start() - 24) : amount.start()]
    if _SAID["no_amount"].search(before):
        return False
    is_day = amount["unit"].lower().startswith(("day", "morning", "afternoon"))
    if amount["low"].lower() in ("a", "an", "one") and is_day and _is_rate(text, amount):
        return False
    near = re.split(r"[,;:(]\s", text[: amount.end()])[-1] + re.split(r"[,;)]", text[amount.end() :])[0]
    return not _SAID["with_us"].search(near) and bool(not _SAID["no_work"].search(near) or _SAID["hands"].search(near))


def _is_rate(text: str, amount: re.Match[str]) -> bool:
    """Whether "a day" is no amount but how often another one is spent: "20 minutes a day"."""
    return bool(
        re.search(
            r"(?:\b(?:hours?|hrs?|minutes?|mins?|times|twice|once)|\d ?h?)(?: of [\w ]{1,30})?\s+$",
            text[: amount.start()],
        )
    )


def _spent(amount: re.Match[str]) -> float:
    low, high = _number(amount["low"]), amount["high"] or amount["more"]
    spent = (low + _number(high)) / 2 if high else low
    spent += 0.5 if amount["half"] else 0
    unit = amount["unit"].lower()
    if unit.startswith("min"):
        return spent / 60
    if unit.startswith(("day", "person", "pd")):
        return spent * HOURS_A_DAY
    return spent * (4 if unit.startswith(("afternoon", "morning")) else 1)


def _rate(thread: Thread, sentence: Sentence, amount: re.Match[str]) -> tuple[str, float] | None:
    """Return how often: said beside the amount, else in its sentence, else in the sentences around it."""
    text = _plain(sentence.low)
    around = list(_rates(text, amount.span()))
    if days := _days_a_week(text):
        return "week", WEEKS_A_MONTH * days
    if around and (times := _OCCASIONS.search(text[: amount.start()])) and not any(each["times"] for each in around):
        period, factor = _times(around[0])
        return period, factor * _number(times["n"])
    if around:
        after = [found for found in around if found.start() >= amount.end()]
        best = min(after or around, key=lambda found: abs(found.start() - amount.end()))
        rate = _times(best)
        counted = [_times(found) for found in around if found["times"] and found is not best]
        if not any(each["times"] or each["often"] for each in around) and (
            again := _AGAIN.search(text[amount.end() :])
        ):
            return rate[0], rate[1] * _number(again["n"])
        return counted[0] if counted and _SAID["each_time"].search(text) else rate
    at = sentence.at
    for place in (at + 1, at - 1, at + 2, at - 2):
        if not 0 <= place < len(thread.sentences):
            continue
        beside = thread.sentences[place]
        if _AMOUNT.search(_plain(beside.low)):
            continue
        if days := _days_a_week(_plain(beside.low)):
            return "week", WEEKS_A_MONTH * days
        for found in _rates(_plain(beside.low), (-1, -1)):
            if _SAID["so"].match(text):
                return _times(found)[0], _A_MONTH[_times(found)[0]]
            if found["times"] or found["every"] or abs(beside.message.index - sentence.message.index) == 0:
                return _times(found)
            if _SAID["hands"].search(_plain(beside.low)) or _SAID["each_time"].search(text):
                return _times(found)
    return None


def _days_a_week(text: str) -> int:
    listed = _DAYS_LISTED.search(text)
    if listed is None or _SAID["by_day"].search(text[: listed.start()]):
        return 0
    return len(re.findall(_WEEKDAYS, listed[0], re.IGNORECASE))


def _rates(text: str, amount: tuple[int, int]) -> Iterator[re.Match[str]]:
    start, end = amount
    for found in _RATE.finditer(text if start < 0 else f"{text[:start]}{'§' * (end - start)}{text[end:]}"):
        # "an afternoon" is a rate only behind what is spent in each.
        if not re.match(r"an? (?:morning|afternoon)", found[0], re.IGNORECASE) or text[: found.start()].endswith(" "):
            yield found


def _times(found: re.Match[str]) -> tuple[str, float]:
    said = (found["period"] or found["slash"] or found["adverb"] or found["on"] or "").lower()
    period = _PERIODS.get(said, "week" if said.rstrip("s").endswith("day") and said != "day" else said)
    factor = _A_MONTH[period] * _number(found["times"] or found["often"] or "one")
    if period == "day" and (weekend := _SAID["weekend"].search(found.string)):
        factor *= (6 if weekend["saturdays"] or weekend["saturday"] else 7) / 5
    every = (found["every"] or "single").lower()
    return period, factor / {"other": 2, "second": 2, "single": 1}.get(every, _number(every) or 1)


def _people(thread: Thread, sentence: Sentence, amount: re.Match[str]) -> int:
    """Return how many people spend that time: each of those who are named, or those of whom the sentence tells it."""
    text = _SAID["each_what"].sub(_hush, _DAYS_LISTED.sub(_hush, sentence.text))
    often = _SAID["as_often"].search(text)
    if often and not often.start() < amount.start() < often.end():
        return 1
    if not _SAID["each"].search(text) or _SAID["together"].search(text):
        subject = _SAID["doers"].search(_plain(text)[: amount.start()])
        return max(1, counted(subject[0])) if subject and not _SAID["together"].search(text) else 1
    at = sentence.at
    beside = (
        each.text for each in (*reversed(thread.sentences[max(0, at - 2) : at]), *thread.sentences[at + 1 : at + 2])
    )
    return next(filter(None, map(counted, (text, *beside))), 1)


def _hush(found: re.Match[str]) -> str:
    return "§" * len(found[0])


def _number(word: str) -> float:
    word = word.lower().strip()
    if word.startswith("half") or word.endswith(" half"):
        return 0.5
    if word[0].isdigit():
        return float(word.replace(",", "."))
    return float(_WORDS.get(word) or number(word))

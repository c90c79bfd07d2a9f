"""People that a thread names or counts, "Tove and the two contractors" are three; and how many of them are blocked."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.domain.backlog.cues import patterns, plain
from bot.domain.backlog.demand import Slowdown
from bot.domain.backlog.technologies import Mention
from bot.domain.backlog.threads import Sentence, Thread

_SAID = patterns("people")
#: "Can't start, and half of us are idle" is the worse of the two.
_SHARES = (Slowdown.STOPPED, Slowdown.HALF, Slowdown.SLOWED)
_NUMBERS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
#: Groups of the pattern of somebody: all of those who are named beside it, or others.
_TOTAL = ("we", "all", "of", "both", "two")
_COUNTS = (*_TOTAL, "many", "team", "size")
#: What stands between people who are counted together.
_LINK = re.compile(
    r"\s*(?:,|&|\+|/|,? ?\b(?:and|or|nor|plus|as well as|also)\b)[\s,]*"
    r"(?:(?:also|and|plus|then|the|our|my|those|all)\s)*",
    re.IGNORECASE,
)
#: "0.4 of a person", "1.5 FTE": people are counted whole, and the part says how much of somebody's work it is.
_PART_OF_PEOPLE = re.compile(
    r"(?<![\w.,])\d{1,3}[.,]\d{1,2}"
    r"(?= (?:[\w-]+ ){0,2}?(?:people|persons?|ppl|ftes?|devs?|developers?|engineers?|us)\b)",
    re.IGNORECASE,
)
#: What a sentence says of one thing after the other.
_CLAUSE = re.compile(
    r"[;:,()]\s?|\s-\s|\.\.\s|\s(?:but|because|while|since|whereas|so)\s|"
    r"\sand (?=(?:i|we|it|they|none|nobody|neither|that's)\b(?! (?:and|&|\+)\b))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Blocked:
    """How many people cannot go on."""

    people: int
    quote: str
    message: int

    @property
    def share(self) -> Slowdown | None:
        """How much they are kept from their work, where the words say it."""
        if said := next((each for each in _SHARES if _SAID[each].search(self.quote)), None):
            return said
        part = _PART_OF_PEOPLE.search(self.quote)
        share = float(part[0].replace(",", ".")) if part else 1.0
        return min(Slowdown, key=lambda each: abs(each.share - share)) if share < 1 else None


@dataclass(frozen=True, slots=True)
class _Group:
    """People who are named together, from `start` to `end` of a text."""

    start: int
    end: int
    count: int


def number(word: str) -> int:
    """Return what a number of people is; 2 for both, 1 for a and an."""
    word = word.lower()
    if word.isdigit():
        return int(word)
    tens, _, ones = word.replace("-", " ").partition(" ")
    if tens in _TENS:
        return 20 + 10 * _TENS.index(tens) + (number(ones) if ones else 0)
    return _NUMBERS.index(word) + 1 if word in _NUMBERS else 2 if word == "both" else 1


def counted(text: str) -> int:
    """Return how many people a text counts or names; of several groups, the largest."""
    return max((each.count for each in _groups(_whole(text))), default=0)


def _whole(text: str) -> str:
    """Return a text with whole people in the place of parts."""
    return _PART_OF_PEOPLE.sub(lambda part: str(math.ceil(float(part[0].replace(",", ".")))), text)


def _groups(text: str) -> Iterator[_Group]:
    """Yield the people of a text, those in a list together."""
    listed: list[re.Match[str]] = []
    for each in _SAID["who"].finditer(text):
        if listed and not _LINK.fullmatch(text, listed[-1].end(), each.start()):
            yield from _group(text, listed)
            listed = []
        listed.append(each)
    yield from _group(text, listed)


def _group(text: str, listed: Sequence[re.Match[str]]) -> Iterator[_Group]:
    links = [text[one.end() : other.start()].strip() for one, other in pairwise(listed)]
    is_names = all(each["name"] for each in listed)
    if not listed or (is_names and set(links) <= {","} and not (links and text[: listed[0].start()].endswith(": "))):
        return  # a name alone may be anything
    # "Ann and the intern, we both" are two, and "two squads, eleven people" are eleven.
    total = [each for each in listed if any(each[said] for said in _TOTAL)] if "," in links else []
    people = total or [each for each in listed if not each["team"]] or listed
    yield _Group(listed[0].start(), listed[-1].end(), sum(map(_count, people)))


def _count(found: re.Match[str]) -> int:
    return number(next((found[each] for each in _COUNTS if found[each]), "one"))


def blocked(thread: Thread, mentions: Sequence[Sequence[Mention]]) -> Blocked | None:
    """Return how many people the thread says are blocked; of several numbers the last one, of several people each.

    `mentions` are the technologies of each sentence, which are no people.
    """
    found: Blocked | None = None
    alone: set[str] = set()
    last = -2
    for sentence in thread.sentences:
        is_told = last == sentence.at - 1
        count = _blocked(sentence, mentions[sentence.at], thread.sentences, is_told=is_told)
        is_alone = count == 1 and bool(_SAID["i_am"].search(sentence.text))
        is_too = bool(alone) and sentence.first and bool(_SAID["me_too"].match(sentence.text))
        if is_alone or is_too:
            alone.add(sentence.message.author)
        if count or is_too:
            found = Blocked(len(alone) if is_alone or is_too else count or 1, sentence.text, sentence.message.index)
            last = sentence.at
    return found


def _blocked(
    sentence: Sentence, mentions: Sequence[Mention], sentences: Sequence[Sentence], *, is_told: bool
) -> int | None:
    text = sentence.text
    for each in mentions:  # "Jenkins is stuck" is nobody
        text = text[: each.start] + text[each.start : each.end].lower() + text[each.end :]
    text = _whole(plain(text))
    asked = sentences[sentence.at - 1].text if sentence.at else ""
    if is_told or (asked.endswith("?") and _SAID["blocked"].search(asked)):
        # "who is stuck?" "Pavel and me"; "two of us are stuck" "three, so am I"
        if only := _SAID["only"].match(text):
            return number(only["n"] or "one")
        if not is_told and not _SAID["not_blocked"].search(text) and (people := counted(text)):
            return people
    clauses = list(_clauses(text))
    groups = list(_groups(text))
    within = [[each.count for each in groups if start <= each.start < end] for start, end in clauses]
    stops = [
        _is_blocked(text[start:end]) and (bool(people) or not _SAID["things"].search(text[start:end]))
        for people, (start, end) in zip(within, clauses, strict=True)
    ]
    if not any(stops):
        return None
    stops = [
        stop or bool(_SAID["also"].search(text[start:end])) for stop, (start, end) in zip(stops, clauses, strict=True)
    ]
    people = 0
    for at, (start, end) in enumerate(clauses):
        if stops[at]:
            beside = [within[each] for each in (at - 1, at + 1, at + 2) if 0 <= each < len(clauses) and not stops[each]]
            people += next((each[0] for each in (within[at], *beside) if each), 0) or _is_alone(text[start:end])
    if not people and _SAID["everybody"].search(text):
        people = next(filter(None, (_size(each.text) for each in reversed(sentences))), 0)
    return max(people, 2) if people and _SAID["also"].search(text) else people or None


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start, groups = 0, list(_groups(text))
    for cut in _CLAUSE.finditer(text):
        if not any(each.start < cut.start() < each.end for each in groups):
            yield start, cut.start()
            start = cut.end()
    yield start, len(text)


def _is_blocked(clause: str) -> bool:
    return bool(_SAID["blocked"].search(clause)) and not _SAID["not_blocked"].search(clause)


def _is_alone(clause: str) -> bool:
    """Whether one person cannot go on: "I'm stuck", "Tom can't continue"."""
    return bool(_SAID["i_am"].search(clause) or _SAID["alone"].match(clause))


def _size(text: str) -> int:
    """Return how many people a team is said to be."""
    return next((_count(each) for each in _SAID["who"].finditer(text) if each["size"]), 0)

"""People that a thread names or counts, "Tove and the two contractors" are three; and how many of them are blocked."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.domain.backlog.cues import patterns, plain, ungrouped
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
#: Groups of the pattern of somebody.
_COUNTS = ("we", "all", "of", "trio", "both", "two", "many", "team", "size")


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
        if (part := _SAID["part"].search(self.quote)) is not None:
            share = float(part[0].replace(",", "."))
            return min(Slowdown, key=lambda each: abs(each.share - share)) if share < 1 else None
        return Slowdown.STOPPED if _SAID["stuck"].search(self.quote) else None


@dataclass(frozen=True, slots=True)
class _Group:
    """People who are named together, from `start` to `end` of a text."""

    start: int
    end: int
    count: int


def number(word: str) -> int:
    """Return what a number of people is; 2 for both and neither, 1 for a and an."""
    word = word.lower()
    if word.isdigit():
        return int(word)
    tens, _, ones = word.replace("-", " ").partition(" ")
    if tens in _TENS:
        return 20 + 10 * _TENS.index(tens) + (number(ones) if ones else 0)
    return _NUMBERS.index(word) + 1 if word in _NUMBERS else 2 if word in ("both", "neither") else 1


def counted(text: str) -> int:
    """Return how many people a text counts or names; of several groups, the largest."""
    return max((each.count for each in _groups(_whole(ungrouped(text)))), default=0)


def _whole(text: str) -> str:
    """Return a text with whole people in the place of parts."""
    return _SAID["part"].sub(lambda part: str(math.ceil(float(part[0].replace(",", ".")))), text)


def _groups(text: str) -> list[_Group]:
    """Return the people of a text, those in a list together."""
    lists: list[list[re.Match[str]]] = []
    for each in _SAID["who"].finditer(text):
        if lists and _SAID["link"].fullmatch(text, lists[-1][-1].end(), each.start()):
            lists[-1].append(each)
        else:
            lists.append([each])
    groups = (_group(text, each) for each in lists)
    return [each for each in groups if each is not None]


def _group(text: str, listed: Sequence[re.Match[str]]) -> _Group | None:
    links = {text[one.end() : other.start()].strip() for one, other in pairwise(listed)}
    if len(listed) > 1 and listed[0]["name"] and not listed[1]["name"] and not text[: listed[0].start()].strip():
        between = text[listed[0].end() : listed[1].start()].strip()
        listed = listed[1:] if between in ("", ",") else listed  # "Unfortunately, three of us"
    start, end = listed[0].start(), listed[-1].end()
    if all(each["name"] for each in listed) and links <= {","} and not (links and text[:start].endswith(": ")):
        return None  # a name alone may be anything
    # "Ada, Bo and I, we all three" are three.
    is_sum = listed[-1]["we"] or listed[-1]["all"]
    if is_sum and len(listed) > 2 and text[listed[-2].end() : listed[-1].start()].strip() == ",":
        listed = listed[-1:]
    # "Two squads, eleven people" are eleven.
    return _Group(start, end, sum(map(_count, [each for each in listed if not each["team"]] or listed)))


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
        count = _blocked(sentence, mentions[sentence.at], thread.sentences, is_told=last == sentence.at - 1)
        is_me = count == 1 and _SAID["i_am"].search(sentence.text)
        if is_me or (alone and _SAID["me_too"].match(sentence.text)):
            alone.add(sentence.message.author)
            count = len(alone)
        if count:
            found, last = Blocked(count, sentence.text, sentence.message.index), sentence.at
    return found


def _blocked(
    sentence: Sentence, mentions: Sequence[Mention], sentences: Sequence[Sentence], *, is_told: bool
) -> int | None:
    text = sentence.text
    for each in mentions:  # "Jenkins is stuck" is nobody
        text = text[: each.start] + text[each.start : each.end].lower() + text[each.end :]
    text = _whole(plain(ungrouped(text)))
    asked = sentences[sentence.at - 1].text if sentence.at else ""
    is_answer = asked.endswith("?") and _SAID["blocked"].search(asked)
    # "who is stuck?" "Pavel and me"; "two of us are stuck" "three, so am I"
    if (is_told or is_answer) and (only := _SAID["only"].match(text)):
        return number(only["n"] or "one")
    if is_answer and not is_told and (people := counted(text)):
        return people
    groups = _groups(text)
    clauses = list(_clauses(text, groups))
    said = [text[start:end] for start, end in clauses]
    # "we can't host it for six teams" stops nobody in them
    hinders = (_SAID["hinders"].search(text, start, end) for start, end in clauses)
    ends = [found.start() if found else end for found, (_, end) in zip(hinders, clauses, strict=True)]
    spans = [(start, last) for (start, _), last in zip(clauses, ends, strict=True)]
    within = [[each.count for each in groups if start <= each.start < last] for start, last in spans]
    stops = [_stops(each, has_people=bool(some)) for each, some in zip(said, within, strict=True)]
    if not any(stops):
        return None
    stopped = [at for at, each in enumerate(said) if stops[at] or _SAID["also"].search(each)]
    people, told = 0, set[int]()
    for at in stopped:
        beside = [each for each in (at - 1, at + 1, at + 2) if 0 <= each < len(said) and each not in stopped]
        is_alone = _SAID["i_am"].search(said[at]) or _SAID["alone"].match(said[at])
        of = next((each for each in (at, *beside) if within[each]), None)
        # "It is stuck, the team (6 people) waits": they are six, whoever tells it twice.
        people += bool(is_alone) if of is None else within[of][0] * (of not in told)
        told |= set() if of is None else {of}
    if not people and any(_SAID["they"].search(said[at]) for at in stopped):
        before = reversed(sentences[max(0, sentence.at - 3) : sentence.at])
        counts = (counted(each.text) for each in before if each.message.author == sentence.message.author)
        people = next((each for each in counts if each > 1), 0)
    return max(people, 2) if people and _SAID["also"].search(text) else people or None


def _stops(clause: str, *, has_people: bool) -> bool:
    is_thing = not has_people and _SAID["things"].search(clause)
    return bool(_SAID["blocked"].search(clause) and not _SAID["not_blocked"].search(clause) and not is_thing)


def _clauses(text: str, groups: Sequence[_Group]) -> Iterator[tuple[int, int]]:
    """Yield what a sentence says of one thing after the other, and no part of people who are named together."""
    start = 0
    for cut in _SAID["cut"].finditer(text):
        if not any(each.start < cut.start() < each.end for each in groups):
            yield start, cut.start()
            start = cut.end()
    yield start, len(text)

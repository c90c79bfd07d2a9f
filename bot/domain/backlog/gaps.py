"""What nobody in the team can do yet: a clause says that a skill is missing, and a technology is near."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from bot.domain.backlog.cues import SKILL, pattern
from bot.domain.backlog.technologies import Mention, ids
from bot.domain.backlog.threads import Sentence, Thread

_LACKS = pattern("gaps", "lacks")
_BUS_FACTOR = pattern("gaps", "bus_factor")
_HAS = pattern("gaps", "has")
_ASKS = pattern("gaps", "asks")
_ANSWER_NO = pattern("gaps", "answer_no")
_NO_SKILL = pattern("gaps", "no_skill")
_ALL_OF_THEM = pattern("gaps", "all_of_them")
_NONE = pattern("gaps", "none")
_PAIR = re.compile(r"\b(?:either|neither|both)\b", re.IGNORECASE)
_SKILLED = re.compile(rf"\b(?:{SKILL})\b", re.IGNORECASE)
#: Between two names: the second one is the place or the part of the first one.
_OF = re.compile(r"[^,;.!?]{0,20}\b(?:on|over|in|for|with|from|to|into|behind|of)\b[^,;.!?]{0,12}", re.IGNORECASE)
#: What follows is where "it" is to be.
_PLACE = re.compile(r"\b(?:it|that|this|them|one) (?:on|in|at|into|onto|for) (?:our |the )?$", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:]\s|\s-\s|\s(?:but|while|whereas)\s|\s\(|\)", re.IGNORECASE)
_EVERY = 99
_BACK = 4


def find(thread: Thread, mentions: Sequence[Sequence[Mention]], *, rejected: Set[str]) -> dict[str, Sentence]:
    """Return the technologies that the team cannot handle, with the sentence that says so."""
    gaps: dict[str, Sentence] = {}
    firm: set[str] = set()
    sentences = thread.sentences
    for sentence in sentences:
        lacks = _lacks(sentences, sentence, mentions[sentence.at])
        known = set(_claimed(sentence, mentions[sentence.at]))
        if lacks:
            found = [each for each in _meant(thread, mentions, sentence, lacks, rejected) if each not in known]
            gaps |= {each: sentence for each in found if each not in gaps}
            firm |= set(found)
        elif _ASKS.search(sentence.text) and not _answered(sentences, sentence):
            asked = ids(mentions[sentence.at]) or _before(thread, mentions, sentence, rejected, at_least=2)
            gaps |= {each: sentence for each in asked if each not in gaps}
        for each in known - firm:
            gaps.pop(each, None)
    return {each: said for each, said in gaps.items() if each not in rejected}


def _lacks(sentences: Sequence[Sentence], sentence: Sentence, here: Sequence[Mention]) -> re.Match[str] | None:
    """Return the words by which a skill is missing, or None."""
    if single := _BUS_FACTOR.search(sentence.text):
        return single
    if (none := _NONE.match(sentence.text)) and any(
        _SKILLED.search(each.text) for each in sentences[max(0, sentence.at - 3) : sentence.at]
    ):
        return none
    lacks = None if _NO_SKILL.search(sentence.text) else _LACKS.search(sentence.text)
    if lacks is None:
        return None
    # "we've both used it at uni, only never installed it": somebody can.
    unnamed = [each for each in _clauses(sentence.text) if not any(_is_in(mention, each) for mention in here)]
    others = [text for text in (sentence.text[each] for each in unnamed) if not _LACKS.search(text)]
    return None if any(_SKILLED.search(text) and _HAS.search(text) for text in others) else lacks


def _clauses(text: str) -> Iterator[slice]:
    """Yield the clauses of a sentence, as the places where they stand."""
    start = 0
    for cut in _CLAUSE.finditer(text):
        yield slice(start, cut.start())
        start = cut.end()
    yield slice(start, len(text))


def _claimed(sentence: Sentence, here: Sequence[Mention]) -> Iterator[str]:
    """Yield the technologies of the clauses by which somebody can handle them."""
    for place in _clauses(sentence.text):
        clause = sentence.text[place]
        if _HAS.search(clause) and not _LACKS.search(clause) and not _BUS_FACTOR.search(clause):
            yield from ids(each for each in here if _is_in(each, place))


def _is_in(mention: Mention, place: slice) -> bool:
    return bool(place.start <= mention.start and mention.end <= place.stop)


def _answered(sentences: Sequence[Sentence], asked: Sentence) -> bool:
    """Whether somebody who answers has the skill, or nobody says a word about it."""
    answers = [each for each in sentences[asked.at + 1 : asked.at + 5] if each.message.index - asked.message.index <= 3]
    for answer in answers:
        if (_LACKS.search(answer.text) and not _NO_SKILL.search(answer.text)) or _ANSWER_NO.match(answer.text):
            return False
        if _HAS.search(answer.text):
            return True
    return True


def _meant(
    thread: Thread, mentions: Sequence[Sequence[Mention]], sentence: Sentence, lacks: re.Match[str], rejected: Set[str]
) -> list[str]:
    """Return what a missing skill is about: what is named in its clause, in its sentence, or just before."""
    here = [each for each in mentions[sentence.at] if each.id not in rejected]
    several = _PAIR.search(sentence.text) or _ALL_OF_THEM.search(sentence.text)
    if here and not several:
        places = [
            each
            for each in _clauses(sentence.text)
            if (each.stop > lacks.start() and each.start < lacks.end()) or _LACKS.search(sentence.text[each])
        ]
        near = [each for each in here if any(_is_in(each, place) for place in places)]
        before = [each for each in here if each.end <= lacks.start()]
        nearest = [each for each in near if each.end > lacks.start()] or near or before
        # "never wrote one, but that's just Python": it is about what was named before.
        return ids(nearest) or list(_before(thread, mentions, sentence, rejected, at_least=1)) or ids(here)
    if here:
        return ids(here)
    at_least = 1 if several is None else 2 if _PAIR.search(sentence.text) else _EVERY
    found = list(_before(thread, mentions, sentence, rejected, at_least=at_least))
    named = list(dict.fromkeys(each.id for row in mentions for each in row if each.id not in rejected))
    return found or (named if len(named) == 1 else [])


def _before(
    thread: Thread, mentions: Sequence[Sequence[Mention]], sentence: Sentence, rejected: Set[str], *, at_least: int
) -> Iterator[str]:
    """Yield what is named nearest before: by one sentence, or by whole messages until `at_least` so many are found."""
    found: list[str] = []
    nearest = -1
    for at in range(sentence.at - 1, max(-1, sentence.at - 2 - _BACK), -1):
        before = thread.sentences[at]
        index = before.message.index
        named = ids(mentions[at]) if at_least == _EVERY else _heads(before.text, mentions[at])
        is_enough = len(found) >= at_least and (at_least == 1 or index != nearest)
        if sentence.message.index - index > _BACK or (named and is_enough):
            return
        left = [each for each in named if each not in rejected]
        yield from left
        found += left
        nearest = index if left else nearest


def _heads(text: str, mentions: Sequence[Mention]) -> list[str]:
    """Return what a sentence is about: of "a Flink job over Kafka" it is Flink, of "Flink and Kafka" both.

    What stands in brackets is left out.
    """
    heads = [
        each
        for at, each in enumerate(mentions)
        if not (_OF.fullmatch(text[mentions[at - 1].end : each.start]) if at else _PLACE.search(text[: each.start]))
    ]
    outside = [each for each in heads if text.count("(", 0, each.start) == text.count(")", 0, each.start)]
    return ids(outside or heads)

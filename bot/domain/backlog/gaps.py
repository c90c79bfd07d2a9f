"""What nobody in the team can do yet: a sentence says that a skill is missing, and a technology is near."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from bot.domain.backlog.cues import pattern
from bot.domain.backlog.technologies import Mention, ids
from bot.domain.backlog.threads import Sentence, Thread

_SKILL = (
    r"(?:know|knows|knew|used?|using|touched|done|did|do|run|ran|running|written|wrote|worked|work with|seen|set up|"
    r"set it up|operated|operate|installed|tried|built|understand|understands|understood|"
    r"experience|familiar|clue|idea|knowledge|expertise|skills?|learn(?:ed|t)?|restored|configured|deployed|"
    r"maintained|upgraded|migrated|opened|looked (?:at|into)|heard|had|handled|administered|played with|it before)"
)
_LACKS = pattern("gaps", "lacks")
_BUS_FACTOR = pattern("gaps", "bus_factor")
_HAS = pattern("gaps", "has")
_ASKS = pattern("gaps", "asks")
_NO_SKILL = pattern("gaps", "no_skill")
_PAIR = re.compile(r"\b(?:either|neither|both)\b", re.IGNORECASE)
_ALL_OF_THEM = pattern("gaps", "all_of_them")
_EVERY = 99
_NONE = pattern("gaps", "none")
_SKILLED = re.compile(rf"\b{_SKILL}\b", re.IGNORECASE)
_OF = re.compile(r"[^,;.!?]{0,20}\b(?:on|over|in|for|with|from|to|into|behind|of)\b[^,;.!?]{0,12}", re.IGNORECASE)
_BACK = 4


def find(thread: Thread, mentions: Sequence[Sequence[Mention]], *, rejected: Set[str]) -> dict[str, Sentence]:
    """Return the technologies that the team cannot handle, with the sentence that says so."""
    gaps: dict[str, Sentence] = {}
    firm: set[str] = set()
    sentences = thread.sentences
    for sentence in sentences:
        text = sentence.text
        here = mentions[sentence.at]
        single = _BUS_FACTOR.search(text)
        none = (
            _NONE.match(text)
            if any(_SKILLED.search(each.text) for each in sentences[max(0, sentence.at - 3) : sentence.at])
            else None
        )
        lacks = single or none or (_LACKS.search(text) if not _NO_SKILL.search(text) else None)
        if lacks:
            found = _meant(thread, mentions, sentence, lacks, rejected)
            gaps |= {each: sentence for each in found if each not in gaps}
            firm |= set(found)
        elif _ASKS.search(text) and not _answered(sentences, sentence):
            asked = ids(here) or _before(thread, mentions, sentence, rejected, at_least=2)
            gaps |= {each: sentence for each in asked if each not in gaps}
        elif _HAS.search(text):
            for each in ids(here):
                if each not in firm:
                    gaps.pop(each, None)
    return {each: said for each, said in gaps.items() if each not in rejected}


def _answered(sentences: Sequence[Sentence], asked: Sentence) -> bool:
    """Whether somebody who answers has the skill, or nobody says a word about it."""
    answers = [each for each in sentences[asked.at + 1 : asked.at + 5] if each.message.index - asked.message.index <= 3]
    for answer in answers:
        if (_LACKS.search(answer.text) and not _NO_SKILL.search(answer.text)) or re.match(
            r"(?:no\b|nope|nah|not me|not really|not a bit|me neither|neither|none|nobody|negative|me no|ni idea|"
            r"crickets|silence|ehm|uh)",
            answer.text,
            re.IGNORECASE,
        ):
            return False
        if _HAS.search(answer.text):
            return True
    return True


def _meant(
    thread: Thread, mentions: Sequence[Sequence[Mention]], sentence: Sentence, lacks: re.Match[str], rejected: Set[str]
) -> list[str]:
    here = [each for each in mentions[sentence.at] if each.id not in rejected and not _is_known(sentence.text, each)]
    several = _PAIR.search(sentence.text) or _ALL_OF_THEM.search(sentence.text)
    if here:
        after = [each for each in here if each.end > lacks.start()]
        return ids(here if several else after or here)
    at_least = 1 if several is None else 2 if _PAIR.search(sentence.text) else _EVERY
    return list(_before(thread, mentions, sentence, rejected, at_least=at_least))


def _is_known(text: str, mention: Mention) -> bool:
    around = text[max(0, mention.start - 30) : mention.end + 30]
    return bool(re.search(r"\bwe (?:know|have used|use)\b", around, re.IGNORECASE)) and "don't" not in around


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
    """Return what a sentence is about: of "a Flink job over Kafka" it is Flink, of "Flink and Kafka" both."""
    heads = [
        each
        for at, each in enumerate(mentions)
        if at == 0 or not _OF.fullmatch(text[mentions[at - 1].end : each.start])
    ]
    return ids(heads)

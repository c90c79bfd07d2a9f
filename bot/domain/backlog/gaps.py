"""What nobody in the team can do yet: a piece of a sentence says that a skill is missing, and a technology is near."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from bot.domain.backlog.cues import LINK, patterns, pieces
from bot.domain.backlog.technologies import Mention, Vocabulary, ids
from bot.domain.backlog.threads import Sentence, Thread

_SAID = patterns("gaps")
#: So many sentences back stands what "it" is.
_BACK = 8


class _Skill(Enum):
    LACKS = "lacks"
    ONE_PERSON = "one person"
    HAS = "has"
    TAUGHT = "taught"


def find(
    thread: Thread,
    mentions: Sequence[Sequence[Mention]],
    vocabulary: Vocabulary,
    *,
    rejected: Set[str],
    coached_in: Set[int],
) -> dict[str, Sentence]:
    """Return the technologies that the team cannot handle, with the sentence that says so.

    What somebody can handle is no gap, unless that is one person alone. Where nothing else is, what the team wants to
    be taught is one; sentences in `coached_in` ask for that.
    """
    left = [[each for each in row if each.id not in rejected] for row in mentions]
    reader = _Reader(thread, left, vocabulary, coached_in)
    lacking: dict[str, Sentence] = {}
    taught: dict[str, Sentence] = {}
    alone: set[str] = set()
    for sentence in thread.sentences:
        said = list(reader.read(sentence))
        for at, (skill, meant) in enumerate(said):
            if skill is _Skill.HAS:
                # "I have used it, running it is another story"
                reader.known |= set(meant).difference(*(missing for _, missing in said[at + 1 :]))
                continue
            for each in meant:
                (taught if skill is _Skill.TAUGHT else lacking).setdefault(each, sentence)
            alone |= set(meant) if skill is _Skill.ONE_PERSON else set()
    gaps = {each: said for each, said in lacking.items() if each in alone or each not in reader.known}
    return gaps or {each: said for each, said in taught.items() if each not in reader.known}


@lru_cache(maxsize=256)  # a clause is read for each technology that it names
def lacks(text: str) -> re.Match[str] | None:
    """Return the words that say that a skill is missing."""
    return _SAID["bus_factor"].search(text) or (None if _SAID["no_skill"].search(text) else _SAID["lacks"].search(text))


def is_skill(text: str) -> bool:
    """Whether words say that somebody has a skill, or that it is missing."""
    return bool(lacks(text) or _SAID["has"].search(text))


def is_about_skill(sentences: Sequence[Sentence], at: int, place: slice) -> bool:
    """Whether a piece of a sentence says that a skill is missing, or answers the question for one with no."""
    text, before = sentences[at].text, sentences[max(0, at - 3) : at]
    is_no = _SAID["answer_no"].match(text) and len(text.split()) < 5
    is_answer = is_no and any(_SAID["asks"].search(each.text) or lacks(each.text) for each in before)
    return bool(lacks(text[place]) or _SAID["asks"].search(text) or is_answer)


def without_skill(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return what a sentence about somebody's skill leaves out of it: "I can do Python, not Helm"."""
    if not is_skill(text):
        return []
    return [
        each
        for each in mentions
        if _SAID["not_that"].search(text[: each.start]) or _SAID["less_so"].match(text[each.end :])
    ]


@dataclass(slots=True)
class _Reader:
    thread: Thread
    mentions: Sequence[Sequence[Mention]]
    vocabulary: Vocabulary
    coached_in: Set[int]
    #: What somebody in the team can handle.
    known: set[str] = field(default_factory=set)

    def read(self, sentence: Sentence) -> Iterator[tuple[_Skill, list[str]]]:
        """Yield what a sentence says of skills, and of which technologies it says that."""
        text, row = sentence.text, self.mentions[sentence.at]
        here = ids(row)
        if self._is_left(sentence):
            yield _Skill.ONE_PERSON, here or self._before(sentence)
            return
        if _SAID["asks"].search(text) and not lacks(text):
            if self._is_denied(sentence):
                yield _Skill.LACKS, here or self._before(sentence)
            return
        before = self.thread.sentences[max(0, sentence.at - 3) : sentence.at]
        is_answer = any(_SAID["asks"].search(each.text) and self._is_denied(each) for each in before)
        if not here and len(text.split()) < 7 and is_answer:
            return  # "no clue", of what was asked
        if sentence.at in self.coached_in and _SAID["taught"].search(text) and not lacks(text):
            yield _Skill.TAUGHT, here or self._before(sentence)
        missed = without_skill(text, row)
        if missed:
            yield _Skill.LACKS, ids(missed)
        for place in pieces(text, is_skill):
            piece = text[place]
            named = [
                each for each in row if place.start <= each.start and each.end <= place.stop and each not in missed
            ]
            missing = lacks(piece)
            if missing and not (missed and missed[0].start <= place.start + missing.start()):
                skill = _Skill.ONE_PERSON if _SAID["bus_factor"].search(piece) else _Skill.LACKS
                yield skill, self._meant(sentence, place, missing, named)
            elif (
                not missing and _SAID["has"].search(piece) and piece[-1:] != "?" and not _SAID["not_yet"].search(piece)
            ):
                yield _Skill.HAS, ids(named) or (self._before(sentence) if _SAID["pronoun"].search(piece) else [])

    def _meant(self, sentence: Sentence, place: slice, missing: re.Match[str], here: Sequence[Mention]) -> list[str]:
        """Return what a missing skill is about: what is named behind the words, before them, or in what was said."""
        whole, text, row = sentence.text, sentence.text[place], self.mentions[sentence.at]
        if _SAID["all_of_them"].search(text):
            named = [each for row in self.mentions[: sentence.at + 1] for each in ids(row) if each not in self.known]
            return ids(here) if len(here) > 1 else named
        if _SAID["pair"].search(text) and not here:
            return self._pair(sentence)
        if here and not _SAID["place"].search(whole[: here[0].start]):
            begins, ends = place.start + missing.start(), place.start + missing.end()
            behind = [each for each in here if each.end > begins]
            if behind and ", " in whole[ends : behind[0].start]:
                behind = []
            return ids(behind) or _listed(whole, [each for each in here if each.end <= ends]) or ids(here)
        nearest = _heads(whole, [each for each in row if each.end <= place.start])
        if not nearest and not _SAID["pronoun"].search(text):
            nearest = _heads(whole, [each for each in row if each.start >= place.stop])
        return [each for each in nearest if each not in self.known] or self._before(sentence)

    def _is_left(self, sentence: Sentence) -> bool:
        """Whether somebody who knew it is gone."""
        if not _SAID["departed"].search(sentence.text):
            return False
        beside = self.thread.sentences[max(0, sentence.at - 1) : sentence.at + 2]
        return any(_SAID["did_it"].search(each.text) for each in beside) or bool(lacks(sentence.text))

    def _is_denied(self, asked: Sentence) -> bool:
        """Whether those who answer a question for a skill do not have it, in words or with a wry face."""
        after = range(asked.message.index + 1, asked.message.index + 3)
        for answer in self.thread.sentences[asked.at + 1 : asked.at + 6]:
            if answer.message.index > after.stop:
                break
            if lacks(answer.text) or _SAID["answer_no"].match(answer.text):
                return True
            if _SAID["has"].search(answer.text) or _SAID["answer_yes"].match(answer.text):
                return False
        return any(each.index in after and _SAID["wry"].search(each.emoji) for each in self.thread.messages)

    def _before(self, sentence: Sentence) -> list[str]:
        """Return what was named last before, and nobody knows; a language only where it was all that was said."""
        last: list[str] = []
        for before in reversed(self.thread.sentences[max(0, sentence.at - _BACK) : sentence.at]):
            row, is_next = self.mentions[before.at], before.at == sentence.at - 1
            named = [each for each in _heads(before.text, row) if each not in self.known]
            # "API keys via Vault": the talk is about something else.
            beside = [each.id for each in row if _SAID["via"].search(before.text[: each.start])]
            # What was said of a skill goes on, even of a language.
            is_talk = is_next and (is_skill(before.text) or _SAID["asks"].search(before.text))
            thing = [each for each in named if is_talk or self.vocabulary[each].type != "language"]
            if set(thing).difference(beside):
                return thing
            if named and is_next and len(before.text.split()) < 4:
                return named  # "In Groovy."
            last = last or thing
        return last

    def _pair(self, sentence: Sentence) -> list[str]:
        """Return the two of which "neither" is said: the last that were named together, or one after the other."""
        found: list[str] = []
        for row in reversed(self.mentions[max(0, sentence.at - 2 * _BACK) : sentence.at + 1]):
            named = [each for each in ids(row) if each not in self.known]
            if len(named) > 1:
                return named[-2:]
            found += [each for each in named if each not in found]
        return found[:2] if len(found) > 1 else []


def _listed(text: str, mentions: Sequence[Mention]) -> list[str]:
    """Return the last technology, and those of which it is one in a list: "Kafka, Flink and Spark"."""
    found = list(mentions[-1:])
    for each in reversed(mentions[:-1]):
        if not LINK.fullmatch(text[each.end : found[0].start]):
            break
        found.insert(0, each)
    return ids(found)


def _heads(text: str, mentions: Sequence[Mention]) -> list[str]:
    """Return what a sentence is about: of "a Flink job over Kafka" it is Flink, of "Flink and Kafka" both.

    What stands in brackets is left out, and of a line of code all but the first.
    """
    heads = []
    for at, each in enumerate(mentions):
        between = text[mentions[at - 1].end : each.start] if at else ""
        is_in_code = "`" not in between and text.count("`", 0, each.start) % 2
        if not (_SAID["of"].fullmatch(between) or is_in_code if at else _SAID["place"].search(text[: each.start])):
            heads.append(each)
    outside = [each for each in heads if text.count("(", 0, each.start) == text.count(")", 0, each.start)]
    return ids(outside or heads)

"""What nobody in the team can do yet: a piece of a sentence says that a skill is missing, and a technology is near."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from enum import Enum
from functools import lru_cache

from bot.domain.backlog.clauses import listed, pieces, within
from bot.domain.backlog.cues import patterns
from bot.domain.backlog.technologies import Mention, Vocabulary, ids
from bot.domain.backlog.threads import Sentence, Thread

_SAID = patterns("gaps")
_BACK = 8
#: "I'm a Spark person": what stands before the name, and behind it.
_TRADE = (
    re.compile(r"\b(?:i'm|i am|we're|we are|s?he's) (?:an? |the |all |both |more |\w+ )?$", re.IGNORECASE),
    re.compile(r" (?:person|people|folks|guys?|dev\w*|engineers?|shop|team)\b"),
)


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
    reader = _Reader(thread, mentions, vocabulary, rejected, coached_in)
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
    left = {each: said for each, said in lacking.items() if each in alone or each not in reader.known}
    return left or {each: said for each, said in taught.items() if each not in reader.known}


def is_about_skill(sentences: Sequence[Sentence], at: int, place: slice) -> bool:
    """Whether a piece of a sentence says that a skill is missing, or answers the question for one with no."""
    text = sentences[at].text
    return bool(
        lacks(text[place])
        or _SAID["asks"].search(text)
        or (
            _SAID["answer_no"].match(text)
            and len(text.split()) < 5
            and any(_SAID["asks"].search(each.text) or lacks(each.text) for each in sentences[max(0, at - 3) : at])
        )
    )


@lru_cache(maxsize=256)  # a clause is read for each technology that it names
def lacks(text: str) -> re.Match[str] | None:
    """Return the words that say that a skill is missing."""
    return _SAID["bus_factor"].search(text) or (None if _SAID["no_skill"].search(text) else _SAID["lacks"].search(text))


def without_skill(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Return what a sentence about somebody's skill leaves out of it: "I can do Python, not Helm"."""
    if not _SAID["has"].search(text) and not lacks(text):
        return []
    return [
        each
        for each in mentions
        if _SAID["not_that"].search(text[: each.start]) or _SAID["less_so"].match(text[each.end :])
    ]


def is_farewell(text: str) -> bool:
    """Whether words tell that somebody who knew something is gone."""
    return bool(_SAID["departed"].search(text) and _SAID["did_it"].search(text))


def is_skill(text: str) -> bool:
    """Whether words say that somebody has a skill, or that it is missing."""
    return bool(lacks(text) or _SAID["has"].search(text))


class _Reader:
    def __init__(
        self,
        thread: Thread,
        mentions: Sequence[Sequence[Mention]],
        vocabulary: Vocabulary,
        rejected: Set[str],
        coached_in: Set[int],
    ) -> None:
        self._thread, self._sentences = thread, thread.sentences
        self._mentions = [[each for each in row if each.id not in rejected] for row in mentions]
        self._vocabulary, self._coached_in = vocabulary, coached_in
        #: What somebody in the team can handle.
        self.known: set[str] = set()

    def read(self, sentence: Sentence) -> Iterator[tuple[_Skill, list[str]]]:
        """Yield what a sentence says of skills, and of which technologies it says that."""
        here = ids(self._mentions[sentence.at])
        if self._is_left(sentence):
            yield _Skill.ONE_PERSON, here or self._before(sentence)
            return
        if _SAID["asks"].search(sentence.text) and not lacks(sentence.text):
            if self._is_denied(sentence):
                is_pair = _SAID["pair"].search(sentence.text)
                yield _Skill.LACKS, here or (self._pair(sentence) if is_pair else self._before(sentence))
            return
        if not here and len(sentence.text.split()) < 7 and self._answers(sentence):
            return  # "no clue", of what was asked
        if sentence.at in self._coached_in and _SAID["taught"].search(sentence.text) and not lacks(sentence.text):
            yield _Skill.TAUGHT, here or self._before(sentence)
        missed = without_skill(sentence.text, self._mentions[sentence.at])
        if missed:
            yield _Skill.LACKS, ids(missed)
        for place in pieces(sentence.text, is_skill):
            text = sentence.text[place]
            named = [each for each in within(self._mentions[sentence.at], place) if each not in missed]
            missing = lacks(text)
            if missing and missed and missed[0].start <= place.start + missing.start():
                missing = None  # "JCL yes, Zowe not once"
            trades = [each for each in named if missing and _is_trade(sentence.text, each)]
            named = [each for each in named if each not in trades]
            if trades:
                yield _Skill.HAS, ids(trades)
            if missing:
                is_one = bool(_SAID["bus_factor"].search(text))
                yield _Skill.ONE_PERSON if is_one else _Skill.LACKS, self._meant(sentence, place, missing, named)
            elif _SAID["has"].search(text) and not text.endswith("?") and not _SAID["not_yet"].search(text):
                yield _Skill.HAS, ids(named) or (self._before(sentence) if _SAID["pronoun"].search(text) else [])

    def _meant(self, sentence: Sentence, place: slice, missing: re.Match[str], here: Sequence[Mention]) -> list[str]:
        """Return what a missing skill is about: what is named behind the words, before them, or in what was said."""
        text = sentence.text[place]
        if _SAID["all_of_them"].search(text):
            return ids(here) if len(here) > 1 else self._all(sentence)
        if _SAID["pair"].search(text) and not here:
            return self._pair(sentence)
        if _SAID["others"].search(text):
            named = within(self._mentions[sentence.at], slice(0, len(sentence.text)))
            return [each for each in self._together(sentence) if each not in ids(named)]
        if here and not _SAID["place"].search(sentence.text[: here[0].start]):
            ends = place.start + missing.end()
            behind = [each for each in here if each.end > place.start + missing.start()]
            if behind and ", " in sentence.text[ends : behind[0].start]:
                behind = []
            return ids(behind) or listed(sentence.text, [each for each in here if each.end <= ends]) or ids(here)
        before = [each for each in self._mentions[sentence.at] if each.end <= place.start]
        behind = [each for each in self._mentions[sentence.at] if each.start >= place.stop]
        nearest = _heads(sentence.text, before) or (
            [] if _SAID["pronoun"].search(text) else _heads(sentence.text, behind)
        )
        return [each for each in nearest if each not in self.known] or self._before(sentence)

    def _is_left(self, sentence: Sentence) -> bool:
        """Whether somebody who knew it is gone."""
        if not _SAID["departed"].search(sentence.text):
            return False
        beside = self._sentences[max(0, sentence.at - 1) : sentence.at + 2]
        return any(_SAID["did_it"].search(each.text) for each in beside) or bool(lacks(sentence.text))

    def _answers(self, sentence: Sentence) -> bool:
        before = self._sentences[max(0, sentence.at - 3) : sentence.at]
        return any(_SAID["asks"].search(each.text) and self._is_denied(each) for each in before)

    def _is_denied(self, asked: Sentence) -> bool:
        """Whether those who answer a question for a skill do not have it, in words or with a wry face."""
        for answer in self._sentences[asked.at + 1 : asked.at + 6]:
            if answer.message.index - asked.message.index > 3:
                break
            if lacks(answer.text) or _SAID["answer_no"].match(answer.text) or _SAID["none"].match(answer.text):
                return True
            if _SAID["has"].search(answer.text) or _SAID["answer_yes"].match(answer.text):
                return False
        return any(
            0 < each.index - asked.message.index < 3 and _SAID["wry"].search(each.emoji)
            for each in self._thread.messages
        )

    def _before(self, sentence: Sentence) -> list[str]:
        """Return what was named last before, and nobody knows; a language only where it was all that was said."""
        last: list[str] = []
        for before in reversed(self._sentences[max(0, sentence.at - _BACK) : sentence.at]):
            named = [each for each in _heads(before.text, self._mentions[before.at]) if each not in self.known]
            beside = [each.id for each in self._mentions[before.at] if _SAID["via"].search(before.text[: each.start])]
            # What was said of a skill goes on, even of a language.
            is_talk = before.at == sentence.at - 1 and (is_skill(before.text) or _SAID["asks"].search(before.text))
            thing = [each for each in named if is_talk or self._vocabulary[each].type != "language"]
            # "API keys via Vault": the talk is about something else.
            if set(thing).difference(beside):
                return thing
            if named and before.at == sentence.at - 1 and len(before.text.split()) < 4:
                return named  # "In Groovy."
            last = last or thing
        return last

    def _together(self, sentence: Sentence) -> list[str]:
        """Return what was last named in one sentence before."""
        before = reversed(self._mentions[: sentence.at])
        return next((ids(row) for row in before if len(ids(row)) > 1), [])

    def _pair(self, sentence: Sentence) -> list[str]:
        """Return the two of which "neither" is said: the last that were named together, or one after the other."""
        found: list[str] = []
        for before in reversed(self._sentences[max(0, sentence.at - 2 * _BACK) : sentence.at + 1]):
            named = [each for each in ids(self._mentions[before.at]) if each not in self.known]
            if len(named) > 1:
                return named[-2:]
            found += [each for each in named if each not in found]
            if len(found) > 1:
                return found
        return []

    def _all(self, sentence: Sentence) -> list[str]:
        return [each for each in self._named(sentence.at) if each not in self.known]

    def _named(self, until: int | None = None) -> list[str]:
        rows = self._mentions if until is None else self._mentions[: until + 1]
        return list(dict.fromkeys(each.id for row in rows for each in row))


def _is_trade(text: str, mention: Mention) -> bool:
    before, behind = _TRADE
    return bool(before.search(text[: mention.start]) and behind.match(text, mention.end))


def _heads(text: str, mentions: Sequence[Mention]) -> list[str]:
    """Return what a sentence is about: of "a Flink job over Kafka" it is Flink, of "Flink and Kafka" both.

    What stands in brackets is left out, and of a line of code all but the first.
    """
    heads = [
        each
        for at, each in enumerate(mentions)
        if not (
            _SAID["of"].fullmatch(between := text[mentions[at - 1].end : each.start])
            or ("`" not in between and text.count("`", 0, each.start) % 2)
            if at
            else _SAID["place"].search(text[: each.start])
        )
    ]
    outside = [each for each in heads if text.count("(", 0, each.start) == text.count(")", 0, each.start)]
    return ids(outside or heads)

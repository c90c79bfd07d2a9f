"""How likely a sentence is to ask for something, or to say that a skill is missing, as labelled threads teach it.

Logistic regressions over the words of a sentence, the words around it and its place in the thread; `relevance` and
`type_classifier` have others. Their weights are data: `bot/data/classifier.json`, which `make weights` learns from the
threads in `tests/domain/backlog` (see docs/adr/0015). The rules say what is asked for and in which words; the
classifier says how much a sentence sounds like it, so that what only looks like a wish is left out, and a wish that no
rule knows is found.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.domain.backlog.technologies import Mention, Vocabulary
from bot.domain.backlog.threads import Sentence, Thread

_FILE = Path(__file__).resolve().parents[2] / "data" / "classifier.json"
_TOKEN = re.compile(r"[A-Za-z_]+(?:'[a-z]+)?|\d+|[?!:;,()`-]")
_ENDINGS = ("ing", "ed", "es", "s")
#: So many words before and after a sentence are looked at.
_AROUND = 12
_NEAR, _LATER = 0.5, 0.15

#: Features of one sentence and their values, by names such as `w need` (a word) or `b we need` (two in a row).
Features = dict[str, float]
#: The weight of each feature; the one without a name is added always.
Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How likely a sentence asks for something (`wish`), and says that a skill is missing (`gap`), from 0 to 1."""

    wish: float
    gap: float


def likelihoods(thread: Thread, mentions: Sequence[Sequence[Mention]], vocabulary: Vocabulary) -> list[Likelihood]:
    """Return the likelihoods of a thread's sentences, in their order. Takes time in proportion to the thread."""
    wish, gap = weights()["wish"], weights()["gap"]
    later_wish = later_gap = 0.0
    found = []
    for own, fresh in features(thread, mentions, vocabulary):
        found.append(Likelihood(_sure(wish, own, later_wish), _sure(gap, own, later_gap)))
        later_wish += _LATER * sum(wish.get(f"l {word}", 0.0) for word in fresh)
        later_gap += _LATER * sum(gap.get(f"l {word}", 0.0) for word in fresh)
    return found[::-1]


def features(
    thread: Thread, mentions: Sequence[Sequence[Mention]], vocabulary: Vocabulary
) -> Iterator[tuple[Features, set[str]]]:
    """Yield the features of each sentence, the last one first, with those of its words that no later sentence has.

    What is said after a sentence counts, too: its features are `l WORD` with the value of `LATER`. Whoever needs them
    collects the words on the way.
    """
    said = [list(words(each.text, mentions[each.at], vocabulary)) for each in thread.sentences]
    heard: set[str] = set()
    for sentence in reversed(thread.sentences):
        yield _of_sentence(thread, sentence, said), set(said[sentence.at]) - heard
        heard |= set(said[sentence.at])


def later(heard: set[str]) -> Features:
    """Return the features of what is said after a sentence, from all words that later sentences have."""
    return {f"l {word}": _LATER for word in heard}


def _of_sentence(thread: Thread, sentence: Sentence, all_said: Sequence[Sequence[str]]) -> Features:
    said, at, last = all_said[sentence.at], sentence.at, len(thread.sentences) - 1
    found: Features = {f"w {word}": 1.0 for word in said}
    found |= {f"b {one} {two}": 1.0 for one, two in zip(["^", *said], [*said, "$"], strict=True)}
    if len(said) > 1:
        found[f"f {said[0]} {said[1]}"] = 1.0
    for beside, letter in ((at - 1, "p"), (at + 1, "n")):
        if 0 <= beside <= last:
            whose = "s" if thread.sentences[beside].message is sentence.message else "o"
            near = all_said[beside][-_AROUND:] if beside < at else all_said[beside][:_AROUND]
            found |= {f"{letter}{whose} {word}": _NEAR for word in near}
    root, end = thread.sentences[0].message, thread.sentences[last].message
    flags = {
        "bullet": sentence.is_bullet,
        "firstmsg": sentence.message is root,
        "lastmsg": sentence.message is end,
        "root": sentence.message.author == root.author,
        "alone": last == 0,
    }
    found |= {name: 1.0 for name, is_so in flags.items() if is_so}
    return found | {"pos": at / (last + 1), "len": min(len(said), 40) / 40, "many": min(last + 1, 30) / 30}


def likelihood(what: str, own: Features) -> float:
    """Return how likely the answer to one of the questions is yes, from these features."""
    return _sure(weights()[what], own, 0.0)


def scores(names: Iterable[str], own: Features) -> dict[str, float]:
    """Return the score of each of several answers, from these features: the highest is the most likely one."""
    return {each: _weighed(weights()[each], own) for each in names}


def words(text: str, mentions: Sequence[Mention], vocabulary: Vocabulary) -> Iterator[str]:
    """Yield the words of a text without small endings; all technologies of a type are one word, and so are numbers."""
    return plain_words(masked(text, mentions, lambda each: f"TECH TECH_{vocabulary[each.id].type}"))


def plain_words(text: str) -> Iterator[str]:
    """Yield the words of a text without small endings; all numbers are one word."""
    for word in _TOKEN.findall(text):
        if word.isdigit():
            yield "<num>"
        else:
            yield word if word.startswith("TECH") else _stem(word.lower())


def masked(text: str, mentions: Iterable[Mention], called: Callable[[Mention], str]) -> str:
    """Return a text with other words for the technologies that it names."""
    pieces, last = [], 0
    for each in sorted(mentions, key=lambda one: one.start):
        if each.start >= last:
            pieces += [text[last : each.start], f" {called(each)} "]
            last = each.end
    return "".join([*pieces, text[last:]])


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) > 3:
            return word[: -len(ending)]
    return word


def _weighed(each: Weights, own: Features) -> float:
    return each[""] + sum(value * each.get(name, 0.0) for name, value in own.items())


def _sure(each: Weights, own: Features, of_later: float) -> float:
    return 1 / (1 + math.exp(-_weighed(each, own) - of_later))


@lru_cache(maxsize=1)
def weights() -> Mapping[str, Weights]:
    """Return the weights of all questions, by name."""
    read: Mapping[str, Weights] = json.loads(_FILE.read_text(encoding="utf-8"))
    return read

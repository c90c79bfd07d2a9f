"""The names to offer if none is certain: those that share the rarest words with the text, or nearly its spelling."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from math import log2

from bot.domain.directory.answers import Candidate, Nearest
from bot.domain.directory.index import DirectoryIndex
from bot.domain.directory.readings import Reading
from bot.domain.directory.typos import Near

#: How many names are looked at for one text, rarest words first, and how many of them are compared word by word.
_MOST_NAMES = 2_000
_MOST_COMPARED = 40
#: The highest confidence of a suggestion, below that of any answer, and the lowest worth showing.
_SUREST = 0.89
_LEAST = 0.2


def nearest(index: DirectoryIndex, readings: Sequence[Reading], near: Sequence[list[Near]], *, limit: int) -> Nearest:
    """Return the names to offer for a text that was read as `readings`; `near` are names with a similar spelling."""
    if not readings:
        return Nearest((), "")
    reading = readings[0]
    scores: dict[int, float] = {}
    for names in near:
        for one in names:
            length = len(index.names.folded[one.name])
            _raise(scores, index.names.assets[one.name], 1 - one.slips / (length + 4))
    for name, score in _by_words(index, reading.words):
        _raise(scores, index.names.assets[name], score)
    for name in index.names.with_initials(reading.folded)[:_MOST_COMPARED]:
        _raise(scores, index.names.assets[name], 0.5)
    best = sorted(scores.items(), key=lambda item: (-item[1], index.assets[item[0]].name, item[0]))[:limit]
    found = tuple(
        Candidate(asset_id, round(min(score, 1.0) * _SUREST, 3), index.assets[asset_id].name)
        for asset_id, score in best
        if score >= _LEAST
    )
    return Nearest(found, reading.text)


def _raise(scores: dict[int, float], asset_id: int, score: float) -> None:
    if score > scores.get(asset_id, 0.0):
        scores[asset_id] = score


def _by_words(index: DirectoryIndex, words: Sequence[str]) -> list[tuple[int, float]]:
    """Return (name number, likeness) for names that contain one of the words, or a word with a similar spelling."""
    book = index.names.token_index
    meant = [(word, _likely(index, word)) for word in dict.fromkeys(words) if book.meaning_of(word)]
    sought = sorted({(book.count(number), book.words[number], number) for _, options in meant for number in options})
    counts: Counter[int] = Counter()
    left = _MOST_NAMES
    for count, _, number in sought:
        if count > left and counts:
            break
        names = book.names[number]
        counts.update((names,) if isinstance(names, int) else names[:left])
        left -= min(count, left)
    weigh = _Weights(index)
    weights = {word: max(map(weigh, options), default=weigh.most) for word, options in meant}
    return [(name, _likeness(index, name, meant, weights, weigh)) for name in _with_most(counts)]


def _with_most(counts: Counter[int]) -> list[int]:
    """Return the names that contain the most of the words; if there are too many, those with the rarest words first."""
    found: list[int] = []
    for most in sorted(set(counts.values()), reverse=True):
        found += [name for name, count in counts.items() if count == most]
        if len(found) >= _MOST_COMPARED:
            break
    return found[:_MOST_COMPARED]


class _Weights:
    """The weight of each word: the rarer it is in the catalog, the higher."""

    __slots__ = ("_known", "_wordbook", "most")

    def __init__(self, index: DirectoryIndex) -> None:
        self._wordbook = index.names.token_index
        self._known: dict[int, float] = {}
        self.most = log2(len(index.names) + 2)

    def __call__(self, number: int) -> float:
        weight = self._known.get(number)
        if weight is None:
            weight = self._known[number] = self.most - log2(self._wordbook.count(number))
        return weight


def _likely(index: DirectoryIndex, word: str) -> dict[int, float]:
    """Return the catalog's words that `word` may stand for, each with a likeness of up to 1."""
    book = index.names.token_index
    options = dict.fromkeys(book.alike(word), 0.97)
    if (own := book.number(word)) is not None:
        options[own] = 1.0
    if len(word) >= 3:
        for slips, number in book.near(word, slips=2 if len(word) >= 5 else 1)[:8]:
            options.setdefault(number, 1 - (slips + 0.5) / (len(word) + 1))
        for number in book.beginning(word, most=8):
            options.setdefault(number, 0.6)
    return options


def _likeness(
    index: DirectoryIndex,
    name: int,
    meant: Sequence[tuple[str, dict[int, float]]],
    weights: dict[str, float],
    weigh: Callable[[int], float],
) -> float:
    """Return the share of words that text and name have in common, from 0 to 1; rare words have more weight."""
    words = index.names.words[name]
    rest = list(words)
    common = 0.0
    for word, options in meant:
        likest, best = 0.0, -1
        for number in rest:
            if (likeness := options.get(number, 0.0)) > likest:
                likest, best = likeness, number
        if best >= 0:
            common += weights[word] * likest
            rest.remove(best)
    whole = sum(weights.values()) + sum(map(weigh, words))
    return 2 * common / whole if whole else 0.0

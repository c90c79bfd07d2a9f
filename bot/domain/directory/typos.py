"""Finding the name behind a typo: a letter too many, too few, wrong or swapped.

A typo makes a word that nobody knows. A word that the catalog or the language knows is never corrected, so a name with
another word in its place is the name of something else. Digits are never corrected either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from rapidfuzz.distance import OSA

from bot.domain.directory.answers import Match, ResolutionMethod, Several
from bot.domain.directory.choices import FoundAssets, choose
from bot.domain.directory.index import DirectoryIndex
from bot.domain.directory.readings import Reading
from bot.domain.directory.vocabulary import MEANINGS, QUESTION_WORDS, other_numbers

_MOST_CORRECTIONS = 8
_MOST_COMBINATIONS = 64
#: How many letters each part of a run-together word has at least.
_SHORTEST_PART = 3


@dataclass(frozen=True, slots=True)
class Near:
    """A name within a few edits of the text. `is_sure` is False if a known word would have to be changed."""

    name: int
    slips: int
    is_sure: bool


def slips_allowed(length: int) -> int:
    """Return how many typos are allowed in a text of this many letters: none in short names, which are too similar."""
    return 0 if length <= 4 else 1 if length < 8 else 2


def behind_slips(
    index: DirectoryIndex, readings: Sequence[Reading], *, limit: int
) -> tuple[Match | Several | None, list[list[Near]]]:
    """Return the answer if a reading is certainly a name with typos, and the near names of the readings looked at."""
    found: list[list[Near]] = []
    for reading in readings:
        # Names with one typo are nearer than those with two, and found in half the time.
        if answer := _surely(index, near_names(index, reading, slips=1), reading, limit=limit):
            return answer, found
        near = near_names(index, reading, slips=2)
        found.append(near)
        if answer := _surely(index, near, reading, limit=limit):
            return answer, found
    return None, found


def _surely(index: DirectoryIndex, near: Sequence[Near], reading: Reading, *, limit: int) -> Match | Several | None:
    """Return the answer if one of the near names is certainly the one that was meant."""
    sure = [one for one in near if one.is_sure]
    if not sure:
        return None
    fewest = min(one.slips for one in sure)
    best = [one for one in sure if one.slips == fewest]
    # Of names with the same words, take the one in the written order.
    in_order = [one for one in best if OSA.distance(index.names.folded[one.name], reading.folded) <= fewest]
    assets = tuple(dict.fromkeys(index.names.assets[one.name] for one in in_order or best))
    finding = FoundAssets(assets, ResolutionMethod.TYPO, loss=0.04 * (fewest - 1))
    return choose(index, finding, reading, limit=limit)


def near_names(index: DirectoryIndex, reading: Reading, *, slips: int) -> list[Near]:
    """Return the names within at most `slips` typos of a reading: word by word in any order, and as a whole."""
    allowed = min(slips, slips_allowed(len(reading.folded) + 1))
    if not allowed:
        return []
    found: dict[int, Near] = {}
    for near in (*_word_by_word(index, reading.words, allowed), *_as_a_whole(index, reading, slips, allowed)):
        near = replace(near, is_sure=near.is_sure and not _is_another(index, reading, near.name))  # noqa: PLW2901
        held = found.get(near.name)
        if held is None or (near.is_sure, -near.slips) > (held.is_sure, -held.slips):
            found[near.name] = near
    return list(found.values())


def _is_another(index: DirectoryIndex, reading: Reading, name: int) -> bool:
    """Whether a short name has letters before or behind it that make it another name: `oauth` is not `auth`.

    A plural is not another name.
    """
    theirs = index.names.folded[name]
    is_short = not slips_allowed(len(theirs)) and len(reading.folded) > len(theirs)
    return is_short and theirs in reading.folded and theirs not in other_numbers(reading.folded)


def _word_by_word(index: DirectoryIndex, words: Sequence[str], allowed: int) -> Iterator[Near]:
    """Yield the names that contain the words, in any order, after the unknown ones are corrected."""
    book = index.names.token_index
    choices: list[list[tuple[int, str]]] = []
    for word in words:
        if not book.meaning_of(word):
            continue
        if word in book or (is_meant(index, word) and not _plurals(index, word)):
            choices.append([(0, word)])
            continue
        if plurals := _plurals(index, word):
            choices.append([(1, one) for one in plurals])
            continue
        near = book.near(word, slips=min(allowed, _slips_in_word(len(word))))[:_MOST_CORRECTIONS]
        if not near:
            return
        choices.append([(slips, one) for slips, number in near if not _is_longer(word, one := book.words[number])])
    combinations = sorted(
        ((sum(slips for slips, _ in one), one) for one in _bounded(choices)), key=lambda pair: pair[0]
    )
    for slips, corrected in combinations:
        if 0 < slips <= allowed:
            spelt = [word for _, word in corrected]
            for name in index.names.with_meanings(spelt):
                if _in_order(index, name, spelt):
                    yield Near(name, slips, is_sure=True)


def _bounded(choices: list[list[tuple[int, str]]]) -> Iterator[tuple[tuple[int, str], ...]]:
    """Yield combinations of one choice for each word; if there would be too many, with fewer choices for each word."""
    most = _MOST_CORRECTIONS
    while most > 1 and _size(choices, most) > _MOST_COMBINATIONS:
        most -= 1
    return product(*(options[:most] for options in choices))


def _size(choices: list[list[tuple[int, str]]], most: int) -> int:
    size = 1
    for options in choices:
        size *= min(len(options), most)
    return size


def _as_a_whole(index: DirectoryIndex, reading: Reading, slips: int, allowed: int) -> Iterator[Near]:
    """Yield the names with a similar spelling from beginning to end, ignoring separators.

    Names within `slips` edits are looked at, because a longer name may have more of them than the `allowed` ones.
    """
    words = reading.words
    length = len(reading.folded)
    for distance, name in index.names.near(reading.folded, slips=slips if length > 4 else allowed):
        bears = slips_allowed(max(length, len(index.names.folded[name])))
        yield Near(name, distance, is_sure=distance <= bears and _is_slip(index, words, name))
    if reading.folded in index.folded:
        return
    is_sure = not any(word in index.names.token_index for word in words)
    for other in other_numbers(reading.folded):
        if other in index.folded:
            yield from (Near(name, 1, is_sure=is_sure) for _, name in index.names.near(other, slips=0))


def _is_slip(index: DirectoryIndex, words: Sequence[str], name: int) -> bool:
    """Return whether the text can only be a typo of the name: no word that is meant as written would be changed."""
    theirs = index.names.spelt(name)
    if _digits(words) != _digits(theirs):
        return False
    rest_of_theirs = list(theirs)
    rest: list[str] = []
    for word in words:
        match = next((one for one in rest_of_theirs if _is_same(index, word, one)), None)
        if match is None:
            rest.append(word)
        else:
            rest_of_theirs.remove(match)
    for word in rest:
        if is_meant(index, word) and not (len(rest) > len(rest_of_theirs) and _is_broken_off(word, rest_of_theirs)):
            return False
        parts = _parts(index, word)
        if parts and not set(parts) <= set(theirs):
            return False
    return _pairs_are_slips(rest, rest_of_theirs)


def _plurals(index: DirectoryIndex, word: str) -> list[str]:
    """Return the catalog's words that are the plural or the singular of `word`."""
    book = index.names.token_index
    return [one for one in other_numbers(word) if one in book]


def _is_same(index: DirectoryIndex, word: str, other: str) -> bool:
    """Return whether two words mean the same. A plural means its singular, unless the catalog has both."""
    if word == other:
        return True
    book = index.names.token_index
    if word not in book and other in other_numbers(word):
        return True
    if not book.meaning_of(word) or book.meaning_of(word) != book.meaning_of(other):
        return False
    return word not in book or other not in other_numbers(word)


def _pairs_are_slips(rest: Sequence[str], theirs: Sequence[str]) -> bool:
    """Return whether the remaining words of both sides differ by no more typos than their length allows."""
    if len(rest) == len(theirs):
        return all(_is_slip_of_word(word, other) for word, other in zip(rest, theirs, strict=True))
    whole = "".join(rest)
    return OSA.distance(whole, "".join(theirs)) <= _slips_in_word(len(whole))


def _is_slip_of_word(word: str, other: str) -> bool:
    distance = OSA.distance(word, other)
    if len(other) <= 2 and len(word) == len(other) and sorted(word) != sorted(other):
        return False
    return distance <= max(1, _slips_in_word(len(other))) and not _is_longer(word, other)


def _is_longer(word: str, other: str) -> bool:
    """Return whether a word is another one with letters before or behind it: `copilot` is not a typo of `pilot`."""
    shorter, longer = sorted((word, other), key=len)
    return len(longer) > len(shorter) + 1 and (longer.startswith(shorter) or longer.endswith(shorter))


def is_meant(index: DirectoryIndex, word: str) -> bool:
    """Return whether a word is meant as written: a name contains it, the language has it, or questions use it."""
    return index.names.token_index.is_known(word) or word in QUESTION_WORDS or word.isdigit()


def _is_broken_off(word: str, theirs: Sequence[str]) -> bool:
    """Return whether `word` is a piece of one of the words, cut off by an extra separator."""
    return any((len(other) > len(word) and other.startswith(word)) or other.endswith(word) for other in theirs)


def _parts(index: DirectoryIndex, word: str) -> tuple[str, ...]:
    """Return the two known words that are run together in `word`, or nothing."""
    for place in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        first, second = word[:place], word[place:]
        if is_meant(index, first) and is_meant(index, second):
            return (first, second)
    return ()


def _slips_in_word(length: int) -> int:
    return 0 if length < 3 else 1 if length < 7 else 2


def _digits(words: Sequence[str]) -> str:
    return "".join(mark for word in words if word not in MEANINGS for mark in word if mark.isdigit())


def _in_order(index: DirectoryIndex, name: int, words: Sequence[str]) -> bool:
    """Return whether the separate numbers are in the same order."""
    return [word for word in index.names.spelt(name) if word.isdigit()] == [word for word in words if word.isdigit()]

"""The words of the catalog's names: which names contain them, what they mean, and which have a similar spelling."""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain.directory.rows import SHORTEST, HashedRows, near_keys, piece_keys
from bot.domain.directory.vocabulary import COMMON_WORDS, FUNCTION_WORDS, MEANINGS, SPELLINGS


class TokenIndex:
    """Words by number, each with the names that contain it. A word that no name contains any more is forgotten."""

    __slots__ = ("_free", "_near", "_numbers", "_sorted", "meanings", "names", "words")

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        #: Word number -> the word.
        self.words: list[str] = []
        self._sorted: list[str] = []
        self._near = HashedRows()
        self._free: list[int] = []
        #: Word number -> the hash of what the word means; 0 for a function word.
        self.meanings: list[int] = []
        #: Word number -> the numbers of the names that contain the word, ascending; a single one is stored without an
        #: array.
        self.names: list[int | array[int]] = []

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, word: str) -> bool:
        return word in self._numbers

    def number(self, word: str) -> int | None:
        """Return the word's number, or None if no name contains it."""
        return self._numbers.get(word)

    def add(self, word: str, name: int) -> int:
        """Record that the name with number `name` contains `word`; return the word's number."""
        number = self._numbers.get(word)
        if number is None:
            number = self._coin(word, name)
            for key in piece_keys(word):
                self._near.add(key, number)
            insort(self._sorted, word)
            return number
        names = self.names[number]
        if isinstance(names, int):
            if names != name:
                self.names[number] = array("I", sorted((names, name)))
            return number
        place = bisect_left(names, name)
        if place == len(names) or names[place] != name:
            names.insert(place, name)
        return number

    def fill(self, names: Iterable[Sequence[str]]) -> list[tuple[int, ...]]:
        """Add the words of the first names, which are numbered from 0; return the word numbers of each name."""
        numbers: dict[str, int] = {}
        holders: list[array[int]] = []
        found: list[tuple[int, ...]] = []
        for name, words in enumerate(names):
            own = []
            for word in words:
                number = numbers.get(word)
                if number is None:
                    number = numbers[word] = len(holders)
                    holders.append(array("I", (name,)))
                elif (holder := holders[number])[-1] != name:
                    holder.append(name)
                own.append(number)
            found.append(tuple(own))
        self._numbers, self.words = numbers, list(numbers)
        self.meanings = [meaning_of(word) for word in numbers]
        self.names = [holder[0] if len(holder) == 1 else holder for holder in holders]
        self._near.load(map(piece_keys, numbers))
        self._sorted = sorted(numbers)
        return found

    def remove(self, number: int, name: int) -> None:
        """Record that the name no longer contains the word."""
        names = self.names[number]
        if isinstance(names, int):
            if names == name:
                self._forget(number)
            return
        place = bisect_left(names, name)
        if place < len(names) and names[place] == name:
            del names[place]
            if len(names) == 1:
                self.names[number] = names[0]

    def meaning_of(self, word: str) -> int:
        """Return the hash of what `word` means, whether or not a name contains it; 0 for a function word."""
        number = self._numbers.get(word)
        return meaning_of(word) if number is None else self.meanings[number]

    def count(self, number: int) -> int:
        """Return how many names contain the word."""
        names = self.names[number]
        return 1 if isinstance(names, int) else len(names)

    def names_of(self, number: int) -> Iterator[int]:
        """Return the names that contain the word, ascending."""
        names = self.names[number]
        return iter((names,)) if isinstance(names, int) else iter(names)

    def alike(self, word: str) -> tuple[int, ...]:
        """Return the numbers of the catalog's words that mean the same as `word`, itself first if it is there."""
        own = self._numbers.get(word)
        meaning = MEANINGS.get(word)
        if meaning is None:
            return () if own is None else (own,)
        others = (self._numbers.get(other) for other in SPELLINGS[meaning] if other != word)
        return tuple(number for number in (own, *others) if number is not None)

    def is_known(self, word: str) -> bool:
        """Return whether `word` cannot be a typo.

        The catalog or the language has the word, or it consists of two such words.
        """
        return word in self._numbers or word in COMMON_WORDS or word in MEANINGS

    def near(self, word: str, *, slips: int) -> list[tuple[int, int]]:
        """Return (edits, word number) for words within `slips` edits of `word`, nearest first. Digits never differ."""
        if len(word) < SHORTEST:
            return []
        found = {number for key in near_keys(word, slips=slips) for number in self._near.find(key)}
        if not found:
            return []
        words = [self.words[number] for number in found]
        scored = process.extract(word, words, scorer=OSA.distance, score_cutoff=slips, limit=None)
        digits = digits_of(word)
        near = sorted((int(slip), text) for text, slip, _ in scored if digits_of(text) == digits)
        return [(slip, self._numbers[text]) for slip, text in near]

    def beginning(self, start: str, *, most: int) -> list[int]:
        """Return the numbers of up to `most` words that begin with `start`."""
        place = bisect_left(self._sorted, start)
        found: list[int] = []
        while place < len(self._sorted) and len(found) < most and self._sorted[place].startswith(start):
            found.append(self._numbers[self._sorted[place]])
            place += 1
        return found

    def _coin(self, word: str, names: int | array[int]) -> int:
        if self._free:
            number = self._free.pop()
            self.words[number], self.meanings[number], self.names[number] = word, meaning_of(word), names
        else:
            number = len(self.words)
            self.words.append(word)
            self.meanings.append(meaning_of(word))
            self.names.append(names)
        self._numbers[word] = number
        return number

    def _forget(self, number: int) -> None:
        word = self.words[number]
        for key in piece_keys(word):
            self._near.discard(key, number)
        del self._numbers[word]
        del self._sorted[bisect_left(self._sorted, word)]
        self._free.append(number)


def meaning_of(word: str) -> int:
    """Return the hash of what `word` means; 0 for a function word."""
    return 0 if word in FUNCTION_WORDS else hash(MEANINGS.get(word, word)) or 1


def digits_of(text: str) -> str:
    """Return the digits of a text, in order. They must never differ."""
    return "".join(filter(str.isdigit, text)) if not text.isalpha() else ""

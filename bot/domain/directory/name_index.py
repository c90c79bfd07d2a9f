"""The names of the catalog's assets, found by their words in any order and by nearly the same letters."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain import id_lists
from bot.domain.directory.rows import HashedRows, near_keys, piece_keys
from bot.domain.directory.token_index import TokenIndex

_NOBODY = -1
#: A piece that more names than this have in common does not single out any.
_MOST_PER_PIECE = 400
_INITIALS_SALT = 0x1F83D9AB
#: Names of two to this many words are also found by their initials.
_MOST_INITIALS = 6


class NameIndex:
    """Names by number. A number belongs to one spelling of one asset; numbers of removed names are used again."""

    __slots__ = ("_added", "_first", "_free", "_keys", "_near", "assets", "folded", "token_index", "words")

    def __init__(self) -> None:
        self.token_index = TokenIndex()
        self._keys = HashedRows()
        self._near = HashedRows()
        self._free: list[int] = []
        #: The ids of assets, ascending, and the numbers of their names, as they were when the first name was removed.
        self._first: tuple[array[int], array[int]] | None = None
        #: Asset id -> the numbers of names that have been added since.
        self._added: dict[int, list[int]] = {}
        #: Name number -> the asset's id, or -1 if the number is free.
        self.assets: list[int] = []
        #: Name number -> the folded name.
        self.folded: list[str] = []
        #: Name number -> the numbers of its words, in order.
        self.words: list[tuple[int, ...]] = []

    def __len__(self) -> int:
        return len(self.assets) - len(self._free)

    def add(self, asset_id: int, words: Sequence[str], folded: str) -> None:
        """Add one spelling of an asset."""
        if self._free:
            number = self._free.pop()
        else:
            number = len(self.assets)
            self.assets.append(_NOBODY)
            self.folded.append("")
            self.words.append(())
        numbers = tuple(self.token_index.add(word, number) for word in words)
        self.assets[number], self.folded[number], self.words[number] = asset_id, folded, numbers
        if self._first is not None:
            id_lists.add(self._added, asset_id, number)
        for key in self._keys_of(numbers):
            self._keys.add(key, number)
        for key in piece_keys(folded):
            self._near.add(key, number)

    def fill(self, entries: Iterable[tuple[int, tuple[str, ...], str]]) -> None:
        """Add the first names: the asset, words and folded spelling of each.

        Words are turned into numbers as they come, because holding them all at once would take as much memory as the
        index.
        """
        self.words = self.token_index.fill(self._taken(entries))
        self._keys.load(map(self._keys_of, self.words))
        self._near.load(map(piece_keys, self.folded))

    def _taken(self, entries: Iterable[tuple[int, tuple[str, ...], str]]) -> Iterator[tuple[str, ...]]:
        for asset_id, words, folded in entries:
            self.assets.append(asset_id)
            self.folded.append(folded)
            yield words

    def remove(self, asset_id: int, words: Sequence[str], folded: str) -> None:
        """Remove one spelling of an asset, if it is there."""
        numbers = [self.token_index.number(word) for word in words]
        known = tuple(number for number in numbers if number is not None)
        if len(known) < len(words):
            return
        for number in self._numbers_of(asset_id):
            if self.folded[number] == folded and self.words[number] == known:
                self._drop(number)
                return

    def _numbers_of(self, asset_id: int) -> list[int]:
        """Return the numbers of an asset's names.

        Thousands of assets may share a name, so it is not looked up by the name.
        """
        if self._first is None:
            order = sorted(range(len(self.assets)), key=self.assets.__getitem__)
            self._first = array("q", map(self.assets.__getitem__, order)), array("i", order)
        ids, numbers = self._first
        first = numbers[bisect_left(ids, asset_id) : bisect_right(ids, asset_id)]
        both = dict.fromkeys((*first, *self._added.get(asset_id, ())))
        return [number for number in both if self.assets[number] == asset_id]

    def with_meanings(self, words: Iterable[str]) -> list[int]:
        """Return the names that consist of exactly these words, or of words with the same meaning, in any order."""
        meaning_of = self.token_index.meaning_of
        meanings = tuple(sorted([meaning for word in words if (meaning := meaning_of(word))]))
        if not meanings:
            return []
        found = self._keys.find(sum(meanings))
        return [name for name in found if self._meanings(self.words[name]) == meanings]

    def spelt(self, name: int) -> list[str]:
        """Return the words of a name, in order."""
        words = self.token_index.words
        return [words[number] for number in self.words[name]]

    def with_initials(self, initials: str) -> list[int]:
        """Return the names whose words begin with these letters, in order."""
        found = self._keys.find(_initials_key(initials), most=200)
        words = self.token_index.words
        return [name for name in found if "".join([words[number][0] for number in self.words[name]]) == initials]

    def near(self, folded: str, *, slips: int) -> list[tuple[int, int]]:
        """Return (edits, name number) for names within `slips` (at most 2) edits of `folded`, nearest first."""
        found: set[int] = set()
        for key in near_keys(folded, slips=slips):
            found.update(self._near.find(key, most=_MOST_PER_PIECE))
        if not found:
            return []
        numbers = sorted(found)
        names = [self.folded[number] for number in numbers]
        scored = process.extract(folded, names, scorer=OSA.distance, score_cutoff=slips, limit=None)
        return sorted((int(slip), numbers[place]) for _, slip, place in scored)

    def _drop(self, number: int) -> None:
        for key in self._keys_of(self.words[number]):
            self._keys.discard(key, number)
        for key in piece_keys(self.folded[number]):
            self._near.discard(key, number)
        for word in set(self.words[number]):
            self.token_index.remove(word, number)
        id_lists.discard(self._added, self.assets[number], number)
        self.assets[number], self.folded[number], self.words[number] = _NOBODY, "", ()
        self._free.append(number)

    def _keys_of(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        """Return the keys under which a name of these words is found: by what they mean, and by their initials."""
        meanings = self.token_index.meanings
        meaning = sum([meanings[number] for number in numbers])  # the same in any order
        if not 2 <= len(numbers) <= _MOST_INITIALS:
            return (meaning,)
        words = self.token_index.words
        return meaning, _initials_key("".join([words[number][0] for number in numbers]))

    def _meanings(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        meanings = self.token_index.meanings
        return tuple(sorted([meaning for number in numbers if (meaning := meanings[number])]))


def _initials_key(initials: str) -> int:
    return hash(initials) ^ _INITIALS_SALT

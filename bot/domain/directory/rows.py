"""A compact multimap of hashed keys, and the search for texts that differ by few letters, which is built on it.

Near texts are found by cutting: of three pieces of a text, two slips leave one whole, so whatever is near has a piece
in common at about the same place (Li, Deng, Wang and Feng, "Pass-Join", VLDB 2011). That takes three rows a text, where
an index of deletions takes dozens.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

NUMBER_BITS = 24
NUMBER_MASK = (1 << NUMBER_BITS) - 1
KEY_MASK = (1 << 40) - 1

#: Texts shorter than this have no near texts.
SHORTEST = 3
_PIECES = 3
_SALT = 0x9E3779B97F4A7C15


class HashedRows:
    """A multimap from hashes (40 bits) to numbers below 2**24, in eight bytes a row.

    Hashes may collide: whoever looks something up has to verify what is found.
    """

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows = array("Q")

    def add(self, key: int, number: int) -> None:
        """Add one row; costs a search and a move of memory."""
        insort(self._rows, row(key, number))

    def load(self, rows: Iterable[int]) -> None:
        """Take these rows, as `row` makes them, in the place of all others."""
        self._rows = array("Q", sorted(rows))

    def discard(self, key: int, number: int) -> None:
        """Take one row away, if it is there."""
        wanted = row(key, number)
        place = bisect_left(self._rows, wanted)
        if place < len(self._rows) and self._rows[place] == wanted:
            del self._rows[place]

    def find(self, key: int, *, most: int = 1_000) -> list[int]:
        """Return the numbers under `key`, ascending, or none when there are more than `most`."""
        rows = self._rows
        low = (key & KEY_MASK) << NUMBER_BITS
        start = bisect_left(rows, low)
        if start == len(rows) or rows[start] > low | NUMBER_MASK:
            return []
        end = bisect_left(rows, low + NUMBER_MASK + 1, start, min(len(rows), start + most + 1))
        return [one & NUMBER_MASK for one in rows[start:end]] if end - start <= most else []


def row(key: int, number: int) -> int:
    """Return key and number in one integer."""
    return (key & KEY_MASK) << NUMBER_BITS | number


def piece_keys(text: str) -> tuple[int, ...]:
    """Return the keys under which `text` is found by near texts; none when it is too short."""
    length = len(text)
    if length < SHORTEST:
        return ()
    first = length // _PIECES
    second = first + (length + 1) // _PIECES
    salt = length * _SALT
    return (
        hash(text[:first]) ^ salt,
        hash(text[first:second]) ^ (salt + 1),
        hash(text[second:]) ^ (salt + 2),
    )


def near_keys(text: str, *, slips: int) -> Iterator[int]:
    """Yield the keys of `piece_keys` that a text within `slips` (at most 2) edits of `text` has at least one of.

    Transpositions count as two edits here; one is always found all the same.
    """
    length = len(text)
    # One transposition is two edits of the plain kind but never changes the length.
    for other in range(max(SHORTEST, length - slips), length + slips + 1):
        first = other // _PIECES
        second = first + (other + 1) // _PIECES
        salt = other * _SALT
        shift = length - other
        yield hash(text[:first]) ^ salt
        for start in range(
            max(0, first - 1, first + shift - 1), min(length - (second - first), first + 1, first + shift + 1) + 1
        ):
            yield hash(text[start : start + second - first]) ^ (salt + 1)
        if second + shift >= 0:
            yield hash(text[second + shift :]) ^ (salt + 2)

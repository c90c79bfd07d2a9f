"""A compact multimap of hashed keys, and on top of it the search for texts that differ by a few letters.

A text is cut into three pieces. Two edits leave at least one piece whole, so every near text has a piece in common at
about the same place (Li, Deng, Wang and Feng, "Pass-Join", VLDB 2011). This takes three rows for a text; an index of
deletions takes dozens.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

NUMBER_BITS = 24
NUMBER_MASK = (1 << NUMBER_BITS) - 1
KEY_MASK = (1 << 40) - 1

#: Shorter texts have no near texts.
SHORTEST = 3
_PIECES = 3
_SALT = 0x9E3779B97F4A7C15


class HashedRows:
    """A multimap from hashes (40 bits) to numbers below 2**24, with eight bytes per row.

    Hashes may collide, so callers have to verify what they find.
    """

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows = array("Q")

    def add(self, key: int, number: int) -> None:
        """Add one row. Costs a search and a move of memory."""
        insort(self._rows, (key & KEY_MASK) << NUMBER_BITS | number)

    def load(self, keys: Iterable[Iterable[int]]) -> None:
        """Replace all rows: `keys` has those of each number, from 0 on."""
        rows = [(key & KEY_MASK) << NUMBER_BITS | number for number, each in enumerate(keys) for key in each]
        rows.sort()
        self._rows = array("Q", rows)

    def discard(self, key: int, number: int) -> None:
        """Remove one row, if it is there."""
        wanted = (key & KEY_MASK) << NUMBER_BITS | number
        place = bisect_left(self._rows, wanted)
        if place < len(self._rows) and self._rows[place] == wanted:
            del self._rows[place]

    def find(self, key: int, *, most: int = 1_000) -> list[int]:
        """Return the numbers under `key`, ascending; none if there are more than `most`."""
        rows = self._rows
        low = (key & KEY_MASK) << NUMBER_BITS
        start = bisect_left(rows, low)
        if start == len(rows) or rows[start] > low | NUMBER_MASK:
            return []
        end = bisect_left(rows, low + NUMBER_MASK + 1, start, min(len(rows), start + most + 1))
        return [one & NUMBER_MASK for one in rows[start:end]] if end - start <= most else []


def piece_keys(text: str) -> tuple[int, ...]:
    """Return the keys under which near texts find `text`; none if it is too short."""
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
    """Yield keys: the `piece_keys` of every text within `slips` edits of `text` contain at least one of them.

    A transposition counts as two edits here, but a single one is always found.
    """
    length = len(text)
    # A transposition is two plain edits, but never changes the length.
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

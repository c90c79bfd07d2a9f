"""Parts of an asset in two or more words: "the checkout load balancer", "the grafana dashboard of checkout"."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.directory.choices import of_kinds, says
from bot.domain.directory.index import DirectoryIndex
from bot.domain.directory.questions import Chunk, Part
from bot.domain.directory.things import AGES, OWN
from bot.domain.directory.vocabulary import (
    ADVERBS,
    AREA_WORDS,
    ARTICLES,
    ENVIRONMENT_WORDS,
    FOREIGN_PART_OF_WORDS,
    FOREIGN_WORDS,
    KIND_WORDS,
    PART_HEADS,
    PART_OF_WORDS,
    PART_SORTS,
    PREDICATES,
    is_trouble,
)

_PART_OF_WORDS = PART_OF_WORDS | FOREIGN_PART_OF_WORDS
_NO_SORTS = ARTICLES | AGES | ENVIRONMENT_WORDS | ADVERBS | PREDICATES | FOREIGN_WORDS | _PART_OF_WORDS
#: How many words may say what sort of thing it is.
_MOST_SORTS = 3


def part_phrase(index: DirectoryIndex, chunks: Sequence[Chunk], name: range, asset_id: int) -> tuple[str, ...]:
    """Return the words for what is asked for, if that is a part of the named asset and not the asset itself.

    There are two or more words, and the last one is a kind of thing that the asset is not. Empty if there are none.
    """
    words = _behind(chunks, name) or _before(chunks, name)
    if not words:
        return ()
    head = words[-1]
    is_that = says(index.assets[asset_id], head) or (
        head in KIND_WORDS and bool(of_kinds(index, (asset_id,), (head,), are_exact=True))
    )
    return () if is_that else words


def _behind(chunks: Sequence[Chunk], name: range) -> tuple[str, ...]:
    """Return the words behind the name in "checkout's load balancer"."""
    if chunks[name.stop - 1].has_comma:
        return ()
    for place in range(name.stop, min(name.stop + _MOST_SORTS + 1, len(chunks))):
        chunk = chunks[place]
        is_last = place + 1 == len(chunks) or not _goes_on(chunks, place)
        if place > name.stop and is_last and chunk.folded in PART_HEADS:
            return tuple(each.folded for each in chunks[name.stop : place + 1])
        if chunk.has_comma or not _is_sort(chunk):
            return ()
    return ()


def _goes_on(chunks: Sequence[Chunk], place: int) -> bool:
    """Whether the next word may belong to the same noun."""
    after = chunks[place + 1]
    return not chunks[place].has_comma and (_is_sort(after) or after.folded in PART_HEADS)


def _before(chunks: Sequence[Chunk], name: range) -> tuple[str, ...]:
    """Return the words before "of" in "the load balancer of checkout"."""
    end = name.start - 1
    while end > 0 and chunks[end].folded in ARTICLES:
        end -= 1
    if end < 2 or chunks[end].folded not in _PART_OF_WORDS or chunks[end - 1].folded not in PART_HEADS:
        return ()
    first = end - 1
    while first > 0 and end - first <= _MOST_SORTS and not chunks[first - 1].has_comma and _is_sort(chunks[first - 1]):
        first -= 1
    before = chunks[first - 1] if first else None
    is_thing = before is None or before.has_comma or before.folded in ARTICLES or before.folded in OWN
    return tuple(each.folded for each in chunks[first:end]) if is_thing and first < end - 1 else ()


def _is_sort(chunk: Chunk) -> bool:
    """Whether a word may say what sort of thing it is, such as "load" in "load balancer"."""
    word = chunk.folded
    if word in PART_SORTS or word in AREA_WORDS or word in KIND_WORDS or word in PART_HEADS:
        return True
    if chunk.part in (Part.QUESTION, Part.DOUBTFUL) or word in _NO_SORTS or is_trouble(word):
        return False
    if word.endswith(("s", "ing", "ed")):
        return False  # "checkout emits tokens", "checkout evicting keys"
    return not any(map(str.isdecimal, word)) or word.isalnum()

"""Finding a name by its words: in any order, abbreviated, or without a word that only says the kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.catalog import Area
from bot.domain.directory.answers import Match, ResolutionMethod, Several
from bot.domain.directory.choices import FoundAssets, choose, of_kinds
from bot.domain.directory.index import DirectoryIndex
from bot.domain.directory.readings import Reading
from bot.domain.directory.vocabulary import ARTICLES, GENERIC_WORD, other_numbers

#: A word that more names than this contain does not single out any of them.
_MOST_NAMES = 2_000


def in_any_order(index: DirectoryIndex, readings: Sequence[Reading], *, limit: int) -> Match | Several | None:
    """Return the answer if the words of a reading are exactly a name's words, or words with the same meanings."""
    for reading in readings:
        words = reading.words
        names = [
            name
            for name in _with_same_numbers(index, index.names.with_meanings(words), words)
            if not _is_another_number(index, name, words) and not _is_another_name(index, name, reading)
        ]
        if not names:
            continue
        finding = _best_spelt(index, names, words)
        if (answer := choose(index, finding, reading, limit=limit)) is not None:
            return answer
    return None


def with_kind_left_out(index: DirectoryIndex, readings: Sequence[Reading], *, limit: int) -> Match | Several | None:
    """Return the answer if exactly one asset has all words of a reading and one more that only says "service"."""
    for reading in readings:
        if not reading.is_plain:
            continue
        named = index.names.with_meanings((*reading.words, GENERIC_WORD))
        if not any(_only_says_kind(index, name, reading.words) for name in named):
            continue
        assets = {index.names.assets[name] for name in names_with_all(index, reading.words)}
        if len(assets) == 1:
            finding = FoundAssets(tuple(assets), ResolutionMethod.WORDS, loss=0.1)
            if (answer := choose(index, finding, reading, limit=limit)) is not None:
                return answer
    return None


def names_with_all(index: DirectoryIndex, words: Sequence[str]) -> list[int]:
    """Return the names that contain all the words or their synonyms; none if the rarest is in too many names."""
    book = index.names.token_index
    choices: list[tuple[int, ...]] = []
    for word in words:
        if not book.meaning_of(word):
            continue
        alike = book.alike(word)
        if not alike:
            return []
        choices.append(alike)
    if not choices:
        return []
    choices.sort(key=lambda alike: sum(book.count(number) for number in alike))
    if sum(book.count(number) for number in choices[0]) > _MOST_NAMES:
        return []
    names = {name for number in choices[0] for name in book.names_of(number)}
    has = index.names.words
    for alike in choices[1:]:
        names = {name for name in names if any(number in has[name] for number in alike)}
    return sorted(names)


def says_whose_database(index: DirectoryIndex, asset_ids: Iterable[int], words: Sequence[str]) -> bool:
    """Return whether each of the assets has an owner for its database, and no database has `words` in its name."""
    if not all(any(fact.area is Area.DATABASE for fact in index.assets[one].facts) for one in asset_ids):
        return False
    called_so = (index.names.assets[name] for name in names_with_all(index, words))
    return not of_kinds(index, called_so, ("database",), are_exact=True)


def _best_spelt(index: DirectoryIndex, names: Sequence[int], words: Sequence[str]) -> FoundAssets:
    """Return the assets that share the most words with the text literally."""
    book = index.names.token_index
    wanted = {number for word in words if (number := book.number(word)) is not None}
    shared = {name: len(wanted.intersection(index.names.words[name])) for name in names}
    most = max(shared.values())
    best = tuple(dict.fromkeys(index.names.assets[name] for name in names if shared[name] == most))
    is_literal = any(
        wanted.issuperset(number for number in index.names.words[name] if book.meanings[number])
        for name in names
        if shared[name] == most
    )
    return FoundAssets(best, ResolutionMethod.WORDS if is_literal else ResolutionMethod.ABBREVIATION)


def _is_another_number(index: DirectoryIndex, name: int, words: Sequence[str]) -> bool:
    """Return whether the name has a plural where `words` have the singular (or the reverse), if names have both."""
    book = index.names.token_index
    theirs = set(index.names.spelt(name))
    return any(word in book and word not in theirs and not theirs.isdisjoint(other_numbers(word)) for word in words)


def _is_another_name(index: DirectoryIndex, name: int, reading: Reading) -> bool:
    """Return whether text written as one name has another order and, for a word of the name, another known word.

    `library-debit` is not `debit-lib` if names contain `library`; "the database for payments" always means
    `payments-db`. `my-ledger` is not the ledger either.
    """
    first = reading.chunks[0].words
    if len(first) > 1 and first[0] in ARTICLES and index.names.spelt(name)[0] != first[0]:
        return True
    if len(reading.chunks) > 1:
        return False
    book = index.names.token_index
    words, theirs = reading.words, index.names.spelt(name)
    if [book.meaning_of(word) for word in words] == [book.meaning_of(word) for word in theirs]:
        return False
    return any(word in book and word not in theirs and book.meaning_of(word) for word in words)


def _with_same_numbers(index: DirectoryIndex, names: Sequence[int], words: Sequence[str]) -> list[int]:
    """Return the names with the same numbers in the same order: `eu-1-node-2` is not `eu-2-node-1`."""
    wanted = [word for word in words if word.isdigit()]
    if len(wanted) < 2:
        return list(names)
    return [name for name in names if [word for word in index.names.spelt(name) if word.isdigit()] == wanted]


def _only_says_kind(index: DirectoryIndex, name: int, words: Sequence[str]) -> bool:
    """Return whether the name is `words` in order, followed by a word that only says "service"."""
    book = index.names.token_index
    meanings = [meaning for word in words if (meaning := book.meaning_of(word))]
    theirs = [number for number in index.names.words[name] if book.meanings[number]]
    return (
        len(theirs) > 1
        and book.meanings[theirs[-1]] == book.meaning_of(GENERIC_WORD)
        and [book.meanings[number] for number in theirs[:-1]] == meanings
    )

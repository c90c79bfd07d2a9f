"""Which assets a message mentions. Nothing is guessed here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from bot.domain.directory import labels
from bot.domain.directory.addresses import may_be_address
from bot.domain.directory.answers import Match, ResolutionMethod
from bot.domain.directory.choices import FoundAssets, choose, only_part, run_named
from bot.domain.directory.clauses import asks_in_words
from bot.domain.directory.index import DirectoryIndex
from bot.domain.directory.inflections import uninflected
from bot.domain.directory.placed_paths import in_named_repository
from bot.domain.directory.places import at_address
from bot.domain.directory.questions import Chunk, ParsedQuestion, Part, read, without_quotations
from bot.domain.directory.readings import Reading
from bot.domain.directory.repositories import repository_called
from bot.domain.directory.sentences import is_denied
from bot.domain.directory.statements import asks_in_another_language
from bot.domain.directory.things import thing_of
from bot.domain.directory.trouble import BEFORE_NAME
from bot.domain.directory.vocabulary import AND, COMMON_WORDS, KIND_WORDS, LONG_ENOUGH, PRODUCT_WORDS

#: How many characters of a message are read.
_MAX_LENGTH = 8_000
_MAX_CHUNKS = 1_200
_MOST_CHUNKS_IN_NAME = 6
_MOST_CHUNKS_IN_LABELS = 24
#: How many lines are searched for paths.
_MOST_LINES = 15
_SHORTEST = 3
#: Words before a name that may be an ordinary word: "checkout cannot reach scale".
_BEFORE_NAME = BEFORE_NAME | {"reach", "reaches", "call", "calls", "via", "through", "into"}
_ORDINARY_WORDS = COMMON_WORDS - PRODUCT_WORDS
#: Separators between a label, its value and the next label.
_PATH_MARKS = frozenset("/.")
_ARN = re.compile(r"\barn:", re.IGNORECASE)
#: Methods whose finds do not depend on the words beside them.
_WHATEVER_IS_BESIDE = frozenset({ResolutionMethod.ADDRESS, ResolutionMethod.PATH, ResolutionMethod.REF})
_LABEL_MARKS = re.compile(r"[=,:;{}\[\]\"]+")


def mentioned(index: DirectoryIndex, texts: Iterable[str], *, limit: int) -> tuple[Match, ...]:
    """Return the assets that `texts` name: first those in quotes, then in order of appearance.

    What a message quotes from another message only counts if the rest names nothing.
    """
    whole = list(texts)
    places: frozenset[str] = frozenset()
    if labels.are_labels(whole):
        whole, places = [labels.without_keys(text) for text in whole], labels.places(whole)
    own = [without_quotations(text) for text in whole]
    found = _mentioned(index, own) or (_mentioned(index, whole) if own != whole else ())
    return (tuple(one for one in found if not _is_called(index, one, places)) or found)[:limit]


def _is_called(index: DirectoryIndex, found: Match, names: Collection[str]) -> bool:
    """Whether an asset was found by its name, and that is one of `names`."""
    return found.understood_as.lower() in names or index.assets[found.asset_id].name.lower() in names


def _mentioned(index: DirectoryIndex, texts: Iterable[str]) -> tuple[Match, ...]:
    quoted: dict[int, Match] = {}
    plain: dict[int, Match] = {}
    length, chunks = _MAX_LENGTH, _MAX_CHUNKS
    for text in texts:
        question = read(text, max_length=length, max_chunks=chunks)
        for match, is_quoted in _names_in(index, text, question):
            (quoted if is_quoted else plain).setdefault(match.asset_id, match)
        length, chunks = length - len(text), chunks - len(question.chunks)
        if length <= 0 or chunks <= 0:
            break
    return tuple((quoted | {one: match for one, match in plain.items() if one not in quoted}).values())


def _names_in(index: DirectoryIndex, text: str, question: ParsedQuestion) -> Iterator[tuple[Match, bool]]:
    """Yield what one text names, each with whether it is in quotes."""
    for link in question.links:
        match = _match(index, at_address(index, link), Reading(()))
        if match is not None:
            yield match, False
    said: set[str] = set()
    for finding, line in _in_named_repositories(index, text):
        if (match := _match(index, finding, Reading(()))) is not None:
            said.update(chunk.text for chunk in line.chunks if _is_place(index, chunk))
            yield match, False
    yield from _in_words(index, uninflected(question, index.folded.__contains__), said)


def _is_place(index: DirectoryIndex, chunk: Chunk) -> bool:
    """Whether a word is a path, or the name of the repository that the path is in."""
    return not _PATH_MARKS.isdisjoint(chunk.text) or repository_called(index, chunk.text) is not None


def _in_named_repositories(index: DirectoryIndex, text: str) -> Iterator[tuple[FoundAssets, ParsedQuestion]]:
    """Yield what lines with a path and a repository lead to, each with the line: "x.go in acme/shop"."""
    lines = (line for line in text.splitlines() if not _PATH_MARKS.isdisjoint(line) and "://" not in line)
    for line in islice(lines, _MOST_LINES):
        question = read(line)
        finding = in_named_repository(index, question)
        if finding is not None and finding.is_certain and finding.asset_ids:
            yield finding, question


def _in_words(
    index: DirectoryIndex, question: ParsedQuestion, left_out: Collection[str]
) -> Iterator[tuple[Match, bool]]:
    chunks, place = question.chunks, 0
    is_foreign = asks_in_another_language(question) or asks_in_words(chunks)
    found: list[tuple[range, Match]] = []
    while place < len(chunks):
        if chunks[place].text in left_out:
            place += 1
            continue
        length, match = name_at(index, question, place)
        name = range(place, place + length)
        if match is not None:
            if meant := _but_of(index, chunks, name, match, is_foreign=is_foreign):
                found.append((name, meant))
        elif (labelled := _labelled(chunks[place])) is not None:
            found += ((name, each) for each, _ in _in_words(index, labelled, ()))
        place += length
    found += _joined(index, chunks, [name for name, _ in found])
    # "not checkout, login": a denied name counts only if nothing else is named.
    found = [(name, match) for name, match in found if not is_denied(chunks, name.start)] or found
    for name, match in sorted(found, key=lambda one: one[0].start):
        yield match, chunks[name.start].is_quoted


def _but_of(
    index: DirectoryIndex, chunks: Sequence[Chunk], name: range, match: Match, *, is_foreign: bool
) -> Match | None:
    """Return what a name means, or its part; None if the text means something else that contains the name."""
    if match.method in _WHATEVER_IS_BESIDE:
        return match
    noun = thing_of(index, chunks, name, (match.asset_id,), is_foreign=is_foreign)
    return only_part(index, match, noun) if noun else match


def _joined(index: DirectoryIndex, chunks: Sequence[Chunk], names: Collection[range]) -> Iterator[tuple[range, Match]]:
    """Yield ordinary words that are also names, if another name is near: "ledger and swift are down".

    They are beside that name, or in a place where a name belongs: "ledger waits for swift".
    """
    if not names:
        return
    starts, ends = {name.start for name in names}, {name.stop for name in names}
    for place, chunk in enumerate(chunks):
        if any(place in name for name in names) or chunk.part is Part.QUESTION or len(chunk.folded) < _SHORTEST:
            continue
        before = place > 0 and chunks[place - 1]
        behind = place + 1 < len(chunks) and chunks[place + 1]
        is_beside = (
            (before and before.folded in AND and place - 1 in ends)
            or (before and before.has_comma and place in ends)
            or (behind and behind.folded in AND and place + 2 in starts)
            or (chunk.has_comma and place + 1 in starts)
            or (before and before.folded in _BEFORE_NAME and chunk.part is Part.NAME)
        )
        match = _match(index, run_named(index, (chunk,)), Reading((chunk,))) if is_beside else None
        if match is not None:
            yield range(place, place + 1), match


def _labelled(chunk: Chunk) -> ParsedQuestion | None:
    """Return the content of labels such as `app=checkout` or `env:prod,app:checkout` in words; None for anything else.

    An ARN is not a label: one in another account has nothing to do with an asset of ours that has the same name.
    """
    if _ARN.search(chunk.text) is not None:
        return None
    words = _LABEL_MARKS.sub(" ", chunk.text)
    return None if words == chunk.text or "://" in chunk.text else read(words, max_chunks=_MOST_CHUNKS_IN_LABELS)


def name_at(
    index: DirectoryIndex, question: ParsedQuestion, place: int, *, is_word_a_name: bool = False
) -> tuple[int, Match | None]:
    """Return how many chunks the name at `place` has (1 if there is none), and what it names.

    With `is_word_a_name`, an ordinary word counts as a name there.
    """
    chunks = question.chunks
    first = chunks[place]
    if may_be_address(first.text) and (match := _match(index, at_address(index, first.text), Reading(()))) is not None:
        return 1, match
    for length in range(min(_MOST_CHUNKS_IN_NAME, len(chunks) - place), 0, -1):
        run = chunks[place : place + length]
        finding = run_named(index, run)
        if finding is None:
            continue
        kinds = _kinds_beside(question, place, place + length)
        if not _is_name(run) and not kinds and not (is_word_a_name and length == 1):
            continue
        match = _match(index, finding, Reading(run, kinds)) or _match(index, finding, Reading(run))
        if match is not None:
            return length, match
    return 1, None


def _match(index: DirectoryIndex, finding: FoundAssets | None, reading: Reading) -> Match | None:
    """Return the only asset that fits; None if several do, because then none is certainly mentioned."""
    answer = None if finding is None or not finding.is_certain else choose(index, finding, reading, limit=2)
    return answer if isinstance(answer, Match) else None


def _is_name(run: tuple[Chunk, ...]) -> bool:
    """Whether the chunks would be in a sentence only as a name."""
    if all(chunk.is_quoted for chunk in run):
        return True
    if len(run) == 1 and len(run[0].words) == 1:
        return not _is_ordinary(run[0])
    # At least one of several words has to be less ordinary than "is on call"; a joined word never occurs in a sentence.
    return any(len(chunk.words) > 1 or not _says_little(chunk) for chunk in run)


def _is_ordinary(chunk: Chunk) -> bool:
    # "our api on the web" names nothing, but "the deploy of checkout" does: a longer word that is an asset's whole name
    # rarely means anything else, and one asset too many on the list is better than "I found nothing".
    is_short = len(chunk.folded) < LONG_ENOUGH
    return len(chunk.folded) < 3 or (is_short and chunk.folded in _ORDINARY_WORDS) or _says_little(chunk)


def _says_little(chunk: Chunk) -> bool:
    return chunk.part is not Part.NAME or chunk.folded.isdigit()


def _kinds_beside(question: ParsedQuestion, start: int, end: int) -> tuple[str, ...]:
    """Return the kind word right after the name, or else the one right before it, or nothing."""
    chunks = question.chunks
    for place in (end, start - 1):
        if 0 <= place < len(chunks) and chunks[place].folded in KIND_WORDS and not chunks[place].is_quoted:
            return (chunks[place].folded,)
    return ()

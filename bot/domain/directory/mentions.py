"""Which assets a message names in passing: nothing is guessed here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.domain.directory.addresses import may_be_address
from bot.domain.directory.answers import Match
from bot.domain.directory.choices import FoundAssets, choose, run_named
from bot.domain.directory.index import DirectoryIndex
from bot.domain.directory.places import at_address
from bot.domain.directory.questions import Chunk, ParsedQuestion, Part, read
from bot.domain.directory.readings import Reading
from bot.domain.directory.vocabulary import (
    COMMON_WORDS,
    KIND_WORDS,
    LONG_ENOUGH,
    PRODUCT_WORDS,
)

#: A message is read up to here.
_MAX_LENGTH = 8_000
_MAX_CHUNKS = 1_200
_MOST_CHUNKS_IN_NAME = 6
_MOST_CHUNKS_IN_LABELS = 24
_ORDINARY_WORDS = COMMON_WORDS - PRODUCT_WORDS
#: What stands between a label, its value and the next one.
_LABEL_MARKS = re.compile(r"[=,:;{}\[\]\"]+")


def mentioned(index: DirectoryIndex, texts: Iterable[str], *, limit: int) -> tuple[Match, ...]:
    """Return the assets that `texts` name, those in quotes first, then in order of appearance."""
    quoted: dict[int, Match] = {}
    plain: dict[int, Match] = {}
    length, chunks = _MAX_LENGTH, _MAX_CHUNKS
    for text in texts:
        question = read(text, max_length=length, max_chunks=chunks)
        for match, is_quoted in _names_in(index, question):
            (quoted if is_quoted else plain).setdefault(match.asset_id, match)
        length, chunks = length - len(text), chunks - len(question.chunks)
        if length <= 0 or chunks <= 0:
            break
    return tuple((quoted | {one: match for one, match in plain.items() if one not in quoted}).values())[:limit]


def _names_in(index: DirectoryIndex, question: ParsedQuestion) -> Iterator[tuple[Match, bool]]:
    """Yield what one text names, and whether it does so in quotes."""
    for link in question.links:
        match = _match(index, at_address(index, link), Reading(()))
        if match is not None:
            yield match, False
    place = 0
    while place < len(question.chunks):
        length, match = name_at(index, question, place)
        if match is not None:
            yield match, question.chunks[place].is_quoted
        elif (labelled := _labelled(question.chunks[place])) is not None:
            yield from _names_in(index, labelled)
        place += length


def _labelled(chunk: Chunk) -> ParsedQuestion | None:
    """Return what labels such as `app=checkout` or `env:prod,app:checkout` say, in words; None for anything else."""
    words = _LABEL_MARKS.sub(" ", chunk.text)
    return None if words == chunk.text or "://" in chunk.text else read(words, max_chunks=_MOST_CHUNKS_IN_LABELS)


def name_at(
    index: DirectoryIndex, question: ParsedQuestion, place: int, *, is_word_a_name: bool = False
) -> tuple[int, Match | None]:
    """Return how many chunks the name that begins at `place` has, 1 where none does, and what it names.

    With `is_word_a_name`, an ordinary word there is one as well.
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
    """Return the only asset that fits; one of several is not said to be mentioned."""
    answer = None if finding is None or not finding.is_certain else choose(index, finding, reading, limit=2)
    return answer if isinstance(answer, Match) else None


def _is_name(run: tuple[Chunk, ...]) -> bool:
    """Return whether the chunks would not stand in a sentence unless as a name."""
    if all(chunk.is_quoted for chunk in run):
        return True
    if len(run) == 1 and len(run[0].words) == 1:
        return not _is_ordinary(run[0])
    # Of several words, one has to be less ordinary than "is on call"; a joined word is none of a sentence's.
    return any(len(chunk.words) > 1 or not _says_little(chunk) for chunk in run)


def _is_ordinary(chunk: Chunk) -> bool:
    # "our api on the web" names nothing, "the deploy of checkout" does: a longer word that is an asset's whole name is
    # rarely meant otherwise, and one asset too many on the list costs less than "I found nothing".
    is_short = len(chunk.folded) < LONG_ENOUGH
    return len(chunk.folded) < 3 or (is_short and chunk.folded in _ORDINARY_WORDS) or _says_little(chunk)


def _says_little(chunk: Chunk) -> bool:
    return chunk.part is not Part.NAME or chunk.folded.isdigit()


def _kinds_beside(question: ParsedQuestion, start: int, end: int) -> tuple[str, ...]:
    """Return the kind word right after the name, or else the one right before it, or none."""
    chunks = question.chunks
    for place in (end, start - 1):
        if 0 <= place < len(chunks) and chunks[place].folded in KIND_WORDS and not chunks[place].is_quoted:
            return (chunks[place].folded,)
    return ()

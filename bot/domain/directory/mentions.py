"""Which assets a message names in passing: nothing is guessed here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.domain.catalog import Area
from bot.domain.directory.addresses import may_be_address
from bot.domain.directory.answers import Match, ResolutionMethod, Several
from bot.domain.directory.choices import CONFIDENCE, FoundAssets, candidates, choose, of_kinds, run_named
from bot.domain.directory.index import DirectoryIndex
from bot.domain.directory.places import at_address
from bot.domain.directory.questions import Chunk, ParsedQuestion, Part, read
from bot.domain.directory.readings import Reading, part_of_name
from bot.domain.directory.statements import asks_in_another_language
from bot.domain.directory.vocabulary import (
    AREA_WORDS,
    COMMON_WORDS,
    FOREIGN_PART_OF_WORDS,
    FOREIGN_WORDS,
    KIND_WORDS,
    LONG_ENOUGH,
    PART_OF_WORDS,
)

#: A message is read up to here.
_MAX_LENGTH = 8_000
_MAX_CHUNKS = 1_200
_MOST_CHUNKS_IN_NAME = 6
_MOST_CHUNKS_IN_LABELS = 24
_MOST_CHUNKS_ALONE = 40
_PART_OF_WORDS = PART_OF_WORDS | FOREIGN_PART_OF_WORDS
#: What stands between a label, its value and the next one.
_LABEL_MARKS = re.compile(r"[=,:;{}\[\]\"]+")
#: A ticket's key says what it is about elsewhere: `SHOP-123`.
_TICKET = re.compile(r"[A-Z][A-Z0-9]{1,9}-\d{1,7}")
_ARTICLES = frozenset(
    {"the", "our", "my", "this", "that", "la", "le", "les", "el", "los", "las", "il", "lo", "der", "dem", "den", "het"}
)


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


def named_alone(index: DirectoryIndex, question: ParsedQuestion, *, limit: int) -> Match | Several | None:
    """Return the only asset that a text names exactly, whatever else it says in whatever language, or all if several.

    None where it may well be about something else: another identifier, or a part that nobody knows ("the mirror of
    checkout").
    """
    chunks = question.chunks
    if len(chunks) > _MOST_CHUNKS_ALONE:
        return None
    found: dict[int, Match] = {}
    # An ordinary word of English is none in another language.
    is_foreign = asks_in_another_language(question)
    place = 0
    while place < len(chunks):
        length, match = _name_at(index, question, place, is_foreign=is_foreign)
        if match is not None:
            if _is_part_of_unknown(index, chunks, place) or _goes_on(index, chunks, place, length, match):
                return None
            if _has_part(index, chunks, range(place, place + length), match):
                return None
            found.setdefault(match.asset_id, match)
            for whole in _named_before(index, chunks, place):  # "mail for checkout": either may be meant
                found.setdefault(whole, match)
        elif _is_identifier(chunks[place]):
            return None
        place += length
    if len(found) > 1:
        return Several(candidates(index, found, min(each.confidence for each in found.values()))[:limit], question.text)
    # What stands beside the name is passed over, so it is no literal name, and may be a day that is over.
    confidence = CONFIDENCE[ResolutionMethod.WORDS]
    return next((replace(one, method=ResolutionMethod.WORDS, confidence=confidence) for one in found.values()), None)


def _has_part(index: DirectoryIndex, chunks: Sequence[Chunk], name: range, match: Match) -> bool:
    """Whether what is asked for is said to be a part of what is named, and that is no such thing itself."""
    said = (part_of_name(tuple(chunks), place, name) for place in range(len(chunks)) if place not in name)
    words = [word for word in said if word and AREA_WORDS.get(word) in (None, Area.DATABASE)]
    return any(index.assets[match.asset_id].kind not in KIND_WORDS[word][0] for word in words)


def _is_identifier(chunk: Chunk) -> bool:
    """Whether a piece can only be a name: in quotes, or joined as no word of a sentence is."""
    if chunk.part is Part.NAME and not chunk.is_quoted and _TICKET.fullmatch(chunk.text):
        return False
    is_number = all(word.isdigit() for word in chunk.words)
    is_joined = len(chunk.words) > 1 and "'" not in chunk.text and "’" not in chunk.text
    return chunk.part is Part.NAME and not is_number and (chunk.is_quoted or is_joined)


def _goes_on(index: DirectoryIndex, chunks: Sequence[Chunk], start: int, length: int, match: Match) -> bool:
    """Whether a name may be a piece of another's: "checkout cache" is no checkout, "payments-db 6" no payments-db.

    A word of another alphabet goes on with nothing, nor does one for what the asset is; and what is joined or in quotes
    is whole but for a number.
    """
    beside = [chunks[place] for place in (start - 1, start + length) if 0 <= place < len(chunks)]
    if any(each.folded.isdigit() for each in beside):
        return True
    behind = chunks[start + length : start + length + 2]
    if length == 1 and (len(chunks[start].words) > 1 or chunks[start].is_quoted):
        # "order-api mobile app" is another thing than order-api.
        parts = [each.part for each in behind if not each.is_quoted and each.folded.isascii() and not _is_foreign(each)]
        return parts in ([Part.NAME, Part.KIND], [Part.NAME, Part.KIND_OR_AREA]) and not chunks[start].has_comma
    after = [each.folded for each in behind]
    if len(after) > 1 and after[0] in FOREIGN_PART_OF_WORDS and not _is_foreign(chunks[start + length + 1]):
        return True  # "el api de pagos"
    return any(
        each.part is not Part.QUESTION
        and each.folded.isascii()
        and not _is_foreign(each)
        and not (_is_kind(each) and of_kinds(index, (match.asset_id,), (each.folded,), are_exact=False))
        for each in beside
    )


def _is_kind(chunk: Chunk) -> bool:
    """Whether a word says what something is: an application is an area only where it is "the application of"."""
    is_application = chunk.part is Part.KIND_OR_AREA and AREA_WORDS[chunk.folded] is Area.APPLICATION
    return chunk.part is Part.KIND or is_application


def _is_foreign(chunk: Chunk) -> bool:
    """Whether a piece is of the words around a name in another language; `s'occupe` is two."""
    return chunk.folded in FOREIGN_WORDS or all(word in FOREIGN_WORDS for word in chunk.words)


def _is_part_of_unknown(index: DirectoryIndex, chunks: Sequence[Chunk], place: int) -> bool:
    """Whether what stands before "of NAME" is a thing that nobody knows: "the mirror of", "la base de datos de"."""
    while place > 0 and chunks[place - 1].folded in _ARTICLES:
        place -= 1
    if place < 2 or chunks[place - 1].folded not in _PART_OF_WORDS:
        return False
    before = chunks[place - 2]
    is_unknown = before.part not in (Part.QUESTION, Part.DOUBTFUL) and not _is_foreign(before)
    if before.part is Part.KIND or (_is_kind(before) and chunks[place - 1].folded != "of"):
        return True  # it has no such part: "the queue behind checkout"
    if before.part is not Part.NAME and chunks[place - 1].folded in PART_OF_WORDS:
        return False  # "the deployments of checkout" are an area of checkout
    return is_unknown and run_named(index, (before,)) is None


def _named_before(index: DirectoryIndex, chunks: Sequence[Chunk], place: int) -> Sequence[int]:
    """Return the assets that the word before "for NAME" names, though it is an ordinary one."""
    before = chunks[place - 2] if place >= 2 and chunks[place - 1].folded in PART_OF_WORDS else None
    finding = run_named(index, (before,)) if before is not None and before.part is Part.NAME else None
    return () if finding is None else finding.asset_ids


def _names_in(index: DirectoryIndex, question: ParsedQuestion) -> Iterator[tuple[Match, bool]]:
    """Yield what one text names, and whether it does so in quotes."""
    for link in question.links:
        match = _match(index, at_address(index, link), Reading(()))
        if match is not None:
            yield match, False
    place = 0
    while place < len(question.chunks):
        length, match = _name_at(index, question, place)
        if match is not None:
            yield match, question.chunks[place].is_quoted
        elif (labelled := _labelled(question.chunks[place])) is not None:
            yield from _names_in(index, labelled)
        place += length


def _labelled(chunk: Chunk) -> ParsedQuestion | None:
    """Return what labels such as `app=checkout` or `env:prod,app:checkout` say, in words; None for anything else."""
    words = _LABEL_MARKS.sub(" ", chunk.text)
    return None if words == chunk.text or "://" in chunk.text else read(words, max_chunks=_MOST_CHUNKS_IN_LABELS)


def _name_at(
    index: DirectoryIndex, question: ParsedQuestion, place: int, *, is_foreign: bool = False
) -> tuple[int, Match | None]:
    """Return how many chunks the name that begins at `place` has, 1 where none does, and what it names."""
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
        if not _is_name(run) and not kinds and not (is_foreign and length == 1 and _is_no_word_of_it(run[0])):
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


def _is_no_word_of_it(chunk: Chunk) -> bool:
    return len(chunk.folded) > 2 and chunk.part is not Part.QUESTION and not _is_foreign(chunk)


def _is_ordinary(chunk: Chunk) -> bool:
    # "our api on the web" names nothing, "the deploy of checkout" does: a longer word that is an asset's whole name is
    # rarely meant otherwise, and one asset too many on the list costs less than "I found nothing".
    is_short = len(chunk.folded) < LONG_ENOUGH
    return len(chunk.folded) < 3 or (is_short and chunk.folded in COMMON_WORDS) or _says_little(chunk)


def _says_little(chunk: Chunk) -> bool:
    return chunk.part is not Part.NAME or chunk.folded.isdigit()


def _kinds_beside(question: ParsedQuestion, start: int, end: int) -> tuple[str, ...]:
    """Return the kind word right after the name, or else the one right before it, or none."""
    chunks = question.chunks
    for place in (end, start - 1):
        if 0 <= place < len(chunks) and chunks[place].folded in KIND_WORDS and not chunks[place].is_quoted:
            return (chunks[place].folded,)
    return ()

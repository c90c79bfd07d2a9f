"""Which assets a sentence names exactly, including ordinary words; two names are two answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.domain.directory.answers import Match, Nearest, Resolution, ResolutionMethod, Several
from bot.domain.directory.choices import CONFIDENCE, candidates, of_kinds, run_named
from bot.domain.directory.index import DirectoryIndex
from bot.domain.directory.questions import Chunk, ParsedQuestion, Part
from bot.domain.directory.statements import asks_for_somebody, asks_in_another_language
from bot.domain.directory.vocabulary import (
    AND,
    COMMON_WORDS,
    FOREIGN_WORDS,
    KIND_WORDS,
    MEANINGS,
    PART_OF_WORDS,
    PREDICATES,
    VOCABULARY,
)
from bot.domain.names import tokens

_MOST_CHUNKS_IN_NAME = 6
#: Words before a verb, but never before a name: "I can't log in", "who helms that".
_BEFORE_VERB = frozenset(
    """can cant cannot could couldnt will wont would wouldnt should shouldnt dont doesnt didnt please lets i we you they
    who whom whos""".split()  # noqa: SIM905
)
_ARTICLES = frozenset({"the", "a", "an", "our", "my", "your"})
#: Words that rule a name out: "the registry, not docker".
_NOT = frozenset("not nicht kein keine pas non nao niet inte ikke ei nie ne 不是 forget without".split())  # noqa: SIM905
_NOTHING_WITH = tuple(tuple(each.split()) for each in VOCABULARY["nothing_with"].split(";"))
_LONGEST_DENIAL = max(map(len, _NOTHING_WITH))
_AREAS = (Part.AREA, Part.KIND_OR_AREA)
#: Words before a name, but never before a verb; also after the topic of a sentence.
_BEFORE_NAME = frozenset({"of", "own", "owns", "both", "neither", "nor"})
_BEHIND_SUBJECT = PREDICATES | {"gets", "alert", "alerts"}
_OWNERS = frozenset({"owner", "owners", "team"})
_BEFORE_TIME = frozenset({"since", "after", "before", "during", "until"})
#: Methods that find a name in another form than it is written: its words may be other names.
_BY_WORDS = frozenset({ResolutionMethod.WORDS, ResolutionMethod.ABBREVIATION})


@dataclass(frozen=True, slots=True)
class Said:
    """A name in a text: the index of its first chunk, and of the first chunk behind it."""

    start: int
    end: int
    asset_ids: tuple[int, ...]
    #: Whether it is also an ordinary word, or a word for a kind of thing.
    is_plain: bool


def names_said(index: DirectoryIndex, question: ParsedQuestion) -> list[Said]:
    """Return every exact name in a text, the longest at each place, without words that only occur in questions."""
    chunks, found, place = question.chunks, [], 0
    is_foreign = asks_in_another_language(question)
    while place < len(chunks):
        said = _said_at(index, chunks, place, is_foreign=is_foreign)
        if said is not None:
            found.append(said)
        place = said.end if said is not None else place + 1
    return found


def _said_at(index: DirectoryIndex, chunks: Sequence[Chunk], place: int, *, is_foreign: bool) -> Said | None:
    for length in range(min(_MOST_CHUNKS_IN_NAME, len(chunks) - place), 0, -1):
        run = chunks[place : place + length]
        finding = run_named(index, run)
        if finding is None or not finding.is_certain:
            continue
        if length > 1 and not any(len(chunk.words) > 1 or chunk.part is Part.NAME for chunk in run):
            continue
        is_plain = length == 1 and _is_plain(run[0])
        if is_plain and not is_name_there(chunks, place, is_foreign=is_foreign):
            return None
        return Said(place, place + length, tuple(finding.asset_ids), is_plain)
    return None


def _is_plain(chunk: Chunk) -> bool:
    is_ordinary = chunk.folded in COMMON_WORDS or chunk.folded in FOREIGN_WORDS or chunk.part is not Part.NAME
    return not chunk.is_quoted and len(chunk.words) == 1 and is_ordinary


def is_name_there(chunks: Sequence[Chunk], place: int, *, is_foreign: bool) -> bool:
    """Whether an ordinary word may be a name in its place: not a word of a question, and not what somebody does."""
    chunk, behind = chunks[place], chunks[place + 1].folded if place + 1 < len(chunks) else ""
    if chunk.part is Part.QUESTION or len(chunk.folded) < 2:
        return False
    if (
        chunk.part is Part.DOUBTFUL
        and not is_foreign
        and behind not in _OWNERS
        and not _stands_with_names(chunks, place)
    ):
        return False
    if is_foreign and chunk.folded in FOREIGN_WORDS:
        return False
    if place and chunks[place - 1].folded in _BEFORE_VERB and behind not in _OWNERS:
        return False
    # "It fails since the release."
    is_time = place > 1 and chunks[place - 1].folded == "the" and chunks[place - 2].folded in _BEFORE_TIME
    return not (is_time and chunk.part in _AREAS)


def _stands_with_names(chunks: Sequence[Chunk], place: int) -> bool:
    """Whether a word of questions is in the place of a name: "who owns chat and inventory", "owner of chat"."""
    before = chunks[place - 1].folded if place else ""
    behind = chunks[place + 1].folded if place + 1 < len(chunks) else ""
    if not place and behind in _BEHIND_SUBJECT:
        return True
    return before in _BEFORE_NAME or before in AND or (behind in AND and before not in _ARTICLES)


def told_apart(
    index: DirectoryIndex, question: ParsedQuestion, text: str, found: Resolution, *, limit: int
) -> Resolution:
    """Return what was found; or all named assets, if the text names several and the found one is among them."""
    everything = names_said(index, question)
    said = [each for each in everything if not is_denied(question.chunks, each.start)]
    if everything and not said and isinstance(found, Match):
        is_found = any(found.asset_id in each.asset_ids for each in everything)
        return Nearest(candidates(index, (found.asset_id,), found.confidence), question.text) if is_found else found
    if len(said) < 2:
        return found
    if not isinstance(found, Match) and all(each.is_plain for each in said) and not asks_for_somebody(question, text):
        return found
    if isinstance(found, Match):
        said = [each for each in said if not _only_describes(index, question.chunks, each, said, found)]
        if _covers(index, question.chunks, said, found):
            return found
    ids = dict.fromkeys(one for each in said for one in each.asset_ids)
    if len(ids) < 2 or (isinstance(found, Several) and not ids.keys() - {one.asset_id for one in found.candidates}):
        return found
    return Several.first(candidates(index, ids, CONFIDENCE[ResolutionMethod.WORDS]), question.text, limit=limit)


def is_denied(chunks: Sequence[Chunk], start: int) -> bool:
    """Whether the text says that the name at `start` is not the one: "not checkout", "nothing to do with checkout"."""
    while start and chunks[start - 1].folded in _ARTICLES:
        start -= 1
    before = [chunk.folded for chunk in chunks[max(start - _LONGEST_DENIAL, 0) : start]]
    if any(tuple(before[-len(each) :]) == each for each in _NOTHING_WITH):
        return True
    return start > 0 and chunks[start - 1].folded in _NOT and not chunks[start - 1].has_comma


def _only_describes(
    index: DirectoryIndex, chunks: Sequence[Chunk], word: Said, said: Collection[Said], found: Match
) -> bool:
    """Whether a word for a kind or an area describes another name, or a part of it: "the ledger database".

    The database "behind" a thing, and an area of it, have to be what was found. Otherwise the word is a name.
    """
    chunk = chunks[word.start]
    if not word.is_plain or chunk.part not in (*_AREAS, Part.KIND) or found.asset_id in word.asset_ids:
        return False
    beside = [
        each
        for each in said
        if (each.start == word.end and not chunk.has_comma)
        or (each.end == word.start and not chunks[each.end - 1].has_comma)
    ]
    if any(
        of_kinds(index, each.asset_ids, (chunk.folded,), are_exact=False)
        for each in beside
        if chunk.folded in KIND_WORDS
    ):
        return True
    if all(found.asset_id not in each.asset_ids for each in said):
        return True  # it is a part of the named asset
    is_part = word.end < len(chunks) and chunks[word.end].folded in PART_OF_WORDS
    if found.area is None or not (is_part or beside):
        return False
    return is_part or any(fact.area is found.area for fact in index.assets[found.asset_id].facts)


def _covers(index: DirectoryIndex, chunks: Sequence[Chunk], said: Sequence[Said], found: Match) -> bool:
    """Whether the found asset has a name that contains all the names said."""
    if found.method not in _BY_WORDS or any(found.asset_id in each.asset_ids for each in said):
        return False
    theirs = {MEANINGS.get(word, word) for word in tokens(index.assets[found.asset_id].name)}
    words = (word for each in said for chunk in chunks[each.start : each.end] for word in chunk.words)
    return all(MEANINGS.get(word, word) in theirs for word in words)

"""From text to answer, in stages. Each stage is tried only if the ones before found nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz.distance import OSA

from bot.domain.catalog import AssetKind
from bot.domain.directory import pasted_texts, places, word_matches
from bot.domain.directory.answers import Candidate, Match, Nearest, Resolution, ResolutionMethod, Several
from bot.domain.directory.choices import FoundAssets, candidates, choose, parts_of_kind
from bot.domain.directory.clauses import asking_clause
from bot.domain.directory.exact_names import named_alone
from bot.domain.directory.index import DirectoryIndex
from bot.domain.directory.inflections import uninflected
from bot.domain.directory.lists import listed
from bot.domain.directory.mentions import mentioned
from bot.domain.directory.name_suggestions import nearest
from bot.domain.directory.questions import (
    Chunk,
    ParsedQuestion,
    Part,
    asked_whether,
    asks_for_another,
    before_predicate,
    forgiven,
    is_sentence,
    read,
    without_quotations,
)
from bot.domain.directory.readings import Reading, asks_for_part, part_of_name, readings
from bot.domain.directory.sentences import told_apart
from bot.domain.directory.statements import is_said_in_passing
from bot.domain.directory.typos import behind_slips
from bot.domain.directory.vocabulary import AREA_WORDS
from bot.domain.names import fold

#: Methods that find a name in another form than it is written.
_FREELY = frozenset({ResolutionMethod.WORDS, ResolutionMethod.ABBREVIATION, ResolutionMethod.TYPO})

_BEYOND_DOUBT = frozenset({ResolutionMethod.REF, ResolutionMethod.ADDRESS, ResolutionMethod.PATH})


def resolve(index: DirectoryIndex, text: str, *, limit: int = 5) -> Resolution:
    """Return the asset that `text` means, the several that it may mean, or at most `limit` of the nearest names."""
    if (known := places.literally(index, text, limit=limit)) is not None:
        return known
    text = without_quotations(text)
    text = asked_whether(text) or text
    question = read(text)
    found = _resolved(index, text, question, limit=limit)
    if isinstance(found, Nearest):
        found = pasted_texts.named_in(index, question, text, limit=limit) or found
    if isinstance(found, Nearest):
        return _with_named(index, found, text, limit=limit)
    if not isinstance(found, Match) or found.method in _BEYOND_DOUBT:
        return found
    if _is_called_alike(index, text, found) or is_said_in_passing(index, question, text, found):
        offered = Candidate(found.asset_id, found.confidence, index.assets[found.asset_id].name)
        return Nearest((offered,), question.text)
    return found


def _with_named(index: DirectoryIndex, found: Nearest, text: str, *, limit: int) -> Nearest:
    """Return the nearest names, preceded by those that occur in the text as they are."""
    named = (
        Candidate(one.asset_id, one.confidence, one.understood_as) for one in mentioned(index, [text], limit=limit)
    )
    offered = {one.asset_id: one for one in (*named, *found.candidates)}
    return replace(found, candidates=tuple(offered.values())[:limit])


def _is_called_alike(index: DirectoryIndex, text: str, found: Match) -> bool:
    """Whether the found repository belongs to another organisation: the written one differs by more than one typo."""
    asset = index.assets[found.asset_id]
    organisation, slash, _ = asset.name.lower().rpartition("/")
    if found.method not in _FREELY or asset.kind is not AssetKind.REPOSITORY or not slash:
        return False
    written = (chunk.text.lower().rpartition("/")[0] for chunk in read(text).chunks if "/" in chunk.text)
    return any(OSA.distance(fold(each), fold(organisation)) > 1 for each in written)


def _resolved(index: DirectoryIndex, text: str, question: ParsedQuestion, *, limit: int) -> Resolution:
    if not question.chunks and not question.links:
        return Nearest((), "")
    found_whole = places.by_address(index, question, limit=limit) or listed(index, question, limit=limit)
    if found_whole is not None:
        return found_whole
    if clause := asking_clause(text, index.folded.__contains__):
        question = read(clause)
    question = uninflected(question, index.folded.__contains__)
    if not asks_for_another(clause or text):
        found = _sought(index, text, question, limit=limit)
        return told_apart(index, question, clause or text, found, limit=limit)
    named: Sequence[Match] = mentioned(index, [clause or text], limit=limit)
    if not named:
        sought = _sought(index, text, question, limit=limit)
        if not isinstance(sought, Match):
            return sought
        named = [sought]
    return Nearest(tuple(Candidate(one.asset_id, one.confidence, one.understood_as) for one in named), question.text)


def _sought(index: DirectoryIndex, text: str, question: ParsedQuestion, *, limit: int) -> Resolution:
    if all(chunk.part is Part.QUESTION for chunk in question.chunks):
        answer = places.by_windows(index, question, is_plain=True, limit=limit)
        return answer or word_matches.in_any_order(index, readings(question), limit=limit) or Nearest((), "")
    answer, found = _exactly(index, question, limit=limit)
    if answer is not None:
        return answer
    forgiving = forgiven(question, index.names.token_index.__contains__)
    if forgiving != question:
        question = forgiving
        answer, found = _exactly(index, question, limit=limit)
        if answer is not None:
            return answer
    if (beginning := before_predicate(question)) is not None:
        answer, _ = _exactly(index, beginning, limit=limit)
        if isinstance(answer, Match) and (part := _part_after(index, question, len(beginning.chunks), answer)):
            return part
        if answer is not None:
            return _or_another(index, answer, question.chunks[len(beginning.chunks) :], question.text, limit=limit)
    if is_sentence(text, question) and (alone := named_alone(index, question, text, limit=limit)) is not None:
        return alone
    # Words of a question do not belong to a misspelt name.
    likely = [reading for reading in found if reading.is_likely] or found
    answer, near = behind_slips(index, likely, limit=limit)
    return nearest(index, likely, near, limit=limit) if answer is None else answer


def _part_after(index: DirectoryIndex, question: ParsedQuestion, end: int, whole: Match) -> Resolution | None:
    """Return what "checkout is slow, who owns the database behind it?" asks for; None if it asks for no part.

    If checkout has no such part, checkout is offered.
    """
    chunks = question.chunks
    words = (part_of_name(chunks, place, range(end)) for place in range(end, len(chunks)))
    word = next((each for each in words if each), "")
    if not word:
        return None
    ids, area = parts_of_kind(index, whole.asset_id, word), AREA_WORDS.get(word)
    if area is not None and (not ids or any(fact.area is area for fact in index.assets[whole.asset_id].facts)):
        return replace(whole, area=area)
    if len(ids) == 1:
        return replace(whole, asset_id=ids[0], understood_as=index.assets[ids[0]].name)
    offered = candidates(index, ids or (whole.asset_id,), whole.confidence)
    return Several(offered, question.text) if ids else Nearest(offered, question.text)


def _or_another(
    index: DirectoryIndex, answer: Match | Several, rest: Sequence[Chunk], text: str, *, limit: int
) -> Match | Several:
    """Return the answer, or a choice with what the rest names: "pilot is up, but quay is down, who owns it?"."""
    said = mentioned(index, [" ".join(chunk.text for chunk in rest)], limit=limit)
    ids = dict.fromkeys((*places.assets_of(answer), *(one.asset_id for one in said)))
    if not isinstance(answer, Match) or len(ids) == 1:
        return answer
    return Several.first(candidates(index, ids, answer.confidence), text, limit=limit)


def _exactly(
    index: DirectoryIndex, question: ParsedQuestion, *, limit: int
) -> tuple[Match | Several | None, list[Reading]]:
    """Return the answer if all words are spelt as in the catalog, in any order, whatever else the text says.

    Also return the readings of the question; most answers are found without them, and they are empty then.
    """
    answer = places.by_windows(index, question, is_plain=True, limit=limit)
    if answer is not None:
        return answer, []
    found = readings(question)
    return _by_readings(index, question, found, limit=limit), found


def _by_readings(
    index: DirectoryIndex, question: ParsedQuestion, found: list[Reading], *, limit: int
) -> Match | Several | None:
    plain = [reading for reading in found if reading.is_plain]
    ordered = word_matches.in_any_order(index, plain, limit=limit)
    described = places.by_windows(index, question, is_plain=False, limit=limit)
    is_abbreviated = isinstance(ordered, Match) and ordered.method is ResolutionMethod.ABBREVIATION
    if is_abbreviated and isinstance(described, Match) and described.area is not None and asks_for_part(question):
        return described  # "deployments of checkout" is an area of checkout even if there is a `checkout-deploy`
    if ordered is not None and is_abbreviated and described is not None and described.area is None:
        ids = dict.fromkeys((*places.assets_of(ordered), *places.assets_of(described)))
        return choose(index, FoundAssets(tuple(ids), ResolutionMethod.WORDS), found[0], limit=limit)
    return (
        ordered
        or described
        or word_matches.in_any_order(index, [reading for reading in found if not reading.is_plain], limit=limit)
        or word_matches.with_kind_left_out(index, found, limit=limit)
        or places.several_named(index, question, limit=limit)
    )

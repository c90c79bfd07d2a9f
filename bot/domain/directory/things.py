"""Things named after an asset that are not that asset: "the card-issuing mirror", "la réplica de card-issuing"."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.domain.catalog import Area, AssetKind
from bot.domain.directory.choices import of_kinds, says
from bot.domain.directory.index import DirectoryIndex
from bot.domain.directory.questions import Chunk, Part
from bot.domain.directory.vocabulary import (
    ADVERBS,
    AREA_WORDS,
    ARTICLES,
    ENVIRONMENT_WORDS,
    FOREIGN_PART_OF_WORDS,
    FOREIGN_WORDS,
    KIND_WORDS,
    MEANINGS,
    PART_HEADS,
    PART_OF_WORDS,
    PART_SORTS,
    THING_WORDS,
    is_trouble,
)

_PART_OF_WORDS = PART_OF_WORDS | FOREIGN_PART_OF_WORDS
#: Things of these kinds are separate. The API, the server or the host of a service is the service.
_APART = frozenset(
    {
        AssetKind.DATABASE,
        AssetKind.CACHE,
        AssetKind.QUEUE,
        AssetKind.STORAGE,
        AssetKind.CLUSTER,
        AssetKind.FUNCTION,
        AssetKind.LIBRARY,
    }
)
#: How many words behind a name may belong to the noun: "its message queue".
_MOST_IN_NOUN = 2
#: Words that can be between an article and a name.
AGES = frozenset({"old", "new", "legacy", "former", "current", "entire", "whole"})
#: Words that say what sort of thing the following noun is: "its ingress controller".
_SORTS = frozenset(AREA_WORDS) | PART_SORTS
#: The thing asked for directly follows these, if it is something that things have.
_ASKING = frozenset(
    {"whose is", "whose are", "ask about", "asks about", "responsible for", "accountable for", "owner of", "owners of"}
)
#: The thing asked for directly follows these.
OWN = frozenset(
    """own owns maintain maintains manage manages handle handles support supports after
    gehort gehoren betreut verwaltet pflegt besitzt gere maintient possede lleva mantiene gestiona gestisce possiede
    beheert onderhoudt ager eier ejer posiada utrzymuje vlastni omistaa mantem gerencia""".split()  # noqa: SIM905
)


def thing_of(
    index: DirectoryIndex, chunks: Sequence[Chunk], name: range, asset_ids: Sequence[int], *, is_foreign: bool
) -> str:
    """Return the noun that turns a name into the name of another thing; "" if there is none.

    It is behind the name ("the card-issuing mirror", "card-issuing's message queue"), before it ("le miroir
    card-issuing"), or before "of".
    """

    def is_another(chunk: Chunk) -> bool:
        return not chunk.is_quoted and _is_another(index, asset_ids, chunk.folded)

    behind = _noun_behind(chunks, name)
    for place, chunk in enumerate(behind):
        is_last = place + 1 == len(behind) or behind[place + 1].part is not Part.NAME
        if is_another(chunk) and (place == 0 or is_last):
            return chunk.folded
    before = name.start - 1
    if before >= 0 and not chunks[before].has_comma and is_another(chunks[before]):
        is_said = before > 0 and chunks[before - 1].folded in ARTICLES
        return chunks[before].folded if is_said or is_foreign else ""
    while before > 0 and chunks[before].folded in ARTICLES:
        before -= 1
    if before > 0 and chunks[before].folded in _PART_OF_WORDS and is_another(chunks[before - 1]):
        return chunks[before - 1].folded
    return ""


def is_asked_whole(index: DirectoryIndex, chunks: Sequence[Chunk], name: range, asset_id: int) -> bool:
    """Whether what is asked for continues behind a name and ends there: "who owns the card-issuing rollout?"."""
    before = name.start - 1
    while before >= 0 and chunks[before].folded in ARTICLES | AGES:
        before -= 1
    rest = chunks[name.stop :]
    if before < 0 or chunks[name.stop - 1].has_comma or not rest:
        return False
    pair = f"{chunks[before - 1].folded if before else ''} {chunks[before].folded}"
    if chunks[before].folded not in OWN and not (pair in _ASKING and rest[-1].folded in PART_HEADS):
        return False
    is_noun = _is_of_noun(rest[-1]) and rest[-1].part is not Part.DOUBTFUL
    if not is_noun or any(not _is_of_noun(each) and each.folded not in _SORTS for each in rest[:-1]):
        return False
    if any(each.has_comma for each in rest):
        return False
    asset, word = index.assets[asset_id], rest[-1].folded
    return len(rest) <= _MOST_IN_NOUN and not says(asset, word) and asset.kind not in THING_WORDS.get(word, ())


def _noun_behind(chunks: Sequence[Chunk], name: range) -> Sequence[Chunk]:
    """Return the words behind a name that may belong to one noun."""
    end = name.stop
    while end < min(len(chunks), name.stop + _MOST_IN_NOUN + 1):
        chunk = chunks[end]
        is_between = chunk.folded in ENVIRONMENT_WORDS  # "the checkout staging replica"
        if chunks[end - 1].has_comma or not (is_between or _is_of_noun(chunk)):
            break
        end += 1
        if chunk.folded.endswith("s") and chunk.folded not in THING_WORDS and chunk.folded not in KIND_WORDS:
            break  # "checkout exhausts database connections"
    return chunks[name.stop : end]


def _is_of_noun(chunk: Chunk) -> bool:
    if chunk.folded in THING_WORDS:
        return True
    if chunk.part in (Part.QUESTION, Part.AREA) or len(chunk.words) != 1 or chunk.is_quoted:
        return False
    if chunk.folded in FOREIGN_WORDS or chunk.folded in ADVERBS or chunk.folded in ENVIRONMENT_WORDS:
        return False
    is_number = any(map(str.isdecimal, chunk.folded)) and chunk.folded not in MEANINGS  # k8s
    return not is_number and not is_trouble(chunk.folded)


def _is_another(index: DirectoryIndex, asset_ids: Sequence[int], word: str) -> bool:
    """Whether a word stands for a kind of thing that none of the assets can be."""
    if word in KIND_WORDS and AREA_WORDS.get(word) in (None, Area.DATABASE):
        kinds: Collection[AssetKind] = KIND_WORDS[word][0]
        return bool(_APART & set(kinds)) and not of_kinds(index, asset_ids, (word,), are_exact=False)
    if word not in THING_WORDS or word in KIND_WORDS:
        return False
    may_be = THING_WORDS[word]
    assets = [index.assets[one] for one in asset_ids]
    return not any(asset.kind in may_be or says(asset, word) for asset in assets)

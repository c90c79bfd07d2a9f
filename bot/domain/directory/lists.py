"""Questions about several assets at once: "checkout, login and billing", "the order api and its queue"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.domain.catalog import Area
from bot.domain.directory.answers import Candidate, Match, Nearest, Resolution, Several
from bot.domain.directory.choices import parts_of_kind
from bot.domain.directory.index import DirectoryIndex
from bot.domain.directory.places import by_windows
from bot.domain.directory.questions import Chunk, ParsedQuestion, Part
from bot.domain.directory.statements import asks_for_owner
from bot.domain.directory.vocabulary import AND, AREA_WORDS, COMMON_WORDS, ENVIRONMENT_WORDS, FOREIGN_WORDS, KIND_WORDS

#: The first and the second words of "along with", "as well as" and "together with".
_ALONG, _WITH = frozenset({"along", "well", "together"}), frozenset({"with", "as"})
_ITS = frozenset({"its", "their", "seine", "ihre", "dessen", "sa", "son", "ses", "su", "sus", "suo", "sua", "seu"})
_ARTICLES = frozenset({"the", "a", "an", "our", "my", "your", "this", "that", "both"}) | _ITS
#: Words before an item that are not part of it.
_LEADING = _ARTICLES | FOREIGN_WORDS
#: A list needs one of these words, or a comma.
_JOINING = AND | _ALONG | _WITH
_IT = frozenset({"it", "them", "that"})
#: What follows these is not asked for: "not login, …", "thanks for login! …".
_NOT_ASKED = frozenset({"not", "no", "thanks", "thank", "thx"})
_PLACING = frozenset({"behind", "of", "for", "in", "on", "under", "used", "by", "below"})


@dataclass(frozen=True, slots=True)
class _Item:
    """An item of a list. `kind` is set if it is a part of the item before: "its queue"."""

    chunks: tuple[Chunk, ...]
    kind: str = ""
    #: Whether it follows an "and" and not a comma.
    is_joined: bool = False


def listed(index: DirectoryIndex, question: ParsedQuestion, *, limit: int) -> Resolution | None:
    """Return the assets that a question lists, as a choice; None if it lists none, or something else as well.

    If the catalog lacks one item, the rest are only offered, because the missing one may have another owner. An area of
    an asset is not a second asset: "checkout and its alerts" is checkout.
    """
    if not any(chunk.has_comma or chunk.folded in _JOINING for chunk in question.chunks):
        return None
    items = _items(index, question.chunks)
    if len(items) < 2 or all(item.kind for item in items):
        return None
    if (whole := by_windows(index, question, is_plain=True, limit=limit)) is not None and isinstance(whole, Match):
        return None  # a name with "and" in it
    is_asked = asks_for_owner(question.text)
    found: dict[int, Candidate] = {}
    last: Match | None = None
    is_complete = True
    waiting: list[str] = []
    for place, item in enumerate(items):
        if not item.kind:
            last = _named(index, item.chunks, limit=limit)
            if last is None:
                if not _is_unknown_name(items, place, is_asked=is_asked):
                    return None
                is_complete = False
                continue
            _add(index, found, last.asset_id, last.confidence)
        for kind in [*waiting, item.kind] if last is not None else []:
            is_complete = _add_parts(index, found, last, kind) and is_complete if kind and last else is_complete
        waiting = [*waiting, item.kind] if last is None else []
    candidates = tuple(found.values())
    if len(candidates) > 1:
        return Several.first(candidates, question.text, limit=limit)
    if not candidates:
        return None
    if not is_complete or last is None:
        return Nearest(candidates, question.text)
    return replace(last, area=None)


def _add_parts(index: DirectoryIndex, found: dict[int, Candidate], whole: Match, kind: str) -> bool:
    """Add an asset's parts of a kind. Return whether there are any, or whether it is an area, which needs none."""
    parts = parts_of_kind(index, whole.asset_id, kind)
    for part in parts:
        _add(index, found, part, whole.confidence)
    return bool(parts) or AREA_WORDS.get(kind) not in (None, Area.DATABASE)


def _add(index: DirectoryIndex, found: dict[int, Candidate], asset_id: int, confidence: float) -> None:
    found.setdefault(asset_id, Candidate(asset_id, confidence, index.assets[asset_id].name))


def _named(index: DirectoryIndex, chunks: tuple[Chunk, ...], *, limit: int) -> Match | None:
    """Return the one asset that an item names, if all its words belong to the name or say what it is."""
    item = ParsedQuestion(chunks, ())
    for is_plain in (True, False):
        answer = by_windows(index, item, is_plain=is_plain, limit=limit)
        if answer is not None:
            return answer if isinstance(answer, Match) else None
    return None


def _items(index: DirectoryIndex, chunks: Sequence[Chunk]) -> list[_Item]:
    """Return the items of a list; none if there is other text between them."""
    start = next((place for place in range(len(chunks)) if not _only_asks(chunks, place)), len(chunks))
    if any(chunk.folded in _NOT_ASKED for chunk in chunks[:start]):
        return []
    if start and chunks[start - 1].folded in _ITS:
        start -= 1
    end = max((place + 1 for place in range(len(chunks)) if not _trails(chunks, place)), default=0)
    if end < len(chunks) and chunks[end - 1].part in (Part.KIND, Part.KIND_OR_AREA):
        end += next((count for count, chunk in enumerate(chunks[end:], 1) if chunk.folded in _IT), 0)
    items = [_item(index, run, is_joined=is_joined) for run, is_joined in _runs(chunks[start:end])]
    return [] if None in items else [item for item in items if item is not None]


def _runs(chunks: Sequence[Chunk]) -> Iterator[tuple[tuple[Chunk, ...], bool]]:
    """Yield the text between commas and "and"s, each with whether it follows an "and"."""
    run: list[Chunk] = []
    is_joined = False
    for place, chunk in enumerate(chunks):
        around = {chunks[other].folded for other in (place - 1, place + 1) if 0 <= other < len(chunks)}
        is_along = (chunk.folded in _ALONG and around & _WITH) or (chunk.folded in _WITH and around & _ALONG)
        is_and = chunk.folded in AND or bool(is_along)
        if not is_and:
            run.append(chunk)
        if run and (is_and or chunk.has_comma):
            yield tuple(run), is_joined
            run = []
        is_joined = is_and or (is_joined and bool(run))
    if run:
        yield tuple(run), is_joined


def _item(index: DirectoryIndex, run: tuple[Chunk, ...], *, is_joined: bool) -> _Item | None:
    """Return an item without articles; None if it is more than a name and what it is."""
    bare = tuple(chunk for chunk in run if chunk.folded not in _ARTICLES)
    words = [chunk.folded for chunk in bare]
    kinds = [word for word in words if word in KIND_WORDS or word in AREA_WORDS]
    is_name = len(words) == 1 and words[0] in index.folded and not any(chunk.folded in _ITS for chunk in run)
    is_part = len(kinds) == 1 and not set(words) - set(kinds) - _IT - _PLACING
    if is_part and not is_name and not any(chunk.is_quoted for chunk in bare):
        return _Item(bare, kinds[0], is_joined)
    if not bare or any(chunk.part is Part.QUESTION for chunk in bare):
        return None
    return _Item(bare, is_joined=is_joined)


def _trails(chunks: Sequence[Chunk], place: int) -> bool:
    is_environment = (
        chunks[place].folded in ENVIRONMENT_WORDS and place > 0 and chunks[place - 1].folded in ("in", "on")
    )
    return chunks[place].part is Part.QUESTION or is_environment


def _is_unknown_name(items: Sequence[_Item], place: int, *, is_asked: bool) -> bool:
    """Whether "checkout and frobnicator" names a second thing that the catalog does not have.

    An ordinary word counts as a name if the question asks for the owners of a list: "who owns checkout, the basket and
    login?".
    """
    chunks = [chunk for chunk in items[place].chunks if chunk.folded not in _ARTICLES]
    is_joined = any(item.is_joined for item in items[place:])
    if len(chunks) != 1 or not is_joined or chunks[0].part is not Part.NAME:
        return False
    return is_asked or (place > 0 and items[place].is_joined and chunks[0].folded not in COMMON_WORDS)


def _only_asks(chunks: Sequence[Chunk], place: int) -> bool:
    chunk = chunks[place]
    after = chunks[place + 1] if place + 1 < len(chunks) else None
    is_doubtful = chunk.part is Part.DOUBTFUL and after is not None and after.part is Part.QUESTION
    return chunk.part is Part.QUESTION or is_doubtful or chunk.folded in _LEADING

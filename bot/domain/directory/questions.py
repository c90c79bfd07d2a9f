"""What a person wrote, cut into the parts that may be a name and the parts that only ask for one."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from rapidfuzz.distance import OSA

from bot.domain.catalog import Area
from bot.domain.directory.vocabulary import (
    ACTING_WORDS,
    AREA_WORDS,
    CORE_QUESTION_WORDS,
    DOUBTFUL_WORDS,
    ENVIRONMENT_WORDS,
    FUNCTION_WORDS,
    KIND_WORDS,
    PART_OF_WORDS,
    PREDICATES,
    QUESTION_WORDS,
    STATE_WORDS,
    TRAILING_WORDS,
)
from bot.domain.names import clean, fold, tokens

#: What is longer is cut: nobody names an asset in more.
MAX_LENGTH = 300
MAX_CHUNKS = 24
#: Read before markup is taken out; links are long.
_MAX_RAW_LENGTH = 4_000

_MARKUP = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_EMOJI = re.compile(r"(?<![^\s(]):[a-z0-9_+'-]{1,60}:(?=[\s.,;:!?)]|$)")
_QUOTED = re.compile(
    r"`+([^`]+)`+|“([^”]+)”|«([^»]+)»|„([^“”]+)[“”]|(?<![\w])\"([^\"]+)\"|(?<![\w])[‘']([^'’]+)[’'](?!\w)"
)
_POSSESSIVE = re.compile(r"['’]s?$")
_BEFORE = "([{<\"'`*~,;:!?…“”‘’«»„_|-–—"
_AFTER = ")]}>\"'`*~.,;:!?…“”‘’«»„_|-–—"


class Part(Enum):
    """What a chunk may be besides a name."""

    NAME = auto()
    QUESTION = auto()
    DOUBTFUL = auto()
    KIND = auto()
    AREA = auto()
    KIND_OR_AREA = auto()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of text between white space."""

    text: str
    folded: str
    words: tuple[str, ...]
    part: Part
    is_quoted: bool = False
    #: Whether it ended in 's.
    is_possessive: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A text cut up. `links` are addresses that Slack's markup gave beside what is shown."""

    chunks: tuple[Chunk, ...]
    links: tuple[str, ...]

    @property
    def text(self) -> str:
        """The text as understood, without markup."""
        return " ".join(chunk.text for chunk in self.chunks)


@dataclass(frozen=True, slots=True)
class Reading:
    """A choice of the chunks that make up the name; the others ask for a kind or an area or say nothing."""

    chunks: tuple[Chunk, ...]
    kinds: tuple[str, ...] = ()
    area: Area | None = None
    #: The words beside the name, as far as nothing but a question makes sure that they are none of the name's.
    beside: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether neither a kind nor an area is asked for."""
        return not self.kinds and self.area is None

    @property
    def is_likely(self) -> bool:
        """Whether the name begins and ends with no word of a question."""
        return self.chunks[0].part is not Part.QUESTION and self.chunks[-1].part is not Part.QUESTION

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the name, in order."""
        return tuple(word for chunk in self.chunks for word in chunk.words)

    @property
    def folded(self) -> str:
        """The name folded."""
        return "".join(chunk.folded for chunk in self.chunks)

    @property
    def text(self) -> str:
        """The name as written."""
        return " ".join(chunk.text for chunk in self.chunks)


def read(text: str, *, max_length: int = MAX_LENGTH, max_chunks: int = MAX_CHUNKS) -> Question:
    """Cut up what a person wrote in Slack: markup, emoji, mentions and quotes are taken for what they mean."""
    links: list[str] = []
    plain = _MARKUP.sub(lambda found: _unwrap(found, links), text[:_MAX_RAW_LENGTH])
    plain = clean(html.unescape(plain))
    plain = _EMOJI.sub(" ", plain)[:max_length]
    chunks: list[Chunk] = []
    for piece, is_quoted in _quoted_pieces(plain):
        for raw in piece.split():
            if len(chunks) == max_chunks:
                break
            chunk = _chunk(raw, is_quoted=is_quoted)
            if chunk is not None:
                chunks.append(chunk)
    return Question(chunks=tuple(chunks), links=tuple(links))


def outside(question: Question, start: int, end: int) -> Reading | None:
    """Return the reading in which the chunks from `start` up to `end` are the name, if the others only ask for it."""
    chunks = question.chunks
    kinds: list[str] = []
    areas: set[Area] = set()
    for place, chunk in enumerate(chunks):
        if start <= place < end or chunk.part is Part.QUESTION:
            continue
        if chunk.part is Part.NAME:
            if not _is_environment_phrase(chunks, place):
                return None
        elif chunk.part is Part.DOUBTFUL:
            if not _says_nothing(chunks, place) and not (place == end and chunk.folded in TRAILING_WORDS):
                return None
        elif chunk.part is Part.AREA or (chunk.part is Part.KIND_OR_AREA and _is_part_of(chunks, place)):
            if place == start - 1 and not _is_done(
                chunks, place
            ):  # "checkout alerts" are a part of checkout, "alerts checkout" is another thing
                return None
            areas.add(AREA_WORDS[chunk.folded])
        else:
            kinds.append(chunk.folded)
    if len(areas) > 1:
        return None
    return Reading(chunks[start:end], tuple(kinds), next(iter(areas), None), _beside(chunks, range(start, end)))


def as_area(reading: Reading) -> Reading | None:
    """Return the reading that takes its only kind word for an area: "the checkout pipeline" is how checkout is built.

    None where there is no such reading. A database is none: it is a thing of its own with an owner of its own.
    """
    if len(reading.kinds) != 1 or reading.area is not None:
        return None
    area = AREA_WORDS.get(reading.kinds[0])
    return None if area in (None, Area.DATABASE) else Reading(reading.chunks, (), area, reading.beside)


def forgiven(question: Question, is_known: Callable[[str], bool]) -> Question:
    """Return the question with misspelt question words ("who onws") taken for what they are; known words are left."""
    return replace(question, chunks=tuple(_forgiven(chunk, is_known) for chunk in question.chunks))


def before_predicate(question: Question) -> Question | None:
    """Return the beginning of "checkout is returning errors, who owns it", if the text goes on like that."""
    chunks = question.chunks
    for place, chunk in enumerate(chunks):
        if chunk.folded in PREDICATES and any(one.part is not Part.QUESTION for one in chunks[:place]):
            return replace(question, chunks=chunks[:place])
    return None


def readings(question: Question) -> list[Reading]:
    """Return the ways to take a text whose name is in no one place, the most literal first."""
    chunks = question.chunks
    everything = tuple(range(len(chunks)))
    asked = tuple(i for i in everything if chunks[i].part is not Part.QUESTION)
    named = tuple(
        i for i in asked if not (chunks[i].part is Part.DOUBTFUL and (_says_nothing(chunks, i) or _trails(chunks, i)))
    )
    choices = [everything, asked, named]
    for parts in ({Part.KIND, Part.KIND_OR_AREA}, {Part.AREA}, {Part.KIND, Part.KIND_OR_AREA, Part.AREA}):
        choices.append(tuple(i for i in named if chunks[i].part not in parts))
    choices.append(tuple(i for i in named if not _is_environment_phrase(chunks, i)))
    found: dict[tuple[int, ...], Reading] = {}
    for kept in choices:
        if kept and kept not in found and (reading := _reading(chunks, kept)) is not None:
            found[kept] = reading
    return list(found.values())


def _reading(chunks: tuple[Chunk, ...], kept: tuple[int, ...]) -> Reading | None:
    kinds: list[str] = []
    areas: set[Area] = set()
    for place, chunk in enumerate(chunks):
        if place in kept:
            continue
        if kept[0] < place < kept[-1] and chunk.folded not in FUNCTION_WORDS | PART_OF_WORDS:
            return None  # what is left out stands before the name or after it, not in it
        if chunk.part is Part.AREA or (chunk.part is Part.KIND_OR_AREA and _is_part_of(chunks, place)):
            if place + 1 in kept and not _is_done(chunks, place):
                return None
            areas.add(AREA_WORDS[chunk.folded])
        elif chunk.part in (Part.KIND, Part.KIND_OR_AREA):
            kinds.append(chunk.folded)
    if len(areas) > 1:
        return None
    return Reading(tuple(chunks[i] for i in kept), tuple(kinds), next(iter(areas), None), _beside(chunks, kept))


def _beside(chunks: tuple[Chunk, ...], kept: Sequence[int]) -> tuple[str, ...]:
    """Return the words that are left out though the text asks nothing: "ledger alerts" may well be a name."""
    if any(chunk.part is Part.QUESTION for chunk in chunks):
        return ()
    return tuple(chunk.folded for place, chunk in enumerate(chunks) if place not in kept)


def _unwrap(found: re.Match[str], links: list[str]) -> str:
    """Return what a piece of Slack's markup reads as; addresses that are not shown go to `links`."""
    target, label = found[1], found[2] or ""
    if target[0] in "@!":
        return " "
    if target[0] == "#":
        links += [target[1:], f"#{label}"] if label else [target[1:]]
        return f" #{label} " if label else " "
    if target.startswith("mailto:"):
        return f" {label or target.removeprefix('mailto:')} "
    if not label or label in target:
        return f" {target} "
    links.append(target)
    return f" {label} "


def _quoted_pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield (piece, whether it was in quotes or backticks) in order."""
    end = 0
    for found in _QUOTED.finditer(text):
        yield text[end : found.start()], False
        yield next(group for group in found.groups() if group), True
        end = found.end()
    yield text[end:], False


def _chunk(raw: str, *, is_quoted: bool) -> Chunk | None:
    text = raw.lstrip(_BEFORE).rstrip(_AFTER)
    bare = _POSSESSIVE.sub("", text)
    is_possessive, text = bare != text, bare
    folded = fold(text)
    if not folded:
        return None
    words = tokens(text)
    # "on-call", "go-to" and "CI/CD" are written so in questions; anything else that joins words is a name.
    is_joined = len(words) > 1 and "'" not in text and "’" not in text and folded not in ("oncall", "cicd", "goto")
    is_whole = is_quoted or is_joined
    return Chunk(text, folded, words, _part(folded, is_whole=is_whole), is_quoted, is_possessive)


def _part(folded: str, *, is_whole: bool) -> Part:
    if is_whole:
        return Part.NAME
    is_kind, is_area = folded in KIND_WORDS, folded in AREA_WORDS
    if folded in QUESTION_WORDS:
        return Part.QUESTION
    if folded in STATE_WORDS:
        return Part.DOUBTFUL
    if is_kind and is_area:
        return Part.KIND_OR_AREA
    if is_kind:
        return Part.KIND
    if is_area:
        return Part.AREA
    return Part.DOUBTFUL if folded in DOUBTFUL_WORDS else Part.NAME


def _forgiven(chunk: Chunk, is_known: Callable[[str], bool]) -> Chunk:
    if (
        chunk.part is not Part.NAME
        or len(chunk.words) != 1
        or not 4 <= len(chunk.folded) <= 12
        or is_known(chunk.folded)
    ):
        return chunk
    found = any(OSA.distance(chunk.folded, word, score_cutoff=1) <= 1 for word in CORE_QUESTION_WORDS)
    return replace(chunk, part=Part.QUESTION) if found else chunk


def _says_nothing(chunks: tuple[Chunk, ...], place: int) -> bool:
    """Return whether a doubtful word is none of the name's: "support for the portal", not "the support portal"."""
    if chunks[place].folded in STATE_WORDS:
        return place > 0 and chunks[place - 1].part is Part.QUESTION
    if _is_done(chunks, place):
        return True
    while place + 1 < len(chunks) and chunks[place + 1].part is Part.DOUBTFUL:
        place += 1
    return place + 1 < len(chunks) and chunks[place + 1].part is Part.QUESTION


def _is_done(chunks: tuple[Chunk, ...], place: int) -> bool:
    """Return whether the chunk is what somebody does: "who deploys checkout", "whom to contact"."""
    return place > 0 and chunks[place - 1].folded in ACTING_WORDS


def _trails(chunks: tuple[Chunk, ...], place: int) -> bool:
    return place == len(chunks) - 1 and place > 0 and chunks[place].folded in TRAILING_WORDS


def _is_part_of(chunks: tuple[Chunk, ...], place: int) -> bool:
    """Return whether the chunk is said to be a part of something: "the database of checkout", "checkout's database"."""
    if place > 0 and chunks[place - 1].is_possessive:
        return True
    return place + 1 < len(chunks) and chunks[place + 1].folded in PART_OF_WORDS


def _is_environment_phrase(chunks: tuple[Chunk, ...], place: int) -> bool:
    """Return whether the chunk is the end of "in production" or the like."""
    return chunks[place].folded in ENVIRONMENT_WORDS and place > 0 and chunks[place - 1].folded in ("in", "on")

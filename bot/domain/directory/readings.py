"""Readings of a question: the possible choices of the words that are the name, the most literal first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.catalog import Area, AssetKind
from bot.domain.directory.questions import Chunk, ParsedQuestion, Part
from bot.domain.directory.vocabulary import (
    ACTING_WORDS,
    AREA_WORDS,
    ENVIRONMENT_WORDS,
    FUNCTION_WORDS,
    KIND_WORDS,
    PART_OF_WORDS,
    STATE_WORDS,
    TRAILING_WORDS,
)

#: Words inside a name that do not belong to it.
_INNER_WORDS = FUNCTION_WORDS | PART_OF_WORDS
#: Pronouns for a name that came before.
_ITS, _IT = frozenset({"its", "their"}), frozenset({"it", "that", "this", "them", "those"})
#: Words that can follow a word for an area: "the database side of".
_SIDES = (["side"], ["part"], ["end"])
#: Words before an environment.
_IN = ("in", "on")
#: Kinds of assets that have parts.
_WHOLES = frozenset({AssetKind.SERVICE, AssetKind.SYSTEM, AssetKind.WEBSITE})


@dataclass(frozen=True, slots=True)
class Reading:
    """A choice of the chunks that make up the name. The others ask for a kind or an area, or say nothing."""

    chunks: tuple[Chunk, ...]
    kinds: tuple[str, ...] = ()
    area: Area | None = None
    #: The word for a kind of thing that is a part of the named asset: "the queue behind checkout".
    part: str = ""
    #: Words beside the name that may belong to it, unless the text is certainly a question.
    beside: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether neither a kind nor an area is asked for."""
        return not self.kinds and self.area is None

    @property
    def is_likely(self) -> bool:
        """Whether the name neither begins nor ends with a word of questions."""
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


def outside(question: ParsedQuestion, start: int, end: int) -> Reading | None:
    """Return the reading in which the chunks from `start` up to `end` are the name, if the others only ask for it."""
    chunks = question.chunks
    kinds: list[str] = []
    areas: set[Area] = set()
    part = ""
    for place, chunk in enumerate(chunks):
        if start <= place < end or chunk.part is Part.QUESTION:
            continue
        part = part or part_of_name(chunks, place, range(start, end))
        if chunk.part is Part.NAME:
            if not is_environment(chunks, place):
                return None
        elif chunk.part is Part.DOUBTFUL:
            if not _says_nothing(chunks, place) and not (place == end and chunk.folded in TRAILING_WORDS):
                return None
        elif chunk.part is Part.AREA or (chunk.part is Part.KIND_OR_AREA and _is_part_of(chunks, place)):
            if place == start - 1 and not _is_done(
                chunks, place
            ):  # "checkout alerts" is a part of checkout, "alerts checkout" is another thing
                return None
            areas.add(AREA_WORDS[chunk.folded])
        else:
            kinds.append(chunk.folded)
    if len(areas) > 1:
        return None
    beside = _beside(chunks, range(start, end))
    return Reading(chunks[start:end], tuple(kinds), next(iter(areas), None), part, beside)


def as_area(reading: Reading) -> Reading | None:
    """Return the reading that takes its only kind word for an area.

    "The checkout pipeline" then means how checkout is built. None if there is no such reading. "Application" is not
    read that way, because an application is a thing with an owner of its own.
    """
    if len(reading.kinds) != 1 or reading.area is not None:
        return None
    area = AREA_WORDS.get(reading.kinds[0])
    return None if area in (None, Area.APPLICATION) else Reading(reading.chunks, (), area, beside=reading.beside)


def asks_for_part(question: ParsedQuestion) -> bool:
    """Whether the text says that an area is a part: "deployments of checkout", not "checkout deployments"."""
    chunks = question.chunks
    areas = (Part.AREA, Part.KIND_OR_AREA)
    return any(chunk.part in areas and _is_part_of(chunks, place) for place, chunk in enumerate(chunks))


def readings(question: ParsedQuestion) -> list[Reading]:
    """Return the readings of a text in which the name is not in one place, the most literal first."""
    chunks = question.chunks
    everything = tuple(range(len(chunks)))
    asked = tuple(i for i in everything if chunks[i].part is not Part.QUESTION)
    named = tuple(
        i for i in asked if not (chunks[i].part is Part.DOUBTFUL and (_says_nothing(chunks, i) or _trails(chunks, i)))
    )
    choices = [everything, asked, named]
    for parts in ({Part.KIND, Part.KIND_OR_AREA}, {Part.AREA}, {Part.KIND, Part.KIND_OR_AREA, Part.AREA}):
        choices.append(tuple(i for i in named if chunks[i].part not in parts))
    choices.append(tuple(i for i in named if not is_environment(chunks, i)))
    found: dict[tuple[int, ...], Reading] = {}
    for kept in choices:
        if kept and kept not in found and (reading := _reading(chunks, kept)) is not None:
            found[kept] = reading
    return list(found.values())


def _reading(chunks: tuple[Chunk, ...], kept: tuple[int, ...]) -> Reading | None:
    kinds: list[str] = []
    areas: set[Area] = set()
    part = ""
    for place, chunk in enumerate(chunks):
        if place in kept:
            continue
        part = part or part_of_name(chunks, place, kept)
        if kept[0] < place < kept[-1] and chunk.folded not in _INNER_WORDS:
            return None  # the words left out have to be before or after the name, not inside it
        if chunk.part is Part.AREA or (chunk.part is Part.KIND_OR_AREA and _is_part_of(chunks, place)):
            if place + 1 in kept and not _is_done(chunks, place):
                return None
            areas.add(AREA_WORDS[chunk.folded])
        elif chunk.part in (Part.KIND, Part.KIND_OR_AREA):
            kinds.append(chunk.folded)
    if len(areas) > 1:
        return None
    named, beside = tuple(chunks[i] for i in kept), _beside(chunks, kept)
    return Reading(named, tuple(kinds), next(iter(areas), None), part, beside)


def _beside(chunks: tuple[Chunk, ...], kept: Sequence[int]) -> tuple[str, ...]:
    """Return the words left out although the text asks nothing: "ledger alerts" may be a name."""
    if any(chunk.part is Part.QUESTION for chunk in chunks):
        return ()
    return tuple(chunk.folded for place, chunk in enumerate(chunks) if place not in kept)


def _says_nothing(chunks: tuple[Chunk, ...], place: int) -> bool:
    """Whether a doubtful word does not belong to the name.

    It does not in "support for the portal", but it does in "the support portal".
    """
    if chunks[place].folded in STATE_WORDS:
        return place > 0 and chunks[place - 1].part is Part.QUESTION
    if _is_done(chunks, place):
        return True
    while place + 1 < len(chunks) and chunks[place + 1].part is Part.DOUBTFUL:
        place += 1
    return place + 1 < len(chunks) and chunks[place + 1].part is Part.QUESTION


def _is_done(chunks: tuple[Chunk, ...], place: int) -> bool:
    """Whether the chunk is something that somebody does: "who deploys checkout", "whom to contact"."""
    return place > 0 and chunks[place - 1].folded in ACTING_WORDS


def _trails(chunks: tuple[Chunk, ...], place: int) -> bool:
    return place == len(chunks) - 1 and place > 0 and chunks[place].folded in TRAILING_WORDS


def _is_part_of(chunks: tuple[Chunk, ...], place: int) -> bool:
    """Whether the text says that the chunk is a part of something: "the database of checkout", "checkout's database".

    The application on a cluster, or behind a database, is another thing; only "of" makes it an area.
    """
    if place > 0 and chunks[place - 1].is_possessive:
        return True
    after = [chunk.folded for chunk in chunks[place + 1 : place + 4]]
    joining, whole, *_ = [*after[after[:1] in _SIDES :], "", ""]
    if joining in _IN and whole in ENVIRONMENT_WORDS:
        return False  # "the checkout database in production"
    if AREA_WORDS.get(chunks[place].folded) is Area.APPLICATION:
        return joining == "of"
    return joining in PART_OF_WORDS


def part_of_name(chunks: tuple[Chunk, ...], place: int, kept: Sequence[int]) -> str:
    """Return the word for a kind of thing if it is a part of the name in `kept`; else "".

    "The queue behind checkout", "checkout's queue", "its queue". The service "of checkout" may be checkout itself.
    """
    word = chunks[place].folded
    kinds, _ = KIND_WORDS.get(word, (frozenset(), frozenset()))
    if not kinds or kinds & _WHOLES:
        return ""
    before = chunks[place - 1] if place > 0 else None
    if before is not None and (before.folded in _ITS or (before.is_possessive and place - 1 in kept)):
        return word
    if place + 1 == len(chunks) or chunks[place + 1].folded not in PART_OF_WORDS:
        return ""
    for at in range(place + 2, len(chunks)):
        if at in kept or chunks[at].folded in _IT:
            return word
        if chunks[at].part is not Part.QUESTION:
            return ""
    return ""


def is_environment(chunks: Sequence[Chunk], place: int) -> bool:
    """Whether the chunk at a place is the end of "in production" or the like."""
    return 0 < place < len(chunks) and chunks[place].folded in ENVIRONMENT_WORDS and chunks[place - 1].folded in _IN

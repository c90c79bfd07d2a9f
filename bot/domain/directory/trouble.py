"""Whether a text says that a system has a problem, if the system's name is made of plain words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.directory import trouble_words
from bot.domain.directory.questions import Chunk, Part
from bot.domain.directory.trouble_words import is_trouble_word
from bot.domain.directory.vocabulary import (
    AREA_WORDS,
    COMMON_WORDS,
    ENVIRONMENT_WORDS,
    KIND_WORDS,
    LONG_ENOUGH,
    PRODUCT_WORDS,
    STATE_WORDS,
    VERB_PARTICLES,
)

#: Words that are never before a name, because they make the word a noun or a verb: "my login", "can't login", "a
#: policy".
_BEFORE_NO_NAME = frozenset(
    """the a an my your our his her their this that these those some any no every each its another i you we they he she
    it to not can cant could couldnt will wont would should dont doesnt didnt please let lets""".split()  # noqa: SIM905
)
#: Words before a name; behind it, they continue the same phrase.
BEFORE_NAME = frozenset({"of", "for", "from", "with", "in", "on", "about", "by", "at", "behind"})
_BEHIND_NAME = frozenset({"isnt", "wasnt", "hasnt", "keeps", "doesnt"})
#: Words before a statement about a system with a problem.
_BEFORE_TROUBLE = frozenset({"is", "was", "has", "seems", "went"})
#: Words before something with a problem, which are not part of a verb: "the log in".
ARTICLES = frozenset({"the", "our", "your", "this", "that"})
#: Words that make it any of its kind, or somebody's own: "a jira", "my widget".
ANY = frozenset("a an my your his her some any no every each another".split())  # noqa: SIM905
#: Words that connect a word with what it belongs to: "the seal of approval", "the bouncer at the club".
_OF_ANOTHER = frozenset("of from at near like as than".split())  # noqa: SIM905
_PLACES = frozenset({"on", "in", "at", "inside", "near", "behind"})
#: Words that only describe things, and in a text that says nothing else, words beside them: "the vpn down again".
_OUT_OF_ORDER = frozenset("broken stuck unavailable unreachable degraded offline unresponsive unhealthy".split())  # noqa: SIM905
_BESIDE_OUTAGE = frozenset("again now right still totally completely today".split())  # noqa: SIM905
#: Words for somebody's own things in other languages.
MINE = frozenset(
    """mein meine meinen meinem meiner mon ma mes mi mis mio mia miei mie meu minha meus minhas min mitt mina mine mijn
    moj moja moje muj dein deine deinen deinem deiner ton ta tes tu tus tuo tua tuoi teu teus jouw din ditt dina
    twoj twoja tvuj tvoje""".split()  # noqa: SIM905
)


def says_trouble(chunk: Chunk) -> bool:
    """Whether a piece of a text says that something has a problem."""
    return trouble_words.says_trouble(chunk.folded, chunk.text)


def is_in_trouble(chunks: Sequence[Chunk], name: range) -> bool:
    """Whether the text says that a system fails whose name is made of plain words, and not what the words mean."""
    others = (place for place in range(len(chunks)) if place not in name)
    if not any(says_trouble(chunks[place]) and not _is_moved(chunks, place, name) for place in others):
        return False
    if _has_kind_beside(chunks, name):
        return True
    before = chunks[name.start - 1].folded if name.start else ""
    behind = chunks[name.stop].folded if name.stop < len(chunks) else ""
    if before in ANY | MINE or behind in _OF_ANOTHER:
        return False
    if _is_only_a_place(chunks, name) or _is_somewhere(chunks, name):
        return False
    first = chunks[name.start]
    if len(name) > 1 or not _is_ordinary(first) or _says_nothing_else(chunks, name):
        return True
    is_short = len(first.folded) < LONG_ENOUGH and first.folded not in PRODUCT_WORDS
    return not is_short and _stands_as_name(chunks, name.start)


def _says_nothing_else(chunks: Sequence[Chunk], name: range) -> bool:
    """Whether a text is only a name and a word for a problem: "search broken?".

    Something that people do may also be "down".
    """
    states = [chunk.folded for chunk in chunks[name.stop :] if chunk.folded not in _BESIDE_OUTAGE]
    if len(states) != 1 or any(chunk.folded != "the" for chunk in chunks[: name.start]):
        return False
    is_down = states == ["down"] and chunks[name.start].folded in PRODUCT_WORDS  # "scale down" does not say so
    return is_down or states[0] in _OUT_OF_ORDER


def _is_moved(chunks: Sequence[Chunk], place: int, name: range) -> bool:
    """Whether "down" is a direction, and does not mean that it fails: "turn the thermostat down"."""
    if chunks[place].folded not in VERB_PARTICLES | {"down"} or place != name.stop:
        return False
    return any(chunk.part is Part.NAME for chunk in chunks[: name.start])


def _is_somewhere(chunks: Sequence[Chunk], name: range) -> bool:
    """Whether a thing is in a place where no system is: "the thermostat in the office is broken"."""
    behind = [chunk.folded for chunk in chunks[name.stop : name.stop + 4]]
    if len(behind) < 3 or behind[0] not in _PLACES or behind[1] not in ANY | ARTICLES | MINE:
        return False
    return all(
        word not in ENVIRONMENT_WORDS and word not in KIND_WORDS and word not in AREA_WORDS for word in behind[2:]
    )


def _is_only_a_place(chunks: Sequence[Chunk], name: range) -> bool:
    """Whether the name is only where somebody or something else has a problem.

    It is in "stuck on the tarmac", but not in "errors on the tarmac".
    """
    before = [chunk.folded for chunk in chunks[: name.start]]
    if before[-1:] != ["the"] or before[-2:-1] == [] or before[-2] not in _PLACES:
        return False
    said = [chunk for place, chunk in enumerate(chunks) if place not in name and says_trouble(chunk)]
    return all(chunk.folded in STATE_WORDS or chunk.folded == "lost" for chunk in said)


def _is_ordinary(chunk: Chunk) -> bool:
    if chunk.is_quoted or len(chunk.words) != 1:
        return False
    is_doing = chunk.folded.endswith("ing") and len(chunk.folded) > LONG_ENOUGH  # "my screening is tomorrow"
    return chunk.folded in COMMON_WORDS or chunk.part is not Part.NAME or is_doing


def _has_kind_beside(chunks: Sequence[Chunk], name: range) -> bool:
    beside = (chunks[other] for other in (name.start - 1, name.stop) if 0 <= other < len(chunks))
    return any(chunk.folded in KIND_WORDS for chunk in beside)


def _stands_as_name(chunks: Sequence[Chunk], place: int) -> bool:
    before = chunks[place - 1].folded if place else ""
    behind = chunks[place + 1].folded if place + 1 < len(chunks) else ""
    if chunks[place].folded in PRODUCT_WORDS and (before == "to" or (not place and chunks[place].has_comma)):
        return True  # "I cannot connect to kafka", "kafka (prod)"
    if before in _BEFORE_NO_NAME:
        return False
    if behind in _BEFORE_TROUBLE:
        return any(is_trouble_word(chunk.folded) for chunk in chunks[place + 2 :])
    return before in BEFORE_NAME or behind in _BEHIND_NAME

"""Statements in other languages that ask for no owner.

Something works again, or a word only happens to be an asset's name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.directory.questions import Chunk
from bot.domain.directory.vocabulary import (
    ARTICLES,
    FOREIGN_ELSEWHERE,
    FOREIGN_INTERROGATIVES,
    FOREIGN_OWNER_WORDS,
    FOREIGN_TROUBLE_WORDS,
    FOREIGN_WELL,
    NEGATIONS,
    STATE_WORDS,
    TROUBLE_WORDS,
)

_WELL = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, FOREIGN_WELL))})(?!\w)", re.IGNORECASE)
#: HTTP status codes of a server in trouble.
_CODE = re.compile(r"[45]\d\d(?:er|s)?")
#: Words before a noun: articles, and prepositions that contain one.
_BEFORE_NOUN = ARTICLES | frozenset(
    """im ins am zum zur beim vom au aux du al del nel nella sul sulla na no da do
    un une ein eine einen einem einer una uno um uma een ett mon ma mes ton ta tes mi mis tu tus su sus mio mia tuo tua
    meu minha min mitt mina""".split()  # noqa: SIM905
)
#: "La paie est tombée" says that it is down, "la paie tombe le 28" does not.
_FALLS = "tombe"
_BEFORE_FALLEN = frozenset({"est", "sont", "etait", "a", "ont"})
#: "Die Kasse steht" says that it is down, "wer steht an der Kasse?" does not.
STANDS = "steht"
#: "Wer ist in der Radiologie?" asks who is there, not for an owner.
_COPULAS = frozenset(
    """ist sind est es esta estan e sono sao is zijn ar er jest sa je steht stehen sitzt liegt arbeitet bleibt travaille
    trabaja lavora trabalha werkt jobbar""".split()  # noqa: SIM905
)
_PLACES = frozenset("in im bei beim am auf a dans chez en nel nella alla em op bij i pa w na hos".split())  # noqa: SIM905


def is_well(text: str, chunks: Sequence[Chunk]) -> bool:
    """Whether a text says that something works again, and asks for nobody."""
    return _WELL.search(text) is not None and not asks_for_owner(chunks) and not _says_no(chunks)


def is_noun(chunks: Sequence[Chunk], place: int) -> bool:
    """Whether a word with an article is an ordinary word and not an asset: "das Labor ist geschlossen".

    It is an asset if the text says that it has a problem ("das Labor ist down") or asks for its owner.
    """
    if place == 0 or chunks[place - 1].folded not in _BEFORE_NOUN or chunks[place].is_quoted:
        return False
    if len(chunks[place].words) > 1 or asks_for_owner(chunks) or _says_no(chunks):
        return False
    troubles = FOREIGN_TROUBLE_WORDS | TROUBLE_WORDS | STATE_WORDS
    others = [
        chunk.folded
        for number, chunk in enumerate(chunks)
        if number != place
        and (chunk.folded != _FALLS or chunks[number - 1].folded in _BEFORE_FALLEN)
        and (chunk.folded != STANDS or number > place)
    ]
    return not any(word in troubles or _CODE.fullmatch(word) for word in others)


def asks_for_owner(chunks: Sequence[Chunk]) -> bool:
    """Whether a text asks for somebody who owns something, and not who is somewhere or where something is."""
    words = [chunk.folded for chunk in chunks]
    if not FOREIGN_OWNER_WORDS.isdisjoint(words):
        return True
    if not FOREIGN_ELSEWHERE.isdisjoint(words[:2]):
        return False
    asking = [place for place, word in enumerate(words) if word in FOREIGN_INTERROGATIVES]
    return any(words[place + 1 : place + 2] == [] or not _is_who_is_there(words[place + 1 :]) for place in asking)


def _is_who_is_there(words: Sequence[str]) -> bool:
    return len(words) > 1 and words[0] in _COPULAS and words[1] in _PLACES


def _says_no(chunks: Sequence[Chunk]) -> bool:
    return any(chunk.folded in NEGATIONS or chunk.text.lower() in NEGATIONS for chunk in chunks)

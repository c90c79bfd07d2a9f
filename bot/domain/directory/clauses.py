"""Finding the clause that asks: "who owns headlamp" in "kubelet is fine but who owns headlamp"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.domain.directory.questions import ASKING, Chunk, Part, read
from bot.domain.directory.vocabulary import (
    FOREIGN_AND,
    FOREIGN_BUT,
    FOREIGN_INTERROGATIVES,
    FOREIGN_WORDS,
    VERB_PARTICLES,
)
from bot.domain.names import fold


def _any(words: frozenset[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_WHO = r"who|whom|whose|who's|whos|which\s+team|what\s+team"
#: Where a clause ends: a sentence, a comma, a bracket, a dash or "but", followed by something. Words that join names
#: only join clauses before a word that asks.
_ENDS = re.compile(
    rf"(?<=[^\s.][.!?;:])\s+|\n+|,\s+(?:(?:{_any(FOREIGN_BUT)})\s+)?|\s+[-–—]+\s+|\s*[、。，；！？]\s*|\s+(?=¿)"
    r"|\s+(?:but|because|since|as(?!\s+of\b)|though|although|while|so"
    rf"|{_any(FOREIGN_BUT)})(?:\s+|$)"
    rf"|\s+and\s+(?=(?:{_WHO})\b)|\s+(?:{_any(FOREIGN_AND)})\s+(?=(?:{_any(FOREIGN_INTERROGATIVES)})\s)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"(?<=\s)\(([^()\n]*)\)(?=\W|$)")
_ABOUT = re.compile(r"\W*(?:and\s+)?(?:what|how)\s+about\b", re.IGNORECASE)
_BEGINS = re.compile(rf"\W*(?:(?:and|but|so|now|then|hey|hi|please|ok)\W+)*(?:{_WHO})\b", re.IGNORECASE)
#: Pronouns for something that another clause names.
_PRONOUN = re.compile(
    r"\b(?:(?:it|its|this|that|them|these|those|there|which|what)|(?:its|their)\s+\w+)\W*$", re.IGNORECASE
)
#: Clauses that say what is known already: "I know who owns headlamp, but not kubelet".
_KNOWN = re.compile(
    r"\W*(?:(?:ok|okay|yes|so|hey|hi|and|well)\W+)*(?:"
    r"(?:i|we|you|they|everyone|everybody)(?:['’]ve)?\s+(?:\w+\s+)?(?:know|knows|knew|found|have|has|got|see|remember)"
    r"(?:\s+(?:out|found))?\s+(?:who|whom|whose|which\s+team|the\s+owners?|an?\s+owner)\b"
    r"|(?:ich|wir)\s+(?:weiß|weiss|wissen|kenne|kennen)\b|(?:je|on|nous)\s+(?:sais|sait|savons|connais|connaît)\b"
    r"|(?:ya\s+)?(?:sé|sabemos)\b|(?:so|sappiamo)\s+chi\b|(?:ik|we)\s+(?:weet|weten)\b|(?:eu\s+)?(?:sei|sabemos)\s+quem\b)",
    re.IGNORECASE,
)
_SUBJECT_AND_VERB = 2
#: Words before a name in "but not that of kubelet".
_NOT_OF = frozenset(
    """but and or not nor of for the that those nicht aber das die den von fur pas celui celle de
    du no el la non quello di niet die van nao o a do da mais pero ma maar mas about""".split()  # noqa: SIM905
)
#: Words before a name that the next clause asks about: "and login, whose is that?".
_BEFORE_TOPIC = frozenset("the our my this that and now then also but so i mean rather or".split())  # noqa: SIM905
_PARTS = frozenset({Part.KIND, Part.AREA, Part.KIND_OR_AREA})
_DETERMINERS = frozenset({"the", "its", "their"})
_WHO_ALONE = frozenset({"who", "whom"})
_BEFORE_VERB = _WHO_ALONE | frozenset("can could should would will may might must do does did i we you to".split())  # noqa: SIM905
#: Words that ask in Chinese, Japanese and Korean.
_UNSPACED_WHO = ("谁", "誰", "누구", "누가", "担当", "负责", "담당")

#: Tells whether a folded word is the name of an asset.
IsKnown = Callable[[str], bool]


def asking_clause(text: str, is_known: IsKnown) -> str:
    """Return the clause that asks: "who owns headlamp" in "kubelet is fine but who owns headlamp".

    If that clause names nothing, return the clauses right before it, provided they are only names: "and login, whose is
    that?". Return "" if the text is one clause, or if no clause says what is asked for ("checkout is down, who owns
    it?"). `is_known` tells whether a folded word is the name of an asset, because an asset can be called by a word of
    questions.
    """
    clauses = [clause for clause in _ENDS.split(_BRACKETS.sub(r", \1, ", text)) if clause.strip()]
    if len(clauses) < 2:
        return ""
    chunks = [read(clause).chunks for clause in clauses]
    known = {place for place, clause in enumerate(clauses) if _KNOWN.match(clause) is not None}
    # A German subordinate clause after a comma belongs to it: "ich weiß, wem headlamp gehört".
    known |= {place + 1 for place in known if len(chunks[place]) <= _SUBJECT_AND_VERB}
    asking = [place for place, clause in enumerate(clauses) if place not in known and _asks(clause, chunks[place])]
    if known and not asking:
        return _what_is_not_known(chunks[max(known) + 1 :], is_known)
    naming = [
        place for place in asking if not _PRONOUN.search(clauses[place]) and _names_something(chunks[place], is_known)
    ]
    if len(naming) > 1:
        naming = [place for place in naming if _begins(clauses[place], chunks[place])]
    if asking and (not naming or naming == asking[-1:]):
        topics = [" ".join(_names(each)) for each in _topics(chunks[: asking[-1]], is_known)]
        if len(topics) == 1 and _asks_for_part(chunks[asking[-1]], is_known):
            return f"{clauses[asking[-1]].rstrip('?!. ')} of {topics[0]}"  # "checkout: who owns the database?"
        if not naming:
            return ", ".join(topics)
    if len(naming) != 1 or any(_is_topic(each, is_known) for each in chunks[naming[0] + 1 :]):
        return ""
    return clauses[naming[0]]


def _asks_for_part(chunks: Sequence[Chunk], is_known: IsKnown) -> bool:
    """Whether a clause asks only for a kind or an area: "who owns the database?"."""
    said = [chunk for chunk in chunks if chunk.part is not Part.QUESTION and chunk.folded not in _DETERMINERS]
    return len(said) == 1 and said[0].part in _PARTS and not is_known(said[0].folded)


def _what_is_not_known(chunks: Sequence[Sequence[Chunk]], is_known: IsKnown) -> str:
    """Return the names that are asked for in "I know who owns headlamp, but not kubelet"."""
    names = [[chunk.text for chunk in each if chunk.folded not in _NOT_OF] for each in chunks]
    return ", ".join(" ".join(each) for each in names if each and is_known(fold("".join(each))))


def asks_in_words(chunks: Sequence[Chunk]) -> bool:
    """Whether a word asks for somebody in a language other than English."""
    return any(
        chunk.folded in FOREIGN_INTERROGATIVES or chunk.text.lower() in FOREIGN_INTERROGATIVES for chunk in chunks
    ) or any(word in chunk.text for chunk in chunks if not chunk.text.isascii() for word in _UNSPACED_WHO)


def _asks(clause: str, chunks: Sequence[Chunk]) -> bool:
    return ASKING.search(clause) is not None or _ABOUT.match(clause) is not None or asks_in_words(chunks)


def _begins(clause: str, chunks: Sequence[Chunk]) -> bool:
    return _BEGINS.match(clause) is not None or _ABOUT.match(clause) is not None or asks_in_words(chunks[:2])


def _topics(chunks: Sequence[Sequence[Chunk]], is_known: IsKnown) -> Sequence[Sequence[Chunk]]:
    """Return the last clauses that are only names."""
    first = len(chunks)
    while first and _is_topic(chunks[first - 1], is_known):
        first -= 1
    return chunks[first:]


def _is_joined(chunk: Chunk, is_known: IsKnown) -> bool:
    """Whether a piece is joined as names are: "l'order-api", but not "c'est" or "m'adresser"."""
    _, mark, behind = chunk.text.replace("’", "'").partition("'")
    return is_known(fold(behind)) or "-" in behind or "_" in behind if mark else len(chunk.words) > 1


def _is_topic(chunks: Sequence[Chunk], is_known: IsKnown) -> bool:
    names = _names(chunks)
    return bool(names) and is_known(fold("".join(names)))


def _names(chunks: Sequence[Chunk]) -> list[str]:
    return [chunk.text for chunk in chunks if chunk.folded not in _BEFORE_TOPIC]


def _names_something(chunks: Sequence[Chunk], is_known: IsKnown) -> bool:
    if asks_in_words(chunks):
        # In another language, any word may belong to the question.
        return any(
            (is_known(chunk.folded) and chunk.folded not in FOREIGN_WORDS) or _is_joined(chunk, is_known)
            for chunk in chunks
        )
    # "who do I page?" names nothing, unless an asset is called page.
    said = [chunk for chunk in chunks if chunk.part is not Part.QUESTION]
    # In "Whom can I wake up?" the word is a verb.
    verb = next((chunk for chunk in chunks if chunk.folded not in _BEFORE_VERB), None)
    if said and said[0] is verb and chunks[0].folded in _WHO_ALONE and not is_known(said[0].folded):
        said = [chunk for chunk in said[1:] if chunk.folded not in VERB_PARTICLES]
    said = [chunk for chunk in said if chunk.part is not Part.DOUBTFUL or is_known(chunk.folded)]
    return bool(said) or (len(chunks) > 1 and len(chunks[-1].folded) > 3 and is_known(chunks[-1].folded))

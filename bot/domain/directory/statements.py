"""Reasons to name an owner, and sentences that only happen to contain the name of an asset."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from itertools import pairwise

from rapidfuzz.distance import OSA

from bot.domain.directory import foreign_statements
from bot.domain.directory.answers import Match, ResolutionMethod
from bot.domain.directory.choices import run_named
from bot.domain.directory.index import DirectoryIndex
from bot.domain.directory.questions import Chunk, ParsedQuestion, Part
from bot.domain.directory.readings import is_environment
from bot.domain.directory.trouble import ANY, ARTICLES, BEFORE_NAME, MINE, is_in_trouble, says_trouble
from bot.domain.directory.vocabulary import (
    AREA_WORDS,
    COMMON_WORDS,
    CORE_QUESTION_WORDS,
    FOREIGN_ELSEWHERE,
    FOREIGN_WORDS,
    KIND_WORDS,
    MEANINGS,
    PART_OF_WORDS,
    QUESTION_WORDS,
    VERB_PARTICLES,
)
from bot.domain.names import tokens

#: Words that ask for the person responsible. Somebody who wants something is not responsible for it.
_ASKS = re.compile(
    r"\b(?:(?:who|whos)(?!(?:['’]s|\s+is|\s+are)?\s+(?:wants?|likes?|loves?|remembers?|sa(?:id|ys)|won|coming|joining|up\s+for"
    r"|on\s+the|in|at)\b)"
    r"|whom|whose|(?:which|what)\s+(?:team|squad|group|people|person|channel)|owned|owners?|ownership|owns|(?:do|does|did)\s.{1,60}?\sown"
    r"|responsible|responsibilit(?:y|ies)\s+(?:for|of)|accountab\w+|in\s+charge|look\w*\s+after|takes?\s+care|maintain\w*|contacts?"
    r"|poc|dri|on-?\s?call|on\s+the\s+hook|belongs?|escalat\w+|steward\w*|approvers?|reviewers?|assigned"
    r"|(?:talk|speak|reach\s+out)\s+to|go-?to\s+(?:person|people|team)|where\s+(?:do|does|should|can)\s+(?:i|we|it|this)\s+(?:go|ask|report|file|raise|turn)"
    r"|(?<!\bin\s)(?<!\bon\s)(?<!\bms\s)(?<!\bmicrosoft\s)(?<!\ba\s)(?:team|squad|lead|manager|folk)s?(?=\W*$)"
    r"|(?:team|squad|lead|manager|folk)s?(?=\s+(?:for|of|behind)\b))\b",
    re.IGNORECASE,
)
#: Phrases about somebody known: "the guy who broke the printer".
_OF_SOMEBODY = re.compile(
    r"\b(?:guy|man|woman|person|people|those|customer|user|colleague|friend|everyone|everybody)s?,?\s+who\b",
    re.IGNORECASE,
)
#: A correction of a wrong name: "checkout? no, the hotel's".
_CORRECTED = re.compile(r"^[^?]*\w\?\s*(?:no|nope|nah|nein|non|nee|nej)\b(?!\s+(?:idea|clue|one))", re.IGNORECASE)
#: A description, which asks for nobody: "zotero is a great citation manager".
_DESCRIBED = re.compile(
    r"\b(?:is|are|was|were)\s+an?\s+(?:\w+\s+){0,3}(?:team|squad|lead|manager|owner|contact)s?(?=\W*$)", re.IGNORECASE
)
#: Statements that something works, or that something was done to it.
_GOOD_NEWS = re.compile(
    r"\b(?:is|are|was|were|looks?|seems?|been|got|went)(?:\s+(?:all|now|finally|fully|mostly|just|so|very|looking|working|green))?"
    r"\s+(?:back|up|green|fine|ok|okay|good|great|fixed|resolved|restored|recovered|healthy|stable|done|live|deployed|released"
    r"|merged|shipped|rolled\s+out|finished|completed?|normal|working|online)\b"
    r"|\b(?:works|working)\s+(?:now|again|fine|for\s+me)\b"
    r"|^\W*(?:(?:i|we)(?:['’]ve)?\s+)?(?:have\s+|just\s+)*(?:deployed|released|merged|fixed|shipped|rolled\s+(?:out|back)|restarted"
    r"|rebooted|upgraded|migrated|resolved|closed|updated|reverted)\b",
    re.IGNORECASE,
)
#: … unless they are negated or outdated: "isn't working now", "was fine but fails again".
_STILL_BAD = re.compile(
    r"(?:n['’]t|\bnot|\bnever|\bhardly)\s+(?:\w+\s+){0,2}?(?:back|up|green|fine|ok|okay|good|work\w*|fixed|resolved|restored"
    r"|healthy|stable|live|online)\b|\bnobody\b"
    r"|\b(?:but|yet|except)\b.{0,80}?(?:\b(?:fail\w*|broken|errors?|5\d\d|down|slow|crash\w*|not)\b|n['’]t\b)",
    re.IGNORECASE,
)
#: A question in another language without one of these asks for no owner: "Kantine um zwölf?". "Wie" is "how" in German.
_MAY_ASK = frozenset("wie ai equipe team squad chef jefe capo leiter lider".split())  # noqa: SIM905
_OWNERS = frozenset("owner owners team squad contact maintainer maintainers oncall".split())  # noqa: SIM905
#: Words that follow a verb, but never a name: "who reports to Ada?", "who's billing us?".
_OBJECTS = frozenset("to for us me him her them you it this that these those a an the our my your".split())  # noqa: SIM905
_MOST_CHUNKS_IN_NAME = 6
#: Methods that find a name in another form than it is written.
_FREELY = frozenset({ResolutionMethod.WORDS, ResolutionMethod.ABBREVIATION, ResolutionMethod.TYPO})
_PLEASE = frozenset({"please", "pls", "plz"})
#: Words that may be beside a name that is asked for: "login please".
_BESIDE_NAME = frozenset(
    """the a an our my please pls plz thanks thank thx ty you hi hey hello asap urgent quick quickly again and now today
    anyone anybody baton""".split()  # noqa: SIM905
)


def is_said_in_passing(index: DirectoryIndex, question: ParsedQuestion, text: str, found: Match) -> bool:
    """Whether a text gives no reason to name the owner of `found`, however exactly it contains the name.

    There are three reasons: the text asks for somebody, the name is written unlike any word of a sentence, or the text
    says that the thing has a problem. Any word of letters only may be an ordinary word, because nobody can list them
    all. A short word that is known to be ordinary is not a name even with a problem ("web is slow").
    """
    chunks = question.chunks
    named = _places(index, chunks, found)
    corrected = _CORRECTED.search(text)
    if corrected is not None and index.assets[found.asset_id].name.lower() not in text[corrected.end() :].lower():
        return True
    if asks_for_owner(text):
        return bool(named) and all(
            _is_of_another(chunks, name) or _is_what_somebody_does(chunks, name) for name in named
        )
    if "?" not in text and foreign_statements.is_well(text, question.chunks):
        return True
    if asks_in_another_language(question):
        return bool(named) and all(_is_only_said_abroad(chunks, name, text) for name in named)
    if "?" not in text and _GOOD_NEWS.search(text) is not None and _STILL_BAD.search(text) is None:
        return True
    if not named and _is_loosely_said(index, chunks, found):
        return True
    if all(len(name) == 2 and chunks[name.start + 1].folded in VERB_PARTICLES for name in named):
        return _is_verb(index, chunks, found)
    if any(_is_written_as_name(chunks, name) for name in named):
        return False
    inside = {place for name in named for place in name}
    others = [
        chunk
        for place, chunk in enumerate(chunks)
        if not (place in inside or is_environment(chunks, place) or is_environment(chunks, place + 1))
    ]
    theirs = _words_of(index, found)
    if all(_says_no_more(chunk.folded) or theirs.issuperset(chunk.words) for chunk in others):
        # "Please deploy" asks somebody to do something.
        place = named[0].start
        return place > 0 and chunks[place - 1].folded in _PLEASE and chunks[place].folded in AREA_WORDS
    return not any(_has_bracket(chunks, name, text) or is_in_trouble(chunks, name) for name in named)


def _is_only_said_abroad(chunks: Sequence[Chunk], name: range, text: str) -> bool:
    """Whether a text in another language asks for nobody and only contains a word that is also an asset's name."""
    if len(name) == 1 and foreign_statements.is_noun(chunks, name.start):
        return True
    if _is_written_as_name(chunks, name) or foreign_statements.asks_for_owner(chunks):
        return False
    if name.start and chunks[name.start - 1].folded in MINE:
        return True
    before = [chunk for chunk in chunks[: name.start] if chunk.folded != foreign_statements.STANDS]
    others = [*before, *chunks[name.stop :]]
    is_how = name.stop < len(chunks) and chunks[name.stop].folded in FOREIGN_ELSEWHERE  # "Karte: wie sperre ich sie?"
    is_asked = "?" in text and not is_how and not _MAY_ASK.isdisjoint(chunk.folded for chunk in chunks)
    return not is_asked and _is_latin(text) and not any(says_trouble(chunk) for chunk in others)


def _is_latin(text: str) -> bool:
    return all(char.isascii() or unicodedata.name(char, "LATIN").startswith("LATIN") for char in text if char.isalpha())


def _is_of_another(chunks: Sequence[Chunk], name: range) -> bool:
    """Whether plain words belong to something else, or mean any one of their kind.

    "My certificate of employment", "a jira".
    """
    if _is_written_as_name(chunks, name):
        return False
    before = chunks[name.start - 1].folded if name.start else ""
    behind = chunks[name.stop] if name.stop < len(chunks) and not chunks[name.stop - 1].has_comma else None
    if behind is not None and behind.folded == "of":
        return True
    is_whole = behind is None or (behind.part is Part.QUESTION and behind.folded not in _OWNERS)
    return before in {"a", "an"} and is_whole


def _is_what_somebody_does(chunks: Sequence[Chunk], name: range) -> bool:
    """Whether a plain word is the verb in "who reports to Ada?" or "who's billing us?", and not a name."""
    if len(name) > 1 or _is_written_as_name(chunks, name) or name.stop == len(chunks):
        return False
    before = name.start - 1
    while before > 0 and chunks[before].folded in {"is", "are"}:
        before -= 1
    return before >= 0 and chunks[before].folded in {"who", "whos"} and chunks[name.stop].folded in _OBJECTS


def _places(index: DirectoryIndex, chunks: Sequence[Chunk], found: Match) -> list[range]:
    """Return where a text contains the exact name of the found asset, the longest at each place."""
    places: list[range] = []
    start = 0
    while start < len(chunks):
        ends = range(min(start + _MOST_CHUNKS_IN_NAME, len(chunks)), start, -1)
        end = next((end for end in ends if _names(index, chunks[start:end], found)), 0)
        if end:
            places.append(range(start, end))
        start = end or start + 1
    return places


def _is_written_as_name(chunks: Sequence[Chunk], name: range) -> bool:
    """Whether a name is written in a way that no word of a sentence is: in quotes, joined, or with a digit."""
    around = (chunks[place] for place in (name.start - 1, name.stop) if 0 <= place < len(chunks))
    if chunks[name.start].is_quoted and not any(chunk.is_quoted for chunk in around):
        return True
    return any(len(chunks[place].words) > 1 or not chunks[place].text.isalpha() for place in name)


def _is_loosely_said(index: DirectoryIndex, chunks: Sequence[Chunk], found: Match) -> bool:
    """Whether a name in another form is only part of what is said: "I'm a teapot", "asset managers like to".

    Words with an article in between, or for something else, are not a name either: "debug the toolbox", "sandbox for
    agents".
    """
    is_name_alone = sum(len(chunk.words) for chunk in chunks) <= len(tokens(index.assets[found.asset_id].name))
    if is_name_alone or found.method not in _FREELY or any(says_trouble(chunk) for chunk in chunks):
        return False
    theirs = _words_of(index, found)
    said = [place for place, chunk in enumerate(chunks) if any(_is_like(word, theirs) for word in chunk.words)]
    if all(chunks[place].folded in KIND_WORDS for place in said):
        return False  # "the cache behind checkout" means that part, whatever its name
    if not said or any(len(chunks[place].words) > 1 for place in said):
        return False
    beside = {chunk.folded for place, chunk in enumerate(chunks) if place not in said}
    inside = {chunk.folded for chunk in chunks[said[0] : said[-1]]}
    joining = ANY | ARTICLES | (PART_OF_WORDS if chunks[said[0]].part is Part.NAME else frozenset())
    return not all(map(_says_no_more, beside)) or not inside.isdisjoint(joining)


def _words_of(index: DirectoryIndex, found: Match) -> set[str]:
    asset = index.assets[found.asset_id]
    return {word for name in (asset.name, *asset.aliases) for word in tokens(name)}


def _is_like(word: str, theirs: Collection[str]) -> bool:
    meaning = MEANINGS.get(word, word)
    return any(MEANINGS.get(each, each) == meaning or OSA.distance(word, each) <= len(each) // 3 for each in theirs)


def _has_bracket(chunks: Sequence[Chunk], name: range, text: str) -> bool:
    """Whether a text begins with a name and says in brackets which one: "winch (the old one)"."""
    return name.start == 0 and re.match(rf"\W*{re.escape(chunks[name.stop - 1].text)}\W*?\s\(", text) is not None


def asks_in_another_language(question: ParsedQuestion) -> bool:
    """Whether the words around a name are of another language, and no English word asks for an owner."""
    words = {chunk.folded for chunk in question.chunks}
    text = question.text
    has_letters = not text.isascii() and any(char.isalpha() and not char.isascii() for char in text)
    is_foreign = has_letters or bool((words & FOREIGN_WORDS) - QUESTION_WORDS - COMMON_WORDS)
    return is_foreign and not words & (CORE_QUESTION_WORDS - FOREIGN_WORDS) and "who" not in words


def _says_no_more(word: str) -> bool:
    """Whether a word beside a name does not make it a sentence: "security of the portal"."""
    return word in _BESIDE_NAME or word in KIND_WORDS or word in AREA_WORDS or word in PART_OF_WORDS


def asks_for_owner(text: str) -> bool:
    """Whether a text asks for an owner in English."""
    return _ASKS.search(_DESCRIBED.sub(" ", _OF_SOMEBODY.sub(" ", text))) is not None


def asks_for_somebody(question: ParsedQuestion, text: str) -> bool:
    """Whether a text asks for an owner, in English or in words of another language."""
    return asks_for_owner(text) or asks_in_another_language(question)


def _names(index: DirectoryIndex, run: Sequence[Chunk], found: Match) -> bool:
    named = run_named(index, tuple(run))
    return named is not None and found.asset_id in named.asset_ids


def _is_verb(index: DirectoryIndex, chunks: Sequence[Chunk], found: Match) -> bool:
    """Whether a name occurs only in two words that say what somebody does: "please log in again"."""
    for place, (first, second) in enumerate(pairwise(chunks)):
        if second.folded not in VERB_PARTICLES or first.is_quoted or second.is_quoted:
            continue
        named = run_named(index, (first, second))
        if named is None or found.asset_id not in named.asset_ids:
            continue
        around = (*chunks[:place], *chunks[place + 2 :])
        is_name = bool(place) and chunks[place - 1].folded in BEFORE_NAME | ARTICLES
        return not is_name and any(chunk.folded not in KIND_WORDS for chunk in around)
    return False

"""Sentences that ask for no owner, and have an asset's name in them only because it is an ordinary word as well."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.domain.directory import foreign_statements
from bot.domain.directory.answers import Match
from bot.domain.directory.choices import run_named
from bot.domain.directory.index import DirectoryIndex
from bot.domain.directory.questions import Chunk, ParsedQuestion, Part
from bot.domain.directory.vocabulary import (
    AREA_WORDS,
    COMMON_WORDS,
    CORE_QUESTION_WORDS,
    FOREIGN_WORDS,
    KIND_WORDS,
    LONG_ENOUGH,
    NEGATIONS,
    PART_OF_WORDS,
    PRODUCT_WORDS,
    QUESTION_WORDS,
    STATE_WORDS,
    TROUBLE_WORDS,
    VERB_PARTICLES,
    VOCABULARY,
)

#: What asks for whoever is responsible.
_ASKS = re.compile(
    r"\b(?:who|whom|whose|whos|(?:which|what)\s+(?:team|squad|group|people|person|channel)|own\w*|respons\w+|accountab\w+"
    r"|charge|look\w*\s+after|takes?\s+care|maintain\w*|contacts?|poc|dri|on-?\s?call|belongs?|escalat\w+|steward\w*"
    r"|(?:talk|speak|reach\s+out|turn|go)\s+to|assigned"
    r"|(?<!\bin\s)(?<!\bon\s)(?<!\bms\s)(?<!\bmicrosoft\s)(?:team|squad|lead|manager|folk)s?(?=\W*$|\s+(?:for|of|behind)\b))\b",
    re.IGNORECASE,
)
#: What is said of something that is well, or was done to it.
_GOOD_NEWS = re.compile(
    r"\b(?:is|are|was|were|looks?|seems?|been|got|went)(?:\s+(?:all|now|finally|fully|mostly|just|so|very|looking|working|green))?"
    r"\s+(?:back|up|green|fine|ok|okay|good|great|fixed|resolved|restored|recovered|healthy|stable|done|live|deployed|released"
    r"|merged|shipped|rolled\s+out|finished|completed?|normal|working|online)\b"
    r"|\b(?:works|working)\s+(?:now|again|fine|for\s+me)\b"
    r"|^\W*(?:(?:i|we)(?:['’]ve)?\s+)?(?:have\s+|just\s+)*(?:deployed|released|merged|fixed|shipped|rolled\s+(?:out|back)|restarted"
    r"|rebooted|upgraded|migrated|resolved|closed|updated|reverted)\b",
    re.IGNORECASE,
)
#: … unless it is not so, or not any more: "isn't working now", "was fine but fails again".
_STILL_BAD = re.compile(
    r"(?:n['’]t|\bnot|\bnever|\bhardly)\s+(?:\w+\s+){0,2}?(?:back|up|green|fine|ok|okay|good|work\w*|fixed|resolved|restored"
    r"|healthy|stable|live|online)\b|\bnobody\b"
    r"|\b(?:but|yet|except)\b.{0,80}?(?:\b(?:fail\w*|broken|errors?|5\d\d|down|slow|crash\w*|not)\b|n['’]t\b)",
    re.IGNORECASE,
)
#: Before a word that is a name, no article stands, nor what makes it a verb: "my login", "can't login", "a policy".
_BEFORE_NO_NAME = frozenset(
    """the a an my your our his her their this that these those some any no every each its another i you we they he she
    it to not can cant could couldnt will wont would should dont doesnt didnt please let lets""".split()  # noqa: SIM905
)
_FEWEST_IN_SENTENCE = 3
#: Behind what a sentence is about that only tells something of it.
_SAYS = frozenset("takes lasts starts begins ends means needs comes goes happens helps requires makes".split())  # noqa: SIM905
_IS = frozenset({"is", "are", "was", "were"})
_WHEN = frozenset(
    """on at in from until next tomorrow today postponed cancelled canceled scheduled over due this every""".split()  # noqa: SIM905
)
_SWITCHED = frozenset("turn turned turning switch switched switching sign signed set back opt opted".split())  # noqa: SIM905
#: Ordinary words that are too long to be one of the short ones that names are made of.
_LONG_WORDS = frozenset(VOCABULARY["long_words"].split())
#: What stands before a name, and behind it in what is said of one thing.
BEFORE_NAME = frozenset({"of", "for", "from", "with", "in", "on", "about", "by", "at", "behind"})
_BEHIND_NAME = frozenset({"isnt", "wasnt", "hasnt", "keeps", "doesnt"})
#: The same, of a system in trouble.
_BEFORE_TROUBLE = frozenset({"is", "was", "has", "seems", "went"})
#: What is said before what is in trouble, and is no part of what is done: "the log in".
_ARTICLES = frozenset({"the", "our", "your", "this", "that"})
_PLEASE = frozenset({"please", "pls", "plz"})
#: What may stand beside a name that is asked for in as many words: "login please".
_BESIDE_NAME = frozenset(
    """the a an our my please pls plz thanks thank thx ty you hi hey hello asap urgent quick quickly again and now today
    anyone anybody baton""".split()  # noqa: SIM905
)


def is_said_in_passing(index: DirectoryIndex, question: ParsedQuestion, text: str, found: Match) -> bool:
    """Whether a text asks for nobody and `found` is an ordinary word in it: "login is broken for me".

    Mentions are decided alike: a short word is none, a longer one only where it stands as names do ("checkout is down",
    "the deploy of checkout").
    """
    if asks_for_owner(text):
        return False
    if "?" not in text and foreign_statements.is_well(text, question.chunks):
        return True
    if asks_in_another_language(question):
        places = [place for place, chunk in enumerate(question.chunks) if _names(index, chunk, found)]
        return bool(places) and all(foreign_statements.is_noun(question.chunks, place) for place in places)
    if "?" not in text and _GOOD_NEWS.search(text) is not None and _STILL_BAD.search(text) is None:
        return True
    chunks = question.chunks
    others = [chunk for chunk in chunks if not _says_no_more(chunk.folded)]
    place = next((place for place, chunk in enumerate(chunks) if _names(index, chunk, found)), None)
    if place is None:
        return _is_verb(index, chunks, found)
    if all(_names(index, chunk, found) for chunk in others):
        # "Please deploy" asks for what somebody does.
        return place > 0 and chunks[place - 1].folded in _PLEASE and chunks[place].folded in AREA_WORDS
    if chunks[place].folded in _LONG_WORDS and not chunks[place].is_quoted and not _has_kind_beside(chunks, place):
        # "Please enable notifications in Slack."
        is_object = place > 1 and chunks[place - 2].folded in _SWITCHED  # "turn on notifications"
        is_name = not is_object and _stands_as_name(chunks, place)
        return not is_name and not any(_is_trouble(chunk.folded) for chunk in chunks)
    if _only_talks_of(chunks, place, text):
        return True
    if not _is_ordinary(chunks[place]) or _has_kind_beside(chunks, place):
        return False
    is_short = len(chunks[place].folded) < LONG_ENOUGH and chunks[place].folded not in PRODUCT_WORDS
    return is_short or not _stands_as_name(chunks, place)


def _only_talks_of(chunks: Sequence[Chunk], place: int, text: str) -> bool:
    """Whether a whole sentence begins with a plain word, and says no trouble of it: "fermentation takes two weeks"."""
    chunk, behind = chunks[place], chunks[place + 1 :]
    if place or "?" in text or chunk.is_quoted or len(chunk.words) != 1 or not chunk.text.isalpha():
        return False
    if chunk.folded in PRODUCT_WORDS or len(behind) < _FEWEST_IN_SENTENCE or chunk.has_comma or chunk.is_possessive:
        return False
    said = {each.folded for each in behind}
    is_told = behind[0].folded in _SAYS or (behind[0].folded in _IS and behind[1].folded in _WHEN)
    return is_told and not said & NEGATIONS and not any(_is_trouble(each) for each in said)


def asks_in_another_language(question: ParsedQuestion) -> bool:
    """Whether a text has words around a name that are of another language, and none of English for an owner."""
    words = {chunk.folded for chunk in question.chunks}
    text = question.text
    has_letters = not text.isascii() and any(char.isalpha() and not char.isascii() for char in text)
    is_foreign = has_letters or bool((words & FOREIGN_WORDS) - QUESTION_WORDS - COMMON_WORDS)
    return is_foreign and not words & (CORE_QUESTION_WORDS - FOREIGN_WORDS) and "who" not in words


def _says_no_more(word: str) -> bool:
    """Whether a word beside a name makes no sentence of it: "security of the portal"."""
    return word in _BESIDE_NAME or word in KIND_WORDS or word in AREA_WORDS or word in PART_OF_WORDS


def asks_for_owner(text: str) -> bool:
    """Whether a text asks for an owner in English."""
    return _ASKS.search(text) is not None


def asks_for_somebody(question: ParsedQuestion, text: str) -> bool:
    """Whether a text asks for an owner, in English or in words of another language."""
    return asks_for_owner(text) or asks_in_another_language(question)


def _names(index: DirectoryIndex, chunk: Chunk, found: Match) -> bool:
    named = run_named(index, (chunk,))
    return named is not None and found.asset_id in named.asset_ids


def _is_ordinary(chunk: Chunk) -> bool:
    if chunk.is_quoted or len(chunk.words) != 1:
        return False
    is_doing = chunk.folded.endswith("ing") and len(chunk.folded) > LONG_ENOUGH  # "my screening is tomorrow"
    return chunk.folded in COMMON_WORDS or chunk.part is not Part.NAME or is_doing


def _has_kind_beside(chunks: Sequence[Chunk], place: int) -> bool:
    beside = (chunks[other] for other in (place - 1, place + 1) if 0 <= other < len(chunks))
    return any(chunk.folded in KIND_WORDS for chunk in beside)


def _stands_as_name(chunks: Sequence[Chunk], place: int) -> bool:
    before = chunks[place - 1].folded if place else ""
    behind = chunks[place + 1].folded if place + 1 < len(chunks) else ""
    if chunks[place].folded in PRODUCT_WORDS and (before == "to" or (not place and chunks[place].has_comma)):
        return True  # "I cannot connect to kafka", "kafka (prod)"
    if before in _BEFORE_NO_NAME:
        return False
    if behind in _BEFORE_TROUBLE:
        return any(_is_trouble(chunk.folded) for chunk in chunks[place + 2 :])
    return before in BEFORE_NAME or behind in _BEHIND_NAME


def _is_trouble(word: str) -> bool:
    return word in STATE_WORDS or word in TROUBLE_WORDS or any(map(str.isdecimal, word))


def _is_verb(index: DirectoryIndex, chunks: Sequence[Chunk], found: Match) -> bool:
    """Whether a name is only there in two words that say what somebody does: "please log in again"."""
    for place, (first, second) in enumerate(pairwise(chunks)):
        if second.folded not in VERB_PARTICLES or first.is_quoted or second.is_quoted:
            continue
        named = run_named(index, (first, second))
        if named is None or found.asset_id not in named.asset_ids:
            continue
        around = (*chunks[:place], *chunks[place + 2 :])
        is_name = bool(place) and chunks[place - 1].folded in BEFORE_NAME | _ARTICLES
        return not is_name and any(chunk.folded not in KIND_WORDS for chunk in around)
    return False

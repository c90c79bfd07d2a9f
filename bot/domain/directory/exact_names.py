"""Finding the one asset that a sentence names exactly, whatever surrounds the name, in any language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.catalog import Area
from bot.domain.directory.answers import Match, ResolutionMethod, Several
from bot.domain.directory.choices import CONFIDENCE, candidates, of_kinds, only_part, run_named
from bot.domain.directory.clauses import asks_in_words
from bot.domain.directory.index import DirectoryIndex
from bot.domain.directory.mentions import name_at
from bot.domain.directory.part_phrases import part_phrase
from bot.domain.directory.questions import Chunk, ParsedQuestion, Part
from bot.domain.directory.readings import part_of_name
from bot.domain.directory.sentences import is_name_there
from bot.domain.directory.statements import asks_for_somebody, asks_in_another_language
from bot.domain.directory.things import is_asked_whole, thing_of
from bot.domain.directory.trouble import says_trouble
from bot.domain.directory.trouble_words import STATUS
from bot.domain.directory.vocabulary import (
    ADVERBS,
    AREA_WORDS,
    ARTICLES,
    COMMON_WORDS,
    FOREIGN_INTERROGATIVES,
    FOREIGN_PART_OF_WORDS,
    FOREIGN_TROUBLE_WORDS,
    FOREIGN_WORDS,
    KIND_WORDS,
    LONG_ENOUGH,
    NEGATIONS,
    NO_NAMES,
    PART_OF_WORDS,
    QUESTION_WORDS,
    VERB_PARTICLES,
    is_trouble,
)

_MOST_CHUNKS = 40
_MOST_BEFORE_TROUBLE = 3
_PART_OF_WORDS = PART_OF_WORDS | FOREIGN_PART_OF_WORDS
#: A ticket's key (`SHOP-123`) points elsewhere, and a region is where something runs: neither names an asset.
_TICKET = re.compile(r"[A-Z][A-Z0-9]{1,9}-\d{1,7}")
#: A version or a status code behind a name: "checkout 5.2.1", "checkout 503". Other numbers belong to other names.
_NO_NUMBER = re.compile(r"v?\d+(?:\.\d+)+\S*|v\d+|[45]\d\ds?|[45]xxs?", re.IGNORECASE)
_NO_THINGS = VERB_PARTICLES | {"ms", "seconds", "minutes", "hours", "days", "times", "percent"}
_BEFORE_ROUTE = frozenset({"for", "on", "to", "at", "from", "get", "post", "put", "delete", "patch"})
_NEGATED = re.compile(r"n['’]", re.IGNORECASE)
_REGION = re.compile(r"[a-z]{2,7}-(?:gov-)?(?:north|south|east|west|central)\w*-?\d?[a-d]?", re.IGNORECASE)
#: Words before a verb: "who pays for", "I cannot connect to", "gets paged for".
_BEFORE_VERB = frozenset(
    """who whom whos can cant cannot could couldnt should shouldnt would will wont may might must do does did dont
    doesnt i we you they to please pls plz lets anybody anyone somebody someone everybody nobody""".split()  # noqa: SIM905
)
#: … and words before a participle, or before what somebody needs or has: "who has admin rights on".
_BEFORE_PARTICIPLE = frozenset(
    "gets get got getting being been be is are was has have had need needs want wants a an".split()  # noqa: SIM905
)
#: Words between a word that asks and a role: "who is the tech lead of", "qui est le chef de".
_COPULAS = frozenset("is are est es e ist sind ar er jest je on sont son sao".split())  # noqa: SIM905
#: Before a word that asks, these make it "whose": "de quién es", "di chi è", "à qui est".
_POSSESSION = frozenset({"de", "di", "a", "d"})
_WHO = frozenset({"who", "whom"})
_WHICH = frozenset("which what quel quelle cual qual quale welcher welche".split())  # noqa: SIM905
#: After these, a German or Dutch sentence ends with its verb: "wen muss ich wegen checkout anrufen?".
_MODALS = frozenset(
    "muss mussen kann konnen soll sollen sollte sollten darf durfen moet moeten kan kunnen mag mogen".split()  # noqa: SIM905
)
#: Words about a name that are not part of it, in any language.
_NO_NAME = NEGATIONS | FOREIGN_TROUBLE_WORDS
_NOT_ABROAD = NEGATIONS - QUESTION_WORDS
#: Pronouns that French joins to a verb in a question.
_INVERTED = frozenset("il elle on je tu nous vous ils elles moi lui".split())  # noqa: SIM905


def named_alone(index: DirectoryIndex, question: ParsedQuestion, text: str, *, limit: int) -> Match | Several | None:
    """Return the only asset that a text names exactly, or all of them, whatever else it says in any language.

    None if the text may be about something else: another identifier, or an unknown part ("the mirror of checkout").
    """
    chunks = question.chunks
    if len(chunks) > _MOST_CHUNKS:
        return None
    found: dict[int, Match] = {}
    is_foreign = asks_in_another_language(question) or asks_in_words(chunks)
    is_asked = asks_for_somebody(question, text)
    place = 0
    while place < len(chunks):
        is_word_a_name = is_asked and is_name_there(chunks, place, is_foreign=is_foreign)
        length, match = name_at(index, question, place, is_word_a_name=is_word_a_name)
        if match is not None:
            name = range(place, place + length)
            noun = thing_of(index, chunks, name, (match.asset_id,), is_foreign=is_foreign)
            phrase = () if noun else part_phrase(index, chunks, name, match.asset_id)
            if noun := noun or (phrase[-1] if phrase else _part_said(index, chunks, name, match)):
                part = only_part(index, match, noun) or _area_of(match, phrase)
                if part is None:
                    return None
                match = part
            elif _is_another(index, chunks, name, match, is_foreign=is_foreign):
                return None
            found.setdefault(match.asset_id, match)
            for whole in _named_before(index, chunks, place):  # "mail for checkout" may mean either
                found.setdefault(whole, match)
        elif _is_identifier(chunks[place], is_foreign=is_foreign) and not _is_route(chunks, place):
            return None
        place += length
    if len(found) > 1:
        fitting = candidates(index, found, min(each.confidence for each in found.values()))
        return Several.first(fitting, question.text, limit=limit)
    # The words beside the name are ignored, so it does not count as a literal name, and one of them may be a past day.
    confidence = CONFIDENCE[ResolutionMethod.WORDS]
    return next((replace(one, method=ResolutionMethod.WORDS, confidence=confidence) for one in found.values()), None)


def _area_of(whole: Match, phrase: Sequence[str]) -> Match | None:
    """Return the match with the area that all words for a part name: "the ci pipeline of checkout" is the area ci-cd.

    None if they do not name one area, and for the area database.
    """
    areas = {AREA_WORDS.get(word) for word in phrase}
    area = areas.pop() if len(areas) == 1 else None
    return None if area in (None, Area.DATABASE) else replace(whole, area=area)


def _part_said(index: DirectoryIndex, chunks: Sequence[Chunk], name: range, match: Match) -> str:
    """Return the word by which the text means a part of the named asset; "" if the asset itself is such a thing."""
    said = (part_of_name(tuple(chunks), place, name) for place in range(len(chunks)) if place not in name)
    words = [word for word in said if word and AREA_WORDS.get(word) in (None, Area.DATABASE)]
    return next((word for word in words if index.assets[match.asset_id].kind not in KIND_WORDS[word][0]), "")


def _is_identifier(chunk: Chunk, *, is_foreign: bool) -> bool:
    """Whether a piece can only be a name: it is in quotes, or joined in a way that no word of a sentence is."""
    if chunk.part is not Part.NAME or all(word.isdigit() for word in chunk.words):
        return False
    if chunk.is_quoted:
        return True
    if len(chunk.words) < 2 or "'" in chunk.text or "’" in chunk.text:
        return False
    if any(each.fullmatch(chunk.text) for each in (_TICKET, _REGION, STATUS, _NO_NUMBER)) or chunk.folded in NO_NAMES:
        return False
    # "sign-off", "faut-il"
    return chunk.words[-1] not in VERB_PARTICLES and not (is_foreign and chunk.words[-1] in _INVERTED)


def _is_route(chunks: Sequence[Chunk], place: int) -> bool:
    """Whether a piece is a route with trouble: "returns 502 for /api/v2", "GET /health fails"."""
    is_behind = place > 0 and chunks[place - 1].folded in _BEFORE_ROUTE
    return chunks[place].text.startswith("/") and is_behind and any(is_trouble(chunk.folded) for chunk in chunks)


def _is_another(index: DirectoryIndex, chunks: Sequence[Chunk], name: range, match: Match, *, is_foreign: bool) -> bool:
    """Whether the text may ask for something else and only mentions the name with it."""
    if _is_of_unknown(index, chunks, name.start, is_foreign=is_foreign):
        return True
    is_whole = is_asked_whole(index, chunks, name, match.asset_id)
    if is_whole or _begins_trouble(chunks, name):
        return is_whole
    return _goes_on(index, chunks, name, match, is_foreign=is_foreign)


def _goes_on(index: DirectoryIndex, chunks: Sequence[Chunk], name: range, match: Match, *, is_foreign: bool) -> bool:
    """Whether a name may be part of a longer one: "checkout cache" is not checkout, "payments-db 6" is not payments-db.

    Words of another alphabet do not continue a name, nor do words for what the asset is or for what somebody does. A
    name that is joined or in quotes is complete, except for a number behind it.
    """
    last = chunks[name.stop - 1]
    before = () if name.start == 0 or chunks[name.start - 1].has_comma else chunks[name.start - 1 : name.start]
    behind = () if last.has_comma else chunks[name.stop : name.stop + 2]
    if behind and (behind[0].folded in ADVERBS or behind[0].folded in NO_NAMES):
        behind = ()  # "checkout yesterday evening"
    if behind and is_foreign and _is_last_verb(chunks, name.stop):
        behind = behind[1:]
    if any(each.folded in _NO_NAME for each in behind[:1]) or any(each.folded in _NOT_ABROAD for each in behind):
        behind = ()  # "checkout geht nicht"
    if behind and _NEGATED.match(behind[0].text) is not None:
        behind = ()  # "checkout n'envoie plus"
    if behind and _NO_NUMBER.fullmatch(behind[0].text) is not None:
        behind = behind[1:]
    if any(each.folded.isdigit() for each in (*before, *behind[:1])):
        return True
    if (len(name) > 1 and _begins_sentence(chunks, name)) or (
        len(name) == 1 and (len(last.words) > 1 or last.is_quoted)
    ):
        # "order-api mobile app" is another thing than order-api.
        parts = [each.part for each in behind if not each.is_quoted and each.folded.isascii() and not _is_foreign(each)]
        return parts in ([Part.NAME, Part.KIND], [Part.NAME, Part.KIND_OR_AREA])
    after = [each.folded for each in behind]
    if len(after) > 1 and after[0] in FOREIGN_PART_OF_WORDS and not _is_foreign(behind[1]):
        return True  # "el api de pagos"
    beside = [each for each in before if not _is_verb(chunks, name.start - 1, is_foreign=is_foreign)]
    beside += [each for each in behind[:1] if not is_trouble(each.folded)]
    return any(
        each.part is not Part.QUESTION
        and each.folded not in ARTICLES
        and each.folded.isascii()
        and not _is_foreign(each)
        and not (_is_kind(each) and of_kinds(index, (match.asset_id,), (each.folded,), are_exact=False))
        for each in beside
    )


def _begins_sentence(chunks: Sequence[Chunk], name: range) -> bool:
    """Whether a sentence begins with a name of several words and continues: "weather feed stale since today"."""
    before = chunks[: name.start]
    if any(not each.has_comma and each.folded not in ARTICLES for each in before[-1:]) or len(before) > 1:
        return False
    commas = (place for place in range(name.stop, len(chunks)) if chunks[place].has_comma)
    rest = chunks[name.stop + 1 : next(commas, len(chunks)) + 1]
    return any(each.part is Part.QUESTION and each.folded not in _WHO for each in rest)


def _begins_trouble(chunks: Sequence[Chunk], name: range) -> bool:
    """Whether a text begins with a word that can only be a name, followed by trouble: "termbox SSR errors"."""
    word = chunks[name.start].folded
    if name.start or len(name) > 1 or len(word) < LONG_ENOUGH or word in COMMON_WORDS or word in FOREIGN_WORDS:
        return False
    return any(says_trouble(chunk) for chunk in chunks[name.stop : name.stop + _MOST_BEFORE_TROUBLE])


def _is_last_verb(chunks: Sequence[Chunk], place: int) -> bool:
    """Whether a word is the verb at the end of a German or Dutch sentence."""
    is_last = place == len(chunks) - 1 and chunks[place].text.islower() and chunks[place].folded.endswith("en")
    return is_last and any(chunk.folded in _MODALS for chunk in chunks[:place])


def _is_verb(chunks: Sequence[Chunk], place: int, *, is_foreign: bool) -> bool:
    """Whether the word before a name is what somebody does with it: "who funds checkout", "to restart login"."""
    chunk = chunks[place]
    if place == 0 or chunk.part not in (Part.NAME, Part.DOUBTFUL) or chunk.is_quoted:
        return False
    if chunks[place - 1].folded in _WHO or chunk.folded in VERB_PARTICLES:  # "who picked up checkout"
        return True
    if chunk.folded in COMMON_WORDS:
        return False
    if is_foreign:
        return not _is_object(chunks, place, is_foreign=True)
    return chunks[place - 1].folded in _BEFORE_VERB


def _is_kind(chunk: Chunk) -> bool:
    """Whether a word says what something is. "Application" does, unless it means the area in "the application of"."""
    is_application = chunk.part is Part.KIND_OR_AREA and AREA_WORDS[chunk.folded] is Area.APPLICATION
    return chunk.part is Part.KIND or is_application


def _is_foreign(chunk: Chunk) -> bool:
    """Whether a piece belongs to the words around a name in another language; `s'occupe` is two such words."""
    return chunk.folded in FOREIGN_WORDS or all(word in FOREIGN_WORDS for word in chunk.words)


def _is_of_unknown(index: DirectoryIndex, chunks: Sequence[Chunk], place: int, *, is_foreign: bool) -> bool:
    """Whether "of NAME" follows something unknown: "the mirror of", "la base de datos de"."""
    while place > 0 and chunks[place - 1].folded in ARTICLES:
        place -= 1
    if place < 2 or chunks[place - 1].folded not in _PART_OF_WORDS:
        return False
    joining, before = chunks[place - 1].folded, chunks[place - 2]
    if before.part is Part.KIND or (_is_kind(before) and joining != "of"):
        return True  # the asset has no such part: "the queue behind checkout"
    if before.part is not Part.NAME and joining in PART_OF_WORDS:
        return False  # "the deployments of checkout" are an area of checkout
    if before.part in (Part.QUESTION, Part.DOUBTFUL) or _is_foreign(before) or joining == "to":
        return False
    if is_trouble(before.folded) or before.folded in _NO_THINGS or _NO_NUMBER.fullmatch(before.text) is not None:
        return False  # "timeouts in checkout", "503 on checkout", "after 30 seconds in checkout"
    return _is_object(chunks, place - 2, is_foreign=is_foreign) and run_named(index, (before,)) is None


def _is_object(chunks: Sequence[Chunk], place: int, *, is_foreign: bool) -> bool:
    """Whether the words that end at `place` are a thing that is asked for, and not what somebody does or is.

    They are in "who owns the mirror of"; they are not in "who rotates the certificates of", "who is the chief of" and
    "gets paged for".
    """
    if not is_foreign and _has_other_verb(chunks[: place + 1]):
        return False
    first = place
    while first and chunks[first - 1].part is not Part.QUESTION and not _is_foreign(chunks[first - 1]):
        first -= 1
    if first == 0:
        return not (place and chunks[0].folded.endswith("ing") and chunks[0].folded not in COMMON_WORDS)
    word = chunks[first - 1].folded
    if word in ARTICLES:
        return not _is_role(chunks, first - 1)
    return word not in _BEFORE_VERB | _BEFORE_PARTICIPLE | FOREIGN_INTERROGATIVES


def _is_role(chunks: Sequence[Chunk], article: int) -> bool:
    """Whether an article begins a person's role: "who is the chief of", "who's the chief of"."""
    before = chunks[max(article - 2, 0) : article]
    if not before or (len(before) == 1 and not before[0].is_possessive):
        return False
    if before[-1].folded in _WHO:
        return before[-1].is_possessive
    if article > len(before) and chunks[article - len(before) - 1].folded in _POSSESSION:
        return False  # "¿de quién es la réplica de checkout?"
    return before[-1].folded in _COPULAS and before[0].folded in _WHO | _WHICH | FOREIGN_INTERROGATIVES


def _has_other_verb(chunks: Sequence[Chunk]) -> bool:
    """Whether the text asks who does something that is not an owner's job: "who rotates", "whom can I bill"."""
    for place, chunk in enumerate(chunks):
        if chunk.folded in _WHO:
            after = (each for each in chunks[place + 1 :] if each.folded not in _BEFORE_VERB)
            verb = next(after, None)
            return verb is not None and verb.part in (Part.NAME, Part.DOUBTFUL)
    return False


def _named_before(index: DirectoryIndex, chunks: Sequence[Chunk], place: int) -> Sequence[int]:
    """Return the assets named by the word before "for NAME", even if it is an ordinary word."""
    before = chunks[place - 2] if place >= 2 and chunks[place - 1].folded in PART_OF_WORDS else None
    finding = run_named(index, (before,)) if before is not None and before.part is Part.NAME else None
    return () if finding is None else finding.asset_ids

"""Pasted alerts, logs and tickets: the asset that they name, if they can only mean that one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain.directory.answers import Match, ResolutionMethod, Several
from bot.domain.directory.choices import CONFIDENCE, candidates
from bot.domain.directory.index import DirectoryIndex
from bot.domain.directory.mentions import mentioned
from bot.domain.directory.placed_paths import in_named_repository
from bot.domain.directory.questions import ParsedQuestion, asks_for_another
from bot.domain.directory.statements import asks_for_owner
from bot.domain.directory.vocabulary import COMMON_WORDS, FOREIGN_WORDS, VERB_PARTICLES
from bot.domain.names import fold

#: Marks of text written by programs: labels, JSON, a word in brackets, a time, a percentage, words in capitals or in
#: camel case, and a sender before a colon.
_MARKS = re.compile(
    r"[\w\"]\s?=\s?\S|\"\w+\"\s*:|\[[A-Za-z]+(?::\d+)?\]|\d\d:\d\d|\d%|#\d|\b[A-Z]{4,}\b|\b[A-Z][a-z]+(?:[A-Z][a-z]*)+\b"
    r"|\b[A-Z][\w.-]*(?:\s[\w.-]+){0,3}:\s|\b[A-Z]{2,}[-_]?\d{2,}\b|\[\d+\]:"
)
#: Words that say that the problem is over.
_OVER = re.compile(
    r"\b(?:resolved|recover(?:ed|y)|closed|cleared|back\s+to\s+normal|succeeded|successful(?:ly)?|success|passed|fixed|healthy)\b|\bOK\b",
    re.IGNORECASE,
)
#: … but not if a connection is over: "websocket closed 1006", "closed by peer".
_DISCONNECTED = re.compile(
    r"\b(?:(?:web)?sockets?|connections?|conn|streams?|channels?|pipes?|sessions?|transport)\s+(?:\w+\s+){0,2}?closed\b"
    r"|\bclosed\s+(?:by|(?:the\s+)?connection)\b",
    re.IGNORECASE,
)
#: Labels that say what a line is about. The others say where it runs.
_SUBJECT = re.compile(
    r"[\"']?\b(?:service|svc|app|application|component|workload|deployment|job|function|container)(?:[._-]?name)?[\"']?\s*[=:]\s*[\"']?"
    r"(?P<value>[\w][\w./-]*)",
    re.IGNORECASE,
)
#: Words joined by hyphens may be the name of something that is not in the catalog.
_NAME = re.compile(r"(?<![\w./@:-])[a-z]{2,}\d?(?:[-_][a-z]{2,}\d?)+(?![\w./@-])")
_MOST_CHARACTERS, _MOST_NAMED = 2_000, 100


def named_in(index: DirectoryIndex, question: ParsedQuestion, text: str, *, limit: int) -> Match | Several | None:
    """Return what an alert or a log names. None for any other text, and if it names something unknown."""
    if len(text) > _MOST_CHARACTERS or _MARKS.search(text) is None:
        return None
    if _OVER.search(_DISCONNECTED.sub(" ", text)) is not None:
        return None
    if asks_for_owner(text) or asks_for_another(text) or in_named_repository(index, question) is not None:
        return None
    found = mentioned(index, [text], limit=_MOST_NAMED)
    if not found or any(not _is_known(index, name, found) for name in _names(text)):
        return None
    confidence = CONFIDENCE[ResolutionMethod.WORDS]
    if len(found) == 1:
        [one] = found
        return Match(
            one.asset_id, min(one.confidence, confidence), ResolutionMethod.WORDS, one.understood_as, also=one.also
        )
    fitting = candidates(index, [one.asset_id for one in found], confidence)
    return Several.first(fitting, question.text, limit=limit)


def _names(text: str) -> Iterator[str]:
    yield from (subject["value"] for subject in _SUBJECT.finditer(text))
    yield from (name[0] for name in _NAME.finditer(text) if not _is_prose(name[0]))


def _is_prose(name: str) -> bool:
    """Whether it is an ordinary word with a hyphen: "read-only", "follow-up"."""
    words = re.split(r"[-_]", name)
    return words[-1] in VERB_PARTICLES | {"only", "call", "time", "level", "end", "date"} or all(
        word in FOREIGN_WORDS and word not in COMMON_WORDS for word in words
    )


def _is_known(index: DirectoryIndex, name: str, found: tuple[Match, ...]) -> bool:
    """Whether a name is in the catalog, or extends one that was found: `checkout-lag` beside checkout."""
    folded = fold(name)
    theirs = [fold(index.assets[one.asset_id].name) for one in found]
    theirs += [fold(alias) for one in found for alias in index.assets[one.asset_id].aliases]
    return folded in index.folded or any(folded.startswith(each) for each in theirs if each)

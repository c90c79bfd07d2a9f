"""Where a sentence is cut into the pieces in which a word holds: "Appium I know, the tunnel I don't"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from bot.domain.backlog.technologies import Mention, ids

#: Cuts whatever stands behind it; a comma cuts only where what follows says something of its own.
_CONTRAST = re.compile(
    r"[;:]\s|\s-\s|\.\.\s|\s\(|\)\s?|(?<!nobody)(?<!no one)(?<!thing)[,\s]\s?but\s|"
    r"[,\s]\s?(?:while|whereas|though|although|however|except that|because)\s",
    re.IGNORECASE,
)
LINK = re.compile(r"[`\s]*(?:,|/|\+|&|,? (?:or|nor|and))[`\s]*(?:the |an? |our )?", re.IGNORECASE)
_COMMA = re.compile(r",\s|\s(?:and|so|since|as|which|who)\s", re.IGNORECASE)


def pieces(text: str, says: Callable[[str], bool]) -> Iterator[slice]:
    """Yield the pieces of a sentence; `says` tells whether a piece has a word of its own that holds in it."""
    start = 0
    for cut in _CONTRAST.finditer(text):
        yield from _by_comma(text, start, cut.start(), says)
        start = cut.end()
    yield from _by_comma(text, start, len(text), says)


def _by_comma(text: str, start: int, end: int, says: Callable[[str], bool]) -> Iterator[slice]:
    begin, heard = start, False
    for cut in _COMMA.finditer(text, start, end):
        if heard := heard or says(text[begin : cut.start()]):
            rest = _COMMA.search(text, cut.end(), end)
            if says(text[cut.end() : rest.start() if rest else end]):
                yield slice(begin, cut.start())
                begin, heard = cut.end(), False
    yield slice(begin, end)


def listed(text: str, mentions: Sequence[Mention]) -> list[str]:
    """Return the last technology, and those of which it is one in a list: "Kafka, Flink and Spark"."""
    found = list(mentions[-1:])
    for each in reversed(mentions[:-1]):
        if not LINK.fullmatch(text[each.end : found[0].start]):
            break
        found.insert(0, each)
    return ids(found)


def within(mentions: Sequence[Mention], place: slice) -> list[Mention]:
    """Return the technologies that are named in a piece."""
    return [each for each in mentions if place.start <= each.start and each.end <= place.stop]

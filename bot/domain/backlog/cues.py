"""The words by which a thread is read, `bot/data/drafting.yaml`, as patterns, and how far in a sentence they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bot.data import table

#: The whole file, for what is no pattern.
WORDS = table("drafting")
_CLASSES: dict[str, str] = {name: words.replace("| ", "|") for name, words in WORDS["classes"].items()}


def patterns(group: str) -> dict[str, re.Pattern[str]]:
    """Return the patterns of one group by their names."""
    return {key: re.compile(alternatives(listed), re.IGNORECASE) for key, listed in WORDS[group].items()}


def alternatives(listed: list[str | list[str]]) -> str:
    """Return a regular expression of the alternatives in a list; one that is itself a list was too long for a line."""
    joined = "|".join("".join(each) for each in listed)
    for _ in range(2):  # a class may name another one
        joined = _CLASS.sub(lambda found: f"(?:{_CLASSES[found[1]]})", joined)
    return joined


_CLASS = re.compile("{(" + "|".join(_CLASSES) + ")}")


def instead(key: str) -> dict[str, str]:
    """Return what is read instead of each of the words of a table."""
    return {said: read for read, listed in WORDS[key].items() for said in listed.split(", ")}


_INSTEAD = instead("readings")
_READINGS = re.compile(
    rf"(?<![\w'])(?:{'|'.join(sorted(map(re.escape, _INSTEAD), key=len, reverse=True))})(?!\w)", re.IGNORECASE
)


def plain(text: str) -> str:
    """Return a text in which days and numbers are said in the one way that is read."""
    return _READINGS.sub(lambda found: _INSTEAD[found[0].lower()], text)


#: "1,200", "1 200", "1'200" and "1.200"
_GROUPED = re.compile(r"(?<![\d.,])([1-9]\d{0,2})((?:[,.' ]\d{3})+)(?![\d.,]*\d)")


def ungrouped(text: str) -> str:
    """Return a text whose numbers have nothing between their thousands: of "1,200 of us", 200 are not meant."""
    return _GROUPED.sub(lambda found: found[1] + re.sub(r"\D", "", found[2]), text)


#: Cuts whatever stands behind it; a comma cuts only where what follows says something of its own.
_CONTRAST = re.compile(
    r"[;:]\s|\s-\s|\.\.\s|\s\(|\)\s?|(?<!nobody)(?<!no one)(?<!thing)[,\s]\s?but\s|"
    r"[,\s]\s?(?:while|whereas|though|although|however|except that|because)\s",
    re.IGNORECASE,
)
LINK = re.compile(r"[`\s]*(?:,|/|\+|&|,? (?:or|nor|and))[`\s]*(?:the |an? |our )?", re.IGNORECASE)
_COMMA = re.compile(r",\s|\s(?:and|so|since|as|which|who)\s", re.IGNORECASE)


def pieces(text: str, says: Callable[[str], bool]) -> Iterator[slice]:
    """Yield the pieces of a sentence: "Appium I know, the tunnel I don't".

    `says` tells whether a piece has a word of its own that holds in it.
    """
    start = 0
    for cut in _CONTRAST.finditer(text):
        yield from _by_comma(text, start, cut.start(), says)
        start = cut.end()
    yield from _by_comma(text, start, len(text), says)


def _by_comma(text: str, start: int, end: int, says: Callable[[str], bool]) -> Iterator[slice]:
    cuts = list(_COMMA.finditer(text, start, end))
    starts, stops = (start, *(each.end() for each in cuts)), (*(each.start() for each in cuts), end)
    begin, before, heard = start, start, False
    for at, stop in zip(starts, stops, strict=True):
        is_said = bool(cuts) and says(text[at:stop])
        if heard and is_said:
            yield slice(begin, before)
            begin, heard = at, False
        before, heard = stop, heard or is_said
    yield slice(begin, end)

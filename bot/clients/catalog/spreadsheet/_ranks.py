"""The ranks of the owners in a cell.

`primary: red; secondary: blue`, `1. red 2. blue`, `red (primary)`, `red (backup: blue)`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bot.domain.names import fold

_FIRST = r"primary|main|first|1st|owners?|hauptverantwortlich\w*|principal|titulaire"
_SECOND = r"secondary|back-?\s?up|second|2nd|deputy|co-?owners?|stellvertret\w*|vertretung|secondaire|suppléante?"
_WHAT = r"(?:\s+(?:owner|team))?"
_RANK = rf"(?:{_FIRST}|(?P<second>{_SECOND})){_WHAT}"
_BEFORE = re.compile(rf"\s*{_RANK}\s*[:=]\s*(?P<name>\S.*?)\s*", re.IGNORECASE)
_BEHIND = re.compile(rf"\s*(?P<name>[^()\[\]]*[^()\[\]\s])\s*[(\[]\s*{_RANK}\s*[)\]]\s*", re.IGNORECASE)
#: A helper in brackets behind the owner. Of several, as in "red (backup: blue, grey)", the first is in the same text.
_BESIDE = re.compile(
    rf"\s*(?:(?:{_FIRST}){_WHAT}\s*[:=]\s*)?(?P<name>[^()\[\]]*[^()\[\]\s])\s*[(\[]\s*(?:{_SECOND}){_WHAT}\s*[:=]"
    r"\s*(?P<helper>[^()\[\]]*[^()\[\]\s])\s*(?P<end>[)\]]?)\s*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\s*(?P<number>\d{1,2})[.):]\s*(?P<name>[^\W\d].*?|@.*?)\s*")
_NEXT_NUMBER = re.compile(r"(?<=\S)\s+(?=\d{1,2}[.):]\s*\D)")


class Ranked(NamedTuple):
    """An owner's text without its rank, and whether the rank makes it a helper."""

    name: str
    helps: bool = False


def ranked(texts: Sequence[str]) -> list[Ranked]:
    """Return the owners in a cell's texts. A rank before a colon also applies to what follows: `secondary: a, b`."""
    if numbered := numbered_owners(texts):
        return [Ranked(name, helps=place > 0) for place, name in enumerate(numbered)]
    found: list[Ranked] = []
    helps = is_open = False
    for text in texts:
        if is_open:
            name = text.rstrip(")] ")
            found.append(Ranked(name, helps=True))
            is_open = name == text
        elif (beside := _BESIDE.fullmatch(text)) is not None:
            found += [Ranked(beside["name"], helps), Ranked(beside["helper"], helps=True)]
            is_open = not beside["end"]
        elif (before := _BEFORE.fullmatch(text)) is not None:
            helps = before["second"] is not None
            found.append(Ranked(before["name"], helps))
        elif (behind := _BEHIND.fullmatch(text)) is not None:
            found.append(Ranked(behind["name"], behind["second"] is not None))
        else:
            found.append(Ranked(text, helps))
    return found


def unranked(text: str) -> str:
    """Return one owner's text without the word for its rank, and without helpers."""
    found = _matched(text)
    return found["name"] if found is not None else text


def renamed(text: str, name: str, *, is_unwanted: Callable[[str], bool]) -> str:
    """Return one owner's text with another name, and without an unwanted helper."""
    found = _matched(text)
    if found is None:
        return text.replace(text.strip(), name)
    start, end = found.span("name")
    beside = found.groupdict().get("helper")
    return text[:start] + name + ("" if beside and is_unwanted(beside) else text[end:])


def _matched(text: str) -> re.Match[str] | None:
    return _BESIDE.fullmatch(text) or _BEFORE.fullmatch(text) or _BEHIND.fullmatch(text)


def numbered_owners(texts: Sequence[str]) -> list[str]:
    """Return the owners of a list numbered from 1; none if it is not such a list: `1. Level`, `1. Level, 2. Level`."""
    pieces = [_NUMBERED.fullmatch(piece) for text in texts for piece in _NEXT_NUMBER.split(text)]
    found = [piece for piece in pieces if piece is not None]
    if [int(piece["number"]) for piece in found] != list(range(1, len(pieces) + 1)):
        return []
    names = [piece["name"] for piece in found]
    return names if 1 < len(names) == len(set(map(fold, names))) else []

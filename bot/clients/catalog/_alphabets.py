"""Names in which one word mixes two alphabets: with a Cyrillic `а`, "pаyments" is another team than "payments"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.clients.catalog._values import quoted
from bot.domain.catalog import Problem, SourceCatalog

_WORD = re.compile(r"[^\W\d_]+")
#: Alphabets with letters that look like those of another.
_ALPHABETS = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN"})
_MOST_SHOWN = 3


def notes(catalog: SourceCatalog) -> Iterator[Problem]:
    """Yield a note for each name of a team, an owner or an asset that mixes two alphabets."""
    told: set[str] = set()
    names = [(each.origin, name) for each in catalog.teams for name in (each.name, *each.aliases)]
    names += [(claim.origin, name) for claim in catalog.assets for name in (claim.name, *claim.aliases)]
    names += [(claim.origin, each.owner.name) for claim in catalog.assets for each in claim.owners]
    for origin, name in names:
        if name.isascii() or name in told:
            continue
        told.add(name)
        if odd := _odd_letters(name):
            shown = ", ".join(f"'{letter}' is {alphabet.title()}" for letter, alphabet in odd[:_MOST_SHOWN])
            message = f"the name {quoted(name)} mixes alphabets ({shown}); it is not the name that looks the same."
            yield Problem(origin, message, is_error=False)


def _odd_letters(name: str) -> list[tuple[str, str]]:
    """Return the letters, each with its alphabet, that are not in the alphabet of most of their word."""
    found: dict[tuple[str, str], None] = {}
    for word in _WORD.findall(name):
        alphabets = [unicodedata.name(letter, "").partition(" ")[0] for letter in word]
        known = [each for each in alphabets if each in _ALPHABETS]
        usual = max(known, key=known.count, default="")
        odd = zip(word, alphabets, strict=True)
        found.update(dict.fromkeys(each for each in odd if each[1] in _ALPHABETS - {usual}))
    return list(found)

"""Finding a product's version among those of others, each behind a name: `Apache/2.4.52 OpenSSL/1.1.1f PHP/7.4.3`."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.data import table
from bot.domain.names import fold

#: Names that occur beside a product and are in no table, folded.
_COMPANIONS = frozenset(table("version_words")["companions"].split())
_LONGEST = 400
_NAMED = re.compile(
    r"(?P<names>(?:[A-Za-z][A-Za-z.+#]*\s+){0,2}[A-Za-z][A-Za-z.+#]*)(?:\s+|/)v?(?P<number>\d[\w.+~-]*)"
)
#: Every version, with or without a name.
_NUMBER = re.compile(r"(?<![\w.+~-])v?\d[\w.+~-]*")
_WORD = re.compile(r"[A-Za-z][A-Za-z.+#]*")
#: A name has at most this many words, directly before its number.
_MOST_WORDS = 3
_FEWEST = 2

#: Tells whose a folded name is: the product's own (True), another known product's (False) or unknown (None).
Whose = Callable[[str], bool | None]


def own_version(text: str, whose: Whose) -> str:
    """Return the version behind the product's own name, if every other version is behind another product's name.

    "" if there is only one version, if any of them has no such name, or if two different ones are the product's own.
    """
    text = text[:_LONGEST]
    found = list(_NAMED.finditer(text))
    if len(found) < _FEWEST or len(found) != len(_NUMBER.findall(text)):
        return ""
    own, others = set(), 0
    for each in found:
        match _of(each["names"], whose):
            case True:
                own.add(each["number"].rstrip(".,"))
            case False:
                others += 1
            case None:
                return ""
    return own.pop() if len(own) == 1 and others else ""


def is_anothers(text: str, whose: Whose) -> bool:
    """Whether the only version in a text is behind another known product's name: `ruby 3.0.6`, for Rails."""
    found = list(_NAMED.finditer(text[:_LONGEST]))
    if len(found) != 1 or len(_NUMBER.findall(text)) != 1:
        return False
    names = _WORD.findall(found[0]["names"])[-_MOST_WORDS:]
    told = (whose(fold(" ".join(names[first:]))) for first in range(len(names)))
    return next((each for each in told if each is not None), None) is False


def _of(names: str, whose: Whose) -> bool | None:
    words = _WORD.findall(names)[-_MOST_WORDS:]
    for first in range(len(words)):
        name = fold(" ".join(words[first:]))
        if (told := whose(name)) is not None:
            return told
        if name in _COMPANIONS:
            return False
    return None

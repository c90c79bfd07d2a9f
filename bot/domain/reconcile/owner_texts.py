"""What people write in the place of one owner that is more than a name: several, one with a remark, one of the past.

Only what is known by then tells: "Search and Discovery" may be a team, and is two where both are declared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.data import table
from bot.domain.names import fold

E = TypeVar("E")

#: What joins several owners, the weakest first: each is tried where all that it joins is known.
_JOINS = (
    re.compile(r"\s*[;|]\s*"),
    re.compile(
        r"\s*,\s*(?:(?:and|und|et|y|e|en|och|og|i)\s+)?|\s+(?:and|und|et|y|e|en|och|og|i|plus|with)\s+|\s*[&+]\s*",
        re.IGNORECASE,
    ),
    re.compile(r"\s*/\s*|\s*[;|,&+]\s*|\s+(?:and|und|et|y|e|en|och|og|i|plus|with)\s+", re.IGNORECASE),
)
_GROUP = r"(?:team|squad|group|crew|tribe|chapter|guild|department|dept\.?)"
#: What is said of a name, beside it: that it is a team's, or a title.
_AROUND = re.compile(
    rf"^the\s+|^{_GROUP}\s*:?\s+|\s+{_GROUP}$|^(?:(?:dr|prof|mr|mrs|ms|mx|hr|herr|frau|dipl|ing)\.?\s+)+",
    re.IGNORECASE,
)
#: A remark behind a name: "Payments (backup: Platform)", "Payments - Jane Doe".
_REMARK = re.compile(
    r"(?P<name>[^()\[\]]+?)\s*[(\[](?P<remark>[^()\[\]]+)[)\]]|(?P<before>.+?)\s+[-–—]\s+(?P<behind>.+)"
)
_ROLE = re.compile(
    r"(?:(?:as\s+)?(?:backup|back-up|secondary|deputy|lead|team\s*lead|tl|contact|poc|cc|via|stellvertretung|vertretung|sme|em|po)\b.*)",
    re.IGNORECASE,
)
#: A name that is none any more, and an initial that is many people's.
_FORMER = re.compile(r"(?:ex|former|formerly|not|non)[\s-]+(?P<name>\S.*)", re.IGNORECASE)
_INITIAL = re.compile(r"(?:[^\W\d_]\.\s*)+[^\W\d_][\w'’-]+")

GIVEN_NAMES = frozenset(table("given_names")["given_names"].split())

#: The one that a text names; None where nobody is known by it.
Find = Callable[[str], E | None]


def read_owners(written: str, team: Find[E], person: Find[E]) -> Sequence[E] | None:
    """Return the known owners that a text names which is no name itself; none where it names nobody for sure.

    None where it may well be the name of somebody who is not known.
    """

    def known(text: str) -> E | None:
        return team(text) or person(text)

    for join in _JOINS:
        parts = [part for part in join.split(written) if part]
        if len(parts) > 1:
            read = [_one(part, team, known, person) for part in parts]
            found = [each for each in read if each is not None]
            if len(found) == len(read):
                return list(dict.fromkeys(found))
    one = _one(written, team, known, person)
    if one is not None:
        return [one]
    former = _FORMER.fullmatch(written)
    is_former = former is not None and known(former["name"]) is not None
    return [] if is_former or _INITIAL.fullmatch(written) else None


def without_title(text: str) -> str:
    """Return a name without what says what it is one of: "Dr. Jane Doe", "the Payments team"."""
    return _AROUND.sub("", text).strip()


def _one(text: str, team: Find[E], known: Find[E], person: Find[E]) -> E | None:
    """Return the known owner of a text without what is said of it."""
    if (found := known(text)) is not None:
        return found
    bare = without_title(text)
    if bare and bare != text and (found := known(bare)) is not None:
        return found
    remark = _REMARK.fullmatch(text)
    if remark is None:
        return None
    name, said = remark["name"] or remark["before"], remark["remark"] or remark["behind"]
    is_person = person(said) is not None or fold(said.split()[0]) in GIVEN_NAMES
    is_beside = is_person or _ROLE.fullmatch(said) is not None
    return team(name) if is_beside else None

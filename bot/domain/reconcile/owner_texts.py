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
    re.compile(r"\s*/\s*|\s*[;|,&+•·]\s*|\s+(?:and|und|et|y|e|en|och|og|i|plus|with)\s+", re.IGNORECASE),
)
_GROUP = r"(?:team|squad|group|crew|tribe|chapter|guild|department|dept\.?)"
#: What is said of a name, beside it: that it is a team's, or a title.
_AROUND = re.compile(
    rf"^the\s+|^{_GROUP}(?:\s*:?\s+|-)|[\s-]+{_GROUP}$|\s*\(?\d{{1,3}}\s?%\)?$|^(?:(?:dr|prof|mr|mrs|ms|mx|hr|herr|frau|dipl|ing)\.?\s+)+",
    re.IGNORECASE,
)
#: A remark behind a name: "Payments (backup: Platform)", "Payments - Jane Doe".
_REMARK = re.compile(
    r"(?P<name>[^()\[\]]+?)\s*[(\[](?P<remark>[^()\[\]]+)[)\]]|(?P<before>.+?)\s+[-–—]\s+(?P<behind>.+)"
)
_ROLE = re.compile(
    r"(?:(?:as\s+)?(?:backup|back-up|secondary|deputy|lead|team\s*lead|tl|contact|poc|cc|via|stellvertretung|vertretung|sme|em|po|escalations?"
    r"|eskalation|support|on-?call)\b.*)",
    re.IGNORECASE,
)
#: A name that is none any more, and an initial that is many people's.
_FORMER = re.compile(r"(?:ex|former|formerly|not|non)[\s-]+(?P<name>\S.*)", re.IGNORECASE)
_INITIAL = re.compile(r"(?:[^\W\d_]\.\s*)+[^\W\d_][\w'’-]+")

#: From one to another, and where to ask: whose it is by now, nobody says.
_MOVING = re.compile(r"(?P<from>.+?)(?:\s*[>»]+\s*|\s+(?:to|zu|an|vers|naar)\s+)(?P<to>.+)", re.IGNORECASE)
_ASKING = re.compile(
    r"(?:contact|ping|call|e?mail|message|dm|via|kontakt|contacter|contactar)\s+(?:the\s+)?(?P<name>\S.*)", re.I
)
#: "Payments since 2024".
_SINCE = re.compile(r"(?P<name>.+?)\s+(?:since|seit|depuis|desde|sinds|sedan|siden)\s+\S*\d\S*", re.IGNORECASE)

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
    return [] if _is_nobody_for_sure(written, team, known) or _INITIAL.fullmatch(written) else None


def _is_nobody_for_sure(written: str, team: Find[E], known: Find[E]) -> bool:
    """Whether those who are known are named as somebody who owned it, will own it, or is to be asked."""
    if (moving := _MOVING.fullmatch(written)) is not None:
        return team(moving["from"]) is not None and team(moving["to"]) is not None
    if (remark := _REMARK.fullmatch(written)) is not None and remark["name"]:
        return team(remark["name"]) is not None and team(remark["remark"]) is not None
    beside = _FORMER.fullmatch(written) or _ASKING.fullmatch(written)
    return beside is not None and known(without_title(beside["name"])) is not None


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
    if (since := _SINCE.fullmatch(text)) is not None:
        return team(since["name"])
    remark = _REMARK.fullmatch(text)
    if remark is None:
        return None
    name, said = remark["name"] or remark["before"], remark["remark"] or remark["behind"]
    is_person = person(said) is not None or fold(said.split()[0]) in GIVEN_NAMES
    is_beside = is_person or _ROLE.fullmatch(said) is not None
    return (team(name) or team(without_title(name))) if is_beside else None

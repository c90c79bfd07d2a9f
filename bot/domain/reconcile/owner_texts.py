"""Text in place of an owner that is more than a name: several owners, a remark, a former owner.

Only the known names decide: "Search and Discovery" may be one team, and is two if both are declared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.data import table
from bot.domain.names import fold

E = TypeVar("E")

#: What joins several owners, the weakest first. Each is tried, and counts if all the parts are known.
_JOINS = (
    re.compile(r"\s*[;|]\s*"),
    re.compile(
        r"\s*,\s*(?:(?:and|und|et|y|e|en|och|og|i)\s+)?|\s+(?:and|und|et|y|e|en|och|og|i|plus|with)\s+|\s*[&+]\s*",
        re.IGNORECASE,
    ),
    re.compile(r"\s*/\s*|\s*[;|,&+•·]\s*|\s+(?:and|und|et|y|e|en|och|og|i|plus|with)\s+", re.IGNORECASE),
)
_GROUP = r"(?:team|squad|group|crew|tribe|chapter|guild|department|dept\.?)"
#: Words around a name: that it is a team, or a title.
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
#: A former owner; an initial, which many people share.
_FORMER = re.compile(r"(?:ex|former|formerly|not|non)[\s-]+(?P<name>\S.*)", re.IGNORECASE)
_INITIAL = re.compile(r"(?:[^\W\d_]\.\s*)+[^\W\d_][\w'’-]+")

#: A change from one owner to another, or a contact: the text does not say who owns it now.
_MOVING = re.compile(r"(?P<from>.+?)(?:\s*[>»]+\s*|\s+(?:to|zu|an|vers|naar)\s+)(?P<to>.+)", re.IGNORECASE)
_ASKING = re.compile(
    r"(?:contact|ping|call|e?mail|message|dm|via|kontakt|contacter|contactar)\s+(?:the\s+)?(?P<name>\S.*)", re.I
)
#: "Payments since 2024".
_SINCE = re.compile(r"(?P<name>.+?)\s+(?:since|seit|depuis|desde|sinds|sedan|siden)\s+\S*\d\S*", re.IGNORECASE)

GIVEN_NAMES = frozenset(table("given_names")["given_names"].split())

#: Returns the entry that a text names; None if no known one has that name.
Find = Callable[[str], E | None]


def read_owners(written: str, team: Find[E], person: Find[E]) -> Sequence[E] | None:
    """Return the known owners in a text that is more than a name; empty if it certainly names nobody.

    None if it may be the name of somebody unknown.
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
    """Whether a text names known owners only as former, future or contact."""
    if (moving := _MOVING.fullmatch(written)) is not None:
        return team(moving["from"]) is not None and team(moving["to"]) is not None
    if (remark := _REMARK.fullmatch(written)) is not None and remark["name"]:
        return team(remark["name"]) is not None and team(remark["remark"]) is not None
    beside = _FORMER.fullmatch(written) or _ASKING.fullmatch(written)
    return beside is not None and known(without_title(beside["name"])) is not None


def without_title(text: str) -> str:
    """Return a name without words for what it is: "Dr. Jane Doe", "the Payments team"."""
    return _AROUND.sub("", text).strip()


def _one(text: str, team: Find[E], known: Find[E], person: Find[E]) -> E | None:
    """Return the known owner in a text without the words around the name."""
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

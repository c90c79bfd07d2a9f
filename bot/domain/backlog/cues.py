"""The words by which a thread is read, `bot/data/drafting.yaml`, as patterns."""

from __future__ import annotations

import re
from typing import Any

from bot.data import table

DEVOPS = (
    r"(?:devops|dev ops|(?:the )?(?:platform|infra(?:structure)?|cloud|ops|operations|sre|it|database|network|security)"
    r" (?:team|people|folks|guys|crew|colleagues|department|group|engineers?)|infra|sres?|sysadmins?|dbas?|"
    r"the (?:admins|ops|platform)|ops)"
)
#: The whole file, for what is no pattern.
WORDS = table("drafting")
SKILL = "".join(WORDS["gaps"]["skill"].split("\n")).replace("| ", "|")


def pattern(*keys: str) -> re.Pattern[str]:
    """Return the pattern that stands under these keys."""
    listed: Any = WORDS
    for key in keys:
        listed = listed[key]
    return re.compile(alternatives(listed), re.IGNORECASE)


def alternatives(listed: list[str | list[str]]) -> str:
    """Return a regular expression of the alternatives in a list; one that is itself a list was too long for a line."""
    joined = "|".join("".join(each) for each in listed)
    return joined.replace("{devops}", DEVOPS).replace("{skill}", SKILL)


_READINGS = re.compile(
    r"(?<![\w'])(?:" + "|".join(sorted(map(re.escape, WORDS["readings"]), key=len, reverse=True)) + r")(?!\w)",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """Return a text in which days and numbers are said in the one way that is read."""
    return _READINGS.sub(lambda found: str(WORDS["readings"][found[0].lower()]), text)


ASK = pattern("wishes", "ask")
ASKED_BEFORE = pattern("wishes", "asked_before")
IMPLIED = pattern("wishes", "implied")
TEAM_ITSELF = pattern("wishes", "team_itself")
ASIDE = pattern("wishes", "aside")
TROUBLE = pattern("wishes", "trouble")
NO_ASK = pattern("wishes", "no_ask")
OWN = pattern("wishes", "own")
WITHDRAWN = pattern("wishes", "withdrawn")
CLAUSE = pattern("wishes", "clause")
PART = pattern("wishes", "part")
NO_PART = pattern("wishes", "no_part")
LEAD = pattern("wishes", "lead")
FRAGMENT = pattern("wishes", "fragment")
SAYS = pattern("wishes", "says")
CONTINUED = pattern("wishes", "continued")
ANYTHING_ELSE = pattern("wishes", "anything_else")
WHAT_IS_NEEDED = pattern("wishes", "what_is_needed")
NARROWS = pattern("wishes", "narrows")
PAST = pattern("wishes", "past")
EVIDENCE = pattern("wishes", "evidence")
CLOSING = pattern("wishes", "closing")
ABSENT = pattern("wishes", "absent")
DIRECTED = pattern("wishes", "directed")
REFINES = pattern("wishes", "refines")
STRUCK = pattern("wishes", "struck")
ONLY_LEFT = pattern("wishes", "only_left")
SUBORDINATE = re.compile(
    r"(?:,|\s)\s*(?:because|so that|otherwise|since|before|by|until|needed|no later|asap|if possible|ideally|which|"
    r"as soon|\d+ of us)\s.*$|(?<=\w)\s+(?:would|is|are)\s.*$|"
    r"\s*[?!.:;,]+\s*$",
    re.IGNORECASE | re.DOTALL,
)
NOT_YET = pattern("wishes", "not_yet")
NOT_OWN = pattern("wishes", "not_own")
PEOPLE_WAIT = pattern("wishes", "people_wait")
ADDS = pattern("wishes", "adds")
#: "I need it by Friday" says when.
ONLY_WHEN = re.compile(
    r"^(?:it|this|that|them|all of it|everything)? ?(?:done |ready |there |live )?"
    r"(?:by|before|until|no later than|latest)\b",
    re.IGNORECASE,
)
QUESTION = re.compile(
    r"(?:and |so |but )?(?:do|does|did|is|are|was|were|why|how|what|when|where|has|have)\b.*\?$", re.IGNORECASE
)
ANEW = re.compile(r"(?:an?|one|two|three|some|our own|the|\d+)\s", re.IGNORECASE)
THERE = re.compile(r"\b(?:there|that one|for that|that part)\b", re.IGNORECASE)
PASSIVE = re.compile(r"(?:has|have|needs?|ought) to be \w+|must be \w+", re.IGNORECASE)
SUMS_UP = re.compile(r"(?:ok|alright|right|so|summary|noted)", re.IGNORECASE)
PRONOUN = re.compile(r"\b(?:it|that|this|one|them|those|these|both|either)\b", re.IGNORECASE)
REFERS = re.compile(
    r"(?:please )?(?:(?!help)\w+ ){0,2}(?:it|them|that|this|one|those|these)\b(?! \w+ing)", re.IGNORECASE
)

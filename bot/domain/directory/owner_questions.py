"""Questions that name an owner and ask for things: "what does Payments own?", "what do I own?"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

#: What is longer is no plain question, and a pattern would take long to tell.
_MOST_CHARACTERS = 160

_WHAT = r"(?:what|which)(?: (?!do\b|does\b|is\b|are\b|am\b)\w+){0,3}?"
_OWN = r"(?:owns?|looks? after|maintains?|takes? care of)"
_HOLDING = r"(?:responsible for|in charge of|(?:the )?owners? of)"
_WHO = r"(?P<who>.{1,80}?)"
_LIST, _ALL = r"(?:(?:show|list|give|tell) (?:me )?)?", r"(?:everything|(?:all )?(?:the )?(?:things|assets|services))"
_END = r"(?: (?:right now|now|today|these days|here|please))? ?[?.!]{0,3}"
_ASKING = tuple(
    re.compile(rf"(?:(?:hey|hi|please|so),? )?{pattern}{_END}", re.IGNORECASE)
    for pattern in (
        rf"{_WHAT} (?:all )?(?:do|does) {_WHO} (?:all |actually |still )?{_OWN}",
        rf"{_WHAT} (?:is|are|am) {_WHO} {_HOLDING}",
        rf"(?:what|which \w+)(?: (?:is|are)|['’]s) owned by {_WHO}",
        rf"{_LIST}(?:{_ALL}|what) (?:that )?(?!do |does ){_WHO} {_OWN}",
        rf"{_LIST}{_ALL} (?:that (?:is|are) )?owned by {_WHO}",
        r"(?:what is|what['’]s) (?P<who>mine|ours)",
        r"(?:(?:show|list) (?:me )?)?(?P<who>my|our) (?:things|stuff|assets)",
    )
)
_ME = frozenset({"i", "me", "mine", "my", "myself"})
_US = frozenset({"we", "us", "our", "ours", "our team", "my team", "my teams"})
#: What stands around a name, as in "the devops team".
_AROUND = re.compile(r"^(?:the |team )+| (?:team|squad|folks|people)$", re.IGNORECASE)
#: A text that says of a name that it is a team's, and says no more.
_A_TEAM = re.compile(
    r"(?:(?:hey|hi|please|so),? )?(?:who(?:['’]s| is| are| owns| runs)? |what(?:['’]s| is) |owners? of )?"
    rf"(?:the )?(?P<name>(?:team [^\s].{{0,79}}?|[^\s].{{0,79}}? (?:team|squad))){_END}",
    re.IGNORECASE,
)


class Owners(Enum):
    """Whose things are asked for."""

    ASKER = auto()
    ASKERS_TEAMS = auto()
    NAMED = auto()


@dataclass(frozen=True, slots=True)
class OwnerQuestion:
    """A question for the things of some owner.

    `name` is set where one is named, and `bare` is the name without what stands around it, as in "the devops team".
    """

    of: Owners
    name: str = ""
    bare: str = ""


def team_said(text: str) -> tuple[str, str] | None:
    """Return the team that a text names as one, "the growth team", and its bare name; None where it says more."""
    line = " ".join(text.split())
    found = _A_TEAM.fullmatch(line) if len(line) <= _MOST_CHARACTERS else None
    return (found["name"], _AROUND.sub("", found["name"])) if found is not None else None


def asked(text: str) -> OwnerQuestion | None:
    """Return whose things a text asks for; None for a text that asks something else."""
    line = " ".join(text.split())
    if len(line) > _MOST_CHARACTERS:
        return None
    for pattern in _ASKING:
        found = pattern.fullmatch(line)
        if found is not None:
            return _question(found["who"])
    return None


def _question(who: str) -> OwnerQuestion | None:
    name = " ".join(who.strip(" \t\"'`*_“”‘’").split()).removeprefix("@")
    folded = name.casefold()
    if folded in _ME:
        return OwnerQuestion(Owners.ASKER)
    if folded in _US:
        return OwnerQuestion(Owners.ASKERS_TEAMS)
    return OwnerQuestion(Owners.NAMED, name, _AROUND.sub("", name)) if name else None

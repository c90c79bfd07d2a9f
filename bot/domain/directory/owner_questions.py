"""Questions about what an owner owns: "what does Payments own?", "what do I own?"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto

#: A longer text is not such a question, and would take the patterns long to match.
_MOST_CHARACTERS = 160
_MOST_BEGINNING = 12

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
#: The same in other languages, compared without accents.
_ABROAD = tuple(
    re.compile(rf"(?:{pattern}){_END}", re.IGNORECASE)
    for pattern in (
        rf"was (?:alles )?(?:gehort|betreut|verantwortet|verwaltet)(?: dem| der| den| das)? {_WHO}(?: alles)?",
        rf"wofur (?:ist|sind|bin) (?:das |die |der )?{_WHO} (?:zustandig|verantwortlich)",
        rf"worum (?:kummert|kummern|kummere) (?:sich|wir uns|ich mich) ?(?:das |die |der )?{_WHO}",
        rf"de quoi (?:s['’]occupe(?:nt)?|(?:est|sont) responsables?) (?:l['’]equipe |le |la |les )?{_WHO}",
        rf"(?:que|qu['’]est-ce que) (?:possede|gere) (?:l['’]equipe |le |la |les )?{_WHO}",
        rf"qu['’]est-ce que (?:l['’]equipe |le |la |les )?{_WHO} (?:possede|gere)",
        rf"(?:quels|quelles) \w+ (?:gere|possede|a) (?:l['’]equipe )?{_WHO}",
        rf"qu['’]est-ce qui (?:appartient a|est a) (?:l['’]equipe )?{_WHO}",
        rf"que (?:\w+ )?(?:es|son) de(?:l equipo| la| los| las|l)? {_WHO}",
        rf"de que (?:se encargan?|(?:es|son) responsables?) (?:el equipo |el |la |los )?{_WHO}",
        rf"que (?:\w+ )?(?:gestiona|lleva|mantiene|tiene) (?:el equipo |el |la |los )?{_WHO}",
        rf"(?:di )?(?:che )?cosa (?:si occupa|gestisce|possiede|e responsabile) (?:il team |il |la |lo )?{_WHO}",
        rf"do que (?:o time |a equipe |a equipa |o |a )?{_WHO} (?:cuida|trata)",
        rf"(?:pelo|por) que (?:o time |a equipe |a equipa |o |a )?{_WHO} e responsavel",
        rf"o que (?:e|sao) d(?:o time|a equipe|a equipa|o|a|e) {_WHO}",
        rf"wat (?:beheert|onderhoudt|bezit|is van) (?:het team |het |de )?{_WHO}",
        rf"waar(?:voor)? is (?:het team |het |de )?{_WHO} (?:voor )?verantwoordelijk(?: voor)?",
        rf"(?:hva|hvad|vad) (?:eier|ejer|ager) (?:teamet )?{_WHO}",
        rf"(?:za co odpowiada|co nalezy do|czym zajmuje sie) (?:zespol |zespolu )?{_WHO}",
        rf"(?:za co odpovida|co patri) (?:tym |tymu )?{_WHO}",
    )
)
#: First words of these questions; most questions begin otherwise.
_BEGINS_ABROAD = re.compile(
    r"[¿\s]*(?:wa[sta]|wofur|worum|de quoi|qu|de que|di |che |cosa|do que|p[eo]|o que|hva|vad|za co|co|czym)",
    re.IGNORECASE,
)
#: Letters that do not decompose into a letter and an accent.
_BASE = str.maketrans("łŁøØđĐ", "lLoOdD")
_ME_ABROAD = frozenset("ich mir mich moi je yo mi io me eu mim ik mij jeg meg mig jag ja".split())  # noqa: SIM905
_US_ABROAD = frozenset("wir uns nous nosotros noi nos wij ons vi oss os my".split())  # noqa: SIM905
_ME = frozenset({"i", "me", "mine", "my", "myself"})
_US = frozenset({"we", "us", "our", "ours", "our team", "my team", "my teams"})
#: Words around a name, as in "the devops team".
_AROUND = re.compile(r"^(?:the |team )+| (?:team|squad|folks|people)$", re.IGNORECASE)
#: A text that is only the name of a team, said to be one.
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
    """A question about what some owner owns.

    `name` is the owner's name, if the question has one, and `bare` that name without the words around it in "the devops
    team". `is_handle` is whether it was written with an @: then it can only be a person or a team.
    """

    of: Owners
    name: str = ""
    bare: str = ""
    is_handle: bool = False


def team_said(text: str) -> tuple[str, str] | None:
    """Return a team's name and its bare form if the text is only that ("the growth team"); else None."""
    line = " ".join(text.split())
    found = _A_TEAM.fullmatch(line) if len(line) <= _MOST_CHARACTERS else None
    return (found["name"], _AROUND.sub("", found["name"])) if found is not None else None


def asked(text: str) -> OwnerQuestion | None:
    """Return the owner whose things a text asks for; None for any other text."""
    line = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(line) > _MOST_CHARACTERS:
        return None
    for pattern in _ASKING:
        found = pattern.fullmatch(line)
        if found is not None:
            return _question(found["who"])
    return _asked_abroad(line)


def may_ask(text: str) -> bool:
    """Whether a text may ask for an owner's things, judging only by its first words. Few texts do."""
    return _BEGINS_ABROAD.match(_plain(text[:_MOST_BEGINNING])) is not None


def _asked_abroad(line: str) -> OwnerQuestion | None:
    plain = _plain(line)
    if _BEGINS_ABROAD.match(plain) is None:
        return None
    plain, line = plain.lstrip("¿ "), line.lstrip("¿ ")
    for pattern in _ABROAD:
        if (found := pattern.fullmatch(plain)) is not None:
            who = line[found.start("who") : found.end("who")]
            if found["who"].lower() in _ME_ABROAD:
                return OwnerQuestion(Owners.ASKER)
            return OwnerQuestion(Owners.ASKERS_TEAMS) if found["who"].lower() in _US_ABROAD else _question(who)
    return None


def _plain(text: str) -> str:
    """Return a text with every letter's accent removed."""
    if text.isascii():
        return text
    letters = unicodedata.normalize("NFC", text).translate(_BASE)
    return "".join(unicodedata.normalize("NFD", letter)[:1] for letter in letters)


def _question(who: str) -> OwnerQuestion | None:
    said = " ".join(who.strip(" \t\"'`*_“”‘’").split())
    name, is_handle = said.removeprefix("@"), said.startswith("@") and "/" not in said
    folded = name.casefold()
    if folded in _ME:
        return OwnerQuestion(Owners.ASKER)
    if folded in _US:
        return OwnerQuestion(Owners.ASKERS_TEAMS)
    return OwnerQuestion(Owners.NAMED, name, _AROUND.sub("", name), is_handle) if name else None

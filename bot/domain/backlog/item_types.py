"""What kinds of things are asked for: the words that name each, who builds it, what it leaves, and whose that is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from bot.domain.backlog.requests import ItemType, RequestItem


@dataclass(frozen=True, slots=True)
class Work:
    """Who builds an item of a type, what it leaves behind, and who owns that from the accepted handoff on."""

    builds: str
    leaves: str
    owns: str


_DEVOPS, _TEAM, _NOBODY = "devops", "team", ""
WORK: dict[ItemType, Work] = {
    ItemType.INFRASTRUCTURE: Work(_DEVOPS, "a resource in production", _TEAM),
    ItemType.PIPELINE: Work(_DEVOPS, "a pipeline", _TEAM),
    ItemType.ENVIRONMENT: Work(_DEVOPS, "an environment", _TEAM),
    ItemType.ACCESS: Work(_DEVOPS, "", _NOBODY),
    ItemType.LIBRARY: Work(_DEVOPS, "a shared library", _DEVOPS),
    ItemType.SCRIPT: Work(_DEVOPS, "a script", _DEVOPS),
    ItemType.API_SERVICE: Work(_DEVOPS, "a service with an API", _DEVOPS),
    ItemType.COACHING: Work(_DEVOPS, "", _NOBODY),
    ItemType.SUPPORT: Work(_DEVOPS, "", _NOBODY),
}

_ORDER = (
    ItemType.COACHING, ItemType.LIBRARY, ItemType.ACCESS, ItemType.ENVIRONMENT, ItemType.PIPELINE, ItemType.SCRIPT,
    ItemType.INFRASTRUCTURE, ItemType.API_SERVICE, ItemType.SUPPORT,
)  # fmt: skip
#: The type of what is set up when only a technology is named.
BY_TECHNOLOGY: dict[str, ItemType] = {
    "ci": ItemType.PIPELINE,
    "library": ItemType.LIBRARY,
    "testing": ItemType.PIPELINE,
    "build": ItemType.PIPELINE,
    "iac": ItemType.LIBRARY,
}


@dataclass(frozen=True, slots=True)
class _Words:
    """The words that name kinds of things; the groups of the first two patterns are the types of items."""

    phrase: re.Pattern[str]
    noun: re.Pattern[str]
    #: What is done with a thing that no noun names; it says little of its type.
    verb: re.Pattern[str]
    #: The head of a noun phrase stands before these.
    after_head: re.Pattern[str]
    #: The stems of nouns that name the same thing as another one, with the stem of that.
    alike: dict[str, str]


@cache
def _words() -> _Words:
    # Reading them costs start-up time, and the first request is early enough.
    from bot.domain.backlog.cues import WORDS, alternatives  # noqa: PLC0415

    types = WORDS["types"]

    def by_type(key: str) -> re.Pattern[str]:
        groups = (f"(?P<{kind}>{alternatives(types[key][kind])})" for kind in _ORDER if kind in types[key])
        return re.compile(rf"(?<![\w#-])(?:{'|'.join(groups)})(?!\w|-\w)", re.IGNORECASE)

    return _Words(
        by_type("phrases"),
        by_type("nouns"),
        re.compile(alternatives(types["verbs"]), re.IGNORECASE),
        re.compile(alternatives(types["after_head"]), re.IGNORECASE),
        {_stem(word): row.split()[0] for row in types["alike"] for word in row.split()},
    )


#: What is done to a thing that is there.
CHANGES = re.compile(
    r"\b(?:bump|chang|debug|downgrad|extend|fix|increas|migrat|mov|patch|renew|replac|reset|resiz|restart|restor|"
    r"rotat|scal|updat|upgrad)(?:e|ed|ing)?\b|\broll(?:ed|ing)? (?:back|out)\b|\bclean(?:ed|ing)? up\b",
    re.IGNORECASE,
)
#: What follows says what a thing does.
_DOES = re.compile(r"\s(?:that|which)\s")
_NOT_THAT = re.compile(r",\s+(?:no|not|without)\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """A word that says what kind of thing is asked for, and how sure that is: phrase 3, head noun 2, noun 1, verb 0."""

    kind: ItemType
    word: str
    weight: int


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What things of some kinds leave behind, each once, by who owns it afterwards; `to_nobody` are the other kinds."""

    to_team: tuple[str, ...]
    to_devops: tuple[str, ...]
    to_nobody: tuple[ItemType, ...]


def left_behind(items: Iterable[RequestItem]) -> LeftBehind:
    """Return what these items leave behind. All of them are built by the DevOps team."""
    return left_by(each.type for each in items)


def left_by(kinds: Iterable[ItemType]) -> LeftBehind:
    """Return what items of these kinds leave behind."""
    by_owner: dict[str, dict[ItemType, str]] = {_TEAM: {}, _DEVOPS: {}, _NOBODY: {}}
    for kind in kinds:
        by_owner[WORK[kind].owns][kind] = WORK[kind].leaves
    return LeftBehind(tuple(by_owner[_TEAM].values()), tuple(by_owner[_DEVOPS].values()), tuple(by_owner[_NOBODY]))


def named(text: str) -> Named | None:
    """Return what kind of thing a text asks for; None where no word says it."""
    # "the permissions, no hand-holding": that is not asked for.
    text = _NOT_THAT.split(text)[0] or text
    said, thing = _words(), _DOES.split(text, maxsplit=1)[0]
    # "A dashboard that shows the deploy pipeline" is no pipeline.
    if phrase := said.phrase.search(thing if said.noun.search(thing) else text):
        return _read(phrase, 3)
    cut = said.after_head.search(text, 2)
    head = text[: cut.start()] if cut else text
    if noun := _last_noun(head):
        return _read(noun, 2)
    behind = said.after_head.split(text[cut.end() :].strip())[0] if cut else ""
    if not head.rstrip(" `").endswith("§") and (noun := _last_noun(behind) or said.noun.search(text)):
        return _read(noun, 1)
    verb = said.verb.search(text)
    return Named(ItemType.INFRASTRUCTURE, verb[0].lower(), 0) if verb else None


def retitled(item: RequestItem, title: str) -> RequestItem:
    """Return an item with other words, and of the kind that these name; more words behind its own change no kind."""
    found = None if title.startswith(item.title) else named(title)
    return replace(item, title=title, type=found.kind if found is not None and found.weight else item.type)


def kind_in(title: str) -> ItemType:
    """Return the kind of an item in words that somebody has typed: infrastructure where they name none."""
    found = named(title)
    return found.kind if found is not None else ItemType.INFRASTRUCTURE


def is_about_what_is_there(item: RequestItem) -> bool:
    """Whether an item asks for work on a thing that it names, or for help with it, and for nothing new."""
    return not WORK[item.type].leaves or CHANGES.search(item.title) is not None


def words_of(text: str) -> Iterator[str]:
    """Yield the nouns of a text that name things of some type, those for one thing in the same way."""
    said = _words()
    for words in (said.phrase, said.noun):
        for found in words.finditer(text):
            for word in found[0].lower().split():
                yield said.alike.get(_stem(word), _stem(word))


def _stem(word: str) -> str:
    return word[:5].rstrip("s")


def _last_noun(text: str) -> re.Match[str] | None:
    return next(reversed(list(_words().noun.finditer(text))), None)


def _read(found: re.Match[str], weight: int) -> Named:
    return Named(ItemType(found.lastgroup or ""), found[0].lower(), weight)

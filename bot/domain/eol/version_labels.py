"""Versions behind a label: `Server version: 12.9`, `target: 16`, `client 16.2, server 12.9`.

A version is certain only behind a label for what runs: `version`, `installed`, `prod`, or the product itself. Any other
label makes it uncertain. The words are in `bot/data/version_words.yaml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from bot.data import table
from bot.domain.eol import version_words
from bot.domain.eol.version_words import OwnWords

_WORDS = table("version_words")
_LABELS = _WORDS["labels"]


def _of(*lists: str) -> frozenset[str]:
    return frozenset(word for words in lists for word in words.split())


_RUNS = _of(*_LABELS["runs"].values())
_PRODUCTION = _of(_LABELS["production"])
_CLIENTS = _of(*_LABELS["clients"].values())
#: Client programs that print their version. Beside a server they are the client; alone they tell what is installed.
_PROGRAM = re.compile(rf"\b(?:{'|'.join(_LABELS['programs'].split())})\b", re.IGNORECASE)
_ROLES = _of(_WORDS["nothing"]["roles"])
#: Words that distinguish two versions: `16 (old: 12)`.
_OVER = _of(_WORDS["nothing"]["over"])
_RELEASES = _of(_WORDS["nothing"]["releases"])

_LONGEST = 400
_SIGN = re.compile(r"[:=：＝]")
_NAME = r"[^\W\d_][\w.+#-]*"
_LABEL = re.compile(
    rf"(?<![\w.+#-])(?P<label>{_NAME}(?:\s+{_NAME}){{0,5}}+)[\"'”]?\s*[:=：＝]+(?!/)[>\s\"'“]*(?=[^\s:=])"
)
#: There is no separator between a label and its number.
_LABELLED = re.compile(r"[^,;|()\[\]{}:=]*?(?<![\d.])(?P<number>v?\d[\w.+~-]*)", re.IGNORECASE)
_ANY_NUMBER = re.compile(r"(?<![\w.])v?\d", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_OF_SERVER = re.compile(
    rf"\b(?:{'|'.join(sorted(_LABELS['servers'].split()))})\b(?:\s+version)?\"?\s*[:=]?\s*\(?(?P<number>v?\d[\w.+~-]*)",
    re.IGNORECASE,
)
#: `12.9 (client 16.2)`: the first version is not the client's.
_BEFORE_CLIENT = re.compile(
    rf"(?P<version>[^,;()|]*\d[^,;()|]*)[,;(]\s*(?:{'|'.join(sorted(_CLIENTS))})\s*[:=]?\s*v?\d[\w.]*\)?\s*",
    re.IGNORECASE,
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NEXT_WORD = re.compile(r"[\s(]*(?P<word>[^\W\d_]+)(?P<number>[^,;|\w]*v?\d)?", re.IGNORECASE)


class _Kind(Enum):
    RUNS = auto()
    PLACE = auto()
    NOTHING = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Labelled:
    """What the labels in a text say: the running version as written, or None if they leave it open."""

    version: str | None
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Label:
    kind: _Kind
    start: int
    end: int
    number: str
    at: int


def read(text: str, product: OwnWords) -> Labelled | None:
    """Return what the labels in a text say about a product's version; None if there are none that count."""
    text = text[:_LONGEST]
    words = {word.lower() for word in _WORD.findall(text)} - product.words
    if not _CLIENTS.isdisjoint(words):
        return _beside_client(text)
    if _PROGRAM.search(text) is not None and (found := _OF_SERVER.search(text)) is not None:
        return _beside_client(text) if _ANY_NUMBER.search(text[: found.start()] + text[found.end() :]) else None
    return _by_labels(text, product) if _SIGN.search(text) is not None else None


def _beside_client(text: str) -> Labelled:
    """Return the server's version beside a client's; open if there is none."""
    numbers = tuple(found["number"] for found in re.finditer(r"(?<![\w.])v?(?P<number>\d+(?:\.\d+)*)", text))
    beside = _BEFORE_CLIENT.fullmatch(text)
    if beside is not None and _CLIENTS.isdisjoint(map(str.lower, _WORD.findall(beside["version"]))):
        return Labelled(beside["version"].strip(), numbers)
    found = list(_OF_SERVER.finditer(text))
    if len({each["number"] for each in found}) != 1:
        return Labelled(None, numbers)
    behind = _NEXT_WORD.match(text, found[0].end())
    is_clients = behind is not None and behind["word"].lower() in _CLIENTS and behind["number"] is None
    return Labelled(None if is_clients else found[0]["number"], numbers)


def _by_labels(text: str, product: OwnWords) -> Labelled | None:
    labels = list(_labels(text, product))
    if not labels:
        return None
    first = _ANY_NUMBER.search(text)
    is_bare = first is not None and first.start() < min(each.at for each in labels)
    runs = [each for each in labels if each.kind is _Kind.RUNS]
    placed = [each for each in labels if each.kind is _Kind.PLACE]
    others = [each for each in labels if each.kind is _Kind.OTHER]
    numbers = tuple(each.number for each in labels)
    if is_bare and first is not None:
        bare = re.match(r"v?(\d+(?:\.\d+)*)", text[first.start() :], re.IGNORECASE)
        said = [bare[1]] if bare is not None else []
        is_open = _differ([*said, *(each.number for each in (*runs, *placed, *others))], product.place)
        return Labelled(None, (*said, *numbers)) if is_open else None
    if not runs or _differ([each.number for each in (*runs, *placed)], product.place):
        return Labelled(None, numbers)
    chosen = runs[0]
    end = next((each.start for each in labels if each.start > chosen.start), len(text))
    return Labelled(text[chosen.end : end].strip().strip(",;|/([{@\"'“” "), numbers)


def _labels(text: str, product: OwnWords) -> list[_Label]:
    found: list[_Label] = []
    outer, closes, ended = "", -1, -1
    for each in _LABEL.finditer(text):
        # Text right behind a label is its value first: `mode:standalone redis_version:7.2`.
        label = each["label"].split()[-1] if each.start() == ended else each["label"]
        ended = each.end()
        if text[ended] == "{":  # `"compatibility": {"version": "4.4"}`
            outer, closes = label, text.find("}", ended)
            continue
        labelled = _LABELLED.match(text, ended)
        if labelled is None:
            continue
        number = re.sub(r"^v", "", labelled["number"], flags=re.IGNORECASE)
        kind = _kind(f"{outer} {label}" if each.start() < closes else label, product)
        found.append(_Label(kind, each.start(), ended, number, labelled.start("number")))
    return found


def _kind(label: str, product: OwnWords) -> _Kind:
    found = _kind_of(label, product)
    # Split `engineVersion` into words, unless the whole is a known name, such as PostgreSQL.
    return _kind_of(_HUMP.sub(" ", label), product) if found is _Kind.OTHER else found


def _kind_of(label: str, product: OwnWords) -> _Kind:
    words = {word.lower() for word in _WORD.findall(unicodedata.normalize("NFC", label))}
    own = (product.words - _RELEASES) | _RUNS | _PRODUCTION
    if not (words - product.words).isdisjoint(_CLIENTS) or _PROGRAM.search(label) is not None:
        return _Kind.OTHER
    if words <= own | product.words | _ROLES and not words.isdisjoint(own):
        return _Kind.RUNS
    if words <= own | _ROLES | version_words.ENVIRONMENTS:
        return _Kind.PLACE
    return _Kind.NOTHING if all(map(version_words.says_nothing, words - _OVER)) and words - _OVER else _Kind.OTHER


def _differ(numbers: list[str], place: Callable[[str], int | None]) -> bool:
    """Whether versions beside each other belong to different cycles."""
    return len({place(number) for number in numbers} - {None}) > 1

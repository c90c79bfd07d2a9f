"""Words beside a version that may make it uncertain: `16 (planned)`, `12 oder neuer`, `12 prod / 13 staging`, `5.7?`.

A version is certain only if everything behind it is known to say nothing about the version. The words are in
`bot/data/version_words.yaml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bot.data import table

_WORDS = table("version_words")


def _all(lists: dict[str, str]) -> frozenset[str]:
    return frozenset(word for words in lists.values() for word in words.split())


_NOTHING = _all(_WORDS["nothing"])
_OTHERWISE = _all(_WORDS["otherwise"]) - frozenset(_WORDS["nothing"]["systems"].split())
#: Words for environments.
ENVIRONMENTS = frozenset(_WORDS["nothing"]["environments"].split())
#: Words for where and in which role something runs: a number behind such a word may be another version.
_PLACES = ENVIRONMENTS | frozenset(_WORDS["nothing"]["roles"].split()) | {"old", "new"}
_TIME = re.compile("|".join(_WORDS["times"].split()), re.IGNORECASE)
#: A month or a year alone in a remark is a planned date: `7.2 (Nov 2026)`.
_WHEN = re.compile(r"[(（\[]\s*(?:[^\W\d_]{3,12}\.?\s+)?20[2-9]\d\s*[)）\]]")
#: An address says nothing about the version: `+ provider registry.terraform.io/hashicorp/aws v5.1.0`.
_ADDRESS = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+/\S*|/(?:usr|opt|var|etc|home|lib|bin|root|srv)/\S+")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
#: A planned date right behind the version: `16 by 2027`, `16 (on 1 March)`. Servers are also built `on` something.
_BY_THEN = re.compile(
    rf"^\D*[\d.]+[\w.-]*[\s(]+(?:by|on|for)\s+(?:20[2-9]\d\b|(?:\d{{1,2}}(?:st|nd|rd|th)?\.?\s+)?(?:{_MONTHS})[a-z]*\b)",
    re.IGNORECASE,
)
#: An amount: `16 nodes`, `16GB`, `16 x3`.
_COUNTED = re.compile(rf"^\D*\d+\s*(?:{'|'.join(_WORDS['counted'].split())})\b", re.IGNORECASE)
_TIMES = re.compile(r"[x×*]\s?(?!86\b|64\b|32\b)\d{1,3}|\d{1,3}[x×]", re.IGNORECASE)
#: A ticket, or a full date in place of a version: `#16`, `16.11.2024`.
_DAY = re.compile(r"\s*\d{1,2}\.\d{1,2}\.20[1-9]\d(?![\w.]).*", re.DOTALL)
_TICKET = re.compile(r"\s*#\s*\d.*", re.DOTALL)
#: Signs that are in no version, not even in the output of programs.
_SIGNS = re.compile(r"[%\\±×÷≈]|\+/-")
_MARKS = frozenset("®™©°✓✔✅☑")
_ONLY = re.compile(r"\b(?:read|write)[ -]only\b", re.IGNORECASE)
#: Words between several versions that all run.
ALSO = frozenset(_WORDS["also"].split())

_LONGEST = 400
#: Shorter words behind a version are marks of builds, not names.
_A_NAME = 5
_HEXADECIMAL = frozenset("abcdef")
_CHUNK = re.compile(r"[^\s()\[\]{},;\"'“”„«»（）]+|[(\[{（]")
#: Only numbers, and what is joined to them.
_PLAIN = re.compile(r"[0-9.]*")
_NUMBER = re.compile(r"v?[0-9]+(?:\.[0-9x*]+)*", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_OVER = re.compile(r"\bend[ -]of[ -](?:life|support|sale)\b", re.IGNORECASE)
_DOUBT = frozenset("?？¿")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_OPENING = frozenset("([{（")


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What the rules need of a product: its names and those of its cycles, and the cycle that a number alone means."""

    words: frozenset[str]
    place: Callable[[str], int | None]
    #: Whether others imitate its protocol and say so behind the version: `8.0.30-TXSQL`.
    is_imitated: bool = False


def is_plain(text: str) -> bool:
    """Whether a version consists only of numbers."""
    return _PLAIN.fullmatch(text) is not None and _DAY.fullmatch(text) is None


def is_no_version(text: str) -> bool:
    """Whether a text only has words that make another version uncertain: `later` in `12 and later`."""
    words = [word.lower() for word in _WORD.findall(text)]
    return bool(words) and not any(map(str.isdigit, text)) and all(word in _OTHERWISE for word in words)


def says_nothing(word: str) -> bool:
    """Whether a word beside a version is known to say nothing about the version: `LTS`, `bits`."""
    return word.lower() in _NOTHING


def says_otherwise(words: Iterable[str]) -> bool:
    """Whether any of the words makes a version beside it uncertain: `planned`, `vielleicht`."""
    return any(word.lower() in _OTHERWISE - ALSO for word in words)


def leaves_open(text: str, place: int, product: OwnWords) -> bool:
    """Return whether the text beside a version leaves it open that it is the version of the cycle at `place`."""
    if len(text) > _LONGEST or not _DOUBT.isdisjoint(text) or _says_when_or_how_many(text):
        return True
    chunks = [each for each in _CHUNK.findall(_ONLY.sub("", _OVER.sub("", text))) if each not in _OPENING]
    first = next((at for at, each in enumerate(chunks) if _is_version(each, product)), len(chunks))
    before, is_numbered = "", False
    for at, chunk in enumerate(chunks[first:]):
        has_digit = any(map(str.isdigit, chunk))
        if at == 0 or has_digit:
            is_time = at > 0 and _TIME.fullmatch(chunk) is not None
            if (
                is_time
                or (at > 0 and _TIMES.fullmatch(chunk) is not None)
                or (product.is_imitated and has_digit and not is_numbered and _names_another(chunk, product))
                or _joined_to_other(chunk, product)
                or (is_numbered and _is_another(chunk, before, place, product))
            ):
                return True
        elif not _says_nothing(chunk, product):
            return True
        before, is_numbered = chunk, is_numbered or has_digit
    return False


def _says_when_or_how_many(text: str) -> bool:
    """Whether the text beside a number makes it a date, an amount or a guess: `16 by 2027`, `16 nodes`."""
    said = (_WHEN, _BY_THEN, _COUNTED, _SIGNS)
    if any(each.search(text) is not None for each in said) or _DAY.fullmatch(text) or _TICKET.fullmatch(text):
        return True
    signs = set() if text.isascii() else set(text) - _MARKS
    return any(unicodedata.category(each) in ("So", "Sc") for each in signs)


def _names_another(chunk: str, product: OwnWords) -> bool:
    """Whether an unknown word is joined to a version, as in things that only speak the same protocol."""
    words = {word.lower() for word in _WORD.findall(chunk)} - _NOTHING - product.words
    return any(len(word) >= _A_NAME and not set(word) <= _HEXADECIMAL for word in words)


def numbers_in(text: str) -> Iterator[str]:
    """Yield the numbers that may be versions, in order."""
    for found in re.finditer(r"(?<![\w.])v?(\d+(?:\.\d+)*)", text[:_LONGEST]):
        yield found[1]


def _is_version(chunk: str, product: OwnWords) -> bool:
    return any(map(str.isdigit, chunk)) or not product.words.isdisjoint(map(str.lower, _WORD.findall(chunk)))


def _joined_to_other(chunk: str, product: OwnWords) -> bool:
    """Whether a word joined to a number makes it uncertain: `12-or-later`, `12以上`."""
    words = [word.lower() for word in _WORD.findall(unicodedata.normalize("NFC", chunk))]
    return any(
        (len(word) > 1 and word in _OTHERWISE and word not in product.words) or _FOREIGN.search(word) is not None
        for word in words
    )


def _is_another(chunk: str, before: str, place: int, product: OwnWords) -> bool:
    """Whether a number behind another number, an environment, or the product's name is that of another cycle."""
    if _NUMBER.fullmatch(chunk) is None:
        return False
    words = {word.lower() for word in _WORD.findall(before)}
    is_sign = not any(map(str.isalnum, before))
    follows = _NUMBER.fullmatch(before) or is_sign or not words.isdisjoint(_PLACES | product.words)
    return bool(follows) and product.place(chunk) not in (None, place)


def _says_nothing(chunk: str, product: OwnWords) -> bool:
    named = (
        chunk.partition("=")[0] if "=" in chunk.strip("=") else chunk
    )  # the value of a setting says nothing: `malloc=libc`
    whole = unicodedata.normalize("NFC", named).lower().strip(".:!*_-/=<>|&")
    if whole in _NOTHING or _ADDRESS.fullmatch(chunk) is not None:
        return True
    return all(word in _NOTHING or word in product.words for word in _WORD.findall(whole))

"""Cleaning a version as somebody wrote it, and cutting it into whole numbers and words."""

from __future__ import annotations

import re

from bot.data import table
from bot.domain import names

Token = int | str

#: Longer texts are cut: no version is that long.
_LONGEST = 200
#: Longer numbers are ignored; Python refuses to parse very long ones.
_TOKEN = re.compile(r"[0-9]{1,18}|[a-z]+")
_DIGEST = re.compile(r"@sha\d+:[0-9a-f]*|^sha\d+:[0-9a-f]*$", re.IGNORECASE)
#: An image: its path may begin with a registry and a port, and its tag follows the last colon.
_IMAGE = re.compile(r"(?:[\w.-]+(?::\d+)?/)*[a-z][\w.-]*:(?=[^/]*$)", re.IGNORECASE)
#: A version with nothing around it: the usual case.
_BARE = re.compile(r"[0-9][0-9A-Za-z.+~_-]*")
_EPOCH = re.compile(r"\d+:")
_LEADING_V = re.compile(r"v[.\s]*(?=\d)", re.IGNORECASE)
_CUT = re.compile(r"[\s(]")
#: Words for a pre-release; words of one letter count only before a number (`3.13.0b2`, `6.0.0-M1`).
_PRERELEASE = frozenset(table("version_schemes")["prerelease"].split())
_PRERELEASE_LETTERS = frozenset("abcm")
#: A version for which text and tokens give the same result: numbers between single dots, without leading zeros. One
#: word that does not mean a pre-release may follow, and more: `9.6.24`, `16.4-R1`, `20.11.0-alpine3.19`.
_PLAIN = re.compile(
    r"((?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*)"
    rf"(?:[-+~_ ](?!(?:{'|'.join(sorted(_PRERELEASE))})(?![a-z])|[abcm][0-9])[a-z][^@:/]*)?",
    re.IGNORECASE | re.ASCII,
)


class Version:
    """A version as tokens: all of them, and those up to the first space or parenthesis."""

    __slots__ = ("before_cut", "full_run", "is_prerelease", "is_whole", "run", "tokens")

    def __init__(self, everything: tuple[Token, ...], before_cut: tuple[Token, ...]) -> None:
        """Store all tokens, and those up to the first space or parenthesis."""
        self.tokens = everything
        self.before_cut = before_cut
        #: Whether nothing follows a space or a parenthesis.
        self.is_whole = len(everything) == len(before_cut)
        #: The numbers at its beginning, up to the first space or parenthesis.
        self.run = leading_numbers(before_cut)
        #: The numbers at its beginning, whatever is between them: 11 and 24 in `11 24H2`.
        self.full_run = self.run if self.is_whole else leading_numbers(everything)
        #: Whether the text behind the numbers means a pre-release: `17beta1`, `3.2.0-rc1`, `3.13.0a4`.
        self.is_prerelease = is_prerelease(everything[len(self.run) :])


def tidy(text: str) -> str:
    """Return a version without its surroundings: image path, digest, Debian epoch, a leading `v`."""
    text = text[:_LONGEST]
    if _BARE.fullmatch(text):
        return text
    text = names.clean(text)
    while True:
        shorter = _DIGEST.sub("", text)
        if image := _IMAGE.match(shorter):
            shorter = shorter[image.end() :]
        if epoch := _EPOCH.match(shorter):
            shorter = shorter[epoch.end() :]
        if v := _LEADING_V.match(shorter):
            shorter = shorter[v.end() :]
        shorter = shorter.strip()
        if shorter == text:
            return text
        text = shorter


def clean(text: str) -> str:
    """Return a version as in `tidy`, up to the first space or parenthesis: `20.04.6 LTS` -> `20.04.6`."""
    if _BARE.fullmatch(text[:_LONGEST]):
        return text[:_LONGEST]
    while True:
        shorter = _CUT.split(tidy(text), maxsplit=1)[0]
        if shorter == text:
            return text
        text = shorter


def plain_run(text: str) -> str:
    """Return the dotted numbers of a version that its text alone decides; "" if it has to be parsed."""
    found = _PLAIN.fullmatch(text)
    return found[1] if found is not None else ""


def tokens(text: str) -> tuple[Token, ...]:
    """Return the numbers (whole, without leading zeros) and the words of a text, in lower case."""
    plain = text.lower()
    if not text.isascii():
        plain = "".join(c if c.isascii() else " " for c in names.clean(text).lower())
    return tuple([int(one) if one[0] <= "9" else one for one in _TOKEN.findall(plain)])


def parse(text: str) -> Version:
    """Return a version as tokens; without tokens if the text has neither a digit nor a letter."""
    tidied = tidy(text)
    cut = _CUT.search(tidied)
    everything = tokens(tidied)
    return Version(everything, tokens(tidied[: cut.start()]) if cut else everything)


def leading_numbers(of: tuple[Token, ...]) -> tuple[int, ...]:
    """Return the numbers at the beginning of some tokens."""
    numbers = []
    for token in of:
        if isinstance(token, str):
            break
        numbers.append(token)
    return tuple(numbers)


def is_prerelease(rest: tuple[Token, ...]) -> bool:
    """Return whether the tokens behind a version's numbers or a codename mean a pre-release."""
    if not rest:
        return False
    return rest[0] in _PRERELEASE or (rest[0] in _PRERELEASE_LETTERS and len(rest) > 1 and isinstance(rest[1], int))

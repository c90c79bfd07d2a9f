"""The meaning of single values (an owner, an address, a tier, a word of a list), and how sentences quote them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from bot.domain.catalog import OwnerRef, OwnerType
from bot.domain.names import clean
from bot.domain.secrets import redacted

E = TypeVar("E", bound=StrEnum)

#: Only the beginning of a text is shown, but a secret may begin there and end far behind it.
MOST_LOOKED_AT = 4096


def quoted(text: str, *, limit: int = 80) -> str:
    """Return `text` for a problem's sentence: cleaned, shortened, in quotation marks."""
    text = redacted(clean(text[:MOST_LOOKED_AT]))
    return f"'{text if len(text) <= limit else text[: limit - 1] + '…'}'"


_TEMPLATE = re.compile(r"\{\{|\{%|<%|\$\{")


def is_template(text: str) -> bool:
    """Return whether `text` contains a placeholder of a template that was never rendered."""
    return _TEMPLATE.search(text) is not None


#: "Jane Doe <jane@example.com>", as in mail programs.
_ADDRESSED = re.compile(r"[^<>]*<([^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)>")
_EMAIL = re.compile(r"[^\s@<>(),;:\"]+@[^\s@<>(),;:\"]+\.[^\s@<>(),;:\"]+")
#: Struck-through text, in Markdown or with combining strokes.
_STRUCK = re.compile(r"~~[^~]+~~|(?:\w\u0336\s?)+")
#: Words before a channel's name: "Slack: #payments".
_CHANNEL_WORDS = frozenset({"slack", "channel", "slack channel"})
_TYPES = {
    "team": OwnerType.TEAM,
    "group": OwnerType.TEAM,
    "person": OwnerType.PERSON,
    "user": OwnerType.PERSON,
}


def is_email(text: str) -> bool:
    """Return whether `text` looks like an e-mail address."""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


@lru_cache(maxsize=4096)  # a few hundred owners occur a hundred thousand times
def owner_ref(written: str) -> OwnerRef | None:
    """Return the owner in `payments`, `team:payments`, `person:jo@example.com` or `@acme/payments`; None if empty.

    An e-mail address without a prefix stays `UNSAID`, because it may be a person's or a team's mailbox.
    """
    text = clean(written)
    text = _STRUCK.sub("", text).strip() or text
    if addressed := _ADDRESSED.fullmatch(text):
        return OwnerRef(addressed[1].lower(), OwnerType.UNSAID, text)
    prefix, colon, rest = text.partition(":")
    if prefix.lower() == "mailto" or (prefix.strip().lower() in _CHANNEL_WORDS and rest.strip().startswith("#")):
        text = rest.strip()
        colon = ""
    type_ = _TYPES.get(prefix.strip().lower(), OwnerType.UNSAID) if colon else OwnerType.UNSAID
    name = rest.strip() if type_ is not OwnerType.UNSAID else text
    if name.startswith("@"):
        team = "/" in name
        name = name.rpartition("/")[2] if team else name[1:]
        type_ = type_ if type_ is not OwnerType.UNSAID else (OwnerType.TEAM if team else OwnerType.UNSAID)
    name = name.removeprefix("#")
    if "@" in name and is_email(name):
        name = name.lower()
    return OwnerRef(name, type_, text) if name else None


_TIER = re.compile(r"(?:tier[\s_-]*)?([0-9]{1,2})", re.IGNORECASE)


def tier_in(text: str) -> int | None:
    """Return the number in `1`, `tier_1` or `Tier 1`; None for other text."""
    found = _TIER.fullmatch(text)
    return int(found[1]) if found else None


def word_in(text: str, words: type[E]) -> E | None:
    """Return the member of an enumeration that `text` names, ignoring spacing; None if there is none."""
    try:
        return words(re.sub(r"[\s_/]+", "-", text.strip().lower()))
    except ValueError:
        return None


def is_web(text: str) -> bool:
    """Return whether `text` is a web address."""
    return text.startswith(("https://", "http://"))


def unique(values: Iterator[str] | Sequence[str], *, without: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the non-empty values, each once, in order, except those in `without`."""
    if not values:
        return ()
    return tuple(dict.fromkeys(value for value in values if value and value not in without))

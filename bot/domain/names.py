"""Folding and cleaning names, in one place, so that every layer compares them in the same way."""

from __future__ import annotations

import re
import unicodedata

_SEPARATORS = re.compile(r"[\s\-_.,:;/\\|·•@()\[\]{}<>\"'`*~!?=&%$^“”‘’«»…–—]+")
_COMMON_SEPARATORS = re.compile(r"[a-z0-9+#]+")
#: Where a word begins in camel case. A plural acronym such as "APIs" is one word.
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z](?!s(?![a-z]))[a-z])")
_UNPRINTABLE = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    r"\u115f\u1160\u180b-\u180f\u3164\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_UNSTORABLE = re.compile(r"[\u0000\ud800-\udfff]")


def storable(text: str) -> str:
    """Return `text` without characters that no database accepts: NUL, and halves of a surrogate pair."""
    return _UNSTORABLE.sub("", text)


def visible(text: str) -> str:
    """Return `text` without control, bidirectional and invisible characters; whatever ends a line is a line feed."""
    return _UNPRINTABLE.sub("", "\n".join(text.splitlines()))


def units(text: str) -> int:
    """Return how long a text is for who counts in UTF-16, as JavaScript and Java do: an emoji counts as two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> str:
    """Return the first `limit` units of a text, without half of a character at its end."""
    if text.isascii() or 2 * len(text) <= limit:
        return text[:limit]
    return text.encode("utf-16-le", "surrogatepass")[: 2 * limit].decode("utf-16-le", "ignore")


def clean(text: str) -> str:
    """Return `text` without control, bidirectional and invisible characters, and with single spaces.

    Halves of a surrogate pair are removed as well, because nothing can store or send them.
    """
    # Most texts are clean, and checking is much cheaper than cleaning. A space is the only printable white space.
    if text.isascii() and text.isprintable():
        is_spaced = " " not in text or ("  " not in text and text.strip() == text)
        return text if is_spaced else " ".join(text.split())
    return " ".join(_UNPRINTABLE.sub("", text).split())


def clean_lines(text: str) -> str:
    """Return `text` with `clean` applied to each line, without empty lines at its ends or two in a row."""
    lines = [clean(line) for line in text.splitlines()]
    kept = [line for before, line in zip(["", *lines], lines, strict=False) if line or before]
    return "\n".join(kept).rstrip("\n")


def fold(name: str) -> str:
    """Return the folded form of a name, without case, accents and separators (hyphen, underscore, dot, space, slash).

    `Payments-DB`, `payments_db` and `payments db` fold to `paymentsdb`. Empty if only separators are left. `+` and `#`
    stay, because `c++` is not `c`.
    """
    return _SEPARATORS.sub("", _plain(name))


def tokens(name: str) -> tuple[str, ...]:
    """Return the words of a name in order, each folded. Camel case is split: `PaymentsDb` -> `payments`, `db`.

    Joined without separators, the words are `fold(name)`.
    """
    if name.islower() and name.isascii() and name.isprintable():
        return tuple(_COMMON_SEPARATORS.findall(name))
    cut = _CAMEL.sub(" ", name) if not name.isupper() else name
    return tuple(word for word in _SEPARATORS.split(_plain(cut)) if word)


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower() if text.isprintable() else _UNPRINTABLE.sub("", text).lower()
    shown = _UNPRINTABLE.sub("", text)
    if shown.isascii():
        return shown.lower()
    return "".join([c for c in unicodedata.normalize("NFKD", shown) if not unicodedata.combining(c)]).casefold()

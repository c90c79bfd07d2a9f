"""Which name a question in vain may be remembered by: one that a thing could have, and nothing that is somebody's own.

What is asked may be private, and a word list cannot tell a person's matter from the name of a service. So the shape
decides, and how it was asked: `billing-gateway` is a name wherever it stands, `billing gateway` where its owner is
asked for, and `fire Bob next week` is none.
"""

from __future__ import annotations

import re

from bot.domain.directory.clauses import asks_in_words
from bot.domain.directory.questions import ASKING, Part, read

_MOST_CHARACTERS = 60
#: Words of a name where its owner is asked for, and where not; with a part of it that only names have, one more.
_MOST_WORDS, _MOST_UNASKED = 2, 1
#: The longest run of digits: a longer one may be a telephone's, a card's or an account's.
_MOST_DIGITS = 6
_PLAIN = re.compile(r"[^\W\d_]{2,}")
#: `payments-db`, `acme/checkout`, `ledger_v2`, `PaymentsDb`.
_IDENTIFIER = re.compile(r"(?=.*[^\W\d_]{2})(?:[^\W_]+(?:[-_./:+#][^\W_]+)+|\w*[a-z][A-Z]\w*)")
_KINDS = frozenset({Part.KIND, Part.KIND_OR_AREA})
#: What is one person's: "my lawyer", "Bob's salary".
_PERSONAL = re.compile(
    r"(?<![\w-])(?:my|his|her|hers|mein\w*|sein\w*|ihr\w*|mijn|zijn|haar)(?![\w-])",
    re.IGNORECASE,
)


def asks_owner(text: str) -> bool:
    """Return whether a text asks, in words, whose something is: "who owns X" does, and "X" does not."""
    return ASKING.search(text) is not None or asks_in_words(read(text).chunks)


def is_personal(text: str, name: str) -> bool:
    """Return whether a question says of what it names that it is one person's, as "Bob's salary" does."""
    held = read(text).chunks
    inside = {chunk.text for chunk in read(name).chunks[:-1]}
    return _PERSONAL.search(text) is not None or any(
        chunk.is_possessive and chunk.part is not Part.QUESTION and chunk.text in inside for chunk in held
    )


def can_be_name(name: str, *, is_asked: bool) -> bool:
    """Return whether a thing may be called so; `is_asked` tells whether its owner was asked for."""
    words = name.split()
    if not words or len(name) > _MOST_CHARACTERS or "@" in name or _is_number(name):
        return False
    is_marked = any(_IDENTIFIER.fullmatch(word) is not None or _is_kind(word) for word in words)
    if not is_marked and not (is_asked and all(map(_PLAIN.fullmatch, words))):
        return False
    return len(words) <= (_MOST_WORDS if is_asked else _MOST_UNASKED) + is_marked


def _is_kind(word: str) -> bool:
    chunks = read(word).chunks
    return len(chunks) == 1 and chunks[0].part in _KINDS


def _is_number(name: str) -> bool:
    digits, letters = sum(map(str.isdigit, name)), sum(map(str.isalpha, name))
    longest = max(map(len, re.findall(r"\d+", name)), default=0)
    return digits > letters or longest > _MOST_DIGITS

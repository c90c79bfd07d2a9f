"""Which names are remembered of questions without an answer: those that a thing could have, and nothing personal.

A question may be private, and a list of words cannot tell somebody's personal matter from the name of a service. So the
form decides, and how it was asked: `billing-gateway` is a name anywhere, `billing gateway` if the question asks for its
owner, and `fire Bob next week` never.
"""

from __future__ import annotations

import re

from bot.domain.directory.clauses import asks_in_words
from bot.domain.directory.questions import ASKING, Part, read

_MOST_CHARACTERS = 60
#: How many words a name can have if its owner is asked for, and if not. It can have one more if a part of it occurs
#: only in names.
_MOST_WORDS, _MOST_UNASKED = 2, 1
#: The longest run of digits: a longer one may be a telephone, card or account number.
_MOST_DIGITS = 6
_PLAIN = re.compile(r"[^\W\d_]{2,}")
#: `payments-db`, `acme/checkout`, `ledger_v2`, `PaymentsDb`.
_IDENTIFIER = re.compile(r"(?=.*[^\W\d_]{2})(?:[^\W_]+(?:[-_./:+#][^\W_]+)+|\w*[a-z][A-Z]\w*)")
_KINDS = frozenset({Part.KIND, Part.KIND_OR_AREA})
#: Phrases for what belongs to one person: "my lawyer", "Bob's salary".
_PERSONAL = re.compile(
    r"(?<![\w-])(?:my|his|her|hers|mein\w*|sein\w*|ihr\w*|mijn|zijn|haar)(?![\w-])",
    re.IGNORECASE,
)


def asks_owner(text: str) -> bool:
    """Whether a text asks in words for an owner: "who owns X" does, "X" does not."""
    return ASKING.search(text) is not None or asks_in_words(read(text).chunks)


def is_personal(text: str, name: str) -> bool:
    """Whether a question asks for something that belongs to one person, such as "Bob's salary"."""
    held = read(text).chunks
    inside = {chunk.text for chunk in read(name).chunks[:-1]}
    return _PERSONAL.search(text) is not None or any(
        chunk.is_possessive and chunk.part is not Part.QUESTION and chunk.text in inside for chunk in held
    )


def can_be_name(name: str, *, is_asked: bool) -> bool:
    """Whether a thing could have this name. `is_asked` is whether its owner was asked for."""
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

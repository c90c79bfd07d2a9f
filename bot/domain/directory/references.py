"""References to people, channels and user groups by id, as Slack's autocompletion writes them.

https://docs.slack.dev/messaging/formatting-message-text#mentions
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

_REFERENCE = re.compile(r"<(@|#|!subteam\^)([A-Z0-9]{1,40})(?:\|([^<>]{0,200}))?>")
_MOST_REFERENCES = 10


class Refers(Enum):
    """The kind of a reference; the value is its first characters."""

    PERSON = "@"
    CHANNEL = "#"
    GROUP = "!subteam^"


@dataclass(frozen=True, slots=True)
class Reference:
    """One person, channel or user group. `label` is the text shown, without `@` or `#`, and often empty."""

    to: Refers
    id: str
    label: str = ""


def references(text: str) -> tuple[Reference, ...]:
    """Return the references in a text, in order, each once."""
    found: dict[Reference, None] = {}
    for reference in _REFERENCE.finditer(text):
        label = (reference[3] or "").strip().lstrip("@#")
        found[Reference(Refers(reference[1]), reference[2], label)] = None
        if len(found) == _MOST_REFERENCES:
            break
    return tuple(found)


def without_references(text: str) -> str:
    """Return a text without its references."""
    return _REFERENCE.sub(" ", text)

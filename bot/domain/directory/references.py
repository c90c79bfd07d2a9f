"""People, channels and user groups that a text refers to by their ids, as Slack's autocompletion writes them.

https://docs.slack.dev/messaging/formatting-message-text#mentions
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

_REFERENCE = re.compile(r"<(@|#|!subteam\^)([A-Z0-9]{1,40})(?:\|([^<>]{0,200}))?>")
_MOST_REFERENCES = 10


class Refers(Enum):
    """What a reference is to; the value is how it begins."""

    PERSON = "@"
    CHANNEL = "#"
    GROUP = "!subteam^"


@dataclass(frozen=True, slots=True)
class Reference:
    """One person, channel or user group. `label` is how the reference is shown, without `@` or `#`; often empty."""

    to: Refers
    id: str
    label: str = ""


def references(text: str) -> tuple[Reference, ...]:
    """Return what a text refers to, in its order, each once."""
    found: dict[Reference, None] = {}
    for reference in _REFERENCE.finditer(text):
        label = (reference[3] or "").strip().lstrip("@#")
        found[Reference(Refers(reference[1]), reference[2], label)] = None
        if len(found) == _MOST_REFERENCES:
            break
    return tuple(found)


def without_references(text: str) -> str:
    """Return a text with nothing in the place of its references."""
    return _REFERENCE.sub(" ", text)

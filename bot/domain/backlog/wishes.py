"""Whether a sentence asks somebody to do something, rather than who owns it or when it ends."""

from __future__ import annotations

import re

_REQUEST = re.compile(
    r"(?:open |file |make |create |new )?(?:an? )?(?:new )?(?:devops )?request"
    r"(?:\s*$|\s*[:!.,]|\s+(?:for|to|from|this|please)\b)",
    re.IGNORECASE,
)
#: Who is asked: not a name, which may be an asset's.
_SOMEBODY = r"(?:somebody|someone|anybody|anyone|you|we|i|they|devops|the devops team|who)"
_VERBS = (
    "add|allow|automate|build|bump|change|configure|connect|create|deploy|enable|extend|fix|give|grant|help|increase|"
    "install|integrate|make|migrate|move|patch|provide|provision|renew|replace|resize|restore|rotate|scale|set up|"
    "setup|support|switch|teach|train|update|upgrade"
)
_ASKING = (
    re.compile(rf"\bplease\s+(?:\w+\s+){{0,2}}?(?:{_VERBS})\b", re.IGNORECASE),
    re.compile(rf"^\W*(?:{_VERBS})\b.*\bplease\b", re.IGNORECASE),
    re.compile(
        rf"\b(?:can|could|would|will)\s+{_SOMEBODY}\b(?:\s+(?:from|in|at|of)\s+(?:the\s+)?[\w-]+(?:\s+team)?)?"
        rf"\s+(?:\w+\s+){{0,2}}?(?:{_VERBS})\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\bwho\s+(?:can|could|would|will)\s+(?:\w+\s+){{0,2}}?(?:{_VERBS})\b.*\b(?:us|me|our)\b", re.IGNORECASE
    ),
    re.compile(
        r"\b(?:we|i)(?:'d| would)?\s+(?:need|want|like)\s+(?:help|somebody|someone|you|devops)\b", re.IGNORECASE
    ),
    re.compile(rf"\b(?:we|i)\s+need\s+to\s+(?:have\s+)?(?:{_VERBS})\b.*\b(?:devops|help)\b", re.IGNORECASE),
)


def is_command(text: str) -> bool:
    """Whether these words are the command to open a request, such as `request`; more may follow it."""
    return _REQUEST.match(text.strip()) is not None


def asks(text: str) -> bool:
    """Whether these words ask for work: "please upgrade payments-db", "who can upgrade X for us?"."""
    return any(each.search(text) for each in _ASKING)

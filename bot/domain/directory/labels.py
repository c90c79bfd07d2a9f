"""Labels of an alert.

`status: firing` is not about an asset called status, and `namespace: shop` says where something runs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.directory.vocabulary import VOCABULARY

_KEYS = "|".join(VOCABULARY["label_keys"].split())
_PLACES = "|".join(VOCABULARY["place_labels"].split())
_MARKS = r"[\s*_`•·\-–]*"
#: The label at the beginning of a line that a program writes.
_LABEL = re.compile(rf"(?im)^{_MARKS}[a-z][\w./-]*(?: [\w./-]+)?[*_`]*\s?[:=](?=\s|\S*$)")
_SAYS_NOTHING = re.compile(rf"(?im)^(?P<before>{_MARKS})(?:{_KEYS})(?P<behind>[*_`]*\s?[:=])")
_PLACE = re.compile(
    rf"(?i)(?<![\w-])(?:{_PLACES})[\"'*_`]*(?:\s?[:=]\s?|\s(?=[`*\"]))[\s\"'*_`]*(?P<value>[\w][\w./-]*)"
)
#: A single label may be somebody's sentence: "status: down since nine".
_FEWEST = 2


def are_labels(texts: Sequence[str]) -> bool:
    """Whether a message is an alert: it has several pieces, or a label on each of its lines."""
    return len(texts) > 1 or sum(len(_LABEL.findall(text)) for text in texts) >= _FEWEST


def without_keys(text: str) -> str:
    """Return a text without label words before a colon."""
    return _SAYS_NOTHING.sub(r"\g<before>\g<behind>", text)


def places(texts: Sequence[str]) -> frozenset[str]:
    """Return the words that say where something runs: a namespace, a cluster, an environment."""
    return frozenset(found["value"].lower() for text in texts for found in _PLACE.finditer(text))

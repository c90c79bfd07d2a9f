"""Whether a part of a list is a thing of its own, or says more of the one before it, as labelled threads teach it.

"A bucket and a dashboard" are two things; "a VM with 16 cores and 64 GB" is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.backlog import classifier
from bot.domain.backlog.classifier import Features
from bot.domain.backlog.cues import patterns
from bot.domain.backlog.item_types import Named
from bot.domain.backlog.threads import Sentence

_SAID = patterns("wishes")
#: From here on a part is a thing of its own.
_NEW = 0.2
#: So many words at the beginning of a part are looked at, and at the end of what stands before it.
_FIRST, _LAST = 8, 2
_WORD, _BEFORE = 0.5, 0.7
#: More words than so many tell no more.
LONG = 20


@dataclass(frozen=True, slots=True)
class Cut:
    """A place where a list may be cut in two: the words on both sides, and what they name."""

    sentence: Sentence
    before: str
    after: str
    #: What stands between the two adds a thing: "plus", "as well as".
    is_added: bool
    kinds: tuple[Named | None, Named | None]
    technologies: tuple[Sequence[str], Sequence[str]]


def is_new(cut: Cut) -> bool:
    """Whether what stands behind a cut is a thing of its own."""
    return classifier.likelihood("part", features(cut)) >= _NEW


def features(cut: Cut) -> Features:
    """Return what tells whether the two sides of a cut are two things."""
    before, after = list(classifier.plain_words(cut.before)), list(classifier.plain_words(cut.after))
    found: Features = {f"w {word}": _WORD for word in after[:_FIRST]}
    found |= {f"b {word}": _BEFORE for word in before[-_LAST:]}
    found |= dict.fromkeys((f"first {word}" for word in after[:1]), 1.0)
    found |= {f"pair {' '.join(after[:2])}": 1.0} | {f"begins {word}": _BEFORE for word in before[:1]}
    for side, kind in zip(("before", "after"), cut.kinds, strict=True):
        names = (f"{side} {kind.kind.value}", f"{side} weight {kind.weight}") if kind else (f"{side} none",)
        found |= dict.fromkeys(names, 1.0)
    one, two = cut.kinds
    begun = _SAID["does"].match(cut.after)
    flags = {
        "added": cut.is_added,
        "same": one and two and one.kind is two.kind,
        "other": one and two and one.kind is not two.kind,
        "does": begun,
        "fragment": _SAID["fragment"].match(cut.after[begun.end() if begun else 0 :]),
        "technology before": cut.technologies[0],
        "technology after": cut.technologies[1],
    }
    found |= {name: 1.0 for name, is_so in flags.items() if is_so}
    return found | {"length before": min(len(before), LONG) / LONG, "length": min(len(after), LONG) / LONG}

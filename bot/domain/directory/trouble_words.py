"""What says of a system that it is in trouble: words, what programs write, and what servers answer."""

from __future__ import annotations

import re

from bot.domain.directory.vocabulary import FOREIGN_TROUBLE_WORDS, NEGATIONS, STATE_WORDS, TROUBLE_WORDS

#: What a cluster or a program says of itself: `OOMKilled`, `CrashLoopBackOff`, `NullPointerException`.
STATUS = re.compile(
    r"[A-Z]\w*(?:Killed|BackOff|Error|Errors|Exception|Sync|Synced|Failed|Failure|Timeout|Evicted|Exceeded|Ready|Looping|Rate|Lag"
    r"|Latency|Down|Missing)"
)
#: What a server answers that is in trouble, how full something is, and codes as programs write them.
CODE = re.compile(r"[45](?:\d\d|[xX]{2})(?:s|er|ing)?|\d+(?:\.\d+)?%|[A-Z]+(?:_[A-Z]+)+|#\d+")
#: They are trouble only where something does not do so; and what does not is in trouble, whatever it is.
_ONLY_DENIED = frozenset(
    """giving showing serving sending working responding loading starting reachable syncing deploying acting
    behind""".split()  # noqa: SIM905
)
_DENIALS = NEGATIONS | frozenset(
    """cant cannot couldnt wont wouldnt dont doesnt didnt isnt arent wasnt werent hasnt havent never nobody""".split()  # noqa: SIM905
)
_TROUBLE = (STATE_WORDS | TROUBLE_WORDS | FOREIGN_TROUBLE_WORDS | _DENIALS) - _ONLY_DENIED
#: They end as what somebody does to something ends, and are none: "three times", "she misses".
_NO_VERBS = frozenset({"times", "misses"})


def is_trouble_word(word: str) -> bool:
    """Whether a word, folded, is one for trouble: `down`, `refuses`, `502`, `kaputt`, `cannot`."""
    if word in _TROUBLE or CODE.fullmatch(word) is not None:
        return True
    if not word.endswith("s") or word in _NO_VERBS:
        return False
    return any(f"{stem}ing" in _TROUBLE for stem in (word[:-1], word[:-2]))


def says_trouble(folded: str, text: str) -> bool:
    """Whether a piece of a text says trouble: a word for it, folded, or a status or a code as it stands there."""
    return is_trouble_word(folded) or STATUS.fullmatch(text) is not None or CODE.fullmatch(text) is not None

"""Signs that a system has a problem: words, statuses that programs write, and status codes of servers."""

from __future__ import annotations

import re

from bot.domain.directory.vocabulary import FOREIGN_TROUBLE_WORDS, NEGATIONS, STATE_WORDS, TROUBLE_WORDS

#: Statuses of a cluster or a program: `OOMKilled`, `CrashLoopBackOff`, `NullPointerException`.
STATUS = re.compile(
    r"[A-Z]\w*(?:Killed|BackOff|Error|Errors|Exception|Sync|Synced|Failed|Failure|Timeout|Evicted|Exceeded|Ready|Looping|Rate|Lag"
    r"|Latency|Down|Missing)"
)
#: HTTP status codes of a server in trouble, percentages, and error codes of programs.
CODE = re.compile(r"[45](?:\d\d|[xX]{2})(?:s|er|ing)?|\d+(?:\.\d+)?%|[A-Z]+(?:_[A-Z]+)+|#\d+")
#: These mean a problem only if they are negated; and anything that does not do them has a problem.
_ONLY_DENIED = frozenset(
    """giving showing serving sending working responding loading starting reachable syncing deploying acting
    behind""".split()  # noqa: SIM905
)
_DENIALS = NEGATIONS | frozenset(
    """cant cannot couldnt wont wouldnt dont doesnt didnt isnt arent wasnt werent hasnt havent never nobody""".split()  # noqa: SIM905
)
_TROUBLE = (STATE_WORDS | TROUBLE_WORDS | FOREIGN_TROUBLE_WORDS | _DENIALS) - _ONLY_DENIED
#: These end like verbs, but are not: "three times", "she misses".
_NO_VERBS = frozenset({"times", "misses"})


def is_trouble_word(word: str) -> bool:
    """Whether a folded word means a problem: `down`, `refuses`, `502`, `kaputt`, `cannot`."""
    if word in _TROUBLE or CODE.fullmatch(word) is not None:
        return True
    if not word.endswith("s") or word in _NO_VERBS:
        return False
    return any(f"{stem}ing" in _TROUBLE for stem in (word[:-1], word[:-2]))


def says_trouble(folded: str, text: str) -> bool:
    """Whether a piece of a text means a problem: as a folded word, or as a status or code in its original form."""
    return is_trouble_word(folded) or STATUS.fullmatch(text) is not None or CODE.fullmatch(text) is not None

"""What the title of an item may not be: somebody reads it in a backlog of fifty, without the thread beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain.backlog import technologies

#: Words with which people talk, and with which no thing and no work begins.
_TALK = set(
    re.findall(
        r"\S+",
        "i me we us you he him she they them it its this that these those there here theirs ours who whom what which "
        "where when why how "
        "and or but so because since if although though while whereas then also plus now well ok okay yes no "
        "nope yeah yep maybe perhaps "
        "probably actually honestly basically anyway sorry right alright hm oh ah btw hi hello hey please pls "
        "thanks sure fine is are was "
        "were be been am would could should can might must may will shall does did don't doesn't has have had "
        "want wants wanted needs just "
        "only even still already really too not never sounds let's to",
    )
)
#: Words after which something has to come.
_LEADS_ON = set(
    re.findall(
        r"\S+",
        "of for at into onto from with without by via per about between than as and or but plus the a an our "
        "your their my its his her "
        "any some which who that's because so like",
    )
)
#: Words that say nothing of what is wanted.
_LITTLE = _TALK | _LEADS_ON
_LITTLE |= set(
    re.findall(
        r"\S+",
        "thing things something anything stuff bit new own another more two three few little small proper "
        "good same other else somebody "
        "someone anybody anyone get give set up out again later soon today",
    )
)
_WORD = re.compile(r"[^\W_][\w.+/'-]*")


def faults(title: str) -> Iterator[str]:
    """Yield what is wrong with a title: it begins or ends as no title does, or says too little."""
    words = [word.rstrip(".'").lower() for word in _WORD.findall(title)]
    found = technologies.known().find([title])[0]
    if not words:
        yield "empty"
        return
    begins, _, contracted = words[0].partition("'")
    first = begins if contracted in {"s", "re", "d", "ll", "ve", "m"} else words[0]
    if first in _TALK and not (found and not found[0].start):
        yield "begins"
    is_name = found and found[-1].end >= len(title) - 1
    if words[-1] in _LEADS_ON and not title.endswith("…") and not is_name:
        yield "ends"
    if len(set(words) - _LITTLE) < 2 and not found:
        yield "short"

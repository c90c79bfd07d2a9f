"""What a thread agrees on: the technology of "fair. Postgres then", and what it takes the place of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.backlog.cues import patterns
from bot.domain.backlog.gaps import is_about_skill
from bot.domain.backlog.technologies import Mention, ids
from bot.domain.backlog.threads import Sentence

_SAID = patterns("stances")
#: So many sentences back stands what is answered.
_SHORTLY = 4
#: So many words of the sentence before lead to a name: "good point. Postgres".
_LEAD = 3


def settled(sentences: Sequence[Sentence], mentions: Sequence[Sequence[Mention]], at: int) -> re.Match[str] | None:
    """Return the words that agree on the technology of a sentence, or put it right: "fair. Postgres then"."""
    here, text = mentions[at], sentences[at].text
    if not here or is_about_skill(sentences, at, slice(None)):
        return None
    lead = "" if sentences[at].first else f"{sentences[at - 1].text} "
    lead = lead if len(lead.split()) <= _LEAD and not (lead and mentions[at - 1]) else ""
    said = f"{lead}{text[: here[0].start]}§{text[here[0].end :]}"
    return _SAID["settles"].fullmatch(said.replace("`", ""))


def replaced(sentences: Sequence[Sentence], mentions: Sequence[Sequence[Mention]], at: int) -> dict[str, set[str]]:
    """Return what a sentence agrees on, with what was named before it: what it may take the place of."""
    settles = settled(sentences, mentions, at)
    if settles is None:
        return {}
    name, first = mentions[at][0].id, max(0, at - _SHORTLY)
    # What is agreed on takes the place of what it was put up against; what is put right, of all before.
    named = [each for each in sentences[first:at] if name in ids(mentions[each.at])]
    ends = [at] if settles["corrects"] else [each.at for each in named if _SAID["counters"].search(each.text)]
    return {name: {each for row in mentions[first : min(ends, default=first)] for each in ids(row)}}


def is_against(text: str, start: int, end: int) -> bool:
    """Whether a text decides against what is named there, whatever others say."""
    return bool(_SAID["before"].search(text[:start].rstrip("`")) or _SAID["after"].search(text[end:]))

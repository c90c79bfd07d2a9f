"""Which technology a sentence chooses, which ones that leaves out, and between which it leaves the choice open."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from bot.domain.backlog.clauses import LINK
from bot.domain.backlog.cues import patterns
from bot.domain.backlog.gaps import is_skill
from bot.domain.backlog.technologies import Mention, ids
from bot.domain.backlog.threads import Sentence

_SAID = patterns("stances")
#: Begins what is said of a name in the same sentence: "Datadog is 11k a month, forget it".
AFTERTHOUGHT = re.compile(r",\s+|\s-\s|;\s+|\s(?=but\s)")
#: "Linkerd is lighter", of what was named before.
BETTER = re.compile(
    r"`? (?:is|are|would be|looks|seems) (?:\w+ )?(?:\w{2,}er|more \w+|less \w+)\b(?! (?:team|server|cluster))",
    re.IGNORECASE,
)
_FORMER = re.compile(r"\bthe (?P<which>former|latter|first|second)\b(?: one)?", re.IGNORECASE)
#: Stands before a name that a sentence begins with.
_LEADS = re.compile(r"(?:ok|okay|then|so|settled|true|fair|alright)?[,:. ]*`?", re.IGNORECASE)


def is_chosen(sentence: Sentence, here: Sequence[Mention], mention: Mention) -> bool:
    """Whether a sentence chooses what it names: "Varnish it is", "so let's take Varnish"."""
    before, after = sentence.text[: mention.start], sentence.text[mention.end :]
    agrees = _SAID["yes"].match(before)
    starts = not before.strip(" `") or bool(_LEADS.fullmatch(before[agrees.end() :] if agrees else before))
    is_taken = bool(
        re.search(r"\b(?:so|then|ok|deal|take|:|,) ?(?:that one|that then|it is|that's it)\b", after, re.IGNORECASE)
    )
    behind = [each for each in here if each.start >= mention.end]
    if _SAID["tentative"].search(before):
        return False
    # "Kafka, NATS": the first one of a list is not chosen before the others.
    starts = starts and not sentence.text.endswith("?")
    starts = starts and not (behind and LINK.fullmatch(sentence.text[mention.end : behind[0].start]))
    concludes = _SAID["concludes"].fullmatch(
        AFTERTHOUGHT.split(before)[-1].removeprefix("but ")
    ) and not sentence.text.endswith("?")
    return (
        is_taken
        or bool(concludes and not is_doubted(sentence, here, mention))
        or bool(_SAID["choice_before"].search(before_list(sentence, here, mention)))
        or (starts and bool(_SAID["choice_after"].search(after)) and not _SAID["pricing"].search(after))
    )


def not_chosen(
    sentence: Sentence, here: Sequence[Mention], groups: Sequence[Sequence[str]], chosen: Set[str]
) -> list[str]:
    """Return the alternatives that a decision for another one leaves out."""
    if not groups or _SAID["open"].search(sentence.text) or _SAID["or"].search(sentence.text):
        return []
    which = _FORMER.search(sentence.text)
    if (
        which
        and not {each.id for each in here}.intersection(groups[-1])
        and re.search(
            r"^\W*(?:\w+ )?the (?:former|latter)\b|\b(?:is|prefer|then|please|cheaper|better|for|take)\b",
            sentence.text,
            re.IGNORECASE,
        )
    ):
        group = groups[-1]
        chosen = {group[0] if which["which"].lower() in ("former", "first") else group[-1]}
    # "RDS with pgvector": what is named beside the choice is not left out by it.
    kept = chosen | {each.id for each in here}
    return [each for group in groups if len(chosen & set(group)) == 1 for each in group if each not in kept]


def alternatives(sentence: Sentence, here: Sequence[Mention], last: Sequence[str]) -> list[tuple[str, ...]]:
    """Return groups of technologies between which there is an "or"; it may begin the next message."""
    groups: list[tuple[str, ...]] = []
    row: list[Mention] = []
    for each in here:
        between = sentence.text[row[-1].end : each.start] if row else ""
        is_listed = _SAID["link"].search(between) or (between.strip() == "," and _is_comparison(sentence.text))
        if row and is_listed and each.id != row[-1].id:
            row.append(each)
        else:
            groups.append(tuple(ids(row)))
            row = [each]
    groups.append(tuple(ids(row)))
    found = [
        group
        for group in groups
        if len(group) > 1 and (_SAID["or"].search(sentence.text) or _is_comparison(sentence.text))
    ]
    is_better = bool(here) and BETTER.match(sentence.text[here[0].end :])
    is_added = sentence.text.lower().startswith("and ")  # "and Airflow?" is one more, and no other
    is_brief_question = sentence.text.endswith("?") and len(sentence.text.split()) <= 3 and not is_added
    if here and last and (is_brief_question or is_better or _SAID["offers"].match(sentence.text)):
        found.append(tuple(dict.fromkeys((*last, here[0].id))))
    return [group for group in found if len(group) > 1]


def _is_comparison(text: str) -> bool:
    return bool(
        re.search(
            r"\b(?:looked at|compared?|between|evaluated|tried|candidates?|options?|alternatives?|choose|either|choice|"
            r"shortlist|whatever)\b",
            text,
            re.IGNORECASE,
        )
    )


def before_list(sentence: Sentence, here: Sequence[Mention], mention: Mention) -> str:
    """Return what stands before a name, or before the list in which it stands."""
    start = mention.start
    for each in reversed([each for each in here if each.end <= mention.start]):
        if LINK.fullmatch(sentence.text[each.end : start]):
            start = each.start
    return sentence.text[:start].rstrip("`")


def is_doubted(sentence: Sentence, here: Sequence[Mention], mention: Mention) -> bool:
    """Whether what is said of one name, up to the next one, speaks against it: "X was nice, but expensive"."""
    behind = next((each.start for each in here if each.start >= mention.end), len(sentence.text))
    return bool(_SAID["doubt"].search(sentence.text[mention.end : behind])) and not is_skill(sentence.text)

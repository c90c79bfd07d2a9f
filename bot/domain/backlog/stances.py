"""Which technologies a thread decides against: a rejected name is neither offered nor a skills gap."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from bot.domain.backlog.cues import pattern
from bot.domain.backlog.technologies import Mention, Vocabulary, ids
from bot.domain.backlog.threads import Sentence, Thread

_BEFORE = pattern("stances", "before")
_FROM = re.compile(r"\bfrom\s+(?:(?:the|our|an?|old|on-prem)\s+){0,2}$", re.IGNORECASE)
_TO = re.compile(r"^[^.,;]{0,40}?\s(?:to|into|over to|onto)\b", re.IGNORECASE)
_OUT = (
    r"(?:dead|off the table|done for|ruled out|too \w+|overkill|rejected|out\b(?! of)|out of the question|no longer|"
    r"no (?:good|go|option)|"
    r"discontinued|killed|forbidden|history|considered and rejected|decided against|a no-go|(?:not|"
    r"n't) (?:an option|allowed|possible|permitted|what we want|"
    r"happening|worth it|for us|suitable))\b"
)
_AFTER = pattern("stances", "after")
_THAT_IS_OUT = re.compile(
    r"^(?:(?:so |then )?(?:out|rejected|ruled out|no go|discarded|next)\W*$)|"
    rf"^(?:that|it|this|both)(?:'s| is| was| are|'re)? (?:\w+ )?{_OUT}",
    re.IGNORECASE,
)
_SO_NO = re.compile(r"^(?:its?|they|that|their)\b.*\b(?:so|hence|therefore),? no\W*$", re.IGNORECASE)
_WORK = pattern("stances", "work")
_NO = pattern("stances", "no")
_NO_AT_ALL = re.compile(r"^(?:no,? (?!problem|idea|clue|rush|one|experience)|nope,? |nah,? )", re.IGNORECASE)
_PROPOSAL = pattern("stances", "proposal")
_CHOICE_AFTER = pattern("stances", "choice_after")
_CHOICE_BEFORE = pattern("stances", "choice_before")
_OFFERS = re.compile(r"(?:or|maybe|what about|how about)\b", re.IGNORECASE)
_LINK = re.compile(
    r"^[`\s,]*(?:or|vs\.?|versus|and(?: at)?|/|,|,? or maybe|, or)[\s`]*(?:the |maybe |at )?$", re.IGNORECASE
)
_OR = re.compile(r"\b(?:or|vs|versus|either|alternatives?)\b|^or\b", re.IGNORECASE)
_FORMER = re.compile(r"\bthe (?P<which>former|latter|first|second)\b(?: one)?", re.IGNORECASE)
_OPEN = pattern("stances", "open")


@dataclass(frozen=True, slots=True)
class Stances:
    """What is decided against, with the place of the sentence that does, and what is left to choose from."""

    rejected: dict[str, int]
    undecided: tuple[tuple[str, ...], ...]


def find(
    thread: Thread, mentions: Sequence[Sequence[Mention]], vocabulary: Vocabulary, *, asked_in: Set[int]
) -> Stances:
    """Return what the thread decides against, and the alternatives that it leaves open. The last word counts."""
    rejected: dict[str, int] = {}
    groups: list[tuple[str, ...]] = []
    last: tuple[str, ...] = ()
    for sentence in thread.sentences:
        here = mentions[sentence.at]
        refused = {each.id for each in here if _is_refused(thread, sentence, each)}
        for each in here:
            if each.id in refused:
                rejected[each.id] = sentence.at
            elif sentence.at in asked_in or _WORK.search(sentence.text[: each.start]) or _is_chosen(sentence, each):
                rejected.pop(each.id, None)
        rejected |= dict.fromkeys(_not_chosen(sentence, here, groups, refused), sentence.at)
        if not here and last and _THAT_IS_OUT.search(sentence.text):
            rejected |= dict.fromkeys(last, sentence.at)
        if not here and last and len(last) == 1 and _NO.search(sentence.text) and _is_proposal(thread, sentence.at - 1):
            rejected[last[0]] = sentence.at
        kinds = {vocabulary[each].type for each in last} - {vocabulary[each.id].type for each in here}
        if len(last) == 1 and kinds and _SO_NO.search(sentence.text):
            rejected[last[0]] = sentence.at
        groups.extend(_alternatives(sentence, here, last, vocabulary))
        last = tuple(ids(here)) or (last if len(sentence.text) < 60 else ())
    opened = tuple(left for group in groups if len(left := tuple(each for each in group if each not in rejected)) > 1)
    return Stances(rejected, opened)


def _is_refused(thread: Thread, sentence: Sentence, mention: Mention) -> bool:
    before, after = sentence.text[: mention.start].rstrip("`"), sentence.text[mention.end :]
    if _WORK.search(before):
        return False
    if _BEFORE.search(before) or _AFTER.search(after):
        return True
    if (
        _FROM.search(before)
        and _TO.search(after)
        and re.search(r"\b(?:mov|migrat|switch|chang|go|went|away|transition)", before, re.IGNORECASE)
    ):
        return True
    # "BigQuery?" and then "no, the data stays here".
    following = sentence.at + 1
    return (
        after.lstrip("`").startswith("?")
        and following < len(thread.sentences)
        and _is_proposal(thread, sentence.at)
        and bool(
            _NO_AT_ALL.search(thread.sentences[following].text)
            or _NO.fullmatch(thread.sentences[following].text.strip(" .!"))
        )
    )


def _is_proposal(thread: Thread, at: int) -> bool:
    text = thread.sentences[at].text
    asks_for_skill = re.search(
        r"\b(?:know|used|experience|done|familiar|worked|tried|touched|can you|could)\b", text, re.IGNORECASE
    )
    return text.endswith("?") and not asks_for_skill and (len(text.split()) <= 5 or bool(_PROPOSAL.search(text)))


def _is_chosen(sentence: Sentence, mention: Mention) -> bool:
    before, after = sentence.text[: mention.start], sentence.text[mention.end :]
    starts = not before.strip(" `") or bool(
        re.fullmatch(r"(?:ok|okay|then|so|yes|settled|fine|right)?[,:. ]*`?", before, re.IGNORECASE)
    )
    is_taken = bool(
        re.search(r"\b(?:so|then|ok|deal|take|:|,) ?(?:that one|that then|it is|that's it)\b", after, re.IGNORECASE)
    )
    return is_taken or bool(_CHOICE_BEFORE.search(before)) or (starts and bool(_CHOICE_AFTER.search(after)))


def _not_chosen(
    sentence: Sentence, here: Sequence[Mention], groups: Sequence[Sequence[str]], refused: Set[str]
) -> list[str]:
    """Return the alternatives that a decision for another one leaves out."""
    if not groups or _OPEN.search(sentence.text) or _OR.search(sentence.text):
        return []
    chosen = {each.id for each in here if each.id not in refused and _is_chosen(sentence, each)}
    which = _FORMER.search(sentence.text)
    if (
        which
        and not here
        and re.search(r"\b(?:is|prefer|then|please|cheaper|better|for|take)\b", sentence.text, re.IGNORECASE)
    ):
        group = groups[-1]
        chosen = {group[0] if which["which"].lower() in ("former", "first") else group[-1]}
    return [each for group in groups if len(chosen.intersection(group)) == 1 for each in group if each not in chosen]


def _alternatives(
    sentence: Sentence, here: Sequence[Mention], last: Sequence[str], vocabulary: Vocabulary
) -> list[tuple[str, ...]]:
    """Return groups of technologies of one kind between which there is an "or"; it may begin the next message."""
    groups: list[tuple[str, ...]] = []
    row: list[Mention] = []
    for each in here:
        between = sentence.text[row[-1].end : each.start] if row else ""
        is_listed = _LINK.search(between) or (between.strip() == "," and _is_comparison(sentence.text))
        if row and is_listed and each.id != row[-1].id:
            row.append(each)
        else:
            groups.append(tuple(ids(row)))
            row = [each]
    groups.append(tuple(ids(row)))
    found = [
        group for group in groups if len(group) > 1 and (_OR.search(sentence.text) or _is_comparison(sentence.text))
    ]
    is_brief_question = sentence.text.endswith("?") and len(sentence.text.split()) <= 3
    if here and last and (is_brief_question or _OFFERS.match(sentence.text)):
        found.append(tuple(dict.fromkeys((*last, here[0].id))))
    return [group for group in found if len(group) > 1 and len({vocabulary[each].type for each in group}) == 1]


def _is_comparison(text: str) -> bool:
    return bool(
        re.search(
            r"\b(?:looked at|compared?|between|evaluated|tried|candidates?|options?|alternatives?|choose|either|choice|"
            r"shortlist)\b",
            text,
            re.IGNORECASE,
        )
    )

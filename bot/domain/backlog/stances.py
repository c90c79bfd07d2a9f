"""Which technologies a thread decides against: a rejected name is neither offered nor a skills gap."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from bot.domain.backlog.technologies import Mention, Vocabulary, ids
from bot.domain.backlog.threads import Sentence, Thread

_BEFORE = re.compile(
    r"(?:\b(?:^off|instead of|rather than|not|never|against|forget(?: about)?|ditch(?:ing)?|drop(?:ping)?|scrap|"
    r"skip|without|neither|nor|please no|no more|"
    r"(?:get|getting|got) rid of|retir(?:e|es|ed|ing)|decommission(?:ing)?|abandon(?:ing)?|stop using|(?:mov(?:e|es|"
    r"ed|ing)|get(?:ting)?|migrat(?:e|es|ed|ing)|going|away|goes) (?:\w+ )?(?:off|away from|out of)|"
    r"away from|so off|don't (?:want|need|use)|do not want|no longer (?:use|want|need)|leav(?:e|es|ing)(?: behind)?|"
    r"replac(?:e|es|ed|ing|ement for)|successor (?:of|to)|sick of|tired of|fed up with|"
    r"anything but|everything but|except|(?:ruled|ruling) out|rejected|excluded|dismissed|crossed off)|"
    r"(?<!have )(?<!has )(?<!is )(?<!are )(?<!with )(?<!had )\bno)"
    r"\s+(?:(?:the|our|a|an|old|another|your|this|that|to|use|self-hosted|on|with|back|go|take|even|all|"
    r"of)\s+){0,4}$",
    re.IGNORECASE,
)
_FROM = re.compile(r"\bfrom\s+(?:(?:the|our|an?|old|on-prem)\s+){0,2}$", re.IGNORECASE)
_TO = re.compile(r"^[^.,;]{0,40}?\s(?:to|into|over to|onto)\b", re.IGNORECASE)
_OUT = (
    r"(?:dead|off the table|done for|ruled out|too \w+|overkill|rejected|out\b(?! of)|out of the question|no longer|"
    r"no (?:good|go|option)|"
    r"discontinued|killed|forbidden|history|considered and rejected|decided against|a no-go|(?:not|"
    r"n't) (?:an option|allowed|possible|permitted|what we want|"
    r"happening|worth it|for us|suitable))\b"
)
_AFTER = re.compile(
    r"^`?\s*(?:proper |itself |cloud |idea |option |plan |route )?(?:is|was|are|'s|would be|has been|seems|sounds|"
    r"feels|looks)?\s*"
    rf"(?:also |just |way |far |clearly |simply |probably |really |a bit |an )*{_OUT}|"
    r"^`?\s*(?:(?:has|have) no (?!idea|docs)|makes no sense|drove (?:me|us)|has been tried|(?:won't|can't|wouldn't|"
    r"doesn't|didn't) (?:do\b|fly|scale|work out|cut it|fit|help|make it))|"
    r"^`?\?+\s*(?:no\b|expensive|overkill|nope|nah|god no|please no|too |over my dead|we can't afford|not (?:again|"
    r"really|for|with)|never again)|^`?,? no thanks",
    re.IGNORECASE,
)
_THAT_IS_OUT = re.compile(rf"^(?:that|it|this|both)(?:'s| is| was| are|'re)? (?:\w+ )?{_OUT}", re.IGNORECASE)
_WORK = re.compile(
    r"\b(?:port(?:ed|ing)?|migrat(?:e|ed|ing)|convert(?:ed|ing)?|translat(?:e|ed|ing)|rewrit(?:e|ten|ing)|mov(?:e|"
    r"ed|ing)|copy|export|sync\w*|decommission)\s+(?:(?!from\b|to\b|off\b|away\b|out\b)[\w'-]+\s+){0,4}$",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^(?:no\b|nope|nah|never|please no|not really|rather not|i'd rather not|too |overkill|god no|over my dead|"
    r"we can't afford|never again|we discussed|"
    r"that's a contract|\.+ ?no\b)",
    re.IGNORECASE,
)
_NO_AT_ALL = re.compile(r"^(?:no,? (?!problem|idea|clue|rush|one|experience)|nope,? |nah,? )", re.IGNORECASE)
_PROPOSAL = re.compile(
    r"\b(?:what about|how about|why not|shall we|should we|do we (?:still |really )?need|maybe|or|could we use|"
    r"would|so|and)\b",
    re.IGNORECASE,
)
_CHOICE_AFTER = re.compile(
    r"^`?\s*(?:then\b|please\b|it is\b|pls\b|\+1|wins\b|for me\b|as well\b|[.!,](?!\s*(?:but|or|and)\b)|$)",
    re.IGNORECASE,
)
_CHOICE_BEFORE = re.compile(
    r"\b(?:go(?:ing)? (?:with|for)|went with|take|prefer|i'm for|i am for|settled(?: on)?|decided (?:on|for)|chose|"
    r"choose|pick(?:ed)?|outcome was|let's use|use|it's|my vote(?: is| goes)?(?: for| to)?|stick with|stay (?:with|"
    r"on)|rather)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_OFFERS = re.compile(r"(?:or|maybe|what about|how about)\b", re.IGNORECASE)
_LINK = re.compile(
    r"^[`\s,]*(?:or|vs\.?|versus|and(?: at)?|/|,|,? or maybe|, or)[\s`]*(?:the |maybe |at )?$", re.IGNORECASE
)
_OR = re.compile(r"\b(?:or|vs|versus|either|alternatives?)\b|^or\b", re.IGNORECASE)
_FORMER = re.compile(r"\bthe (?P<which>former|latter|first|second)\b(?: one)?", re.IGNORECASE)
_OPEN = re.compile(
    r"\b(?:either|don't care|no preference|whichever|decide|rather run|don't mind|up to (?:you|them|devops)|"
    r"both are fine)\b",
    re.IGNORECASE,
)


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
    return bool(_CHOICE_BEFORE.search(before)) or (starts and bool(_CHOICE_AFTER.search(after)))


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
        if row and _LINK.search(sentence.text[row[-1].end : each.start]) and each.id != row[-1].id:
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
        re.search(r"\b(?:looked at|compared?|between|evaluated|tried|candidates|options)\b", text, re.IGNORECASE)
    )

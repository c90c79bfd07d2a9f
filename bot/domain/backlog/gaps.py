"""What nobody in the team can do yet: a sentence says that a skill is missing, and a technology is near."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from bot.domain.backlog.technologies import Mention, ids
from bot.domain.backlog.threads import Sentence, Thread

_SKILL = (
    r"(?:know|knows|knew|used?|using|touched|done|did|do|run|ran|running|written|wrote|worked|work with|seen|set up|"
    r"set it up|operated|operate|installed|tried|built|understand|understands|understood|"
    r"experience|familiar|clue|idea|knowledge|expertise|skills?|learn(?:ed|t)?|restored|configured|deployed|"
    r"maintained|upgraded|migrated|opened|looked (?:at|into)|heard|had|handled|administered|played with|it before)"
)
_LACKS = re.compile(
    r"\b(?:starting|start|begin|beginning) from (?:scratch|zero)\b|\b(?:closed book|dark art|mystery|rocket science|"
    r"unknown territory|chinese) "
    r"(?:to|for) (?:me|us|all of us)\b|\b(?:i'm|we're|am|are) (?:completely |totally )?lost\b|\bonce, that's it\b|"
    r"\bthat's about it\b|\bnever heard\b|\b(?:can|could) (?:not|hardly) tell\b|\bno \w+ people\b|"
    r"\bfeels? (?:at home|comfortable|safe)\b(?<=nobody)|\b(?:would|will) be (?:a|our|my|the) first\b|\b(?:lack|"
    r"lacking|without|missing|no|zero) (?:the |any )?"
    r"(?:\S+ ){0,2}(?:know-?how|knowledge|skills?|expertise|experience|people|experts?|admins?|"
    r"specialists?)\b(?! of the (?:domain|business))|"
    r"\b(?:knowledge|experience|know-?how) is (?:from|rusty|zero|limited|thin|old|outdated|nil)\b|\b(?:don't|do not|"
    r"didn't|doesn't) (?:\w+ )?(?:really |fully |quite )?"
    r"(?:get|grasp|master|follow)\b(?! (?:any|the (?:mail|mails|alerts?|response|data)|it done|paid|access|a ))|"
    r"\b(?:haven't|hasn't|have not) (?:got )?(?:a|any|the) "
    r"(?:clue|idea|experience|slightest)\b|\bnobody (?:\w+ ){0,4}(?:feels|is|dares|knows|speaks|trusts|comfortable|"
    r"fluent|confident|trained)\b(?! (?:blocked|stuck|there|available|free))|"
    rf"\b(?:nobody|no one|no-one|none of (?:us|the team|them)|neither of us|neither (?:do|have|did) i|"
    rf"not one of us)\b[^.?!]{{0,50}}?\b{_SKILL}\b|"
    rf"\b(?:i|we|i've|we've|have|has|ever) never (?:\w+ )?{_SKILL}\b|^(?:\w+ )?never {_SKILL}\b|"
    rf"\bnever (?:actually |really |even )?(?:used|touched|run|ran|written|done|seen|set up|worked|tried|operated|"
    rf"built|configured|deployed|installed|heard|opened|looked|had to|did)\b|"
    rf"\b(?:have|had|got|with|has|i've|we've|there's|there is)?\s?(?:no|zero|little|hardly any|0|not much|not any|"
    rf"next to no|not a lot of) (?:real |actual |\w+ )?(?:experience|clue|idea|knowledge|expertise|skills?|"
    rf"know-?how)\b|"
    r"\b(?:don't|do not|doesn't|does not|didn't|can't|cannot) (?:\w+ ){0,2}(?:know (?:how|much|anything|enough|it|"
    r"the first|about|any|\w+ itself|\w+ (?:at all|yet|well|either))|have (?:any |much |the )?(?:experience|"
    r"know-?how|expertise|skills?)|understand|get (?:it|filters|how|the)|speak|read hcl)\b|"
    r"\b(?:haven't|hasn't|have not|has not|hadn't) (?:\w+ ){0,2}(?:used|touched|done|worked|run|written|seen|tried|"
    r"set|built|played|looked|had|learned|ever)\b|\b(?:to|used|know|knows|tried|done|with|run|touched) neither\b|"
    r"\bonly knows? (?:it|that|this|\w+) from\b|\bnever used\b|"
    r"\b(?:unfamiliar|not familiar|new (?:to|for|territory for) (?:us|me|all of us|the team|everybody|everyone)|"
    r"all new|brand ?new for|complete(?:ly)? (?:beginners?|new|newbies?)|newbies?|noobs?|beginners?|"
    r"out of our depth|over our heads?|black (?:box|magic)|greek to|uncharted)\b|"
    r"\b(?:wouldn't|would not) (?:even )?know (?:where|how|what)\b|\bstill don't\b(?! need| have access)|"
    r"\bheard (?:of it|the name|about it|of (?:it|that))\b|\bconference talks?\b|\bread (?:the|a) (?:docs?|readme|"
    r"book|blog|tutorial)\w*\b[^.]{0,20}(?:once|twice|three times|and|,)|\bonce read\b|\beven less\b|"
    r"\bonly (?:ever )?(?:read|heard|seen|saw|watched) (?:about|of|it|a)?\b|\bsaw a \w+ (?:talk|demo|video)\b|"
    r"\bthat's (?:my|the extent of (?:it|my)|all i) (?:knowledge|know)?\b|\bfirst (?:time|contact|"
    r"project) (?:for (?:us|me|all)|with|that we)\b|"
    r"\b(?:we|i)'d (?:rather not|have to|need to) learn\b|\bgave up\b|\bnobody (?:here |on the team |"
    r"in the team )?(?:can|could|dares|is able)\b|\bno (?:\w+ )?(?:experts?|people|person|admins?|"
    r"specialists?) (?:here|in the team|on the team|among us)\b|\b(?:ni idea|keine ahnung|aucune idée|geen idee)\b|"
    r"\bassumes? that i know\b",
    re.IGNORECASE,
)
_BUS_FACTOR = re.compile(
    r"\bonly (?:\w+ ){1,2}(?:can|knows?|has|understands?|does|did|used|ever|touches|dares|is able)\b|\b(?:i'm|am|is|"
    r"was|\w+ is) the only (?:one|person)\b|\b(?:depends|hangs|rests) on (?:one person|\w+ alone)\b|\bbus factor\b|"
    r"\b(?:the (?:one|person|guy|colleague) who (?:knew|knows|built|set)|knew (?:it|that|"
    r"this))\b[^.]{0,40}\b(?:left|leaves|gone|retired|retires|quit|leave)\b|\bknowledge left with\b|"
    r"\bif \w+ is (?:ill|sick|on (?:holiday|leave|vacation))\b[^.]{0,30}\b(?:nobody|no one|stuck)\b",
    re.IGNORECASE,
)
_HAS = re.compile(
    r"\b(?:i|we|both|she|he|two of us|all of us|most of us|everybody|everyone|me|we've|i've|they)(?: both| all|'ve|"
    r" have)? (?:already )?(?:know (?!nothing|no |a bit|only|from)|know it|used (?:it|that|to run)|run (?:it|that|"
    r"before)|have run|ran it|ran (?:that|one)|did (?:it|that|one)|done (?:it|that)|"
    r"done|worked with|set (?:it|that|one) up|wrote|can (?:do|write|read)|am fine with|have experience|"
    r"have some experience|have used|have done|maintain(?:ed)?|use it)\b|\bin (?:my|our) sleep\b|\bno problem\b|"
    r"\b(?:know|knows) (?:it |\w+ )?(?:well|inside out|quite well|by heart)\b|\bwell enough\b|"
    r"\b(?:me|i) (?:yes|do|did|have|can)\b|^(?:yes|yep|sure|i do|i have|i did|me)\b|\bfor years\b|"
    r"\bcomfortable with\b|\bno (?:gap|training)\b|\bplenty of experience\b|\bi have\b, ",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:anyone|anybody|somebody|someone|does|has|have|do|did|who|ever|you)\b[^?]{0,50}\b(?:know|knows|used?|"
    r"experience|done|did|familiar|worked|run|written|touched|tried|heard|seen|set up|alguien sabe)\b[^?]{0,60}\?|"
    r"\balguien sabe\b|^who (?:of us |here |in the team )?(?:has|knows|can)\b",
    re.IGNORECASE,
)
_NO_SKILL = re.compile(
    r"\bnobody (?:sees|notices|likes|cares|reacts|answers|replied|watches|looks|reads|wants|needs|told)\b|"
    r"\bnever (?:mind|tested|works?|again|finishes|arrives)\b|\bno idea (?:why|when|who|what|which|whose|whether|"
    r"if)\b|\bdon't know (?:why|when|who|which|whether|if|yet|whose|where)\b|"
    r"\bnobody (?:has|have|had) (?:access|time|rights|permission)\b|\bno clue (?:why|when|who|whose|which)\b|"
    r"\b(?:don't|do not) (?:have|know) (?:the )?(?:access|rights|time|password|url|new|budget)\b|\bnever (?:ran|"
    r"run) (?:out|into|a problem|through)\b",
    re.IGNORECASE,
)
_PAIR = re.compile(r"\b(?:either|neither|both)\b", re.IGNORECASE)
_ALL_OF_THEM = re.compile(
    r"\b(?:any of (?:it|them|these|those|this|that)|none of (?:them|these|this|it)|of them|all (?:of )?(?:it|this|"
    r"these|that|new))\b",
    re.IGNORECASE,
)
_EVERY = 99
_NONE = re.compile(
    r"(?:so |and |that makes )?(?:none of us|nobody|no one|neither of us|not one of us)(?: here| either)?\W*$",
    re.IGNORECASE,
)
_SKILLED = re.compile(rf"\b{_SKILL}\b", re.IGNORECASE)
_OF = re.compile(r"[^,;.!?]{0,20}\b(?:on|over|in|for|with|from|to|into|behind|of)\b[^,;.!?]{0,12}", re.IGNORECASE)
_BACK = 4


def find(thread: Thread, mentions: Sequence[Sequence[Mention]], *, rejected: Set[str]) -> dict[str, Sentence]:
    """Return the technologies that the team cannot handle, with the sentence that says so."""
    gaps: dict[str, Sentence] = {}
    firm: set[str] = set()
    sentences = thread.sentences
    for sentence in sentences:
        text = sentence.text
        here = mentions[sentence.at]
        single = _BUS_FACTOR.search(text)
        none = (
            _NONE.match(text)
            if any(_SKILLED.search(each.text) for each in sentences[max(0, sentence.at - 3) : sentence.at])
            else None
        )
        lacks = single or none or (_LACKS.search(text) if not _NO_SKILL.search(text) else None)
        if lacks:
            found = _meant(thread, mentions, sentence, lacks, rejected)
            gaps |= {each: sentence for each in found if each not in gaps}
            firm |= set(found)
        elif _ASKS.search(text) and not _answered(sentences, sentence):
            asked = ids(here) or _before(thread, mentions, sentence, rejected, at_least=2)
            gaps |= {each: sentence for each in asked if each not in gaps}
        elif _HAS.search(text):
            for each in ids(here):
                if each not in firm:
                    gaps.pop(each, None)
    return {each: said for each, said in gaps.items() if each not in rejected}


def _answered(sentences: Sequence[Sentence], asked: Sentence) -> bool:
    """Whether somebody who answers has the skill, or nobody says a word about it."""
    answers = [each for each in sentences[asked.at + 1 : asked.at + 5] if each.message.index - asked.message.index <= 3]
    for answer in answers:
        if (_LACKS.search(answer.text) and not _NO_SKILL.search(answer.text)) or re.match(
            r"(?:no\b|nope|nah|not me|not really|not a bit|me neither|neither|none|nobody|negative|me no|ni idea|"
            r"crickets|silence|ehm|uh)",
            answer.text,
            re.IGNORECASE,
        ):
            return False
        if _HAS.search(answer.text):
            return True
    return True


def _meant(
    thread: Thread, mentions: Sequence[Sequence[Mention]], sentence: Sentence, lacks: re.Match[str], rejected: Set[str]
) -> list[str]:
    here = [each for each in mentions[sentence.at] if each.id not in rejected and not _is_known(sentence.text, each)]
    several = _PAIR.search(sentence.text) or _ALL_OF_THEM.search(sentence.text)
    if here:
        after = [each for each in here if each.end > lacks.start()]
        return ids(here if several else after or here)
    at_least = 1 if several is None else 2 if _PAIR.search(sentence.text) else _EVERY
    return list(_before(thread, mentions, sentence, rejected, at_least=at_least))


def _is_known(text: str, mention: Mention) -> bool:
    around = text[max(0, mention.start - 30) : mention.end + 30]
    return bool(re.search(r"\bwe (?:know|have used|use)\b", around, re.IGNORECASE)) and "don't" not in around


def _before(
    thread: Thread, mentions: Sequence[Sequence[Mention]], sentence: Sentence, rejected: Set[str], *, at_least: int
) -> Iterator[str]:
    """Yield what is named nearest before: by one sentence, or by whole messages until `at_least` so many are found."""
    found: list[str] = []
    nearest = -1
    for at in range(sentence.at - 1, max(-1, sentence.at - 2 - _BACK), -1):
        before = thread.sentences[at]
        index = before.message.index
        named = ids(mentions[at]) if at_least == _EVERY else _heads(before.text, mentions[at])
        is_enough = len(found) >= at_least and (at_least == 1 or index != nearest)
        if sentence.message.index - index > _BACK or (named and is_enough):
            return
        left = [each for each in named if each not in rejected]
        yield from left
        found += left
        nearest = index if left else nearest


def _heads(text: str, mentions: Sequence[Mention]) -> list[str]:
    """Return what a sentence is about: of "a Flink job over Kafka" it is Flink, of "Flink and Kafka" both."""
    heads = [
        each
        for at, each in enumerate(mentions)
        if at == 0 or not _OF.fullmatch(text[mentions[at - 1].end : each.start])
    ]
    return ids(heads)

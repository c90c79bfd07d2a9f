"""What a sentence says of a technology that it names: it is chosen, refused, doubted, or only put up for a choice."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from itertools import pairwise

from bot.domain.backlog.clauses import LINK, pieces
from bot.domain.backlog.cues import WORDS, patterns
from bot.domain.backlog.gaps import is_about_skill, is_skill, without_skill
from bot.domain.backlog.technologies import Mention, ids
from bot.domain.backlog.threads import Sentence, Thread

_SAID = patterns("stances")
#: Begins what is said of a name in the same sentence: "Datadog is 11k a month, forget it".
_AFTERTHOUGHT = re.compile(r",\s+|\s-\s|;\s+|\s(?=but\s)")
#: "no Pulsar access yet": what is missing is wanted.
_NOT_YET = re.compile(
    rf"\bno \W?§\W{{1,2}}(?:{'|'.join(WORDS['beside_technologies'].split())}|yet|there)\b", re.IGNORECASE
)


class Said:
    """A technology that a sentence names, among the words around it."""

    def __init__(self, thread: Thread, sentence: Sentence, here: Sequence[Mention], mention: Mention) -> None:
        text, start = sentence.text, mention.start
        for each in reversed([each for each in here if each.end <= start]):
            start = each.start if LINK.fullmatch(text[each.end : start]) else start
        behind = next((each.start for each in here if each.start >= mention.end), None)
        self.thread, self.sentence, self.here, self.mention, self.id = thread, sentence, here, mention, mention.id
        self.before, self.after = text[: mention.start].rstrip("`"), text[mention.end :]
        #: What stands before the list in which it stands, and behind it up to the next name.
        self.before_list, self.own = text[:start].rstrip("`"), text[mention.end : behind]
        self.place = next(each for each in pieces(text, decides) if mention.start < each.stop)
        self.is_last = behind is None

    @property
    def is_chosen(self) -> bool:
        """Whether it is chosen: "Varnish it is", "so let's take Varnish"."""
        if _SAID["tentative"].search(self.before):
            return False
        if _SAID["taken"].search(self.after) or _SAID["choice_before"].search(self.before_list):
            return True
        if self.sentence.text.endswith("?"):
            return False
        if _SAID["concludes"].fullmatch(_AFTERTHOUGHT.split(self.before)[-1].removeprefix("but ")):
            return not self.is_doubted
        agrees = _SAID["yes"].match(self.before)
        starts = _SAID["leads"].fullmatch(self.before, agrees.end() if agrees else 0)
        # "Kafka, NATS": the first one of a list is not chosen before the others.
        is_listed = not self.is_last and LINK.fullmatch(self.own)
        return bool(starts and not is_listed and _SAID["choice_after"].search(self.after))

    @property
    def is_doubted(self) -> bool:
        """Whether what is said of it speaks against it: "X was nice, but expensive"."""
        return bool(_SAID["doubt"].search(self.own)) and not is_skill(self.sentence.text)

    @property
    def is_denied(self) -> bool:
        """Whether something is denied of it, other than a skill: "we are not paying for it", "it gets no support"."""
        text = self.sentence.text
        place = next(each for each in pieces(text, bool) if self.mention.start < each.stop)
        return bool(_SAID["denial"].search(text[place])) and not is_skill(text)

    @property
    def is_refused(self) -> bool:
        """Whether it is decided against: "neither Kafka nor NATS", "Kafka is out", "Kafka?" and then "no"."""
        before, text = self.before, self.sentence.text
        # "Kafka, no RabbitMQ": the no belongs to the name behind it.
        denied = _SAID["denies_next"].search(self.own)
        after = self.after[: denied.start()] if denied else self.after
        is_skill_said = is_about_skill(self.thread.sentences, self.sentence.at, self.place)
        if is_skill_said or self.mention in without_skill(text, self.here):
            return False
        if _SAID["choice_before"].search(before) or _SAID["work"].search(before):
            return False
        around = f"{before}§{after}"
        if (
            (_SAID["before"].search(before) and not _NOT_YET.search(around))
            or (_SAID["no_more"].search(before) and _SAID["end"].match(after))
            or _SAID["after"].search(after)
            or _SAID["around"].search(around)
            or any(_SAID["forget_it"].match(each) for each in _AFTERTHOUGHT.split(self.own)[1:])
        ):
            return True
        if _SAID["from"].search(before) and _SAID["to"].search(after):
            return True
        is_asked = after.lstrip("`").startswith("?") or _SAID["should_we"].search(text)
        # "BigQuery?" and then "no, the data stays here".
        replied = answer(self.thread, self.sentence)
        is_no = _SAID["no_at_all"].search(replied) or _SAID["no"].fullmatch(replied.strip(" .!"))
        return bool(is_asked and is_no) and is_proposal(self.thread, self.sentence.at)


def decides(text: str) -> bool:
    """Whether words decide against something, or tell of a skill."""
    return bool(_SAID["that_is_out"].search(text)) or is_skill(text)


def is_against(text: str, start: int, end: int) -> bool:
    """Whether a text decides against what is named there, whatever others say."""
    return bool(_SAID["before"].search(text[:start].rstrip("`")) or _SAID["after"].search(text[end:]))


def answer(thread: Thread, sentence: Sentence) -> str:
    """Return the sentence after a question, or after the questions that follow it in its message: "Dask? Polars?"."""
    after = thread.sentences[sentence.at + 1 :]
    return next(
        (each.text for each in after if each.message is not sentence.message or not each.text.endswith("?")), ""
    )


def is_proposal(thread: Thread, at: int) -> bool:
    """Whether a sentence asks if something is to be used, and not who can handle it."""
    text = thread.sentences[at].text
    is_question = (text.endswith("?") or _SAID["should_we"].search(text)) and not _SAID["asks_for_skill"].search(text)
    return bool(is_question and (len(text.split()) <= 5 or _SAID["proposal"].search(text)))


def is_bare(sentence: Sentence, here: Sequence[Mention]) -> bool:
    """Whether a message is nothing but one name: somebody's idea, until somebody takes it up."""
    if len(here) != 1 or not sentence.first or sentence.text[: here[0].start].strip(" `"):
        return False
    return _SAID["beyond"].search(sentence.text[: here[0].start] + sentence.text[here[0].end :]) is None


def is_only_proposed(thread: Thread, sentence: Sentence, here: Sequence[Mention]) -> bool:
    """Whether a sentence puts names up for a choice: it asks, says what could be, or is hardly more than the names."""
    if sentence.is_bullet or is_skill(sentence.text):
        return False
    is_agreed = _SAID["yes"].match(answer(thread, sentence))
    if sentence.text.endswith("?"):
        return is_proposal(thread, sentence.at) and not is_agreed
    if is_bare(sentence, here):
        return not is_agreed and not (sentence.at and thread.sentences[sentence.at - 1].text.endswith("?"))
    named = sum(len(sentence.text[each.start : each.end].split()) for each in here)
    is_list = len(here) > 1 and len(sentence.text.split()) - named <= 2
    return is_list or bool(_SAID["could_be"].search(sentence.text))


def not_chosen(
    sentence: Sentence, here: Sequence[Mention], groups: Sequence[Sequence[str]], chosen: Set[str]
) -> list[str]:
    """Return the alternatives that a decision for another one leaves out."""
    if not groups or _SAID["open"].search(sentence.text) or _SAID["or"].search(sentence.text):
        return []
    group, which = groups[-1], _SAID["former"].search(sentence.text)
    if which and not set(ids(here)).intersection(group):
        chosen = {group[-1] if which["latter"] else group[0]}
    # "RDS with pgvector": what is named beside the choice is not left out by it.
    kept = chosen | set(ids(here))
    return [each for group in groups if len(chosen & set(group)) == 1 for each in group if each not in kept]


def alternatives(sentence: Sentence, here: Sequence[Mention], last: Sequence[str]) -> list[tuple[str, ...]]:
    """Return groups of technologies between which there is an "or"; it may begin the next message."""
    text, groups = sentence.text, [list(here[:1])]
    for before, each in pairwise(here):
        if _SAID["link"].search(text[before.end : each.start]) and each.id != before.id:
            groups[-1].append(each)
        else:
            groups.append([each])
    found = [tuple(ids(group)) for group in groups if _SAID["or"].search(text)]
    is_brief_question = text.endswith("?") and len(text.split()) <= 3 and not text.lower().startswith("and ")
    if here and last and (is_brief_question or is_better(text[here[0].end :]) or _SAID["offers"].match(text)):
        found.append(tuple(dict.fromkeys((*last, here[0].id))))
    return [group for group in found if len(group) > 1]


def is_better(after: str) -> bool:
    """Whether a name is compared with one that was named before: "Linkerd is lighter"."""
    return _SAID["better"].match(after) is not None

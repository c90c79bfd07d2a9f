"""Which technologies a thread decides against: a rejected name is neither offered nor a skills gap."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence, Set
from dataclasses import dataclass

from bot.domain.backlog.choices import (
    AFTERTHOUGHT,
    BETTER,
    alternatives,
    before_list,
    is_chosen,
    is_doubted,
    not_chosen,
)
from bot.domain.backlog.clauses import pieces
from bot.domain.backlog.cues import WORDS, patterns
from bot.domain.backlog.gaps import is_about_skill, is_skill, lacks, without_skill
from bot.domain.backlog.technologies import Mention, Vocabulary, ids
from bot.domain.backlog.threads import Sentence, Thread

_SAID = patterns("stances")
#: Of these kinds a team wants one, and what it says of another one is seldom praise.
_ONE_IS_ENOUGH = frozenset(("broker", "database", "processing", "warehouse"))
#: By name, the families of technologies that do one job.
_FAMILIES: dict[str, list[frozenset[str]]] = {}
for _family in (frozenset(row.split()) for row in WORDS["rivals"]):
    for _each in _family:
        _FAMILIES.setdefault(_each, []).append(_family)
#: So many sentences back a doubt is what a choice answers.
_SHORTLY = 4
_BEYOND = re.compile(r"\w\W+\w|[!?:,`]")
#: "no Pulsar access yet": what is missing is wanted.
_NOT_YET = re.compile(
    rf"\bno \W?§\W{{1,2}}(?:{'|'.join(WORDS['beside_technologies'].split())}|yet|there)\b", re.IGNORECASE
)
#: "Security says no TeamViewer": what is refused, rather than what is missing of it.
_NO = re.compile(r"\bno (?:more )?[\s`]*$", re.IGNORECASE)
_ENDS = re.compile(
    r"`?(?:\s*(?:$|[.,;:!?)])|\s(?:please|pls|then|any ?more|for|in|on|here|this|and|but|or|of)\b)", re.IGNORECASE
)
_DENIAL = re.compile(r"\b(?:no|not|never|nobody|neither|nor|without|cannot)\b|n't\b", re.IGNORECASE)
#: Stands at the end of what is before a name, and denies that one.
_DENIES_NEXT = re.compile(
    r"[,;:-]?\s(?:and |but )?(?:no|not|never|without|nor|instead of|rather than)"
    r"(?: an?| the| our| to| with| use)*[\s`]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stances:
    """What is decided against, with the place of the sentence that does, and what is left to choose from."""

    rejected: dict[str, int]
    undecided: tuple[tuple[str, ...], ...]
    #: What was chosen in words, with the place of the sentence: "Varnish it is".
    chosen: dict[str, int]


def find(
    thread: Thread, mentions: Sequence[Sequence[Mention]], vocabulary: Vocabulary, *, asked_in: Set[int]
) -> Stances:
    """Return what the thread decides against, and the alternatives that it leaves open. The last word counts.

    What is only compared with, or is going away, counts as decided against if nothing more is said of it.
    """
    reader = _Reader(thread, mentions, vocabulary, asked_in)
    for sentence in thread.sentences:
        reader.read(sentence)
    return reader.stances()


class _Reader:
    def __init__(
        self, thread: Thread, mentions: Sequence[Sequence[Mention]], vocabulary: Vocabulary, asked_in: Set[int]
    ) -> None:
        self._thread, self._mentions, self._vocabulary, self._asked_in = thread, mentions, vocabulary, asked_in
        self._rejected: dict[str, int] = {}
        #: What is going away or elsewhere.
        self._aside: dict[str, int] = {}
        self._wanted: set[str] = set()
        self._proposed: set[str] = set()
        #: What work is asked on, what the team uses, what is only named, and what the last words on it speak against.
        self._asked: set[str] = set()
        self._used: set[str] = set()
        self._said: dict[str, int] = {}
        self._doubted: dict[str, int] = {}
        #: Of what something is denied: "we are not paying for it".
        self._denied: dict[str, int] = {}
        #: Where something was last proposed, and what was named in another way, too.
        self._proposals: dict[str, int] = {}
        self._taken_up: set[str] = set()
        #: Where something was last named in another way, and not for who can handle it.
        self._affirmed: dict[str, int] = {}
        self._chosen: dict[str, int] = {}
        self._groups: list[tuple[str, ...]] = []
        self._last: tuple[str, ...] = ()

    def stances(self) -> Stances:
        rejected = self._rejected | {name: at for name, at in self._aside.items() if name not in self._wanted}
        for name, at in self._doubted.items():
            if name not in self._asked and self._has_rival(name, rejected, named_after=at):
                rejected[name] = at
        rejected |= {name: at for name, at in self._denied.items() if self._is_last_word(name, at, rejected)}
        self._groups = [group for group in self._groups if not self._is_settled(group)]
        for group in self._groups:
            # Of "PagerDuty? Grafana OnCall?" one is spoken of again.
            taken = [name for name in group if name in self._affirmed and name not in rejected]
            idle = {name: self._proposals[name] for name in group if name in self._proposals.keys() - self._taken_up}
            if len(taken) == 1 and self._affirmed[taken[0]] > max(idle.values(), default=0):
                rejected |= idle
        open_choices = {name for group in self._groups for name in group if name not in rejected}
        for name, at in self._said.items():
            if name in self._asked | self._used | open_choices:
                continue
            later = {each for each, there in self._affirmed.items() if there > self._last_named(name)}
            is_later = self._thread.sentences[at].message.index > self._thread.messages[0].index
            if self._has_rival(name, rejected, more=later if is_later else frozenset()):
                rejected[name] = at
        rejected |= {name: at for name, at in self._left_lying() if name not in rejected | dict.fromkeys(open_choices)}
        left = [tuple(name for name in group if name not in rejected) for group in self._groups]
        chosen = {name: at for name, at in self._chosen.items() if name not in rejected}
        return Stances(rejected, tuple(group for group in left if len(group) > 1), chosen)

    def _is_last_word(self, name: str, at: int, rejected: Container[str]) -> bool:
        """Whether a denial is the last that is said of a name, and work is asked on another one that does its job.

        Where work was asked on the first one, too, that must have been before.
        """
        rivals = [each for each in self._asked if each not in rejected and self._do_one_job(name, each, is_wide=True)]
        if name in self._asked:
            rivals = [each for each in rivals if self._last_named(each) > at]
        return bool(rivals) and self._last_named(name) == at

    def _is_settled(self, group: Sequence[str]) -> bool:
        """Whether work is asked on something else that does the job of a group of alternatives, and on none of them."""
        last = max(at for at, row in enumerate(self._mentions) for each in row if each.id in group)
        later = {each.id for row in self._mentions[last + 1 :] for each in row} & self._taken_up
        rivals = (self._asked | later).difference(group)
        return not self._asked.intersection(group) and any(
            other in family for name in group for family in _FAMILIES.get(name, ()) for other in rivals
        )

    def _left_lying(self) -> Iterator[tuple[str, int]]:
        """Yield what was only proposed, although another one of its kind was taken up."""
        for name, at in self._proposals.items():
            sentence = self._thread.sentences[at]
            # A name alone is put up with more weight than one with a question mark.
            rivals = self._asked if _is_bare(sentence, self._mentions[at]) else self._taken_up
            if name not in self._taken_up and any(self._do_one_job(name, other, is_wide=True) for other in rivals):
                yield name, at

    def read(self, sentence: Sentence) -> None:
        here = self._mentions[sentence.at]
        refused = _refused(self._thread, sentence, here)
        is_idea = _is_bare(sentence, here) and _is_only_proposed(self._thread, sentence, here)
        is_idea = is_idea and not (self._said.keys() | self._proposals.keys()).intersection(ids(here))
        chosen = {each.id for each in here if each.id not in refused and is_chosen(sentence, here, each)}
        chosen = set() if is_idea else chosen
        if not here and _SAID["takes_it"].match(sentence.text):
            self._asked.update(self._last[-1:])
            self._wanted.update(self._last[-1:])
        self._chosen |= dict.fromkeys(chosen, sentence.at)
        for each in here:
            self._judge(sentence, each, refused=refused, chosen=chosen)
        self._denied |= {each.id: sentence.at for each in here if _is_denied(sentence, each)}
        named = ids(here)
        if sentence.text.endswith("?") and len(named) == 1 and len(sentence.text.split()) < 5:
            self._proposed.add(named[0])
        gone = not_chosen(sentence, here, self._groups, chosen)
        gone += [
            name
            for name in self._proposed - self._wanted - chosen
            if any(self._are_alike((name, other)) for other in chosen)
        ]
        # A choice settles what was doubted shortly before, whatever its kind.
        doubted = [each for each, at in self._doubted.items() if chosen and at >= sentence.at - _SHORTLY]
        gone += [each for each in doubted if each not in self._asked]
        gone += self._taken_back(sentence)
        if _SAID["corrected"].match(sentence.text):
            gone += [each for each in self._last if any(self._do_one_job(each, name, is_wide=True) for name in named)]
        self._rejected |= dict.fromkeys(gone, sentence.at)
        is_offer = _SAID["offers"].match(sentence.text)
        before = [name for name in self._last if is_offer or name not in self._asked]
        is_open = _SAID["open"].search(sentence.text)
        self._groups += [each for each in alternatives(sentence, here, before) if is_open or self._are_alike(each)]
        self._last = tuple(named) or (self._last if len(sentence.text) < 60 else ())

    def _judge(self, sentence: Sentence, mention: Mention, *, refused: Set[str], chosen: Set[str]) -> None:
        """Note what a sentence says of one technology."""
        name, here = mention.id, self._mentions[sentence.at]
        before, after = sentence.text[: mention.start].rstrip("`"), sentence.text[mention.end :]
        is_doubtful = is_doubted(sentence, here, mention)
        is_open = (is_doubtful and not mention.start) or _SAID["tentative"].search(before)
        is_asked = sentence.at in self._asked_in and not is_open
        is_asked = is_asked or name in chosen or bool(_SAID["work"].search(before))
        if is_asked or not _is_only_proposed(self._thread, sentence, here):
            self._taken_up.add(name)
            if not (is_skill(sentence.text) or _SAID["offers"].match(sentence.text) or BETTER.match(after)):
                self._affirmed[name] = sentence.at
        else:
            self._proposals[name] = sentence.at
        if name in refused:
            self._rejected[name] = sentence.at
        elif _SAID["until"].search(before) and _SAID["goes"].search(after):
            self._aside[name] = sentence.at
            self._wanted.discard(name)
        elif _SAID["aside"].search(before) or _SAID["aside_after"].search(after):
            self._aside[name] = sentence.at
            self._wanted -= {name} - self._asked
        elif is_asked:
            self._rejected.pop(name, None)
            self._wanted.add(name)
            self._asked.add(name)
            self._doubted.pop(name, None)
        elif _SAID["ends"].search(after) and self._has_alike(name):
            self._aside[name] = sentence.at
            self._wanted.discard(name)  # the last word counts
        elif is_doubtful or _SAID["compared"].search(before_list(sentence, here, mention)):
            self._doubted[name] = sentence.at
        elif sentence.text.endswith("?") or _SAID["tentative"].search(before):
            self._said.setdefault(name, sentence.at)
            self._proposed.add(name)
        else:
            self._wanted.add(name)
            is_one_of_many = any(self._do_one_job(name, each.id, is_wide=False) for each in here)
            if lacks(sentence.text) or (not is_one_of_many and _SAID["in_use"].search(f"{before[-40:]}§{after[:40]}")):
                self._used.add(name)
            self._said[name] = sentence.at

    def _taken_back(self, sentence: Sentence) -> list[str]:
        """Return what was named last, if a sentence that names nothing decides against it."""
        head = next((each.start for each in self._mentions[sentence.at]), len(sentence.text))
        if "," not in sentence.text[:head] and self._mentions[sentence.at]:
            return []
        before = self._mentions[sentence.at - 1] if sentence.at else ()
        is_proposed = len(set(ids(before))) == 1 and not _SAID["within"].search(
            self._thread.sentences[sentence.at - 1].text[: before[0].start]
        )
        if not self._last or not _is_taken_back(self._thread, sentence, is_proposed=is_proposed):
            return []
        return list(self._last if _SAID["plural"].search(sentence.text) else self._last[-1:])

    def _has_alike(self, name: str) -> bool:
        kind = self._vocabulary[name].type
        named = {each.id for row in self._mentions for each in row} - {name}
        return any(self._vocabulary[other].type == kind for other in named)

    def _last_named(self, name: str) -> int:
        return max(at for at, row in enumerate(self._mentions) for each in row if each.id == name)

    def _has_rival(
        self, name: str, rejected: Container[str], *, named_after: int | None = None, more: Set[str] = frozenset()
    ) -> bool:
        """Whether work is asked on another one of its kind, of which a team needs only one.

        What is doubted has one in whatever is named after the doubt as well.
        """
        rivals = self._asked | more
        if named_after is not None:
            after = {each.id for row in self._mentions[named_after:] for each in row}
            rivals |= (after | self._wanted) - self._doubted.keys()
        is_wide = named_after is not None and self._vocabulary[name].type != "language"
        return any(other not in rejected and self._do_one_job(name, other, is_wide=is_wide) for other in rivals)

    def _do_one_job(self, name: str, other: str, *, is_wide: bool) -> bool:
        """Whether a team needs only one of the two; `is_wide` takes a common type for a common job."""
        if name == other:
            return False
        kind = self._vocabulary[name].type
        is_alike = (is_wide or kind in _ONE_IS_ENOUGH) and self._vocabulary[other].type == kind
        return is_alike or any(other in family for family in _FAMILIES.get(name, ()))

    def _are_alike(self, group: Sequence[str]) -> bool:
        """Whether these are of one kind; a cloud's service may be of any."""
        return len({self._vocabulary[name].type for name in group} - {"cloud", "saas"}) < 2


def _refused(thread: Thread, sentence: Sentence, here: Sequence[Mention]) -> set[str]:
    """Return what a sentence decides against: "neither Kafka nor NATS", "Kafka is out", "Kafka?" and then "no"."""
    refused: set[str] = set()
    for at, each in enumerate(here):
        between = sentence.text[here[at - 1].end : each.start] if at and here[at - 1].id in refused else ""
        is_choice = _SAID["choice_before"].search(sentence.text[: each.start])
        if _SAID["and"].fullmatch(between) or (not is_choice and _is_refused(thread, sentence, here, each)):
            refused.add(each.id)
    return refused


def _is_refused(thread: Thread, sentence: Sentence, here: Sequence[Mention], mention: Mention) -> bool:
    before, after = sentence.text[: mention.start].rstrip("`"), sentence.text[mention.end :]
    behind = next((each.start for each in here if each.start >= mention.end), len(sentence.text))
    # "Kafka, no RabbitMQ": the no belongs to the name behind it.
    if denied := _DENIES_NEXT.search(sentence.text[mention.end : behind]):
        after = after[: denied.start()]
    place = next(each for each in pieces(sentence.text, _says) if mention.start < each.stop)
    is_skill_said = is_about_skill(thread.sentences, sentence.at, place) or _is_skill_next(after)
    is_skill_said = is_skill_said or mention in without_skill(sentence.text, here)
    if _SAID["work"].search(before) or is_skill_said:
        return False
    around = f"{before}§{after}"
    if (
        (_SAID["before"].search(before) and not _NOT_YET.search(around))
        or (_NO.search(before) and _ENDS.match(after))
        or _SAID["after"].search(after)
        or _SAID["around"].search(around)
    ):
        return True
    said = AFTERTHOUGHT.split(sentence.text[mention.end : behind])[1:]
    if any(_SAID["forget_it"].match(each) for each in said):
        return True
    if _SAID["from"].search(before) and _SAID["to"].search(after):
        return re.search(r"\b(?:mov|migrat|switch|chang|go|went|away|transition)", before, re.IGNORECASE) is not None
    is_asked = after.lstrip("`").startswith("?") or _SAID["should_we"].search(sentence.text)
    if not is_asked or not _is_proposal(thread, sentence.at):
        return False
    # "BigQuery?" and then "no, the data stays here".
    answer = _answer(thread, sentence)
    return bool(_SAID["no_at_all"].search(answer) or _SAID["no"].fullmatch(answer.strip(" .!")))


def _is_denied(sentence: Sentence, mention: Mention) -> bool:
    """Whether something is denied of a name, other than a skill: "we are not paying for it", "it gets no support"."""
    place = next(each for each in pieces(sentence.text, bool) if mention.start < each.stop)
    return bool(_DENIAL.search(sentence.text[place])) and not is_skill(sentence.text)


def _answer(thread: Thread, sentence: Sentence) -> str:
    """Return the sentence after a question, or after the questions that follow it in its message: "Dask? Polars?"."""
    after = thread.sentences[sentence.at + 1 :]
    return next(
        (each.text for each in after if each.message is not sentence.message or not each.text.endswith("?")), ""
    )


def _is_only_proposed(thread: Thread, sentence: Sentence, here: Sequence[Mention]) -> bool:
    """Whether a sentence puts names up for a choice: it asks, says what could be, or is hardly more than the names."""
    if sentence.is_bullet or is_skill(sentence.text):
        return False
    following = _answer(thread, sentence)
    if sentence.text.endswith("?"):
        return _is_proposal(thread, sentence.at) and not _SAID["yes"].match(following)
    if _is_bare(sentence, here):
        asked = thread.sentences[sentence.at - 1].text if sentence.at else ""
        return not asked.endswith("?") and not _SAID["yes"].match(following)
    named = sum(len(sentence.text[each.start : each.end].split()) for each in here)
    is_list = len(here) > 1 and len(sentence.text.split()) - named <= 2
    return is_list or bool(_SAID["could_be"].search(sentence.text))


def _is_bare(sentence: Sentence, here: Sequence[Mention]) -> bool:
    """Whether a message is nothing but one name: somebody's idea, until somebody takes it up."""
    if len(here) != 1 or not sentence.first:
        return False
    beyond = sentence.text[: here[0].start] + sentence.text[here[0].end :]
    return not sentence.text[: here[0].start].strip(" `") and _BEYOND.search(beyond) is None


def _is_skill_next(after: str) -> bool:
    said = lacks(after)
    return said is not None and said.start() < 4  # "Pulsar: never worked with it"


def is_against(text: str, start: int, end: int) -> bool:
    """Whether a text decides against what is named there, whatever others say."""
    return bool(_SAID["before"].search(text[:start].rstrip("`")) or _SAID["after"].search(text[end:]))


def _is_taken_back(thread: Thread, sentence: Sentence, *, is_proposed: bool) -> bool:
    """Whether a sentence that names nothing decides against what was named before."""
    if is_about_skill(thread.sentences, sentence.at, slice(None)):
        return False
    places = [slice(None), *pieces(sentence.text, _says)]
    if any(_SAID["that_is_out"].search(sentence.text[place].lstrip("- ")) for place in places):
        return True
    return is_proposed and bool(_SAID["no"].search(sentence.text)) and _is_proposal(thread, sentence.at - 1)


def _says(text: str) -> bool:
    return bool(_SAID["that_is_out"].search(text)) or is_skill(text)


def _is_proposal(thread: Thread, at: int) -> bool:
    text = thread.sentences[at].text
    asks_for_skill = re.search(
        r"\b(?:know|used|experience|done|familiar|worked|tried|touched|can you|could)\b", text, re.IGNORECASE
    )
    is_question = text.endswith("?") or _SAID["should_we"].search(text)
    return bool(is_question) and not asks_for_skill and (len(text.split()) <= 5 or bool(_SAID["proposal"].search(text)))

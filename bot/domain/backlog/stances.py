"""Which technologies a thread decides against: a rejected name is neither offered nor a skills gap."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import chain, pairwise

from bot.domain.backlog.agreements import replaced
from bot.domain.backlog.cues import LINK, WORDS, patterns, pieces
from bot.domain.backlog.gaps import is_about_skill, is_skill, lacks, without_skill
from bot.domain.backlog.technologies import Mention, Vocabulary, ids
from bot.domain.backlog.threads import Sentence, Thread

_SAID = patterns("stances")
#: Begins what is said of a name in the same sentence: "Datadog is 11k a month, forget it".
_AFTERTHOUGHT = re.compile(r",\s+|\s-\s|;\s+|\s(?=but\s)")
#: "no Pulsar access yet": what is missing is wanted.
_NOT_YET = re.compile(
    rf"\bno \W?§\W{{1,2}}(?:{'|'.join(WORDS['beside_technologies'].split())}|yet|there)\b", re.IGNORECASE
)
#: Of these kinds a team wants one, and what it says of another one is seldom praise.
_ONE_IS_ENOUGH = frozenset(("broker", "database", "processing", "warehouse"))
#: So many sentences back a doubt is what a choice answers.
_SHORTLY = 4
#: By name, all that do the same job.
_RIVALS: dict[str, set[str]] = {}
for _family in (frozenset(row.split()) for row in WORDS["rivals"]):
    for _each in _family:
        _RIVALS.setdefault(_each, set()).update(_family)


@dataclass(frozen=True, slots=True)
class Stances:
    """What is decided against, with the place of the sentence that does, and what is left to choose from.

    `notes` says of each technology, in words such as `asked` or `doubted`, what was noted of it, and in words such as
    `rival asked` what was noted of others that do the same job.
    """

    rejected: dict[str, int]
    undecided: tuple[tuple[str, ...], ...]
    notes: dict[str, set[str]]


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


@dataclass(slots=True)
class _Reader:
    thread: Thread
    mentions: Sequence[Sequence[Mention]]
    vocabulary: Vocabulary
    asked_in: Set[int]
    #: By name, the place of the sentence that decides against it.
    rejected: dict[str, int] = field(default_factory=dict)
    #: … that says it is going away or elsewhere, that only names it, that doubts it, or that denies something of it.
    aside: dict[str, int] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)
    doubted: dict[str, int] = field(default_factory=dict)
    denied: dict[str, int] = field(default_factory=dict)
    #: … that proposed it last, or named it last in another way, and not for who can handle it.
    proposals: dict[str, int] = field(default_factory=dict)
    affirmed: dict[str, int] = field(default_factory=dict)
    #: What work is asked on, what is named as wanted, what was asked about, what was named as more than a proposal.
    asked: set[str] = field(default_factory=set)
    wanted: set[str] = field(default_factory=set)
    proposed: set[str] = field(default_factory=set)
    taken_up: set[str] = field(default_factory=set)
    groups: list[tuple[str, ...]] = field(default_factory=list)
    last: tuple[str, ...] = ()
    #: By sentence what answers it, and by name the sentence that names it last.
    answers: Sequence[str] = field(init=False)
    last_named: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.answers = _answers(self.thread.sentences)
        self.last_named = {each.id: at for at, row in enumerate(self.mentions) for each in row}

    def read(self, sentence: Sentence) -> None:
        """Note what a sentence says of the technologies that it names, or of those before."""
        here, text, at = self.mentions[sentence.at], sentence.text, sentence.at
        named, said = ids(here), _said(self.thread, sentence, here, self.answers[at])
        if not here and _SAID["takes_it"].match(text):
            self.asked.update(self.last[-1:])
            self.wanted.update(self.last[-1:])
        is_proposed = _is_only_proposed(self.thread, sentence, here, self.answers[at])
        is_idea = (
            is_proposed and _is_bare(sentence, here) and not (self.said.keys() | self.proposals.keys()) & set(named)
        )
        settled = self._settled(sentence)
        refused = {each.id for each in said if each.is_refused} - settled.keys()
        chosen = {each.id for each in said if each.id not in refused and each.is_chosen and not is_idea} | {*settled}
        for each in said:
            self._judge(each, is_refused=each.id in refused, is_chosen=each.id in chosen, is_proposed=is_proposed)
        self.denied |= {each.id: at for each in said if each.is_denied}
        if text.endswith("?") and len(named) == 1 and len(text.split()) < 5:
            self.proposed.add(named[0])
        gone = [*_not_chosen(sentence, here, self.groups, chosen), *self._taken_back(sentence)]
        gone.extend(chain.from_iterable(settled.values()))
        if chosen:
            idle = self.proposed - self.wanted - chosen
            gone += [name for name in idle if any(self._are_alike((name, other)) for other in chosen)]
            # A choice settles what was doubted shortly before, whatever its kind.
            gone += [each for each, there in self.doubted.items() if there >= at - _SHORTLY and each not in self.asked]
        if _SAID["corrected"].search(text):
            gone += [each for each in self.last if any(self._do_one_job(each, name, is_wide=True) for name in named)]
        self.rejected |= dict.fromkeys(gone, at)
        before = [name for name in self.last if _SAID["offers"].match(text) or name not in self.asked]
        is_open = _SAID["open"].search(text)
        self.groups += [each for each in _alternatives(sentence, here, before) if is_open or self._are_alike(each)]
        self.last = tuple(named) or (self.last if len(text) < 60 else ())

    def _judge(self, said: _Said, *, is_refused: bool, is_chosen: bool, is_proposed: bool) -> None:
        """Note what a sentence says of one technology."""
        name, text, at = said.id, said.sentence.text, said.sentence.at
        tentative, work = _SAID["tentative"].search(said.before), _SAID["work"].search(said.before)
        is_open = (said.is_doubted and not said.mention.start) or tentative
        is_asked = bool((at in self.asked_in and not is_open) or is_chosen or work)
        if is_proposed and not is_asked:
            self.proposals[name] = at
        else:
            self.taken_up.add(name)
            if not (said.statement.is_skill or _SAID["offers"].match(text) or _SAID["better"].match(said.after)):
                self.affirmed[name] = at
        if is_refused:
            self.rejected[name] = at
        elif _SAID["until"].search(said.before) and _SAID["goes"].search(said.after):
            self.aside[name] = at
            self.wanted.discard(name)
        elif _SAID["aside"].search(said.before) or _SAID["aside_after"].search(said.after):
            self.aside[name] = at
            self.wanted -= {name} - self.asked
        elif is_asked:
            self.rejected.pop(name, None)
            self.doubted.pop(name, None)
            self.wanted.add(name)
            self.asked.add(name)
        elif _SAID["ends"].search(said.after) and self._has_alike(name):
            self.aside[name] = at
            self.wanted.discard(name)  # the last word counts
        elif said.is_doubted or _SAID["compared"].search(said.before_list):
            self.doubted[name] = at
        elif text.endswith("?") or tentative:
            self.said.setdefault(name, at)
            self.proposed.add(name)
        else:
            self.wanted.add(name)
            if not lacks(text):
                self.said[name] = at

    def stances(self) -> Stances:
        """Return what comes of all that was said."""
        rejected = self.rejected | {name: at for name, at in self.aside.items() if name not in self.wanted}
        for name, at in self.doubted.items():
            named_after = {each for each, last in self.last_named.items() if last >= at}
            rivals = self.asked | ((named_after | self.wanted) - self.doubted.keys())
            is_wide = self.vocabulary[name].type != "language"
            if name not in self.asked and self._has_rival(name, rivals, rejected, is_wide=is_wide):
                rejected[name] = at
        rejected |= {name: at for name, at in self.denied.items() if self._is_last_word(name, at, rejected)}
        groups = [group for group in dict.fromkeys(self.groups) if not self._is_settled(group)]
        for group in groups:
            # Of "PagerDuty? Grafana OnCall?" one is spoken of again.
            taken = [name for name in group if name in self.affirmed and name not in rejected]
            idle = {name: self.proposals[name] for name in group if name in self.proposals.keys() - self.taken_up}
            if len(taken) == 1 and self.affirmed[taken[0]] > max(idle.values(), default=0):
                rejected |= idle
        open_choices = {name for group in groups for name in group if name not in rejected}
        for name in self.said.keys() - self.asked - open_choices:
            is_later = self.thread.sentences[self.said[name]].message is not self.thread.messages[0]
            later = {each for each, there in self.affirmed.items() if is_later and there > self.last_named[name]}
            if self._has_rival(name, self.asked | later, rejected):
                rejected[name] = self.said[name]
        for name in self.proposals.keys() - self.taken_up - rejected.keys() - open_choices:
            # A name alone is put up with more weight than one with a question mark.
            at = self.proposals[name]
            rivals = self.asked if _is_bare(self.thread.sentences[at], self.mentions[at]) else self.taken_up
            if self._has_rival(name, rivals, (), is_wide=True):
                rejected[name] = at
        left = [tuple(name for name in group if name not in rejected) for group in groups]
        return Stances(rejected, tuple(group for group in left if len(group) > 1), self._notes(rejected))

    def _notes(self, rejected: Container[str]) -> dict[str, set[str]]:
        """Return what was noted of each technology, and of its rivals."""
        noted: dict[str, Container[str]] = {
            "out": rejected,
            "refused": self.rejected,
            "aside": self.aside,
            "said": self.said,
            "doubted": self.doubted,
            "denied": self.denied,
            "proposal": self.proposals,
            "affirmed": self.affirmed,
            "asked": self.asked,
            "wanted": self.wanted,
            "proposed": self.proposed,
            "taken up": self.taken_up,
            "choice": {name for group in self.groups for name in group},
        }
        names = dict.fromkeys(each.id for row in self.mentions for each in row)
        own = {name: {note for note, those in noted.items() if name in those} for name in names}
        of_type: dict[str, Counter[str]] = {}
        for name, notes in own.items():
            of_type.setdefault(self.vocabulary[name].type, Counter()).update([*notes, "named"])
        found = {}
        for name, notes in own.items():
            alike = of_type[self.vocabulary[name].type] - Counter([*notes, "named"])
            rivals = (own[each] | {"named"} for each in _RIVALS.get(name, ()) if each != name and each in own)
            found[name] = notes | {f"rival {each}" for each in set(alike).union(*rivals)}
        return found

    def _is_last_word(self, name: str, at: int, rejected: Container[str]) -> bool:
        """Whether a denial is the last that is said of a name, and work is asked on another one that does its job.

        Where work was asked on the first one, too, that must have been before.
        """
        rivals = {each for each in self.asked if name not in self.asked or self.last_named[each] > at}
        return self.last_named[name] == at and self._has_rival(name, rivals, rejected, is_wide=True)

    def _is_settled(self, group: Sequence[str]) -> bool:
        """Whether work is asked on something else that does the job of a group of alternatives, and on none of them."""
        last = max(self.last_named[name] for name in group)
        later = {name for name in self.taken_up if self.last_named[name] > last}
        rivals = (self.asked | later).difference(group)
        return not self.asked.intersection(group) and any(_RIVALS.get(name, set()) & rivals for name in group)

    def _taken_back(self, sentence: Sentence) -> list[str]:
        """Return what was named last, if a sentence that names nothing decides against it."""
        here, text, at = self.mentions[sentence.at], sentence.text, sentence.at
        if not self.last or (here and "," not in text[: here[0].start]):
            return []
        if is_about_skill(self.thread.sentences, at, slice(None)):
            return []
        places = [slice(None), *pieces(text, _decides)]
        is_out = any(_SAID["that_is_out"].search(text[place].lstrip("- ")) for place in places)
        before = self.mentions[at - 1] if at else ()
        if not is_out and len(set(ids(before))) == 1 and _SAID["no"].search(text) and _is_proposal(self.thread, at - 1):
            is_out = not _SAID["within"].search(self.thread.sentences[at - 1].text[: before[0].start])
        return [] if not is_out else list(self.last if _SAID["plural"].search(text) else self.last[-1:])

    def _settled(self, sentence: Sentence) -> dict[str, list[str]]:
        """Return what a sentence agrees on, with what it takes the place of: "fair. Postgres then", "no, Kafka"."""
        rivals = replaced(self.thread.sentences, self.mentions, sentence.at)
        return {name: [each for each in rivals[name] if self._do_one_job(each, name, is_wide=True)] for name in rivals}

    def _has_alike(self, name: str) -> bool:
        kind = self.vocabulary[name].type
        return any(each != name and self.vocabulary[each].type == kind for each in self.last_named)

    def _has_rival(self, name: str, rivals: Set[str], rejected: Container[str], *, is_wide: bool = False) -> bool:
        """Whether one of these does its job, of which a team needs only one."""
        return any(each not in rejected and self._do_one_job(name, each, is_wide=is_wide) for each in rivals)

    def _do_one_job(self, name: str, other: str, *, is_wide: bool = False) -> bool:
        """Whether a team needs only one of the two; `is_wide` takes a common type for a common job."""
        kind = self.vocabulary[name].type
        is_alike = (is_wide or kind in _ONE_IS_ENOUGH) and self.vocabulary[other].type == kind
        return name != other and (is_alike or other in _RIVALS.get(name, ()))

    def _are_alike(self, group: Sequence[str]) -> bool:
        """Whether these are of one kind; a cloud's service may be of any."""
        return len({self.vocabulary[name].type for name in group} - {"cloud", "saas"}) < 2


class _Statement:
    """A sentence that names technologies, and what it says whichever of them is meant."""

    def __init__(self, thread: Thread, sentence: Sentence, here: Sequence[Mention], answer: str) -> None:
        self.thread, self.sentence, self.answer = thread, sentence, answer
        self.is_skill, self.without_skill = is_skill(sentence.text), without_skill(sentence.text, here)
        self.clauses = tuple(pieces(sentence.text, bool))
        #: Where each piece of it ends, and whether that one is about a skill.
        self.pieces = tuple(
            (place.stop, is_about_skill(thread.sentences, sentence.at, place))
            for place in pieces(sentence.text, _decides)
        )


def _said(thread: Thread, sentence: Sentence, here: Sequence[Mention], answer: str) -> list[_Said]:
    """Return the technologies that a sentence names, each among the words around it."""
    said: list[_Said] = []
    if not here:
        return said
    statement = _Statement(thread, sentence, here, answer)
    before: Mention | None = None
    start = 0
    for each, behind in zip(here, [*(each.start for each in here[1:]), None], strict=True):
        if before is None or not LINK.fullmatch(sentence.text[before.end : each.start]):
            start = each.start
        said.append(_Said(statement, each, start, behind))
        before = each
    return said


class _Said:
    """A technology that a sentence names, among the words around it."""

    def __init__(self, statement: _Statement, mention: Mention, start: int, behind: int | None) -> None:
        text = statement.sentence.text
        self.statement, self.sentence, self.mention, self.id = statement, statement.sentence, mention, mention.id
        self.before, self.after = text[: mention.start].rstrip("`"), text[mention.end :]
        #: What stands before the list in which it stands, and behind it up to the next name.
        self.before_list, self.own = text[:start].rstrip("`"), text[mention.end : behind]
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
        return bool(_SAID["doubt"].search(self.own)) and not self.statement.is_skill

    @property
    def is_denied(self) -> bool:
        """Whether something is denied of it, other than a skill: "we are not paying for it", "it gets no support"."""
        place = next(each for each in self.statement.clauses if self.mention.start < each.stop)
        return bool(_SAID["denial"].search(self.sentence.text[place])) and not self.statement.is_skill

    @property
    def is_refused(self) -> bool:
        """Whether it is decided against: "neither Kafka nor NATS", "Kafka is out", "Kafka?" and then "no"."""
        before, text = self.before, self.sentence.text
        # "Kafka, no RabbitMQ": the no belongs to the name behind it.
        denied = _SAID["denies_next"].search(self.own)
        after = self.after[: denied.start()] if denied else self.after
        is_skill_said = next(is_said for stop, is_said in self.statement.pieces if self.mention.start < stop)
        if is_skill_said or self.mention in self.statement.without_skill:
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
        replied = self.statement.answer
        is_no = _SAID["no_at_all"].search(replied) or _SAID["no"].fullmatch(replied.strip(" .!"))
        return bool(is_asked and is_no) and _is_proposal(self.statement.thread, self.sentence.at)


def _decides(text: str) -> bool:
    """Whether words decide against something, or tell of a skill."""
    return bool(_SAID["that_is_out"].search(text)) or is_skill(text)


def _answers(sentences: Sequence[Sentence]) -> list[str]:
    """Return the sentence after each, or after the questions that follow it in its message: "Dask? Polars?"."""
    answers = [""] * len(sentences)
    for at in range(len(sentences) - 2, -1, -1):
        after = sentences[at + 1]
        is_question = after.message is sentences[at].message and after.text.endswith("?")
        answers[at] = answers[at + 1] if is_question else after.text
    return answers


def _is_proposal(thread: Thread, at: int) -> bool:
    """Whether a sentence asks if something is to be used, and not who can handle it."""
    text = thread.sentences[at].text
    is_question = (text.endswith("?") or _SAID["should_we"].search(text)) and not _SAID["asks_for_skill"].search(text)
    return bool(is_question and (len(text.split()) <= 5 or _SAID["proposal"].search(text)))


def _is_bare(sentence: Sentence, here: Sequence[Mention]) -> bool:
    """Whether a message is nothing but one name: somebody's idea, until somebody takes it up."""
    if len(here) != 1 or not sentence.first or sentence.text[: here[0].start].strip(" `"):
        return False
    return _SAID["beyond"].search(sentence.text[: here[0].start] + sentence.text[here[0].end :]) is None


def _is_only_proposed(thread: Thread, sentence: Sentence, here: Sequence[Mention], answer: str) -> bool:
    """Whether a sentence puts names up for a choice: it asks, says what could be, or is hardly more than the names."""
    if sentence.is_bullet or is_skill(sentence.text):
        return False
    is_agreed = _SAID["yes"].match(answer)
    if sentence.text.endswith("?"):
        return _is_proposal(thread, sentence.at) and not is_agreed
    if _is_bare(sentence, here):
        return not is_agreed and not (sentence.at and thread.sentences[sentence.at - 1].text.endswith("?"))
    named = sum(len(sentence.text[each.start : each.end].split()) for each in here)
    is_list = len(here) > 1 and len(sentence.text.split()) - named <= 2
    return is_list or bool(_SAID["could_be"].search(sentence.text))


def _not_chosen(
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


def _alternatives(sentence: Sentence, here: Sequence[Mention], last: Sequence[str]) -> list[tuple[str, ...]]:
    """Return groups of technologies between which there is an "or"; it may begin the next message."""
    text, groups = sentence.text, [list(here[:1])]
    for before, each in pairwise(here):
        if _SAID["link"].search(text[before.end : each.start]) and each.id != before.id:
            groups[-1].append(each)
        else:
            groups.append([each])
    found = [tuple(ids(group)) for group in groups if _SAID["or"].search(text)]
    is_brief_question = text.endswith("?") and len(text.split()) <= 3 and not text.lower().startswith("and ")
    if (
        here
        and last
        and (is_brief_question or _SAID["better"].match(text[here[0].end :]) or _SAID["offers"].match(text))
    ):
        found.append(tuple(dict.fromkeys((*last, here[0].id))))
    return [group for group in found if len(group) > 1]

"""What a thread asks for, what stays with the team, and what was taken back: clause by clause, the last word counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.domain.backlog import gaps
from bot.domain.backlog.agreements import is_against, settled
from bot.domain.backlog.asks import Asks, Part
from bot.domain.backlog.cues import patterns
from bot.domain.backlog.item_types import BY_TECHNOLOGY, Named, named, words_of
from bot.domain.backlog.needs import HELP, Need, Needs, Strength, title, together
from bot.domain.backlog.proposals import Answer, answers
from bot.domain.backlog.requests import ItemType
from bot.domain.backlog.technologies import Mention, Vocabulary, ids
from bot.domain.backlog.threads import Sentence, Thread

_SAID = patterns("wishes")


def find(thread: Thread, mentions: Sequence[Sequence[Mention]], vocabulary: Vocabulary) -> Needs:
    """Return what the thread asks for in the end, each thing once."""
    return _Reader(thread, mentions, vocabulary).read()


def is_closed(thread: Thread) -> bool:
    """Whether the last words of a thread say that there is nothing to ask for."""
    last = thread.sentences[-4:]
    return any(_SAID["closing"].search(each.text) and not _SAID["ask"].search(each.text) for each in last)


class _Reader:
    def __init__(self, thread: Thread, mentions: Sequence[Sequence[Mention]], vocabulary: Vocabulary) -> None:
        self._sentences, self._mentions, self._vocabulary = thread.sentences, mentions, vocabulary
        self._found = Needs()
        self._answers = answers(thread.sentences)
        self._about = Asks(thread.sentences, mentions, vocabulary, self._found)
        #: What was said so far, for what "it" may be.
        self._topics: list[tuple[str, Sentence]] = []

    def read(self) -> Needs:
        for sentence in self._sentences:
            if sentence.at in self._answers:
                self._answer(self._answers[sentence.at], sentence.at)
            before = ""
            for clause in _clauses(sentence.text):
                self._read(sentence, clause, before)
                before = clause
        self._found.needs = [self._elaborated(each) for each in self._found.needs]
        self._found.likely = self._likely()
        return self._found

    def _answer(self, answer: Answer, at: int) -> None:
        """Take back what is proposed in a question, or ask for it, by the answer in the sentence at a place."""
        proposal, question = answer.proposal, answer.proposal.text
        of_it = [each for each in self._found.needs if each.sentence.message is proposal.message]
        gone = [each for each in of_it if each.sentence.at >= proposal.at]
        if answer.is_yes:
            if not gone and self._about.names(proposal, question):
                self._ask(proposal, question, _SAID["ask"].search(question))
            agreed = [each for each in self._found.needs if each in gone or each.sentence is proposal]
            self._found.needs = [
                replace(each, strength=Strength.AGREED) if each in agreed else each for each in self._found.needs
            ]
            return
        if self._is_put_right(proposal, at):
            return
        beside = " ".join(each.text for each in self._sentences if each.message is proposal.message)
        if _SAID["anything"].search(beside):
            gone = list(self._found.needs)
        self._found.asked_in.add(proposal.at)
        if gone or self._about.names(proposal, question):
            self._found.take_back(gone, at)

    def _is_put_right(self, proposal: Sentence, at: int) -> bool:
        """Whether a no only puts another technology in the place of the one that is proposed: "no, Kafka"."""
        types = {self._vocabulary[each.id].type for each in self._mentions[proposal.at]}
        said = (each.at for each in self._sentences[at : at + 2] if each.message is self._sentences[at].message)
        named = (self._mentions[each][0].id for each in said if settled(self._sentences, self._mentions, each))
        return any(self._vocabulary[each].type in types for each in named)

    def _elaborated(self, need: Need) -> Need:
        """Add the next sentence of the message to a wish that names no technology; it says what is wanted."""
        after = next(iter(self._sentences[need.sentence.at + 1 :]), need.sentence)
        if need.technologies or after.first or after.is_bullet or after.at in self._found.asked_in | {need.sentence.at}:
            return need
        return replace(need, quote=together(need.quote, after.text), near=tuple(ids(self._mentions[after.at])))

    def _likely(self) -> tuple[Need, ...]:
        """Return what the thread may be about, best first, by the evidence in its clauses."""
        weighed: list[tuple[int, Need]] = []
        for text, said in self._topics:
            kind, technologies = self._about.kind(said, text), self._about.technologies(said, text)
            words = set(map(str.lower, _SAID["evidence"].findall(text)))
            agreed = _SAID["agreed_on"].search(text) and settled(self._sentences, self._mentions, said.at)
            evidence = len(words) + bool(_SAID["trouble"].search(text)) + bool(agreed)
            is_none = _SAID["no_ask"].search(text) or _SAID["denied"].match(text) or text[:3].lower() == "if "
            if ((kind and kind.weight) or technologies) and evidence and not is_none:
                past = bool(_SAID["past"].search(text))
                sure = 2 * evidence + (kind.weight if kind else 0) + bool(technologies) - 2 * past
                need = self._need(said, (text, kind, technologies), said.text, Strength.IMPLIED)
                if agreed and technologies:
                    need = replace(need, title=self._vocabulary[technologies[0]].name, strength=Strength.AGREED)
                weighed.append((sure, need))
        return tuple(need for _, need in sorted(weighed, key=lambda pair: -pair[0]))

    def _corrects(self, sentence: Sentence, clause: str) -> bool:
        """Take what a clause corrects for what was asked for just before: "scratch that, a Mac runner"."""
        last = next(iter(self._found.needs[-1:]), None)
        said = _SAID["corrects"].match(clause)
        if last is None or said is None or sentence.at - last.sentence.at > 2:
            return False
        rest = clause[said.end() :]
        if not self._about.is_thing(sentence, rest):
            return False
        self._found.drop(last)
        self._add(sentence, self._about.parts(sentence, rest), sentence.text, last.strength)
        return True

    def _read(self, sentence: Sentence, clause: str, before: str) -> None:
        if self._is_errand(sentence, clause) or _SAID["takes_place"].match(clause) or self._corrects(sentence, clause):
            return
        asked, asked_before = _SAID["ask"].search(clause), _SAID["asked_before"].search(clause)
        own = None if _SAID["not_own"].search(clause) else _SAID["own"].search(clause)
        withdrawn = None if _SAID["people_wait"].search(clause) else _SAID["withdrawn"].search(clause)
        if withdrawn is None and self._about.names(sentence, clause):
            withdrawn = _SAID["so_none"].match(clause)
        if not asked and self._got(sentence, clause):
            return
        if (said := _SAID["drops"].search(clause)) and (dropped := self._dropped(sentence, clause, said)):
            self._found.take_back(dropped, sentence.at)
            return
        if self._strikes(sentence, clause, is_gone=bool(withdrawn or own)):
            return
        if withdrawn and not (asked and (asked.start() > withdrawn.end() or named(clause[asked.end() :]))):
            self._withdraw(sentence, clause)
        elif own and not any(each and each.start() <= own.start() for each in (asked, asked_before)):
            if not _SAID["among_us"].match(clause):
                self._keep(sentence, clause, before)
        else:
            if _SAID["what_is_needed"].search(clause):
                self._found.last_ask, self._found.last_strength = sentence.at, Strength.LISTED
                self._found.answers = sentence.message.index + 1
            elif not asked and _SAID["shut_out"].search(clause):
                access = Named(ItemType.ACCESS, "access", 3)
                part = (clause, access, self._about.technologies(sentence, clause))
                self._add(sentence, [part], sentence.text, Strength.ASKED)
            elif self._about.is_plain(sentence, clause) or not (
                _SAID["no_ask"].search(clause) or _is_skill(clause, asked)
            ):
                self._ask(sentence, clause, asked)
            self._topics.append((clause, sentence))

    def _keep(self, sentence: Sentence, clause: str, before: str) -> None:
        """Note what the team does itself; a few words are about what was said before."""
        if not before and not sentence.first:
            before = self._sentences[sentence.at - 1].text
        is_short = len(clause.split()) <= 3 and before and not sentence.is_bullet
        self._found.errands |= {sentence.at} if sentence.is_bullet and clause == sentence.text else set()
        self._found.stays.append((f"{before}, {clause}" if is_short else clause, sentence))
        # "2. Consumer" and "3. Dana builds it herself": the point before is theirs, too.
        said = self._sentences[sentence.at - 1 : sentence.at] if _SAID["kept_point"].search(clause) else ()
        points = [each for each in said if each.is_bullet and each.message is sentence.message]
        begins = {each.id for each in self._mentions[sentence.at] if each.start == 0}
        for need in list(self._found.needs):
            # "Sentry we create ourselves": a point of the list that is none.
            is_point = need.sentence.is_bullet and begins.intersection(need.technologies)
            is_theirs = need.sentence in points and not _SAID["devops"].search(need.quote)
            if is_point or is_theirs or (is_short and need.quote == before):
                self._found.drop(need)
        if taken := self._taken_over(sentence, clause):
            self._found.take_back(taken, sentence.at)

    def _taken_over(self, sentence: Sentence, clause: str) -> list[Need]:
        """Return what was asked for and somebody of the team does: "Ana takes that", "the chart is on me"."""
        needs = self._found.needs
        if _SAID["takes_thing"].match(clause):
            return self._named(sentence, clause)
        last = next(iter(needs[-1:]), None)
        is_reply = last is not None and 0 < sentence.message.index - last.sentence.message.index <= 1
        return needs[-1:] if is_reply and sentence.first and _SAID["takes_it"].search(clause) else []

    def _strikes(self, sentence: Sentence, clause: str, *, is_gone: bool) -> bool:
        """Strike a point of a list by its number: "(a) exists since May", "strike 3", "so only b"."""
        left, struck = _SAID["only_left"].search(clause), _SAID["struck"].search(clause)
        point = _SAID["point"].match(sentence.text)
        said = sentence.label or (point["label"].lower() if point else "") if is_gone else ""
        if not (left or struck or said):
            return False
        earlier = [each for each in self._sentences[: sentence.at] if each.message is not sentence.message]
        listed = {each.label for each in earlier} - {""}
        gone = listed & {(struck["label"] or struck["label2"]).lower() if struck else said}
        if left and left["label"].lower() in listed:
            gone = listed - {left["label"].lower()}
        for each in [each for each in self._found.needs if each.sentence.label in gone]:
            self._found.drop(each)
        return bool(gone)

    def _ask(self, sentence: Sentence, clause: str, asked: re.Match[str] | None) -> None:
        wanted, strength = self._about.wanted(sentence, clause, asked)
        if not wanted or _SAID["denied"].match(wanted) or self._refines(sentence, clause):
            return
        earlier, *corrected = _SAID["corrects"].split(wanted)
        if corrected and self._about.names(sentence, corrected[-1]):
            wanted = corrected[-1]
            self._found.dropped.update(self._about.technologies(sentence, earlier))
        kind, technologies = self._about.kind(sentence, wanted), self._about.technologies(sentence, wanted)
        parts, is_short = self._about.parts(sentence, wanted), len(wanted.split()) < 4
        is_bare = not technologies and (kind is None or (kind.weight < 2 and len(wanted.split()) < 8))
        # "build it": what is built was named before, and build is no noun here.
        refers = _SAID["refers"].match(wanted) and not _SAID["pronoun"].match(wanted)
        if refers and (is_short or kind is None or kind.weight < 2):
            is_bare, kind = True, kind if kind and (kind.weight == 3 or kind.kind in HELP) else None
        if (
            strength is Strength.NAMED
            and len(parts) > 1
            and all(_SAID["fragment"].match(each[0]) for each in parts[:-1])
        ):
            strength = Strength.LISTED
        if strength is Strength.ASKED:
            is_pronoun = is_bare and len(parts) == 1 and (is_short or _SAID["pronoun"].search(wanted))
            if is_pronoun and self._refers(sentence, wanted, kind):
                return
            if kind is None or kind.weight < 2:
                kind = self._best_kind(sentence, clause, kind, has_technology=bool(technologies))
            self._found.last_ask, self._found.last_strength = sentence.at, strength
            if kind is None and not technologies and _SAID["unnamed"].match(wanted) and any(self._mentions):
                kind = Named(ItemType.INFRASTRUCTURE, "", 0)
            if kind is None and self._about.is_chore(sentence, clause):
                kind = Named(ItemType.SCRIPT, "", 0)
        self._add(sentence, parts if len(parts) > 1 else [(wanted, kind, technologies)], sentence.text, strength)

    def _best_kind(self, sentence: Sentence, clause: str, kind: Named | None, *, has_technology: bool) -> Named | None:
        """Return a surer kind than the words of the wish give: the topic before a colon, or the clause."""
        topic, colon, _ = sentence.text.partition(":")
        if colon and (named_there := self._about.kind(sentence, topic)) and named_there.weight >= 2:
            return named_there
        around = self._about.kind(sentence, clause)
        return around if kind is None and not has_technology else kind

    def _refers(self, sentence: Sentence, wanted: str, kind: Named | None) -> bool:
        """Whether "it" is what was named before; then that is asked for."""
        before = self._antecedent(sentence, back=5 if _SAID["pronoun"].search(wanted) else 1)
        if before is None:
            return False
        text, said = before
        if _SAID["shut_out"].search(text):
            return True  # "I'm locked out of Grafana", "can somebody help?"
        there, technologies = self._about.kind(said, text), self._about.technologies(said, text)
        quote = sentence.text if said is sentence else f"{text} {sentence.text}"
        if kind is not None and kind.kind in HELP:
            self._add(sentence, [(wanted, kind, technologies)], quote, Strength.ASKED)
        elif not any(each.sentence.at >= said.at and each.strength >= Strength.ASKED for each in self._found.needs):
            parts = self._about.parts(said, text)
            self._add(
                sentence, parts if len(parts) > 1 else [(text, there or kind, technologies)], quote, Strength.ASKED
            )
        return True

    def _add(self, sentence: Sentence, parts: Sequence[Part], quote: str, strength: Strength) -> None:
        if len(parts) > 1 and _SAID["recap"].search(sentence.text):
            self._found.needs = [each for each in self._found.needs if each.sentence.message is sentence.message]
        said = [part for part in parts if part[1] is not None or part[2]]
        for number, part in enumerate(said):
            need = self._need(sentence, part, quote, strength, alone=len(parts) == 1)
            self._found.merge(need, within=sentence.at if number else None)
        if said:
            self._found.last_ask, self._found.last_strength = sentence.at, strength
            if strength > Strength.NAMED:
                self._found.asked_in.add(sentence.at)

    def _need(self, sentence: Sentence, part: Part, quote: str, strength: Strength, *, alone: bool = True) -> Need:
        text, kind, technologies = part
        weight, by_technology = (
            kind.weight if kind else 0,
            self._vocabulary[technologies[0]].type if technologies else "",
        )
        # In "a Helm release in staging" the technology says more than where it is to be.
        is_place = kind is not None and kind.kind is ItemType.ENVIRONMENT and by_technology not in BY_TECHNOLOGY
        chosen = BY_TECHNOLOGY.get(by_technology, ItemType.INFRASTRUCTURE)
        if kind is not None and (weight > int(is_place) or not technologies):
            # A PagerDuty service is not one that has to be written.
            is_served = technologies and kind.word.startswith("service") and weight < 3
            chosen = ItemType.INFRASTRUCTURE if is_served else kind.kind
        # "An alert when a step fails" is a new thing, also behind "build us", and nothing that is to be mended.
        is_anew = weight == 2 and _SAID["fragment"].match(_SAID["does"].sub("", text, count=1))
        is_broken = kind is not None and weight < 3 and strength > Strength.NAMED and not is_anew
        if is_broken and _SAID["trouble"].search(quote if alone else text):
            chosen = ItemType.SUPPORT
        # "Playwright please" is a choice more often than a wish.
        is_bare = not weight and len(text.split()) <= 3 and not _SAID["ask"].search(sentence.text)
        is_bare = is_bare and not any(_SAID[each].search(sentence.text) for each in ("one_more", "for_devops"))
        return Need(
            kind=chosen,
            title=title(text),
            quote=quote,
            sentence=sentence,
            strength=Strength.NAMED if is_bare and technologies else strength,
            technologies=technologies,
            nouns=frozenset(words_of(text)),
            weight=weight,
        )

    def _dropped(self, sentence: Sentence, clause: str, said: re.Match[str]) -> list[Need]:
        """Return the needs that are dropped by name: "scrap the topic"."""
        words = set((said["thing"] or said["thing2"]).lower().split())
        earlier = [each for each in self._found.needs if each.sentence is not sentence]
        shared = {id(each): len(words.intersection(each.title.lower().split()[1:])) for each in earlier}
        most = max(shared.values(), default=0)
        return [each for each in earlier if most and shared[id(each)] == most] or self._named(sentence, clause)

    def _is_errand(self, sentence: Sentence, clause: str) -> bool:
        """Note what is asked of a colleague, and is no work: "please ping me"."""
        is_errand = _SAID["errand"].match(clause) is not None
        self._found.errands |= {sentence.at} if is_errand else set()
        return is_errand

    def _got(self, sentence: Sentence, clause: str) -> bool:
        """Take back what somebody has got: the need that is named, the last one for "it", none for their own thing."""
        got, needs = _SAID["got"].match(clause), self._found.needs
        if got is None or not needs:
            return False
        what = next(each for each in got.groups() if each is not None)
        if _SAID["own_thing"].search(clause):
            return True
        words, technologies = set(words_of(what)), set(self._about.technologies(sentence, what))
        named = [each for each in needs if each.shares(words, technologies if not words else set())]
        shared = [len(set(what.lower().split()).intersection(each.title.lower().split()[1:])) for each in named]
        gone = [each for each, count in zip(named, shared, strict=True) if count == max(shared)]
        if _SAID["pronoun"].fullmatch(what) or what.lower() == "that one":
            # Who asks for a thing has not got it in the same message: there, "it" is something else.
            gone = [each for each in needs[-1:] if each.sentence.message is not sentence.message]
        self._found.take_back(gone, sentence.at)
        return True

    def _named(self, sentence: Sentence, clause: str) -> list[Need]:
        """Return the needs of earlier sentences that share a noun or a technology with a clause."""
        about, technologies = set(words_of(clause)), set(self._about.technologies(sentence, clause))
        return [
            each for each in self._found.needs if each.sentence is not sentence and each.shares(about, technologies)
        ]

    def _withdraw(self, sentence: Sentence, clause: str) -> None:
        needs, about = self._found.needs, set(words_of(clause))
        technologies = set(self._about.technologies(sentence, clause))
        touched = [each for each in needs if each.shares(about, technologies)]
        if not touched and _SAID["whole_request"].search(clause):
            about, technologies = set(), set()
        if not touched and (about or technologies) and not _SAID["pronoun"].search(clause):
            return  # "the containers are done": that was no wish
        if not touched and _SAID["event"].search(clause) and not _SAID["pronoun"].search(clause):
            return  # "the audit got cancelled": an event, and no wish
        if not touched and set(ids(self._mentions[sentence.at])).difference(*(each.technologies for each in needs)):
            return  # "Pulsar costs a fortune, forget it"
        if not touched and _SAID["there"].search(clause):
            touched = needs[-1:]
        self._found.take_back(touched or list(needs), sentence.at)

    def _refines(self, sentence: Sentence, clause: str) -> bool:
        """Whether "ten nodes would do" says more of what was asked for just before."""
        needs, is_more = self._found.needs, _SAID["refines"].search(clause) and not _SAID["fragment"].match(clause)
        if not needs or not is_more or sentence.at - needs[-1].sentence.at > 4:
            return False
        needs[-1] = replace(needs[-1], quote=together(needs[-1].quote, sentence.text))
        self._found.asked_in.add(sentence.at)
        return True

    def _antecedent(self, sentence: Sentence, *, back: int) -> tuple[str, Sentence] | None:
        """Return the words before that "it" or "that" stands for: near, and about a thing, best one in trouble."""
        weighed: list[tuple[int, str, Sentence]] = []
        for text, said in reversed(self._topics[-7:]):
            kind, technologies = self._about.kind(said, text), self._about.technologies(said, text)
            far, weight = sentence.at - said.at, kind.weight if kind else 0
            is_no_thing = any(_SAID[each].search(text) for each in ("people_wait", "no_ask", "question"))
            here = [each for each in self._mentions[said.at] if each.id in technologies]
            is_refused = any(is_against(said.text, each.start, each.end) for each in here)
            if far <= back and (weight or technologies) and not is_no_thing and not is_refused:
                in_trouble = bool(_SAID["trouble"].search(text))
                weighed.append((weight + 2 * bool(technologies) + 2 * in_trouble - far, text, said))
        return max(weighed, key=lambda each: each[0])[1:] if weighed else None


def _clauses(text: str) -> Iterator[str]:
    """Yield the clauses of a sentence. What says that a skill is missing is one of its own."""
    for clause in filter(None, map(str.strip, _SAID["clause"].split(text))):
        lacking = gaps.lacks(clause)
        head, comma, tail = clause[: lacking.start()].rpartition(", ") if lacking else ("", "", "")
        if lacking and comma and len(head.split()) > 2:
            yield from (head, tail + clause[lacking.start() :])
        else:
            yield clause


def _is_skill(clause: str, asked: re.Match[str] | None) -> bool:
    """Whether a clause says what the team cannot do, rather than what it wants."""
    lacks = gaps.lacks(clause)
    if lacks is None or asked is None:
        return lacks is not None
    return lacks.start() < asked.end() and asked.start() < lacks.end() and not _SAID["hard_ask"].search(clause)

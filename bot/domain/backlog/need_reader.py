"""What a thread asks for, what stays with the team, and what was taken back: clause by clause, the last word counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.domain.backlog import gaps
from bot.domain.backlog.asks import Asks
from bot.domain.backlog.cues import patterns
from bot.domain.backlog.item_types import BY_TECHNOLOGY, Named, named, words_of
from bot.domain.backlog.needs import HELP, Need, Needs, Strength, title, together
from bot.domain.backlog.requests import ItemType
from bot.domain.backlog.stances import is_against
from bot.domain.backlog.subjects import Part, Subjects
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
        self._sentences = thread.sentences
        self._mentions = mentions
        self._vocabulary = vocabulary
        self._found = Needs()
        self._about = Subjects(mentions, vocabulary)
        self._asks = Asks(thread.sentences, self._about, self._found)
        #: The points of lists in the messages before, and in this one.
        self._listed: set[str] = set()
        self._listing: set[str] = set()
        self._listed_in = -1
        self._topics: list[tuple[str, Sentence]] = []

    def read(self) -> Needs:
        for sentence in self._sentences:
            self._deny(sentence)
            clauses = list(_clauses(sentence.text))
            for number, clause in enumerate(clauses):
                self._read(sentence, clause, clauses[number - 1] if number else "")
        self._found.needs = [self._elaborated(each) for each in self._found.needs]
        self._found.likely = self._likely()
        return self._found

    def _deny(self, sentence: Sentence) -> None:
        """Take back what the question before asks for, if the answer is no."""
        asked = self._sentences[sentence.at - 1] if sentence.at else sentence
        if gaps.is_about_skill(self._sentences, sentence.at, slice(None)):
            return  # "nope, nobody has ever used it"
        question = " ".join(each.text for each in self._sentences if each.message is asked.message)
        if asked.text.endswith("?") and sentence.first and _SAID["says_no"].match(sentence.text):
            is_tentative = _SAID["tentative"].match(asked.text)
            gone = [each for each in self._found.needs if each.sentence is asked and is_tentative]
            if _SAID["anything"].search(question):
                gone = list(self._found.needs)
            if gone or is_tentative:
                self._found.take_back(gone, sentence.at)

    def _elaborated(self, need: Need) -> Need:
        """Add the next sentence of the message to a wish that names no technology; it says what is wanted."""
        following = self._sentences[need.sentence.at + 1 : need.sentence.at + 2]
        after = following[0] if following and following[0].message is need.sentence.message else None
        if need.technologies or after is None or after.is_bullet or after.at in self._found.asked_in:
            return need
        technologies = tuple(ids(self._mentions[after.at]))
        return replace(need, quote=together(need.quote, after.text), near=technologies)

    def _likely(self) -> tuple[Need, ...]:
        """Return what the thread may be about, best first, by the evidence in its clauses."""
        weighed: list[tuple[float, Need]] = []
        for text, said in self._topics:
            kind, technologies = self._about.kind(said, text), self._about.technologies(said, text)
            evidence = sum(2 for _ in set(map(str.lower, _SAID["evidence"].findall(text))))
            evidence += 2 * bool(_SAID["trouble"].search(text))
            is_none = _SAID["no_ask"].search(text) or _SAID["denied"].match(text) or text.lower().startswith("if ")
            if not (kind or technologies) or not evidence or is_none:
                continue
            sure = evidence + (kind.weight if kind else 0) + bool(technologies) - 2 * bool(_SAID["past"].search(text))
            weighed.append((sure, self._need(said, (text, kind, technologies), said.text, Strength.IMPLIED)))
        weighed.sort(key=lambda pair: -pair[0])
        return tuple(need for _, need in weighed)

    def _read(self, sentence: Sentence, clause: str, before: str) -> None:
        asked = _SAID["ask"].search(clause)
        own = None if _SAID["not_own"].search(clause) else _SAID["own"].search(clause)
        withdrawn = None if _SAID["people_wait"].search(clause) else _SAID["withdrawn"].search(clause)
        if withdrawn and asked and withdrawn[0].lower().startswith("nothing"):
            withdrawn = None  # "let's ask for that, nothing else"
        if self._strikes(sentence, clause, is_gone=bool(withdrawn or own)) or self._wants_none(sentence, clause):
            return
        if withdrawn and not (asked and (asked.start() > withdrawn.end() or named(clause[asked.end() :]))):
            self._withdraw(sentence, clause)
        elif own and not any(
            each and each.start() <= own.start() for each in (asked, _SAID["asked_before"].search(clause))
        ):
            if not before and sentence.at and not sentence.first:
                before = self._sentences[sentence.at - 1].text
            if _SAID["among_us"].match(clause):
                return
            said = clause if len(clause.split()) > 3 or not before else f"{before}, {clause}"
            self._found.stays.append((said, sentence))
            here = [each for each in self._mentions[sentence.at] if each.start == 0]
            for need in [each for each in self._found.needs if each.sentence.is_bullet]:
                if {each.id for each in here} & set(need.technologies):
                    self._found.drop(need)  # "Sentry we create ourselves": a point of the list that is none
            if said is not clause:
                self._found.needs = [each for each in self._found.needs if each.quote != before]
        else:
            if _SAID["what_is_needed"].search(clause):
                self._found.last_ask, self._found.last_strength = sentence.at, Strength.LISTED
                self._found.answers = sentence.message.index + 1
            elif not (_SAID["no_ask"].search(clause) or _is_skill(clause, asked) or gaps.is_farewell(clause)):
                self._ask(sentence, clause, asked)
            self._topics.append((clause, sentence))

    def _promotes(self, sentence: Sentence) -> bool:
        """Whether "let's ask for that" is about what was proposed just before; then it is asked for."""
        proposed = [each for each in self._found.needs if each.strength < Strength.LISTED]
        last = next((each for each in reversed(proposed) if 0 < sentence.at - each.sentence.at <= 5), None)
        if last is None:
            return False
        for need in [each for each in proposed if last.sentence.text in each.quote]:
            promoted = replace(need, strength=Strength.ASKED, quote=together(need.quote, sentence.text))
            self._found.needs[self._found.needs.index(need)] = promoted
        self._found.asked_in.add(sentence.at)
        self._found.last_ask, self._found.last_strength = sentence.at, Strength.ASKED
        return True

    def _best_kind(self, sentence: Sentence, clause: str, kind: Named | None, *, has_technology: bool) -> Named | None:
        """Return a surer kind than the words of the wish give: the topic before a colon, the clause, or help."""
        topic, colon, _ = sentence.text.partition(":")
        if colon and (named_there := self._about.kind(sentence, topic)) and named_there.weight >= 2:
            return named_there
        around = self._about.kind(sentence, clause)
        if around and ((kind is None and not has_technology) or around.weight == 3):
            return around
        return kind

    def _strikes(self, sentence: Sentence, clause: str, *, is_gone: bool) -> bool:
        """Strike a point of a numbered list: "(a) exists since May", "strike 3", "so only b"."""
        if sentence.message.index != self._listed_in:
            self._listed |= self._listing
            self._listing, self._listed_in = set(), sentence.message.index
        self._listing |= {sentence.label} - {""}
        left, struck = _SAID["only_left"].search(clause), _SAID["struck"].search(clause)
        if left and left["label"].lower() in self._listed:
            gone = self._listed - {left["label"].lower()}
        else:
            said = (struck["label"] or struck["label2"]).lower() if struck else _label(sentence) if is_gone else ""
            gone = self._listed & {said}
        for each in [each for each in self._found.needs if each.sentence.label in gone]:
            self._found.drop(each)
        return bool(gone)

    def _ask(self, sentence: Sentence, clause: str, asked: re.Match[str] | None) -> None:
        wanted, strength = self._asks.wanted(sentence, clause, asked)
        if not wanted or _SAID["denied"].match(wanted):
            if _SAID["urgent"].match(clause) and not sentence.first:
                self._promotes(sentence)
            return
        quote = sentence.text
        if self._refines(sentence, clause) or self._announces(sentence):
            return
        kind = self._about.kind(sentence, wanted)
        technologies = self._about.technologies(sentence, wanted)
        is_bare = not technologies and (kind is None or (kind.weight < 2 and len(wanted.split()) < 8))
        if strength is Strength.ASKED and is_bare and self._leads_to_list(sentence, wanted):
            self._found.last_ask, self._found.last_strength = sentence.at, strength
            self._found.asked_in.add(sentence.at)
            return
        refers = bool(_SAID["refers"].match(wanted))
        # "build it": what is built was named before, and build is no noun here.
        is_short = len(wanted.split()) < 4 or kind is None or kind.weight < 2
        if refers and is_short and not _SAID["pronoun"].match(wanted):
            is_bare, kind = True, kind if kind and (kind.weight == 3 or kind.kind in HELP) else None
        parts = self._about.parts(sentence, wanted)
        is_pronoun = is_bare and len(parts) == 1 and (_SAID["pronoun"].search(wanted) or len(wanted.split()) < 4)
        if (
            strength is Strength.NAMED
            and len(parts) > 1
            and all(_SAID["fragment"].match(part[0].strip()) for part in parts[:-1])
        ):
            strength = Strength.LISTED
        if strength is Strength.ASKED and is_pronoun and self._refers(sentence, wanted, kind):
            return
        if strength is Strength.ASKED and (kind is None or kind.weight < 2):
            kind = self._best_kind(sentence, clause, kind, has_technology=bool(technologies))
        if strength is Strength.ASKED:
            self._found.last_ask, self._found.last_strength = sentence.at, strength
            if kind is None and not technologies and _SAID["unnamed"].match(wanted) and any(self._mentions):
                kind = Named(ItemType.INFRASTRUCTURE, "", 0)
        self._add(sentence, parts if len(parts) > 1 else [(wanted, kind, technologies)], quote, strength)

    def _refers(self, sentence: Sentence, wanted: str, kind: Named | None) -> bool:
        """Whether "it" is what was proposed or named before; then that is asked for."""
        is_help = kind is not None and kind.kind in HELP
        if not is_help and self._promotes(sentence):
            return True
        before = self._antecedent(sentence, back=5 if _SAID["pronoun"].search(wanted) else 1)
        if before is None:
            return False
        text, said = before
        if not is_help and any(
            said.at <= each.sentence.at and each.strength is Strength.ASKED for each in self._found.needs
        ):
            return True
        there = self._about.kind(said, text)
        kind = kind if kind is not None and (kind.weight >= 2 or is_help or there is None) else there or kind
        quote = sentence.text if said is sentence else f"{text} {sentence.text}"
        parts = [] if is_help else self._about.parts(said, text)
        part = (wanted if is_help else text, kind, self._about.technologies(said, text))
        self._add(sentence, parts if len(parts) > 1 else [part], quote, Strength.ASKED)
        return True

    def _add(self, sentence: Sentence, parts: Sequence[Part], quote: str, strength: Strength) -> None:
        added = False
        if len(parts) > 1 and _SAID["recap"].search(sentence.text):
            earlier = [each for each in self._found.needs if each.sentence.message is not sentence.message]
            self._found.needs = [each for each in self._found.needs if each not in earlier]
        for part in parts:
            if part[1] is None and not part[2]:
                continue
            need = self._need(sentence, part, quote, strength, alone=len(parts) == 1)
            self._found.merge(need, within=sentence.at if added else None)
            added = True
        if added:
            self._found.last_ask, self._found.last_strength = sentence.at, strength
            if strength > Strength.NAMED:
                self._found.asked_in.add(sentence.at)

    def _need(self, sentence: Sentence, part: Part, quote: str, strength: Strength, *, alone: bool = True) -> Need:
        text, kind, technologies = part
        by_technology = self._vocabulary[technologies[0]].type if technologies else ""
        # In "a Helm release in staging" the technology says more than where it is to be.
        is_place = kind is not None and kind.kind is ItemType.ENVIRONMENT and by_technology not in BY_TECHNOLOGY
        least = 1 if is_place else 0
        is_thing = kind is not None and (kind.weight > least or not technologies)
        chosen = kind.kind if is_thing and kind else BY_TECHNOLOGY.get(by_technology, ItemType.INFRASTRUCTURE)
        if technologies and kind and kind.word.startswith("service") and kind.weight < 3:
            chosen = ItemType.INFRASTRUCTURE  # a PagerDuty service is not one that has to be written
        # "An alert when a step fails" is a new thing, also behind "build us", and nothing that is to be mended.
        is_anew = (
            kind is not None and kind.weight == 2 and _SAID["fragment"].match(_SAID["does"].sub("", text, count=1))
        )
        is_sure = kind is not None and kind.weight < 3 and strength > Strength.NAMED and not is_anew
        recent = self._sentences[max(0, sentence.at - 3) : sentence.at]
        is_look = chosen is ItemType.COACHING and kind is not None and kind.word.startswith("look")
        is_broken = is_look and any(each.message.code or _SAID["trouble"].search(each.text) for each in recent)
        if is_broken or (is_sure and _SAID["trouble"].search(quote if alone else text)):
            chosen = ItemType.SUPPORT
        is_bare = (
            (kind is None or not kind.weight) and len(text.split()) <= 3 and not _SAID["ask"].search(sentence.text)
        )
        return Need(
            kind=chosen,
            title=title(text),
            quote=quote,
            sentence=sentence,
            # "Playwright please" is a choice more often than a wish.
            strength=Strength.NAMED if is_bare and technologies else strength,
            technologies=technologies,
            nouns=frozenset(words_of(text)),
            weight=kind.weight if kind else 0,
        )

    def _withdraw(self, sentence: Sentence, clause: str) -> None:
        words, technologies = set(words_of(clause)), set(self._about.technologies(sentence, clause))
        if _SAID["whole_request"].search(clause):
            words, technologies = set(), set()
        touched = [each for each in self._found.needs if each.shares(words, technologies)]
        if not (words or technologies) and (beside := self._asked_beside(sentence)):
            words, technologies = set(words_of(beside.text)), set(ids(self._mentions[beside.at]))
            touched = [each for each in self._found.needs if each.shares(words, technologies)]
            if not touched:
                return
        if not touched and (words or technologies) and not _SAID["pronoun"].search(clause):
            return  # "the containers are done": that was no wish
        others = set(ids(self._mentions[sentence.at])) - {
            each for need in self._found.needs for each in need.technologies
        }
        if not touched and others:
            return  # "Pulsar costs a fortune, forget it"
        if not touched and len(self._found.needs) > 1 and _SAID["there"].search(clause):
            touched = [self._found.needs[-1]]
        gone = touched if touched and len(touched) < len(self._found.needs) else list(self._found.needs)
        self._found.take_back(gone, sentence.at)

    def _wants_none(self, sentence: Sentence, clause: str) -> bool:
        """Whether "so no second Redis" takes a wish back."""
        words, technologies = set(words_of(clause)), set(self._about.technologies(sentence, clause))
        gone = [each for each in self._found.needs if each.shares(words, technologies)]
        if not gone or not _SAID["so_none"].match(clause):
            return False
        self._found.take_back(gone, sentence.at)
        return True

    def _asked_beside(self, sentence: Sentence) -> Sentence | None:
        """Return the question for one more thing that a message answers: "and the emulator?" "Not this quarter."."""
        own = [each for each in self._sentences[: sentence.at + 1] if each.message is sentence.message]
        before = self._sentences[own[0].at - 1] if own[0].at else None
        if before is None or any(self._mentions[each.at] or next(words_of(each.text), "") for each in own):
            return None
        return before if _SAID["beside_it"].match(before.text) else None

    def _refines(self, sentence: Sentence, clause: str) -> bool:
        """Whether "ten nodes would do" says more of what was asked for just before."""
        needs = self._found.needs
        if (
            not needs
            or sentence.at - needs[-1].sentence.at > 4
            or not _SAID["refines"].search(clause)
            or _SAID["fragment"].match(clause)
        ):
            return False
        needs[-1] = replace(needs[-1], quote=together(needs[-1].quote, sentence.text))
        self._found.asked_in.add(sentence.at)
        return True

    def _leads_to_list(self, sentence: Sentence, wanted: str) -> bool:
        following = self._sentences[sentence.at + 1 : sentence.at + 2]
        return bool(following) and following[0].is_bullet and len(wanted.split()) < 8

    def _announces(self, sentence: Sentence) -> bool:
        """Whether a sentence only says that something is asked for, and the next one says what."""
        following = self._sentences[sentence.at + 1 : sentence.at + 2]
        return (
            bool(following)
            and self._asks.is_announced(following[0])
            and self._about.is_thing(following[0], following[0].text)
        )

    def _antecedent(self, sentence: Sentence, *, back: int) -> tuple[str, Sentence] | None:
        """Return the words before that "it" or "that" stands for: near, and about a thing, best one in trouble."""
        best: tuple[float, str, Sentence] | None = None
        for text, said in reversed(self._topics[-7:]):
            kind, technologies = self._about.kind(said, text), self._about.technologies(said, text)
            far = sentence.at - said.at
            if (
                far > back
                or _SAID["people_wait"].search(text)
                or _SAID["no_ask"].search(text)
                or _SAID["question"].match(text)
                or not (kind or technologies)
            ):
                continue
            if not technologies and not (kind and kind.weight):
                continue
            if any(
                is_against(said.text, each.start, each.end)
                for each in self._mentions[said.at]
                if each.id in technologies
            ):
                continue
            likely = (
                (kind.weight if kind else 0) + 2 * bool(technologies) + 2 * bool(_SAID["trouble"].search(text)) - far
            )
            if best is None or likely > best[0]:
                best = likely, text, said
        return best[1:] if best else None


def _clauses(text: str) -> Iterator[str]:
    """Yield the clauses of a sentence. What says that a skill is missing is one of its own."""
    for clause in filter(None, map(str.strip, _SAID["clause"].split(text))):
        lacking = gaps.lacks(clause)
        head, comma, tail = clause[: lacking.start()].rpartition(", ") if lacking else ("", "", "")
        if comma and not gaps.lacks(head) and len(head.split()) > 2:
            yield from (head, tail + clause[lacking.start() :] if lacking else tail)
        else:
            yield clause


def _label(sentence: Sentence) -> str:
    """Return the point of a list that a sentence is, or is about: "3 can wait"."""
    said = _SAID["point"].match(sentence.text) or re.match(r"([1-9]) (?=\w)", sentence.text)
    return sentence.label or (said[1].lower() if said else "")


def _is_skill(clause: str, asked: re.Match[str] | None) -> bool:
    """Whether a clause says what the team cannot do, rather than what it wants."""
    lacks = gaps.lacks(clause)
    if lacks is None or asked is None:
        return lacks is not None
    return lacks.start() < asked.end() and asked.start() < lacks.end() and not _SAID["hard_ask"].search(clause)

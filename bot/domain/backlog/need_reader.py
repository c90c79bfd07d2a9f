"""What a thread asks for, what stays with the team, and what was taken back: clause by clause, the last word counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.backlog import cues
from bot.domain.backlog.item_types import BY_TECHNOLOGY, Named, named, words_of
from bot.domain.backlog.needs import Need, Needs, Strength, title, together
from bot.domain.backlog.requests import ItemType
from bot.domain.backlog.technologies import Mention, Vocabulary, ids
from bot.domain.backlog.threads import Sentence, Thread
from bot.domain.names import fold

#: What somebody does, rather than a thing.
_HELP = (ItemType.SUPPORT, ItemType.COACHING)
#: Begins what is said of a point of a list.
_POINT = re.compile(r"^(?:and |but |so |for |as for |re )?\(?([1-9a-h])\)[,:.]?\s", re.IGNORECASE)
#: What follows in a list is part of the thing, unless it begins anew.
_CONTENTS = re.compile(r"\b(?:with|for|including)\b", re.IGNORECASE)
#: Words for one thing, the kind of thing that they name, and the technologies in them.
_Part = tuple[str, Named | None, tuple[str, ...]]


def find(thread: Thread, mentions: Sequence[Sequence[Mention]], vocabulary: Vocabulary) -> Needs:
    """Return what the thread asks for in the end, each thing once."""
    return _Reader(thread, mentions, vocabulary).read()


def is_closed(thread: Thread) -> bool:
    """Whether the last words of a thread say that there is nothing to ask for."""
    return any(cues.CLOSING.search(each.text) for each in thread.sentences[-4:])


class _Reader:
    def __init__(self, thread: Thread, mentions: Sequence[Sequence[Mention]], vocabulary: Vocabulary) -> None:
        self._sentences = thread.sentences
        self._mentions = mentions
        self._vocabulary = vocabulary
        self._found = Needs()
        self._last_ask, self._last_strength = -9, Strength.NAMED
        #: The place of the message that answers what is needed.
        self._answers = -1
        #: The points of lists in the messages before, and in this one; the point that is talked about.
        self._listed: set[str] = set()
        self._listing: set[str] = set()
        self._listed_in = -1
        self._point = (-9, "")
        self._topics: list[tuple[str, Sentence]] = []

    def read(self) -> Needs:
        for sentence in self._sentences:
            clauses = [clause.strip() for clause in cues.CLAUSE.split(sentence.text) if clause.strip()]
            for number, clause in enumerate(clauses):
                self._read(sentence, clause, clauses[number - 1] if number else "")
        self._found.needs = [self._elaborated(each) for each in self._found.needs]
        self._found.likely = self._likely()
        return self._found

    def _elaborated(self, need: Need) -> Need:
        """Add the next sentence of the message to a wish that names no technology; it says what is wanted."""
        following = self._sentences[need.sentence.at + 1 : need.sentence.at + 2]
        after = following[0] if following and following[0].message is need.sentence.message else None
        if need.technologies or after is None or after.is_bullet or after.at in self._found.asked_in:
            return need
        technologies = tuple(ids(self._mentions[after.at]))
        return replace(need, quote=together(need.quote, after.text), technologies=technologies)

    def _likely(self) -> tuple[Need, ...]:
        """Return what the thread may be about, best first, by the evidence in its clauses."""
        weighed: list[tuple[float, Need]] = []
        for text, said in self._topics:
            kind, technologies = self._kind(said, text), self._technologies(said, text)
            evidence = sum(2 for _ in set(map(str.lower, cues.EVIDENCE.findall(text))))
            evidence += 2 * bool(cues.TROUBLE.search(text))
            if not (kind or technologies) or not evidence or cues.NO_ASK.search(text):
                continue
            sure = evidence + (kind.weight if kind else 0) + bool(technologies) - 2 * bool(cues.PAST.search(text))
            weighed.append((sure, self._need(said, (text, kind, technologies), said.text, Strength.IMPLIED)))
        weighed.sort(key=lambda pair: -pair[0])
        return tuple(need for _, need in weighed)

    def _read(self, sentence: Sentence, clause: str, before: str) -> None:
        asked = cues.ASK.search(clause)
        own = None if cues.NOT_OWN.search(clause) else cues.OWN.search(clause)
        withdrawn = None if cues.PEOPLE_WAIT.search(clause) else cues.WITHDRAWN.search(clause)
        if withdrawn and cues.NOT_YET.search(clause[: withdrawn.start()]):
            withdrawn = None  # "nothing goes out before that is fixed"
        if self._strikes(sentence, clause, is_gone=bool(withdrawn or own)):
            return
        if withdrawn and not (asked and (asked.start() > withdrawn.end() or named(clause[asked.end() :]))):
            self._withdraw(sentence, clause)
        elif own and not (asked and asked.start() <= own.start()):
            if not before and sentence.at and not sentence.first:
                before = self._sentences[sentence.at - 1].text
            said = clause if len(clause.split()) > 3 or not before else f"{before}, {clause}"
            self._found.stays.append((said, sentence))
            here = [each for each in self._mentions[sentence.at] if each.start == 0]
            for need in [each for each in self._found.needs if each.sentence.is_bullet]:
                if {each.id for each in here} & set(need.technologies):
                    self._found.drop(need)  # "Sentry we create ourselves": a point of the list that is none
            if said is not clause:
                self._found.needs = [each for each in self._found.needs if each.quote != before]
        else:
            if cues.WHAT_IS_NEEDED.search(clause):
                self._last_ask, self._last_strength = sentence.at, Strength.LISTED
                self._answers = sentence.message.index + 1
            elif not cues.NO_ASK.search(clause):
                self._ask(sentence, clause, asked)
            self._topics.append((clause, sentence))

    def _promotes(self, sentence: Sentence) -> bool:
        """Whether "let's ask for that" is about what was proposed just before; then it is asked for."""
        for at, need in reversed(list(enumerate(self._found.needs))):
            if need.strength < Strength.LISTED and 0 < sentence.at - need.sentence.at <= 5:
                quote = together(need.quote, sentence.text)
                self._found.needs[at] = replace(need, strength=Strength.ASKED, quote=quote)
                self._found.asked_in.add(sentence.at)
                self._last_ask, self._last_strength = sentence.at, Strength.ASKED
                return True
        return False

    def _best_kind(self, sentence: Sentence, clause: str, kind: Named | None, *, has_technology: bool) -> Named | None:
        """Return a surer kind than the words of the wish give: the topic before a colon, the clause, or help."""
        topic, colon, _ = sentence.text.partition(":")
        if colon and (named_there := self._kind(sentence, topic)) and named_there.weight >= 2:
            return named_there
        around = self._kind(sentence, clause)
        if around and ((kind is None and not has_technology) or around.weight == 3):
            return around
        is_talk = has_technology or not any(self._mentions) or len(clause.split()) < 5
        if kind is None and not is_talk and cues.DIRECTED.search(clause):
            return Named(ItemType.SUPPORT, "", 0)
        return kind

    def _strikes(self, sentence: Sentence, clause: str, *, is_gone: bool) -> bool:
        """Strike a point of a numbered list: "(a) exists since May", "strike 3", "so only b"."""
        if label := _label(sentence):
            self._point = (sentence.at, label)
        if sentence.message.index != self._listed_in:
            self._listed |= self._listing
            self._listing, self._listed_in = set(), sentence.message.index
        self._listing |= {sentence.label} - {""}
        listed = self._listed
        left, struck = cues.ONLY_LEFT.search(clause), cues.STRUCK.search(clause)
        if left and left["label"].lower() in listed:
            gone = listed - {left["label"].lower()}
        elif struck:
            gone = listed & {(struck["label"] or struck["label2"]).lower()}
        else:
            at, recent = self._point
            gone = listed & {recent} if is_gone and sentence.at - at <= 2 else set()
        for each in [each for each in self._found.needs if each.sentence.label in gone - {""}]:
            self._found.drop(each)
        return bool(gone - {""})

    def _ask(self, sentence: Sentence, clause: str, asked: re.Match[str] | None) -> None:
        wanted, strength = self._wanted(sentence, clause, asked)
        if not wanted:
            return
        quote = sentence.text
        if self._refines(sentence, clause):
            return
        kind = self._kind(sentence, wanted)
        technologies = self._technologies(sentence, wanted)
        is_bare = not technologies and (kind is None or (kind.weight < 2 and len(wanted.split()) < 8))
        if strength is Strength.ASKED and is_bare and self._leads_to_list(sentence, wanted):
            self._last_ask, self._last_strength = sentence.at, strength
            self._found.asked_in.add(sentence.at)
            return
        refers = bool(cues.REFERS.match(wanted))
        if kind and refers and self._continues(sentence, kind):
            return
        # "build it": what is built was named before, and build is no noun here.
        is_short = len(wanted.split()) < 4 or kind is None or kind.weight < 2
        if refers and is_short and not cues.PRONOUN.match(wanted):
            is_bare, kind = True, kind if kind and (kind.weight == 3 or kind.kind in _HELP) else None
        parts = self._parts(sentence, wanted)
        is_pronoun = is_bare and len(parts) == 1 and (cues.PRONOUN.search(wanted) or len(wanted.split()) < 4)
        if strength is Strength.ASKED and is_pronoun and self._refers(sentence, wanted, kind):
            return
        if strength is Strength.ASKED and (kind is None or kind.weight < 2):
            kind = self._best_kind(sentence, clause, kind, has_technology=bool(technologies))
        if strength is Strength.ASKED:
            self._last_ask, self._last_strength = sentence.at, strength
        self._add(sentence, parts if len(parts) > 1 else [(wanted, kind, technologies)], quote, strength)

    def _refers(self, sentence: Sentence, wanted: str, kind: Named | None) -> bool:
        """Whether "it" is what was proposed or named before; then that is asked for."""
        is_help = kind is not None and kind.kind in _HELP
        if not is_help and self._promotes(sentence):
            return True
        before = self._antecedent(sentence, back=5 if cues.PRONOUN.search(wanted) else 1)
        if before is None:
            return False
        text, said = before
        there = self._kind(said, text)
        kind = kind if kind is not None and (kind.weight >= 2 or is_help or there is None) else there or kind
        quote = sentence.text if said is sentence else f"{text} {sentence.text}"
        part = (wanted if is_help else text, kind, self._technologies(said, text))
        self._add(sentence, [part], quote, Strength.ASKED)
        return True

    def _wanted(self, sentence: Sentence, clause: str, asked: re.Match[str] | None) -> tuple[str, Strength]:
        """Return the words for what a clause asks for, and how surely it does."""
        if asked is not None and not (cues.PAST.search(clause) and "?" not in clause):
            return self._behind(sentence, clause, asked)
        before = cues.ASKED_BEFORE.search(clause)
        if before is not None and not cues.PAST.search(clause):
            return self._ahead(sentence, clause, before)
        if cues.IMPLIED.search(clause) and not cues.TEAM_ITSELF.search(clause) and not cues.ASIDE.search(clause):
            absent = cues.ABSENT.search(clause)
            wanted = clause[absent.end() :] if absent and named(clause[absent.end() :]) else clause
            kind = self._kind(sentence, wanted)
            if kind is not None and (kind.weight or self._technologies(sentence, wanted)):
                return wanted, Strength.IMPLIED
        strength = self._listed_strength(sentence, clause)
        return ("", Strength.NAMED) if strength is None else (clause, strength)

    def _behind(self, sentence: Sentence, clause: str, asked: re.Match[str]) -> tuple[str, Strength]:
        """Return what stands behind the words that ask."""
        if cues.NARROWS.search(clause):
            self._found.needs.clear()
        # "MLflow hosted for us and help with Nomad": help is one of the things in the list.
        is_help = asked[0].lower().startswith(("help", "a hand", "support"))
        after = clause if is_help else clause[asked.end() :].strip(" :,.!")
        if not after and cues.PRONOUN.search(asked[0]):
            return asked[0], Strength.ASKED
        enough = self._kind(sentence, after) or self._technologies(sentence, after)
        if (not enough and cues.SUMS_UP.match(asked[0])) or (cues.ONLY_WHEN.match(after) and self._found.needs):
            self._found.asked_in.add(sentence.at)
            return "", Strength.NAMED
        return (after if enough and len(after.split()) > 1 else clause), Strength.ASKED

    def _ahead(self, sentence: Sentence, clause: str, asked: re.Match[str]) -> tuple[str, Strength]:
        """Return what stands before the words that ask."""
        wanted, after = clause[: asked.start()].strip(" ,"), clause[asked.end() :].strip(" ,")
        if cues.PASSIVE.fullmatch(asked[0]) and not self._technologies(sentence, wanted):
            return (clause, Strength.IMPLIED) if any(words_of(clause)) else ("", Strength.NAMED)
        # "It would help if there was a script": what is wanted stands behind.
        return (wanted if len(wanted.split()) > 1 or not named(after) else after) or clause, Strength.ASKED

    def _listed_strength(self, sentence: Sentence, clause: str) -> Strength | None:
        """Return how surely a thing that is only named is asked for, by the list or the talk in which it stands."""
        kind = self._kind(sentence, clause)
        is_thing = (kind and kind.weight) or self._technologies(sentence, clause)
        is_named = kind or self._technologies(sentence, clause)
        if sentence.is_bullet and is_named and self._is_listed(sentence):
            return Strength.LISTED
        if kind and self._answers == sentence.message.index and not clause.endswith("?"):
            return Strength.LISTED
        continues = sentence.at - self._last_ask <= 3
        if continues and cues.CONTINUED.search(clause) and is_thing:
            return min(Strength.LISTED, self._last_strength)
        previous = self._sentences[sentence.at - 1].text if sentence.at else ""
        if cues.ANYTHING_ELSE.search(previous) and kind and kind.weight and len(clause.split()) <= 6:
            return Strength.LISTED
        if not kind or kind.weight < 2 or (clause.endswith("?") and not cues.FRAGMENT.match(clause)):
            return None
        is_list = not cues.SAYS.search(clause) and not cues.NO_PART.match(clause) and len(clause.split()) > 1
        is_list = is_list and (not clause[0].isdigit() or self._last_ask == sentence.at - 1)
        if is_list and continues and self._last_strength >= Strength.LISTED:
            return Strength.LISTED
        return Strength.NAMED if is_list or cues.FRAGMENT.search(clause) else None

    def _is_listed(self, sentence: Sentence) -> bool:
        """Whether a line belongs to a list of wishes: others stand beside it, or a wish leads to it."""
        beside = [each for each in self._sentences if each.message is sentence.message]
        return sum(each.is_bullet for each in beside) > 1 or any(each.at in self._found.asked_in for each in beside)

    def _parts(self, sentence: Sentence, wanted: str) -> list[_Part]:
        """Cut a list of things into its parts; a part that names no kind of thing belongs to the one before."""
        bounds: list[tuple[int, int]] = []
        starts = [0, *(found.end() for found in cues.PART.finditer(wanted))]
        ends = [*(found.start() for found in cues.PART.finditer(wanted)), len(wanted)]
        for start, end in zip(starts, ends, strict=True):
            piece = wanted[start:end].strip()
            kind = self._kind(sentence, piece)
            names = (kind is not None and kind.weight >= 1) or (
                cues.FRAGMENT.match(piece) and self._technologies(sentence, piece)
            )
            stands = bool(piece and names and not cues.NO_PART.match(piece))
            if bounds and stands:
                before = wanted[slice(*bounds[-1])]
                # "a library with retries, metrics": what follows "with" is part of it unless it begins anew.
                stands = bool(self._kind(sentence, before) or self._technologies(sentence, before.strip())) and (
                    not _CONTENTS.search(before) or bool(cues.FRAGMENT.match(piece)) or piece.startswith("the ")
                )
            if bounds and not (stands and piece.count("(") == piece.count(")")):
                bounds[-1] = (bounds[-1][0], end)
            else:
                bounds.append((start, end))
        pieces = [wanted[start:end] for start, end in bounds]
        return [(piece, self._kind(sentence, piece), self._technologies(sentence, piece)) for piece in pieces]

    def _add(self, sentence: Sentence, parts: Sequence[_Part], quote: str, strength: Strength) -> None:
        added = False
        for part in parts:
            if part[1] is None and not part[2]:
                continue
            need = self._need(sentence, part, quote, strength, alone=len(parts) == 1)
            self._found.merge(need, within=sentence.at if added else None)
            added = True
        if added:
            self._last_ask, self._last_strength = sentence.at, strength
            if strength > Strength.NAMED:
                self._found.asked_in.add(sentence.at)

    def _need(self, sentence: Sentence, part: _Part, quote: str, strength: Strength, *, alone: bool = True) -> Need:
        text, kind, technologies = part
        by_technology = self._vocabulary[technologies[0]].type if technologies else ""
        # In "a Helm release in staging" the technology says more than where it is to be.
        is_place = kind is not None and kind.kind is ItemType.ENVIRONMENT and by_technology not in BY_TECHNOLOGY
        least = 1 if is_place else 0
        is_thing = kind is not None and (kind.weight > least or not technologies)
        chosen = kind.kind if is_thing and kind else BY_TECHNOLOGY.get(by_technology, ItemType.INFRASTRUCTURE)
        if technologies and kind and kind.word.startswith("service") and kind.weight < 3:
            chosen = ItemType.INFRASTRUCTURE  # a PagerDuty service is not one that has to be written
        is_sure = kind is not None and kind.weight < 3 and strength > Strength.NAMED
        if is_sure and cues.TROUBLE.search(quote if alone else text):
            chosen = ItemType.SUPPORT
        is_bare = (kind is None or not kind.weight) and len(text.split()) <= 3
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
        words, technologies = set(words_of(clause)), set(self._technologies(sentence, clause))
        touched = [each for each in self._found.needs if each.shares(words, technologies)]
        if not touched and (words or technologies) and not cues.PRONOUN.search(clause):
            return  # "the containers are done": that was no wish
        if not touched and len(self._found.needs) > 1 and cues.THERE.search(clause):
            touched = [self._found.needs[-1]]
        gone = touched if touched and len(touched) < len(self._found.needs) else list(self._found.needs)
        for each in gone:
            self._found.drop(each)
        if gone and not self._found.needs:
            self._found.withdrawn_at = sentence.at

    def _continues(self, sentence: Sentence, kind: Named) -> bool:
        """Whether "provide it as a library" says more of the library that was asked for just before."""
        for at, need in enumerate(self._found.needs):
            if need.kind is kind.kind and sentence.at - need.sentence.at <= 3:
                self._found.needs[at] = replace(
                    need, strength=Strength.ASKED, quote=together(need.quote, sentence.text)
                )
                return True
        return False

    def _refines(self, sentence: Sentence, clause: str) -> bool:
        """Whether "ten nodes would do" says more of what was asked for just before."""
        needs = self._found.needs
        if not needs or sentence.at - needs[-1].sentence.at > 4 or not cues.REFINES.search(clause):
            return False
        needs[-1] = replace(needs[-1], quote=together(needs[-1].quote, sentence.text))
        self._found.asked_in.add(sentence.at)
        return True

    def _leads_to_list(self, sentence: Sentence, wanted: str) -> bool:
        following = self._sentences[sentence.at + 1 : sentence.at + 2]
        return bool(following) and following[0].is_bullet and len(wanted.split()) < 8

    def _antecedent(self, sentence: Sentence, *, back: int) -> tuple[str, Sentence] | None:
        """Return the words before that "it" or "that" stands for: the nearest that name a thing."""
        for text, said in reversed(self._topics[-5:]):
            kind = self._kind(said, text)
            if cues.NO_ASK.search(text) or cues.QUESTION.match(text):
                continue
            if sentence.at - said.at <= back and ((kind is not None and kind.weight) or self._technologies(said, text)):
                return text, said
        return None

    def _kind(self, sentence: Sentence, text: str) -> Named | None:
        """Return what kind of thing a text names; GitHub Actions are no actions, for a technology's name is no noun."""
        for mention in self._mentions[sentence.at]:
            said = sentence.text[mention.start : mention.end]
            *_, last = said.split()
            is_name = fold(said) in (fold(self._vocabulary[mention.id].name), fold(mention.id))
            text = text.replace(said, "§" if is_name or named(last) is None else f"§ {last}")
        return named(text)

    def _technologies(self, sentence: Sentence, text: str) -> tuple[str, ...]:
        start = sentence.text.find(text)
        if start < 0:
            return ()
        end = start + len(text)
        return tuple(ids(each for each in self._mentions[sentence.at] if start <= each.start and each.end <= end))


def _label(sentence: Sentence) -> str:
    said = _POINT.match(sentence.text)
    return sentence.label or (said[1].lower() if said else "")

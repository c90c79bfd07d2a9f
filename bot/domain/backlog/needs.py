"""What a thread asks for, what stays with the team, and what was taken back: clause by clause, the last word counts."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field, replace

from bot.domain.backlog.item_types import BY_TECHNOLOGY, ItemType, Named, named, words_of
from bot.domain.backlog.technologies import Mention, Vocabulary, ids
from bot.domain.backlog.threads import Sentence, Thread
from bot.domain.names import fold

_TITLE = 90
_MOST = 12
DEVOPS = (
    r"(?:devops|dev ops|the platform (?:team|people|folks)|platform (?:team|people)|"
    r"infra(?:structure)? (?:team|people)|sre)"
)
_WHO = rf"(?:you|someone|somebody|some one|anyone|anybody|they|one of you|{DEVOPS})"
_SOFT = (
    r"(?:'d|'ll| would| will| do| really| also| still| just| only| urgently| now| probably| actually| rather|"
    r" definitely| then)*"
)

#: What follows these is asked for.
_ASK = re.compile(
    "|".join(
        (
            rf"\b(?:we|i|they|team|what we){_SOFT}(?:(?:'d| would)(?: \w+)? (?:like|love)| (?:need(?:ed)?|require|"
            rf"want(?:ed)?|appreciate|prefer|request|ask(?: {DEVOPS})? for|"
            r"rather have|have to have|could use|lack|miss|are missing|are lacking|are looking for|am looking for|"
            r"must have|hope for))"
            r"(?: (?:to have|to get|to see|from devops|from you|from them|is|are|it to be|help))?\b:?",
            r"\bwhat (?:we|i|we'd|i'd)\b[^.:,]{0,40}? (?:is|are)\b:?|\bwhat(?:'s| is) (?:left|missing|needed|"
            r"lacking|open)\b[^.:]{0,30}? (?:is|are)\b:?",
            r"(?:^|[,:(;] ?|\b(?:and|so|then|also|still|that|it|story|which|but|service|team|app|"
            r"tool) )needs?\b(?! to (?:know|talk|think|discuss|decide|check|wait))",
            r"^(?:(?:also|and|so|then|ok|yes|hi|hello|hey)[,:!]? ){0,2}(?:wanted|want|requesting|request(?: for)?|"
            r"looking for|missing|required|needed|ask(?: for)?|asking for|todo for devops)\b:?",
            rf"\b(?:can|could|would|will|might|may) (?:please )?{_WHO}(?: (?:from|in|of|at|"
            rf"on) (?:the )?[\w-]+(?: team)?)?(?: please| maybe| perhaps| possibly)?(?: be able to)?\b",
            r"\b(?:can|could|may|might) (?:we|i) (?:please |maybe |also |perhaps )?(?:have|get|ask for|request|"
            r"borrow)\b",
            r"\b(?:any chance|is it possible|would it be possible|is there a way|would (?:you|someone|"
            r"somebody) mind)(?: (?:of|to|for us to|that|we can|we get|we could))*(?: get| have)?\b",
            r"\b(?:help|a hand|support) (?:us |me )?(?:with|to)\b",
            rf"\b{DEVOPS} (?:should|could|must|has to|have to|would have to|needs to|does|do|to|will|can|please|"
            rf"sets? up|builds?|provides?|creates?|gives?|runs?|hosts?|installs?|adds?|makes?|opens?|prepares?|"
            rf"deploys?)\b(?! it by hand)",
            rf"(?:\bfor|\bfrom|@){DEVOPS}\s?[:,]|\b(?:for|from) {DEVOPS}\s?[:,]|\b(?:let's|i'll|we'll|please|"
            rf"shall we|we) (?:ask|request|file)(?: {DEVOPS})?(?: for| to| about)?(?: (?:it|one|this))?\b:?|"
            rf"\bask {DEVOPS} (?:for|to|about)\b",
            r"(?:^|\b(?:just|please|so|and|then) )(?:give|send|grant|get|show|teach|set|lend|hand) (?:us|me)\b",
            r"\b(?:waiting for|blocked on|stuck on|blocked by|depend(?:s|ing)? on) (?=(?:a|an|the|new|our|access|"
            r"some)\b)",
            r"\bit(?:'s| is) (?:only|just) (?=the\b)|\bwe(?:'d)? get\b|\bthere(?:'s| is| are) (?:still )?no(?=\s\w)|"
            r"\bthe ask\b[^:]{0,30}?(?:\bis\b(?: \w+:)?|:)",
            r"\b(?:request|asks?|wish(?:list)?|ticket|needed|wanted|todo)\s?:",
        )
    ),
    re.IGNORECASE,
)
#: What stands before these is asked for.
_ASKED_BEFORE = re.compile(
    r"\b(?:would|'d|will|could) (?:also )?(?:be|really be|already be) (?:\w+ )?(?:great|nice|good|lovely|perfect|"
    r"helpful|help|awesome|ideal|enough|handy|"
    r"useful|cool|a dream|wonderful|fantastic|amazing|a (?:big |great |huge )?(?:help|relief)|appreciated|welcome|"
    r"sweet|best)\b|"
    r"\bwould (?:do|help|spare|save|solve|suffice|make|fix|replace|cure|end|remove|be the way|cover)\b|\b(?:is|"
    r"are)? ?(?:still |what's )?(?:missing|needed|required|what we need|all we need)\b|"
    rf"\bthat we(?:'d| would)? (?:lack|need|like|miss|want)\b|\b(?:has|have|needs?|ought) to be \w+|\bmust be \w+|"
    rf"\b(?:belongs to|is owned by|is up to|is for|is) {DEVOPS}\b'?|"
    r"\b(?:pls|plz|please|bitte)\b",
    re.IGNORECASE,
)
#: No ask, whatever else stands there: negations, questions among the team, talk about asking.
_NO_ASK = re.compile(
    r"\b(?:don't|do not|doesn't|does not|didn't|won't|wouldn't|needn't|no longer|not) (?:\w+ )?(?:need|want|require|"
    r"ask)\b|\bno (?:need|rush|hurry|training needed)\b|"
    r"\bdo (?:we|you|they|i|any of you)\b[^.?]{0,15}\b(?:need|want|have|ask)\b|\blet's not\b|^(?:and |so |"
    r"but )?(?:what|who|how) (?:would|could)\b|\benglish (?:pls|please)\b|^(?:pls|please|yes please|yes)\b[,.!]|"
    r"\bwhat (?:do|does|would|did) (?:we|you|they|i|it)\b|\bwho(?:'s| |ever)\b[^.]*\?|"
    r"\bneed(?:s|ed)? to (?:talk|think|discuss|decide|wait|agree|estimate|buy|ask|know|look up|sync|meet|remember|"
    r"plan|go|leave|finish)\b|"
    r"\b(?:anyone|anybody|someone|somebody|who) (?:else )?(?:know|knows|remember|tell)\b|\bwhat if\b|\bshall we\b|"
    r"\bwhy (?:do|does|not|would)\b|"
    r"\bif (?:they|you|we) need\b|\bneeded anything\b|\bdid (?:we|i|you)\b|\bplease (?:note|ignore|remember|stop)\b|"
    r"\bnothing (?:to|for|left|needed)\b|"
    r"\bused to (?:need|want)\b|\bneeds? no\b|\b(?:we|i|they|you)(?:'d| would)? need (?:about |around |some |"
    r"roughly )?\d+ (?:minutes?|hours?|days?)\b|\bnot needed\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:is|are|'s|stays?|remains?) (?:already )?(?:ours|mine|with us|on us|on me|our (?:part|job|homework|thing|"
    r"task|side|own|business|work|problem)|in our (?:backlog|hands|sprint))\b|"
    r"\b(?:we|i)(?:'ll| will| can| could| do| keep| take| would|'d)? [^.,;]{0,60}\b(?:ourselves|myself|on our own|"
    r"on our side|in our (?:repo|sprint))\b|"
    r"\b(?:we|i)(?:'ll| will) (?!need|want|ask|require|have to|file|request|open|be|also need|raise|never|see|"
    r"probably need)[a-z]+|"
    r"\b(?:we|i) (?:keep|take care of|take over|handle|rewrite|take|own|fill in|cover|look after|write|do that|"
    r"do it|adapt|adjust) |"
    r"\byou (?:write|do|take|handle|test|adapt|own)\b|\b(?:we|i) can (?:do|write|handle|test|take|adapt|change|"
    r"build|manage|fix|run|cover|maintain|own|add|move|port|figure)\b|"
    r"\bfrom there we (?:go|can go|take|continue|manage)\b|\b(?:our|my) part is\b|\bwe do,",
    re.IGNORECASE,
)
_WITHDRAWN = re.compile(
    r"\bnever ?mind\b|\bnvm\b|\bfalse alarm\b|\bforget (?:it|that|about it|this)\b|\bscratch (?:that|it)\b|"
    r"\bignore (?:that|this|me|my)\b|\bplease ignore\b|"
    r"\b(?:it|that|this|all|everything|staging|login|build)? ?(?:works?|is working|worked|runs) (?:again|now|"
    r"for me now|fine now|after all)\b|\bworks now\b|\bsorted\b|"
    r"\b(?:is|was|got|been|it's|that's|already|all) (?:now )?(?:solved|resolved|fixed|settled itself|done already|"
    r"obsolete|moot)\b|\bproblem solved\b|\bfixed it\b|"
    r"\b(?:found it|found the (?:problem|cause|issue|reason|mistake|culprit|bug))\b|\b(?:it )?was me\b|\bmy (?:bad|"
    r"mistake|fault)\b|\bthat did (?:it|the trick)\b|"
    r"\bnothing (?:left|to do|to ask|to request|needed|more|for devops|else)\b|\b(?:close|closing|park|parked|"
    r"parking|drop|shelve|shelved|postpone) (?:it|that|this|ours|the (?:request|ticket|topic|story|idea|incident)|"
    r"for now|until)\b|"
    r"^parked\b|\b(?:not|isn't|aren't) (?:needed|necessary|required)(?: any ?more| after all| now)?\b|"
    r"\bno longer (?:need|want)(?:ed)?\b|\btake (?:that|it) back\b|"
    r"\bdon't need (?:it|that|this|them|devops|anything|a ticket|the \w+)(?: any ?more| after all| then)?\b|\b(?:we|"
    r"i) (?:can )?withdraw\b|\bobsolete\b|\b(?:we'll|let's) (?:live|stay|stick) (?:with|as)\b|"
    rf"\b(?:{DEVOPS}|they|he|she|someone|somebody) (?:has |have |had |'ve )?(?:already )?(?:did|done|created|fixed|"
    rf"delivered|set up|granted|added|shipped|enabled|gave us|upgraded|finished)\b(?! by)|"
    r"\balready (?:there|exists?|done|delivered|in place|available|live|have (?:it|that|one)|has (?:it|that|one)|"
    r"got (?:it|that|one))\b|\bno devops needed\b|"
    r"\b(?:next (?:year|quarter)|later) (?:maybe|perhaps|then)\b|\b(?:maybe|perhaps) next (?:year|quarter)\b|"
    r"\bnot (?:this|now|before next) (?:quarter|year|sprint)\b|\bwe(?:'re| are) good\b|\bdecided against\b|"
    r"\bhandled\b|\bno request\b|\blet's not (?:ask|bother|do)\b|\b(?:is|are|'s) (?:already )?on it\b|"
    r"\bgood enough\b|\bwithout (?:devops|a request|a ticket)\b|\bnot our (?:circus|problem)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"(?:,|;| -)\s+(?=(?:but|we|we'd|i|i'd|i'll|we'll|you|that's|the rest|while|otherwise|from there|it's|because|"
    r"since|so that|who|and (?:we|i|that|our|then))\b)|\s+(?=but\b)|\s+(?=because\b)",
    re.IGNORECASE,
)
_PART = re.compile(
    r",?\s+(?:and(?: also| then)?|plus|\+|&|as well as|along with)\s+|,\s+(?:incl\.?|including)\s+|,\s+|;\s+|\s\+\s",
    re.IGNORECASE,
)
#: A part that begins so is no thing of its own: it says more about the one before.
_NO_PART = re.compile(
    r"(?:that|which|who|whom|so|because|since|otherwise|before|by|until|after|if|as|then|we|i|you|they|he|she|it|"
    r"this|to|for|in|on|with|"
    r"from|at|ideally|preferably|not|no|or|only|e\.g\.|about|around|within|needed|when|where|says?|please|pls|"
    r"thanks|over|all|both|read only|tcp|maybe)\b|\d+(?:\s*(?:gb|tb|%|h\b|of us))",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"(?:,|\s)\s*(?:because|so that|otherwise|since|before|by|until|needed|no later|asap|if possible|ideally|which|"
    r"as soon)\s.*$|\s*[?!.:;,]+\s*$",
    re.IGNORECASE | re.DOTALL,
)
_LEAD = re.compile(
    r"^(?:(?:to|have|get|be|is|are|also|and|plus|then|so|ok|okay|please|pls|just|from (?:devops|you)|that|us|me|"
    r"with|for|[:,\-(+&]|that is|would be|e\.g\.|maybe|yes|hi|hello|we want|there to be)\s*)+(?=\S)(?![\w']*')|"
    r"^(?:and|plus|also|\+)\s+",
    re.IGNORECASE,
)
_FRAGMENT = re.compile(
    r"^(?:(?:so|then|ok|okay|and|plus|also|or|yes|maybe|first|like|well)[,:]?\s+)*(?:an?|one(?! step)|some|two|"
    r"three|four|new|another|our own|more|a few|\+)\s+\S+",
    re.IGNORECASE,
)
#: A verb, or somebody who does something: then a sentence is no bare list of things.
_SAYS = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|can|can't|could|will|would|won't|should|must|may|might|"
    r"we|i|he|she|they|it|you|there|"
    r"who|what|why|when|how|let's|no|not|yes|yep|ok|thanks|thx|that|this|still|just|already|always|every(?:body|"
    r"one)|nobody|some(?:body|one)|says?|said|takes?|fails?|makes?|sounds?|looks?|goes|comes|gets?|got|"
    r"works?|exists?|breaks?|broke|needs?|means?|wants?|think|guess|see|never|lol|haha|sprint|retro|standup|lunch|"
    r"coffee)\b|'(?:s|re|ll|d|ve|m)\b|n't\b",
    re.IGNORECASE,
)
_CONTINUED = re.compile(
    r"^(?:and|plus|also|\+|&|oh and|ah and|then|and then|as well as|not to forget|additionally)\b[,:]?\s(?!(?:we|i|"
    r"you|they|it|he|she|that|this|then)\b)",
    re.IGNORECASE,
)
_ANYTHING_ELSE = re.compile(
    r"\b(?:anything else|what else|forget (?:something|anything)|something else|missing something|is that all|"
    r"that all)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:it|that|this|one|them|those|these|both|either)\b", re.IGNORECASE)
_REFERS = re.compile(
    r"(?:please )?(?:(?!help)\w+ ){0,2}(?:it|them|that|this|one|those|these)\b(?! \w+ing)", re.IGNORECASE
)
_NARROWS = re.compile(
    r"\bit(?:'s| is) only (?=the\b)|\ball that's left is\b|\b(?:only thing|all) (?:that )?(?:we|"
    r"i) (?:still )?(?:need|want)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:last (?:time|year|month|week)|yesterday|back then|in the past|used to|we tried|i tried|had to|ago)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Need:
    """A thing that is asked for. `strength`: 3 asked in words, 2 in a list of asks, 1 only named as a proposal."""

    kind: ItemType
    title: str
    quote: str
    sentence: Sentence
    strength: int
    technologies: tuple[str, ...] = ()
    nouns: frozenset[str] = frozenset()
    weight: int = 0


@dataclass(slots=True)
class Needs:
    """What was found on the way through a thread."""

    needs: list[Need] = field(default_factory=list)
    stays: list[tuple[str, Sentence]] = field(default_factory=list)
    asked_in: set[int] = field(default_factory=set)
    withdrawn_at: int | None = None


def find(thread: Thread, mentions: Sequence[Sequence[Mention]], vocabulary: Vocabulary) -> Needs:
    """Return what the thread asks for in the end, each thing once."""
    return _Reader(thread, mentions, vocabulary).read()


class _Reader:
    def __init__(self, thread: Thread, mentions: Sequence[Sequence[Mention]], vocabulary: Vocabulary) -> None:
        self._sentences = thread.sentences
        self._mentions = mentions
        self._vocabulary = vocabulary
        self._found = Needs()
        self._last_ask, self._last_strength = -9, 0
        self._topics: list[tuple[str, Sentence]] = []

    def read(self) -> Needs:
        for sentence in self._sentences:
            clauses = [clause.strip() for clause in _CLAUSE.split(sentence.text) if clause.strip()]
            for number, clause in enumerate(clauses):
                self._read(sentence, clause, clauses[number - 1] if number else "")
        return self._found

    def _read(self, sentence: Sentence, clause: str, before: str) -> None:
        asked = _ASK.search(clause)
        own = _OWN.search(clause)
        if _WITHDRAWN.search(clause) and not (asked and named(clause[asked.end() :])):
            self._withdraw(sentence, clause)
        elif own and not (asked and asked.start() < own.start()):
            said = clause if len(clause.split()) > 3 or not before else f"{before}, {clause}"
            self._found.stays.append((said, sentence))
            if said is not clause:
                self._found.needs = [each for each in self._found.needs if each.quote != before]
        else:
            if not _NO_ASK.search(clause):
                self._ask(sentence, clause, asked)
            self._topics.append((clause, sentence))

    def _ask(self, sentence: Sentence, clause: str, asked: re.Match[str] | None) -> None:
        wanted, strength = self._wanted(sentence, clause, asked)
        if not wanted:
            return
        quote = sentence.text
        kind = self._kind(sentence, wanted)
        technologies = self._technologies(sentence, wanted)
        is_bare = not technologies and (kind is None or (kind.weight < 2 and len(wanted.split()) < 8))
        if strength == 3 and is_bare and self._leads_to_list(sentence, wanted):
            self._last_ask, self._last_strength = sentence.at, strength
            self._found.asked_in.add(sentence.at)
            return
        if kind and _REFERS.match(wanted) and self._continues(sentence, kind):
            return
        if strength == 3 and is_bare and (_PRONOUN.search(wanted) or len(wanted.split()) < 4):
            before = self._antecedent(sentence)
            if before is not None:
                text, said = before
                there = self._kind(said, text)
                kind = kind if kind is not None and (kind.weight >= 2 or there is None) else there or kind
                quote = quote if said is sentence else f"{text} {quote}"
                self._add(sentence, [(text, kind, self._technologies(said, text))], quote, strength)
                return
        if kind is None and strength == 3:
            kind = self._kind(sentence, clause)
        parts = self._parts(sentence, wanted)
        self._add(sentence, parts or [(wanted, kind, technologies)], quote, strength)

    def _wanted(self, sentence: Sentence, clause: str, asked: re.Match[str] | None) -> tuple[str, int]:
        """Return the words for what a clause asks for, and how surely it does."""
        if asked is not None and not (_PAST.search(clause) and "?" not in clause):
            if _NARROWS.search(clause):
                self._found.needs.clear()
            after = clause[asked.end() :].strip(" :,")
            enough = self._kind(sentence, after) or self._technologies(sentence, after)
            return (after if enough and len(after.split()) > 1 else clause), 3
        before = _ASKED_BEFORE.search(clause)
        if before is not None and not _PAST.search(clause):
            wanted, after = clause[: before.start()].strip(" ,"), clause[before.end() :].strip(" ,")
            # "It would help if there was a script": what is wanted stands behind.
            return (wanted if len(wanted.split()) > 1 or not named(after) else after) or clause, 3
        if sentence.is_bullet and named(clause) and self._is_listed(sentence):
            return clause, 2
        kind = self._kind(sentence, clause)
        continues = sentence.at - self._last_ask <= 3
        if continues and _CONTINUED.search(clause) and kind and kind.weight:
            return clause, min(2, self._last_strength)
        previous = self._sentences[sentence.at - 1].text if sentence.at else ""
        if _ANYTHING_ELSE.search(previous) and kind and kind.weight and len(clause.split()) <= 6:
            return clause, 2
        if kind and kind.weight >= 2 and not clause.endswith("?"):
            is_list = (
                not _SAYS.search(clause)
                and not _NO_PART.match(clause)
                and not clause[0].isdigit()
                and len(clause.split()) > 1
            )
            if is_list or _FRAGMENT.search(clause):
                return clause, 2 if is_list and continues and self._last_strength > 1 else 1
        return "", 0

    def _is_listed(self, sentence: Sentence) -> bool:
        """Whether a line belongs to a list of wishes: others stand beside it, or a wish leads to it."""
        beside = [each for each in self._sentences if each.message is sentence.message]
        return sum(each.is_bullet for each in beside) > 1 or any(each.at in self._found.asked_in for each in beside)

    def _parts(self, sentence: Sentence, wanted: str) -> list[tuple[str, Named | None, tuple[str, ...]]]:
        """Cut a list of things into its parts; a part that names no kind of thing belongs to the one before."""
        bounds: list[tuple[int, int]] = []
        starts = [0, *(found.end() for found in _PART.finditer(wanted))]
        ends = [*(found.start() for found in _PART.finditer(wanted)), len(wanted)]
        for start, end in zip(starts, ends, strict=True):
            piece = wanted[start:end].strip()
            kind = self._kind(sentence, piece)
            stands = piece and not _NO_PART.match(piece) and kind is not None and kind.weight >= 1
            if bounds and stands:
                before = wanted[slice(*bounds[-1])]
                # "a library with retries, metrics": what follows "with" is part of it unless it begins anew.
                stands = bool(self._kind(sentence, before) or self._technologies(sentence, before.strip())) and (
                    " with " not in f" {before} " or bool(_FRAGMENT.match(piece))
                )
            if bounds and not (stands and piece.count("(") == piece.count(")")):
                bounds[-1] = (bounds[-1][0], end)
            else:
                bounds.append((start, end))
        pieces = [wanted[start:end] for start, end in bounds]
        return [(piece, self._kind(sentence, piece), self._technologies(sentence, piece)) for piece in pieces]

    def _add(
        self,
        sentence: Sentence,
        parts: Sequence[tuple[str, Named | None, tuple[str, ...]]],
        quote: str,
        strength: int,
    ) -> None:
        added = False
        for text, kind, technologies in parts:
            by_technology = self._vocabulary[technologies[0]].type if technologies else ""
            if kind is None and not technologies:
                continue
            is_thing = kind is not None and (kind.weight > 0 or not technologies)
            chosen = kind.kind if is_thing and kind else BY_TECHNOLOGY.get(by_technology, ItemType.INFRASTRUCTURE)
            if technologies and kind and kind.word.startswith("service") and kind.weight < 3:
                chosen = ItemType.INFRASTRUCTURE  # a PagerDuty service is not one that has to be written
            is_bare = (kind is None or not kind.weight) and len(text.split()) <= 3
            need = Need(
                kind=chosen,
                title=_title(text),
                quote=quote,
                sentence=sentence,
                # "Playwright please" is a choice more often than a wish.
                strength=1 if is_bare and technologies and strength < 4 else strength,
                technologies=technologies,
                nouns=frozenset(words_of(text)),
                weight=kind.weight if kind else 0,
            )
            self._merge(need, within=sentence.at if added else None)
            added = True
        if added:
            self._last_ask, self._last_strength = sentence.at, strength
            if strength >= 2:
                self._found.asked_in.add(sentence.at)

    def _merge(self, need: Need, *, within: int | None) -> None:
        """Add a need, or make it one with the need that it repeats."""
        for at, known in enumerate(self._found.needs):
            if not is_same(known, need, in_one_list=within == known.sentence.at):
                continue
            keep, other = (need, known) if need.strength > known.strength else (known, need)
            quote = max(keep.quote, other.quote, key=len)
            if not (keep.quote in quote and other.quote in quote):
                quote = f"{keep.quote} {other.quote}"
            self._found.needs[at] = replace(
                keep,
                quote=quote,
                technologies=tuple(dict.fromkeys((*keep.technologies, *other.technologies))),
                nouns=keep.nouns | other.nouns,
                strength=max(keep.strength, other.strength),
            )
            return
        if len(self._found.needs) < _MOST:
            self._found.needs.append(need)

    def _withdraw(self, sentence: Sentence, clause: str) -> None:
        words, technologies = set(words_of(clause)), set(self._technologies(sentence, clause))
        touched = [each for each in self._found.needs if _shares(each, words, technologies)]
        gone = touched if touched and len(touched) < len(self._found.needs) else list(self._found.needs)
        self._found.needs = [each for each in self._found.needs if each not in gone]
        if gone and not self._found.needs:
            self._found.withdrawn_at = sentence.at

    def _continues(self, sentence: Sentence, kind: Named) -> bool:
        """Whether "provide it as a library" says more of the library that was asked for just before."""
        for at, need in enumerate(self._found.needs):
            if need.kind is kind.kind and sentence.at - need.sentence.at <= 3:
                self._found.needs[at] = replace(need, strength=3, quote=f"{need.quote} {sentence.text}")
                return True
        return False

    def _leads_to_list(self, sentence: Sentence, wanted: str) -> bool:
        following = self._sentences[sentence.at + 1 : sentence.at + 2]
        return bool(following) and following[0].is_bullet and len(wanted.split()) < 8

    def _antecedent(self, sentence: Sentence) -> tuple[str, Sentence] | None:
        """Return the words before that "it" or "that" stands for: the nearest that name a thing."""
        for text, said in reversed(self._topics[-5:]):
            kind = self._kind(said, text)
            if sentence.at - said.at <= 5 and ((kind is not None and kind.weight) or self._technologies(said, text)):
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


def is_same(known: Need, need: Need, *, in_one_list: bool) -> bool:
    """Whether two needs are one thing said twice."""
    nouns = known.nouns & need.nouns
    technologies = set(known.technologies) & set(need.technologies)
    if known.kind is need.kind:
        if in_one_list:
            return len(need.title.split()) < 4 and not (known.technologies and need.technologies and not technologies)
        if known.sentence.is_bullet and need.sentence.is_bullet:
            return known.title == need.title
        return bool(nouns) or bool(
            technologies and (not known.nouns or not need.nouns or known.weight + need.weight < 3)
        )
    return not in_one_list and min(known.strength, need.strength) == 1 and bool(nouns or technologies)


def _shares(need: Need, words: Set[str], technologies: Set[str]) -> bool:
    return bool(need.nouns & words or technologies & set(need.technologies))


def _title(text: str) -> str:
    cut = _SUBORDINATE.sub("", text.strip())
    bare = _LEAD.sub("", cut).strip(" .,:;?!-(") or cut.strip() or text
    short = bare if len(bare) <= _TITLE else bare[: _TITLE - 1].rsplit(" ", 1)[0] + "…"
    return short[:1].upper() + short[1:]

"""How likely a technology that a thread names belongs to what it asks for, and how likely nobody there can handle it.

Two logistic regressions that labelled threads teach, as in `classifier`: over what the rules have noted of the
technology and of its rivals, the words of the sentences that name it, and those that follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

from bot.domain.backlog import classifier
from bot.domain.backlog.classifier import Features, Likelihood
from bot.domain.backlog.stances import Stances
from bot.domain.backlog.technologies import Mention, Vocabulary
from bot.domain.backlog.threads import Sentence, Thread

#: From here on a technology belongs to the request: where a wish names it, and where none does.
_BELONGS, _BELONGS_ALONE = 0.3, 0.55
#: From here on it is one that nobody can handle: where a rule says so, and where none does.
_LACKING, _LACKING_ALONE = 0.3, 0.5
_HERE, _NEXT = 0.5, 0.5
#: So many words of the next sentence are looked at, and of so many messages after it the first words.
_AFTER, _REPLIES = 10, 2
#: Shortly after a technology is named somebody says that nobody knows it.
_SOON = 3


@dataclass(frozen=True, slots=True)
class Relevance:
    """Tells which technologies belong to the request of one thread.

    Its items are about those in `wanted`, those in `dropped` were of a wish that was taken back, and nobody in the team
    knows those in `lacking`.
    """

    thread: Thread
    mentions: Sequence[Sequence[Mention]]
    vocabulary: Vocabulary
    stances: Stances
    likely: Sequence[Likelihood]
    wanted: Set[str]
    lacking: Set[str]
    dropped: Set[str]
    is_wish: bool
    #: The sentences that name a technology, the words of a sentence by its place, and the features of a technology:
    #: each is asked for more than once.
    _named: dict[str, list[Sentence]] = field(default_factory=dict)
    _said: dict[int, list[str]] = field(default_factory=dict)
    _read: dict[str, Features] = field(default_factory=dict)

    def belongs(self, name: str) -> bool:
        """Whether a technology belongs to what is asked for."""
        if name in self.dropped:
            return False
        is_wanted = name in self.wanted and name not in self.stances.rejected
        return classifier.likelihood("technology", self.features(name)) >= (_BELONGS if is_wanted else _BELONGS_ALONE)

    def lacks(self, names: Iterable[str], *, is_said: bool) -> bool:
        """Whether nobody can handle these technologies; `is_said` where a rule has read so in one sentence."""
        likely = max(classifier.likelihood("skill", self.features(each)) for each in names)
        return likely >= (_LACKING if is_said else _LACKING_ALONE)

    def plainest(self, name: str) -> Sentence:
        """Return the sentence that says most plainly that nobody can handle a technology: it names it, or follows."""
        near = (self.thread.sentences[each.at : each.at + _SOON + 1] for each in self._places(name))
        return max((each for row in near for each in row), key=lambda each: self.likely[each.at].gap)

    def features(self, name: str) -> Features:
        """Return what tells whether a technology belongs to what is asked for, and whether nobody can handle it."""
        if name not in self._read:
            self._read[name] = self._features(name)
        return self._read[name]

    def _features(self, name: str) -> Features:
        found: Features = {f"id {name}": 1.0}
        found |= {f"note {each}": 1.0 for each in self.stances.notes.get(name, ())}
        flags = {
            "item": name in self.wanted,
            "gap": name in self.lacking,
            "dropped": name in self.dropped,
            "no wish": not self.is_wish,
            "alone": len(self.stances.notes) == 1,
        }
        found |= {flag: 1.0 for flag, is_so in flags.items() if is_so}
        places = self._places(name)
        for sentence in places:
            found |= {f"s {word}": _HERE for word in self._words(sentence)}
            found |= self._next(sentence)
        if places:
            found |= self._likelihoods(places) | self._replies(places[-1])
        return found

    def _places(self, name: str) -> list[Sentence]:
        if not self._named:
            for sentence, row in zip(self.thread.sentences, self.mentions, strict=True):
                for each in dict.fromkeys(one.id for one in row):
                    self._named.setdefault(each, []).append(sentence)
        return self._named.get(name, [])

    def _words(self, sentence: Sentence) -> list[str]:
        if sentence.at not in self._said:
            found = classifier.words(sentence.text, self.mentions[sentence.at], self.vocabulary)
            self._said[sentence.at] = list(found)
        return self._said[sentence.at]

    def _next(self, sentence: Sentence) -> Features:
        after = self.thread.sentences[sentence.at + 1 : sentence.at + 2]
        return {
            f"{'n' if each.message is sentence.message else 'r'} {word}": _NEXT
            for each in after
            for word in self._words(each)[:_AFTER]
        }

    def _likelihoods(self, places: Sequence[Sentence]) -> Features:
        here = [self.likely[each.at] for each in places]
        later = self.likely[places[-1].at + 1 :]
        return {
            "wish": max(each.wish for each in here),
            "last wish": here[-1].wish,
            "lacks": max(each.gap for each in here),
            "later wish": max((each.wish for each in later), default=0.0),
            "soon lacks": max((each.gap for each in later[:_SOON]), default=0.0),
        }

    def _replies(self, sentence: Sentence) -> Features:
        """Return how the messages after the last that names it begin: with "no", or with "+1"."""
        begins = [each for each in self.thread.sentences[sentence.at + 1 :] if each.first][:_REPLIES]
        found: Features = {}
        for at, each in enumerate(begins):
            first = self._words(each)[:2]
            if first:
                found |= {f"x {first[0]}": 1.0, f"x{at} {' '.join(first)}": 1.0}
        return found

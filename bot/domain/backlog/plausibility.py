"""What the rules found in a thread, weighed by how much its sentences sound like it (`classifier`).

Left out is what sounds like nothing of the kind; added is a sentence that surely does, though no rule knows its words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from bot.domain.backlog import classifier
from bot.domain.backlog.item_types import named, words_of
from bot.domain.backlog.needs import Need, Strength, is_same, title
from bot.domain.backlog.requests import ItemType
from bot.domain.backlog.technologies import Mention, Vocabulary, ids
from bot.domain.backlog.threads import Sentence, Thread

#: Below it a wish that a rule finds is left out: one that is only implied or listed, one that is asked for in words,
#: and one whose words name the thing, too.
_UNLIKELY, _UNLIKELY_ASKED, _UNLIKELY_NAMED = 0.3, 0.1, 0.02
#: Above it a sentence is a wish, though no rule takes it for one; above the second beside what is asked for in words.
_LIKELY_WISH, _LIKELY_BESIDE = 0.5, 0.7
#: The weight of what a head noun or a phrase names.
_NAMES_A_THING = 2
#: Above it a sentence says that a skill is missing, though no rule takes it so.
_LIKELY_GAP = 0.6
#: So many sentences back stands the technology that nobody knows, where the sentence names none.
_NAMED_BEFORE = 3


class Plausibility:
    """How much the sentences of one thread sound like wishes, and like skills that are missing."""

    def __init__(self, thread: Thread, mentions: Sequence[Sequence[Mention]], vocabulary: Vocabulary) -> None:
        self._sentences = thread.sentences
        self._mentions = mentions
        self._vocabulary = vocabulary
        #: How likely each sentence is one, by its place.
        self.likely = classifier.likelihoods(thread, mentions, vocabulary)

    def needs(self, wanted: Sequence[Need], asked_in: Set[int], lacking: Set[str], *, is_asked: bool) -> list[Need]:
        """Return the needs that may be wishes, with one for each other sentence that surely is; in their order.

        Rules have read the sentences in `asked_in`: what is not among the needs of these was taken back. With
        `is_asked` all is meant as a request, and no need is left out. What has to be done with a technology in
        `lacking`, that nobody knows, counts as asked for.
        """
        kept = [need for need in wanted if is_asked or self._wish(need.quote) >= _least(need, lacking)]
        is_beside = any(need.strength >= Strength.ASKED for need in kept)
        for said in self._sentences:
            is_read = said.at in asked_in or any(_is_of(said, need.quote) for need in kept)
            if self.likely[said.at].wish >= (_LIKELY_BESIDE if is_beside else _LIKELY_WISH) and not is_read:
                found = self._need(said)
                if not any(is_same(need, found, in_one_list=False) for need in kept):
                    kept.append(found)
        return sorted(kept, key=lambda need: need.sentence.at)

    def likeliest(self, technologies: Set[str]) -> list[Need]:
        """Return the sentence that sounds most like a wish, of those that name these technologies alone, as a need."""
        naming = [each for each in self._sentences if technologies >= {*ids(self._mentions[each.at])} > set()]
        return [self._need(max(naming, key=lambda each: self.likely[each.at].wish))] if naming else []

    def as_said(self) -> list[Need]:
        """Return the first sentence that is no greeting as a need, for words that are meant as one."""
        said = (self._need(each) for each in self._sentences)
        return [replace(each, strength=Strength.ASKED) for each in said if " " in each.title][:1]

    def gaps(self, lacking: Mapping[str, Sentence], rejected: Set[str]) -> dict[str, Sentence]:
        """Return the gaps that rules found, with those of which a sentence surely says that the skill is missing.

        Such a sentence is about the technologies that it names, or about the last one that is named shortly before.
        Where a rule has read it, the rule says which of them are meant.
        """
        kept = dict(lacking)
        for said in self._sentences:
            if self.likely[said.at].gap >= _LIKELY_GAP and said not in lacking.values():
                kept |= {each: said for each in self._meant(said) if each not in rejected and each not in kept}
        return kept

    def _wish(self, quote: str) -> float:
        """Return how likely one of the sentences of a quote is a wish; what quotes no sentence counts as one."""
        return max((self.likely[each.at].wish for each in self._sentences if _is_of(each, quote)), default=1.0)

    def _need(self, said: Sentence) -> Need:
        here = self._mentions[said.at]
        called = named(classifier.masked(said.text, here, lambda _: "§"))
        return Need(
            called.kind if called else ItemType.INFRASTRUCTURE,
            title(said.text),
            said.text,
            said,
            Strength.LISTED,
            technologies=tuple(ids(here)),
            nouns=frozenset(words_of(said.text)),
        )

    def _meant(self, said: Sentence) -> list[str]:
        before = (ids(self._mentions[at])[-1:] for at in range(said.at - 1, max(-1, said.at - _NAMED_BEFORE - 1), -1))
        return ids(self._mentions[said.at]) or next((each for each in before if each), [])


def _least(need: Need, lacking: Set[str]) -> float:
    """Return how likely a need has to be a wish: the less, the more plainly a rule has read it."""
    if need.strength is Strength.AGREED:
        return 0.0
    if need.strength < Strength.ASKED and lacking.isdisjoint(need.technologies):
        return _UNLIKELY
    return _UNLIKELY_NAMED if need.weight >= _NAMES_A_THING or need.technologies else _UNLIKELY_ASKED


def _is_of(sentence: Sentence, quote: str) -> bool:
    return sentence.text in quote or quote in sentence.text

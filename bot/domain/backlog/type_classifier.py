"""Of which type an item is, as labelled threads teach it: what the rules take it for is one of its features."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Container, Mapping

from bot.domain.backlog import classifier
from bot.domain.backlog.classifier import Features
from bot.domain.backlog.item_types import named
from bot.domain.backlog.needs import Need
from bot.domain.backlog.requests import ItemType
from bot.domain.backlog.technologies import Mention, Vocabulary
from bot.domain.backlog.threads import Sentence

_PAIR, _QUOTE, _QUOTE_PAIR = 0.7, 0.7, 0.5
#: By so much another type has to be likelier than that of the rules: the more, the more plainly words name a kind.
_MARGINS = (0.0, 0.5, 0.75, 1.0)
#: So many sentences of a quote are looked at.
_MOST = 3


def kind(
    need: Need, quoted: Mapping[Sentence, list[Mention]], lacking: Container[str], vocabulary: Vocabulary
) -> ItemType:
    """Return the type of what a need most likely asks for.

    `quoted` are the sentences that ask for it, and nobody in the team can handle the technologies in `lacking`.
    """
    scores = classifier.scores([each.value for each in ItemType], features(need, quoted, lacking, vocabulary))
    best = max(scores, key=lambda each: scores[each])
    is_likelier = scores[best] - scores[need.kind.value] >= _MARGINS[min(need.weight, len(_MARGINS) - 1)]
    return ItemType(best) if is_likelier else need.kind


def features(
    need: Need, quoted: Mapping[Sentence, list[Mention]], lacking: Container[str], vocabulary: Vocabulary
) -> Features:
    """Return what the type of an item is told from: its title, its technologies, and the words that ask for it."""
    rule, strength = f"rule {need.kind.value}", need.strength.name
    found = dict.fromkeys((rule, f"{rule} {need.weight}", f"{rule} {strength}", f"strength {strength}"), 1.0)
    found |= {f"id {each}": 1.0 for each in need.technologies}
    found |= {f"type {vocabulary[each].type}": 1.0 for each in need.technologies}
    if any(each in lacking for each in (*need.technologies, *need.near)):
        found["lacking"] = 1.0
    mentions = vocabulary.find([need.title])[0]
    title = list(classifier.words(need.title, mentions, vocabulary))
    found |= {f"t {word}": 1.0 for word in title}
    found |= {f"t {one} {two}": _PAIR for one, two in itertools.pairwise(["^", *title, "$"])}
    found |= _named("title", need.title, mentions)
    for sentence, here in itertools.islice(quoted.items(), _MOST):
        said = list(classifier.words(sentence.text, here, vocabulary))
        found |= {f"q {word}": _QUOTE for word in said}
        found |= {f"q {one} {two}": _QUOTE_PAIR for one, two in itertools.pairwise(said)}
        found |= {f"quote {vocabulary[each.id].type}": 1.0 for each in here}
        found |= _named("quote", sentence.text, here)
    return found


def _named(where: str, text: str, mentions: Collection[Mention]) -> Features:
    """Return what the rules for nouns take a text for."""
    called = named(classifier.masked(text, mentions, lambda _: "§"))
    if called is None:
        return {f"{where} none": 1.0}
    return dict.fromkeys((f"{where} {called.kind.value}", f"{where} {called.kind.value} {called.weight}"), 1.0)

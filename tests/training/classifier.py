"""Learns the weights of the classifier of sentences from labelled threads: `make weights`.

Threads whose items quote the words that ask for them say which of their sentences are wishes, and so does `quotes.yaml`
for older ones. Threads of which only the totals are looked at are left out: they measure what was learned.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.domain.backlog import classifier, technologies, threads
from bot.domain.backlog.classifier import Features
from bot.domain.backlog.requests import ItemType
from bot.domain.backlog.technologies import Mention
from bot.domain.backlog.threads import Sentence, Thread
from tests import drafting

FILE = Path(classifier.__file__).resolve().parents[2] / "data" / "classifier.json"
_QUOTES = Path(drafting.__file__).parent / "domain" / "backlog" / "quotes.yaml"
#: The features that count most, for each of the two questions about a sentence and for each type of item.
_MOST = {"wish": 2500, "gap": 1500}
_MOST_OF_A_TYPE = 300
#: A feature of fewer sentences is chance.
_LEAST = 3
_STRENGTH, _STRENGTH_OF_TYPES = 0.3, 0.5
#: What a type weighs that is right, too.
_ALSO = 0.4


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence, and what its thread's labels say of it; None where they do not say."""

    features: Features
    wish: bool | None
    gap: bool | None
    kinds: tuple[tuple[Features, ItemType, float], ...]


def learned_from() -> str:
    """Return a digest of the threads and of their quotes: the weights are of these."""
    seen = hashlib.sha256()
    for name in sets():
        seen.update(json.dumps(drafting.read(name), default=str, sort_keys=True).encode())
    seen.update(_QUOTES.read_bytes())
    return seen.hexdigest()[:16]


def examples() -> Iterator[Example]:
    """Yield the sentences of all threads that are learned from."""
    vocabulary = technologies.known()
    quotes = yaml.safe_load(_QUOTES.read_text(encoding="utf-8"))
    for name in sets():
        for one in drafting.read(name):
            thread = threads.read(drafting.document(one))
            mentions = vocabulary.find([each.text for each in thread.sentences])
            labels = _Labels(one, quotes.get(name, {}).get(one["id"], {}), thread, mentions)
            heard: set[str] = set()
            for sentence, (own, fresh) in zip(
                reversed(thread.sentences), classifier.features(thread, mentions, vocabulary), strict=True
            ):
                of_kind = classifier.kind_features(sentence, mentions[sentence.at], vocabulary)
                yield Example(
                    own | classifier.later(heard),
                    labels.is_wish(sentence),
                    labels.is_gap(sentence),
                    tuple((of_kind, kind, weight) for kind, weight in labels.kinds(sentence)),
                )
                heard |= fresh


def sets() -> list[str]:
    """Return the names of the sets that are learned from."""
    return [name for name in drafting.FILES if name not in drafting.UNREAD]


class _Labels:
    """What the labels of a thread say of its sentences."""

    def __init__(
        self, one: drafting.Labels, quotes: Mapping[str, Any], thread: Thread, mentions: list[list[Mention]]
    ) -> None:
        self._items = list(one.get("items", []))
        self._also = list(one.get("items_ok", []))
        self._quotes_itself = any("quote" in each for each in (*self._items, *self._also)) or "gaps_said" in one
        self._wishes = [*quotes.get("wishes", []), *(each["quote"] for each in self._items if "quote" in each)]
        self._gaps = [*quotes.get("gaps", []), *one.get("gaps_said", [])]
        self._lacking = {*one.get("gaps", []), *(each for group in one.get("gaps_any", []) for each in group)}
        self._mentions = mentions
        self._first = _first(thread, self._wishes)

    def is_wish(self, sentence: Sentence) -> bool | None:
        if sentence.at in self._first:
            return True
        unsure = self._also if self._quotes_itself else [*self._items, *self._also]
        return None if any(_is_about(sentence, each) for each in unsure) else False

    def is_gap(self, sentence: Sentence) -> bool | None:
        if any(_is_in(sentence, each) for each in self._gaps):
            return True
        named = {each.id for each in self._mentions[sentence.at]}
        return None if not self._quotes_itself and self._lacking & named else False

    def kinds(self, sentence: Sentence) -> Iterator[tuple[ItemType, float]]:
        """Yield the types of the item that a sentence asks for, each with what it weighs."""
        if sentence.at not in self._first:
            return
        for item in self._items:
            if _is_in(sentence, item["quote"]) if "quote" in item else _is_about(sentence, item):
                yield ItemType(item["type"]), 1.0
                yield from ((ItemType(each), _ALSO) for each in item.get("types", []))
                return


def _first(thread: Thread, quotes: Iterable[str]) -> set[int]:
    """Return the places of the sentences that are quoted; of what is said in several, the first one."""
    found = (next((each.at for each in thread.sentences if _is_in(each, quote)), None) for quote in quotes)
    return {at for at in found if at is not None}


def _is_in(sentence: Sentence, quote: str) -> bool:
    """Whether a sentence is what a label quotes, or holds it, or is a part of it."""
    said, quoted = _plain(sentence.text), _plain(quote)
    return said in quoted or quoted in said or (len(quoted) > 25 and quoted[:25] in said)


def _is_about(sentence: Sentence, item: Mapping[str, Any]) -> bool:
    return any(str(word).lower() in sentence.text.lower() for word in item["about"])


def _plain(text: str) -> str:
    return " ".join(text.split()).lower()


def learn() -> dict[str, dict[str, float]]:
    """Return the weights, by what they tell and by feature."""
    seen = list(examples())
    found = {
        name: _binary([(each.features, said) for each in seen if (said := getattr(each, name)) is not None], most)
        for name, most in _MOST.items()
    }
    return found | _by_type([row for each in seen for row in each.kinds])


def _binary(rows: list[tuple[Features, bool]], most: int) -> dict[str, float]:
    """Return the weights of the features that count most, learned once more without the others."""
    import numpy
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = DictVectorizer()
    table = vectorizer.fit_transform([features for features, _ in rows])
    answers = [answer for _, answer in rows]
    often = numpy.flatnonzero(numpy.asarray((table != 0).sum(0)).ravel() >= _LEAST)
    first = LogisticRegression(C=_STRENGTH, max_iter=500).fit(table[:, often], answers)
    sizes = numpy.sqrt(numpy.asarray(table[:, often].multiply(table[:, often]).sum(0)).ravel())
    kept = often[numpy.argsort(-numpy.abs(first.coef_[0]) * sizes, kind="stable")[:most]]
    model = LogisticRegression(C=_STRENGTH, max_iter=500).fit(table[:, kept], answers)
    return _rounded(model.intercept_[0], vectorizer.feature_names_, kept, model.coef_[0])


def _by_type(rows: list[tuple[Features, ItemType, float]]) -> dict[str, dict[str, float]]:
    import numpy
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = DictVectorizer()
    table = vectorizer.fit_transform([features for features, _, _ in rows])
    kept = numpy.flatnonzero(numpy.asarray((table != 0).sum(0)).ravel() >= _LEAST)
    model = LogisticRegression(C=_STRENGTH_OF_TYPES, max_iter=800)
    model.fit(table[:, kept], [kind.value for _, kind, _ in rows], sample_weight=[weight for _, _, weight in rows])
    found = {}
    for kind, base, weights in zip(model.classes_, model.intercept_, model.coef_, strict=True):
        largest = numpy.argsort(-numpy.abs(weights), kind="stable")[:_MOST_OF_A_TYPE]
        found[str(kind)] = _rounded(base, vectorizer.feature_names_, kept[largest], weights[largest])
    return found


def _rounded(base: float, names: list[str], kept: Iterable[int], weights: Iterable[float]) -> dict[str, float]:
    rows = {names[at]: round(float(weight), 2) for at, weight in zip(kept, weights, strict=True)}
    return {"": round(float(base), 2)} | {name: weight for name, weight in sorted(rows.items()) if weight}


def main() -> None:
    """Write the weights, with the digest of what they were learned from."""
    weights: dict[str, Any] = {"learned_from": learned_from(), **learn()}
    FILE.write_text(json.dumps(weights, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print({name: len(each) for name, each in weights.items() if isinstance(each, dict)})


if __name__ == "__main__":
    main()

"""Learns the weights of drafting's classifiers from labelled threads: `make weights`.

Threads of which only the totals are looked at are left out: they measure what was learned.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.domain.backlog import classifier
from bot.domain.backlog.classifier import Features
from tests import drafting, drafting_phrases
from tests.training.readings import ASKS, Row, Technologies, asks, items, parts, read
from tests.training.sentences import QUOTES, Example, examples

FILE = Path(classifier.__file__).resolve().parents[2] / "data" / "classifier.json"
#: The features that count most for each question, and for each type of item.
_MOST = {"wish": 2500, "gap": 1500, "technology": 2500, "skill": 1500, "type": 500, "part": 500}
#: A feature of fewer examples is chance.
_LEAST = 3
_STRENGTH = {"wish": 0.3, "gap": 0.3, "technology": 0.7, "skill": 0.7, "type": 0.5, "part": 0.3}
#: Phrases of skills and of missing ones, each in a short thread.
_PHRASES = "phrases"
#: How the names of the features begin that are about the words of a sentence alone.
_OWN_WORDS = ("w ", "b ", "f ")
#: The sets are put into so many parts, each read by what the others teach.
_PARTS = 6


def learned_from() -> str:
    """Return a digest of the threads and of their quotes: the weights are of these."""
    seen = hashlib.sha256()
    for name in sets():
        seen.update(json.dumps(drafting.read(name), default=str, sort_keys=True).encode())
    for file in (QUOTES, ASKS, drafting_phrases.FILE):
        seen.update(file.read_bytes())
    return seen.hexdigest()[:16]


def sets() -> list[str]:
    """Return the names of the sets that are learned from."""
    return [name for name in drafting.FILES if name not in drafting.UNREAD]


def learn() -> dict[str, dict[str, float]]:
    """Return the weights, by what they tell and by feature."""
    quotes = yaml.load(QUOTES.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    labelled = {name: drafting.read(name) for name in sets()}
    said = {name: list(examples(labelled[name], quotes.get(name, {}))) for name in labelled}
    labelled |= {_PHRASES: list(_phrases())}
    said |= {_PHRASES: [_own(each) for each in examples(labelled[_PHRASES], {})]}
    cuts = _binary([row for name in sets() for row in parts(labelled[name])], "part")
    seen = Technologies()
    for part in (list(labelled)[at::_PARTS] for at in range(_PARTS)):
        weights = {"part": cuts} | _of_sentences(row for name in labelled if name not in part for row in said[name])
        for one, reading in read((one for name in part for one in labelled[name]), weights):
            seen.add(one, reading)
    found = {"part": cuts} | _of_sentences(row for rows in said.values() for row in rows)
    types = [
        row
        for one, reading in read((one for name in sets() for one in labelled[name]), found)
        for row in items(one, reading)
    ]
    types += asks(found)
    found |= {"technology": _binary(seen.technology, "technology"), "skill": _binary(seen.skill, "skill")}
    return found | _by_type(types)


def _phrases() -> Iterator[drafting.Labels]:
    """Yield as many phrases of skills as of missing ones."""
    tuned = [each for each in drafting_phrases.read() if not each.is_aside]
    lacking, skilled = ([each.labelled for each in tuned if each.kind == kind] for kind in ("gaps", "skilled"))
    yield from lacking
    yield from itertools.islice(itertools.cycle(skilled), len(lacking))


def _own(phrase: Example) -> Example:
    """Return what a phrase teaches: what stands around it is the same for all of them, and says nothing."""
    features = {name: value for name, value in phrase.features.items() if name.startswith(_OWN_WORDS)}
    return Example(features, wish=None, gap=phrase.gap)


def _of_sentences(seen: Iterable[Example]) -> dict[str, dict[str, float]]:
    rows = list(seen)
    return {
        name: _binary([(each.features, said) for each in rows if (said := getattr(each, name)) is not None], name)
        for name in ("wish", "gap")
    }


def _binary(rows: Sequence[tuple[Features, bool]], name: str) -> dict[str, float]:
    """Return the weights of the features that count most for a question, learned once more without the others."""
    import numpy
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = DictVectorizer()
    table = vectorizer.fit_transform([features for features, _ in rows])
    answers = [answer for _, answer in rows]
    often = numpy.flatnonzero(numpy.asarray((table != 0).sum(0)).ravel() >= _LEAST)
    first = LogisticRegression(C=_STRENGTH[name], max_iter=1000).fit(table[:, often], answers)
    sizes = numpy.sqrt(numpy.asarray(table[:, often].multiply(table[:, often]).sum(0)).ravel())
    kept = often[numpy.argsort(-numpy.abs(first.coef_[0]) * sizes, kind="stable")[: _MOST[name]]]
    model = LogisticRegression(C=_STRENGTH[name], max_iter=1000).fit(table[:, kept], answers)
    return _rounded(model.intercept_[0], vectorizer.feature_names_, kept, model.coef_[0])


def _by_type(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    import numpy
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = DictVectorizer()
    table = vectorizer.fit_transform([features for features, _, _ in rows])
    kept = numpy.flatnonzero(numpy.asarray((table != 0).sum(0)).ravel() >= _LEAST)
    model = LogisticRegression(C=_STRENGTH["type"], max_iter=1500)
    model.fit(table[:, kept], [kind for _, kind, _ in rows], sample_weight=[weight for _, _, weight in rows])
    found = {}
    for kind, base, weights in zip(model.classes_, model.intercept_, model.coef_, strict=True):
        largest = numpy.argsort(-numpy.abs(weights), kind="stable")[: _MOST["type"]]
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

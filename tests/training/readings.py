"""What technologies and items of labelled threads teach, beside what their sentences do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from unittest.mock import patch

from bot.domain.backlog import classifier, drafts, technologies, threads, type_classifier
from bot.domain.backlog.classifier import Features, Weights
from bot.domain.backlog.drafts import Reading
from bot.domain.backlog.needs import Need
from tests import drafting

#: A feature, and the answers that are right; those beside the first one weigh less.
Row = tuple[Features, str, float]
_ALSO = 0.4


def read(
    labelled: Iterable[drafting.Labels], weights: Mapping[str, Weights]
) -> Iterator[tuple[drafting.Labels, Reading]]:
    """Yield the labels of threads, each with what is read with these weights of sentences."""
    vocabulary = technologies.known()
    with patch.object(classifier, "weights", lambda: weights):
        for one in labelled:
            yield one, drafts.read(threads.read(drafting.document(one)), vocabulary)


class Technologies:
    """What technologies teach: whether one belongs to the request, and whether nobody can handle it.

    The sentences of a thread should be read with what other threads have taught. With what it has taught itself, they
    would be known better than those of any new thread.
    """

    def __init__(self) -> None:
        self.technology: list[tuple[Features, bool]] = []
        self.skill: list[tuple[Features, bool]] = []

    def add(self, one: drafting.Labels, reading: Reading) -> None:
        lacking, unsure = _named(one, "gaps"), set(one.get("gaps_ok", []))
        wanted, unsure_too = lacking | _named(one, "tech"), unsure | set(one.get("tech_ok", []))
        for name in drafts.candidates(reading):
            features = reading.relevance.features(name)
            if "only_skills" not in one and (name in wanted or name not in unsure_too):
                self.technology.append((features, name in wanted))
            if name in lacking or name not in unsure:
                self.skill.append((features, name in lacking))


def items(one: drafting.Labels, reading: Reading) -> Iterator[Row]:
    """Yield what the items of a thread teach of their types."""
    labels = [*one.get("items", []), *one.get("items_ok", [])]
    for need in reading.wanted:
        meant = _meant(need, labels)
        if meant is not None:
            labels.remove(meant)
            quoted = drafts.quoted(reading, need)
            own = type_classifier.features(need, quoted, reading.lacking, reading.relevance.vocabulary)
            yield own, meant["type"], 1.0
            yield from ((own, each, _ALSO) for each in meant.get("types", []))


def _named(one: drafting.Labels, what: str) -> set[str]:
    return {*one.get(what, []), *(each for group in one.get(f"{what}_any", []) for each in group)}


def _meant(need: Need, labels: list[drafting.Labels]) -> drafting.Labels | None:
    """Return the label that the words of a need are about; of several the one of its type, or else the first."""
    about = list(_about(need, labels))
    return next(
        (each for each in about if need.kind in {each["type"], *each.get("types", [])}), next(iter(about), None)
    )


def _about(need: Need, labels: Iterable[drafting.Labels]) -> Iterator[drafting.Labels]:
    said = f"{need.title} {need.quote}".lower()
    return (each for each in labels if any(str(word).lower() in said for word in each["about"]))

"""What technologies and items of labelled threads teach, beside what their sentences do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from unittest.mock import patch

import yaml

from bot.domain.backlog import (
    classifier,
    drafts,
    item_parts,
    need_reader,
    technologies,
    threads,
    type_classifier,
)
from bot.domain.backlog.classifier import Features, Weights
from bot.domain.backlog.drafts import Reading
from bot.domain.backlog.item_parts import Cut
from bot.domain.backlog.needs import Need
from tests import drafting
from tests.training.sentences import is_in

#: A feature, and the answers that are right; those beside the first one weigh less.
Row = tuple[Features, str, float]
_ALSO = 0.4
ASKS = Path(drafting.__file__).parent / "domain" / "backlog" / "asks.yaml"
#: How the names of the features begin that are about the words of an item's title and of its quote.
_OWN_WORDS = ("t ", "q ")


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


def parts(labelled: Iterable[drafting.Labels]) -> Iterator[tuple[Features, bool]]:
    """Yield what the lists of threads teach: which of their parts are things of their own."""
    vocabulary = technologies.known()
    for one in labelled:
        thread = threads.read(drafting.document(one))
        with patch.object(item_parts, "is_new", side_effect=partial(_is_new, one=one)) as asked:
            need_reader.find(thread, vocabulary.find([each.text for each in thread.sentences]), vocabulary)
        for cut in dict.fromkeys(call.args[0] for call in asked.call_args_list):
            if (is_new := _is_new(cut, one)) is not None:
                yield item_parts.features(cut), is_new


def _is_new(cut: Cut, one: drafting.Labels) -> bool | None:
    """Return whether labels tell the two sides of a cut apart; None where they do not say."""
    labels = [*one.get("items", []), *one.get("items_ok", [])]
    quoted = [each for each in labels if "quote" in each and is_in(cut.sentence, each["quote"])]
    before, after = ({at for at, each in enumerate(quoted) if _names(text, each)} for text in (cut.before, cut.after))
    if before - after and after - before:
        return True
    return False if (before and after <= before) or (len(quoted) == 1 and after) else None


def asks(weights: Mapping[str, Weights]) -> Iterator[Row]:
    """Yield what wishes in a few words teach of types: there is nothing else in their threads."""
    listed: dict[str, list[str]] = yaml.safe_load(ASKS.read_text(encoding="utf-8"))
    vocabulary = technologies.known()
    with patch.object(classifier, "weights", lambda: weights):
        for kind, wishes in listed.items():
            for wish in wishes:
                said = threads.read({"messages": [{"user": "U1", "ts": "1.0", "text": drafting.escaped(wish)}]})
                reading = drafts.read(said, vocabulary, is_asked=True)
                for need in reading.wanted[:1]:
                    own = type_classifier.features(need, drafts.quoted(reading, need), {}, vocabulary)
                    yield {name: value for name, value in own.items() if name.startswith(_OWN_WORDS)}, kind, 1.0


def _named(one: drafting.Labels, what: str) -> set[str]:
    return {*one.get(what, []), *(each for group in one.get(f"{what}_any", []) for each in group)}


def _meant(need: Need, labels: list[drafting.Labels]) -> drafting.Labels | None:
    """Return the label that the words of a need are about; of several the one of its type, or else the first."""
    about = list(_about(need, labels))
    return next(
        (each for each in about if need.kind in {each["type"], *each.get("types", [])}), next(iter(about), None)
    )


def _about(need: Need, labels: Iterable[drafting.Labels]) -> Iterator[drafting.Labels]:
    return (each for each in labels if _names(f"{need.title} {need.quote}", each))


def _names(text: str, label: drafting.Labels) -> bool:
    return any(str(word).lower() in text.lower() for word in label["about"])

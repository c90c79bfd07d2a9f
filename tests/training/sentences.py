"""What the sentences of labelled threads teach: which are wishes, and which say that a skill is missing.

Threads whose items quote the words that ask for them say which of their sentences are wishes, and so does `quotes.yaml`
for older ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.backlog import classifier, technologies, threads
from bot.domain.backlog.classifier import Features
from bot.domain.backlog.technologies import Mention
from bot.domain.backlog.threads import Sentence, Thread
from tests import drafting

QUOTES = Path(drafting.__file__).parent / "domain" / "backlog" / "quotes.yaml"


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence, and what its thread's labels say of it; None where they do not say."""

    features: Features
    wish: bool | None
    gap: bool | None


def examples(labelled: Iterable[drafting.Labels], quotes: Mapping[str, Any]) -> Iterator[Example]:
    """Yield the sentences of threads, some of whose labels are quoted by their ids."""
    vocabulary = technologies.known()
    for one in labelled:
        thread = threads.read(drafting.document(one))
        mentions = vocabulary.find([each.text for each in thread.sentences])
        labels = _Labels(one, quotes.get(one.get("id", ""), {}), thread, mentions)
        heard: set[str] = set()
        for sentence, (own, fresh) in zip(
            reversed(thread.sentences), classifier.features(thread, mentions, vocabulary), strict=True
        ):
            yield Example(own | classifier.later(heard), labels.is_wish(sentence), labels.is_gap(sentence))
            heard |= fresh


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
        if any(is_in(sentence, each) for each in self._gaps):
            return True
        named = {each.id for each in self._mentions[sentence.at]}
        return None if not self._quotes_itself and self._lacking & named else False


def _first(thread: Thread, quotes: Iterable[str]) -> set[int]:
    """Return the places of the sentences that are quoted; of what is said in several, the first one."""
    found = (next((each.at for each in thread.sentences if is_in(each, quote)), None) for quote in quotes)
    return {at for at in found if at is not None}


def is_in(sentence: Sentence, quote: str) -> bool:
    """Whether a sentence is what a label quotes, or holds it, or is a part of it."""
    said, quoted = _plain(sentence.text), _plain(quote)
    return said in quoted or quoted in said or (len(quoted) > 25 and quoted[:25] in said)


def _is_about(sentence: Sentence, item: Mapping[str, Any]) -> bool:
    return any(str(word).lower() in sentence.text.lower() for word in item["about"])


def _plain(text: str) -> str:
    return " ".join(text.split()).lower()

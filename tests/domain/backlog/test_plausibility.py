"""What becomes of needs and gaps by how likely sentences are, whatever makes them likely."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.domain.backlog import classifier, need_reader, technologies
from bot.domain.backlog.classifier import Likelihood
from bot.domain.backlog.plausibility import Plausibility
from tests.domain.backlog.test_classifier import thread

ASKED = "Can devops give us a staging environment?"
REMARK = "Sundays on the ledger are a nightmare"


def weighed(monkeypatch: pytest.MonkeyPatch, likely: Sequence[Likelihood], *said: str) -> tuple[list[str], list[str]]:
    """Return the titles of the needs, and the gaps, of a thread whose sentences are so likely; Kafka is rejected."""
    monkeypatch.setattr(classifier, "likelihoods", lambda *_: list(likely))
    read, vocabulary = thread(*said), technologies.known()
    mentions = vocabulary.find([each.text for each in read.sentences])
    assert len(read.sentences) == len(likely)
    plausible, found = Plausibility(read, mentions, vocabulary), need_reader.find(read, mentions, vocabulary)
    needs = plausible.needs(found.needs, found.asked_in, set(), is_asked=False)
    return [each.title for each in needs], list(plausible.gaps({}, {"apache-kafka", "kafka"}))


def wish(*likely: float) -> list[Likelihood]:
    return [Likelihood(each, 0) for each in likely]


def gap(*likely: float) -> list[Likelihood]:
    return [Likelihood(0, each) for each in likely]


def test_a_sentence_has_to_be_likelier_beside_what_is_asked_for_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert weighed(monkeypatch, wish(0.6), REMARK)[0] == ["Sundays on the ledger"]
    assert weighed(monkeypatch, wish(0.9, 0.6), ASKED, REMARK)[0] == ["Give us a staging environment"]
    found = weighed(monkeypatch, wish(0.9, 0.8), ASKED, REMARK)[0]
    assert found == ["Give us a staging environment", "Sundays on the ledger"]


def test_needs_stand_in_the_order_in_which_they_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    found = weighed(monkeypatch, wish(0.8, 0.9), REMARK, ASKED)[0]
    assert found == ["Sundays on the ledger", "Give us a staging environment"]


def test_a_missing_skill_is_about_the_technology_that_was_named_shortly_before(monkeypatch: pytest.MonkeyPatch) -> None:
    said = ("Flink would do it", "ok", "neither of us could")
    assert weighed(monkeypatch, gap(0, 0, 0.9), *said)[1] == ["flink"]
    assert weighed(monkeypatch, gap(0, 0, 0.5), *said)[1] == []
    assert (
        weighed(monkeypatch, gap(0, 0, 0, 0, 0.9), "Flink would do it", "ok", "well", "hm", "none of us could")[1] == []
    )


def test_what_is_turned_down_is_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    assert weighed(monkeypatch, gap(0.9), "none of us could run Kafka or Flink")[1] == ["flink"]

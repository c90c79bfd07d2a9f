"""Which technologies belong to a request, and which nobody can handle."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.domain.backlog import classifier, drafts, technologies
from bot.domain.backlog.classifier import Features
from bot.domain.backlog.drafts import Draft
from tests.domain.backlog.test_classifier import thread

WISH, REMARK = "Can devops give us a Kafka topic?", "the Grafana dashboard looks fine"


def drafted(*said: str) -> Draft:
    return drafts.draft(thread(*said), technologies.known())


def names(found: Draft) -> list[str]:
    return [each.value for each in found.technologies]


def lacking(found: Draft) -> list[str]:
    return [each.value for each in found.skills_gaps]


@pytest.fixture
def likely(monkeypatch: pytest.MonkeyPatch) -> Callable[[float, float], None]:
    """Set how likely each technology belongs to the request, and how likely nobody can handle it."""

    def to(technology: float, skill: float) -> None:
        given = {"technology": technology, "skill": skill}
        monkeypatch.setattr(classifier, "likelihood", lambda what, _: given[what])

    return to


def test_what_a_wish_names_belongs_to_it_sooner_than_what_is_only_mentioned(
    likely: Callable[[float, float], None],
) -> None:
    for least, found in ((0.56, ["kafka", "grafana"]), (0.5, ["kafka"]), (0.31, ["kafka"]), (0.29, [])):
        likely(least, 0)
        assert names(drafted(WISH, REMARK)) == found, least


def test_what_was_taken_back_does_not_belong_to_the_request_however_likely(
    likely: Callable[[float, float], None],
) -> None:
    likely(0.99, 0)
    found = drafted("from devops: (a) a Grafana dashboard, (b) a Kafka topic", "(a) exists since May")
    assert names(found) == ["kafka"]


def test_what_a_rule_takes_for_a_missing_skill_is_one_sooner_than_what_none_does(
    likely: Callable[[float, float], None],
) -> None:
    for least, found in ((0.51, ["kafka", "grafana"]), (0.49, ["kafka"]), (0.31, ["kafka"]), (0.29, [])):
        likely(0, least)
        assert lacking(drafted(WISH, "nobody here has used Kafka", REMARK)) == found, least


def test_what_one_sentence_says_of_several_technologies_holds_for_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_name(what: str, own: Features) -> float:
        return 0.9 if what == "technology" or "id kafka" in own else 0.0

    monkeypatch.setattr(classifier, "likelihood", by_name)
    assert lacking(drafted("Can devops set up Kafka and Flink for us?", "nobody here has used Kafka or Flink")) == [
        "kafka",
        "flink",
    ]


def test_words_that_are_meant_as_a_request_are_not_weighed(likely: Callable[[float, float], None]) -> None:
    likely(0, 0)
    said = thread("a Kafka topic for refunds, nobody here has used Kafka")
    found = drafts.draft(said, technologies.known(), is_asked=True)
    assert (names(found), lacking(found)) == (["kafka"], ["kafka"])


def test_threads_have_taught_what_belongs_to_a_request() -> None:
    found = drafted("Can devops set up Kafka for us?", "the invoices team has RabbitMQ, which is not for us")
    assert names(found) == ["kafka"]
    assert lacking(drafted("Can devops set up Kafka for us?", "none of us has ever run it")) == ["kafka"]

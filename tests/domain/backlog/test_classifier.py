"""How likely a sentence is a wish: the words, what stands around them, and whose weights these are."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.domain.backlog import classifier, drafts, technologies, threads
from bot.domain.backlog.requests import ItemType
from bot.domain.backlog.threads import Thread
from tests import drafting
from tests.training import classifier as training

_MONDAY = datetime(2027, 3, 1, 9, tzinfo=UTC)


def thread(*said: str) -> Thread:
    rows = [
        {"ts": f"{_MONDAY.timestamp() + at:.6f}", "user": f"U{at % 2}", "text": text} for at, text in enumerate(said)
    ]
    return threads.read({"ok": True, "messages": rows})


def likelihoods(*said: str) -> list[classifier.Likelihood]:
    read, vocabulary = thread(*said), technologies.known()
    return classifier.likelihoods(read, vocabulary.find([each.text for each in read.sentences]), vocabulary)


@pytest.mark.parametrize(
    ("wish", "remark"),
    [
        ("Could somebody renew the certificate of pay.example?", "The certificate of pay.example was renewed, thanks!"),
        ("pls add me to the prod vault", "I added myself to the prod vault"),
        ("we need a Kafka topic for refunds", "we talked about Kafka yesterday"),
        ("still no dashboards for the ledger, we're flying blind", "the dashboards for the ledger look great"),
    ],
)
def test_a_wish_is_more_likely_one_than_a_remark_about_the_same_thing(wish: str, remark: str) -> None:
    (asked,), (told,) = likelihoods(wish), likelihoods(remark)
    assert asked.wish > told.wish


def test_who_lacks_a_skill_is_told_from_who_has_it() -> None:
    (lacking,), (able,) = likelihoods("none of us has ever run Kafka"), likelihoods("we run Kafka every day")
    assert lacking.gap > 0.4 > able.gap


def test_what_is_said_later_and_beside_a_sentence_counts() -> None:
    wish = "can devops give us a staging environment?"
    alone, answered = likelihoods(wish)[0], likelihoods(wish, "never mind, solved, thanks")[0]
    assert answered.wish < alone.wish
    later, other = likelihoods(wish, "ok", "found it, works now, thanks")[0], likelihoods(wish, "ok", "ok")[0]
    assert later.wish < other.wish


def test_sentences_are_read_one_by_one_in_their_order() -> None:
    found = likelihoods("good morning", "we need a Kafka topic for refunds", "thanks")
    assert [each.wish == max(found, key=lambda one: one.wish).wish for each in found] == [False, True, False]
    assert likelihoods() == []


def test_the_type_of_a_wish_is_told_by_its_words() -> None:
    said = thread("can devops sit with us for two hours and show us how Flink is run? none of us has used it")
    assert [item.type for item in drafts.draft(said, technologies.known()).items] == [ItemType.COACHING]


@pytest.mark.parametrize(
    ("wish", "rule", "least"),
    [
        ("Can devops set up Kafka for us?", ItemType.INFRASTRUCTURE, 0.01),
        ("Can devops give us a staging environment?", ItemType.ENVIRONMENT, 0.75),
    ],
)
def test_a_type_that_words_name_gives_way_only_to_one_that_is_likelier_by_more(
    monkeypatch: pytest.MonkeyPatch, wish: str, rule: ItemType, least: float
) -> None:
    for more, found in ((least - 0.05, rule), (least + 0.26, ItemType.SCRIPT)):
        scores = {each.value: 0.0 for each in ItemType} | {ItemType.SCRIPT.value: more}
        monkeypatch.setattr(classifier, "scores", lambda _names, _own, given=scores: given)
        assert [item.type for item in drafts.draft(thread(wish), technologies.known()).items] == [found]


def test_a_wish_that_no_rule_knows_is_found_and_what_only_looks_like_one_is_not() -> None:
    vocabulary = technologies.known()
    found = drafts.draft(thread("db of ledger is full again and the disk alarm goes off every night"), vocabulary)
    assert [item.why for item in found.items] == ["db of ledger is full again and the disk alarm goes off every night"]
    settled = ("We need to talk about Kafka one day", "yeah, not this year", "ok, closed")
    assert drafts.draft(thread(*settled), vocabulary).items == ()


def test_nothing_is_left_out_of_words_that_are_meant_as_a_request() -> None:
    vocabulary = technologies.known()
    said = thread("What about a sandbox for partners?", "no idea", "lunch?", "it was closed last year, thanks")
    assert drafts.draft(said, vocabulary).items == ()
    assert len(drafts.draft(said, vocabulary, is_asked=True).items) == 1
    assert drafts.draft(thread("PostgreSQL 16 for payments-db before March"), vocabulary, is_asked=True).items != ()


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Publish the docs on each release", "Publish the docs on each release"),
        ("hi all! SSH to the batch host", "SSH to the batch host"),
        ("Hello", None),
    ],
)
def test_what_no_rule_reads_is_asked_for_as_it_was_said_where_it_is_meant_as_a_request(
    said: str, title: str | None
) -> None:
    found = drafts.draft(thread(said), technologies.known(), is_asked=True)
    assert [item.title for item in found.items] == ([title] if title else [])
    assert drafts.draft(thread(said), technologies.known()).items == ()


def test_the_weights_are_those_of_the_threads_that_are_here() -> None:
    weights = json.loads(training.FILE.read_text(encoding="utf-8"))
    assert weights["learned_from"] == training.learned_from(), "run `make weights`"


def test_no_thread_is_learned_from_of_which_only_the_totals_are_looked_at() -> None:
    assert not set(drafting.UNREAD) & set(training.sets())
    assert set(drafting.UNREAD) | set(training.sets()) == set(drafting.FILES)

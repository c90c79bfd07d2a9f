"""What a thread says by now that its request does not hold."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.backlog.demand import Slowdown
from bot.domain.backlog.new_request import DemandEntry
from bot.domain.backlog.prefills import Prefill
from bot.domain.backlog.requests import ItemType, RequestItem
from bot.domain.backlog.thread_news import NO_NEWS, LaterDraft, news, unheld, written_at

BOTH = "We need a Cassandra keyspace and a Kafka topic."
TWELFTH, TWENTIETH = date(2026, 12, 12), date(2026, 12, 20)
HELD = DemandEntry(lost_people=3, lost_times=4, lost_hours=2.5, blocked_people=2, blocked_share=Slowdown.HALF)


def item(title: str, quote: str = "") -> RequestItem:
    return RequestItem(ItemType.INFRASTRUCTURE, title, quote=quote)


@pytest.mark.parametrize(
    ("drafted", "held", "left"),
    [
        (["A Kafka topic"], ["A Kafka topic with 12 partitions"], []),
        (
            ["A Kafka topic with 24 partitions"],
            ["A Kafka topic with 12 partitions"],
            ["A Kafka topic with 24 partitions"],
        ),
        (["A topic in staging"], ["A Kafka topic"], ["A topic in staging"]),
        (["a kafka  topic"], ["Kafka topic"], []),
        (["A Kafka topic"], [], ["A Kafka topic"]),
        (["It"], ["it"], []),
    ],
)
def test_an_item_is_held_by_one_that_says_as_much(drafted: list[str], held: list[str], left: list[str]) -> None:
    assert [each.title for each in unheld([*map(item, drafted)], map(item, held))] == left


def test_an_item_in_other_words_holds_one_of_its_sentence() -> None:
    keyspace, topic = item("A Cassandra keyspace", BOTH), item("A Kafka topic", BOTH)
    assert unheld([keyspace], [item("Storage for the basket", BOTH)]) == ()
    assert unheld([keyspace, topic], [keyspace]) == (topic,), "another wish of the same sentence is not held"
    assert unheld([keyspace, topic], [item("Storage for the basket", BOTH.upper()), topic]) == ()


def test_what_nobody_has_said_anew_stays() -> None:
    assert news(LaterDraft(said=Prefill(), before=TWENTIETH, now=TWENTIETH), [], HELD, TWELFTH) == NO_NEWS


def test_what_is_said_as_the_request_has_it_is_not_new() -> None:
    said = Prefill(needed_by=TWELFTH, people=3, times=4, hours=2.5, people_blocked=2)
    assert news(LaterDraft(said=said, before=TWENTIETH, now=TWELFTH), [], HELD, TWELFTH) == NO_NEWS


def test_what_is_said_otherwise_is_new() -> None:
    said = Prefill(needed_by=TWELFTH, people=3, times=8, hours=2.5, people_blocked=2, blocked_share=Slowdown.STOPPED)
    its = news(LaterDraft(said=said, before=TWENTIETH, now=TWELFTH), [], HELD, TWENTIETH)
    assert (its.needed_by, its.hours, its.blocked) == (TWELFTH, (3, 8, 2.5), (2, Slowdown.STOPPED))


def test_hours_without_how_often_say_nothing_that_could_be_taken() -> None:
    its = news(LaterDraft(said=Prefill(people=1, hours=5)), [], HELD, None)
    assert its == NO_NEWS


@pytest.mark.parametrize(
    ("before", "now", "needed_by", "is_gone"),
    [
        (TWENTIETH, None, TWENTIETH, True),
        (TWENTIETH, None, None, False),
        (None, None, TWENTIETH, False),
        (TWENTIETH, TWELFTH, TWENTIETH, False),
    ],
)
def test_a_day_is_gone_where_the_thread_has_taken_it_back(
    before: date | None, now: date | None, needed_by: date | None, is_gone: bool
) -> None:
    assert news(LaterDraft(said=Prefill(), before=before, now=now), [], HELD, needed_by).is_day_gone is is_gone


def test_a_thread_that_takes_everything_back_says_no_more_of_its_day() -> None:
    its = news(LaterDraft(said=Prefill(), before=TWENTIETH, is_over=True), [], HELD, TWENTIETH)
    assert (its.is_over, its.is_day_gone) == (True, False)


@pytest.mark.parametrize(
    ("own", "found"),
    [
        ("A Kafka topic", "A RabbitMQ topic"),
        ("A Kafka topic with 12 partitions", "A RabbitMQ topic with 12 partitions"),
        ("Topic of kafka", "A RabbitMQ topic"),
        ("A RabbitMQ topic", ""),
        ("Storage for the basket", ""),
    ],
)
def test_what_takes_the_place_of_a_name_leaves_the_other_words(own: str, found: str) -> None:
    later = LaterDraft(said=Prefill(), renamed=((item("A Kafka topic"), item("A RabbitMQ topic"), "No, RabbitMQ"),))
    its = news(later, [], HELD, None, own=[item("Else"), item(own)])
    assert its.renamed == ({1: (found, "No, RabbitMQ")} if found else {})


def test_an_edit_is_as_new_as_its_words() -> None:
    edited = {"ts": "1700000000.000100", "edited": {"user": "U1", "ts": "1700000009.000000"}}
    assert written_at(edited) == "1700000009.000000"
    assert written_at({"ts": "1700000000.000100"}) == "1700000000.000100"
    assert written_at({}) == ""

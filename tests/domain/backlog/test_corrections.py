"""What a correction changes, what it is called in the history, and what follows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.domain.backlog import named_technologies, technologies
from bot.domain.backlog.changes import corrected, is_alike, reason_of_day
from bot.domain.backlog.corrections import Stated, differences
from bot.domain.backlog.requests import ItemType, RequestItem
from bot.domain.backlog.summaries import followed, summed_up

TODAY, FIFTH, SIXTH = date(2026, 12, 1), date(2026, 12, 5), date(2026, 12, 6)


def items(*titles: str) -> tuple[RequestItem, ...]:
    return tuple(RequestItem(ItemType.INFRASTRUCTURE, each) for each in titles)


SAID_ITEMS, OTHER = items("A topic", "A cache"), RequestItem(ItemType.SCRIPT, "A script")
SAID = Stated(
    title="A topic",
    items=SAID_ITEMS,
    lost=(2.0, 5.0, 1.0),
    evidence="guessed",
    blocked=(2, "half", None),
    needed_by=FIFTH,
    needed_reason="The audit",
    miss_hours=None,
    team="Payments",
    asker="Ada",
)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, []),
        ({"items": items("A topic", "A cache", "A dashboard")}, ["+ A dashboard"]),
        ({"items": items("A cache")}, ["− A topic"]),
        ({"items": items("A queue", "A cache")}, ["A topic → A queue"]),
        ({"items": items("A queue")}, ["− A topic", "− A cache", "+ A queue"]),
        ({"needed_by": date(2027, 1, 8)}, ["date 5 Dec → 8 Jan"]),
        ({"needed_by": date(2027, 9, 8)}, ["date 5 Dec → 8 Sep 2027"]),
        ({"needed_by": date(2026, 1, 8)}, ["date 5 Dec → 8 Jan"]),
        ({"items": (OTHER, SAID_ITEMS[1])}, ["A topic → A script (script)"]),
        ({"items": (replace(OTHER, title="A topic"), SAID_ITEMS[1])}, ["kind of A topic: infrastructure → script"]),
        ({"needed_by": None, "needed_reason": ""}, ["date 5 Dec → none"]),
        ({"needed_reason": "The launch"}, ["why by then: The launch"]),
        ({"lost": (2.0, 2.0, 1.0)}, ["hours 10 → 4 a month"]),
        ({"lost": (1.0, 5.0, 2.0)}, ["hours 2 × 5 × 1 → 1 × 5 × 2"]),
        ({"blocked": (1, "stopped", SIXTH)}, ["blocked 2 → 1", "blocked half → stopped", "blocked until none → 6 Dec"]),
        ({"lost": (1.0, 1.0, 0.02)}, ["hours 10 → 0.02 a month"]),
        ({"miss_hours": 12_345_678.0}, ["hours that missing the date costs: none → 12,345,678"]),
        ({"miss_hours": 120.0}, ["hours that missing the date costs: none → 120"]),
        ({"team": "Search", "asker": "Solo"}, ["team Payments → Search", "for Ada → Solo"]),
        ({"title": "A topic" + " of orders" * 9}, ["title A topic → A topic" + (" of orders" * 9)[:52].rstrip() + "…"]),
        ({"title": "A queue " * 20}, [f"title A topic → {('A queue ' * 20)[:59].rstrip()}…"]),
    ],
)
def test_the_history_says_what_a_correction_has_changed(change: dict[str, Any], said: list[str]) -> None:
    assert list(differences(SAID, replace(SAID, **change), TODAY)) == said


def test_long_words_are_shown_from_shortly_before_their_difference() -> None:
    long = "A pipeline that builds, signs and publishes the images of the billing service"
    before, after = (replace(SAID, items=items(each)) for each in (long, f"{long} in production"))
    said = "…of the billing service → …of the billing service in production"
    assert list(differences(before, after, TODAY)) == [said]


@pytest.mark.parametrize(
    ("title", "other", "is_so"),
    [
        ("A Kafka topic", "a kafka topics", True),
        ("A Kafka topic", "A Kafka topic.", True),
        ("A Kafka topic", "A Kafka topic in production", False),
        ("A Kafka topic with 12 partitions", "A Kafka topic with 24 partitions", False),
        ("A staging database", "A production database", False),
        ("Upgrade to v3", "Upgrade to v4", False),
        ("A Cassandra keyspcae", "A Cassandra keyspace", True),
        ("A Cassandra keyspece", "A Cassandra keyspace", True),
        ("An internal DNS name", "An external DNS name", False),
        ("A bucket in eu-west", "A bucket in eu-east", False),
        ("A job to encrypt the dumps", "A job to decrypt the dumps", False),
        ("Read access for Maria", "Read access for Mario", False),
        ("A replica of orders", "A replica of borders", False),
    ],
)
def test_another_spelling_is_the_same_thing(title: str, other: str, is_so: bool) -> None:
    assert is_alike(title, other) is is_so
    done = RequestItem(ItemType.INFRASTRUCTURE, title, is_done=True)
    assert corrected(done, other, None).is_done is is_so


@pytest.mark.parametrize(
    ("day", "reason", "found"),
    [
        (FIFTH, "The audit", "The audit"),
        (SIXTH, "The audit", ""),
        (SIXTH, "The launch", "The launch"),
        (FIFTH, "The launch", "The launch"),
        (None, "The launch", ""),
    ],
)
def test_a_reason_belongs_to_the_day_that_it_was_given_with(day: date | None, reason: str, found: str) -> None:
    assert reason_of_day(day, reason, was=FIFTH, reason_was="The audit") == found


def test_a_title_follows_the_items_that_it_sums_up() -> None:
    before, after = ["A topic", "A cache", "A job"], ["A queue", "A job"]
    assert summed_up(before) == "A topic and 2 more"
    assert followed("A topic and 2 more", before, after) == "A queue and 1 more"
    assert followed("For the importer", before, after) == "For the importer"
    assert followed("A topic", ["A topic"], []) == "A topic", "a request always has a title"
    assert len(summed_up(["A topic " * 20, "A cache"])) == 80


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (["A Jenkins pipeline"], ["A GitHub Actions workflow"], ["github-actions"]),
        (["A Kafka topic", "A Jenkins pipeline"], ["A Kafka topic"], ["kafka"]),
        (["A Kafka topic", "Access to Kafka"], ["A Kafka topic"], ["kafka"]),
        (["A Jenkins step for Selenium"], ["A GitLab CI step for the tests"], ["selenium", "gitlab-ci"]),
        (["A Jenkins pipeline"], ["A Redis cache"], ["redis"]),
        (["A keyspace in Cassandra"], ["A keyspace"], ["cassandra"]),
        (["A topic"], ["A topic", "A Redis cache"], ["redis"]),
    ],
)
def test_technologies_follow_the_words_of_the_items(before: list[str], after: list[str], found: list[str]) -> None:
    vocabulary = technologies.known()
    named = dict.fromkeys(each.id for row in vocabulary.find(before) for each in row)
    kept = named_technologies.followed([*named, "Typed by hand"], before, after, vocabulary)
    assert [each for each in kept if each != "Typed by hand"] == found
    assert "Typed by hand" in kept

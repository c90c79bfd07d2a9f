"""One wish of several that is taken back, or put in other words, leaves the others as they are."""

from __future__ import annotations

import pytest

from bot.domain.backlog import drafts, technologies
from tests.domain.backlog.test_classifier import thread


def titles(*said: str) -> list[str]:
    return [item.title for item in drafts.draft(thread(*said), technologies.known()).items]


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (("we need Postgres for quotes", "and a Kafka topic", "scrap the topic"), ["Postgres for quotes"]),
        (
            ("we need Postgres for quotes", "and a Grafana dashboard", "forget about the dashboard"),
            ["Postgres for quotes"],
        ),
        (
            (
                "We need an S3 bucket and a Jenkins pipeline for the labels.",
                "the pipeline we can drop, Max has one",
            ),
            ["An S3 bucket"],
        ),
        (
            (
                "We need a Jenkins pipeline that builds the import job.",
                "We also need read access to the ledger database for the import job.",
                "Forget the Jenkins pipeline, Tom builds it with make.",
            ),
            ["Read access to the ledger database for the import job"],
        ),
        (
            ("Can devops give us a Redis and a staging environment?", "skip the Redis, we'll cache in memory"),
            ["A staging environment"],
        ),
        (
            ("we need a MySQL for the quotes service", "Postgres instead please", "ok"),
            ["A PostgreSQL for the quotes service"],
        ),
    ],
)
def test_what_is_named_goes_and_the_rest_stays(said: tuple[str, ...], left: list[str]) -> None:
    assert titles(*said) == left


def test_what_no_wish_is_about_takes_nothing_back() -> None:
    said = ("We need a Kafka topic for refunds.", "skip the tests on Friday, the office is closed")
    assert titles(*said) == ["A Kafka topic for refunds"]


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("we need an alert when the printer queue is stuck", "An alert when the printer queue is stuck"),
        (
            "We need a dashboard which shows who is waiting for a label",
            "A dashboard which shows who is waiting for a label",
        ),
        ("We need Firebase credentials in Vault, now they are on Ravi's laptop.", "Firebase credentials in Vault"),
        (
            "Would it be terribly awkward if we asked for a second staging environment?",
            "A second staging environment",
        ),
        ("We need a pipeline for billing, which is a monolith", "A pipeline for billing"),
    ],
)
def test_a_title_ends_where_the_thing_does(said: str, title: str) -> None:
    assert titles(said, "good idea") == [title]


@pytest.mark.parametrize(
    "day",
    [
        "The audit was moved to 8 January, so that is when we need the rest.",
        "The audit was moved to 8 January, so that's when we need the others.",
    ],
)
def test_words_that_say_when_wish_nothing_anew(day: str) -> None:
    wish = "We need a Kafka topic in production.\nIt also needs a Redis cache.\nWe also need read access to the logs."
    dropped = "We don't need the read access any more."
    assert titles(wish, dropped, day) == titles(wish, dropped) == ["A Kafka topic in production", "A Redis cache"]


def test_what_was_taken_back_is_wished_anew_by_whoever_still_needs_it() -> None:
    wish = "We need a Kafka topic in production.\nIt also needs a Redis cache.\nWe also need read access to the logs."
    assert len(titles(wish, "We don't need the read access any more.", "Sorry, we do need it after all.")) == 3

"""Whether words ask for work, or for something that Baton answers itself."""

from __future__ import annotations

import pytest

from bot.domain.backlog import wishes


@pytest.mark.parametrize(
    "text",
    [
        "please upgrade payments-db to PostgreSQL 16 before March",
        "who can upgrade payments-db for us?",
        "can somebody from devops help with the pipeline",
        "could someone in the platform team give us access to the bucket?",
        "would you please set up a staging environment",
        "upgrade payments-db please",
        "we need help with Terraform",
        "who could set up alerts for the payments queue for us?",
        "hey, would devops be able to review our Dockerfile?",
        "do you have anyone who could train us on Terraform?",
        "could you folks create an S3 bucket for invoices",
        "can we have access to the production logs of payments-db",
        "requesting a new kafka topic for orders",
        "we need access to the salary dashboard, two of us, please by 11 December",
        "I need a second bucket by 11 December",
        "we urgently need more disk for payments-db",
    ],
)
def test_these_ask_for_work(text: str) -> None:
    assert wishes.asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "who owns checkout?",
        "can you tell me who owns checkout?",
        "checkout please",
        "who looks after deployments of checkout?",
        "which postgres 11 do we still run?",
        "what goes end of life this quarter for checkout?",
        "payments-db support end",
        "who can deploy",
        "which team can help with payments-db?",
        "what do I need to upgrade before June?",
        "is there anybody who owns old-cron?",
        "could you check what expires this month?",
        "can we get the owner of checkout?",
        "I need the owner of checkout",
        "we need an owner for old-cron",
        "I need a list of what expires in June",
        "I need to know who has checkout",
        "hello",
        "",
    ],
)
def test_these_do_not(text: str) -> None:
    assert not wishes.asks(text)


@pytest.mark.parametrize(
    ("text", "is_command"),
    [
        ("request", True),
        ("Open a DevOps request", True),
        ("new request", True),
        ("request a topic", True),
        ("request-router", False),
        ("", False),
    ],
)
def test_the_command_to_open_a_request(text: str, is_command: bool) -> None:
    assert wishes.is_command(text) is is_command


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("what is the status of request 7?", 7),
        ("when is #7 done?", 7),
        ("#7", 7),
        ("who reviews pull request #7 of checkout?", 0),
        ("request 7 more runners", 0),
        ("please open a request for #7 of our list, it is about the firewall", 0),
        ("please upgrade payments-db to PostgreSQL 16", 0),
    ],
)
def test_a_request_that_is_named(text: str, number: int) -> None:
    assert wishes.named(text) == number


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("lst", "list"),
        ("list logistics", "list"),
        ("Shwo", "show 7"),
        ("show", "show 7"),
        ("show abc", "show 7"),
        ("decline 3", "show 3"),
        ("withdraw #12", "show 12"),
        ("savngs", "savings"),
        ("help me", ""),
        ("help with the Jenkins pipeline", ""),
        ("Kafka", ""),
        ("Kafka topic", ""),
        ("PostgreSQL 16", ""),
        ("Kafka 3", ""),
        ("shwo 12", "show 12"),
        ("rank the search results anew", ""),
        ("a list of all queues", ""),
        ("why", "why 7"),
        ("whi 7", "why 7"),
        ("explian #3", "why 3"),
        ("", ""),
    ],
)
def test_a_word_that_is_nearly_a_command_is_no_request(text: str, command: str) -> None:
    assert wishes.meant(text) == command


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("why 7", 7),
        ("why #7?", 7),
        ("Explain request 7", 7),
        ("rank  7", 7),
        ("why is request #7 here?", 7),
        ("why is 7 so low?", 7),
        ("why does 7 stand there", 7),
        ("place of 7", 7),
        ("why 2 clusters", None),
        ("rank the search results anew", None),
        ("rank 7 reports by age", None),
        ("explain Kafka 3 to us", None),
        ("why", None),
    ],
)
def test_a_question_why_a_request_stands_where_it_does(text: str, number: int | None) -> None:
    assert wishes.asked_why(text) == number

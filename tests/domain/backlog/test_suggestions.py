"""What is taken of a language model's answer, and what it is sent."""

from __future__ import annotations

import pytest

from bot.domain.backlog.requests import ItemType, RequestItem
from bot.domain.backlog.suggestions import MOST_SUGGESTIONS, accepted, sent

SAID = ["We need a Cassandra keyspace in staging.", "And somebody who shows us how *compaction* works\nby 12 March."]


def one(**changed: object) -> dict[str, object]:
    return {
        "items": [
            {"type": "coaching", "title": "Show how compaction works", "quote": "shows us how *compaction*", **changed}
        ]
    }


def test_an_item_is_taken_with_words_of_the_thread_as_its_quote() -> None:
    assert accepted(one(), SAID, ()) == (
        RequestItem(ItemType.COACHING, "Show how compaction works", quote="shows us how *compaction*"),
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"quote": "we want a Kafka cluster"},  # nobody said it
        {"quote": "We need"},  # too short to be evidence
        {"quote": ""},
        {"quote": None},
        {"title": "Compaction within 30 days"},  # a number that the thread does not have
        {"title": "See https://evil.example for compaction"},
        {"title": "Ask evil.example.com for compaction"},
        {"title": "<!channel> compaction"},
        {"title": "@here compaction"},
        {"title": ""},
        {"title": "c" * 101},
        {"title": ["compaction"]},
        {"type": "payment"},
        {"type": None},
        {"type": ["access"]},
    ],
)
def test_what_the_thread_does_not_bear_out_is_dropped(changed: dict[str, object]) -> None:
    assert accepted(one(**changed), SAID, ()) == ()


@pytest.mark.parametrize("answer", [None, [], "items", 7, {}, {"items": None}, {"items": [None, "x", 3, []]}])
def test_an_answer_of_another_shape_gives_nothing(answer: object) -> None:
    assert accepted(answer, SAID, ()) == ()


def test_a_number_that_the_thread_has_may_be_in_a_title() -> None:
    assert accepted(one(title="Show compaction by 12 March"), SAID, ()) != ()


def test_what_is_known_is_not_said_again_and_the_list_ends() -> None:
    known = [RequestItem(ItemType.COACHING, "show how  Compaction works")]
    assert accepted(one(), SAID, known) == ()
    assert len(accepted({"items": one()["items"] * 2}, SAID, ())) == 1  # type: ignore[operator]
    titles = ["one", "two", "three", "four", "five", "six", "seven"]
    many = {"items": [{**one()["items"][0], "title": f"Part {each}"} for each in titles]}  # type: ignore[index]
    assert len(accepted(many, SAID, ())) == MOST_SUGGESTIONS


def test_lines_with_secrets_are_neither_sent_nor_quoted() -> None:
    secret = "password is: hunter22x9"
    said = ["We cannot log in to Vault:\n" + secret]
    assert secret not in sent(said, ())
    assert "We cannot log in to Vault" in sent(said, ())
    assert accepted(one(title="Log in", quote=secret), said, ()) == ()


def test_a_long_thread_is_sent_with_its_first_message_and_its_last_ones() -> None:
    text = sent(["FIRST " + "a" * 3000, *["b" * 3000] * 20, "LAST"], [RequestItem(ItemType.ACCESS, "A role")])
    assert "FIRST" in text
    assert "LAST" in text
    assert "- A role" in text
    assert len(text) < 13_000

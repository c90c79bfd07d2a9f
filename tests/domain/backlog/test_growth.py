"""What a draft costs grows in proportion to what was written: counted in calls, which no other program changes."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from bot.domain.backlog import cues, drafts, technologies, threads

#: A regular expression that goes through a whole text counts as one call, so this is the growth of the loops around it.
NAMES = ["Postgres, ", "K8s ", "Kafka or NATS or ", "no Kafka, ", "Swift, Kafka, Vault, ", "Kafka goes away, "]
WORDS = ["we need a kafka topic by friday, ", "a ", "```", "3 hours ", "<", "or kafka "]


def calls(*said: str) -> int:
    """Return how many calls a draft of these messages takes."""
    document = {"messages": [{"user": f"U{at % 2}", "ts": f"{at}.0", "text": text} for at, text in enumerate(said)]}
    vocabulary = technologies.known()
    count = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        drafts.draft(threads.read(document), vocabulary)
    finally:
        sys.setprofile(None)
    return count


@pytest.fixture(autouse=True, scope="module")
def _tables_are_read() -> None:
    calls("We need a Kafka topic, nobody here knows Kafka.")


@pytest.mark.parametrize("name", NAMES)
def test_four_times_as_many_names_in_a_sentence_take_four_times_as_long(name: str) -> None:
    few, many = (f"We run {name * number}" for number in (80 // len(name), 4 * (80 // len(name))))
    assert calls(many) <= 4 * calls(few)


@pytest.mark.parametrize("piece", [*WORDS, "Postgres, ", "```Swift, Kafka, Vault, ", "```Kafka, go ahead, "])
def test_four_times_as_long_a_message_takes_four_times_as_long(piece: str) -> None:
    few, many = (piece + (piece.strip("`") * 2_000)[:length] for length in (500, 2_000))
    assert calls(many) <= 5 * calls(few)


@pytest.mark.parametrize("piece", [*WORDS, "Postgres, ", "Kafka or NATS? ", "- topic\n"])
def test_four_times_as_many_messages_take_four_times_as_long(piece: str) -> None:
    few, many = ([piece * 4] * number for number in (20, 80))
    assert calls(*many) <= 5 * calls(*few)


def test_four_times_as_many_different_names_in_a_wish_take_four_times_as_long() -> None:
    named = [each.name for each in technologies.known().technologies if not (each.ambiguous or each.words)][:20]
    few, many = (f"We need {' and '.join(named[:number])}" for number in (5, 20))
    assert calls(*[many] * 20) <= 5 * calls(*[few] * 20)


def test_no_word_of_a_sentence_is_searched_twice_for_what_it_says() -> None:
    heard: list[str] = []

    def says(piece: str) -> bool:
        heard.append(piece)
        return "nobody" in piece

    text = "Kafka is fine, " * 20 + "Kafka nobody knows"
    assert [text[place] for place in cues.pieces(text, says)] == [text]
    assert sum(map(len, heard)) <= len(text)

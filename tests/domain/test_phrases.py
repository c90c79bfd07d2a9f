"""Numbers and lists as they stand in a sentence."""

from __future__ import annotations

import pytest

from bot.domain.phrases import counted, join


@pytest.mark.parametrize(
    ("count", "words", "said"),
    [
        (0, ("thing",), "0 things"),
        (1, ("thing",), "1 thing"),
        (1200, ("thing",), "1,200 things"),
        (1, ("person", "people"), "1 person"),
        (2, ("person", "people"), "2 people"),
    ],
)
def test_a_number_with_what_it_counts(count: int, words: tuple[str, ...], said: str) -> None:
    assert counted(count, *words) == said


@pytest.mark.parametrize(
    ("words", "most", "said"),
    [
        ("", None, ""),
        ("a", None, "a"),
        ("ab", None, "a and b"),
        ("abac", None, "a, b and c"),
        ("abc", 3, "a, b and c"),
        ("abcde", 3, "a, b, c and 2 more"),
    ],
)
def test_words_as_a_list_in_a_sentence(words: str, most: int | None, said: str) -> None:
    assert join(words, most=most) == said


def test_the_last_one_may_be_an_alternative() -> None:
    assert join(["a", "b", "c"], last="or") == "a, b or c"

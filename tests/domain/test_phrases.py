"""Numbers and lists as they stand in a sentence."""

from __future__ import annotations

import pytest

from bot.domain.phrases import counted, figure, join


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
    ("amount", "said", "exactly"),
    [
        (0, "0", "0"),
        (0.0000001, "under 0.01", "under 0.01"),
        (0.01, "0.01", "0.01"),
        (0.25, "0.25", "0.25"),
        (1 / 3, "0.333", "0.3333"),
        (52 / 12, "4.33", "4.333"),
        (12.99, "13", "12.99"),
        (100, "100", "100"),
        (999.6, "1,000", "999.6"),
        (1732.4, "1,732", "1,732"),
        (1_234_567, "1,234,567", "1,234,567"),
    ],
)
def test_an_amount_is_written_without_an_exponent(amount: float, said: str, exactly: str) -> None:
    assert (figure(amount), figure(amount, digits=4)) == (said, exactly)


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

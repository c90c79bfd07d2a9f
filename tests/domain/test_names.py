"""Folding: every spelling of a name is the same, and nothing that tells two names apart is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.names import clean, cut, fold, tokens, units

_WORDS = st.lists(st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8), min_size=1, max_size=5)
_SEPARATORS = st.sampled_from(["-", "_", ".", " ", "/", ":", " - ", "--"])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("payments-db", ("payments", "db")),
        ("Payments_DB", ("payments", "db")),
        ("PaymentsDb", ("payments", "db")),
        ("HTTPProxy2Core", ("http", "proxy2", "core")),
        ("acme/shop.web", ("acme", "shop", "web")),
        ("@acme/ui-kit", ("acme", "ui", "kit")),
        ("PAYMENTS", ("payments",)),
        ("Zürich Café", ("zurich", "cafe")),
        ("c++ / c#", ("c++", "c#")),
        ("--", ()),
        ("", ()),
    ],
)
def test_a_name_is_cut_into_its_words(name: str, words: tuple[str, ...]) -> None:
    assert tokens(name) == words


@given(_WORDS, st.data())
def test_separators_and_case_make_no_difference(words: list[str], data: st.DataObject) -> None:
    name = words[0] + "".join(data.draw(_SEPARATORS) + word for word in words[1:])
    assert tokens(name) == tuple(words)
    assert fold(name) == fold(name.upper()) == fold("".join(words)) == "".join(words)


@given(st.text(max_size=60))
def test_the_words_of_any_text_are_its_folded_spelling(text: str) -> None:
    assert "".join(tokens(text)) == fold(text)
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
def test_cleaning_is_done_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert "\x00" not in clean(text)
    assert "\u202e" not in clean(text)


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [("abc", 2, "ab"), ("😀😀", 3, "😀"), ("a😀", 2, "a"), ("a😀", 3, "a😀"), ("支付", 1, "支"), ("é" * 9, 4, "é" * 4)],
)
def test_a_text_is_cut_between_characters(text: str, limit: int, kept: str) -> None:
    assert cut(text, limit) == kept
    assert units(kept) <= limit

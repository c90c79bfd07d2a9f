"""Versions as inventories write them, cleaned and cut into tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.eol.versions import clean, parse, plain_run, tokens

written = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789.vV:/@-+~ (sha256:abc", max_size=40),
    st.from_regex(r"v?\d+(\.\d+)*"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20.04.6 LTS", "20.04.6"),
        ("8.9 (Ootpa)", "8.9"),
        ("v1.29.3-eks", "1.29.3-eks"),
        ("V2", "2"),
        ("docker.io/library/postgres:16.4-alpine@sha256:0123abcd", "16.4-alpine"),
        ("localhost:5000/team/postgres:16", "16"),
        ("postgres:11", "11"),
        ("11@sha256:0123abcd", "11"),
        ("sha256:0123abcd", ""),
        ("1:2.30.2-1+deb11u2", "2.30.2-1+deb11u2"),
        ("  11.22\u200b ", "11.22"),
        ("vanilla", "vanilla"),
        ("", ""),
    ],
)
def test_what_is_around_a_version_is_stripped(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(written)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6))
def test_numbers_stay_whole(numbers: list[int]) -> None:
    text = ".".join(map(str, numbers))
    assert tokens(text) == tuple(numbers)
    assert plain_run(text) == text
    assert parse(f"v{text}-alpine").run == tuple(numbers)


def test_words_and_numbers_are_told_apart() -> None:
    assert tokens("1.1.1w") == (1, 1, 1, "w")
    assert tokens("8u202-B08") == (8, "u", 202, "b", 8)


@pytest.mark.parametrize(
    "text", ["17beta1", "17-beta.1", "3.2.0-rc1", "3.13.0a4", "3.13.0b2", "6.0.0-M1", "5.0-SNAPSHOT"]
)
def test_a_release_that_is_not_out_is_seen(text: str) -> None:
    assert parse(text).is_prerelease
    assert plain_run(text) == ""


@pytest.mark.parametrize(
    "text", ["17", "16.4-R1", "11-alpine", "1.1.1w", "1.1.1a", "2.7.18.RELEASE", "3.2.2p53", "19c"]
)
def test_a_release_is_not_taken_for_a_pre_release(text: str) -> None:
    assert not parse(text).is_prerelease

"""Forms that are sent after others have changed what they are about."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.domain.concurrent_edits import Edit, merged, places


@pytest.mark.parametrize(
    ("opened", "typed", "now", "said", "contested"),
    [
        ("a", "a", "b", "b", None),
        ("a", "b", "a", "b", None),
        ("a", "b", "b", "b", None),
        ("a", "b", "c", "b", "c"),
        ("a", "", "c", "", "c"),
        ("a", "b", "", "b", ""),
        ("a", "a", "", "", None),
        ("", "b", "c", "b", "c"),
    ],
)
def test_only_what_both_have_changed_otherwise_is_contested(
    opened: str, typed: str, now: str, said: str, contested: str | None
) -> None:
    found = merged({"f": opened}, {"f": typed}, {"f": now})
    assert found == Edit({"f": said}, {} if contested is None else {"f": contested})


@pytest.mark.parametrize(
    ("opened", "now", "found"),
    [
        ("ab", "ab", {0: 0, 1: 1}),
        ("ab", "abc", {0: 0, 1: 1}),
        ("abc", "ac", {0: 0, 2: 1}),
        ("abc", "aXc", {0: 0, 1: 1, 2: 2}),
        ("ab", "", {}),
        ("ab", "X", {}),
        ("abc", "Xc", {2: 1}),
        (["a bucket", "a queue"], ["a queue in staging", "a cache"], {1: 0}),
        (["a keyspace", "a step"], ["a step with tests", "a cache"], {1: 0}),
        (["a step that runs tests", "b"], ["a step with tests for all", "c", "d"], {0: 0}),
    ],
)
def test_lines_are_found_again_wherever_they_stand_now(
    opened: Sequence[str], now: Sequence[str], found: dict[int, int]
) -> None:
    assert places(opened, now) == found

"""Whether a new copy of the feed may replace the last good one, and how far a copy is trusted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.eol.feed import CopyAccepted, CopyRefused, FeedSummary, Freshness, freshness, judge, summarize

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
RESULT: list[dict[str, Any]] = [
    {"name": "postgresql", "releases": [{"name": "17", "eolFrom": "2029-11-08"}, {"name": "16", "eolFrom": None}]},
    {"name": "nodejs", "releases": [{"name": "22", "eolFrom": "2027-04-30"}]},
]


def changed(**what: Any) -> list[dict[str, Any]]:
    first, second = RESULT
    return [{**first, "releases": [{**first["releases"][0], **what}, first["releases"][1]]}, second]


def test_a_summary_counts_and_does_not_depend_on_order() -> None:
    summary = summarize(RESULT)
    assert (summary.products, summary.cycles) == (2, 3)
    turned = [dict(reversed(product.items())) for product in reversed(RESULT)]
    assert summarize(turned) == summary


def test_a_moved_date_is_another_digest_with_the_same_counts() -> None:
    before, after = summarize(RESULT), summarize(changed(eolFrom="2029-11-15"))
    assert (before.products, before.cycles) == (after.products, after.cycles)
    assert judge(before, after) == CopyAccepted(changed=True)


def test_the_same_said_again_is_accepted_without_a_change() -> None:
    assert judge(summarize(RESULT), summarize(list(reversed(RESULT)))) == CopyAccepted(changed=False)


@pytest.mark.parametrize(
    ("last", "new", "is_refused"),
    [
        ((464, 8351), (418, 8351), False),
        ((464, 8351), (417, 8351), True),
        ((464, 8351), (464, 7516), False),
        ((464, 8351), (464, 7515), True),
        ((10, 100), (9, 90), False),
        ((10, 100), (12, 400), False),
        ((464, 8351), (232, 4000), True),
    ],
)
def test_a_loss_of_more_than_a_tenth_is_refused(last: tuple[int, int], new: tuple[int, int], is_refused: bool) -> None:
    assert isinstance(judge(FeedSummary(*last, "a"), FeedSummary(*new, "b")), CopyRefused) is is_refused


def test_a_refusal_says_what_is_gone() -> None:
    refused = judge(FeedSummary(464, 8351, "a"), FeedSummary(464, 4100, "b"))
    assert isinstance(refused, CopyRefused)
    assert "4,100 release cycles" in refused.why
    assert "8,351" in refused.why


@pytest.mark.parametrize("new", [FeedSummary(0, 0, "a"), FeedSummary(3, 0, "a")])
def test_an_empty_copy_is_refused_even_as_the_first(new: FeedSummary) -> None:
    assert isinstance(judge(None, new), CopyRefused)


def test_the_first_copy_is_a_change() -> None:
    assert judge(None, FeedSummary(1, 1, "a")) == CopyAccepted(changed=True)


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 10**6))
def test_more_is_never_worse(last: int, new: int, more: int) -> None:
    before = FeedSummary(last, last, "a")
    if isinstance(judge(before, FeedSummary(new, new, "b")), CopyAccepted):
        assert isinstance(judge(before, FeedSummary(new + more, new + more, "b")), CopyAccepted)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), Freshness.FRESH),
        (timedelta(days=1), Freshness.FRESH),
        (timedelta(days=1, seconds=1), Freshness.AGEING),
        (timedelta(days=3), Freshness.AGEING),
        (timedelta(days=3, seconds=1), Freshness.STALE),
        (timedelta(minutes=-5), Freshness.FRESH),
        (timedelta(days=-4), Freshness.STALE),
    ],
)
def test_a_copy_is_trusted_by_its_age(age: timedelta, expected: Freshness) -> None:
    assert freshness(NOW - age, NOW) is expected


def test_what_a_freshness_allows() -> None:
    assert [(each.is_shown, each.may_clear) for each in Freshness] == [(False, True), (True, True), (True, False)]
    assert not freshness(None, NOW).may_clear

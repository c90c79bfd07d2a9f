"""Hours, people and days that a thread says, whatever else is read from it."""

from __future__ import annotations

import pytest

from tests.domain.backlog.test_drafts import draft

_COST = ("it takes me an hour every week", "three of us are stuck until the 20th")


def test_numbers_stay_where_no_wish_is_recognised() -> None:
    found = draft(*_COST)
    assert found.items == ()
    assert found.hours is not None
    assert found.hours.monthly == pytest.approx(4.33)
    assert found.blocked is not None
    assert found.blocked.people == 3
    assert found.needed_by is not None
    assert found.needed_by.day.isoformat() == "2027-03-20"


def test_numbers_go_with_what_is_over() -> None:
    found = draft("Our jobs won't start", *_COST, "never mind, it was a typo of ours")
    assert (found.hours, found.blocked, found.needed_by) == (None, None, None)


def test_a_day_alone_is_talk() -> None:
    assert draft("who comes to the dinner?", "tell me by the 20th").needed_by is None


def test_hours_are_put_right_while_they_are_talked_about() -> None:
    for between, monthly in ((), 13), (("ok.", "and who builds it?", "devops.", "good."), 4.33):
        found = draft("it takes me an hour every week", *between, "make that 3 hours").hours
        assert found is not None
        assert found.monthly == pytest.approx(monthly, abs=0.02)


def test_nothing_is_put_right_where_nothing_is_lost() -> None:
    found = draft("it takes me 0 hours a week", "make that 0 hours").hours
    assert found is not None
    assert found.monthly == 0


@pytest.mark.parametrize(
    ("said", "day"),
    [
        (("the fair opens on Monday 19 April, I want it by the Friday before",), "2027-04-16"),
        (("two weeks before the release on 15 April",), "2027-04-01"),
        (("the review is on 15 April, a week before, say 6 April",), "2027-04-06"),
        (("by 15 April", "rather the 10th"), "2027-04-10"),
        (("by 15 April", "forget the 15th, it slipped. 20 April it is"), "2027-04-20"),
        (("none of us had opened it before Monday",), None),
        (("they turned it off in November",), None),
    ],
)
def test_a_day_is_told_by_an_event_and_by_what_was_said_before(said: tuple[str, ...], day: str | None) -> None:
    due = draft("We need a database.", *said).needed_by
    assert (None if due is None else due.day.isoformat()) == day

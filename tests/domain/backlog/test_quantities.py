"""Hours, people and days that a thread says, whatever else is read from it."""

from __future__ import annotations

import pytest

from bot.domain.backlog import threads
from bot.domain.backlog.quantities import hours
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


_AMOUNTS = {
    "an hour": 1, "an hour and a half": 1.5, "half a day": 4, "2h": 2, "a day": 8, "between 2 and 4 hours": 3,
    "ninety minutes": 1.5, "1h30": 1.5, "three quarters of an hour": 0.75, "an hour or two": 1.5, "an afternoon": 4,
}  # fmt: skip
_RATES = {
    "per sprint": 2.165, "every Monday": 4.33, "twice daily": 43.3, "three times a week": 12.99, "once a month": 1,
    "on Mondays and Thursdays": 8.66, "every two weeks": 2.165, "each quarter": 1 / 3, "3x/week": 12.99,
    "five days a week": 21.65, "at the end of each month": 1, "every workday": 21.65,
}  # fmt: skip
_ORDERS = {
    1: ("it costs us {a} {r}", "{r} I spend {a} on it", "{a}, {r}", "{r} somebody sits down for {a}"),
    3: (
        "three of us spend {a} on it {r}", "{r}, {a}, three people", "{a} per head {r}, three heads",
        "{a} {r} per person, and we are three", "3 people x {a} {r}", "{r} it takes {a} from everybody, we're three",
        "each of the three testers loses {a} {r}", "{a} {r}, times three", "Ada, Bo and I each spend {a} on it {r}",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("people", "order"), [(people, order) for people in _ORDERS for order in _ORDERS[people]])
def test_an_amount_a_cadence_and_people_are_read_in_any_order(people: int, order: str) -> None:
    said = {
        order.format(a=amount, r=rate): people * _AMOUNTS[amount] * _RATES[rate]
        for amount in _AMOUNTS
        for rate in _RATES
    }
    found = {each: hours(threads.read({"messages": [{"ts": "1767000000", "text": each}]})) for each in said}
    wrong = {
        each: None if read is None else read.monthly
        for each, read in found.items()
        if read is None or read.monthly != pytest.approx(said[each], rel=0.01)
    }
    assert not wrong

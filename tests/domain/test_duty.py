"""Duty: one active person a week, in turn."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from bot.domain.duty import on_duty
from bot.domain.records import PersonRecord

TEAM = [PersonRecord(id=number, name=f"P{number}", slack_id=f"U{number}") for number in (5, 2, 9)]
MONDAY = date(2026, 12, 7)


def ids(day: date, team: list[PersonRecord | None]) -> int | None:
    found = on_duty(team, day)
    return found.id if found is not None else None


def test_everybody_has_a_week_in_turn_also_over_the_end_of_a_year() -> None:
    weeks = [ids(MONDAY + timedelta(7 * number), [*TEAM]) for number in range(9)]
    assert sorted({*weeks}, key=str) == [2, 5, 9]
    assert weeks[3:] == weeks[:-3]
    assert all(first != second for first, second in pairwise(weeks))


def test_it_is_the_same_from_monday_to_sunday_whatever_the_order_of_the_members() -> None:
    assert len({ids(MONDAY + timedelta(day), [*TEAM[day % 3 :], *TEAM[: day % 3]]) for day in range(7)}) == 1
    assert ids(MONDAY, [*TEAM]) != ids(MONDAY - timedelta(1), [*TEAM])


def test_who_has_left_or_is_not_in_slack_is_left_out() -> None:
    gone = PersonRecord(id=1, name="Gone", slack_id="U1", is_active=False)
    unknown = PersonRecord(id=3, name="Unknown")
    assert {ids(MONDAY + timedelta(7 * number), [gone, unknown, None, TEAM[0]]) for number in range(4)} == {5}
    assert ids(MONDAY, [gone, unknown, None]) is None

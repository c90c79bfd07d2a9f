"""When a deadline is said, to whom and how loudly, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.eol.milestones import (
    Deadline,
    DeadlineKind,
    Loudness,
    Milestone,
    latest_due,
    next_due,
)
from bot.domain.escalation import Audience, audience_at
from bot.domain.working_time import WorkingTime

BERLIN = ZoneInfo("Europe/Berlin")
WORK = WorkingTime(BERLIN)
#: A Wednesday.
ENDS = Deadline(DeadlineKind.SUPPORT, date(2027, 3, 31))

days = st.dates(min_value=date(2026, 1, 1), max_value=date(2028, 12, 31))
works = st.builds(
    lambda holidays: WorkingTime(BERLIN, frozenset(holidays)),
    st.sets(st.dates(min_value=date(2026, 1, 1), max_value=date(2029, 12, 31)), max_size=40),
)
deadlines = st.builds(Deadline, st.sampled_from(DeadlineKind), days)
tiers = st.sampled_from([None, 1, 2, 3, 4])


def said(deadline: Deadline, work: WorkingTime, start: date, count: int, tier: int | None) -> list[tuple[date, int]]:
    """Each day's milestone where it is another than the day before, as somebody would hear of it who looks daily."""
    found: list[tuple[date, int]] = []
    for today in (start + timedelta(day) for day in range(count)):
        due = latest_due(deadline, today, work, tier=tier)
        if due is not None and (not found or found[-1][1] != due.days):
            found.append((today, due.days))
    return found


def test_a_deadline_in_the_middle_of_the_week() -> None:
    assert (
        said(ENDS, WORK, date(2026, 1, 1), 650, 1)
        == [
            (date(2026, 3, 31), 365),
            (date(2026, 10, 2), 180),
            (date(2026, 12, 31), 90),
            (date(2027, 2, 1), 60),  # 30 January is a Saturday
            (date(2027, 3, 1), 30),
            (date(2027, 3, 17), 14),
            (date(2027, 3, 24), 7),
            (date(2027, 3, 30), 1),
            (date(2027, 3, 31), 0),
            *((ENDS.on + timedelta(7 * week), -7 * week) for week in range(1, 9)),
            *((ENDS.on + timedelta(56 + 28 * month), -56 - 28 * month) for month in range(1, 6)),
        ][: len(said(ENDS, WORK, date(2026, 1, 1), 650, 1))]
    )
    assert len(said(ENDS, WORK, date(2026, 1, 1), 650, 1)) == 21


def test_before_a_weekend_the_last_day_is_said_on_friday_and_the_day_before_is_left_out() -> None:
    sunday = Deadline(DeadlineKind.SUPPORT, date(2027, 1, 31))
    assert said(sunday, WORK, date(2027, 1, 20), 14, 1)[-1] == (date(2027, 1, 29), 0)
    monday = Deadline(DeadlineKind.SUPPORT, date(2027, 2, 1))
    assert said(monday, WORK, date(2027, 1, 20), 14, 1)[-2:] == [(date(2027, 1, 29), 1), (date(2027, 2, 1), 0)]


def test_less_is_said_of_lower_tiers() -> None:
    heard = {tier: len(said(ENDS, WORK, date(2026, 1, 1), 455, tier)) for tier in (None, 0, 2, 3, 4, 9)}
    assert heard == {None: 9, 0: 9, 2: 9, 3: 6, 4: 4, 9: 4}


def test_after_a_long_time_away_only_the_last_one_is_said() -> None:
    assert latest_due(ENDS, date(2027, 3, 20), WORK) == Milestone(14)
    assert latest_due(ENDS, date(2025, 1, 1), WORK) is None


@pytest.mark.parametrize(
    ("left", "loudness", "audience"),
    [
        (365, Loudness.DIGEST, Audience.TEAM),
        (60, Loudness.DIGEST, Audience.TEAM),
        (30, Loudness.BROADCAST, Audience.TEAM),
        (14, Loudness.POST, Audience.LEAD),
        (7, Loudness.POST, Audience.MANAGER),
        (1, Loudness.POST, Audience.MANAGER),
        (0, Loudness.BROADCAST, Audience.PLATFORM),
        (-7, Loudness.DIGEST, Audience.PLATFORM),
    ],
)
def test_loudness_and_escalation(left: int, loudness: Loudness, audience: Audience) -> None:
    assert Milestone(left).loudness(DeadlineKind.SUPPORT) is loudness
    assert audience_at(Milestone(left).days) is audience
    assert Milestone(left).loudness(DeadlineKind.ACTIVE_SUPPORT) is Loudness.DIGEST


@given(deadlines, works, days, tiers)
def test_what_is_due_only_ever_comes_nearer(
    deadline: Deadline, work: WorkingTime, start: date, tier: int | None
) -> None:
    heard = [left for _, left in said(deadline, work, start, 150, tier)]
    assert heard == sorted(set(heard), reverse=True)


@given(deadlines, works, tiers)
def test_whoever_looks_daily_hears_each_on_its_working_day(
    deadline: Deadline, work: WorkingTime, tier: int | None
) -> None:
    for today, left in said(deadline, work, deadline.on - timedelta(430), 520, tier):
        assert today == Milestone(left).day(deadline, work)
        assert work.is_workday(today)
        assert left > 1 or left < 0 or today <= deadline.on


@given(deadlines, works, days, tiers)
def test_the_next_one_is_the_next_that_is_heard(
    deadline: Deadline, work: WorkingTime, today: date, tier: int | None
) -> None:
    milestone, day = next_due(deadline, today, work, tier=tier)
    assert day > today
    assert latest_due(deadline, today, work, tier=tier) != milestone
    later = latest_due(deadline, day, work, tier=tier)
    assert later is not None
    assert later.days <= milestone.days
    assert latest_due(deadline, day - timedelta(1), work, tier=tier) == latest_due(deadline, today, work, tier=tier)

"""For how long an answer keeps Baton quiet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.eol.milestones import Deadline, DeadlineKind, Milestone
from bot.domain.eol.responses import (
    Acknowledged,
    Planned,
    Response,
    Snoozed,
    Waived,
    is_quiet,
    snooze,
    stops_escalation,
)

ENDS = Deadline(DeadlineKind.SUPPORT, date(2027, 3, 31))
MARCH = date(2027, 3, 1)


def test_an_acknowledgement_lasts_until_the_next_milestone() -> None:
    seen = Acknowledged(ENDS, Milestone(30))
    assert is_quiet(seen, ENDS, Milestone(30), MARCH)
    assert not is_quiet(seen, ENDS, Milestone(14), date(2027, 3, 17))
    assert not stops_escalation(seen, ENDS, MARCH)


def test_a_plan_is_asked_after_a_week_before_its_day_and_a_missed_one_goes_on() -> None:
    plan = Planned(ENDS, date(2027, 3, 20))
    assert is_quiet(plan, ENDS, Milestone(30), date(2027, 3, 12))
    assert not is_quiet(plan, ENDS, Milestone(14), date(2027, 3, 13))
    assert stops_escalation(plan, ENDS, date(2027, 3, 20))
    assert not stops_escalation(plan, ENDS, date(2027, 3, 21))


def test_a_snooze_ends_two_weeks_before_the_deadline() -> None:
    assert snooze(ENDS, MARCH, 7) == Snoozed(ENDS, date(2027, 3, 8))
    assert snooze(ENDS, MARCH, 30) == Snoozed(ENDS, date(2027, 3, 17))
    assert snooze(ENDS, date(2027, 3, 17), 7) is None


def test_a_waiver_expires() -> None:
    waived = Waived(ENDS, date(2027, 9, 1))
    assert is_quiet(waived, ENDS, Milestone(0), ENDS.on)
    assert not is_quiet(waived, ENDS, Milestone(-140), date(2027, 9, 1))


answers = st.one_of(
    st.builds(Acknowledged, st.just(ENDS), st.builds(Milestone, st.integers(-60, 365))),
    st.builds(Planned, st.just(ENDS), st.dates(date(2026, 1, 1), date(2028, 1, 1))),
    st.builds(Snoozed, st.just(ENDS), st.dates(date(2026, 1, 1), date(2028, 1, 1))),
    st.builds(Waived, st.just(ENDS), st.dates(date(2026, 1, 1), date(2028, 1, 1))),
)
milestones = st.builds(Milestone, st.integers(-60, 365))
todays = st.dates(date(2026, 1, 1), date(2028, 1, 1))


@given(answers, milestones, todays, st.integers(1, 400))
def test_a_deadline_that_comes_earlier_is_news_and_a_later_one_is_not(
    answer: Response, milestone: Milestone, today: date, moved: int
) -> None:
    earlier = replace(ENDS, on=ENDS.on - timedelta(moved))
    later = replace(ENDS, on=ENDS.on + timedelta(moved))
    assert not is_quiet(answer, earlier, milestone, today)
    assert is_quiet(answer, later, milestone, today) == is_quiet(answer, ENDS, milestone, today)


@given(milestones, todays)
def test_without_an_answer_or_with_one_to_another_deadline_nothing_is_quiet(milestone: Milestone, today: date) -> None:
    other = replace(ENDS, kind=DeadlineKind.EXTENDED_COST)
    assert not is_quiet(None, ENDS, milestone, today)
    assert not is_quiet(Waived(other, date(2030, 1, 1)), ENDS, milestone, today)


@given(st.integers(1, 90), todays)
def test_no_snooze_reaches_into_the_last_two_weeks(days: int, today: date) -> None:
    found = snooze(ENDS, today, days)
    if found is None:
        assert today >= ENDS.on - timedelta(14)
    else:
        assert today < found.until <= ENDS.on - timedelta(14)

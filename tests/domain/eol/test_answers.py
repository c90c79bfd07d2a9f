"""What answers do on a day: which one holds, for how long Baton is quiet, and who hears of what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.eol.answers import Answer, AnswerKind, Effect, State, effect, evidence_due, snooze
from bot.domain.eol.milestones import Milestone
from bot.samples.eol import NOW, person

ENDS, MARCH = date(2027, 3, 31), date(2027, 3, 1)
ACKNOWLEDGED, PLANNED, SNOOZED, WAIVED, DELEGATED = AnswerKind


def given_(kind: AnswerKind, until: date | None = None, *, is_decided: bool = True, **more: object) -> Answer:
    made = Answer(id=1, kind=kind, person=None, at=NOW, deadline=ENDS, until=until)
    if is_decided and kind in (WAIVED, DELEGATED):
        made = replace(made, decided_by=person("Lin"), decided_at=NOW)
    return replace(made, milestone=30 if kind is ACKNOWLEDGED else None, **more)


def done(*answers: Answer, on: date = ENDS, milestone: int | None = 30, today: date = MARCH) -> Effect:
    return effect(answers, on, Milestone(milestone) if milestone is not None else None, today)


def test_an_acknowledgement_lasts_until_the_next_milestone() -> None:
    seen = given_(ACKNOWLEDGED)
    assert done(seen).answer == seen
    assert done(seen).keeps_quiet(Milestone(30))
    assert not done(seen).keeps_quiet(Milestone(14))
    again = done(seen, milestone=14)
    assert (again.answer, again.last, again.last_state) == (None, seen, State.OVER)


def test_an_acknowledgement_of_a_deadline_that_moved_to_later_lasts_until_the_next_milestone_of_the_new_day() -> None:
    seen = given_(ACKNOWLEDGED)
    later = done(seen, on=ENDS + timedelta(60), milestone=90)
    assert later.keeps_quiet(Milestone(90))
    assert not later.keeps_quiet(Milestone(60))
    assert not done(seen, on=ENDS + timedelta(60), milestone=None).keeps_quiet(Milestone(90))


def test_a_plan_is_asked_after_a_week_before_its_day_and_a_missed_one_goes_on() -> None:
    plan = given_(PLANNED, date(2027, 3, 20))
    assert done(plan, today=date(2027, 3, 12)).keeps_quiet(Milestone(30))
    assert not done(plan, today=date(2027, 3, 13)).keeps_quiet(Milestone(14))
    for today, holds in ((date(2027, 3, 20), True), (date(2027, 3, 21), False)):
        assert (done(plan, today=today).answer == plan) is holds
        for is_since in (True, False):
            assert done(plan, today=today).answers_milestone(is_since=is_since) is holds


@pytest.mark.parametrize("kind", [SNOOZED, WAIVED])
def test_a_snooze_and_a_waiver_are_over_on_their_day(kind: AnswerKind) -> None:
    put_off = given_(kind, MARCH)
    before, after = done(put_off, today=MARCH - timedelta(1)), done(put_off)
    assert before.keeps_quiet(Milestone(0))
    assert before.answers_milestone(is_since=False)
    assert not after.keeps_quiet(Milestone(30))
    assert (after.answer, after.last_state, after.put_off_until) == (None, State.OVER, MARCH)
    assert not after.answers_milestone(is_since=False)
    assert after.answers_milestone(is_since=True), "it was an answer to what had been said"


def test_an_acknowledgement_answers_only_what_was_said_before_it() -> None:
    assert done(given_(ACKNOWLEDGED)).answers_milestone(is_since=True)
    assert not done(given_(ACKNOWLEDGED)).answers_milestone(is_since=False)


@pytest.mark.parametrize("kind", [WAIVED, DELEGATED])
def test_a_question_does_nothing_until_it_is_decided(kind: AnswerKind) -> None:
    asked = given_(kind, MARCH + timedelta(1), is_decided=False)
    nothing = done(asked)
    assert (nothing.answer, nothing.last, nothing.asked(kind)) == (None, None, asked)
    assert not nothing.keeps_quiet(Milestone(30))
    assert not nothing.answers_milestone(is_since=True)
    assert done(asked, today=MARCH + timedelta(1)).asked(kind) is None
    assert done(replace(asked, until=None)).asked(kind) is not None
    assert done(given_(kind, MARCH + timedelta(1))).asked(kind) is None


def test_having_been_taken_over_is_no_answer_to_the_deadline() -> None:
    assert done(given_(DELEGATED)).states[0][1] is State.HOLDS
    assert done(given_(DELEGATED)).answer is None


def test_what_there_is_to_acknowledge_is_what_was_said_last_or_the_days_left() -> None:
    assert done().current == Milestone(30)
    assert done(milestone=None).current == Milestone(30)
    assert done(milestone=None, today=ENDS + timedelta(2)).current == Milestone(-2)


def test_a_snooze_ends_two_weeks_before_the_deadline() -> None:
    assert snooze(ENDS, MARCH, 7) == date(2027, 3, 8)
    assert snooze(ENDS, MARCH, 30) == date(2027, 3, 17)
    assert snooze(ENDS, date(2027, 3, 17), 7) is None
    assert evidence_due(MARCH) == date(2027, 3, 15)


DAYS = st.dates(date(2026, 1, 1), date(2028, 1, 1))
ANSWERS = st.builds(
    lambda kind, until, seen, deadline, is_decided: replace(
        given_(kind, until, is_decided=is_decided, deadline=deadline), milestone=seen if kind is ACKNOWLEDGED else None
    ),
    st.sampled_from(AnswerKind),
    DAYS,
    st.integers(-60, 365),
    DAYS,
    st.booleans(),
)
MILESTONES = st.none() | st.integers(-60, 365)


@given(ANSWERS, MILESTONES, st.integers(-60, 365), DAYS, st.integers(1, 400), st.booleans())
def test_a_deadline_that_has_come_nearer_is_news_whatever_was_answered(
    answer: Answer, milestone: int | None, due: int, today: date, moved: int, is_since: bool
) -> None:
    made = done(answer, on=answer.deadline - timedelta(moved), milestone=milestone, today=today)
    assert made.answer is None
    assert not made.keeps_quiet(Milestone(due))
    assert not made.answers_milestone(is_since=is_since)
    assert made.moved_from == answer.deadline


@given(st.lists(ANSWERS, max_size=5), MILESTONES, DAYS, DAYS)
def test_the_newest_that_holds_counts_and_what_holds_is_quiet_or_asked_after(
    answers: list[Answer], milestone: int | None, on: date, today: date
) -> None:
    made = done(*answers, on=on, milestone=milestone, today=today)
    holding = [each for each, state in made.states if state is State.HOLDS and each.kind is not DELEGATED]
    assert made.answer == next(iter(holding), None)
    if made.answer is not None:
        assert made.last is made.answer
        assert made.last_state is State.HOLDS
        assert on >= made.answer.deadline
        if made.answer.kind in (SNOOZED, WAIVED):
            assert made.keeps_quiet(Milestone(0))
    elif made.last is not None and made.last.kind is not ACKNOWLEDGED:
        assert not made.keeps_quiet(Milestone(0))


@given(MILESTONES, st.integers(-60, 365), DAYS, DAYS)
def test_without_an_answer_nothing_is_quiet(milestone: int | None, due: int, on: date, today: date) -> None:
    made = done(on=on, milestone=milestone, today=today)
    assert (made.answer, made.last, made.moved_from, made.put_off_until) == (None, None, None, None)
    assert not made.keeps_quiet(Milestone(due))
    assert not made.answers_milestone(is_since=True)

"""Which answer holds now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.eol.current_answer import current_milestone, pending, standing
from bot.domain.eol.milestones import Deadline, DeadlineKind, Milestone
from bot.domain.eol.reminders import AnswerKind
from bot.domain.eol.responses import is_quiet
from bot.samples.eol import NOW, TODAY, answers, card, person, watch

DEADLINE = date(2027, 3, 31)
DAYS = st.integers(-200, 400).map(lambda days: TODAY + timedelta(days))
ANSWERS = st.builds(
    lambda number, until, deadline, is_decided: replace(
        answers("Ada", until=until)[number],
        deadline=deadline,
        decided_by=person("Lin") if is_decided else None,
        decided_at=NOW if is_decided else None,
    ),
    st.integers(0, 8),
    DAYS,
    DAYS,
    st.booleans(),
)


@given(st.lists(ANSWERS, max_size=5), DAYS, st.none() | st.integers(-60, 365))
def test_the_newest_that_holds_is_one_that_the_rules_of_quiet_know(
    given_answers: list[object], on: date, milestone: int | None
) -> None:
    said = Milestone(milestone) if milestone is not None else None
    its = card(
        "x",
        replace(watch("x"), deadline=Deadline(DeadlineKind.EXTENDED_SUPPORT, on)),
        answers=tuple(given_answers),
        milestone=said,
    )
    found = standing(its)
    holding = []
    for answer in its.reminder.answers:
        response = answer.response(DeadlineKind.EXTENDED_SUPPORT)
        now = current_milestone(its.reminder, on, TODAY)
        is_live_plan = answer.kind is AnswerKind.PLANNED and answer.until is not None and answer.until >= TODAY
        if is_quiet(response, its.watch.deadline, now, TODAY) or (is_live_plan and on >= answer.deadline):
            holding.append(answer)
    assert found == next(iter(holding), None)


def test_what_is_said_last_is_acknowledged_or_what_is_left() -> None:
    reminder = card("x", milestone=Milestone(30)).reminder
    assert current_milestone(reminder, DEADLINE, TODAY) == Milestone(30)
    assert current_milestone(replace(reminder, milestone=None), DEADLINE, TODAY) == Milestone(126)


def test_an_acknowledgement_is_over_with_the_next_milestone() -> None:
    seen = answers("Ada", until=TODAY)[2]
    assert standing(card("x", answers=(seen,), milestone=Milestone(90))) == seen
    assert standing(card("x", answers=(seen,), milestone=Milestone(60))) is None


def test_a_question_is_open_until_it_is_decided_or_its_day_has_passed() -> None:
    asked, approved = answers("Ada", until=TODAY + timedelta(1))[5:7]
    for these, expected in (((asked,), asked), ((approved,), None), ((approved, asked), asked)):
        assert pending(card("x", answers=these).reminder, AnswerKind.WAIVED, TODAY) == expected
    assert pending(card("x", answers=(asked,)).reminder, AnswerKind.WAIVED, TODAY + timedelta(1)) is None
    offered = answers("Ada", until=TODAY)[7]
    assert pending(card("x", answers=(offered,)).reminder, AnswerKind.DELEGATED, TODAY) == offered

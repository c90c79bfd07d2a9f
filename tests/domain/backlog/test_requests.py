"""The states of a request: the table of steps, and sequences of steps at random."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.backlog.requests import (
    ENDED,
    OPEN,
    REOPEN_FOR,
    TRANSITIONS,
    RequestStanding,
    RequestState,
    Step,
    after,
    may_take,
)
from bot.domain.rights import Right
from bot.errors import UserError

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
S = RequestState

#: Written down a second time: which steps each state allows.
ALLOWED = {
    S.PROPOSED: {
        "accept",
        "start",
        "deliver",
        "deliver_part",
        "suffice",
        "ask",
        "answer",
        "decline",
        "dismiss",
        "merge",
        "withdraw",
    },
    S.NEEDS_INFO: {
        "accept",
        "start",
        "deliver",
        "deliver_part",
        "suffice",
        "reply",
        "answer",
        "decline",
        "dismiss",
        "merge",
        "withdraw",
    },
    S.ACCEPTED: {"start", "deliver", "deliver_part", "suffice", "ask", "answer", "decline", "merge", "withdraw"},
    S.IN_PROGRESS: {"deliver", "deliver_part", "suffice", "ask", "answer", "decline", "merge", "withdraw"},
    S.DELIVERED: {"confirm", "not_yet", "resume"},
    S.CONFIRMED: {"reopen"},
    S.ANSWERED: {"reopen"},
    S.DECLINED: {"reopen"},
    S.MERGED: {"unmerge", "withdraw"},
    S.WITHDRAWN: {"reopen"},
}


def standing(state: RequestState, before: RequestState = S.PROPOSED, since: datetime = NOW) -> RequestStanding:
    return RequestStanding(state, before, since)


@pytest.mark.parametrize("state", RequestState)
def test_a_state_allows_the_steps_that_are_written_down(state: RequestState) -> None:
    assert {step.value for step in Step if may_take(step, standing(state), now=NOW)} == ALLOWED[state]


def test_the_devops_team_decides_and_whoever_asked_says_whether_it_does_the_job() -> None:
    theirs = {step for step, transition in TRANSITIONS.items() if transition.right is Right.REQUEST}
    assert theirs == {Step.SUFFICE, Step.REPLY, Step.WITHDRAW, Step.CONFIRM, Step.NOT_YET, Step.REOPEN}


@pytest.mark.parametrize("state", RequestState)
def test_a_part_can_be_withdrawn_only_while_its_whole_is_open(state: RequestState) -> None:
    part = replace(standing(S.MERGED), whole=standing(state))
    assert may_take(Step.WITHDRAW, part, now=NOW) == (state in OPEN)


@pytest.mark.parametrize("before", [S.PROPOSED, S.ACCEPTED, S.IN_PROGRESS])
def test_an_answer_returns_a_request_to_where_it_was(before: RequestState) -> None:
    asked = after(Step.ASK, standing(before), now=NOW)
    assert asked is not None
    assert asked.state is S.NEEDS_INFO
    answered = after(Step.REPLY, asked, now=NOW)
    assert answered is not None
    assert answered.state is before


@pytest.mark.parametrize("step", [step for step, transition in TRANSITIONS.items() if transition.to is not None])
def test_the_same_step_again_changes_nothing(step: Step) -> None:
    to = TRANSITIONS[step].to
    assert to is not None
    assert may_take(step, standing(to), now=NOW) or after(step, standing(to), now=NOW) is None


def test_what_ended_can_be_reopened_for_thirty_days() -> None:
    last = standing(S.DECLINED, since=NOW - REOPEN_FOR)
    reopened = after(Step.REOPEN, last, now=NOW)
    assert reopened is not None
    assert reopened.state is S.PROPOSED
    with pytest.raises(UserError, match="more than 30 days: open a new request"):
        after(Step.REOPEN, last, now=NOW + timedelta(seconds=1))


def test_a_refusal_says_how_the_request_stands() -> None:
    with pytest.raises(UserError, match="is declined already"):
        after(Step.ACCEPT, standing(S.DECLINED), now=NOW)
    with pytest.raises(UserError, match="is delivered, so that cannot be done now"):
        after(Step.DECLINE, standing(S.DELIVERED), now=NOW)


def test_a_question_that_was_merged_away_does_not_come_back() -> None:
    now: RequestStanding | None = standing(S.ACCEPTED)
    for step in (Step.ASK, Step.MERGE, Step.UNMERGE):
        assert now is not None
        now = after(step, now, now=NOW)
    assert now is not None
    assert now.state is S.ACCEPTED


@given(st.lists(st.sampled_from(Step), max_size=30))
def test_whatever_is_pressed_a_request_is_open_delivered_or_ended(steps: list[Step]) -> None:
    now, at = standing(S.PROPOSED), NOW
    for step in steps:
        try:
            moved = after(step, now, now=at)
        except UserError:
            continue
        now = moved or now
        assert now.state in OPEN | ENDED | {S.DELIVERED}
        # What an answer or an unmerge returns to is a state in which something can be done.
        assert now.state not in (S.NEEDS_INFO, S.MERGED) or now.before in OPEN - {S.NEEDS_INFO}

"""When a matter is told, asked again, passed on and over: by the working days of whoever has to answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.ownership.matters import FollowUpStep, MatterKind, Waiting, next_step
from bot.domain.working_time import WorkingTime

#: A Thursday, so that weekends are in between.
ASKED = datetime(2026, 3, 5, 10, tzinfo=UTC)
WORK = WorkingTime(ZoneInfo("UTC"))
NEW = Waiting(kind=MatterKind.CLAIM, since=ASKED, is_told=False, times_reminded=0, is_passed_on=False)
TOLD = replace(NEW, is_told=True)


@pytest.mark.parametrize(
    ("waiting", "step", "day"),
    [
        (NEW, FollowUpStep.TELL, date(2026, 3, 5)),
        (TOLD, FollowUpStep.REMIND, date(2026, 3, 9)),
        (replace(TOLD, times_reminded=1), FollowUpStep.REMIND, date(2026, 3, 12)),
        (replace(TOLD, times_reminded=2), FollowUpStep.PASS_ON, date(2026, 3, 16)),
        (replace(TOLD, times_reminded=2, is_passed_on=True), FollowUpStep.EXPIRE, date(2026, 3, 19)),
        (
            replace(TOLD, times_reminded=2, is_passed_on=True, kind=MatterKind.DISPUTE),
            FollowUpStep.LIST,
            date(2026, 3, 5),
        ),
    ],
)
def test_each_step_has_its_day(waiting: Waiting, step: FollowUpStep, day: date) -> None:
    assert next_step(waiting, WORK) == (step, day)


def test_what_is_lent_is_told_at_once_and_its_days_count_from_its_end() -> None:
    lent = date(2026, 3, 20)  # a Friday
    assert next_step(replace(NEW, lent_until=lent), WORK) == (FollowUpStep.TELL, date(2026, 3, 5))
    assert next_step(replace(TOLD, lent_until=lent), WORK) == (FollowUpStep.REMIND, date(2026, 3, 24))
    late = replace(TOLD, times_reminded=2, lent_until=lent)
    assert next_step(late, WORK) == (FollowUpStep.PASS_ON, date(2026, 3, 31))
    assert next_step(late, WORK, can_be_told=False) == (FollowUpStep.PASS_ON, lent)


@pytest.mark.parametrize("since", [datetime(2026, 3, 7, 10, tzinfo=UTC), datetime(2026, 3, 6, 18, tzinfo=UTC)])
def test_days_count_from_the_first_on_which_somebody_is_told(since: datetime) -> None:
    assert next_step(replace(NEW, since=since), WORK) == (FollowUpStep.TELL, date(2026, 3, 9))
    assert next_step(replace(TOLD, since=since), WORK) == (FollowUpStep.REMIND, date(2026, 3, 11))


@pytest.mark.parametrize("waiting", [NEW, TOLD, replace(TOLD, kind=MatterKind.DISPUTE)])
def test_nobody_waits_for_the_answer_of_somebody_who_cannot_be_asked(waiting: Waiting) -> None:
    how = {"can_be_told": False}
    assert next_step(waiting, WORK, **how) == (FollowUpStep.PASS_ON, date(2026, 3, 5))
    passed_on, is_dispute = replace(waiting, is_passed_on=True), waiting.kind is MatterKind.DISPUTE
    for step, _ in (next_step(passed_on, WORK, **how), next_step(waiting, WORK, has_admin=False, **how)):
        assert (step is FollowUpStep.EXPIRE) is not is_dispute


@pytest.mark.parametrize("kind", MatterKind)
def test_without_an_admin_it_still_ends_or_stands_in_each_digest(kind: MatterKind) -> None:
    step, _ = next_step(replace(TOLD, kind=kind, times_reminded=2), WORK, has_admin=False)
    assert step is (FollowUpStep.LIST if kind is MatterKind.DISPUTE else FollowUpStep.EXPIRE)


@pytest.mark.parametrize("kind", MatterKind)
def test_whatever_nobody_answers_comes_to_an_end(kind: MatterKind) -> None:
    waiting, steps = replace(NEW, kind=kind), list[FollowUpStep]()
    for _ in range(20):
        step, day = next_step(waiting, WORK)
        assert day >= ASKED.date()
        steps.append(step)
        match step:
            case FollowUpStep.TELL:
                waiting = replace(waiting, is_told=True)
            case FollowUpStep.REMIND:
                waiting = replace(waiting, times_reminded=waiting.times_reminded + 1)
            case FollowUpStep.PASS_ON:
                waiting = replace(waiting, is_passed_on=True, is_told=False, times_reminded=0)
            case _:
                break
    assert steps.count(FollowUpStep.PASS_ON) == 1
    assert steps[-1] is (FollowUpStep.LIST if kind is MatterKind.DISPUTE else FollowUpStep.EXPIRE)

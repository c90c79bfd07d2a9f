"""The two parts of an upgrade: who is asked when, and what a changed plan keeps."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.eol import plans
from bot.domain.eol.answers import Answer, AnswerKind
from bot.domain.eol.plans import PlanPart, plan_of, quiet_until, to_ask, turns

PLANNED_ON = date(2026, 3, 3)
UPGRADE = date(2026, 4, 30)


def planned(until: date = UPGRADE, **detail: str) -> Answer:
    at = datetime(PLANNED_ON.year, PLANNED_ON.month, PLANNED_ON.day, 9, tzinfo=UTC)
    return Answer(
        id=1, kind=AnswerKind.PLANNED, person=None, at=at, deadline=date(2026, 4, 30), until=until, detail=detail
    )


def test_without_a_day_of_its_own_the_first_part_is_due_with_the_second() -> None:
    plan = plan_of(planned(compatibility="U1"))
    assert plan is not None
    assert [(part.part, part.owner, part.on) for part in plan.parts] == [
        (PlanPart.COMPATIBILITY, "U1", UPGRADE),
        (PlanPart.UPGRADE, "", UPGRADE),
    ]


@pytest.mark.parametrize("kind", [each for each in AnswerKind if each is not AnswerKind.PLANNED])
def test_other_answers_are_no_plans(kind: AnswerKind) -> None:
    assert plan_of(Answer(id=1, kind=kind, person=None, at=planned().at, deadline=UPGRADE, until=UPGRADE)) is None


def test_each_owner_is_asked_from_a_week_before_their_day_until_it_comes() -> None:
    answer = planned(compatibility="U1", compatible_by="2026-04-10", upgrade="U2")

    def asked(on: date) -> list[PlanPart]:
        return [part.part for part in to_ask(answer, on)]

    assert asked(date(2026, 4, 2)) == []
    assert asked(date(2026, 4, 3)) == asked(date(2026, 4, 10)) == [PlanPart.COMPATIBILITY]
    assert asked(date(2026, 4, 11)) == [PlanPart.COMPATIBILITY], "it is late"
    assert asked(date(2026, 4, 23)) == asked(UPGRADE) == [PlanPart.COMPATIBILITY, PlanPart.UPGRADE]
    assert {date(2026, 4, 3), date(2026, 4, 23)} <= set(turns(answer))


@pytest.mark.parametrize(
    ("asked_on", "again"), [("2026-04-03", 11), ("2026-04-10", 11), ("2026-04-11", 18), ("2026-04-13", 20)]
)
def test_a_first_owner_who_is_late_is_asked_the_day_after_and_then_each_week(asked_on: str, again: int) -> None:
    answer = planned(compatibility="U1", compatible_by="2026-04-10", compatibility_asked=asked_on)
    days = [day for day in range(4, 31) if to_ask(answer, date(2026, 4, day))]
    assert days[0] == again


@pytest.mark.parametrize(("days", "asked_on"), [(8, 1), (7, 6), (2, 1), (1, None), (0, None)])
def test_who_is_named_late_is_asked_the_day_before_and_never_on_the_day_of_the_plan(
    days: int, asked_on: int | None
) -> None:
    answer = planned(PLANNED_ON + timedelta(days), upgrade="U2")
    found = [day for day in range(days + 1) if to_ask(answer, PLANNED_ON + timedelta(day))]
    assert found[:1] == ([asked_on] if asked_on is not None else [])


def test_whoever_is_done_was_asked_or_is_nobody_is_not_asked() -> None:
    given = {"compatibility": "U1", "compatible_by": "2026-04-10"}
    on = date(2026, 4, 9)
    assert to_ask(planned(**given), on)
    assert not to_ask(planned(**given, compatible_since="2026-04-01"), on)
    assert not to_ask(planned(**given, **plans.asked(PlanPart.COMPATIBILITY, on)), on)
    assert not to_ask(planned(compatible_by="2026-04-10"), on)


def test_a_first_part_that_is_late_keeps_nothing_quiet() -> None:
    late = planned(compatibility="U1", compatible_by="2026-03-20")
    assert quiet_until(late) == date(2026, 3, 21)
    assert quiet_until(planned(compatibility="U1", compatible_by="2026-03-20", compatible_since="2026-03-19")) == date(
        2026, 4, 23
    )
    assert quiet_until(planned(compatible_by="2026-03-20")) == date(2026, 4, 23)


def test_a_changed_plan_keeps_that_it_is_compatible_while_the_same_person_says_so() -> None:
    before = {"compatibility": "U1", "compatible_since": "2026-03-19", "compatibility_asked": "2026-03-13"}
    assert plans.carried(before, {"compatibility": "U1"}) == {"compatible_since": "2026-03-19"}
    assert plans.carried(before, {"compatibility": "U2"}) == {}
    assert plans.essence({**before, "compatibility_name": "Ada", "target": "16"}) == {
        "compatibility": "U1", "target": "16",
    }  # fmt: skip
    assert plans.kept(before) == {"compatibility": "U1", "compatible_since": "2026-03-19"}


def test_a_day_that_nobody_can_read_is_none() -> None:
    plan = plan_of(planned(compatibility="U1", compatible_by="soon", compatible_since="?"))
    assert plan is not None
    assert (plan.compatibility.on, plan.compatibility.done_on) == (UPGRADE, None)

"""Who above a team hears of what nobody answers, and when: by stages, and what costs money before what does not."""

from __future__ import annotations

import pytest

from bot.domain.escalation import Audience, stage_of, unheard

LEAD, MANAGER, PLATFORM = Audience.LEAD, Audience.MANAGER, Audience.PLATFORM


@pytest.mark.parametrize("is_charged", [True, False])
def test_what_had_passed_before_it_was_told_goes_to_lead_and_manager_before_the_public_channel(
    is_charged: bool,
) -> None:
    heard: dict[Audience, int | None] = {}
    days = {}
    for told_for in range(0, 64, 7):
        step = stage_of(-400, told_for, is_charged=is_charged)
        for part in unheard(step, heard) if step is not None else ():
            heard[part] = step
            days.setdefault(part, []).append(told_for)
    first = 7 if is_charged else 14
    assert days == {LEAD: [first], MANAGER: [first + 7], PLATFORM: [first + 14]}


def test_nobody_hears_again_of_a_stage_that_lies_behind_what_they_have_heard() -> None:
    assert unheard(14, {LEAD: 14, MANAGER: 0, PLATFORM: 0}) == ()
    assert unheard(7, {LEAD: 7, MANAGER: 0, PLATFORM: 0}) == ()
    assert unheard(7, {LEAD: 14, MANAGER: 7}) == ()
    assert unheard(7, {}) == (LEAD, MANAGER)

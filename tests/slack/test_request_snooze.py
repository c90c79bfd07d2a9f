"""A request that the DevOps team puts off, over the wire: until when, and what ends it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.blocks.backlog import actions as ids
from tests.slack.test_request_steps import Requested, requested

__all__ = ["requested"]


@pytest.fixture
def devops_team() -> str:
    return "Platform"


async def snoozed(requested: Requested, day: str = "2026-03-10") -> dict[str, str]:
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.SNOOZE)
    return await requested.fill("lin", day=day)


async def test_it_ends_before_the_day_by_which_the_request_is_needed(requested: Requested) -> None:
    needed_by = str((await requested.row()).needed_by)
    said = f"It is needed by {needed_by}: choose a day before that."
    assert await snoozed(requested, needed_by) == {ids.DAY: said}


@pytest.mark.parametrize(
    "steps",
    [
        [(ids.START, "omar")],
        [(ids.ASK, "omar")],
        [(ids.DELIVER, "omar"), (ids.NOT_YET, "ada")],
        [(ids.DECLINE, "omar"), (ids.REOPEN, "ada")],
    ],
    ids=lambda steps: " then ".join(step for step, _ in steps),
)
async def test_what_is_done_about_the_request_ends_it(requested: Requested, steps: Sequence[tuple[str, str]]) -> None:
    assert await snoozed(requested) == {}
    for step, user in steps:
        message = requested.card if user == "ada" else requested.triage
        is_rare = step == ids.DECLINE
        await requested.press(message, ids.MORE if is_rare else step, user=user, word=step if is_rare else "")
        if step != ids.START:
            assert await requested.fill(user, words="The cluster is gone") == {}
    assert (await requested.row()).snoozed_until is None
    assert "snoozed" not in requested.card.text
    assert "snoozed" not in requested.triage.text


async def test_what_only_says_how_it_stands_does_not(requested: Requested) -> None:
    assert await snoozed(requested) == {}
    await requested.press(requested.triage, ids.ACCEPT, user="omar")
    assert "snoozed until" in requested.triage.text


async def test_whoever_needs_it_before_its_day_ends_it(requested: Requested) -> None:
    assert await snoozed(requested) == {}
    await requested.press(requested.card, ids.CHANGE, user="ada")
    assert await requested.fill("ada", needed_by="2026-03-11") == {}
    assert (await requested.row()).snoozed_until is not None, "the day after is soon enough"
    await requested.press(requested.card, ids.CHANGE, user="ada")
    assert await requested.fill("ada", needed_by="2026-03-09") == {}
    assert (await requested.row()).snoozed_until is None
    assert "first answer due" in requested.card.text

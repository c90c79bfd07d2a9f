"""Hours, people and rates of a request, as its messages say them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.blocks.backlog import words
from bot.domain.backlog.demand import Estimate, Slowdown
from bot.samples.backlog import requests

CARD = next(iter(requests("a queue")))


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0.04, "0.04 hours"),
        (0.5, "0.5 hours"),
        (1, "1 hour"),
        (12.99, "13 hours"),
        (16.84, "16.8 hours"),
        (999.6, "1,000 hours"),
        (1732.4, "1,732 hours"),
        (1_234_567, "1,234,567 hours"),
    ],
)
def test_hours(hours: float, said: str) -> None:
    assert words.about(replace(CARD, hours_a_month=hours, blocked_people={}, estimate=None))[0] == (
        f"Without it: {said} a month lost"
    )


@pytest.mark.parametrize(
    ("blocked", "said"),
    [
        ({None: 1}, "1 person blocked"),
        ({Slowdown.STOPPED: 2}, "2 people blocked"),
        ({Slowdown.HALF: 1}, "1 person blocked half of the time"),
        ({Slowdown.STOPPED: 1, Slowdown.SLOWED: 1200}, "1 person blocked, 1,200 people slowed down"),
    ],
)
def test_people_who_wait_and_how_much(blocked: dict[Slowdown | None, int], said: str) -> None:
    card = replace(CARD, hours_a_month=0, blocked_people=blocked, estimate=None)
    assert words.about(card)[0] == f"Without it: {said}"


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ((1, 1, 1), "Work: 1 hour"),
        ((0.5, 0.5, 1), "Work: 0.5 to 1 hour, most likely 0.5"),
        ((4, 8, 2000), "Work: 4 to 2,000 hours, most likely 8"),
    ],
)
def test_work(hours: tuple[float, float, float], said: str) -> None:
    assert words.effort(Estimate(*hours, "")) == said

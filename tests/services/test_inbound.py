"""Each event is taken once, by whichever process gets it first."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.services.deps import Deps
from bot.services.inbound import forget_old, take
from bot.store.db import Database
from tests.conftest import FixedClock

pytestmark = pytest.mark.sql


@pytest.fixture
def deps(database: Database, clock: FixedClock) -> Deps:
    return Deps(database, clock)


async def test_once_each(deps: Deps) -> None:
    assert [await take(deps, event) for event in ("Ev1", "Ev1", "Ev2", "Ev1", "Ev2")] == [
        True,
        False,
        True,
        False,
        False,
    ]


async def test_once_when_delivered_many_times_at_once_to_two_processes(
    deps: Deps, database_url: str, clock: FixedClock
) -> None:
    other = Database(database_url)
    both = [deps, Deps(other, clock)]
    try:
        taken = await asyncio.gather(*(take(both[number % 2], f"Ev{number // 8}") for number in range(24)))
    finally:
        await other.close()
    assert [sum(taken[start : start + 8]) for start in (0, 8, 16)] == [1, 1, 1]


async def test_forgotten_after_two_days_and_not_before(deps: Deps, clock: FixedClock) -> None:
    await take(deps, "Ev1")
    clock.advance(timedelta(days=2))
    await forget_old(deps)
    assert not await take(deps, "Ev1")
    clock.advance(timedelta(seconds=1))
    await forget_old(deps)
    assert await take(deps, "Ev1")

"""A clock that is set back holds no message up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import SlackError, SlackRateLimitedError
from bot.services.deps import Deps
from bot.services.outbox import Pace
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.services.outbox_world import OPS, World

pytestmark = pytest.mark.sql

HOUR = timedelta(hours=1)


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    return World(Deps(database, clock), clock)


async def test_the_next_message_goes_out_although_the_last_one_was_in_the_future(world: World) -> None:
    await world.put("one")
    await world.drain()
    world.clock.advance(-HOUR)
    await world.put("two")
    await world.run(2)
    assert world.slack.texts == ["one", "two"]


async def test_a_process_that_starts_then_is_not_held_up_either(world: World) -> None:
    await world.put("one")
    await world.drain()
    world.clock.advance(-HOUR)
    world.pace = Pace()
    await world.put("two")
    await world.run(2)
    assert world.slack.texts == ["one", "two"]


@pytest.mark.parametrize(
    "refusal", [SlackRateLimitedError(30), SlackError("invalid_auth")], ids=["a pause", "no access"]
)
async def test_what_slack_refuses_holds_other_channels_no_longer_up_than_before(
    world: World, refusal: SlackError
) -> None:
    world.slack.plan.append(refusal)
    await world.put("one")
    await world.drain()
    world.clock.advance(-HOUR)
    await world.put("two", channel=OPS)
    await world.run(2)
    assert world.slack.texts == ["two"]

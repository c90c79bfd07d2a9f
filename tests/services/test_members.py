"""What each Slack account is: asked once, known at once, stored when the store takes it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.trust import AccountStanding
from bot.errors import SlackError
from bot.services.deps import Deps
from bot.services.members import Members, standing_of
from bot.services.snapshot import Snapshot
from bot.store.db import Database
from tests.conftest import FixedClock
from tests.services.fakes import FakePort, member


@pytest.fixture
def deps(database: Database, clock: FixedClock) -> Deps:
    return Deps(database, clock)


@pytest.fixture
def slack(clock: FixedClock) -> FakePort:
    made = FakePort(clock)
    made.know([member("U1"), replace(member("U2"), is_guest=True), member("U3", is_active=False)])
    return made


async def stored(deps: Deps, slack: FakePort) -> dict[str, AccountStanding | None]:
    """What a process that starts now knows without asking Slack."""
    fresh = Members(deps, slack, Snapshot())
    await fresh.load()
    return {slack_id: fresh.standing(slack_id) for slack_id in slack.people}


async def test_pages_are_known_after_a_restart(deps: Deps, slack: FakePort) -> None:
    await Members(deps, slack, Snapshot()).put_page(slack.people.values())
    assert await stored(deps, slack) == {
        "U1": AccountStanding.MEMBER,
        "U2": AccountStanding.GUEST,
        "U3": AccountStanding.GONE,
    }


async def test_a_later_page_replaces_what_an_earlier_one_said(deps: Deps, slack: FakePort) -> None:
    members = Members(deps, slack, Snapshot())
    await members.put_page(slack.people.values())
    await members.put_page([replace(member("U1"), is_stranger=True)])
    assert members.standing("U1") is AccountStanding.STRANGER
    assert (await stored(deps, slack))["U1"] is AccountStanding.STRANGER


async def test_a_page_says_where_people_are(deps: Deps, slack: FakePort) -> None:
    snapshot = Snapshot()
    await Members(deps, slack, snapshot).put_page([replace(member("U1"), timezone="Asia/Kolkata")])
    assert (snapshot.zone_name("U1"), snapshot.zone_name("U2")) == ("Asia/Kolkata", "")


async def test_a_busy_store_does_not_keep_the_answer_back(deps: Deps, slack: FakePort) -> None:
    members = Members(deps, slack, Snapshot())
    async with deps.database.transaction():
        assert await asyncio.wait_for(members.learn("U2"), 1.5) is AccountStanding.GUEST
    assert members.standing("U2") is AccountStanding.GUEST
    await members.put_page([slack.people["U1"]])
    assert await stored(deps, slack) == {"U1": AccountStanding.MEMBER, "U2": AccountStanding.GUEST, "U3": None}


async def test_nobody_is_made_up(deps: Deps, slack: FakePort) -> None:
    members = Members(deps, slack, Snapshot())
    with pytest.raises(SlackError):
        await members.learn("U9")
    assert members.standing("U9") is None


def test_of_several_standings_the_one_that_may_least_counts() -> None:
    guest = replace(member("U1", is_bot=True), is_guest=True)
    assert standing_of(guest) is AccountStanding.BOT
    assert standing_of(replace(guest, is_stranger=True)) is AccountStanding.STRANGER
    assert standing_of(replace(guest, is_active=False)) is AccountStanding.GONE

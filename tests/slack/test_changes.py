"""What Slack says has changed is known at once, and only from Slack itself."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.domain.trust import AccountStanding
from bot.services.listings import Listings
from bot.services.members import Members
from bot.services.snapshot import Snapshot
from bot.store.tables import Person, SlackChannel
from tests import administration
from tests.slack.conftest import Stage


@pytest.fixture
async def read(stage: Stage) -> Stage:
    """A Baton that has read what Slack lists."""
    listings = stage.baton.context.listings
    await stage.settle()
    await listings.read_members(at_start=True)
    await listings.read_channels(at_start=True)
    stage.slack.calls.clear()
    return stage


def id_of(stage: Stage, name: str) -> str:
    return stage.slack.workspace.channel(name).id


def asked(stage: Stage) -> list[str]:
    return [call.method for call in stage.slack.calls if call.method in ("users.info", "conversations.info")]


async def happens(stage: Stage, kind: str, **about: Any) -> None:
    """Deliver an event, and wait for what Baton does about it."""
    await stage.slack.emit({"type": kind, **about})
    await stage.settle()


async def test_somebody_who_leaves_is_out_at_once(read: Stage) -> None:
    grace = read.slack.workspace.user("grace").id
    await administration.deactivate_user(read.slack, "grace")
    await read.settle()
    assert read.baton.context.snapshot.standing(grace) is AccountStanding.GONE
    async with read.database.reading() as session:
        active = await session.execute(select(col(Person.is_active)).where(col(Person.slack_id) == grace))
        assert list(active.scalars()) == [False]


async def test_of_a_new_status_slack_is_not_asked(read: Stage) -> None:
    user = {"id": read.slack.workspace.user("grace").id, "profile": {"status_text": "away"}}
    await happens(read, "user_change", user=user)
    assert asked(read) == []


async def test_an_event_alone_changes_nobodys_standing(read: Stage) -> None:
    grace = read.slack.workspace.user("grace").id
    await happens(read, "user_change", user={"id": grace, "deleted": True})
    assert asked(read) == ["users.info"]
    assert read.baton.context.snapshot.standing(grace) is AccountStanding.MEMBER


async def test_whoever_joins_is_known_before_they_first_ask(read: Stage) -> None:
    person = read.slack.add_user("newcomer", real_name="New Comer")
    await happens(read, "team_join", user={"id": person.id})
    assert read.baton.context.snapshot.standing(person.id) is AccountStanding.MEMBER


async def test_of_whoever_reacts_with_another_emoji_slack_is_not_asked_where_nobody_else_listens(read: Stage) -> None:
    person = read.slack.add_user("newcomer", real_name="New Comer")
    item = {"type": "message", "channel": id_of(read, "general"), "ts": "1700000000.000100"}
    await happens(read, "reaction_added", user=person.id, reaction="tada", item=item)
    assert asked(read) == []


async def test_an_archived_channel_is_closed_at_once_in_every_process(read: Stage) -> None:
    context = read.baton.context
    members = Members(context.deps, context.slack, other := Snapshot())
    listings = Listings(context.deps, context.slack, other, members)
    await listings.read_channels()
    assert other.is_open("#payments")
    await administration.archive_channel(read.slack, "payments", by="lin")
    await read.settle()
    assert not context.snapshot.is_open("#payments")
    await listings.read_channels()
    assert not other.is_open("#payments")
    assert [call.method for call in read.slack.calls if call.method == "conversations.list"] == []


async def test_an_unarchived_channel_is_open_again_and_what_it_refused_forgotten(read: Stage) -> None:
    context, payments = read.baton.context, id_of(read, "payments")
    await administration.archive_channel(read.slack, "payments", by="lin")
    await read.settle()
    context.deps.refusals.add(payments, "not_in_channel", at=read.clock.now())
    read.slack.workspace.channel("payments").is_archived = False
    await happens(read, "channel_unarchive", channel=payments)
    assert context.snapshot.is_open("#payments")
    assert not context.deps.refusals.stands(payments, at=read.clock.now())


async def test_a_new_channel_is_open_at_once(read: Stage) -> None:
    channel = read.slack.add_channel("new-room", members=["eve"])
    assert not read.baton.context.snapshot.is_open("#new-room")
    made = {"id": channel.id, "name": "new-room", "created": 1764300000, "creator": "U1"}
    await happens(read, "channel_created", channel=made)
    assert read.baton.context.snapshot.is_open("#new-room")


async def test_a_renamed_channel_goes_by_its_new_name(read: Stage) -> None:
    payments = id_of(read, "payments")
    await administration.rename_channel(read.slack, "payments", "money")
    await read.settle()
    snapshot = read.baton.context.snapshot
    assert (snapshot.channel_id("#money"), snapshot.channel_id("#payments")) == (payments, "#payments")
    async with read.database.reading() as session:
        name = await session.execute(select(col(SlackChannel.name)).where(col(SlackChannel.channel_id) == payments))
        assert name.scalar() == "money"


async def test_a_channel_that_is_shared_from_now_on_is_known_to_be(read: Stage) -> None:
    channel = read.slack.workspace.channel("payments")
    assert read.baton.context.snapshot.is_shared(channel.id) is False
    channel.is_ext_shared = True
    await happens(read, "channel_shared", channel=channel.id, connected_team_id="T0PARTNER")
    assert read.baton.context.snapshot.is_shared(channel.id) is True


async def test_what_refused_is_tried_again_once_baton_is_invited(read: Stage) -> None:
    refusals, payments, now = read.baton.context.deps.refusals, id_of(read, "payments"), read.clock.now()
    refusals.add(payments, "not_in_channel", at=now)
    await happens(read, "member_joined_channel", channel=payments, user=read.slack.workspace.user("grace").id)
    assert refusals.stands(payments, at=now)
    await happens(read, "member_joined_channel", channel=payments, user=read.slack.workspace.bot_user_id)
    assert not refusals.stands(payments, at=now)


async def test_what_is_said_of_another_workspace_is_not_asked_about(read: Stage) -> None:
    read.slack.workspace.team_id = "T0ELSEWHERE"
    await happens(read, "channel_archive", channel=id_of(read, "payments"))
    assert asked(read) == []


async def test_a_slack_that_does_not_tell_is_left_to_the_hourly_reading(
    read: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await happens(read, "user_change", user={"id": "U0NOBODY", "deleted": True})
    assert asked(read) == [], "nobody has met that account"
    await happens(read, "team_join", user={"id": "U0NOBODY"})
    assert "the hourly reading will tell" in caplog.text

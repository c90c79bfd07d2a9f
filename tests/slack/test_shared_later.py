"""Baton has posted to a channel that is shared with another organisation later: nothing more is said there unasked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.blocks.backlog import actions as ids
from tests.slack.conftest import Stage
from tests.slack.test_request_channels import change, settings
from tests.slack.test_request_steps import Requested
from tests.slack.test_request_steps import requested as requested  # noqa: PLC0414 - a fixture
from tests.slack.test_status_emoji import SEEN, look, opened, reactions
from tests.slack.test_whoowns import buttons

DELIVERED = "The keyspace is there"
PAYMENTS = "C00000008"  #: the id that the simulated Slack gives that channel


@pytest.fixture
def devops_team() -> str:
    return "Platform"


async def share(stage: Stage, name: str) -> str:
    """Let another organisation into a channel; return its id."""
    channel = stage.slack.workspace.channel(name)
    channel.is_ext_shared = True
    await stage.slack.emit({"type": "channel_shared", "channel": channel.id, "connected_team_id": "T0PARTNER"})
    await stage.settle()
    return channel.id


async def deliver(made: Requested) -> None:
    await made.press(made.triage, ids.DELIVER, user="lin")
    assert await made.fill("lin", words=DELIVERED) == {}


async def test_a_requests_thread_reads_no_more_of_it_and_whoever_asked_is_told_in_person(requested: Requested) -> None:
    before = [(m.ts, m.text) for m in requested.replies()]
    await share(requested.stage, "payments")
    await deliver(requested)
    assert [(m.ts, m.text) for m in requested.replies()] == before
    news = [said for said in requested.written_to("ada") if DELIVERED in said and "Does it do the job?" in said]
    assert len(news) == 1
    assert "other organisations are in the channel" in news[0]
    cards = [said for said in requested.written_to("ada") if said.startswith("*#1*") and "Delivered" in said]
    assert len(cards) == 1


async def test_what_the_devops_team_posts_goes_to_its_people(requested: Requested) -> None:
    before = requested.again(requested.triage).text
    await share(requested.stage, "platform")
    await deliver(requested)
    assert requested.again(requested.triage).text == before
    assert requested.under_triage() == []


async def test_the_status_reaction_stays_as_it_is(stage: Stage) -> None:
    assert await change(stage, emoji="on") == {}
    made = await opened(stage)
    assert reactions(made) == SEEN
    await share(stage, "payments")
    await deliver(made)
    await look(stage)
    assert reactions(made) == SEEN


class TestOpened:
    """An administrator has opened the channel."""

    @pytest.fixture
    def more_settings(self, devops_team: str) -> Mapping[str, Any]:
        return {"devops_team": devops_team, "open_channels": PAYMENTS}

    async def test_everything_is_said_there_as_before(self, requested: Requested) -> None:
        assert await share(requested.stage, "payments") == PAYMENTS
        await deliver(requested)
        assert DELIVERED in requested.replies()[-1].text
        assert "Delivered" in requested.again(requested.card).text


class TestTriageChannel:
    """New requests come into a channel of their own."""

    @pytest.fixture
    def more_settings(self, devops_team: str) -> Mapping[str, Any]:
        return {"devops_team": devops_team, "triage_channel": "search"}

    async def test_where_others_are_they_come_to_the_teams_own(self, stage: Stage) -> None:
        await share(stage, "search")
        made = await opened(stage)
        assert "I could not post this" not in made.triage.text


async def test_where_other_organisations_are_it_does_not_say_that_anything_is_posted(stage: Stage) -> None:
    await share(stage, "payments")
    said = await settings(stage)
    assert "so I post nothing about requests there" in said.text
    assert "I post what happens" not in said.text
    assert buttons(said) == {}

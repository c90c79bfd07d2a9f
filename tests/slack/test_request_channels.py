"""How much Baton posts about requests in the threads of a channel is for its people to say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from bot.blocks.backlog import actions as ids
from bot.playground.fake_slack import PostedMessage
from bot.store import tables
from tests.slack.conftest import Stage, organisation
from tests.slack.test_receipts import gone
from tests.slack.test_request_joined import joined
from tests.slack.test_request_reuse import thread_texts
from tests.slack.test_request_steps import Requested, another
from tests.slack.test_request_steps import requested as requested  # noqa: PLC0414 - a fixture
from tests.slack.test_requests import submit
from tests.slack.test_whoowns import buttons


@pytest.fixture
def devops_team() -> str:
    return "Platform"


@pytest.fixture
def catalog_admins() -> tuple[str, ...]:
    return ("eve",)


async def settings(stage: Stage, *, user: str = "grace", channel: str = "payments") -> PostedMessage:
    """What `/devops channel` answers."""
    return await stage.ask("/devops channel", user=user, channel=channel)


async def change(stage: Stage, *, user: str = "grace", channel: str = "payments", **values: Any) -> dict[str, str]:
    """Change the settings of a channel; return what the form says is wrong."""
    await stage.press(await settings(stage, user=user, channel=channel), ids.CHANNEL, user=user)
    return await submit(stage, user, {f"backlog.channel_{name}": value for name, value in values.items()})


async def written_down(stage: Stage) -> list[tuple[str, str, dict[str, Any]]]:
    """What the audit log has of channels."""
    entry = tables.AuditEntry
    async with stage.database.reading() as session:
        rows = (await session.execute(select(entry).where(entry.action == "backlog.channel"))).scalars()  # type: ignore[arg-type]
        return [(row.actor, row.subject, row.detail) for row in rows]


async def test_a_member_of_the_channels_team_sets_it_and_it_is_written_down(stage: Stage) -> None:
    payments = stage.slack.workspace.channel("payments").id
    said = await settings(stage)
    assert "I post what happens to a request in its thread" in said.text
    assert list(buttons(said)) == ["Change…"]
    assert await change(stage, posts="card") == {}
    assert "I only keep the card in a request's thread up to date" in (await settings(stage, user="ada")).text
    assert await change(stage, posts="card") == {}
    [(actor, subject, detail)] = await written_down(stage)
    assert actor.startswith("person:")
    assert (subject, detail["posts"]) == (f"channel:{payments}", ["usual", "card"])
    assert "I post what happens to a request in its thread" in (await settings(stage, channel="general")).text, (
        "each channel has its own"
    )


async def test_others_read_who_may_and_a_catalog_admin_may_everywhere(stage: Stage) -> None:
    said = await settings(stage, user="solo")
    assert "members of Payments" in said.text
    assert buttons(said) == {}
    assert "No team has this channel" in (await settings(stage, channel="general")).text
    assert await change(stage, user="eve", channel="general", posts="card") == {}
    assert [detail["posts"] for _, _, detail in await written_down(stage)] == [["usual", "card"]]


async def test_whoever_has_left_the_team_since_the_form_was_opened_is_refused(stage: Stage) -> None:
    await stage.press(await settings(stage), ids.CHANNEL, user="grace")
    catalog = organisation()
    catalog.people = [replace(each, teams=()) if each.name == "Grace Marsh" else each for each in catalog.people]
    await stage.bring(catalog, allow_mass_change=True)
    errors = await submit(stage, "grace", {"backlog.channel_posts": "card"})
    assert "members of Payments" in str(errors)
    assert await written_down(stage) == []


async def test_in_a_direct_message_it_says_where_to_ask(stage: Stage) -> None:
    place = stage.slack.workspace.im(stage.slack.workspace.user("grace").id).id
    said = await settings(stage, channel=place)
    assert "in the channel" in said.text


async def test_with_the_card_alone_a_thread_stays_quiet_and_whoever_asked_is_told_in_person(
    requested: Requested,
) -> None:
    stage = requested.stage
    assert await change(stage, posts="card") == {}
    await requested.press(requested.card, ids.FOLLOW, user="eve")
    await requested.press(requested.triage, ids.ACCEPT, user="lin")
    assert "Accepted" in requested.card.text
    assert requested.written_to("ada") == requested.written_to("grace") == [], "the card alone tells of it"
    assert "the card says so" in requested.said_to("lin").lower()
    assert "Accepted into the DevOps backlog" in requested.written_to("eve")[-1], "whoever follows it is told"
    await requested.press(requested.triage, ids.ASK, user="lin")
    assert await requested.fill("lin", words="Which region?") == {}
    for who in ("ada", "grace"):
        assert "Which region?" in requested.written_to(who)[-1]
        assert "Cassandra" in requested.written_to(who)[-1], "which request it is about"
    place = stage.slack.workspace.im(stage.slack.workspace.user("ada").id).id
    asked = stage.slack.visible_messages("ada", place)[-1]
    assert list(buttons(asked)) == ["Answer…"]
    assert f"<@{stage.slack.workspace.user('ada').id}>" not in asked.text, "nobody is called in their own message"
    await requested.press(asked, ids.REPLY, user="ada")
    assert await requested.fill("ada", words="Frankfurt") == {}
    assert buttons(requested.again(asked)) == {}
    assert "Frankfurt" in requested.again(asked).text
    await requested.press(requested.triage, ids.DELIVER, user="lin")
    assert await requested.fill("lin", words="The keyspace is there") == {}
    assert "Does it do the job?" in requested.written_to("ada")[-1]
    assert len(requested.replies()) == 1, "the thread has the card alone"


async def test_with_the_card_alone_whoever_asked_hears_how_it_ended(requested: Requested) -> None:
    assert await change(requested.stage, posts="card") == {}
    await requested.press(requested.triage, ids.MORE, user="lin", word="decline")
    assert await requested.fill("lin", words="No budget") == {}
    assert "No budget" in requested.written_to("ada")[-1]
    assert "Ada Byron is told why" in requested.said_to("lin")
    assert len(requested.replies()) == 1


async def test_with_the_card_alone_whoever_asked_hears_of_a_merge(requested: Requested) -> None:
    other = await another(requested.stage)
    assert await change(requested.stage, posts="card") == {}
    await other.press(other.triage, ids.MORE, user="lin", word="merge")
    assert await other.fill("lin", into="1") == {}
    assert "made this part of" in other.written_to("solo")[-1]
    assert len(other.replies()) == 1


async def test_where_nobody_who_asked_has_an_account_the_thread_is_told_all_the_same(requested: Requested) -> None:
    stage = requested.stage
    assert await change(stage, posts="card") == {}
    await gone(stage, "ada", "grace")
    await requested.press(requested.triage, ids.MORE, user="lin", word="decline")
    assert await requested.fill("lin", words="No budget") == {}
    assert "No budget" in requested.replies()[-1].text


async def test_a_thread_that_has_joined_from_such_a_channel_stays_quiet_too(stage: Stage) -> None:
    made = await joined(stage)
    assert await change(stage, user="solo", channel="search", posts="card") == {}
    before = thread_texts(stage, made.root, "search")
    await made.press(made.triage, ids.ACCEPT, user="lin")
    assert made.written_to("solo") == []
    await made.press(made.triage, ids.DELIVER, user="lin")
    assert await made.fill("lin", words="It is there") == {}
    assert "Does it do the job?" in made.written_to("solo")[-1]
    assert len(thread_texts(stage, made.root, "search")) == len(before), "its card alone was edited"

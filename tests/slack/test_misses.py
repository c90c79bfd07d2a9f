"""Names asked for in vain: whose they are until anybody may know them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import jobs
from bot.clients.slack import SlackClient
from bot.errors import SlackUnreachableError
from bot.services import misses
from bot.store import tables
from tests.slack.conftest import Stage


async def mention(stage: Stage, text: str, *, user: str = "grace", channel: str = "general") -> None:
    await stage.say(f"<@{stage.slack.workspace.bot_user_id}> {text}", user=user, channel=channel)


async def write(stage: Stage, text: str, *, user: str) -> None:
    await stage.say(text, user=user, channel=(await stage.slack.open_dm(user)).id)


async def command(stage: Stage, text: str, *, user: str, channel: str = "general") -> None:
    await stage.ask(f"/whoowns {text}", user=user, channel=channel)
    await stage.settle()


async def kept(stage: Stage) -> list[tables.Miss]:
    async with stage.database.reading() as session:
        return list((await session.execute(select(tables.Miss))).scalars())


async def test_a_sentence_is_no_name_wherever_it_is_said(stage: Stage) -> None:
    for said in ("I hate my boss", "my salary is low", "fire Bob on Monday", "thank you!", "can you help me?"):
        await mention(stage, said)
        for user in ("grace", "eve", "solo"):
            await command(stage, said, user=user)
    await mention(stage, "who do I ask about the zeppelin scheduler when it breaks?")
    assert [row.text for row in await kept(stage)] == ["zeppelin scheduler"]


async def test_three_people_who_ask_at_once_are_three(stage: Stage) -> None:
    deps = stage.baton.context.deps
    asking = (misses.remember(deps, "night-owl", asker=f"U{number}", is_public=False) for number in range(3))
    await asyncio.gather(*asking)
    assert [(row.text, row.times, row.askers) for row in await kept(stage)] == [("night-owl", 3, [])]


async def test_a_channel_that_slack_does_not_tell_of_is_private(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> bool:
        raise SlackUnreachableError("status 500")

    monkeypatch.setattr(SlackClient, "is_public_channel", away)
    await mention(stage, "who owns zeppelin-scheduler?")
    assert [row.text for row in await kept(stage)] == [""]


async def test_a_name_is_forgotten_after_ninety_days(stage: Stage) -> None:
    await mention(stage, "who owns night-owl?")
    stage.clock.advance(timedelta(days=89))
    await jobs.forget_old_misses(stage.baton.jobs)
    assert len(await kept(stage)) == 1
    stage.clock.advance(timedelta(days=2))
    await jobs.forget_old_misses(stage.baton.jobs)
    assert await kept(stage) == []

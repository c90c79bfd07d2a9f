"""The playground as a newcomer finds it."""

from __future__ import annotations

from pathlib import Path

from bot.playground import run
from bot.playground.page_state import people


async def test_whom_the_page_begins_with_is_a_catalog_admin_and_where_the_page_is(tmp_path: Path) -> None:
    async with run.playing(f"sqlite:///{tmp_path / 'playground.sqlite'}") as playground:
        slack, background = playground.slack, playground.baton.context.background
        assert f"{playground.baton.context.public_url}/" == playground.url, "calendars are fetched from the free port"
        await background.drain(seconds=10)
        first, other = people(slack)[:2]
        channel = slack.workspace.channel("general").id
        await slack.post(other.id, channel, f"<@{slack.workspace.bot_user_id}> who owns zeppelin-scheduler?")
        for user in (first, other):
            await slack.settle()
            await background.drain(seconds=10)
            await slack.open_home(user.id)
        await slack.settle()
        await background.drain(seconds=10)
        shown = [str(view.payload) if (view := slack.home(user.id)) else "" for user in (first, other)]
        assert ["*zeppelin-scheduler* · once" in each for each in shown] == [True, False]

"""A team that joins a request, over the wire: what it asked for and by when, and what it hears and answers."""

from __future__ import annotations

import pytest

from bot.blocks.backlog import actions as ids
from bot.store import tables
from tests.slack.conftest import Stage
from tests.slack.test_eol_answers import posted
from tests.slack.test_request_reuse import SAME, offered, open_first, rows, search_form, thread_texts
from tests.slack.test_request_steps import Requested
from tests.slack.test_requests import _im as im
from tests.slack.test_requests import form, submit, thread


@pytest.fixture
def devops_team() -> str:
    return "Platform"


async def joined(stage: Stage, **said: str) -> Requested:
    """Search has joined Payments' request; `root` is the thread of Search."""
    await open_first(stage)
    root = await search_form(stage)
    values = {ids.INSTEAD: next(iter(offered(stage).values()))}
    values |= {f"backlog.{name}": value for name, value in said.items()}
    assert await submit(stage, "solo", values) == {}
    for channel in ("search", "platform", "payments"):
        await posted(stage, channel)
    return Requested(stage, root)


class TestWhatItAskedFor:
    async def test_its_items_words_and_thread_stand_where_the_work_is_read(self, stage: Stage) -> None:
        made = await joined(stage, title="A keyspace for search", details="Twelve nodes, please")
        [demand] = [each for each in await rows(stage, tables.RequestDemand) if each.asked]
        assert demand.asked[0]["permalink"].startswith("https://")
        shown = (await stage.ask("/devops show 1", user="lin")).text
        for text in (made.triage.text, shown):
            assert "*Search* asks for A keyspace for search · <https://" in text
            assert "• A Cassandra keyspace" in text.partition("*Search* asks for")[2]
            assert "Also said: Twelve nodes, please" in text

    async def test_what_it_asked_for_in_a_direct_message_is_for_the_devops_team_alone(self, stage: Stage) -> None:
        await open_first(stage)
        root = await thread(stage, SAME, channel=im(stage, "solo"), user="solo")
        await form(stage, root, user="solo", channel=im(stage, "solo"))
        assert await submit(stage, "solo", {ids.INSTEAD: next(iter(offered(stage).values()))}) == {}
        for channel in ("platform", "payments"):
            await posted(stage, channel)
        made = Requested(stage, root)
        assert "asked in a direct message" in made.triage.text
        assert "search index" not in made.triage.text
        assert "search index" in (await stage.ask("/devops show 1", user="lin")).text


class TestByWhen:
    async def test_the_first_day_of_those_who_need_it_counts_everywhere(self, stage: Stage) -> None:
        made = await joined(stage, needed_by="2026-06-15", needed_reason="The auditor comes")
        said = "needed by <!date^"
        listed = (await stage.ask("/devops list", user="lin")).text
        ranked = (await stage.ask("/devops rank", user="lin")).text
        for text in (made.triage.text, listed, ranked):
            assert said in text
            assert "2026-06-15> by Search" in text
        assert "Why by then: The auditor comes" in made.triage.text
        assert "2026-06-15> by Search" in thread_texts(stage, made.root, "search")[1]

    async def test_the_day_of_a_request_that_was_merged_counts_for_the_whole(self, stage: Stage) -> None:
        await open_first(stage)
        await search_form(stage)
        assert await submit(stage, "solo", {ids.NEEDED_BY: "2026-06-15"}) == {}
        await posted(stage, "platform")
        made = Requested(stage, await thread(stage, "so"), 2)
        await made.press(made.triage, ids.MORE, user="lin", word=ids.MERGE)
        assert await made.fill("lin", into="1") == {}
        await posted(stage, "platform")
        assert "2026-06-15> by Search" in Requested(stage, made.root).triage.text
        assert "2026-06-15> by Search" in (await stage.ask("/devops list", user="lin")).text

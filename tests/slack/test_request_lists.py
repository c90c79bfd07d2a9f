"""`/devops list`, `mine` and `rank` when there is more than a message holds, over the wire."""

from __future__ import annotations

import re

import pytest

from bot.blocks.backlog import actions as ids
from bot.playground.fake_slack import MessageRef, PostedMessage
from bot.store import tables
from tests.slack.conftest import Stage
from tests.slack.scenes import many_requests
from tests.slack.test_portfolio import open_home, texts
from tests.slack.test_request_steps import Requested, devops_team, requested
from tests.slack.test_requests import submit
from tests.slack.test_whoowns import buttons

__all__ = ["devops_team", "requested"]


def numbers(message: PostedMessage) -> list[int]:
    return [int(each) for each in re.findall(r"\*#(\d+)\*", message.text)]


async def turned(stage: Stage, message: PostedMessage, label: str, user: str) -> PostedMessage:
    await stage.slack.act(user, MessageRef(message.channel, message.ts), buttons(message)[label])
    await stage.settle()
    return stage.slack.workspace.messages[message.channel][message.ts]


@pytest.mark.parametrize("asked", ["list", "mine", "rank"])
async def test_a_long_list_has_all_of_it(stage: Stage, asked: str) -> None:
    await many_requests(stage)
    user = "ada" if asked == "mine" else "eve"
    shown = await stage.ask(f"/devops {asked}", user=user)
    first, seen = numbers(shown), numbers(shown)
    assert "← Previous" not in buttons(shown)
    while "Next →" in buttons(shown):
        shown = await turned(stage, shown, "Next →", user)
        assert numbers(shown), "no page is empty"
        seen += numbers(shown)
    hidden = set() if asked == "mine" else {49}
    assert ("Missing numbers are private requests." in shown.text) is (asked == "rank")
    assert sorted(seen) == sorted({*range(1, 51)} - hidden), "each once, and none that is private"
    while "← Previous" in buttons(shown):
        shown = await turned(stage, shown, "← Previous", user)
    assert numbers(shown) == first


async def test_whoever_works_on_a_request_finds_it_among_theirs_until_it_is_delivered(requested: Requested) -> None:
    stage = requested.stage
    none = (await stage.ask("/devops mine", user="omar")).text
    assert none.startswith("You and your teams have no requests, and you work on none.")
    await requested.press(requested.triage, ids.START, user="omar")
    mine = await stage.ask("/devops mine", user="omar")
    assert numbers(mine) == [1]
    assert mine.text.startswith("*Requests of you and your teams, and those that you work on*")
    ranked = await stage.ask("/devops rank", user="omar")
    assert ranked.text.startswith("*The DevOps backlog*, first things first. “Waiting” means 2 more weeks.")
    assert "*#1*" in texts(await open_home(stage, "omar"))
    assert "no requests" in (await stage.ask("/devops mine", user="lin")).text
    await requested.press(requested.triage, ids.DELIVER, user="omar")
    assert await requested.fill("omar", words="It is there") == {}
    assert "no requests" in (await stage.ask("/devops mine", user="omar")).text


@pytest.mark.parametrize(("count", "is_typed"), [(100, False), (110, True)])
async def test_every_request_can_be_named_as_the_one_that_it_duplicates(
    stage: Stage, count: int, is_typed: bool
) -> None:
    await many_requests(stage, count)
    shown = await stage.ask("/devops show 1", user="lin")
    await stage.slack.act("lin", MessageRef(shown.channel, shown.ts), ids.MORE, value="merge|1")
    await stage.settle()
    [into] = [each for each in stage.slack.view_stack("lin")[-1].payload["blocks"] if each.get("block_id") == ids.INTO]
    assert (into["element"]["type"] == "plain_text_input") is is_typed
    assert await submit(stage, "lin", {ids.INTO: str(count)}) == {}
    async with stage.database.reading() as session:
        row = await session.get_one(tables.Request, 1)
    assert row.merged_into == count


async def test_help_names_the_emoji_that_opens_the_form(stage: Stage) -> None:
    said = await stage.ask("/devops help", user="eve")
    assert "or react with `:devops-request:`" in said.text

"""`/devops list`, `mine` and `rank` when there is more than a message holds, over the wire."""

from __future__ import annotations

import re

import pytest

from bot.playground.fake_slack import MessageRef, PostedMessage
from tests.slack.conftest import Stage
from tests.slack.scenes import fifty_requests
from tests.slack.test_whoowns import buttons


@pytest.fixture
def devops_team() -> str:
    return "Platform"


def numbers(message: PostedMessage) -> list[int]:
    return [int(each) for each in re.findall(r"\*#(\d+)\*", message.text)]


async def turned(stage: Stage, message: PostedMessage, label: str, user: str) -> PostedMessage:
    await stage.slack.act(user, MessageRef(message.channel, message.ts), buttons(message)[label])
    await stage.settle()
    return stage.slack.workspace.messages[message.channel][message.ts]


@pytest.mark.parametrize("asked", ["list", "mine", "rank"])
async def test_a_long_list_has_all_of_it(stage: Stage, asked: str) -> None:
    await fifty_requests(stage)
    user = "ada" if asked == "mine" else "eve"
    shown = await stage.ask(f"/devops {asked}", user=user)
    first, seen = numbers(shown), numbers(shown)
    assert "← Previous" not in buttons(shown)
    while "Next →" in buttons(shown):
        shown = await turned(stage, shown, "Next →", user)
        assert numbers(shown), "no page is empty"
        seen += numbers(shown)
    hidden = set() if asked == "mine" else {49}
    assert sorted(seen) == sorted({*range(1, 51)} - hidden), "each once, and none that is private"
    while "← Previous" in buttons(shown):
        shown = await turned(stage, shown, "← Previous", user)
    assert numbers(shown) == first

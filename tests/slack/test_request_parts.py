"""A request that became part of another one, over the wire: wherever it is shown, it says what is true of that one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.blocks.backlog import actions as ids
from bot.blocks.request_button import OPEN
from tests.slack.conftest import Stage
from tests.slack.test_eol_answers import deploy, posted, remind
from tests.slack.test_request_steps import Requested, another, devops_team, requested
from tests.slack.test_requests import SOON, asked_for, form, submit

__all__ = ["devops_team", "requested"]

LATER = "2026-12-24"


@pytest.fixture
async def part(requested: Requested) -> Requested:
    """Search's request, which is part of that of Payments."""
    other = await another(requested.stage)
    await other.press(other.triage, ids.MORE, user="lin", word=ids.MERGE)
    assert await other.fill("lin", into="1") == {}
    return other


async def shown(part: Requested) -> list[str]:
    """What somebody of Search reads of their request: its card, and the lists."""
    stage = part.stage
    mine = (await stage.ask("/devops mine", user="solo")).text
    one = (await stage.ask("/devops show 2", user="solo")).text
    return [part.card.text, one, mine]


async def test_it_has_the_day_and_the_name_of_the_whole(requested: Requested, part: Requested) -> None:
    assert "Part of *#1* *A Cassandra keyspace" in part.card.text
    for text in (part.card.text, part.triage.text, *await shown(part)):
        assert f"{SOON}> (Payments)" in text
    await requested.press(requested.card, ids.CHANGE, user="ada")
    assert await requested.fill("ada", title="A keyspace", needed_by=LATER) == {}
    assert "Part of *#1* *A keyspace* now, which is proposed." in part.card.text
    assert "made this part of *#1* *A keyspace*" in part.replies()[-1].text
    for text in (part.card.text, part.triage.text, *await shown(part)):
        assert f"{LATER}> (Payments)" in text
        assert SOON not in text


async def test_it_names_whoever_works_on_the_whole(requested: Requested, part: Requested) -> None:
    omar = part.stage.slack.workspace.user("omar").id
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.ASSIGN)
    assert await requested.fill("lin", assignee=omar) == {}
    for text in await shown(part):
        assert "with Omar Sol" in text


async def test_it_has_its_own_again_once_it_stands_by_itself(requested: Requested, part: Requested) -> None:
    await part.press(part.triage, ids.MORE, user="lin", word=ids.UNMERGE)
    for text in await shown(part):
        assert "needed by" not in text


async def test_why_leads_to_the_whole(part: Requested) -> None:
    assert "counts with *#1*" in (await part.stage.ask("/devops why 2", user="solo")).text


async def test_a_part_of_a_part_has_those_of_the_last(requested: Requested, part: Requested) -> None:
    stage = part.stage
    root = await stage.slack.post("eve", "payments", "We need a GitHub runner.")
    await form(stage, root, user="eve")
    assert await submit(stage, "eve", {ids.NEEDED_BY: LATER}) == {}
    await posted(stage, "payments")
    last = Requested(stage, root, 3)
    await requested.press(requested.triage, ids.MORE, user="lin", word=ids.MERGE)
    assert await requested.fill("lin", into="3") == {}
    stage.clock.advance(timedelta(seconds=5))
    await posted(stage, "payments")
    assert "Part of *#3*" in part.card.text
    assert f"{SOON if SOON < LATER else LATER}>" in part.card.text
    assert last.id == 3


async def test_a_reminder_says_how_the_whole_stands(requested: Requested) -> None:
    stage: Stage = requested.stage
    await deploy(stage, "checkout", "nodejs", "20.11.1")
    reminded = await remind(stage, "checkout")
    await reminded.press(OPEN, user="grace")
    assert asked_for(stage.slack.view_stack("grace")[-1]) == ["Upgrade Node.js 20 to 24 (checkout)"]
    assert await submit(stage) == {}
    await posted(stage, "platform")
    help_ = Requested(stage, requested.root, 2)
    await help_.press(help_.triage, ids.MORE, user="lin", word=ids.MERGE)
    assert await help_.fill("lin", into="1") == {}
    await requested.press(requested.triage, ids.START, user="lin")
    await posted(stage, "payments")
    assert "Help from the DevOps team: *#2*, in progress" in reminded.root.text

"""What receipts of a request say of who is told, when channels and accounts are gone, before or after."""

from __future__ import annotations

from bot.blocks.backlog import actions as ids
from tests.slack.conftest import Stage
from tests.slack.test_receipts import archived, gone, told, unheard
from tests.slack.test_request_steps import Requested, devops_team, requested
from tests.slack.test_requests import STORY, form, submit, thread

__all__ = ["devops_team", "requested"]

PERHAPS = "I may be unable to tell {}. If so, I will tell you."


async def test_when_nobody_who_asked_is_there_whoever_accepts_reads_it_and_hears_it(requested: Requested) -> None:
    await archived(requested.stage, "payments")
    await gone(requested.stage, "ada", "grace")
    await requested.press(requested.triage, ids.ACCEPT, user="lin")
    assert requested.said_to("lin").startswith(PERHAPS.format("whoever asked for it"))
    [said] = await told(requested.stage, "lin")
    assert said.startswith("I could not reach anybody for *Ada Byron*: the channel is archived. Talk to them")


async def test_when_they_go_meanwhile_whoever_accepted_hears_it(requested: Requested) -> None:
    unheard(requested.stage, channel="payments", user="ada")
    unheard(requested.stage, user="grace")
    await requested.press(requested.triage, ids.ACCEPT, user="lin")
    assert requested.said_to("lin").startswith("Ada Byron is told")
    [said] = await told(requested.stage, "lin")
    assert said.startswith("I could not reach anybody for *Ada Byron*: the channel is archived and the account is")


async def test_when_the_thread_alone_goes_they_are_told_elsewhere_and_nobody_else_is_bothered(
    requested: Requested,
) -> None:
    unheard(requested.stage, channel="payments")
    await requested.press(requested.triage, ids.ACCEPT, user="lin")
    assert requested.said_to("lin").startswith("Ada Byron is told")
    assert any("Accepted into the DevOps backlog." in each for each in await told(requested.stage, "ada"))
    assert await told(requested.stage, "lin") == []


async def test_of_a_devops_team_that_is_gone_nothing_is_promised(stage: Stage) -> None:
    await archived(stage, "platform")
    await gone(stage, "lin", "omar")
    root = await thread(stage, *STORY)
    await form(stage, root)
    assert await submit(stage) == {}
    await stage.settle()
    mine = Requested(stage, root)
    await told(stage, "grace")
    await mine.press(mine.card, ids.WITHDRAW, user="grace")
    assert await submit(stage, "grace", {}) == {}
    await mine.settle()
    assert mine.said_to("grace").startswith(PERHAPS.format("the DevOps team"))
    lost = [each for each in await told(stage, "grace") if each.startswith("I could not reach anybody for *Platform*")]
    assert [each.splitlines()[1] for each in lost][1:] == ["> Grace Marsh withdrew it."]

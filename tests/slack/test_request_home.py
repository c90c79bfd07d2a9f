"""Requests on the Home tab: what the asker's team waits for, and what the DevOps team has to do."""

from __future__ import annotations

from bot.blocks.backlog import actions as ids
from bot.domain.backlog.requests import RequestState
from bot.playground.fake_slack import ViewRef
from tests.slack.test_portfolio import open_home, press_home, pressable, texts
from tests.slack.test_request_steps import Requested, another, devops_team, requested

__all__ = ["devops_team", "requested"]


async def test_a_team_sees_its_own_requests_and_no_backlog(requested: Requested) -> None:
    said = texts(await open_home(requested.stage, "ada"))
    assert "Your requests (1)" in said
    assert "*#1*" in said
    assert "Proposed" in said
    assert "await triage" not in said
    assert "The DevOps backlog" not in said
    assert "*#1*" not in texts(await open_home(requested.stage, "solo"))


async def test_what_is_delivered_is_asked_about_and_answered_from_there(requested: Requested) -> None:
    await requested.press(requested.triage, ids.DELIVER, user="lin")
    assert await requested.fill("lin", words="It is there") == {}
    assert "Does it do the job?" in texts(await open_home(requested.stage, "ada"))
    await press_home(requested.stage, "ada", "Answer… #1")
    modal = requested.stage.slack.view_stack("ada")[-1]
    button = pressable(modal, "Yes, it does the job")
    await requested.stage.slack.act("ada", ViewRef(modal.id), button["action_id"], value="1")
    await requested.settle()
    assert (await requested.row()).state == RequestState.CONFIRMED
    assert "*#1*" not in texts(await open_home(requested.stage, "ada"))


async def test_the_devops_team_sees_what_awaits_triage_and_the_backlog_by_lane(requested: Requested) -> None:
    await another(requested.stage)
    await requested.press(requested.triage, ids.ACCEPT, user="lin")
    await requested.press(requested.triage, ids.ESTIMATE, user="lin")
    assert await requested.fill("lin", optimistic="10", likely="20", pessimistic="30") == {}
    said = texts(await open_home(requested.stage, "lin"))
    triage, _, ranked = said.partition("The DevOps backlog (2)")
    assert "Requests that await triage (1)" in triage
    assert "*#2*" in triage
    assert "*#1*" not in triage
    assert 0 < ranked.find("1. *#1*") < ranked.find("To estimate") < ranked.find("2. *#2*")

"""`/devops rank` and "Why": the backlog in its order, and the arithmetic in words."""

from __future__ import annotations

from bot.blocks.backlog import actions as ids
from tests.slack.test_request_steps import Requested, another, devops_team, requested

__all__ = ["devops_team", "requested"]


async def test_the_backlog_says_what_waiting_costs_and_why(requested: Requested) -> None:
    second = await another(requested.stage)
    await requested.press(requested.triage, ids.ESTIMATE, user="lin")
    assert await requested.fill("lin", optimistic="10", likely="20", pessimistic="30") == {}
    ranked = await requested.stage.ask("/devops rank", user="eve")
    first, last = ranked.text.find(f"*#{requested.id}*"), ranked.text.find(f"*#{second.id}*")
    assert 0 < first < last
    assert "work 24 h" in ranked.text
    assert "not estimated" in ranked.text
    await requested.stage.press(ranked, ids.WHY, user="eve", block_id=f"backlog.ranked.{requested.id}")
    said = requested.said_to("eve")
    assert "is number 1 in the backlog" in said
    assert "estimates Lin Wei" in said


async def test_what_has_ended_has_no_place_any_more(requested: Requested) -> None:
    ranked = await requested.stage.ask("/devops rank", user="eve")
    await requested.press(requested.triage, ids.DELIVER, user="lin")
    assert await requested.fill("lin") == {}
    await requested.stage.press(ranked, ids.WHY, user="eve", block_id=f"backlog.ranked.{requested.id}")
    assert "no place in the backlog" in requested.said_to("eve")
    assert "No request is open" in (await requested.stage.ask("/devops rank", user="eve")).text

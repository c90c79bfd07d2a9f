"""Guests and people of other workspaces at a request: guests read of it, outsiders nothing, and neither changes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.blocks.backlog import actions as ids
from bot.blocks.request_button import OPEN
from bot.playground.fake_slack import MessageRef, PostedMessage
from bot.store import tables
from tests.slack.conftest import Stage
from tests.slack.test_clicks import actions
from tests.slack.test_door import sent, setting
from tests.slack.test_eol_answers import copied, posted
from tests.slack.test_request_change import demands
from tests.slack.test_request_reuse import offered, open_first, search_form
from tests.slack.test_request_steps import Requested, devops_team, requested

__all__ = ["devops_team", "requested"]

#: What belongs to the organisation alone, of the request and of those who have asked for it.
TELLING = ("Cassandra", "Payments", "Grace Marsh", "Ada Byron", "the partner goes live then")


def somebody(stage: Stage, standing: str) -> str:
    """Let a guest, or somebody of another workspace, into the channels of two teams; return their Slack id."""
    user = stage.slack.add_user("pat", real_name="Pat Partner", email="pat@elsewhere.test", standing=standing)
    for name in ("general", "payments", "search"):
        stage.slack.workspace.channel(name).members.add(user.id)
    return user.id


def told(stage: Stage) -> list[PostedMessage]:
    """What only they were shown."""
    pat = stage.slack.workspace.user("pat").id
    every = stage.slack.workspace.messages.values()
    return [m for channel in every for m in channel.values() if m.ephemeral_for == pat]


async def state(its: Requested) -> tuple[tables.Request, list[tables.RequestDemand], list[str]]:
    return await its.row(), await demands(its.stage), await actions(its.stage)


async def press_all(its: Requested, message: PostedMessage, *asked: str) -> None:
    for action in asked:
        await its.stage.slack.act("pat", MessageRef(message.channel, message.ts), action)
        await its.settle()
        assert its.stage.slack.view_stack("pat") == [], f"{action} opens no form"


@pytest.mark.parametrize("standing", ["guest", "stranger"])
async def test_they_press_nothing_on_a_card_and_on_what_is_asked_below_it(requested: Requested, standing: str) -> None:
    somebody(requested.stage, standing)
    await requested.press(requested.triage, ids.ASK, user="lin")
    assert await requested.fill("lin", words="Which region?") == {}
    before = await state(requested)
    await press_all(requested, requested.card, ids.CHANGE, ids.WITHDRAW, ids.FOLLOW, ids.REPLY)
    await press_all(requested, requested.replies()[-1], ids.REPLY)
    assert await state(requested) == before
    await requested.press(requested.triage, ids.DELIVER, user="lin")
    assert await requested.fill("lin", words="It is there") == {}
    before = await state(requested)
    await press_all(requested, requested.replies()[-1], ids.CONFIRM, ids.NOT_YET)
    await press_all(requested, requested.card, ids.CONFIRM, ids.NOT_YET)
    assert await state(requested) == before
    refused = "only full members" if standing == "guest" else "members of this workspace only"
    assert {refused in each.text for each in told(requested.stage)} == {True}


@pytest.mark.parametrize("standing", ["guest", "stranger"])
@pytest.mark.parametrize("form", [ids.CHANGE, ids.NOT_YET])
async def test_a_form_that_somebody_else_has_opened_is_not_theirs_to_send(
    requested: Requested, standing: str, form: str
) -> None:
    stage, pat = requested.stage, somebody(requested.stage, standing)
    if form == ids.NOT_YET:
        await requested.press(requested.triage, ids.DELIVER, user="lin")
        assert await requested.fill("lin", words="It is there") == {}
    await requested.press(requested.card, form, user="grace")
    view = stage.slack.view_stack("grace")[-1]
    typed = {ids.BLOCKED: "1"} if form == ids.CHANGE else {ids.WORDS: "No backups", ids.REST_BLOCKED: "1"}
    refused = {ids.WORDS: ""} if form == ids.NOT_YET else {ids.BLOCKED: "9000"}
    theirs = await stage.slack.submit_view("grace", view.id, {**typed, **refused})
    await stage.settle()
    before = await state(requested)
    refused_too = await sent(stage, theirs, _as(pat, typed))
    await requested.settle()
    assert await state(requested) == before
    await sent(stage, refused_too, _as(stage.slack.workspace.user("grace").id, typed))
    await requested.settle()
    assert await state(requested) != before, "what was sent is what Grace may send"


def _as(user_id: str, typed: dict[str, str | None], key: str = "value") -> Callable[[dict[str, Any]], None]:
    """Return what makes a form that was sent one of somebody else's, in which they have typed this."""

    def change(payload: dict[str, Any]) -> None:
        setting("user", "id", to=user_id)(payload)
        for block_id, text in typed.items():
            for element in payload["view"]["state"]["values"][block_id].values():
                element[key] = text

    return change


@pytest.mark.parametrize("standing", ["guest", "stranger"])
async def test_they_join_no_request(stage: Stage, standing: str) -> None:
    pat = somebody(stage, standing)
    await open_first(stage)
    await search_form(stage)
    join = next(iter(offered(stage).values()))
    view = stage.slack.view_stack("solo")[-1]
    theirs = await stage.slack.submit_view("solo", view.id, {ids.INSTEAD: join, ids.NEEDED_BY: "2020-01-01"})
    await stage.settle()
    before = await demands(stage), await actions(stage)
    refused = await sent(stage, theirs, _as(pat, {ids.NEEDED_BY: None}, "selected_date"))
    await posted(stage, "search")
    assert (await demands(stage), await actions(stage)) == before
    await sent(stage, refused, _as(stage.slack.workspace.user("solo").id, {ids.NEEDED_BY: None}, "selected_date"))
    assert len(await demands(stage)) == 2, "a member does"


async def asked_why(its: Requested) -> list[str]:
    """All that they read who ask why, in each of the ways, and press each button that tells of a request."""
    stage = its.stage
    said = [(await stage.ask(f"/devops {words}", user="pat")).text for words in ("why 1", "rank", "show 1", "list")]
    for words, action in (("rank", ids.WHY), ("list", ids.SHOW)):
        lent = await copied(stage, "general", (await stage.ask(f"/devops {words}", user="eve")).blocks)
        await stage.press(lent, action, user="pat")
    asked = await stage.say(f"<@{stage.slack.workspace.bot_user_id}> why is request 1 here?", user="pat")
    said += [m.text for m in stage.slack.visible_messages("pat", "general", thread_ts=asked.ts)[1:]]
    return [*said, *(each.text for each in told(stage))]


async def test_why_tells_an_outsider_nothing(requested: Requested) -> None:
    somebody(requested.stage, "stranger")
    said = await asked_why(requested)
    assert said
    assert [word for word in TELLING if any(word in each for each in said)] == []


async def test_a_guest_reads_why_without_a_button_that_changes_something(requested: Requested) -> None:
    somebody(requested.stage, "guest")
    said = await asked_why(requested)
    assert any("Number 1, not estimated" in each for each in said)
    shown = [button for each in told(requested.stage) for button in str(each.blocks).split("action_id")[1:]]
    changing = (ids.CHANGE, ids.ESTIMATE, ids.FOLLOW, OPEN, ids.WITHDRAW)
    assert [each for each in shown for action in changing if f"'{action}'" in each] == []

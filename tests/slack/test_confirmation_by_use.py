"""Whoever acts on a message about what their team owns has confirmed that it is theirs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.blocks.backlog import actions as request_ids
from bot.blocks.eol import actions as eol_ids
from bot.store import tables
from tests.slack.conftest import Stage
from tests.slack.test_claims import facts
from tests.slack.test_clicks import actions
from tests.slack.test_eol_answers import deploy, posted, remind
from tests.slack.test_request_steps import STORY, Requested, form, submit, thread


@pytest.fixture
def devops_team() -> str:
    return "Platform"


async def confirmed(stage: Stage) -> set[tuple[str, str, str]]:
    """Which facts were confirmed: the asset, the team and the area."""
    snapshot, found = stage.baton.context.snapshot, set()
    for row in await facts(stage):
        asset, team = snapshot.asset(row.asset_id), snapshot.team(row.team_id or 0)
        if row.confirmed_at is not None and asset is not None and team is not None:
            found.add((asset.name, team.name, row.area))
    return found


async def test_answering_a_reminder_confirms_what_it_is_about(stage: Stage) -> None:
    await deploy(stage, "checkout", "nodejs", "20.11.1")
    reminded = await remind(stage, "checkout")
    await reminded.press(eol_ids.ACKNOWLEDGE, user="solo")
    assert await confirmed(stage) == set(), "who may not answer confirms nothing"
    await reminded.press(eol_ids.ACKNOWLEDGE, user="grace")
    assert await confirmed(stage) == {("checkout", "Payments", "all")}
    assert (await actions(stage)).count("ownership.confirm_by_use") == 1


async def test_saying_that_it_is_not_theirs_confirms_nothing(stage: Stage) -> None:
    await deploy(stage, "checkout", "nodejs", "20.11.1")
    reminded = await remind(stage, "checkout")
    await reminded.form(eol_ids.MORE, user="grace", word=eol_ids.NOT_OURS)
    assert await reminded.submit("grace", {}) == {}
    assert await confirmed(stage) == set()


async def test_saying_that_a_delivery_does_its_job_confirms_what_it_was_for(stage: Stage) -> None:
    stage.clock.advance(datetime(2026, 3, 3, 10, tzinfo=UTC) - stage.clock.now())
    root = await thread(stage, *STORY)
    await form(stage, root)
    assert await submit(stage) == {}
    await posted(stage, "payments")
    requested, context = Requested(stage, root), stage.baton.context
    checkout = next(
        each for each in context.snapshot.directory.ids() if context.snapshot.asset(each).name == "checkout"
    )  # type: ignore[union-attr]
    async with stage.database.transaction() as session:
        (await session.get_one(tables.Request, 1)).asset_id = checkout
    await requested.press(requested.triage, request_ids.ACCEPT, user="lin")
    await requested.press(requested.triage, request_ids.DELIVER, user="lin")
    assert await requested.fill("lin", words="It is there") == {}
    assert await confirmed(stage) == set()
    await requested.press(requested.card, request_ids.CONFIRM, user="ada")
    assert await confirmed(stage) == {("checkout", "Payments", "all")}

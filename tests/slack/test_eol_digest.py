"""A team's digest of what reaches its end of life, over the wire: what it says once its lines are answered."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.blocks.eol import actions as ids
from bot.playground.fake_slack import PostedMessage
from tests.slack.conftest import Stage
from tests.slack.test_eol_answers import deploy, posted
from tests.slack.test_whoowns import buttons


async def digest(stage: Stage) -> PostedMessage:
    """The digest as it reads now."""
    [found] = await posted(stage, "payments")
    return found


async def test_what_was_answered_is_no_deadline_to_answer_any_more_and_its_line_says_so(stage: Stage) -> None:
    await deploy(stage, "checkout", "nodejs", "20.11.1", "18.20.0")
    stage.clock.at = datetime(2026, 3, 3, 12, tzinfo=UTC)
    await stage.baton.context.daily_pass.run()
    before = await digest(stage)
    assert ": 2 deadlines to answer" in before.text
    opens = [block["block_id"] for block in before.blocks if block.get("accessory", {}).get("action_id") == ids.OPEN]
    await stage.press(before, ids.OPEN, block_id=opens[0], user="grace")
    card = stage.slack.visible_messages("grace", "payments")[-1]
    await stage.press(card, ids.ACKNOWLEDGE, user="grace")
    once = await digest(stage)
    assert ": 1 deadline to answer" in once.text
    assert once.text.count("\n:white_check_mark: Acknowledged.") == 1
    assert list(buttons(once)).count("Open") == list(buttons(before)).count("Open"), "it can be answered otherwise"
    number = next(e["value"] for b in card.blocks for e in b.get("elements", []) if e.get("action_id") == ids.PLAN)
    await stage.press(card, ids.SNOOZE, user="grace", value=f"7|{number}")
    again = await digest(stage)
    assert ": 1 deadline to answer" in again.text, "it is no deadline less again"
    assert "Acknowledged" not in again.text
    assert again.text.count("\n:white_check_mark: Snoozed until <!date") == 1
    await stage.press(before, ids.OPEN, block_id=opens[1], user="grace")
    await stage.press(stage.slack.visible_messages("grace", "payments")[-1], ids.ACKNOWLEDGE, user="grace")
    assert ": no deadline left to answer" in (await digest(stage)).text

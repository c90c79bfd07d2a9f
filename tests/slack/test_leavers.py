"""Whoever has offered or claimed something for their team leaves before the answer: then the team hears it."""

from __future__ import annotations

from bot.domain.handoff.handoffs import HandoffStep
from tests.slack.conftest import Stage, read_only
from tests.slack.test_handoff import alone, answer, offer, sent
from tests.slack.test_matters import AGREE, claimed
from tests.slack.test_orphans import leave


@read_only
async def test_the_team_of_whoever_has_offered_hears_the_answer(stage: Stage) -> None:
    await offer(stage)
    await leave(stage, "lin")
    await answer(stage, HandoffStep.DECLINE, "payments-db", reason="Not before the audit")
    [news] = [each.text for each in await sent(stage, "platform")]
    assert "declined by Grace Marsh: Not before the audit" in news
    assert alone(stage, "lin") == []


@read_only
async def test_the_team_of_whoever_has_claimed_hears_that_it_owns_it(stage: Stage) -> None:
    card = await claimed(stage)
    await leave(stage, "grace")
    await stage.press(card, AGREE, user="solo")
    [news] = [each.text for each in await sent(stage, "payments")]
    assert news.startswith("*search-api*: *Payments* owns it now")

"""Several teams claim the same thing: whoever gets it hears so at once, and so do the others, who read who has it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.blocks.health import SHOW
from tests.slack.conftest import Stage
from tests.slack.test_claims import claim
from tests.slack.test_eol_answers import copied, posted
from tests.slack.test_handoff import card as handoff_card
from tests.slack.test_handoff import sent, submit
from tests.slack.test_matters import AGREE, catalog_admins, claimed, first_line, matters, private_messages
from tests.slack.test_orphans import asked, platform_channel, take
from tests.slack.test_whoowns import buttons

__all__ = ["catalog_admins", "platform_channel"]


async def test_whoever_lost_reads_at_once_who_has_it_and_what_they_asked(stage: Stage) -> None:
    granted = await claimed(stage)
    lost = await claimed(stage, user="lin")
    waiting = (await stage.ask("/whoowns search-api", user="eve")).text
    assert "*Payments* and *Platform* asked for it, first <!date^" in waiting
    assert "; its owner has not answered yet." in waiting
    await stage.press(granted, AGREE, user="solo")
    assert "asked for it" not in (await stage.ask("/whoowns search-api", user="eve")).text
    now = next(each for each in await posted(stage, "search") if each.ts == lost.ts)
    assert f"<@{stage.slack.workspace.user('lin').id}> asks *Search* for *search-api*, for *Platform*." in now.text
    assert now.text.endswith("*Payments* owns it now, so nothing is left to decide.")
    assert not buttons(now)
    [heard] = await private_messages(stage, "lin")
    assert heard.text == "*search-api*: *Payments* owns it now, so nothing is left to decide."
    assert list(buttons(heard)) == ["See who owns it"]
    await stage.press(heard, SHOW, user="lin")
    shown = stage.slack.visible_messages("lin", heard.channel)[-1]
    assert shown.text.startswith("*Payments* (<#")
    assert {"Wrong owner?"} <= set(buttons(shown))


@pytest.mark.parametrize("catalog_admins", [("omar",)], indirect=True)
async def test_whoever_gets_what_somebody_left_behind_hears_that_it_is_theirs(stage: Stage) -> None:
    question = await asked(stage)
    for user in ("solo", "lin"):
        await claim(stage, await stage.ask("/whoowns reindex", user=user), user=user)
        stage.clock.advance(timedelta(seconds=2))
    shared = await copied(stage, "general", question.blocks)
    assert await take(stage, shared, "Search", user="omar") == {}
    said = (await stage.ask("/whoowns reindex", user="eve")).text
    assert said.startswith("*Search* (<#")
    assert "asked for it" not in said
    omar = stage.slack.workspace.user("omar").id
    ends = {
        "solo": f"*Search* owns it now, says <@{omar}>.",
        "lin": "*Search* owns it now, so nothing is left to decide.",
    }
    cards = [each for each in await private_messages(stage, "omar") if " claims *reindex* for " in each.text]
    for user, end in ends.items():
        [heard] = await private_messages(stage, user)
        assert heard.text == f"*reindex*: {end}"
        person = stage.slack.workspace.user(user).id
        [shown] = [each for each in cards if each.text.startswith(f"<@{person}> claims *reindex* for ")]
        assert "; its owner *Grace Marsh* is gone." in shown.text
        assert shown.text.endswith(end)
        assert not buttons(shown)
    assert [each.state for each in await matters(stage)] == ["agreed", "over"]


async def test_an_accepted_handoff_ends_the_claims_of_others_at_once(stage: Stage) -> None:
    lost = await claimed(stage, user="lin")
    await stage.slack.run_command("solo", "general", "/handoff search-api")
    await stage.settle()
    payments = next(each.id for each in stage.baton.context.snapshot.teams() if each.name == "Payments")
    assert await submit(stage, "solo", {"handoff.receiver": str(payments)}) == {}
    await stage.press(await handoff_card(stage), "handoff.accept_all", user="grace")
    assert "*Payments* (" in await first_line(stage, "search-api")
    now = next(each for each in await sent(stage, "search") if each.ts == lost.ts)
    assert now.text.endswith("*Payments* owns it now, so nothing is left to decide.")

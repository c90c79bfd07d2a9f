"""Whoever has offered, claimed or accepted something leaves before it is theirs: their team hears it, or it is over."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.blocks.handoff import actions as ids
from bot.domain.handoff.handoffs import HandoffStep
from tests.slack.conftest import Stage, organisation, read_only
from tests.slack.test_claims import claim
from tests.slack.test_handoff import alone, answer, ask_for, card, offer, on, owner, said_to, sent
from tests.slack.test_matters import AGREE, claimed
from tests.slack.test_orphans import leave
from tests.slack.test_whoowns import buttons


async def empty_payments(stage: Stage) -> None:
    """Let the last people of Payments leave."""
    await leave(stage, "ada")
    await leave(stage, "grace")


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


async def test_what_is_agreed_for_a_day_does_not_pass_to_a_team_in_which_nobody_is_left(stage: Stage) -> None:
    await offer(stage, effective="2026-03-05")
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    await empty_payments(stage)
    await on(stage, 3, 5)
    assert "*Platform*" in await owner(stage, "database of payments-db")
    dm = await stage.slack.open_dm("lin")
    news = stage.slack.visible_messages("lin", dm.id)[-1]
    assert "*payments-db* (the database): called off: nobody is left in Payments." in news.text
    assert list(buttons(news)) == ["Show"], "nobody there could accept it again"


async def test_an_offer_to_a_team_in_which_nobody_is_left_is_over(stage: Stage) -> None:
    await offer(stage)
    await empty_payments(stage)
    await on(stage, 3, 4)
    assert "withdrawn: nobody is left in Payments." in alone(stage, "lin")[-1]
    assert "waits for your answer" not in "".join(each.text for each in await sent(stage, "payments"))


async def test_a_loan_does_not_return_to_a_team_in_which_nobody_is_left(stage: Stage) -> None:
    await offer(stage, loan="2026-03-10")
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    for each in ("lin", "omar"):
        await leave(stage, each)
    await on(stage, 3, 10)
    assert "*Payments*" in await owner(stage, "database of payments-db")


async def test_a_claim_of_a_team_in_which_nobody_is_left_is_over(stage: Stage) -> None:
    asked = await claimed(stage)
    await empty_payments(stage)
    await stage.press(asked, AGREE, user="solo")
    assert re.search(r"Nobody is left in \*?Payments", said_to(stage, "solo", "search"))
    assert "*Search*" in await owner(stage, "search-api")
    stage.clock.advance(timedelta(hours=1))
    await stage.baton.context.daily_pass.run()
    now = next(each for each in await sent(stage, "search") if each.ts == asked.ts)
    assert "Nobody is left in *Payments*, so its claim is over." in now.text


async def test_the_answer_about_something_split_names_who_owns_the_rest_once_one_owner_is_gone(stage: Stage) -> None:
    await empty_payments(stage)
    said = (await stage.ask("/whoowns payments-db", user="eve")).text.splitlines()
    assert said[0] == ":warning: The application of *payments-db* is orphaned: its owner *Payments* is gone."
    assert re.fullmatch(r"\*Platform\* \(<#\w+>\) owns the database of \*payments-db\*\.", said[1])


@pytest.mark.parametrize("button", [ids.ACCEPT_ALL, ids.NOT_YET, ids.DECLINE])
async def test_an_old_button_of_a_team_that_is_gone_says_so_and_sends_nobody_to_it(stage: Stage, button: str) -> None:
    shown = await offer(stage)
    left = organisation()
    left.teams = [each for each in left.teams if each.name != "Payments"]
    await stage.bring(left, allow_mass_change=True)
    await stage.press(shown, button, user="grace")
    said = "That team is no longer in the catalog, so nobody has to answer this any more."
    assert said_to(stage, "grace", "payments") == said


async def test_a_question_to_a_team_in_which_nobody_is_left_is_over(stage: Stage) -> None:
    await ask_for(stage)
    for each in ("lin", "omar"):
        await leave(stage, each)
    await on(stage, 3, 4)
    assert "*payments-db* (the database): declined: nobody is left in Platform." in alone(stage, "grace")[-1]
    for day in range(5, 8):
        await on(stage, 3, day)
    assert "waits for your answer" not in "".join(each.text for each in await sent(stage, "platform"))
    assert "We own this" in buttons(await stage.ask("/whoowns payments-db", user="ada"))


async def test_the_answer_about_something_split_says_which_part_has_lost_its_owner(stage: Stage) -> None:
    for each in ("lin", "omar"):
        await leave(stage, each)
    said = (await stage.ask("/whoowns payments-db", user="eve")).text.splitlines()
    assert re.fullmatch(r"\*Payments\* \(<#\w+>\) owns the application of \*payments-db\*\.", said[0])
    gone = ":warning: The database is orphaned: its owner *Platform* is gone. It stays so until a team takes it."
    assert gone in said
    assert not any("*Platform* (" in each for each in said)
    answer = await stage.ask("/whoowns payments-db", user="ada")
    assert "Ask for it" not in buttons(answer), "nobody is there to offer it"
    await claim(stage, answer, user="ada")
    assert "*Payments*" in await owner(stage, "database of payments-db")
    assert "orphaned" not in (await stage.ask("/whoowns payments-db", user="ada")).text


async def test_a_claim_of_the_part_that_has_lost_its_owner_leads_to_who_decides(stage: Stage) -> None:
    for each in ("lin", "omar"):
        await leave(stage, each)
    await claim(stage, await stage.ask("/whoowns payments-db", user="grace"), user="grace")
    answer = await stage.ask("/whoowns payments-db", user="ada")
    assert "*Payments* asked for the database" in answer.text
    assert "that team's lead or a catalog admin decides." in answer.text
    assert "Answer the claim" in buttons(answer)
    assert "Answer the claim" not in buttons(await stage.ask("/whoowns payments-db", user="grace"))

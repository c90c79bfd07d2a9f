"""What is claimed or doubted while it is lent waits until it is back, over the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.blocks.handoff import actions as ids
from bot.blocks.text import button
from bot.playground.fake_slack import PostedMessage
from handlers.handoff import due_days
from tests.slack.conftest import Stage
from tests.slack.test_claims import claim
from tests.slack.test_eol_answers import copied
from tests.slack.test_handoff import OPEN, card, offer, on, said_to, sent
from tests.slack.test_matters import doubted, matters, private, team_id
from tests.slack.test_requests import said_in, submit
from tests.slack.test_whoowns import buttons

AGREE = "ownership.matter_agree"


@pytest.fixture
def catalog_admins() -> tuple[str, ...]:
    return ("eve",)


@pytest.fixture
async def lent(stage: Stage) -> Stage:
    """Platform has lent Payments the database of payments-db for 17 days."""
    await offer(stage, loan="2026-03-20")
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    await sent(stage, "platform")
    return stage


async def asked(stage: Stage) -> list[PostedMessage]:
    """What the lender was sent about who owns it."""
    said = ("asks *Platform* for", "does not own the database")
    return [each for each in await sent(stage, "platform") if any(some in each.text for some in said)]


async def claimed(stage: Stage) -> PostedMessage:
    answer = await stage.ask("/whoowns database of payments-db", user="solo")
    menu = next(each for each in answer.blocks[-1]["elements"] if each["type"] == "overflow")
    await stage.press(answer, "ownership.claim", user="solo", value=menu["options"][0]["value"])
    assert "on loan from *Platform* to *Payments* until" in said_in(stage.slack.view_stack("solo")[-1])
    assert "I ask *Platform*" in said_in(stage.slack.view_stack("solo")[-1])
    await stage.slack.close_view("solo", stage.slack.view_stack("solo")[-1].id)
    assert "once *Platform* agrees. I am telling Platform" in await claim(
        stage, answer, user="solo", value=menu["options"][0]["value"]
    )
    [told] = await asked(stage)
    return told


async def wait_for_the_end(stage: Stage) -> PostedMessage:
    """Let the days of the loan pass, in which nobody hears more of it, and the day on which it is back."""
    [row] = await matters(stage)
    for day in range(4, 20):
        await on(stage, 3, day)
    assert len(await asked(stage)) == 1, "nobody is reminded of what cannot be answered"
    assert not any("payments-db" in each for each in await private(stage, "eve")), "nor is it passed on"
    assert (await matters(stage))[0].asked_at == row.asked_at
    await on(stage, 3, 20)
    await on(stage, 3, 20)
    _, again = await asked(stage)
    return again


async def test_a_claim_waits_for_the_end_of_the_loan_by_itself(lent: Stage) -> None:
    told = await claimed(lent)
    assert "It is on loan to *Payments* until" in told.text
    assert "I ask you again once it is back." in told.text
    assert list(buttons(told)) == ["It is ours", "Ask…", "Show handoff #1"]
    said = (await lent.ask("/whoowns database of payments-db", user="ada")).text
    assert "*Search* asked for it" in said
    assert "has not answered yet" not in said
    await lent.press(told, "ownership.matter_keep", user="grace")
    assert "Only members of Platform" in said_to(lent, "grace", "platform"), "the borrower cannot say"
    old = [button("Agree", AGREE, str((await matters(lent))[0].id), label="Agree")]
    before = await copied(lent, "general", [{"type": "actions", "elements": old}])
    await lent.press(before, AGREE, user="omar")
    assert "It is on loan to Payments until 2026-03-20: I ask again once it is back" in said_to(lent, "omar")
    again = await wait_for_the_end(lent)
    assert list(buttons(again))[:3] == ["Agree", "It is ours", "Ask…"]
    await lent.press(again, AGREE, user="omar")
    assert "*Search* (<#" in (await lent.ask("/whoowns payments-db database")).text.splitlines()[0]


async def test_the_answer_leads_whoever_has_lent_it_to_the_claim_and_nobody_else(lent: Stage) -> None:
    await claimed(lent)
    assert "Answer the claim" in buttons(await lent.ask("/whoowns database of payments-db", user="omar"))
    for asked in ("database of payments-db", "payments-db"):
        shown = buttons(await lent.ask(f"/whoowns {asked}", user="grace"))
        assert "Answer the claim" not in shown, "the borrower cannot say"


async def doubted_while_lent(stage: Stage) -> PostedMessage:
    receipt = await doubted(stage, "database of payments-db", user="grace", team=team_id(stage, "Search"))
    assert "I am telling Platform" in receipt
    [told] = await asked(stage)
    assert "thinks that *Payments* does not own the database of *payments-db*." in told.text
    assert "It is on loan to *Payments* until" in told.text
    assert "Once it is back, nothing is left to decide." in told.text
    assert list(buttons(told)) == ["It is ours", "Ask…", "Show handoff #1"]
    assert not any("does not own" in each.text for each in await sent(stage, "payments")), "the borrower cannot say"
    return told


async def test_a_doubt_about_a_borrower_is_over_once_its_lender_has_it_again(lent: Stage) -> None:
    told = await doubted_while_lent(lent)
    answer = await lent.ask("/whoowns database of payments-db", user="solo")
    menu = next(each for each in answer.blocks[-1]["elements"] if each["type"] == "overflow")
    await claim(lent, answer, user="solo", value=menu["options"][0]["value"])
    for day in range(4, 21):
        await on(lent, 3, day)
    now = next(each for each in await sent(lent, "platform") if each.ts == told.ts)
    assert "*Platform* owns it now, so nothing is left to decide." in now.text
    assert not buttons(now)
    assert [each.text for each in await asked(lent) if "does not own" in each.text] == [now.text], "nothing is asked"
    assert "*Platform* owns it now" in (await private(lent, "grace"))[-1]
    assert (await lent.ask("/whoowns database of payments-db")).text.startswith("*Platform* (<#")


async def test_an_answer_to_a_doubt_about_the_borrower_gives_away_nothing_of_the_lenders(lent: Stage) -> None:
    told = await doubted_while_lent(lent)
    old = [button("You are right", AGREE, str((await matters(lent))[0].id), label="You are right")]
    before = await copied(lent, "general", [{"type": "actions", "elements": old}])
    lent.clock.at = datetime(2026, 3, 20, 12, tzinfo=UTC)
    await due_days.carry_on(lent.baton.context)  # it is back, and nobody has looked at the doubt since
    await lent.press(before, AGREE, user="omar")
    now = next(each for each in await sent(lent, "platform") if each.ts == told.ts)
    assert "*Platform* owns it now, so nothing is left to decide." in now.text
    assert (await lent.ask("/whoowns database of payments-db")).text.startswith("*Platform* (<#")


async def test_the_form_of_a_doubt_says_who_is_asked(lent: Stage) -> None:
    await lent.press(await lent.ask("/whoowns database of payments-db", user="grace"), "ownership.doubt", user="grace")
    said = said_in(lent.slack.view_stack("grace")[-1])
    assert "*Payments* owns the database of *payments-db*, on loan from *Platform* until" in said
    assert "I ask *Platform* once" in said


async def test_the_lender_says_at_once_that_it_is_theirs(lent: Stage) -> None:
    await doubted(lent, "database of payments-db", user="grace")
    [told] = await asked(lent)
    await lent.press(told, "ownership.matter_keep", user="omar")
    assert "It stays with *Platform*" in (await asked(lent))[0].text
    assert "It stays with *Platform*" in (await private(lent, "grace"))[-1]


async def test_what_would_be_its_givers_by_silence_is_offered_to_them_with_a_button(stage: Stage) -> None:
    await offer(stage)
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    await doubted(stage, "database of payments-db", user="solo")
    [told] = [each for each in await sent(stage, "payments") if "does not own the database" in each.text]
    await stage.press(told, AGREE, user="ada")
    said = stage.slack.visible_messages("ada", "payments")[-1]
    assert "A file still names Platform, who would have it by silence: offer it to them instead." in said.text
    assert list(buttons(said)) == ["Offer it to Platform…"]
    await stage.press(said, OPEN, user="ada")
    assert await submit(stage, "ada", {}) == {}
    assert "*Payments* offers *payments-db* (the database) to *Platform*" in (await card(stage, "platform")).text


async def test_it_goes_on_once_it_is_handed_back_early(lent: Stage) -> None:
    await claimed(lent)
    lent.clock.advance(timedelta(days=1))
    await lent.press(await card(lent), ids.BACK, user="grace")
    assert await submit(lent, "grace", {ids.REASON: "Done"}) == {}
    await lent.press(await card(lent, "platform"), ids.ACCEPT_ALL, user="omar")
    [told] = await asked(lent)
    assert "on loan" not in told.text
    assert list(buttons(told))[:2] == ["Agree", "It is ours"], "at once, and not at the next pass"
    await on(lent, 3, 5)
    _, again = await asked(lent)
    assert "Agree" in buttons(again)

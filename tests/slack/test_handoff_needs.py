"""What a receiver needs before it accepts: the giver says that it is there, or the offer ends without it."""

from __future__ import annotations

from bot.blocks.handoff import actions as ids
from bot.domain.handoff.handoffs import HandoffStep
from bot.playground.fake_slack import PostedMessage
from tests.slack.conftest import Stage
from tests.slack.test_eol_answers import copied
from tests.slack.test_handoff import alone, answer, card, handoff_actions, offer, offer_two, on, owner, said_to, sent
from tests.slack.test_whoowns import buttons

DRILL = {"needs": "A restore drill", "needs_from": "the platform team", "needs_by": "2026-03-20"}


def told(stage: Stage, user: str, text: str) -> PostedMessage:
    """The last direct message to somebody that has some words in it."""
    seen = stage.slack.visible_messages(user, stage.slack.workspace.im(user).id)
    return [each for each in seen if text in each.text][-1]


async def put_off(stage: Stage, **said: str) -> None:
    assert await answer(stage, HandoffStep.NOT_YET, "payments-db", **{**DRILL, **said}) == {}
    await sent(stage, "payments")


async def test_the_giver_says_in_one_press_that_it_is_there_and_the_receiver_is_asked_again(stage: Stage) -> None:
    await offer(stage)
    await put_off(stage)
    heard = told(stage, "lin", "not yet: needs A restore drill")
    assert "It is there" in buttons(heard)
    before = await copied(stage, "general", heard.blocks)
    await stage.press(heard, ids.ANSWER, user="lin")
    assert "A restore drill is there, says Lin Wei" in (await card(stage)).text
    asked = (await sent(stage, "payments"))[-1]
    assert asked.text == "Handoff #1, *payments-db* (the database): A restore drill is there, says Lin Wei. Accept it?"
    assert list(buttons(asked)) == ["Accept", "Not yet: needs…", "Decline…", "Show"]
    assert "It is there" not in buttons(told(stage, "lin", "waits for an answer")), "it is said"
    await stage.press(before, ids.ANSWER, user="lin")
    assert (await handoff_actions(stage)).count("supply") == 1, "a second press says nothing new"
    await stage.press(asked, ids.ANSWER, user="grace")
    assert (await owner(stage, "payments-db database")).startswith("*Payments*")
    [now] = [each for each in await sent(stage, "payments") if each.ts == asked.ts]
    assert list(buttons(now)) == ["Show"]
    assert "accepted by Grace Marsh" in now.text


async def test_whoever_is_named_says_that_it_is_there_and_nobody_else(stage: Stage) -> None:
    await offer(stage)
    await put_off(stage, needs_from="Solo Singh")
    heard = told(stage, "solo", "you see to what *Payments* needs first")
    assert list(buttons(heard)) == ["It is there", "Show"]
    await stage.press(await copied(stage, "general", heard.blocks), ids.ANSWER, user="grace")
    assert "can say that it is there: ask" in said_to(stage, "grace")
    assert "supply" not in await handoff_actions(stage)
    await on(stage, 3, 20)
    reminded = told(stage, "solo", "Is it there?")
    assert list(buttons(reminded)) == ["It is there", "Show"]
    await stage.press(reminded, ids.ANSWER, user="solo")
    assert "says Solo Singh" in (await card(stage)).text
    await sent(stage, "payments")
    seen = {each.ts: each for each in stage.slack.visible_messages("solo", heard.channel)}
    assert seen[heard.ts].text.startswith("What *Payments* needed from you first is there:")
    for ts in (heard.ts, reminded.ts):
        assert list(buttons(seen[ts])) == ["Show"], "it is said"


async def test_whoever_puts_it_off_reads_who_is_told_of_what_it_needs(stage: Stage) -> None:
    await offer(stage)
    await put_off(stage)
    assert said_to(stage, "grace", "payments").endswith(
        "I am telling Lin Wei, who offered it. Somebody else sees to it? Answer again with their full name, @handle or "
        "e-mail address."
    )
    await put_off(stage, needs_from="Solo Singh")
    assert said_to(stage, "grace", "payments").endswith("I am telling Lin Wei, who offered it, and Solo Singh.")
    await put_off(stage, needs_from="Lin Wei")
    assert said_to(stage, "grace", "payments").endswith("I am telling Lin Wei, who offered it.")


async def test_an_offer_whose_need_was_never_met_was_answered(stage: Stage) -> None:
    await offer(stage)
    await put_off(stage)
    for day in (20, 31):
        await on(stage, 3, day)
    await on(stage, 4, 4)
    for day in (6, 7, 8):
        await on(stage, 4, day)
    said = [*alone(stage, "ada"), *alone(stage, "lin"), *(each.text for each in await sent(stage, "payments"))]
    said += [each.text for each in await sent(stage, "platform")]
    over = [each for each in said if "expired" in each or "nothing has moved" in each]
    assert over
    assert not any("nobody answered" in each for each in said)
    assert all("still needed A restore drill from the platform team" in each for each in over if "#1" in each), over


async def test_what_is_there_waits_from_that_day_on(stage: Stage) -> None:
    await offer_two(stage)
    await put_off(stage, needs_by="2026-04-20")
    await answer(stage, HandoffStep.DECLINE, "checkout", reason="Ours is better")
    await on(stage, 4, 14)
    await stage.press(told(stage, "lin", "not yet: needs"), ids.ANSWER, user="lin")
    before = len(await sent(stage, "payments"))
    await on(stage, 4, 15)
    assert len(await sent(stage, "payments")) == before, "an offer of six weeks ago is not over for that"
    reminder = (await on(stage, 4, 16))[-1]
    assert "*payments-db* (the database) waits for your answer. The offer ends on" in reminder.text
    await on(stage, 4, 28)
    assert "waits for an answer" in (await card(stage)).text
    await on(stage, 4, 30)
    assert "*payments-db* (the database): expired: nobody answered in time" in (await card(stage)).text

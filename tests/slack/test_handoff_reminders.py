"""Reminders and questions about a handoff that are answered or over say so, and ask nothing any more, over the wire."""

from __future__ import annotations

from dataclasses import replace

from bot.blocks.handoff import actions as ids
from bot.domain.catalog import Runs
from bot.domain.handoff.handoffs import HandoffStep
from bot.playground.fake_slack import PostedMessage
from tests.slack.conftest import Stage, organisation
from tests.slack.test_handoff import alone, answer, ask_for, card, corrected, offer, offer_two, on, said_to, sent
from tests.slack.test_requests import submit
from tests.slack.test_whoowns import buttons


async def now(stage: Stage, before: PostedMessage, channel: str = "payments") -> PostedMessage:
    """A message as it reads now."""
    return next(each for each in await sent(stage, channel) if each.ts == before.ts)


async def reminded(stage: Stage, words: str, channel: str = "payments") -> PostedMessage:
    """The last message in a channel that has these words."""
    return [each for each in await sent(stage, channel) if words in each.text][-1]


async def test_a_reminder_of_an_offer_that_is_over_has_no_answers_left(stage: Stage) -> None:
    await offer(stage)
    await on(stage, 3, 5)
    first = await reminded(stage, "waits for your answer")
    await on(stage, 3, 10)
    second = await reminded(stage, "waits for your answer")
    assert first.ts != second.ts
    await on(stage, 3, 18)
    for each in (first, second):
        shown = await now(stage, each)
        assert "expired" in shown.text
        assert "waits for your answer" not in shown.text
        assert list(buttons(shown)) == ["Show"]


async def test_a_reminder_follows_what_is_answered_of_several_parts(stage: Stage) -> None:
    await offer_two(stage)
    await on(stage, 3, 5)
    first = await reminded(stage, "waits for your answer")
    await answer(stage, HandoffStep.ACCEPT, "checkout")
    shown = await now(stage, first)
    assert "*payments-db* (the database) waits for your answer" in shown.text
    assert list(buttons(shown)) == ["Accept", "Not yet: needs…", "Decline…", "Show"]
    await stage.press(shown, ids.ACCEPT_ALL, user="grace")
    shown = await now(stage, first)
    assert "2 accepted" in shown.text
    assert list(buttons(shown)) == ["Show"]


async def test_a_question_that_is_refused_asks_nothing_any_more(stage: Stage) -> None:
    await ask_for(stage)
    await on(stage, 3, 5, channel="platform")
    asked = await reminded(stage, "waits for your answer", "platform")
    assert list(buttons(asked)) == ["Offer it…", "No…", "Show"]
    await stage.press(await card(stage, "platform"), ids.REFUSE, user="omar")
    assert await submit(stage, "omar", {ids.REASON: "Not now"}) == {}
    shown = await now(stage, asked, "platform")
    assert "declined" in shown.text
    assert list(buttons(shown)) == ["Show"]


async def test_whether_something_is_there_is_asked_until_it_is_accepted(stage: Stage) -> None:
    await offer(stage)
    said = {"needs": "A restore", "needs_from": "Lin", "needs_by": "2026-03-06"}
    await answer(stage, HandoffStep.NOT_YET, "payments-db", **said)
    await on(stage, 3, 6)
    asked = await reminded(stage, "Is it there?")
    await stage.press(asked, ids.NOT_YET, user="grace")
    form = str(stage.slack.view_stack("grace")[-1].payload)
    assert "'initial_value': 'A restore'" in form, "only the day has to be said again"
    assert "'initial_value': 'Lin'" in form
    await stage.press(asked, ids.ANSWER, user="grace")
    shown = await now(stage, asked)
    assert "Is it there?" not in shown.text
    assert "*payments-db* (the database): accepted by Grace Marsh" in shown.text
    assert list(buttons(shown)) == ["Show"]


async def test_the_question_whether_it_works_is_gone_once_it_is_answered_and_can_be_corrected(stage: Stage) -> None:
    await offer(stage)
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    await stage.bring(corrected(organisation()))
    await on(stage, 4, 7)
    asked = await reminded(stage, "Does it work")
    theirs = await reminded(stage, "Does it work", "platform")
    await stage.press(asked, ids.WORKS, user="grace")
    shown = await now(stage, asked)
    assert "It works for your team." in shown.text
    assert list(buttons(shown)) == ["No…", "Show"]
    assert (await now(stage, theirs, "platform")).text == theirs.text, "the other side has not answered"
    await stage.press(shown, ids.NO, user="grace")
    assert await submit(stage, "grace", {ids.REASON: "No restore works"}) == {}
    shown = await now(stage, asked)
    assert "It does not work for your team." in shown.text
    assert list(buttons(shown)) == ["It works", "No…", "Hand it back…", "Show"]


async def test_what_has_gone_back_is_asked_back_and_handed_back_from_no_message(stage: Stage) -> None:
    await offer(stage)
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    await stage.bring(corrected(organisation()))
    await on(stage, 4, 7)
    asked = await reminded(stage, "Does it work")
    await stage.press(asked, ids.NO, user="grace")
    assert await submit(stage, "grace", {ids.REASON: "No restore works"}) == {}
    told = await reminded(stage, "does not work", "platform")
    assert list(buttons(told)) == ["Ask for it", "Show"]
    await stage.press(await card(stage), ids.BACK, user="grace")
    assert await submit(stage, "grace", {ids.REASON: "Nobody of us knows it"}) == {}
    await stage.press(await card(stage, "platform"), ids.ACCEPT_ALL, user="omar")
    for before, channel in ((asked, "payments"), (told, "platform")):
        shown = await now(stage, before, channel)
        assert "*Payments* has it no longer." in shown.text
        assert "accepted" not in shown.text
        assert list(buttons(shown)) == ["Show"]
    assert "says Grace Marsh: No restore works\n" in (await now(stage, told, "platform")).text


async def test_what_is_offered_again_is_not_offered_from_the_message_about_its_end(stage: Stage) -> None:
    await offer(stage)
    await on(stage, 3, 18)
    over = await reminded(stage, "nobody answered in time", "platform")
    assert "Offer again…" in buttons(over)
    await stage.press(over, ids.AGAIN, user="lin")
    assert await submit(stage, "lin", {}) == {}
    assert list(buttons(await now(stage, over, "platform"))) == ["Show"]


async def test_the_giver_hears_of_each_part_when_it_is_accepted_in_one_message(stage: Stage) -> None:
    await offer_two(stage)
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    await sent(stage, "payments")
    [heard] = [each for each in alone(stage, "lin") if "accepted by Grace Marsh" in each]
    assert "*payments-db* (the database): accepted by Grace Marsh" in heard
    assert "1 still waits for an answer." in heard
    await answer(stage, HandoffStep.NOT_YET, "checkout", needs="CI", needs_from="Somebody", needs_by="2026-03-06")
    await sent(stage, "payments")
    await answer(stage, HandoffStep.ACCEPT, "checkout")
    await sent(stage, "payments")
    first, *news = alone(stage, "lin")[-3:]
    assert first.count("accepted by Grace Marsh") == 2, "it says how all of it stands"
    assert "not yet: needs CI" in news[0]
    assert "payments-db* (the database): accepted" not in "".join(news), "what was told once is not told again"
    assert "*checkout* (CI and deployments): accepted by Grace Marsh" in news[1], "the end is told by itself"


async def test_what_the_giver_was_told_follows_what_becomes_of_it(stage: Stage) -> None:
    await offer_two(stage, **{ids.EFFECTIVE: "2026-03-06"})
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    await answer(stage, HandoffStep.DECLINE, "checkout", reason="Ours is better")
    await sent(stage, "payments")
    heard, news = alone(stage, "lin")
    assert "accepted by Grace Marsh, not in effect yet" in heard
    assert "declined by Grace Marsh: Ours is better" in heard
    assert (
        news
        == "*#1* · *Payments* answered:\n• *checkout* (CI and deployments): declined by Grace Marsh: Ours is better"
    )
    await on(stage, 3, 6)
    assert "*payments-db* (the database): accepted by Grace Marsh\n" in alone(stage, "lin")[0]
    await stage.press(told_lin(stage), ids.AGAIN, user="lin")
    assert await submit(stage, "lin", {}) == {}
    await sent(stage, "payments")
    assert "Ours is better" not in alone(stage, "lin")[0], "it is offered again"
    assert "Offer again…" not in buttons(told_lin(stage))


def told_lin(stage: Stage) -> PostedMessage:
    """The first direct message to whoever offered."""
    return stage.slack.visible_messages("lin", stage.slack.workspace.im("lin").id)[0]


async def test_the_receipt_names_what_comes_with_what_was_accepted_and_not_with_the_rest(stage: Stage) -> None:
    catalog, runs = organisation(), (Runs("postgres", "11.22", "aws-rds", "production"),)
    catalog.assets = [replace(each, runs=runs) if each.name == "payments-db" else each for each in catalog.assets]
    await stage.bring(catalog)
    await offer_two(stage, **{ids.EFFECTIVE: "2026-03-20"})
    assert "Comes with it: *Amazon RDS for PostgreSQL 11*" in (await card(stage)).text
    await answer(stage, HandoffStep.ACCEPT, "checkout")
    receipt = said_to(stage, "grace", "payments")
    assert receipt.startswith("Done.")
    assert "Comes with it" not in receipt, "its database waits"
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    assert "Comes with it: *Amazon RDS for PostgreSQL 11*" in said_to(stage, "grace", "payments")

"""A team hands over what it owns, and the other team answers, one resource at a time, over the wire."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.blocks.handoff import actions as ids
from bot.domain.catalog import Area, SourceCatalog
from bot.domain.handoff.handoffs import HandoffStep
from bot.errors import NotAllowedError, UserError
from bot.playground.fake_slack import PostedMessage, ViewRef
from bot.services.handoff import offers, patches, steps
from bot.services.handoff.offers import NewHandoff
from bot.services.snapshot import refresh
from bot.services.transfers import Resource
from bot.store import tables
from handlers.handoff import due_days
from tests.slack.conftest import Stage, asset, organisation, team_owns
from tests.slack.test_clicks import actions
from tests.slack.test_eol_answers import posted
from tests.slack.test_requests import element, said_in, submit
from tests.slack.test_whoowns import buttons

OPEN = "handoff.open"
BOTH = "*payments-db* (the database) and *checkout* (CI and deployments)"


async def sent(stage: Stage, channel: str) -> list[PostedMessage]:
    """What Baton has posted in a channel, once all of it is."""
    return await posted(stage, channel)


async def card(stage: Stage, channel: str = "payments") -> PostedMessage:
    """The card of the last handoff in a channel, as it reads now."""
    return [each for each in await sent(stage, channel) if ":handshake:" in each.text][-1]


def said_to(stage: Stage, user: str, channel: str = "general") -> str:
    """What somebody read last."""
    return stage.slack.visible_messages(user, channel)[-1].text


def alone(stage: Stage, user: str) -> list[str]:
    """What somebody was written in a direct message."""
    return [each.text for each in stage.slack.visible_messages(user, stage.slack.workspace.im(user).id)]


def ticked(stage: Stage, user: str, *names: str) -> list[str]:
    """The values of what somebody ticks in the form that they have open."""
    options = element(stage.slack.view_stack(user)[-1], ids.RESOURCES)["options"]
    return [each["value"] for each in options if each["text"]["text"] in names]


async def offer(stage: Stage, *, user: str = "lin", name: str = "payments-db", **values: Any) -> PostedMessage:
    """Offer what an answer is about, and return the card that its receiver gets."""
    await stage.press(await stage.ask(f"/whoowns {name}", user=user), OPEN, user=user)
    assert await submit(stage, user, {f"handoff.{key}": value for key, value in values.items()}) == {}
    return await card(stage)


async def offer_two(stage: Stage, **values: Any) -> PostedMessage:
    """Offer Payments the database of payments-db and the deployments of checkout."""
    await stage.slack.run_command("lin", "general", "/handoff")
    await stage.settle()
    names = ticked(stage, "lin", "payments-db (the database)", "checkout (CI and deployments)")
    assert len(names) == 2
    payments = next(each.id for each in stage.baton.context.snapshot.teams() if each.name == "Payments")
    said = {ids.RECEIVER: str(payments), ids.RESOURCES: names, **values}
    assert await submit(stage, "lin", said) == {}
    return await card(stage)


async def shown_in(stage: Stage, channel: str) -> str:
    """What `/handoff show 1` says in a channel."""
    user = {"payments": "grace", "platform": "lin"}[channel]
    await stage.slack.run_command(user, channel, "/handoff show 1")
    await stage.settle()
    return said_to(stage, user, channel)


async def answer(stage: Stage, step: HandoffStep, name: str, *, user: str = "grace", **values: Any) -> dict[str, str]:
    """Answer one resource of the card; return what is wrong with the form."""
    shown = await card(stage)
    alone = {HandoffStep.NOT_YET: ids.NOT_YET, HandoffStep.DECLINE: ids.DECLINE, HandoffStep.ACCEPT: ids.ACCEPT_ALL}
    if alone.get(step) in buttons(shown).values() and not any("accessory" in each for each in shown.blocks):
        await stage.press(shown, alone[step], user=user)
        if step is HandoffStep.ACCEPT or not stage.slack.view_stack(user):
            return {}
        return await submit(stage, user, {f"handoff.{key}": each for key, each in values.items()})
    block = next(each for each in shown.blocks if name in each.get("text", {}).get("text", "") and "accessory" in each)
    value = next(each["value"] for each in block["accessory"]["options"] if each["value"].startswith(f"{step}|"))
    await stage.press(shown, ids.ANSWER, user=user, value=value, block_id=block["block_id"])
    if step is HandoffStep.ACCEPT or not stage.slack.view_stack(user):
        return {}
    return await submit(stage, user, {f"handoff.{key}": each for key, each in values.items()})


async def on(stage: Stage, month: int, day: int, channel: str = "payments") -> list[PostedMessage]:
    """Let a day come at noon, with the job and the daily pass of its hour; return what a channel has in it then."""
    stage.clock.at = datetime(2026, month, day, 12, tzinfo=UTC)
    await due_days.carry_on(stage.baton.context)
    await stage.baton.context.daily_pass.run()
    return await sent(stage, channel)


async def handoff_actions(stage: Stage) -> list[str]:
    return [each.removeprefix("handoff.") for each in await actions(stage) if each.startswith("handoff.")]


def trusted(stage: Stage, said: str) -> str:
    """Why an answer is to be believed, with handles and plain days."""
    [line] = [each for each in said.splitlines() if "anded over 2" in re.sub(r"<!date[^|]*\|([^>]*)>", r"\1", each)]
    line = re.sub(r"<!date[^|]*\|([^>]*)>", r"\1", line)
    people = {stage.slack.workspace.user(who).id: who for who in ("lin", "grace", "omar")}
    return re.sub(r"<@(\w+)>", lambda found: f"@{people[found[1]]}", line)


async def owner(stage: Stage, asked: str, user: str = "eve") -> str:
    return (await stage.ask(f"/whoowns {asked}", user=user)).text.splitlines()[0]


def corrected(catalog: SourceCatalog) -> SourceCatalog:
    """The catalog once somebody has written down that Payments owns all of payments-db."""
    catalog.assets[0] = replace(catalog.assets[0], owners=(team_owns("Payments"),))
    return catalog


async def helpers(stage: Stage) -> int:
    """How many facts in force make somebody a secondary owner."""
    facts = await rows(stage, tables.Ownership)
    return sum(each.role == "secondary" and each.valid_to is None for each in facts)


async def rows(stage: Stage, table: Any) -> list[Any]:
    async with stage.database.reading() as session:
        return list((await session.execute(select(table).order_by(table.id))).scalars())


@pytest.mark.sql
async def test_what_is_accepted_has_a_new_owner_from_that_instant(stage: Stage) -> None:
    shown = await offer(stage)
    assert "*Platform* offers *payments-db* (the database) to *Payments*" in shown.text
    assert "Offered by Lin Wei" in shown.text
    assert "*Platform*" in await owner(stage, "payments-db database"), "an offer moves nothing"
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    said = (await stage.ask("/whoowns payments-db database")).text
    assert "*Payments*" in said.splitlines()[0]
    assert "There is a dispute" not in said
    grace = stage.slack.workspace.user("grace").id
    [accepted] = [line for line in said.splitlines() if line.startswith("The database: decided in Slack")]
    assert f"confirmed by <@{grace}>" in accepted
    assert "accepted by Grace Marsh" in (await card(stage)).text
    assert any("accepted by Grace Marsh" in each for each in alone(stage, "lin")), "whoever offered hears how it ended"
    assert any("`baton handoff patch 1` prints the change" in each for each in alone(stage, "lin"))
    await stage.bring(organisation(), source="baton")
    assert "*Payments*" in await owner(stage, "payments-db database")
    assert await handoff_actions(stage) == ["offer", "accept"]


@pytest.mark.sql
async def test_each_resource_is_answered_by_itself_and_offered_again(stage: Stage) -> None:
    await offer_two(stage)
    assert set(await answer(stage, HandoffStep.DECLINE, "checkout", reason="")) == {ids.REASON}
    assert await submit(stage, "grace", {ids.REASON: "Our pipeline moves in May <!channel>"}) == {}
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    assert "*Payments*" in await owner(stage, "payments-db database")
    assert "*Platform*" in await owner(stage, "checkout deployments")
    await sent(stage, "payments")
    heard = alone(stage, "lin")
    assert any("declined by Grace Marsh: Our pipeline moves in May" in each for each in heard)
    both = [each for each in heard if "*payments-db* (the database): accepted by Grace Marsh" in each]
    assert any("*checkout* (CI and deployments): declined" in each for each in both), (
        "what was accepted is told as well"
    )
    now = await card(stage)
    assert "Offer again…" not in buttons(now), "nobody there may press it"
    await stage.press(await stage.ask("/handoff show 1", user="omar"), ids.AGAIN, user="omar")
    assert ticked(stage, "omar", "payments-db (the database)") == [], "what was accepted is not offered again"
    assert await submit(stage, "omar", {ids.REASON: "May it is"}) == {}
    again = await card(stage)
    assert again.ts == now.ts, "one card"
    assert "version 2" in again.text
    await answer(stage, HandoffStep.ACCEPT, "checkout")
    assert "*Payments*" in await owner(stage, "checkout deployments")
    assert await handoff_actions(stage) == ["offer", "decline", "accept", "offer", "accept"]


async def test_the_rest_that_is_offered_for_another_day_is_a_handoff_of_its_own(stage: Stage) -> None:
    await offer_two(stage)
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    await answer(stage, HandoffStep.DECLINE, "checkout", reason="Not before the freeze ends")
    await stage.press(await stage.ask("/handoff show 1", user="lin"), ids.AGAIN, user="lin")
    assert "What they accepted stays as agreed" in said_in(stage.slack.view_stack("lin")[-1])
    typed = {ids.EFFECTIVE: "2026-03-10", ids.LOAN: "2026-03-05", ids.OVERLAP: "5", ids.REASON: "After the freeze"}
    assert set(await submit(stage, "lin", typed)) == {ids.LOAN}, "what was typed counts"
    assert await submit(stage, "lin", {ids.LOAN: "2026-03-20"}) == {}
    shown = await card(stage)
    assert "*#2* · *Platform* offers *checkout* (CI and deployments) to *Payments*" in shown.text
    for said in (
        "takes effect on",
        "helps for 5 working days afterwards",
        "a loan that returns on",
        "Why: After the freeze",
    ):
        assert said in shown.text, said
    await stage.press(shown, ids.ACCEPT_ALL, user="grace")
    assert "*Platform*" in await owner(stage, "checkout deployments"), "its day has not come"
    first, second = await rows(stage, tables.Handoff)
    assert (first.version, first.loan_until) == (1, None), "what was accepted is for good"
    assert (second.effective_on.day, second.loan_until.day, second.overlap_days) == (10, 20, 5)
    await on(stage, 3, 20)
    assert "*Payments*" in await owner(stage, "payments-db database"), "only the loan returns"


async def test_not_yet_names_what_it_needs_and_keeps_the_offer_open(stage: Stage) -> None:
    await offer(stage)
    wrong = await answer(
        stage, HandoffStep.NOT_YET, "payments-db", needs="A runbook", needs_from="Lin", needs_by="2026-03-02"
    )
    assert wrong == {ids.NEEDS_BY: "Choose the day until which it is to be there, today or later."}
    assert await submit(stage, "grace", {ids.NEEDS_BY: "2026-03-06"}) == {}
    assert "not yet: needs A runbook from Lin by" in (await card(stage)).text
    assert any("not yet: needs A runbook" in each for each in alone(stage, "lin"))
    assert "*Platform*" in await owner(stage, "payments-db database")
    said = await on(stage, 3, 6)
    assert "Is it there? Accept, or say a new day." in said[-1].text
    assert list(buttons(said[-1])) == ["Accept", "Say a new day…", "Decline…", "Show"]
    assert "open until" in (await card(stage)).text
    await stage.press(said[-1], ids.NOT_YET, user="grace")
    later = {ids.NEEDS: "A restore", ids.NEEDS_FROM: "Lin", ids.NEEDS_BY: "2026-03-09"}
    assert await submit(stage, "grace", later) == {}
    assert "not yet: needs A restore" in (await card(stage)).text
    await stage.press((await on(stage, 3, 9))[-1], ids.ANSWER, user="grace")
    assert "*Payments*" in await owner(stage, "payments-db database")


async def test_only_another_member_of_the_receiving_team_accepts_and_it_is_checked_at_the_click(stage: Stage) -> None:
    both = organisation()
    both.people[2] = type(both.people[2])(
        name="Lin Wei", email="lin@example.test", teams=("Platform", "Payments"), origin=both.people[2].origin
    )
    await stage.bring(both)
    shown = await offer(stage)
    for who, refusal in (
        ("lin", "You offered it, so somebody else of the receiving team must accept: ask Ada"),
        ("omar", "Only members of Payments and their leads can accept this: ask Ada"),
        ("eve", "Only members of Payments and their leads can accept this"),
    ):
        await stage.press(shown, ids.ACCEPT_ALL, user=who)
        assert refusal in said_to(stage, who, "payments")
    assert "*Platform*" in await owner(stage, "payments-db database")
    await stage.press(shown, ids.ACCEPT_ALL, user="ada")
    context, grace = stage.baton.context, stage.baton.context.snapshot.person_by_email("grace@example.test")
    assert grace is not None
    accepting: dict[str, Any] = {"handoff_id": 1, "person_id": grace.id, "step": HandoffStep.ACCEPT, "version": 1}
    again = await steps.take(context.deps, context.snapshot, **accepting)
    assert not again.is_new, "a press on the card as it was before"
    assert await handoff_actions(stage) == ["offer", "accept"]


async def test_a_guest_who_types_the_command_is_told_before_any_window_opens(stage: Stage) -> None:
    guest = stage.slack.add_user("guest", real_name="Guest", email="guest@example.test", standing="guest")
    stage.slack.workspace.channel("general").members.add(guest.id)
    assert "only full members can change" in (await stage.ask("/handoff payments-db", user="guest")).text
    assert not [call for call in stage.slack.calls if call.method == "views.open"]


async def test_who_may_not_answer_gets_no_form(stage: Stage) -> None:
    await offer(stage)
    await answer(stage, HandoffStep.DECLINE, "payments-db", user="solo")
    assert stage.slack.view_stack("solo") == []
    assert "Only members of Payments and their leads can answer this" in said_to(stage, "solo", "payments")


async def test_the_giver_withdraws_and_an_answer_to_what_has_changed_is_refused(stage: Stage) -> None:
    shown = await offer(stage)
    assert "Withdraw" not in buttons(shown), "it is the giver's, and the card is the receiver's"
    assert "Withdraw" not in buttons(await stage.ask("/handoff show 1", user="grace"))
    grace = stage.baton.context.snapshot.person_by_email("grace@example.test")
    assert grace is not None
    withdrawing: dict[str, Any] = {"handoff_id": 1, "person_id": grace.id, "step": HandoffStep.WITHDRAW, "version": 1}
    with pytest.raises(NotAllowedError, match="Only members of Platform and their leads can offer this"):
        await steps.take(stage.baton.context.deps, stage.baton.context.snapshot, **withdrawing)
    await stage.press(await stage.ask("/handoff show 1", user="omar"), ids.WITHDRAW, user="omar")
    assert "withdrawn by Omar Sol" in (await card(stage)).text
    accepting: dict[str, Any] = {"handoff_id": 1, "person_id": grace.id, "step": HandoffStep.ACCEPT}
    context = stage.baton.context
    with pytest.raises(UserError, match="The offer has been withdrawn: its owner can offer it again"):
        await steps.take(context.deps, context.snapshot, version=1, **accepting)
    assert "*Platform*" in await owner(stage, "payments-db database")
    await stage.press(await stage.ask("/handoff show 1", user="lin"), ids.AGAIN, user="lin")
    assert await submit(stage, "lin", {ids.LOAN: "2026-04-01"}) == {}
    assert "a loan that returns on" in (await card(stage)).text
    with pytest.raises(UserError, match="The offer has changed since"):
        await steps.take(context.deps, context.snapshot, version=1, **accepting)


async def test_the_receiver_asks_and_the_giver_offers_or_says_no(stage: Stage) -> None:
    said = await stage.ask("/whoowns payments-db", user="grace")
    assert "Ask for it" in buttons(said)
    assert "Hand over" in buttons(await stage.ask("/whoowns payments-db", user="lin"))
    assert not {"Ask for it", "Hand over"} & set(buttons(await stage.ask("/whoowns payments-db", user="solo")))
    await stage.press(said, OPEN, user="grace")
    assert await submit(stage, "grace", {ids.REASON: "We run it anyway"}) == {}
    asked = await card(stage, "platform")
    assert "*Payments* asks *Platform* to hand over *payments-db* (the database)" in asked.text
    assert "*Platform*" in await owner(stage, "payments-db database"), "asking moves nothing"
    await stage.press(asked, ids.REFUSE, user="lin")
    assert await submit(stage, "lin", {ids.REASON: "Not before the audit"}) == {}
    await sent(stage, "platform")
    assert any("declined by Lin Wei: Not before the audit" in each for each in alone(stage, "grace"))
    await stage.press(await stage.ask("/whoowns payments-db", user="grace"), OPEN, user="grace")
    assert await submit(stage, "grace", {}) == {}
    await stage.press(await card(stage, "platform"), ids.AGAIN, user="omar")
    assert await submit(stage, "omar", {}) == {}
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    assert "*Payments*" in await owner(stage, "payments-db database")


async def ask_for(stage: Stage, *names: str) -> PostedMessage:
    """Payments asks Platform for what it owns of payments-db, or for these; return what Platform reads."""
    await stage.press(await stage.ask("/whoowns payments-db", user="grace"), OPEN, user="grace")
    said = {ids.RESOURCES: ticked(stage, "grace", *names)} if names else {}
    assert await submit(stage, "grace", said) == {}
    return await card(stage, "platform")


async def test_what_the_giver_leaves_out_of_what_it_was_asked_for_is_refused_with_the_offer(stage: Stage) -> None:
    context = stage.baton.context
    named = {team.name: team.id for team in context.snapshot.teams()}
    assets = {each.name: each.id for each in await rows(stage, tables.Asset)}
    grace = context.snapshot.person_by_email("grace@example.test")
    assert grace is not None
    asking = NewHandoff(
        giver_team_id=named["Platform"],
        receiver_team_id=named["Payments"],
        resources=(Resource(assets["payments-db"], Area.DATABASE), Resource(assets["checkout"], Area.CI_CD)),
        person_id=grace.id,
    )
    await offers.ask(context.deps, context.snapshot, asking)
    await stage.press(await card(stage, "platform"), ids.AGAIN, user="omar")
    chosen = ticked(stage, "omar", "payments-db (the database)")
    assert await submit(stage, "omar", {ids.RESOURCES: chosen}) == {}
    offered = (await card(stage)).text
    assert "*payments-db* (the database): waits for an answer" in offered
    assert "*checkout* (CI and deployments): declined by Omar Sol" in offered
    assert await handoff_actions(stage) == ["ask", "offer", "refuse"]


async def test_a_question_that_nobody_answers_is_reminded_of_and_ends(stage: Stage) -> None:
    assert "open until" in (await ask_for(stage)).text
    for many, day in enumerate((5, 10, 16), 1):
        said = await on(stage, 3, day, channel="platform")
        reminded = [each for each in said if "waits for your answer" in each.text]
        assert len(reminded) == many
        assert "The question ends on" in reminded[-1].text
    await on(stage, 3, 17)
    assert "asked for" in (await card(stage, "platform")).text, "the day until which it waits belongs to it"
    said = await on(stage, 3, 18, channel="platform")
    assert "expired" in (await card(stage, "platform")).text
    assert list(buttons(await card(stage, "platform"))) == ["Details", "Offer it…"]
    heard = stage.slack.visible_messages("grace", stage.slack.workspace.im("grace").id)[-1]
    assert list(buttons(heard)) == ["Ask for it", "Show"], "whoever asked can ask again"
    told = [each for who in ("lin", "omar", "ada", "grace") for each in alone(stage, who)]
    told += [each.text for each in [*said, *await sent(stage, "payments")]]
    over = [each for each in told if "so the question is over and nothing has moved" in each]
    assert len(over) == 2, f"both sides: {over}"
    assert "*Platform*" in await owner(stage, "payments-db database")
    await stage.press(await card(stage, "platform"), ids.AGAIN, user="omar")
    assert await submit(stage, "omar", {}) == {}
    await sent(stage, "payments")
    assert any("please answer." in each for each in alone(stage, "grace"))
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    assert "*Payments*" in await owner(stage, "payments-db database")
    await sent(stage, "payments")
    assert not any("please answer." in each for each in alone(stage, "grace")), "it says how it ended"
    assert await handoff_actions(stage) == ["ask", "expire", "offer", "accept"]


@pytest.mark.sql
async def test_a_later_day_an_overlap_and_the_question_whether_it_works(stage: Stage) -> None:
    await offer(stage, effective="2026-03-05", overlap="2")
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    assert "accepted by Grace Marsh, not in effect yet" in (await card(stage)).text
    assert "*Platform*" in await owner(stage, "payments-db database")
    await on(stage, 3, 4)
    assert "*Platform*" in await owner(stage, "payments-db database")
    told = await on(stage, 3, 5)
    assert any("*Platform* handed *payments-db* (the database) to *Payments*: as agreed" in each.text for each in told)
    now = (await stage.ask("/whoowns payments-db database")).text
    assert "*Payments*" in now.splitlines()[0]
    assert "*Platform*" in now
    assert trusted(stage, now) == "The database: handed over 2026-03-05 · agreed by @grace 2026-03-03", (
        "nobody confirmed it that day"
    )
    assert await helpers(stage) == 1, "for two more working days"
    assert re.search(r"\*Platform\* .* helps with the database until <!date[^|]*\|2026-03-09>", now), now
    for channel in ("payments", "platform"):
        assert re.search(r"Platform helps until <!date[^|]*\|2026-03-09>", (await shown_in(stage, channel)))
    await on(stage, 3, 9)
    assert await helpers(stage) == 1
    await on(stage, 3, 10)
    assert await helpers(stage) == 0
    assert "helps with" not in (await stage.ask("/whoowns payments-db database")).text
    assert "Platform helped for 2 working days" in await shown_in(stage, "payments")
    assert await handoff_actions(stage) == ["offer", "accept", "take_effect", "end_overlap"]
    await stage.bring(corrected(organisation()))
    asks = [each for each in await on(stage, 4, 7) if "Does it work" in each.text]
    assert len(asks) == 1
    for word in (ids.WORKS, ids.NO):
        await stage.press(asks[0], word, user="eve")
        refused = said_to(stage, "eve", "payments")
        assert "Payments and" in refused.replace("Platform and Payments", "Payments and Platform"), "both sides may"
        assert "can say whether it works: ask" in refused
    await stage.press(asks[0], ids.WORKS, user="grace")
    assert (await rows(stage, tables.Handoff))[0].receiver_says == "works"


async def test_whether_it_works_is_asked_of_what_has_passed_and_may_be_denied(stage: Stage) -> None:
    await offer_two(stage)
    await answer(stage, HandoffStep.DECLINE, "checkout", reason="Not ours")
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    await stage.bring(corrected(organisation()))
    said = await on(stage, 4, 7)
    [asked] = [each for each in said if "Does it work" in each.text]
    assert "*Platform* handed *payments-db* (the database) to *Payments* 35 days ago." in asked.text
    assert list(buttons(asked)) == ["It works", "No…", "Hand it back…", "Show"]
    [theirs] = [each for each in await sent(stage, "platform") if "Does it work" in each.text]
    assert list(buttons(theirs)) == ["It works", "No…", "Show"]
    await stage.press(asked, ids.NO, user="solo")
    assert stage.slack.view_stack("solo") == []
    await stage.press(theirs, ids.NO, user="omar")
    assert set(await submit(stage, "omar", {ids.REASON: ""})) == {ids.REASON}
    assert await submit(stage, "omar", {ids.REASON: "Pages still reach us"}) == {}
    heard = (await sent(stage, "payments"))[-1]
    assert "It does not work, says Omar Sol: Pages still reach us" in heard.text
    assert list(buttons(heard)) == ["Hand it back…", "Show"]
    await stage.press(asked, ids.NO, user="grace")
    assert await submit(stage, "grace", {ids.REASON: "No restore works"}) == {}
    assert "It does not work, says Grace Marsh: No restore works" in (await sent(stage, "platform"))[-1].text
    for words in ("No restore works", "Alarms are missing"):  # a form that was sent again, and one more reason
        stage.clock.advance(timedelta(minutes=1))
        await stage.press(asked, ids.NO, user="grace")
        assert await submit(stage, "grace", {ids.REASON: words}) == {}
    said = [each.text.partition("Grace Marsh: ")[2] for each in await sent(stage, "platform")]
    assert [each.splitlines()[0] for each in said if each] == ["No restore works", "Alarms are missing"]
    row = (await rows(stage, tables.Handoff))[0]
    assert (row.giver_says, row.receiver_says) == ("no", "no")
    heard = (await sent(stage, "platform"))[-1]
    assert "Help *Payments*, or ask for it back." in heard.text
    assert list(buttons(heard)) == ["Ask for it", "Show"]
    for _ in range(2):
        await stage.press(asked, ids.WORKS, user="grace")
    told = [each.text for each in await sent(stage, "platform")]
    assert sum("It works for *Payments* by now, says Grace Marsh" in each for each in told) == 1
    assert (await rows(stage, tables.Handoff))[0].receiver_says == "works"
    await stage.press(heard, OPEN, user="omar")
    wanted = ticked(stage, "omar", "payments-db (the database)")
    assert await submit(stage, "omar", {ids.RESOURCES: wanted, ids.REASON: "We can help"}) == {}
    assert "*Platform* asks *Payments* to hand over *payments-db* (the database)" in (await card(stage)).text


async def test_the_digest_of_the_giver_says_once_what_has_passed(stage: Stage) -> None:
    await offer_two(stage)
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    stage.clock.advance(timedelta(days=1))
    await answer(stage, HandoffStep.ACCEPT, "checkout")
    for day in (5, 6, 9, 10, 11, 12, 13, 16, 17):
        await on(stage, 3, day)
    said = [each for each in await sent(stage, "platform") if "theirs" in each.text]
    [once] = said
    assert f"*Platform* handed {BOTH} to *Payments*, which accepted: they are theirs, 1 from" in once.text
    days = re.findall(r"1 from <!date[^|]*\|([^>]*)>", once.text)
    assert days == ["2026-03-03", "2026-03-04"], "each part with its day"
    assert once.text.startswith("*Handoffs*"), "in the digest, not by itself"
    assert not any("theirs" in each.text for each in await sent(stage, "payments")), "its card says so"


async def passed_on(stage: Stage, name: str, area: Area, *, giver: str, to: str) -> None:
    """Let a team have given something to another one, whose member has accepted."""
    deps, snapshot = stage.baton.context.deps, stage.baton.context.snapshot
    teams = {each.name: each for each in snapshot.teams()}
    assets = {each.name: each.id for each in await rows(stage, tables.Asset)}
    new = NewHandoff(
        giver_team_id=teams[giver].id,
        receiver_team_id=teams[to].id,
        resources=(Resource(assets[name], area),),
        person_id=teams[giver].member_ids[0],
    )
    begun = await offers.offer(deps, snapshot, new)
    taker = next(each for each in teams[to].member_ids if each != new.person_id)
    await steps.take(deps, snapshot, handoff_id=begun.card.id, person_id=taker, step=HandoffStep.ACCEPT, version=1)
    await refresh(snapshot, deps.database)


async def test_what_the_receiver_has_passed_on_is_not_said_to_be_its_and_not_handed_back(stage: Stage) -> None:
    await offer_two(stage)
    shown = await card(stage)
    await stage.press(shown, ids.ACCEPT_ALL, user="grace")
    shown = await card(stage)
    assert "Hand it back…" in buttons(shown)
    await passed_on(stage, "payments-db", Area.DATABASE, giver="Payments", to="Search")
    assert "Hand it back…" in buttons(await card_of(stage, shown)), "the rest"
    for day in (5, 6, 9, 10):
        await on(stage, 3, day)
    [once] = [each.text for each in await sent(stage, "platform") if "theirs from" in each.text]
    assert "*Platform* handed *checkout* (CI and deployments) to *Payments*, which accepted: it is theirs from" in once
    await passed_on(stage, "checkout", Area.CI_CD, giver="Payments", to="Search")
    assert "Hand it back…" not in buttons(await card_of(stage, shown))
    assert "Hand it back…" not in buttons(await stage.ask("/handoff show 1", user="grace"))
    assert "Ask for it" not in buttons(await stage.ask("/handoff show 1", user="lin"))


async def card_of(stage: Stage, shown: PostedMessage) -> PostedMessage:
    """A card as it reads now."""
    return next(each for each in await sent(stage, "payments") if each.ts == shown.ts)


async def test_whether_parts_that_passed_one_after_the_other_work_is_asked_of_the_last(stage: Stage) -> None:
    await offer_two(stage)
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    await on(stage, 3, 5)
    await answer(stage, HandoffStep.ACCEPT, "checkout")
    catalog, theirs = organisation(), (team_owns("Payments"),)
    both = ("payments-db", "checkout")
    catalog.assets = [replace(each, owners=theirs) if each.name in both else each for each in catalog.assets]
    await stage.bring(catalog)
    await on(stage, 4, 7)
    [asked] = [each for each in await sent(stage, "payments") if "Does it work" in each.text]
    assert f"{BOTH} to *Payments*, the last of them 33 days ago. Does it work for you?" in asked.text
    await stage.press(asked, ids.WORKS, user="grace")
    assert f"*Platform* handed {BOTH} to *Payments*" in said_to(stage, "grace", "payments")


async def test_when_files_are_a_dispute_is_said_of_each_part_that_passed(stage: Stage) -> None:
    await offer_two(stage)
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    stage.clock.advance(timedelta(days=4))
    await answer(stage, HandoffStep.ACCEPT, "checkout")
    start = stage.clock.now().date()
    for number in range(1, 30):
        its = start + timedelta(number)
        await on(stage, its.month, its.day)
    heard = [each.text for each in await sent(stage, "platform") if "files still say" in each.text]
    said = [line for each in heard for line in each.splitlines() if "files still say" in line]
    first = [line for line in said if "*payments-db* (the database)" in line]
    then = [line for line in said if "*checkout* (CI and deployments)" in line]
    assert first
    assert then
    assert not any(BOTH in line for line in said)
    dates = [{re.search(r"From <!date[^|]*\|([^>]*)>", line)[1] for line in lines} for lines in (first, then)]  # type: ignore[index]
    assert dates == [{"2026-04-02"}, {"2026-04-06"}]


async def test_the_giver_is_reminded_of_its_files_and_both_are_asked_before_they_are_a_dispute(stage: Stage) -> None:
    await offer(stage)
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    start = stage.clock.now().date()
    for number in range(1, 30):
        its = start + timedelta(number)
        await on(stage, its.month, its.day)
    heard = [each.text for each in await sent(stage, "platform")]
    about = [each for each in heard if "files still say that it is yours" in each]
    assert len(about) == 2, heard
    assert all("`baton handoff patch 1` prints the change." in each for each in about)
    asked = [each.text for each in await sent(stage, "payments") if "Does it work" in each.text]
    assert len(asked) == 1
    assert re.search(r"2[678] days ago", asked[0])
    assert not any("your files" in each.text for each in await sent(stage, "payments"))


async def test_whether_it_works_waits_until_it_is_settled_whose_it_is(stage: Stage) -> None:
    await offer(stage)
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")

    def asks(said: list[PostedMessage]) -> list[str]:
        return [each.text for each in said if "Does it work" in each.text]

    for day in (1, 2, 3, 7, 8):  # the file still names Platform, and from the second on that is a dispute
        assert asks(await on(stage, 4, day)) == []
    assert "There is a dispute" in (await stage.ask("/whoowns payments-db database")).text
    await stage.bring(corrected(organisation()))
    assert "There is a dispute" not in (await stage.ask("/whoowns payments-db database")).text
    assert asks(await on(stage, 4, 8)) == [], "not on the day on which that is settled"
    await on(stage, 4, 9)
    assert len(asks(await on(stage, 4, 10))) == 1


async def test_it_is_handed_back_by_a_new_handoff_that_one_button_offers(stage: Stage) -> None:
    catalog = organisation()
    catalog.assets.append(asset("payments-web", owners=(team_owns("Payments"),)))
    await stage.bring(catalog)
    await offer(stage)
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    await stage.press(await card(stage), ids.BACK, user="lin")
    assert "Only members of Payments" in said_to(stage, "lin", "payments")
    assert stage.slack.view_stack("lin") == []
    await stage.press(await card(stage), ids.BACK, user="grace")
    assert set(await submit(stage, "grace", {ids.REASON: ""})) == {ids.REASON}
    assert "takes back" not in (await card(stage)).text, "nothing is offered without a reason"
    assert await submit(stage, "grace", {ids.REASON: "Nobody of us knows it"}) == {}
    assert list(buttons(stage.slack.visible_messages("grace", "payments")[-1])) == ["Show", "Withdraw"]
    back = await card(stage, "platform")
    assert "Why: Nobody of us knows it" in back.text
    assert "*#2* · *Payments* offers *payments-db* (the database) to *Platform*" in back.text
    assert "takes back #1" in back.text
    assert "Stays with" not in back.text, "what it had all along is not left behind"
    assert "*Payments*" in await owner(stage, "payments-db database")
    await stage.press(back, ids.ACCEPT_ALL, user="omar")
    assert "*Platform*" in await owner(stage, "payments-db database")


def news_of(stage: Stage, number: int, user: str) -> str:
    """What somebody was written alone about how a handoff has gone."""
    return [each for each in alone(stage, user) if f"*#{number}*" in each and "accepted by" in each][-1]


async def test_only_files_that_name_the_giver_are_hinted_at(stage: Stage) -> None:
    await offer(stage)
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    await sent(stage, "platform")
    assert "Files still name *Platform*: `baton handoff patch 1` prints the change." in news_of(stage, 1, "lin")
    await stage.press(await card(stage), ids.BACK, user="grace")
    assert await submit(stage, "grace", {ids.REASON: "We have nobody on call"}) == {}
    await stage.press(await card(stage, "platform"), ids.ACCEPT_ALL, user="omar")
    await sent(stage, "platform")
    assert "patch" not in news_of(stage, 2, "grace"), "no file has ever named Payments"
    found = await patches.edits(stage.baton.context.deps, stage.baton.context.snapshot, handoff_id=2)
    assert found.files == ()


async def test_a_file_that_is_two_handoffs_behind_is_hinted_at_by_what_it_says(stage: Stage) -> None:
    await offer(stage)
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    await stage.slack.run_command("ada", "general", "/handoff payments-db")
    await stage.settle()
    search = next(each.id for each in stage.baton.context.snapshot.teams() if each.name == "Search")
    parts = ticked(stage, "ada", "payments-db (the database)")
    assert await submit(stage, "ada", {ids.RECEIVER: str(search), ids.RESOURCES: parts}) == {}
    await stage.press(await card(stage, "search"), ids.ACCEPT_ALL, user="solo")
    await sent(stage, "payments")
    assert "Files still name *Platform*: `baton handoff patch 2` prints the change." in news_of(stage, 2, "ada")


async def test_a_clock_that_is_set_back_makes_no_dispute_of_an_unchanged_file(stage: Stage) -> None:
    await offer(stage)
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    await sent(stage, "payments")  # what waits to go out would wait until the clock has caught up
    stage.clock.advance(timedelta(minutes=-10))
    changed = organisation()
    changed.assets[0] = replace(changed.assets[0], description="Read anew")
    await stage.bring(changed)
    said = (await stage.ask("/whoowns payments-db database")).text
    assert "*Payments*" in said.splitlines()[0]
    assert "There is a dispute" not in said
    await stage.press(await card(stage), ids.BACK, user="grace")
    assert await submit(stage, "grace", {ids.REASON: "Not ours"}) == {}
    await stage.press(await card(stage, "platform"), ids.ACCEPT_ALL, user="omar")
    await stage.bring(organisation())
    said = (await stage.ask("/whoowns payments-db database")).text
    assert "*Platform*" in said.splitlines()[0]
    assert "There is a dispute" not in said
    assert "Source not yet updated" not in said


async def test_whoever_is_to_see_to_what_is_needed_hears_it(stage: Stage) -> None:
    await offer(stage)
    needed = {"needs": "Its docs", "needs_by": "2026-03-20"}
    await answer(stage, HandoffStep.NOT_YET, "payments-db", needs_from="Solo Singh", **needed)
    await sent(stage, "payments")
    assert any(
        "you see to what *Payments* needs first:" in each and "Its docs" in each for each in alone(stage, "solo")
    )
    await answer(stage, HandoffStep.NOT_YET, "payments-db", needs_from="Eve Quist", **needed)
    await sent(stage, "payments")
    settled = "What *Payments* needed from you first is not asked of you any more:"
    assert sum(settled in each for each in alone(stage, "solo")) == 2, "what was said before says so, too"
    assert not any("you see to what" in each for each in alone(stage, "solo"))
    await answer(stage, HandoffStep.NOT_YET, "payments-db", needs_from="some Omar", **needed)
    await sent(stage, "payments")
    assert not any("Its docs" in each for each in alone(stage, "omar")), "that may be anybody"


async def test_whoever_sees_to_something_is_reminded_of_it_once_on_its_day(stage: Stage) -> None:
    await offer(stage)
    await answer(
        stage, HandoffStep.NOT_YET, "payments-db", needs="A drill", needs_from="Solo Singh", needs_by="2026-03-12"
    )

    async def reminded(month: int, day: int) -> list[PostedMessage]:
        await on(stage, month, day)
        said = stage.slack.visible_messages("solo", stage.slack.workspace.im("solo").id)
        return [each for each in said if "Is it there?" in each.text]

    assert await reminded(3, 11) == []
    [told] = await reminded(3, 12)
    assert "*Payments* needs A drill from you for *payments-db* (the database) by" in told.text
    assert list(buttons(told)) == ["It is there", "Show"]
    await stage.press(told, ids.SHOW, user="solo")
    assert "not yet: needs A drill from Solo Singh" in alone(stage, "solo")[-1]
    for day in (13, 16):
        assert len(await reminded(3, day)) == 1


async def test_whoever_was_to_see_to_something_hears_that_it_is_settled(stage: Stage) -> None:
    await offer_two(stage)
    for name, who, by in (("payments-db", "Solo Singh", "2026-03-20"), ("checkout", "Solo Singh", "2026-03-05")):
        await answer(stage, HandoffStep.NOT_YET, name, needs="A drill", needs_from=who, needs_by=by)
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    await sent(stage, "payments")
    said = [each for each in alone(stage, "solo") if "is settled" in each]
    assert len(said) == 2
    assert all("*payments-db* (the database): accepted by Grace Marsh" in each for each in said)
    await on(stage, 3, 20)
    said = [each for each in alone(stage, "solo") if "*checkout* (CI and deployments): expired" in each]
    assert len(said) == 2, "nor does anybody wait for it once the offer is over"
    over = "The offer is over without what *Payments* needed from you first, and nothing has passed:"
    assert all(each.startswith(over) for each in said), "what never came is not settled"


async def test_a_file_that_was_behind_for_too_long_was_last_read_when_it_was_read(stage: Stage) -> None:
    shown = await offer(stage)
    read = stage.clock.at.date().isoformat()
    await stage.press(shown, ids.ACCEPT_ALL, user="grace")
    stage.clock.advance(timedelta(days=35))
    said = (await stage.ask("/whoowns payments-db database")).text
    assert "There is a dispute" in said
    assert re.search(rf"From baton \(<[^>]*\|{read}>\)", said), said


async def test_of_what_passes_together_each_part_names_who_accepted_it(stage: Stage) -> None:
    await offer_two(stage, **{ids.EFFECTIVE: "2026-03-06"})
    await answer(stage, HandoffStep.ACCEPT, "payments-db", user="grace")
    stage.clock.advance(timedelta(days=1))
    await answer(stage, HandoffStep.ACCEPT, "checkout", user="ada")
    await on(stage, 3, 6)
    people = {each.id: each.name for each in await rows(stage, tables.Person)}
    found = [each for each in await rows(stage, tables.Ownership) if each.is_agreed]
    assert [(people[each.confirmed_by], each.confirmed_at.day) for each in found] == [
        ("Grace Marsh", 3),
        ("Ada Byron", 4),
    ]


async def test_whoever_helps_and_is_said_to_own_it_is_not_said_to_help(stage: Stage) -> None:
    await offer(stage, overlap="5")
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    helps = "*Platform* (<#C00000009>) helps with the database"
    assert helps in (await stage.ask("/whoowns payments-db")).text
    stage.clock.advance(timedelta(days=36))
    said = (await stage.ask("/whoowns payments-db")).text
    assert "baton says *Platform*" in said
    assert helps not in said


async def test_the_history_of_what_was_lent_says_once_that_it_is_its_lenders(stage: Stage) -> None:
    await offer(stage, loan="2026-03-20")
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    await on(stage, 3, 20)
    said = (await stage.ask("/whoowns payments-db history")).text
    since = [line for line in said.splitlines() if "*Platform*" in line and "has owned the database since" in line]
    assert len(since) == 1
    assert "handed over in Slack" in since[0]


async def test_a_reminder_of_one_part_of_several_says_that_it_waits(stage: Stage) -> None:
    await offer_two(stage)
    await answer(stage, HandoffStep.DECLINE, "checkout", reason="Not ours")
    [said] = [each.text for each in await on(stage, 3, 5) if "for your answer" in each.text]
    assert f"{BOTH} to *Payments*: *payments-db* (the database) waits for your answer" in said


async def test_the_giver_asks_for_what_it_gave_and_does_not_hand_it_back(stage: Stage) -> None:
    await offer(stage)
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    shown = await stage.ask("/handoff show 1", user="lin")
    assert list(buttons(shown)) == ["Details", "Ask for it"]
    assert list(buttons(await stage.ask("/handoff show 1", user="grace"))) == ["Details", "Hand it back…"]
    await stage.press(shown, OPEN, user="lin")
    assert await submit(stage, "lin", {}) == {}
    asked = [each.text for each in await sent(stage, "payments") if "*#2*" in each.text]
    assert "*Platform* asks *Payments* to hand over *payments-db* (the database)" in asked[0]


async def test_what_is_borrowed_is_offered_to_its_lender_alone(stage: Stage) -> None:
    await offer(stage, loan="2026-03-20")
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    await stage.slack.run_command("grace", "general", "/handoff payments-db")
    await stage.settle()
    chosen = element(stage.slack.view_stack("grace")[-1], ids.RECEIVER)
    assert [each["text"]["text"] for each in chosen["options"]] == ["Platform"]
    assert chosen["initial_option"]["text"]["text"] == "Platform"


async def test_that_a_loan_has_begun_says_until_when(stage: Stage) -> None:
    await offer(stage, effective="2026-03-05", loan="2026-03-20")
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    [told] = [each.text for each in await on(stage, 3, 5) if "as agreed" in each.text]
    assert re.search(r"it is yours from <!date[^>]*> until <!date[^|]*\|2026-03-20>", told)


async def test_a_loan_returns_on_its_day(stage: Stage) -> None:
    await offer(stage, loan="2026-03-06")
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    await on(stage, 3, 5)
    assert "*Payments*" in await owner(stage, "payments-db database")
    lent = (await stage.ask("/whoowns payments-db database")).text
    assert "on loan from *Platform*" in lent
    assert "not yet updated" not in lent, "the file is right again by itself, so nobody has to edit it"
    assert not any("baton handoff patch" in each for each in alone(stage, "lin"))
    told = await on(stage, 3, 6)
    assert any("The loan is over: *payments-db* (the database) is *Platform*'s again." in each.text for each in told)
    back = (await stage.ask("/whoowns payments-db database")).text
    assert "*Platform*" in back.splitlines()[0]
    assert trusted(stage, back) == "The database: handed over 2026-03-06 · agreed by @lin 2026-03-03", (
        "when it was lent until then"
    )
    assert "returned" in (await card(stage)).text
    assert await handoff_actions(stage) == ["offer", "accept", "return"]


async def test_what_has_left_the_catalog_does_not_return_from_its_loan(stage: Stage) -> None:
    await offer_two(stage, **{ids.LOAN: "2026-03-06"})
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    left = organisation()
    left.assets = [each for each in left.assets if not each.name.startswith("checkout")]
    await stage.bring(left, allow_mass_change=True)
    told = [each.text for each in await on(stage, 3, 6)]
    assert any("The loan is over: *payments-db* (the database) is *Platform*'s again." in each for each in told)
    assert any(
        "*checkout* (CI and deployments): not returned: it is no longer in the catalog." in each for each in told
    )
    assert not any("ask again" in each for each in told)


async def test_accepting_all_leaves_out_what_a_colleague_has_put_off(stage: Stage) -> None:
    await offer_two(stage)
    put_off = {"needs": "A pipeline", "needs_from": "Lin", "needs_by": "2026-03-31"}
    await answer(stage, HandoffStep.NOT_YET, "checkout", user="ada", **put_off)
    shown = await card(stage)
    assert "Accept the rest" in buttons(shown)
    await stage.press(shown, ids.ACCEPT_ALL, user="grace")
    assert said_to(stage, "grace", "payments").endswith(f"{BOTH} to *Payments*: 1 accepted, 1 not yet.")
    assert "*Payments*" in await owner(stage, "payments-db database")
    assert "*Platform*" in await owner(stage, "checkout deployments")
    context, grace = stage.baton.context, stage.baton.context.snapshot.person_by_email("grace@example.test")
    again: dict[str, Any] = {"handoff_id": 1, "person_id": grace.id if grace else 0, "step": HandoffStep.ACCEPT}
    with pytest.raises(UserError, match="Your team has put that off"):  # the same press once more
        await steps.take(context.deps, context.snapshot, version=1, **again)
    left = await card(stage)
    assert list(buttons(left))[:1] == ["Accept"]
    await stage.press(left, ids.ANSWER, user="grace", block_id=left.blocks[-1]["block_id"])
    assert "*Payments*" in await owner(stage, "checkout deployments")


async def test_what_is_agreed_as_a_loan_is_not_said_to_be_handed_over(stage: Stage) -> None:
    await offer(stage, effective="2026-03-20", loan="2026-04-20")
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    said = (await stage.ask("/whoowns payments-db", user="eve")).text
    assert "*Platform* lends the database to *Payments* from <!date^" in said
    assert "|2026-03-20> until <!date^" in said
    assert "as both agreed" in said


async def test_what_was_put_off_is_not_said_to_wait_for_an_answer(stage: Stage) -> None:
    await offer_two(stage)
    await answer(stage, HandoffStep.NOT_YET, "checkout", needs="A pipeline", needs_from="Lin", needs_by="2026-03-31")
    heard = [each.text for each in await sent(stage, "platform")] + alone(stage, "lin")
    [news] = [each for each in heard if "not yet" in each and "still wait" in each]
    assert "1 still waits for an answer." in news
    reminder = (await on(stage, 3, 5))[-1].text
    assert "to *Payments*: *payments-db* (the database) waits for your answer" in reminder


async def test_one_part_that_is_over_holds_back_no_other(stage: Stage) -> None:
    await offer_two(stage)
    await answer(stage, HandoffStep.NOT_YET, "checkout", needs="A pipeline", needs_from="Lin", needs_by="2026-03-31")
    stage.clock.at = datetime(2026, 3, 18, 12, tzinfo=UTC)  # the other has waited for ten working days
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    assert "The offer has expired: its owner can offer it again." in said_to(stage, "grace", "payments")
    await answer(stage, HandoffStep.ACCEPT, "checkout")
    assert "*Payments*" in await owner(stage, "checkout deployments")
    assert "*Platform*" in await owner(stage, "payments-db database")


async def test_silence_moves_nothing(stage: Stage) -> None:
    await offer(stage)
    reminded = []
    for day in (4, 5, 6, 9, 10, 11, 12, 13, 16):
        before = len(await sent(stage, "payments"))
        if any("for your answer" in each.text for each in (await on(stage, 3, day))[before:]):
            reminded.append(day)
    assert reminded == [5, 10, 16], "after 2, 5 and 9 working days"
    [last] = [each for each in await sent(stage, "payments") if "for your answer" in each.text][-1:]
    assert list(buttons(last)) == ["Accept", "Not yet: needs…", "Decline…", "Show"]
    assert "2026-03-17" in last.text
    await on(stage, 3, 17)
    assert "waits for an answer" in (await card(stage)).text, "the day until which it waits is the receiver's"
    await on(stage, 3, 18)
    assert "expired" in (await card(stage)).text
    assert "*Platform*" in await owner(stage, "payments-db database")
    assert any("nobody answered in time" in each for each in alone(stage, "ada")), "the lead of the receiver"
    assert sum("(the database): expired" in each for each in alone(stage, "lin")) == 1, "whoever offered hears it"
    platform = [each.text for each in await sent(stage, "platform")]
    assert sum("nobody answered in time" in each for each in platform) == 1, (
        "a team without a lead hears in its channel"
    )
    await on(stage, 3, 19)
    assert [each.text for each in await sent(stage, "platform")] == platform
    assert await handoff_actions(stage) == ["offer", "expire"]


async def test_whoever_offered_hears_at_work_that_nobody_has_answered(stage: Stage) -> None:
    await offer(stage)
    stage.clock.at = datetime(2026, 3, 18, 0, 6, tzinfo=UTC)
    await due_days.carry_on(stage.baton.context)
    assert "expired" in (await card(stage)).text
    assert alone(stage, "lin") == [], "in the middle of the night"
    stage.clock.at = datetime(2026, 3, 18, 9, tzinfo=UTC)
    await sent(stage, "payments")
    assert sum("(the database): expired" in each for each in alone(stage, "lin")) == 1


async def test_a_reminder_is_answered_where_it_stands(stage: Stage) -> None:
    await offer(stage)
    [said] = [each for each in await on(stage, 3, 5) if "waits for your answer" in each.text]
    await stage.press(said, ids.DECLINE, user="solo")
    assert stage.slack.view_stack("solo") == []
    await stage.press(said, ids.DECLINE, user="grace")
    assert await submit(stage, "grace", {ids.REASON: "Not ours"}) == {}
    assert "declined by Grace Marsh: Not ours" in (await card(stage)).text


async def test_a_reminder_of_several_leads_to_the_answers(stage: Stage) -> None:
    await offer_two(stage)
    [said] = [each for each in await on(stage, 3, 5) if "waits for your answer" in each.text]
    assert list(buttons(said)) == ["Accept all", "Show"]
    await stage.press(said, ids.SHOW, user="grace")
    shown = stage.slack.visible_messages("grace", "payments")[-1]
    assert sum("accessory" in block for block in shown.blocks) == 2, "each has its answers"


async def test_the_card_of_one_part_has_its_answers_as_buttons(stage: Stage) -> None:
    shown = await offer(stage)
    assert list(buttons(shown)) == ["Accept", "Not yet: needs…", "Decline…", "Details"]
    assert not any("accessory" in each for each in shown.blocks)
    assert "⋯" not in shown.text
    await stage.press(shown, ids.NOT_YET, user="grace")
    said = {ids.NEEDS: "A runbook", ids.NEEDS_FROM: "Lin Wei", ids.NEEDS_BY: "2026-03-06"}
    assert await submit(stage, "grace", said) == {}
    assert list(buttons(await card(stage))) == ["Accept", "Not yet: needs…", "Decline…", "Details"]
    assert "It is there" in buttons(await stage.ask("/handoff show 1", user="omar"))


async def test_readiness_is_shown_by_evidence(stage: Stage) -> None:
    shown = await offer(stage)
    await stage.press(shown, ids.DETAILS, user="eve")
    view = stage.slack.view_stack("eve")[-1]
    assert "Readiness: 0 of 11 shown" in said_in(view)
    assert "The receiver has rolled back once" in said_in(view)
    assert ids.EVIDENCE not in str(view.payload), "who is of neither team cannot"
    await stage.press(shown, ids.DETAILS, user="grace")
    await stage.slack.act("grace", ViewRef(stage.slack.view_stack("grace")[-1].id), ids.EVIDENCE)
    await stage.settle()
    assert await submit(stage, "grace", {}) == {
        ids.NOT_APPLICABLE: "Give a link, a person or a day, or say why it does not apply."
    }
    wrong = await submit(stage, "grace", {ids.DAY: "2026-03-09"})
    assert wrong == {ids.DAY: "That day has not come yet: give the day on which it was done."}, "where the day stands"
    done = {ids.DAY: "2026-03-02", ids.ITEM: "deploy"}
    for who in ("omar", "solo", "eve"):  # of the giver, of a third team, and of none
        wrong = await submit(stage, "grace", {**done, ids.PERSON: stage.slack.workspace.user(who).id})
        assert wrong == {ids.PERSON: "They are not in Payments: choose whoever of Payments did it."}
    proof = {ids.LINK: "https://runbooks.example.test/db", ids.DAY: "2026-03-02", ids.ITEM: "runbook", ids.PERSON: None}
    assert await submit(stage, "grace", proof) == {}
    assert "Readiness: 1 of 11 shown" in said_in(stage.slack.view_stack("grace")[-1])
    assert "Readiness: 1 of 11 shown" in (await card(stage)).text
    await stage.slack.act("grace", ViewRef(stage.slack.view_stack("grace")[-1].id), ids.EVIDENCE)
    await stage.settle()
    assert await submit(stage, "grace", {ids.NOT_APPLICABLE: "It has no cost of its own"}) == {}
    assert "does not apply, It has no cost of its own" in said_in(stage.slack.view_stack("grace")[-1])
    assert await handoff_actions(stage) == ["offer", "evidence", "evidence"]


async def test_the_receipt_counts_how_the_parts_stand(stage: Stage) -> None:
    await offer_two(stage)
    assert await answer(stage, HandoffStep.ACCEPT, "payments-db") == {}
    said = said_to(stage, "grace", "payments")
    assert said.startswith("Done. *#1*")
    assert said.endswith(f"{BOTH} to *Payments*: 1 accepted, 1 waits for an answer.")
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    assert said_to(stage, "grace", "payments").endswith(f"{BOTH} to *Payments*: 2 accepted.")


async def test_showing_no_handoff_in_particular_says_how_to(stage: Stage) -> None:
    await stage.slack.run_command("lin", "general", "/handoff show")
    await stage.settle()
    assert "`/handoff show 7`" in said_to(stage, "lin")


async def test_what_would_be_left_behind_is_named(stage: Stage) -> None:
    catalog = organisation()
    catalog.assets += [
        asset("payments-alarms", owners=(team_owns("Platform"),)),
        asset("unrelated", owners=(team_owns("Platform"),)),
    ]
    await stage.bring(catalog)
    shown = await offer(stage)
    assert "Stays with Platform: payments-alarms" in shown.text
    assert "unrelated" not in shown.text


async def test_an_offer_of_a_loan_is_over_before_the_loan_is(stage: Stage) -> None:
    shown = await offer(stage, loan="2026-03-09")
    assert re.search(r"open until .*2026-03-08", shown.text)
    wrong = {"needs": "A runbook", "needs_from": "Lin", "needs_by": "2026-03-09"}
    said = await answer(stage, HandoffStep.NOT_YET, "payments-db", **wrong)
    assert said == {ids.NEEDS_BY: "The loan is over on that day: choose an earlier one."}
    await on(stage, 3, 9)
    assert "expired" in (await card(stage)).text
    assert not any("waits for your answer" in each.text for each in await on(stage, 3, 10))


async def test_what_cannot_be_offered_says_why(stage: Stage) -> None:
    before = {who: await stage.ask("/whoowns payments-db", user=who) for who in ("omar", "grace")}
    await stage.press(before["omar"], OPEN, user="omar")
    wrong = await submit(stage, "omar", {ids.EFFECTIVE: "2026-03-01"})
    assert "That day is over" in wrong[ids.EFFECTIVE], "where the day stands"
    wrong = await submit(stage, "omar", {ids.EFFECTIVE: "2027-03-20"})
    assert wrong == {ids.EFFECTIVE: "Choose a day within a year from now."}
    wrong = await submit(stage, "omar", {ids.EFFECTIVE: "2026-03-20", ids.LOAN: "2026-03-19"})
    assert "A loan has to end after it begins" in wrong[ids.LOAN]
    await offer(stage)
    assert "That is in handoff #1 already" in (await submit(stage, "omar", {ids.LOAN: "2026-04-20"}))[ids.RESOURCES]
    for user in ("omar", "grace"):  # with a button from before
        await stage.press(before[user], OPEN, user=user)
        assert "*#1* · *Platform* offers *payments-db* (the database) to *Payments*" in said_in(
            stage.slack.view_stack(user)[-1]
        ), "no form"


async def test_what_is_on_its_way_back_is_shown_and_the_rest_is_handed_back_all_the_same(stage: Stage) -> None:
    shown = await offer_two(stage)
    await stage.press(shown, ids.ACCEPT_ALL, user="grace")
    received = await card(stage)
    await stage.press(received, ids.BACK, user="ada")
    await stage.slack.run_command("grace", "general", "/handoff payments-db")
    await stage.settle()
    names = ticked(stage, "grace", "payments-db (the database)")
    platform = next(each.id for each in stage.baton.context.snapshot.teams() if each.name == "Platform")
    assert await submit(stage, "grace", {ids.RESOURCES: names, ids.RECEIVER: str(platform)}) == {}
    assert await submit(stage, "ada", {ids.REASON: "We have no database people"}) == {}
    both = "".join(each.text for each in await sent(stage, "platform"))
    assert "*#2* · *Payments* offers *payments-db* (the database) to *Platform*" in both
    assert "*#3* · *Payments* offers *checkout* (CI and deployments) to *Platform*" in both
    await stage.press(received, ids.BACK, user="ada")
    assert "*#2*" in said_in(stage.slack.view_stack("ada")[-1]), "not a form that is refused in the end"


async def test_what_was_offered_elsewhere_since_is_shown_and_not_offered_again(stage: Stage) -> None:
    declined = await offer(stage)
    await answer(stage, HandoffStep.DECLINE, "payments-db", reason="Not now")
    again = await stage.ask("/handoff show 1", user="lin")
    await offer(stage)
    await stage.press(again, ids.AGAIN, user="lin")
    assert "*#2* · *Platform* offers" in said_in(stage.slack.view_stack("lin")[-1])
    assert declined.ts == (await sent(stage, "payments"))[0].ts


async def test_a_private_answer_has_what_its_reader_may_press_and_says_who_can(stage: Stage) -> None:
    await offer_two(stage)
    only = "Only members of Payments and their leads can accept this: ask"
    shown = await stage.ask("/handoff show 1", user="solo")
    assert list(buttons(shown)) == ["Details"]
    assert not any(each.get("accessory") for each in shown.blocks)
    assert only in shown.text
    await stage.press(shown, ids.DETAILS, user="solo")
    assert "Add evidence" not in str(stage.slack.view_stack("solo")[-1])
    shown = await stage.ask("/handoff show 1", user="omar")
    assert list(buttons(shown)) == ["Details", "Withdraw"]
    await stage.press(shown, ids.DETAILS, user="omar")
    assert "Add evidence" in str(stage.slack.view_stack("omar")[-1])
    shown = await stage.ask("/handoff show 1", user="grace")
    assert list(buttons(shown)) == ["Accept all", "Details"]
    assert sum("accessory" in each for each in shown.blocks) == 2
    assert only not in shown.text


async def test_what_was_asked_for_has_its_answers_for_the_giver_alone(stage: Stage) -> None:
    await ask_for(stage)
    assert list(buttons(await card(stage, "platform"))) == ["Offer it…", "No…", "Details"]
    shown = await stage.ask("/handoff show 1", user="grace")
    assert list(buttons(shown)) == ["Not needed any more", "Details"]
    assert "Only members of Platform and their leads can offer this" in shown.text
    assert list(buttons(await stage.ask("/handoff show 1", user="omar"))) == ["Offer it…", "No…", "Details"]


async def test_whoever_gives_is_shown_what_they_can_do_and_until_the_day_comes_it_is_listed(stage: Stage) -> None:
    await offer(stage, effective="2026-03-05")
    shown = await stage.ask("/handoff show 1", user="omar")
    assert list(buttons(shown)) == ["Details", "Withdraw"]
    assert not any("accessory" in block for block in shown.blocks), "answers are the receiver's"
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    assert "accepted, takes effect on" in (await stage.ask("/handoff list", user="omar")).text
    await on(stage, 3, 5)
    assert "no open handoff" in (await stage.ask("/handoff list", user="omar")).text
    said = "has owned the database since .* · handed over by \\*Platform\\* \\(#1\\)"
    for asked in ("payments-db on 2026-03-05", "payments-db history"):
        assert re.search(said, (await stage.ask(f"/whoowns {asked}", user="eve")).text)


@pytest.mark.parametrize(("who", "name"), [("omar", "Omar Sol"), ("grace", "Grace Marsh")])
async def test_either_side_calls_off_what_is_agreed_until_its_day(stage: Stage, who: str, name: str) -> None:
    await offer(stage, effective="2026-03-05")
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="ada")
    await stage.press(await card(stage), ids.CALL_OFF, user="solo")
    assert stage.slack.view_stack("solo") == []
    assert "can call this off" in said_to(stage, "solo", "payments")
    shown = await stage.ask("/handoff show 1", user=who)
    await stage.press(shown, ids.CALL_OFF, user=who)
    assert set(await submit(stage, who, {ids.REASON: ""})) == {ids.REASON}
    assert await submit(stage, who, {ids.REASON: "The audit comes first"}) == {}
    assert f"called off by {name}: The audit comes first" in (await card(stage)).text
    heard = alone(stage, "lin")
    assert any(f"called off by {name}: The audit comes first" in each for each in heard), "whoever offered it"
    under = [each.text for each in await sent(stage, "payments") if each.thread_ts == (await card(stage)).ts]
    assert any(f"called off by {name}" in each for each in under), "and the receiver"
    assert await handoff_actions(stage) == ["offer", "accept", "call_off"]
    await on(stage, 3, 5)
    assert "*Platform*" in await owner(stage, "payments-db database"), "nothing passes on the day"
    assert "Hand over" in buttons(await stage.ask("/whoowns payments-db", user="lin"))
    await stage.press(await stage.ask("/handoff show 1", user="lin"), ids.AGAIN, user="lin")
    assert await submit(stage, "lin", {ids.EFFECTIVE: None}) == {}
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    assert "*Payments*" in await owner(stage, "payments-db database")


async def test_one_part_of_what_is_agreed_is_called_off_and_not_what_has_passed(stage: Stage) -> None:
    await offer_two(stage, **{ids.EFFECTIVE: "2026-03-05"})
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    assert await answer(stage, HandoffStep.CALL_OFF, "checkout", reason="Not this one") == {}
    before = await card(stage)
    assert "*checkout* (CI and deployments): called off by Grace Marsh: Not this one" in before.text
    await stage.press(before, ids.CALL_OFF, user="omar")
    stage.clock.at = datetime(2026, 3, 5, 12, tzinfo=UTC)
    await due_days.carry_on(stage.baton.context)
    assert "*Payments*" in await owner(stage, "payments-db database")
    assert "*Platform*" in await owner(stage, "checkout deployments")
    wrong = await submit(stage, "omar", {ids.REASON: "Too late"})
    assert "*Hand it back* on its card" in wrong[ids.REASON]
    assert "Hand it back…" in buttons(await stage.ask("/handoff show 1", user="grace"))


async def test_the_command_lists_shows_and_helps(stage: Stage) -> None:
    assert "Nothing moves until" in (await stage.ask("/handoff help")).text
    assert "no open handoff" in (await stage.ask("/handoff list")).text
    await offer(stage)
    listed = await stage.ask("/handoff list", user="grace")
    assert "*Platform* offers *payments-db* (the database) to *Payments*" in listed.text
    assert "no open handoff" in (await stage.ask("/handoff list", user="solo")).text
    await stage.press(listed, ids.SHOW, user="grace")
    assert "waits for an answer" in said_to(stage, "grace")
    assert "waits for an answer" in (await stage.ask("/handoff show 1", user="solo")).text
    assert "waits for an answer" in (await stage.ask("/handoff show １", user="solo")).text, "digits of full width"
    assert "There is no such handoff" in (await stage.ask("/handoff #9", user="solo")).text
    assert "*Open handoffs of your teams*" in (await stage.ask("/handoff show the first", user="grace")).text
    await stage.slack.run_command("grace", "general", "/handoff search-api")
    await stage.settle()
    assert "*Search* owns this" in said_in(stage.slack.view_stack("grace")[-1])


async def test_what_is_over_is_listed_on_request(stage: Stage) -> None:
    await offer_two(stage, **{ids.EFFECTIVE: "2026-03-05"})
    await answer(stage, HandoffStep.DECLINE, "checkout", reason="Not ours")
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    await offer(stage, name="checkout")
    for text in ("/handoff list", "/handoff list pending", "/handoff LIST all"):
        said = (await stage.ask(text, user="omar")).text
        assert "accepted, takes effect on" in said
        assert "*#2*" in said
    assert "No handoff of your teams is over." in (await stage.ask("/handoff list over", user="omar")).text
    await on(stage, 3, 5)
    over = await stage.ask("/handoff list over", user="omar")
    assert "*Handoffs of your teams that are over*" in over.text
    assert f"*Platform* offered {BOTH} to *Payments*\n1 accepted, 1 declined" in over.text
    assert "*#2*" not in over.text
    await stage.press(over, ids.SHOW, user="omar")
    assert "*checkout* (CI and deployments): declined by Grace Marsh" in said_to(stage, "omar")
    both = (await stage.ask("/handoff list all", user="omar")).text
    assert both.index("*#2*") < both.index("*#1*"), "the latest first"
    assert "have had no handoff" in (await stage.ask("/handoff list all", user="solo")).text


async def test_a_giver_that_lost_it_meanwhile_can_give_nothing(stage: Stage) -> None:
    shown = await offer(stage)
    catalog = organisation()
    catalog.assets[0] = asset(
        "payments-db",
        catalog.assets[0].kind,
        owners=(
            team_owns("Payments", catalog.assets[0].owners[0].area),
            team_owns("Search", catalog.assets[0].owners[1].area),
        ),
    )
    await stage.bring(catalog)
    await stage.press(shown, ids.ACCEPT_ALL, user="grace")
    assert "Search also owns payments-db (database): ask them to agree first." in said_to(stage, "grace", "payments")
    assert await handoff_actions(stage) == ["offer"]
    assert await rows(stage, tables.Transfer) == []


async def test_a_later_day_on_which_somebody_else_owns_it_as_well_moves_nothing(stage: Stage) -> None:
    await offer(stage, effective="2026-03-05")
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    catalog = organisation()
    areas = [each.area for each in catalog.assets[0].owners]
    both = (team_owns("Platform", areas[1]), team_owns("Search", areas[1]))
    catalog.assets[0] = asset("payments-db", catalog.assets[0].kind, owners=(team_owns("Payments", areas[0]), *both))
    await stage.bring(catalog)
    await on(stage, 3, 5)
    assert "expired" in (await card(stage)).text
    assert "Search also own" in (await card(stage)).text
    assert "*Search*" in await owner(stage, "payments-db database")
    assert (await handoff_actions(stage))[-1] == "fail"

"""A team says "we own this", over the wire."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.blocks.handoff.actions import ACCEPT_ALL
from bot.domain.catalog import PersonClaim
from bot.playground.fake_slack import PostedMessage
from bot.services import claims as claiming
from bot.services import people
from bot.store import tables
from tests.slack.conftest import HERE, Stage, asset, organisation, team_owns
from tests.slack.test_clicks import actions, drained
from tests.slack.test_handoff import card, offer
from tests.slack.test_requests import said_in, submit
from tests.slack.test_whoowns import buttons

REASON = "We have run it since May"


async def claim(
    stage: Stage, answer: PostedMessage, *, user: str, value: str | None = None, reason: str = REASON
) -> str:
    """Press or choose "We own this", submit the modal for the first team, and return what is said."""
    await stage.press(answer, "ownership.claim", user=user, value=value)
    view = stage.slack.view_stack(user)[-1]
    is_asked = "ownership.claim_reason" in str(view.payload)
    delivery = await stage.slack.submit_view(user, view.id, {"ownership.claim_reason": reason} if is_asked else {})
    assert delivery.status in (200, None), delivery
    await stage.settle()
    return stage.slack.visible_messages(user, "general")[-1].text


async def facts(stage: Stage) -> list[tables.Ownership]:
    async with stage.database.reading() as session:
        rows = await session.execute(select(tables.Ownership).order_by(tables.Ownership.id))  # type: ignore[arg-type]
        return list(rows.scalars())


async def test_what_nobody_owns_belongs_to_the_team_at_once(stage: Stage) -> None:
    answer = await stage.ask("/whoowns old-cron", user="solo")
    assert "We own this" in buttons(answer)
    assert "*Search* owns *old-cron* now." in await claim(stage, answer, user="solo")
    now = await stage.ask("/whoowns old-cron", user="grace")
    assert "*Search*" in now.text.splitlines()[0]
    assert "Decided in Slack" in now.text
    assert "confirmed by" in now.text
    assert (await actions(stage)).count("ownership.claim") == 1
    assert await drained(stage, "search") == []


async def test_a_claim_outlives_imports_that_name_nobody(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns old-cron", user="solo"), user="solo")
    await stage.bring(organisation())
    await stage.bring(organisation(), source="again")
    assert "*Search*" in (await stage.ask("/whoowns old-cron")).text.splitlines()[0]


async def test_an_import_that_disagrees_with_a_claim_is_a_dispute(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns old-cron", user="solo"), user="solo")
    catalog = organisation()
    catalog.assets = [
        each if each.name != "old-cron" else asset("old-cron", owners=(team_owns("Platform"),))
        for each in catalog.assets
    ]
    await stage.bring(catalog)
    said = (await stage.ask("/whoowns old-cron")).text
    assert "There is a dispute about who owns *old-cron*" in said
    assert "claims it in Slack; baton says *Platform*" in said


async def test_a_claim_of_what_is_owned_waits_for_its_owner_who_hears_once(stage: Stage) -> None:
    answer = await stage.ask("/whoowns search-api", user="grace")
    said = await claim(stage, answer, user="grace")
    assert "*search-api* goes to *Payments* once *Search* agrees. I am telling Search in <#" in said
    now = (await stage.ask("/whoowns search-api")).text
    assert "*Search*" in now.splitlines()[0]
    assert "*Payments* asked for it" in now
    again = await claim(stage, answer, user="grace")
    assert "already owns or claims" in again
    [told] = await drained(stage, "search")
    assert "asks *Search* for *search-api*, for *Payments*." in told.text
    assert f"> {REASON}" in told.text
    assert list(buttons(told)) == ["Agree", "It is ours", "Ask…"]
    assert [fact for fact in await facts(stage) if fact.confirmed_by is not None] == []


async def test_what_is_confirmed_is_claimed_through_the_menu(stage: Stage) -> None:
    await stage.press(await stage.ask("/whoowns search-api", user="solo"), "ownership.confirm", user="solo")
    answer = await stage.ask("/whoowns search-api", user="grace")
    assert "We own this" not in buttons(answer)
    menu = next(each for each in answer.blocks[-1]["elements"] if each["type"] == "overflow")
    assert [each["text"]["text"] for each in menu["options"]] == ["We own this…"]
    assert "goes to *Payments* once *Search* agrees" in await claim(
        stage, answer, user="grace", value=menu["options"][0]["value"]
    )


async def test_a_claim_of_what_is_inherited_is_answered_by_the_owner_of_the_whole(stage: Stage) -> None:
    said = await claim(stage, await stage.ask("/whoowns checkout-worker", user="solo"), user="solo")
    assert "*checkout-worker* goes to *Search* once *Payments* agrees." in said
    [told] = await drained(stage, "payments")
    await stage.press(told, "ownership.matter_agree", user="ada")
    now = (await stage.ask("/whoowns checkout-worker")).text.splitlines()[0]
    assert "*Search* (" in now
    assert "inherited" not in now
    assert "*Payments* (" in (await stage.ask("/whoowns checkout")).text.splitlines()[0]


async def test_a_claim_is_withdrawn_and_things_are_as_before(stage: Stage) -> None:
    before = (await stage.ask("/whoowns search-api")).text
    await claim(stage, await stage.ask("/whoowns search-api", user="grace"), user="grace")
    answer = await stage.ask("/whoowns search-api", user="grace")
    assert "Withdraw our claim" in buttons(answer)
    assert "We own this" not in buttons(answer)
    pressed = await stage.press(answer, "ownership.withdraw", user="grace")
    assert stage.slack.visible_messages("grace", "general")[-1].text == before
    await stage.slack.deliver_again(pressed)
    await stage.settle()
    assert stage.slack.visible_messages("grace", "general")[-1].text == before
    assert (await actions(stage)).count("ownership.withdraw") == 1


async def test_a_claim_is_withdrawn_from_its_receipt(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns old-cron", user="grace"), user="grace")
    receipt = stage.slack.visible_messages("grace", "general")[-1]
    assert list(buttons(receipt)) == ["Withdraw our claim"]
    await stage.press(receipt, "ownership.withdraw", user="grace")
    assert stage.slack.visible_messages("grace", "general")[-1].text.startswith(
        ":grey_question: Nobody owns *old-cron*."
    )


async def test_whoever_was_refused_can_claim_it_again_where_they_hear_it(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns search-api", user="grace"), user="grace")
    [told] = await drained(stage, "search")
    await stage.press(told, "ownership.matter_keep", user="solo")
    dm = await stage.slack.open_dm("grace")
    await drained(stage, "search")
    heard = stage.slack.visible_messages("grace", dm.id)[-1]
    assert heard.text.endswith("You can claim it again, with another reason.")
    await stage.press(heard, "ownership.claim", user="grace")
    assert "*Search* owns *search-api*" in said_in(stage.slack.view_stack("grace")[-1])


async def test_only_a_member_may_claim_and_it_is_checked_at_the_click(stage: Stage) -> None:
    answer = await stage.ask("/whoowns old-cron", user="solo")
    await stage.press(answer, "ownership.claim", user="solo")
    view = stage.slack.view_stack("solo")[-1]
    left = organisation()
    solo = next(person for person in left.people if person.email == "solo@example.test")
    left.people.remove(solo)
    left.people.append(type(solo)(name=solo.name, email=solo.email, teams=(), origin=solo.origin))
    await stage.bring(left)
    delivery = await stage.slack.submit_view("solo", view.id, {})
    assert "Only members of Search and their leads can claim old-cron for it" in str(delivery.response)
    assert "ownership.claim" not in await actions(stage)


async def asked_in_a_thread(stage: Stage, asset_name: str) -> PostedMessage:
    """Let Solo ask where everybody sees the answer, and its buttons."""
    asked = await stage.say(f"<@{stage.slack.workspace.bot_user_id}> who owns {asset_name}?", user="solo")
    return stage.slack.visible_messages("solo", "general", thread_ts=asked.ts)[-1]


async def test_a_claim_may_be_the_first_act_of_somebody_whom_the_catalog_knows_by_address(stage: Stage) -> None:
    catalog = organisation()
    catalog.people.append(PersonClaim(name="Eve", email="eve@example.test", teams=("Platform",), origin=HERE))
    await stage.bring(catalog)
    answer = await asked_in_a_thread(stage, "old-cron")
    assert "*Platform* owns *old-cron* now" in await claim(stage, answer, user="eve")


async def test_whoever_claims_what_is_theirs_hears_that_it_is(stage: Stage) -> None:
    answer = await asked_in_a_thread(stage, "invoices database")
    await stage.press(answer, "ownership.claim", user="omar")
    said = stage.slack.visible_messages("omar", "general", thread_ts=answer.thread_ts)[-1].text
    assert said == "*Platform* already owns or claims *invoices*."
    assert stage.slack.view_stack("omar") == []


async def test_an_owner_is_not_asked_to_claim(stage: Stage) -> None:
    assert "We own this" not in buttons(await stage.ask("/whoowns checkout", user="ada"))


async def test_a_claim_of_a_split_asset_takes_the_area_that_the_answer_names(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns payments-db", user="solo"), user="solo")
    [told] = await drained(stage, "payments")
    assert "asks *Payments* for the application of *payments-db*, for *Search*." in told.text
    await stage.press(told, "ownership.matter_agree", user="ada")
    said = (await stage.ask("/whoowns payments-db")).text
    assert "*Search*" in said.splitlines()[0]
    assert "*Platform*" in said


async def test_of_a_split_asset_whoever_claims_it_chooses_the_part(stage: Stage) -> None:
    await stage.press(await stage.ask("/whoowns payments-db", user="solo"), "ownership.claim", user="solo")
    view = stage.slack.view_stack("solo")[-1]
    assert "*Payments* owns the application of *payments-db*, *Platform* the database." in said_in(view)
    chosen = {"ownership.claim_area": "database", "ownership.claim_reason": REASON}
    assert await submit(stage, "solo", chosen) == {}
    receipt = stage.slack.visible_messages("solo", "general")[-1].text
    assert receipt.startswith("The database of *payments-db* goes to *Search* once *Platform* agrees.")
    [told] = await drained(stage, "platform")
    assert "asks *Platform* for the database of *payments-db*, for *Search*." in told.text
    assert "*Search* asked for the database <!date" in (await stage.ask("/whoowns payments-db", user="eve")).text
    await stage.press(told, "ownership.matter_agree", user="lin")
    said = (await stage.ask("/whoowns payments-db")).text.splitlines()[0]
    assert "*Payments* (<#C00000008>) owns the application" in said
    assert "*Search*" in said


async def test_the_owner_reads_to_whom_it_is_promised_already(stage: Stage) -> None:
    await offer(stage, effective="2026-03-20")
    await stage.press(await card(stage), ACCEPT_ALL, user="grace")
    await claim(stage, await stage.ask("/whoowns database of payments-db", user="solo"), user="solo")
    told = next(each for each in await drained(stage, "platform") if "asks *Platform*" in each.text)
    assert "*Platform* hands it over to *Payments* on <!date" in told.text


async def test_where_one_part_is_left_to_claim_the_form_names_it(stage: Stage) -> None:
    await stage.press(await stage.ask("/whoowns payments-db", user="lin"), "ownership.claim", user="lin")
    view = stage.slack.view_stack("lin")[-1]
    assert "*Payments* owns the application of *payments-db*. I ask them" in said_in(view)
    assert "ownership.claim_area" not in str(view.payload)


async def test_a_claim_of_one_area_leaves_the_rest(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns who owns the database of search-api?", user="lin"), user="lin")
    [told] = await drained(stage, "search")
    assert "for the database of *search-api*" in told.text
    await stage.press(told, "ownership.matter_agree", user="solo")
    assert "*Search*" in (await stage.ask("/whoowns search-api")).text.splitlines()[0]
    assert "*Platform*" in (await stage.ask("/whoowns who owns the database of search-api?")).text.splitlines()[0]


@pytest.mark.parametrize("question", ["payments-db history", "history of payments-db"])
async def test_the_history_of_an_asset(stage: Stage, question: str) -> None:
    said = (await stage.ask(f"/whoowns {question}")).text
    assert "Owners of *payments-db*, the latest first:" in said
    assert "*Payments*" in said
    assert "from baton" in said


@pytest.mark.parametrize("name", ["order-history", "search-api-on-2026-01-05", "previous-owners-of-search-api"])
async def test_a_name_asks_for_itself_whatever_it_says(stage: Stage, name: str) -> None:
    catalog = organisation()
    catalog.assets.append(asset(name, owners=(team_owns("Search"),)))
    await stage.bring(catalog)
    for written in (name, name.replace("-", " ", 1)):
        said = (await stage.ask(f"/whoowns {written}")).text
        assert said.startswith("*Search* (")
        assert f"owns *{name}*" in said


async def test_who_owned_it_on_a_day_that_is_over(stage: Stage) -> None:
    catalog = organisation()
    catalog.assets = [
        each if each.name != "search-api" else asset("search-api", kind=each.kind, owners=(team_owns("Platform"),))
        for each in catalog.assets
    ]
    first = stage.clock.now()
    stage.clock.advance(timedelta(days=30))
    await stage.bring(catalog)
    stage.clock.advance(timedelta(days=5))
    day = first.date().isoformat()
    then = (await stage.ask(f"/whoowns who owned search-api on {day}?")).text
    assert f"|{day}> *Search*" in then
    assert "owned *search-api*" in then
    assert "*Platform*" in (await stage.ask("/whoowns search-api")).text.splitlines()[0]
    early = (await stage.ask("/whoowns search-api on 2001-01-01")).text
    assert "Owners of *search-api* are recorded only since" in early
    assert "is still to come" in (await stage.ask("/whoowns search-api on 2999-01-01")).text


@pytest.mark.parametrize(
    "question",
    [
        *(
            "who used to own search-api?",
            "who owned search-api at Christmas?",
            "who was the previous owner of search-api?",
        ),
        *(
            "wer war früher für search-api zuständig?",
            "qui gérait search-api avant ?",
            "¿quién llevaba antes search-api?",
            "wer war letztes Jahr für search-api zuständig?",
        ),
    ],
)
async def test_a_question_about_the_past_that_names_no_day_is_told_all_owners(stage: Stage, question: str) -> None:
    assert "Owners of *search-api*, the latest first:" in (await stage.ask(f"/whoowns {question}")).text


async def test_who_owned_what_has_left_the_catalog(stage: Stage) -> None:
    catalog = organisation()
    catalog.assets = [each for each in catalog.assets if each.name != "search-api"]
    day = stage.clock.now().date().isoformat()
    stage.clock.advance(timedelta(days=3))
    await stage.bring(catalog)
    assert f"|{day}> *Search*" in (await stage.ask(f"/whoowns search-api on {day}")).text


async def test_of_two_claims_at_once_the_second_waits_for_the_first(stage: Stage) -> None:
    context = stage.baton.context
    asset_id = next(
        each for each in context.snapshot.directory.ids() if context.snapshot.asset(each).name == "old-cron"
    )
    claims = []
    for user, name in (("solo", "Search"), ("grace", "Payments")):
        team = context.snapshot.team_by_name(name)
        person_id = await people.identify(context.deps, context.slack, stage.slack.workspace.user(user).id)
        assert team is not None
        claims.append(
            claiming.claim(
                context.deps,
                context.snapshot,
                asset_id=asset_id,
                team_id=team.id,
                person_id=person_id,
                words=claiming.ClaimWords(reason=REASON),
            )
        )
    outcomes = await asyncio.gather(*claims)
    assert sorted(type(each).__name__ for each in outcomes) == ["Claimed", "Offered"]
    first = next(each.team for each in outcomes if isinstance(each, claiming.Claimed))
    second = next(each for each in outcomes if isinstance(each, claiming.Offered))
    assert second.told.name == first
    assert len(await drained(stage, first.lower())) == 1


async def test_more_claims_at_once_than_there_are_connections_are_all_answered(stage: Stage) -> None:
    context = stage.baton.context
    asset_id = next(
        each for each in context.snapshot.directory.ids() if context.snapshot.asset(each).name == "old-cron"
    )
    team = context.snapshot.team_by_name("Search")
    person_id = await people.identify(context.deps, context.slack, stage.slack.workspace.user("solo").id)
    assert team is not None
    claims = (
        claiming.claim(context.deps, context.snapshot, asset_id=asset_id, team_id=team.id, person_id=person_id)
        for _ in range(30)
    )
    async with asyncio.timeout(20):  # a connection that is waited for in vain is given up on after 30 seconds
        outcomes = await asyncio.gather(*claims)
    assert sorted(type(each).__name__ for each in outcomes) == ["AlreadyTheirs"] * 29 + ["Claimed"]

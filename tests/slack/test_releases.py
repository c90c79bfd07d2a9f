"""A team gives up what it owns, and nobody owns it on purpose, over the wire."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.blocks.handoff import actions as handoff_ids
from bot.domain.catalog import Area, AssetKind, Runs, SourceCatalog
from bot.playground.fake_slack import PostedMessage, ViewRef
from bot.services import snapshot
from handlers import releases
from handlers.handoff import due_days
from tests.slack.conftest import Stage, asset, organisation, team_owns
from tests.slack.test_claims import claim
from tests.slack.test_clicks import actions, drained
from tests.slack.test_eol_answers import posted
from tests.slack.test_handoff import card as handoff_card
from tests.slack.test_handoff import offer, said_to
from tests.slack.test_matters import AGREE, card, doubted, team_id
from tests.slack.test_orphans import direct, leave, press_view, suggest
from tests.slack.test_requests import element
from tests.slack.test_whoowns import buttons


@pytest.fixture
def platform_channel() -> str:
    return "general"


@pytest.fixture
def catalog_admins() -> tuple[str, ...]:
    return ("omar",)


def undated(text: str) -> str:
    return re.sub("<!date[^>]*>", "DAY", text)


def menu(answer: PostedMessage) -> dict[str, str]:
    """The options of the menu "⋯" of an answer: their values by their words."""
    elements = [each for block in answer.blocks if block["type"] == "actions" for each in block["elements"]]
    options = [each["options"] for each in elements if each["action_id"] == "ownership.more"]
    return {each["text"]["text"]: each["value"] for some in options for each in some}


async def choose(stage: Stage, name: str, option: str, *, user: str) -> str:
    """Choose an option of the answer's menu; the text of the form."""
    answer = await stage.ask(f"/whoowns {name}", user=user)
    await stage.press(answer, "ownership.more", user=user, value=menu(answer)[option])
    return str(stage.slack.view_stack(user)[-1].payload)


async def submit(stage: Stage, user: str, **values: str) -> str:
    """Fill the open form; what its sender reads then, or what is wrong with it."""
    view = stage.slack.view_stack(user)[-1]
    delivery = await stage.slack.submit_view(user, view.id, {f"ownership.{key}": each for key, each in values.items()})
    await stage.settle()
    if "errors" in str(delivery.response):
        return str(delivery.response)
    await drained(stage, "general")
    return [each for each in stage.slack.visible_messages(user, "general") if each.ephemeral_for][-1].text


async def release(stage: Stage, name: str, *, user: str, why: str = "Nobody calls it <!channel>") -> str:
    await choose(stage, name, "We no longer own it…", user=user)
    return await submit(stage, user, release_reason=why)


async def said(stage: Stage, name: str, *, user: str = "lin") -> str:
    await drained(stage, "general")  # what is posted meanwhile would be taken for the answer
    return (await stage.ask(f"/whoowns {name}", user=user)).text


async def test_whoever_gave_something_up_and_takes_it_back_is_not_asked_for_an_owner_any_more(stage: Stage) -> None:
    await release(stage, "search-api", user="solo")
    [asked] = await drained(stage, "general")
    assert "We own this" in buttons(asked)
    await claim(stage, await stage.ask("/whoowns search-api", user="solo"), user="solo")
    [now] = await drained(stage, "general")
    assert now.text.startswith("*Search* took *search-api*. <@")
    assert not buttons(now)


async def test_what_a_team_gives_up_is_nobodys_and_the_answer_says_since_when_and_why(stage: Stage) -> None:
    form = await choose(stage, "search-api", "We no longer own it…", user="solo")
    assert "After that nobody owns it, and I ask who takes it. Know who takes it? Offer it instead." in form
    assert "Say why you no longer own it." in await submit(stage, "solo", release_reason=" ")
    receipt = await submit(stage, "solo", release_reason="Nobody calls it <!channel>")
    assert receipt.startswith("*Search* no longer owns *search-api*.")
    now = await said(stage, "search-api")
    assert now.startswith(":grey_question: Nobody owns *search-api*. *Search* gave it up on <!date^")
    assert "*Search* gave it up on DAY: Nobody calls it &lt;!channel&gt;" in undated(now)
    [posted] = await drained(stage, "general")
    assert ":warning: Nobody owns *search-api*. *Search* gave it up on <!date^" in posted.text
    assert (await actions(stage)).count("ownership.release") == 1


async def test_the_receipt_of_a_release_leads_to_what_is_unowned_on_purpose(stage: Stage) -> None:
    await release(stage, "search-api", user="solo")
    receipt = [each for each in stage.slack.visible_messages("solo", "general") if each.ephemeral_for][-1]
    [shown] = [each["accessory"] for each in receipt.blocks if "accessory" in each]
    [mark] = shown["options"]
    await stage.press(receipt, "ownership.more", user="solo", value=mark["value"])
    assert "Nobody owns *search-api*, on purpose." in await submit(stage, "solo", unowned_reason="Switched off")


async def test_a_file_that_still_names_them_does_not_bring_it_back(stage: Stage) -> None:
    await release(stage, "search-api", user="solo")
    [question] = await drained(stage, "general")
    await stage.bring(organisation())
    assert "Nobody owns *search-api*. *" in await said(stage, "search-api")
    assert "We own this" in buttons(question)
    other = organisation()
    other.assets = [
        each if each.name != "search-api" else asset("search-api", kind=each.kind, owners=(team_owns("Platform"),))
        for each in other.assets
    ]
    await stage.bring(other, source="again")
    assert (await said(stage, "search-api")).startswith("*Platform* (<#")
    [now] = [each for each in await drained(stage, "general") if each.ts == question.ts]
    assert (now.text, buttons(now)) == ("*Platform* owns *search-api* now.", {}), "nobody is asked any more"


@pytest.mark.parametrize(("area", "is_asked"), [(Area.APPLICATION, True), (Area.ALL, False)])
async def test_a_file_that_names_an_owner_of_a_part_leaves_the_question_for_the_rest(
    stage: Stage, area: Area, is_asked: bool
) -> None:
    await release(stage, "search-api", user="solo")
    [question] = await drained(stage, "general")
    other = organisation()
    other.assets = [
        replace(each, owners=(team_owns("Platform", area),)) if each.name == "search-api" else each
        for each in other.assets
    ]
    await stage.bring(other, source="again")
    [now] = [each for each in await posted(stage, "general") if each.ts == question.ts]
    assert ("We own this" in buttons(now)) is is_asked


async def test_a_team_takes_it_by_a_claim_and_nobody_disputes_that(stage: Stage) -> None:
    await release(stage, "search-api", user="solo")
    [question] = await drained(stage, "general")
    assert "*Payments* owns *search-api* now" in await claim(
        stage, await stage.ask("/whoowns search-api", user="grace"), user="grace"
    )
    [settled] = [each for each in await drained(stage, "general") if each.ts == question.ts]
    assert settled.text.startswith("*Payments* took *search-api*. <@"), "nobody else is asked any more"
    await stage.bring(organisation())
    assert (await said(stage, "search-api")).startswith("*Payments* (<#")


async def test_what_is_given_up_on_a_doubt_is_said_and_asked_about_as_after_a_release(stage: Stage) -> None:
    await doubted(stage, "search-api", reason="Moved in May")
    await stage.press(await card(stage, "search"), AGREE, user="solo")
    now = await said(stage, "search-api")
    assert now.startswith(":grey_question: Nobody owns *search-api*. *Search* gave it up on <!date^")
    why = "eve asked whether it is theirs (“Moved in May”), and it is not"
    assert f"*Search* gave it up on DAY: {why}" in undated(now), "what somebody else wrote is not the owner's reason"
    [asked] = [each for each in await drained(stage, "general") if "Nobody owns" in each.text]
    assert f"*Search* gave it up on DAY.\n> {why}" in undated(asked.text)
    assert (await actions(stage)).count("ownership.release") == 1
    await stage.bring(organisation())
    assert "*Search* gave it up on" in await said(stage, "search-api")


async def test_the_form_that_gives_something_up_leads_to_offering_it(stage: Stage) -> None:
    form = await choose(stage, "search-api", "We no longer own it…", user="solo")
    assert "Offer it…" in form
    await stage.slack.act("solo", ViewRef(stage.slack.view_stack("solo")[-1].id), "handoff.open")
    await stage.settle()
    offering = stage.slack.view_stack("solo")[-1]
    assert offering.payload["title"]["text"] == "Hand over"
    named = next(
        each["value"] for each in element(offering, handoff_ids.RECEIVER)["options"] if "Payments" in str(each)
    )
    await stage.slack.submit_view("solo", offering.id, {handoff_ids.RECEIVER: named})
    await stage.settle()
    assert "*Search* offers *search-api* to *Payments*" in (await handoff_card(stage)).text
    assert "ownership.release" not in await actions(stage)


async def test_what_is_inherited_and_given_up_on_a_doubt_says_since_when_and_why(stage: Stage) -> None:
    made = organisation()
    made.assets.append(asset("reindex", parent="search-api"))
    await stage.bring(made)
    await doubted(stage, "reindex")
    await stage.press(await card(stage, "search"), AGREE, user="solo")
    now = await said(stage, "reindex")
    assert "*Search* gave it up on DAY: eve asked whether it is theirs, and it is not." in undated(now)
    assert (await said(stage, "search-api")).startswith("*Search* (<#")
    [asked] = [each for each in await drained(stage, "general") if "Nobody owns" in each.text]
    assert "Nobody owns *reindex*. *" in asked.text


async def test_what_is_given_up_does_not_fall_to_the_parents_owner_or_to_whoever_owns_the_rest(stage: Stage) -> None:
    made = organisation()
    made.assets.append(asset("reindex", owners=(team_owns("Search"),), parent="checkout"))
    await stage.bring(made)
    await release(stage, "reindex", user="solo")
    assert "Nobody owns *reindex*. *" in await said(stage, "reindex")
    [posted] = await drained(stage, "general")
    assert "• *Payments* · owns checkout, which it is part of" in posted.text
    await stage.press(posted, "orphans.accept", user="solo", block_id=posted.blocks[1]["block_id"])
    assert "Only members of Payments" in stage.slack.visible_messages("solo", "general")[-1].text
    await stage.press(posted, "orphans.accept", user="grace", block_id=posted.blocks[1]["block_id"])
    assert "*Payments* owns *reindex* now." in stage.slack.visible_messages("grace", "general")[-1].text
    assert (await said(stage, "reindex")).startswith("*Payments* (<#")
    [posted] = await drained(stage, "general")
    assert posted.text.startswith("*Payments* took *reindex*. <@")
    answer = await stage.ask("/whoowns deployments of checkout", user="omar")
    await stage.press(answer, "ownership.more", user="omar", value=menu(answer)["We no longer own it…"])
    refusal = str(stage.slack.view_stack("omar")[-1].payload) if stage.slack.view_stack("omar") else ""
    refusal += stage.slack.visible_messages("omar", "general")[-1].text
    assert "Payments owns the rest, and would have it by silence: offer it to them instead." in refusal
    instead = stage.slack.visible_messages("omar", "general")[-1]
    assert list(buttons(instead)) == ["Offer it to Payments…"]
    await stage.press(instead, "handoff.open", user="omar")
    await stage.slack.submit_view("omar", stage.slack.view_stack("omar")[-1].id, {})
    await stage.settle()
    [offered] = [each for each in await drained(stage, "payments") if ":handshake:" in each.text]
    assert "*Platform* offers *checkout* (CI and deployments) to *Payments*." in offered.text


async def split(stage: Stage) -> None:
    """A database of which Payments owns the application, and Platform the database, an old PostgreSQL."""
    made = organisation()
    owners = (team_owns("Payments", Area.APPLICATION), team_owns("Platform", Area.DATABASE))
    runs = (Runs("postgres", "11.22", "aws-rds", "production"),)
    made.assets.append(asset("ledger", AssetKind.DATABASE, owners=owners, runs=runs))
    # What has one owner by one file is judged once for all of it.
    made.assets.append(asset("other", AssetKind.DATABASE, owners=(team_owns("Payments", Area.APPLICATION),), runs=runs))
    await stage.bring(made)


@pytest.mark.parametrize("by", ["release", "doubt"])
async def test_of_a_split_asset_the_rest_does_not_become_the_whole_when_a_part_is_given_up(
    stage: Stage, by: str
) -> None:
    await split(stage)
    assert "ledger" in (await stage.ask("/eol platform", user="eve")).text
    if by == "release":
        receipt = await release(stage, "the database of ledger", user="lin", why="Moved in May")
        assert receipt.startswith("*Platform* no longer owns the database of *ledger*.")
    else:
        await doubted(stage, "ledger", user="eve", area="database", reason="Moved in May")
        await stage.press(await card(stage, "platform"), AGREE, user="lin")
    now = await said(stage, "ledger", user="eve")
    assert now.startswith("*Payments* (<#")
    assert " owns the application of *ledger*." in now.splitlines()[0]
    assert "Nobody owns the database. *" in now
    assert "*Platform* gave it up on DAY: " in undated(now)
    [ends] = [line for line in (await stage.ask("/eol payments", user="eve")).text.splitlines() if "ledger" in line]
    assert "other" in ends
    assert "nobody: ledger" in ends, "Payments did not accept the database, and sees that it is nobody's"
    assert "nobody: ledger" in (await stage.ask("/eol all", user="eve")).text


async def test_on_the_answer_about_the_whole_the_owner_of_a_part_gives_up_that_part(stage: Stage) -> None:
    await split(stage)
    form = await choose(stage, "ledger", "We no longer own it…", user="lin")
    assert "*Platform* owns the database of *ledger*. After that nobody owns it" in form
    receipt = await submit(stage, "lin", release_reason="Moved in May")
    assert receipt.startswith("*Platform* no longer owns the database of *ledger*.")
    now = await said(stage, "ledger", user="eve")
    assert now.startswith("*Payments* (<#")
    assert "Nobody owns the database. *" in now


async def test_of_the_whole_a_part_is_not_left_to_whoever_owns_the_rest(stage: Stage) -> None:
    answer = await stage.ask("/whoowns checkout", user="omar")
    await stage.press(answer, "ownership.more", user="omar", value=menu(answer)["We no longer own it…"])
    refusal = stage.slack.visible_messages("omar", "general")[-1]
    assert "Payments owns the rest, and would have it by silence: offer it to them instead." in refusal.text
    await stage.press(refusal, "handoff.open", user="omar")
    assert "checkout (CI and deployments)" in str(stage.slack.view_stack("omar")[-1].payload)


async def test_whoever_owns_the_rest_can_claim_the_part_that_nobody_owns_on_the_answer(stage: Stage) -> None:
    await split(stage)
    await release(stage, "the database of ledger", user="lin", why="Moved in May")
    now = await said(stage, "ledger", user="grace")
    assert "Yours? Press *We own this*." in now
    receipt = await claim(stage, await stage.ask("/whoowns ledger", user="grace"), user="grace")
    assert "*Payments* owns the database of *ledger* now." in receipt
    assert "Nobody owns" not in await said(stage, "ledger", user="eve")
    assert "ledger" in (await stage.ask("/eol payments", user="eve")).text


async def test_a_file_that_names_an_owner_of_both_parts_that_were_given_up_ends_both_questions(stage: Stage) -> None:
    await split(stage)
    await release(stage, "the database of ledger", user="lin")
    await release(stage, "the application of ledger", user="grace")
    asked = [each.ts for each in await drained(stage, "general") if "We own this" in buttons(each)]
    assert len(asked) == 2
    made = organisation()
    made.assets.append(asset("ledger", AssetKind.DATABASE, owners=(team_owns("Search"),)))
    await stage.bring(made, source="again")
    now = [each for each in await drained(stage, "general") if each.ts in asked]
    assert [(each.text, buttons(each)) for each in now] == [
        (f"*Search* owns the {part} of *ledger* now.", {}) for part in ("database", "application")
    ]


async def give_up(stage: Stage, by: str, *, team: str = "") -> None:
    """Platform gives up the database of the ledger, of which Payments own the application."""
    if by == "release":
        await release(stage, "the database of ledger", user="lin", why="Moved in May")
        return
    named = {"team": team} if team else {}
    await doubted(stage, "ledger", user="eve", area="database", reason="Moved in May", **named)
    await stage.press(await card(stage, "platform"), AGREE, user="lin")


@pytest.mark.parametrize("by", ["release", "doubt"])
async def test_whoever_owns_the_rest_hears_that_a_part_is_nobodys_and_takes_it(stage: Stage, by: str) -> None:
    await split(stage)
    await give_up(stage, by)
    [told] = [each for each in await posted(stage, "payments") if "Nobody owns" in each.text]
    assert told.text.startswith("Nobody owns the database of *ledger* now: it is not *Platform*'s any more.\n> ")
    assert "You own the application of *ledger*. Is that yours as well? Press *We own this*." in told.text
    await claim(stage, told, user="grace")
    assert "Nobody owns" not in await said(stage, "ledger", user="eve")
    assert "ledger" in (await stage.ask("/eol payments", user="eve")).text
    [told] = [each for each in await posted(stage, "payments") if each.ts == told.ts]
    assert told.text.startswith("*Payments* took the database of *ledger*. <@"), "nothing is asked any more"


async def test_whoever_owns_a_part_hears_that_the_rest_is_nobodys_and_takes_it(stage: Stage) -> None:
    await release(stage, "checkout", user="grace", why="Platform runs it")
    [told] = [each for each in await posted(stage, "platform") if "Nobody owns" in each.text]
    assert told.text.startswith("Nobody owns the rest of *checkout* now: it is not *Payments*' any more.\n> ")
    assert "You own CI and deployments of *checkout*." in told.text
    await claim(stage, told, user="lin")
    now = await said(stage, "checkout", user="eve")
    assert now.startswith("*Platform* (<#")
    assert "no owner" not in now


async def test_the_rest_is_taken_by_a_third_team_or_on_the_question_who_does(stage: Stage) -> None:
    await release(stage, "checkout", user="grace", why="Platform runs it")
    await drained(stage, "general")
    await claim(stage, await stage.ask("/whoowns checkout", user="solo"), user="solo")
    now = await said(stage, "checkout", user="eve")
    assert "*Search* (<#" in now.splitlines()[0]
    assert "*Platform*" in now.splitlines()[0], "who keeps their part"
    await release(stage, "checkout", user="solo", why="No longer")
    question = [each for each in await posted(stage, "general") if "Nobody owns" in each.text][-1]
    block = next(each["block_id"] for each in question.blocks if "Platform takes it" in str(each.get("accessory")))
    await stage.press(question, "orphans.accept", user="lin", block_id=block)
    now = await said(stage, "checkout", user="eve")
    assert now.startswith("*Platform* (<#")
    assert "no owner" not in now


async def test_whoever_owns_the_rest_and_is_asked_whether_it_is_theirs_hears_it_once(stage: Stage) -> None:
    await split(stage)
    await give_up(stage, "doubt", team=team_id(stage, "Payments"))
    [told] = [each for each in await posted(stage, "payments") if "ledger" in each.text]
    assert list(buttons(told)) == ["We own this", "Not ours"]


async def test_what_is_charged_for_a_part_that_is_nobodys_stays_in_the_digest_of_whoever_owns_the_rest(
    stage: Stage,
) -> None:
    await split(stage)
    await give_up(stage, "release")
    await posted(stage, "payments")
    stage.clock.at = datetime(2026, 3, 10, 12, tzinfo=UTC)
    await stage.baton.context.daily_pass.run()
    digest = (await posted(stage, "payments"))[-1]
    [line] = [line for line in digest.text.splitlines() if "under your *ledger*" in line]
    assert "(which nobody owns): charged now: 0.10 USD per vCPU-hour" in line
    await claim(stage, digest, user="grace")
    assert "Nobody owns" not in await said(stage, "ledger", user="eve")


async def test_what_was_accepted_for_a_later_day_is_offered_to_whoever_accepted_it_once_its_giver_has_it_no_more(
    stage: Stage,
) -> None:
    await split(stage)
    await offer(stage, name="ledger", effective="2026-03-10")
    await stage.press(await handoff_card(stage), handoff_ids.ACCEPT_ALL, user="grace")
    await give_up(stage, "release")
    await due_days.carry_on(stage.baton.context)
    await posted(stage, "payments")
    [root] = [each for each in stage.slack.visible_messages("grace", "payments") if ":handshake:" in each.text]
    [news] = [
        each
        for each in stage.slack.visible_messages("grace", "payments", thread_ts=root.ts)
        if "called off" in each.text and each.ts != root.ts
    ]
    assert "called off: Platform no longer owns it, and nobody does now." in news.text
    assert list(buttons(news)) == ["We own this", "Show"]
    assert "Offer again…" not in buttons(root), "nobody can offer it again"
    for told in [each for each in await direct(stage, "lin") if "called off" in each.text]:
        assert list(buttons(told)) == ["Show"], "neither the news nor what was said of its acceptance"
    await claim(stage, news, user="grace")
    assert "Nobody owns" not in await said(stage, "ledger", user="eve")


async def test_a_part_that_is_nobodys_counts_in_the_health_report_and_is_where_to_begin(stage: Stage) -> None:
    await split(stage)
    await give_up(stage, "release")
    await drained(stage, "general")
    await stage.slack.run_command("eve", "general", "/baton health")
    await stage.settle()
    report = stage.slack.visible_messages("eve", "general")[-1]
    assert " · 1 with a part that nobody owns · " in report.text
    assert "Find an owner for the database of *ledger*: nobody owns it." in report.text
    block = next(each for each in report.blocks if "the database of *ledger*" in str(each.get("text")))
    await stage.press(report, "health.show", user="eve", block_id=block["block_id"])
    assert "Nobody owns the database. *" in stage.slack.visible_messages("eve", "general")[-1].text


async def test_of_tier_one_the_lead_confirms_and_not_whoever_asked(stage: Stage) -> None:
    before = await said(stage, "payments-db")
    form = await choose(stage, "payments-db", "We no longer own it…", user="grace")
    assert "your lead, your manager or a catalog admin must confirm first" in form
    receipt = await submit(stage, "grace", release_reason="Platform runs it")
    what = "the application of *payments-db*"
    assert receipt == f"T{what[1:]} is tier 1, so nothing has changed yet. I am telling Ada Byron."
    assert await said(stage, "payments-db") == before
    [question] = await direct(stage, "ada")
    assert f"wants *Payments* to give up {what}, which is tier 1" in question.text
    assert "Confirm, and nobody owns it until a team takes it." in question.text
    answer = await stage.ask("/whoowns payments-db", user="grace")
    await stage.press(answer, "ownership.more", user="grace", value=menu(answer)["We no longer own it…"])
    assert "waits to be confirmed" in said_to(stage, "grace", "general"), "before they have written why"
    pressed = await stage.press(question, "ownership.release_confirm", user="ada")
    assert f"confirmed that *Payments* gives up {what}" in (await direct(stage, "ada"))[0].text
    assert f"confirmed that *Payments* gives up {what}" in (await direct(stage, "grace"))[-1].text
    now = await said(stage, "payments-db")
    assert now.startswith("*Platform* (<#")
    assert ":grey_question: Nobody owns the application. *" in now
    assert "*Payments* gave it up on DAY: Platform runs it" in undated(now)
    assert "The rest" not in now
    await stage.slack.deliver_again(pressed)
    assert (await actions(stage)).count("ownership.release") == 1


async def test_a_lead_who_asks_is_confirmed_by_a_catalog_admin_who_may_refuse(stage: Stage) -> None:
    await stage.baton.context.listings.read_members(at_start=True)
    receipt = await release(stage, "payments-db", user="ada", why="Platform runs it")
    assert receipt == "The application of *payments-db* is tier 1, so nothing has changed yet. I am telling Omar Sol."
    assert await drained(stage, "general") == [], "nobody is asked who cannot answer"
    [question] = await direct(stage, "omar")
    await stage.press(question, "ownership.release_refuse", user="omar")
    [question] = await direct(stage, "omar")
    assert "decided that *Payments* keeps the application of *payments-db*" in question.text
    assert "*Payments*" in (await said(stage, "payments-db")).splitlines()[0]
    assert "ownership.release" not in await actions(stage)


class TestWhereTheOnlyCatalogAdminAsks:
    @pytest.fixture
    def catalog_admins(self) -> tuple[str, ...]:
        return ("ada",)

    async def refusal(self, stage: Stage) -> str:
        await stage.baton.context.listings.read_members(at_start=True)
        answer = await stage.ask("/whoowns payments-db", user="ada")
        await stage.press(answer, "ownership.more", user="ada", value=menu(answer)["We no longer own it…"])
        views = stage.slack.view_stack("ada")
        return (str(views[-1].payload) if views else "") + stage.slack.visible_messages("ada", "general")[-1].text

    async def test_they_hear_at_once_that_nobody_can_confirm_and_whom_to_ask(self, stage: Stage) -> None:
        refusal = await self.refusal(stage)
        assert "payments-db is tier 1, and nobody else can confirm that it is given up" in refusal
        assert "Ask your Baton administrator to name another catalog admin" in refusal
        assert "ownership.release_asked" not in await actions(stage)

    async def test_the_manager_confirms(self, stage: Stage) -> None:
        made = organisation()
        made.teams = [replace(each, manager="lin@example.test") for each in made.teams]
        await stage.bring(made)
        await stage.baton.context.listings.read_members(at_start=True)
        assert "I am telling Lin Wei." in await release(stage, "payments-db", user="ada", why="Platform runs it")
        [question] = await direct(stage, "lin")
        await stage.press(question, "ownership.release_confirm", user="lin")
        assert (await actions(stage)).count("ownership.release") == 1


async def end_unconfirmed(stage: Stage) -> None:
    await snapshot.refresh(stage.baton.context.snapshot, stage.database)
    await releases.end_unconfirmed(stage.baton.context)


async def test_what_nobody_confirms_ends_with_a_word_to_whoever_asked(stage: Stage) -> None:
    await release(stage, "payments-db", user="grace", why="Platform runs it")
    stage.clock.advance(datetime(2026, 3, 15, 12, tzinfo=UTC) - stage.clock.now())  # a Sunday, and it may be confirmed
    await end_unconfirmed(stage)
    [question] = await direct(stage, "ada")
    assert list(buttons(question)) == ["Confirm", "Keep it"]
    stage.clock.advance(datetime(2026, 3, 21, 12, tzinfo=UTC) - stage.clock.now())  # a Saturday
    for _ in range(2):
        await end_unconfirmed(stage)
    [question] = await direct(stage, "ada")
    assert "Nobody confirmed it in time, so nothing has changed." in question.text
    assert list(buttons(question)) == []
    assert await direct(stage, "grace") == []
    stage.clock.advance(timedelta(days=2))
    [news] = await direct(stage, "grace")
    assert news.text == question.text
    assert (await actions(stage)).count("ownership.release_expired") == 1
    assert "I am telling Ada Byron" in await release(stage, "payments-db", user="grace", why="Platform runs it")


async def test_the_next_one_is_asked_when_whoever_should_confirm_has_left(stage: Stage) -> None:
    await stage.baton.context.listings.read_members(at_start=True)
    await release(stage, "payments-db", user="grace", why="Platform runs it")
    stage.clock.advance(timedelta(days=9))
    await end_unconfirmed(stage)
    assert await direct(stage, "omar") == [], "the lead may still confirm"
    await leave(stage, "ada")
    for _ in range(2):
        await end_unconfirmed(stage)
    [question] = [each for each in await direct(stage, "omar") if "wants *Payments* to give up" in each.text]
    stage.clock.advance(timedelta(days=9))
    await end_unconfirmed(stage)  # they have as much time
    await stage.press(question, "ownership.release_confirm", user="omar")
    assert (await actions(stage)).count("ownership.release") == 1
    assert "confirmed that *Payments* gives up" in (await direct(stage, "omar"))[-1].text
    assert "confirmed that *Payments* gives up" in (await direct(stage, "grace"))[-1].text


async def test_a_lead_who_is_none_any_more_reads_who_is_asked_now(stage: Stage) -> None:
    await stage.baton.context.listings.read_members(at_start=True)
    await release(stage, "payments-db", user="grace", why="Platform runs it")
    made = organisation()
    made.teams = [replace(each, lead="") if each.name == "Payments" else each for each in made.teams]
    await stage.bring(made)
    await end_unconfirmed(stage)
    [question] = await direct(stage, "ada")
    now = f"<@{stage.slack.workspace.user('omar').id}> is asked now"
    assert question.text == f"{now} whether *Payments* gives up the application of *payments-db*."
    assert buttons(question) == {}
    assert "which is tier 1" in (await direct(stage, "omar"))[-1].text
    stage.clock.advance(timedelta(days=18))
    await end_unconfirmed(stage)
    for handle in ("ada", "omar"):
        assert "Nobody confirmed it in time" in (await direct(stage, handle))[-1].text


async def test_a_request_about_what_has_changed_hands_ends_at_once(stage: Stage) -> None:
    await release(stage, "payments-db", user="grace", why="Platform runs it")
    [question] = await direct(stage, "ada")
    made = organisation()
    made.assets = [each for each in made.assets if each.name != "payments-db"]
    await stage.bring(made, allow_mass_change=True)
    await end_unconfirmed(stage)
    [question] = await direct(stage, "ada")
    assert "*payments-db*: Platform runs it\nIt has changed hands since" in question.text
    assert list(buttons(question)) == []


async def test_nobody_else_is_offered_to_release_it(stage: Stage) -> None:
    assert menu(await stage.ask("/whoowns search-api", user="grace")) == {}
    assert menu(await stage.ask("/whoowns checkout-worker", user="grace")) == {}, "what is inherited"
    assert menu(await stage.ask("/whoowns old-cron", user="grace")) == {}


async def mark(stage: Stage, name: str, *, user: str, until: str, reviewer: str) -> str:
    await choose(stage, name, "Unowned on purpose…", user=user)
    who = stage.slack.workspace.user(reviewer).id
    return await submit(stage, user, unowned_reason="A sandbox", unowned_reviewer=who, unowned_until=until)


async def test_what_is_unowned_on_purpose_is_asked_again_on_its_day(stage: Stage) -> None:
    stage.clock.advance(datetime(2026, 3, 3, 10, tzinfo=UTC) - stage.clock.now())
    await stage.baton.context.listings.read_members(at_start=True)
    await release(stage, "search-api", user="solo")
    assert "within a year" in await mark(stage, "search-api", user="solo", until="2030-01-01", reviewer="ada")
    receipt = await mark(stage, "search-api", user="solo", until="2026-03-11", reviewer="ada")
    assert receipt.startswith("Nobody owns *search-api*, on purpose. <@")
    now = await said(stage, "search-api")
    assert now.startswith("Nobody owns *search-api*, on purpose: A sandbox · <@")
    await stage.bring(organisation())
    assert "on purpose: A sandbox" in await said(stage, "search-api")
    await stage.baton.context.daily_pass.run()
    [named] = await direct(stage, "ada")
    assert "You review it: I ask you again on" in named.text
    stage.clock.advance(timedelta(days=8))
    await stage.baton.context.daily_pass.run()
    await stage.baton.context.daily_pass.run()
    _, question = await direct(stage, "ada")
    assert "*search-api* is unowned on purpose: A sandbox" in question.text
    assert "on purpose: A sandbox" in await said(stage, "search-api"), "silence changes nothing"
    pressed = await stage.press(question, "ownership.end_unowned", user="ada")
    assert "says that somebody should own *search-api*" in (await direct(stage, "ada"))[1].text
    assert "Nobody owns *search-api*. *" in await said(stage, "search-api")
    await stage.slack.deliver_again(pressed)
    assert [each for each in await actions(stage) if each.endswith("_unowned")] == [
        "ownership.mark_unowned",
        "ownership.end_unowned",
    ]


class TestWhereTheReviewerSaysNothing:
    @pytest.fixture
    def catalog_admins(self) -> tuple[str, ...]:
        return ("lin",)

    async def asked(self, stage: Stage) -> None:
        """Ada is asked on Wednesday, 11 March."""
        stage.clock.advance(datetime(2026, 3, 3, 10, tzinfo=UTC) - stage.clock.now())
        await stage.baton.context.listings.read_members(at_start=True)
        await release(stage, "search-api", user="solo")
        await mark(stage, "search-api", user="solo", until="2026-03-11", reviewer="ada")
        await self.on(stage, 11)

    async def on(self, stage: Stage, day: int) -> None:
        stage.clock.at = datetime(2026, 3, day, 10, 30, tzinfo=UTC)
        await stage.baton.context.daily_pass.run()

    async def test_they_are_asked_in_each_digest_until_they_do(self, stage: Stage) -> None:
        await self.asked(stage)
        assert len(await direct(stage, "ada")) == 2
        for day, count in ((12, 2), (17, 2), (24, 3), (25, 3), (31, 4)):  # not in the week after it was asked
            await self.on(stage, day)
            assert len(await direct(stage, "ada")) == count, day
        digest = (await direct(stage, "ada"))[-1]
        assert "*search-api*" in digest.text
        await stage.press(digest, "ownership.keep_unowned", user="ada")
        asked = [each for each in await direct(stage, "ada") if "*search-api*" in each.text][1:]
        assert len(asked) == 3, "on its day, and in two digests"
        for each in asked:
            assert "keeps *search-api* unowned on purpose until" in each.text
            assert not {"Still on purpose", "Somebody should own it"} & {*buttons(each)}
        before = len(await direct(stage, "ada"))
        stage.clock.advance(timedelta(days=7))
        await stage.baton.context.daily_pass.run()
        assert len(await direct(stage, "ada")) == before

    @pytest.fixture
    def platform_channel(self) -> str:
        return ""

    async def test_and_when_they_have_left_a_catalog_admin_is(self, stage: Stage) -> None:
        await self.asked(stage)
        before = len(await direct(stage, "lin"))
        await leave(stage, "ada")
        await snapshot.refresh(stage.baton.context.snapshot, stage.database)
        await self.on(stage, 24)
        assert any("*search-api*" in each.text for each in (await direct(stage, "lin"))[before:])


async def test_each_of_several_says_why_and_takes_both_answers(stage: Stage) -> None:
    stage.clock.advance(datetime(2026, 3, 3, 10, tzinfo=UTC) - stage.clock.now())
    await stage.baton.context.listings.read_members(at_start=True)
    await release(stage, "search-api", user="solo")
    await mark(stage, "old-cron", user="omar", until="2026-03-04", reviewer="omar")
    await mark(stage, "search-api", user="solo", until="2026-03-04", reviewer="omar")
    stage.clock.advance(timedelta(days=1))
    await stage.baton.context.daily_pass.run()
    question = (await direct(stage, "omar"))[-1]
    assert "• Is *search-api* still unowned on purpose? A sandbox" in question.text
    rows = [each["elements"] for each in question.blocks if each["type"] == "actions"]
    assert [[each["text"]["text"] for each in row] for row in rows] == [
        ["Still on purpose", "Somebody should own it"]
    ] * 2
    await stage.press(question, "ownership.end_unowned", user="omar", block_id=question.blocks[-1]["block_id"])
    assert "Nobody owns *search-api*. *" in await said(stage, "search-api")
    assert (await actions(stage)).count("ownership.end_unowned") == 1
    now = (await direct(stage, "omar"))[-1]
    assert now.ts == question.ts
    assert "says that somebody should own *search-api*" in now.text
    rows = [each["elements"] for each in now.blocks if each["type"] == "actions"]
    assert [[each["text"]["text"] for each in row] for row in rows] == [["Still on purpose", "Somebody should own it"]]
    assert "*old-cron* is unowned on purpose: " in now.text, "that is asked still"


async def test_whether_it_is_still_on_purpose_is_asked_no_more_once_somebody_owns_it(stage: Stage) -> None:
    stage.clock.advance(datetime(2026, 3, 3, 10, tzinfo=UTC) - stage.clock.now())
    await stage.baton.context.listings.read_members(at_start=True)
    await mark(stage, "old-cron", user="omar", until="2026-03-04", reviewer="omar")
    stage.clock.advance(timedelta(days=1))
    await stage.baton.context.daily_pass.run()
    await claim(stage, await stage.ask("/whoowns old-cron", user="grace"), user="grace")
    await direct(stage, "omar")
    [question] = [each for each in await direct(stage, "omar") if "old-cron" in each.text]
    assert "*Payments*" in question.text
    assert "Is that still so?" not in question.text
    assert not buttons(question)


async def test_what_is_kept_is_asked_again_half_a_year_later(stage: Stage) -> None:
    stage.clock.advance(datetime(2026, 3, 3, 10, tzinfo=UTC) - stage.clock.now())
    await stage.baton.context.listings.read_members(at_start=True)
    assert "*old-cron*" in await mark(stage, "old-cron", user="omar", until="2026-03-04", reviewer="omar")
    stage.clock.advance(timedelta(days=1))
    await stage.baton.context.daily_pass.run()
    [question] = await direct(stage, "omar")
    await stage.press(question, "ownership.keep_unowned", user="omar")
    await snapshot.refresh(stage.baton.context.snapshot, stage.database)
    await stage.baton.context.daily_pass.run()
    assert "keeps *old-cron* unowned on purpose until" in (await direct(stage, "omar"))[0].text
    assert len(await direct(stage, "omar")) == 1
    answer = await stage.ask("/whoowns old-cron", user="grace")
    assert "We own this" in buttons(answer), "whoever owns it says so"


async def test_whoever_has_given_it_up_is_not_suggested(stage: Stage) -> None:
    await release(stage, "search-api", user="solo")
    assert "*Search*" not in await suggest(stage, "search-api", user="grace")


async def test_whoever_wished_for_it_and_took_that_back_is_not_proposed(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns search-api", user="grace"), user="grace")
    await stage.press(await stage.ask("/whoowns search-api", user="grace"), "ownership.withdraw", user="grace")
    await release(stage, "search-api", user="solo")
    proposed = await suggest(stage, "search-api", user="lin")
    assert "have no guess who could own *search-api*" in proposed
    assert "*Payments*" not in proposed


async def test_an_admin_who_lets_a_team_have_it_does_not_look_after_it(stage: Stage) -> None:
    made = organisation()
    made.assets = [replace(each, parent="checkout") if each.name == "search-api" else each for each in made.assets]
    await stage.bring(made)
    await leave(stage, "solo")
    await suggest(stage, "search-api", user="omar")
    await press_view(stage, "omar", "orphans.accept")
    await release(stage, "search-api", user="ada")
    assert "*Platform*" not in await suggest(stage, "search-api", user="lin")


async def test_whoever_was_found_not_to_own_it_is_not_proposed(stage: Stage) -> None:
    theirs = asset("search-api", AssetKind.API, owners=(team_owns("Payments"),))
    await stage.bring(SourceCatalog(assets=[theirs]), source="csv")
    await stage.press(await stage.ask("/whoowns search-api", user="omar"), "ownership.dispute", user="omar")
    shown = stage.slack.visible_messages("omar", "general")[-1]
    block = next(each for each in shown.blocks if "Search" in str(each.get("accessory")))
    await stage.press(shown, "ownership.matter_side", user="omar", block_id=block["block_id"])
    await stage.slack.submit_view("omar", stage.slack.view_stack("omar")[-1].id, {})
    await stage.settle()
    await release(stage, "search-api", user="solo")
    assert "*Payments*" not in await suggest(stage, "search-api", user="lin")


async def test_who_says_that_it_is_not_theirs_is_not_proposed_any_more_and_anybody_can_take_it(stage: Stage) -> None:
    await split(stage)
    await release(stage, "the database of ledger", user="lin", why="Moved in May")
    [asked] = [each for each in await posted(stage, "general") if "Nobody owns" in each.text]
    assert list(buttons(asked)) == ["Payments takes it", "We own this"]
    await suggest(stage, "the database of ledger", user="grace")
    await press_view(stage, "grace", "orphans.reject")
    [asked] = [each for each in await posted(stage, "general") if each.ts == asked.ts]
    assert list(buttons(asked)) == ["We own this"]
    assert "Payments" not in asked.text
    receipt = await claim(stage, asked, user="solo")
    assert "*Search* owns the database of *ledger* now." in receipt

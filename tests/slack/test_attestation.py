"""Is it still yours? Asked once a month in the digest, confirmed at once or by use, and counted by quarter."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.catalog import Runs, SourceCatalog
from bot.playground.fake_slack import PostedMessage
from bot.services import snapshot
from handlers import attestation
from tests.slack.conftest import Stage, asset, organisation, team_owns
from tests.slack.test_claims import facts
from tests.slack.test_clicks import actions, drained
from tests.slack.test_whoowns import buttons


@pytest.fixture
def platform_channel() -> str:
    return "general"


async def a_year_on(stage: Stage, weeks: int = 30) -> None:
    """Let so many weeks pass since everything was imported, until a Tuesday at noon, when digests are due."""
    await snapshot.refresh(stage.baton.context.snapshot, stage.database)
    at = stage.clock.now() + timedelta(weeks=weeks)
    tuesday = (at + timedelta(days=(1 - at.weekday()) % 7)).replace(hour=12, minute=0)
    stage.clock.advance(tuesday - stage.clock.now())
    await stage.baton.context.daily_pass.run()


async def lists(stage: Stage, channel: str = "payments") -> list[PostedMessage]:
    return [each for each in await drained(stage, channel) if "ours?* " in each.text]


async def test_a_team_is_asked_once_a_month_for_what_it_has_not_confirmed_for_long(stage: Stage) -> None:
    await stage.baton.context.daily_pass.run()
    assert await lists(stage) == [], "what came today is not asked about"
    await a_year_on(stage)
    [asked] = await lists(stage)
    assert "*Still yours?* 4 things that your team has not confirmed lately:" in asked.text
    assert "• The application of *payments-db* · tier 1 · yours since" in asked.text
    assert asked.text.index("*payments-db* · tier 1 · yours since") < asked.text.index("*checkout* · yours since")
    assert "checkout-worker" not in asked.text, "what is inherited is confirmed where it comes from"
    await a_year_on(stage, 1)
    assert len(await lists(stage)) == 1
    await a_year_on(stage, 5)
    assert len(await lists(stage)) == 2, "nobody has answered, and another month has come"


async def test_the_question_stands_below_what_has_ended_long_ago(stage: Stage) -> None:
    made = organisation()
    made.assets.append(asset("old-site", owners=(team_owns("Payments"),), runs=(Runs("php", "7.4"),)))
    await stage.bring(made)
    await a_year_on(stage)
    [asked] = await lists(stage)
    assert 0 < asked.text.index("*PHP 7.4*") < asked.text.index("*Still yours?*")


async def test_what_a_file_has_just_made_a_teams_is_in_its_next_digest_once(stage: Stage) -> None:
    await a_year_on(stage, 1)
    assert await lists(stage) == [], "what the team had from the first is no news"
    more = organisation()
    more.assets.append(asset("mail-scanner", owners=(team_owns("Payments"),)))
    await stage.bring(more)
    await a_year_on(stage, 1)
    [told] = await lists(stage)
    assert told.text.count("\n• ") == 1
    assert "*Yours?* 1 thing new to you:" in told.text
    assert "• *mail-scanner* · yours since <!date" in told.text
    assert told.text.rstrip().endswith(", says baton")
    assert {"Not ours…", "All ours"} <= set(buttons(told))
    for _ in range(6):
        await a_year_on(stage, 1)
    assert len(await lists(stage)) == 1, "it is said once"
    assert "mail-scanner" not in "".join(each.text for each in await lists(stage, "platform"))


async def test_all_still_ours_confirms_what_was_listed_and_only_for_the_team(stage: Stage) -> None:
    await a_year_on(stage)
    [asked] = await lists(stage)
    await stage.press(asked, "ownership.attest", user="solo")
    assert "Only members of Payments and their leads can confirm this: ask Ada Byron" in said(stage, "solo")
    pressed = await stage.press(asked, "ownership.attest", user="grace")
    assert said(stage, "grace").startswith("Confirmed as yours: the application of *payments-db*, *checkout*")
    assert (await actions(stage)).count("ownership.attest") == 1
    grace = stage.slack.workspace.user("grace").id
    [digest] = [each for each in await drained(stage, "payments") if each.ts == asked.ts]
    assert "*Still yours?* Confirmed as yours: the application of *payments-db*, *checkout*" in digest.text
    assert f"<@{grace}> said so." in digest.text
    assert not any("All still ours" in each or "Not ours" in each for each in buttons(digest))
    assert f"confirmed by <@{grace}>" in (await stage.ask("/whoowns invoices service", user="lin")).text
    platform = [each for each in await facts(stage) if each.team_id != (await payments(stage)) and each.confirmed_at]
    assert platform == [], "nobody else's facts are confirmed"
    await stage.slack.deliver_again(pressed)
    await stage.settle()
    assert (await actions(stage)).count("ownership.attest") == 1
    await a_year_on(stage, 5)
    assert len(await lists(stage)) == 1, "it is confirmed"


async def test_what_is_disputed_is_asked_by_itself_and_nobody_confirms_a_side_of_it(stage: Stage) -> None:
    context = stage.baton.context
    await stage.bring(SourceCatalog(assets=[asset("checkout", owners=(team_owns("Search"),))]), source="csv")
    await a_year_on(stage)
    [asked] = await lists(stage)
    assert "checkout" not in asked.text
    [number] = [each for each in context.snapshot.directory.ids() if name_of(stage, each) == "checkout"]
    grace = stage.slack.workspace.user("grace").id
    attestation.used(context, grace, team_id=await payments(stage), asset_ids=[number])
    await stage.settle()
    assert [each for each in await facts(stage) if each.confirmed_at is not None] == []


def name_of(stage: Stage, number: int) -> str:
    found = stage.baton.context.snapshot.asset(number)
    return found.name if found is not None else ""


async def test_one_that_is_not_theirs_is_given_up_with_a_reason(stage: Stage) -> None:
    await a_year_on(stage)
    [asked] = await lists(stage, "search")
    block = next(each["block_id"] for each in asked.blocks if each.get("accessory", {}).get("action_id"))
    await stage.press(asked, "ownership.not_ours", user="solo", block_id=block)
    view = stage.slack.view_stack("solo")[-1]
    assert "We no longer own it" in str(view.payload)
    await stage.slack.submit_view("solo", view.id, {"ownership.release_reason": "Never was"})
    await stage.settle()
    await drained(stage, "general")
    assert "Nobody owns *search-api*. *" in (await stage.ask("/whoowns search-api")).text
    await stage.press(asked, "ownership.attest", user="solo")
    assert "Nothing to confirm: these have other owners by now" in said(stage, "solo", "search")


async def test_how_many_were_confirmed_this_quarter_and_what_is_missing(stage: Stage) -> None:
    await a_year_on(stage)
    before = (await stage.ask("/baton attest")).text
    assert "0 of 8 (0%)" in before
    [asked] = await lists(stage)
    await stage.press(asked, "ownership.attest", user="grace")
    after = (await stage.ask("/baton attest")).text
    assert "4 of 8 (50%)" in after
    assert "• *Payments* · 4 of 4 :white_check_mark:" in after
    assert "• *Platform* · 0 of 3 · missing: payments-db, checkout, invoices" in after
    weeks = [line for line in after.splitlines() if line.startswith("`")]
    assert weeks[-1].endswith(": 4")
    assert "1 of 1" not in (await stage.ask("/baton attest search")).text
    assert "0 of 1 (0%)" in (await stage.ask("/baton attest search")).text
    assert "There is no team *zzzz*" in (await stage.ask("/baton attest zzzz")).text


async def payments(stage: Stage) -> int:
    team = stage.baton.context.snapshot.team_by_name("Payments")
    assert team is not None
    return team.id


def said(stage: Stage, user: str, channel: str = "payments") -> str:
    return [each for each in stage.slack.visible_messages(user, channel) if each.ephemeral_for][-1].text


async def test_acting_on_a_reminder_confirms_what_it_is_about_and_what_is_said_not_to_be_theirs_does_not(
    stage: Stage,
) -> None:
    context = stage.baton.context
    ids = {context.snapshot.asset(each).name: each for each in context.snapshot.directory.ids()}  # type: ignore[union-attr]
    for user, confirmed in (("solo", False), ("grace", True)):
        who = stage.slack.workspace.user(user).id
        attestation.used(context, who, team_id=await payments(stage), asset_ids=[ids["checkout"], ids["search-api"]])
        await stage.settle()
        rows = [each for each in await facts(stage) if each.confirmed_at is not None]
        assert [(each.asset_id, each.team_id) for each in rows] == (
            [(ids["checkout"], await payments(stage))] if confirmed else []
        )
    assert (await actions(stage)).count("ownership.confirm_by_use") == 1

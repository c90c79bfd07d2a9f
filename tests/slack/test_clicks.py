"""Buttons, the modal, the shortcut, mentions and direct messages, over the wire."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.domain.catalog import Area, OwnerClaim, OwnerRef, OwnerType, Role
from bot.domain.directory import Match
from bot.errors import NotAllowedError
from bot.playground.fake_slack import PostedMessage
from bot.services import claims
from bot.services.matters import doubts
from bot.store import tables
from tests.slack.conftest import Stage, asset, organisation, team_owns
from tests.slack.test_whoowns import buttons


async def count(stage: Stage, table: type) -> int:
    async with stage.database.reading() as session:
        return int((await session.execute(select(func.count()).select_from(table))).scalar_one())


async def actions(stage: Stage) -> list[str]:
    async with stage.database.reading() as session:
        rows = await session.execute(select(tables.AuditEntry.action).order_by(tables.AuditEntry.id))  # type: ignore[arg-type]
        return list(rows.scalars())


async def drained(stage: Stage, channel: str) -> list[PostedMessage]:
    """What Baton has posted on its own account in a channel, once everything is in Slack."""
    await stage.arrive()
    bot = stage.slack.workspace.bot_user_id
    return [m for m in stage.slack.visible_messages("ada", channel) if m.user == bot and not m.ephemeral_for]


async def test_an_owner_confirms_and_the_answer_says_so(stage: Stage) -> None:
    answer = await stage.ask("/whoowns checkout", user="grace")
    assert "Confirm" in buttons(answer)
    await stage.press(answer, "ownership.confirm", user="grace")
    now = stage.slack.visible_messages("grace", "general")[-1]
    grace = stage.slack.workspace.user("grace").id
    assert f"confirmed by <@{grace}>" in now.text
    await stage.press(answer, "ownership.confirm", user="grace")
    assert (await actions(stage)).count("ownership.confirm") == 1, "twice on a day is once"
    stage.clock.advance(timedelta(days=1))
    await stage.press(answer, "ownership.confirm", user="grace")
    assert (await actions(stage)).count("ownership.confirm") == 2


async def test_confirming_a_part_says_which_part_is_confirmed(stage: Stage) -> None:
    answer = await stage.ask("/whoowns payments-db", user="lin")
    assert answer.text.count("not confirmed yet") == 1, "what is true of all of it is said once"
    await stage.press(answer, "ownership.confirm", user="lin")
    now = stage.slack.visible_messages("lin", "general")[-1].text
    lin = stage.slack.workspace.user("lin").id
    lines = {line.partition(":")[0]: line for line in now.splitlines()}
    assert f"confirmed by <@{lin}>" in lines["The database"]
    assert "not confirmed yet" in lines["The application"]


async def test_only_an_owner_may_confirm_and_it_is_checked_at_the_click(stage: Stage) -> None:
    answer = await stage.ask("/whoowns checkout", user="grace")
    left = organisation()
    left.people[1] = type(left.people[1])(
        name="Grace Marsh", email="grace@example.test", teams=(), origin=left.people[1].origin
    )
    await stage.bring(left)
    await stage.press(answer, "ownership.confirm", user="grace")
    said = stage.slack.visible_messages("grace", "general")[-1].text
    assert "can confirm checkout: ask Ada Byron" in said
    assert "ownership.confirm" not in await actions(stage)


async def test_wrong_owner_is_recorded_with_its_reason_and_the_owner_told_once(stage: Stage) -> None:
    for who, receipt in (("eve", "I am telling Payments in <#"), ("omar", "Payments (<#")):
        answer = await stage.ask("/whoowns checkout", user=who)
        await stage.press(answer, "ownership.doubt", user=who)
        view = stage.slack.view_stack(who)[-1]
        await stage.slack.submit_view(who, view.id, {"ownership.doubt_reason": "Search has it <!channel> now"})
        await stage.settle()
        assert receipt in stage.slack.visible_messages(who, "general")[-1].text
        await drained(stage, "payments")
    assert await count(stage, tables.OwnerDoubt) == 2
    told = await drained(stage, "payments")
    assert len(told) == 1
    assert "thinks that *Payments* does not own *checkout*" in told[0].text
    assert "&lt;!channel&gt;" in told[0].text


async def test_a_form_that_is_sent_again_because_its_acknowledgement_was_lost_is_one_doubt(stage: Stage) -> None:
    answer = await stage.ask("/whoowns checkout", user="eve")
    await stage.press(answer, "ownership.doubt", user="eve")
    await stage.slack.submit_view("eve", stage.slack.view_stack("eve")[-1].id, {"ownership.doubt_reason": "Ours now"})
    await stage.settle()
    await stage.press(answer, "ownership.doubt", user="eve")
    await stage.slack.submit_view("eve", stage.slack.view_stack("eve")[-1].id, {"ownership.doubt_reason": "Ours now"})
    await stage.settle()
    assert await count(stage, tables.OwnerDoubt) == (await actions(stage)).count("ownership.doubt") == 1
    assert stage.slack.visible_messages("eve", "general")[-1].text.startswith("Your doubt is recorded")
    stage.clock.advance(timedelta(hours=1))
    await stage.press(answer, "ownership.doubt", user="eve")
    await stage.slack.submit_view("eve", stage.slack.view_stack("eve")[-1].id, {"ownership.doubt_reason": "Ours now"})
    await stage.settle()
    assert await count(stage, tables.OwnerDoubt) == 2, "whoever says it later says it anew"


async def test_a_doubt_is_settled_by_the_owner_in_the_note(stage: Stage) -> None:
    answer = await stage.ask("/whoowns checkout", user="eve")
    await stage.press(answer, "ownership.doubt", user="eve")
    await stage.slack.submit_view("eve", stage.slack.view_stack("eve")[-1].id, {})
    await stage.settle()
    eve = stage.slack.workspace.user("eve").id
    assert f":warning: <@{eve}> doubted this" in (await stage.ask("/whoowns checkout", user="lin")).text
    note = (await drained(stage, "payments"))[0]
    await stage.press(note, "ownership.matter_keep", user="ada")
    assert "doubted this" not in (await stage.ask("/whoowns checkout", user="lin")).text
    async with stage.database.reading() as session:
        doubt = (await session.execute(select(tables.OwnerDoubt))).scalar_one()
    assert doubt.settled_at is not None


async def test_a_doubt_is_over_when_the_owner_changes(stage: Stage) -> None:
    answer = await stage.ask("/whoowns search-api", user="eve")
    await stage.press(answer, "ownership.doubt", user="eve")
    await stage.slack.submit_view("eve", stage.slack.view_stack("eve")[-1].id, {})
    await stage.settle()
    stage.clock.advance(timedelta(days=1))
    handed = organisation()
    handed.assets = [
        each if each.name != "search-api" else asset("search-api", kind=each.kind, owners=(team_owns("Platform"),))
        for each in handed.assets
    ]
    await stage.bring(handed)
    said = (await stage.ask("/whoowns search-api", user="lin")).text
    assert "*Platform*" in said
    assert "doubted this" not in said


async def test_share_posts_the_answer_for_everyone(stage: Stage) -> None:
    answer = await stage.ask("/whoowns checkout", user="eve")
    await stage.press(answer, "ownership.share", user="eve")
    shared = stage.slack.visible_messages("lin", "general")[-1]
    assert "owns *checkout*" in shared.text
    assert shared.ephemeral_for is None
    assert buttons(shared) == {}


async def test_an_asset_that_is_gone_between_question_and_click(stage: Stage) -> None:
    answer = await stage.ask("/whoowns checkout", user="grace")
    less = organisation()
    less.assets = [claim for claim in less.assets if claim.name not in ("checkout", "checkout-worker")]
    await stage.bring(less, allow_mass_change=True)
    for action in ("ownership.confirm", "ownership.doubt", "ownership.share"):
        await stage.press(answer, action, user="grace")
        said = stage.slack.visible_messages("grace", "general")[-1].text
        assert "no longer in the catalog" in said
        assert "ask again" in said
    assert "I know nothing called" in (await stage.ask("/whoowns checkout")).text


async def test_a_mention_is_answered_in_its_thread(stage: Stage) -> None:
    bot = stage.slack.workspace.bot_user_id
    question = await stage.say(f"<@{bot}> who looks after the payments database?", user="eve")
    thread = stage.slack.visible_messages("lin", "general", thread_ts=question.ts)
    assert len(thread) == 2
    assert "*payments-db*" in thread[-1].text


async def test_a_direct_message_is_answered_there(stage: Stage) -> None:
    dm = await stage.slack.open_dm("eve")
    await stage.say("who owns checkout?", user="eve", channel=dm.id)
    assert "owns *checkout*" in stage.slack.visible_messages("eve", dm.id)[-1].text
    await stage.say("hello", user="eve", channel=dm.id)
    assert "/whoowns" in stage.slack.visible_messages("eve", dm.id)[-1].text


async def test_baton_does_not_answer_itself_or_other_channels(stage: Stage) -> None:
    await stage.say("who owns checkout?", user="eve")
    assert [m.user for m in stage.slack.visible_messages("lin", "general")] == [stage.slack.workspace.user("eve").id]


async def test_the_shortcut_answers_for_what_a_message_names(stage: Stage) -> None:
    message = await stage.say("the deploy of checkout is stuck again", user="lin")
    await stage.slack.run_message_shortcut("eve", "general", message.ts, "who_owns_this")
    await stage.settle()
    answer = stage.slack.visible_messages("eve", "general")[-1]
    assert "owns *checkout*" in answer.text
    assert answer.ephemeral_for == stage.slack.workspace.user("eve").id


async def test_the_shortcut_lists_several_and_says_when_there_is_nothing(stage: Stage) -> None:
    both = await stage.say("checkout cannot reach payments-db", user="lin")
    await stage.slack.run_message_shortcut("eve", "general", both.ts, "who_owns_this")
    await stage.settle()
    listed = stage.slack.visible_messages("eve", "general")[-1].text
    assert "*checkout*" in listed
    assert "*payments-db*" in listed
    nothing = await stage.say("good morning everyone", user="lin")
    await stage.slack.run_message_shortcut("eve", "general", nothing.ts, "who_owns_this")
    await stage.settle()
    assert "Nothing in that message is in the catalog." in stage.slack.visible_messages("eve", "general")[-1].text


async def test_an_event_delivered_three_times_is_answered_once(stage: Stage) -> None:
    bot = stage.slack.workspace.bot_user_id
    question = await stage.say(f"<@{bot}> checkout", user="eve")
    event = next(d for d in stage.slack.deliveries if d.payload.get("event", {}).get("type") == "app_mention")
    for attempt in (1, 2):
        again = await stage.slack.deliver_again(event, retry_num=attempt)
        assert again.status in (200, None)
    await stage.settle()
    assert len(stage.slack.visible_messages("lin", "general", thread_ts=question.ts)) == 2


async def test_a_note_goes_to_the_lead_when_the_team_has_no_channel(stage: Stage) -> None:
    catalog = organisation()
    catalog.teams[0] = type(catalog.teams[0])(name="Payments", lead="ada@example.test", origin=catalog.teams[0].origin)
    await stage.bring(catalog)
    answer = await stage.ask("/whoowns checkout", user="eve")
    await stage.press(answer, "ownership.doubt", user="eve")
    await stage.slack.submit_view("eve", stage.slack.view_stack("eve")[-1].id, {})
    await stage.settle()
    dm = await stage.slack.open_dm("ada")
    told = await drained(stage, dm.id)
    assert ["thinks that *Payments* does not own *checkout*" in m.text for m in told] == [True]


async def test_a_team_that_dissolves_leaves_an_orphan(stage: Stage) -> None:
    catalog = organisation()
    catalog.teams = catalog.teams[:2]
    catalog.people = catalog.people[:4]
    await stage.bring(catalog)
    assert "is orphaned" in (await stage.ask("/whoowns search-api")).text


async def test_whoever_may_not_confirm_or_withdraw_is_told_why(stage: Stage) -> None:
    catalog = organisation()
    solo = OwnerClaim(OwnerRef("solo@example.test", OwnerType.PERSON, "solo@example.test"), Area.ALL, Role.OWNER)
    catalog.assets.append(asset("solos-tool", owners=(solo,)))
    await stage.bring(catalog)
    deps, known = stage.baton.context.deps, stage.baton.context.snapshot
    found = {name: known.directory.resolve(name) for name in ("old-cron", "solos-tool")}
    ids = {name: match.asset_id for name, match in found.items() if isinstance(match, Match)}
    by_name = {team.name: team for team in known.teams()}
    search, [solo_id], omar_id = by_name["Search"], by_name["Search"].member_ids, by_name["Platform"].member_ids[0]

    async def refused(use_case: Any, name: str) -> str:
        with pytest.raises(NotAllowedError) as caught:
            await use_case(deps, known, asset_id=ids[name], person_id=omar_id)
        return str(caught.value)

    assert (await refused(doubts.confirm, "old-cron")).startswith("Nobody owns this, so nobody can confirm it yet")
    assert (await refused(doubts.confirm, "solos-tool")).startswith("Only Solo Singh can confirm solos-tool: ask ")
    assert await doubts.confirm(deps, known, asset_id=ids["solos-tool"], person_id=solo_id) == 1
    assert (await refused(claims.withdraw, "old-cron")).startswith("No team's claim stands here any more")
    await claims.claim(deps, known, asset_id=ids["old-cron"], team_id=search.id, person_id=solo_id)
    assert (await refused(claims.withdraw, "old-cron")) == (
        "Only members of Search and their leads can withdraw the claim on old-cron: ask Solo Singh."
    )

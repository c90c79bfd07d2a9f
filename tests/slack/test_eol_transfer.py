"""An import that changes an owner, over the wire: reminders, `/eol` and the calendar follow at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from bot.blocks.eol import actions as ids
from bot.blocks.handoff import actions as handoff_ids
from bot.domain.catalog import Area, AssetClaim, AssetKind, Runs, SourceCatalog
from bot.domain.handoff.handoffs import HandoffStep
from bot.playground.fake_slack import PostedMessage
from bot.store.tables import Reminder
from tests.slack.conftest import Stage, asset, organisation, read_only, team_owns
from tests.slack.test_eol_answers import Reminded, copied, posted, remind, team_option
from tests.slack.test_handoff import answer, card, offer, said_to
from tests.slack.test_matters import team_id
from tests.slack.test_plan_parts import catalog as planned_together
from tests.slack.test_plan_parts import plan, slack_id, told
from tests.slack.test_requests import submit
from tests.slack.test_whoowns import buttons

pytestmark = read_only


def owned_by(team: str) -> SourceCatalog:
    """Checkout runs on Node.js 20, which ends on 30 April 2026, and is that team's."""
    made = organisation()
    whole = asset("checkout", owners=(team_owns(team),), runs=(Runs("nodejs", "20.11.1"),))
    made.assets = [whole if each.name == "checkout" else each for each in made.assets]
    return made


async def transferred(stage: Stage) -> Reminded:
    """Payments had planned the upgrade of checkout when Search got it; it is the day of the digest."""
    await stage.bring(owned_by("Payments"))
    reminded = await remind(stage, "checkout")
    await reminded.form(ids.PLAN, user="grace")
    await reminded.submit("grace", {ids.PLAN_DAY: "2026-04-01", ids.PLAN_ROLLBACK: "errors <!channel>"})
    await stage.bring(owned_by("Search"))
    return reminded


async def test_the_next_owner_is_named_at_once_and_keeps_the_plan_in_slack(stage: Stage) -> None:
    reminded = await transferred(stage)
    assert "checkout" in (await stage.ask("/eol search")).text
    assert "Search: checkout" in (await stage.ask("/eol all")).text
    stage.clock.at = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
    await stage.baton.context.daily_pass.run()
    [digest] = await posted(stage, "search")
    assert "*checkout* (*Payments* had planned the upgrade to 24 for " in digest.text
    assert "*Payments* had planned the upgrade to 24 for" in (await stage.ask("/eol search")).text
    await reminded.settle()
    assert "what runs it has another owner now" in reminded.root.text
    await stage.press(digest, ids.OPEN, user="solo")
    card = stage.slack.visible_messages("solo", "search")[-1]
    assert "*Payments* had planned the upgrade to 24 by" in card.text
    assert "Keep the plan" in buttons(card)
    shared = await copied(stage, "general", card.blocks)
    await stage.press(shared, ids.KEEP_PLAN, user="grace")
    assert "Only members of Search" in stage.slack.visible_messages("grace", "general")[-1].text
    await stage.press(card, ids.KEEP_PLAN, user="solo")
    shown = stage.slack.visible_messages("solo", "search")[-1]
    assert "Keep the plan" not in buttons(shown)
    assert "Roll back when: errors &lt;!channel&gt;" in shown.text
    kept = (await reminded.answers())[-1]
    assert (kept.kind, kept.until) == ("planned", date(2026, 4, 1))
    assert "planned to 24 for" in (await stage.ask("/eol search")).text


async def handed_over(stage: Stage) -> Reminded:
    """Platform planned the upgrade of ledger-db with Grace of Payments, who have the database since."""
    await stage.bring(planned_together())
    reminded = await remind(stage, "ledger-db", channel="platform")
    assert await plan(reminded) == {}
    await offer(stage, name="ledger-db")
    await answer(stage, HandoffStep.ACCEPT, "ledger-db")
    return reminded


async def opened(stage: Stage, message: PostedMessage, action_id: str, user: str) -> PostedMessage:
    """What somebody reads who presses a button."""
    await stage.press(message, action_id, user=user)
    mine = stage.slack.workspace.user(user).id
    return [each for each in stage.slack.visible_messages(user, message.channel) if each.ephemeral_for == mine][-1]


async def test_older_messages_say_who_has_it_after_a_handoff_and_lead_there(stage: Stage) -> None:
    reminded = await handed_over(stage)
    named = next(each for each in told(stage, "grace") if "names you in a plan" in each.text)
    for action_id in (ids.OPEN, ids.COMPATIBLE):
        said = await opened(stage, named, action_id, "grace")
        assert said.text == "*Payments* has *Node.js 20* on *ledger-db* now."
        assert list(buttons(said)) == ["Open"]
    [onward] = [each["action_id"] for block in said.blocks for each in block.get("elements", ()) if "action_id" in each]
    assert "Node.js 20" in (await opened(stage, said, onward, "grace")).text
    shared = await copied(stage, "general", named.blocks)
    # Payments are reminded themselves in their next digest, and the reminder of Platform is closed.
    stage.clock.at = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    await stage.baton.context.daily_pass.run()
    await posted(stage, "payments")
    assert (await reminded.row()).resolved_at is not None
    said = await opened(stage, shared, ids.OPEN, "lin")
    assert said.text == "*Payments* has *Node.js 20* on *ledger-db* now."
    again = await opened(stage, said, ids.OPEN, "lin")
    assert "*Platform* had planned the upgrade to 24 by" in again.text


async def test_whoever_a_plan_names_hears_that_it_holds_no_longer(stage: Stage) -> None:
    await handed_over(stage)
    assert [set(buttons(each)) for each in told(stage, "grace") if "names you" in each.text] == [
        {"Application is compatible", "Open"}
    ]
    stage.clock.at = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    await stage.baton.context.daily_pass.run()
    await posted(stage, "payments")
    for user in ("grace", "omar"):
        first, *_, last = told(stage, user)
        off = "The plan that names you is off: *Payments* has *Node.js 20* on *ledger-db* now."
        assert last.text.startswith(off)
        assert list(buttons(last)) == ["Open"]
        assert first.text.endswith(off)
        assert not buttons(first)
    await stage.baton.context.daily_pass.run()
    assert len([each for each in told(stage, "grace") if each.text.startswith("The plan that")]) == 1


async def test_an_offer_names_what_ends_and_what_its_giver_has_planned(stage: Stage) -> None:
    await stage.bring(owned_by("Payments"))
    reminded = await remind(stage, "checkout")
    await reminded.form(ids.PLAN, user="grace")
    await reminded.submit("grace", {ids.PLAN_DAY: "2026-04-01", ids.PLAN_ROLLBACK: "errors"})
    await stage.slack.run_command("grace", "general", "/handoff checkout")
    await stage.settle()
    search = next(each.id for each in stage.baton.context.snapshot.teams() if each.name == "Search")
    assert await submit(stage, "grace", {handoff_ids.RECEIVER: str(search)}) == {}
    shown = await card(stage, "search")
    assert "Comes with it: *Node.js 20*" in shown.text
    assert "Payments: checkout · planned to 24 for " in shown.text
    await stage.press(shown, handoff_ids.DETAILS, user="solo")
    assert "planned to 24 for" in str(stage.slack.view_stack("solo")[-1].payload)
    await stage.press(shown, handoff_ids.ACCEPT_ALL, user="solo")
    said = said_to(stage, "solo", "search")
    assert "Came with it:\n• *Node.js 20*" in said, "whoever accepts reads it once more"
    assert "— Search: checkout · *Payments* had planned the upgrade to 24 for <!date" in said, "and whose it is now"
    assert "planned to 24" not in said
    receipt = stage.slack.visible_messages("solo", "search")[-1]
    await stage.press(receipt, ids.KEEP_PLAN, user="solo")
    assert "planned to 24 for" in (await stage.ask("/eol search")).text, "the plan is kept where it is read of"
    assert "Comes with it" not in (await card(stage, "search")).text, "it is theirs, and in their digest"


async def planned_at_night(stage: Stage, *more: AssetClaim, **said: Any) -> Reminded:
    """Platform offers its database to Payments, and plans its upgrade with Grace and Omar while nobody works."""
    made = planned_together()
    made.assets += more
    await stage.bring(made)
    reminded = await remind(stage, "ledger-db", channel="platform")
    await offer(stage, name="ledger-db")
    stage.clock.at = datetime(2026, 3, 3, 20, tzinfo=UTC)
    await plan_by_night(reminded, **said)
    return reminded


async def plan_by_night(reminded: Reminded, *, user: str = "lin", **more: Any) -> None:
    """Somebody plans it; what is said of that waits for the morning."""
    stage = reminded.stage
    shown = reminded.root if user == "lin" else await opened(stage, reminded.root, ids.OPEN, user)
    await stage.press(shown, ids.PLAN, user=user)
    view = stage.slack.view_stack(user)[-1]
    said = {
        ids.PLAN_DAY: "2026-04-20",
        ids.PLAN_COMPATIBILITY: slack_id(stage, "grace"),
        ids.PLAN_COMPATIBLE_BY: "2026-04-01",
        ids.PLAN_UPGRADE: slack_id(stage, "omar"),
        **more,
    }
    delivery = await stage.slack.submit_view(user, view.id, said)
    assert delivery.status == 200
    assert not view.errors
    await stage.settle()


async def accepted_at_night(stage: Stage) -> None:
    """Grace accepts what Platform offers."""
    [shown] = [each for each in stage.slack.visible_messages("grace", "payments") if ":handshake:" in each.text]
    await stage.press(shown, handoff_ids.ACCEPT_ALL, user="grace")


async def in_the_morning(stage: Stage) -> list[PostedMessage]:
    """What Payments read the next morning."""
    stage.clock.at = datetime(2026, 3, 4, 12, tzinfo=UTC)
    await stage.baton.context.daily_pass.run()
    return await posted(stage, "payments")


async def test_what_was_to_be_said_of_a_plan_falls_away_with_what_it_was_about(stage: Stage) -> None:
    await planned_at_night(stage)
    await accepted_at_night(stage)
    assert not [each.text for each in await in_the_morning(stage) if "plans the upgrade" in each.text]
    for user in ("grace", "omar"):
        assert [each.text for each in told(stage, user) if "plan" in each.text] == [], "they never heard of a plan"


async def test_an_import_lets_fall_away_what_was_to_be_said_of_a_plan(stage: Stage) -> None:
    await planned_at_night(stage)
    moved = planned_together()
    owners = (team_owns("Payments", Area.APPLICATION), team_owns("Search", Area.DATABASE))
    moved.assets[-1] = replace(moved.assets[-1], owners=owners)
    await stage.bring(moved)
    await stage.baton.context.daily_pass.run()  # at night, too
    stage.clock.at = datetime(2026, 3, 4, 12, tzinfo=UTC)
    assert not [each.text for each in await posted(stage, "payments") if "plans the upgrade" in each.text]
    for user in ("grace", "omar"):
        assert [each.text for each in told(stage, user) if "plan" in each.text] == []


async def test_what_is_still_to_be_said_of_a_plan_leaves_out_what_has_passed(stage: Stage) -> None:
    orders = asset(
        "orders-db",
        AssetKind.DATABASE,
        runs=(Runs("nodejs", "20.11.1"),),
        owners=(team_owns("Payments", Area.APPLICATION), team_owns("Platform", Area.DATABASE)),
    )
    await planned_at_night(stage, orders)
    await accepted_at_night(stage)
    [heard] = [each.text for each in await in_the_morning(stage) if "plans the upgrade" in each.text]
    [named] = [each.text for each in told(stage, "grace") if "names you in a plan" in each.text]
    for said in (heard, named):
        assert "orders-db" in said
        assert "ledger-db" not in said


async def test_whoever_a_changed_plan_names_no_more_does_not_hear_that_it_named_them(stage: Stage) -> None:
    reminded = await planned_at_night(stage)
    await plan_by_night(reminded, **{ids.PLAN_COMPATIBILITY: slack_id(stage, "ada")})
    await in_the_morning(stage)
    assert not [each for each in told(stage, "grace") if "names you" in each.text]
    assert len([each for each in told(stage, "ada") if "names you" in each.text]) == 1


async def test_whoever_the_next_owners_plan_names_does_not_hear_that_it_is_off(stage: Stage) -> None:
    await handed_over(stage)
    receipt = stage.slack.visible_messages("grace", "payments")[-1]
    await stage.press(receipt, ids.KEEP_PLAN, user="grace")
    await posted(stage, "payments")
    stage.clock.at = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    await stage.baton.context.daily_pass.run()
    heard = await posted(stage, "payments")
    assert not [each for each in told(stage, "omar") if each.text.startswith("The plan that")]
    assert len([each for each in told(stage, "omar") if each.text.startswith("<@")]) == 2, "of each plan once"
    [before] = [each for each in heard if "You own another part of it." in each.text]
    assert before.text.endswith("That plan is off: *Payments* has *Node.js 20* on *ledger-db* now.")
    assert not buttons(before)


async def taken_over(stage: Stage) -> Reminded:
    """Payments have taken the reminder of ledger-db over from Platform, who offer them the database."""
    await stage.bring(planned_together())
    reminded = await remind(stage, "ledger-db", channel="platform")
    await reminded.form(ids.MORE, user="lin", word=ids.DELEGATE)
    team = team_option(stage, "lin", ids.DELEGATE_TEAM, "Payments")
    assert await reminded.submit("lin", {ids.DELEGATE_TEAM: team}) == {}
    await stage.press((await posted(stage, "payments"))[-1], ids.ACCEPT, user="ada")
    await posted(stage, "platform")
    await offer(stage, name="ledger-db")
    return reminded


async def test_a_plan_of_whoever_had_taken_it_over_and_owns_it_now_goes_on(stage: Stage) -> None:
    reminded = await taken_over(stage)
    await plan_by_night(reminded, user="ada")
    await posted(stage, "payments")
    assert len([each for each in told(stage, "grace") if "names you in a plan" in each.text]) == 1
    await accepted_at_night(stage)
    stage.clock.at = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    await stage.baton.context.daily_pass.run()
    await posted(stage, "payments")
    assert "planned to 24 for" in (await stage.ask("/eol payments")).text
    assert not [each.text for each in told(stage, "grace") if " is off: " in each.text]


async def test_what_is_still_to_be_said_of_such_a_plan_is_said(stage: Stage) -> None:
    reminded = await taken_over(stage)
    stage.clock.at = datetime(2026, 3, 3, 20, tzinfo=UTC)
    await plan_by_night(reminded, user="ada")
    await accepted_at_night(stage)
    await in_the_morning(stage)
    assert len([each for each in told(stage, "grace") if "names you in a plan" in each.text]) == 1


async def test_what_has_just_passed_can_be_opened_and_answered_before_anybody_was_reminded(stage: Stage) -> None:
    await stage.bring(owned_by("Platform"))
    before = await stage.ask("/eol platform", user="lin", channel="platform")
    await stage.slack.run_command("lin", "general", "/handoff checkout")
    await stage.settle()
    payments = team_id(stage, "Payments")
    assert await submit(stage, "lin", {handoff_ids.RECEIVER: payments}) == {}
    await answer(stage, HandoffStep.ACCEPT, "checkout")
    line = await stage.ask("/eol payments", channel="payments")
    first, again = [await opened(stage, line, ids.OPEN, "grace") for _ in range(2)]
    assert "Acknowledge" in buttons(again)
    await stage.press(first, ids.ACKNOWLEDGE, user="grace")
    assert "acknowledged" in (await stage.ask("/eol payments", channel="payments")).text
    async with stage.database.reading() as session:
        [reminder] = (await session.execute(select(Reminder))).scalars()
    assert reminder.addressee == f"team:{payments}"
    # What the giver was shown before leads to nothing of theirs.
    said = await opened(stage, before, ids.OPEN, "lin")
    assert said.text == "This has changed: `/eol` shows what there is now."

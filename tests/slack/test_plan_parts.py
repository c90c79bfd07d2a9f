"""The two parts of an upgrade, over the wire: who is told and asked, who closes the first, and where both show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.blocks.eol import actions as ids
from bot.cli.eol import rows
from bot.domain.catalog import Area, AssetKind, Runs, SourceCatalog
from bot.domain.eol.periods import Everything
from bot.domain.eol.subjects import ReportScope
from bot.playground.fake_slack import PostedMessage
from bot.services.eol import reports
from bot.services.eol.questions import Asked
from bot.services.eol.reminder_store import remembered
from tests.slack.conftest import Stage, asset, organisation, read_only, team_owns
from tests.slack.test_clicks import actions
from tests.slack.test_delegation import Delegated
from tests.slack.test_eol_answers import Reminded, copied, posted, remind
from tests.slack.test_receipts import gone, unheard
from tests.slack.test_whoowns import buttons

pytestmark = read_only


def catalog() -> SourceCatalog:
    """Platform looks after the database of an application that is Payments'; Node.js 20 ends on 30 April 2026."""
    made = organisation()
    made.assets.append(
        asset(
            "ledger-db",
            AssetKind.DATABASE,
            runs=(Runs("nodejs", "20.11.1"),),
            owners=(team_owns("Payments", Area.APPLICATION), team_owns("Platform", Area.DATABASE)),
        )
    )
    return made


@pytest.fixture
async def reminded(stage: Stage) -> Reminded:
    """Platform are reminded of it on Tuesday, 3 March 2026."""
    await stage.bring(catalog())
    return await remind(stage, "ledger-db", channel="platform")


def slack_id(stage: Stage, handle: str) -> str:
    return stage.slack.workspace.user(handle).id


def told(stage: Stage, handle: str) -> list[PostedMessage]:
    """What Baton has written to somebody."""
    person = slack_id(stage, handle)
    found = []
    for channel in stage.slack.workspace.channels.values():
        if channel.is_im and person in channel.members:
            found += stage.slack.workspace.messages.get(channel.id, {}).values()
    return [each for each in found if each.ephemeral_for is None]


async def plan(reminded: Reminded, **more: Any) -> dict[str, str]:
    """Lin plans it: Grace makes the application compatible until 1 April, Omar upgrades on 20 April."""
    stage = reminded.stage
    await reminded.form(ids.PLAN, user="lin")
    said = {
        ids.PLAN_DAY: "2026-04-20",
        ids.PLAN_COMPATIBILITY: slack_id(stage, "grace"),
        ids.PLAN_COMPATIBLE_BY: "2026-04-01",
        ids.PLAN_UPGRADE: slack_id(stage, "omar"),
        ids.PLAN_ROLLBACK: "errors above 1% <!here>",
        ids.PLAN_DECIDER: slack_id(stage, "omar"),
        **more,
    }
    return await reminded.submit("lin", {key: value for key, value in said.items() if value is not None})


async def test_whoever_is_named_is_told_once_and_a_changed_day_is_news(reminded: Reminded) -> None:
    stage = reminded.stage
    assert await plan(reminded) == {}
    [grace], [omar] = told(stage, "grace"), told(stage, "omar")
    lin = slack_id(stage, "lin")
    assert grace.text.startswith(f"<@{lin}> names you in a plan: the upgrade of *Node.js 20* on *ledger-db* to 24 by ")
    assert "*Application compatibility:* you, by <!date^" in grace.text
    assert "|2026-04-01>." in grace.text
    assert set(buttons(grace)) == {"Application is compatible", "Open"}
    assert "*Upgrade:* you, by" in omar.text
    assert "*You may decide to roll back*: errors above 1% &lt;!here&gt;." in omar.text
    assert set(buttons(omar)) == {"Open"}
    assert told(stage, "lin") == []
    await plan(reminded)
    assert (len(told(stage, "grace")), len(told(stage, "omar"))) == (1, 1)
    await plan(reminded, **{ids.PLAN_COMPATIBLE_BY: "2026-04-03"})
    assert (len(told(stage, "grace")), len(told(stage, "omar"))) == (2, 1)


async def test_where_ownership_is_split_both_teams_hear(reminded: Reminded) -> None:
    stage = reminded.stage
    await plan(reminded)
    [heard] = await posted(stage, "payments")
    assert heard.text.startswith("*Platform* plans the upgrade of *Node.js 20* on *ledger-db* to 24 by ")
    assert "You own another part of it." in heard.text
    assert "application: Grace Marsh by <!date^" in heard.text
    assert "roll back: errors above 1% &lt;!here&gt;, Omar Sol decides" in heard.text
    await plan(reminded)
    assert len(await posted(stage, "payments")) == 1


async def test_the_first_part_is_closed_by_its_owner_alone_and_stays_so(reminded: Reminded) -> None:
    stage = reminded.stage
    await plan(reminded)
    [grace] = told(stage, "grace")
    shared = await copied(stage, "general", grace.blocks)
    for user in ("lin", "omar", "eve", "ada"):
        await stage.press(shared, ids.COMPATIBLE, user=user)
        assert "Only whoever the plan names for it" in stage.slack.visible_messages(user, "general")[-1].text
    assert "lifecycle.compatible" not in await actions(stage)
    for _ in range(2):
        await stage.press(shared, ids.COMPATIBLE, user="grace")
    assert (await actions(stage)).count("lifecycle.compatible") == 1
    first, _ = stage.slack.visible_messages("grace", "general")[-2:]
    assert first.text.startswith("Noted: the application is compatible.")
    await reminded.settle()
    person = slack_id(stage, "grace")
    assert f"Application compatibility: <@{person}>, done <!date^" in reminded.root.text
    assert f"Upgrade: <@{slack_id(stage, 'omar')}> by <!date^" in reminded.root.text
    assert "Application is compatible" not in buttons(reminded.root)
    assert (await reminded.row()).resolved_at is None, "the second part is closed by the evidence"
    await plan(reminded, **{ids.PLAN_DAY: "2026-04-22"})
    assert f"Application compatibility: <@{person}>, done <!date^" in reminded.root.text


async def test_whoever_upgrades_hears_when_the_first_part_is_closed_and_when_it_is_open_again(
    reminded: Reminded,
) -> None:
    stage = reminded.stage
    await plan(reminded)
    await stage.press(told(stage, "grace")[0], ids.COMPATIBLE, user="grace")
    receipt = stage.slack.visible_messages("grace", told(stage, "grace")[0].channel)[-1].text
    told_so = "Noted: the application is compatible. I am telling Omar Sol, who upgrades *Node.js 20* by <!date^"
    assert receipt.startswith(told_so)
    await reminded.settle()
    _, can_go = told(stage, "omar")
    assert can_go.text.startswith("You can go ahead: Grace Marsh says the application is compatible.")
    assert "Roll back when: errors above 1% &lt;!here&gt;. Omar Sol may decide to roll back." in can_go.text
    await plan(reminded, **{ids.PLAN_COMPATIBILITY: slack_id(stage, "eve")})
    *_, wait = told(stage, "omar")
    assert "application compatibility is open again. Application compatibility: <@" in wait.text
    assert len(told(stage, "omar")) == 3


@pytest.mark.parametrize("is_known", [True, False])
async def test_of_whoever_upgrades_and_is_gone_nothing_is_promised_or_it_is_taken_back(
    reminded: Reminded, is_known: bool
) -> None:
    stage = reminded.stage
    await plan(reminded)
    if is_known:
        await gone(stage, "omar")
    else:
        unheard(stage, user="omar")
    [asked] = told(stage, "grace")
    await stage.press(asked, ids.COMPATIBLE, user="grace")
    receipt = stage.slack.visible_messages("grace", asked.channel)[-1].text
    assert ("I am telling Omar Sol" in receipt) is not is_known
    await reminded.settle()
    lost = [each.text for each in told(stage, "grace") if each.text.startswith("I could not reach anybody for *Omar")]
    assert len(lost) == (0 if is_known else 1)


async def test_each_message_names_the_other_person_and_when_to_roll_back(reminded: Reminded) -> None:
    stage = reminded.stage
    await plan(reminded)
    [grace], [omar] = told(stage, "grace"), told(stage, "omar")
    assert "Upgrade: Omar Sol, by <!date^" in grace.text
    assert "Roll back when: errors above 1% &lt;!here&gt;. Omar Sol may decide to roll back." in grace.text
    assert "Application compatibility: Grace Marsh, by <!date^" in omar.text
    world = Delegated(stage)
    await world.go(datetime(2026, 3, 31, 17, 0, tzinfo=UTC), hours=(10, 16))
    _, asked = told(stage, "grace")
    assert "Upgrade: Omar Sol, by <!date^" in asked.text
    assert "Roll back when: errors above 1%" in asked.text


async def test_what_the_first_owner_was_told_and_asked_says_that_it_is_done_and_that_it_is_open_again(
    reminded: Reminded,
) -> None:
    stage = reminded.stage
    await plan(reminded)
    await Delegated(stage).go(datetime(2026, 3, 31, 17, 0, tzinfo=UTC), hours=(10, 16))
    _, asked = told(stage, "grace")
    assert "Will you make it?" in asked.text
    await stage.press(asked, ids.COMPATIBLE, user="grace")
    await reminded.settle()
    for message in told(stage, "grace"):
        assert set(buttons(message)) == {"Open"}, "there is nothing to press any more"
        assert "done <!date^" in message.text
        assert "Will you make it?" not in message.text
    await plan(reminded, **{ids.PLAN_COMPATIBILITY: slack_id(stage, "eve")})
    await plan(reminded)
    await reminded.settle()
    again = told(stage, "grace")[0]
    assert set(buttons(again)) == {"Application is compatible", "Open"}
    assert "you, by <!date^" in again.text


async def test_a_first_owner_who_is_late_is_asked_again_and_their_team_reads_it(reminded: Reminded) -> None:
    stage, world = reminded.stage, Delegated(reminded.stage)
    await plan(reminded)
    before = len(await world.said_in("platform"))
    await world.go(datetime(2026, 4, 2, 17, 0, tzinfo=UTC), hours=(10, 16))
    *_, late = told(stage, "grace")
    assert len(told(stage, "grace")) == 3
    assert "*Application compatibility* by <!date^" in late.text
    assert "Is it done? If not, tell" in late.text
    await world.go(datetime(2026, 4, 8, 17, 0, tzinfo=UTC), hours=(10, 16))
    said = [each.text for each in (await world.said_in("platform"))[before:]]
    assert any("|2026-04-01> (late)" in each for each in said)
    await world.go(datetime(2026, 4, 10, 17, 0, tzinfo=UTC), hours=(10, 16))
    assert len(told(stage, "grace")) == 4, "once a week"


async def test_nobody_is_written_to_on_their_days_off(reminded: Reminded) -> None:
    """It is planned on a Saturday, and Omar reads of it on Monday."""
    stage, world = reminded.stage, Delegated(reminded.stage)
    await world.go(datetime(2026, 3, 7, 15, 0, tzinfo=UTC), hours=(10, 14))
    await plan(reminded)
    await reminded.settle()
    assert told(stage, "omar") == []
    assert told(stage, "grace") == []
    await world.go(datetime(2026, 3, 8, 17, 0, tzinfo=UTC), hours=(10, 16))
    assert told(stage, "omar") == []
    await world.go(datetime(2026, 3, 9, 18, 0, tzinfo=UTC), hours=(10, 16))
    assert len(told(stage, "omar")) == len(told(stage, "grace")) == 1


async def test_without_a_name_whoever_answers_the_reminder_closes_it(reminded: Reminded) -> None:
    stage = reminded.stage
    await plan(reminded, **{ids.PLAN_COMPATIBILITY: None, ids.PLAN_COMPATIBLE_BY: None})
    text = {"type": "plain_text", "text": "Done"}
    element = {"type": "button", "action_id": ids.COMPATIBLE, "text": text, "value": str(reminded.id)}
    pressed = await copied(stage, "general", [{"type": "actions", "elements": [element]}])
    await stage.press(pressed, ids.COMPATIBLE, user="eve")
    assert "Only members of Platform" in stage.slack.visible_messages("eve", "general")[-1].text
    await stage.press(pressed, ids.COMPATIBLE, user="lin")
    assert (await actions(stage)).count("lifecycle.compatible") == 1


async def test_nothing_planned_is_said_and_so_is_an_impossible_order(reminded: Reminded) -> None:
    stage = reminded.stage
    errors = await plan(reminded, **{ids.PLAN_COMPATIBLE_BY: "2026-04-21"})
    assert "compatible before the upgrade" in errors[ids.PLAN_DAY]
    text = {"type": "plain_text", "text": "Done"}
    element = {"type": "button", "action_id": ids.COMPATIBLE, "text": text, "value": str(reminded.id)}
    pressed = await copied(stage, "general", [{"type": "actions", "elements": [element]}])
    await stage.press(pressed, ids.COMPATIBLE, user="lin")
    assert "Nothing is planned here any more" in stage.slack.visible_messages("lin", "general")[-1].text


async def test_each_is_asked_once_in_the_week_before_their_day(reminded: Reminded) -> None:
    stage = reminded.stage
    await plan(reminded)
    world = Delegated(stage)
    await world.go(datetime(2026, 3, 24, 17, 0, tzinfo=UTC), hours=(10, 16))
    assert len(told(stage, "grace")) == 1
    await world.go(datetime(2026, 3, 31, 17, 0, tzinfo=UTC), hours=(10, 16))
    _, asked = told(stage, "grace")
    assert "Your part of the upgrade of *Node.js 20* on *ledger-db* to 24" in asked.text
    assert "*Application compatibility* by <!date^" in asked.text
    assert "in 7 days." in asked.text
    assert f"If not, tell <@{slack_id(stage, 'lin')}>." in asked.text
    assert set(buttons(asked)) == {"Application is compatible", "Open"}
    await stage.press(asked, ids.COMPATIBLE, user="grace")
    await world.go(datetime(2026, 4, 16, 17, 0, tzinfo=UTC), hours=(10, 16))
    assert len(told(stage, "grace")) == 2
    _, _, asked = told(stage, "omar")
    assert "*Upgrade* by <!date^" in asked.text
    assert "Application compatibility (Grace Marsh): done <!date^" in asked.text


async def test_eol_the_rows_and_the_calendar_show_both_parts(reminded: Reminded) -> None:
    stage = reminded.stage
    await plan(reminded)
    for text in ("/eol platform", "/eol payments"):
        said = (await stage.ask(text)).text
        assert "application: Grace Marsh by <!date^" in said
        assert "upgrade: Omar Sol by <!date^" in said
        assert "roll back: errors above 1% &lt;!here&gt;, Omar Sol decides" in said
    context = stage.baton.context
    asked = Asked(subject=ReportScope(), period=Everything())
    report = await reports.report(context.deps, context.watcher, asked)
    [row] = [each for each in rows.inventory(report) if each["asset"] == "ledger-db"]
    expected = {
        "plan_target": "24",
        "compatibility_owner": "Grace Marsh",
        "compatibility_day": "2026-04-01",
        "compatibility_done": None,
        "upgrade_owner": "Omar Sol",
        "upgrade_day": date(2026, 4, 20).isoformat(),
        "rollback": "errors above 1% <!here>",
        "rollback_decider": "Omar Sol",
    }
    assert {key: row[key] for key in expected} == expected
    [entry] = [rows.entry(each, report) for each in report.entries if each.watch.runs[0].asset.name == "ledger-db"]
    assert entry["plan"] == expected


@pytest.mark.parametrize("is_done", [False, True])
async def test_a_first_part_that_is_late_keeps_its_plan_from_being_quiet(reminded: Reminded, is_done: bool) -> None:
    """The upgrade is planned for after the deadline: its 30 days are said only where the first part is late."""
    stage, world = reminded.stage, Delegated(reminded.stage)
    await plan(reminded, **{ids.PLAN_DAY: "2026-05-20", ids.PLAN_COMPATIBLE_BY: "2026-03-20"})
    if is_done:
        await stage.press(told(stage, "grace")[0], ids.COMPATIBLE, user="grace")
    before = len(await world.said_in("platform"))
    await world.go(datetime(2026, 4, 2, 17, 0, tzinfo=UTC), hours=(10, 16))
    new = (await world.said_in("platform"))[before:]
    assert bool(new) is not is_done
    for message in new:
        assert "application: Grace Marsh by <!date^" in message.text
        assert "|2026-03-20> (late)" in message.text
    card = await world.card("lin")
    is_asked = ":warning: Application compatibility: " in card.text and "which has passed: is it done?" in card.text
    assert is_asked is not is_done


async def test_who_owns_the_application_hears_of_a_charged_database(stage: Stage) -> None:
    """Nothing is planned yet: Platform has the database, and Payments reads what it costs, once as news."""
    made = organisation()
    made.assets.append(
        asset(
            "ledger-db",
            AssetKind.DATABASE,
            runs=(Runs("postgresql", "11.22", "aws-rds"),),
            owners=(team_owns("Payments", Area.APPLICATION), team_owns("Platform", Area.DATABASE)),
        )
    )
    await stage.bring(made)
    world = Delegated(stage)
    await world.go(datetime(2026, 3, 10, 17, 0, tzinfo=UTC), hours=(10, 16))
    said = [each.text for each in await world.said_in("payments")]
    [line] = [line for text in said for line in text.splitlines() if "under your *ledger-db*" in line]
    assert "(with *Platform*): charged now: 0.10 USD per vCPU-hour, about 292 USD a month." in line
    count = len(said)
    await world.go(datetime(2026, 3, 17, 17, 0, tzinfo=UTC), hours=(10, 16))
    assert len(await world.said_in("payments")) == count, "it is no news any more"


async def test_who_owns_the_application_reads_in_each_digest_what_is_planned_for_a_charged_database(
    stage: Stage,
) -> None:
    made = catalog()
    made.assets = [
        replace(each, runs=(Runs("postgresql", "11.22", "aws-rds"),)) if each.name == "ledger-db" else each
        for each in made.assets
    ]
    made.assets.append(asset("ledger", runs=(Runs("python", "3.7"),), owners=(team_owns("Payments"),)))
    await stage.bring(made)
    world = Delegated(stage)
    await world.go(datetime(2026, 3, 3, 10, 30, tzinfo=UTC))
    async with stage.database.reading() as session:
        charged = next(each for each in await remembered(session) if each.product == "amazon-rds-postgresql")
    card = await copied(stage, "general", (await world.card("lin", reminder=charged.id)).blocks)
    assert await plan(Reminded(stage, charged.id, "general", card.ts)) == {}
    await world.go(datetime(2026, 3, 10, 17, 0, tzinfo=UTC), hours=(10, 16))
    digests = [each.text for each in await world.said_in("payments") if "*End of life* for *Payments*" in each.text]
    [line] = [line for line in digests[-1].splitlines() if "under your *ledger-db*" in line]
    assert "charged now: 0.10 USD per vCPU-hour, about 292 USD a month" in line
    assert "planned to" in line
    assert "application: Grace Marsh by <!date^" in line
    assert "upgrade: Omar Sol by <!date^" in line
    assert "roll back: errors above 1% &lt;!here&gt;, Omar Sol decides" in line

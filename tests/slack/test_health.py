"""`/baton health`, its buttons, its picture and the month's post, over the wire."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.blocks.backlog import actions as ids
from bot.blocks.handoff import actions as handoff_actions
from bot.blocks.health import SHOW, Shown
from bot.domain.catalog import Area, AssetKind, PathRule, Runs
from bot.domain.handoff.handoffs import HandoffStep
from bot.domain.records import TeamRecord
from bot.errors import SlackError
from bot.playground.fake_slack import MessageRef, PostedMessage
from bot.services.context import health_of
from bot.services.health import Health
from bot.services.portfolio import Portfolios
from bot.services.working_times import WorkingTimes
from bot.store import tables
from bot.store.tables import HealthFigure, OutboxMessage, core
from tests.slack.conftest import Stage, asset, organisation, read_only, team_owns
from tests.slack.test_eol import inventory, png_size
from tests.slack.test_eol_answers import posted
from tests.slack.test_handoff import answer, ask_for, offer
from tests.slack.test_request_steps import Requested, requested
from tests.slack.test_requests import element, submit
from tests.slack.test_whoowns import buttons

__all__ = ["requested"]

RULE = PathRule("shop", "/infra/", 1)
in_april = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def devops_team() -> str:
    return "Platform"


async def report(stage: Stage, about: str = "", *, user: str = "eve") -> PostedMessage:
    """Ask, and return the answer, which comes behind the acknowledgement."""
    before = len(stage.slack.visible_messages(user, "general"))
    delivery = await stage.slack.run_command(user, "general", f"/baton health {about}".strip())
    assert delivery.status in (200, None)
    await stage.settle()
    seen = stage.slack.visible_messages(user, "general")
    assert len(seen) == before + 1, [toast.text for toast in stage.slack.toasts]
    assert seen[-1].ephemeral_for is not None
    return seen[-1]


def values(message: PostedMessage) -> dict[str, dict[str, Any]]:
    """The blocks of the actions' buttons, by what they show: the last of each."""
    beside = [block for block in message.blocks if block.get("accessory", {}).get("action_id") == SHOW]
    return {block["accessory"]["value"].split("|")[0]: block for block in beside}


async def pressed(stage: Stage, message: PostedMessage, shown: Shown, *, user: str = "eve") -> PostedMessage:
    block_id = values(message)[shown]["block_id"]
    await stage.slack.act(user, MessageRef(message.channel, message.ts), SHOW, block_id=block_id)
    await stage.settle()
    return stage.slack.visible_messages(user, stage.slack.workspace.channel(message.channel).name)[-1]


def another_process(stage: Stage) -> Health:
    """The report of a second process on the same store."""
    context = stage.baton.context
    portfolios = Portfolios(context.deps, context.snapshot)
    return health_of(context.deps, context.snapshot, portfolios, context.watcher, WorkingTimes())


async def kept(stage: Stage) -> list[tuple[Any, ...]]:
    table = core(HealthFigure)
    async with stage.database.reading() as session:
        return [tuple(row) for row in await session.execute(select(table).order_by(*table.primary_key))]


async def test_the_verdict_comes_first_then_the_lines_and_where_to_begin(stage: Stage) -> None:
    await stage.bring(inventory())
    lines = (await report(stage)).text.splitlines()
    assert lines[0] == ("*Platform holds 3 of 6 things of other teams in production, for 1 team.*")
    assert "• Ownership: 7 of 9 owned · 1 unowned · 1 unowned on purpose" in lines
    assert "• At risk: 1 known to one person only" in lines
    assert "• Split ownership: 2 CI and deployments · 1 database" in lines
    assert "• What Platform holds: 3 of other teams: Payments 3 · 1 of its own" in lines
    assert "• Requests to DevOps: none open" in lines
    [ends] = [line for line in lines if line.startswith("• End of life:")]
    assert " past it · " in ends
    assert "USD a month (2 vCPUs with a standby each)" in ends
    assert lines[-4:-1][0].startswith("1. ")
    assert any(str(block.get("text", {}).get("text")).startswith("1. ") for block in (await report(stage)).blocks)
    assert any("Have *Payments* take over 3 things from Platform: begin with *payments-db*" in each for each in lines)
    assert lines[-1].startswith("There are no earlier figures yet")


async def test_each_action_shows_what_it_is_about_beside_the_report(stage: Stage) -> None:
    await stage.bring(inventory())
    message = await report(stage)
    assert set(values(message)) == {Shown.ASSET, Shown.EOL}
    assert "*old-cron*" in (await pressed(stage, message, Shown.ASSET)).text
    assert "Begin the handoff" not in buttons(message), "who is of neither team cannot"
    assert "Only members of" not in message.text, "the line names the team"
    acts = [each for each in message.blocks if str(each.get("text", {}).get("text"))[:3] in ("1. ", "2. ", "3. ")]
    assert len(acts) == 3
    assert all("accessory" in each for each in acts), "and everybody can see what it is about"
    for user, title in (("lin", "Hand over"), ("grace", "Ask for it")):
        shown = await report(stage, user=user)
        assert "Begin the handoff" in buttons(shown), "beside what DevOps holds for others"
        await stage.press(shown, "handoff.open", user=user)
        assert stage.slack.view_stack(user)[-1].payload["title"]["text"] == title
    assert (await pressed(stage, message, Shown.EOL)).text.startswith("*Platform*: 1 overdue")
    assert stage.slack.visible_messages("eve", "general")[-3].text == message.text, "the report stays"
    alone = await report(stage, "search")
    assert "Name a second person in *Search*: one person knows 1 thing." in alone.text
    assert "owns 1 thing." in (await pressed(stage, alone, Shown.TEAM)).text


async def test_what_is_in_a_handoff_is_not_proposed_and_shown_once_all_is(stage: Stage) -> None:
    await stage.bring(inventory())
    await offer(stage)
    others = await report(stage)
    assert "take over 2 things from Platform: begin with" in others.text
    assert "from Platform: begin with *payments-db*" not in others.text
    await stage.slack.run_command("lin", "general", "/handoff")
    await stage.settle()
    options = element(stage.slack.view_stack("lin")[-1], handoff_actions.RESOURCES)["options"]
    payments = next(each.id for each in stage.baton.context.snapshot.teams() if each.name == "Payments")
    said = {handoff_actions.RECEIVER: str(payments), handoff_actions.RESOURCES: [each["value"] for each in options]}
    assert await submit(stage, "lin", said) == {}
    message = await report(stage)
    assert "See handoff *#1* through: *payments-db*" in message.text
    assert {"Show handoff #1", "Begin the handoff"} & set(buttons(message)) == {"Show handoff #1"}
    shown = [each["accessory"]["value"] for each in message.blocks if "accessory" in each]
    assert len(shown) == len({*shown}), "and what waits for an answer is not named once more"


async def test_what_has_gone_since_is_one_sentence(stage: Stage) -> None:
    message = await report(stage)
    await stage.bring(replace_assets(*[each for each in organisation().assets if each.name != "old-cron"]))
    assert "no longer in the catalog" in (await pressed(stage, message, Shown.ASSET)).text


def replace_assets(*assets: Any) -> Any:
    catalog = organisation()
    catalog.assets = list(assets)
    return catalog


async def test_a_team_is_told_of_itself_alone(stage: Stage) -> None:
    said = (await report(stage, "@Payments")).text
    assert said.splitlines()[0] == "*Platform holds 3 of 5 things of Payments in production.*"
    assert "old-cron" not in said
    assert (await report(stage, "Platform")).text.splitlines()[0] == (
        "*Platform holds 3 things of other teams in production, for 1 team.*"
    )


async def test_a_part_is_its_systems_teams_and_neither_staging_nor_lines_of_codeowners_count(stage: Stage) -> None:
    catalog = organisation()
    split = (team_owns("Payments", Area.APPLICATION), team_owns("Platform", Area.DATABASE))
    catalog.assets += [
        asset("checkout-cache", AssetKind.CACHE, parent="checkout", owners=(team_owns("Platform"),)),
        asset("try-db", AssetKind.DATABASE, owners=split, runs=(Runs("postgres", "16", "", "staging"),)),
        asset("shop", AssetKind.REPOSITORY, owners=(team_owns("Payments"),)),
        asset("shop:/infra", AssetKind.PATH, parent="shop", owners=(team_owns("Platform"),), path_rule=RULE),
    ]
    await stage.bring(catalog)
    everybody, payments = (await report(stage)).text, (await report(stage, "payments")).text
    assert "• What Platform holds: 4 of other teams: Payments 4 · 1 of its own" in everybody
    assert "• Ownership: 10 of 12 owned" in everybody
    assert payments.startswith("*Platform holds 4 of 7 things of Payments in production.*")


@read_only
async def test_a_name_of_no_team_is_answered_with_the_nearest(stage: Stage) -> None:
    assert "Did you mean one of these?" in (await report(stage, "paymnts")).text


@pytest.mark.parametrize("devops_team", ["", "Plattform"])
async def test_without_a_devops_team_it_says_so_and_what_to_do(stage: Stage, devops_team: str) -> None:
    first, note, *lines = (await report(stage)).text.splitlines()
    assert first == "*7 of 9 things in the catalog are owned.*"
    assert "BATON_DEVOPS_TEAM" in note
    assert not any("holds" in each or "Requests" in each for each in lines)


async def test_an_empty_catalog_and_a_team_with_nothing_say_the_next_step(stage: Stage) -> None:
    await stage.bring(replace_assets(asset("lone", owners=(team_owns("Search"),))), allow_mass_change=True)
    assert "*Payments* owns nothing in the catalog. *We own this*" in (await report(stage, "payments")).text
    await stage.bring(replace(replace_assets(), may_be_empty=True), allow_mass_change=True)
    assert (await report(stage)).text.startswith("The catalog is empty: ask your Baton administrator")
    await stage.baton.context.health.run()
    assert await kept(stage) == []


async def test_figures_are_kept_once_a_month_and_compared_with(stage: Stage) -> None:
    await stage.baton.context.health.run()
    before = await kept(stage)
    march = stage.clock.now().date()
    assert (march.replace(day=1), "", "devops.held", 3, march) in before
    assert (march.replace(day=1), "team:1", "devops.held", 3, march) in before
    assert all(value for _, scope, _, value, _ in before if scope), "zeros of teams are not kept"
    freed = [replace(each, owners=(team_owns("Payments"),)) if each.name == "checkout" else each
             for each in organisation().assets]  # fmt: skip
    await stage.bring(replace_assets(*freed))
    stage.clock.advance(timedelta(1))
    await asyncio.gather(stage.baton.context.health.run(), another_process(stage).run())
    assert await kept(stage) == before, "what is counted again in March changes nothing"
    assert "no earlier figures" in (await report(stage)).text
    stage.clock.at = in_april
    lines = (await report(stage)).text.splitlines()
    assert lines[0].endswith("holds 1 (down from 3) of 6 things of other teams in production, for 1 team.*")
    assert "• What Platform holds: 1 of other teams (down from 3): Payments 1 (down from 3) · 1 of its own" in lines
    assert "2026-03-03" in lines[-1]
    assert " (down from 3) of " in (await report(stage, "payments")).text


@pytest.mark.parametrize("platform_channel", ["#general"])
async def test_the_report_is_posted_once_a_month_at_working_time(stage: Stage, platform_channel: str) -> None:
    stage.clock.at = datetime(2026, 4, 1, 20, 0, tzinfo=UTC)
    health = stage.baton.context.health
    await health.run()
    assert await posted(stage, "general") == [], "nobody is at work"
    stage.clock.at = in_april
    await asyncio.gather(health.run(), another_process(stage).run())
    for _ in range(3):
        stage.clock.advance(timedelta(1))
        await health.run()
    [message] = await posted(stage, "general")
    assert message.text.startswith("*Platform holds 3 of 6 things of other teams")
    assert "*old-cron*" in (await pressed(stage, message, Shown.ASSET)).text
    stage.clock.at = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
    await health.run()
    assert len(await posted(stage, "general")) == 2


@pytest.mark.parametrize("platform_channel", ["#general"])
async def test_a_process_that_begins_late_in_the_month_waits_for_the_next(stage: Stage, platform_channel: str) -> None:
    stage.clock.at = in_april.replace(day=13)
    await stage.baton.context.health.run()
    assert await posted(stage, "general") == []
    assert await kept(stage)


async def test_without_a_platform_channel_nothing_is_posted(stage: Stage) -> None:
    stage.clock.at = in_april
    await stage.baton.context.health.run()
    async with stage.database.reading() as session:
        keys = (await session.execute(select(core(OutboxMessage).c.key))).scalars().all()
    assert [key for key in keys if key.startswith("health:")] == []


async def test_requests_are_counted_and_nothing_is_said_of_a_private_one(requested: Requested) -> None:
    stage = requested.stage
    stage.clock.advance(timedelta(days=45))
    message = await report(stage)
    assert "• Requests to DevOps: 1 open · the oldest 45 days old" in message.text
    assert "Move request #1 of *Payments* on: it has been open for 45 days." in message.text
    assert (await pressed(stage, message, Shown.REQUEST)).text.startswith("*#1*")
    table = core(tables.Request)
    async with stage.database.transaction() as session:
        await session.execute(table.update().values(is_private=True))
    said = (await report(stage)).text
    assert "1 open · the oldest 45 days old" in said
    assert "#1" not in said


@pytest.mark.parametrize(("days", "is_said"), [(6, False), (7, True)])
async def test_a_request_of_this_week_is_nothing_to_begin_with(requested: Requested, days: int, is_said: bool) -> None:
    requested.stage.clock.advance(timedelta(days=days))
    said = (await report(requested.stage)).text
    assert f"the oldest {days} days old" in said
    assert ("Move request #1" in said) is is_said


async def test_a_request_that_waits_for_its_own_team_is_moved_on_by_an_answer(requested: Requested) -> None:
    await requested.press(requested.triage, ids.ASK, user="lin")
    assert await requested.fill("lin", words="Which region?") == {}
    requested.stage.clock.advance(timedelta(days=45))
    said = (await report(requested.stage)).text
    assert "Move request #1" not in said
    assert "Get the answer of *Payments* to the question about request #1, which has been open for 45 days." in said


async def test_what_others_have_asked_for_waits_for_the_team_that_takes_requests(requested: Requested) -> None:
    stage = requested.stage
    await stage.baton.context.health.run()
    stage.clock.advance(timedelta(days=45))
    said = (await report(stage, "platform")).text
    assert "• Requests to DevOps: 1 open · the oldest 45 days old" in said
    assert "Move request #1 of *Payments* on" in said
    assert "Requests to DevOps: none open" in (await report(stage, "search")).text


async def test_a_picture_is_posted_with_its_words(stage: Stage) -> None:
    await stage.baton.context.health.run()
    stage.clock.at = in_april
    receipt = (await stage.ask("/baton health picture")).text
    assert "`/baton health` says the same in words. Not here in a minute? Ask again." in receipt
    await stage.settle()
    [file_id] = stage.slack.visible_messages("grace", "general")[-1].files
    file = stage.slack.workspace.files[file_id]
    assert png_size(file.content or b"")[0] == 1200
    assert "Platform holds of others: 3, 3 at first." in file.alt_text
    assert "Payments: whole 4 own, application 1 own, ci-cd 2 DevOps, database 1 DevOps." in file.alt_text


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("internal_error", "If it is not here in a moment, try again."),
        ("file_update_failed", "If it is not here in a moment, try again."),
        ("file_uploads_disabled", "Tell your Baton administrator `file_uploads_disabled`."),
    ],
)
async def test_whoever_asked_hears_what_became_of_a_picture(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise SlackError(code)

    monkeypatch.setattr(type(stage.baton.context.slack), "upload_file", refused)
    await stage.ask("/baton health picture")
    await stage.settle()
    assert said in stage.slack.visible_messages("grace", "general")[-1].text


@pytest.mark.parametrize("typed", ["/baton health picture", "/devops picture", "/eol timeline"])
async def test_a_guest_has_no_picture_posted_for_everybody(stage: Stage, typed: str) -> None:
    guest = stage.slack.add_user("gus", real_name="Gus Guest", standing="guest")
    stage.slack.workspace.channel("general").members.add(guest.id)
    before = len(stage.slack.visible_messages("grace", "general"))
    refusal = "Guests cannot post pictures in a channel: ask a full member to do it."
    assert (await stage.ask(typed, user="gus")).text == refusal
    await stage.settle()
    assert len(stage.slack.visible_messages("grace", "general")) == before


async def test_no_picture_is_posted_where_people_from_outside_are(stage: Stage) -> None:
    stage.slack.workspace.channel("general").is_ext_shared = True
    await stage.ask("/baton health picture")
    await stage.settle()
    last = stage.slack.visible_messages("grace", "general")[-1]
    assert last.text == "People from other organisations are here, so I do not share it."
    assert last.files == []


async def test_whoever_asked_hears_when_it_fails(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_: TeamRecord | None) -> None:
        raise ValueError("a fault of the report")

    monkeypatch.setattr(stage.baton.context.health, "report", broken)
    assert (await report(stage)).text.startswith("Something went wrong")


async def test_an_answer_that_slack_takes_no_more_comes_as_a_message(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_: object) -> None:
        raise SlackError("expired_url")

    monkeypatch.setattr(type(stage.baton.context.slack), "respond", refused)
    await stage.slack.run_command("eve", "general", "/baton health")
    await stage.settle()
    im = stage.slack.workspace.im(stage.slack.workspace.user("eve").id)
    await posted(stage, "general")
    assert stage.slack.visible_messages("eve", im.id)[-1].text.startswith("*Platform holds")


async def test_handoffs_are_shown_once_there_are_any_with_the_days_that_an_acceptance_takes(stage: Stage) -> None:
    assert "Handoffs" not in (await report(stage)).text
    await offer(stage)
    stage.clock.advance(timedelta(hours=20))
    assert "who offered 1 thing 1 day ago." in (await report(stage)).text, "that was yesterday"
    stage.clock.advance(timedelta(days=8, hours=4))
    message = await report(stage)
    assert "• Handoffs: none accepted in 90 days · 1 thing waiting for an answer" in message.text
    assert "Have *Payments* answer Platform, who offered 1 thing 9 days ago." in message.text
    await stage.press(message, handoff_actions.SHOW, user="eve")
    assert (
        "*Platform* offers *payments-db* (the database) to *Payments*"
        in stage.slack.visible_messages("eve", "general")[-1].text
    )
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    said = (
        "• Handoffs: 1 thing accepted in 90 days · a median of 9 days from offer to acceptance "
        "· none waiting for an answer"
    )
    for about in ("", "payments", "platform"):
        assert said in (await report(stage, about)).text, about
    assert "Handoffs" not in (await report(stage, "search")).text
    assert "• What Platform holds: 2 of other teams: Payments 2" in (await report(stage)).text
    stage.clock.advance(timedelta(days=91))
    assert "Handoffs" not in (await report(stage)).text


async def test_a_team_that_waits_for_what_it_needs_first_is_not_told_to_answer(stage: Stage) -> None:
    await offer(stage)
    needed = {"needs": "A drill", "needs_from": "Lin", "needs_by": "2026-03-12"}
    await answer(stage, HandoffStep.NOT_YET, "payments-db", **needed)
    stage.clock.advance(timedelta(days=2))
    message = await report(stage)
    assert "1 thing waiting for an answer" in message.text
    assert "answer Platform" not in message.text


async def test_what_was_asked_for_and_not_offered_waits_for_an_answer_as_well(stage: Stage) -> None:
    await ask_for(stage)
    stage.clock.advance(timedelta(days=9))
    message = await report(stage)
    assert "• Handoffs: none accepted in 90 days · 1 thing waiting for an answer" in message.text
    assert "Have *Platform* answer Payments, who asked for 1 thing 9 days ago." in message.text
    await stage.press(message, handoff_actions.SHOW, user="eve")
    assert "*Payments* asks *Platform* to hand over" in stage.slack.visible_messages("eve", "general")[-1].text


async def test_what_was_declined_is_not_proposed_again_for_a_month(stage: Stage) -> None:
    assert "begin with *payments-db*" in (await report(stage)).text
    await offer(stage)
    await answer(stage, HandoffStep.DECLINE, "payments-db", reason="Our pipeline moves in May")
    said = (await report(stage)).text
    assert "• What Platform holds: 3 of other teams: Payments 3" in said
    assert "Have *Payments* take over 2 things from Platform: begin with *checkout*" in said
    stage.clock.advance(timedelta(days=31))
    assert "Have *Payments* take over 3 things from Platform: begin with *payments-db*" in (await report(stage)).text

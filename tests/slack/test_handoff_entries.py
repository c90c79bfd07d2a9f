"""Where a handoff begins: a request that was delivered, and the Home tab, which shows what is open."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.blocks.backlog import actions as backlog
from bot.blocks.eol import actions as eol
from bot.blocks.handoff import actions as ids
from bot.blocks.handoff_button import OpenHandoff, Way, handoff_buttons
from bot.blocks.request_button import OPEN as OPEN_REQUEST
from bot.domain.catalog import AssetKind, TeamClaim
from bot.domain.handoff.handoffs import HandoffStep
from bot.errors import SlackError, StoreError
from bot.playground.fake_slack import PostedMessage
from bot.services.snapshot import refresh
from bot.store import tables
from bot.store.journal import next_revision
from tests.slack.conftest import HERE, Stage, asset, organisation, team_owns
from tests.slack.test_eol_answers import copied, deploy, open_button, remind
from tests.slack.test_handoff import OPEN, answer, ask_for, card, offer, on, owner, said_to, ticked
from tests.slack.test_portfolio import open_home, press_home, texts
from tests.slack.test_request_steps import Requested, devops_team, requested
from tests.slack.test_requests import element, said_in, submit
from tests.slack.test_whoowns import buttons

__all__ = ["devops_team", "requested"]


async def test_what_was_delivered_is_handed_to_the_team_that_asked_for_it(requested: Requested) -> None:
    stage = requested.stage
    assert "Hand over" not in buttons(requested.triage)
    await requested.press(requested.triage, backlog.DELIVER, user="lin")
    assert await requested.fill("lin", words="It is there") == {}
    assert "Hand over" in buttons(requested.triage)
    await requested.press(requested.triage, OPEN, user="lin")
    names = ticked(stage, "lin", "payments-db (the database)")
    assert await submit(stage, "lin", {ids.RESOURCES: names}) == {}, "the receiver is known"
    shown = await card(stage)
    assert "*Platform* offers *payments-db* (the database) to *Payments*" in shown.text
    assert "delivered with request #1" in shown.text
    await stage.press(shown, ids.ACCEPT_ALL, user="grace")
    assert "*Payments*" in await owner(stage, "payments-db database")


async def test_what_was_delivered_with_a_shared_library_is_handed_over_and_the_library_stays(
    stage: Stage,
) -> None:
    made = organisation()
    made.assets.append(asset("terraform-modules", AssetKind.LIBRARY, owners=(team_owns("Platform"),)))
    await stage.bring(made)
    answer = await stage.ask("/whoowns terraform-modules")
    await stage.press(answer, OPEN_REQUEST)
    assert await submit(stage, "grace", {backlog.TITLE: "Help with the module"}) == {}
    its = Requested(stage, answer)
    await its.settle()
    await its.press(its.triage, backlog.DELIVER, user="lin")
    assert await its.fill("lin", words="Upgraded by the module") == {}
    await its.press(its.triage, OPEN, user="lin")
    view = stage.slack.view_stack("lin")[-1]
    offered = element(view, ids.RESOURCES)
    assert "initial_options" not in offered
    assert not [each for each in offered["options"] if "terraform-modules" in each["text"]["text"]]
    assert element(view, ids.LIBRARY)["initial_option"]["text"]["text"] == "terraform-modules"
    assert await submit(stage, "lin", {ids.RESOURCES: ticked(stage, "lin", "payments-db (the database)")}) == {}
    shown = await card(stage)
    assert "*Platform* offers *payments-db* (the database) to *Payments*" in shown.text
    assert "terraform-modules stays with Platform" in shown.text


async def test_both_sides_see_on_home_what_is_open(stage: Stage) -> None:
    assert "Handoffs" not in texts(await open_home(stage, "grace"))
    await offer(stage)
    for user in ("grace", "lin"):
        said = texts(await open_home(stage, user))
        assert "*Platform* offers *payments-db* (the database) to *Payments*" in said
        assert "*Payments* has 1 of 1 to answer" in said
    assert "offers" not in texts(await open_home(stage, "solo"))
    await press_home(stage, "grace", "Show: handoff #1")
    assert "waits for an answer" in said_in(stage.slack.view_stack("grace")[-1])
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    assert "Handoffs" not in texts(await open_home(stage, "lin"))


async def test_a_reminder_of_what_is_split_offers_it_to_the_team_with_the_application(stage: Stage) -> None:
    await deploy(stage, "payments-db", "nodejs", "20.11.1")
    reminded = await remind(stage, "payments-db")
    assert "Hand over" in buttons(reminded.root)
    await stage.press(reminded.root, OPEN, user="solo")
    assert stage.slack.view_stack("solo") == [], "only its owner offers it"
    await stage.press(reminded.root, OPEN, user="lin")
    assert element(stage.slack.view_stack("lin")[-1], ids.RECEIVER)["initial_option"]["text"]["text"] == "Payments"
    assert await submit(stage, "lin", {ids.RESOURCES: ticked(stage, "lin", "payments-db (the database)")}) == {}
    assert "*Platform* offers *payments-db* (the database) to *Payments*" in (await card(stage)).text
    await stage.press(reminded.root, OPEN, user="lin")
    assert "offers *payments-db* (the database) to *Payments*" in said_in(stage.slack.view_stack("lin")[-1]), (
        "and no second one"
    )
    opened = await copied(stage, "general", open_button(reminded))
    await stage.press(opened, eol.OPEN, user="lin")
    assert {"Show handoff #1", "Hand over"} & set(buttons(stage.slack.visible_messages("lin", "general")[-1])) == {
        "Show handoff #1"
    }


async def test_a_reminder_of_what_one_team_owns_offers_no_handoff(stage: Stage) -> None:
    await deploy(stage, "search-api", "nodejs", "20.11.1")
    assert "Hand over" not in buttons((await remind(stage, "search-api")).root)


async def test_an_answer_says_what_is_offered_agreed_and_lent_and_leads_to_it(stage: Stage) -> None:
    for user, way in (("grace", "Ask for it"), ("lin", "Hand over")):
        assert way in buttons(await stage.ask("/whoowns payments-db", user=user))
    shown = await offer(stage, effective="2026-03-05", loan="2026-03-12")
    said = await stage.ask("/whoowns payments-db", user="grace")
    assert "*Platform* offers the database to *Payments*: not accepted yet." in said.text
    assert "offers the database" in (await stage.ask("/whoowns payments-db database", user="eve")).text
    assert "offers the database" not in (await stage.ask("/whoowns payments-db application", user="eve")).text
    for user in ("grace", "lin"):
        seen = buttons(await stage.ask("/whoowns payments-db", user=user))
        assert "Show handoff" in seen
        assert not {"Ask for it", "Hand over"} & set(seen), "it would be refused"
    await stage.press(said, ids.SHOW, user="grace")
    assert "Accept" in buttons(stage.slack.visible_messages("grace", "general")[-1])
    await stage.press(shown, ids.ACCEPT_ALL, user="grace")
    said = await stage.ask("/whoowns payments-db", user="grace")
    assert "*Platform* lends the database to *Payments* from <!date^" in said.text
    assert "|2026-03-05> until <!date^" in said.text
    assert "Ask for it" not in buttons(said)
    await on(stage, 3, 5)
    said = await stage.ask("/whoowns payments-db database", user="solo")
    assert "*Payments* has the database until <!date^" in said.text
    assert "|2026-03-12>, on loan from *Platform*." in said.text
    assert "Show handoff" in buttons(said)
    for user in ("grace", "lin"):
        assert "on loan until" in texts(await open_home(stage, user))
        assert "on loan until" in (await stage.ask("/handoff list", user=user)).text
    await on(stage, 3, 12)
    assert "handoff" not in (await stage.ask("/whoowns payments-db", user="grace")).text
    assert "Ask for it" in buttons(await stage.ask("/whoowns payments-db", user="grace"))
    assert "Handoffs" not in texts(await open_home(stage, "lin"))


async def begin_button(stage: Stage) -> PostedMessage:
    """The button of the health report that begins with payments-db, as an older message has it."""
    snapshot = stage.baton.context.snapshot
    asset_id = snapshot.directory.by_ref("database:payments-db").id
    payments = next(each.id for each in snapshot.teams() if each.name == "Payments")
    about = OpenHandoff(Way.OFFER, asset_id, payments)
    buttons = handoff_buttons(about, "payments-db", text="Begin the handoff")
    return await copied(stage, "general", [{"type": "actions", "elements": buttons}])


async def test_a_button_that_names_a_thing_has_it_ticked_or_shows_the_handoff_that_it_is_in(stage: Stage) -> None:
    made = organisation()
    made.assets.append(asset("payments-db-backups", AssetKind.STORAGE, owners=(team_owns("Platform"),)))
    await stage.bring(made)
    begin = await begin_button(stage)
    await stage.press(begin, OPEN, user="lin")
    form = element(stage.slack.view_stack("lin")[-1], ids.RESOURCES)
    assert [each["text"]["text"] for each in form["initial_options"]] == ["payments-db (the database)"]
    assert "payments-db-backups" in [each["text"]["text"] for each in form["options"]]
    await ask_for(stage, "payments-db (the database)")
    for user in ("lin", "grace"):
        await stage.press(begin, OPEN, user=user)
        assert "*Payments* asks *Platform* to hand over" in said_in(stage.slack.view_stack(user)[-1]), user


async def test_of_a_part_of_another_teams_system_that_team_is_proposed(stage: Stage) -> None:
    catalog = organisation()
    catalog.assets.append(asset("checkout-cache", AssetKind.CACHE, parent="checkout", owners=(team_owns("Platform"),)))
    await stage.bring(catalog)
    await stage.slack.run_command("lin", "general", "/handoff checkout-cache")
    await stage.settle()
    chosen = element(stage.slack.view_stack("lin")[-1], ids.RECEIVER)["initial_option"]
    assert chosen["text"]["text"] == "Payments"


@pytest.fixture
async def nobody_read(stage: Stage) -> Stage:
    """Baton has not read Slack's members yet, as in the first second of its first start."""
    context = stage.baton.context
    async with stage.database.transaction() as session:
        revision = await next_revision(session)
        await session.execute(update(tables.Person).values(slack_id=None, revision=revision))
    await refresh(context.snapshot, stage.database)
    assert context.snapshot.person_by_slack_id(stage.slack.workspace.user("lin").id) is None
    return stage


async def test_whoever_asks_before_members_are_read_is_known_by_their_address(nobody_read: Stage) -> None:
    stage = nobody_read
    await stage.slack.run_command("lin", "general", "/handoff checkout")
    await stage.settle()
    assert ids.RECEIVER in str(stage.slack.view_stack("lin")[-1].payload), "Platform owns the deployments of checkout"


@pytest.mark.parametrize("failure", [SlackError("internal_error"), StoreError("It is full."), TimeoutError()])
async def test_where_nobody_says_who_asks_no_list_says_that_there_is_nothing(
    nobody_read: Stage, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    asked: list[str] = []

    async def fails(user_id: str) -> None:
        asked.append(user_id)
        raise failure

    stage = nobody_read
    monkeypatch.setattr(stage.baton.context.listings, "read_member", fails)
    assert "I do not know your teams just now" in (await stage.ask("/handoff list", user="lin")).text
    await stage.slack.run_command("lin", "general", "/handoff checkout")
    await stage.settle()
    assert "'Why?'" in str(stage.slack.view_stack("lin")[-1].payload), "a form waits longer"
    asked.clear()
    assert "no such handoff" in (await stage.ask("/handoff show 7", user="lin")).text
    assert "/handoff list" in (await stage.ask("/handoff help", user="lin")).text
    assert asked == []


async def test_somebody_in_no_team_hears_that_they_have_nothing_to_hand_over(stage: Stage) -> None:
    await stage.slack.run_command("eve", "general", "/handoff")
    await stage.settle()
    assert "You are in no team that could hand anything over" in said_in(stage.slack.view_stack("eve")[-1])


async def test_what_is_wrong_with_the_team_stands_at_the_team(stage: Stage) -> None:
    catalog = organisation()
    catalog.teams.append(TeamClaim(name="Alone", members=("lin@example.test",), origin=HERE))
    await stage.bring(catalog)
    await stage.press(await stage.ask("/whoowns payments-db", user="lin"), OPEN, user="lin")
    alone = next(each.id for each in stage.baton.context.snapshot.teams() if each.name == "Alone")
    wrong = await submit(stage, "lin", {ids.RECEIVER: str(alone)})
    assert wrong == {
        ids.RECEIVER: "Alone is only whoever offers it, and another one has to accept: let a teammate offer it."
    }


async def test_who_is_asked_to_answer_a_handoff_of_what_they_name_is_shown_it(stage: Stage) -> None:
    await offer(stage)
    shown = await stage.ask("/handoff payments-db", user="grace")
    assert "*Platform* offers *payments-db* (the database) to *Payments*" in shown.text
    assert "Accept" in buttons(shown)
    await answer(stage, HandoffStep.DECLINE, "payments-db", reason="Not now")
    await ask_for(stage)
    shown = await stage.ask("/handoff payments-db", user="lin")
    assert "*Payments* asks *Platform* to hand over *payments-db* (the database)" in shown.text
    assert "Offer it…" in buttons(shown)
    assert stage.slack.view_stack("lin") == []
    shown = await stage.ask("/handoff payments-db", user="grace")
    assert "*Payments* asks *Platform* to hand over" in shown.text, "not a form that gives away what is theirs"
    assert "Not needed any more" in buttons(shown)


async def test_what_is_lent_is_in_no_form_that_would_be_refused_for_it(stage: Stage) -> None:
    made = organisation()
    made.assets.append(asset("payments-cache", AssetKind.STORAGE, owners=(team_owns("Platform"),)))
    await stage.bring(made)
    await stage.press(await begin_button(stage), OPEN, user="lin")
    both = ticked(stage, "lin", "payments-db (the database)", "payments-cache")
    assert await submit(stage, "lin", {ids.RESOURCES: both, "handoff.loan": "2026-03-20"}) == {}
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="grace")
    assert await formed(stage, "solo", "/handoff payments-cache") == []
    view = stage.slack.view_stack("solo")[-1]
    assert said_in(view).startswith("It is in this handoff already:")
    assert "a loan that returns on" in str(view.payload["blocks"])
    assert await formed(stage, "solo", "/handoff payments-db") == ["payments-db (the application)"]
    assert await submit(stage, "solo") == {}
    assert "payments-db (the database)" not in await formed(stage, "grace", "/handoff")
    assert "payments-cache" in await formed(stage, "grace", "/handoff payments-cache"), "its lender can have it back"
    assert await formed(stage, "lin", "/handoff payments-cache") == ["payments-cache"]


async def formed(stage: Stage, user: str, typed: str) -> list[str]:
    """What the form has to tick that somebody's command opens; nothing where it opens none."""
    await stage.slack.run_command(user, "general", typed)
    await stage.settle()
    view = stage.slack.view_stack(user)[-1]
    shown = [each for each in view.payload["blocks"] if each.get("block_id") == ids.RESOURCES]
    return [each["text"]["text"] for block in shown for each in block["element"]["options"]]


async def test_a_form_of_an_answer_that_would_be_refused_does_not_open(stage: Stage) -> None:
    await offer(stage, effective="2026-03-20")
    shown = await stage.ask("/handoff show 1", user="grace")
    await stage.press(await card(stage), ids.ACCEPT_ALL, user="ada")
    await stage.press(shown, "handoff.decline", user="grace")
    assert stage.slack.view_stack("grace") == []
    assert "It has been accepted for a later day" in said_to(stage, "grace")


async def test_of_what_has_passed_its_giver_can_ask_for_it_and_its_receiver_hand_it_back(stage: Stage) -> None:
    await offer(stage)
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    assert "Hand it back" in str(buttons(await stage.ask("/handoff show 1", user="grace")))
    shown = await stage.ask("/handoff show 1", user="lin")
    assert set(buttons(shown)) == {"Details", "Ask for it"}
    await stage.press(shown, OPEN, user="lin")
    said = {ids.REASON: "The audit", ids.RESOURCES: ticked(stage, "lin", "payments-db (the database)")}
    assert await submit(stage, "lin", said) == {}
    assert "*Platform* asks *Payments* to hand over *payments-db*" in (await card(stage)).text

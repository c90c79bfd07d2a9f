"""`/baton team` and the Home tab, over the wire."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.catalog import AssetKind, OwnerClaim, OwnerRef, OwnerType, PathRule
from bot.playground.fake_slack import MessageRef, View, ViewRef
from tests.slack.conftest import Stage, asset, organisation, team_owns
from tests.slack.test_claims import claim
from tests.slack.test_orphans import leave
from tests.slack.test_whoowns import buttons


def texts(view: View) -> str:
    """Every word of a view, a line for each block."""
    return "\n".join(str(block.get("text", block.get("elements", ""))) for block in view.payload["blocks"])


def pressable(view: View, label: str) -> dict[str, Any]:
    """The first button of a view whose label begins so."""
    elements = [block["accessory"] for block in view.payload["blocks"] if "accessory" in block]
    elements += [each for block in view.payload["blocks"] if block["type"] == "actions" for each in block["elements"]]
    return next(each for each in elements if each.get("accessibility_label", "").startswith(label))


async def open_home(stage: Stage, user: str) -> View:
    await stage.slack.open_home(user)
    await stage.settle()
    view = stage.slack.home(user)
    assert view is not None
    return view


async def press_home(stage: Stage, user: str, label: str) -> View:
    view = stage.slack.home(user)
    assert view is not None
    element = pressable(view, label)
    block = next(b for b in view.payload["blocks"] if b.get("accessory") == element or element in b.get("elements", ()))
    await stage.slack.act(user, ViewRef(view.id), element["action_id"], block_id=block["block_id"])
    await stage.settle()
    now = stage.slack.home(user)
    assert now is not None
    return now


async def many(stage: Stage, count: int) -> None:
    """Give Search many services, and leave as many to nobody."""
    catalog = organisation()
    catalog.assets += [asset(f"index-{number:02}", owners=(team_owns("Search"),)) for number in range(count)]
    catalog.assets += [asset(f"lost-{number:02}") for number in range(count)]
    await stage.bring(catalog)


async def test_a_team_with_what_it_owns_its_gaps_and_its_people(stage: Stage) -> None:
    said = (await stage.ask("/baton team Payments")).text
    assert "*Payments* (<#" in said
    assert "owns 5 things." in said  # payments-db, checkout, checkout-worker by inheritance, invoices, evil
    assert "*checkout-worker* · service · part of checkout" in said
    assert "2 people: Ada Byron, Grace Marsh · " not in said
    assert "2 people: Ada Byron, Grace Marsh" in said
    assert "led by Ada Byron" in said
    managed = organisation()
    managed.teams[0] = replace(managed.teams[0], manager="lin@example.test")
    await stage.bring(managed)
    said = (await stage.ask("/baton team Payments")).text
    assert "led by Ada Byron, managed by Lin Wei" in said
    assert "2 people: Ada Byron, Grace Marsh" in said, "a manager is not one of the team's people"
    assert "<@" not in said


async def test_a_lead_who_has_left_is_said_to_have(stage: Stage) -> None:
    await leave(stage, "ada")
    said = (await stage.ask("/baton team Payments", user="grace")).text
    assert "1 person: Grace Marsh" in said
    assert "led by Ada Byron, who has left" in said


async def test_gaps_come_first(stage: Stage) -> None:
    said = (await stage.ask("/baton team search")).text
    assert "1 needs attention: 1 known to one person only." in said
    assert "*search-api* · api · :warning: only one person knows it" in said


async def test_my_team_without_a_name(stage: Stage) -> None:
    assert "*Search*" in (await stage.ask("/baton team", user="solo")).text.splitlines()[0]
    assert "The catalog has you in no team" in (await stage.ask("/baton team", user="eve")).text


async def test_somebody_in_two_teams_is_asked_which(stage: Stage) -> None:
    catalog = organisation()
    lin = catalog.people[2]
    catalog.people[2] = type(lin)(name=lin.name, email=lin.email, teams=("Platform", "Search"), origin=lin.origin)
    await stage.bring(catalog)
    question = await stage.ask("/baton team", user="lin")
    assert question.text.splitlines() == ["Which of your teams?", "• *Platform*", "• *Search*"]
    block = question.blocks[2]["block_id"]
    await stage.slack.act("lin", MessageRef(question.channel, question.ts), "portfolio.team", block_id=block)
    await stage.settle()
    assert "*Search*" in stage.slack.visible_messages("lin", "general")[-1].text.splitlines()[0]


@pytest.mark.parametrize(("name", "said"), [("paymnts", "Did you mean"), ("zzzzqq", "There is no team *zzzzqq*.")])
async def test_a_name_of_no_team(stage: Stage, name: str, said: str) -> None:
    assert said in (await stage.ask(f"/baton team {name}")).text


async def test_a_long_list_is_paged_there_and_back(stage: Stage) -> None:
    await many(stage, 25)
    first = await stage.ask("/baton team search", user="solo")
    assert "Page 1 of 3." in first.text
    assert list(buttons(first)) == ["Next →"]
    await stage.press(first, "portfolio.team.next", user="solo")
    second = stage.slack.visible_messages("solo", "general")[-1]
    assert "Page 2 of 3." in second.text
    assert "index-09" not in first.text or "index-09" not in second.text
    await stage.press(second, "portfolio.team.previous", user="solo")
    assert stage.slack.visible_messages("solo", "general")[-1].text == first.text


async def test_an_unknown_word_says_what_would_have_worked(stage: Stage) -> None:
    assert "Did you mean `/baton team`?" in (await stage.ask("/baton taem")).text


async def test_home_shows_my_team_and_what_nobody_owns(stage: Stage) -> None:
    await stage.ask("/whoowns the-unheard-of")
    await stage.settle()
    said = texts(await open_home(stage, "solo"))
    assert "*Search* (<#" in said
    assert "owns 1" in said
    assert "Nobody owns these (1)" in said
    assert "*old-cron*" in said
    assert "sandbox" not in said  # unowned on purpose is no gap
    assert "the-unheard-of" not in said  # what somebody asked in private is nobody else's to read


async def test_home_counts_paths_apart_as_the_health_report_leaves_them_out(stage: Stage) -> None:
    catalog = organisation()
    rules = (PathRule(repository="shop", pattern=pattern, position=number) for number, pattern in enumerate("ab"))
    catalog.assets += [asset(f"shop:{each.pattern}", AssetKind.PATH, path_rule=each) for each in rules]
    await stage.bring(catalog)
    assert "Nobody owns these (1 and 2 paths of CODEOWNERS)" in texts(await open_home(stage, "solo"))


async def test_what_is_mine_is_not_what_is_my_teams(stage: Stage) -> None:
    catalog = organisation()
    mine = OwnerClaim(OwnerRef("solo@example.test", OwnerType.PERSON, "solo@example.test"))
    catalog.assets.append(asset("solos-script", owners=(mine,)))
    await stage.bring(catalog)
    view = await open_home(stage, "solo")
    said = texts(view)
    assert "In your own name" in said
    assert "solos-script" in said
    listed = texts(await press_home(stage, "solo", "Show what Search owns"))
    assert "search-api" in listed
    assert "solos-script" not in listed
    assert "Your teams" in texts(await press_home(stage, "solo", "← Overview"))


async def test_long_lists_of_home_are_paged(stage: Stage) -> None:
    await many(stage, 25)
    await open_home(stage, "solo")
    first = await press_home(stage, "solo", "Show all: Nobody owns")
    assert "Page 1 of 3" in texts(first)
    second = await press_home(stage, "solo", "Next")
    assert "Page 2 of 3" in texts(second)
    assert "lost-12" in texts(second)


async def test_a_claim_from_home_takes_the_asset_off_the_list(stage: Stage) -> None:
    await open_home(stage, "solo")
    await press_home(stage, "solo", "Show all: Nobody owns")
    await press_home(stage, "solo", "We own this: old-cron")
    view = stage.slack.view_stack("solo")[-1]
    await stage.slack.submit_view("solo", view.id, {})
    await stage.settle()
    home = stage.slack.home("solo")
    assert home is not None
    assert "Everything in the catalog has an owner" in texts(home)
    assert "*Search*" in (await stage.ask("/whoowns old-cron")).text.splitlines()[0]


async def test_a_claim_from_home_that_came_second_says_whose_it_is(stage: Stage) -> None:
    await open_home(stage, "solo")
    await press_home(stage, "solo", "Show all: Nobody owns")
    await press_home(stage, "solo", "We own this: old-cron")
    view = stage.slack.view_stack("solo")[-1]
    await claim(stage, await stage.ask("/whoowns old-cron", user="grace"), user="grace")
    await stage.slack.submit_view("solo", view.id, {})
    await stage.settle()
    view = stage.slack.view_stack("solo")[-1]
    assert "Payments owns it: press We own this again, and say why." in str(view.errors)


async def test_an_asset_that_has_gone_says_so_in_a_modal_of_its_own(stage: Stage) -> None:
    await open_home(stage, "solo")
    await press_home(stage, "solo", "Show all: Nobody owns")
    catalog = organisation()
    catalog.assets = [each for each in catalog.assets if each.name != "old-cron"]
    await stage.bring(catalog)
    await press_home(stage, "solo", "We own this: old-cron")
    assert "no longer in the catalog" in texts(stage.slack.view_stack("solo")[-1])


async def test_home_of_somebody_unknown_is_useful_all_the_same(stage: Stage) -> None:
    said = texts(await open_home(stage, "eve"))
    assert "The catalog has you in no team" in said
    assert "Nobody owns these (1)" in said


async def test_an_opened_home_that_is_late_takes_nothing_away_that_was_chosen_since(stage: Stage) -> None:
    await open_home(stage, "grace")
    person = stage.slack.workspace.user("grace").id
    late = {"type": "app_home_opened", "user": person, "channel": stage.slack.workspace.im(person).id, "tab": "home"}
    late["event_ts"] = f"{stage.clock.now().timestamp():.6f}"
    stage.clock.advance(timedelta(seconds=1))
    shown = texts(await press_home(stage, "grace", "Show all: Nobody owns these"))
    assert "← Overview" in shown
    await stage.slack.emit(late)
    await stage.settle()
    view = stage.slack.home("grace")
    assert view is not None
    assert texts(view) == shown
    assert "← Overview" not in texts(await open_home(stage, "grace")), "opened anew, it shows the overview"

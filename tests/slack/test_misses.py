"""Names asked for in vain: whose they are until anybody may know them, and what a catalog admin sees of them."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.clients.slack import SlackClient
from bot.domain.catalog import AssetKind, TeamClaim
from bot.errors import NotAllowedError, SlackUnreachableError
from bot.playground.fake_slack import Delivery
from bot.services import misses
from bot.services.actors import Decider
from bot.services.catalog import teams
from bot.store import tables
from tests.slack.conftest import HERE, Stage, asset, organisation, team_owns
from tests.slack.test_clicks import actions
from tests.slack.test_door import on_both_wires, sent, setting
from tests.slack.test_portfolio import open_home, press_home, texts

HEADING = "Asked for, and not found"


@pytest.fixture
def catalog_admins() -> tuple[str, ...]:
    return ("omar", "lin")


async def mention(stage: Stage, text: str, *, user: str = "grace", channel: str = "general") -> None:
    await stage.say(f"<@{stage.slack.workspace.bot_user_id}> {text}", user=user, channel=channel)


async def write(stage: Stage, text: str, *, user: str) -> None:
    await stage.say(text, user=user, channel=(await stage.slack.open_dm(user)).id)


async def command(stage: Stage, text: str, *, user: str, channel: str = "general") -> None:
    await stage.ask(f"/whoowns {text}", user=user, channel=channel)
    await stage.settle()


async def home(stage: Stage, user: str = "omar") -> str:
    return texts(await open_home(stage, user))


async def kept(stage: Stage) -> list[tables.Miss]:
    async with stage.database.reading() as session:
        return list((await session.execute(select(tables.Miss))).scalars())


async def pressed(stage: Stage) -> Delivery:
    """Omar removes the first name of his list; the press as it was delivered."""
    await press_home(stage, "omar", "Remove: ")
    return next(each for each in reversed(stage.slack.deliveries) if each.payload.get("type") == "block_actions")


async def test_what_is_asked_in_a_public_channel_is_on_an_admins_home_and_nobody_elses(stage: Stage) -> None:
    await mention(stage, "who owns zeppelin-scheduler?")
    await mention(stage, "who owns Zeppelin Scheduler?")
    said = await home(stage)
    assert HEADING in said
    assert "*Zeppelin Scheduler* · 2 times" in said
    assert HEADING not in await home(stage, "grace")
    await mention(stage, "who owns the *<!channel>&co* thing?")
    assert "<!channel>" not in await home(stage)


async def test_what_one_person_asks_in_private_is_kept_in_no_words(stage: Stage) -> None:
    stage.slack.add_channel("layoffs", members=["grace"], bot_is_member=True, private=True)
    for _ in range(3):
        await write(stage, "who owns fire-bob-on-monday?", user="grace")
        await command(stage, "fire-bob-on-monday", user="grace")
        await mention(stage, "who owns fire-bob-on-monday?", channel="layoffs")
    await write(stage, "I am so tired of this, nobody here ever tells me anything about Bob", user="grace")
    await write(stage, "who owns xoxb-123456789012-abcdefghij?", user="grace")
    [row] = await kept(stage)
    assert (row.text, row.times, len(row.askers)) == ("", 0, 1)
    everything = f"{row!r} {await home(stage)}"
    for private in ("fire", "bob", "layoffs", "tired", "xoxb", HEADING, stage.slack.workspace.user("grace").id):
        assert private.casefold() not in everything.casefold(), private


async def test_a_sentence_is_no_name_wherever_it_is_said(stage: Stage) -> None:
    for said in ("I hate my boss", "my salary is low", "fire Bob on Monday", "thank you!", "can you help me?"):
        await mention(stage, said)
        for user in ("grace", "eve", "solo"):
            await command(stage, said, user=user)
    await mention(stage, "who do I ask about the zeppelin scheduler when it breaks?")
    assert [row.text for row in await kept(stage)] == ["zeppelin scheduler"]


async def test_what_may_be_somebodys_matter_is_kept_in_no_words(stage: Stage) -> None:
    for said in ("fire Bob next week", "is Zed pregnant", "who owns Bob's cancer diagnosis", "layoffs", "fire Bob"):
        await mention(stage, said)
    for said in ("my divorce lawyer", "+49 170 1234567", "4111111111111111", "hunter2", "the salary list of Bob"):
        await mention(stage, f"who owns {said}?")
        for user in ("grace", "eve", "solo"):
            await command(stage, said, user=user)
    assert [row.text for row in await kept(stage)] == []
    await mention(stage, "who owns the billing gateway?")
    await mention(stage, "ledger-sync")
    for user in ("grace", "eve", "solo"):
        await command(stage, "tax mapper", user=user)
    assert {row.text for row in await kept(stage)} == {"billing gateway", "ledger-sync", "tax mapper"}


async def test_what_three_people_ask_in_private_is_nobodys_secret(stage: Stage) -> None:
    stage.slack.add_channel("hideout", members=["solo"], bot_is_member=True, private=True)
    await write(stage, "who owns night-owl?", user="grace")
    await command(stage, "Night Owl", user="eve")
    assert HEADING not in await home(stage)
    await mention(stage, "who owns night-owl?", user="solo", channel="hideout")
    said = await home(stage)
    assert "*night-owl* · 3 times" in said
    assert "hideout" not in said
    [row] = await kept(stage)
    assert row.askers == [], "who asked is not kept any longer than it is needed"
    await command(stage, "night owl", user="grace")
    assert "*night owl* · 4 times" in await home(stage)


async def test_three_people_who_ask_at_once_are_three(stage: Stage) -> None:
    deps = stage.baton.context.deps
    asking = (
        misses.remember(deps, "night-owl", asker=f"U{number}", is_public=False, is_asked=True) for number in range(3)
    )
    await asyncio.gather(*asking)
    assert [(row.text, row.times, row.askers) for row in await kept(stage)] == [("night-owl", 3, [])]


async def test_a_channel_that_slack_does_not_tell_of_is_private(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> bool:
        raise SlackUnreachableError("status 500")

    monkeypatch.setattr(SlackClient, "is_public_channel", away)
    await mention(stage, "who owns zeppelin-scheduler?")
    assert [row.text for row in await kept(stage)] == [""]


async def test_a_name_that_somebody_has_added_goes_by_itself(stage: Stage) -> None:
    for name in ("zeppelin-scheduler", "quartermasters", "ledgerette", "night-owl"):
        await mention(stage, f"who owns {name}?")
    catalog = organisation()
    catalog.assets.append(asset("Zeppelin", aliases=("zeppelin_scheduler",)))
    catalog.assets += [asset("ledgerette"), asset("ledgerette", AssetKind.DATABASE)]
    catalog.teams.append(TeamClaim(name="Quartermasters", origin=HERE))
    await stage.bring(catalog)
    listed = (await home(stage)).split(HEADING)[1]
    assert "night-owl" in listed
    for name in ("zeppelin", "quartermasters", "ledgerette"):
        assert name not in listed


async def test_removing_works_once_and_is_audited_without_the_name(stage: Stage) -> None:
    await mention(stage, "who owns night-owl?")
    await home(stage)
    press = await pressed(stage)
    now = stage.slack.home("omar")
    assert now is not None
    assert HEADING not in texts(now)
    assert await kept(stage) == []
    await sent(stage, press, lambda _: None)  # another press on a Home tab that is not fresh
    assert (await actions(stage)).count("misses.remove") == 1
    removed = select(tables.AuditEntry).where(col(tables.AuditEntry.action) == "misses.remove")
    async with stage.database.reading() as session:
        [entry] = (await session.execute(removed)).scalars()
    assert entry.actor.startswith("person:")
    assert "owl" not in json.dumps([entry.subject, entry.detail])


@on_both_wires
async def test_a_forged_click_of_somebody_else_removes_and_shows_nothing(stage: Stage) -> None:
    await mention(stage, "who owns night-owl?")
    await home(stage)
    press = await pressed(stage)
    await mention(stage, "who owns night-owl?")
    assert HEADING not in await home(stage, "grace")
    await sent(stage, press, setting("user", "id", to=stage.slack.workspace.user("grace").id))
    assert [row.text for row in await kept(stage)] == ["night-owl"]
    assert (await actions(stage)).count("misses.remove") == 1
    view = stage.slack.home("grace")
    assert view is not None
    assert HEADING not in texts(view)


@on_both_wires
@pytest.mark.parametrize("standing", ["guest", "stranger", "gone"])
async def test_an_admin_who_is_no_longer_a_full_member_is_none(stage: Stage, standing: str) -> None:
    await mention(stage, "who owns night-owl?")
    await home(stage)
    press = await pressed(stage)
    await mention(stage, "who owns night-owl?")
    lin = stage.slack.workspace.user("lin")
    assert HEADING in await home(stage, "lin")
    lin.is_guest, lin.is_stranger, lin.deleted = (standing == each for each in ("guest", "stranger", "gone"))
    stage.clock.advance(timedelta(hours=1))
    await stage.baton.context.listings.read_members()
    await sent(stage, press, setting("user", "id", to=lin.id))
    assert [row.text for row in await kept(stage)] == ["night-owl"]
    context = stage.baton.context
    assert await misses.shown_to(context.deps, context.snapshot, lin.id, limit=8) == []
    with pytest.raises(NotAllowedError):  # the service does not count on the door
        await misses.remove(context.deps, (await kept(stage))[0].key, by=Decider(1, lin.id))


async def test_a_name_is_forgotten_after_ninety_days(stage: Stage) -> None:
    await mention(stage, "who owns night-owl?")
    stage.clock.advance(timedelta(days=89))
    await misses.forget_old(stage.baton.context.deps)
    assert len(await kept(stage)) == 1
    stage.clock.advance(timedelta(days=2))
    await misses.forget_old(stage.baton.context.deps)
    assert await kept(stage) == []


async def form(stage: Stage, label: str, **values: str) -> str:
    """Press a button beside the first name of Omar's list, fill the form, and return what is wrong with it."""
    await home(stage)
    await press_home(stage, "omar", label)
    view = stage.slack.view_stack("omar")[-1]
    delivery = await stage.slack.submit_view("omar", view.id, {f"misses.{key}": each for key, each in values.items()})
    await stage.settle()
    return str(delivery.response)


async def test_a_name_is_added_without_an_owner_and_outlives_imports_and_other_decisions(stage: Stage) -> None:
    await mention(stage, "who owns night-owl?")
    assert "Something is called checkout already" in await form(stage, "Add… ", add_name="checkout")
    await form(stage, "Add… ", add_name="Night Owl")
    assert HEADING not in await home(stage)
    assert "Nobody owns *Night Owl*" in (await stage.ask("/whoowns night-owl")).text
    deps = stage.baton.context.deps
    await teams.rename_team(deps, name="Search", to="Finders", actor="cli")
    await stage.bring(organisation())
    assert "Nobody owns *Night Owl*" in (await stage.ask("/whoowns night-owl")).text
    catalog = organisation()
    catalog.assets.append(asset("night-owl", owners=(team_owns("Platform"),)))
    await stage.bring(catalog)
    assert (await stage.ask("/whoowns night-owl")).text.startswith("*Platform* (<#")
    assert (await actions(stage)).count("asset.add") == 1


async def test_a_name_becomes_another_name_of_something_and_stays_it_after_an_import(stage: Stage) -> None:
    await mention(stage, "who owns night-owl?")
    assert "Write the exact name. Nearest: " in await form(stage, "Alias of… ", alias_of="chekout")
    assert "Nothing in the catalog is called so" in await form(stage, "Alias of… ", alias_of="zzzzqqq")
    await form(stage, "Alias of… ", alias_of="checkout")
    assert HEADING not in await home(stage)
    await stage.bring(organisation())
    assert "*checkout*" in (await stage.ask("/whoowns night owl")).text
    assert (await actions(stage)).count("asset.alias") == 1


async def test_what_is_ignored_is_kept_in_no_words_and_does_not_come_again(stage: Stage) -> None:
    await mention(stage, "who owns night-owl?")
    await home(stage)
    await press_home(stage, "omar", "Ignore ")
    assert HEADING not in await home(stage)
    await mention(stage, "who owns night-owl?")
    for user in ("grace", "eve", "solo"):
        await command(stage, "night-owl", user=user)
    stage.clock.advance(timedelta(days=200))
    await misses.forget_old(stage.baton.context.deps)
    await mention(stage, "who owns night-owl?")
    assert HEADING not in await home(stage)
    [row] = await kept(stage)
    assert (row.text, row.askers, row.is_ignored) == ("", [], True)
    assert (await actions(stage)).count("misses.ignore") == 1


@pytest.mark.parametrize("action_id", ["misses.add", "misses.alias", "misses.ignore"])
async def test_nobody_else_learns_or_decides_anything_by_a_forged_press(stage: Stage, action_id: str) -> None:
    await mention(stage, "who owns night-owl?")
    await home(stage)
    await press_home(stage, "omar", "Add… ")
    press = next(each for each in reversed(stage.slack.deliveries) if each.payload.get("type") == "block_actions")

    def change(payload: dict[str, Any]) -> None:
        payload["user"]["id"] = stage.slack.workspace.user("grace").id
        payload["actions"][0]["action_id"] = action_id

    assert "night-owl" not in str((await sent(stage, press, change)).response)
    assert [each for each in await actions(stage) if each.startswith(("misses.", "asset."))] == []
    assert stage.slack.view_stack("grace") == [] or "night-owl" not in str(stage.slack.view_stack("grace")[-1].payload)

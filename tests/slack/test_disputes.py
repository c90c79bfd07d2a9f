"""Sources that disagree: one person is asked, anybody of either side may give way, and a catalog admin may decide."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.blocks import ownership as blocks
from bot.blocks.health import SHOW
from bot.blocks.ownership.actions import SideValue
from bot.blocks.text import button
from bot.blocks.values import encode
from bot.domain.catalog import Area, AssetKind, SourceCatalog
from bot.playground.fake_slack import PostedMessage
from bot.services import snapshot
from bot.services.matters import answers
from tests.slack.conftest import Stage, asset, organisation, read_only, team_owns
from tests.slack.test_claims import claim
from tests.slack.test_clicks import actions, drained
from tests.slack.test_eol_answers import copied, posted
from tests.slack.test_handoff import card as handoff_card
from tests.slack.test_matters import doubted, first_line, matters, private, private_messages, whispered
from tests.slack.test_orphans import leave
from tests.slack.test_releases import menu
from tests.slack.test_requests import said_in, submit
from tests.slack.test_whoowns import buttons

SIDE, PASS_ON = "ownership.matter_side", "ownership.matter_pass_on"


@pytest.fixture
def catalog_admins() -> tuple[str, ...]:
    return ("eve",)


@pytest.fixture
async def disputed(stage: Stage) -> Stage:
    """A workspace in which a second source says that Platform owns what is Payments'."""
    await stage.bring(SourceCatalog(assets=[asset("invoices", owners=(team_owns("Platform"),))]), source="csv")
    return stage


async def asked(stage: Stage, user: str = "ada") -> PostedMessage:
    """What whoever has to end the dispute is asked, once the pass has come."""
    stage.clock.advance(timedelta(days=1, hours=2))  # Wednesday: the digest is of Tuesdays
    await stage.baton.context.daily_pass.run()
    return (await private_messages(stage, user))[-1]


async def press_side(stage: Stage, message: PostedMessage, name: str, *, user: str, why: str = "") -> None:
    """Say whose it is, by the button beside its side, and why."""
    block = next(each for each in message.blocks if name in each.get("accessory", {}).get("text", {}).get("text", ""))
    await stage.press(message, SIDE, user=user, block_id=block["block_id"])
    if stage.slack.view_stack(user):
        assert await submit(stage, user, {"ownership.matter_words": why}) == {}


async def test_a_dispute_names_its_files_and_goes_to_one_person(disputed: Stage) -> None:
    told = await asked(disputed)
    assert "Who owns *invoices*: *Payments* or *Platform*?" in told.text
    assert "catalog.yaml:1 says *Payments*" in told.text
    assert "catalog.yaml:1 says *Platform*" in told.text
    assert "*Payments* was asked first, <!date" in told.text
    assert "Nothing changes until one of them or a catalog admin answers." in told.text
    assert await posted(disputed, "platform") == []
    await disputed.baton.context.daily_pass.run()
    assert len(await private(disputed, "ada")) == 1


async def test_whoever_was_asked_keeps_it_and_the_unchanged_file_disputes_nothing(disputed: Stage) -> None:
    told = await asked(disputed)
    await press_side(disputed, told, "Payments", user="ada")
    assert "*Payments* (" in await first_line(disputed, "service:invoices")
    await disputed.bring(
        SourceCatalog(assets=[asset("invoices", owners=(team_owns("Platform"),), tier=2)]), source="csv"
    )
    said = await first_line(disputed, "service:invoices")
    assert "*Payments* (" in said
    assert "disagree" not in said
    assert "It stays with *Payments*, says <@" in (await private(disputed, "ada"))[0]
    assert (await actions(disputed)).count("ownership.matter.decide") == 1


async def test_whoever_loses_reads_which_file_to_correct_and_has_a_way_on(disputed: Stage) -> None:
    await press_side(disputed, await asked(disputed), "Payments", user="ada")
    ada = disputed.slack.workspace.user("ada").id
    heard = (await posted(disputed, "platform"))[-1]
    assert heard.text.splitlines() == [
        f"*invoices*: It stays with *Payments*, says <@{ada}>.",
        "catalog.yaml:1 still says *Platform*: have it corrected. Not right? Claim it on its answer, and say why.",
    ]
    assert list(buttons(heard)) == ["See who owns it"]
    await disputed.press(heard, SHOW, user="lin")
    answer = disputed.slack.visible_messages("lin", heard.channel)[-1]
    assert answer.text.startswith("*Payments* (<#")
    assert "We own this" in str(answer.blocks)


async def test_whoever_decides_is_asked_why_and_whoever_loses_reads_it(disputed: Stage) -> None:
    told = await asked(disputed)
    block = next(each for each in told.blocks if "Payments" in str(each.get("accessory")))
    await disputed.press(told, SIDE, user="ada", block_id=block["block_id"])
    form = disputed.slack.view_stack("ada")[-1]
    assert said_in(form) == "You say that *invoices* is *Payments*'. *Platform* will read why."
    assert (await matters(disputed))[0].ended_at is None, "nothing is decided before the form is sent"
    wrong = await submit(disputed, "ada", {"ownership.matter_words": "The password is hunter2secret9"})
    assert "looks like a password" in str(wrong)
    assert await submit(disputed, "ada", {"ownership.matter_words": "We pay its bill <!channel>"}) == {}
    ada = disputed.slack.workspace.user("ada").id
    heard = (await posted(disputed, "platform"))[-1].text.splitlines()
    assert heard[0] == f"*invoices*: It stays with *Payments*, says <@{ada}>."
    assert heard[1] == "> We pay its bill &lt;!channel&gt;"
    assert "> We pay its bill" in (await private(disputed, "ada"))[0]


async def test_the_answer_says_which_file_says_otherwise_until_it_is_corrected(disputed: Stage) -> None:
    await press_side(disputed, await asked(disputed), "Payments", user="ada")
    late = "csv) still names *Platform*."
    for tier in (2, 3):
        said = (await disputed.ask("/whoowns service:invoices")).text
        assert said.startswith("*Payments* (")
        assert f":hourglass_flowing_sand: Source not yet updated: catalog.yaml ({late}" in said
        assert "that is a dispute" not in said
        unchanged = SourceCatalog(assets=[asset("invoices", owners=(team_owns("Platform"),), tier=tier)])
        await disputed.bring(unchanged, source="csv")
    corrected = SourceCatalog(assets=[asset("invoices", owners=(team_owns("Payments"),))])
    await disputed.bring(corrected, source="csv")
    assert "not yet updated" not in (await disputed.ask("/whoowns service:invoices")).text


async def test_whoever_was_ruled_out_and_gets_it_by_a_handoff_is_named_rightly(disputed: Stage) -> None:
    await press_side(disputed, await asked(disputed), "Payments", user="ada")
    await disputed.slack.run_command("ada", "general", "/handoff service:invoices")
    await disputed.settle()
    platform = next(each.id for each in disputed.baton.context.snapshot.teams() if each.name == "Platform")
    assert await submit(disputed, "ada", {"handoff.receiver": str(platform)}) == {}
    await disputed.press(await handoff_card(disputed, "platform"), "handoff.accept_all", user="lin")
    said = (await disputed.ask("/whoowns service:invoices")).text
    assert said.startswith("*Platform* (")
    assert "still names *Platform*" not in said
    assert "still names *Payments*" in said, "that file is behind now"


async def test_what_was_decided_can_be_given_up_although_a_file_names_whoever_was_ruled_out(disputed: Stage) -> None:
    await press_side(disputed, await asked(disputed), "Payments", user="ada")
    answer = await disputed.ask("/whoowns service:invoices", user="ada")
    await disputed.press(answer, "ownership.more", user="ada", value=menu(answer)["We no longer own it…"])
    assert "*Payments* owns *invoices*. After that nobody owns it" in str(disputed.slack.view_stack("ada")[-1].payload)


async def test_a_side_gives_way_without_having_been_asked(disputed: Stage) -> None:
    await asked(disputed)
    stale = await shown_to(disputed, (await matters(disputed))[0].id, "general")
    await press_side(disputed, stale, "Platform", user="lin")
    assert "Payments is asked first: talk to them" in await whispered(disputed, "lin", "general")
    await press_side(disputed, stale, "Payments", user="lin")
    assert "*Payments* (" in await first_line(disputed, "service:invoices")


async def shown_to(stage: Stage, matter_id: int | None, channel: str) -> PostedMessage:
    """The card of a matter as a message that everybody in a channel can press."""
    shown = await answers.shown(stage.baton.context.deps, stage.baton.context.snapshot, matter_id=matter_id or 0)
    return await copied(stage, channel, list(blocks.card(shown).blocks))


async def test_of_three_sides_each_gives_way_for_itself(disputed: Stage) -> None:
    await disputed.bring(SourceCatalog(assets=[asset("invoices", owners=(team_owns("Search"),))]), source="third")
    told = await asked(disputed)
    for user, is_over in (("lin", False), ("solo", True)):
        stale = await shown_to(disputed, (await matters(disputed))[0].id, "general")
        await press_side(disputed, stale, "Payments", user=user)
        said = await whispered(disputed, user, "general")
        assert ((await matters(disputed))[0].ended_at is not None) is is_over, said
        if not is_over:
            now = (await private_messages(disputed, "ada"))[-1]
            assert now.ts == told.ts
            assert "Who owns *invoices*: *Payments* or *Search*?" in now.text
    assert "*Payments* (" in await first_line(disputed, "service:invoices")


async def test_the_answer_says_who_decided_about_an_area(stage: Stage) -> None:
    owners = (team_owns("Payments", Area.DATABASE),)
    await stage.bring(SourceCatalog(assets=[asset("payments-db", AssetKind.DATABASE, owners=owners)]), source="csv")
    await press_side(stage, await asked_from_answer(stage, "payments-db database", user="eve"), "Payments", user="eve")
    whole = (await stage.ask("/whoowns payments-db")).text
    eve = stage.slack.workspace.user("eve").id
    assert "*Payments*" in whole.splitlines()[0]
    [decided] = [line for line in whole.splitlines() if line.startswith("The database: ")]
    assert f"confirmed by <@{eve}>" in decided
    assert "not confirmed yet" in whole, "the application is as unconfirmed as it was"


async def asked_from_answer(stage: Stage, asked: str, *, user: str) -> PostedMessage:
    """The dispute as somebody sees who presses the answer's button."""
    await stage.press(await stage.ask(f"/whoowns {asked}", user=user), "ownership.dispute", user=user)
    return stage.slack.visible_messages(user, "general")[-1]


async def test_an_admin_decides_for_the_other(disputed: Stage) -> None:
    told = await asked(disputed)
    await disputed.press(told, PASS_ON, user="ada")
    to_admin = (await private_messages(disputed, "eve"))[-1]
    assert "Who owns *invoices*" in to_admin.text
    assert "A catalog admin decides" in (await private(disputed, "ada"))[0]
    await press_side(disputed, to_admin, "Platform", user="eve")
    assert "*Platform* (" in await first_line(disputed, "service:invoices")
    await disputed.bring(organisation())
    assert "*Platform* (" in await first_line(disputed, "service:invoices")
    assert "*Platform* owns it now, says <@" in (await private(disputed, "ada"))[0]
    heard = "*invoices*: *Platform* owns it now"
    assert len([each for each in await posted(disputed, "payments") if each.text.startswith(heard)]) == 1
    assert not any(each.startswith(heard) for each in await private(disputed, "ada")), "who reads it in the channel"
    [won] = [each.text for each in await posted(disputed, "platform") if each.text.startswith(heard)]
    assert won.endswith("catalog.yaml:1 still says *Payments*: have it corrected."), "nobody claims what is theirs"


async def test_a_team_hears_that_its_lead_gave_way_and_who_gets_it_can_refuse(disputed: Stage) -> None:
    told = await asked(disputed)
    await press_side(disputed, told, "Platform", user="ada", why="They run it")
    ada = disputed.slack.workspace.user("ada").id
    heard = (await posted(disputed, "payments"))[-1]
    assert heard.text.splitlines() == [
        f"*invoices*: *Platform* owns it now, says <@{ada}>.",
        "> They run it",
        "catalog.yaml:1 still says *Payments*: have it corrected. Not right? Claim it on its answer, and say why.",
    ]
    assert list(buttons(heard)) == ["See who owns it"]
    got = (await posted(disputed, "platform"))[-1]
    assert got.text.startswith(f"*invoices*: *Platform* owns it now, says <@{ada}>.")
    assert list(buttons(got)) == ["See who owns it", "Not ours…"]
    await disputed.press(got, "ownership.not_ours", user="grace")
    assert "Only members of Platform" in str(disputed.slack.view_stack("grace")) + await whispered(
        disputed, "grace", "platform"
    )
    await disputed.press(got, "ownership.not_ours", user="lin")
    assert "*Platform* owns *invoices*." in said_in(disputed.slack.view_stack("lin")[-1])
    assert await submit(disputed, "lin", {"ownership.release_reason": "We never ran it"}) == {}
    assert "Nobody owns *invoices*. *" in (await disputed.ask("/whoowns service:invoices")).text


async def behind(stage: Stage) -> PostedMessage:
    """Payments agreed that Search owns invoices, and its file goes on naming Payments until that is a dispute."""
    await claim(stage, await stage.ask("/whoowns service:invoices", user="solo"), user="solo")
    await stage.press((await posted(stage, "payments"))[-1], "ownership.matter_agree", user="ada")
    assert "*Search* (" in await first_line(stage, "service:invoices")
    stage.clock.advance(timedelta(days=36, hours=2))
    await stage.baton.context.daily_pass.run()
    return (await posted(stage, "search"))[-1]


async def test_what_was_taken_over_goes_back_only_once_its_giver_accepts(stage: Stage) -> None:
    told = await behind(stage)
    assert "*Search* took it over by agreement, in handoff #1" in told.text
    assert "`baton handoff patch 1` prints the change" in told.text
    assert list(buttons(told)) == ["It is Search's", "Hand it back…", "Let a catalog admin decide"]
    payments = f"team:{next(each.id for each in stage.baton.context.snapshot.teams() if each.name == 'Payments')}"
    for user in ("solo", "ada"):  # with a button from before
        before = {"block_id": "b", "type": "section", "text": {"type": "mrkdwn", "text": "Whose?"}}
        matter = (await matters(stage))[-1].id
        value = encode(SideValue(matter or 0, payments))
        old = [{**before, "accessory": button("It is Payments'", SIDE, value, label="Whose")}]
        await stage.press(await copied(stage, "general", old), SIDE, user=user)
        said = await whispered(stage, user, "general")
        assert "goes back with *Hand it back* in `/handoff show 1`, once Payments accepts that" in said
    assert (await matters(stage))[-1].ended_at is None
    await stage.press(told, "handoff.back", user="solo")
    assert await submit(stage, "solo", {"handoff.reason": "The file is right"}) == {}
    assert "took it over by agreement" in (await stage.ask("/whoowns service:invoices")).text, "an offer moves nothing"
    [offered] = [
        each for each in await posted(stage, "payments") if "*Search* offers *invoices* to *Payments*" in each.text
    ]
    await stage.press(offered, "handoff.accept_all", user="ada")
    said = (await stage.ask("/whoowns service:invoices")).text
    assert "*Payments* (" in said.splitlines()[0]
    assert "confirmed by" in said
    await stage.bring(organisation())
    assert "*Payments* (" in await first_line(stage, "service:invoices")


async def test_whoever_took_it_over_hands_it_back_also_where_an_admin_decides_who_gives_it_back_at_once(
    stage: Stage,
) -> None:
    told = await behind(stage)
    await stage.press(told, PASS_ON, user="solo")
    now = next(each for each in await posted(stage, "search") if each.ts == told.ts)
    assert list(buttons(now)) == ["It is Search's", "Hand it back…"]
    assert "it goes back once *Payments* accepts it" in now.text
    asked = (await private_messages(stage, "eve"))[-1]
    assert list(buttons(asked)) == ["It is Search's", "It is Payments'"]
    assert "accepts it" not in asked.text
    await press_side(stage, asked, "Payments", user="eve")
    assert "*Payments* (" in await first_line(stage, "service:invoices")


async def test_the_giver_is_shown_how_to_ask_for_what_its_file_names_it_for(stage: Stage) -> None:
    await behind(stage)
    shown = await asked_from_answer(stage, "service:invoices", user="ada")
    assert list(buttons(shown)) == ["It is Search's", "Ask for it", "Let a catalog admin decide"]
    assert "If it is right, ask *Search* for it." in shown.text
    await stage.press(shown, "handoff.open", user="ada")
    assert await submit(stage, "ada", {}) == {}
    assert any(
        "*Payments* asks *Search* to hand over *invoices*" in each.text for each in await posted(stage, "search")
    )
    again = await asked_from_answer(stage, "service:invoices", user="ada")
    assert list(buttons(again)) == ["It is Search's", "Show handoff #2", "Let a catalog admin decide"]


async def test_a_dispute_whose_owner_is_gone_ends_as_that_and_the_other_side_hears_it(stage: Stage) -> None:
    told = await behind(stage)
    assert "Who owns *invoices*" in told.text
    await leave(stage, "solo")
    assert "is orphaned" in await first_line(stage, "service:invoices")
    stage.clock.advance(timedelta(hours=1))
    await stage.baton.context.daily_pass.run()
    [now] = [each for each in await posted(stage, "search") if each.ts == told.ts]
    assert "Its owner *Search* is gone, so nobody owns it until a team takes it." in now.text
    assert "owns it now" not in now.text
    assert now.text.startswith(":warning: Who owns *invoices*?\n")
    heard = (await posted(stage, "payments"))[-1]
    assert heard.text == "*invoices*: Its owner *Search* is gone, so nobody owns it until a team takes it."
    assert list(buttons(heard)) == ["See who owns it"]
    await stage.press(heard, SHOW, user="ada")
    assert "We own this" in buttons(stage.slack.visible_messages("ada", "payments")[-1])
    await stage.baton.context.daily_pass.run()
    assert sum(each.text == heard.text for each in await posted(stage, "payments")) == 1


async def test_a_claim_that_was_granted_is_read_in_the_digests_of_both_teams(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns service:invoices", user="solo"), user="solo")
    await stage.press((await posted(stage, "payments"))[-1], "ownership.matter_agree", user="ada")
    for _ in range(8):
        stage.clock.advance(timedelta(days=1))
        await stage.baton.context.daily_pass.run()
    for channel, whose in (("payments", "theirs"), ("search", "yours")):
        said = [each.text for each in await posted(stage, channel) if f"it is {whose} from" in each.text]
        assert len(said) == 1, channel
        assert "*Payments* handed *invoices* to *Search*" in said[0]


async def test_the_digests_say_that_an_admin_granted_a_claim_and_not_its_owner(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns service:invoices", user="solo"), user="solo")
    await stage.press((await posted(stage, "payments"))[-1], "ownership.matter_agree", user="eve")
    for _ in range(8):
        stage.clock.advance(timedelta(days=1))
        await stage.baton.context.daily_pass.run()
    for channel, whose in (("payments", "theirs"), ("search", "yours")):
        [said] = [each.text for each in await posted(stage, channel) if f"it is {whose} from" in each.text]
        assert "eve decided that *invoices* passes from *Payments* to *Search*" in said
        assert "which accepted" not in said


async def test_an_admin_decides_whether_the_file_or_the_handoff_is_right(stage: Stage) -> None:
    await behind(stage)
    shown = await asked_from_answer(stage, "service:invoices", user="eve")
    await press_side(stage, shown, "Payments", user="eve")
    assert "*Payments* (" in await first_line(stage, "service:invoices")


async def test_a_file_that_was_behind_for_too_long_is_wrong_when_the_new_owner_keeps_it(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns service:invoices", user="solo"), user="solo")
    await stage.press((await posted(stage, "payments"))[-1], "ownership.matter_agree", user="ada")
    stage.clock.advance(timedelta(days=36, hours=2))
    await stage.baton.context.daily_pass.run()
    assert "*Search* (<#" in await first_line(stage, "service:invoices")
    assert "took it over by agreement" in await first_line(stage, "service:invoices")
    await press_side(stage, (await posted(stage, "search"))[-1], "Search", user="solo")
    assert (await first_line(stage, "service:invoices")).startswith("*Search* (")
    asked_for = len(await matters(stage))
    stage.clock.advance(timedelta(days=5))
    await stage.baton.context.daily_pass.run()
    assert len(await matters(stage)) == asked_for, "nobody is asked again"
    await stage.bring(organisation())
    assert (await first_line(stage, "service:invoices")).startswith("*Search* (")


async def test_whoever_was_ruled_out_is_believed_again_once_a_file_was_corrected_in_between(disputed: Stage) -> None:
    await press_side(disputed, await asked(disputed), "Payments", user="ada")
    for owner, now in (("Search", "disagree"), ("Platform", "disagree")):
        owners = (team_owns(owner),)
        await disputed.bring(SourceCatalog(assets=[asset("invoices", owners=owners)]), source="csv")
        assert now in await first_line(disputed, "service:invoices"), owner


async def test_nobody_else_decides(disputed: Stage) -> None:
    await asked(disputed)
    stale = await shown_to(disputed, (await matters(disputed))[0].id, "general")
    await press_side(disputed, stale, "Payments", user="solo")
    assert "can decide that" in await whispered(disputed, "solo", "general")
    assert (await matters(disputed))[0].ended_at is None


async def test_a_corrected_file_ends_it(disputed: Stage) -> None:
    await asked(disputed)
    await disputed.bring(SourceCatalog(assets=[asset("invoices", owners=(team_owns("Payments"),))]), source="csv")
    await snapshot.refresh(disputed.baton.context.snapshot, disputed.database)
    await disputed.baton.context.daily_pass.run()
    assert "so nothing is left to decide" in (await private(disputed, "ada"))[0]
    assert (await matters(disputed))[0].state == "over"


async def test_a_doubt_about_what_is_disputed_goes_to_whoever_has_to_end_it(disputed: Stage) -> None:
    receipt = await doubted(disputed, "service:invoices", user="solo")
    assert "I am telling Ada Byron." in receipt
    told = (await private_messages(disputed, "ada"))[-1]
    await press_side(disputed, told, "Payments", user="ada")
    [heard] = await private(disputed, "solo")
    assert "It stays with *Payments*" in heard
    assert heard.endswith("Not right? Press *Wrong owner?* on its answer, and say why."), "not everybody can claim it"


async def cards(stage: Stage, user: str) -> int:
    """How many cards of the dispute somebody was sent; a digest names it in a line."""
    return sum(each.startswith(":warning: Who owns *invoices*") for each in await private(stage, user))


@read_only
async def test_whoever_has_been_told_of_a_dispute_is_not_sent_it_again_for_a_doubt(disputed: Stage) -> None:
    told = await asked(disputed)
    assert "already knows" in await doubted(disputed, "service:invoices", user="solo", reason="Is it?")
    assert await cards(disputed, "ada") == 1
    assert "doubts it:\n> Is it?" in (await private_messages(disputed, "ada"))[0].text
    assert (await private_messages(disputed, "ada"))[0].ts == told.ts


@read_only
async def test_the_admin_whom_a_dispute_is_passed_on_to_is_told_of_it(disputed: Stage) -> None:
    await asked(disputed)
    for _ in range(20):
        if (await matters(disputed))[0].is_passed_on:
            break
        disputed.clock.advance(timedelta(days=1))
        await disputed.baton.context.daily_pass.run()
    disputed.clock.advance(timedelta(days=3))  # over a weekend
    await disputed.baton.context.daily_pass.run()
    assert await cards(disputed, "eve") == 1


@read_only
async def test_whoever_leads_the_team_now_is_told_of_what_another_was_asked(disputed: Stage) -> None:
    await asked(disputed)
    catalog = organisation()
    catalog.teams[0] = replace(catalog.teams[0], lead="grace@example.test")
    catalog.people[0] = replace(catalog.people[0], teams=())
    await disputed.bring(catalog)
    await disputed.baton.context.daily_pass.run()
    disputed.clock.advance(timedelta(hours=1))
    await disputed.baton.context.daily_pass.run()
    assert await cards(disputed, "grace") == 1
    assert await cards(disputed, "ada") == 1


@read_only
async def test_a_claim_that_nobody_answers_passes_to_an_admin_and_ends(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns search-api", user="grace"), user="grace")
    for _ in range(50):
        await stage.baton.context.daily_pass.run()
        stage.clock.advance(timedelta(days=1))
        if (await matters(stage))[0].ended_at is not None:
            break
    await posted(stage, "general")
    for _ in range(10):
        await posted(stage, "search")
    [row] = await matters(stage)
    assert row.state == "expired"
    assert "*Search*" in await first_line(stage, "search-api")
    told = await drained(stage, "search")
    assert len(told) >= 3, "it was told once, and twice again"
    cards = [each.text for each in told if not each.text.startswith("*Who owns it?*")]
    assert all("Nobody answered, so nothing has changed" in text for text in cards), cards
    assert not any("Talk to" in text for text in cards), "they are who is to be talked to"
    assert any("*search-api*" in text for text in await private(stage, "eve"))
    assert "Nobody answered, so nothing has changed. Talk to *Search*." in (await private(stage, "grace"))[-1]


@read_only
@pytest.mark.parametrize(("platform_channel", "catalog_admins"), [("general", ("lin",))])
async def test_the_only_admin_is_not_asked_about_their_own_claim(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns search-api", user="lin"), user="lin")
    for _ in range(30):
        await stage.baton.context.daily_pass.run()
        [row] = await matters(stage)
        assert not row.is_passed_on
        if row.ended_at is not None:
            break
        stage.clock.advance(timedelta(days=1))
    assert row.state == "expired"
    told = [each.text for each in await posted(stage, "search")]
    assert not any("a catalog admin is asked" in each for each in told)
    assert [each for each in await private(stage, "lin") if "asks *Search*" in each] == []


async def test_whoever_gives_way_ends_it_from_the_answer(disputed: Stage) -> None:
    answer = await disputed.ask("/whoowns service:invoices", user="lin")
    assert "Press *End the dispute*" in answer.text
    assert "We own this" not in buttons(answer), "they are a side already"
    await disputed.press(answer, "ownership.dispute", user="lin")
    shown = disputed.slack.visible_messages("lin", "general")[-1]
    assert "Who owns *invoices*" in shown.text
    await press_side(disputed, shown, "Payments", user="lin")
    assert "*Payments* (" in await first_line(disputed, "service:invoices")
    said = disputed.slack.visible_messages("lin", "general")[-1].text
    assert "It stays with *Payments*" in said
    assert "catalog.yaml:1 still says *Platform*: have it corrected." in said


async def test_two_claims_of_one_thing_end_as_well(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns old-cron", user="solo"), user="solo")
    catalog = organisation()
    catalog.assets = [
        each if each.name != "old-cron" else asset("old-cron", owners=(team_owns("Platform"),))
        for each in catalog.assets
    ]
    await stage.bring(catalog)
    await stage.press(await stage.ask("/whoowns old-cron", user="solo"), "ownership.dispute", user="solo")
    shown = stage.slack.visible_messages("solo", "general")[-1]
    assert "catalog.yaml:1 says *Platform*" in str(shown.blocks)
    assert "*Search* claims it in Slack" in str(shown.blocks)
    await press_side(stage, shown, "Search", user="solo")
    assert "*Search* (" in await first_line(stage, "old-cron")


async def test_a_file_that_says_nobody_loses_against_the_owner_and_wins_when_the_owner_gives_way(stage: Stage) -> None:
    for name, winner in (("sandbox", "Payments"), ("playground", "Nobody")):
        thing = asset(name, unowned_reason="Everybody may break it.")
        catalog = organisation()
        catalog.assets = [*(each for each in catalog.assets if each.name != name), thing]
        await stage.bring(catalog)
        owners = (team_owns("Payments", Area.APPLICATION), team_owns("Payments", Area.DATABASE))
        await stage.bring(SourceCatalog(assets=[asset(name, owners=owners)]), source=f"csv-{name}")
        await stage.press(await stage.ask(f"/whoowns {name}", user="ada"), "ownership.dispute", user="ada")
        await press_side(stage, stage.slack.visible_messages("ada", "general")[-1], winner, user="ada")
        said = await first_line(stage, name)
        assert ("*Payments* (" in said) == (winner == "Payments"), said
        assert ("Nobody owns *playground*, on purpose" in said) == (winner == "Nobody")


class TestWithoutACatalogAdmin:
    @pytest.fixture
    def catalog_admins(self) -> tuple[str, ...]:
        return ()

    async def test_nobody_is_offered_to_let_one_decide(self, disputed: Stage) -> None:
        told = await asked(disputed)
        assert PASS_ON not in buttons(told).values()
        assert "Nothing changes until one of them answers." in told.text


class TestAnAdminOfTheTeamThatTookItOver:
    @pytest.fixture
    def catalog_admins(self) -> tuple[str, ...]:
        return ("solo",)

    async def test_hands_it_back_as_everybody_of_that_team_does(self, stage: Stage) -> None:
        await behind(stage)
        shown = await asked_from_answer(stage, "service:invoices", user="solo")
        assert list(buttons(shown))[:2] == ["It is Search's", "Hand it back…"]
        payments = next(each.id for each in stage.baton.context.snapshot.teams() if each.name == "Payments")
        value = encode(SideValue((await matters(stage))[-1].id or 0, f"team:{payments}"))
        block = {"block_id": "b", "type": "section", "text": {"type": "mrkdwn", "text": "Whose?"}}
        before = [{**block, "accessory": button("It is Payments'", SIDE, value, label="Whose")}]
        await stage.press(await copied(stage, "general", before), SIDE, user="solo")
        assert "once Payments accepts that" in await whispered(stage, "solo", "general")
        assert "took it over by agreement" in (await stage.ask("/whoowns service:invoices")).text


def without(*teams: str) -> SourceCatalog:
    """The organisation once these teams are dissolved, and their people are gone."""
    made = organisation()
    made.teams = [each for each in made.teams if each.name not in teams]
    made.people = [each for each in made.people if not set(each.teams) & set(teams)]
    return made


async def test_whom_a_file_makes_the_owner_because_the_other_side_is_gone_is_told_and_can_refuse(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns old-cron", user="solo"), user="solo")
    await stage.bring(SourceCatalog(assets=[asset("old-cron", owners=(team_owns("Platform"),))]), source="csv")
    stage.clock.advance(timedelta(days=1, hours=2))
    await stage.baton.context.daily_pass.run()
    await stage.bring(without("Search"), allow_mass_change=True)
    await stage.baton.context.daily_pass.run()
    assert (await first_line(stage, "old-cron")).startswith("*Platform* (")
    heard = (await posted(stage, "platform"))[-1]
    assert heard.text == "*old-cron*: *Search* is gone, so *Platform* owns it now."
    assert list(buttons(heard)) == ["See who owns it", "Not ours…"]


async def test_a_dispute_whose_first_side_is_gone_goes_to_the_other(disputed: Stage) -> None:
    await asked(disputed)
    await disputed.bring(without("Payments"), allow_mass_change=True)
    await disputed.baton.context.daily_pass.run()
    disputed.clock.advance(timedelta(hours=1))
    await disputed.baton.context.daily_pass.run()
    told = (await posted(disputed, "platform"))[-1]
    assert "Who owns *invoices*: *Platform* or *Payments*?" in told.text
    await press_side(disputed, told, "Platform", user="lin")
    assert (await first_line(disputed, "service:invoices")).startswith("*Platform* (")


async def test_a_doubt_about_a_team_that_is_gone_goes_to_an_admin(stage: Stage) -> None:
    await doubted(stage, "search-api", user="grace")
    await stage.baton.context.daily_pass.run()
    told = (await posted(stage, "search"))[-1]
    await stage.bring(without("Search"), allow_mass_change=True)
    stage.clock.advance(timedelta(days=1))
    await stage.baton.context.daily_pass.run()
    await posted(stage, "general")
    stage.clock.advance(timedelta(hours=1))
    await stage.baton.context.daily_pass.run()
    [now] = await private_messages(stage, "eve")
    assert "thinks that *Search* does not own *search-api*" in now.text
    assert "Its owner is gone, so a catalog admin decides." in now.text
    assert list(buttons(now)) == ["No", "You are right", "Ask…"]
    stage.clock.advance(timedelta(days=3))
    await stage.baton.context.daily_pass.run()
    assert [each.ts for each in await posted(stage, "search")] == [told.ts], "nobody is there who could answer"
    await stage.press(now, "ownership.matter_agree", user="eve")
    assert "Nobody owns *search-api*" in await first_line(stage, "search-api")
    assert "says that it is no longer *Search*'s" in (await private(stage, "grace"))[-1]


async def test_a_claim_on_a_team_that_is_gone_goes_to_the_lead_of_the_team_that_claims(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns search-api", user="grace"), user="grace")
    await stage.baton.context.daily_pass.run()
    await stage.bring(without("Search"), allow_mass_change=True)
    stage.clock.advance(timedelta(days=1))
    await stage.baton.context.daily_pass.run()
    told = next(each for each in await private_messages(stage, "ada") if "claims *search-api*" in each.text)
    await stage.press(told, "ownership.matter_agree", user="ada")
    assert (await first_line(stage, "search-api")).startswith("*Payments* (")


async def test_a_claim_of_a_team_that_is_gone_says_so(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns service:invoices", user="solo"), user="solo")
    told = (await posted(stage, "payments"))[-1]
    made = without("Search")
    made.people = organisation().people
    await stage.bring(made, allow_mass_change=True)
    await stage.baton.context.daily_pass.run()
    now = next(each for each in await posted(stage, "payments") if each.ts == told.ts)
    assert "Nobody is left in *Search*, so its claim is over." in now.text
    assert "*invoices*: Nobody is left in *Search*, so its claim is over." in (await private(stage, "solo"))[-1]
    assert "owns it now" not in now.text


async def test_a_catalog_admin_is_not_asked_to_say_that_it_is_theirs(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns search-api", user="grace"), user="grace")
    for _ in range(12):
        stage.clock.advance(timedelta(days=1))
        await stage.baton.context.daily_pass.run()
    asked = next(each for each in await private_messages(stage, "eve") if "*search-api*" in each.text)
    assert list(buttons(asked)) == ["Agree", "It is Search's", "Ask…"]
    theirs = [each for each in await posted(stage, "search") if "Agree" in buttons(each)]
    assert [list(buttons(each)) for each in theirs] == [["Agree", "It is Search's", "Ask…"]]


async def test_a_reminder_says_which_one_it_is_and_what_comes_then(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns search-api", user="grace"), user="grace")
    assert "eminder" not in (await posted(stage, "search"))[-1].text
    for _ in range(8):  # until the digest of Tuesday
        stage.clock.advance(timedelta(days=1))
        await stage.baton.context.daily_pass.run()
        said = [each.text for each in await posted(stage, "search")]
    told = [
        re.sub(r"<!date[^|]*\|([^>]*)>", r"\1", found[0])
        for each in said
        if (found := re.search(r"(Reminder \d|Last reminder).*", each))
    ]
    then = "without an answer, a catalog admin is asked on 2026-03-12."
    assert told == [f"Reminder 1 of 2: {then}", f"Last reminder: {then}"]
    assert said[-1].startswith("*Who owns it?*"), "in the digest, too"


async def test_only_the_last_of_several_cards_has_the_answers(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns search-api", user="grace"), user="grace")
    for _ in range(4):
        stage.clock.advance(timedelta(days=1))
        await stage.baton.context.daily_pass.run()
    first, last = [each for each in await posted(stage, "search") if "*search-api*" in each.text]
    assert first.text.endswith("asks *Search* for *search-api*, for *Payments*. I have asked again below.")
    assert list(buttons(first)) == ["Show"]
    assert list(buttons(last)) == ["Agree", "It is ours", "Ask…"]
    await stage.press(first, "ownership.matter_show", user="solo")
    assert list(buttons(stage.slack.visible_messages("solo", "search")[-1])) == ["Agree", "It is ours", "Ask…"]
    await stage.press(last, "ownership.matter_ask", user="solo")
    view = stage.slack.view_stack("solo")[-1]
    await stage.slack.submit_view("solo", view.id, {"ownership.matter_words": "Why?"})
    await stage.settle()
    assert list(buttons((await posted(stage, "search"))[0])) == ["Show"], "whatever happens to it"
    await stage.press(last, "ownership.matter_keep", user="solo")
    for each in (await posted(stage, "search"))[:2]:
        assert "It stays with *Search*" in each.text
        assert not buttons(each)


async def test_the_form_of_a_doubt_about_an_owner_who_is_gone_says_that_an_admin_is_asked(stage: Stage) -> None:
    await stage.bring(without("Search"), allow_mass_change=True)
    await stage.press(await stage.ask("/whoowns search-api", user="ada"), "ownership.doubt", user="ada")
    assert "I ask a catalog admin once." in said_in(stage.slack.view_stack("ada")[-1])

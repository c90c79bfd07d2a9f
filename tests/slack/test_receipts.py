"""What receipts say of who is told, when channels and accounts are gone before or after they are written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.blocks.eol import actions as ids
from bot.blocks.handoff.actions import NO, REASON
from bot.blocks.ownership.actions import MATTER_WORDS
from bot.domain.catalog import OwnerClaim, OwnerRef, OwnerType, PersonClaim, SourceCatalog
from bot.domain.handoff.handoffs import HandoffStep
from bot.playground.fake_slack import PostedMessage
from bot.services import snapshot
from bot.store import tables
from tests import administration
from tests.slack.conftest import HERE, Stage, asset, organisation, team_owns
from tests.slack.test_claims import claim
from tests.slack.test_clicks import count
from tests.slack.test_eol_answers import Reminded, deploy, posted, remind, team_option
from tests.slack.test_handoff import answer, corrected, offer_two, on, said_to, submit
from tests.slack.test_matters import ASK, claimed

NO_CHANNEL = "Payments has no open channel in Slack"
NOBODY = "Payments has no open channel or lead in Slack"


def with_a_persons() -> SourceCatalog:
    """The organisation, with a service of Grace's own; her team's lead is Ada."""
    catalog = organisation()
    mine = OwnerClaim(OwnerRef("grace@example.test", OwnerType.PERSON, "grace@example.test"))
    catalog.assets.append(asset("side-project", owners=(mine,)))
    return catalog


async def archived(stage: Stage, channel: str) -> None:
    """Archive a channel, and let Baton read what Slack lists."""
    await administration.archive_channel(stage.slack, channel, by="lin")
    stage.clock.advance(timedelta(hours=2))
    await stage.baton.context.listings.read_channels()


def unheard(stage: Stage, *, channel: str = "", user: str = "") -> None:
    """Archive a channel and deactivate an account without a word to Baton."""
    if channel:
        stage.slack.workspace.channel(channel).is_archived = True
    if user:
        stage.slack.workspace.user(user).deleted = True


async def gone(stage: Stage, *users: str) -> None:
    """Deactivate accounts, and let Baton read what Slack lists."""
    for user in users:
        await administration.deactivate_user(stage.slack, user)
    stage.clock.advance(timedelta(hours=2))
    await stage.baton.context.listings.read_members()
    await snapshot.refresh(stage.baton.context.snapshot, stage.database)


async def doubted(stage: Stage, what: str = "checkout", *, user: str = "eve") -> str:
    """Doubt an owner and return the receipt."""
    await stage.press(await stage.ask(f"/whoowns {what}", user=user), "ownership.doubt", user=user)
    await stage.slack.submit_view(user, stage.slack.view_stack(user)[-1].id, {})
    await stage.settle()
    return stage.slack.visible_messages(user, "general")[-1].text


async def told(stage: Stage, user: str) -> list[str]:
    """What Baton has written to somebody alone, once everything is in Slack."""
    await posted(stage, "general")
    dm = await stage.slack.open_dm(user)
    bot = stage.slack.workspace.bot_user_id
    return [message.text for message in stage.slack.visible_messages(user, dm.id) if message.user == bot]


def place(stage: Stage, channel: str) -> str:
    return f"<#{stage.slack.workspace.channel(channel).id}>"


def person(stage: Stage, user: str) -> str:
    return f"<@{stage.slack.workspace.user(user).id}>"


async def test_of_an_archived_channel_the_receipt_names_the_lead(stage: Stage) -> None:
    await archived(stage, "payments")
    assert f"{NO_CHANNEL}. I am telling Ada Byron." in await doubted(stage)
    [note] = await told(stage, "ada")
    assert "thinks that *Payments* does not own *checkout*" in note
    assert await told(stage, "eve") == []
    claimed = await claim(stage, await stage.ask("/whoowns checkout", user="solo"), user="solo")
    assert f"{NO_CHANNEL}. I am telling Ada Byron." in claimed


async def test_of_a_channel_archived_meanwhile_a_second_word_names_the_lead(stage: Stage) -> None:
    unheard(stage, channel="payments")
    assert f"I am telling Payments in {place(stage, 'payments')}." in await doubted(stage)
    [correction] = await told(stage, "eve")
    first, quoted = correction.splitlines()
    assert first == f"I told {person(stage, 'ada')} instead. {place(stage, 'payments')}: the channel is archived."
    assert quoted.startswith("> ")
    assert "thinks that *Payments* does not own *checkout*" in quoted
    assert "Payments (Ada Byron) already knows." in await doubted(stage, user="omar")


async def test_of_a_leaver_the_receipt_names_who_leads_their_team(stage: Stage) -> None:
    await stage.bring(with_a_persons())
    unheard(stage, user="grace")
    assert "I am telling Grace Marsh." in await doubted(stage, "side-project")
    [correction] = await told(stage, "eve")
    assert correction.startswith(
        f"I told {person(stage, 'ada')} instead. {person(stage, 'grace')}: the account is deactivated."
    )
    assert "Grace Marsh (Ada Byron) already knows." in await doubted(stage, "side-project", user="omar")


async def test_of_somebody_known_to_have_left_the_receipt_names_who_leads_their_team(stage: Stage) -> None:
    await stage.bring(with_a_persons())
    await gone(stage, "grace")
    receipt = await doubted(stage, "side-project")
    assert "Grace Marsh has no active account in Slack. I am telling Ada Byron." in receipt
    notes = await told(stage, "ada")
    assert sum("*Grace Marsh* does not own *side-project*" in note for note in notes) == 1


class TestWithAPlatformChannel:
    @pytest.fixture
    def platform_channel(self) -> str:
        return "#platform"

    async def test_without_channel_and_lead_the_receipt_names_it(self, stage: Stage) -> None:
        await archived(stage, "payments")
        await gone(stage, "ada")
        assert f"{NOBODY}. I am asking in {place(stage, 'platform')}." in await doubted(stage)
        assert ["does not own *checkout*" in note.text for note in await public(stage, "platform")] == [True]
        assert await told(stage, "eve") == []

    async def test_when_both_go_meanwhile_a_second_word_names_it(self, stage: Stage) -> None:
        unheard(stage, channel="payments", user="ada")
        await doubted(stage)
        [correction] = await told(stage, "eve")
        assert correction.startswith(
            f"I told {place(stage, 'platform')} instead. {place(stage, 'payments')}: the channel is archived. "
            f"{person(stage, 'ada')}: the account is deactivated."
        )


async def public(stage: Stage, channel: str) -> list[PostedMessage]:
    await posted(stage, channel)
    bot = stage.slack.workspace.bot_user_id
    return [m for m in stage.slack.visible_messages("lin", channel) if m.user == bot and not m.ephemeral_for]


async def test_with_nobody_to_tell_the_receipt_says_so_and_what_to_do(stage: Stage) -> None:
    catalog = organisation()
    catalog.teams[0] = type(catalog.teams[0])(name="Payments", lead="ada@example.test", origin=HERE)
    await stage.bring(catalog)
    await gone(stage, "ada", "grace")
    receipt = await doubted(stage)
    assert f"I can tell nobody: {NOBODY}. Talk to them, or ask a catalog admin to name" in receipt
    assert await count(stage, tables.OutboxMessage) == 0


async def test_when_everybody_goes_meanwhile_whoever_asked_hears_what_to_do(stage: Stage) -> None:
    await archived(stage, "payments")
    await gone(stage, "ada", "grace")
    assert "I may be unable to post there. If so, I will tell you." in await doubted(stage)
    nobody = "I could not reach anybody for *Payments*: the channel is missing, archived or private"
    assert [text.startswith(nobody) for text in await told(stage, "eve")] == [True]
    await doubted(stage, user="omar")
    assert [text.startswith(nobody) for text in await told(stage, "omar")] == [True]


async def test_when_whoever_claimed_cannot_be_asked_back_the_owner_hears_it(stage: Stage) -> None:
    told_owner = await claimed(stage)
    unheard(stage, user="grace")
    await stage.press(told_owner, ASK, user="solo")
    await stage.slack.submit_view("solo", stage.slack.view_stack("solo")[-1].id, {MATTER_WORDS: "Since when?"})
    await stage.settle()
    assert stage.slack.visible_messages("solo", "search")[-1].text.startswith(f"I have asked {person(stage, 'grace')}.")
    [said] = await told(stage, "solo")
    assert said.startswith("I could not reach anybody for *Grace Marsh*: the account is deactivated. Talk to them")


async def test_whoever_says_that_a_handoff_does_not_work_reads_who_is_told(stage: Stage) -> None:
    await offer_two(stage)
    await answer(stage, HandoffStep.DECLINE, "checkout", reason="Not ours")
    await answer(stage, HandoffStep.ACCEPT, "payments-db")
    await stage.bring(corrected(organisation()))
    [asked] = [each for each in await on(stage, 4, 7) if "Does it work" in each.text]
    await archived(stage, "platform")

    async def says_no(why: str) -> str:
        await stage.press(asked, NO, user="grace")
        assert await submit(stage, "grace", {REASON: why}) == {}
        return said_to(stage, "grace", "payments")

    lack = "Platform has no open channel or lead in Slack. I am telling Lin Wei from the team. *Hand it back*"
    assert lack in await says_no("No restore works")
    assert any("No restore works" in each for each in await told(stage, "lin"))
    await gone(stage, "lin", "omar")
    assert "for Platform. I may be unable to post there. If so, I will tell you." in await says_no("Alarms are missing")
    assert any(each.startswith("I could not reach anybody for *Platform*") for each in await told(stage, "grace"))


@pytest.fixture
async def reminded(stage: Stage) -> Reminded:
    """Payments hear that Node.js 20 ends; Search, which has no lead, may be asked to take it over."""
    await deploy(stage, "checkout", "nodejs", "20.11.1")
    return await remind(stage, "checkout")


async def test_an_offer_that_reached_nobody_comes_back_and_can_be_made_again(reminded: Reminded) -> None:
    stage = reminded.stage
    await gone(stage, "solo")
    unheard(stage, channel="search")

    async def offer() -> str:
        await reminded.form(ids.MORE, user="grace", word=ids.DELEGATE)
        await reminded.submit("grace", {ids.DELEGATE_TEAM: team_option(stage, "grace", ids.DELEGATE_TEAM, "Search")})
        return reminded.said_to("grace")

    assert f"I am telling Search in {place(stage, 'search')}. It stays with you until *Search* accepts" in await offer()
    [said] = await told(stage, "grace")
    assert said.startswith("I could not reach anybody for *Search*: the channel is archived. Talk to them")
    stage.slack.workspace.channel("search").is_archived = False
    assert "*Search* has not answered yet. I am trying" in await offer()
    assert "asks you to take this over" in (await public(stage, "search"))[-1].text
    [said] = await told(stage, "grace")
    assert said.startswith(f"*Search* has been told now ({place(stage, 'search')}).")


async def test_a_waiver_asked_for_in_a_thread_that_is_archived_says_who_is_asked(reminded: Reminded) -> None:
    stage = reminded.stage
    await reminded.form(ids.MORE, user="grace", word=ids.WAIVE)
    unheard(stage, channel="payments")
    await reminded.submit("grace", {ids.WAIVE_REASON: "switched off in May", ids.WAIVE_DAY: "2026-06-01"})
    [said] = await told(stage, "grace")
    assert said.startswith(f"I told {person(stage, 'ada')} instead. {place(stage, 'payments')}: ")
    assert any("asks for a waiver" in text for text in await told(stage, "ada"))


async def test_whose_claim_is_wanted_and_cannot_be_told_is_named(reminded: Reminded) -> None:
    stage = reminded.stage
    catalog = organisation()
    catalog.teams[2] = type(catalog.teams[2])(name="Search", origin=HERE)
    catalog.people.append(PersonClaim(name="Sam", email="sam@example.test", teams=("Search",), origin=HERE))
    await stage.bring(catalog)
    await gone(stage, "solo")
    await reminded.form(ids.MORE, user="grace", word=ids.NOT_OURS)
    await reminded.submit("grace", {ids.NOT_OURS_TEAM: team_option(stage, "grace", ids.NOT_OURS_TEAM, "Search")})
    said = reminded.said_to("grace")
    assert "I can tell nobody: Search has no open channel or lead in Slack. Talk to" in said


async def test_who_is_said_to_own_what_another_source_calls_nobodys_answers_a_claim(stage: Stage) -> None:
    await stage.bring(SourceCatalog(assets=[asset("sandbox", owners=(team_owns("Payments"),))]), source="csv")
    answer = await stage.ask("/whoowns sandbox", user="solo")
    assert "on purpose" in answer.text
    receipt = await claim(stage, answer, user="solo")
    assert "*sandbox* goes to *Search* once *Payments* agrees." in receipt
    assert f"I am telling Payments in {place(stage, 'payments')}." in receipt


async def test_whoever_is_said_to_own_it_already_claims_it_without_a_dispute(stage: Stage) -> None:
    await stage.bring(SourceCatalog(assets=[asset("sandbox", owners=(team_owns("Search"),))]), source="csv")
    receipt = await claim(stage, await stage.ask("/whoowns sandbox", user="solo"), user="solo")
    assert "*Search* owns *sandbox* now." in receipt

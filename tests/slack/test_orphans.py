"""Owners who are gone: heirs are proposed to the lead, then to everybody, and whoever takes it is recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.blocks.health import SHOW
from bot.domain.catalog import Area, OwnerClaim, OwnerRef, OwnerType, Role, SourceCatalog
from bot.domain.handoff.handoffs import HandoffStep
from bot.playground.fake_slack import PostedMessage, ViewRef
from bot.services import snapshot
from handlers import orphans
from tests import administration
from tests.slack.conftest import Stage, asset, organisation, team_owns
from tests.slack.test_claims import claim, facts
from tests.slack.test_clicks import actions, drained
from tests.slack.test_eol_answers import copied
from tests.slack.test_handoff import answer, offer, sent
from tests.slack.test_requests import element, submit
from tests.slack.test_whoowns import buttons

GRACES = OwnerClaim(OwnerRef("grace@example.test", OwnerType.PERSON, "grace@example.test"))


@pytest.fixture
def platform_channel() -> str:
    return "general"


def catalog() -> SourceCatalog:
    """Grace of Payments, which Ada leads, owns two scripts in her own name, one of them a part of search-api."""
    made = organisation()
    made.assets += [asset("reconcile", owners=(GRACES,)), asset("reindex", owners=(GRACES,), parent="search-api")]
    return made


async def at_work(stage: Stage) -> None:
    """Let it be a working day's morning."""
    stage.clock.advance(datetime(2026, 3, 3, 10, tzinfo=UTC) - stage.clock.now())


async def leave(stage: Stage, handle: str) -> None:
    """Slack says that an account was deactivated."""
    await stage.baton.context.listings.read_members(at_start=True)
    await administration.deactivate_user(stage.slack, handle)
    await stage.settle()


async def look(stage: Stage) -> None:
    await snapshot.refresh(stage.baton.context.snapshot, stage.database)
    await orphans.look(stage.baton.context)


async def direct(stage: Stage, handle: str) -> list[PostedMessage]:
    """What Baton wrote to somebody alone."""
    await sent(stage, "general")
    dm = await stage.slack.open_dm(handle)
    bot = stage.slack.workspace.bot_user_id
    return [each for each in stage.slack.visible_messages(handle, dm.id) if each.user == bot and not each.ephemeral_for]


async def asked(stage: Stage) -> PostedMessage:
    """Grace has left, and her lead has been asked."""
    await at_work(stage)
    await stage.bring(catalog())
    await leave(stage, "grace")
    await look(stage)
    [question] = await direct(stage, "ada")
    return question


async def take(stage: Stage, question: PostedMessage, team: str, *names: str, user: str = "ada") -> dict[str, str]:
    """Let a team take these things, or what is ticked already; return what is wrong with the form."""
    block = next(each for each in question.blocks if team in str(each.get("accessory")))
    await stage.press(question, "orphans.take", user=user, block_id=block["block_id"])
    options = element(stage.slack.view_stack(user)[-1], "orphan_assets")["options"]
    chosen = [each["value"] for each in options if each["text"]["text"] in names]
    return await submit(stage, user, {"orphan_assets": chosen} if names else {})


async def take_pressed(stage: Stage, question: PostedMessage, *, user: str) -> dict[str, str]:
    """Press the button of a question to one team, and take what is ticked."""
    await stage.press(question, "orphans.take", user=user)
    return await submit(stage, user, {})


async def told(stage: Stage, handle: str) -> str:
    """What only somebody saw last, under what Baton wrote to them alone."""
    dm = await stage.slack.open_dm(handle)
    return [each for each in stage.slack.visible_messages(handle, dm.id) if each.ephemeral_for][-1].text


def ticked(stage: Stage, user: str) -> list[str]:
    """What is ticked in the form that somebody has open."""
    return [
        each["text"]["text"]
        for each in element(stage.slack.view_stack(user)[-1], "orphan_assets").get("initial_options", ())
    ]


async def test_what_a_leaver_owned_is_offered_once_to_their_lead_with_heirs(stage: Stage) -> None:
    question = await asked(stage)
    assert "*Grace Marsh* has left. 2 things are without an owner now: *reconcile* and *reindex*." in question.text
    assert "• *Payments* · Grace Marsh was in it" in question.text
    assert "• *Search* · *reindex*: owns search-api, which it is part of" in question.text
    assert [each for each in buttons(question) if "…" in each] == ["Payments takes it…", "Ask Search…"]
    await look(stage)
    await look(stage)
    assert len(await direct(stage, "ada")) == 1
    assert (await actions(stage)).count("orphans.begin") == 1
    assert "is orphaned" in (await stage.ask("/whoowns reconcile", user="ada")).text, "nothing moves by itself"


async def test_the_form_says_who_decides_about_what_a_leaver_owned(stage: Stage) -> None:
    await asked(stage)
    for user, said in (("ada", "Claim it, and it is your team's."), ("lin", "a catalog admin decides.")):
        await stage.press(await stage.ask("/whoowns reconcile", user=user), "ownership.claim", user=user)
        assert said in str(stage.slack.view_stack(user)[-1].payload)


async def test_an_heir_takes_all_of_it_and_is_recorded(stage: Stage) -> None:
    question = await asked(stage)
    assert await take(stage, question, "Payments") == {}
    await drained(stage, "general")
    [now] = await direct(stage, "ada")
    assert now.text.startswith("*Payments* took what *Grace Marsh* had owned: *reconcile* and *reindex*. <@")
    for name in ("reconcile", "reindex"):
        said = (await stage.ask(f"/whoowns {name}", user="ada")).text
        assert said.startswith("*Payments* (<#")
        assert "Decided in Slack" in said
        assert "still names *Grace Marsh*" in said
        assert "that is a dispute" not in said, "whoever is gone disputes nothing"
    ada = (await facts(stage))[-1].confirmed_by
    assert ada is not None
    assert (await actions(stage)).count("orphans.take") == 1
    await stage.bring(catalog())
    assert "is orphaned" not in (await stage.ask("/whoowns reconcile", user="ada")).text, "the file is not up to date"
    assert "disputed" not in (await stage.ask("/whoowns reconcile", user="ada")).text
    await look(stage)
    assert (await actions(stage)).count("orphans.begin") == 1


async def test_only_the_lead_of_the_heir_takes_it(stage: Stage) -> None:
    question = await asked(stage)
    before = len(await facts(stage))
    assert (await take(stage, question, "Search"))["orphan_assets"] == (
        "Its owner is gone, so your team's lead or a catalog admin must decide: ask one of them. "
        "No catalog admin is set: ask your Baton administrator to name one."
    )
    assert len(await facts(stage)) == before
    assert await take(stage, question, "Payments") == {}
    assert (await actions(stage)).count("orphans.take") == 1


async def test_what_speaks_for_a_team_at_one_thing_gives_it_no_other(stage: Stage) -> None:
    question = await asked(stage)
    await stage.press(question, "orphans.take", user="ada", block_id=question.blocks[2]["block_id"])
    assert ticked(stage, "ada") == ["reindex"]
    await stage.press(question, "orphans.take", user="ada", block_id=question.blocks[1]["block_id"])
    assert ticked(stage, "ada") == ["reconcile", "reindex"]


async def test_one_of_them_is_taken_and_the_question_goes_on_about_the_rest(stage: Stage) -> None:
    question = await asked(stage)
    assert await take(stage, question, "Payments", "reconcile") == {}
    [now] = await direct(stage, "ada")
    assert now.text.startswith(":warning: *Grace Marsh* has left. 1 thing is without an owner now: *reindex*.")
    assert "Taken: *reconcile* (*Payments*)." in now.text
    assert (await stage.ask("/whoowns reconcile", user="ada")).text.startswith("*Payments* (<#")
    assert "is orphaned" in (await stage.ask("/whoowns reindex", user="ada")).text
    await look(stage)
    assert await take(stage, now, "Payments") == {}
    [now] = await direct(stage, "ada")
    assert now.text.startswith("*Payments* took what *Grace Marsh* had owned: *reindex*.")
    assert "Taken before: *reconcile* (*Payments*)." in now.text
    assert (await actions(stage)).count("orphans.begin") == 1


async def test_nobody_is_said_to_have_taken_what_they_owned_all_along(stage: Stage) -> None:
    made = catalog()
    made.assets.append(asset("ledger", owners=(GRACES, team_owns("Payments"))))
    await at_work(stage)
    await stage.bring(made)
    stage.clock.advance(timedelta(hours=1))
    await leave(stage, "grace")
    await look(stage)
    [question] = await direct(stage, "ada")
    assert await take(stage, question, "Payments", "reconcile") == {}
    [now] = await direct(stage, "ada")
    assert "Taken: *reconcile* (*Payments*). Another team?" in now.text


class TestAfterAHandoff:
    @pytest.fixture
    def catalog_admins(self) -> tuple[str, ...]:
        return ("eve",)

    async def test_what_was_handed_to_a_team_that_is_gone_can_be_taken(self, stage: Stage) -> None:
        """Its file names the giver for too long, who has declined to have it back."""
        await at_work(stage)
        await offer(stage)
        await answer(stage, HandoffStep.ACCEPT, "payments-db", user="ada")
        stage.clock.advance(timedelta(days=41))  # a Monday
        for each in ("ada", "grace"):
            await leave(stage, each)
        assert "is orphaned" in (await stage.ask("/whoowns database of payments-db", user="eve")).text
        await look(stage)
        [question] = [each for each in await sent(stage, "general") if "Nobody is left in *Payments*" in each.text]
        assert "*payments-db*" in question.text
        assert "*Platform* · *payments-db*: owned it until" in question.text
        assert await take(stage, question, "Platform", "payments-db", user="eve") == {}
        said = (await stage.ask("/whoowns database of payments-db", user="eve")).text
        assert "*Platform* (<#" in said
        assert "is orphaned" not in said


async def test_after_three_days_the_platform_channel_is_asked_once(stage: Stage) -> None:
    await asked(stage)
    stage.clock.advance(timedelta(days=2, hours=23))
    await look(stage)
    assert await drained(stage, "general") == []
    stage.clock.advance(timedelta(hours=1))
    await look(stage)
    await look(stage)
    [posted] = await drained(stage, "general")
    assert "*Grace Marsh* has left." in posted.text
    assert "must decide" in str(await take(stage, posted, "Search", user="solo")), "nobody leads Search"
    assert len(await drained(stage, "general")) == 1
    assert await take(stage, posted, "Payments") == {}
    assert "That is settled" in (await submit(stage, "solo", {}))["orphan_assets"], "and only once"
    [posted] = await drained(stage, "general")
    assert posted.text.startswith("*Payments* took what *Grace Marsh* had owned")
    assert (await direct(stage, "ada"))[0].text == posted.text


async def look_daily(stage: Stage, days: int) -> None:
    for _ in range(days):
        stage.clock.advance(timedelta(days=1))
        await look(stage)


async def test_whoever_was_asked_last_is_reminded_twice_and_hears_that_it_was_the_last_time(stage: Stage) -> None:
    await at_work(stage)
    await leave(stage, "solo")
    await look(stage)
    await look_daily(stage, 6)  # a Monday
    [question] = await drained(stage, "general")
    assert len(thread(stage, question)) == 1
    await look_daily(stage, 1)
    await look(stage)
    await drained(stage, "general")
    [_, first] = thread(stage, question)
    assert first.text == (
        "Nobody has taken it yet. Nobody is left in *Search*. 1 thing is without an owner: *search-api*."
    )
    await look_daily(stage, 60)
    assert len(await drained(stage, "general")) == 1
    [_, _, last] = thread(stage, question)
    assert "This is the last reminder" in last.text


def thread(stage: Stage, question: PostedMessage) -> list[PostedMessage]:
    """A question with what was replied to it."""
    return stage.slack.visible_messages("ada", "general", thread_ts=question.ts)


class TestWithoutAPlatformChannel:
    @pytest.fixture
    def platform_channel(self) -> str:
        return ""

    @pytest.fixture
    def catalog_admins(self) -> tuple[str, ...]:
        return ("lin",)

    async def test_a_catalog_admin_is_asked(self, stage: Stage) -> None:
        await at_work(stage)
        await leave(stage, "solo")
        await look(stage)
        await look(stage)
        [question] = await direct(stage, "lin")
        assert "Nobody is left in *Search*. 1 thing is without an owner now: *search-api*." in question.text
        said = (await stage.ask("/whoowns search-api", user="ada")).text
        assert "is orphaned" in said
        assert "platform channel" not in said


async def manager_asked(stage: Stage) -> PostedMessage:
    """Nobody is left in Search, and its manager, who leads nothing, has been asked."""
    made = organisation()
    made.teams = [replace(each, manager="omar@example.test") if each.name == "Search" else each for each in made.teams]
    made.assets = [replace(each, parent="checkout") if each.name == "search-api" else each for each in made.assets]
    await at_work(stage)
    await stage.bring(made)
    await leave(stage, "solo")
    await look(stage)
    [question] = await direct(stage, "omar")
    return question


async def test_whoever_decides_for_no_heir_has_its_lead_asked(stage: Stage) -> None:
    question = await manager_asked(stage)
    assert [each for each in buttons(question) if "Payments" in each] == ["Ask Payments…"]
    await stage.press(question, "orphans.take", user="omar", block_id=question.blocks[1]["block_id"])
    assert "*Ada Byron* decides." in str(stage.slack.view_stack("omar")[-1].payload)
    assert await submit(stage, "omar", {}) == {}
    assert await told(stage, "omar") == "*Payments* is asked whether it takes *search-api*. I am telling Ada Byron."
    assert "is orphaned" in (await stage.ask("/whoowns search-api")).text
    [asked_too] = await direct(stage, "ada")
    omar = stage.slack.workspace.user("omar").id
    assert asked_too.text == (
        f"<@{omar}> asks whether *Payments* takes *search-api*. Nobody is left in *Search*. Nobody owns it now."
    )
    assert await take_pressed(stage, asked_too, user="ada") == {}
    for user in ("ada", "omar"):
        [now] = await direct(stage, user)
        assert now.text.startswith("*Payments* took what *Search* had owned: *search-api*.")
    assert (await stage.ask("/whoowns search-api")).text.startswith("*Payments* (<#")


async def test_a_lead_who_was_asked_declines_and_whoever_asked_hears_it(stage: Stage) -> None:
    question = await manager_asked(stage)
    await stage.press(question, "orphans.take", user="omar", block_id=question.blocks[1]["block_id"])
    await submit(stage, "omar", {})
    [asked_too] = await direct(stage, "ada")
    await stage.press(asked_too, "orphans.refuse", user="ada")
    [now] = await direct(stage, "ada")
    assert now.text.startswith("*Payments* does not take *search-api*, says <@")
    await sent(stage, "general")
    dm = await stage.slack.open_dm("omar")
    about, reply = stage.slack.visible_messages("omar", dm.id, thread_ts=question.ts)
    assert list(buttons(about)) == ["Show it"], "nobody is proposed any more"
    assert reply.text == now.text
    assert (await actions(stage)).count("orphans.decline") == 1


async def payments_asked(stage: Stage) -> PostedMessage:
    """Nobody is left in Search: Ada is asked about one of its two things, of which Lin's Platform could take both."""
    made = organisation()
    led = {"Search": {"manager": "omar@example.test"}, "Platform": {"lead": "lin@example.test"}}
    made.teams = [replace(each, **led.get(each.name, {})) for each in made.teams]
    owners = (team_owns("Search"), team_owns("Platform", Area.DATABASE, Role.SECONDARY))
    made.assets = [each for each in made.assets if each.name != "search-api"]
    made.assets += [asset(name, owners=owners, parent="checkout") for name in ("search-api", "search-jobs")]
    await at_work(stage)
    await stage.bring(made)
    await leave(stage, "solo")
    await look(stage)
    [question] = await direct(stage, "omar")
    assert await take(stage, question, "Payments", "search-api", user="omar") == {}
    [to_ada] = await direct(stage, "ada")
    assert "asks whether *Payments* takes *search-api*." in to_ada.text
    return to_ada


async def under(stage: Stage, handle: str, message: PostedMessage) -> list[str]:
    """What was replied to a message that somebody was sent alone."""
    await sent(stage, "general")
    dm = await stage.slack.open_dm(handle)
    return [each.text for each in stage.slack.visible_messages(handle, dm.id, thread_ts=message.ts)[1:]]


async def test_the_form_of_whoever_was_asked_offers_what_the_message_names_ticked(stage: Stage) -> None:
    await stage.press(await payments_asked(stage), "orphans.take", user="ada")
    options = element(stage.slack.view_stack("ada")[-1], "orphan_assets")["options"]
    assert [each["text"]["text"] for each in options] == ["search-api"]
    assert ticked(stage, "ada") == ["search-api"]


@pytest.mark.parametrize("way", ["question", "answer"])
async def test_whoever_was_asked_and_whoever_asked_hear_that_another_team_took_it(stage: Stage, way: str) -> None:
    to_ada = await payments_asked(stage)
    before = list(to_ada.blocks)
    [to_omar] = await direct(stage, "omar")
    if way == "question":
        stage.clock.advance(timedelta(days=3))
        await look(stage)
        [posted] = await sent(stage, "general")
        assert await take(stage, posted, "Platform", "search-api", user="lin") == {}
    else:
        await stage.press(await stage.ask("/whoowns search-api", user="lin"), "ownership.claim", user="lin")
        assert await submit(stage, "lin", {"ownership.claim_reason": "It is next to ours"}) == {}
    [now] = await direct(stage, "ada")
    assert now.text.endswith("*search-api* has an owner now: *Platform*.")
    assert not buttons(now)
    [asked_for] = await direct(stage, "omar")
    assert "1 thing is without an owner now: *search-jobs*." in asked_for.text
    assert "Taken: *search-api* (*Platform*)." in asked_for.text
    for handle, message in (("ada", to_ada), ("omar", to_omar)):
        assert await under(stage, handle, message) == ["*search-api* has an owner now: *Platform*."]
    for pressed in ("orphans.refuse", "orphans.take"):
        await stage.press(await copied(stage, now.channel, before), pressed, user="ada")
        assert await told(stage, "ada") == "That is settled: *search-api* has an owner now: *Platform*."
    await look(stage)
    assert len(await under(stage, "ada", to_ada)) == 1, "once"


async def test_whoever_asked_from_the_platform_channel_hears_alone_how_it_ended(stage: Stage) -> None:
    await payments_asked(stage)
    stage.clock.advance(timedelta(days=3))
    await look(stage)
    [posted] = await sent(stage, "general")
    assert await take(stage, posted, "Payments", "search-jobs", user="grace") == {}
    [_, about_jobs] = await direct(stage, "ada")
    await stage.press(about_jobs, "orphans.refuse", user="ada")
    ada = stage.slack.workspace.user("ada").id
    said = f"*Payments* does not take *search-jobs*, says <@{ada}>."
    assert [each.text for each in await direct(stage, "grace")] == [said]
    [to_omar] = await direct(stage, "omar")
    assert await under(stage, "omar", to_omar) == [said]
    assert await take(stage, posted, "Payments", "search-api", user="ada") == {}
    assert (await under(stage, "omar", to_omar))[1:] == ["*search-api* has an owner now: *Payments*."]
    assert [each.text for each in await direct(stage, "grace")] == [said], "she asked about something else"


async def test_of_several_things_the_question_goes_on_about_what_is_left(stage: Stage) -> None:
    await payments_asked(stage)
    [to_omar] = await direct(stage, "omar")
    assert await take(stage, to_omar, "Payments", "search-api", "search-jobs", user="omar") == {}
    await stage.press(await stage.ask("/whoowns search-jobs", user="lin"), "ownership.claim", user="lin")
    assert await submit(stage, "lin", {"ownership.claim_reason": "It is next to ours"}) == {}
    about_one, about_two = await direct(stage, "ada")
    assert "takes *search-api*." in about_two.text
    assert "Taken: *search-jobs* (*Platform*)." in about_two.text
    assert await take_pressed(stage, about_two, user="ada") == {}
    about_one, about_two = await direct(stage, "ada")
    assert not buttons(about_one)
    assert not buttons(about_two)


async def test_without_a_lead_the_platform_channel_is_asked_at_once(stage: Stage) -> None:
    await at_work(stage)
    await leave(stage, "solo")  # the only one in Search, which nobody leads
    await look(stage)
    [posted] = await drained(stage, "general")
    assert "Nobody is left in *Search*. 1 thing is without an owner now: *search-api*." in posted.text
    assert "I know" not in posted.text
    assert posted.text.endswith("Yours? Press *We own this* on its answer.")
    await stage.press(posted, SHOW, user="ada")
    shown = stage.slack.visible_messages("ada", "general")[-1]
    assert shown.text.startswith(":warning: *search-api* is orphaned")
    assert "We own this" in buttons(shown)


def without_grace() -> SourceCatalog:
    """The catalog once Grace has left, and her team's list does not name her any more."""
    made = catalog()
    made.people = [
        replace(each, is_active=False, teams=()) if each.name == "Grace Marsh" else each for each in made.people
    ]
    return made


async def test_a_leaver_whom_the_same_import_takes_out_of_the_team_has_heirs_from_it(stage: Stage) -> None:
    await at_work(stage)
    await stage.bring(catalog())
    stage.clock.advance(timedelta(days=5))  # a Sunday
    await stage.bring(without_grace())
    await look(stage)
    assert await direct(stage, "ada") == []
    stage.clock.advance(timedelta(days=1))
    await look(stage)
    [question] = await direct(stage, "ada")
    assert "• *Payments* · Grace Marsh was in it" in question.text
    assert await drained(stage, "general") == []
    assert "*Payments* · Grace Marsh was in it" in await suggest(stage, "reconcile", user="ada")


async def test_a_team_whose_last_member_was_removed_is_orphaned(stage: Stage) -> None:
    await at_work(stage)
    await stage.bring(catalog())
    moved = catalog()
    moved.people = [replace(each, teams=("Platform",)) if each.name == "Solo Singh" else each for each in moved.people]
    stage.clock.advance(timedelta(days=4))  # a Saturday
    await stage.bring(moved)
    assert "*search-api* is orphaned" in (await stage.ask("/whoowns search-api", user="ada")).text
    await look(stage)
    assert await drained(stage, "general") == []
    stage.clock.advance(timedelta(days=2))
    await look(stage)
    [posted] = await drained(stage, "general")
    assert "Nobody is left in *Search*. 1 thing is without an owner now: *search-api*." in posted.text
    assert "• *Platform* · 1 person of Search is in it" in posted.text


async def test_somebody_who_comes_back_ends_the_question(stage: Stage) -> None:
    await asked(stage)
    grace = stage.slack.workspace.user("grace")
    grace.deleted = False
    await stage.baton.context.listings.read_member(grace.id)
    await look(stage)
    [now] = await direct(stage, "ada")
    assert now.text == "*Grace Marsh* is back, so there is nothing left to ask."
    assert (await actions(stage)).count("orphans.close") == 1


async def test_a_question_that_ends_by_itself_says_who_owns_it_now(stage: Stage) -> None:
    await asked(stage)
    made = catalog()
    made.assets = [
        replace(each, owners=(team_owns("Search"),)) if GRACES in each.owners else each for each in made.assets
    ]
    await stage.bring(made)
    await look(stage)
    [now] = await direct(stage, "ada")
    assert now.text == "What *Grace Marsh* left behind has owners: *reconcile* (*Search*) and *reindex* (*Search*)."


async def suggest(stage: Stage, name: str, *, user: str) -> str:
    """Ask who could own something; the text of the view."""
    await stage.press(await stage.ask(f"/whoowns {name}", user=user), "orphans.suggest", user=user)
    view = stage.slack.view_stack(user)[-1]
    return "\n".join(str(block.get("text", block)) for block in view.payload["blocks"])


async def press_view(stage: Stage, user: str, action_id: str) -> None:
    view = stage.slack.view_stack(user)[-1]
    block = next(each for each in view.payload["blocks"] if each["type"] == "actions")
    await stage.slack.act(user, ViewRef(view.id), action_id, block_id=block["block_id"])
    await stage.settle()


async def test_who_could_own_it_is_a_guess_with_evidence_that_a_member_accepts(stage: Stage) -> None:
    first = organisation()
    first.assets = [
        asset("old-cron", owners=(team_owns("Search"),)) if each.name == "old-cron" else each for each in first.assets
    ]
    await stage.bring(first)
    await stage.bring(organisation())
    said = await suggest(stage, "old-cron", user="solo")
    assert "*Search* · owned it until" in said
    assert "Nobody owns *old-cron*" in (await stage.ask("/whoowns old-cron")).text, "a suggestion is no answer"
    await press_view(stage, "solo", "orphans.accept")
    assert "*Search* owns *old-cron* now." in str(stage.slack.view_stack("solo")[-1].payload)
    assert (await stage.ask("/whoowns old-cron")).text.startswith("*Search* (<#")
    assert (await actions(stage)).count("ownership.take") == 1


async def test_a_claim_that_was_withdrawn_speaks_for_nobody(stage: Stage) -> None:
    await claim(stage, await stage.ask("/whoowns old-cron", user="solo"), user="solo")
    await stage.press(await stage.ask("/whoowns old-cron", user="solo"), "ownership.withdraw", user="solo")
    assert "have no guess who could own *old-cron*" in await suggest(stage, "old-cron", user="grace")


async def test_a_team_that_says_no_is_not_suggested_again(stage: Stage) -> None:
    first = organisation()
    first.assets = [
        asset("old-cron", owners=(team_owns("Search"),)) if each.name == "old-cron" else each for each in first.assets
    ]
    await stage.bring(first)
    await stage.bring(organisation())
    said = await suggest(stage, "old-cron", user="grace")
    assert "*Search* · owned it until" in said
    assert "orphans." not in str(stage.slack.view_stack("grace")[-1].payload), "she can take and refuse nothing"
    assert "Only a team's own members can accept" in str(stage.slack.view_stack("grace")[-1].payload)
    await suggest(stage, "old-cron", user="solo")
    await press_view(stage, "solo", "orphans.reject")
    assert "have no guess who could own *old-cron*" in str(stage.slack.view_stack("solo")[-1].payload)
    assert "*Search*" not in await suggest(stage, "old-cron", user="grace")
    assert (await actions(stage)).count("ownership.reject") == 1


def own(handle: str) -> OwnerClaim:
    email = f"{handle}@example.test"
    return OwnerClaim(OwnerRef(email, OwnerType.PERSON, email))


async def test_with_no_answer_the_next_question_comes_on_the_next_working_day(stage: Stage) -> None:
    made = organisation()
    made.assets += [asset("one", owners=(own("solo"),))]
    await at_work(stage)
    stage.clock.advance(timedelta(days=3))  # a Friday
    await stage.bring(made)
    await leave(stage, "solo")
    await look(stage)
    [first] = await drained(stage, "general")
    assert "1 more such question waits for this answer, or for the next working day." in first.text
    await look_daily(stage, 2)
    assert len(await sent(stage, "general")) == 1
    await look_daily(stage, 1)
    assert len(await sent(stage, "general")) == 2


async def test_when_many_leave_a_channel_has_one_question_a_day_or_after_an_answer(stage: Stage) -> None:
    made = organisation()
    made.assets += [
        asset(name, owners=(own(handle),)) for name, handle in (("one", "omar"), ("two", "solo"), ("three", "solo"))
    ]
    await at_work(stage)
    await stage.bring(made)
    for handle in ("solo", "omar"):  # Solo was the last one in Search
        await leave(stage, handle)
        await look(stage)
    [first] = await drained(stage, "general")
    assert "*Solo Singh* has left. 2 things are without an owner now" in first.text, "what is about most comes first"
    stage.clock.advance(timedelta(days=1))
    await look(stage)
    await look(stage)
    [_, second] = await drained(stage, "general")
    assert "Nobody is left in *Search*." in second.text
    assert "1 more such question waits for this answer, or for the next working day." in second.text
    solo = stage.slack.workspace.user("solo")
    solo.deleted = False
    await stage.baton.context.listings.read_member(solo.id)
    await look(stage)
    assert "*Omar Sol* has left." in (await sent(stage, "general"))[-1].text, "that was settled"

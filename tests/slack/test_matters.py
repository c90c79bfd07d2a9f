"""Every claim comes to an end in Slack, and whoever claimed hears it where they asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from unittest.mock import AsyncMock

import pytest
from sqlalchemy import select

from bot.blocks.health import SHOW
from bot.domain.catalog import TeamClaim
from bot.playground.fake_slack import PostedMessage
from bot.services import snapshot
from bot.services.matters import disputes
from bot.store import tables
from tests.slack.conftest import HERE, Stage, asset, organisation, read_only, team_owns
from tests.slack.test_claims import claim
from tests.slack.test_clicks import actions
from tests.slack.test_eol_answers import copied, posted
from tests.slack.test_requests import said_in, submit
from tests.slack.test_whoowns import buttons

AGREE, KEEP, ASK, REPLY = (f"ownership.matter_{word}" for word in ("agree", "keep", "ask", "reply"))


async def claimed(
    stage: Stage, name: str = "search-api", *, user: str = "grace", channel: str = "search"
) -> PostedMessage:
    """Let somebody claim something for their team, and return the card that its owner has."""
    await claim(stage, await stage.ask(f"/whoowns {name}", user=user), user=user)
    return await card(stage, channel)


async def card(stage: Stage, channel: str) -> PostedMessage:
    """The last message of Baton in a channel, as it reads now."""
    return (await posted(stage, channel))[-1]


async def private(stage: Stage, user: str) -> list[str]:
    """What Baton has told somebody in private."""
    return [each.text for each in await private_messages(stage, user)]


async def private_messages(stage: Stage, user: str) -> list[PostedMessage]:
    await posted(stage, "general")
    dm = await stage.slack.open_dm(user)
    bot = stage.slack.workspace.bot_user_id
    return [each for each in stage.slack.visible_messages(user, dm.id) if each.user == bot]


async def matters(stage: Stage) -> list[tables.OwnershipMatter]:
    async with stage.database.reading() as session:
        rows = await session.execute(select(tables.OwnershipMatter).order_by(tables.OwnershipMatter.id))  # type: ignore[arg-type]
        return list(rows.scalars())


async def first_line(stage: Stage, name: str) -> str:
    return (await stage.ask(f"/whoowns {name}")).text.splitlines()[0]


async def whispered(stage: Stage, user: str, channel: str) -> str:
    return [each for each in stage.slack.visible_messages(user, channel) if each.ephemeral_for][-1].text


async def test_the_owner_agrees_and_it_moves_at_once_and_for_good(stage: Stage) -> None:
    told = await claimed(stage)
    await stage.press(told, AGREE, user="solo")
    assert "*Payments* (" in await first_line(stage, "search-api")
    await stage.bring(organisation())
    assert "*Payments* (" in await first_line(stage, "search-api")
    now = await card(stage, "search")
    assert "*Payments* owns it now, says <@" in now.text
    assert "Handoff #1." in now.text
    shown = await stage.ask("/handoff show 1", user="grace")
    assert "*Search* agreed that *search-api* is *Payments*'." in shown.text
    assert "accepted by Solo" in shown.text, "by who agreed, and not by who claimed it"
    assert "Claimed by Grace Marsh on" in shown.text
    assert "Hand it back…" in buttons(shown)
    assert not buttons(now)
    [heard] = await private(stage, "grace")
    assert "*search-api*: *Payments* owns it now" in heard
    assert (await actions(stage)).count("ownership.matter.agree") == 1


async def test_the_owner_keeps_it_which_confirms_it_and_the_claimer_hears(stage: Stage) -> None:
    told = await claimed(stage)
    await stage.press(told, KEEP, user="solo")
    said = (await stage.ask("/whoowns search-api")).text
    assert "*Search*" in said.splitlines()[0]
    assert "confirmed by" in said
    assert "Another team asked" not in said
    assert "It stays with *Search*, says" in (await card(stage, "search")).text
    [heard] = await private(stage, "grace")
    assert "It stays with *Search*, says <@" in heard


async def test_the_owner_answers_a_claim_from_the_answer(stage: Stage) -> None:
    told = await claimed(stage)
    assert "Nothing changes until *Search* answers." in told.text, "a channel has other readers as well"
    for user in ("grace", "lin"):
        assert "Answer the claim" not in buttons(await stage.ask("/whoowns search-api", user=user))
    answer = await stage.ask("/whoowns search-api", user="solo")
    assert "Answer the claim" in buttons(answer)
    await stage.press(answer, "ownership.matter_show", user="solo")
    shown = stage.slack.visible_messages("solo", "general")[-1]
    assert list(buttons(shown)) == ["Agree", "It is ours", "Ask…"]
    stage.clock.advance(timedelta(days=1))
    await stage.press(shown, AGREE, user="solo")
    said = (await stage.ask("/whoowns search-api")).text
    assert said.startswith("*Payments* (")
    granted = f"confirmed by <@{stage.slack.workspace.user('solo').id}> <!date^{stage.clock.now().timestamp():.0f}"
    assert granted in said, "by who granted it, and not by who asked"


async def test_an_answer_is_given_once(stage: Stage) -> None:
    told = await claimed(stage)
    stale = await copied(stage, "search", told.blocks)
    await stage.press(told, KEEP, user="solo")
    for word in (KEEP, AGREE):
        await stage.press(stale, word, user="solo")
        assert "It stays with *Search*" in await whispered(stage, "solo", "search")
    assert "*Search*" in await first_line(stage, "search-api")
    assert len(await private(stage, "grace")) == 1


@pytest.mark.parametrize("user", ["grace", "eve", "lin"])
async def test_nobody_but_the_owner_answers(stage: Stage, user: str) -> None:
    told = await claimed(stage)
    await stage.press(told, AGREE, user=user)
    said = await whispered(stage, user, "search")
    assert "Only members of Search and their leads, or a catalog admin, can decide that" in said
    assert (await matters(stage))[0].ended_at is None


@pytest.mark.parametrize(
    ("catalog_admins", "gone", "said"),
    [
        ((), (), "No catalog admin is set: ask your Baton administrator to name one."),
        (("lin", "eve"), (), "Catalog admins: {lin} and {eve}."),
        (("eve", "lin"), ("lin",), "Catalog admin: {eve}."),
    ],
    indirect=["catalog_admins"],
)
async def test_whoever_may_not_decide_reads_which_catalog_admins_may(
    stage: Stage, gone: Sequence[str], said: str
) -> None:
    told = await claimed(stage)
    for user in gone:
        stage.slack.workspace.user(user).deleted = True
    stage.clock.advance(timedelta(hours=1))
    await stage.baton.context.listings.read_members()
    await stage.press(told, AGREE, user="grace")
    mentions = {each: f"<@{stage.slack.workspace.user(each).id}>" for each in ("eve", "lin")}
    assert (await whispered(stage, "grace", "search")).endswith(said.format(**mentions))


@pytest.mark.parametrize("catalog_admins", [("eve",)], indirect=True)
async def test_a_catalog_admin_decides_as_well(stage: Stage) -> None:
    told = await claimed(stage)
    await stage.press(told, AGREE, user="eve")
    assert "*Payments* (" in await first_line(stage, "search-api")
    heard = await card(stage, "search")
    assert heard.ts != told.ts, "a new message, which somebody reads"
    eve = stage.slack.workspace.user("eve").id
    assert heard.text.splitlines() == [
        f"*search-api*: *Payments* owns it now, says <@{eve}>. Handoff #1.",
        "Not right? Claim it on its answer, and say why.",
    ]
    await stage.press(heard, SHOW, user="solo")
    assert "We own this" in str(stage.slack.visible_messages("solo", "search")[-1].blocks)


@pytest.mark.parametrize("catalog_admins", [("eve",)], indirect=True)
async def test_an_owner_hears_that_an_admin_has_given_way_to_a_doubt(stage: Stage) -> None:
    await doubted(stage, "search-api", user="grace")
    told = await card(stage, "search")
    await stage.press(told, AGREE, user="eve")
    heard = [each.text for each in await posted(stage, "search") if each.ts != told.ts]
    assert any("> says that it is no longer *Search*'s." in each and "Not right? Claim it" in each for each in heard)


async def test_an_owner_who_agrees_is_told_nothing_else(stage: Stage) -> None:
    told = await claimed(stage)
    await stage.press(told, AGREE, user="solo")
    assert [each.ts for each in await posted(stage, "search")] == [told.ts]


@pytest.fixture
def catalog_admins(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return getattr(request, "param", ())


async def test_no_form_for_a_question_opens_to_those_who_may_not_ask_or_answer(stage: Stage) -> None:
    told = await claimed(stage)
    await stage.press(told, ASK, user="eve")
    assert stage.slack.view_stack("eve") == []
    assert "Only members of Search and their leads, or a catalog admin" in await whispered(stage, "eve", "search")
    await stage.press(told, ASK, user="solo")
    await stage.slack.submit_view("solo", stage.slack.view_stack("solo")[-1].id, {"ownership.matter_words": "Why?"})
    await stage.settle()
    [question] = await private_messages(stage, "grace")
    lent = await copied(stage, "general", question.blocks)
    await stage.press(lent, REPLY, user="eve")
    assert stage.slack.view_stack("eve") == []
    assert "Only whoever was asked can answer that" in await whispered(stage, "eve", "general")


async def test_the_owner_asks_back_and_the_claimer_answers(stage: Stage) -> None:
    told = await claimed(stage)
    await stage.press(told, ASK, user="solo")
    view = stage.slack.view_stack("solo")[-1]
    await stage.slack.submit_view("solo", view.id, {"ownership.matter_words": "Who is on call?"})
    await stage.settle()
    [asked] = await private_messages(stage, "grace")
    assert "asks about *search-api*:\n> Who is on call?" in asked.text
    stale = await copied(stage, "general", asked.blocks)
    await stage.press(asked, REPLY, user="grace")
    view = stage.slack.view_stack("grace")[-1]
    await stage.slack.submit_view("grace", view.id, {"ownership.matter_words": "All of us."})
    await stage.settle()
    dm = await stage.slack.open_dm("grace")
    assert await whispered(stage, "grace", dm.id) == "*search-api*: I have passed your answer on."
    await stage.press(stale, REPLY, user="grace")
    view = stage.slack.view_stack("grace")[-1]
    await stage.slack.submit_view("grace", view.id, {"ownership.matter_words": "All of us."})
    await stage.settle()
    assert (await actions(stage)).count("ownership.matter.reply") == 1, "the same once more is no news"
    messages = await posted(stage, "search")
    assert "asks: Who is on call? <@" in messages[0].text
    assert "answers: All of us." in messages[0].text
    reply = stage.slack.visible_messages("solo", "search", thread_ts=messages[0].ts)[-1]
    assert "All of us." in reply.text
    assert "Answered: All of us." in (await private(stage, "grace"))[0]


async def test_a_claim_that_is_withdrawn_says_so_where_it_was_told(stage: Stage) -> None:
    told = await claimed(stage)
    stale = await copied(stage, "search", told.blocks)
    await stage.press(await stage.ask("/whoowns search-api", user="grace"), "ownership.withdraw", user="grace")
    now = (await posted(stage, "search"))[0]
    assert "took the claim back." in now.text
    assert not buttons(now)
    await stage.press(stale, AGREE, user="solo")
    assert "took the claim back." in await whispered(stage, "solo", "search")
    assert "*Search*" in await first_line(stage, "search-api")


async def test_whoever_asked_where_all_could_see_it_hears_it_there(stage: Stage) -> None:
    asked = await stage.say(f"<@{stage.slack.workspace.bot_user_id}> who owns search-api?", user="grace")
    answer = stage.slack.visible_messages("grace", "general", thread_ts=asked.ts)[-1]
    await claim(stage, answer, user="grace")
    await stage.press(await card(stage, "search"), KEEP, user="solo")
    await posted(stage, "general")
    heard = stage.slack.visible_messages("eve", "general", thread_ts=answer.thread_ts)[-1].text
    grace = stage.slack.workspace.user("grace").id
    assert heard.startswith(f"<@{grace}> *search-api*: It stays with *Search*")


async def test_a_reason_that_looks_like_a_secret_is_refused(stage: Stage) -> None:
    answer = await stage.ask("/whoowns search-api", user="grace")
    await stage.press(answer, "ownership.claim", user="grace")
    view = stage.slack.view_stack("grace")[-1]
    secret = "the password is hunter2secret9"
    delivery = await stage.slack.submit_view("grace", view.id, {"ownership.claim_reason": secret})
    assert "looks like a password" in str(delivery.response)
    assert await matters(stage) == []


async def test_a_claim_needs_a_reason(stage: Stage) -> None:
    answer = await stage.ask("/whoowns search-api", user="grace")
    await stage.press(answer, "ownership.claim", user="grace")
    view = stage.slack.view_stack("grace")[-1]
    await stage.slack.submit_view("grace", view.id, {})
    assert "ownership.claim_reason" in stage.slack.view_stack("grace")[-1].errors
    assert await matters(stage) == []


async def test_of_several_owners_each_agrees(stage: Stage) -> None:
    catalog = organisation()
    catalog.teams.append(TeamClaim(name="Old guard", origin=HERE))
    owners = (team_owns("Payments"), team_owns("Platform"), team_owns("Old guard"))
    catalog.assets.append(asset("shared", owners=owners))
    await stage.bring(catalog)
    catalog.teams.pop()
    await stage.bring(catalog, allow_mass_change=True)
    told = await claimed(stage, "shared", user="solo", channel="payments")
    await stage.press(told, AGREE, user="ada")
    assert "*Search*" not in await first_line(stage, "shared")
    next_one = await card(stage, "platform")
    assert "for *shared*, for *Search*." in next_one.text
    await stage.press(next_one, AGREE, user="lin")
    assert "*Search* (" in await first_line(stage, "shared")
    assert "owns it now" in (await posted(stage, "payments"))[-1].text


async def left_behind(stage: Stage) -> None:
    """Let everybody leave the team that owns something."""
    catalog = organisation()
    catalog.teams = [each for each in catalog.teams if each.name != "Search"]
    catalog.people = [each for each in catalog.people if each.email != "solo@example.test"]
    await stage.bring(catalog, allow_mass_change=True)


async def test_a_lead_claims_what_its_owner_left_behind_and_a_member_asks_the_lead(stage: Stage) -> None:
    await left_behind(stage)
    answer = await stage.ask("/whoowns search-api", user="grace")
    assert "orphaned" in answer.text
    said = await claim(stage, answer, user="grace")
    assert "*search-api* goes to *Payments* once *Ada Byron* agrees." in said
    [asked] = await private_messages(stage, "ada")
    assert "claims *search-api* for *Payments*; its owner *Search* is gone." in asked.text
    assert "*Payments* asked for it" in (await stage.ask("/whoowns search-api", user="lin")).text
    assert "Answer the claim" in buttons(await stage.ask("/whoowns search-api", user="ada"))
    await stage.press(asked, AGREE, user="ada")
    assert "*Payments* (" in await first_line(stage, "search-api")


async def test_a_lead_claims_it_at_once(stage: Stage) -> None:
    await left_behind(stage)
    assert "*Payments* owns *search-api* now." in await claim(
        stage, await stage.ask("/whoowns search-api", user="ada"), user="ada"
    )
    stage.clock.advance(timedelta(days=1))
    assert "*Payments* (" in await first_line(stage, "search-api")


@pytest.mark.parametrize("has_ended", [True, False])
async def test_the_asset_goes_before_the_answer(stage: Stage, has_ended: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await copied(stage, "search", (await claimed(stage)).blocks)  # it is drawn anew within a second
    if not has_ended:  # within that second
        monkeypatch.setattr(disputes, "end_over", AsyncMock(return_value=False))
    catalog = organisation()
    catalog.assets = [each for each in catalog.assets if each.name != "search-api"]
    await stage.bring(catalog)
    for word in (AGREE, KEEP):
        await stage.press(before, word, user="solo")
        said = await whispered(stage, "solo", "search")
        assert "no longer in the catalog" in said, said


async def doubted(
    stage: Stage, name: str, *, user: str = "eve", answer: PostedMessage | None = None, **fields: str
) -> str:
    """Press "Wrong owner?", fill in its form, and return the receipt."""
    asked = answer or await stage.ask(f"/whoowns {name}", user=user)
    await stage.press(asked, "ownership.doubt", user=user)
    values = {f"ownership.doubt_{key}": value for key, value in fields.items()}
    delivery = await stage.slack.submit_view(user, stage.slack.view_stack(user)[-1].id, values)
    await stage.settle()
    return (
        str(delivery.response)
        if stage.slack.view_stack(user)
        else stage.slack.visible_messages(user, "general")[-1].text
    )


@read_only
async def test_what_a_second_doubter_says_reaches_the_owner(stage: Stage) -> None:
    await doubted(stage, "search-api")
    before = await card(stage, "search")
    assert "already knows" in await doubted(
        stage, "search-api", user="lin", reason="Payments built it", team=team_id(stage, "Payments")
    )
    now = await card(stage, "search")
    assert now.ts == before.ts
    assert "doubts it, too:\n> Payments built it\n*Payments* is named as the owner instead." in now.text
    await doubted(stage, "search-api", reason="Look at the commits")
    eve = f"<@{stage.slack.workspace.user('eve').id}>"
    assert f"{eve} adds:\n> Look at the commits" in (await card(stage, "search")).text
    assert buttons(now) == buttons(before)


def team_id(stage: Stage, name: str) -> str:
    team = stage.baton.context.snapshot.team_by_name(name)
    assert team is not None
    return str(team.id)


async def test_a_doubt_goes_to_the_owner_of_the_area_who_confirms_just_that(stage: Stage) -> None:
    receipt = await doubted(stage, "payments-db", area="database", reason="Is it?")
    assert "I am telling Platform in <#" in receipt
    assert await posted(stage, "payments") == []
    [told] = await posted(stage, "platform")
    assert "thinks that *Platform* does not own the database of *payments-db*." in told.text
    assert list(buttons(told)) == ["It is ours", "You are right, it is not ours", "Ask…"]
    await stage.press(told, KEEP, user="ada")
    assert "Only members of Platform" in await whispered(stage, "ada", "platform")
    await stage.press(told, KEEP, user="lin")
    assert "It stays with *Platform*, says <@" in (await posted(stage, "platform"))[0].text
    [heard] = await private(stage, "eve")
    assert heard.startswith("The database of *payments-db*: It stays with *Platform*")
    facts = {fact.area: fact.confirmed_at for fact in await owned(stage, "payments-db")}
    assert facts["database"] is not None
    assert facts["application"] is None


async def test_the_form_says_who_owns_which_part_of_what_is_split(stage: Stage) -> None:
    await stage.press(await stage.ask("/whoowns payments-db", user="eve"), "ownership.doubt", user="eve")
    shown = said_in(stage.slack.view_stack("eve")[-1])
    assert "The catalog says *Payments* owns the application of *payments-db*, *Platform* the database." in shown


async def test_a_doubt_that_nobody_answered_leaves_the_answer_and_names_its_area_until_then(stage: Stage) -> None:
    await doubted(stage, "payments-db", area="database", reason="Is it?")
    assert "doubted who owns the database" in (await stage.ask("/whoowns payments-db")).text
    for _ in range(20):
        stage.clock.advance(timedelta(days=3))
        await stage.baton.context.daily_pass.run()
        if (await matters(stage))[0].ended_at is not None:
            break
    assert (await matters(stage))[0].state == "expired"
    await snapshot.refresh(stage.baton.context.snapshot, stage.database)
    assert "doubted" not in (await stage.ask("/whoowns payments-db")).text


async def owned(stage: Stage, name: str) -> list[tables.Ownership]:
    """The facts in force of an asset."""
    async with stage.database.reading() as session:
        [number] = (await session.execute(select(tables.Asset.id).where(tables.Asset.name == name))).scalars()
        query = select(tables.Ownership).where(
            tables.Ownership.asset_id == number,
            tables.Ownership.valid_to.is_(None),  # type: ignore[union-attr]
        )
        return list((await session.execute(query)).scalars())


async def test_who_gives_it_up_owns_it_no_longer_and_the_named_team_may_claim_it(stage: Stage) -> None:
    await doubted(stage, "search-api", team=team_id(stage, "Payments"), reason="Moved in May")
    told = await card(stage, "search")
    assert "*Payments* is named as the owner instead." in told.text
    await stage.press(told, AGREE, user="solo")
    said = await first_line(stage, "search-api")
    assert "Nobody owns *search-api*" in said
    assert ">: eve asked whether it is theirs (“Moved in May”), and it is not" in said
    await stage.bring(organisation())
    changed = organisation()
    changed.assets = [
        each if each.name != "search-api" else asset("search-api", kind=each.kind, owners=each.owners, tier=2)
        for each in changed.assets
    ]
    await stage.bring(changed)
    assert "Nobody owns *search-api*" in await first_line(stage, "search-api")
    assert "> says that it is no longer *Search*'s." in (await posted(stage, "search"))[0].text
    assert "says that it is no longer *Search*'s" in (await private(stage, "eve"))[0]
    offer = await card(stage, "payments")
    assert "thinks that *search-api* is yours. *Search* says that it is not theirs.\n> Moved in May" in offer.text
    await stage.press(offer, "ownership.claim", user="grace")
    await stage.slack.submit_view("grace", stage.slack.view_stack("grace")[-1].id, {})
    await stage.settle()
    assert "*Payments* (" in await first_line(stage, "search-api")


async def test_each_team_that_a_doubter_names_is_asked_in_turn(stage: Stage) -> None:
    await doubted(stage, "search-api", team=team_id(stage, "Payments"), reason="Moved in May")
    await doubted(stage, "search-api", user="omar", team=team_id(stage, "Platform"))
    asked = await card(stage, "search")
    omar = f"<@{stage.slack.workspace.user('omar').id}>"
    assert f"{omar} doubts it, too, and names *Platform*." in asked.text
    assert "*Payments* is named as the owner instead." in asked.text
    await stage.press(asked, AGREE, user="solo")
    first = await card(stage, "payments")
    assert "thinks that *search-api* is yours." in first.text
    assert not any("is yours" in each.text for each in await posted(stage, "platform"))
    await stage.press(first, "ownership.matter_not_ours", user="grace")
    said = "is not *Payments*' either, so nobody owns it. *Platform* is asked now."
    assert said in (await card(stage, "payments")).text
    assert said in await whispered(stage, "grace", "payments")
    assert said in (await private(stage, "eve"))[-1]
    second = next(each for each in await posted(stage, "platform") if "is yours" in each.text)
    assert second.text == f"{omar} thinks that *search-api* is yours. *Search* says that it is not theirs."
    await stage.press(second, "ownership.matter_not_ours", user="lin")
    now = next(each for each in await posted(stage, "platform") if each.ts == second.ts)
    assert now.text.endswith("is not *Platform*'s either, so nobody owns it.")
    assert not buttons(now)


async def test_what_is_given_up_on_a_doubt_goes_to_the_team_whose_claim_waits(stage: Stage) -> None:
    asked = await claimed(stage)
    await doubted(stage, "search-api")
    await stage.press(await card(stage, "search"), AGREE, user="solo")
    assert "*Payments* (" in await first_line(stage, "search-api")
    assert [each.state for each in await matters(stage)] == ["agreed", "agreed"]
    shown = next(each for each in await posted(stage, "search") if each.ts == asked.ts)
    assert "*Payments* owns it now, says <@" in shown.text
    assert not buttons(shown)
    assert "*search-api*: *Payments* owns it now" in (await private(stage, "grace"))[0]


async def test_tier_1_is_not_given_up_on_a_doubt_by_one_member(stage: Stage) -> None:
    catalog = organisation()
    catalog.assets.append(asset("vault", owners=(team_owns("Payments"),), tier=1))
    await stage.bring(catalog)
    await doubted(stage, "vault")
    await stage.press(await card(stage, "payments"), AGREE, user="grace")
    assert "*vault* is tier 1: I have asked whoever can confirm" in await whispered(stage, "grace", "payments")
    assert "*Payments* (" in await first_line(stage, "vault")
    [asked] = await private_messages(stage, "ada")
    assert "*Payments* says that it is not theirs. It is tier 1, so the lead or a catalog admin" in asked.text
    await stage.press(await card(stage, "payments"), AGREE, user="grace")
    assert len(await private_messages(stage, "ada")) == 1
    await stage.press(asked, AGREE, user="ada")
    assert "Nobody owns *vault*" in await first_line(stage, "vault")
    assert not buttons((await private_messages(stage, "ada"))[0])


async def test_a_receipt_says_what_was_done_also_while_a_question_waits(stage: Stage) -> None:
    catalog = organisation()
    catalog.assets.append(asset("vault", owners=(team_owns("Payments"),), tier=1))
    await stage.bring(catalog)
    await doubted(stage, "vault")
    await stage.press(await card(stage, "payments"), ASK, user="grace")
    view = stage.slack.view_stack("grace")[-1]
    await stage.slack.submit_view("grace", view.id, {"ownership.matter_words": "Since when?"})
    await stage.settle()
    assert (await whispered(stage, "grace", "payments")).startswith("I have asked <@")
    await stage.press(await card(stage, "payments"), AGREE, user="grace")
    assert "*vault* is tier 1: I have asked whoever can confirm" in await whispered(stage, "grace", "payments")


async def test_where_nobody_can_confirm_it_one_member_does_not_give_up_tier_1(stage: Stage) -> None:
    catalog = organisation()
    catalog.assets.append(asset("vault", owners=(team_owns("Search"),), tier=1))
    await stage.bring(catalog)
    await doubted(stage, "vault")
    await stage.press(await card(stage, "search"), AGREE, user="solo")
    assert "Only the lead or manager of whoever owns vault, or a catalog admin" in await whispered(
        stage, "solo", "search"
    )


async def test_what_is_given_up_while_two_teams_claim_it_is_nobodys(stage: Stage) -> None:
    await claimed(stage)
    await claimed(stage, user="lin")
    await doubted(stage, "search-api")
    await stage.press(await card(stage, "search"), AGREE, user="solo")
    assert "Nobody owns *search-api*" in await first_line(stage, "search-api")
    assert [each.state for each in await matters(stage)] == ["over", "over", "agreed"]
    for user in ("grace", "lin"):
        [heard] = await private_messages(stage, user)
        said = "*search-api*: Nobody owns it now, so nobody has to agree. Still yours? Press *We own this*."
        assert heard.text == said
    await stage.press(heard, "ownership.claim", user="lin")
    assert await submit(stage, "lin", {}) == {}
    assert "*Platform* (" in await first_line(stage, "search-api")


async def test_whoever_gave_it_up_and_claims_it_is_named_by_files_again(stage: Stage) -> None:
    await doubted(stage, "search-api")
    await stage.press(await card(stage, "search"), AGREE, user="solo")
    await claim(stage, await stage.ask("/whoowns search-api", user="solo"), user="solo")
    await stage.press(await stage.ask("/whoowns search-api", user="solo"), "ownership.withdraw", user="solo")
    changed = organisation()
    changed.assets = [
        each if each.name != "search-api" else asset("search-api", kind=each.kind, owners=each.owners, tier=2)
        for each in changed.assets
    ]
    await stage.bring(changed)
    assert "*Search* (" in await first_line(stage, "search-api")


async def test_what_is_inherited_can_be_given_up_alone(stage: Stage) -> None:
    await doubted(stage, "checkout-worker")
    await stage.press(await card(stage, "payments"), AGREE, user="ada")
    await stage.bring(organisation())
    assert "*Payments*" not in await first_line(stage, "checkout-worker")
    assert "*Payments* (" in await first_line(stage, "checkout")


async def test_everybody_who_doubted_hears_the_answer_where_they_asked(stage: Stage) -> None:
    asked = await stage.say(f"<@{stage.slack.workspace.bot_user_id}> who owns search-api?", user="grace")
    answer = stage.slack.visible_messages("grace", "general", thread_ts=asked.ts)[-1]
    stage.clock.advance(timedelta(seconds=2))
    await doubted(stage, "search-api", user="grace", answer=answer)
    assert "already knows" in await doubted(stage, "search-api", user="eve")
    [told] = await posted(stage, "search")
    await stage.press(told, KEEP, user="solo")
    assert "It stays with *Search*" in (await private(stage, "eve"))[0]
    heard = stage.slack.visible_messages("eve", "general", thread_ts=asked.ts)[-1].text
    assert heard.startswith(f"<@{stage.slack.workspace.user('grace').id}> *search-api*: It stays")
    assert await private(stage, "grace") == []


async def test_confirming_the_answer_ends_a_doubt_as_well(stage: Stage) -> None:
    await doubted(stage, "payments-db", area="database")
    await stage.press(await stage.ask("/whoowns payments-db", user="ada"), "ownership.confirm", user="ada")
    assert (await matters(stage))[0].ended_at is None, "another area's owner has confirmed theirs"
    answer = await stage.ask("/whoowns payments-db", user="lin")
    assert "Confirm" in buttons(answer)
    await stage.press(answer, "ownership.confirm", user="lin")
    assert not buttons((await posted(stage, "platform"))[0])
    assert "It stays with *Platform*" in (await private(stage, "eve"))[0]


async def test_a_doubt_that_looks_like_a_secret_is_not_stored(stage: Stage) -> None:
    said = await doubted(stage, "search-api", reason="the password is hunter2secret9")
    assert "looks like a password" in said
    assert await matters(stage) == []

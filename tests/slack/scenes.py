"""Scenes that bring every button of Baton before people, and what is pressed in which of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.blocks.backlog import actions as request_ids
from bot.blocks.eol import actions as eol_ids
from bot.blocks.handoff import actions as handoff_ids
from bot.domain.catalog import OwnerClaim, OwnerRef, OwnerType, PersonClaim, Runs, SourceCatalog
from bot.store import tables
from tests.slack.conftest import HERE, Stage, asset, organisation, team_owns
from tests.slack.test_attestation import a_year_on
from tests.slack.test_eol_answers import copied, deploy, posted, remind, team_option
from tests.slack.test_eol_images import stock
from tests.slack.test_handoff import card, corrected, offer, offer_two, on
from tests.slack.test_matters import ASK, claimed, doubted, team_id
from tests.slack.test_orphans import direct, leave, look
from tests.slack.test_plan_parts import catalog as upgraded
from tests.slack.test_plan_parts import plan
from tests.slack.test_portfolio import open_home
from tests.slack.test_releases import mark, release
from tests.slack.test_request_steps import Requested, another
from tests.slack.test_requests import STORY, form, submit, thread


def catalog() -> SourceCatalog:
    """Mona manages Payments and Platform, Omar leads Platform, and Pia owns a ledger in her own name."""
    made = organisation()
    made.people += [
        PersonClaim(name="Mona Berg", email="mona@example.test", origin=HERE),
        PersonClaim(name="Pia Lund", email="pia@example.test", origin=HERE),
    ]
    made.teams[0] = replace(made.teams[0], manager="mona@example.test")
    made.teams[1] = replace(made.teams[1], lead="omar@example.test", manager="mona@example.test")
    pia = OwnerClaim(OwnerRef("pia@example.test", OwnerType.PERSON, "pia@example.test"))
    made.assets += [asset("ledger", owners=(pia,))]
    return made


async def run(stage: Stage, *asked: tuple[str, str]) -> None:
    """Run commands as somebody."""
    for user, text in asked:
        await stage.slack.run_command(user, "general", text)
        await stage.settle()


async def answers(stage: Stage) -> None:
    """Answers about what is owned, shared and nobody's, and of a name that several things have."""
    await run(
        stage,
        ("zoe", "/whoowns payments-db"),
        ("zoe", "/whoowns invoices"),
        ("pia", "/whoowns ledger"),
        ("solo", "/whoowns old-cron"),
        ("grace", "/whoowns payments-db"),
    )


async def unclaimed(stage: Stage) -> None:
    """What nobody owns."""
    await run(stage, ("solo", "/whoowns old-cron"))


async def claims(stage: Stage) -> None:
    """A claim, which its owner has not answered yet, and a question about it."""
    told = await claimed(stage)
    await stage.ask("/whoowns search-api", user="grace")
    await stage.press(told, ASK, user="solo")
    await stage.slack.submit_view("solo", stage.slack.view_stack("solo")[-1].id, {"ownership.matter_words": "Why?"})
    await stage.settle()
    await posted(stage, "search")


async def disputes(stage: Stage) -> None:
    """Two files that disagree, and whoever has been asked about it."""
    await stage.bring(SourceCatalog(assets=[asset("invoices", owners=(team_owns("Platform"),))]), source="csv")
    await run(stage, ("ada", "/whoowns service:invoices"))
    stage.clock.advance(timedelta(days=1, hours=2))
    await stage.baton.context.daily_pass.run()
    await posted(stage, "general")
    stage.clock.at = datetime(2026, 3, 10, 12, tzinfo=UTC)
    await stage.baton.context.daily_pass.run()
    await posted(stage, "general")


async def handoffs(stage: Stage) -> None:
    """An offer of two resources, as both sides see it."""
    await offer_two(stage)
    await stage.press(await card(stage), handoff_ids.DETAILS, user="ada")  # evidence is for people of both teams
    await run(stage, ("lin", "/handoff list"), ("lin", "/handoff show 1"), ("grace", "/whoowns checkout"))


async def offers(stage: Stage) -> None:
    """An offer that can be withdrawn, and the answer from which another begins."""
    await offer(stage)
    await run(stage, ("lin", "/whoowns checkout"))


async def given_up(stage: Stage) -> None:
    """What its owner gave up on a doubt: is it the team's that the doubter named?"""
    await doubted(stage, "search-api", team=team_id(stage, "Payments"), reason="Moved in May")
    [told] = await posted(stage, "search")
    await stage.press(told, "ownership.matter_agree", user="solo")
    await posted(stage, "payments")


async def asked_for(stage: Stage) -> None:
    """What another team asks to have, and the answer from which it could ask again."""
    await stage.press(await stage.ask("/whoowns payments-db", user="grace"), "handoff.open", user="grace")
    assert await submit(stage, "grace", {handoff_ids.REASON: "We run it anyway"}) == {}
    await card(stage, "platform")
    await run(stage, ("grace", "/whoowns checkout"))


async def reminded_of(stage: Stage) -> None:
    """A reminder of an offer, with its answers."""
    await offer(stage)
    await on(stage, 3, 5)


async def agreed(stage: Stage) -> None:
    """What is accepted for a day to come."""
    await offer(stage, effective="2026-03-05")
    await stage.press(await card(stage), handoff_ids.ACCEPT_ALL, user="grace")
    await card(stage)


async def taken_over(stage: Stage) -> None:
    """What was handed over a month ago: does it work? And a version that nobody knows."""
    made = catalog()
    made.assets.append(asset("mailer", runs=(Runs("mystery-box", "1.0"),), owners=(team_owns("Payments"),)))
    await stage.bring(made)
    await offer(stage)
    await stage.press(await card(stage), handoff_ids.ACCEPT_ALL, user="grace")
    await stage.bring(corrected(made))
    await on(stage, 4, 7)


async def reminders(stage: Stage) -> None:
    """A reminder of what Payments runs."""
    await deploy(stage, "checkout", "nodejs", "20.11.1")
    await remind(stage, "checkout")
    await run(stage, ("grace", "/eol payments"), ("grace", "/eol unknown"))


async def images(stage: Stage) -> None:
    """What has ended inside the images of Payments."""
    await stock(stage)
    await run(stage, ("grace", "/eol payments"))


async def plans(stage: Stage) -> None:
    """A reminder with a plan of two parts, one of which is Grace's."""
    await stage.bring(upgraded())
    reminded = await remind(stage, "ledger-db", channel="platform")
    assert await plan(reminded) == {}
    keep = {"type": "button", "action_id": eol_ids.KEEP_PLAN, "text": {"type": "plain_text", "text": "Keep the plan"}}
    await copied(stage, "general", [{"type": "actions", "elements": [keep | {"value": str(reminded.id)}]}])


async def delegations(stage: Stage) -> None:
    """A reminder that its owner offers to another team."""
    await deploy(stage, "checkout", "nodejs", "20.11.1")
    reminded = await remind(stage, "checkout")
    await reminded.form(eol_ids.MORE, user="grace", word=eol_ids.DELEGATE)
    team = team_option(stage, "grace", eol_ids.DELEGATE_TEAM, "Platform")
    assert await reminded.submit("grace", {eol_ids.DELEGATE_TEAM: team}) == {}
    await posted(stage, "platform")


async def waivers(stage: Stage) -> None:
    """A reminder that its owner wants to be without."""
    await deploy(stage, "checkout", "nodejs", "20.11.1")
    reminded = await remind(stage, "checkout")
    await reminded.form(eol_ids.MORE, user="grace", word=eol_ids.WAIVE)
    said = {eol_ids.WAIVE_REASON: "It goes in May", eol_ids.WAIVE_DAY: "2026-05-20"}
    assert await reminded.submit("grace", said) == {}
    await posted(stage, "payments")


async def filed(stage: Stage) -> Requested:
    """A request by Grace, for Ada."""
    root = await thread(stage, *STORY)
    await form(stage, root)
    lost = {request_ids.PEOPLE: "3", request_ids.TIMES: "4", request_ids.HOURS: "2", request_ids.BLOCKED: ""}
    assert await submit(stage, values={request_ids.NEEDED_BY: "2026-03-05", **lost}) == {}
    await posted(stage, "payments")
    return Requested(stage, root)


async def requests(stage: Stage) -> None:
    """Two requests that nobody has looked at."""
    await filed(stage)
    await another(stage)
    await run(stage, ("lin", "/devops list"), ("lin", "/devops rank"), ("grace", "/devops"))


async def channels(stage: Stage) -> None:
    """How much is said in a channel."""
    await stage.slack.run_command("grace", "payments", "/devops channel")
    await stage.settle()


async def questions(stage: Stage) -> None:
    """A request that the DevOps team asks about, and whose day has passed."""
    asked = await filed(stage)
    await asked.press(asked.triage, request_ids.ACCEPT, user="lin")
    stage.clock.at = datetime(2026, 3, 6, 12, tzinfo=UTC)
    await stage.baton.context.daily_pass.run()
    await posted(stage, "payments")
    await asked.press(asked.triage, request_ids.ASK, user="lin")
    assert await asked.fill("lin", words="How large?") == {}


async def later_wishes(stage: Stage) -> None:
    """A request whose thread has asked for more since, before somebody who may change it and somebody who may not."""
    asked = await filed(stage)
    await stage.slack.post("ada", "payments", "We also need a Kafka topic in staging.", thread_ts=asked.root.ts)
    for user in ("ada", "eve"):
        await stage.slack.run_message_shortcut(user, "payments", asked.root.ts, request_ids.MESSAGE_SHORTCUT)
        await stage.settle()


async def savings(stage: Stage) -> None:
    """A request that was delivered a month ago: what does it save?"""
    asked = await filed(stage)
    await asked.press(asked.triage, request_ids.DELIVER, user="lin")
    assert await asked.fill("lin", words="It is there") == {}
    await asked.press(asked.card, request_ids.CONFIRM, user="ada")
    stage.clock.at = datetime(2026, 4, 7, 12, tzinfo=UTC)
    await stage.baton.context.daily_pass.run()
    await posted(stage, "payments")


async def releases(stage: Stage) -> None:
    """What a team wants to give up, of tier 1, what another team has given up, and what it owned until lately."""
    before = organisation()
    before.assets = [
        asset("old-cron", owners=(team_owns("Search"),)) if each.name == "old-cron" else each for each in before.assets
    ]
    await stage.bring(before)
    await stage.bring(organisation())
    await release(stage, "search-api", user="solo")
    await run(stage, ("solo", "/whoowns search-api"), ("solo", "/whoowns old-cron"))
    await release(stage, "payments-db", user="grace")
    await posted(stage, "general")
    await run(stage, ("grace", "/whoowns checkout"))


async def unowned(stage: Stage) -> None:
    """What nobody owns on purpose, to be looked at again today."""
    stage.clock.advance(datetime(2026, 3, 3, 10, tzinfo=UTC) - stage.clock.now())
    await mark(stage, "old-cron", user="eve", until="2026-03-04", reviewer="pia")
    stage.clock.advance(timedelta(days=1))
    await stage.baton.context.daily_pass.run()
    await posted(stage, "general")


async def orphans(stage: Stage) -> None:
    """What somebody left behind who is gone, with a suggestion of who could own it."""
    stage.clock.advance(datetime(2026, 3, 3, 10, tzinfo=UTC) - stage.clock.now())
    lin = OwnerClaim(OwnerRef("lin@example.test", OwnerType.PERSON, "lin@example.test"))
    made = catalog()
    made.assets += [asset("reconcile", owners=(lin,)), asset("reindex", owners=(lin,), parent="search-api")]
    await stage.bring(made)
    await leave(stage, "lin")
    await look(stage)
    [asked] = await direct(stage, "omar")
    block = next(each["block_id"] for each in asked.blocks if "Ask Search" in str(each.get("accessory")))
    await stage.press(asked, "orphans.take", user="omar", block_id=block)
    await stage.slack.submit_view("omar", stage.slack.view_stack("omar")[-1].id, {})
    await stage.settle()
    await posted(stage, "general")
    await run(stage, ("grace", "/whoowns reindex"))


async def misses(stage: Stage) -> None:
    """Names that nobody knows, on the Home tab of a catalog admin."""
    for name in ("zeppelin", "night-owl"):
        await stage.say(f"<@{stage.slack.workspace.bot_user_id}> who owns {name}?")
    await open_home(stage, "eve")


async def added(stage: Stage) -> None:
    """The same names, for what is done with them besides."""
    await misses(stage)


async def many_requests(stage: Stage, count: int = 50) -> None:
    """Open so many requests of Ada's, the 49th private."""
    ada = stage.baton.context.snapshot.person_by_slack_id(stage.slack.workspace.user("ada").id)
    assert ada is not None
    now = stage.clock.now()
    async with stage.database.transaction() as session:
        for number in range(1, count + 1):
            row = tables.Request(
                source_key=f"form:V{number}",
                title=f"Library {number}",
                items=[{"type": "library", "title": f"Library {number}"}],
                state_at=now,
                created_at=now,
                asked_by=ada.id,
                filed_by=ada.id,
                is_private=number == 49,
            )
            session.add(row)
            await session.flush()


async def lists(stage: Stage) -> None:
    """Lists of several pages."""
    made = catalog()
    made.people.append(PersonClaim(name="Pia Quill", email="quill@example.test", origin=HERE))
    pia = OwnerClaim(OwnerRef("pia@example.test", OwnerType.PERSON, "pia@example.test"))
    made.assets += [
        asset(
            f"index-{number:02}",
            owners=(team_owns("Search"), pia),
            runs=(Runs("python", f"3.{number % 9 + 2}"), Runs("nodejs", str(8 + number))),
        )
        for number in range(40)
    ]
    made.assets += [asset(f"lost-{number:02}") for number in range(40)]
    await stage.bring(made)
    await many_requests(stage)
    await open_home(stage, "solo")
    await run(
        stage,
        ("solo", "/baton team search"),
        ("solo", "/whoowns what does Pia Lund own?"),
        ("solo", "/whoowns what does Grace Marsh own?"),
        ("solo", "/whoowns what does pia own?"),
        ("solo", "/eol search"),
        ("solo", "/eol serch"),
        ("solo", "/baton health"),
        ("grace", "/baton calendar"),
        ("ada", "/baton calendar"),
        ("grace", "/baton calendar"),
        ("eve", "/devops list"),
    )


async def attestations(stage: Stage) -> None:
    """Is it still yours?"""
    await a_year_on(stage)
    await posted(stage, "general")


#: What is pressed in which scene: by day each route in one.
SCENES: Mapping[Callable[[Stage], Awaitable[None]], frozenset[str]] = {
    answers: frozenset(
        {
            "ownership.confirm",
            "ownership.doubt",
            "ownership.share",
            "ownership.choose",
            "backlog.open",
            "backlog.rest",
            "ownership.doubt_view",
            "backlog.request_form",
        }
    ),
    unclaimed: frozenset({"ownership.claim", "ownership.claim_view"}),
    claims: frozenset(
        {
            "ownership.claim",
            "ownership.claim_offer_view",
            "ownership.withdraw",
            "ownership.matter_agree",
            "ownership.matter_keep",
            "ownership.matter_ask",
            "ownership.matter_reply",
            "ownership.matter_ask_view",
            "ownership.matter_reply_view",
        }
    ),
    disputes: frozenset(
        {
            "ownership.dispute",
            "ownership.matter_side",
            "ownership.matter_side_view",
            "ownership.matter_pass_on",
            "ownership.matter_show",
        }
    ),
    handoffs: frozenset(
        {
            "handoff.answer",
            "handoff.accept_all",
            "handoff.evidence",
            "handoff.details",
            "handoff.show",
            "handoff.evidence_form",
            "handoff.answer_form",
        }
    ),
    asked_for: frozenset({"handoff.open", "handoff.refuse", "handoff.cancel", "handoff.ask_form"}),
    offers: frozenset(
        {"handoff.open", "handoff.offer_form", "handoff.withdraw", "handoff.again", "handoff.again_form"}
    ),
    agreed: frozenset({"handoff.call_off"}),
    reminded_of: frozenset({"handoff.not_yet", "handoff.decline"}),
    taken_over: frozenset(
        {"lifecycle.pin", "handoff.works", "handoff.no", "handoff.no_form", "handoff.back", "handoff.back_form"}
    ),
    reminders: frozenset(
        {
            "lifecycle.acknowledge",
            "lifecycle.snooze",
            "lifecycle.plan",
            "lifecycle.more",
            "lifecycle.explain",
            "eol.share",
            "lifecycle.plan_view",
            "lifecycle.delegate_view",
            "lifecycle.not_ours_view",
            "lifecycle.pin_view",
            "lifecycle.waive_view",
            "lifecycle.done_view",
        }
    ),
    images: frozenset({"lifecycle.inside"}),
    plans: frozenset({"lifecycle.compatible", "lifecycle.keep_plan", "lifecycle.open"}),
    delegations: frozenset({"lifecycle.accept", "lifecycle.decline"}),
    waivers: frozenset({"lifecycle.approve", "lifecycle.refuse"}),
    requests: frozenset(
        {
            "backlog.accept",
            "backlog.start",
            "backlog.confirm",
            "backlog.deliver",
            "backlog.ask",
            "backlog.withdraw",
            "backlog.change",
            "backlog.change_form",
            "backlog.not_yet",
            "backlog.reopen",
            "backlog.follow",
            "backlog.unfollow",
            "backlog.estimate",
            "backlog.more",
            "backlog.show",
            "backlog.why",
            "backlog.step_form",
            "backlog.merge_form",
            "backlog.snooze_form",
            "backlog.assign_form",
            "backlog.estimate_form",
        }
    ),
    channels: frozenset({"backlog.channel", "backlog.channel_form"}),
    questions: frozenset({"backlog.reply", "backlog.need", "backlog.no_date", "backlog.need_form"}),
    later_wishes: frozenset({"backlog.other"}),
    savings: frozenset({"backlog.saving", "backlog.saving_form"}),
    releases: frozenset(
        {
            "ownership.more",
            "ownership.release_confirm",
            "ownership.release_refuse",
            "orphans.suggest",
            "orphans.reject",
            "orphans.accept",
            "ownership.unowned_view",
            "ownership.release_view",
        }
    ),
    given_up: frozenset({"ownership.matter_not_ours"}),
    unowned: frozenset({"ownership.keep_unowned", "ownership.end_unowned"}),
    orphans: frozenset({"orphans.take", "orphans.take_view", "orphans.ask_view", "orphans.refuse"}),
    misses: frozenset({"misses.alias", "home.remove_miss", "misses.alias_view"}),
    added: frozenset({"misses.add", "misses.ignore", "misses.add_view"}),
    lists: frozenset(
        {
            "eol.turn",
            "eol.turn.previous",
            "eol.turn.next",
            "calendar.renew",
            "calendar.revoke",
            "calendar.revoke_all",
            "health.show",
            "home.show",
            "home.show.previous",
            "home.show.next",
            "portfolio.team",
            "portfolio.team.previous",
            "portfolio.team.next",
            "backlog.list.previous",
            "backlog.list.next",
            "portfolio.person",
            "portfolio.person.previous",
            "portfolio.person.next",
        }
    ),
    attestations: frozenset({"ownership.attest", "ownership.not_ours"}),
}


async def begin(stage: Stage) -> None:
    """Let everybody be there who presses."""
    for handle, name, standing in (
        ("gus", "Gus Guest", "guest"),
        ("zoe", "Zoe Stranger", "member"),
        ("mona", "Mona Berg", "member"),
        ("pia", "Pia Lund", "member"),
    ):
        stage.slack.add_user(handle, real_name=name, email=f"{handle}@example.test", standing=standing)
        for channel in ("general", "payments", "platform", "search"):
            await stage.slack.join(handle, channel)
    await stage.baton.context.listings.read_members(at_start=True)
    await stage.bring(catalog())


async def vanish(stage: Stage) -> None:
    """Let all teams and things leave the catalog."""
    left = SourceCatalog(people=catalog().people[:1], assets=[asset("lone")])
    left.people = [replace(each, teams=()) for each in catalog().people]
    await stage.bring(left, allow_mass_change=True)
    await posted(stage, "general")

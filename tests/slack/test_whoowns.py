"""`/whoowns` over the wire: every kind of answer, as the person who asked sees it."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clients.slack import SlackClient
from bot.domain.catalog import AssetKind, OwnerClaim, OwnerRef, OwnerType, PathRule, SourceCatalog, TeamClaim
from bot.domain.directory import Directory, Resolution
from bot.errors import SlackUnreachableError
from bot.services.catalog import import_catalog
from bot.services.deps import Deps
from bot.store import tables
from bot.store.db import Database
from handlers import payloads
from handlers.events import _kept
from tests.alerts import ALERTS
from tests.slack.conftest import HERE, Stage, asset, organisation, read_only, team_owns


def buttons(message: object) -> dict[str, str]:
    """The action ids of a message's buttons, by their text."""
    found = {}
    for block in message.blocks:  # type: ignore[attr-defined]
        for element in [*block.get("elements", ()), block.get("accessory", {})]:
            if element.get("type") == "button":
                found[element["text"]["text"]] = element["action_id"]
    return found


async def test_an_owned_asset_names_its_owner_with_channel_and_source(stage: Stage) -> None:
    answer = await stage.ask("/whoowns checkout", user="eve")
    channel = stage.slack.workspace.channel("payments")
    assert answer.ephemeral_for == stage.slack.workspace.user("eve").id
    assert f"*Payments* (<#{channel.id}>) owns *checkout*, *Platform*" in answer.text
    assert "*Platform*" in answer.text.splitlines()[0]
    assert "its CI and deployments." in answer.text.splitlines()[0]
    assert "From baton, last read" in answer.text
    assert "not confirmed yet" in answer.text
    assert set(buttons(answer)) == {"Wrong owner?", "Share in channel"}


@read_only
@pytest.mark.parametrize(
    "spelling", ["payments-db", "Payments DB", "payments_db", "PAYMENTSDB", "database:payments-db"]
)
async def test_spellings_of_a_name(stage: Stage, spelling: str) -> None:
    answer = await stage.ask(f"/whoowns {spelling}")
    assert "*payments-db*" in answer.text


@read_only
@pytest.mark.parametrize(
    "question",
    [
        "application of payments-db",
        "who owns the application of payments-db?",
        "payments-db's application",
        "app of payments-db",
    ],
)
async def test_the_application_is_an_area_like_any_other(stage: Stage, question: str) -> None:
    assert "owns the application of *payments-db*." in (await stage.ask(f"/whoowns {question}")).text.splitlines()[0]


@read_only
@pytest.mark.parametrize("question", ["the app on payments-db", "who owns the application behind payments-db?"])
async def test_the_application_beside_something_is_another_thing(stage: Stage, question: str) -> None:
    assert "nothing called" in (await stage.ask(f"/whoowns {question}")).text


async def test_split_ownership_shows_each_area_and_suggests_a_handoff(stage: Stage) -> None:
    answer = await stage.ask("/whoowns payments-db")
    headline = answer.text.splitlines()[0]
    assert "*Payments*" in headline
    assert "owns the application of *payments-db*, *Platform*" in headline
    assert "the database." in headline
    assert "could the product team take all of it?" in answer.text
    assert "Runbook" in json.dumps(answer.blocks)


async def test_an_area_asks_for_that_part_only(stage: Stage) -> None:
    answer = await stage.ask("/whoowns who owns deployments of checkout?")
    assert answer.text.startswith("*Platform*")
    assert "owns CI and deployments of *checkout*" in answer.text


async def test_inherited_from_the_parent_and_said_so(stage: Stage) -> None:
    answer = await stage.ask("/whoowns checkout-worker")
    assert "inherited from *checkout*" in answer.text


async def test_one_person_left_is_a_warning(stage: Stage) -> None:
    answer = await stage.ask("/whoowns search-api")
    assert f"Only <@{stage.slack.workspace.user('solo').id}> knows it. Have somebody learn it." in answer.text


async def test_unowned_and_unowned_on_purpose_are_different_answers(stage: Stage) -> None:
    assert "Nobody owns *old-cron*." in (await stage.ask("/whoowns old-cron")).text
    assert "Nobody owns *sandbox*, on purpose: Everybody may break it." in (await stage.ask("/whoowns sandbox")).text


async def test_several_assets_of_one_name_are_offered_and_one_can_be_chosen(stage: Stage) -> None:
    question = await stage.ask("/whoowns invoices")
    assert question.text.startswith("Which of these do you mean?")
    choices = [block for block in question.blocks if "accessory" in block]
    assert len(choices) == 2
    database = next(block["block_id"] for block in choices if "· database" in block["text"]["text"])
    await stage.press(question, "ownership.choose", block_id=database)
    answer = stage.slack.visible_messages("grace", "general")[-1]
    assert "*Platform*" in answer.text
    assert "owns *invoices*" in answer.text
    assert answer.ts == question.ts, "the choice is answered in its place"


async def test_unknown_names_are_never_answered_with_an_owner(stage: Stage) -> None:
    answer = await stage.ask("/whoowns zeppelin-scheduler")
    assert "I know nothing called *zeppelin-scheduler*" in answer.text
    assert "owns *" not in answer.text


async def test_a_path_that_any_repository_may_have_is_asked_for_with_its_repository(stage: Stage) -> None:
    catalog = organisation()
    rules = [PathRule(name, "/src/", 0) for name in ("acme/shop", "acme/web", "acme/api", "b/c", "b/d", "b/e", "b/f")]
    catalog.assets += [asset(f"{each.repository}:/src/", AssetKind.PATH, path_rule=each) for each in rules]
    await stage.bring(catalog)
    for typed in ("/whoowns lib/x.py", "/handoff lib/x.py"):
        answer = await stage.ask(typed)
        assert answer.text.startswith("I know nothing called *lib/x.py*. Name its repository, too")
    for typed in ("/whoowns src/x.py", "/handoff src/x.py"):
        answer = await stage.ask(typed)
        assert "… and 2 more. Name its repository, too" in answer.text, typed


@read_only
@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("/whoowns payments-db", "*Payments*"),
        ("/WhoOwns who looks after payments-db?", "*Payments*"),
        ("/whoowns", "*Ask who owns something*"),
        ("/whoowns help", "*Ask who owns something*"),
        ("/eol product postgresql", "No source says that anybody runs *PostgreSQL*"),
        ("/eol search", "No source says what *Search* runs"),
        ("/eol timeline", "Type `/eol` in the message field of a channel"),
        ("/eol", "*See what reaches its end of life*"),
        ("/baton help", "Only you see the answer to a command"),
        ("/handoff payments-db", "Type `/handoff` in the message field of a channel"),
        ("/devops list", "Type `/devops` in the message field of a channel"),
    ],
)
async def test_a_command_that_is_written_in_a_thread_is_answered(stage: Stage, typed: str, answer: str) -> None:
    question = await stage.say(f"<@{stage.slack.workspace.bot_user_id}> {typed}")
    assert answer in stage.slack.visible_messages("grace", "general", thread_ts=question.ts)[-1].text


@read_only
@pytest.mark.parametrize("question", ["Who owns this?", "this", "my team", "me", "who owns it"])
async def test_what_names_nothing_is_asked_back(stage: Stage, question: str) -> None:
    which = "Which thing? Name it, as in _who owns payments-db?_, or ask in the alert's thread."
    assert (await stage.ask(f"/whoowns {question}")).text == which
    asked = await stage.say(f"<@{stage.slack.workspace.bot_user_id}> {question}")
    assert stage.slack.visible_messages("grace", "general", thread_ts=asked.ts)[-1].text == which


@read_only
@pytest.mark.parametrize("word", ["hi", "Hello", "help"])
async def test_a_greeting_is_answered_with_help(stage: Stage, word: str) -> None:
    assert (await stage.ask(f"/whoowns {word}")).text.startswith("*Ask who owns something*")


async def test_a_misspelling_says_what_was_understood(stage: Stage) -> None:
    answer = await stage.ask("/whoowns chekcout")
    assert "owns *checkout*" in answer.text
    assert "I read that as *checkout*" in json.dumps(answer.blocks)


@read_only
@pytest.mark.parametrize("text", ["", "help", "HELP"])
async def test_no_question_is_answered_with_what_to_type(stage: Stage, text: str) -> None:
    answer = await stage.ask(f"/whoowns {text}")
    assert "`/whoowns payments-db`" in answer.text


@read_only
@pytest.mark.parametrize("text", ["", "help"])
async def test_baton_help(stage: Stage, text: str) -> None:
    assert "Who owns this?" in (await stage.ask(f"/baton {text}")).text


async def test_an_unknown_word_is_answered_with_the_nearest(stage: Stage) -> None:
    assert "Did you mean `/baton help`?" in (await stage.ask("/baton hlep")).text
    assert "Try `/baton help`" in (await stage.ask("/baton xyzzy")).text


async def test_two_sources_that_disagree_are_both_shown(stage: Stage) -> None:
    await stage.bring(SourceCatalog(assets=[asset("checkout", owners=(team_owns("Search"),))]), source="terraform")
    answer = await stage.ask("/whoowns checkout")
    assert "Two sources disagree" in answer.text
    assert "*Payments*" in answer.text
    assert "*Search*" in answer.text


async def test_an_answer_grows_stale(stage: Stage) -> None:
    stage.clock.advance(timedelta(days=200))
    answer = await stage.ask("/whoowns checkout")
    assert "Not confirmed since" in answer.text


async def test_what_does_not_fit_on_a_list_of_choices_is_counted(stage: Stage) -> None:
    names = [f"worker-{number}x" for number in range(8)]
    spaces = [asset("cache", external_id=f"cache:{number}", namespace=f"space-{number}") for number in range(7)]
    await stage.bring(SourceCatalog(assets=[*map(asset, names), *spaces]), source="more")
    assert "… and 3 more." in (await stage.ask(f"/whoowns {', '.join(names)}")).text
    assert "… and 2 more." in (await stage.ask("/whoowns cache")).text
    assert "… and 2 more." in (await stage.ask("/eol cache")).text
    alert = await stage.say(f"down: {' '.join(names)}", user="lin")
    assert "… and 3 more. Ask for one by name: `/whoowns payments-db`." in await who_owns_this(stage, alert.ts)
    more = [f"runner-{number}x" for number in range(20)]
    await stage.bring(SourceCatalog(assets=[*map(asset, more)]), source="yet-more")
    alert = await stage.say(f"down: {' '.join(more)}", user="lin")
    assert "… and 15 more." in await who_owns_this(stage, alert.ts)


async def test_an_import_by_another_process_shows_within_two_seconds(stage: Stage) -> None:
    assert "I know nothing" in (await stage.ask("/whoowns brand-new-thing")).text
    revision = stage.baton.context.snapshot.revision
    other = Database(str(stage.database.engine.url.render_as_string(hide_password=False)))
    added = SourceCatalog(assets=[asset("brand-new-thing", owners=(team_owns("Search"),))])
    await import_catalog(
        Deps(other, stage.clock), added, source="other", format_name="baton", paths=["x"], trust_people=True
    )
    await other.close()
    for _ in range(100):  # it looks every 0.2 seconds here; a busy machine may take longer than the 2 that are promised
        if stage.baton.context.snapshot.revision > revision:
            break
        await asyncio.sleep(0.1)
    assert "owns *brand-new-thing*" in (await stage.ask("/whoowns brand-new-thing")).text


@read_only
async def test_what_asks_for_nothing_gets_no_owner(stage: Stage) -> None:
    for said in await replies_to(stage, "thanks payments team!"):
        assert said.startswith("You are welcome to ask me who owns something")
    for said in await replies_to(stage, "what can you do?"):
        assert "• `/whoowns payments-db`" in said
    assert await misses(stage) == []


async def misses(stage: Stage) -> list[tuple[str, int]]:
    async with stage.database.reading() as session:
        rows = (await session.execute(select(tables.Miss))).scalars().all()
    return sorted((row.text, row.times) for row in rows)


async def test_the_name_of_a_team_leads_to_what_it_owns_and_is_no_miss(stage: Stage) -> None:
    said = (await stage.ask("/whoowns search")).text
    assert said.startswith("*Search* (<#C0000000A>) owns 1 thing.")
    await stage.settle()
    assert await misses(stage) == []
    assert "`/baton team` shows yours" in (await stage.ask("/baton team zeppelin")).text


async def who_owns_this(stage: Stage, ts: str, *, channel: str = "general", thread_ts: str | None = None) -> str:
    """What the message shortcut says to eve."""
    await stage.slack.run_message_shortcut("eve", channel, ts, "who_owns_this")
    await stage.settle()
    answer = stage.slack.visible_messages("eve", channel, thread_ts=thread_ts)[-1]
    assert answer.ephemeral_for == stage.slack.workspace.user("eve").id
    return answer.text


async def alert(stage: Stage, vendor: str, *, channel: str = "general") -> str:
    """Post an alert as its vendor's app does; return its ts."""
    message, _ = ALERTS[vendor]
    if "alerts-app" not in {user.handle for user in stage.slack.workspace.users.values()}:
        stage.slack.add_user("alerts-app", real_name="Alerts", is_bot=True)
    stage.slack.workspace.channel(channel).members.add(stage.slack.workspace.user("alerts-app").id)
    attachments = message["attachments"]
    posted = await stage.slack.post("alerts-app", channel, "", attachments=attachments, subtype="bot_message")
    return posted.ts


@read_only
@pytest.mark.parametrize("vendor", ALERTS)
async def test_the_shortcut_reads_alerts_that_have_no_text(stage: Stage, vendor: str) -> None:
    said = await who_owns_this(stage, await alert(stage, vendor))
    assert f"*{ALERTS[vendor][1]}*" in said
    assert "*Payments*" in said or "*Search*" in said


async def test_a_reply_that_names_nothing_is_about_what_its_thread_begins_with(stage: Stage) -> None:
    thread = await alert(stage, "Datadog")
    other = await stage.say("search-api is fine", user="lin", thread_ts=thread)
    reply = await stage.say("anybody on it?", user="lin", thread_ts=thread)
    assert "owns *checkout*" in await who_owns_this(stage, reply.ts, thread_ts=thread)
    assert "owns *search-api*" in await who_owns_this(stage, other.ts, thread_ts=thread)


async def test_the_shortcut_knows_nothing_of_what_is_only_called_after_an_asset(stage: Stage) -> None:
    mirror = await stage.say("the search-api mirror is down", user="lin")
    assert "Nothing in that message is in the catalog" in await who_owns_this(stage, mirror.ts)
    api = await stage.say("search-api is down", user="lin")
    assert "owns *search-api*" in await who_owns_this(stage, api.ts)


@pytest.mark.parametrize("markup", ["see <#{channel}|payments>", "<#{channel}>", "<!subteam^{group}> please look"])
async def test_a_message_that_names_nothing_but_a_team_s_channel_or_user_group(stage: Stage, markup: str) -> None:
    group, channel = (
        stage.slack.add_user_group("payments", name="Payments"),
        stage.slack.workspace.channel("payments").id,
    )
    markup = markup.format(channel=channel, group=group.id)
    called = await stage.say(markup, user="lin")
    assert (await who_owns_this(stage, called.ts)).startswith("*Payments* (<#")
    said = await stage.say(f"search-api, says {markup}", user="lin")
    assert "owns *search-api*" in await who_owns_this(stage, said.ts)


async def test_a_message_that_names_the_channels_of_several_teams(stage: Stage) -> None:
    workspace = stage.slack.workspace
    first, second = workspace.channel("payments").id, workspace.channel("search").id
    called = await stage.say(f"<#{first}> or <#{second}>?", user="lin")
    said = await who_owns_this(stage, called.ts)
    assert "Which of these teams" in said
    assert "*Payments*" in said
    assert "*Search*" in said


async def test_what_a_thread_begins_with_comes_before_whom_a_reply_calls(stage: Stage) -> None:
    thread, channel = await alert(stage, "Datadog"), stage.slack.workspace.channel("search").id
    reply = await stage.say(f"<#{channel}> please", user="lin", thread_ts=thread)
    assert "owns *checkout*" in await who_owns_this(stage, reply.ts, thread_ts=thread)


async def test_the_channel_of_no_team_and_a_person_who_is_called_are_nothing_that_is_named(stage: Stage) -> None:
    general, ada = stage.slack.workspace.channel("general").id, stage.slack.workspace.user("ada").id
    called = await stage.say(f"<@{ada}> wrote in <#{general}>", user="lin")
    assert "Nothing in that message is in the catalog" in await who_owns_this(stage, called.ts)


@pytest.mark.parametrize(
    "link",
    [
        "<https://app.datadoghq.com/apm/services/payments-db/operations?env=prod|View in Datadog>",
        "<https://grafana.example.test/d/a1b2/latency?var-service=payments-db&amp;from=now-1h|this>",
        "https://status.example.test/incidents/payments-db",
    ],
)
async def test_a_message_that_names_something_only_in_the_address_of_a_link(stage: Stage, link: str) -> None:
    alert = await stage.say(f"Latency is high: {link}", user="lin")
    assert "*payments-db*" in await who_owns_this(stage, alert.ts)
    said = await stage.say(f"search-api is slow: {link}", user="lin")
    assert "owns *search-api*" in await who_owns_this(stage, said.ts)


async def test_the_address_of_a_repository_names_no_asset_that_is_called_like_it(stage: Stage) -> None:
    link = "<https://github.com/somebody-else/payments-db/pull/7|a change>"
    said = await stage.say(f"Look at {link}", user="lin")
    assert "Nothing in that message is in the catalog" in await who_owns_this(stage, said.ts)


async def test_a_thread_that_says_nothing_either(stage: Stage) -> None:
    first = await stage.say("good morning", user="lin")
    reply = await stage.say("good morning", user="ada", thread_ts=first.ts)
    said = await who_owns_this(stage, reply.ts, thread_ts=first.ts)
    assert "Nothing in that message or its thread is in the catalog." in said
    calls = [call for call in stage.slack.calls if call.method == "conversations.replies"]
    assert [(call.arguments["ts"], call.arguments["limit"]) for call in calls] == [(first.ts, "1")]
    assert "thread" not in await who_owns_this(stage, first.ts)


@read_only
@pytest.mark.parametrize("private", [True, False])
async def test_a_thread_where_baton_is_not_a_member(stage: Stage, private: bool) -> None:
    stage.slack.add_channel("elsewhere", members=["eve", "lin"], private=private)
    thread = await alert(stage, "Datadog", channel="elsewhere")
    reply = await stage.say("anybody on it?", user="lin", channel="elsewhere", thread_ts=thread)
    said = await who_owns_this(stage, reply.ts, channel="elsewhere", thread_ts=thread)
    assert "`/invite` me to read its thread." in said
    named = await stage.say("it is checkout", user="lin", channel="elsewhere", thread_ts=thread)
    assert "owns *checkout*" in await who_owns_this(stage, named.ts, channel="elsewhere", thread_ts=thread)


async def test_a_thread_that_slack_does_not_show_in_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    thread = await alert(stage, "Datadog")
    reply = await stage.say("anybody on it?", user="lin", thread_ts=thread)
    monkeypatch.setattr(SlackClient, "thread_start", never)
    monkeypatch.setattr("handlers.ownership._THREAD_SECONDS", 0.05)
    assert "Slack did not show me its thread" in await who_owns_this(stage, reply.ts, thread_ts=thread)


async def mentioned(
    stage: Stage, text: str, *, channel: str = "general", thread_ts: str | None = None, **more: Any
) -> str:
    """What a mention by eve is answered with, in its thread."""
    bot = stage.slack.workspace.bot_user_id
    question = await stage.slack.post("eve", channel, f"<@{bot}> {text}", thread_ts=thread_ts, **more)
    await stage.settle()
    return stage.slack.visible_messages("eve", channel, thread_ts=thread_ts or question.ts)[-1].text


@pytest.mark.parametrize("vendor", ALERTS)
async def test_a_mention_that_names_nothing_is_about_what_its_thread_begins_with(stage: Stage, vendor: str) -> None:
    thread, name = await alert(stage, vendor), ALERTS[vendor][1]
    for question in ("who owns this?", "", "who owns this service?"):
        assert f"*{name}*" in await mentioned(stage, question, thread_ts=thread)
    calls = [call for call in stage.slack.calls if call.method == "conversations.replies"]
    assert [(call.arguments["ts"], call.arguments["limit"]) for call in calls] == [(thread, "1")] * 3
    assert "owns *search-api*" in await mentioned(stage, "who owns search-api?", thread_ts=thread)
    assert "nothing called *zeppelin*" in await mentioned(stage, "who owns zeppelin?", thread_ts=thread)
    assert len([call for call in stage.slack.calls if call.method == "conversations.replies"]) == 3


async def test_a_mention_beside_an_alert_that_is_passed_on_is_about_the_alert(stage: Stage) -> None:
    passed_on = {"message_blocks": [{"message": {"blocks": ALERTS["Datadog"][0]["attachments"]}}], "fallback": "alert"}
    assert "owns *checkout*" in await mentioned(stage, "who owns this?", attachments=[passed_on])


def test_what_is_written_down_of_a_mention_says_what_is_attached_to_it() -> None:
    event = {"type": "app_mention", "channel": "C1", "ts": "1.2", "attachments": ALERTS["Datadog"][0]["attachments"]}
    says = payloads.event({"event": event}).says
    assert says
    assert payloads.event(_kept({"event": event})).says == says


async def test_a_mention_in_a_thread_that_names_nothing_or_is_not_shown(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await stage.say("good morning", user="lin")
    said = await mentioned(stage, "who owns this?", thread_ts=first.ts)
    assert "Nothing in that message or its thread is in the catalog." in said
    assert await mentioned(stage, "") == await mentioned(stage, "help"), "outside a thread it asks for help"

    async def broken(*_: object) -> None:
        raise SlackUnreachableError("status 500")

    monkeypatch.setattr(SlackClient, "thread_start", broken)
    assert "Slack did not show me its thread: try again." in await mentioned(stage, "and this?", thread_ts=first.ts)


async def bring_groups(stage: Stage) -> None:
    """Give teams user groups: Payments by its id, Platform by its handle; and two teams one channel."""
    payments = stage.slack.add_user_group("payments-folk", name="Payments folk")
    stage.slack.add_user_group("platform-folk", name="Platform folk")
    stage.slack.add_user_group("strangers", name="Strangers")
    more = SourceCatalog(
        teams=[
            TeamClaim(name="Payments", user_group=payments.id, origin=HERE),
            TeamClaim(name="Platform", user_group="@platform-folk", origin=HERE),
            TeamClaim(name="Search Quality", channel="#search", origin=HERE),
        ],
        assets=[
            asset(
                "label-printer",
                owners=(OwnerClaim(OwnerRef("ada@example.test", OwnerType.PERSON, "ada@example.test")),),
            )
        ],
    )
    await stage.bring(more, source="groups")


async def replies_to(stage: Stage, text: str) -> list[str]:
    """What a command, a mention and a direct message of the same words are answered with."""
    bot = stage.slack.workspace.bot_user_id
    said = [(await stage.ask(f"/whoowns {text}")).text]
    question = await stage.say(f"<@{bot}> {text}", user="eve")
    said.append(stage.slack.visible_messages("eve", "general", thread_ts=question.ts)[-1].text)
    dm = await stage.slack.open_dm("eve")
    await stage.say(text, user="eve", channel=dm.id)
    said.append(stage.slack.visible_messages("eve", dm.id)[-1].text)
    return said


@read_only
@pytest.mark.parametrize(
    ("question", "team"),
    [
        ("#payments", "Payments"),
        ("who owns #payments?", "Payments"),
        ("@payments-folk", "Payments"),
        ("@platform-folk", "Platform"),
    ],
)
async def test_a_channel_or_a_user_group_is_its_team(stage: Stage, question: str, team: str) -> None:
    await bring_groups(stage)
    for said in await replies_to(stage, question):
        assert said.startswith(f"*{team}* ")
        assert " owns " in said
    assert await misses(stage) == []


@pytest.mark.parametrize(
    "question", ["what does Platform own?", "What does @platform-folk own?", "what does #platform own"]
)
async def test_what_a_team_owns_is_listed_at_once(stage: Stage, question: str) -> None:
    await bring_groups(stage)
    for said in await replies_to(stage, question):
        assert said.startswith("*Platform* ")
        assert "payments-db" in said
    assert await misses(stage) == []


async def test_a_user_group_is_asked_for_once_and_not_at_all_where_the_catalog_has_its_id(stage: Stage) -> None:
    await bring_groups(stage)
    await mentioned(stage, "what does @payments-folk own?")
    assert "usergroups.list" not in [call.method for call in stage.slack.calls]
    for _ in range(2):
        assert "*Platform*" in await mentioned(stage, "what does @platform-folk own?")
    assert [call.method for call in stage.slack.calls].count("usergroups.list") == 1


async def test_a_command_that_gives_a_user_group_by_its_id_alone_is_answered(stage: Stage) -> None:
    group = stage.slack.add_user_group("platform", name="Platform folk")
    for said in await replies_to(stage, f"what does <!subteam^{group.id}> own?"):
        assert said.startswith("*Platform* ")


async def test_a_user_group_is_the_team_of_its_name_unless_that_team_has_another(stage: Stage) -> None:
    await bring_groups(stage)
    stage.slack.add_user_group("search", name="Everybody who cares for search")
    stage.slack.add_user_group("payments", name="Everybody who pays")
    for said in await replies_to(stage, "what does @search own?"):
        assert said.startswith("*Search* ")
    for said in await replies_to(stage, "what does @payments own?"):
        assert said.startswith("No team has the user group *payments*.")


async def test_a_workspace_without_user_groups_gets_one_honest_sentence(stage: Stage) -> None:
    await bring_groups(stage)
    stage.slack.workspace.has_user_groups = False
    for _ in range(2):
        said = await mentioned(stage, "@platform-folk")
        assert said.startswith("Slack does not show me that user group.")
    assert [call.method for call in stage.slack.calls].count("usergroups.list") == 1


async def test_a_channel_without_its_name(stage: Stage) -> None:
    channel = stage.slack.workspace.channel("platform")
    for said in await replies_to(stage, f"<#{channel.id}>"):
        assert said.startswith("*Platform* ")
        assert " owns " in said


async def test_a_channel_that_is_newer_than_the_list_is_its_team_s(stage: Stage) -> None:
    more = [TeamClaim(name="Newcomers", channel="#new-room", origin=HERE)]
    await stage.bring(
        SourceCatalog(teams=more, assets=[asset("label-printer", owners=(team_owns("Newcomers"),))]), source="x"
    )
    await stage.baton.context.listings.read_channels(at_start=True)
    channel = stage.slack.add_channel("new-room", members=["eve"])
    for said in await replies_to(stage, f"<#{channel.id}>"):
        assert said.startswith("*Newcomers* ")
    assert [call.method for call in stage.slack.calls].count("conversations.info") == 1


async def test_a_channel_of_two_teams_asks_which(stage: Stage) -> None:
    await bring_groups(stage)
    for said in await replies_to(stage, "#search"):
        assert said == "Which of these teams do you mean?\n• *Search*\n• *Search Quality*"


async def test_a_person_is_their_teams_and_what_they_own(stage: Stage) -> None:
    await bring_groups(stage)
    for said in await replies_to(stage, "what does @ada own?"):
        assert said.startswith("*Ada Byron* is in one team:\n• *Payments* · owns 5 things\n")
        assert "In person, they own 1 thing:\n• *label-printer*" in said
    eve = stage.slack.workspace.user("eve").id
    shown = (await stage.ask(f"/whoowns <@{eve}|eve>")).text
    assert shown == "*eve* is not in the catalog. Ask by name: `/baton team NAME`."


async def test_what_is_named_beside_a_reference_is_what_is_asked_for(stage: Stage) -> None:
    for said in await replies_to(stage, "@ada #payments: who owns checkout?"):
        assert "owns *checkout*" in said


async def test_a_channel_that_is_named_like_an_asset_and_is_no_team_s(stage: Stage) -> None:
    stage.slack.add_channel("search-api", members=["grace", "eve"])
    for said in await replies_to(stage, "#search-api"):
        assert "owns *search-api*" in said


@read_only
async def test_a_channel_is_not_denied_before_all_channels_are_read(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage.baton.context.snapshot, "_listed_channels", None)
    said = (await stage.ask("/whoowns <#C0123456789>")).text
    assert said.startswith("I have not read all channels yet: ask again")


@read_only
@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("<#C0123456789>", "No team has that channel."),
        ("<#C0123456789|nowhere>", "No team has the channel *nowhere*."),
        ("<@U0123456789>", "That account is not in the catalog."),
        ("<@U0123456789|*jo*>", "*＊jo＊* is not in the catalog."),
        ("<!subteam^S0123456789>", "does not show me that user group"),
        ("@strangers", "No team has the user group *strangers*."),
    ],
)
async def test_unknown_references_are_shown_inert(stage: Stage, question: str, shown: str) -> None:
    await bring_groups(stage)
    for said in await replies_to(stage, question):
        assert shown in said
        assert "<" not in said
    assert await misses(stage) == []


@read_only
@pytest.mark.parametrize("question", ["<!here>", "<!channel> <!everyone>", "<!date^1764300000^{date}|today>"])
async def test_a_call_to_everybody_and_a_date_say_nothing(stage: Stage, question: str) -> None:
    assert "Add a name: `/whoowns" in (await stage.ask(f"/whoowns {question}")).text
    assert "owns *checkout*" in (await stage.ask(f"/whoowns {question} checkout")).text


async def test_a_question_with_a_file_or_from_a_thread_to_the_channel_is_a_persons(stage: Stage) -> None:
    dm = await stage.slack.open_dm("eve")
    question = "who owns checkout?"
    first = await stage.slack.post("eve", dm.id, question, file="error.log")
    await stage.slack.post("eve", dm.id, question, thread_ts=first.ts, subtype="thread_broadcast")
    await stage.slack.post("eve", dm.id, question, subtype="me_message")
    await stage.settle()
    bot = stage.slack.workspace.bot_user_id
    everything = stage.slack.workspace.messages[dm.id].values()
    answers = [(message.text, message.thread_ts) for message in everything if message.user == bot]
    assert sorted(thread or "" for _, thread in answers) == ["", "", first.ts]
    assert all("owns *checkout*" in text for text, _ in answers)


async def test_what_a_bot_writes_is_not_answered_even_in_a_persons_name(stage: Stage) -> None:
    dm = await stage.slack.open_dm("eve")
    eve = stage.slack.workspace.user("eve").id
    said = {"type": "message", "channel": dm.id, "channel_type": "im", "user": eve, "text": "who owns checkout?"}
    for more in ({"bot_id": "B1"}, {"subtype": "bot_message"}, {"subtype": "file_share", "app_id": "A1"}):
        await stage.slack.emit({**said, "ts": "1764300000.000100", **more})
    await stage.settle()
    assert stage.slack.visible_messages("eve", dm.id) == []
    await stage.slack.emit({**said, "ts": "1764300000.000100", "subtype": "file_share"})
    await stage.settle()
    assert len(stage.slack.visible_messages("eve", dm.id)) == 1


@read_only
async def test_a_text_is_resolved_once_wherever_it_is_asked(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    resolved, resolve = [], Directory.resolve

    def counted(directory: Directory, text: str) -> Resolution:
        resolved.append(text)
        return resolve(directory, text)

    monkeypatch.setattr(Directory, "resolve", counted)
    assert all("owns *checkout*" in each for each in await replies_to(stage, "checkout service"))
    assert resolved == ["checkout service"] * 3

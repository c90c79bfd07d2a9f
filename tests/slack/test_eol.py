"""`/eol`, the same questions in plain words, the Home tab and the picture, over the wire."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.domain.catalog import Area, AssetKind, Runs, SourceCatalog
from bot.playground.fake_slack import PostedMessage
from bot.store import tables
from tests.slack.conftest import Stage, asset, organisation, read_only, team_owns
from tests.slack.test_portfolio import open_home, press_home, texts
from tests.slack.test_whoowns import buttons

pytestmark = read_only

#: In March 2026 PostgreSQL 14 has eight months left, and on RDS PostgreSQL 11 costs extra.
RDS_11 = Runs("postgres", "11.22", "aws-rds", "production")


def inventory() -> SourceCatalog:
    """The organisation of every scene, with what runs there."""
    catalog = organisation()
    what = {
        ("payments-db", AssetKind.DATABASE): (RDS_11,),
        ("checkout", AssetKind.SERVICE): (Runs("python", "3.8"), Runs("mystery-box", "1.0")),
        ("checkout-worker", AssetKind.SERVICE): (Runs("python", "3.8.19"),),
        ("search-api", AssetKind.API): (Runs("nodejs", "24.1"),),
        ("invoices", AssetKind.DATABASE): (Runs("postgresql", "9"),),
        ("old-cron", AssetKind.SERVICE): (Runs("python", "3.9"),),
    }
    catalog.assets = [
        replace(each, runs=what[each.name, each.kind]) if (each.name, each.kind) in what else each
        for each in catalog.assets
    ]
    return catalog


@pytest.fixture
async def stocked(stage: Stage) -> Stage:
    await stage.bring(inventory())
    return stage


async def confirm_facts(stage: Stage) -> None:
    """Let the facts be as fresh as those of the feed."""
    stage.baton.context.watcher.facts.confirmed_at = stage.clock.now()


async def test_a_team_is_answered_by_urgency_with_what_it_costs(stocked: Stage) -> None:
    answer = await stocked.ask("/eol payments", user="eve")
    assert answer.ephemeral_for == stocked.slack.workspace.user("eve").id
    lines = answer.text.splitlines()
    assert lines[0] == "*Payments*: 1 overdue, 1 within 90 days; 1 charged now. 1 version is unknown."
    assert "*:red_circle: Overdue*" in lines
    assert "• *Python 3.8*: support ended <!date^" in answer.text
    assert " — checkout, checkout-worker (shared with Platform)\n" in answer.text
    assert "• *Amazon RDS for PostgreSQL 11*: " in answer.text
    assert "charged now: 0." in answer.text
    assert "Platform: payments-db" in answer.text, "the database's reminders go to Platform"
    assert "*mystery-box 1.0*: unknown product" in answer.text
    assert "Dates as of <!date^" in answer.text
    assert "until then they do not count as supported" in answer.text


async def test_my_teams_without_a_name(stocked: Stage) -> None:
    assert (await stocked.ask("/eol", user="solo")).text.startswith("*Search*: 1 later.")
    everybody = (await stocked.ask("/eol", user="eve")).text
    assert everybody.startswith("All teams: ")
    assert "The catalog has you in no team, so this shows all teams." in everybody
    assert (await stocked.ask("/eol all", user="solo")).text.startswith("All teams: ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("product postgresql", "*PostgreSQL*: 1 within 90 days; 1 charged now. 1 version is unknown."),
        ("postgres 11", "*PostgreSQL 11*: 1 within 90 days; 1 charged now."),
        ("postgres 9", "*postgresql 9*: may be 9.6 or 9.5"),
        ("postgres 16", "No source says that anybody runs *PostgreSQL 16*."),
        ("team search", "*Search*: 1 later."),
        ("asset payments-db", "*payments-db*: 1 within 90 days; 1 charged now."),
        ("payments-db", "*payments-db*: 1 within 90 days; 1 charged now."),
        ("checkout", "*checkout*: 1 overdue. 1 version is unknown."),
        ("asset search-api", "*Node.js 24*: support ends"),
        ("unknown", "All teams: 2 versions are unknown"),
        ("unknown search", "*Search*: every version is known."),
        ("overdue", "overdue"),
        ("nodejs this year", "*Node.js*: nothing that I know of reaches its end of life this year."),
        ("python 3.8 for payments", "*Python 3.8* at *Payments*: 1 overdue."),
        ("help", "`/eol product postgresql`"),
    ],
)
async def test_everything_that_can_be_asked_for(stocked: Stage, text: str, said: str) -> None:
    answer = await stocked.ask(f"/eol {text}", user="grace")
    assert said in answer.text


@pytest.mark.parametrize(
    ("text", "tried"), [("paymint", "team Payments"), ("postgressql 11", "product postgresql 11"), ("serch-apy", "")]
)
async def test_unknown_words_are_answered_with_what_would_have_worked(stocked: Stage, text: str, tried: str) -> None:
    answer = await stocked.ask(f"/eol {text}")
    if tried:
        assert f"There is no team, product or asset *{text}*. Did you mean one of these?" in answer.text
        assert f"`/eol {tried}`" in answer.text
        label = f"Show {tried}"
        block = next(b for b in answer.blocks if b.get("accessory", {}).get("accessibility_label") == label)
        await stocked.press(answer, "eol.turn", block_id=block["block_id"])
        shown = stocked.slack.visible_messages("grace", "general")[-1]
        assert shown.ts == answer.ts, "the choice is answered in its place"
        assert "There is no team" not in shown.text
    else:
        assert "I read that as *search-api*." in answer.text


async def test_of_what_nobody_runs_it_says_when_it_ends(stocked: Stage) -> None:
    answer = (await stocked.ask("/eol postgres 16")).text
    assert answer.startswith("No source says that anybody runs *PostgreSQL 16*.\n")
    assert "• *PostgreSQL 16*: support ends <!date^" in answer
    assert "|2028-11-09>" in answer
    assert "• *Amazon RDS for PostgreSQL 16*: standard support ends <!date^" in answer, (
        "each provider has a day of its own"
    )
    one = (await stocked.ask("/eol postgres 16 rds")).text
    assert "• *PostgreSQL 16*" not in one
    assert "*Python 3.7* at *Search*.\n" in (await stocked.ask("/eol python 3.7 for search")).text
    assert "support ended <!date^" in (await stocked.ask("/eol python 3.7 for search")).text


@pytest.mark.parametrize("text", ["redis 99", "python 3.99 for search"])
async def test_a_release_that_nobody_knows_is_said_to_be_none(stocked: Stage, text: str) -> None:
    assert ", and I know no such release." in (await stocked.ask(f"/eol {text}")).text


async def test_a_language_is_found_where_functions_run_it(stage: Stage) -> None:
    catalog = organisation()
    what = {"checkout": Runs("AWS Lambda", "python3.8"), "search-api": Runs("mystery-box", "1.0")}
    catalog.assets = [replace(each, runs=(what[each.name],)) if each.name in what else each for each in catalog.assets]
    await stage.bring(catalog)
    for asked in ("python 3.8", "python", "python 3.8 lambda", "lambda"):
        answer = (await stage.ask(f"/eol {asked}")).text
        assert "• *AWS Lambda python3.8*: support ended <!date^" in answer, asked
        assert "No source says" not in answer
    assert "*AWS Lambda python3.8*" not in (await stage.ask("/eol python 3.12")).text
    assert "*mystery-box 1.0*: unknown product" in (await stage.ask("/eol mystery box")).text
    assert "*mystery-box 1.0*: unknown product" in (await stage.ask("/eol mystery-box 1.0")).text
    assert "There is no team, product or asset" in (await stage.ask("/eol mystery crate")).text


async def test_nothing_at_all_is_near(stocked: Stage) -> None:
    answer = await stocked.ask("/eol zzqqxx")
    assert "asset *zzqqxx*. Try `/eol team NAME`" in answer.text


async def test_several_assets_of_a_name_are_offered(stocked: Stage) -> None:
    question = await stocked.ask("/eol asset invoices")
    assert "Which *invoices* do you mean?" in question.text
    block = next(b["block_id"] for b in question.blocks if "· database" in b.get("text", {}).get("text", ""))
    await stocked.press(question, "eol.turn", block_id=block)
    shown = stocked.slack.visible_messages("grace", "general")[-1]
    assert "may be 9.6 or 9.5" in shown.text


async def test_fresh_facts_and_known_versions_make_an_all_clear(stocked: Stage) -> None:
    await confirm_facts(stocked)
    clear = await stocked.ask("/eol search in 90 days")
    assert clear.text.startswith(
        ":white_check_mark: *Search*: nothing reaches its end of life within 90 days (1 checked)."
    )
    unsure = await stocked.ask("/eol checkout in 90 days")
    assert ":white_check_mark:" not in unsure.text
    assert "nothing that I know of reaches its end of life within 90 days, but 1 version is unknown" in unsure.text
    stocked.clock.advance(timedelta(days=2))
    assert "Dates as of <!date^" in (await stocked.ask("/eol search in 90 days")).text
    stocked.clock.advance(timedelta(days=2))
    stale = await stocked.ask("/eol search in 90 days")
    assert ":white_check_mark:" not in stale.text
    assert "Dates as of <!date^" in stale.text


async def test_nothing_known_is_not_nothing(stage: Stage) -> None:
    await confirm_facts(stage)
    answer = await stage.ask("/eol search")
    assert "No source says what *Search* runs." in answer.text


async def remember(stage: Stage, kind: str, until: date, **detail: str) -> None:
    """Let somebody of Payments have answered the reminder about Python 3.8."""
    async with stage.database.transaction() as session:
        team = (await session.execute(select(tables.Team).where(col(tables.Team.folded) == "payments"))).scalar_one()
        grace = select(tables.Person).where(col(tables.Person.name) == "Grace Marsh")
        person = (await session.execute(grace)).scalar_one()
        [watch] = [
            watch
            for watch in (await stage.baton.context.watcher.current()).by_key.values()
            if watch.product.key == "python" and watch.addressee.name == "Payments"
        ]
        reminder = tables.Reminder(
            addressee=f"team:{team.id}", product="python", cycle="3.8", kind=watch.deadline.kind.value,
            deadline=watch.deadline.on, opened_on=date(2026, 3, 1),
        )  # fmt: skip
        session.add(reminder)
        await session.flush()
        session.add(
            tables.ReminderAnswer(
                reminder_id=reminder.id, kind=kind, person_id=person.id, at=datetime(2026, 3, 2, tzinfo=UTC),
                deadline=watch.deadline.on, until=until, detail=detail,
                decided_by=person.id if kind == "waived" else None,
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "head", "said"),
    [
        ("planned", "1 within 90 days, 1 planned; 1 charged now", "planned to 3.12 for <!date^"),
        ("waived", "1 within 90 days, 1 waived; 1 charged now", "waived until <!date^"),
        ("snoozed", "1 overdue, 1 within 90 days; 1 charged now", "snoozed until <!date^"),
    ],
)
async def test_what_was_answered_stands_beside_it(stocked: Stage, kind: str, head: str, said: str) -> None:
    await remember(stocked, kind, date(2026, 4, 1), target="3.12")
    answer = await stocked.ask("/eol payments")
    assert answer.text.splitlines()[0].startswith(f"*Payments*: {head}.")
    assert said in answer.text
    assert "Python 3.8" in (await stocked.ask("/eol payments overdue")).text, "planned is overdue all the same"


@pytest.mark.parametrize(
    ("kind", "until", "said"),
    [
        ("planned", date(2026, 3, 2), "planned to 3.12 for <!date^"),
        ("waived", date(2026, 3, 2), "the waiver ended <!date^"),
    ],
)
async def test_an_answer_that_holds_no_longer_says_so(stocked: Stage, kind: str, until: date, said: str) -> None:
    await remember(stocked, kind, until, target="3.12")
    answer = await stocked.ask("/eol payments")
    assert answer.text.splitlines()[0].startswith("*Payments*: 1 overdue, 1 within 90 days; 1 charged now.")
    assert said in answer.text
    assert ("was planned to 3.12 for" in answer.text) is (kind == "planned")


async def thread_answer(stage: Stage, message: PostedMessage) -> PostedMessage:
    return stage.slack.visible_messages("grace", message.channel, thread_ts=message.ts)[-1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "what goes end of life this quarter for payments?",
            "*Payments*: nothing that I know of reaches its end of life this quarter, but",
        ),
        ("which postgres 11 do we still run?", "*PostgreSQL 11*: 1 within 90 days; 1 charged now."),
        ("what is overdue in payments?", "*Payments*: 1 overdue, 1 within 90 days; 1 charged now."),
        ("does search run anything that is unsupported?", "*Search*: nothing that I know of is past its end of life."),
        ("when does python 3.8 expire?", "*Python 3.8*: 1 overdue."),
        ("is checkout eol?", "*checkout*: 1 overdue. 1 version is unknown."),
        ("does payments-db expire?", "*payments-db*: 1 within 90 days; 1 charged now."),
        ("is payments-db still supported?", "*payments-db*: 1 within 90 days; 1 charged now."),
        ("when do we have to upgrade postgres 11?", "*PostgreSQL 11*: 1 within 90 days; 1 charged now."),
        ("how long is python 3.8 still supported?", "*Python 3.8*: 1 overdue."),
        # Nothing is called so, but it is a release of a product.
        ("who owns the things on python 3.8?", "*Python 3.8*: 1 overdue."),
        ("can we still use postgres 11?", "*PostgreSQL 11*: 1 within 90 days; 1 charged now."),
    ],
)
async def test_plain_words_in_a_direct_message(stocked: Stage, text: str, said: str) -> None:
    channel = (await stocked.slack.open_dm("grace")).id
    await stocked.say(text, channel=channel)
    assert stocked.slack.visible_messages("grace", channel)[-1].text.startswith(said)


@pytest.mark.parametrize("said", ["<@{}>", "what is overdue for <@{}|grace>?"])
async def test_a_person_who_is_named_is_asked_about_and_not_whoever_asks(stocked: Stage, said: str) -> None:
    text = said.format(stocked.slack.workspace.user("grace").id)
    answer = await stocked.ask(f"/eol {text}", user="solo")
    assert answer.text.startswith("*Payments*: 1 overdue, 1 within 90 days; 1 charged now.")
    assert "I read that as *Grace Marsh*." in answer.text
    bot = stocked.slack.workspace.bot_user_id
    asked = await stocked.say(f"<@{bot}> what goes end of life for {text}", user="solo")
    assert (await thread_answer(stocked, asked)).text.startswith(
        "*Payments*: 1 overdue, 1 within 90 days; 1 charged now."
    )


async def test_somebody_in_no_team_has_nothing_to_tell_of(stocked: Stage) -> None:
    eve = stocked.slack.workspace.user("eve").id
    answer = await stocked.ask(f"/eol <@{eve}>", user="solo")
    assert f"The catalog has <@{eve}> in no team" in answer.text
    assert "Search" not in answer.text


async def test_a_mention_is_answered_in_its_thread(stocked: Stage) -> None:
    bot = stocked.slack.workspace.bot_user_id
    asked = await stocked.say(f"<@{bot}> what goes end of life in 2027 for search?")
    answer = await thread_answer(stocked, asked)
    assert answer.text.startswith("*Search*: nothing that I know of reaches its end of life in 2027.")
    assert answer.thread_ts == asked.ts
    assert buttons(answer) == {}, "everybody sees it already"


@pytest.mark.parametrize("text", ["who owns payments-db?", "payments-db", "who runs checkout?", "search-api"])
async def test_questions_about_ownership_are_answered_as_before(stocked: Stage, text: str) -> None:
    channel = (await stocked.slack.open_dm("grace")).id
    await stocked.say(text, channel=channel)
    answer = stocked.slack.visible_messages("grace", channel)[-1].text
    assert "owns *" in answer or "owns the application of *" in answer
    assert "the database." in answer or "From baton" in answer


async def test_words_that_name_nothing_are_left_to_the_questions_about_ownership(stocked: Stage) -> None:
    channel = (await stocked.slack.open_dm("grace")).id
    await stocked.say("zzqqxx expired", channel=channel)
    assert stocked.slack.visible_messages("grace", channel)[-1].text.startswith("I know nothing called *zzqqxx")


async def test_a_name_with_such_words_is_a_name(stocked: Stage) -> None:
    catalog = inventory()
    catalog.assets.append(asset("Expired Sessions", owners=(team_owns("Search"),)))
    await stocked.bring(catalog)
    channel = (await stocked.slack.open_dm("grace")).id
    await stocked.say("expired sessions", channel=channel)
    assert "owns *Expired Sessions*" in stocked.slack.visible_messages("grace", channel)[-1].text


async def test_long_answers_are_paged_there_and_back_and_shared(stage: Stage) -> None:
    catalog = organisation()
    versions = [f"3.{minor}" for minor in range(6, 14)] + ["2.7"]
    nodes = [str(major) for major in range(10, 26)]
    catalog.assets += [
        asset(f"py-{each}", owners=(team_owns("Search"),), runs=(Runs("python", each),)) for each in versions
    ]
    catalog.assets += [
        asset(f"js-{each}", owners=(team_owns("Search"),), runs=(Runs("nodejs", each),)) for each in nodes
    ]
    await stage.bring(catalog)
    first = await stage.ask("/eol", user="solo")
    assert "Page 1 of 3" in first.text
    assert set(buttons(first)) == {"Open", "Next →", "Share in channel"}
    await stage.press(first, "eol.turn.next", user="solo")
    second = stage.slack.visible_messages("solo", "general")[-1]
    assert "Page 2 of 3" in second.text
    await stage.press(second, "eol.turn.previous", user="solo")
    assert stage.slack.visible_messages("solo", "general")[-1].text == first.text
    await stage.press(stage.slack.visible_messages("solo", "general")[-1], "eol.share", user="solo")
    shared = stage.slack.visible_messages("eve", "general")[-1]
    assert shared.text.startswith("*Search*: ")
    assert f"Shared by <@{stage.slack.workspace.user('solo').id}>" in shared.text
    assert "Share in channel" not in buttons(shared)


async def test_a_value_that_no_version_wrote_is_refused(stocked: Stage) -> None:
    answer = await stocked.ask("/eol payments")
    message = stocked.slack.workspace.messages[answer.channel][answer.ts]
    for block in message.blocks:
        for element in block.get("elements", ()):
            if element.get("action_id") == "eol.share":
                element["value"] = "nonsense"
    await stocked.press(answer, "eol.share")
    assert "another version of Baton" in stocked.slack.visible_messages("grace", "general")[-1].text


async def test_home_shows_what_ends_before_the_other_lists_when_something_is_overdue(stocked: Stage) -> None:
    said = texts(await open_home(stocked, "grace"))
    assert "*Payments*: 1 overdue, 1 within 90 days; 1 charged now. 1 version is unknown." in said
    assert said.index("End of life") < said.index("Nobody owns these")
    calm = texts(await open_home(stocked, "solo"))
    assert calm.index("End of life") > calm.index("Nobody owns these")
    assert "End of life" not in texts(await open_home(stocked, "eve"))


async def test_home_opens_the_whole_report_and_goes_back(stocked: Stage) -> None:
    await open_home(stocked, "grace")
    opened = texts(await press_home(stocked, "grace", "Open: everything of yours"))
    assert "Python 3.8" in opened
    assert "Nobody owns these" not in opened
    assert "Nobody owns these" in texts(await press_home(stocked, "grace", "← Overview"))


def png_size(content: bytes) -> tuple[int, int]:
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    return width, height


async def test_a_picture_is_posted_with_words_for_those_who_do_not_see_it(stocked: Stage) -> None:
    receipt = await stocked.ask("/eol timeline payments")
    assert receipt.text == "Drawing the timeline of *Payments*… Not here in a minute? Ask again."
    await stocked.settle()
    posted = stocked.slack.visible_messages("eve", "general")[-1]
    [file_id] = posted.files
    file = stocked.slack.workspace.files[file_id]
    assert png_size(file.content or b"")[0] == 1200
    assert file.title == "End of life: Payments"
    assert "Python 3.8: ended" in file.alt_text
    assert "Left out: 1 version is unknown." in file.alt_text
    assert posted.text == f"Asked for by <@{stocked.slack.workspace.user('grace').id}>"


async def test_a_picture_where_baton_is_not_says_what_to_do(stocked: Stage) -> None:
    stocked.slack.add_channel("elsewhere", members=["grace"], bot_is_member=False)
    await stocked.ask("/eol timeline", channel="elsewhere")
    await stocked.settle()
    assert "`/invite @Baton`" in stocked.slack.visible_messages("grace", "elsewhere")[-1].text


async def test_a_picture_of_nothing_known_is_answered_like_a_question(stocked: Stage) -> None:
    assert "There is no team, product or asset" in (await stocked.ask("/eol timeline zzqqxx")).text


async def test_an_owner_of_the_application_sees_the_database_below(stocked: Stage) -> None:
    catalog: Any = inventory()
    shared = asset(
        "ledger-db", AssetKind.DATABASE, runs=(RDS_11,),
        owners=(team_owns("Search", Area.APPLICATION), team_owns("Platform", Area.DATABASE)),
    )  # fmt: skip
    catalog.assets.append(shared)
    await stocked.bring(catalog)
    assert "Platform: ledger-db" in (await stocked.ask("/eol search")).text
    assert "ledger-db" in (await stocked.ask("/eol platform")).text


@pytest.mark.parametrize("asked", ["postgres 11 on rds in production", "python 3.8 in staging"])
async def test_an_environment_behind_a_product_is_read_and_said_to_be_wider(stocked: Stage, asked: str) -> None:
    answer = await stocked.ask(f"/eol {asked}")
    assert ", wherever it runs*" in answer.text
    assert ("Amazon RDS for PostgreSQL 11" in answer.text) is asked.startswith("postgres")
    nothing = await stocked.ask("/eol postgres 11 in nowhere")
    assert "wherever it runs" not in nothing.text, "that may be a team or a system"
